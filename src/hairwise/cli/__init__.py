"""The terminal: one command a use case."""

from hairwise.cli.main import cli, main

__all__ = ["cli", "main"]
