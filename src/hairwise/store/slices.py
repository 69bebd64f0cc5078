"""Parts of what is kept, read fast: bodies as the text they are kept as.

Knows: the table of entries. Must not know: the meaning of a body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, cast, func, select

from hairwise.store.schema import entry

if TYPE_CHECKING:
    from datetime import date

    from hairwise.store.repository import Store

__all__ = ["bodies", "days_of", "outer_days"]


def bodies(store: Store, kind: str, days: tuple[date, date] | None = None) -> list[str]:
    """Return the bodies of one kind as JSON texts by day, of some days only where asked."""
    where = (entry.c.kind == kind) & entry.c.deleted_at.is_(None)
    if days is not None:
        where &= entry.c.day.between(*days)
    query = select(cast(entry.c.body, Text)).where(where).order_by(entry.c.day, entry.c.made_at, entry.c.id)
    with store.engine.connect() as db:
        return list(db.execute(query).scalars())


def days_of(store: Store, kind: str, days: tuple[date, date]) -> list[date]:
    """Return the days between two on which there is an entry of one kind."""
    where = (entry.c.kind == kind) & entry.c.deleted_at.is_(None) & entry.c.day.between(*days)
    with store.engine.connect() as db:
        return list(db.execute(select(entry.c.day).where(where).distinct().order_by(entry.c.day)).scalars())


def outer_days(store: Store) -> dict[str, tuple[date, date]]:
    """Return the first and last day of each kind that has one."""
    query = select(entry.c.kind, func.min(entry.c.day), func.max(entry.c.day)).where(
        entry.c.deleted_at.is_(None), entry.c.day.is_not(None)
    )
    with store.engine.connect() as db:
        return {kind: (first, last) for kind, first, last in db.execute(query.group_by(entry.c.kind))}
