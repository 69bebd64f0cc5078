"""What a diary's entries say beyond the answers: growing pain, loss that photos show, treatments, old answers.

Knows: dated entries and how they stand to each other. Must not know: probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hairwise.care.case import known_treatment, stale_since
from hairwise.care.rules import HEALED_DAYS, SORE_DAYS
from hairwise.records.base import ZONE_LABELS
from hairwise.records.verdicts import RuleHit

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.diary import Diary

__all__ = ["DiarySigns", "LossBy", "diary_signs"]

LossBy = Literal["person", "log", "maybe"]

_LONG_REDNESS_DAYS = 14
_SHOWN_CHANGE = 0.05  # share of hairs; below it a change of a spot is within what photos miss
_SHOWN_DENSITY = 0.15  # fall of a density without its interval


@dataclass(frozen=True)
class DiarySigns:
    """Red flags and questions to a doctor that dated entries raise, and the day of answers that are too old.

    ``loss_has_ended`` and ``loss_by`` change words alone: a loss that is over, or that the log alone tells of, still
    has no name, and locks. ``log`` is one that records show, ``maybe`` one they make more likely than not.
    """

    red_flags: tuple[RuleHit, ...] = ()
    ask: tuple[RuleHit, ...] = ()
    stale_since: date | None = None
    loss_has_ended: bool = False
    loss_by: LossBy = "person"


def diary_signs(diary: Diary) -> DiarySigns:
    """Return what the entries say on the diary's last day; entries add to the answers and never calm."""
    red = [*_pain(diary), *_redness(diary), *_loss_in_good_growth(diary)]
    unknown = sorted({t.kind for t in diary.treatments if not known_treatment(t.kind)})
    why = f"a treatment we do not know: {', '.join(unknown)}"
    ask = (RuleHit(id="treatment_not_known", why=why, source="instruction"),) if unknown else ()
    return DiarySigns(red_flags=tuple(red), ask=ask, stale_since=stale_since(diary))


def _session_before(diary: Diary, day: date) -> date | None:
    return max((s.date for s in diary.sessions if s.date <= day), default=None)


def _pain(diary: Diary) -> list[RuleHit]:
    """Find pain of the last two weeks that grew from entry to entry, or outlasted the session before it."""
    scores = sorted((s.date, s.pain) for s in diary.symptoms if s.pain is not None)
    recent = [(day, pain) for day, pain in scores if 0 <= (diary.cutoff - day).days <= HEALED_DAYS]
    for number, (day, pain) in enumerate(recent):
        session = _session_before(diary, day)
        since = (day - session).days if session is not None else None
        if pain >= 1 and since is not None and SORE_DAYS < since <= HEALED_DAYS:
            return [_infection(f"pain {since} days after a session, on {day}")]
        earlier = [p for d, p in recent[:number] if session is None or d >= session]
        if earlier and pain >= 2 and pain > min(earlier):
            return [_infection(f"pain that grew, on {day}")]
    return []


def _infection(why: str) -> RuleHit:
    return RuleHit(id="spreading_infection", why=why, source="spreading_infection")


def _redness(diary: Diary) -> list[RuleHit]:
    days = max((s.redness_days or 0 for s in diary.symptoms), default=0)
    if days < _LONG_REDNESS_DAYS:
        return []
    return [RuleHit(id="lasting_redness", why=f"redness for {days:g} days", source="instruction")]


def _loss_in_good_growth(diary: Diary) -> list[RuleHit]:
    """Find loss that photos or densities show where hair grew well, whatever was noticed."""
    good = {zone.name for zone in diary.zones if zone.growth == "good"}
    zone_of = {spot.id: spot.zone for spot in diary.spots}
    lost = {
        zone_of[c.spot]
        for c in diary.changes
        if c.change is not None and c.change.hi < 0 and c.n_t0 and -c.change.value / c.n_t0 >= _SHOWN_CHANGE
        and c.spot in zone_of
    }  # fmt: skip
    for zone in good:
        values = sorted((d for d in diary.density if d.zone == zone), key=lambda d: d.date)
        if len(values) > 1:
            first, last = values[0], values[-1]
            apart = first.lo is not None and last.hi is not None and last.hi < first.lo
            if apart or (first.lo is None and last.hairs_per_cm2 < (1 - _SHOWN_DENSITY) * first.hairs_per_cm2):
                lost.add(zone)
    names = ", ".join(ZONE_LABELS[zone] for zone in sorted(lost & good))
    by_photos = not diary.density or any(d.photo for d in diary.density) or bool(diary.changes)
    why = f"{'photos' if by_photos else 'measured densities'} show fewer hairs where hair grew well: {names}"
    flag = "loss_where_hair_grew_well"
    return [RuleHit(id=flag, why=why, source=flag)] if names else []
