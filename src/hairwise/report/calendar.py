"""The plan's days as an iCalendar file.

Knows: iCalendar. Must not know: which days were chosen or why.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import icalendar

from hairwise.errors import printable

if TYPE_CHECKING:
    from hairwise.records.verdicts import PlanResult

__all__ = ["render_ics"]

_TITLES = {
    "count": "Count shed hairs",
    "photo": "Photograph the two spots",
    "review": "Check again",
    "session": "Not before today: session, after screening",
    "see_someone": "Be seen by a doctor by today",
}


def render_ics(plan: PlanResult, diary_id: str, intended_use: str) -> bytes:
    """Return an iCalendar file (RFC 5545) with one whole-day entry a planned day.

    The diary's id enters only as a hash: it may be a name, and it may hold any character.
    """
    owner = hashlib.sha256(diary_id.encode()).hexdigest()[:32]
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//hairwise//plan//EN")
    calendar.add("version", "2.0")
    for number, day in enumerate(plan.calendar):
        event = icalendar.Event()
        event.add("uid", f"{owner}-{day.date.isoformat()}-{day.kind}-{number}@hairwise")
        event.add("dtstamp", datetime.combine(day.date, time(), tzinfo=UTC))
        event.add("dtstart", day.date)
        event.add("dtend", day.date + timedelta(days=1))
        event.add("summary", _TITLES[day.kind])
        event.add("description", printable(f"{day.text} {intended_use}"))
        calendar.add_component(event)
    return bytes(calendar.to_ical())
