"""The timeline as it is printed: on white, in the face of the page.

Knows: the look on paper. Must not know: what a chart shows, how it is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.chart import PRINT, Look, chart
from hairwise.report.timeline import timeline_of
from hairwise.report.vega import svg_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.diary import Diary

__all__ = ["timeline_svg"]

# 17 cm wide, letters of 7.8 pt, in the face that the typesetter carries
_PAPER = Look(680.0, panel=66.0, text=11.0, font="Libertinus Serif, Georgia, serif", density_panels=2, inks=PRINT)


def timeline_svg(diary: Diary, season_months: Sequence[int] = ()) -> bytes:
    """Draw the whole of a diary for paper (SVG, UTF-8)."""
    return svg_of(chart(timeline_of(diary, season_months=season_months), _PAPER))
