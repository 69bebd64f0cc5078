"""A diary's two shapes on hostile and broken input: nothing is lost in silence, every refusal names its place."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from hairwise.diary.read import LISTS, diary_from_json, diary_from_parts
from hairwise.errors import Refused
from hairwise.records.answers import Answers
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record

HEAD: dict[str, Any] = {"schema": "needling-diary/1", "id": "me", "cutoff": "2026-11-20"}
PUS = b"date,kind,present\n2026-11-10,pus,yes\n"


def encoded(document: object) -> bytes:
    return json.dumps(document).encode()


def folder(tables: dict[str, bytes], main: bytes = b"") -> Diary:
    return diary_from_parts(main or encoded(HEAD), tables, "me")


def test_every_list_of_a_diary_can_be_a_csv() -> None:
    lists = {name for name, info in Diary.model_fields.items() if "tuple" in str(info.annotation)}
    assert set(LISTS) == lists


def test_changes_with_their_interval_are_read() -> None:
    table = (
        b"spot,from,to,n_t0,lost,new,change.value,change.lo,change.hi\nr,2026-09-01,2026-11-01,100,60,1,-59,-65,-50\n"
    )
    change = {"value": -59, "lo": -65, "hi": -50}
    entry = {"spot": "r", "from": "2026-09-01", "to": "2026-11-01", "n_t0": 100, "lost": 60, "new": 1, "change": change}
    assert folder({"changes.csv": table}) == diary_from_json(encoded({**HEAD, "changes": [entry]}), "me")
    without = b"spot,from,to,n_t0,lost,new,change.value,change.lo,change.hi\nr,2026-09-01,2026-11-01,100,60,1,,,\n"
    assert folder({"changes.csv": without}).changes[0].change is None


def test_products_of_a_cell_stand_between_semicolons() -> None:
    table = b"date,zone,products_within_24h\n2026-11-10,mid,minoxidil; serum ;\n2026-11-11,mid,\n"
    first, second = folder({"sessions.csv": table}).sessions
    assert first.products_within_24h == ("minoxidil", "serum")
    assert second.products_within_24h is None


@pytest.mark.parametrize("file", ["finding.csv", "Findings.csv", "findings.CSV", "answers.csv"])
def test_a_file_of_no_list_is_refused_by_name(file: str) -> None:
    with pytest.raises(Refused, match=f"me/{file} is no list") as caught:
        folder({file: PUS})
    assert "findings.csv" in caught.value.do


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (b"", "me/findings.csv is empty"),
        (b"2026-11-10,pus,yes\n", "me/findings.csv: column 2026-11-10 is not known"),  # its only entry would be lost
        (b"date,kind,present,present\n2026-11-10,pus,yes,no\n", "column present stands twice"),
        (b"date,kind,present\n2026-11-10,pus\n", "me/findings.csv has a row of another length"),
        (b"date,kind,present\n2026-11-10,p\xff,yes\n", "me/findings.csv is not UTF-8 text"),
        (b"date,kind,present\n1899-12-31,pus,yes\n", "field findings.0.date is 1899-12-31"),
    ],
)
def test_a_broken_table_is_refused_by_name(table: bytes, told: str) -> None:
    with pytest.raises(Refused, match=told):
        folder({"findings.csv": table})


def test_a_wash_table_needs_its_column() -> None:
    assert folder({"washes.csv": b"date\n2026-11-10\n"}).washes == (date(2026, 11, 10),)
    with pytest.raises(Refused, match=r"me/washes.csv: column day is not known"):
        folder({"washes.csv": b"day\n2026-11-10\n"})


def test_a_byte_order_mark_is_no_error_in_any_file() -> None:
    mark = b"\xef\xbb\xbf"
    assert diary_from_json(mark + encoded(HEAD), "me").id == "me"
    assert folder({"findings.csv": mark + PUS}, mark + encoded(HEAD)).findings[0].present == "yes"
    assert parse_record(Answers, mark + b'{"schema": "hairwise/answers/1", "age": 34}', "me.json").age == 34


ANSWERS = b'{"schema": "hairwise/answers/1", %s}'


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (ANSWERS % b'"age": 34, "age": 17', "field_twice", "field age stands twice"),
        (ANSWERS % b'"findings": {"pus": "yes", "pus": "no"}', "field_twice", "field pus stands twice"),
        (ANSWERS % b'"products_within_24h": ["\\ud800"]', "not_utf8", "is not UTF-8 text"),
        (ANSWERS % b'"products_within_24h": ["\xff"]', "not_utf8", "is not UTF-8 text"),
        ('{"schema": "hairwise/answers/1"}'.encode("utf-16"), "not_utf8", "is not UTF-8 text"),
        (b'{"a":' * 200_000, "not_json", "is not a JSON file"),
        (b'{"a":' * 400 + b"1" + b"}" * 400, "not_json", "is not a JSON file"),
        (b"\xef\xbb\xbf \n", "empty_file", "is empty"),
    ],
)
def test_text_that_two_readers_could_read_in_two_ways_is_refused(data: bytes, code: str, told: str) -> None:
    with pytest.raises(Refused, match=told) as caught:
        parse_record(Answers, data, "me.json")
    assert caught.value.code == code
    assert caught.value.do
    with pytest.raises(Refused, match=told) as caught:  # diary.json of a folder goes through the same reader
        folder({"findings.csv": PUS}, data)
    assert caught.value.code == code


def test_a_whole_character_written_as_two_escapes_is_read() -> None:
    data = ANSWERS % b'"products_within_24h": ["\\ud83e\\uddf4"]'
    assert parse_record(Answers, data, "me.json").products_within_24h == ("\U0001f9f4",)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2100-01-02", "9999-12-31"])
@pytest.mark.parametrize(
    ("document", "field"),
    [
        (lambda day: {"cutoff": day}, "cutoff"),
        (lambda day: {"start": day}, "start"),
        (lambda day: {"treatments": [{"kind": "x", "start": "2026-01-01", "stop": day}]}, "treatments.0.stop"),
        (lambda day: {"changes": [{"spot": "r", "from": day, "to": day, "n_t0": 1, "lost": 0, "new": 0}]},
         "changes.0.from"),
        (lambda day: {"answers": {"schema": "hairwise/answers/1", "today": day}}, "answers.today"),
        (lambda day: {"answers": {"schema": "hairwise/answers/1", "events": [{"kind": "stress", "date": day}]}},
         "answers.events.0.date"),
    ],
)  # fmt: skip
def test_days_that_no_one_has_lived_are_refused_by_field(document: Any, field: str, day: str) -> None:
    with pytest.raises(Refused, match=rf'field {field} is "?{day}"?: should be a day from 1900-01-01 to 2100-01-01'):
        diary_from_json(encoded({**HEAD, **document(day)}), "me")


@pytest.mark.parametrize("day", ["1900-01-01", "2100-01-01"])
def test_the_first_and_last_day_are_possible(day: str) -> None:
    assert str(diary_from_json(encoded({**HEAD, "cutoff": day}), "me").cutoff) == day
