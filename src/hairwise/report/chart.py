"""A timeline as one Vega-Lite specification, for the page and for the printed report.

Knows: what goes where, in which ink. Must not know: how it is turned into a picture, where the numbers come from.
Lengths are in drawing units: pixels on the page, a fortieth of a centimetre on paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from hairwise.report.labels import day
from hairwise.report.labels_layout import LETTER, Label, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.report.timeline import Dot, Panel, Span, Timeline

__all__ = ["DARK", "LIGHT", "PRINT", "Inks", "Look", "chart"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# room for a mark [drawing units]; below the first, marks are drawn smaller, below the second, smallest
ROOMS = (5.0, 2.0)
STEPS = (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)
Spec = dict[str, Any]


@dataclass(frozen=True)
class Inks:
    """Colours: text passes 4.5 : 1 on the ground, marks 3 : 1; shape and place tell what colour tells too."""

    ground: str
    ink: str
    muted: str
    rule: str
    season: str
    count: str
    density: str
    event: str
    concern: str


LIGHT = Inks("#ffffff", "#1a1d21", "#4f5760", "#d5dade", "#f3ead2", "#0b66a8", "#00795a", "#b84a00", "#7a3e8a")
DARK = Inks("#14171a", "#eceff1", "#b3bcc4", "#343b41", "#37311f", "#6db8ec", "#3fcf9f", "#f39a5b", "#d3a2e0")
PRINT = Inks("#ffffff", "#1a1a1a", "#555555", "#d0d0d0", "#f3ead2", "#0072b2", "#00795a", "#b84a00", "#7a3e8a")


@dataclass(frozen=True)
class Look:
    """Sizes [drawing units], the face, and how much is shown."""

    width: float = 712.0
    left: float = 44.0  # room for numbers up to 20,000
    right: float = 10.0
    panel: float = 84.0
    text: float = 12.0
    font: str = "system-ui, sans-serif"
    event_rows: int = 3
    spell_rows: int = 3
    density_panels: int = 7
    inks: Inks = field(default=LIGHT)

    @property
    def plot(self) -> float:
        """Width of the plots."""
        return self.width - self.left - self.right


def chart(line: Timeline, look: Look) -> Spec:
    """
    Return a timeline as a Vega-Lite specification.

    Each way of counting, each zone and each spot has its own panel, since they do not compare, from zero; that of a
    change reaches as far below zero as above. A count is a dot, hollow where it is of one zone or side; a density and a
    matched change are dots on their intervals; a week is its middle count on a bar from the lowest to the highest. No
    line joins dots: what was not counted is a gap. All data stand in it, none is fetched. Dragging moves along time,
    the wheel with Ctrl zooms.

    Parameters
    ----------
    line : Timeline
        What is shown.
    look : Look
        Sizes and colours.

    Returns
    -------
    specification : dict
        Vega-Lite 6.
    """
    of_photos = [p for p in line.panels if p.kind != "count"]
    kept = [p for p in line.panels if p.kind == "count"] + of_photos[: look.density_panels]
    views = [_names(line, look), *(_panel(p, line, look) for p in kept)]
    if not kept:
        views.append(_view([_words("No counts in these days.", look)], look, look.text * 2))
    views.append(_sessions(line, look))
    for k, view in enumerate(views):
        view["layer"][0]["name"] = f"view{k}"
    domain = _domain(line)
    return {
        "$schema": SCHEMA,
        "usermeta": {"edge_share": (_ms(line.span.first) - domain[0]) / (domain[1] - domain[0])},
        "background": look.inks.ground,
        "padding": 3,
        "spacing": 4,
        "params": [
            {
                "name": "zoom",
                "select": {
                    "type": "interval",
                    "encodings": ["x"],
                    "zoom": "wheel![event.ctrlKey || event.metaKey]",
                },
                "bind": "scales",
                "views": [f"view{k}" for k in range(len(views))],
            }
        ],
        "vconcat": views,
        "resolve": {"scale": {"x": "shared"}},
        "config": _config(look),
    }


def _config(look: Look) -> Spec:
    inks = look.inks
    title = {
        "color": inks.ink,
        "fontSize": look.text,
        "fontWeight": "normal",
        "anchor": "start",
        "frame": "group",
        "offset": 3,
    }
    return {
        "aria": False,  # the picture has one text of its own, and tables
        "font": look.font,
        "view": {"stroke": None},
        "title": {**title, "subtitleColor": inks.muted, "subtitleFontSize": look.text, "subtitlePadding": 1},
        "axis": {
            "labelColor": inks.muted,
            "labelFontSize": look.text - 0.5,
            "gridColor": inks.rule,
            "tickColor": inks.muted,
            "domainColor": inks.muted,
            "titleColor": inks.muted,
            "titleFontSize": look.text - 0.5,
            "titleFontWeight": "normal",
            "titlePadding": 3,
        },
    }


def _ms(when: date) -> int:
    return int(datetime(when.year, when.month, when.day, tzinfo=UTC).timestamp() * 1000)


def _domain(line: Timeline) -> list[int]:
    """Return the ends of the axis of time [ms], a little outside of the span, so that dots at its ends stay whole."""
    margin = round(timedelta(days=max(1.0, line.span.days * 0.008)) / timedelta(milliseconds=1))
    return [_ms(line.span.first) - margin, _ms(line.span.last) + margin]


def _x(line: Timeline, look: Look, *, labels: bool = False, grid: bool = True) -> Spec:
    axis: Spec = {
        "tickCount": max(3, round(look.plot / 75)),
        "labels": labels,
        "ticks": labels,
        "domain": labels,
        "grid": grid,
    }
    if labels:
        axis |= {"title": f"{day(line.span.first)} to {day(line.span.last)}", "titleAnchor": "end"}
    if line.span.days < 14:
        axis["tickCount"] = {"interval": "day", "step": 2}
    scale = {"type": "utc", "domain": _domain(line), "nice": False}
    return {"field": "day", "type": "temporal", "title": None, "scale": scale, "axis": {**axis, "labelOverlap": True}}


def _view(layers: list[Spec], look: Look, height: float) -> Spec:
    return {"width": look.plot, "height": round(height), "layer": layers}


def _rows(rows: list[Spec]) -> Spec:
    return {"values": rows}


def _panel(panel: Panel, line: Timeline, look: Look) -> Spec:
    """Draw numbers that compare with each other, from zero."""
    seen = [d for d in panel.dots if line.span.holds(d.day)]
    crowd = _crowd(len(seen), look)
    is_change = panel.kind == "change"
    far = [abs(v) for d in seen for v in ((d.lo, d.hi) if is_change else (d.hi,)) if v is not None]
    ceiling = _round_up(max([*far, *(abs(d.value) for d in seen)], default=1.0))
    floor = -ceiling if is_change else 0.0
    x = _x(line, look)
    y: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [floor - 0.06 * ceiling, 1.06 * ceiling], "nice": False, "zero": False},  # dots stay whole
        "axis": {
            "values": [floor, (floor + ceiling) / 2, ceiling],
            "ticks": False,
            "domain": False,
            "format": ",d",
            **({"labelExpr": "(datum.value > 0 ? '+' : '') + datum.label"} if is_change else {}),
            "minExtent": look.left - 4,
            "maxExtent": look.left - 4,
        },
    }
    colour = look.inks.count if panel.kind == "count" else look.inks.density
    layers = [_season(line.season, x, look), *_upright(line, x, look)]
    bars = [d for d in panel.dots if d.lo is not None and d.hi is not None and d.lo < d.hi]
    if bars:
        values = [{"day": _iso(d), "value": d.lo, "hi": d.hi} for d in bars]
        wide = 6.0 if panel.kind != "count" else (2.5, 1.2, 0.7)[crowd]
        mark = {"type": "rule", "clip": True, "color": colour, "strokeWidth": wide, "opacity": 0.45}
        ends = {"x": x, "y": {**y, "field": "value"}, "y2": {"field": "hi"}}
        layers.append({"data": _rows(values), "mark": mark, "encoding": ends})
    size = 16 if bars and panel.kind != "count" else (34, 12, 4)[crowd]
    for part in (False, True):
        dots = [d for d in panel.dots if bool(d.where) is part]
        if not dots:
            continue
        mark = {"type": "point", "clip": True, "filled": True, "size": size, "opacity": 1, "strokeWidth": 1.2}
        mark |= {"stroke": colour, "fill": look.inks.ground if part else colour, "tooltip": {"expr": "datum.said"}}
        values = [{"day": _iso(d), "value": d.value, "said": _said(d, panel)} for d in dots]
        layers.append({"data": _rows(values), "mark": mark, "encoding": {"x": x, "y": {**y, "field": "value"}}})
    view = _view(layers, look, look.panel - look.text * 2)
    letters = int(look.plot / look.text / LETTER)
    note, title = wrap(_note(panel), letters), {"text": wrap(panel.title, letters)}
    return {**view, "title": title | ({"subtitle": note} if note else {})}


def _crowd(n: int, look: Look) -> int:
    """Return how crowded a number of marks is, from 0 to 2."""
    return sum(n > look.plot / room for room in ROOMS)


def _note(panel: Panel) -> str:
    notes = []
    if panel.by_week:
        notes.append("by week: middle, and lowest to highest")
    elif panel.kind == "density":
        with_interval = sum(d.lo is not None and d.hi is not None for d in panel.dots)
        notes.append("dot with its interval" if with_interval else "without intervals: how sure is not known")
    elif panel.kind == "change" and panel.since is not None:
        notes.append(f"against {panel.of} hairs on {day(panel.since)}; dot with its interval")
    if any(d.where for d in panel.dots):
        notes.append("hollow: one zone or side")
    return "; ".join(notes)


def _said(dot: Dot, panel: Panel) -> str:
    if panel.by_week:
        when = f"week of {day(dot.day - timedelta(3))}"
        return f"{when}: {dot.lo:g} to {dot.hi:g}, middle {dot.value:g}, {dot.n} counted"
    between = f"{dot.lo:g} to {dot.hi:g}, " if dot.lo is not None and dot.hi is not None else ""
    return f"{day(dot.day)}: {between}{dot.value:g}{' (' + dot.where + ')' if dot.where else ''}"


def _iso(dot: Dot) -> str:
    return dot.day.isoformat()


def _season(season: Sequence[Span], x: Spec, look: Look) -> Spec:
    """Shade the time of year in which more is shed, behind everything; also carries the panel's own axis."""
    values = [{"day": s.first.isoformat(), "to": (s.last + timedelta(1)).isoformat()} for s in season]
    mark = {"type": "rect", "clip": True, "color": look.inks.season}
    return {"data": _rows(values), "mark": mark, "encoding": {"x": x, "x2": {"field": "to"}}}


def _upright(line: Timeline, x: Spec, look: Look) -> list[Spec]:
    """Draw the first session and the day of worry through all panels."""
    dashes = {"first": [2, 2], "concern": [5, 3]}
    inks = {"first": look.inks.ink, "concern": look.inks.concern}
    return [
        {
            "data": _rows([{"day": mark.day.isoformat()}]),
            "mark": {"type": "rule", "clip": True, "color": inks[mark.kind], "strokeDash": dashes[mark.kind]},
            "encoding": {"x": x},
        }
        for mark in line.marks
        if mark.kind in dashes
    ]


def _words(text: str, look: Look) -> Spec:
    mark = {"type": "text", "text": text, "align": "left", "color": look.inks.muted, "fontSize": look.text}
    return {"data": _rows([{}]), "mark": mark, "encoding": {"x": {"value": 0}, "y": {"value": look.text}}}


def _sessions(line: Timeline, look: Look) -> Spec:
    """Draw a tick a session day, and the axis of time below."""
    height = look.text * 1.1
    wide = (1.8, 0.8, 0.5)[_crowd(sum(line.span.holds(d) for d in line.sessions), look)]
    mark = {"type": "rule", "clip": True, "color": look.inks.ink, "strokeWidth": wide}
    x = _x(line, look, labels=True)
    ticks: Spec = {"data": _rows([{"day": d.isoformat()} for d in line.sessions]), "mark": mark, "encoding": {"x": x}}
    view = _view([_season(line.season, x, look), *_upright(line, x, look), ticks], look, height)
    shown = any(line.span.holds(d) for d in line.sessions)
    title = ("weeks with a session" if line.sessions_by_week else "days rolled") if shown else "no session noted"
    return {**view, "title": title}


def _names(line: Timeline, look: Look) -> Spec:
    """Name events and treatments above the panels, in as many rows as they need."""
    labels, n_rows = lay_out(line, look.plot, look.text, (look.event_rows, look.spell_rows))
    x = _x(line, look, grid=False)
    inks = {"event": look.inks.event, "concern": look.inks.concern, "first": look.inks.ink, "spell": look.inks.event}
    step = round(look.text * 1.4)

    def at(label: Label, share: float) -> float:
        return (label.row + share) * step

    def y(of: str = "y") -> Spec:
        scale = {"domain": [0, n_rows * step], "reverse": True, "nice": False}
        return {"field": of, "type": "quantitative", "scale": scale, "axis": None}

    layers = [_season(line.season, x, look)]
    bars = [
        {"day": b.day.isoformat(), "to": (b.until or line.span.last).isoformat(), "y": at(b, 0.94), "said": b.said}
        for b in labels
        if b.kind == "spell"
    ]
    if bars:
        mark = {"type": "rule", "clip": True, "strokeWidth": 3, "color": inks["spell"], "opacity": 0.7}
        mark["tooltip"] = {"expr": "datum.said"}
        layers.append({"data": _rows(bars), "mark": mark, "encoding": {"x": x, "x2": {"field": "to"}, "y": y()}})
    for kind in ("first", "concern", "event"):
        points = [
            {"day": p.day.isoformat(), "y": at(p, 0.55), "said": p.said}
            for p in labels
            if p.kind == kind and not p.text.startswith("\N{LEFTWARDS ARROW}")
        ]
        if points:
            mark = {"type": "point", "shape": "triangle-down", "filled": True, "size": 46, "clip": True, "opacity": 1}
            mark |= {"color": inks[kind], "tooltip": {"expr": "datum.said"}}
            layers.append({"data": _rows(points), "mark": mark, "encoding": {"x": x, "y": y()}})
    for side in ("left", "right"):
        texts = [
            {"day": t.at.isoformat(), "y": at(t, 0.55), "text": t.text} for t in labels if t.align == side and t.text
        ]
        if texts:
            mark = {"type": "text", "align": side, "baseline": "middle", "color": look.inks.ink}
            mark |= {"fontSize": look.text, "clip": True}
            mark["dx"] = 7 if side == "left" else -7
            encoding = {"x": x, "y": y(), "text": {"field": "text"}}
            layers.append({"data": _rows(texts), "mark": mark, "encoding": encoding})
    return _view(layers, look, max(n_rows * step, 1))


def _round_up(value: float) -> float:
    """Return the next of a few steps of a power of ten, at least 4, whose half is a whole number too."""
    if value <= 4:
        return 4.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(k * power for k in STEPS if k * power >= value and k * power % 2 == 0)
