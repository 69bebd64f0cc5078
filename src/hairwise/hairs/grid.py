"""The working grid: one scale for every photo.

Knows: the photo's scale or the usual hair in it. Must not know: single hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.errors import Refused
from hairwise.hairs.maps import skin_level
from hairwise.units import MM2_PER_CM2

if TYPE_CHECKING:
    from hairwise.hairs.settings import DetectSettings
    from hairwise.records.base import Bools, Bytes, Floats

__all__ = ["Grid", "choose_grid", "usual_width_px"]


@dataclass(frozen=True)
class Grid:
    """The photo on the working grid; ``work_per_photo_px`` is how many of its pixels one photo pixel spans."""

    rgb: Bytes
    usable: Bools
    work_per_photo_px: float

    def to_photo(self, points: Floats) -> Floats:
        """Turn (..., 2) points of the grid into points of the photo; both count from their first pixel's centre."""
        return np.asarray((points + 0.5) / self.work_per_photo_px - 0.5)


def usual_width_px(rgb: Bytes, settings: DetectSettings) -> float:
    """Estimate the usual width of hair in a photo without a scale.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        Photo.
    settings : DetectSettings
        Threshold of hair.

    Returns
    -------
    float
        Width below which half of the dark area lies [px]; a 100th of the photo's shorter side, as in a field of
        7 mm, where there is too little hair to tell.

    Notes
    -----
    Bundles make bodies wider and ends make them narrower; the two nearly cancel.
    """
    height, width = rgb.shape[:2]
    shrink = min(1.0, 1000.0 / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    channel = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).max(axis=2)
    # an eighth of the shorter side takes the place of the skin window
    stand_in = min(size) / 8 / settings.skin_window_mm
    level = skin_level(channel, stand_in, settings)
    dark = np.log((level + settings.black_level) / (channel + settings.black_level)) > settings.dark_contrast
    distance = cv2.distanceTransform(dark.astype(np.uint8), cv2.DIST_L2, 5)
    top = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (distance > 0.9)
    top &= _large(dark, 0.04 * min(size))
    if top.sum() < 20:
        return float(min(height, width)) / 100
    # each middle pixel stands for an area of its width: skin texture gives many middles and little area
    wide = np.sort(distance[top])
    share = np.cumsum(wide) / wide.sum()
    # twice the distance of the middle pixel: checked on drawn stubs of 5 to 12 px, 0.2 px too narrow on average
    return float(2 * wide[np.searchsorted(share, 0.5)] / shrink)


def _large(mask: Bools, least_px: float) -> Bools:
    """Keep bodies at least so long: hair is, specks of skin texture are not."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = np.hypot(stats[:, 2], stats[:, 3]) > least_px
    keep[0] = False
    kept: Bools = keep[labels]
    return kept


def _span(usable: Bools, axis: int) -> int:
    at = np.flatnonzero(np.any(usable, axis=axis))
    return int(at[-1] - at[0]) + 1 if len(at) else 0


def choose_grid(rgb: Bytes, usable: Bools, px_per_mm: float | None, settings: DetectSettings) -> Grid:
    """Bring a photo to the working grid.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        Photo.
    usable : (H, W) array of bool
        Skin that can be measured.
    px_per_mm : float or None
        Scale; None: guessed from the usual width of its hair.
    settings : DetectSettings
        Scale of the grid.

    Returns
    -------
    Grid
        Averaged down, or enlarged linearly up to four times.

    Raises
    ------
    Refused
        ``not_a_close_up`` where the photo shows more skin than single hairs can be told apart on.
    """
    scale = px_per_mm or usual_width_px(rgb, settings) / (settings.nominal_width_um * 1e-3)
    height, width = rgb.shape[:2]
    # what frames the skin, such as the paper of a ring, is not looked at for hairs
    area_cm2 = _span(usable, 1) * _span(usable, 0) / scale**2 / MM2_PER_CM2
    if area_cm2 > settings.max_area_cm2:
        raise Refused(
            "not_a_close_up",
            f"It shows about {area_cm2:.0f} cm2 of skin, so single hairs cannot be told apart.",
            "An ordinary photo of a head cannot be measured: use a clip-on or USB microscope on a 1 cm spot, or go on "
            "without photos (check, counts, plan).",
        )
    factor = min(4.0, settings.work_px_per_mm / scale)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(rgb, size, interpolation=way)
    part = cv2.resize(usable.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return Grid(np.asarray(small), part, factor)
