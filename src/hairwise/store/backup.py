"""Dated copies: automatic ones that make room for each other, and those a person made, which stay.

Knows: file names and dates. Must not know: what the copies hold.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hairwise.store.archive import read_archive, write_archive
from hairwise.store.database import copy_database
from hairwise.store.repository import KEPT_DAYS, Store

__all__ = ["automatic", "by_hand", "copies", "restore"]

EVERY = timedelta(days=1)
MOST = 14
_STAMP = "%Y-%m-%dT%H%M%S"


def automatic(store: Store) -> Path | None:
    """Copy the rows where the last automatic copy is a day old; return the copy.

    Photos are kept by hash and never change, so their bytes are not copied. Automatic copies beyond ``MOST``, and those
    that still hold what was deleted for good, are removed; others are never touched.
    """
    now, old = store.now(), _automatic(store)
    made = None
    if not store.is_empty() and (not old or now - old[-1][0] >= EVERY):
        folder = _folder(store)
        part = folder / ".part.db"
        part.unlink(missing_ok=True)
        made = folder / f"{now.strftime(_STAMP)}.auto.db"
        copy_database(store.database, part)
        part.replace(made)
        old.append((now, made))
    for when, path in old:
        if now - when >= timedelta(days=KEPT_DAYS) or (when, path) not in old[-MOST:]:
            path.unlink(missing_ok=True)
    return made


def by_hand(store: Store, version: str) -> Path:
    """Write everything, photos too, to a dated zip that hairwise never deletes."""
    folder = _folder(store)
    stem = store.now().strftime(_STAMP)
    path = folder / f"{stem}.zip"
    n = 1
    while path.exists():
        n += 1
        path = folder / f"{stem}-{n}.zip"
    write_archive(store, path, {}, version)
    return path


def restore(store: Store, path: Path, version: str) -> Path | None:
    """Put a copy in place of all that is kept; what was there is first written to a copy by hand, which is returned.

    Raises
    ------
    Refused
        Where the copy cannot be read; then nothing changes.
    """
    saved = None if store.is_empty() else by_hand(store, version)
    if path.suffix == ".zip":
        read_archive(store, path, replace=True)
        return saved
    with TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / store.database.name)
        held = Store(Path(folder), store.now)
        try:
            rows = held.rows()
        finally:
            held.close()
    store.fill(rows, replace=True)
    return saved


def copies(store: Store) -> list[Path]:
    """Return all copies, oldest first."""
    return sorted(p for p in _folder(store).iterdir() if p.suffix in (".db", ".zip") and not p.name.startswith("."))


def _folder(store: Store) -> Path:
    folder = store.folder / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _automatic(store: Store) -> list[tuple[datetime, Path]]:
    """Automatic copies with their times, oldest first."""
    out = []
    for path in copies(store):
        if path.name.endswith(".auto.db"):
            try:
                out.append((datetime.strptime(path.name.removesuffix(".auto.db"), _STAMP), path))
            except ValueError:
                continue  # not named by us
    return sorted(out)
