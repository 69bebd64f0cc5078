"""Rendering of records: words, figures, the page."""
