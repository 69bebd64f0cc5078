"""Rolled against unrolled: what cancels, how often it errs, what repeats are worth."""

from types import SimpleNamespace

import numpy as np
import pytest

from hairwise.change.contrast import Shift, contrast, shift_of, stored_shift
from hairwise.records.base import Estimate
from hairwise.records.diary import SpotChange


def change(value, half, lost, n=80):
    """What ``shift_of`` reads of a comparison."""
    return SimpleNamespace(
        change_pct=Estimate(value=value, lo=value - half, hi=value + half),
        lost=np.arange(lost),
        new=np.arange(0),
        n_t0=n,
    )


def test_what_both_spots_share_cancels():
    told = contrast([Shift(-12.0, 1.0, 2.0)], [Shift(-11.0, 1.0, 2.0)])
    assert told.difference.value == pytest.approx(-1.0)
    assert told.verdict == "not_shown"
    shifted = contrast([Shift(-32.0, 1.0, 2.0)], [Shift(-31.0, 1.0, 2.0)])
    assert shifted.difference.lo == pytest.approx(told.difference.lo)
    assert shifted.difference.hi == pytest.approx(told.difference.hi)


def test_the_sign_says_who_lost_more():
    assert contrast([Shift(-20.0, 1.0, 2.0)], [Shift(0.0, 1.0, 1.0)]).verdict == "rolled_lost_more"
    assert contrast([Shift(0.0, 1.0, 1.0)], [Shift(-20.0, 1.0, 2.0)]).verdict == "control_lost_more"


def test_repeat_photos_narrow_the_measurement_and_not_chance():
    one, three = shift_of([change(-10, 4, 8)]), shift_of([change(-10, 4, 8)] * 3)
    assert three.measure_sd_pct < one.measure_sd_pct
    assert three.measure_sd_pct > one.measure_sd_pct / np.sqrt(3)  # half of the error is common
    assert three.chance_sd_pct == one.chance_sd_pct
    assert one.measure_sd_pct == pytest.approx(4 / 1.96, rel=1e-3)


def test_a_change_that_a_diary_holds_counts_as_the_pair_it_came_from():
    pair = change(-10.0, 4.0, 8)  # % of 80 hairs
    held = SpotChange.model_validate(
        {
            "spot": "s", "from": "2026-03-06", "to": "2026-04-06", "n_t0": 80, "lost": 8, "new": 0,
            "change": {"value": -8.0, "lo": -11.2, "hi": -4.8},
        }
    )  # fmt: skip
    one, other = shift_of([pair]), stored_shift(held)
    assert (other.value_pct, other.measure_sd_pct, other.chance_sd_pct) == pytest.approx(
        (one.value_pct, one.measure_sd_pct, one.chance_sd_pct)
    )
    with pytest.raises(ValueError, match="without its interval"):
        stored_shift(held.model_copy(update={"change": None}))


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2])
def test_equal_spots_are_seldom_called_different(rate):
    rng, n, sd = np.random.default_rng(3), 80, 1.5
    said = 0
    for _ in range(2000):
        shifts = []
        for _ in range(2):
            lost = rng.binomial(n, rate)
            shifts.append(shift_of([change(-100 * lost / n + rng.normal(0, sd), 1.96 * sd, lost)]))
        told = contrast(shifts[:1], shifts[1:])
        said += told.verdict == "rolled_lost_more"
        assert told.difference.hi - told.difference.lo < 45  # of 100: twice 1.96 times the chance of a fifth lost twice
    assert said / 2000 <= 0.035  # one side of 95 % is 2.5 %; three binomial standard deviations of 0.35 %


def test_spots_that_disagree_widen_the_interval():
    alike = contrast([Shift(-5.0, 1, 1)] * 3, [Shift(0.0, 1, 1)] * 3)
    apart = contrast([Shift(v, 1, 1) for v in (-25.0, -5.0, 15.0)], [Shift(0.0, 1, 1)] * 3)
    width = [c.difference.hi - c.difference.lo for c in (alike, apart)]
    assert width[1] > 3 * width[0]
    assert apart.smallest_detectable > alike.smallest_detectable


def test_one_still_spot_does_not_outweigh_the_others():
    told = contrast([Shift(0.0, 0.1, 0.8), Shift(-10.0, 0.1, 3.0)], [Shift(0.0, 0.1, 0.8)])
    assert told.difference.value == pytest.approx(-5.0, abs=0.5)
