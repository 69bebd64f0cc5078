"""Hairs of one photo on the plane that both photos share.

Knows: where finds lie, which have a partner, the photo's darkness. Must not know: what became of them.
H finds of the photo. Working pixels of the reference plane, (y, x).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.change.look import Target

if TYPE_CHECKING:
    from hairwise.change.look import Sheet
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["Side"]


@dataclass(frozen=True)
class Side:
    """Finds of one photo and where their partners must be.

    Attributes
    ----------
    root, lean : (H, 2) array of float
        Roots and leans.
    width, length : (H,) array of float
        Widths and lengths [working px].
    lines : list of (p, 2) arrays of float
        Centrelines.
    p : (H,) array of float
        Probability of being a hair, from this photo alone.
    is_light : (H,) array of bool
        Lighter than skin.
    matched : (H,) array of bool
        Has a partner.
    inside_mm : (H,) array of float
        Distance of the predicted root to the border of the other photo, positive inside.
    sd_mm : (H,) array of float
        Standard error of the predicted place.
    sheet : Sheet
        The photo.
    step_mm : float
        Size of a working pixel.
    p_gone : (H,) array of float
        Probability of a hair at the find in the photo less what the other shows; NaN where that was not looked at.
    """

    root: Floats
    lean: Floats
    width: Floats
    length: Floats
    lines: list[Floats]
    p: Floats
    is_light: Bools
    matched: Bools
    inside_mm: Floats
    sd_mm: Floats
    sheet: Sheet
    step_mm: float
    p_gone: Floats

    def target(self, h: int) -> Target:
        """Return find h as something to look for."""
        return Target(self.root[h], self.lean[h], float(self.width[h]), float(self.length[h]), bool(self.is_light[h]))

    def near(self, h: int, radius_mm: float) -> Ints:
        """Return the finds rooted within a radius of find h, itself among them."""
        return np.flatnonzero(np.linalg.norm(self.root - self.root[h], axis=1) < radius_mm / self.step_mm)
