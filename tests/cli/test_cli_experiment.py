"""The experiment from the terminal: proposals, a registration that outlives every refusal, and plain words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import textstat
from click.testing import CliRunner, Result

from hairwise import workflow
from hairwise.cli import cli
from hairwise.simulate.person import PersonSettings, simulate_person

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    # an experiment begins on the real day, so the diary ends a few days before it
    first = date.today() - timedelta(days=88)
    return simulate_person(PersonSettings(causes=("mechanical",), pre_days=28, sessions=11, first_session=first), 4)[0]


@pytest.fixture
def diary(tmp_path: Path, document: dict[str, Any]) -> Path:
    path = tmp_path / "me.json"
    path.write_text(json.dumps(document))
    return path


def test_proposals_are_a_valid_file_and_plain_words(diary: Path, tmp_path: Path) -> None:
    done = run("experiment", diary, "--out", tmp_path)
    assert done.exit_code == 0
    file = json.loads((tmp_path / "me.experiment.json").read_text())
    jsonschema.validate(file, workflow.schemas()["experiment"])
    assert file["proposals"][0]["kind"] == "pause"
    said = [s["text"] for p in file["proposals"] for part in ("why", "do") for s in p[part]]
    assert textstat.flesch_kincaid_grade(" ".join(said)) <= 9
    for word in ("saved", "streak", "nan", "your fault"):
        assert word not in done.output.lower()


def test_a_registration_outlives_every_refusal(diary: Path, tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "me.experiment.json"
    assert run("experiment", diary, "--register", "pause", "--out", tmp_path).exit_code == 0
    before = path.read_bytes()
    assert json.loads(before)["protocol"]["kind"] == "pause"
    again = run("experiment", diary, "--register", "photos", "--out", tmp_path)
    assert again.exit_code == 3
    assert "already holds" in again.output
    early = run("experiment", diary, "--out", tmp_path)
    assert early.exit_code == 3
    diary.write_text(json.dumps(document | {"cutoff": "soon"}))
    assert run("experiment", diary, "--out", tmp_path).exit_code == 3
    diary.unlink()
    assert run("experiment", diary, "--out", tmp_path).exit_code == 3
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", ['{"my": "notes"}', "not json", '{"schema": "hairwise/experiment/1", "protocol": {"kind": "pausee"}}']
)
def test_a_file_that_is_no_experiment_is_left_alone(diary: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "notes.json"
    path.write_text(content)
    done = run("experiment", diary, "--out", path)
    assert done.exit_code == 3
    assert "notes.json" in done.output
    assert path.read_text() == content


def test_what_is_not_offered_is_refused_with_the_reason(diary: Path, tmp_path: Path) -> None:
    done = run("experiment", diary, "--register", "split_scalp", "--out", tmp_path)
    assert done.exit_code == 3
    assert "screening has not been answered" in done.output


def test_a_made_person_comes_with_the_truth(tmp_path: Path) -> None:
    assert run("simulate", "--person", "null", "--seed", 3, "--out", tmp_path).exit_code == 0
    truth = json.loads((tmp_path / "null-3.truth.json").read_text())
    assert truth["main_cause"] == "none"
    assert run("simulate", "--person", "magic", "--out", tmp_path).exit_code == 3
    assert run("simulate", "--person", "null", "--style", "short", "--out", tmp_path).exit_code == 2
    assert run("explain", tmp_path / "null-3.json", "--out", tmp_path).exit_code == 0


def test_explain_in_full_names_every_cause(diary: Path, tmp_path: Path) -> None:
    short, full = (run("explain", diary, "--out", tmp_path, *more).output for more in ((), ("--full",)))
    assert "one of the 5 others" in short
    assert "others" not in full
    assert full.count(" of 10  ") == 9
