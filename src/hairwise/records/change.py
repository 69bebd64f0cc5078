"""What happened to each hair between two photos of a spot.

Knows: fates and the change with its interval. Must not know: exposures, causes.
Order of coordinates (y, x); K kept, L lost, N new, M hidden, O out of view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hairwise.records.base import Estimate, Floats, Ints
    from hairwise.records.hairs import Hairs

__all__ = ["Change", "Kept", "Registration"]


@dataclass(frozen=True)
class Registration:
    """The transform from the first photo to the second.

    Attributes
    ----------
    homography : (3, 3) array of float
        Takes (x, y, 1) of the first photo to the second.
    points_t0_px, points_t1_px : (K, 2) array of float
        Pairs of points (y, x) it was checked on, after the smooth stretch of skin was allowed for.
    residual_px : float
        Median distance left over at those points [px of the second photo].
    overlap : float
        Share of the first photo that the second shows, 0 to 1.
    """

    homography: Floats
    points_t0_px: Floats
    points_t1_px: Floats
    residual_px: float
    overlap: float


@dataclass(frozen=True)
class Kept:
    """Hairs seen in both photos; an index is -1 where the hair was found only when looked for at its place."""

    t0_px: Floats
    t1_px: Floats
    hair_t0: Ints
    hair_t1: Ints
    p: Floats


@dataclass(frozen=True)
class Change:
    """The fate of every hair of the first photo and the new ones of the second.

    ``hairs_t0`` and ``hairs_t1`` are the finds of each photo, those that only their comparison showed last.
    ``lost``, ``hidden`` and ``out_of_view`` index the first, ``new`` the second. ``change`` counts
    hairs of the skin seen in both photos; ``smallest_detectable_loss_pct`` is the loss these two photos could just
    have shown [% of hairs].
    """

    hairs_t0: Hairs
    hairs_t1: Hairs
    kept: Kept
    lost: Ints
    p_lost: Floats
    new: Ints
    p_new: Floats
    hidden: Ints
    out_of_view: Ints
    n_t0: int
    n_t1: int
    change: Estimate
    change_pct: Estimate
    smallest_detectable_loss_pct: float
    registration: Registration
    flags: int
