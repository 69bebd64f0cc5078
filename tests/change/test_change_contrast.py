"""Rolled against unrolled: what cancels, how often it errs, what repeats are worth."""

from dataclasses import astuple
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
        n_t0=n + 12,
        out_of_view=np.arange(12),
    )


def spot(value_pct, measure_sd_pct=1.0, new=0, n=80):
    """A spot of n hairs with this change."""
    return Shift(value_pct, measure_sd_pct, new - value_pct * n / 100, new, n)


def test_what_both_spots_share_cancels():
    told = contrast([Shift(-12.0, 1.0, 4, 0, 80)], [Shift(-11.0, 1.0, 4, 0, 80)])
    assert told.difference.value == pytest.approx(-1.0)
    assert told.verdict == "not_shown"
    shifted = contrast([Shift(-32.0, 1.0, 4, 0, 80)], [Shift(-31.0, 1.0, 4, 0, 80)])  # another camera
    assert shifted.difference.lo == pytest.approx(told.difference.lo)
    assert shifted.difference.hi == pytest.approx(told.difference.hi)


def test_the_sign_says_who_lost_more():
    assert contrast([spot(-20.0)], [spot(0.0)]).verdict == "rolled_lost_more"
    assert contrast([spot(0.0)], [spot(-20.0)]).verdict == "control_lost_more"


def test_which_is_called_rolled_only_turns_the_sign():
    one, other = spot(-15.0, 1.5, n=60), spot(-2.0, 0.8, new=3, n=130)
    this, that = contrast([one], [other]).difference, contrast([other], [one]).difference
    assert (this.lo, this.value, this.hi) == pytest.approx((-that.hi, -that.value, -that.lo))


def test_hairs_that_the_second_photo_does_not_show_are_not_at_risk():
    assert shift_of([change(-10, 4, 8, n=80)]).n == 80


def test_where_all_was_lost_the_ends_still_mirror():
    told = contrast([spot(-100.0)], [spot(-100.0)]).difference
    assert told.lo == pytest.approx(-told.hi)
    one = contrast([Shift(-100.0, 1.0, 1, 0, 1)], [Shift(0.0, 1.0, 0, 0, 1)]).difference
    assert -200 <= one.lo <= one.hi <= 200


@pytest.mark.parametrize(("lost", "sd"), [(0.0, 0.7), (0.05, 1.0), (0.1, 1.6)])
def test_the_smallest_detectable_is_shown_four_times_in_five(lost, sd):
    n, rng = 100, np.random.default_rng(9)
    still = contrast([Shift(-100 * lost, sd, lost * n, 0, n)], [Shift(-100 * lost, sd, lost * n, 0, n)])
    more, shown, trials = still.smallest_detectable / 100, 0, 400
    for _ in range(trials):
        fallen = rng.poisson(n * (lost + more)), rng.poisson(n * lost)
        told = contrast(*([Shift(-100 * k / n + rng.normal(0, sd), sd, k, 0, n)] for k in fallen))
        shown += told.verdict == "rolled_lost_more"
    # 400 trials tell 0.8 to 0.04, the approximation adds as much; where none was lost it asks for more than it must
    assert 0.7 <= shown / trials <= (0.9 if lost else 0.95)


def test_a_great_loss_of_rolled_skin_does_not_raise_what_could_be_shown():
    still, much = (contrast([spot(value)], [spot(-1.0)]).smallest_detectable for value in (-1.0, -25.0))
    assert much == pytest.approx(still)


@pytest.mark.parametrize(("n_rolled", "n_control"), [(30, 130), (80, 80), (130, 30)])
def test_new_hairs_alike_are_seldom_called_a_difference(n_rolled, n_control):
    rng, said, trials = np.random.default_rng(4), 0, 1000
    for _ in range(trials):
        shifts = []
        for n in (n_rolled, n_control):
            lost, new = rng.poisson(0.02 * n), rng.poisson(0.05 * n)
            shifts.append(Shift(100 * (new - lost) / n + rng.normal(0, 1.0), 1.0, lost, new, n))
        said += contrast(shifts[:1], shifts[1:]).verdict == "rolled_lost_more"
    assert said / trials <= 0.04  # 2.5 % and three standard deviations of 0.5 %


def test_without_error_of_measurement_the_ends_are_those_of_a_score_interval():
    told = contrast([spot(-12.0, 0.0, n=100)], [spot(0.0, 0.0, n=100)])
    apart = -told.difference.hi / 100  # if this were the true difference of the shares lost, of 12 of 100 and 0 of 100
    control = max((12 - 100 * apart) / 200, 0.0)
    sd = 100 * np.sqrt((control + control + apart + 2 * 0.5 / 200) / 100)
    assert told.difference.hi == pytest.approx(-12.0 + 1.95996 * sd, abs=0.01)
    assert told.difference.hi < -4.0  # the exact test of 12 against 0 has p = 0.0005


def test_repeat_photos_narrow_the_measurement_and_not_chance():
    one, three = shift_of([change(-10, 4, 8)]), shift_of([change(-10, 4, 8)] * 3)
    assert three.measure_sd_pct < one.measure_sd_pct
    assert three.measure_sd_pct > one.measure_sd_pct / np.sqrt(3)  # half of the error is common
    assert (three.lost, three.new, three.n) == pytest.approx((one.lost, one.new, one.n))
    assert one.measure_sd_pct == pytest.approx(4 / 1.96, rel=1e-3)


def test_one_blurred_pair_does_not_blur_the_others():
    sharp, blurred = change(-10, 4, 8), change(-20, 24, 16)
    told = shift_of([sharp, sharp, blurred])
    assert told.measure_sd_pct < shift_of([sharp]).measure_sd_pct
    assert told.value_pct == pytest.approx(-10.0, abs=0.5)


def test_a_pair_without_any_width_does_not_decide_alone():
    assert shift_of([change(-10, 0, 8), change(-6, 1, 5)]).value_pct > -9.0


def test_a_change_that_a_diary_holds_counts_as_the_pair_it_came_from():
    pair = change(-10.0, 4.0, 8)  # % of 80 hairs
    held = SpotChange.model_validate(
        {
            "spot": "s", "from": "2026-03-06", "to": "2026-04-06", "n_t0": 80, "lost": 8, "new": 0,
            "change": {"value": -8.0, "lo": -11.2, "hi": -4.8},
        }
    )  # fmt: skip
    one, other = shift_of([pair]), stored_shift(held)
    assert astuple(other) == pytest.approx(astuple(one))
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
    alike = contrast([Shift(-5.0, 1, 1, 0, 80)] * 3, [Shift(0.0, 1, 0, 0, 80)] * 3)
    apart = contrast([Shift(v, 1, 1, 0, 80) for v in (-25.0, -5.0, 15.0)], [Shift(0.0, 1, 0, 0, 80)] * 3)
    width = [c.difference.hi - c.difference.lo for c in (alike, apart)]
    assert width[1] > 3 * width[0]
    assert apart.smallest_detectable > alike.smallest_detectable


def test_one_still_spot_does_not_outweigh_the_others():
    told = contrast([spot(0.0, 0.1), spot(-10.0, 0.1)], [spot(0.0, 0.1)])
    assert told.difference.value == pytest.approx(-5.0, abs=0.5)
