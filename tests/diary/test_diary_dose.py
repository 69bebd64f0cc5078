"""Needling dose: formulas against needles rolled and stamped by chance, sums over zones, numbers that cannot be."""

from __future__ import annotations

import json
from math import pi
from typing import Any

import numpy as np
import pytest

from hairwise import workflow
from hairwise.diary.dose import (
    depth_reached,
    pen_punctures_per_cm2,
    roller_punctures_per_cm2,
    stamp_punctures_per_cm2,
    struck_share,
    zone_doses,
)
from hairwise.diary.read import diary_from_json
from hairwise.errors import Refused
from hairwise.workflow.knowledge import known_devices

WITHIN = 0.01  # the bar: one per cent of the simulated count
DEVICES = known_devices()


def test_a_measured_roller_makes_fifteen_holes_a_pass() -> None:
    """holes_per_pass_model: 192 / (pi 2 cm 2 cm) = 15.3, and 15 passes 229."""
    one = roller_punctures_per_cm2(needles=192, drum_diameter_mm=20, drum_width_mm=20, passes=1)
    assert one == pytest.approx(15.28, abs=0.01)
    assert 15 * one == pytest.approx(229, abs=0.5)


@pytest.mark.parametrize(
    ("rows", "per_row", "diameter_mm", "width_mm", "passes"),
    [(8, 24, 20.0, 20.0, 10), (9, 60, 28.0, 22.0, 4), (6, 18, 15.0, 12.0, 25)],
)
def test_the_roller_formula_is_what_a_rolled_drum_leaves(
    rng: np.random.Generator, rows: int, per_row: int, diameter_mm: float, width_mm: float, passes: int
) -> None:
    """Each pass covers the skin with strips side by side, from a chance start, phase and direction."""
    size_mm, inner = 400.0, 200.0  # holes are counted in the middle, away from the ends of the strips
    around = pi * diameter_mm
    angle = np.repeat(np.arange(per_row) / per_row * around, rows)
    across = np.tile((np.arange(rows) + 0.5) / rows * width_mm, per_row)
    holes = 0
    for _ in range(passes):
        turned, offset = rng.random() < 0.5, rng.random() * width_mm
        for strip in range(-2, int(size_mm // width_mm) + 2):
            phase = rng.random() * around
            turns = np.arange(-1, int(size_mm // around) + 2) * around
            along = (angle[:, None] + turns + phase).ravel()
            side = np.repeat(across, turns.size) + strip * width_mm + offset
            y, x = (side, along) if turned else (along, side)
            lo, hi = (size_mm - inner) / 2, (size_mm + inner) / 2
            holes += int(((y >= lo) & (y < hi) & (x >= lo) & (x < hi)).sum())
    simulated = holes / (inner / 10) ** 2
    formula = roller_punctures_per_cm2(
        needles=rows * per_row, drum_diameter_mm=diameter_mm, drum_width_mm=width_mm, passes=passes
    )
    assert formula == pytest.approx(simulated, rel=WITHIN)


def test_the_pen_formula_is_what_a_moving_tip_leaves(rng: np.random.Generator) -> None:
    """Eleven needles on a ring strike 90 times a second while the tip wanders over 25 cm2 for 40 s."""
    needles, rate_hz, seconds, side_mm = 11, 90.0, 40.0, 50.0
    strokes = int(rate_hz * seconds)
    centre = rng.random((strokes, 2)) * side_mm
    ring = 4.0 * np.c_[np.cos(2 * pi * np.arange(needles) / needles), np.sin(2 * pi * np.arange(needles) / needles)]
    holes = (centre[:, None, :] + ring).reshape(-1, 2) % side_mm  # what leaves at one edge enters at the other
    inside = ((holes >= 10) & (holes < 40)).all(axis=1).sum()
    simulated = inside / 9.0
    formula = pen_punctures_per_cm2(needles=needles, rate_hz=rate_hz, seconds=seconds, area_cm2=25.0)
    # the window holds 14,256 holes, of which chance alone moves 0.7 %; the whole is exact
    assert formula == pytest.approx(simulated, rel=3 * WITHIN)
    assert formula == pytest.approx(len(holes) / 25.0, rel=1e-9)


def test_the_stamp_formula_counts_every_needle() -> None:
    assert stamp_punctures_per_cm2(needles=80, stamps=25, area_cm2=100) == 20.0


def test_struck_share_is_what_chance_holes_touch(rng: np.random.Generator) -> None:
    """Follicles as discs among holes at random places, on a torus of 60 x 60 mm."""
    from scipy.spatial import cKDTree

    side, holes_per_cm2, needle_mm = 60.0, 150.0, 0.25
    n = int(holes_per_cm2 * side**2 / 100)
    touched = []
    for radius in (0.03, 0.15):
        holes, follicles = rng.random((n, 2)) * side, rng.random((40_000, 2)) * side
        near = cKDTree(holes, boxsize=side).query(follicles)[0] <= needle_mm / 2 + radius
        touched.append(100 * near.mean())
    share = struck_share(holes_per_cm2, needle_mm).pct
    # 5,400 holes: the share of one draw moves by about 1.5 % of itself
    assert share.lo == pytest.approx(touched[0], rel=0.05)
    assert share.hi == pytest.approx(touched[1], rel=0.05)


def test_depth_is_a_fifth_to_seven_tenths_of_the_needle() -> None:
    depth = depth_reached(1.5)
    assert (depth.lo, depth.hi) == pytest.approx((0.3, 1.05))


def diary(sessions: list[dict[str, Any]], **fields: Any) -> Any:
    document = {
        "schema": "needling-diary/1",
        "id": "x",
        "cutoff": "2026-06-30",
        "zones": [{"name": "mid", "area_cm2": 50, "needled": True, "growth": "thin"}],
        "sessions": sessions,
        **fields,
    }
    return diary_from_json(json.dumps(document).encode(), "d.json")


def session(day: str, **fields: Any) -> dict[str, Any]:
    return {"date": day, "zone": "mid", "device": "roller", "needle_mm": 1.5, "passes": 10, **fields}


def test_doses_add_up_over_a_zone_and_time() -> None:
    record = diary([session("2026-04-01"), session("2026-06-10", passes=4), session("2026-06-24", passes=4)])
    (dose,) = zone_doses(record, DEVICES)
    per_pass = 192 / (pi * 4)
    assert dose.n_sessions == dose.n_known == 3
    assert dose.punctures_per_cm2_total == pytest.approx(18 * per_pass)
    assert dose.by_28_days == pytest.approx((10 * per_pass, 0, 0, 8 * per_pass))
    assert dose.punctures_per_cm2_session is not None
    assert dose.punctures_per_cm2_session.hi == pytest.approx(10 * per_pass)
    assert dose.interval_days == 70
    assert dose.sessions[0].basis == "like_roller_mf8_192"


def test_what_is_written_or_named_comes_before_what_is_supposed() -> None:
    record = diary(
        [
            session("2026-06-01", punctures_per_cm2=90),
            session("2026-06-08", device="pen", device_id="dermapen_11", minutes=2),
            session("2026-06-15", device="pen"),
            session("2026-06-22", device_id="no such roller"),
            session("2026-06-29", device="pen", device_id="roller_mf8_192"),
        ]
    )
    (dose,) = zone_doses(record, DEVICES)
    assert [s.basis for s in dose.sessions] == ["written", "device", "not_known", "not_known", "not_known"]
    assert dose.sessions[1].punctures_per_cm2 == pytest.approx(11 * 90 * 120 / 50)
    assert dose.n_known == 2


def test_nothing_known_is_said_and_not_made_up() -> None:
    record = diary([{"date": "2026-06-01", "zone": "mid", "device": "stamp"}])
    (dose,) = zone_doses(record, DEVICES)
    assert dose.punctures_per_cm2_total is None
    assert dose.punctures_per_cm2_session is None
    assert dose.struck is None
    assert zone_doses(diary([]), DEVICES) == ()
    _, plan = workflow.plan(record, workflow.explain(record).result)
    assert any("holes per cm2 are not known" in s.text for s in plan.dose_words)


def test_zones_needled_alike_are_told_once_and_the_holes_only_where_the_dose_is() -> None:
    done = {"device": "roller", "needle_mm": 1.5, "passes": 10}
    days = ("2026-06-01", "2026-06-08")
    alike = [{"date": day, "zone": zone, **done} for day in days for zone in ("front", "mid")]
    record = diary([*alike, {"date": days[0], "zone": "vertex", **done}])
    _, plan = workflow.plan(record, workflow.explain(record).result)
    holes = [s.text for s in plan.dose_words if "holes per cm2" in s.text]
    assert [text.split(":")[0] for text in holes] == ["Front and middle of the top", "Crown"]
    assert len(plan.dose) == 3  # the file keeps each zone
    assert "holes" not in " ".join(s.text for s in (*plan.ask_doctor, *plan.do_now, *plan.technique))


ROLLER = {"kind": "roller", "needles": 192, "drum_diameter_mm": 20, "drum_width_mm": 20}


@pytest.mark.parametrize(
    ("device", "use", "words"),
    [
        (ROLLER | {"needles": 0}, {"passes": 5}, "needles is 0"),
        (ROLLER, {"passes": 500}, "count the passes over one place"),
        (ROLLER, {"passes": 5, "needle_mm": 12}, "1.2 mm"),
        (ROLLER, {"passes": 5, "needle_mm": 15}, "1.5 mm"),
        (ROLLER, {"passes": 5, "needle_mm": 0.06}, "looks like inches"),
        (ROLLER, {"passes": 5, "needle_mm": 1500}, "looks like micrometres"),
        (ROLLER, {"passes": 5, "needle_mm": "1.5 inch"}, "millimetres alone"),
        (ROLLER, {"passes": 0}, "passes over one place; it is 0"),
        (ROLLER, {"passes": None}, "it is missing"),
        (ROLLER | {"drum_diameter_mm": 0.8}, {"passes": 5}, "drum_diameter_mm is 0.8"),
        (ROLLER | {"drum_width_mm": float("nan")}, {"passes": 5}, "drum_width_mm"),
        ({"kind": "pen", "needles": 11, "rate_hz": 90}, {"seconds": 60}, "the area in cm2"),
        ({"kind": "pen", "needles": 11}, {"seconds": 60, "area_cm2": 10}, "strokes a second"),
        ({"kind": "stamp", "needles": 80}, {"stamps": 5, "area_cm2": -1}, "area in cm2; it is -1"),
        ({"kind": "stamp", "needles": 80}, {"passes": 5, "area_cm2": 10}, "the number of stamps"),
        ({"kind": "pen", "needles": 11, "rate_hz": 90}, {"seconds": 1e9, "area_cm2": 10}, "1e+09 is not from"),
        ({"kind": "pen", "needles": 11, "rate_hz": 90}, {"seconds": 60, "area_cm2": 1e-9}, "1e-09 is not from"),
        (ROLLER | {"needles": 2000, "drum_diameter_mm": 5, "drum_width_mm": 5}, {"passes": 100}, "no room for more"),
        ("drum 3000", {"passes": 5}, "is not known"),
    ],
)
def test_what_cannot_be_is_asked_back(device: Any, use: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        workflow.dose_of(device, use)
    assert words in refused.value.why
    assert refused.value.do


@pytest.mark.parametrize("field", [{"needle_mm": 12}, {"needle_mm": 0.06}, {"passes": 500}])
def test_a_diary_with_impossible_numbers_is_refused(field: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        diary([session("2026-06-01", **field)])
