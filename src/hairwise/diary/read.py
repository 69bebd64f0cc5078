"""A diary from its JSON or from a folder's parts, checked for order.

Knows: the diary's two shapes. Must not know: files, models.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, get_args

from pydantic import ValidationError

from hairwise.errors import Refused
from hairwise.records.answers import FIRST_DAY, LAST_DAY
from hairwise.records.base import Record
from hairwise.records.diary import Diary
from hairwise.records.parse import first_twice, parse_record, refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["LISTS", "diary_from_json", "diary_from_parts"]

LISTS = (
    "zones",
    "sessions",
    "washes",
    "counts",
    "density",
    "events",
    "treatments",
    "symptoms",
    "findings",
    "spots",
    "photos",
    "changes",
    "shed",
)
_DATED = ("sessions", "counts", "density", "events", "symptoms", "findings", "photos", "shed")
_LIST_CELLS = ("products_within_24h",)


def diary_from_json(data: bytes, name: str) -> Diary:
    """
    Read a diary from one JSON file.

    Raises
    ------
    Refused
        When it cannot be read, or holds an impossible field or a day after ``cutoff``.
    """
    return _checked(parse_record(Diary, data, name), name)


def diary_from_parts(data: bytes, tables: Mapping[str, bytes], name: str) -> Diary:
    """
    Read a diary from ``diary.json`` and one CSV a list.

    Parameters
    ----------
    data : bytes
        The JSON file.
    tables : mapping of str to bytes
        File name (such as ``counts.csv``) to the file. A blank cell is a missing field; ``;`` stands between the
        entries of ``products_within_24h``; a change's interval has the columns ``change.value, change.lo, change.hi``.
    name : str
        Folder name, for messages.

    Raises
    ------
    Refused
        As `diary_from_json`; also for a file or a column that belongs to no list of a diary.
    """
    lists = {f"{part}.csv": part for part in LISTS}
    for file in tables:
        if file not in lists:
            raise Refused("bad_field", f"{name}/{file} is no list of a diary.", f"Use one of {', '.join(lists)}.")
    document = parse_record(Diary, data, f"{name}/diary.json").model_dump(by_alias=True)
    for file, table in tables.items():
        part = lists[file]
        if document[part]:
            raise Refused("bad_field", f"{name}: {part} stands in diary.json and in {file}.", "Keep one of them.")
        document[part] = _rows(part, table, f"{name}/{file}")
    try:
        return _checked(Diary.model_validate(document), name)
    except ValidationError as error:
        raise refusal_of(error, name) from None


def _rows(part: str, data: bytes, name: str) -> list[object]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        columns, rows = list(reader.fieldnames or ()), list(reader)
    except UnicodeDecodeError:
        raise Refused("not_utf8", f"{name} is not UTF-8 text.", "Save it as CSV in UTF-8 again.") from None
    except csv.Error:
        raise Refused("bad_field", f"{name} is not a CSV file.", "Save it as CSV again.") from None
    _check_columns(columns, _known_columns(part), name)
    if any(None in row or None in row.values() for row in rows):
        raise Refused("bad_field", f"{name} has a row of another length.", "Give every row every column.")
    if part == "washes":
        return [row["date"] for row in rows]
    return [_entry(row) for row in rows]


def _known_columns(part: str) -> list[str]:
    """Return the columns a list may have."""
    if part == "washes":
        return ["date"]
    entry: type[Record] = get_args(Diary.model_fields[part].annotation)[0]
    names = [field.alias or name for name, field in entry.model_fields.items()]
    if part == "changes":
        names[names.index("change") :] = ["change.value", "change.lo", "change.hi", "pair_file"]
    return names


def _check_columns(columns: list[str], known: list[str], name: str) -> None:
    """Refuse a first row that names no columns: its entry would be lost without a word."""
    if not columns:
        raise Refused("empty_file", f"{name} is empty.", f"Start it with the columns {', '.join(known)}.")
    unknown = next((column for column in columns if column not in known), None)
    if unknown is not None:
        raise Refused(
            "bad_field",
            f"{name}: column {unknown[:60]} is not known.",
            f"Start the file with a row of column names, out of {', '.join(known)}.",
        )
    twice = first_twice(columns)
    if twice is not None:
        raise Refused("field_twice", f"{name}: column {twice} stands twice.", "Keep one of them.")


def _entry(row: Mapping[str, str]) -> dict[str, object]:
    entry: dict[str, object] = {}
    change: dict[str, str] = {}
    for column, cell in row.items():
        if cell == "":
            continue
        if column in _LIST_CELLS:
            entry[column] = tuple(part.strip() for part in cell.split(";") if part.strip())
        elif column.startswith("change."):
            change[column.removeprefix("change.")] = cell
        else:
            entry[column] = cell
    return {**entry, "change": change} if change else entry


def _days(value: object, field: str) -> Iterator[tuple[str, date]]:
    """Yield every day of a record with its dotted field."""
    if isinstance(value, date):
        yield field, value
    elif isinstance(value, Record):
        for name, info in type(value).model_fields.items():
            yield from _days(getattr(value, name), f"{field}.{info.alias or name}".removeprefix("."))
    elif isinstance(value, tuple):
        for number, entry in enumerate(value):
            yield from _days(entry, f"{field}.{number}")


def _has_odd_day(value: object) -> bool:
    """Say whether any day of a record cannot be; names no field, since naming each takes most of the time."""
    if isinstance(value, date):
        return not FIRST_DAY <= value <= LAST_DAY
    if isinstance(value, Record):
        return any(map(_has_odd_day, value.__dict__.values()))
    return isinstance(value, tuple) and any(map(_has_odd_day, value))


def _checked(diary: Diary, name: str) -> Diary:
    """Refuse days no person has lived and days after the diary's last; entries may stand in any order."""
    for field, day in _days(diary, "") if _has_odd_day(diary) else ():
        if not FIRST_DAY <= day <= LAST_DAY:
            why = f"{name}: field {field} is {day}: should be a day from {FIRST_DAY} to {LAST_DAY}."
            raise Refused("bad_field", why, "Correct it, or leave it out.")

    def late(day: date | None, field: str) -> None:
        if day is not None and day > diary.cutoff:
            raise Refused(
                "bad_field",
                f"{name}: field {field} is {day}, after the last day of the diary (cutoff {diary.cutoff}).",
                "Correct the day, or move cutoff.",
            )

    for field in ("start", "first_session", "concern"):
        late(getattr(diary, field), field)
    for number, day in enumerate(diary.washes):
        late(day, f"washes.{number}")
    for field in _DATED:
        for number, entry in enumerate(getattr(diary, field)):
            late(entry.date, f"{field}.{number}.date")
    for number, change in enumerate(diary.changes):
        late(change.to, f"changes.{number}.to")
        _in_order((change.from_, change.to), f"changes.{number}.to", name)
    for number, treatment in enumerate(diary.treatments):
        _in_order((treatment.start, treatment.stop), f"treatments.{number}.stop", name)
    return diary


def _in_order(days: tuple[date, date | None], field: str, name: str) -> None:
    first, last = days
    if last is not None and last < first:
        why = f"{name}: field {field} is {last}, before {first}, when it began."
        raise Refused("bad_field", why, "Swap or correct the two days.")
