"""Entries, contradictions and wordings that once slipped through; each was found by trying to break the rules."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from red_flag_cases import TODAY, bare, reassuring

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.records.answers import FINDINGS
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.records.verdicts import URGENCIES

DAY = date.fromisoformat(TODAY)


def d(n: int) -> str:
    return (DAY - timedelta(days=n)).isoformat()


def check(answers: dict[str, Any]) -> workflow.Check:
    return workflow.check(parse_record(workflow.Answers, json.dumps(answers).encode(), "a.json"), DAY)


def diary(answers: dict[str, Any] | None = None, **fields: Any) -> Diary:
    document = {
        "schema": "needling-diary/1",
        "id": "x",
        "cutoff": TODAY,
        "answers": answers or reassuring(),
        "zones": [{"name": "vertex", "area_cm2": 50, "needled": True, "growth": "thin"}],
        **fields,
    }
    return parse_record(Diary, json.dumps(document).encode(), "d.json")


def plan(record: Diary) -> workflow.Plan:
    return workflow.plan(record, workflow.explain(record).result)[1]


def session(n: int, **fields: Any) -> dict[str, Any]:
    return {"date": d(n), "zone": "vertex", "device": "roller", "needle_mm": 0.5, "passes": 4, **fields}


def at_least(answer: workflow.Check | workflow.Plan, urgency: str) -> bool:
    assert answer.urgency is not None
    return URGENCIES.index(answer.urgency) <= URGENCIES.index(urgency)


def locked(answer: workflow.Check | workflow.Screen | workflow.Plan) -> bool:
    assert answer.lock is not None
    return answer.lock.on


# pain


@pytest.mark.parametrize(
    "sign", ["burning", "lost_follicle_openings", "shiny_scarring", "smooth_patches", "moth_eaten"]
)
@pytest.mark.parametrize("days", [5, 10, 20, 90])
def test_another_sign_never_takes_the_urgency_of_pain_away(sign: str, days: int) -> None:
    with_pain = reassuring(findings={"pain": "yes"}, last_session=d(days), first_session=d(max(days, 42)))
    both = reassuring(findings={"pain": "yes", sign: "yes"}, last_session=d(days), first_session=d(max(days, 42)))
    assert at_least(check(both), check(with_pain).urgency or "")


def test_pain_while_redness_lasts_is_same_day_however_fresh_the_session() -> None:
    answers = reassuring(findings={"pain": "yes", "redness_over_3_days": "yes"}, last_session=d(2))
    assert at_least(check(answers), "same_day")


@pytest.mark.parametrize(
    ("sessions", "pain"),
    [
        ([40, 3], [(3, 1), (1, 2), (0, 3)]),
        ([11, 1], [(6, 2), (3, 3), (0, 3)]),  # rolled again in the meantime
        ([20], [(12, 1)]),
    ],
)
def test_pain_that_grows_or_outlasts_its_session_in_a_diary_is_same_day(
    sessions: list[int], pain: list[tuple[int, int]]
) -> None:
    record = diary(sessions=[session(n) for n in sessions], symptoms=[{"date": d(n), "pain": p} for n, p in pain])
    assert at_least(plan(record), "same_day")


def test_soreness_that_fades_is_not_growing() -> None:
    symptoms = [{"date": d(n), "pain": p} for n, p in ((2, 2), (1, 1), (0, 0))]
    assert plan(diary(sessions=[session(2)], symptoms=symptoms)).urgency == "self_care"


# age, arteritis, children


@pytest.mark.parametrize("tender", ["tender_nodules", "boggy_mass", "burning"])
def test_every_word_for_a_tender_scalp_counts_beside_a_headache(tender: str) -> None:
    answers = reassuring(age=70, findings={"headache_jaw_or_vision": "yes", "pain": "no", tender: "yes"})
    assert at_least(check(answers), "emergency")


def test_a_headache_that_is_not_ruled_out_beside_a_tender_scalp_is_same_day() -> None:
    assert at_least(
        check(reassuring(age=72, findings={"headache_jaw_or_vision": "unknown", "pain": "yes"})), "same_day"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"findings": {"flakes": "yes"}, "loss": {"noticed": "yes", "zones": ["occiput"]}},
        {"conditions": {"fungal_infection": "yes"}},
    ],
)
def test_a_child_with_a_scaly_place_is_seen_within_days(change: dict[str, Any]) -> None:
    assert at_least(check(reassuring(age=9, **change)), "within_days")


def test_lasting_redness_with_a_weak_defence_is_seen_within_days() -> None:
    answers = reassuring(findings={"redness_over_3_days": "yes"}, conditions={"immune_suppression": "yes"})
    assert at_least(check(answers), "within_days")


def test_an_old_or_idle_event_explains_no_severe_loss() -> None:
    for event in ({"kind": "new_shampoo", "date": "2026-05-01"}, {"kind": "illness", "date": "2010-01-01"}):
        answers = reassuring(loss={"noticed": "yes", "severity": "severe", "pattern": "diffuse"}, events=[event])
        assert at_least(check(answers), "within_weeks")


def test_the_earlier_of_two_beginnings_counts() -> None:
    answers = reassuring(loss={"noticed": "yes", "onset": d(20), "pattern": "diffuse"})
    assert at_least(plan(diary(answers, concern=d(200))), "within_weeks")


# treatments


@pytest.mark.parametrize(
    ("kind", "findings", "urgency"),
    [
        ("insulin glargine", {"pustules": "yes"}, "same_day"),
        ("Infliximab infusion", {"pustules": "yes"}, "same_day"),
        ("docetaxel", {"fever": "yes"}, "emergency"),
    ],
)
def test_a_treatment_says_what_was_not_answered(kind: str, findings: dict[str, Any], urgency: str) -> None:
    record = diary(reassuring(findings=findings), treatments=[{"kind": kind, "start": d(100)}])
    assert at_least(plan(record), urgency)


@pytest.mark.parametrize(
    ("kind", "locks"),
    [("Eliquis", True), ("Claravis", True), ("XQ-17", True), ("minoxidil", False), ("immune support vitamins", False)],
)
def test_treatments_that_matter_or_are_not_known_lock(kind: str, locks: bool) -> None:
    assert locked(plan(diary(treatments=[{"kind": kind, "start": d(100)}]))) is locks


# old answers, later days, zones


@pytest.mark.parametrize("today", ["2024-10-01", d(30), None])
def test_old_answers_no_longer_deny_a_sign(today: str | None) -> None:
    record = diary(reassuring(today=today))
    for answer in (plan(record), workflow.screen(record, DAY)):
        assert locked(answer)
        assert answer.lock is not None
        assert any("answer the questions again" in why for why in answer.lock.why)


def test_a_session_after_the_answers_asks_them_again() -> None:
    assert not locked(plan(diary(sessions=[session(20)])))
    assert locked(plan(diary(reassuring(today=d(3)), sessions=[session(1)])))


def test_an_old_no_takes_no_doubt_back() -> None:
    doubt = reassuring(findings={"fever": "unknown", "pus": "unknown"})
    old = [{"date": d(300), "kind": kind, "present": "no"} for kind in ("fever", "pus")]
    assert locked(plan(diary(doubt, findings=old)))
    fresh = [{"date": TODAY, "kind": kind, "present": "no"} for kind in ("fever", "pus")]
    assert not locked(plan(diary(doubt, findings=fresh)))


def test_answers_of_another_day_are_dated_when_they_screen() -> None:
    old = parse_record(workflow.Answers, json.dumps(reassuring()).encode(), "a.json")
    screened = workflow.screen(old, date(2026, 11, 24))
    assert any("These answers are of 2026-06-01" in s.text for s in screened.do_now)


def test_the_later_last_session_counts() -> None:
    record = diary(reassuring(last_session=d(2), first_session=d(60)), sessions=[session(60), session(40)])
    told = plan(record)
    assert told.guide is not None
    assert told.guide.not_before == DAY + timedelta(days=18)  # the shorter gap, 20 days, after the session two days ago


@pytest.mark.parametrize(
    "zones",
    [
        [{"zone": "vertex", "growth": "good"}],
        [{"zone": "vertex", "growth": "thin", "rolled": False}],
        [{"zone": "vertex", "rolled": True}],
    ],
)
def test_zones_that_leave_it_open_lock(zones: list[dict[str, Any]]) -> None:
    assert locked(check(reassuring(zones=zones)))


def test_the_shortest_gap_counts() -> None:
    record = diary(reassuring(interval_days=None), sessions=[session(60), session(57), session(3)])
    assert plan(record).may_needle == "with_limits"
    assert any(s.text.startswith("Interval: you wrote about 3 days") for s in plan(record).technique)


def test_no_place_of_loss_is_put_in_anyone_s_mouth() -> None:
    zones = [{"zone": "mid", "growth": "good", "rolled": True}, {"zone": "front", "growth": "thin", "rolled": True}]
    named = check(reassuring(zones=zones, loss={"noticed": "yes", "pattern": "rolled_zones", "zones": ["front"]}))
    assert "loss_where_hair_grew_well" not in [rule.id for rule in named.rules]
    open_place = check(reassuring(zones=zones, loss={"noticed": "yes"}))
    hit = next(rule for rule in open_place.rules if rule.id == "loss_where_hair_grew_well")
    assert "the place is not given" in hit.why


# what is said


def test_an_emergency_is_told_its_steps_and_nothing_else() -> None:
    answers = reassuring(findings={"chest_pain": "yes"}, loss={"noticed": "yes"}, products_within_24h=["minoxidil"])
    told = plan(diary(answers, treatments=[{"kind": "minoxidil", "start": d(40)}]))
    text = workflow.plan_text(told)
    assert "Get emergency help now" in text
    for words in ("used it again", "Count", "Photograph", "grow", "Dose"):
        assert words not in text
    answer = check(answers)
    assert [q.question for q in answer.questions] == ["What do I tell a doctor?"]
    assert answer.causes == answer.measure == answer.cases == ()


def test_under_the_lock_no_session_s_numbers_are_told() -> None:
    answers = reassuring(findings={"pus": "yes"}, loss={"noticed": "yes"}, needle_mm=2.0, pressure="hard")
    told = plan(diary(answers, sessions=[session(5, needle_mm=2.0, pressure=3)]))
    for text in (workflow.plan_text(told), workflow.check_text(check(answers))):
        assert "0.6 mm" not in text
        assert "Trials: needles" not in text
        assert "What trials did" not in text
    assert told.trials == ()


def test_infection_is_not_explained_away() -> None:
    answers = reassuring(findings={"fever": "yes", "pus": "yes"}, loss={"noticed": "yes", "onset": d(5)})
    text = workflow.check_text(check(answers))
    assert "immune or healing response" not in text
    assert "a doctor must look at first" in text


def test_distress_is_not_given_tables_of_causes() -> None:
    answer = check(reassuring(findings={"severe_distress": "yes"}, loss={"noticed": "yes"}))
    assert answer.do_now[0].text.startswith("You do not have to carry this alone.")
    assert answer.causes == answer.cases == answer.measure == ()


def test_little_told_is_not_called_well() -> None:
    text = workflow.check_text(check(bare(needle_mm=1.0)))
    assert "Nothing in your log stands out" not in text
    assert "Too little is written down" in text
    assert "You did not say whether more hair falls" in text


def test_not_sure_is_not_turned_into_a_finding() -> None:
    answer = check(bare(findings=dict.fromkeys(FINDINGS, "unknown")))
    assert any(rule.why == "not sure whether a needle stayed in the skin" for rule in answer.rules)


def test_open_questions_are_named() -> None:
    text = workflow.screen_text(
        workflow.screen(
            parse_record(workflow.Answers, json.dumps(reassuring(hygiene={"shared_device": None})).encode(), "a"), DAY
        )
    )
    assert "used by another person too" in text


def test_a_starter_is_asked_about_plans_not_losses() -> None:
    zones = [{"zone": "front", "growth": "thin", "rolled": False}]
    starter = reassuring(started=False, first_session=None, last_session=None, sessions=None, zones=zones)
    told = plan(diary(starter, zones=[]))
    assert not locked(told)
    assert told.guide is not None
    assert [step.zone for step in told.guide.steps] == ["front"]
    assert "extra loss began" not in workflow.plan_text(told)
    assert "Should I stop?" not in workflow.check_text(check(starter))


def test_a_guide_needs_a_device_a_needle_for_home_and_a_zone() -> None:
    told = plan(diary(reassuring(device=None, needle_mm=2.0)))
    assert told.guide is None
    assert told.guide_needs == ("your device", "a needle of at most 1.5 mm")


def test_a_medicine_in_a_list_leaves_the_whole_of_it_to_who_prescribed_it() -> None:
    looked = workflow.products(["Minoxidil 5%, Alcohol, Propylene Glycol"])
    text = " ".join(s.text for s in looked.sentences)
    assert "Ask who prescribed or sold it" in text
    assert "7 days" not in text


# files that cannot be


@pytest.mark.parametrize(
    "fields",
    [
        {"changes": [{"spot": "a", "from": d(90), "to": d(1), "n_t0": 10, "lost": 90, "new": 0}]},
        {"changes": [{"spot": "a", "from": d(1), "to": d(90), "n_t0": 100, "lost": 9, "new": 0}]},
        {"changes": [{"spot": "zz", "from": d(90), "to": d(1), "n_t0": 100, "lost": 9, "new": 0}]},
        {"changes": [{"spot": "a", "from": d(90), "to": "2026-07-01", "n_t0": 100, "lost": 9, "new": 0}]},
        {"changes": [{"spot": "a", "from": d(90), "to": d(1), "n_t0": 100, "lost": 9, "new": 0,
                      "change": {"value": -70, "lo": 5, "hi": -70}}]},
        {"treatments": [{"kind": "minoxidil", "start": d(10), "stop": d(20)}]},
        {"density": [{"date": d(5), "zone": "vertex", "hairs_per_cm2": 100, "lo": 200, "hi": 50}]},
        {"answers": reassuring(last_session="2026-07-01")},
    ],
)  # fmt: skip
def test_entries_that_cannot_be_are_refused(fields: dict[str, Any]) -> None:
    document = {
        "schema": "needling-diary/1", "id": "x", "cutoff": TODAY,
        "spots": [{"id": "a", "zone": "vertex", "role": "rolled"}], **fields,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        workflow.tell_without_photos(json.dumps(document).encode(), "d.json")
    assert refused.value.code == "bad_field"


@pytest.mark.parametrize(
    ("entries", "urgent"),
    [
        ([(90, 1), (60, 0), (30, 0)], False),  # mild, long gone, said twice
        ([(90, 1), (60, 0)], True),  # said once
        ([(90, 1)], True),  # never said to be gone
        ([(90, 2), (60, 0), (30, 0)], True),  # was not mild
        ([(25, 1), (10, 0), (3, 0)], True),  # not long ago
        ([(90, 1), (60, 0), (20, 1), (10, 0), (3, 0)], True),  # came back
    ],
)
def test_only_mild_soreness_long_gone_is_let_go(entries: list[tuple[int, int]], urgent: bool) -> None:
    record = diary(sessions=[session(120)], symptoms=[{"date": d(n), "pain": score} for n, score in entries])
    assert any("pain" in rule.why for rule in plan(record).rules) == urgent
