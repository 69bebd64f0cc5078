"""Real photos are answered; how well is measured by ``make bench``, not asserted here."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from hairwise import workflow
from hairwise.records.diary import Diary

if TYPE_CHECKING:
    from pathlib import Path


def test_real_fields_and_close_ups_are_answered(real_photos: Path) -> None:
    for photo in sorted((real_photos / "trichoscopy").glob("2201*.jpg"))[:2]:
        truth = json.loads(photo.with_suffix(".truth.json").read_text())
        file = workflow.measure_photo(photo.read_bytes(), photo.name, truth["px_per_mm"]).file
        assert file.density_per_cm2 is not None
        # annotators leave out hairs at tile borders: only a wild miss is a fault here
        assert 0.5 < len(file.hairs) / len(truth["hairs"]) < 2
    for photo in sorted((real_photos / "closeups").iterdir())[:2]:
        file = workflow.measure_photo(photo.read_bytes(), photo.name, None).file
        assert file.hairs
        assert file.density_per_cm2 is None


def test_real_diaries_are_explained(real_photos: Path) -> None:
    for path in sorted((real_photos / "diaries").glob("d*w12.json"))[:3]:
        why = workflow.explain(workflow.read_diary(path)).file
        assert abs(sum(why.p_cause.values()) - 1) < 1e-6
        assert why.needling_excess is not None


def test_a_supplement_gets_no_credit_for_the_season(real_photos: Path) -> None:
    with (real_photos / "shedding" / "wash_counts.csv").open() as file:
        rows = [(row["date"], float(row["count"])) for row in csv.DictReader(file)]
    diary = Diary.model_validate(
        {
            "schema": "needling-diary/1", "id": "washes", "cutoff": rows[-1][0], "hemisphere": "N",
            "counts": [{"date": day, "method": "wash", "count": count} for day, count in rows],
            "treatments": [{"kind": "biotin", "start": "2017-08-17"}],
        }
    )  # fmt: skip
    why = workflow.explain(diary).file
    assert max(why.p_cause.values()) <= 0.8  # nothing is credited: the season and the supplement run together
    assert why.cause_state == "cannot_tell"
    assert any("what it did" in limit.text for limit in why.limits)
    assert why.next_observation is not None
