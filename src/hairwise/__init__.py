"""Is it really hair loss, why, and what next: measured hair by hair."""

__version__ = "0.1.0"
