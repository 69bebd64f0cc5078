"""The verdict on finds: what it leans on, its shape, and the share of gone finds that a pair says itself."""

from types import SimpleNamespace

import numpy as np
import pytest

from hairwise.change import fates
from hairwise.change.facts import FACTS, PAIR_FACTS
from hairwise.change.fates import expected_most
from hairwise.change.settings import CompareSettings
from hairwise.change.verdict import (
    FELL,
    NEVER_GONE,
    NEVER_STAYS,
    OTHER,
    SAME_HAIR,
    STANDS,
    Verdict,
    load_verdict,
    with_own_prior,
)


class _Told:
    """A verdict that says what it is given."""

    share = np.full(4, 0.25)

    def __init__(self, p):
        self.p = p

    def __call__(self, facts):
        return self.p


def find(**facts):
    """A usual single find (1, F) with some facts set."""
    one, _ = load_verdict()
    row = one.mean.copy()
    for name, value in facts.items():
        row[FACTS.index(name)] = value
    return row[None]


def test_shapes_fit_the_facts():
    one, two = load_verdict()
    for verdict, names, outcomes in ((one, FACTS, 4), (two, PAIR_FACTS, 3)):
        assert verdict.mean.shape == (len(names),)
        assert verdict.outer.shape[1] == outcomes
        p = verdict(np.random.default_rng(1).normal(0, 3, (50, len(names))))
        assert p.sum(axis=1) == pytest.approx(1.0)
        assert verdict.share.sum() == pytest.approx(1.0)


def test_a_clear_hair_at_a_bare_place_fell():
    one, _ = load_verdict()
    usual = {
        "p_own": 3.0,
        "clear": 1.0,
        "taken": 0.0,
        "twin_of_matched": 0.0,
        "twin_of_surer": 0.0,
        "gap_to_surer": 0.3,
    }
    bare = one(find(**usual, here=0.05, best=0.1, alike=0.1, missing=0.95, p_gone=0.95))[0]
    dark = one(find(**usual, here=0.9, best=1.0, alike=0.9, missing=0.05, p_gone=0.0))[0]
    assert bare[FELL] > 0.8
    assert dark[STANDS] > 0.5
    assert dark[FELL] < 0.1


def test_a_doubtful_find_beside_a_surer_one_that_fell_is_seldom_a_second_hair():
    one, _ = load_verdict()
    gone = {"clear": 1.0, "here": 0.1, "best": 0.15, "alike": 0.2, "missing": 0.9, "taken": 0.0}
    sure = one(find(**gone, p_own=3.0, gap_to_surer=0.3, surer_alone=0.0, twin_of_surer=0.0))[0]
    second = one(find(**gone, p_own=-1.5, gap_to_surer=0.03, surer_alone=1.0, twin_of_surer=0.9))[0]
    assert second[FELL] < sure[FELL] - 0.3
    assert second[NEVER_GONE] + second[NEVER_STAYS] > 0.8
    assert second[NEVER_GONE] > sure[NEVER_GONE]


def test_a_match_at_the_place_is_one_hair_and_a_bare_place_is_not():
    _, two = load_verdict()
    row = two.mean.copy()
    for name, value in (("p_less", 3.0), ("p_more", 3.5), ("p_match", 4.0), ("here_less", 0.9), ("here_more", 1.0)):
        row[PAIR_FACTS.index(name)] = value
    at_place = two(row[None])[0]
    assert at_place[SAME_HAIR] > 0.9
    for name, value in (("here_less", 0.05), ("p_match", 0.0), ("alike", 0.1), ("missing", 0.95), ("across", 0.1)):
        row[PAIR_FACTS.index(name)] = value
    row[PAIR_FACTS.index("p_gone")] = 0.95
    assert two(row[None])[0, OTHER] > max(0.5, 10 * at_place[OTHER])


def test_own_prior_follows_the_pair():
    share = np.array([0.2, 0.4, 0.1, 0.3])
    few = np.tile([0.2, 0.5, 0.05, 0.25], (60, 1))
    calm = with_own_prior(few, share)
    assert (calm[:, FELL] < few[:, FELL]).all()
    assert calm.sum(axis=1) == pytest.approx(1.0)
    many = np.concatenate([np.tile([0.85, 0.05, 0.05, 0.05], (40, 1)), few[:5]])
    assert with_own_prior(many, share)[-1, FELL] > few[0, FELL]
    assert with_own_prior(np.zeros((0, 4)), share).shape == (0, 4)


def test_as_many_are_told_as_are_expected_the_likeliest_first():
    p = np.array([0.4, 0.9, 0.4, 0.1, 0.35])  # 2.15 of them
    assert expected_most(p, 0.3).tolist() == [True, True, False, False, False]
    assert not expected_most(np.full(10, 0.2), 0.3).any()  # two are expected, but none is likely
    assert not expected_most(np.zeros(0), 0.3).any()


def test_what_more_likely_stands_is_never_called_lost(monkeypatch):
    told = np.array([[0.9, 0.05, 0.0, 0.05], [0.45, 0.5, 0.0, 0.05], [0.45, 0.1, 0.0, 0.45]])
    monkeypatch.setattr(fates, "load_verdict", lambda: (_Told(told), None))
    monkeypatch.setattr(fates, "with_own_prior", lambda p, share: p)
    clear = np.ones((3, len(FACTS)))
    monkeypatch.setattr(fates, "single_facts", lambda *_: (clear, np.zeros((3, 2))))
    side = SimpleNamespace(root=np.zeros((3, 2)), matched=np.zeros(3, bool), inside_mm=np.ones(3), sd_mm=np.zeros(3))
    fate = fates.find_fates(side, side, None, CompareSettings()).fate
    assert fate.tolist() == [fates.LOST, fates.KEPT, fates.HIDDEN]  # 1.8, so two, were expected


def test_facts_beyond_what_was_learnt_add_nothing():
    flat = Verdict(
        np.zeros(1), np.ones(1), np.array([[1.0], [0.0]]), np.array([[1.0, -1.0], [0.0, 0.0]]), np.ones(2) / 2
    )
    assert flat(np.array([[4.0], [400.0]]))[0] == pytest.approx(flat(np.array([[400.0]]))[0])
