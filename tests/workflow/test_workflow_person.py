"""A person's files read: folders, answers within a diary, forms, and the calendar made of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest
from red_flag_cases import reassuring

from hairwise import workflow
from hairwise.errors import Refused, printable
from hairwise.report.calendar import render_ics
from hairwise.workflow.files import is_folder, is_taken, read_bytes, refuse_own_input, target, write_whole

TODAY = date(2026, 6, 1)
HEAD: dict[str, Any] = {"schema": "needling-diary/1", "id": "me", "cutoff": "2026-06-01"}
LONG = "a" * 400  # over the 255 bytes that a file name may have


def saved(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "me"
    made.mkdir()
    saved(made / "diary.json", HEAD)
    return made


def test_every_csv_of_a_folder_is_read(folder: Path) -> None:
    (folder / "findings.csv").write_text("date,kind,present\n2026-05-20,pus,yes\n")
    (folder / "changes.csv").write_text("spot,from,to,n_t0,lost,new\nr,2026-03-01,2026-05-01,100,60,0\n")
    diary = workflow.read_diary(folder)
    assert diary.findings[0].kind == "pus"
    assert diary.changes[0].lost == 60


@pytest.mark.parametrize("file", ["finding.csv", "Counts.csv", "counts.CSV"])
def test_a_csv_that_would_be_passed_over_is_refused_by_name(folder: Path, file: str) -> None:
    (folder / file).write_text("date,kind,present\n2026-05-20,pus,yes\n")
    with pytest.raises(Refused, match=f"me/{file} is no list"):
        workflow.read_diary(folder)


def test_results_and_hidden_files_beside_a_diary_are_no_lists(folder: Path) -> None:
    before = workflow.read_diary(folder)
    (folder / "a.hairs.csv").write_text("id,root_x\n")
    (folder / "._counts.csv").write_bytes(b"\x00\x05\x16\x07")
    assert workflow.read_diary(folder) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_session": "2027-06-01"}, "answers.last_session"),
        ({"loss": {"noticed": "yes", "onset": "2026-06-02"}}, "answers.loss.onset"),
        ({"events": [{"kind": "stress", "date": "2026-07-01"}]}, "answers.events.0.date"),
        ({"first_session": "2026-05-20", "last_session": "2026-05-01"}, "answers.last_session"),
    ],
)
@pytest.mark.parametrize("answered_on", ["2026-01-01", "2026-06-01", "2027-12-01", None])
def test_answers_in_a_diary_are_held_against_its_last_day(
    tmp_path: Path, change: dict[str, Any], field: str, answered_on: str | None
) -> None:
    answers = reassuring(today=answered_on, first_session="2025-09-01", last_session="2025-12-01")
    diary = {**HEAD, "answers": {**answers, **change}}
    with pytest.raises(Refused, match=f"field {field} "):
        workflow.read_diary(saved(tmp_path / "me.json", diary))
    workflow.read_diary(saved(tmp_path / "me.json", {**HEAD, "answers": answers}))


@pytest.mark.parametrize("values", [["yes", "no"], ["no", "yes"], ["unknown", "yes", "no"]])
def test_a_yes_among_repeated_answers_of_a_form_wins(values: list[str]) -> None:
    answers = workflow.answers_from_form({"findings.fever": values, "age": ["30", "34"]}, TODAY)
    assert answers.finding("fever") == "yes"
    assert answers.age == 34


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_form_with_a_day_no_one_has_lived_is_refused_by_field(day: str) -> None:
    with pytest.raises(Refused, match=r"\(first_session\): should be a day from 1900-01-01"):
        workflow.answers_from_form({"first_session": [day]}, TODAY)


@pytest.mark.parametrize("name", ["a\0b", LONG])
def test_names_that_no_file_can_have_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.json"
    assert not is_folder(path)
    assert not is_taken(path)
    assert target(tmp_path, path, ".why.json").name.endswith(".why.json")
    assert target(path, Path("me.json"), ".why.json") == path
    with pytest.raises(Refused, match="cannot be read"):
        read_bytes(path)
    with pytest.raises(Refused, match="cannot be read"):
        workflow.read_diary(path)
    with pytest.raises(Refused, match="cannot be written"):
        write_whole(path, b"")
    with pytest.raises(Refused):
        workflow.photo_reader(tmp_path / "me.json")(name)


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "b.jpg")
    (tmp_path / "b.jpg").symlink_to(tmp_path / "a.jpg")
    with pytest.raises(Refused):
        workflow.photo_reader(tmp_path / "me.json")("a.jpg")
    with pytest.raises(Refused):
        read_bytes(tmp_path / "a.jpg")


def test_a_name_of_the_longest_kind_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 250}.json"
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_folder_is_named_after_itself_from_within(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert target(None, Path("."), ".why.json") == Path("me.why.json")


def test_an_input_is_known_through_links(tmp_path: Path) -> None:
    given = saved(tmp_path / "me.json", HEAD)
    (tmp_path / "link.json").symlink_to(given)
    for result in (given, tmp_path / "link.json", tmp_path / "x" / ".." / "me.json"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(Refused, match="would overwrite its own input"):
            refuse_own_input([tmp_path / "other.json", result], [given])
    refuse_own_input([tmp_path / "other.json"], [given])


@pytest.mark.parametrize("name", ["x\r\nBEGIN:VALARM\x1b[31m", "Jane Doe", ""])
def test_a_calendar_holds_no_name_and_no_control_character(tmp_path: Path, name: str) -> None:
    diary = {**HEAD, "id": name, "answers": reassuring(today="2026-06-01", last_session="2026-05-01")}
    told = workflow.tell(workflow.read_diary(saved(tmp_path / "me.json", diary)), lambda _: b"", lambda _: None)
    text = told.ics.decode().replace("\r\n", "\n")
    assert text == printable(text)
    events = icalendar.Calendar.from_ical(told.ics).walk("VEVENT")
    ids = [str(event["uid"]) for event in events]
    assert len(set(ids)) == len(ids) > 0
    assert not any(name and name.split()[0] in uid for uid in ids)
    assert render_ics(told.plan_result, name, "") == render_ics(told.plan_result, name, "")


def test_words_of_a_calendar_are_cleaned(tmp_path: Path) -> None:
    diary = workflow.read_diary(saved(tmp_path / "me.json", HEAD))
    plan = workflow.tell(diary, lambda _: b"", lambda _: None).plan_result
    days = tuple(day.model_copy(update={"text": "a\x1b[31m\x07b\u202ec"}) for day in plan.calendar)
    (event, *_) = icalendar.Calendar.from_ical(render_ics(plan.model_copy(update={"calendar": days}), "me", "")).walk(
        "VEVENT"
    )
    assert str(event["description"]).strip() == "a[31mbc"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5\u00a0mm\tand\n6", "5 mm and\n6"),
        ("\x1b[2J\x9b31mred\x7f\u202e", "[2J31mred"),
        ("\ud800half", "half"),
        ("µm – 90 %", "µm – 90 %"),
    ],
)
def test_printable_text(text: str, shown: str) -> None:
    assert printable(text) == shown
