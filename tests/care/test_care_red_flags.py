"""Red flags decide urgency, and nothing lowers them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from red_flag_cases import TODAY, cases, reassuring

from hairwise.care.rules import OWN_RULES, RED_FLAG_RULES, fired, urgency_of
from hairwise.care.screen import screen_answers
from hairwise.evidence.load import load_evidence
from hairwise.records.answers import CONDITIONS, FINDINGS, Answers
from hairwise.records.parse import parse_record
from hairwise.records.verdicts import URGENCIES

EVIDENCE = load_evidence()
DAY = date.fromisoformat(TODAY)
CASES = cases()


def read(answers: dict[str, Any]) -> Answers:
    return parse_record(Answers, json.dumps(answers).encode(), "answers.json")


def rank(answers: dict[str, Any]) -> int:
    return URGENCIES.index(urgency_of(fired(read(answers), DAY, EVIDENCE), EVIDENCE))


def test_every_flag_of_the_evidence_has_a_rule_and_a_case() -> None:
    assert set(RED_FLAG_RULES) == set(EVIDENCE.red_flags)
    seen = {hit.id for _, answers, _ in CASES for hit in fired(read(answers), DAY, EVIDENCE)}
    assert set(EVIDENCE.red_flags) <= seen
    assert len(CASES) >= 60


@pytest.mark.parametrize(("answers", "least"), [pytest.param(a, u, id=n) for n, a, u in CASES])
def test_no_case_is_under_triaged_and_all_lock(answers: dict[str, Any], least: str) -> None:
    assert rank(answers) <= URGENCIES.index(least)
    screening = screen_answers(read(answers), DAY, EVIDENCE)
    assert screening.lock.on
    assert screening.may_needle == "no"


def test_a_well_adult_is_not_locked() -> None:
    screening = screen_answers(read(reassuring()), DAY, EVIDENCE)
    assert screening.lock.why == ()
    assert screening.may_needle == "yes"
    assert rank(reassuring()) == URGENCIES.index("self_care")


@pytest.mark.parametrize("condition", sorted(set(CONDITIONS) - {"pattern_hair_loss"}))
def test_every_condition_but_pattern_loss_locks(condition: str) -> None:
    assert screen_answers(read(reassuring(conditions={condition: "yes"})), DAY, EVIDENCE).lock.on


@pytest.mark.parametrize("finding", sorted(set(FINDINGS) - {"itch"}))
@pytest.mark.parametrize("answer", ["yes", "unknown", None])
def test_every_sign_but_itch_locks_unless_answered_no(finding: str, answer: str | None) -> None:
    assert screen_answers(read(reassuring(findings={finding: answer})), DAY, EVIDENCE).lock.on


@pytest.mark.parametrize(
    "change",
    [
        {"age": 17},
        {"age": None},
        {"loss": {"noticed": "yes"}},
        {"loss": None},
        {"zones": None},
        {"zones": [{"zone": "mid", "growth": "good", "rolled": True}]},
        {"sex": "f", "pregnant": "yes"},
        {"sex": "f", "pregnant": None},
        {"hygiene": None},
    ],
)
def test_what_locks_beside_signs(change: dict[str, Any]) -> None:
    assert screen_answers(read(reassuring(**change)), DAY, EVIDENCE).lock.on


# Facts that only describe, and so may never lower what a sign decides.
_MILD = st.fixed_dictionaries(
    {},
    optional={
        "sex": st.sampled_from(["f", "m", "x", None]),
        "pregnant": st.sampled_from(["yes", "no", "unknown", None]),
        "device": st.sampled_from(["roller", "pen", "stamp", "unknown", None]),
        "needle_mm": st.sampled_from([0.25, 0.5, 1.5, 2.5, None]),
        "passes": st.sampled_from([0, 4, 30, None]),
        "pressure": st.sampled_from(["light", "hard", None]),
        "interval_days": st.sampled_from([1.0, 28.0, None]),
        "sessions": st.sampled_from([0, 1, 50, None]),
        "started": st.sampled_from([True, False, None]),
        "zones": st.sampled_from([None, [], [{"zone": "vertex", "growth": "bald", "rolled": True}]]),
        "loss": st.sampled_from([None, {"noticed": "no"}, {"noticed": "unknown"}]),
        "hygiene": st.sampled_from([None, {"shared_device": "no"}]),
        "products_within_24h": st.sampled_from([None, [], ["serum"]]),
    },
)


@settings(max_examples=300, deadline=None)
@given(
    signs=st.lists(st.sampled_from(FINDINGS), min_size=1, max_size=3, unique=True),
    dropped=st.lists(st.sampled_from(FINDINGS), max_size=20),
    mild=_MILD,
)
def test_nothing_lowers_a_red_flag(signs: list[str], dropped: list[str], mild: dict[str, Any]) -> None:
    answers = reassuring(findings=dict.fromkeys(signs, "yes"))
    before = rank(answers)
    locked = screen_answers(read(answers), DAY, EVIDENCE).lock.on
    answers = {**answers, **mild}
    answers["findings"] = {k: v for k, v in answers["findings"].items() if k in signs or k not in dropped}
    assert rank(answers) <= before
    assert screen_answers(read(answers), DAY, EVIDENCE).lock.on >= locked


def test_own_rules_are_no_copies_of_the_evidence() -> None:
    assert not set(OWN_RULES) & set(EVIDENCE.red_flags)
