"""What is said of a photo on its page."""

from __future__ import annotations

import pytest

from hairwise.records.files import HairsFile, ScaleEntry
from hairwise.report.photo_words import scale_lines
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
