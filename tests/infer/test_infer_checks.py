"""A sceptic's checks fail where they should, and recalibration keeps probabilities probabilities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hairwise.evidence.inference import inference_facts
from hairwise.infer.attribute import attribute_diary
from hairwise.infer.recalibrate import Recalibration, circumstances, load_recalibration, recalibration_for
from hairwise.infer.settings import InferSettings
from hairwise.infer.timeline import build_timeline
from hairwise.records.diary import Density, Diary, ShedEnds
from hairwise.records.verdicts import CAUSES
from hairwise.simulate.people import draw_person
from hairwise.simulate.person import PersonSettings, simulate_person

FACTS = inference_facts()


def told(diary: Diary, **settings: bool):
    return attribute_diary(diary, FACTS, replace(InferSettings(), **settings))


def states(diary: Diary) -> dict[str, str]:
    return {c.name: c.state for c in told(diary).checks}


@pytest.fixture(scope="module")
def rolled() -> Diary:
    settings = PersonSettings(
        causes=("inflammatory",), sizes=(3.0,), pre_days=35, sessions=10, density_every_days=21, density_sd=0.03
    )
    return Diary.model_validate(simulate_person(settings, 3)[0])


def test_a_plain_diary_passes(rolled: Diary) -> None:
    found = states(rolled)
    assert len(found) == 5
    assert found["negative_control"] == "passed"
    assert found["placebo_in_time"] == "passed"
    assert found["leave_one_photo_out"] == "passed"
    assert found["posterior_predictive"] == "passed"


def test_thinning_of_unrolled_skin_is_told(rolled: Diary) -> None:
    days = sorted({d.date for d in rolled.density})
    thinner = [
        Density(date=d.date, zone=d.zone, hairs_per_cm2=d.hairs_per_cm2 * (1 - 0.08 * days.index(d.date)))
        for d in rolled.density
    ]
    check = next(
        c for c in told(rolled.model_copy(update={"density": tuple(thinner)})).checks if c.name == "negative_control"
    )
    # where the cause named acts everywhere it only agrees; it never passes
    assert check.state in ("failed", "informative")
    assert "unrolled skin too" in check.sentence.text


def test_harm_found_before_rolling_began_is_told(rolled: Diary) -> None:
    first = rolled.first_session
    early = sorted(c.date for c in rolled.counts if c.date < first)
    middle = early[len(early) // 2]
    # the counts rise in the middle of the time before the first session, as if rolling had begun there
    moved = [
        c.model_copy(update={"count": 4 * c.count + 20}) if middle + (first - middle) / 2 <= c.date < first else c
        for c in rolled.counts
    ]
    assert states(rolled.model_copy(update={"counts": tuple(moved)}))["placebo_in_time"] == "failed"


def test_without_photos_or_baseline_checks_only_inform() -> None:
    diary, _ = simulate_person(PersonSettings(baseline="at_start", causes=("aga",)), 5)
    found = states(Diary.model_validate(diary))
    assert found["placebo_in_time"] == found["negative_control"] == found["leave_one_photo_out"] == "informative"


def test_wild_counts_fail_the_predictive_check(rolled: Diary) -> None:
    wild = [c.model_copy(update={"count": 900.0 if k % 9 == 4 else 1.0}) for k, c in enumerate(rolled.counts)]
    assert states(rolled.model_copy(update={"counts": tuple(wild)}))["posterior_predictive"] == "failed"


def test_tapered_ends_speak_for_irritated_skin(rolled: Diary) -> None:
    plain = told(rolled, checked=False)
    ends = (ShedEnds(date=rolled.cutoff, club=12, tapered=16, broken=2),)
    with_ends = told(rolled.model_copy(update={"shed": ends}), checked=False)
    mine = [r for r in with_ends.reasons if "tapered" in r.fact and r.cause == "inflammatory"]
    assert mine
    assert mine[0].direction == "for"
    assert with_ends.p_cause["inflammatory"] > plain.p_cause["inflammatory"] - 1e-9


def test_pulled_early_and_missing_later_are_told_apart() -> None:
    settings = PersonSettings(
        causes=("mechanical",), sizes=(4.0,), pre_days=35, sessions=12, methods=("wash", "comb60")
    )
    why = told(Diary.model_validate(simulate_person(settings, 6)[0]), checked=False)
    assert why.needling_excess is not None
    added, missing = why.needling_excess.added, why.needling_excess.missing_later
    assert added is not None
    assert missing is not None
    assert added.mean > 0 > missing.mean
    assert added.lo90 >= 0
    assert missing.hi90 <= 0
    assert why.needling_excess.mean == pytest.approx(added.mean + missing.mean)


@pytest.mark.parametrize("scenario", ["null", "minoxidil", "mixture"])
def test_recalibrated_answers_are_probabilities(scenario: str) -> None:
    diary = Diary.model_validate(simulate_person(draw_person(scenario, 8), 8)[0])
    why = told(diary, checked=False)
    assert sum(why.p_cause.values()) == pytest.approx(1)
    assert why.p_real_loss is not None
    assert 0 < why.p_real_loss < 1


def test_recalibration_keeps_order_where_it_learnt_nothing() -> None:
    nothing = Recalibration(
        np.eye(5)[0], np.zeros((9, 5)), np.zeros((9, 9)), np.array([np.zeros(5), np.eye(5)[0]]), np.ones(2)
    )
    where = np.ones(5)
    p = dict(zip(CAUSES, np.arange(1, 10) / 45, strict=True))
    assert nothing.causes(p, where) == pytest.approx(p)
    assert nothing.loss(0.37, where) == pytest.approx(0.37)


def test_signs_that_nobody_noted_are_not_read_as_absent() -> None:
    raw = simulate_person(draw_person("scalp_condition", 3), 3)[0]
    asked, silent = (told(Diary.model_validate(d), checked=False) for d in (raw, raw | {"symptoms": []}))
    assert asked.cause_state == "one"
    assert silent.cause_state == "cannot_tell"
    assert silent.named_causes == ()
    assert any("signs" in limit.text for limit in silent.limits)
    assert "signs" in silent.next_observation.text


def test_where_no_session_is_written_down_no_cause_is_named() -> None:
    raw = simulate_person(draw_person("scalp_condition", 3), 3)[0]
    silent = told(
        Diary.model_validate({k: v for k, v in raw.items() if k != "first_session"} | {"sessions": []}), checked=False
    )
    assert silent.cause_state == "cannot_tell"
    assert silent.named_causes == ()
    assert any("rolling cannot be weighed" in limit.text for limit in silent.limits)
    assert not silent.rolling_weighed
    assert "session" in silent.next_observation.text


def test_a_diary_unlike_those_learnt_on_keeps_its_causes() -> None:
    p = dict(zip(CAUSES, np.arange(1, 10) / 45, strict=True))
    assert recalibration_for(is_like_learnt=False).causes(p, np.ones(5)) == pytest.approx(p)
    assert recalibration_for(is_like_learnt=True).causes(p, np.ones(5)) != pytest.approx(p)


def test_more_certain_raw_answers_stay_more_certain() -> None:
    by = load_recalibration()
    diary = Diary.model_validate(simulate_person(draw_person("null", 2), 2)[0])
    where = circumstances(build_timeline(diary, FACTS, InferSettings()))
    losses = [by.loss(p, where) for p in (0.05, 0.3, 0.6, 0.95)]
    assert losses == sorted(losses)
    for cause in CAUSES:
        told_of_it = [
            by.causes({c: p if c == cause else (1 - p) / 8 for c in CAUSES}, where)[cause]
            for p in (0.05, 0.3, 0.6, 0.95)
        ]
        assert told_of_it == sorted(told_of_it), cause


def test_a_wave_that_has_ended_is_told_from_one_that_goes_on() -> None:
    def now(weeks: int):
        settings = PersonSettings(
            causes=("te_needling",), sizes=(4.0,), pre_days=35, sessions=3, weeks=weeks, methods=("wash", "comb60")
        )
        return told(Diary.model_validate(simulate_person(settings, 9)[0]), checked=False)

    during, after = now(10), now(26)
    assert during.rise_now_pct is not None
    assert after.rise_now_pct is not None
    assert during.rise_now_pct.lo90 > 0  # in truth about half more
    assert after.rise_now_pct.lo90 < 0 < after.rise_now_pct.hi90
    assert after.rise_now_pct.mean < during.rise_now_pct.mean
    assert after.loss_state == "real"  # it was real, though it is over


def test_a_rolled_spot_without_a_session_is_told() -> None:
    raw = simulate_person(draw_person("inflammatory", 4), 4)[0]
    silent = {k: v for k, v in raw.items() if k != "first_session"} | {"sessions": []}
    spots = [{"id": "a", "zone": "mid", "role": "rolled"}]
    for told_spots, words in ((spots, "named as rolled"), ([], "rolled and unrolled skin cannot be told apart")):
        (check,) = [
            c for c in told(Diary.model_validate(silent | {"spots": told_spots})).checks if c.name == "negative_control"
        ]
        assert words in check.sentence.text


def test_what_stands_twice_is_used_once_and_said() -> None:
    raw = simulate_person(draw_person("inflammatory", 4), 4)[0]
    once = told(Diary.model_validate(raw), checked=False)
    twice = told(Diary.model_validate(raw | {k: raw[k] * 2 for k in ("counts", "density")}), checked=False)
    assert (twice.p_cause, twice.p_real_loss, twice.needling_excess) == (
        once.p_cause,
        once.p_real_loss,
        once.needling_excess,
    )
    assert [any("twice" in limit.text for limit in why.limits) for why in (once, twice)] == [False, True]


def test_who_never_counted_is_not_told_to_go_on_counting() -> None:
    raw = simulate_person(draw_person("inflammatory", 4), 4)[0]
    assert raw["density"]
    why = told(Diary.model_validate(raw | {"counts": []}), checked=False)
    assert why.next_observation.text.startswith("Count the hairs")
    assert any("No shed hairs were counted" in limit.text for limit in why.limits)


@pytest.mark.parametrize(
    ("answers", "is_weighed", "needling"),
    [
        ({}, False, 0.02),
        ({"started": True, "first_session": "2026-02-01"}, True, 1.0),
        ({"started": False}, True, 0.02),  # who never rolled misses nothing
    ],
)
def test_whether_rolling_was_weighed_is_said(answers, is_weighed, needling):
    counts = [{"date": f"2026-03-{d:02d}", "method": "wash", "count": 60 + 3 * d} for d in range(1, 31, 3)]
    asked = {"schema": "hairwise/answers/1", "today": "2026-04-01", **answers}
    diary = {"schema": "needling-diary/1", "id": "x", "cutoff": "2026-04-01", "counts": counts, "answers": asked}
    why = told(Diary.model_validate(diary), checked=False)
    assert why.rolling_weighed == is_weighed
    assert any("No session is written down" in limit.text for limit in why.limits) != is_weighed
    p = sum(why.p_cause[c] for c in ("mechanical", "inflammatory", "te_needling"))
    assert p <= needling
    assert (p > 0.02) == (needling == 1.0)
