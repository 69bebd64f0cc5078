"""Where a person stands today, and why: the log explained, planned, and put in a few words.

Knows: the order of stages for a kept log. Must not know: algorithms, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.care.advice import OPEN_QUESTIONS
from hairwise.care.due import Due, due_next
from hairwise.report.today_words import STATE_NAMES, answer_sentence
from hairwise.workflow.experiment import quick_proposals
from hairwise.workflow.keep import diary_kept
from hairwise.workflow.telling import Told, tell_kept

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.base import Sentence
    from hairwise.records.diary import Count, Spot, SpotChange
    from hairwise.records.experiment import Proposal
    from hairwise.store.repository import Store

__all__ = ["Standing", "experiments_now", "stand"]

SHOWN = 5  # counts


@dataclass(frozen=True)
class Standing:
    """The answer of a log on one day; ``told`` holds it in full."""

    day: date
    state: str
    sentence: str
    told: Told
    steps: tuple[Sentence, ...]  # of the plan; that questions are open is said apart, with a link
    due: tuple[Due, ...]
    last_counts: tuple[Count, ...]
    n_counts: int
    n_weeks: int
    last_session: date | None
    changes: tuple[tuple[Spot, SpotChange], ...]  # of photos, with their intervals


def stand(store: Store, today: date) -> Standing:
    """Explain and plan from what is kept; the photos' days count, their pixels do not."""
    diary = diary_kept(store, today)
    told = tell_kept(diary)
    spots = {s.id: s for s in diary.spots}
    whole = [c for c in diary.counts if not c.zone and not c.side]
    sessions = [s.date for s in diary.sessions if s.date <= today]
    days = [c.date for c in diary.counts] + [s.date for s in diary.symptoms] + list(diary.washes) + sessions
    return Standing(
        day=today,
        state=STATE_NAMES[told.why_result.loss_state],
        sentence=answer_sentence(told.why_result, len(diary.counts)),
        told=told,
        steps=tuple(s for s in told.plan.do_now if s.text != OPEN_QUESTIONS),
        due=due_next(diary, told.plan_result, today),
        last_counts=tuple(sorted(whole, key=lambda c: c.date, reverse=True)[:SHOWN]),
        n_counts=len(diary.counts),
        n_weeks=(today - min(days, default=today)).days // 7,
        last_session=max(sessions, default=None),
        changes=tuple((spots[c.spot], c) for c in diary.changes if c.change is not None and c.spot in spots),
    )


def experiments_now(standing: Standing) -> tuple[Proposal, ...]:
    """Return which experiments could tell more, the safest first, without simulating what each would bring."""
    return quick_proposals(standing.told.diary, standing.told.why_result, standing.day)
