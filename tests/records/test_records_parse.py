"""Files round-trip, and hairs keep their invariants."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from red_flag_cases import reassuring

from hairwise.records.answers import Answers
from hairwise.records.diary import Diary
from hairwise.records.hairs import Hairs
from hairwise.records.parse import parse_record

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))
COUNTS = st.lists(
    st.fixed_dictionaries(
        {
            "date": DAYS.map(str),
            "method": st.sampled_from(["wash", "comb60", "shower"]),
            "count": st.floats(0, 20_000, allow_nan=False),
        }
    ),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(counts=COUNTS, washes=st.lists(DAYS.map(str), max_size=5), name=st.text(max_size=20))
def test_a_diary_saved_and_loaded_is_equal(counts: list[dict[str, Any]], washes: list[str], name: str) -> None:
    document = {"schema": "needling-diary/1", "id": name, "cutoff": "2040-01-01", "counts": counts, "washes": washes}
    diary = parse_record(Diary, json.dumps(document).encode(), "d.json")
    assert parse_record(Diary, diary.model_dump_json(by_alias=True).encode(), "d.json") == diary


def test_answers_saved_and_loaded_are_equal() -> None:
    answers = parse_record(Answers, json.dumps(reassuring()).encode(), "a.json")
    assert parse_record(Answers, answers.model_dump_json(by_alias=True).encode(), "a.json") == answers


def columns(n: int) -> dict[str, np.ndarray]:
    return {
        "width_px": np.full(n, 5.0),
        "width_se_px": np.full(n, 0.5),
        "p_hair": np.linspace(0.1, 0.9, n),
        "root_visible": np.ones(n, bool),
        "unit": np.arange(n) * 2,
        "is_light": np.zeros(n, bool),
        "flags": np.zeros(n, np.int64),
    }


def test_hairs_measure_their_lines_and_can_be_chosen() -> None:
    points = np.array([[0.0, 0], [3, 4], [10, 10], [10, 12], [13, 16], [1, 1], [1, 2]])
    hairs = Hairs(points_px=points, offsets=np.array([0, 2, 5, 7]), **columns(3))
    assert hairs.length_px == pytest.approx([5, 7, 1])
    kept = hairs.take(np.array([False, True, True]))
    assert kept.root_px.tolist() == [[10, 10], [1, 1]]
    assert kept.length_px == pytest.approx([7, 1])
    assert kept.unit.tolist() == [0, 1]
    assert len(hairs.take(np.zeros(3, bool))) == 0
    with pytest.raises(ValueError, match="read-only"):
        hairs.points_px[0, 0] = 9


@pytest.mark.parametrize("offsets", [[0, 2, 5], [1, 2, 7], [0, 1, 7]])
def test_impossible_hairs_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match=r"offsets|points|rows"):
        Hairs(points_px=np.zeros((7, 2)), offsets=np.array(offsets), **columns(2))
