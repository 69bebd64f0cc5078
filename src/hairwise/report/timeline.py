"""What a diary's timeline shows: panels of counts, densities and matched changes, sessions, events, the season.

Knows: a diary's dates and numbers, and how to gather many into weeks. Must not know: models, how anything is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from hairwise.records.base import ZONE_LABELS, Zone
from hairwise.report.labels import EVENT_NAMES, METHOD_NAMES, dated, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hairwise.records.diary import Diary, Spot

__all__ = [
    "Counted",
    "Dot",
    "Mark",
    "Panel",
    "Span",
    "Spell",
    "Timeline",
    "Told",
    "gather",
    "place",
    "summary",
    "timeline_of",
    "whole_span",
]

MOST_DOTS = 200  # 200 dots of 4.4 px just touch over a page's width; more are gathered by week
SHORTEST_DAYS = 7


@dataclass(frozen=True)
class Span:
    """From one day to another, both shown."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Days from the first to the last."""
        return (self.last - self.first).days

    def holds(self, when: date) -> bool:
        """Say whether a day is shown."""
        return self.first <= when <= self.last


class Counted(NamedTuple):
    """A count, lighter than its record, since there may be ten thousand; ``where`` is empty for the whole head."""

    day: date
    method: str
    value: float
    where: str


@dataclass(frozen=True)
class Told:
    """What a timeline is gathered from: counts and session days, and a diary for the rest, which is never much."""

    diary: Diary
    counts: Sequence[Counted]
    session_days: Sequence[date]


@dataclass(frozen=True)
class Dot:
    """One number, or the middle one of a week with the lowest and the highest; a density with its interval."""

    day: date
    value: float
    lo: float | None = None
    hi: float | None = None
    where: str = ""  # a zone or side; empty for the whole head
    n: int = 1


@dataclass(frozen=True)
class Panel:
    """Numbers that compare with each other; a change is held ``since`` a day, when there were ``of`` hairs."""

    title: str
    kind: Literal["count", "density", "change"]
    dots: tuple[Dot, ...]
    by_week: bool = False
    since: date | None = None
    of: int = 0


@dataclass(frozen=True)
class Mark:
    """A day with a name; the first session and the day of worry stand out."""

    day: date
    label: str
    kind: Literal["first", "concern", "event"] = "event"
    is_before: bool = False  # of all that is shown, so that it is named at the edge


@dataclass(frozen=True)
class Spell:
    """A treatment's time in use; ``stop`` is None while it goes on."""

    start: date
    stop: date | None
    label: str


@dataclass(frozen=True)
class Timeline:
    """Everything shown between two days; ``season`` is empty where the half of the world is not told."""

    span: Span
    panels: tuple[Panel, ...]
    sessions: tuple[date, ...]
    sessions_by_week: bool
    marks: tuple[Mark, ...]
    spells: tuple[Spell, ...]
    season: tuple[Span, ...]


def whole_span(diary: Diary) -> Span:
    """Return the days from the first number or session to the last day, at least a week."""
    days = [c.date for c in diary.counts] + [s.date for s in diary.sessions] + [d.date for d in diary.density]
    days += [d for c in diary.changes if c.change for d in (c.from_, c.to)]
    days += [diary.cutoff] + [d for d in (diary.start, diary.first_session) if d is not None]
    first, last = min(days), max(days)
    return Span(min(first, last - timedelta(SHORTEST_DAYS)), last)


def timeline_of(
    diary: Diary, span: Span | None = None, season_months: Sequence[int] = (), margin_days: int = 0
) -> Timeline:
    """Gather what a diary shows between two days; see ``gather``."""
    counts = [Counted(c.date, c.method, c.count, place(c.zone, c.side)) for c in diary.counts]
    told = Told(diary, counts, [s.date for s in diary.sessions])
    return gather(told, span or whole_span(diary), season_months, margin_days)


def place(zone: str | None, side: str | None) -> str:
    """Return where a count was taken in words, nothing for the whole head."""
    return ", ".join(filter(None, (zone, f"{side} side" if side else "")))


def gather(told: Told, shown: Span, season_months: Sequence[int] = (), margin_days: int = 0) -> Timeline:
    """
    Gather what is shown between two days.

    Where a kind has more than 200 numbers in the span, they are gathered by week, so that none hides another.
    Nothing is smoothed or filled in: a week without a count is a gap.

    Parameters
    ----------
    told : Told
        Any diary, also an empty one.
    shown : Span
        The days.
    season_months : sequence of int, optional
        Months of more shedding in the northern half of the world; turned by half a year for the southern.
    margin_days : int, optional
        Days before and after the span that are gathered too, so that a chart can be moved.

    Returns
    -------
    timeline : Timeline
    """
    diary = told.diary
    reach = Span(shown.first - timedelta(margin_days), shown.last + timedelta(margin_days))
    sessions = sorted({day for day in told.session_days if reach.holds(day)})
    by_week = sum(shown.holds(d) for d in sessions) > MOST_DOTS
    return Timeline(
        span=shown,
        panels=(
            *_count_panels(told.counts, shown, reach),
            *_change_panels(diary, shown, reach),
            *_density_panels(diary, shown, reach),
        ),
        sessions=tuple(sorted({_mid_week(d) for d in sessions}) if by_week else sessions),
        sessions_by_week=by_week,
        marks=tuple(_marks(diary, shown, reach, whole_span(diary))),
        spells=tuple(_spells(diary, reach)),
        season=tuple(_season(season_months, diary.hemisphere, reach)),
    )


def summary(line: Timeline) -> str:
    """Return what is shown in one sentence, for those who do not see it."""
    span = line.span
    kinds = (("count", "count"), ("change", "matched change"), ("density", "density value"))
    n_of = {
        kind: sum(d.n for p in line.panels if p.kind == kind for d in p.dots if span.holds(d.day)) for kind, _ in kinds
    }
    told = [plural(n_of[kind], word) for kind, word in kinds if n_of[kind] or kind != "change"]
    n = sum(span.holds(d) for d in line.sessions)
    told.append(plural(n, "week") + " with a session" if line.sessions_by_week else plural(n, "session day"))
    return f"{', '.join(told[:-1])} and {told[-1]} from {dated(span.first)} to {dated(span.last)}."


def _count_panels(counts: Iterable[Counted], shown: Span, reach: Span) -> list[Panel]:
    by_method: dict[str, list[Counted]] = {}
    for count in counts:
        if reach.first <= count.day <= reach.last:
            by_method.setdefault(count.method, []).append(count)
    out = []
    for method, title in METHOD_NAMES.items():
        told = sorted(by_method.get(method, []))
        n_shown = sum(shown.first <= c.day <= shown.last for c in told)
        by_week = n_shown > MOST_DOTS
        if n_shown:
            dots = _weeks(told) if by_week else [Dot(c.day, c.value, where=c.where) for c in told]
            out.append(Panel(title, "count", tuple(dots), by_week))
    return out


def _weeks(counts: Iterable[Counted]) -> list[Dot]:
    """Gather counts by week and place; the dot is the middle one, its bar reaches from the lowest to the highest."""
    groups: dict[tuple[date, str], list[Counted]] = {}
    for count in counts:
        groups.setdefault((_mid_week(count.day), count.where), []).append(count)
    out = []
    for (middle, where), told in sorted(groups.items()):
        values, days = [c.value for c in told], [c.day for c in told]
        when = min(max(middle, min(days)), max(days))  # a week that has only begun must not stand in the future
        out.append(Dot(when, median(values), min(values), max(values), where, len(values)))
    return out


def _mid_week(when: date) -> date:
    """Return the Thursday of a day's week."""
    return when + timedelta(3 - when.weekday())


def _change_panels(diary: Diary, shown: Span, reach: Span) -> list[Panel]:
    """Return a panel a spot whose photos were matched: changes against its first photo, which no density shows."""
    out = []
    for spot in sorted(diary.spots, key=lambda s: (s.role != "rolled", s.zone, s.id)):
        told = [c for c in diary.changes if c.spot == spot.id and c.change is not None]
        since = min((c.from_ for c in told), default=None)
        mine = sorted((c for c in told if c.from_ == since and reach.holds(c.to)), key=lambda c: c.to)
        told_by_day = [(c.to, c.change) for c in mine if c.change]
        dots = tuple(Dot(d, round(e.value, 1), round(e.lo, 1), round(e.hi, 1)) for d, e in told_by_day)
        if any(shown.holds(d.day) for d in dots):
            title = f"change in matched hairs, {ZONE_LABELS[spot.zone]}{_spot_words(spot)}"
            out.append(Panel(title, "change", dots, since=since, of=mine[-1].n_t0))
    return out


def _density_panels(diary: Diary, shown: Span, reach: Span) -> list[Panel]:
    """Return a panel a zone, and one a spot where a spot was measured, since two spots do not compare."""
    spots = {spot.id: spot for spot in diary.spots}
    zones = get_args(Zone)
    by_place: dict[tuple[int, str], list[Dot]] = {}
    for d in sorted(diary.density, key=lambda d: d.date):
        if reach.holds(d.date):
            spot = d.photo if d.photo in spots else None
            by_place.setdefault((zones.index(d.zone), spot or ""), []).append(Dot(d.date, d.hairs_per_cm2, d.lo, d.hi))
    return [
        Panel(
            f"hairs per cm\N{SUPERSCRIPT TWO}, {ZONE_LABELS[zones[zone]]}{_spot_words(spots.get(spot))}",
            "density",
            tuple(dots),
        )
        for (zone, spot), dots in sorted(by_place.items())
        if any(shown.holds(d.day) for d in dots)
    ]


def _spot_words(spot: Spot | None) -> str:
    if spot is None:
        return ""
    role = "rolled" if spot.role == "rolled" else "unrolled"
    plain = f"{spot.role}-{spot.zone}-1"  # as the page names the first spot of a zone
    return f" ({role} spot{'' if spot.id == plain else f' {one_line(spot.id)}'})"


def _marks(diary: Diary, shown: Span, reach: Span, whole: Span) -> list[Mark]:
    """Return named days, the marked ones first; what came before a diary's first day is kept where that is shown."""
    first = diary.first_session or min((s.date for s in diary.sessions), default=None)
    marks = [Mark(first, "first session", "first")] if first else []
    marks += [Mark(diary.concern, "worried", "concern")] if diary.concern else []
    events = sorted({(event.date, EVENT_NAMES[event.kind]) for event in diary.events})
    marks += [Mark(when, label) for when, label in events]
    begins = shown.first <= whole.first
    before = [replace(m, is_before=True) for m in marks if begins and m.day < shown.first]
    return before + [m for m in marks if reach.holds(m.day) and not (begins and m.day < shown.first)]


def _spells(diary: Diary, reach: Span) -> list[Spell]:
    spells = sorted({(t.start, t.stop or date.max, t.kind) for t in diary.treatments})
    return [
        Spell(start, None if stop == date.max else stop, one_line(kind))
        for start, stop, kind in spells
        if start <= reach.last and stop >= reach.first
    ]


def one_line(text: str, most: int = 30) -> str:
    """Return the beginning of a person's own words without control characters."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _season(months: Sequence[int], hemisphere: str | None, reach: Span) -> list[Span]:
    if not months or hemisphere is None:
        return []
    turned = {(m - 1 + (6 if hemisphere == "S" else 0)) % 12 + 1 for m in months}
    out: list[Span] = []
    for year in range(reach.first.year, reach.last.year + 1):
        for month in sorted(turned):
            first, last = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
            if first > reach.last or last < reach.first:
                continue
            if out and out[-1].last == first - timedelta(1):
                out[-1] = Span(out[-1].first, last)
            else:
                out.append(Span(first, last))
    return out
