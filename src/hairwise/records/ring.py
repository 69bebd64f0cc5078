"""The printed paper ring: the one place that holds its geometry, for drawing it and for reading it.

Knows: where each marker lies round the window [mm]. Must not know: printing, photos.
Coordinates are (y, x) [mm], y down, the middle of the window is (0, 0).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hairwise.records.base import Floats

__all__ = ["RING", "RingGeometry"]


@dataclass(frozen=True)
class RingGeometry:
    """Sizes of the ring [mm]; markers are of OpenCV's ArUco dictionary of 50 with 4 x 4 bits, ids 0 and up."""

    window_mm: float = 12.0  # diameter of the hole over the skin
    marker_mm: float = 3.0  # side of a marker's black square: 6 modules of 0.5 mm
    n_markers: int = 12  # a closed circle with a module of white between neighbours
    markers_at_mm: float = 8.2  # from the middle to a marker's middle: 0.7 mm of white round the hole
    outer_mm: float = 22.0  # diameter at which the ring is cut out
    skin_margin_mm: float = 0.3  # scissors wander, and paper throws a shadow: skin starts this far inside the hole
    ruler_mm: float = 100.0  # line on the sheet that shows whether the printer kept the size

    @property
    def module_mm(self) -> float:
        """Side of one of a marker's 6 x 6 modules [mm]."""
        return self.marker_mm / 6

    def pose(self, marker: int) -> tuple[float, float, float]:
        """Return a marker's middle (y, x) [mm] and its turn from +x towards +y [degrees]."""
        turn_deg = 360.0 / self.n_markers * marker
        turn = math.radians(turn_deg)
        return self.markers_at_mm * math.sin(turn), self.markers_at_mm * math.cos(turn), turn_deg

    def corners_mm(self, marker: int) -> Floats:
        """Return a marker's corners (4, 2) as (y, x) [mm]: top left, top right, bottom right, bottom left."""
        y, x, turn_deg = self.pose(marker)
        turn, half = math.radians(turn_deg), self.marker_mm / 2
        own = np.array([[-half, -half], [-half, half], [half, half], [half, -half]])
        along, across = own[:, 1], own[:, 0]
        return np.stack(
            [
                y + math.sin(turn) * along + math.cos(turn) * across,
                x + math.cos(turn) * along - math.sin(turn) * across,
            ],
            axis=1,
        )


RING = RingGeometry()
