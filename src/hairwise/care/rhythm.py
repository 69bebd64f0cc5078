"""When to count and photograph, from what was counted and photographed before.

Knows: how often each is done. Must not know: probabilities, whether anything should be counted at all.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hairwise.records.diary import Diary

__all__ = ["COUNT_EVERY_DAYS", "PHOTO_AFTER_DAYS", "how_to_count", "next_count", "next_photos"]

COUNT_EVERY_DAYS = 7
PHOTO_AFTER_DAYS = (28, 84)  # from the first photo on
EARLY_DAYS = 3  # a photo this much before its day counts as that day's
_HOW = {
    "wash": "Count the shed hairs of one wash.",
    "comb60": "Comb for 60 seconds and count the hairs.",
    "shower": "Count the hairs in the drain after one shower.",
}


def how_to_count(diary: Diary) -> str:
    """Return how to count, as was done last: counts by one method can be held against each other."""
    return _HOW[max(diary.counts, key=lambda c: c.date).method if diary.counts else "wash"]


def next_count(diary: Diary, today: date) -> date:
    """Return the day of the next count: today where none was made or one is due."""
    if not diary.counts:
        return today
    return max(max(c.date for c in diary.counts) + timedelta(days=COUNT_EVERY_DAYS), today)


def next_photos(diary: Diary, today: date) -> tuple[date, ...]:
    """Return the days on which the spots are photographed again; none where there is no photo to compare with."""
    days = sorted({p.date for p in diary.photos})
    if not days:
        return ()
    wanted = [days[0] + timedelta(days=after) for after in PHOTO_AFTER_DAYS]
    left = [day for day in wanted if days[-1] < day - timedelta(days=EARLY_DAYS)]
    if not left:
        left = [days[-1] + timedelta(days=PHOTO_AFTER_DAYS[-1])]
    # what was due before is due today; a day within four weeks of it would show the same
    late = [day for day in left if day <= today]
    return (*(today for _ in late[-1:]), *(day for day in left if day > today))
