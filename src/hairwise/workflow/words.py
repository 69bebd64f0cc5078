"""Answers as text, with the questions' own words for what is still open.

Knows: which stage holds which words. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.questions import QUESTIONS
from hairwise.report import care_words

if TYPE_CHECKING:
    from hairwise.records.verdicts import Check, Plan, Screen

__all__ = ["check_text", "plan_text", "question_labels", "screen_text"]


def question_labels() -> dict[str, str]:
    """Return the words of each field by its name; a lone field has the words of its question."""
    out: dict[str, str] = {}
    for question in QUESTIONS:
        for field in question.fields:
            out[field.name] = field.label if field.kind == "tri" or len(question.fields) > 1 else question.text
        out.setdefault(question.id, question.text)
    return out


def check_text(check: Check, *, full: bool = True) -> str:
    """Return the check's answer as text; see `hairwise.report.care_words.check_text`."""
    return care_words.check_text(check, question_labels(), full=full)


def screen_text(screen: Screen) -> str:
    """Return the screening's answer as text."""
    return care_words.screen_text(screen, question_labels())


def plan_text(plan: Plan, *, full: bool = True) -> str:
    """Return the plan as text; see `hairwise.report.care_words.plan_text`."""
    return care_words.plan_text(plan, question_labels(), full=full)
