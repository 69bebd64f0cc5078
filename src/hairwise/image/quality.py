"""How much of a photo can be measured.

Knows: glare, captions, round apertures, softness. Must not know: hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.records.photo import Photo, Quality
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.records.base import Bools, Bytes

__all__ = ["QualitySettings", "assess"]


@dataclass(frozen=True)
class QualitySettings:
    """Limits of the quality check; reasons beside each."""

    clipped_level: int = 250  # 8-bit sensors clip near 255, JPEG rings a few levels under it
    flat_range: int = 2  # captions and bars are drawn flat; skin varies by its own texture and noise
    flat_least_share: float = 0.0005  # smaller flat patches are left in
    flat_at_level: float = 160.0  # brightness at which flat_range holds; texture fades with the light
    box_share: float = 0.7  # a caption or bar fills most of its box; quiet skin between hairs does not
    ink_above_skin: int = 60  # blue over the other channels, beyond the photo's own cast: ink or drawn text, never hair
    ink_reach_px: int = 40  # letters stand this close in a label
    usable_least_mm2: float = 1.0  # about one follicular unit
    dark_level: int = 10  # outside a round aperture nothing is lit
    dark_least_share: float = 0.01
    blur_limit_um: float = 30.0  # half the width of a thin terminal hair
    blur_limit_px: float = 3.0  # the same at 100 px/mm, where there is no scale
    glare_limit_share: float = 0.10
    usable_least_share: float = 0.5
    usable_enough_mm2: float = 10.0  # about the field of a trichoscope; enough whatever else the photo shows


def assess(
    photo: Photo,
    px_per_mm: float | None = None,
    settings: QualitySettings | None = None,
    *,
    skin: Bools | None = None,
) -> Quality:
    """
    Find the skin that can be measured, and how soft the photo is.

    Parameters
    ----------
    photo : Photo
    px_per_mm : float, optional
        Scale, for how soft is too soft.
    settings : QualitySettings, optional
    skin : (H, W) array of bool, optional
        Where skin may be; paper of a ring or a drawn bar is elsewhere.

    Returns
    -------
    Quality
        ``blur_px`` comes from the ratio of edge strength at two scales; noise makes it look sharper than it is.
    """
    limits = settings or QualitySettings()
    rgb = photo.rgb
    glare = _glare(rgb, limits)
    usable = ~(glare | _flat(rgb, limits) | _unlit(rgb, limits) | _inked(rgb, limits))
    if skin is not None:
        usable &= skin
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    blur = _blur_px(grey, usable)
    _refuse_empty(photo, usable, px_per_mm, limits)
    flags = Flag.NONE
    share = float(glare.mean())
    if share > limits.glare_limit_share:
        flags |= Flag.GLARE
    if blur > (limits.blur_limit_px if px_per_mm is None else limits.blur_limit_um * px_per_mm / UM_PER_MM):
        flags |= Flag.BLURRED
    # beside a ring or under a caption little of the photo is skin, yet the spot may be large
    enough = px_per_mm is not None and float(usable.sum()) / px_per_mm**2 >= limits.usable_enough_mm2
    if float(usable.mean()) < limits.usable_least_share and not enough:
        flags |= Flag.SMALL_AREA
    median = float(np.median(grey[::4, ::4]))
    if median < 40:
        flags |= Flag.UNDEREXPOSED
    if median > 235:
        flags |= Flag.OVEREXPOSED
    return Quality(usable=usable, blur_px=blur, glare_share=share, flags=int(flags))


def _refuse_empty(photo: Photo, usable: Bools, px_per_mm: float | None, limits: QualitySettings) -> None:
    """Refuse a photo in which next to nothing is skin in the light."""
    area_mm2 = None if px_per_mm is None else float(usable.sum()) / px_per_mm**2
    if float(usable.mean()) < 0.05 or (area_mm2 is not None and area_mm2 < limits.usable_least_mm2):
        raise Refused(
            "nothing_usable",
            f"{photo.name} shows next to no skin that can be measured (all dark, all bright, or flat).",
            "Take it again with even light, close to the skin.",
        )


def _components(mask: Bools, least_px: float, least_box_share: float = 0.0) -> Bools:
    """Keep connected parts of at least ``least_px`` pixels that fill at least that share of their box."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= least_px
    box = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    keep &= stats[:, cv2.CC_STAT_AREA] >= least_box_share * box
    keep[0] = False
    kept: Bools = keep[labels]
    return kept


def _quarter(rgb: Bytes) -> Bytes:
    return np.asarray(cv2.resize(rgb, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _enlarge(mask: Bools, shape: tuple[int, ...]) -> Bools:
    big = cv2.resize(mask.astype(np.uint8), (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(big, dtype=bool)


def _glare(rgb: Bytes, limits: QualitySettings) -> Bools:
    """Find clipped patches larger than a glint on a hair."""
    small = _quarter(rgb).min(axis=2)
    return _enlarge(_components(small >= limits.clipped_level, 0.0005 * small.size), rgb.shape)


def _flat(rgb: Bytes, limits: QualitySettings) -> Bools:
    """Find captions, bars and borders: drawn, so without texture."""
    small = _quarter(rgb)
    spread = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    dim = min(1.0, float(np.median(small)) / limits.flat_at_level)
    flat = _components(spread <= limits.flat_range * dim, limits.flat_least_share * spread.size, limits.box_share)
    grown = cv2.dilate(flat.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return _enlarge(np.asarray(grown), rgb.shape)


def _inked(rgb: Bytes, limits: QualitySettings) -> Bools:
    """Find blue ink and blue drawn text with what stands between its letters."""
    red, green, blue = cv2.split(rgb)
    excess = np.asarray(cv2.subtract(blue, cv2.max(red, green)))
    ink = (excess > float(np.median(excess[::8, ::8])) + limits.ink_above_skin).astype(np.float32)
    small = cv2.resize(ink, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) > 0.1
    size = max(1, limits.ink_reach_px // 4)
    joined = cv2.morphologyEx(small.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    grown = cv2.dilate(joined, np.ones((5, 5), np.uint8)) > 0
    return _enlarge(_components(np.asarray(grown), 0.0001 * grown.size), rgb.shape)


def _unlit(rgb: Bytes, limits: QualitySettings) -> Bools:
    """Find the dark surround of a round aperture: large, dark, touching the border."""
    small = _quarter(rgb).max(axis=2)
    dark = _components(small <= limits.dark_level, limits.dark_least_share * small.size)
    _, labels = cv2.connectedComponents(dark.astype(np.uint8))
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    touching = np.isin(labels, edge[edge > 0])
    return _enlarge(np.asarray(touching), rgb.shape)


def _blur_px(grey: npt.NDArray[Any], usable: Bools) -> float:
    """Return the Gaussian sigma that explains how edges weaken from a 1 px to a 4 px smoothing.

    A step edge of blur s seen through a Gaussian of sigma t has a peak gradient ~ 1 / sqrt(s^2 + t^2).
    """
    fine, coarse = 1.0, 4.0
    some = np.flatnonzero(usable)[::16]

    def strength(sigma: float) -> float:
        smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), sigma)
        steps = [cv2.Sobel(smooth, cv2.CV_32F, *way).ravel()[some] for way in ((1, 0), (0, 1))]
        return float(np.percentile(np.hypot(*steps), 99.5)) if len(some) > 100 else 0.0

    weak = strength(coarse)
    if weak <= 0:
        return coarse
    ratio2 = float(np.clip((strength(fine) / weak) ** 2, 1.0001, coarse**2 / fine**2))
    return float(min(np.sqrt((coarse**2 - ratio2 * fine**2) / (ratio2 - 1)), 10 * coarse))
