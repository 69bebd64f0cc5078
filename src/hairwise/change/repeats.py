"""Photos of one visit beside each other: how much of the same skin they show.

Knows: how photos are laid over each other. Must not know: visits, what became of hairs.
Repeats held by hand show partly other hairs, so together they look at more hairs than one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.change.frame import make_frame
from hairwise.change.register import register
from hairwise.change.settings import CompareSettings
from hairwise.change.stretch import apply_homography
from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.change.settings import View
    from hairwise.records.base import Bools, Floats
    from hairwise.records.change import Change

__all__ = ["Repeat", "laid_over", "shared_share"]

_DEFAULT = CompareSettings()
_MOST_UNSEEN = 0.5  # what photos may share whose place to each other is not found


@dataclass(frozen=True)
class Repeat:
    """A comparison of one pair of repeat photos, and where it lies.

    ``to_common`` takes (x, y, 1) of its first photo to the visit's first photo, None where that is not known;
    ``size_t0_px`` and ``size_t1_px`` are heights and widths of its two photos.
    """

    change: Change
    to_common: Floats | None
    size_t0_px: tuple[int, int]
    size_t1_px: tuple[int, int]


def laid_over(view: View, common: View, settings: CompareSettings = _DEFAULT) -> Floats | None:
    """Return the homography (3, 3) of (x, y, 1) from one photo to another of the same day, None if none is sure."""
    a, b = make_frame(view, settings), make_frame(common, settings)
    try:
        mapping = register(a, b, settings).mapping
    except Refused:
        return None
    to_px, to_mm = np.diag([b.px_per_mm, b.px_per_mm, 1.0]), np.diag([1 / a.px_per_mm, 1 / a.px_per_mm, 1.0])
    return np.asarray(to_px @ mapping.homography @ to_mm, float)


def shared_share(repeats: Sequence[Repeat]) -> float:
    """Return the mean share of the hairs of one comparison that another shows too, 0 to 1.

    Parameters
    ----------
    repeats : sequence of Repeat
        Of one spot between the same two visits.

    Returns
    -------
    float
        1 where there is one only. Two whose place to each other is not found share at most half: with two fifths of the
        skin in common it is found for 7 in 8 rendered photos of a day, with more for all.
    """
    shares = [_share(one, other) for one in repeats for other in repeats if one is not other]
    return float(np.mean(shares)) if shares else 1.0


def _share(one: Repeat, other: Repeat) -> float:
    if one.to_common is None or other.to_common is None:
        return _MOST_UNSEEN
    roots = np.concatenate([one.change.kept.t0_px, one.change.hairs_t0.root_px[one.change.lost]])
    if not len(roots):
        return 1.0
    there = apply_homography(np.linalg.inv(other.to_common) @ one.to_common, roots)
    later = apply_homography(other.change.registration.homography, there)
    return float((_inside(there, other.size_t0_px) & _inside(later, other.size_t1_px)).mean())


def _inside(points_px: Floats, size_px: tuple[int, int]) -> Bools:
    return np.asarray(((points_px >= 0) & (points_px < np.array(size_px))).all(axis=1))
