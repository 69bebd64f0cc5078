"""What is due next, from the log itself: a count, a wash, photos, a new look.

Knows: what is due, and when nothing should be counted. Must not know: probabilities, pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal

from hairwise.care.rhythm import how_to_count, next_count, next_photos

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.diary import Diary
    from hairwise.records.verdicts import PlanResult

__all__ = ["Due", "due_next"]


@dataclass(frozen=True)
class Due:
    """One thing to do; without a day it can be done whenever it suits. No session is ever among them."""

    kind: Literal["count", "wash", "photo", "review"]
    text: str
    day: date | None


def due_next(diary: Diary, plan: PlanResult, today: date) -> tuple[Due, ...]:
    """
    Return what is due next, by day; what was due before is due today, without a word of blame.

    Parameters
    ----------
    diary : Diary
        With its photos.
    plan : PlanResult
        Made from it; where it plans no counts, a doctor comes first and nothing is counted here either.
    today : date
    """
    counts_now = any(day.kind == "count" for day in plan.calendar)
    calm = counts_now and not any(hit.id == "severe_distress" for hit in plan.rules)
    count = Due("count", how_to_count(diary), next_count(diary, today))
    out = [count, _wash(diary, today), _photos(diary, today)] if calm else []
    out += _review(diary, plan, today)
    return tuple(sorted(out, key=lambda d: (d.day is None, d.day or today)))


def _wash(diary: Diary, today: date) -> Due:
    days = sorted(set(diary.washes))
    if len(days) < 3:
        return Due("wash", "Write down each day you wash your hair; loose hairs leave then.", None)
    gap = round(median((b - a).days for a, b in zip(days, days[1:], strict=False)))
    return Due("wash", "Write down the day of your next wash.", max(days[-1] + timedelta(days=gap), today))


def _photos(diary: Diary, today: date) -> Due:
    days = next_photos(diary, today)
    if not days:
        text = "If you have a close-up lens or microscope: photograph one rolled and one unrolled spot."
        return Due("photo", text, None)
    roles = {spot.role for spot in diary.spots}
    text = "Photograph the same spots again."
    if "control" not in roles:
        text = "Photograph the same spot again, and one that was not rolled: set against each other they tell most."
    return Due("photo", text, days[0])


def _review(diary: Diary, plan: PlanResult, today: date) -> list[Due]:
    """Return the day of the next check: counted from the last one, and never moved on by opening a page."""
    told = diary.answers.today if diary.answers is not None else None
    if told is None:
        return []
    return [Due("review", "Do the check again.", max(told + (plan.review_date - diary.cutoff), today))]
