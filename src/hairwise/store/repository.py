"""What a person keeps, as rows and files under one folder.

Knows: entries, photos and measurements as they are kept. Must not know: the meaning of numbers.
"""

from __future__ import annotations

import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, literal, select, update

from hairwise.errors import Refused
from hairwise.store.database import connect, shrink
from hairwise.store.photos import LEFT_S, PhotoFiles
from hairwise.store.schema import EVERY_TABLE, TABLES, comparison, entry, measurement, photo, profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date
    from pathlib import Path

    from sqlalchemy import Connection, RowMapping, Table

__all__ = ["KEPT_DAYS", "Entry", "KeptPhoto", "Store", "entry_of_row", "entry_rows", "missing"]

KEPT_DAYS = 30  # what is deleted can be brought back this long, then it is gone


@dataclass(frozen=True)
class Entry:
    """One thing written down; ``body`` as its file holds it."""

    id: str
    kind: str
    day: date | None
    body: dict[str, Any]
    deleted_at: datetime | None


@dataclass(frozen=True)
class KeptPhoto:
    """One photo; its bytes lie beside the database, named by their sha256."""

    sha256: str
    suffix: str
    name: str
    kind: str
    day: date
    spot: str | None
    px_per_mm: float | None
    style: str | None
    n_bytes: int = 0
    deleted_at: datetime | None = None


class Store:
    """A person's data in one folder: ``hairwise.db``, ``photos/``, ``backups/``.

    Parameters
    ----------
    folder : Path
        Made where missing, readable by this user alone.
    now : callable, optional
        The clock, UTC without zone.

    Raises
    ------
    Refused
        ``store_damaged``, ``store_newer`` or ``store_busy``; see ``database.connect``.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] | None = None) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.now = now or (lambda: datetime.now(UTC).replace(tzinfo=None))
        self.database = folder / "hairwise.db"
        self.engine = connect(self.database)
        self.n_edits = 0
        self.files = PhotoFiles(folder / "photos")
        self._here = threading.local()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection beside which nobody else writes, the same one inside of it: all is kept, or nothing."""
        held: Connection | None = getattr(self._here, "db", None)
        if held is not None:
            yield held
            return
        with self.engine.execution_options(writes=True).begin() as db:
            self._here.db = db
            try:
                yield db
            finally:
                self._here.db = None

    def stamp(self) -> tuple[Any, ...]:
        """Return what differs once what an answer rests on has changed; edits count too, as a clock may be set back."""
        last, n = func.max, func.count
        asked = (
            select(last(entry.c.changed_at), last(entry.c.deleted_at), n(), n(entry.c.deleted_at)),
            select(last(photo.c.made_at), last(photo.c.deleted_at), n(), n(photo.c.deleted_at)),
            select(last(comparison.c.made_at), n(comparison.c.id)),
        )
        with self.engine.connect() as db:
            told = [tuple(db.execute(query).one()) for query in asked]
            said = db.execute(select(profile).order_by(profile.c.name)).all()
        return (self.n_edits, *told, repr(said))

    # entries

    def add(self, kind: str, body: dict[str, Any], day: date | None = None) -> str:
        """Keep an entry; return its id."""
        return self.add_all([(kind, body, day)])[0]

    def add_all(self, rows: Sequence[tuple[str, dict[str, Any], date | None]]) -> list[str]:
        """Keep entries, all or none; return their ids."""
        now, ids = self.now(), [uuid.uuid4().hex for _ in rows]
        if rows:
            with self.writing() as db:
                db.execute(insert(entry), entry_rows(rows, ids, now))
        return ids

    def change(self, entry_id: str, body: dict[str, Any], day: date | None = None) -> None:
        """Put another body in place of an entry's."""
        where = (entry.c.id == entry_id) & entry.c.deleted_at.is_(None)
        self._touch(entry, where, {"body": body, "day": day, "changed_at": self.now()})

    def delete(self, entry_id: str) -> None:
        """Delete an entry; for ``KEPT_DAYS`` it can be brought back."""
        where = (entry.c.id == entry_id) & entry.c.deleted_at.is_(None)
        self._touch(entry, where, {"deleted_at": self.now()})

    def bring_back(self, entry_id: str) -> None:
        """Undo a deletion."""
        self._touch(entry, (entry.c.id == entry_id) & entry.c.deleted_at.is_not(None), {"deleted_at": None})

    def entry(self, entry_id: str) -> Entry:
        """Return one entry, deleted or not."""
        found = self._rows(select(entry).where(entry.c.id == entry_id))
        if not found:
            raise missing()
        return entry_of_row(found[0])

    def entries(self, kind: str | None = None, with_deleted: bool = False) -> list[Entry]:
        """Return entries by day, then in the order they were made."""
        query = select(entry).order_by(entry.c.day, entry.c.made_at, entry.c.id)
        if kind is not None:
            query = query.where(entry.c.kind == kind)
        if not with_deleted:
            query = query.where(entry.c.deleted_at.is_(None))
        return [entry_of_row(row) for row in self._rows(query)]

    def newest(self, kinds: Sequence[str], most: int) -> tuple[list[Entry], int]:
        """Return the newest entries of some kinds, newest first, and how many there are in all."""
        where = entry.c.kind.in_(kinds) & entry.c.deleted_at.is_(None)
        query = select(entry).where(where).order_by(entry.c.day.desc(), entry.c.made_at.desc(), entry.c.id).limit(most)
        with self.engine.connect() as db:
            n = db.execute(select(func.count()).select_from(entry).where(where)).scalar_one()
            return [entry_of_row(row) for row in db.execute(query).mappings()], n

    def counts(self) -> dict[str, int]:
        """Return how many entries of each kind there are."""
        query = select(entry.c.kind, func.count().label("n")).where(entry.c.deleted_at.is_(None)).group_by(entry.c.kind)
        return {row["kind"]: row["n"] for row in self._rows(query)}

    # what is said once

    def tell(self, name: str, value: Any) -> None:
        """Keep a value by name; None forgets it."""
        with self.writing() as db:
            db.execute(delete(profile).where(profile.c.name == name))
            if value is not None:
                db.execute(insert(profile), {"name": name, "value": value})

    def told(self) -> dict[str, Any]:
        """Return what was told."""
        return {row["name"]: row["value"] for row in self._rows(select(profile).order_by(profile.c.name))}

    # photos and what was read off them

    def add_photo(self, data: bytes, about: KeptPhoto) -> str:
        """Keep a photo: its bytes first, then the row; return the sha256 of the bytes.

        The same photo kept twice is one photo; one that was deleted comes back as it is described now.
        """
        sha256 = self.files.put(data, about.suffix)
        values = _described(about) | {"n_bytes": len(data), "deleted_at": None}
        with self.writing() as db:
            if db.execute(select(photo.c.sha256).where(photo.c.sha256 == sha256)).first():
                db.execute(update(photo).where(photo.c.sha256 == sha256).values(values))
            else:
                db.execute(insert(photo), {**values, "sha256": sha256, "made_at": self.now()})
        self.n_edits += 1
        return sha256

    def photos(self, with_deleted: bool = False) -> list[KeptPhoto]:
        """Return photos by day and spot."""
        query = select(photo).order_by(photo.c.day, photo.c.spot, photo.c.sha256)
        if not with_deleted:
            query = query.where(photo.c.deleted_at.is_(None))
        return [_photo(row) for row in self._rows(query)]

    def photo_bytes(self, sha256: str) -> bytes:
        """Return a photo's bytes."""
        rows = self._rows(select(photo.c.suffix).where(photo.c.sha256 == sha256))
        data = self.files.get(sha256, rows[0]["suffix"]) if rows else None
        if data is None:
            raise missing()
        return data

    def photo(self, sha256: str) -> KeptPhoto:
        """Return what is known of one photo, deleted or not."""
        found = self._rows(select(photo).where(photo.c.sha256 == sha256))
        if not found:
            raise missing()
        return _photo(found[0])

    def rescale_photo(self, sha256: str, px_per_mm: float | None) -> None:
        """Change the scale that a person gave for a photo; what was measured before stays as it was."""
        self._touch(photo, (photo.c.sha256 == sha256) & photo.c.deleted_at.is_(None), {"px_per_mm": px_per_mm})

    def delete_photo(self, sha256: str) -> None:
        """Delete a photo; for ``KEPT_DAYS`` it can be brought back."""
        self._touch(photo, (photo.c.sha256 == sha256) & photo.c.deleted_at.is_(None), {"deleted_at": self.now()})

    def bring_photo_back(self, sha256: str) -> None:
        """Undo the deletion of a photo."""
        self._touch(photo, (photo.c.sha256 == sha256) & photo.c.deleted_at.is_not(None), {"deleted_at": None})

    def add_measurement(self, sha256: str, values: dict[str, Any]) -> str:
        """Keep what was read off a photo: ``method_version, calibration, settings, body, summary``; return its id."""
        return self._add(measurement, {"photo_sha256": sha256, **values})

    def measurements(self, sha256: str) -> list[dict[str, Any]]:
        """Return a photo's measurements, newest first."""
        query = select(measurement).where(measurement.c.photo_sha256 == sha256)
        return [dict(row) for row in self._rows(query.order_by(measurement.c.made_at.desc(), measurement.c.id))]

    def add_comparison(self, before: str, after: str, values: dict[str, Any]) -> str:
        """Keep what two photos showed: ``method_version, settings, body, summary``; return its id."""
        return self._add(comparison, {"before_sha256": before, "after_sha256": after, **values})

    def comparisons(self) -> list[dict[str, Any]]:
        """Return comparisons of photos that are not deleted, oldest first."""
        kept = select(photo.c.sha256).where(photo.c.deleted_at.is_(None))
        query = select(comparison).where(comparison.c.before_sha256.in_(kept), comparison.c.after_sha256.in_(kept))
        return [dict(row) for row in self._rows(query.order_by(comparison.c.made_at, comparison.c.id))]

    # the whole

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row of every table, by table."""
        with self.engine.connect() as db:
            return {t.name: [dict(r) for r in db.execute(_in_order(t)).mappings()] for t in TABLES}

    def fill(self, rows: dict[str, list[dict[str, Any]]], replace: bool = False) -> None:
        """Write rows of every table into an empty store, or in place of all there are; all or none."""
        with self.writing() as db:
            if replace:
                for table in reversed(EVERY_TABLE):
                    db.execute(delete(table))
            elif not _is_empty(db):
                raise _not_empty()
            for table in TABLES:
                if rows.get(table.name):
                    db.execute(insert(table), rows[table.name])
        self.n_edits += 1

    def must_be_empty(self) -> None:
        """Refuse where anything is kept."""
        if not self.is_empty():
            raise _not_empty()

    def is_empty(self) -> bool:
        """Say whether nothing is kept."""
        with self.engine.connect() as db:
            return _is_empty(db)

    def begin_with(
        self,
        entries: Sequence[tuple[str, dict[str, Any], date | None]],
        photos: Sequence[tuple[bytes, KeptPhoto]],
        told: dict[str, Any],
    ) -> None:
        """Fill an empty store with entries, photos and what is said once; all or none."""
        self.must_be_empty()
        now = self.now()
        rows = [
            _described(about) | {"sha256": self.files.put(data, about.suffix), "n_bytes": len(data), "made_at": now}
            for data, about in photos
        ]
        ids = [uuid.uuid4().hex for _ in entries]
        said = [{"name": name, "value": value} for name, value in told.items() if value is not None]
        self.fill({"profile": said, "entry": entry_rows(entries, ids, now), "photo": rows})

    def doomed(self) -> tuple[set[str], set[str]]:
        """Return ids of entries and sha256 of photos that were deleted over ``KEPT_DAYS`` ago."""
        before = self.now() - timedelta(days=KEPT_DAYS)
        with self.engine.connect() as db:
            entries = db.execute(select(entry.c.id).where(entry.c.deleted_at < before)).scalars().all()
            photos = db.execute(select(photo.c.sha256).where(photo.c.deleted_at < before)).scalars().all()
        return set(entries), set(photos)

    def purge(self, held: AbstractSet[str] = frozenset()) -> None:
        """Take away for good what is ``doomed``: rows first, then bytes; and tidy up after crashes.

        Photos that no row here names stay where they are ``held`` by a copy, which has their rows alone.
        """
        before = self.now() - timedelta(days=KEPT_DAYS)
        with self.writing() as db:
            gone = db.execute(select(photo.c.sha256, photo.c.suffix).where(photo.c.deleted_at < before)).all()
            db.execute(delete(photo).where(photo.c.deleted_at < before))
            db.execute(delete(entry).where(entry.c.deleted_at < before))
        for sha256, suffix in gone:
            self.files.remove(sha256, suffix)
        self.files.tidy({p.sha256 for p in self.photos(with_deleted=True)} | held, LEFT_S)

    def delete_everything(self) -> None:
        """Take away all rows and photos at once, for good; backups are files of their own."""
        with self.writing() as db:
            for table in reversed(EVERY_TABLE):
                db.execute(delete(table))
        self.files.tidy(set(), 0)
        self.engine.dispose()
        if not shrink(self.database):
            why = "Everything is deleted, but another program has the data open and keeps traces until it closes."
            raise Refused("store_busy", why, "Close it, then delete everything again.")

    def _add(self, table: Table, values: dict[str, Any]) -> str:
        new = uuid.uuid4().hex
        with self.writing() as db:
            named = {v for k, v in values.items() if k.endswith("sha256")}
            if set(db.execute(select(photo.c.sha256).where(photo.c.sha256.in_(named))).scalars()) != named:
                raise missing()
            db.execute(insert(table), {"id": new, "made_at": self.now(), **values})
        return new

    def _touch(self, table: Table, where: Any, values: dict[str, Any]) -> None:
        with self.writing() as db:
            if db.execute(update(table).where(where).values(values)).rowcount == 0:
                raise missing()
        self.n_edits += 1

    def _rows(self, query: Any) -> Sequence[RowMapping]:
        with self.engine.connect() as db:
            return db.execute(query).mappings().all()


def entry_rows(
    rows: Sequence[tuple[str, dict[str, Any], date | None]], ids: Sequence[str], now: datetime
) -> list[dict[str, Any]]:
    """Rows of entries made in this order, told apart by a microsecond each."""
    made = [now + timedelta(microseconds=k) for k in range(len(ids))]
    return [
        {"id": i, "kind": kind, "day": day, "body": body, "made_at": at, "changed_at": at}
        for i, (kind, body, day), at in zip(ids, rows, made, strict=True)
    ]


def _described(about: KeptPhoto) -> dict[str, Any]:
    return {name: getattr(about, name) for name in ("suffix", "name", "kind", "day", "spot", "px_per_mm", "style")}


def _is_empty(db: Connection) -> bool:
    return not any(db.execute(select(literal(1)).select_from(t).limit(1)).first() for t in TABLES)


def _not_empty() -> Refused:
    do = "Export and delete them first, or use another folder."
    return Refused("store_not_empty", "There are data here already.", do)


def _in_order(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


def missing() -> Refused:
    """Return the refusal of what is not there."""
    return Refused("not_kept", "That is not kept here.", "It may have been deleted; go back and look again.")


def entry_of_row(row: RowMapping) -> Entry:
    """Return an entry as a row holds it."""
    return Entry(row["id"], row["kind"], row["day"], row["body"], row["deleted_at"])


def _photo(row: RowMapping) -> KeptPhoto:
    return KeptPhoto(**{name: row[name] for name in KeptPhoto.__dataclass_fields__})
