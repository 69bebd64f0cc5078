"""Rolled against unrolled spots of one head, between the same days.

Knows: which spots may be held against each other. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.change.contrast import Shift, contrast, shift_of, stored_shift
from hairwise.records.diary import SpotChange
from hairwise.records.series import ContrastEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hairwise.records.base import Floats
    from hairwise.records.change import Change
    from hairwise.records.diary import Spot

__all__ = ["Span", "rolled_against_control"]


@dataclass(frozen=True)
class Span:
    """A spot between two days, with one comparison a pair of repeat photos, or the change that a diary holds.

    ``shared`` (K, K) is the share of the hairs of each of K pairs that each other pair shows too; None: all of them.
    """

    spot: Spot
    first: date
    last: date
    changes: tuple[Change, ...] | tuple[SpotChange]
    shared: Floats | None = None


def rolled_against_control(spans: Sequence[Span]) -> tuple[ContrastEntry, ...]:
    """
    Compare rolled spots, zone by zone, with all unrolled spots between the same two days.

    Parameters
    ----------
    spans : sequence of Span
        Of one head; spots photographed on other days than the rest say nothing here.
    """
    out = []
    for zone, first, last in sorted(
        {(s.spot.zone, s.first, s.last) for s in spans if s.spot.role == "rolled"}, key=str
    ):
        same = [s for s in spans if (s.first, s.last) == (first, last)]
        rolled = [s for s in same if s.spot.role == "rolled" and s.spot.zone == zone]
        control = [s for s in same if s.spot.role == "control"]
        if not control:
            continue
        told = contrast([_shift(s) for s in rolled], [_shift(s) for s in control])
        out.append(
            ContrastEntry.model_validate(
                {
                    "zone": zone,
                    "from_date": first,
                    "to_date": last,
                    "rolled_spots": tuple(s.spot.id for s in rolled),
                    "control_spots": tuple(s.spot.id for s in control),
                    "pairs": min(len(s.changes) for s in (*rolled, *control)),
                    "difference": told.difference,
                    "smallest_detectable": told.smallest_detectable,
                    "verdict": told.verdict,
                }
            )
        )
    return tuple(out)


def _shift(span: Span) -> Shift:
    stored = [change for change in span.changes if isinstance(change, SpotChange)]
    if stored:
        return stored_shift(stored[0])
    return shift_of([change for change in span.changes if not isinstance(change, SpotChange)], span.shared)
