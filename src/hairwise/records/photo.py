"""A photo, its scale and its quality.

Knows: pixels and calibration. Must not know: file formats, hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hairwise.records.base import Bools, Bytes, freeze

__all__ = ["Calibration", "Photo", "Quality", "ScaleSource"]

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
    """

    rgb: Bytes
    sha256: str
    name: str

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError("rgb must be (H, W, 3) uint8")
        freeze(self.rgb)


@dataclass(frozen=True)
class Calibration:
    """Scale of a photo [px/mm] with its standard error; None where there is no scale."""

    px_per_mm: float | None
    px_per_mm_se: float | None
    source: ScaleSource


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
