"""Steps from one schema to the next. Knows: tables as they were. Must not know: tables as they are."""
