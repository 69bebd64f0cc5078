"""Dated copies: automatic ones that make room for each other, and those a person made, which stay.

Knows: file names and dates. Must not know: what the copies hold.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hairwise.errors import Refused
from hairwise.store.archive import read_archive, write_archive
from hairwise.store.database import cannot_write, copy_database, forget, photos_of
from hairwise.store.passing import room
from hairwise.store.repository import KEPT_DAYS, Store

if TYPE_CHECKING:
    from hairwise.store.archive import CheckRows

__all__ = [
    "automatic",
    "by_hand",
    "copies",
    "is_automatic",
    "keep_house",
    "put_aside",
    "put_back",
    "remove_automatic",
    "restore",
    "time_of",
]

EVERY = timedelta(days=1)
MOST = 14
ASIDE = "damaged"
_STAMP = "%Y-%m-%dT%H%M%S"
_STAMP_LENGTH = len("2026-03-01T120000")


def keep_house(store: Store) -> None:
    """Once a day: copy the rows, then take away for good what was deleted long ago, out of the copies first."""
    automatic(store)
    entries, photos = store.doomed()
    held: set[str] = set()
    for _, path in _automatic(store):
        try:
            if entries or photos:
                forget(path, entries, photos)
            held |= photos_of(path)
        except sqlite3.DatabaseError:  # it can bring nothing back
            if entries or photos:
                path.unlink(missing_ok=True)  # nor can what must go be taken out of it
    store.purge(held)


def automatic(store: Store) -> Path | None:
    """Copy the rows where the last automatic copy is a day old; return the copy.

    Photos are kept by hash and never change, so their bytes are not copied. Automatic copies beyond ``MOST`` and those
    older than deletions can be undone are removed; others are never touched. An empty store removes none: its database
    may have been lost, and they may be all there is.
    """
    if store.is_empty():
        return None
    now = store.now()
    # a copy dated ahead comes from a clock that was wrong: it must hold up no other, and makes room first
    old = sorted(_automatic(store), key=lambda copy: (copy[0] <= now, copy[0]))
    made = None
    if not any(timedelta() <= now - when < EVERY for when, _ in old):
        folder = _folder(store)
        part = folder / f".part-{uuid.uuid4().hex}.db"  # several programs may open the data at once
        made = folder / f"{now.strftime(_STAMP)}.auto.db"
        try:
            copy_database(store.database, part)
            part.replace(made)
        finally:
            part.unlink(missing_ok=True)
        old.append((now, made))
    for when, path in old:
        if now - when >= timedelta(days=KEPT_DAYS) or (when, path) not in old[-MOST:]:
            path.unlink(missing_ok=True)
    return made


def remove_automatic(store: Store) -> None:
    """Remove every automatic copy, and what was put aside."""
    for _, path in _automatic(store):
        path.unlink(missing_ok=True)
    shutil.rmtree(store.folder / ASIDE, ignore_errors=True)


def put_aside(database: Path, now: datetime) -> Path:
    """Move a database that cannot be opened, with its log of changes, to a folder beside it, which is returned."""
    aside = database.parent / ASIDE / f"{now.strftime(_STAMP)}-{uuid.uuid4().hex[:4]}"
    aside.mkdir(mode=0o700, parents=True)
    for path in sorted(database.parent.glob(f"{database.name}*")):
        path.rename(aside / path.name)
    return aside


def put_back(database: Path, aside: Path) -> None:
    """Undo ``put_aside``, where nothing better came in its place."""
    for path in sorted(database.parent.glob(f"{database.name}*")):
        path.unlink()
    for path in sorted(aside.iterdir()):
        path.rename(database.parent / path.name)
    aside.rmdir()


def by_hand(store: Store, version: str) -> Path:
    """Write everything, photos too, to a dated zip that hairwise never deletes."""
    folder = _folder(store)
    stem = store.now().strftime(_STAMP)
    path = folder / f"{stem}.zip"
    n = 1
    while path.exists():
        n += 1
        path = folder / f"{stem}-{n}.zip"
    try:
        write_archive(store, path, {}, version)
    except OSError as error:
        raise cannot_write(str(error.strerror)) from None
    return path


def restore(store: Store, path: Path, version: str, check: CheckRows | None = None) -> Path | None:
    """Put a copy in place of all that is kept; what was there is first written to a copy by hand, which is returned.

    Raises
    ------
    Refused
        Where the copy cannot be read, is none of ours or fails ``check``; then nothing changes.
    """
    if path.suffix == ".zip":
        return read_archive(store, path, check, lambda: _saved(store, version))
    with room(store.folder) as folder:
        copy = Path(folder) / store.database.name
        try:
            copy_database(path, copy)
            with sqlite3.connect(copy) as database:
                names = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            database.close()
        except sqlite3.DatabaseError:
            raise _no_copy(path) from None
        if "alembic_version" not in names:
            raise _no_copy(path)
        held = Store(Path(folder), store.now)
        try:
            rows = held.rows()
        finally:
            held.close()
    if check:
        check(rows)
    saved = _saved(store, version)
    store.fill(rows, replace=True)
    return saved


def _saved(store: Store, version: str) -> Path | None:
    return None if store.is_empty() else by_hand(store, version)


def _no_copy(path: Path) -> Refused:
    return Refused(
        "not_a_backup", f"{path.name} is no backup that hairwise made.", "Use a file from the folder backups."
    )


def copies(store: Store) -> list[Path]:
    """Return all copies, oldest first."""
    return sorted(p for p in _folder(store).iterdir() if p.suffix in (".db", ".zip") and not p.name.startswith("."))


def is_automatic(path: Path) -> bool:
    """Say whether a copy is one that makes room for newer ones."""
    return path.name.endswith(".auto.db")


def time_of(path: Path) -> datetime | None:
    """Return when a copy was made [UTC], by its name; None where that tells no time."""
    try:
        return datetime.strptime(path.name[:_STAMP_LENGTH], _STAMP)
    except ValueError:
        return None


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
