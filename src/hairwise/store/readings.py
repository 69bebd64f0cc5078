"""What lists show of measurements and comparisons, and marks made by hand.

Knows: rows. Must not know: the meaning of numbers.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from hairwise.errors import Refused
from hairwise.store.schema import comparison, correction, measurement, photo

if TYPE_CHECKING:
    from hairwise.store.repository import Store

__all__ = [
    "add_mark",
    "comparison_of",
    "marked",
    "marks",
    "measurement_of",
    "pair_summaries",
    "remove_mark",
    "summaries",
]


def summaries(store: Store) -> dict[str, dict[str, Any]]:
    """Return the newest ``summary`` and ``method_version`` of each measured photo that is not deleted, by sha256."""
    columns = measurement.c.photo_sha256, measurement.c.method_version, measurement.c.summary
    query = select(*columns).join(photo).where(photo.c.deleted_at.is_(None))
    with store.engine.connect() as db:
        rows = db.execute(query.order_by(measurement.c.made_at, measurement.c.id)).mappings().all()
    return {r["photo_sha256"]: {"method_version": r["method_version"], **(r["summary"] or {})} for r in rows}


def pair_summaries(store: Store) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the newest ``summary`` of each compared pair of photos that are not deleted, by their sha256."""
    kept = select(photo.c.sha256).where(photo.c.deleted_at.is_(None))
    columns = comparison.c.before_sha256, comparison.c.after_sha256, comparison.c.method_version, comparison.c.summary
    query = select(*columns).where(comparison.c.before_sha256.in_(kept), comparison.c.after_sha256.in_(kept))
    with store.engine.connect() as db:
        rows = db.execute(query.order_by(comparison.c.made_at, comparison.c.id)).mappings().all()
    return {
        (r["before_sha256"], r["after_sha256"]): {"method_version": r["method_version"], **(r["summary"] or {})}
        for r in rows
    }


def comparison_of(store: Store, before: str, after: str) -> dict[str, Any] | None:
    """Return the newest comparison of two photos, whole; None where there is none."""
    where = (comparison.c.before_sha256 == before) & (comparison.c.after_sha256 == after)
    query = select(comparison).where(where).order_by(comparison.c.made_at.desc(), comparison.c.id.desc()).limit(1)
    with store.engine.connect() as db:
        row = db.execute(query).mappings().first()
    return dict(row) if row else None


def measurement_of(store: Store, sha256: str) -> dict[str, Any] | None:
    """Return the newest measurement of a photo, whole; None where there is none."""
    query = select(measurement).where(measurement.c.photo_sha256 == sha256)
    found = _all(store, query.order_by(measurement.c.made_at.desc(), measurement.c.id.desc()).limit(1))
    return found[0] if found else None


def add_mark(store: Store, sha256: str, kind: str, x_px: float, y_px: float) -> str:
    """Keep a mark on a photo; return its id."""
    new = uuid.uuid4().hex
    store.photo(sha256)  # refuses what is not kept
    with store.writing() as db:
        row = {"id": new, "photo_sha256": sha256, "kind": kind, "x_px": x_px, "y_px": y_px, "made_at": store.now()}
        db.execute(insert(correction), row)
    return new


def marks(store: Store, sha256: str) -> list[dict[str, Any]]:
    """Return a photo's marks, oldest first."""
    query = select(correction).where(correction.c.photo_sha256 == sha256)
    return _all(store, query.order_by(correction.c.made_at, correction.c.id))


def marked(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return the marks of every photo that has some, by sha256."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in _all(store, select(correction).order_by(correction.c.made_at, correction.c.id)):
        out.setdefault(row["photo_sha256"], []).append(row)
    return out


def remove_mark(store: Store, mark_id: str) -> None:
    """Take a mark away."""
    with store.writing() as db:
        if db.execute(delete(correction).where(correction.c.id == mark_id)).rowcount == 0:
            raise Refused("not_kept", "That mark is not kept here.", "It may have been removed; look again.")


def _all(store: Store, query: Any) -> list[dict[str, Any]]:
    with store.engine.connect() as db:
        return [dict(row) for row in db.execute(query).mappings()]
