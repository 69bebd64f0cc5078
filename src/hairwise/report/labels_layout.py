"""Where the names of events and treatments stand above a chart, so that none covers another.

Knows: days, lengths of words, rows. Must not know: how they are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hairwise.report.labels import day

if TYPE_CHECKING:
    from datetime import date

    from hairwise.report.timeline import Mark, Spell, Timeline

__all__ = ["LETTER", "Label", "lay_out"]

LETTER = 0.52  # the mean letter of a book or screen face is about half its size
GAP = 10.0  # room for the mark beside a name


@dataclass(frozen=True)
class Label:
    """A name in its row; ``text`` begins or ends at the day ``at``, a treatment's bar from ``day`` to ``until``."""

    day: date
    at: date
    row: int
    text: str
    align: Literal["left", "right"]
    kind: Literal["first", "concern", "event", "spell", "more"]
    said: str
    until: date | None = None


def lay_out(line: Timeline, width: float, text: float, most_rows: tuple[int, int]) -> tuple[list[Label], int]:
    """
    Place names in rows.

    Parameters
    ----------
    line : Timeline
        Whose events and treatments are named.
    width, text : float
        Of the plot and of the letters [drawing units].
    most_rows : tuple of int
        For events, and for treatments; what finds no room is counted in a row of its own.

    Returns
    -------
    labels : list of Label
    n_rows : int
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(most_rows[0])]
    out: list[Label] = []
    left_out = 0
    for mark in sorted(line.marks, key=lambda m: (m.kind == "event", m.day)):
        placed = _place(mark, line, width, text)
        if placed is None:  # beyond what is shown: only there when the chart is moved
            out.append(Label(mark.day, mark.day, 0, "", "left", mark.kind, _said(mark)))
            continue
        words, at, align, ends = placed
        row = next((k for k, row in enumerate(taken) if all(ends[1] < lo or ends[0] > hi for lo, hi in row)), None)
        if row is None:
            left_out += 1
            continue
        taken[row].append(ends)
        out.append(Label(mark.day, at, row, words, align, mark.kind, _said(mark)))
    used = max(sum(bool(row) for row in taken), bool(out))
    shown = [s for s in line.spells if s.start <= line.span.last and (s.stop or line.span.last) >= line.span.first]
    for k, spell in enumerate(shown[: most_rows[1]]):
        out.append(_spell(spell, used + k, line, width, text))
    used += min(len(shown), most_rows[1])
    left_out += max(len(shown) - most_rows[1], 0)
    if left_out:
        words = f"\N{HORIZONTAL ELLIPSIS} and {left_out} more in the log"
        out.append(Label(line.span.first, line.span.first, used, words, "left", "more", words))
        used += 1
    return out, used


def _said(mark: Mark) -> str:
    return f"{day(mark.day)}: {mark.label}"


def _x(when: date, line: Timeline, width: float) -> float:
    return width * (when - line.span.first).days / max(line.span.days, 1)


def _place(
    mark: Mark, line: Timeline, width: float, text: float
) -> tuple[str, date, Literal["left", "right"], tuple[float, float]] | None:
    """Return a name's words, day, side and the room it takes; None where its day is not shown."""
    words, at = mark.label, mark.day
    if not mark.is_before and not line.span.holds(mark.day):
        return None
    if mark.is_before:
        words, at = f"\N{LEFTWARDS ARROW} {mark.label}, {day(mark.day)}", line.span.first
    x, wide = _x(at, line, width), len(words) * text * LETTER + GAP
    if x + wide > width and x - wide > 0:
        return words, at, "right", (x - wide, x + GAP)
    return words, at, "left", (x - GAP, x + wide)


def _spell(spell: Spell, row: int, line: Timeline, width: float, text: float) -> Label:
    """Name a treatment at its beginning, or at the first day shown; its bar runs below the name."""
    until = f"to {day(spell.stop)}" if spell.stop else "goes on"
    said = f"{spell.label}: from {day(spell.start)}, {until}"
    at = max(spell.start, line.span.first)
    words = spell.label if spell.start >= line.span.first else f"{spell.label}, since {day(spell.start)}"
    is_right = _x(at, line, width) + len(words) * text * LETTER + GAP > width
    return Label(spell.start, at, row, words, "right" if is_right else "left", "spell", said, spell.stop)
