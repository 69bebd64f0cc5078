"""A place beside the data for files on their way in or out.

Knows: folders. Must not know: what the files hold.
"""

from __future__ import annotations

import shutil
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["clear", "room"]

LEFT_S = 86_400.0  # longer than any file is on its way


def room(folder: Path) -> TemporaryDirectory[str]:
    """Make a folder for one file, on the disk of the data, readable by this user alone; what a crash left goes."""
    clear(folder, LEFT_S)
    where = folder / "passing"
    where.mkdir(mode=0o700, exist_ok=True)
    return TemporaryDirectory(dir=where, ignore_cleanup_errors=True)  # some systems hold a file that is being read


def clear(folder: Path, older_s: float = 0) -> None:
    """Remove what is on its way for ``older_s`` or longer."""
    where = folder / "passing"
    for path in sorted(where.iterdir()) if where.is_dir() else []:
        if time.time() - path.stat().st_mtime >= older_s:
            shutil.rmtree(path, ignore_errors=True)
