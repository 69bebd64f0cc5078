"""What is due next, from the log itself: a count, a wash, photos, a new look.

Knows: how often each is done, and when nothing should be counted. Must not know: probabilities, pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.diary import Diary
    from hairwise.records.verdicts import PlanResult

__all__ = ["Due", "due_next"]

COUNT_EVERY_DAYS = 7  # as in the plan
PHOTO_AFTER_DAYS = (28, 84)  # as in the plan, from the first photo on
EARLY_DAYS = 3  # a photo this much before its day counts as that day's
_HOW = {
    "wash": "Count the shed hairs of one wash.",
    "comb60": "Comb for 60 seconds and count the hairs.",
    "shower": "Count the hairs in the drain after one shower.",
}


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
    out = [_count(diary, today), _wash(diary, today), _photos(diary, today)] if calm else []
    out += _review(diary, plan, today)
    return tuple(sorted(out, key=lambda d: (d.day is None, d.day or today)))


def _count(diary: Diary, today: date) -> Due:
    if not diary.counts:
        return Due("count", _HOW["wash"], today)
    last = max(diary.counts, key=lambda c: c.date)
    return Due("count", _HOW[last.method], max(last.date + timedelta(days=COUNT_EVERY_DAYS), today))


def _wash(diary: Diary, today: date) -> Due:
    days = sorted(set(diary.washes))
    if len(days) < 3:
        return Due("wash", "Write down each day you wash your hair; loose hairs leave then.", None)
    gap = round(median((b - a).days for a, b in zip(days, days[1:], strict=False)))
    return Due("wash", "Write down the day of your next wash.", max(days[-1] + timedelta(days=gap), today))


def _photos(diary: Diary, today: date) -> Due:
    days = sorted({p.date for p in diary.photos})
    if not days:
        text = "If you have a close-up lens or microscope: photograph one rolled and one unrolled spot."
        return Due("photo", text, None)
    roles = {spot.role for spot in diary.spots}
    text = "Photograph the same spots again."
    if "control" not in roles:
        text = "Photograph the same spot again, and one that was not rolled: set against each other they tell most."
    for after in PHOTO_AFTER_DAYS:
        day = days[0] + timedelta(days=after)
        if not any(d >= day - timedelta(days=EARLY_DAYS) for d in days):
            return Due("photo", text, max(day, today))
    return Due("photo", text, max(days[-1] + timedelta(days=PHOTO_AFTER_DAYS[-1]), today))


def _review(diary: Diary, plan: PlanResult, today: date) -> list[Due]:
    """Return the day of the next check: counted from the last one, and never moved on by opening a page."""
    told = diary.answers.today if diary.answers is not None else None
    if told is None:
        return []
    return [Due("review", "Do the check again.", max(told + (plan.review_date - diary.cutoff), today))]
