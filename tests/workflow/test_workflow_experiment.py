"""Experiments: pausing first, a split scalp behind every gate, analysed as registered."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import numpy as np
import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.evidence.inference import inference_facts
from hairwise.infer.experiment import Schedule, expected_gain, sides_power, sides_ratio, step_of_counts, step_power
from hairwise.records.answers import Answers, ConditionName, FindingName
from hairwise.records.diary import Count, Diary
from hairwise.simulate.person import PersonSettings, ZoneSettings, simulate_person

THIN = (
    ZoneSettings("front", 80, True, "thin"),
    ZoneSettings("vertex", 70, False, "thin"),
    ZoneSettings("occiput", 250, False, "good"),
)
FACTS = inference_facts()


def diary_of(seed: int = 3, **changes) -> Diary:
    settings = PersonSettings(pre_days=28, zones=THIN, density_every_days=28, **changes)
    return Diary.model_validate(simulate_person(settings, seed)[0])


def all_clear(diary: Diary) -> Diary:
    """The diary with a screening answered no throughout on its last day."""
    findings, conditions = (dict.fromkeys(get_args(names), "no") for names in (FindingName, ConditionName))
    answers = Answers.model_validate(
        {
            "schema": "hairwise/answers/1", "today": diary.cutoff, "age": 34, "sex": "m", "pregnant": "no",
            "started": True, "device": "roller", "needle_mm": 0.5, "interval_days": 14, "sessions": 2,
            "first_session": diary.first_session, "last_session": diary.first_session,
            "zones": [{"zone": "front", "growth": "thin", "rolled": True}],
            "loss": {"noticed": "no"}, "findings": findings, "conditions": conditions,
            "hygiene": {"disinfected": "yes", "shared_device": "no", "reused_cartridge": "no", "tap_water_only": "no"},
        }
    )  # fmt: skip
    return diary.model_copy(update={"answers": answers, "symptoms": ()})


@pytest.fixture(scope="module")
def calm() -> Diary:
    return all_clear(diary_of(sessions=2))


def test_a_pause_always_comes_first(calm: Diary) -> None:
    for diary in (calm, diary_of(causes=("inflammatory",), sizes=(4.0,))):
        proposals = workflow.propose_experiment(diary).proposals
        assert proposals[0].kind == "pause"
        assert proposals[0].offered
        assert proposals[0].gain is not None
        assert proposals[0].gain.after >= proposals[0].gain.now


def test_the_lock_and_every_gate_keep_a_split_scalp_away(calm: Diary) -> None:
    def split(diary: Diary):
        return next(p for p in workflow.propose_experiment(diary).proposals if p.kind == "split_scalp")

    offered = split(calm)
    assert offered.offered, [s.text for s in offered.why]
    assert not any(d.kind == "session" for d in offered.schedule)
    assert "lock is on" in split(calm.model_copy(update={"answers": None})).why[1].text
    good = tuple(z.model_copy(update={"growth": "good"}) if z.needled else z for z in calm.zones)
    assert not split(calm.model_copy(update={"zones": good})).offered
    ill = calm.answers.model_copy(update={"findings": {**calm.answers.findings, "pus": "yes"}})
    assert not any(
        p.kind == "split_scalp" and p.offered
        for p in workflow.propose_experiment(calm.model_copy(update={"answers": ill})).proposals
    )


def test_a_split_scalp_that_is_not_offered_cannot_be_registered() -> None:
    diary = diary_of(causes=("inflammatory",), sizes=(4.0,))
    with pytest.raises(Refused) as refused:
        workflow.register_experiment(diary, "split_scalp", 1)
    assert refused.value.code == "not_offered"


def test_the_side_follows_the_lot(calm: Diary) -> None:
    sides = {workflow.register_experiment(calm, "split_scalp", seed).protocol.rolled_side for seed in (4, 5)}
    assert sides == {"left", "right"}


def test_too_early_is_refused_and_a_pause_is_judged_as_registered(calm: Diary) -> None:
    protocol = workflow.register_experiment(calm, "pause", 0).protocol
    with pytest.raises(Refused) as refused:
        workflow.analyse_experiment(calm, protocol)
    assert refused.value.code == "too_early"
    days = [protocol.starts + timedelta(days=k) for k in range(1, (protocol.ends - protocol.starts).days, 2)]
    usual = float(np.median([c.count for c in calm.counts]))
    longer = {
        share: calm.model_copy(
            update={
                "cutoff": protocol.ends,
                "washes": (*calm.washes, *days),
                "counts": (*calm.counts, *(Count(date=d, method="wash", count=round(share * usual)) for d in days)),
            }
        )
        for share in (1.0, 0.3)
    }
    told = {share: workflow.analyse_experiment(diary, protocol) for share, diary in longer.items()}
    assert told[0.3].result.state == "lower"
    assert told[1.0].result.state != "lower"
    assert -90 < told[0.3].result.change_pct.lo < told[0.3].result.change_pct.hi < -40
    items = [item.item for item in told[0.3].report]
    assert len(items) == len(set(items)) >= 12
    rolled = longer[0.3].model_copy(
        update={"sessions": (*calm.sessions, calm.sessions[0].model_copy(update={"date": days[2]}))}
    )
    assert workflow.analyse_experiment(rolled, protocol).result.state == "cannot_tell"


def test_sides_are_compared_on_the_same_days() -> None:
    diary = diary_of()
    start = diary.cutoff
    rng = np.random.default_rng(5)
    counts = []
    for k in range(1, 60, 3):
        for side, mean in (("left", 20.0), ("right", 20.0 if k < 21 else 40.0)):
            counts.append(Count(date=start + timedelta(days=k), method="wash", count=int(rng.poisson(mean)), side=side))
    both = diary.model_copy(update={"counts": tuple(counts), "cutoff": start + timedelta(days=60)})
    step = sides_ratio(both, "right", start + timedelta(days=21), both.cutoff)
    assert step is not None
    assert step.log_change == pytest.approx(np.log(2), abs=2.5 * step.se)
    assert step.log_change > 1.96 * step.se
    assert sides_ratio(both, "right", both.cutoff, both.cutoff) is None


def test_power_grows_with_effect_and_days() -> None:
    diary = diary_of()
    weekly = Schedule("wash", tuple(diary.cutoff + timedelta(days=k) for k in range(7, 29, 7)))
    daily = Schedule("wash", tuple(diary.cutoff + timedelta(days=k) for k in range(2, 29, 2)))
    small, large = step_power(diary, FACTS, weekly, (-20.0, -50.0))
    assert 0.025 < small < large < 1
    assert step_power(diary, FACTS, daily, (-50.0,))[0] > large
    # counts of both sides on 18 days of eight weeks: as published figures for a rise of a half, 0.7 to 0.9
    assert 0.5 < sides_power(40, (7, 18), (50.0,))[0] < 0.95
    assert step_of_counts(diary, FACTS, diary.cutoff + timedelta(days=1), diary.cutoff) is None


def test_gain_is_repeatable_and_grows_with_what_is_counted() -> None:
    diary = diary_of(causes=("inflammatory",), sizes=(2.0,))
    none = Schedule("wash", (diary.cutoff + timedelta(days=7),))
    much = Schedule("wash", tuple(diary.cutoff + timedelta(days=k) for k in range(2, 57, 2)))
    one, two = (expected_gain(diary, FACTS, much, 9) for _ in range(2))
    assert one == two
    assert one.now == pytest.approx(expected_gain(diary, FACTS, none, 9).now)
    assert one.now <= one.after <= 1
