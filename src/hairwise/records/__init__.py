"""Frozen nouns that cross a stage border, with units and invariants."""
