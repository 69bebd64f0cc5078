"""Rendered photos come with a truth the scorers can read, the same for the same seed."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from hairwise import workflow
from hairwise.cli.main import cli

if TYPE_CHECKING:
    from pathlib import Path


DARK = 2  # black hair on light skin


def test_a_pair_tells_what_was_lost_and_the_same_seed_gives_the_same_files() -> None:
    files = workflow.simulate_photo(3, "clipped", 60.0, 0.2)
    assert files == workflow.simulate_photo(3, "clipped", 60.0, 0.2)
    a, b = (json.loads(files[f"phantom-clipped-3-{visit}.truth.json"]) for visit in "ab")
    before, after = ({h["hair_id"] for h in truth["hairs"]} for truth in (a, b))
    lost = set(a["lost_hair_id"])
    assert 0.1 < len(lost & before) / len(before) < 0.3
    assert not lost & after
    assert len(before & after) > 0.5 * len(before)


def test_roots_and_lines_lie_where_the_photo_is_dark() -> None:
    files = workflow.simulate_photo(DARK, "clipped", 120.0)
    truth = json.loads(files[f"phantom-clipped-{DARK}.truth.json"])
    grey = np.asarray(Image.open(io.BytesIO(files[f"phantom-clipped-{DARK}.jpg"])).convert("L"), float)
    assert list(grey.shape[::-1]) == truth["tile_px"]
    assert truth["colour"] in ("black", "brown")
    middles = [
        np.mean(h["line"], axis=0) for h in truth["hairs"] if h["clear_share"] > 0.9 and h["class"] != "undersize"
    ]
    inside = [m for m in middles if (m > 0).all() and (m < np.array(truth["tile_px"]) - 1).all()]
    on = np.array([grey[round(y), round(x)] for x, y in inside])
    assert len(on) > 20
    assert np.mean(on < np.median(grey) - 20) > 0.9
    for hair in truth["hairs"]:
        assert hair["root"] == hair["line"][0]
        assert hair["tip"] == hair["line"][-1]
        assert hair["class"] in ("premium", "single", "undersize", "abnormal")


@pytest.mark.parametrize("wrong", [["--px-per-mm", "0"], ["--px-per-mm", "nan"], ["--lost", "2"], ["--lost", "nan"]])
def test_what_cannot_be_rendered_is_refused_and_nothing_is_written(wrong: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["simulate", "--out", str(tmp_path / "made"), *wrong])
    assert done.exit_code == 3
    assert done.output.count("\n") == 1
    assert not (tmp_path / "made").exists()


def test_the_command_writes_photo_and_truth(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["simulate", "--out", str(tmp_path), "--count", "2", "--px-per-mm", "40"])
    assert done.exit_code == 0, done.output
    assert {p.name for p in tmp_path.iterdir()} == {
        f"phantom-clipped-{n}{end}" for n in (1, 2) for end in (".jpg", ".truth.json")
    }


def test_long_hair_that_leaves_the_photo_is_not_called_hidden() -> None:
    truth = json.loads(workflow.simulate_photo(4, "long", 60.0)["phantom-long-4.truth.json"])
    assert np.mean([h["clear_share"] >= 0.25 for h in truth["hairs"]]) > 0.5
    shown = [h for h in truth["hairs"] if h["root_share"] >= 0.3]  # long hair lies over many of the other roots
    assert len(shown) > 0.5 * len(truth["hairs"])
    assert np.mean([h["class"] != "abnormal" for h in shown]) > 0.75


def test_wide_photos_tell_colour_curl_and_the_bar_that_was_drawn() -> None:
    bars = 0
    for seed in range(4):
        files = workflow.simulate_photo(seed, "clipped", 40.0, is_wide=True)
        truth = json.loads(files[f"phantom-clipped-{seed}.truth.json"])
        assert truth["wide"] is True
        assert 0 <= truth["curl"] <= 1
        assert len(truth["skin_rgb"]) == 3
        assert {h["colour"] for h in truth["hairs"]} <= {truth["colour"], "grey", "white"}
        assert all((h["curl_deg"] > 0) == (truth["curl"] > 0) for h in truth["hairs"])
        if truth["bar"]:
            bars += 1
            (x0, y0), (x1, y1) = truth["bar"]["ends"]
            assert truth["bar"]["length_mm"] * 40.0 == pytest.approx(truth["bar"]["length_px"], abs=0.01)
            assert ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 == pytest.approx(truth["bar"]["length_px"], abs=0.02)
    assert bars
    assert files == workflow.simulate_photo(3, "clipped", 40.0, is_wide=True)


def test_the_wide_flag_changes_the_photo(tmp_path: Path) -> None:
    for folder, flags in (("narrow", []), ("wide", ["--wide"])):
        done = CliRunner().invoke(cli, ["simulate", "--out", str(tmp_path / folder), "--px-per-mm", "40", *flags])
        assert done.exit_code == 0, done.output
    narrow, wide = ((tmp_path / f / "phantom-clipped-1.jpg").read_bytes() for f in ("narrow", "wide"))
    assert narrow != wide
