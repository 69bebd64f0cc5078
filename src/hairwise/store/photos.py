"""Photo files, named by the hash of their bytes.

Knows: files and hashes. Must not know: pixels, rows.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hairwise.errors import Refused
from hairwise.store.database import cannot_write

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LEFT_S", "PhotoFiles", "write_whole"]

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,7}")
LEFT_S = 86_400.0  # another program may be about to name a younger file


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves it whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make names in a folder last through a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class PhotoFiles:
    """A folder of photos; the same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, sha256: str, suffix: str) -> Path:
        """Return where a photo lies; a name that could lead out of the folder is refused."""
        if not _NAME.fullmatch(sha256 + suffix):
            raise Refused("not_kept", "A kept photo has a name that cannot be.", "Restore a copy made before.")
        return self.folder / sha256[:2] / f"{sha256}{suffix}"

    def put(self, data: bytes, suffix: str) -> str:
        """Keep bytes; return their sha256."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256, suffix)
        try:
            if not path.exists() or path.stat().st_size != len(data):
                write_whole(path, data)
        except OSError as error:
            raise cannot_write(str(error.strerror)) from None
        return sha256

    def get(self, sha256: str, suffix: str) -> bytes | None:
        """Return the bytes, or None where the file is gone."""
        path = self.path(sha256, suffix)
        return path.read_bytes() if path.exists() else None

    def remove(self, sha256: str, suffix: str) -> None:
        """Take a photo's bytes away."""
        self.path(sha256, suffix).unlink(missing_ok=True)

    def tidy(self, known: set[str], older_s: float) -> None:
        """Remove files of no known photo that are older than ``older_s``: what a crash left behind."""
        for path in self._files():
            is_left = path.name.startswith(".part-") or path.name.split(".")[0] not in known
            if is_left and time.time() - path.stat().st_mtime >= older_s:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        return (p for p in sorted(self.folder.rglob("*")) if p.is_file())
