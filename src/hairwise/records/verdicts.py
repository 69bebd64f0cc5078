"""Answers given to the person: why, check, screen, plan; also their files.

Knows: the shape of an answer, every sentence with its source. Must not know: how it was reached.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from hairwise.records.base import Probability, Record, Refusal, Sentence
from hairwise.records.dose import TrialDose, ZoneDose
from hairwise.records.guide import SessionGuide

__all__ = [
    "CAUSES",
    "URGENCIES",
    "Cause",
    "CauseState",
    "Check",
    "Excess",
    "FileHead",
    "Lock",
    "LossState",
    "MayNeedle",
    "Plan",
    "QuestionAnswered",
    "Reason",
    "RuleHit",
    "Screen",
    "SecondPrior",
    "Urgency",
    "Why",
    "WhyResult",
]

Cause = Literal[
    "mechanical",
    "inflammatory",
    "te_needling",
    "te_stressor",
    "minoxidil",
    "aga",
    "season",
    "scalp_condition",
    "none",
]
CAUSES: tuple[Cause, ...] = (
    "mechanical",
    "inflammatory",
    "te_needling",
    "te_stressor",
    "minoxidil",
    "aga",
    "season",
    "scalp_condition",
    "none",
)
Urgency = Literal["emergency", "same_day", "within_days", "within_weeks", "self_care"]
URGENCIES: tuple[Urgency, ...] = ("emergency", "same_day", "within_days", "within_weeks", "self_care")
LossState = Literal["real", "not_shown", "cannot_tell"]
CauseState = Literal["one", "two", "cannot_tell"]
MayNeedle = Literal["no", "ask_first", "with_limits", "yes"]


class FileHead(Record):
    """What every file written carries."""

    schema_: str = Field(alias="schema")
    hairwise_version: str
    method_version: str
    settings: dict[str, object]
    seconds: float
    photos_sha256: tuple[str, ...] = ()
    intended_use: str
    refused: Refusal | None = None


class Reason(Record):
    """A fact and which way it pushed a cause.

    ``weight`` is the natural logarithm of the likelihood ratio; ``direction`` its sign in words.
    """

    fact: str
    cause: Cause
    direction: Literal["for", "against"]
    weight: float
    source: str


class Span90(Record):
    """Counted hairs, or a rise of shedding in per cent, with a 90 % interval."""

    mean: float
    lo90: float
    hi90: float


class Excess(Span90):
    """Hairs counted since the first session beyond those of the same life without needling; 90 % interval.

    It is the sum of ``added`` (pulled early, broken or shed) and of ``missing_later``, 0 or less: hairs that were due
    later and had already been pulled. The two are shown apart: what is missing later was not saved.
    """

    added: Span90 | None = None
    missing_later: Span90 | None = None


class Scrutiny(Record):
    """A check a sceptic would run on an explanation."""

    name: Literal[
        "placebo_in_time", "negative_control", "leave_one_photo_out", "prior_sensitivity", "posterior_predictive"
    ]
    state: Literal["passed", "failed", "informative"]
    sentence: Sentence


class SecondPrior(Record):
    """The same answer under another prior."""

    prior: str
    p_cause: dict[Cause, Probability]
    top: Cause


class WhyResult(Record):
    """Which explanations fit.

    ``rise_now_pct``: counts of the last 21 days over those before the first session. ``rolling_weighed``: False where
    no session is written down, so that ``p_cause`` is of the other causes alone and not to be told to a person.
    """

    p_real_loss: Probability | None
    loss_state: LossState
    cause_state: CauseState
    named_causes: tuple[Cause, ...]
    p_cause: dict[Cause, Probability]
    prior: dict[Cause, Probability]
    needling_excess: Excess | None
    reasons: tuple[Reason, ...]
    limits: tuple[Sentence, ...]
    second_prior: SecondPrior | None
    next_observation: Sentence
    checks: tuple[Scrutiny, ...] = ()
    rise_now_pct: Span90 | None = None
    rolling_weighed: bool = True


class Why(FileHead):
    """File ``STEM.why.json``, ``hairwise/why/1``."""

    p_real_loss: Probability | None = None
    loss_state: LossState | None = None
    cause_state: CauseState | None = None
    named_causes: tuple[Cause, ...] = ()
    p_cause: dict[Cause, Probability] = {}
    prior: dict[Cause, Probability] = {}
    needling_excess: Excess | None = None
    reasons: tuple[Reason, ...] = ()
    limits: tuple[Sentence, ...] = ()
    second_prior: SecondPrior | None = None
    next_observation: Sentence | None = None
    checks: tuple[Scrutiny, ...] = ()
    rise_now_pct: Span90 | None = None
    rolling_weighed: bool = True


class RuleHit(Record):
    """A fixed rule that fired."""

    id: str
    why: str
    source: str


class Lock(Record):
    """The safety lock: while on, no session may be proposed."""

    on: bool
    why: tuple[str, ...]


class QuestionAnswered(Record):
    """One of the questions people ask first, with its answer."""

    question: str
    answer: tuple[Sentence, ...]


class CauseWords(Record):
    """A cause in words: how many of ten, and what speaks for and against."""

    cause: Cause
    name: str
    of_ten: str
    sentences: tuple[Sentence, ...]


class CheckResult(Record):
    """The answer of the two-minute check."""

    urgency: Urgency
    rules: tuple[RuleHit, ...]
    lock: Lock
    may_needle: MayNeedle
    p_cause: dict[Cause, Probability]
    loss_state: LossState
    cause_state: CauseState
    named_causes: tuple[Cause, ...]
    unanswered: tuple[str, ...]
    do_now: tuple[Sentence, ...]
    do_not: tuple[Sentence, ...]
    measure: tuple[Sentence, ...]
    ask_doctor: tuple[Sentence, ...]
    course: tuple[Sentence, ...]
    review_date: date
    questions: tuple[QuestionAnswered, ...]
    causes: tuple[CauseWords, ...]
    technique: tuple[Sentence, ...]
    cases: tuple[Sentence, ...]


class Check(FileHead):
    """File ``STEM.check.json``, ``hairwise/check/1``."""

    urgency: Urgency | None = None
    rules: tuple[RuleHit, ...] = ()
    lock: Lock | None = None
    may_needle: MayNeedle | None = None
    p_cause: dict[Cause, Probability] = {}
    loss_state: LossState | None = None
    cause_state: CauseState | None = None
    named_causes: tuple[Cause, ...] = ()
    unanswered: tuple[str, ...] = ()
    do_now: tuple[Sentence, ...] = ()
    do_not: tuple[Sentence, ...] = ()
    measure: tuple[Sentence, ...] = ()
    ask_doctor: tuple[Sentence, ...] = ()
    course: tuple[Sentence, ...] = ()
    review_date: date | None = None
    questions: tuple[QuestionAnswered, ...] = ()
    causes: tuple[CauseWords, ...] = ()
    technique: tuple[Sentence, ...] = ()
    cases: tuple[Sentence, ...] = ()


class ScreenResult(Record):
    """May I needle at all. ``not_before`` is given only while the lock is off and a last session is known."""

    may_needle: MayNeedle
    urgency: Urgency
    lock: Lock
    rules: tuple[RuleHit, ...]
    unanswered: tuple[str, ...]
    do_now: tuple[Sentence, ...]
    limits: tuple[Sentence, ...]
    not_before: date | None


class Screen(FileHead):
    """File ``STEM.screen.json``, ``hairwise/screen/1``."""

    may_needle: MayNeedle | None = None
    urgency: Urgency | None = None
    lock: Lock | None = None
    rules: tuple[RuleHit, ...] = ()
    unanswered: tuple[str, ...] = ()
    do_now: tuple[Sentence, ...] = ()
    limits: tuple[Sentence, ...] = ()
    not_before: date | None = None


class PlannedDay(Record):
    """A day in the calendar. ``kind`` session appears only while the lock is off."""

    date: date
    kind: Literal["count", "photo", "review", "session", "see_someone"]
    text: str
    source: str


class PlanResult(Record):
    """What to do next. ``guide`` is None while the lock is on; ``guide_needs`` is what must be named before one."""

    urgency: Urgency
    lock: Lock
    may_needle: MayNeedle
    rules: tuple[RuleHit, ...]
    unanswered: tuple[str, ...]
    stop_rolling: bool
    do_now: tuple[Sentence, ...]
    do_not: tuple[Sentence, ...]
    technique: tuple[Sentence, ...]
    dose: tuple[ZoneDose, ...]
    dose_words: tuple[Sentence, ...]
    trials: tuple[TrialDose, ...]
    aftercare: tuple[Sentence, ...]
    hygiene: tuple[Sentence, ...]
    guide: SessionGuide | None
    guide_needs: tuple[str, ...]
    measure: tuple[Sentence, ...]
    ask_doctor: tuple[Sentence, ...]
    course: tuple[Sentence, ...]
    cases: tuple[Sentence, ...]
    calendar: tuple[PlannedDay, ...]
    review_date: date


class Plan(FileHead):
    """File ``STEM.plan.json``, ``hairwise/plan/1``."""

    urgency: Urgency | None = None
    lock: Lock | None = None
    may_needle: MayNeedle | None = None
    rules: tuple[RuleHit, ...] = ()
    unanswered: tuple[str, ...] = ()
    stop_rolling: bool | None = None
    do_now: tuple[Sentence, ...] = ()
    do_not: tuple[Sentence, ...] = ()
    technique: tuple[Sentence, ...] = ()
    dose: tuple[ZoneDose, ...] = ()
    dose_words: tuple[Sentence, ...] = ()
    trials: tuple[TrialDose, ...] = ()
    aftercare: tuple[Sentence, ...] = ()
    hygiene: tuple[Sentence, ...] = ()
    guide: SessionGuide | None = None
    guide_needs: tuple[str, ...] = ()
    measure: tuple[Sentence, ...] = ()
    ask_doctor: tuple[Sentence, ...] = ()
    course: tuple[Sentence, ...] = ()
    cases: tuple[Sentence, ...] = ()
    calendar: tuple[PlannedDay, ...] = ()
    review_date: date | None = None
