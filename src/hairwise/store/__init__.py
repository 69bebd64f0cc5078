"""What a person keeps: rows in SQLite, photos as files, copies of both.

Knows: SQL, files, hashes. Must not know: the meaning of numbers.
"""
