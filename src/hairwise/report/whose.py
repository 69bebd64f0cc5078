"""The lines that say whose page this is: the person, the time, how they rolled, what else is known.

Knows: what a diary holds. Must not know: levels of detail, typesetting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.cuts import one_line, some
from hairwise.report.labels import day, plural

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.diary import Diary
    from hairwise.records.verdicts import PlanResult

__all__ = ["OLD_DIARY_DAYS", "treatments_of", "who_lines"]

_MOST_NAMES = 8  # of a kind, in the line on the person
_BEGUN = {"minoxidil_start": "minoxidil", "finasteride_start": "finasteride", "new_medicine": "new medicine"}
_SCORED = ("itch", "flakes", "pustules", "pain", "patch")  # what a day's symptoms score
OLD_DIARY_DAYS = 14  # a diary that ends longer ago is told to be old
_OWN = "mine"  # what the log calls itself
_SEX = {"f": "Woman", "m": "Man", "x": "Person"}


def who_lines(diary: Diary, plan: PlanResult, made_on: date | None = None) -> list[str]:
    """Return who this is, the time told of and how long ago it ended, how they rolled, and what else is known."""
    answers = diary.answers
    person = [_SEX.get((answers and answers.sex) or "", "Person")]
    if answers and answers.age is not None:
        person.append(f"age {answers.age}")
    first = diary.start or min([c.date for c in diary.counts] + [s.date for s in diary.sessions], default=None)
    whose = "Own log, " if diary.id == _OWN else f"Diary {diary.id}, "
    period = whose + (f"{day(first)} to {day(diary.cutoff)}" if first else f"up to {day(diary.cutoff)}")
    old = (made_on - diary.cutoff).days if made_on else 0
    if old > OLD_DIARY_DAYS:
        period += f", {old} days before this page was made: its days to come count from there"
    return [", ".join(person), period, _rolling(diary) + _dose(plan), _known(diary)]


def _known(diary: Diary) -> str:
    """Return onset, signs, conditions and treatments in one line, only what was written down."""
    answers, parts = diary.answers, []
    loss = answers.loss if answers else None
    onset = (loss and loss.onset) or diary.concern
    if onset:
        parts.append(f"More hair falling since {day(onset)}")
    signs = [(str(k), v) for k, v in ((answers and answers.findings) or {}).items()]
    signs += [(str(f.kind), f.present) for f in diary.findings]
    scores = {name: [s for day in diary.symptoms if (s := getattr(day, name)) is not None] for name in _SCORED}
    signs += [(name, "yes" if any(told) else "no") for name, told in scores.items() if told]
    conditions = [(str(k), v) for k, v in ((answers and answers.conditions) or {}).items()]
    for title, told in (("signs", signs), ("conditions", conditions)):
        names = [name.replace("_", " ") for name in sorted({name for name, present in told if present == "yes"})]
        # who reads this must know what was asked and denied from what nobody asked
        denied = len({name for name, present in told if present == "no"})
        nothing = f"none of {denied} asked about" if denied else "not asked"
        parts.append(f"{title}: {', '.join(some(names, _MOST_NAMES, 'Log')) or nothing}")
    parts.append(f"treatments: {', '.join(some(treatments_of(diary), _MOST_NAMES, 'Log')) or 'none noted'}")
    line = "; ".join(parts)
    return line[:1].upper() + line[1:]


def treatments_of(diary: Diary) -> list[str]:
    """Return every treatment that was noted, as such or as an event, each once and with its days."""
    told = {}
    for t in sorted(diary.treatments, key=lambda t: t.start):
        span = f"from {day(t.start)} to {day(t.stop)}" if t.stop else f"since {day(t.start)}"
        told[t.kind.casefold(), t.start] = f"{one_line(t.kind.replace('_', ' '), 40)} {span}"
    answered = (diary.answers and diary.answers.events) or ()
    noted = [(e.kind, e.date) for e in diary.events] + [(e.kind, e.date) for e in answered]
    begun = {(_BEGUN[kind], when) for kind, when in noted if kind in _BEGUN}
    for name, when in sorted(begun, key=lambda e: e[::-1]):
        if not any(name in known and start == when for known, start in told):
            told[name, when] = f"{name} since {day(when)}"
    return list(told.values())


def _rolling(diary: Diary) -> str:
    """Return the device, needle and interval in one line, only what was written down."""
    answers, parts = diary.answers, []
    devices = {s.device for s in diary.sessions if s.device != "unknown"}
    if answers and answers.device and answers.device != "unknown":
        devices = devices or {answers.device}
    parts.append(" and ".join(sorted(devices)).capitalize() or "Device not known")
    needles = sorted({s.needle_mm for s in diary.sessions if s.needle_mm is not None})
    if not needles and answers and answers.needle_mm:
        needles = [answers.needle_mm]
    if needles:
        parts.append(f"{needles[0]:g} mm" if len(needles) == 1 else f"{needles[0]:g} to {needles[-1]:g} mm")
    if answers and answers.interval_days:
        parts.append(f"every {answers.interval_days:g} days")
    if answers and answers.pressure:
        parts.append(f"{answers.pressure} pressure")
    days = {s.date for s in diary.sessions}
    if days:
        parts.append(f"{plural(len(days), 'session day')} from {day(min(days))} to {day(max(days))}")
    return ", ".join(parts)


def _dose(plan: PlanResult) -> str:
    """Return the most holes a session made in any zone, as an upper bound; nothing where it is not known."""
    most = [d.punctures_per_cm2_session.hi for d in plan.dose if d.punctures_per_cm2_session is not None]
    total = [d.punctures_per_cm2_total for d in plan.dose if d.punctures_per_cm2_total is not None]
    if not most or not total:
        return ""
    return f"; at most {max(most):.0f} holes per cm2 a session, {max(total):.0f} in all (from device and passes)"
