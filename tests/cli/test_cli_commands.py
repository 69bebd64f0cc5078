"""The terminal: every command on good and bad input, files whole or absent, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from red_flag_cases import reassuring

from hairwise import workflow
from hairwise.cli import cli
from hairwise.simulate.scalp import CameraSettings, SceneSettings, make_scene, photograph

DIARY: dict[str, Any] = {
    "schema": "needling-diary/1",
    "id": "me",
    "start": "2026-01-01",
    "first_session": "2026-02-01",
    "cutoff": "2026-04-01",
    "zones": [{"name": "mid", "area_cm2": 100, "needled": True, "growth": "thin"}],
    "sessions": [
        {"date": "2026-02-01", "zone": "mid", "device": "roller", "needle_mm": 1.0, "passes": 6, "pressure": 2}
    ],
    "counts": [
        {"date": f"2026-0{m}-{d:02d}", "method": "wash", "count": 60 + d} for m in (1, 2, 3) for d in (2, 9, 16, 23)
    ],
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def written(path: Path, document: object) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def valid(path: Path, name: str) -> dict[str, Any]:
    """Read a file and hold it against its own schema."""
    document: dict[str, Any] = json.loads(path.read_text())
    jsonschema.validate(document, workflow.schemas()[name])
    for field in ("schema", "hairwise_version", "method_version", "settings", "seconds", "intended_use"):
        assert field in document
    return document


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two photos of one rendered spot and one of another head."""
    folder = tmp_path_factory.mktemp("photos")
    camera = CameraSettings(height_px=560, width_px=720, px_per_mm=120.0)
    out = []
    for name, seed, shot in (("a", 5, 1), ("b", 5, 2), ("c", 77, 3)):
        scene = make_scene(SceneSettings(patch_mm=(7, 8)), seed)
        path = folder / f"{name}.png"
        Image.fromarray(np.array(photograph(scene, camera, shot).rgb)).save(path)
        out.append(path)
    return out[0], out[1], out[2]


def test_check_writes_a_valid_file_and_says_the_same(tmp_path: Path) -> None:
    answers = written(tmp_path / "me.json", reassuring(findings={"pustules": "yes"}))
    result = run("check", "--answers", answers, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    check = valid(tmp_path / "me.check.json", "check")
    assert check["urgency"] == "within_days"
    assert "See a doctor within 3 days" in result.stdout
    assert "not a medical device" in result.stdout


def test_check_saves_a_diary_that_can_be_read_again(tmp_path: Path) -> None:
    answers = written(tmp_path / "me.json", reassuring())
    diary = tmp_path / "diary.json"
    assert run("check", "--answers", answers, "--out", tmp_path, "--save", diary).exit_code == 0
    assert workflow.read_diary(diary).answers is not None
    again = run("check", "--answers", answers, "--out", tmp_path, "--save", diary)
    assert again.exit_code == 3


def test_json_alone_on_stdout(tmp_path: Path) -> None:
    answers = written(tmp_path / "me.json", reassuring())
    result = run("screen", "--answers", answers, "--out", tmp_path, "--json")
    assert json.loads(result.stdout) == valid(tmp_path / "me.screen.json", "screen")


def test_measure_and_compare(tmp_path: Path, photos: tuple[Path, Path, Path]) -> None:
    a, b, _ = photos
    result = run("measure", a, "--px-per-mm", 120, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    file = valid(tmp_path / "a.hairs.json", "hairs")
    assert file["count"]["lo"] <= len(file["hairs"]) <= file["count"]["hi"]
    assert len((tmp_path / "a.hairs.csv").read_text().splitlines()) == len(file["hairs"]) + 1
    assert (tmp_path / "a.hairs.png").stat().st_size > 1000
    result = run("compare", a, b, "--px-per-mm", 120, 120, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    pair = valid(tmp_path / "a_to_b.pair.json", "pair")
    assert len(pair["kept"]) > len(pair["lost"])
    assert (tmp_path / "a_to_b.pair.png").exists()


@pytest.mark.parametrize(
    ("command", "name", "right"),
    [
        (("measure", "a.jpg"), "x.pdf", ".json"),
        (("measure", "a.jpg"), "x.PNG", ".json"),
        (("compare", "a.jpg", "b.jpg"), "x.csv", ".json"),
        (("explain", "me.json"), "x.pdf", ".json"),
        (("report", "me.json"), "x.json", ".pdf"),
        (("demo",), "x.pdf", "folder"),
    ],
)
def test_out_of_a_kind_that_is_not_written_is_wrong_usage(
    tmp_path: Path, command: tuple[str, ...], name: str, right: str
) -> None:
    result = run(*command, "--out", tmp_path / name)
    assert result.exit_code == 2
    assert f"no {Path(name).suffix.lower()} file is written here" in result.output
    assert right in result.output
    assert not list(tmp_path.iterdir())


def test_several_photos_do_not_go_into_one_file(tmp_path: Path, photos: tuple[Path, Path, Path]) -> None:
    result = run("measure", *photos[:2], "--out", tmp_path / "x.json")
    assert result.exit_code == 2
    assert "--out takes a folder" in result.output
    assert not list(tmp_path.iterdir())


def test_without_a_scale_counts_remain_and_densities_are_refused_by_name(
    tmp_path: Path, photos: tuple[Path, Path, Path]
) -> None:
    assert run("measure", photos[0], "--out", tmp_path).exit_code == 0
    file = valid(tmp_path / "a.hairs.json", "hairs")
    assert file["count"]["value"] > 0
    assert file["density_per_cm2"] is None
    assert file["px_per_mm"] is None
    assert "no_scale" in file["flags"]


def test_two_heads_are_refused(tmp_path: Path, photos: tuple[Path, Path, Path]) -> None:
    a, _, c = photos
    result = run("compare", a, c, "--px-per-mm", 120, 120, "--out", tmp_path)
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1
    pair = valid(tmp_path / "a_to_c.pair.json", "pair")
    assert pair["refused"]["do"]
    assert len(pair["photos_sha256"]) == 2
    assert pair["lost"] == []
    assert pair["change"] is None


def test_of_several_photos_all_are_finished_first(tmp_path: Path, photos: tuple[Path, Path, Path]) -> None:
    bad = written(tmp_path / "bad.jpg", "no photo")
    result = run("measure", bad, photos[0], "--px-per-mm", 120, "--out", tmp_path)
    assert result.exit_code == 3
    assert valid(tmp_path / "bad.hairs.json", "hairs")["refused"]["code"] == "not_an_image"
    assert valid(tmp_path / "a.hairs.json", "hairs")["refused"] is None


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("", "empty"),
        ("{", "not a JSON file"),
        ("[1]", "no JSON object"),
        (reassuring(shoe_size=43), "shoe_size"),
        (reassuring(first_session="2026-02-30"), "first_session"),
        (reassuring(sessions=-1), "sessions"),
        (reassuring(needle_mm=15), "needle_mm"),
        (reassuring(zones={"zone": "mid"}), "zones"),
        (reassuring(findings={"itch": "maybe"}), "findings.itch"),
        (reassuring(findings={"itchy": "yes"}), "findings.itchy"),
        (reassuring(first_session="2026-05-20", last_session="2026-05-01"), "last_session"),
        (reassuring(loss={"onset": "2031-01-01"}), "loss.onset"),
    ],
)
@pytest.mark.parametrize("command", ["check", "screen"])
def test_bad_answers_get_one_line_that_names_the_field(
    tmp_path: Path, command: str, document: object, field: str
) -> None:
    answers = written(tmp_path / "me.json", document)
    result = run(command, "--answers", answers, "--out", tmp_path)
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1
    assert "me.json" in result.stderr
    assert field in result.stderr
    assert valid(tmp_path / f"me.{command}.json", command)["refused"]["why"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"shoe_size": 43}, "shoe_size"),
        ({"cutoff": "2026-13-01"}, "cutoff"),
        ({"counts": [{"date": "2026-01-02", "method": "wash", "count": -4}]}, "counts.0.count"),
        ({"counts": {"date": "2026-01-02"}}, "counts"),
        ({"counts": [{"date": "2026-01-02", "method": "wash", "count": "many"}]}, "counts.0.count"),
        ({"washes": ["2026-02-31"]}, "washes.0"),
        ({"washes": ["2027-01-01"]}, "washes.0"),
        ({"sessions": [{"date": "2026-02-01", "zone": "nose"}]}, "sessions.0.zone"),
        ({"photos": [{"date": "2026-01-01", "spot": "s", "file": "gone.jpg"},
                     {"date": "2026-02-01", "spot": "s", "file": "gone.jpg"}],
          "spots": [{"id": "s", "zone": "mid", "role": "rolled"}]}, "gone.jpg"),
        ({"photos": [{"date": "2026-01-01", "spot": "s", "file": "../../secret.jpg"},
                     {"date": "2026-02-01", "spot": "s", "file": "../../secret.jpg"}],
          "spots": [{"id": "s", "zone": "mid", "role": "rolled"}]}, "outside"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["explain", "plan", "report"])
def test_bad_diaries_get_one_line_that_names_the_field(
    tmp_path: Path, command: str, change: dict[str, Any], field: str
) -> None:
    diary = written(tmp_path / "me.json", DIARY | change)
    result = run(command, diary, "--out", tmp_path / "out")
    assert result.exit_code == 3, result.output
    assert len(result.stderr.strip().splitlines()) == 1
    assert field in result.stderr
    made = {path.name for path in (tmp_path / "out").glob("*")}
    assert made <= {"me.why.json", "me.plan.json"}


def test_a_diary_goes_through_explain_plan_and_report(tmp_path: Path) -> None:
    diary = written(tmp_path / "me.json", DIARY)
    for command in ("explain", "plan", "report"):
        result = run(command, diary, "--out", tmp_path)
        assert result.exit_code == 0, result.output
    why = valid(tmp_path / "me.why.json", "why")
    assert sum(why["p_cause"].values()) == pytest.approx(1, abs=1e-6)
    valid(tmp_path / "me.plan.json", "plan")
    assert (tmp_path / "me.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert (tmp_path / "me.pdf").read_bytes().startswith(b"%PDF")


def test_a_report_has_a_fhir_file_beside_it_or_where_it_is_told(tmp_path: Path) -> None:
    diary = written(tmp_path / "me.json", DIARY)
    for options in (["--out", tmp_path, diary, "--fhir"], ["--out", tmp_path, "--fhir", diary]):
        assert run("report", *options).exit_code == 0
        beside = tmp_path / "me.fhir.json"
        assert json.loads(beside.read_text())["resourceType"] == "Bundle"
        assert (tmp_path / "me.pdf").read_bytes().startswith(b"%PDF")
        beside.unlink()
    assert run("report", diary, "--out", tmp_path, "--fhir", tmp_path / "for.json").exit_code == 0
    assert json.loads((tmp_path / "for.json").read_text())["type"] == "collection"
    assert run("report", "--fhir").exit_code == 2
    assert run("report", diary, "--out", tmp_path, "--fhir", tmp_path / "me.pdf").exit_code == 2
    assert run("report", diary, "--out", tmp_path, "--fhir", diary).exit_code == 3
    assert json.loads(diary.read_text())["schema"] == "needling-diary/1"
    assert not (tmp_path / "me.fhir.json").exists()


def test_a_folder_of_csv_files_is_the_same_diary(tmp_path: Path) -> None:
    folder = tmp_path / "me"
    folder.mkdir()
    counts = DIARY["counts"]
    written(folder / "diary.json", {k: v for k, v in DIARY.items() if k != "counts"})
    rows = ["date,method,count,zone", *(f"{c['date']},{c['method']},{c['count']}," for c in counts)]
    written(folder / "counts.csv", "\n".join(rows) + "\n")
    assert workflow.read_diary(folder) == workflow.read_diary(written(tmp_path / "one.json", DIARY))


@pytest.mark.parametrize("name", sorted(workflow.schemas()))
def test_schemas_are_printed_and_sound(tmp_path: Path, name: str) -> None:
    result = run("schema", name)
    assert result.exit_code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(result.stdout))


def test_wrong_usage_exits_2(tmp_path: Path) -> None:
    assert run("schema", "nothing").exit_code == 2
    assert run("measure").exit_code == 2
    assert run("screen").exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    heavy = "('numpy', 'cv2', 'scipy', 'fastapi', 'pydantic')"
    code = f"import sys, hairwise.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for name, command in cli.commands.items():
        assert command.help, name
        assert f"hairwise {name}" in readme, name


def test_series_follows_a_rendered_diary_and_refuses_one_without_photos(tmp_path: Path) -> None:
    folder = tmp_path / "me"
    made = run("simulate", "--visits", 2, "--lost", 0.2, "--seed", 5, "--out", folder, "--quiet")
    assert made.exit_code == 0, made.output
    result = run("series", folder / "diary.json", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    file = valid(tmp_path / "diary.series.json", "series")
    assert len(file["spots"]) == 2
    assert file["contrasts"][0]["verdict"] in ("rolled_lost_more", "not_shown")
    assert "Rolled against unrolled" in result.output
    bare = written(tmp_path / "bare.json", DIARY)
    refused = run("series", bare, "--out", tmp_path)
    assert refused.exit_code == 3
    assert valid(tmp_path / "bare.series.json", "series")["refused"]["code"] == "no_series"
    wrong = run("simulate", "--visits", 2, "--count", 2, "--out", folder)
    assert wrong.exit_code == 2


def test_matrices_are_worked_on_by_one_thread_unless_told_otherwise():
    code = "import sys, os, hairwise.cli; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    for told, kept in ((None, "1"), ("3", "3")):
        own = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
        env = own if told is None else own | {"OPENBLAS_NUM_THREADS": told}
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout
        assert said.split() == ["False", kept]  # NumPy reads it once, when it is loaded


def test_a_refused_comparison_leaves_no_picture_of_an_earlier_one(tmp_path, photos):
    a, b, c = photos
    mine = tmp_path / "b.png"
    assert run("compare", a, b, "--px-per-mm", 120, 120, "--out", tmp_path).exit_code == 0
    mine.write_bytes(c.read_bytes())
    assert run("compare", a, mine, "--px-per-mm", 120, 120, "--out", tmp_path).exit_code == 3
    assert not (tmp_path / "a_to_b.pair.png").exists()
    assert mine.exists()


def test_older_and_newer_photo_in_the_wrong_order_are_told(tmp_path, photos):
    dated = []
    for path, year in zip(photos, (2026, 2025), strict=False):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = f"{year}:03:07 08:15:00"
        dated.append(tmp_path / f"{year}.jpg")
        Image.open(path).save(dated[-1], exif=exif, quality=95)
    for given, is_told in ((dated, True), (dated[::-1], False)):
        result = run("compare", *given, "--px-per-mm", 120, 120, "--out", tmp_path)
        assert result.exit_code == 0, result.output
        assert ("give the older one first" in " ".join(result.output.split())) == is_told


def test_one_scale_where_two_are_needed_is_told(tmp_path, photos):
    result = run("compare", *photos[:2], "--px-per-mm", 120, "--out", tmp_path)
    assert result.exit_code == 2
    assert "Give one for each of the two photos." in result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"schema": "needling-diary/1",\n "id": "me",}', "line 2, column 13"),
        ({**DIARY, "zones": DIARY["zones"] * 2}, "me.json: zones names a zone twice. Correct it."),
        ({**DIARY, "counts": None}, "field counts is null: should be a list"),
        ({**DIARY, "schema": "needling-diary/9"}, "should be 'needling-diary/1'. Correct it.\n"),
    ],
)
def test_a_wrong_diary_is_told_where_and_in_its_own_words(tmp_path, text, words):
    result = run("explain", written(tmp_path / "me.json", text), "--out", tmp_path)
    assert result.exit_code == 3
    assert words in result.stderr


def test_without_sessions_the_terminal_and_the_doctors_file_tell_no_odds(tmp_path):
    diary = written(tmp_path / "me.json", {**DIARY, "sessions": [], "first_session": None})
    result = run("explain", diary, "--out", tmp_path, "--full")
    assert result.exit_code == 0, result.output
    assert "No odds of causes are given" in result.output
    assert valid(tmp_path / "me.why.json", "why")["rolling_weighed"] is False
    assert run("report", diary, "--fhir", "--out", tmp_path).exit_code == 0
    told = result.output + (tmp_path / "me.fhir.json").read_text()
    for name in workflow.CAUSE_NAMES.values():
        assert name not in told


def test_a_diary_that_ended_long_ago_is_told_so(tmp_path):
    diary = written(tmp_path / "me.json", DIARY)
    result = run("explain", diary, "--out", tmp_path)
    assert "This diary ends on 2026-04-01" in result.stderr
    assert "count" in result.stderr


def test_an_impossible_scale_is_named_and_a_doubtful_one_flagged(tmp_path, photos):
    result = run("measure", photos[0], "--px-per-mm", 900, "--out", tmp_path)
    assert result.exit_code == 3
    assert "it would show 0.6 mm of skin only" in result.stderr
    assert run("measure", photos[0], "--px-per-mm", 300, "--out", tmp_path).exit_code == 0
    assert "scale_doubtful" in valid(tmp_path / "a.hairs.json", "hairs")["flags"]
    result = run("compare", *photos[:2], "--px-per-mm", 120, 400, "--out", tmp_path)
    assert result.exit_code == 0 or "differ 3.3 times" in result.stderr
