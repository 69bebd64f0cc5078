"""Hostile paths and characters at the terminal: one line, exit 2 or 3, inputs and older results untouched."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from red_flag_cases import reassuring

from hairwise import workflow
from hairwise.cli import cli
from hairwise.errors import Refused, printable
from hairwise.terminal import ask_all, say, say_json

if TYPE_CHECKING:
    from pathlib import Path

DIARY: dict[str, Any] = {"schema": "needling-diary/1", "id": "me", "cutoff": "2026-06-01"}
EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def saved(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document))
    return path


def refused_in_one_line(result: Result, words: str) -> None:
    assert result.exit_code == 3, (result.output, result.exception)
    assert len(result.stderr.strip().splitlines()) == 1
    assert words in result.stderr


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return saved(tmp_path / "me.json", reassuring())


def test_save_on_an_existing_file_changes_nothing(tmp_path: Path, answers: Path) -> None:
    assert run("check", "--answers", answers, "--out", tmp_path).exit_code == 0
    before = (tmp_path / "me.check.json").read_bytes()
    there = saved(tmp_path / "diary.json", {"mine": 1})
    refused_in_one_line(run("check", "--answers", answers, "--out", tmp_path, "--save", there), "is already there")
    assert (tmp_path / "me.check.json").read_bytes() == before
    assert json.loads(there.read_text()) == {"mine": 1}
    result = run("check", "--answers", answers, "--out", tmp_path / "new", "--save", there, "--json")
    assert json.loads(result.stdout)["refused"]["code"] == "exists"
    assert not (tmp_path / "new").exists()


def test_save_into_the_result_itself_is_wrong_usage(tmp_path: Path, answers: Path) -> None:
    same = tmp_path / "x.json"
    assert run("check", "--answers", answers, "--out", same, "--save", same).exit_code == 2
    assert not same.exists()


@pytest.mark.parametrize("command", ["check", "screen", "explain", "plan"])
@pytest.mark.parametrize("broken", [False, True])
def test_a_result_never_overwrites_its_own_input(tmp_path: Path, command: str, broken: bool) -> None:
    by_answers = command in ("check", "screen")
    source = saved(tmp_path / "me.json", reassuring() if by_answers else DIARY)
    if broken:
        source.write_text("{")
    before = source.read_bytes()
    given = ["--answers", source] if by_answers else [source]
    refused_in_one_line(run(command, *given, "--out", source), "would overwrite its own input")
    assert source.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["me.json"]


def test_a_folder_diary_is_not_overwritten_either(tmp_path: Path) -> None:
    main = saved(tmp_path / "diary.json", DIARY)
    refused_in_one_line(run("explain", tmp_path, "--out", main), "would overwrite its own input")
    assert json.loads(main.read_text()) == DIARY


def test_a_photo_is_not_overwritten_by_its_picture(tmp_path: Path) -> None:
    photo = tmp_path / "x.png"
    other = tmp_path / "y.png"
    for path in (photo, other):
        path.write_bytes(b"no photo")
    refused_in_one_line(run("measure", photo, "--out", tmp_path / "x.json"), "would overwrite its own input")
    refused_in_one_line(run("compare", other, photo, "--out", tmp_path / "x.json"), "would overwrite its own input")
    assert photo.read_bytes() == b"no photo"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.png", "y.png"]


@pytest.mark.parametrize("name", ["a" * 400, "a" * 250, EVIL])
@pytest.mark.parametrize("command", [["check", "--answers"], ["screen"], ["explain"], ["report"], ["measure"]])
def test_impossible_file_names_are_refused(tmp_path: Path, command: list[str], name: str) -> None:
    result = run(*command, tmp_path / f"{name}.json", "--out", tmp_path / "out")
    assert result.exit_code == 3, (result.output, result.exception)
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr == printable(result.stderr)


@pytest.mark.parametrize("file", ["a\0b.jpg", "a" * 400 + ".jpg", f"{EVIL}.jpg", f"../{EVIL}.jpg"])
def test_impossible_photo_names_in_a_diary_are_refused(tmp_path: Path, file: str) -> None:
    shots = [{"date": day, "spot": "a", "file": file} for day in ("2026-04-01", "2026-05-01")]
    spots = [{"id": "a", "zone": "mid", "role": "rolled"}]
    diary = saved(tmp_path / "me.json", {**DIARY, "spots": spots, "photos": shots})
    result = run("explain", diary, "--out", tmp_path / "out")
    assert result.exit_code == 3, (result.output, result.exception)
    assert result.stderr == printable(result.stderr)
    why = json.loads((tmp_path / "out" / "me.why.json").read_text())["refused"]["why"]
    assert why == printable(why)


def test_no_control_character_reaches_the_terminal(tmp_path: Path) -> None:
    products = [f"{EVIL}serum", "µ"]
    given = reassuring(products_within_24h=products, loss={"noticed": "yes", "pattern": "rolled_zones"})
    source = saved(tmp_path / f"{EVIL}me.json", given)
    for flags in ([], ["--json"]):
        result = run("check", "--answers", source, "--out", tmp_path / f"out{EVIL}", *flags)
        assert result.exit_code == 0, result.output
        assert result.output == printable(result.output)
    unknown = saved(tmp_path / "bad.json", reassuring() | {f"evil{EVIL}\nfield": 1})
    result = run("check", "--answers", unknown, "--out", tmp_path)
    refused_in_one_line(result, "is not known")
    assert result.stderr == printable(result.stderr)
    usage = run("explain", "a", f"b{EVIL}")
    assert usage.exit_code == 2
    assert usage.output == printable(usage.output)


def test_json_on_stdout_is_the_file_whatever_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"text": f"{EVIL} µm \U000e0001 \U0001f9f4"}
    say_json(json.dumps(document, ensure_ascii=False, indent=1))
    shown = capsys.readouterr().out
    assert json.loads(shown) == document
    assert shown == printable(shown)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_narrow_stream_gets_what_it_can_show(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    """A Windows pipe is such a stream."""
    document = {"text": "\u2265 5 \u5b57 \U0001f9f4"}
    for speak in (lambda: say("\u2265 5 \u5b57"), lambda: say_json(json.dumps(document, ensure_ascii=False))):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
        monkeypatch.setattr(sys, "stdout", stream)
        speak()
        stream.flush()
        shown = stream.buffer.getvalue().decode(encoding)
        assert shown.strip() == "? 5 ?" or json.loads(shown) == document


def test_a_name_that_is_no_text_is_read_and_saved(tmp_path: Path) -> None:
    """A file name on Linux may hold any byte; a diary's id is text."""
    name = os.fsdecode(b"caf\xe9")
    source = saved(tmp_path / f"{name}.json", reassuring())
    result = run("check", "--answers", source, "--out", tmp_path, "--save", tmp_path / f"{name}.d.json")
    assert result.exit_code == 0, (result.output, result.exception)
    assert workflow.read_diary(tmp_path / f"{name}.d.json").id == "caf.d"
    source.write_text("{")
    refused_in_one_line(run("check", "--answers", source, "--out", tmp_path), "caf.json is not a JSON file")


@pytest.mark.parametrize("closed", [0, 2])
def test_a_closed_stream_is_no_terminal(tmp_path: Path, closed: int) -> None:
    saved(tmp_path / "me.json", DIARY)
    command = ["check"] if closed == 0 else ["explain", "me.json"]
    program = "import os, sys; os.close(int(sys.argv[1])); os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
    arguments = [sys.executable, "-c", program, str(closed), "-m", "hairwise", *command]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True)
    assert done.returncode == (3 if closed == 0 else 0), done.stderr


def test_odd_numbers_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = ["\u00b2", "9" * 5000, "-1", "99", *["x"] * 2000, "1"]

    def prompt(text: str, **_: object) -> str:
        return replies.pop(0) if replies else ""

    monkeypatch.setattr("click.prompt", prompt)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert ask_all(workflow.questions(), date(2026, 6, 1)).finding("breathing_trouble") == "yes"


def test_a_refusal_that_cannot_be_written_stays_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "me.json"
    bad.write_text("{")
    (tmp_path / "f").write_text("")
    result = run("check", "--answers", bad, "--out", tmp_path / "f" / "deep")
    refused_in_one_line(result, "is not a JSON file")
    assert "cannot be written" in result.stderr


def test_a_refusal_holds_only_what_can_be_shown() -> None:
    error = Refused("x", f"a{EVIL}\nb \ud800", f"do\t{EVIL}")
    assert error.line == printable(error.line)
    assert "\n" not in error.line


@pytest.mark.parametrize(("cutoff", "is_told"), [("2099-01-01", True), ("2026-06-01", False)])
def test_a_diary_that_ends_after_today_is_told_so(tmp_path, cutoff, is_told):
    result = run("plan", saved(tmp_path / "d.json", DIARY | {"cutoff": cutoff}), "--out", tmp_path)
    assert result.exit_code == 0
    assert ("after today" in result.stderr) == is_told
