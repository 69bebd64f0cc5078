"""What is kept, told in numbers, and the copies of it: look up, put back, remove; files on their way in and out.

Knows: which copies are a person's own. Must not know: zips, SQL, pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hairwise.errors import Refused
from hairwise.store import backup, passing
from hairwise.workflow.keep import data_folder, open_store
from hairwise.workflow.takeout import restore_data

if TYPE_CHECKING:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from hairwise.store.repository import Store

__all__ = [
    "Copy",
    "Kept",
    "copies_kept",
    "delete_copy",
    "passing_room",
    "restore_copy",
    "restore_folder",
    "what_is_kept",
]


@dataclass(frozen=True)
class Copy:
    """A copy in the folder backups; ``at`` is UTC, and ``own`` ones are never removed by hairwise."""

    name: str
    at: datetime | None
    own: bool
    n_bytes: int


@dataclass(frozen=True)
class Kept:
    """How much is kept: live entries by kind, days with a session, photos; empty only without what was deleted too."""

    folder: Path
    counts: dict[str, int]
    n_session_days: int
    n_photos: int
    photo_bytes: int
    is_empty: bool


def what_is_kept(store: Store) -> Kept:
    """Return how much is kept, and where."""
    photos = store.photos()
    size = sum(p.n_bytes for p in photos)
    days = {kept.day for kept in store.entries("session")}
    return Kept(store.folder, store.counts(), len(days), len(photos), size, store.is_empty())


def copies_kept(store: Store) -> list[Copy]:
    """Return all copies, newest first; those whose name tells no time come last."""
    found = [
        Copy(path.name, backup.time_of(path), not backup.is_automatic(path), path.stat().st_size)
        for path in backup.copies(store)
    ]
    return sorted(found, key=lambda c: (c.at or datetime.min, c.name), reverse=True)


def restore_copy(store: Store, name: str) -> Path | None:
    """Put a copy of the list in place of what is kept, which is saved first to a copy that is returned."""
    return restore_data(store, _named(store, name))


def restore_folder(folder: Path | None, path: Path) -> tuple[Path | None, Path | None]:
    """Put a copy in place of what a folder keeps, also where its database cannot be opened any more.

    Returns
    -------
    saved : Path, optional
        Copy of what was there before.
    aside : Path, optional
        Folder to which a damaged database was moved; it comes back where the copy cannot be read.
    """
    where = folder or data_folder()
    database, aside = where / "hairwise.db", None
    try:
        store = open_store(where)
    except Refused as refused:
        if refused.code != "store_damaged":
            raise
        aside = backup.put_aside(database, datetime.now(UTC))
        store = open_store(where)
    try:
        saved = restore_data(store, path)
    except BaseException:
        store.close()
        if aside:
            backup.put_back(database, aside)
        raise
    store.close()
    return saved, aside


def delete_copy(store: Store, name: str) -> None:
    """Remove a copy that the person made.

    Raises
    ------
    Refused
        ``no_such_copy``, or ``not_own`` for an automatic one.
    """
    path = _named(store, name)
    if backup.is_automatic(path):
        raise Refused("not_own", "This copy is an automatic one.", "It goes by itself within 30 days.")
    path.unlink(missing_ok=True)


def _named(store: Store, name: str) -> Path:
    """Return a copy by its name in the list; no other path can be named."""
    for path in backup.copies(store):
        if path.name == name:
            return path
    raise Refused("no_such_copy", "That copy is not there any more.", "Open the page again and choose another.")


def passing_room(store: Store) -> TemporaryDirectory[str]:
    """Make a folder beside the data for one file on its way in or out; the caller cleans it up."""
    return passing.room(store.folder)
