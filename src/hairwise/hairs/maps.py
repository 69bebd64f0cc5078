"""Maps of darkness, lightness and blueness against the skin nearby.

Knows: colours of one image. Must not know: strips, roots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

if TYPE_CHECKING:
    from hairwise.hairs.settings import DetectSettings
    from hairwise.records.base import Bools, Bytes

__all__ = ["Image32", "Maps", "make_maps", "skin_level"]

Image32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Maps:
    """Maps of one image on the working grid (H, W); contrasts in natural logarithms.

    Attributes
    ----------
    dark : (H, W) array of float32
        How much darker than skin in the brightest channel: shafts above the skin, hardly those below it.
    light : (H, W) array of float32
        How much lighter than skin in the darkest channel, plus how much less red: white hair is neutral on warm
        skin, and relief shades the skin without changing its colour.
    blue : (H, W) array of float32
        How much more red than blue is missing, plus half the overall darkness: shafts seen through skin.
    usable : (H, W) array of bool
        Skin that may be searched.
    px_per_mm : float
        Scale of these maps.
    """

    dark: Image32
    light: Image32
    blue: Image32
    usable: Bools
    px_per_mm: float


def skin_level(channel: npt.NDArray[Any], px_per_mm: float, settings: DetectSettings) -> Image32:
    """Estimate the brightness of skin around each pixel.

    Parameters
    ----------
    channel : (H, W) array
        One channel or a combination, sRGB counts.
    px_per_mm : float
        Scale of the channel.
    settings : DetectSettings
        Window [mm] and percentile.

    Returns
    -------
    (H, W) array of float32
        A high percentile of small cells within the window: hair covers the darker ones.

    Notes
    -----
    Only the window counts, so a hair far away changes nothing.
    """
    height, width = channel.shape
    cell_px = max(1.0, 0.1 * px_per_mm)
    small = (max(1, round(width / cell_px)), max(1, round(height / cell_px)))
    cells = cv2.resize(channel, small, interpolation=cv2.INTER_AREA)
    size = 2 * int(settings.skin_window_mm * px_per_mm / cell_px / 2) + 1
    level = ndimage.percentile_filter(cells.astype(np.float32), settings.skin_percentile_pct, size=size, mode="nearest")
    even = cv2.resize(cv2.blur(level, (5, 5)), (width, height), interpolation=cv2.INTER_LINEAR)
    return even.astype(np.float32)


def make_maps(rgb: Bytes, usable: Bools, px_per_mm: float, settings: DetectSettings) -> Maps:
    """Compare each pixel with the skin nearby.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        Image on the working grid.
    usable : (H, W) array of bool
        Skin that may be searched.
    px_per_mm : float
        Its scale.
    settings : DetectSettings
        See there.

    Returns
    -------
    Maps
        Contrasts; zero where not usable.

    Notes
    -----
    The brightest channel hides what lies under the skin (bluish: blue stays bright) and vessels (red stays
    bright), and shows what lies above it.
    """
    soft = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 0.6), np.uint8)
    black = settings.black_level

    def contrast(channel: npt.NDArray[Any]) -> Image32:
        skin = skin_level(channel, px_per_mm, settings)
        out = np.log((skin + black) / (channel.astype(np.float32) + black))
        return np.where(usable, out, 0.0).astype(np.float32)

    red, blue = contrast(soft[..., 0]), contrast(soft[..., 2])
    dark: Image32 = contrast(soft.max(axis=2))
    light = (red - blue) - contrast(soft.min(axis=2))
    return Maps(dark, light, (red - blue) + 0.25 * (red + blue), usable, px_per_mm)
