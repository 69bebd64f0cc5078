"""Keep a person's diary and photos, give them back whole, and copy them.

Knows: which records are kept under which kind, where the data folder lies. Must not know: SQL, zips.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import platformdirs

from hairwise.errors import Refused
from hairwise.image.private import without_private
from hairwise.records import diary as noun
from hairwise.records.answers import LAST_DAY, Answers, EventKind
from hairwise.records.base import Record
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.store import backup, passing
from hairwise.store.repository import Entry, KeptPhoto, Store
from hairwise.workflow.files import short_name
from hairwise.workflow.measured import measured_changes
from hairwise.workflow.person import diary_of_bytes, with_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = [
    "KINDS",
    "add_entries",
    "add_entry",
    "add_photo",
    "bring_entry_back",
    "change_entry",
    "data_folder",
    "delete_entry",
    "delete_everything",
    "diary_kept",
    "diary_of_entries",
    "event_kinds",
    "keep_diary",
    "last_day",
    "must_fit",
    "open_store",
    "row_of_entry",
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
_TOLD_DAYS = ("start", "first_session", "concern")
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
        try:
            backup.keep_house(store)
        except BaseException:
            store.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise Refused(
            "no_data_folder",
            f"Data cannot be kept in {short_name(str(where))} ({getattr(error, 'strerror', None) or error}).",
            "Name a folder that can be written with --data.",
        ) from None
    return store


def row_of_entry(kind: str, body: Mapping[str, Any]) -> tuple[str, dict[str, Any], date | None]:
    """Return an entry's row once a diary with nothing else in it accepts it."""
    if kind not in KINDS:
        why = f"There is no kind of entry called {kind[:40]}."
        raise Refused("no_such_kind", why, f"Use one of {', '.join(KINDS)}.")
    field, record = KINDS[kind]
    item = dict(body).get("date") if kind == "wash" and set(body) == {"date"} else dict(body)
    raw = _frame(LAST_DAY) | {field: item if kind == "answers" else [item]}
    diary = diary_of_bytes(json.dumps(raw).encode(), kind)
    told = getattr(diary, field)
    made = told if kind == "answers" else Wash(date=told[0]) if record is Wash else told[0]
    return kind, made.model_dump(mode="json", by_alias=True, exclude_none=True), _day(made)


def _frame(last: date) -> dict[str, Any]:
    """Return an empty diary that ends on a day."""
    return {"schema": get_args(Diary.model_fields["schema_"].annotation)[0], "id": "mine", "cutoff": last.isoformat()}


def must_fit(store: Store, kind: str, body: Mapping[str, Any], entry_id: str | None = None) -> None:
    """Refuse an entry that cannot stand beside those kept: a zone or spot twice, a change of an unknown spot."""
    name = {"zone": "name", "spot": "id"}.get(kind)
    if name and any(e.body[name] == body[name] and e.id != entry_id for e in store.entries(kind)):
        raise Refused("twice", f"The {kind} {body[name]} is kept already.", "Change that one.")
    if kind == "change" and body["spot"] not in {e.body["id"] for e in store.entries("spot")}:
        raise Refused("no_such_spot", "This change names a spot that is not kept.", "Add the spot first.")


def _day(record: Record) -> date | None:
    for name in ("date", "start", "to", "as_of", "today"):
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
    return add_entries(store, kind, [body])[0]


def add_entries(store: Store, kind: str, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keep several entries of one kind, all or none; return their ids."""
    rows = [row_of_entry(kind, body) for body in bodies]
    with store.writing():
        for _, checked, _ in rows:
            must_fit(store, kind, checked)
        return store.add_all(rows)


def event_kinds() -> tuple[str, ...]:
    """Return the kinds of events that a diary knows."""
    return get_args(EventKind)


def change_entry(store: Store, entry_id: str, body: Mapping[str, Any]) -> None:
    """Put another body in place of an entry's, of the same kind."""
    kind, checked, day = row_of_entry(store.entry(entry_id).kind, body)
    with store.writing():
        must_fit(store, kind, checked, entry_id)
        store.change(entry_id, checked, day)


def delete_entry(store: Store, entry_id: str) -> None:
    """Delete an entry, for some time to be undone; a spot only where no photo or change names it."""
    with store.writing():
        kept = store.entry(entry_id)
        if kept.kind == "spot":
            named = {p.spot for p in store.photos()} | {e.body["spot"] for e in store.entries("change")}
            if kept.body["id"] in named:
                why = f"Photos or changes of the spot {kept.body['id']} are kept."
                raise Refused("in_use", why, "Delete those first.")
        store.delete(entry_id)


def bring_entry_back(store: Store, entry_id: str) -> None:
    """Undo a deletion, where the entry still fits."""
    with store.writing():
        kept = store.entry(entry_id)
        must_fit(store, kept.kind, kept.body, entry_id)
        store.bring_back(entry_id)


def delete_everything(store: Store) -> None:
    """Take away all entries, photos and automatic copies at once, for good; copies made by hand stay."""
    backup.remove_automatic(store)
    passing.clear(store.folder)
    store.delete_everything()


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
    photos: list[tuple[bytes, KeptPhoto]] = []
    seen: dict[bytes, str] = {}
    for p in diary.photos:
        if photo_of is None:
            break
        clean, suffix = without_private(photo_of(p.file), p.file)
        if clean in seen:
            raise Refused("same_photo", f"{p.file} and {seen[clean]} are the same photo.", "Keep it in one place only.")
        seen[clean] = p.file
        photos.append((clean, KeptPhoto("", suffix, p.file, "close_up", p.date, p.spot, p.px_per_mm, p.style)))
    said = {name: getattr(diary, name) for name in _TOLD}
    store.begin_with(
        rows, photos, {n: value.isoformat() if isinstance(value, date) else value for n, value in said.items()}
    )
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
    _has_spot(store, about)  # before the photo is read, and again when it is kept
    clean, suffix = without_private(data, about.name)
    whole = replace(about, sha256="", suffix=suffix, name=about.name[:255])
    if about.kind == "close_up":
        parse_record(noun.PhotoEntry, json.dumps(_photo_entry(whole)).encode(), "photo")
    with store.writing():
        _has_spot(store, about)
        kept = next((p for p in store.photos() if p.sha256 == hashlib.sha256(clean).hexdigest()), None)
        if kept and (kept.kind, kept.spot, kept.day) != (about.kind, about.spot, about.day):
            why = f"{short_name(about.name)} is kept already, elsewhere."
            raise Refused("same_photo", why, "Delete it there first.")
        return store.add_photo(clean, whole)


def _has_spot(store: Store, about: KeptPhoto) -> None:
    if about.kind == "close_up" and about.spot not in {e.body["id"] for e in store.entries("spot")}:
        raise Refused("no_such_spot", "This close-up names a spot that is not kept.", "Add the spot first.")


def diary_kept(store: Store, today: date, answers: Answers | None = None) -> Diary:
    """Return what is kept as a diary that ends today; photos by their place in the store.

    What is dated ahead, by a clock that was wrong or a slip of the pen, waits for its day: told as if it were past, it
    would make the signs of today old ones. ``answers`` stand in place of the kept ones, as if they had just been kept.
    """
    entries = store.entries()
    if answers is not None:
        _, body, day = row_of_entry("answers", answers.model_dump(mode="json", by_alias=True, exclude_none=True))
        entries = [*entries, Entry("", "answers", day, body, None)]
    diary = diary_of_entries(entries, store.photos(), store.told(), today)
    measured = tuple(c for c in measured_changes(store) if c.to <= today)
    done = {(c.spot, c.from_, c.to) for c in measured}
    stored = tuple(c for c in diary.changes if (c.spot, c.from_, c.to) not in done)
    return diary.model_copy(update={"changes": stored + measured}) if measured else diary


def last_day(store: Store, today: date) -> date:
    """Return the last day of which anything is kept, today at the earliest."""
    days = [e.day for e in store.entries() if e.day and e.kind != "treatment"]
    return max([today, *days, *(p.day for p in store.photos())])


def diary_of_entries(
    entries: Sequence[Entry], photos: Sequence[KeptPhoto], told: Mapping[str, Any], today: date
) -> Diary:
    """Return entries as a diary that ends today, without what is dated later; a treatment may begin later."""
    lists: dict[str, list[Any]] = {}
    for kept in entries:
        if kept.day is None or kept.day <= today or kept.kind == "treatment":
            lists.setdefault(KINDS[kept.kind][0], []).append(_item(kept))
    answers = lists.pop("answers", [])
    sessions = [s["date"] for s in lists.get("sessions", [])]
    said = {n: told[n] for n in _TOLD if n in told and not (n in _TOLD_DAYS and told[n] > today.isoformat())}
    body: dict[str, Any] = {
        **_frame(today),
        **said,
        **lists,
        "photos": [_photo_entry(p) for p in photos if p.kind == "close_up" and p.day <= today],
        "answers": answers[-1] if answers else None,
    }
    if "first_session" not in said and sessions:
        body["first_session"] = min(sessions)
    if answers and not told:  # a diary from a file says all of it itself
        body = with_answers(body, Answers.model_validate(answers[-1]))
    return diary_of_bytes(json.dumps(body).encode(), "the log")


def _photo_entry(p: KeptPhoto) -> dict[str, Any]:
    file = f"photos/{p.sha256}{p.suffix}"
    return {"date": p.day.isoformat(), "spot": p.spot, "file": file, "px_per_mm": p.px_per_mm, "style": p.style}


def _item(kept: Entry) -> Any:
    return kept.body["date"] if kept.kind == "wash" else kept.body
