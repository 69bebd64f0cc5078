"""The check, the screening and the plan as plain text for a terminal.

Knows: order, headings, what is short and what is whole. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.evidence_words import guide_lines, trial_lines
from hairwise.report.labels import MAY_NEEDLE, plural, urgency_words
from hairwise.report.lines import joined, part, reasons, sentence_rows, wrap
from hairwise.report.today_words import tie_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hairwise.records.verdicts import Check, Plan, Screen

__all__ = ["check_text", "plan_text", "screen_text"]

_NAMED = 5  # open questions named before they are counted
_MORE_CHECK = "More with --full: each cause with its reasons, how you rolled, what to measure, what usually follows."
_MORE_PLAN = "More with --full: dose, skin and device, session guide, what to measure, what usually follows, cases."


def check_text(check: Check, labels: Mapping[str, str], *, full: bool = True) -> str:
    """Return the check's answer: what to do first, then the questions people ask; ``full`` adds the rest."""
    lines = [*_opening(check), *part("Do now", check.do_now), *part("Why", reasons(check))]
    for question in check.questions:
        lines += part(question.question, question.answer)
    if full:
        lines += _causes(check)
        lines += part("How you rolled", check.technique)
    lines += part("Do not", check.do_not)
    if full:
        lines += part("Measure", check.measure)
        lines += part("What usually follows", check.course)
        lines += part("Published cases", check.cases)
    lines += ["", f"Check again on {check.review_date}.", *_open(check.unanswered, labels)]
    if not full and check.questions[1:]:
        lines += wrap(_MORE_CHECK, "")
    return joined(lines, check.intended_use)


def _causes(check: Check) -> list[str]:
    lines = ["", "Causes, of 10 invented histories like yours"] if check.causes else []
    if check.causes and (tie := tie_sentence(check.p_cause)):
        lines += wrap(tie, "  ")
    for cause in check.causes:
        lines += wrap(f"{cause.of_ten}: {cause.name}", "  ")
        for sentence in cause.sentences:
            lines += sentence_rows(sentence, "    ")
    return lines


def screen_text(screen: Screen, labels: Mapping[str, str]) -> str:
    """Return the screening's answer."""
    lines = [_may(screen), *_opening(screen), *part("Do now", screen.do_now), *part("Why", reasons(screen))]
    lines += part("Limits", screen.limits)
    if screen.not_before is not None:
        lines += ["", f"A session from {screen.not_before} on at the soonest, after a new screening on the day."]
    return joined([*lines, *_open(screen.unanswered, labels)], screen.intended_use)


def plan_text(plan: Plan, labels: Mapping[str, str], *, full: bool = True) -> str:
    """Return the plan; without ``full`` what to do, why, when, how it was rolled, and what to tell a doctor."""
    lines = [*_opening(plan), _may(plan), *part("Do now", plan.do_now), *part("Why", reasons(plan))]
    lines += ["", "Dates"] + [f"  {day.date}  {day.text}" for day in plan.calendar]
    lines += part("Do not", plan.do_not)
    if plan.urgency != "emergency":
        lines += part("How you rolled", plan.technique)
        lines += _rest(plan) if full else []
    lines += part("Tell the doctor", plan.ask_doctor)
    lines += _open(plan.unanswered, labels)
    if not full and plan.urgency != "emergency":
        lines += wrap(_MORE_PLAN, "")
    return joined(lines, plan.intended_use)


def _rest(plan: Plan) -> list[str]:
    return [
        *part("Dose", plan.dose_words),
        *(["", *trial_lines(plan.trials)] if plan.trials else []),
        *part("Skin after a session", plan.aftercare),
        *part("Device", plan.hygiene),
        *(guide_lines(plan.guide) if plan.guide is not None else []),
        *part("Measure", plan.measure),
        *part("What usually follows", plan.course),
        *part("Published cases", plan.cases),
    ]


def _may(answer: Screen | Plan) -> str:
    return "May I roll?  " + MAY_NEEDLE[answer.may_needle or "no"]


def _opening(answer: Check | Screen | Plan) -> list[str]:
    locked = answer.lock is None or answer.lock.on
    return [f"Urgency: {urgency_words(answer.urgency or 'within_days', len(answer.unanswered), locked=locked)}"]


def _open(names: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """Return the questions that are open, the first by name."""
    if not names:
        return []
    told = "; ".join(labels.get(name, name) for name in names[:_NAMED])
    rest = f"; and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return wrap(f"Not answered yet ({plural(len(names), 'question')} that matter for safety): {told}{rest}.", "")
