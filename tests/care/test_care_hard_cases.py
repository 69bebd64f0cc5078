"""Contradictions, blanks and combinations that once slipped through; none may lower urgency or open the lock."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from red_flag_cases import TODAY, bare, reassuring

from hairwise import workflow
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.records.verdicts import URGENCIES

DAY = date.fromisoformat(TODAY)


def check(answers: dict[str, Any]) -> workflow.Check:
    return workflow.check(parse_record(workflow.Answers, json.dumps(answers).encode(), "a.json"), DAY)


def diary(answers: dict[str, Any] | None = None, **fields: Any) -> Diary:
    document = {"schema": "needling-diary/1", "id": "x", "cutoff": TODAY, "answers": answers or reassuring(), **fields}
    return parse_record(Diary, json.dumps(document).encode(), "d.json")


def plan(record: Diary) -> workflow.Plan:
    return workflow.plan(record, workflow.explain(record).result)[1]


def locked(answer: workflow.Check | workflow.Screen | workflow.Plan) -> bool:
    assert answer.lock is not None
    return answer.lock.on


def said(answer: workflow.Check | workflow.Plan) -> str:
    text = workflow.check_text(answer) if isinstance(answer, workflow.Check) else workflow.plan_text(answer)
    return " ".join(text.split())


def at_least(answer: workflow.Check | workflow.Plan, urgency: str) -> bool:
    assert answer.urgency is not None
    return URGENCIES.index(answer.urgency) <= URGENCIES.index(urgency)


ROLLED_SPOT_LOST = {
    "sessions": [{"date": "2026-04-20", "zone": "vertex", "device": "roller", "needle_mm": 0.5, "passes": 4}],
    "zones": [{"name": "vertex", "area_cm2": 70, "needled": True, "growth": "thin"}],
    "spots": [
        {"id": "a", "zone": "vertex", "role": "rolled"},
        {"id": "b", "zone": "occiput", "role": "control"},
    ],
    "changes": [
        {"spot": "a", "from": "2026-04-18", "to": "2026-05-30", "n_t0": 100, "lost": 60, "new": 0,
         "change": {"value": -60, "lo": -66, "hi": -54}},
        {"spot": "b", "from": "2026-04-18", "to": "2026-05-30", "n_t0": 100, "lost": 2, "new": 1,
         "change": {"value": -1, "lo": -5, "hi": 3}},
    ],
}  # fmt: skip


def test_a_loss_that_photos_show_locks_screen_and_plan() -> None:
    record = diary(**ROLLED_SPOT_LOST)
    assert workflow.explain(record).result.loss_state == "real"
    assert locked(workflow.screen(record, DAY))
    assert locked(plan(record))


def test_a_loss_that_counts_show_locks_screen_and_plan() -> None:
    days = [DAY - timedelta(days=4 * n) for n in range(30, -1, -1)]
    counts = [{"date": d.isoformat(), "method": "wash", "count": 30 if d < date(2026, 4, 20) else 150} for d in days]
    record = diary(
        counts=counts,
        washes=[d.isoformat() for d in days],
        first_session="2026-04-18",
        sessions=[{"date": "2026-04-18", "zone": "vertex", "device": "roller", "needle_mm": 1.5, "passes": 15}],
        zones=[{"name": "vertex", "area_cm2": 70, "needled": True, "growth": "thin"}],
    )
    assert workflow.explain(record).result.loss_state == "real"
    assert locked(workflow.screen(record, DAY))
    assert locked(plan(record))


@pytest.mark.parametrize(
    "loss",
    [
        {"noticed": "no", "severity": "severe"},
        {"noticed": "no", "onset": "2026-05-01"},
        {"noticed": "no", "zones": ["vertex"]},
        {"noticed": "no", "pattern": "diffuse"},
        {"noticed": None, "zones": ["vertex"]},
        {"noticed": "unknown", "severity": "mild"},
    ],
)
def test_details_of_a_loss_lock_whatever_stands_beside_them(loss: dict[str, Any]) -> None:
    assert locked(check(reassuring(loss=loss)))


def test_loss_in_good_growth_needs_no_yes() -> None:
    zones = [{"zone": "mid", "growth": "good", "rolled": False}]
    answer = check(reassuring(zones=zones, loss={"noticed": None, "zones": ["mid"]}))
    assert at_least(answer, "within_weeks")


@pytest.mark.parametrize(
    ("answers", "urgency"),
    [
        (reassuring(findings={"pustules": "yes", "thick_scale": "yes"}), "same_day"),
        (reassuring(findings={"pustules": "yes", "broken_hairs": "yes"}), "same_day"),
        (reassuring(age=12, findings={"flakes": "yes", "smooth_patches": "yes"}), "within_days"),
        (reassuring(conditions={"active_herpes": "yes", "immune_suppression": "yes"}), "same_day"),
        (reassuring(conditions={"fungal_infection": "yes", "diabetes": "yes"}), "same_day"),
        (reassuring(findings={"grouped_blisters": "yes", "headache_jaw_or_vision": "yes"}), "emergency"),
        (reassuring(age=67, findings={"headache_jaw_or_vision": "yes", "burning": "yes"}), "emergency"),
        (bare(loss={"severity": "severe"}), "within_weeks"),
    ],
)
def test_combinations_are_not_under_triaged(answers: dict[str, Any], urgency: str) -> None:
    assert at_least(check(answers), urgency)


def test_soreness_long_after_a_session_locks() -> None:
    symptoms = [{"date": (DAY - timedelta(days=n)).isoformat(), "pain": 1} for n in range(5)]
    assert locked(plan(diary(symptoms=symptoms)))


def test_soreness_right_after_a_session_alone_does_not() -> None:
    session = {"date": TODAY, "zone": "vertex", "device": "roller", "needle_mm": 0.5, "passes": 4, "pressure": 1}
    assert not locked(plan(diary(sessions=[session], symptoms=[{"date": TODAY, "pain": 1}])))


def test_severe_pain_in_a_session_locks() -> None:
    session = {"date": "2026-05-18", "zone": "vertex", "device": "roller", "pain": 9}
    assert locked(plan(diary(sessions=[session])))


@pytest.mark.parametrize("kind", ["isotretinoin 20 mg", "Warfarin", "methotrexate", "chemotherapy"])
def test_treatments_that_speak_against_needling_lock(kind: str) -> None:
    assert locked(plan(diary(treatments=[{"kind": kind, "start": "2026-01-01"}])))


def test_a_yes_is_not_taken_back_by_a_later_no() -> None:
    findings = [
        {"date": "2026-05-01", "kind": "pus", "present": "yes"},
        {"date": "2026-05-20", "kind": "pus", "present": "no"},
    ]
    assert at_least(plan(diary(findings=findings)), "same_day")


def test_blank_answers_are_no_all_clear() -> None:
    text = said(check(bare()))
    assert "No answer that needs a doctor" not in text
    assert "Not known yet" in text


def test_the_lock_names_whom_to_ask() -> None:
    for condition in ("psoriasis", "anticoagulant", "keloid"):
        assert "ask a doctor or dermatologist about" in said(check(reassuring(conditions={condition: "yes"})))
    assert "Ask a doctor or dermatologist why more hair falls" in said(check(reassuring(loss={"noticed": "yes"})))


def test_rough_use_gets_limits_and_a_dirty_device_is_not_passed() -> None:
    rough = check(reassuring(needle_mm=2.5, pressure="hard", speed="fast", interval_days=3, passes=40))
    assert rough.may_needle == "with_limits"
    assert "Needles over 1.5 mm are for clinics" in said(rough)
    dirty = check(reassuring(hygiene={"disinfected": "no", "tap_water_only": "yes"}))
    assert dirty.may_needle == "with_limits"
    assert "until it is washed and disinfected" in said(dirty)
    assert locked(check(reassuring(device="pen", hygiene={"reused_cartridge": "yes"})))


def test_bare_patches_are_not_called_no_loss() -> None:
    text = said(check(reassuring(loss=None, findings={"smooth_patches": "yes"})))
    assert "no loss to explain" not in text
    assert "bare patches" in text


def test_redness_is_not_called_passing_while_infection_may_be_there() -> None:
    assert "fade within 7 days" in said(check(reassuring(loss={"noticed": "yes"})))
    for sign in ("spreading_redness", "pus", "pustules", "hives"):
        assert "fade within 7 days" not in said(check(reassuring(loss={"noticed": "yes"}, findings={sign: "yes"})))


def test_nothing_about_better_rolling_under_the_lock() -> None:
    session = {
        "date": "2026-05-18",
        "zone": "vertex",
        "device": "roller",
        "needle_mm": 1.5,
        "passes": 20,
        "pressure": 3,
    }
    text = said(plan(diary(reassuring(findings={"pus": "yes"}, interval_days=7), sessions=[session])))
    assert "Fewer sessions" not in text
    assert "0.6 mm" not in text
    assert "Light pressure" not in text


def test_medicines_are_not_called_products_to_keep_off() -> None:
    text = said(check(reassuring(products_within_24h=["minoxidil 5% foam"])))
    assert "Keep cosmetics" not in text
    assert "Ask who prescribed or sold it" in text
    heart = said(check(reassuring(products_within_24h=["minoxidil"], findings={"palpitations": "yes"})))
    assert "Do not change a medicine" not in heart
    assert "Tell the emergency team" in heart


def test_distress_is_not_told_to_count_more() -> None:
    record = diary(reassuring(findings={"severe_distress": "yes"}, loss={"noticed": "yes"}))
    text = said(plan(record))
    assert "call emergency services or a crisis line" in text
    assert "every wash for four weeks" not in text


def test_plain_pain_is_not_called_a_scar() -> None:
    assert "Scarring, if that" not in said(check(reassuring(findings={"pain": "yes"})))
    assert "Scarring, if that" in said(check(reassuring(findings={"shiny_scarring": "yes"})))
