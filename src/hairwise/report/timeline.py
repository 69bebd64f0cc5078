"""Counts of shed hairs over time, with sessions and events, as one SVG picture.

Knows: a diary's dates and counts. Must not know: models; no smoothing and no line through the dots.
Lengths are in drawing units, 40 to the centimetre at 17 cm width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from hairwise.report.labels import EVENT_NAMES, METHOD_NAMES, MONTHS, day, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hairwise.records.diary import Count, Diary

__all__ = ["TimelineSettings", "draw_timeline"]


@dataclass(frozen=True)
class TimelineSettings:
    """Sizes [drawing units, 40 to the centimetre]."""

    width: float = 680.0  # 17 cm
    left: float = 44.0  # room for numbers up to 20 000
    right: float = 12.0
    panel: float = 72.0  # 1.8 cm a counting method
    text: float = 11.0  # 7.8 pt at 17 cm
    event_rows: int = 3
    most_months: int = 12  # labels on the time axis


_DEFAULT = TimelineSettings()
_INK, _MUTED, _RULE = "#1a1a1a", "#555555", "#c8c8c8"
_COUNT, _SESSION, _EVENT, _CONCERN = "#0072B2", "#1a1a1a", "#D55E00", "#7a3e8a"


@dataclass(frozen=True)
class _Axis:
    """Days to drawing units."""

    first: date
    last: date
    left: float
    right: float

    def x(self, when: date) -> float:
        days = max((self.last - self.first).days, 1)
        share = min(max((when - self.first).days / days, 0.0), 1.0)
        return self.left + share * (self.right - self.left)


def draw_timeline(diary: Diary, settings: TimelineSettings = _DEFAULT) -> bytes:
    """
    Draw the counts of a diary over time.

    Each counting method has its own panel from zero, since a wash and a comb do not compare; each count is one dot,
    hollow where it is of one zone or side only. Session days are ticks, events are labelled, the first session, the
    day of concern and the last day are marked.

    Parameters
    ----------
    diary : Diary
        Any diary, also one without counts.
    settings : TimelineSettings, optional
        Sizes.

    Returns
    -------
    svg : bytes
        UTF-8, 17 cm wide by its view box; asks for no file or font by address.
    """
    axis = _Axis(*_span(diary), settings.left, settings.width - settings.right)
    methods = [m for m in METHOD_NAMES if any(count.method == m for count in diary.counts)]
    body: list[str] = []
    events, y = _events(diary, axis, settings)
    body += events
    top = y
    for method in methods:
        body += _panel([c for c in diary.counts if c.method == method], axis, y, settings)
        y += settings.panel
    if not methods:
        body.append(_text(settings.left, y + settings.text * 1.2, "No counts in this diary.", _MUTED))
        y += settings.text * 2
    body += _sessions(diary, axis, y, settings)
    y += settings.text * 1.9
    body += _months(axis, top, y, settings)
    body += _marks(diary, axis, top, y)
    height = y + settings.text * 1.8
    size = f"{settings.width:g} {height:g}".split()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}"'
        f' height="{size[1]}" role="img" aria-label="{escape(_summary(diary))}"'
        f' font-family="\'Libertinus Serif\', Georgia, serif" font-size="{settings.text:g}">'
    )
    ground = f'<rect width="{settings.width:g}" height="{height:g}" fill="#ffffff"/>'
    return (head + ground + "".join(body) + "</svg>").encode()


def _span(diary: Diary) -> tuple[date, date]:
    days = [c.date for c in diary.counts] + [s.date for s in diary.sessions]
    days += [diary.cutoff] + [d for d in (diary.start, diary.first_session) if d is not None]
    first, last = min(days), max(days)
    return (first, last) if (last - first).days >= 7 else (last - timedelta(days=7), last)


def _summary(diary: Diary) -> str:
    first, last = _span(diary)
    sessions = plural(len({s.date for s in diary.sessions}), "session day")
    return f"{plural(len(diary.counts), 'count')} and {sessions} from {day(first)} to {day(last)}."


def _panel(counts: Sequence[Count], axis: _Axis, top: float, settings: TimelineSettings) -> list[str]:
    """Draw one counting method from zero."""
    ceiling = _round_up(max(count.count for count in counts))
    low, high = top + settings.panel - 6, top + settings.text * 1.7

    def height(value: float) -> float:
        return low - (low - high) * value / ceiling

    out = []
    for value in (0.0, ceiling / 2, ceiling):
        y = height(value)
        out.append(_line(axis.left, y, axis.right, y, _RULE if value else _MUTED, 0.6))
        out.append(_text(axis.left - 5, y + settings.text * 0.35, f"{value:g}", _MUTED, "end"))
    part = any(count.zone or count.side for count in counts)
    label = METHOD_NAMES[counts[0].method] + (" (hollow: one zone or side only)" if part else "")
    out.append(_text(axis.left, top + settings.text, label, _INK))
    radius = 2.2 if len(counts) <= 200 else 1.4  # 200 dots of 2.2 just touch over 17 cm
    whole = {(round(axis.x(c.date), 1), round(height(c.count), 1)) for c in counts if not (c.zone or c.side)}
    parts = {(round(axis.x(c.date), 1), round(height(c.count), 1)) for c in counts if c.zone or c.side}
    out += [f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{_COUNT}"/>' for x, y in sorted(whole)]
    hollow = f'r="{radius}" fill="#ffffff" stroke="{_COUNT}" stroke-width="1"'
    out += [f'<circle cx="{x}" cy="{y}" {hollow}/>' for x, y in sorted(parts)]
    return out


def _sessions(diary: Diary, axis: _Axis, top: float, settings: TimelineSettings) -> list[str]:
    """Draw a tick a session day."""
    days = {session.date for session in diary.sessions}
    places = sorted({round(axis.x(when), 1) for when in days})
    low, high = top + settings.text * 1.5, top + settings.text * 0.5
    label = "rolled" if days else "no session noted"
    out = [_text(axis.left - 5, low - 1, label, _INK, "end") if days else _text(axis.left, low - 1, label, _MUTED)]
    if places:
        path = "".join(f"M{x:g} {low:g}V{high:g}" for x in places)
        wide = 1.6 if len(places) <= 100 else 0.8
        out.append(f'<path d="{path}" stroke="{_SESSION}" stroke-width="{wide}" fill="none"/>')
    return out


def _events(diary: Diary, axis: _Axis, settings: TimelineSettings) -> tuple[list[str], float]:
    """Label marked days and events above the panels in a few rows; those that find no room are counted."""
    rows: list[list[tuple[float, float]]] = [[] for _ in range(settings.event_rows)]
    out: list[str] = []
    used = left_out = 0
    row_height = settings.text * 1.25
    for when, label, colour in _named(diary):
        x = axis.x(when)
        outside = not axis.first <= when <= axis.last
        text = f"\N{LEFTWARDS ARROW} {label}, {day(when)}" if when < axis.first else label
        text = f"{label}, {day(when)} \N{RIGHTWARDS ARROW}" if when > axis.last else text
        wide = _wide(text, settings) + 12
        on_left = x + wide > settings.width
        ends = (x - wide, x + 8) if on_left else (x - 8, x + wide)
        row = next((k for k, row in enumerate(rows) if all(ends[1] < lo or ends[0] > hi for lo, hi in row)), None)
        if row is None:
            left_out += 1
            continue
        rows[row].append(ends)
        used = max(used, row + 1)
        y = row_height * (row + 1)
        if not outside:
            out.append(f'<path d="M{x - 3:.1f} {y - 8:.1f}h6l-3 7z" fill="{colour}"/>')
        near = x if outside else x - 6 if on_left else x + 6
        out.append(_text(near, y, text, _INK, "end" if on_left else "start"))
    if left_out:
        used += 1
        out.append(_text(axis.left, row_height * used, f"\N{HORIZONTAL ELLIPSIS} and {left_out} more", _MUTED))
    return out, row_height * used + (6 if used else 2)


def _named(diary: Diary) -> list[tuple[date, str, str]]:
    """Return days with a label and a colour, the marked ones first, so that these find room."""
    marks = [(when, label, colour) for when, label, colour, _ in _marked(diary)]
    events = {(event.date, EVENT_NAMES[event.kind], _EVENT) for event in diary.events}
    events |= {(t.start, f"{t.kind[:30]} started", _EVENT) for t in diary.treatments}
    return marks + sorted(events)


def _marked(diary: Diary) -> list[tuple[date, str, str, str]]:
    first = diary.first_session or min((s.date for s in diary.sessions), default=None)
    marks = (
        (first, "first session", _SESSION, "2 2"),
        (diary.concern, "worried", _CONCERN, "5 3"),
        (diary.cutoff, "last day", _MUTED, ""),
    )
    return [(when, label, colour, dash) for when, label, colour, dash in marks if when is not None]


def _months(axis: _Axis, top: float, bottom: float, settings: TimelineSettings) -> list[str]:
    """Draw the time axis with the firsts of months, never more than ``most_months`` labels."""
    months = (axis.last.year - axis.first.year) * 12 + axis.last.month - axis.first.month + 1
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 600, 12000) if months / s <= settings.most_months)
    out = [_line(axis.left, bottom, axis.right, bottom, _MUTED, 0.8)]
    taken = -1e9
    for when in _firsts(axis, step):
        x = axis.x(when)
        label = f"{MONTHS[when.month - 1]} {when.year}" if step < 12 else f"{when.year}"
        out.append(_line(x, bottom, x, bottom + 4, _MUTED, 0.8))
        wide = _wide(label, settings) / 2
        if x - wide > taken and x - wide > axis.left - 30 and x + wide + 4 < settings.width:
            out.append(_text(x, bottom + settings.text * 1.35, label, _MUTED, "middle"))
            taken = x + wide + 4
    if taken < 0:  # a diary inside one month: name its two ends
        out.append(_text(axis.left, bottom + settings.text * 1.35, day(axis.first), _MUTED))
        out.append(_text(axis.right, bottom + settings.text * 1.35, day(axis.last), _MUTED, "end"))
    return out


def _firsts(axis: _Axis, step: int) -> Iterable[date]:
    month = axis.first.year * 12 + axis.first.month - 1
    month += -month % step
    while month // 12 <= axis.last.year:
        when = date(month // 12, month % 12 + 1, 1)
        if when > axis.last:
            return
        if when >= axis.first:
            yield when
        month += step


def _marks(diary: Diary, axis: _Axis, top: float, bottom: float) -> list[str]:
    """Draw the first session, the day of concern and the last day as upright lines."""
    out = []
    for when, _, colour, dash in _marked(diary):
        if axis.first <= when <= axis.last:
            out.append(_line(axis.x(when), top - 4, axis.x(when), bottom, colour, 0.9, *([dash] if dash else [])))
    return out


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 3, 4, 6, 8, 10 times a power of ten, at least 4, so that its half is round too."""
    if value <= 4:
        return 4.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(k * power for k in (1, 2, 3, 4, 6, 8, 10) if k * power >= value)


def _wide(text: str, settings: TimelineSettings) -> float:
    return len(text) * settings.text * 0.5  # the mean letter of a book face is about half its size


def _line(x0: float, y0: float, x1: float, y1: float, *style: str | float) -> str:
    colour, width, *dash = style
    dashed = f' stroke-dasharray="{dash[0]}"' if dash else ""
    return f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(_plain(text))}</text>'


def _plain(text: str) -> str:
    """Drop control characters, which XML does not allow."""
    return "".join(c if c.isprintable() else " " for c in text)
