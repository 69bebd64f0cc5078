"""Whether other programs do work on the same data, known by a lock that the system lets go of when a program ends.

Knows: locks of files. Must not know: what the work is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Turn"]


class Turn:
    """Held by a program as long as it takes up work; ``is_alone`` where no other did when it began.

    Where the system has no such locks, each program counts as alone.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "jobs.lock").open("a")
        self.is_alone = True
        try:
            locks: Any = importlib.import_module("fcntl")
        except ImportError:
            return
        try:
            locks.flock(self._file, locks.LOCK_EX | locks.LOCK_NB)
        except OSError:
            self.is_alone = False
        try:
            locks.flock(self._file, locks.LOCK_SH | locks.LOCK_NB)
        except OSError:  # another one is just asking whether it is alone, or the disk knows no locks
            self.is_alone = False

    def close(self) -> None:
        """Let go."""
        self._file.close()
