"""A photo, its scale and its quality.

Knows: pixels and calibration. Must not know: file formats, hairs, how a scale was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hairwise.records.base import Bools, Bytes, Floats, freeze

__all__ = ["Calibration", "Photo", "Quality", "ScaleHints", "ScaleReading", "ScaleSource"]

ScaleSource = Literal["given", "ring", "scale_bar", "ruler", "device", "none"]


@dataclass(frozen=True)
class Photo:
    """An upright sRGB photo without private metadata.

    Attributes
    ----------
    rgb : (H, W, 3) array of uint8
        Read-only pixels, upright.
    sha256 : str
        Of the file as it was given.
    name : str
        File name without folder.
    taken_at : str
        Local time by the camera's own clock, as ``2026:03:07 08:15:00``; empty where it says none. Never written down.
    """

    rgb: Bytes
    sha256: str
    name: str
    taken_at: str = ""

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError("rgb must be (H, W, 3) uint8")
        freeze(self.rgb)


@dataclass(frozen=True)
class ScaleReading:
    """What one source says the scale is.

    Attributes
    ----------
    source : str
        Where it was read.
    px_per_mm, px_per_mm_se : float
        Scale at the photo's centre and its standard error [px/mm].
    mm_from_px : (3, 3) array or None
        Homography from pixels (y, x, 1) to the skin plane (y, x) [mm]; None where the scale is one for all.
    """

    source: ScaleSource
    px_per_mm: float
    px_per_mm_se: float
    mm_from_px: Floats | None = None

    def __post_init__(self) -> None:
        if self.mm_from_px is not None:
            freeze(self.mm_from_px)


@dataclass(frozen=True)
class ScaleHints:
    """What a person tells that helps to read a scale.

    Attributes
    ----------
    ring_printed_mm : float or None
        Length of the printed sheet's 100 mm line as measured with a ruler [mm]; None where nobody measured it.
    tick_mm : float or None
        Distance of the ruler's smallest ticks [mm]; None: read from the ticks, 1 mm where they do not tell.
    device : ScaleReading or None
        Stored scale of the device, for photos of ``device_px``.
    device_px : (int, int)
        Longer and shorter side of the photos that the device's scale is for [px].
    """

    ring_printed_mm: float | None = None
    tick_mm: float | None = None
    device: ScaleReading | None = None
    device_px: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Calibration:
    """Scale of a photo with its error; None where there is no scale.

    Attributes
    ----------
    px_per_mm, px_per_mm_se : float or None
        Scale at the photo's centre, square root of the area scale, and its standard error [px/mm].
    source : str
        The source chosen.
    mm_from_px : (3, 3) array or None
        Homography from pixels (y, x, 1) to the skin plane (y, x) [mm]; None where the scale is one for all.
    others : tuple of ScaleReading
        Every other source that was read, never averaged into the scale.
    flags : int
        Bits of ``hairwise.flags.Flag``.
    """

    px_per_mm: float | None
    px_per_mm_se: float | None
    source: ScaleSource
    mm_from_px: Floats | None = None
    others: tuple[ScaleReading, ...] = ()
    flags: int = 0

    def to_mm(self, points_px: Floats) -> Floats:
        """Return points (N, 2) on the skin plane [mm]; needs a scale."""
        if self.px_per_mm is None:
            raise ValueError("no scale")
        if self.mm_from_px is None:
            scaled: Floats = points_px / self.px_per_mm
            return scaled
        through = np.column_stack([points_px, np.ones(len(points_px))]) @ self.mm_from_px.T
        plane: Floats = through[:, :2] / through[:, 2:]
        return plane

    def local_mm2_per_px(self, points_px: Floats) -> Floats:
        """Return the skin one pixel covers at points (N, 2) [mm2/px]; needs a scale."""
        if self.px_per_mm is None:
            raise ValueError("no scale")
        if self.mm_from_px is None:
            return np.full(len(points_px), self.px_per_mm**-2.0)
        # the Jacobian determinant of a homography G at p is det(G) / (third row of G times p)^3
        third = points_px @ self.mm_from_px[2, :2] + self.mm_from_px[2, 2]
        area: Floats = np.abs(np.linalg.det(self.mm_from_px) / third**3)
        return area

    def facing_px_per_mm(self, points_px: Floats) -> Floats:
        """Return the scale at points (N, 2) across the line of sight, which tilt does not shorten; needs a scale.

        A hair is round: seen from any side it is as wide. So its diameter takes the larger of the two local scales.
        """
        if self.px_per_mm is None:
            raise ValueError("no scale")
        if self.mm_from_px is None:
            return np.full(len(points_px), self.px_per_mm)
        third = points_px @ self.mm_from_px[2, :2] + self.mm_from_px[2, 2]
        plane = self.to_mm(points_px)
        top = self.mm_from_px[:2, :2]
        jacobian = (top[None] - plane[:, :, None] * self.mm_from_px[2, :2]) / third[:, None, None]
        scale: Floats = 1.0 / np.linalg.svd(jacobian, compute_uv=False)[:, -1]
        return scale


@dataclass(frozen=True)
class Quality:
    """How much of a photo can be measured.

    Attributes
    ----------
    usable : (H, W) array of bool
        Skin that can be measured; False in glare, captions and outside a round aperture.
    blur_px : float
        Gaussian sigma of the softness of the sharpest edges [px]; see ``image.quality``.
    glare_share : float
        Share of the photo lost to glare, 0 to 1.
    flags : int
        Bits of ``hairwise.flags.Flag``.
    """

    usable: Bools
    blur_px: float
    glare_share: float
    flags: int
