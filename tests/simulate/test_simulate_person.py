"""Simulated diaries: valid, repeatable, and their truth agrees with the model's own limits."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from hairwise.errors import Refused
from hairwise.records.diary import Diary
from hairwise.records.verdicts import CAUSES
from hairwise.simulate.counting import CountSettings, draw_counts, expected_counts, weekly_level
from hairwise.simulate.person import PersonSettings, simulate_person
from hairwise.simulate.shedding import CycleSettings, Life, dose, shed_per_day


def _life(**changes):
    days = 400
    base = Life(
        hairs=np.array([10_000.0, 20_000.0]),
        needled=np.array([True, False]),
        occiput=np.array([False, True]),
        session_day=np.array([200, 207]),
        session_dose=np.array([1.0, 1.0]),
        season_phase=np.cos(2 * np.pi * np.arange(days) / 365),
        onset_day={"te_stressor": 150, "minoxidil": 200, "aga": 100, "scalp_condition": 180},
        size={},
    )
    return replace(base, **changes)


@pytest.mark.parametrize("cause", CAUSES)
def test_diaries_are_valid_and_name_their_cause(cause):
    settings = PersonSettings(
        causes=(cause,), methods=("wash", "comb60", "shower"), concern_day=30, density_every_days=28
    )
    diary, truth = simulate_person(settings, 2)
    record = Diary.model_validate(diary)
    assert record.first_session == date(2026, 3, 7)
    assert truth["main_cause"] == cause
    assert sum(truth["shares"].values()) == pytest.approx(1, abs=2e-3)  # rounded to three places
    assert truth["causes"] == ([] if cause == "none" else [cause])
    if cause in ("none", "season"):
        assert truth["real_loss"] is False
        assert truth["rel_excess"] == truth["density_fall"] == truth["needling_excess"] == 0
    if cause in ("te_stressor", "minoxidil", "aga", "scalp_condition"):
        assert truth["needling_excess"] == 0
        assert truth["real_loss"] is True


def test_same_seed_same_diary():
    settings = PersonSettings(causes=("inflammatory",))
    assert simulate_person(settings, 4) == simulate_person(settings, 4)
    assert simulate_person(settings, 4)[0]["counts"] != simulate_person(settings, 5)[0]["counts"]


def test_without_causes_shedding_is_steady():
    rates = CycleSettings()
    shed = shed_per_day(_life(), rates, frozenset())
    assert np.allclose(shed, _life().hairs * rates.telogen_share / rates.telogen_days)


def test_pulling_resting_hairs_only_brings_their_fall_forward():
    """Harvesting: what the roller pulls today is missing later; over the years the sum is unchanged."""
    rates = replace(CycleSettings(), broken_share=0.0)
    life = _life(season_phase=np.zeros(1200))
    excess = shed_per_day(life, rates, frozenset({"mechanical"})) - shed_per_day(life, rates, frozenset())
    assert excess[200, 0] > 0
    assert excess[215:300, 0].max() < 0
    pulled = excess[excess > 0].sum()
    assert abs(excess.sum()) < 0.01 * pulled  # 993 days are 11 release times: e^-11 is left
    assert not excess[:, 1].any()


def test_each_needling_cause_stays_in_rolled_skin_after_its_lag():
    for cause, lag in (("inflammatory", 12.0), ("te_needling", 60.0)):
        life = _life(session_day=np.array([200]), session_dose=np.array([1.0]))
        excess = shed_per_day(life, CycleSettings(), frozenset({cause})) - shed_per_day(
            life, CycleSettings(), frozenset()
        )
        assert not excess[:, 1].any()
        mean_lag = (excess[:, 0] * np.arange(400)).sum() / excess[:, 0].sum() - 200
        assert mean_lag == pytest.approx(lag, abs=1.0)  # whole days


def test_pattern_loss_spares_the_occiput():
    life = _life()
    excess = shed_per_day(life, CycleSettings(), frozenset({"aga"})) - shed_per_day(life, CycleSettings(), frozenset())
    assert excess[300, 0] > 0
    assert not excess[:, 1].any()


def test_rolling_again_on_unhealed_skin_does_more():
    weekly = _life(session_day=np.array([200, 207, 214]), session_dose=np.ones(3))
    apart = replace(weekly, session_day=np.array([100, 200, 300]))
    rates = CycleSettings()
    usual = shed_per_day(weekly, rates, frozenset()).sum()
    total = [shed_per_day(x, rates, frozenset({"inflammatory"})).sum() - usual for x in (weekly, apart)]
    # loads at the sessions by hand: 1, 1 + e^(-1/3), 1 + e^(-1/3) + e^(-2/3) against 1 each and e^(-100/21)
    near = np.exp(-1 / 3)
    far = np.exp(-100 / 21)
    assert total[0] / total[1] == pytest.approx((3 + 2 * near + near**2) / (3 + 2 * far + far**2), rel=0.01)


def test_hairs_are_neither_made_nor_lost_on_the_way_to_the_count():
    """All waiting hairs, caught at every wash, are the hairs shed: with all washed out and caught daily."""
    settings = CountSettings(lost_unseen=0.0, wash_share=1.0, leave_share=0.0, caught=(1.0, 0.0, 0.0))
    shed = np.linspace(50, 90, 60)
    counted = expected_counts(shed, np.ones(60, bool), settings)[:, 0]
    assert counted[1:] == pytest.approx(shed[1:])


def test_a_wash_after_a_longer_pause_counts_more():
    wash = np.zeros(40, bool)
    wash[[10, 12, 14, 20]] = True
    counted = expected_counts(np.full(40, 80.0), wash, CountSettings())[:, 0]
    assert counted[20] > 1.2 * counted[14]


def test_chance_has_the_stated_spread():
    rng = np.random.default_rng(1)
    settings = CountSettings(size=10.0)
    drawn = draw_counts(np.full(40_000, 60.0), settings, rng)
    assert drawn.mean() == pytest.approx(60, rel=0.01)  # 5 standard errors are 0.9 %
    assert drawn.var() == pytest.approx(60 + 60**2 / 10, rel=0.06)
    level = np.log(weekly_level(7 * 4000, settings, rng)[::7])
    assert level.std() == pytest.approx(settings.level_sd, rel=0.06)
    assert np.corrcoef(level[1:], level[:-1])[0, 1] == pytest.approx(settings.level_memory, abs=0.06)


def test_counting_begins_where_the_settings_say():
    for baseline, day in (("pre", "2026-02-21"), ("at_start", "2026-03-07"), ("after_concern", "2026-04-06")):
        settings = PersonSettings(baseline=baseline, concern_day=30, methods=("comb60",))
        assert simulate_person(settings, 1)[0]["counts"][0]["date"] == day


def test_sizes_need_their_causes():
    with pytest.raises(Refused, match="equally many"):
        simulate_person(PersonSettings(causes=("aga",), sizes=(1.0, 2.0)), 1)


def test_dose_is_capped_and_one_in_the_middle():
    assert dose(1.0, 10, 2) == 1.0
    assert dose(3.0, 50, 3) == 4.0
