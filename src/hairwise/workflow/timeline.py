"""The timeline of what a person keeps: read for the days asked for, drawn for a page.

Knows: which kinds of entries a timeline shows. Must not know: SQL, how a chart is drawn, HTTP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from hairwise.errors import Refused
from hairwise.records.answers import FIRST_DAY, LAST_DAY, Answers
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.report.chart import DARK, LIGHT, Look, chart
from hairwise.report.timeline import Counted, Span, Timeline, Told, gather, place, summary, timeline_of, whole_span
from hairwise.report.vega import compiled, svg_of
from hairwise.store.slices import bodies, days_of, outer_days
from hairwise.workflow.keep import KINDS
from hairwise.workflow.knowledge import season_months
from hairwise.workflow.measured import changes_over_time, measured_densities
from hairwise.workflow.person import with_answers

if TYPE_CHECKING:
    from hairwise.records.diary import Density
    from hairwise.store.repository import Store

__all__ = ["CHART_WIDTHS", "KeptTimeline", "chart_program", "chart_svg", "kept_timeline", "warm_charts"]

CHART_WIDTHS = (340, 460, 712)  # a phone, a phone on its side, the page at its widest
YEAR_DAYS = 365
SHORTEST_DAYS = 7
_DATED = ("count", "session", "density")
Ground = Literal["light", "dark"]


@dataclass(frozen=True)
class KeptTimeline:
    """What is shown, all that could be, and what is shown in one sentence."""

    line: Timeline
    whole: Span
    said: str


def kept_timeline(
    store: Store, today: date, days: tuple[date, date] | None = None, *, margin: bool = False
) -> KeptTimeline | None:
    """
    Return the timeline of what is kept, None where nothing is kept that it shows.

    Only the days shown are read, so that a log of ten years opens as fast as one of a month.

    Parameters
    ----------
    store : Store
    today : date
    days : tuple of date, optional
        First and last day shown; the last year by default, or all where that is shorter.
    margin : bool, optional
        Also gather as many days again on both sides, for a chart that can be moved.

    Raises
    ------
    Refused
        ``bad_span`` for days in the wrong order, too near each other or far from any log.
    """
    outer = outer_days(store)
    measured, matched = measured_densities(store), changes_over_time(store)
    if not measured and not matched and not set(outer) & {*_DATED, "event", "treatment"}:
        return None
    diary = _few(store, today, outer, measured)
    diary = diary.model_copy(update={"changes": matched})
    whole = whole_span(diary)
    span = _span(days) if days else Span(max(whole.first, whole.last - timedelta(YEAR_DAYS)), whole.last)
    margin_days = span.days if margin else 0
    reach = (span.first - timedelta(margin_days), span.last + timedelta(margin_days))
    counts = [
        Counted(date.fromisoformat(c["date"]), c["method"], c["count"], place(c.get("zone"), c.get("side")))
        for c in _items(bodies(store, "count", reach))
    ]
    line = gather(Told(diary, counts, days_of(store, "session", reach)), span, season_months(), margin_days)
    return KeptTimeline(line, whole, summary(line))


def _few(store: Store, today: date, outer: dict[str, tuple[date, date]], measured: tuple[Density, ...]) -> Diary:
    """Return a diary of all that is never much: its days, densities, events, treatments."""
    told = store.told()
    head: dict[str, Any] = {name: told[name] for name in ("first_session", "concern", "hemisphere") if name in told}
    answers = store.entries("answers")
    if answers:  # the first session and the onset may have been told in the check alone, as the answer reads them
        joined = with_answers(head, Answers.model_validate(answers[-1].body))
        head |= {name: joined[name] for name in ("first_session", "concern") if joined[name]}
    if "session" in outer:
        head.setdefault("first_session", outer["session"][0].isoformat())
    days = [day for kind in _DATED if kind in outer for day in outer[kind]] + [d.date for d in measured]
    frame = {
        "schema": "needling-diary/1",
        "id": "mine",
        "start": min(days, default=today).isoformat(),
        "cutoff": max([today, *days]).isoformat(),
        **head,
    }
    lists = {KINDS[kind][0]: _items(bodies(store, kind)) for kind in ("density", "event", "treatment", "spot")}
    diary = parse_record(Diary, json.dumps(frame | lists).encode(), "the log")
    return diary.model_copy(update={"density": (*diary.density, *measured)})


def _items(texts: list[str]) -> list[dict[str, Any]]:
    """Parse bodies at once; each was checked when it was kept."""
    items: list[dict[str, Any]] = json.loads(f"[{','.join(texts)}]")
    return items


def _span(days: tuple[date, date]) -> Span:
    span = Span(*days)
    can_be = span.first >= FIRST_DAY and span.last <= LAST_DAY
    if not can_be or span.days < SHORTEST_DAYS:
        raise Refused("bad_span", "These days cannot be shown together.", "Choose a span on the timeline's page.")
    return span


def chart_svg(shown: KeptTimeline, width: int, ground: Ground) -> bytes:
    """Draw a timeline as SVG in one of the page's widths."""
    return svg_of(chart(shown.line, _look(width, ground)))


def chart_program(shown: KeptTimeline, width: int, ground: Ground) -> bytes:
    """Return the same chart compiled for a browser, which can move it (Vega, JSON)."""
    return compiled(chart(shown.line, _look(width, ground)))


def _look(width: int, ground: Ground) -> Look:
    return replace(Look(inks=DARK if ground == "dark" else LIGHT), width=float(width))


def warm_charts() -> None:
    """Start what draws charts, so that the first one does not wait for it."""
    day = date(2000, 1, 1)
    empty = Diary(schema="needling-diary/1", id="warm", cutoff=day)
    svg_of(chart(timeline_of(empty, Span(day, day + timedelta(30))), Look()))
