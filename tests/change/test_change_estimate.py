"""The interval of the net change: mirror, width, coverage of what is simulated."""

from dataclasses import replace

import numpy as np
import pytest

from hairwise.change import estimate
from hairwise.change.estimate import Counted, estimate_change
from hairwise.change.fates import HIDDEN, KEPT, LOST, MATCHED, Fates
from hairwise.change.settings import CompareSettings

S = CompareSettings()


def counted(n_matched, lost=(), kept=(), hidden=0):
    """A photo with so many matched hairs, fallen ones with p_fell, standing ones with p_stands, and hidden ones."""
    fate = np.array([MATCHED] * n_matched + [LOST] * len(lost) + [KEPT] * len(kept) + [HIDDEN] * hidden, np.int64)
    n = len(fate)
    p_fell, p_stands = np.full(n, np.nan), np.full(n, np.nan)
    p_fell[fate == LOST], p_stands[fate == LOST] = lost, 0.0
    p_fell[fate == KEPT], p_stands[fate == KEPT] = 0.0, kept
    return Counted(Fates(fate, p_fell, p_stands, np.zeros((n, 2))), np.ones(n, bool), n_matched)


def test_nothing_happened():
    change, _, smallest = estimate_change(counted(60), counted(60), S)
    assert change.lo <= 0 <= change.hi
    assert abs(change.value) < 0.2  # the prior of hidden hairs adds nothing without hidden hairs
    assert change.hi - change.lo <= 5  # shared error 1 % of 60 hairs is 0.6, times four, rounded
    assert 2 < smallest < 15


def test_swap_mirrors_exactly():
    one, two = counted(40, lost=[0.9, 0.8, 0.6]), counted(40, lost=[0.7], kept=[0.9, 0.7])
    there, _, _ = estimate_change(one, two, S)
    back, _, _ = estimate_change(two, one, S, swapped=True)
    assert back.value == pytest.approx(-there.value)
    assert (back.lo, back.hi) == (-there.hi, -there.lo)


def test_doubt_and_hidden_hairs_widen():
    sure, _, small = estimate_change(counted(50, lost=[0.97] * 5), counted(50), S)
    unsure, _, _ = estimate_change(counted(50, lost=[0.6] * 8), counted(50), S)
    hidden, _, large = estimate_change(counted(40, lost=[0.97] * 5, hidden=20), counted(40), S)
    assert unsure.hi - unsure.lo > sure.hi - sure.lo
    assert hidden.lo < sure.lo
    assert large > small


def test_hairs_that_no_find_shows_raise_the_loss():
    few = replace(S, missed_in_both=(1.0, 1000.0))
    plain, _, _ = estimate_change(counted(50, lost=[0.95] * 6), counted(50), few)
    missed, _, _ = estimate_change(counted(50, lost=[0.95] * 6), counted(50), replace(S, missed_in_both=(40.0, 160.0)))
    assert missed.value < plain.value - 0.5


def test_what_misleads_one_find_misleads_all():
    alone, _, _ = estimate_change(counted(50, lost=[0.6] * 12), counted(50), replace(S, shared_doubt_sd=0.0))
    shared, _, _ = estimate_change(counted(50, lost=[0.6] * 12), counted(50), replace(S, shared_doubt_sd=0.9))
    assert shared.hi - shared.lo > 1.3 * (alone.hi - alone.lo)


def test_interval_covers_simulated_truth():
    rng = np.random.default_rng(8)
    missed = S.missed_in_both[0] / sum(S.missed_in_both)
    inside = 0
    for _ in range(60):
        truth = rng.binomial(60, rng.uniform(0.03, 0.25))
        listed = rng.binomial(truth, 1 - missed)
        false = rng.binomial(4, 0.1)
        # p_fell 0.9 is calibrated when one in ten of those listed never was a hair.
        change, _, _ = estimate_change(counted(55 - listed, lost=[0.9] * (listed + false)), counted(55 - listed), S)
        inside += change.lo <= -truth <= change.hi
        assert change.hi - change.lo <= 0.9 * listed + 8  # a loss of n is told to about half of n
    assert inside >= 51  # 95 % of 60 is 57, less three binomial standard deviations of 1.7


def test_all_lost_is_about_all():
    change, share, _ = estimate_change(counted(0, lost=[0.98] * 40), counted(0), S)
    assert change.lo <= -42 <= change.hi  # 40 found of about 42: one in twenty is in neither photo's finds
    assert share.lo >= -100
    assert share.value < -85


def test_the_value_lies_in_its_interval_of_whole_hairs():
    told = estimate._estimate(np.zeros(400), 0.02, 0.95)
    assert (told.lo, told.value, told.hi) == (0, 0, 0)
