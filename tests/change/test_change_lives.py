"""Each hair over the visits: who is who, what is unknown, how fast it grows."""

from types import SimpleNamespace

import numpy as np
import pytest

from hairwise.change.lives import ABSENT, HIDDEN, NOT_YET, PRESENT, UNKNOWN, follow, growth

ROOTS = np.array([[10.0, 10.0], [10.0, 200.0], [200.0, 10.0]])


def visit(kept, lost=(), hidden=(), new=(), more=()):
    """A comparison of three finds (and ``more``) with a later photo; kept are (row before, row after)."""
    first = np.concatenate([ROOTS, np.array(more).reshape(-1, 2)])
    later = np.array(new, float).reshape(-1, 2)
    rows = np.array(kept, np.int64).reshape(-1, 2)
    place = np.array([first[a] if a >= 0 else [300.0, 300.0] for a, _ in rows]).reshape(-1, 2)
    return SimpleNamespace(
        kept=SimpleNamespace(t0_px=place, hair_t0=rows[:, 0], hair_t1=rows[:, 1], p=np.ones(len(rows))),
        hairs_t0=SimpleNamespace(root_px=first),
        hairs_t1=SimpleNamespace(root_px=later + 7.0),
        lost=np.array(lost, np.int64),
        hidden=np.array(hidden, np.int64),
        out_of_view=np.zeros(0, np.int64),
        new=np.arange(len(later)),
        registration=SimpleNamespace(homography=np.array([[1.0, 0, 7], [0, 1, 7], [0, 0, 1]])),
    )


def test_a_hair_keeps_its_row_and_its_fate():
    lives = follow([visit([(0, 5), (1, -1)], lost=[2]), visit([(0, 2)], hidden=[1], lost=[2])], 3, 100.0)
    assert lives.state.tolist() == [
        [PRESENT, PRESENT, PRESENT],
        [PRESENT, PRESENT, HIDDEN],
        [PRESENT, ABSENT, ABSENT],
    ]
    assert lives.index.tolist() == [[0, 5, 2], [1, -1, -1], [2, -1, -1]]
    assert lives.root_px == pytest.approx(ROOTS)


def test_a_new_hair_begins_when_first_seen():
    everyone = [(0, 0), (1, 1), (2, 2)]
    lives = follow(
        [visit(everyone), visit(everyone, new=[[90.0, 90.0]]), visit(everyone, new=[[92.0, 91.0]])], 3, 100.0
    )
    assert lives.state[3].tolist() == [NOT_YET, NOT_YET, PRESENT, PRESENT]
    assert lives.root_px[3] == pytest.approx([90.0, 90.0])


def test_a_visit_that_cannot_be_compared_is_unknown_not_a_loss():
    lives = follow([None, visit([(0, 0)], lost=[1, 2])], 3, 100.0)
    assert lives.state[:, 1].tolist() == [UNKNOWN] * 3
    assert lives.state[:, 2].tolist() == [PRESENT, ABSENT, ABSENT]


def test_hairs_that_only_comparisons_show_are_known_by_place():
    everyone = [(0, 0), (1, 1), (2, 2)]
    lives = follow(
        [visit(everyone, lost=[3], more=[[100, 100]]), visit(everyone, lost=[3], more=[[104, 100]])], 3, 100.0
    )
    assert len(lives.state) == 4
    assert lives.state[3].tolist() == [PRESENT, ABSENT, ABSENT]
    assert follow([], 3, 100.0).state.shape == (0, 1)


def test_two_new_hairs_side_by_side_are_two():
    everyone = [(0, 0), (1, 1), (2, 2)]
    pair = [[90.0, 90.0], [90.0, 98.0]]
    lives = follow([visit(everyone, new=pair), visit(everyone, new=pair), visit(everyone)], 3, 100.0)
    assert lives.state[3:].tolist() == [[NOT_YET, PRESENT, PRESENT, UNKNOWN]] * 2


def test_growth_is_that_of_growing_hairs():
    rng = np.random.default_rng(5)
    grows = rng.random(60) < 0.8
    gain = np.where(grows, 0.35 * 3, 0.0) + rng.normal(0, 0.03, 60)
    told = growth(np.append(gain, [np.nan] * 5), np.ones(len(gain) + 5, bool), 3.0)
    assert told.n_hairs == 60
    assert told.mm_per_day.lo <= 0.35 <= told.mm_per_day.hi
    assert told.growing_share.lo <= grows.mean() <= told.growing_share.hi


def test_too_few_hairs_tell_no_growth():
    assert growth(np.full(5, 1.0), np.ones(5, bool), 3.0) is None
    assert growth(np.zeros(30), np.ones(30, bool), 3.0) is None


def test_a_line_that_may_end_too_early_is_no_resting_hair():
    gain = np.append(np.full(30, 1.0), np.zeros(20))
    sure, unsure = (growth(gain, whole, 3.0) for whole in (np.ones(50, bool), gain > 0.5))
    assert sure is not None
    assert unsure is not None
    assert sure.growing_share.value == 0.6
    assert unsure.growing_share.value == 0.8
    assert unsure.growing_share.lo < 0.68
    assert unsure.growing_share.hi > 0.9
