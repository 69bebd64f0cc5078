"""What is said: the lock holds over every answer, every sentence has a source, words are plain."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import textstat
from hypothesis import given, settings
from hypothesis import strategies as st
from red_flag_cases import TODAY, bare, cases, reassuring

from hairwise import workflow
from hairwise.evidence.load import load_evidence
from hairwise.records.answers import FINDINGS, Answers
from hairwise.records.base import Record, Sentence
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record

# How a source that nobody checked may be spoken of: marked, or as the entry that says a thing was not found.
NOT_STATED = re.compile(
    r"Not verified|.*\(common practice\)\.$|Speaks |No .*(found|we know of)|How much .* has not been measured"
)
DAY = date.fromisoformat(TODAY)
FACTS = load_evidence().facts
CASES = cases()
SESSION_WORDS = re.compile(
    r"next session|session on|roll again|resume rolling|start rolling(?! for now)", re.IGNORECASE
)
MEDICINE_WORDS = re.compile(
    r"\b(start|stop|take|begin|increase|reduce|switch to|use)\s+(minoxidil|finasteride|isotretinoin|antibiotic)",
    re.IGNORECASE,
)


def sentences(record: Any) -> list[Sentence]:
    """Every sentence anywhere in a record."""
    if isinstance(record, Sentence):
        return [record]
    if isinstance(record, Record):
        return [s for value in dict(record).values() for s in sentences(value)]
    if isinstance(record, tuple | list):
        return [s for value in record for s in sentences(value)]
    return []


def answered(answers: dict[str, Any]) -> Answers:
    return parse_record(Answers, json.dumps(answers).encode(), "answers.json")


def diary_with(answers: dict[str, Any], **fields: Any) -> Diary:
    document = {"schema": "needling-diary/1", "id": "x", "cutoff": TODAY, "answers": answers, **fields}
    return parse_record(Diary, json.dumps(document).encode(), "diary.json")


def held(plan: workflow.Plan) -> bool:
    """No output proposes, schedules or encourages a session."""
    text = workflow.plan_text(plan)
    return (
        all(day.kind != "session" for day in plan.calendar)
        and plan.stop_rolling is True
        and any("rolling for now" in s.text for s in plan.do_now)
        and not SESSION_WORDS.search(text)
    )


@settings(max_examples=60, deadline=None)
@given(
    signs=st.lists(st.sampled_from(FINDINGS), max_size=3, unique=True),
    state=st.sampled_from(["yes", "unknown", None]),
    full=st.booleans(),
    loss=st.sampled_from([{"noticed": "no"}, {"noticed": "yes"}, None]),
    age=st.sampled_from([None, 16, 30]),
    counted=st.booleans(),
)
def test_the_lock_holds_over_every_command(
    signs: list[str], state: str | None, full: bool, loss: dict[str, Any] | None, age: int | None, counted: bool
) -> None:
    answers = (reassuring if full else bare)(findings=dict.fromkeys(signs, state), loss=loss, age=age)
    days = [(DAY - timedelta(days=n)).isoformat() for n in range(40, 0, -4)]
    fields = {"counts": [{"date": d, "method": "wash", "count": 60 + n} for n, d in enumerate(days)]} if counted else {}
    diary = diary_with(answers, **fields)
    check = workflow.check(answered(answers), DAY)
    screen = workflow.screen(diary, DAY)
    _, plan = workflow.plan(diary, workflow.explain(diary).result)
    for lock in (check.lock, screen.lock, plan.lock):
        assert lock is not None
    if check.lock is not None and check.lock.on:
        assert plan.lock is not None
        assert plan.lock.on
        assert screen.limits == ()
        assert held(plan)
        assert not SESSION_WORDS.search(workflow.check_text(check))
        assert not SESSION_WORDS.search(workflow.screen_text(screen))
        assert any("rolling for now" in s.text for s in check.do_now)


def test_a_session_may_be_dated_only_without_the_lock() -> None:
    diary = diary_with(reassuring())
    _, plan = workflow.plan(diary, workflow.explain(diary).result)
    assert plan.lock is not None
    assert not plan.lock.on
    assert [day for day in plan.calendar if day.kind == "session"]
    real = workflow.explain(diary).result.model_copy(update={"loss_state": "real"})
    _, locked = workflow.plan(diary, real)
    assert held(locked)


@pytest.mark.parametrize("answers", [a for _, a, _ in CASES[::4]] + [reassuring(), bare(), reassuring(started=False)])
def test_every_sentence_names_its_source_and_no_medicine_is_advised(answers: dict[str, Any]) -> None:
    check = workflow.check(answered(answers), DAY)
    found = sentences(check)
    assert found
    for sentence in found:
        known = sentence.source in FACTS or sentence.source == "instruction" or sentence.source.startswith("measured:")
        assert known, sentence
        assert not MEDICINE_WORDS.search(sentence.text), sentence
        if sentence.source in FACTS and FACTS[sentence.source].verified == "unverified":
            assert NOT_STATED.match(sentence.text), sentence


def test_words_stay_at_grade_nine_or_under() -> None:
    """Flesch-Kincaid over the whole answer, sentence by sentence joined; the brief's limit is US grade 9."""
    for answers in (reassuring(), reassuring(loss={"noticed": "yes"}), bare()):
        text = " ".join(s.text for s in sentences(workflow.check(answered(answers), DAY)))
        assert textstat.flesch_kincaid_grade(text) <= 9


def test_who_has_not_started_is_told_first_whether_they_may() -> None:
    check = workflow.check(answered(reassuring(started=False)), DAY)
    assert check.questions[0].question.startswith("May I")
    asked = {q.question for q in check.questions}
    assert len(asked) == 6  # nobody who has not started is asked whether to stop


def test_classic_answers_are_reachable() -> None:
    """Each thing people are told is reached by answers that point to it."""
    wanted = {
        "technique": (reassuring(loss={"noticed": "yes"}, speed="fast", passes=30), "Technique:"),
        "pressure or depth": (
            reassuring(loss={"noticed": "yes"}, pressure="hard", needle_mm=2.0),
            "Pressure or depth:",
        ),
        "fungal": (_ill("fungal_infection"), "Fungal infection"),
        "dandruff": (_ill("seborrhoeic_dermatitis"), "Dandruff"),
        "psoriasis": (_ill("psoriasis"), "psoriasis can flare"),
        "alopecia areata": (_ill("alopecia_areata"), "Alopecia areata"),
        "pattern": (_ill("pattern_hair_loss"), "attern hair loss"),
        "immune or healing": (
            reassuring(loss={"noticed": "yes", "pattern": "rolled_zones"}, products_within_24h=["vitamin C serum"]),
            "immune or healing response",
        ),
        "looks like loss": (
            reassuring(
                loss={"noticed": "yes", "onset": "2026-05-25"},
                first_session="2026-03-01",
                last_session="2026-05-18",
            ),
            "it can look like loss",
        ),
    }
    for name, (answers, words) in wanted.items():
        assert words in workflow.check_text(workflow.check(answered(answers), DAY)).replace("\n      ", " "), name


def test_zones_of_one_day_are_one_session() -> None:
    done = {"device": "roller", "needle_mm": 1.0, "passes": 8, "pressure": 3, "speed": "fast", "disinfected": False}
    days = [(DAY - timedelta(days=7 * n)).isoformat() for n in range(1, 7)]
    sessions = [{"date": day, "zone": zone, **done} for day in days for zone in ("front", "mid")]
    sessions[0] |= {"pressure": 1}  # one zone of the last day was spared
    sessions.append({"date": days[0], "zone": "vertex", "pressure": 1})
    diary = diary_with(reassuring(), sessions=sessions)
    _, plan = workflow.plan(diary, workflow.explain(diary).result)
    text = " ".join(s.text for s in plan.technique)
    for words in ("hard in 6 of 6", "fast in 6 of 6", "not disinfected in 6 of 6"):
        assert words in text


def _ill(condition: str) -> dict[str, Any]:
    return reassuring(loss={"noticed": "yes", "pattern": "diffuse"}, conditions={condition: "yes"})
