"""The interval of the net change: mirror, width, coverage of what is simulated."""

import numpy as np
import pytest

from hairwise.change.estimate import Counted, estimate_change
from hairwise.change.fates import HIDDEN, KEPT, LOST, MATCHED, Fates
from hairwise.change.settings import CompareSettings

S = CompareSettings()


def counted(n_matched, lost=(), kept=(), hidden=0):
    """A photo with so many matched hairs, lost ones with p_lost, kept ones with p_absent, and hidden ones."""
    fate = np.array([MATCHED] * n_matched + [LOST] * len(lost) + [KEPT] * len(kept) + [HIDDEN] * hidden, np.int64)
    n = len(fate)
    p_absent, p_lost, bare = np.full(n, np.nan), np.zeros(n), np.zeros(n, bool)
    p_lost[fate == LOST] = p_absent[fate == LOST] = lost
    p_absent[fate == KEPT] = kept
    bare[fate == KEPT] = True
    return Counted(Fates(fate, p_absent, p_lost, np.zeros((n, 2)), bare), np.ones(n, bool), n_matched)


def test_nothing_happened():
    change, _, smallest = estimate_change(counted(60), counted(60), S)
    assert change.lo <= 0 <= change.hi
    assert abs(change.value) < 0.2  # the prior of hidden hairs adds nothing without hidden hairs
    assert change.hi - change.lo <= 5  # shared error 1 % of 60 hairs is 0.6, times four, rounded
    assert 2 < smallest < 15


def test_swap_mirrors_exactly():
    one, two = counted(40, lost=[0.9, 0.8, 0.6]), counted(40, lost=[0.7], kept=[0.1, 0.3])
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


def test_missed_hairs_raise_the_loss():
    # The second photo adds 20 hairs the first one's detector missed, so losses among such hairs were not seen either.
    plain, _, _ = estimate_change(counted(50, lost=[0.95] * 6), counted(50), S)
    missed, _, _ = estimate_change(counted(50, lost=[0.95] * 6), counted(50, kept=[0.02] * 20), S)
    assert missed.value < plain.value - 0.5


def test_interval_covers_simulated_truth():
    rng = np.random.default_rng(8)
    missed = S.missed_in_both[0] / sum(S.missed_in_both)
    inside = 0
    for _ in range(60):
        truth = rng.binomial(60, rng.uniform(0.03, 0.25))
        listed = rng.binomial(truth, 1 - missed)
        false = rng.binomial(4, 0.1)
        # p_lost 0.9 is calibrated when one in ten of those listed never was a hair.
        change, _, _ = estimate_change(counted(55 - listed, lost=[0.9] * (listed + false)), counted(55 - listed), S)
        inside += change.lo <= -truth <= change.hi
    assert inside >= 51  # 95 % of 60 is 57, less three binomial standard deviations of 1.7


def test_all_lost_is_about_all():
    change, share, _ = estimate_change(counted(0, lost=[0.98] * 40), counted(0), S)
    assert change.lo <= -48 <= change.hi  # 40 listed of about 48: a sixth is in neither list
    assert share.lo >= -100
    assert share.value < -85
