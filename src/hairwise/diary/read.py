"""A diary from its JSON or from a folder's parts, checked for order.

Knows: the diary's two shapes. Must not know: files, models.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hairwise.errors import Refused
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record, refusal_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

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
    "shed",
)
_DATED = ("sessions", "counts", "density", "events", "symptoms", "findings", "photos", "shed")


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
        List name (such as ``counts``) to its CSV; a blank cell is a missing field.
    name : str
        Folder name, for messages.
    """
    try:
        document: Any = json.loads(data)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Refused("not_json", f"{name}/diary.json is not a JSON object.", "Check it with a JSON editor.")
    for part, text in tables.items():
        if part not in LISTS:
            raise Refused("bad_field", f"{name}/{part}.csv is no list of a diary.", f"Use one of {', '.join(LISTS)}.")
        if document.get(part):
            raise Refused("bad_field", f"{name}: {part} stands in diary.json and in {part}.csv.", "Keep one of them.")
        document[part] = _rows(part, text, name)
    try:
        return _checked(Diary.model_validate(document), name)
    except ValidationError as error:
        raise refusal_of(error, name) from None


def _rows(part: str, data: bytes, name: str) -> list[object]:
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise Refused("bad_field", f"{name}/{part}.csv is not a CSV file in UTF-8.", "Save it as CSV again.") from None
    if any(None in row or None in row.values() for row in rows):
        raise Refused("bad_field", f"{name}/{part}.csv has a row of another length.", "Give every row every column.")
    if part == "washes":
        return [row.get("date", "") for row in rows]
    return [{key: value for key, value in row.items() if value != ""} for row in rows]


def _checked(diary: Diary, name: str) -> Diary:
    """Refuse days after the diary's last day; entries may stand in any order."""

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
    return diary
