"""Entries as a log shows and changes them: by page, by day, several at once.

Knows: SQL. Must not know: what entries mean.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from hairwise.store.repository import entry_of_row, entry_rows, missing
from hairwise.store.schema import entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from hairwise.store.repository import Entry, Store

__all__ = ["deleted", "on_day", "page", "rewrite", "since"]

Row = tuple[str, dict[str, Any], "date | None"]


def page(store: Store, kinds: Sequence[str], most: int, before: date | None = None) -> tuple[list[Entry], int]:
    """Return the newest entries of some kinds, newest first, and how many there are in all.

    Days are whole, so the last one may bring more than ``most``; ``before`` leaves out that day and later ones.
    """
    where = entry.c.kind.in_(kinds) & entry.c.deleted_at.is_(None)
    if before is not None:
        where &= entry.c.day < before
    query = select(entry).order_by(entry.c.day.desc(), entry.c.made_at.desc(), entry.c.id.desc())
    with store.engine.connect() as db:
        n = db.execute(select(func.count()).select_from(entry).where(where)).scalar_one()
        found = [entry_of_row(row) for row in db.execute(query.where(where).limit(most)).mappings()]
        if len(found) == most and (last := found[-1].day) is not None:
            rest = db.execute(query.where(where & (entry.c.day == last))).mappings()
            found = [e for e in found if e.day != last] + [entry_of_row(row) for row in rest]
    return found, n


def on_day(store: Store, kind: str, day: date | None) -> list[Entry]:
    """Return the entries of one kind and day, deleted ones too, in the order they were made."""
    where = (entry.c.kind == kind) & (entry.c.day.is_(None) if day is None else entry.c.day == day)
    with store.engine.connect() as db:
        rows = db.execute(select(entry).where(where).order_by(entry.c.made_at, entry.c.id)).mappings()
        return [entry_of_row(row) for row in rows]


def since(store: Store, kinds: Sequence[str], day: date) -> list[Entry]:
    """Return the live entries of some kinds from a day on, by day, then in the order they were made."""
    where = entry.c.kind.in_(kinds) & (entry.c.day >= day) & entry.c.deleted_at.is_(None)
    with store.engine.connect() as db:
        rows = db.execute(select(entry).where(where).order_by(entry.c.day, entry.c.made_at, entry.c.id)).mappings()
        return [entry_of_row(row) for row in rows]


def deleted(store: Store, kinds: Sequence[str], most: int) -> list[Entry]:
    """Return the entries of some kinds that can be brought back, deleted last first."""
    where = entry.c.kind.in_(kinds) & entry.c.deleted_at.is_not(None)
    order = entry.c.deleted_at.desc(), entry.c.made_at.desc(), entry.c.id.desc()
    with store.engine.connect() as db:
        rows = db.execute(select(entry).where(where).order_by(*order).limit(most)).mappings()
        return [entry_of_row(row) for row in rows]


def rewrite(
    store: Store,
    changed: Mapping[str, tuple[dict[str, Any], date | None]],
    added: Sequence[Row] = (),
    gone: Sequence[str] = (),
    back: Sequence[str] = (),
) -> list[str]:
    """Change, add, delete and bring back entries, all or none; return the ids of those added."""
    now, ids = store.now(), [uuid.uuid4().hex for _ in added]
    of: list[tuple[str, bool, dict[str, Any]]] = [
        *((i, True, {"body": body, "day": day, "changed_at": now}) for i, (body, day) in changed.items()),
        *((i, True, {"deleted_at": now}) for i in gone),
        *((i, False, {"deleted_at": None}) for i in back),
    ]
    with store.writing() as db:
        for i, is_kept, values in of:
            mark = entry.c.deleted_at
            where = (entry.c.id == i) & (mark.is_(None) if is_kept else mark.is_not(None))
            if db.execute(update(entry).where(where).values(values)).rowcount == 0:
                raise missing()
        if added:
            db.execute(insert(entry), entry_rows(added, ids, now))
    store.n_edits += 1
    return ids
