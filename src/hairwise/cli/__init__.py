"""The terminal: one command a use case."""

import os

# before NumPy is loaded: its matrices are small here, and threads that wait for one another cost more than they give,
# on a busy machine seven times as much (an explanation of two years: 19 s instead of 2.5)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hairwise.cli.main import cli, main  # noqa: E402

__all__ = ["cli", "main"]
