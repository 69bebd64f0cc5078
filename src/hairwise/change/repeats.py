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

__all__ = ["Repeat", "laid_over", "shared_shares"]

_DEFAULT = CompareSettings()


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


def shared_shares(repeats: Sequence[Repeat]) -> Floats:
    """Return which share (K, K) of the hairs of each of K comparisons each other one shows too, 0 to 1.

    Parameters
    ----------
    repeats : sequence of Repeat
        Of one spot between the same two visits.

    Returns
    -------
    (K, K) array of float
        Symmetric, 1 on the diagonal. Two whose place to each other is not known are taken to show the same hairs, so
        that no certainty is made up.
    """
    one_way = np.array([[_share(one, other) if one is not other else 1.0 for other in repeats] for one in repeats])
    return np.asarray((one_way + one_way.T) / 2)


def _share(one: Repeat, other: Repeat) -> float:
    if one.to_common is None or other.to_common is None:
        return 1.0
    roots = np.concatenate([one.change.kept.t0_px, one.change.hairs_t0.root_px[one.change.lost]])
    if not len(roots):
        return 1.0
    there = apply_homography(np.linalg.inv(other.to_common) @ one.to_common, roots)
    later = apply_homography(other.change.registration.homography, there)
    return float((_inside(there, other.size_t0_px) & _inside(later, other.size_t1_px)).mean())


def _inside(points_px: Floats, size_px: tuple[int, int]) -> Bools:
    return np.asarray(((points_px >= 0) & (points_px < np.array(size_px))).all(axis=1))
