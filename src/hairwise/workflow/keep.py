"""Keep a person's diary and photos, give them back whole, and copy them.

Knows: which records are kept under which kind, where the data folder lies. Must not know: SQL, zips.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import platformdirs

from hairwise import __version__
from hairwise.errors import Refused
from hairwise.image.private import without_private
from hairwise.records import diary as noun
from hairwise.records.answers import Answers, EventKind
from hairwise.records.base import Record
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.store import backup
from hairwise.store.archive import read_archive, write_archive
from hairwise.store.repository import KeptPhoto, Store
from hairwise.workflow.files import dump, short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from hairwise.store.repository import Entry

__all__ = [
    "KINDS",
    "add_entries",
    "add_entry",
    "add_photo",
    "back_up",
    "change_entry",
    "data_folder",
    "diary_kept",
    "event_kinds",
    "export_data",
    "import_data",
    "keep_diary",
    "kept_text",
    "open_store",
    "restore_data",
]


class Wash(Record):
    """A day on which hair was washed."""

    date: date


# kind of entry: the diary's list, and its record
KINDS: dict[str, tuple[str, type[Record]]] = {
    "zone": ("zones", noun.DiaryZone),
    "session": ("sessions", noun.Session),
    "wash": ("washes", Wash),
    "count": ("counts", noun.Count),
    "density": ("density", noun.Density),
    "event": ("events", noun.DiaryEvent),
    "treatment": ("treatments", noun.Treatment),
    "symptom": ("symptoms", noun.Symptom),
    "finding": ("findings", noun.Finding),
    "spot": ("spots", noun.Spot),
    "change": ("changes", noun.SpotChange),
    "shed": ("shed", noun.ShedEnds),
    "answers": ("answers", Answers),
}
_TOLD = ("id", "start", "first_session", "concern", "hemisphere")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 1, 1)  # as in a diary file
PHOTO_KINDS = ("close_up", "head", "shed")


def data_folder() -> Path:
    """Return where this user's data lie: ``HAIRWISE_DATA``, or the system's place for them."""
    told = os.environ.get("HAIRWISE_DATA")
    return Path(told) if told else Path(platformdirs.user_data_dir("hairwise", appauthor=False))


def open_store(folder: Path | None = None, now: Callable[[], datetime] | None = None) -> Store:
    """Open a person's data, copying the rows once a day.

    Raises
    ------
    Refused
        ``store_damaged``, ``store_newer``, ``store_busy``, or ``no_data_folder`` where none can be made.
    """
    where = folder or data_folder()
    try:
        store = Store(where, now)
        backup.automatic(store)
    except OSError as error:
        raise Refused(
            "no_data_folder",
            f"Data cannot be kept in {short_name(str(where))} ({error.strerror}).",
            "Name a folder that can be written with --data.",
        ) from None
    return store


def _checked(kind: str, body: Mapping[str, Any]) -> tuple[str, dict[str, Any], date | None]:
    """Return an entry's row once its record accepts it."""
    if kind not in KINDS:
        raise Refused(
            "no_such_kind", f"There is no kind of entry called {kind[:40]}.", f"Use one of {', '.join(KINDS)}."
        )
    record = parse_record(KINDS[kind][1], json.dumps(dict(body)).encode(), kind)
    day = _day(record)
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise Refused("bad_field", f"{kind}: the day {day} cannot be.", f"Use a day from {FIRST_DAY} on.")
    return kind, record.model_dump(mode="json", by_alias=True, exclude_none=True), day


def _day(record: Record) -> date | None:
    for name in ("date", "start", "to", "as_of"):
        day = getattr(record, name, None)
        if isinstance(day, date):
            return day
    return None


def add_entry(store: Store, kind: str, body: Mapping[str, Any]) -> str:
    """Keep one entry of a diary; return its id.

    Raises
    ------
    Refused
        ``no_such_kind``, or what is wrong with the entry, by field.
    """
    return store.add(*_checked(kind, body))


def add_entries(store: Store, kind: str, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keep several entries of one kind, all or none; return their ids."""
    return store.add_all([_checked(kind, body) for body in bodies])


def event_kinds() -> tuple[str, ...]:
    """Return the kinds of events that a diary knows."""
    return get_args(EventKind)


def change_entry(store: Store, entry_id: str, body: Mapping[str, Any]) -> None:
    """Put another body in place of an entry's, of the same kind."""
    _, checked, day = _checked(store.entry(entry_id).kind, body)
    store.change(entry_id, checked, day)


def keep_diary(store: Store, diary: Diary, photo_of: Callable[[str], bytes] | None = None) -> int:
    """Put a diary file into an empty store; return how many things are kept now.

    Parameters
    ----------
    store : Store
        Empty.
    diary : Diary
        The file.
    photo_of : callable, optional
        The bytes of a photo that the diary names; without it photos are left out.
    """
    store.must_be_empty()
    rows = []
    for kind, (field, record) in KINDS.items():
        told = getattr(diary, field)
        for item in told if isinstance(told, Sequence) else [told] if told is not None else []:
            made = record(date=item) if record is Wash else item
            rows.append((kind, made.model_dump(mode="json", by_alias=True, exclude_none=True), _day(made)))
    photos = [(photo_of(p.file), p) for p in diary.photos] if photo_of else []
    for data, p in photos:
        clean, suffix = without_private(data, p.file)
        about = KeptPhoto("", suffix, p.file, "close_up", p.date, p.spot, p.px_per_mm, p.style)
        store.add_photo(clean, about)
    store.add_all(rows)
    for name in _TOLD:
        value = getattr(diary, name)
        store.tell(name, value.isoformat() if isinstance(value, date) else value)
    return len(rows) + len(photos)


def add_photo(store: Store, data: bytes, about: KeptPhoto) -> str:
    """Keep a photo without its private metadata; return the sha256 of what is kept.

    Raises
    ------
    Refused
        As ``read_photo``; ``no_such_kind``; ``no_such_spot`` where a close-up names a spot that is not kept.
    """
    if about.kind not in PHOTO_KINDS:
        raise Refused(
            "no_such_kind", f"There is no kind of photo called {about.kind[:40]}.", "Use close_up, head or shed."
        )
    spots = {e.body["id"] for e in store.entries("spot")}
    if about.kind == "close_up" and about.spot not in spots:
        raise Refused("no_such_spot", "This close-up names a spot that is not kept.", "Add the spot first.")
    clean, suffix = without_private(data, about.name)
    return store.add_photo(clean, _with(about, suffix))


def _with(about: KeptPhoto, suffix: str) -> KeptPhoto:
    return KeptPhoto("", suffix, about.name[:255], about.kind, about.day, about.spot, about.px_per_mm, about.style)


def diary_kept(store: Store, today: date) -> Diary:
    """Return what is kept as a diary that ends today, photos by their place in the store."""
    told = store.told()
    lists: dict[str, list[Any]] = {}
    for kept in store.entries():
        lists.setdefault(KINDS[kept.kind][0], []).append(_item(kept))
    answers = lists.pop("answers", [])
    sessions = [s["date"] for s in lists.get("sessions", [])]
    body: dict[str, Any] = {
        "schema": get_args(Diary.model_fields["schema_"].annotation)[0],
        "id": told.get("id", "mine"),
        "cutoff": today.isoformat(),
        **{name: told.get(name) for name in _TOLD[1:]},
        **lists,
        "photos": [_photo_entry(p) for p in store.photos() if p.kind == "close_up"],
        "answers": answers[-1] if answers else None,
    }
    if body["first_session"] is None and sessions:
        body["first_session"] = min(sessions)
    return parse_record(Diary, json.dumps(body).encode(), "the kept diary")


def _photo_entry(p: KeptPhoto) -> dict[str, Any]:
    file = f"photos/{p.sha256}{p.suffix}"
    return {"date": p.day.isoformat(), "spot": p.spot, "file": file, "px_per_mm": p.px_per_mm, "style": p.style}


def _item(kept: Entry) -> Any:
    return kept.body["date"] if kept.kind == "wash" else kept.body


def export_data(store: Store, path: Path, today: date) -> None:
    """Write everything to one zip: rows and photos as kept, and the diary as JSON and CSV for other programs."""
    if path.exists():
        raise Refused("file_exists", f"{short_name(path.name)} is there already.", "Choose another name.")
    extra = {"diary/diary.json": dump(diary_kept(store, today))}
    for kind, (field, record) in KINDS.items():
        entries = store.entries(kind)
        if entries and kind != "answers":
            extra[f"diary/{field}.csv"] = _csv(record, [e.body for e in entries])
    try:
        write_archive(store, path, extra, __version__)
    except OSError as error:
        raise Refused(
            "cannot_write", f"{short_name(path.name)} cannot be written ({error.strerror}).", "Choose another folder."
        ) from None


def _csv(record: type[Record], bodies: Sequence[Mapping[str, Any]]) -> bytes:
    names = [field.alias or name for name, field in record.model_fields.items()]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    for body in bodies:
        writer.writerow({name: _cell(body.get(name)) for name in names})
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def kept_text(store: Store) -> str:
    """Say where the data lie and how much is kept."""
    lines = [f"Data folder: {store.folder}"]
    lines += [f"  {n} {KINDS[kind][0]}" for kind, n in sorted(store.counts().items())]
    photos = store.photos()
    size_mb = sum(p.n_bytes for p in photos) / 1e6
    lines.append(f"  {len(photos)} photos, {size_mb:.1f} MB")
    lines.append(f"  {len(backup.copies(store))} copies in backups")
    return "\n".join(lines)


def import_data(store: Store, path: Path) -> None:
    """Fill an empty store from an exported zip."""
    read_archive(store, _file(path))


def restore_data(store: Store, path: Path) -> Path | None:
    """Put a backup in place of what is kept, which is first saved to a zip of its own, returned."""
    return backup.restore(store, _file(path), __version__)


def back_up(store: Store) -> Path:
    """Write everything to a dated zip that is never deleted by hairwise."""
    return backup.by_hand(store, __version__)


def _file(path: Path) -> Path:
    if not path.is_file():
        raise Refused("no_such_file", f"There is no file {short_name(path.name)}.", "Check the name.")
    return path
