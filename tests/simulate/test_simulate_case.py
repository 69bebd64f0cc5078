"""The built-in case: valid, and its photos and diary tell the same story."""

import cv2
import numpy as np
import pytest

from hairwise.records.diary import Diary
from hairwise.simulate.case import make_case


@pytest.fixture(scope="module")
def case():
    return make_case(1)


def _fates(spot):
    before, after = spot.shots
    seen = before.hair_id[before.root_inside]
    later = spot.scenes[1].strands.hair_id
    return len(seen), int((~np.isin(seen, later)).sum())


def test_diary_is_valid_and_its_photos_are_there(case):
    diary = Diary.model_validate(case.diary)
    assert diary.answers is not None
    assert {p.file for p in diary.photos} == set(case.photos) == set(case.px_per_mm)
    for entry in diary.photos:
        picture = cv2.imdecode(np.frombuffer(case.photos[entry.file], np.uint8), cv2.IMREAD_COLOR)
        assert picture.shape == (1024, 1280, 3)
        assert entry.px_per_mm == case.px_per_mm[entry.file]
    assert diary.counts[0].date < diary.first_session


def test_the_rolled_spot_lost_a_fifth_and_the_control_nothing_to_speak_of(case):
    n, lost = _fates(case.spots["rolled"])
    assert n >= 60
    assert 0.16 <= lost / n <= 0.27  # 18-25 % of the view and the skin around it; the photo's edge moves it a little
    n, lost = _fates(case.spots["control"])
    assert lost / n <= 0.035


def test_counts_rise_and_the_truth_says_why(case):
    assert case.truth["real_loss"] is True
    assert case.truth["causes"] == ["inflammatory", "mechanical"]
    washes = [c for c in case.diary["counts"] if c["method"] == "wash"]
    before = np.mean([c["count"] for c in washes if c["date"] < "2026-03-07"])
    late = np.mean([c["count"] for c in washes if c["date"] >= "2026-04-04"])
    assert late > 1.8 * before


def test_no_red_flag_is_set(case):
    answers = Diary.model_validate(case.diary).answers
    yes = {name for name, value in answers.findings.items() if value == "yes"}
    assert yes == {"itch"}
    assert len(answers.findings) == 32
    assert all(row["pain"] == row["pustules"] == row["patch"] == 0 for row in case.diary["symptoms"])
    assert max(row["redness_days"] for row in case.diary["symptoms"]) <= 2
