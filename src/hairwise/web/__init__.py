"""The first page, on this machine only."""
