"""What is said of a photo on its page."""

from __future__ import annotations

import pytest

from hairwise.records.files import HairsFile, ScaleEntry
from hairwise.report.photo_words import change_line, count_line, scale_lines, two_photos_line
from hairwise.workflow.files import head


def told(*scales: tuple[str, float], flags: tuple[str, ...] = ()) -> HairsFile:
    entries = tuple(
        ScaleEntry.model_validate({"source": source, "px_per_mm": scale, "px_per_mm_se": 1.0})
        for source, scale in scales
    )
    return HairsFile.model_validate({**head("hairwise/hairs/1", "x", {}, 0.0), "scales": entries, "flags": flags})


def test_without_a_scale_nothing_is_said_of_it() -> None:
    assert scale_lines(told()) == []


def test_sources_that_agree_are_named() -> None:
    assert scale_lines(told(("given", 120.0), ("ring", 120.4))) == [
        "Scale: 120 pixels in 1 mm, as given.",
        "Read off the paper ring: 120.",
    ]


@pytest.mark.parametrize(("ring", "words"), [(100.0, "17 % less"), (150.0, "25 % more")])
def test_where_a_given_scale_and_a_ring_differ_it_is_said_which_wins(ring: float, words: str) -> None:
    lines = scale_lines(told(("given", 120.0), ("ring", ring), flags=("scale_disagrees",)))
    assert lines[1] == f"Read off the paper ring: {ring:.0f}, {words}; not used."
    assert "goes before one in the photo" in lines[2]


def test_a_bar_that_differs_from_a_ring_does_not_speak_of_a_given_scale() -> None:
    lines = scale_lines(told(("ring", 120.0), ("scale_bar", 90.0), flags=("scale_disagrees",)))
    assert len(lines) == 2
    assert "not used" in lines[1]


PAIR = {"n_t0": 25, "lost": 3, "new": 1, "hidden": 2, "out_of_view": 4, "kept": 18, "overlap": 0.9}


def test_what_became_of_the_first_photos_hairs_adds_up() -> None:
    line = change_line({**PAIR, "change": {"value": -3, "lo": -6, "hi": 0, "level": 0.95}})
    told = "16 still there, 3 lost, 2 could not be seen the second time, 4 outside of the second photo"
    assert line.endswith(f"Of the 25, {told}; 1 new.")
    short = change_line({**PAIR, "hidden": 0, "out_of_view": 0, "change": {"value": -3, "lo": -6, "hi": 0}})
    assert short.endswith("Of the 25, 22 still there, 3 lost; 1 new.")


@pytest.mark.parametrize(
    ("listed", "words"), [(25, None), (24, "looked for in the other"), (26, "to be no hair is left out"), (None, None)]
)
def test_why_a_pair_counts_other_hairs_than_the_photo_alone(listed: int | None, words: str | None) -> None:
    line = two_photos_line(PAIR, listed)
    if words is None:
        assert line is None
    else:
        assert line is not None
        assert f"alone shows {listed} hairs, with the second beside it 25" in line
        assert words in line


def test_a_count_after_marks_stands_beside_the_programs() -> None:
    summary = {"count": {"lo": 20, "hi": 30}, "listed": 22, "density_per_cm2": None}
    assert count_line(summary) == "20 to 30 hairs seen"
    assert count_line(summary, 24) == "20 to 30 hairs seen; 22 by the program, 24 after your marks"
