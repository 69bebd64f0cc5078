"""The scale of a photo, with its error, from every source there is.

Knows: where a scale can come from, and which source is believed first. Must not know: hairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.image.ring import read_ring, window_of
from hairwise.image.ruler import read_ruler
from hairwise.image.scale_bar import overlay_of, read_scale_bar
from hairwise.records.photo import Calibration, Photo, ScaleHints, ScaleReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Bools

__all__ = ["MAX_PX_PER_MM", "MIN_PX_PER_MM", "Calibrated", "calibrate", "choose"]

MIN_PX_PER_MM = 25.0  # a hair of 60 um is then 1.5 px wide; under this hairs cannot be told apart
MAX_PX_PER_MM = 2000.0
_LEAST_MM = 1.0  # no microscope for hair shows less: two follicular units hardly fit in
_GIVEN_SE_SHARE = 0.01  # nobody states the error of a scale read off a device; one part in a hundred is our guess
_DISAGREE_SE = 3.0  # combined standard errors
_DISAGREE_SHARE = 0.03  # less than this changes a density by under 6 %, far inside its interval
_SAME_SHAPE = 0.01  # of the sides' ratio; another ratio means a crop, whose scale is not known
_ORDER = ("given", "ring", "ruler", "scale_bar", "device")


@dataclass(frozen=True)
class Calibrated:
    """A photo's calibration, and which pixels may be skin; ``skin`` is None where nothing lies over it."""

    calibration: Calibration
    skin: Bools | None


def calibrate(photo: Photo, px_per_mm: float | None, hints: ScaleHints | None = None) -> Calibrated:
    """
    Read every source of a photo's scale and choose one: given, ring, ruler, scale bar, device, in this order.

    A ruler is only sought where nothing else in the photo tells, as it takes the longest to find.

    Parameters
    ----------
    photo : Photo
    px_per_mm : float or None
        Scale as given [px/mm], 25 to 2000; None where there is none.
    hints : ScaleHints, optional

    Returns
    -------
    Calibrated
        Sources are never averaged; where one differs from the chosen by more than 3 combined standard errors and more
        than 3 %, ``SCALE_DISAGREES`` is set.

    Raises
    ------
    Refused
        ``bad_scale``, ``not_a_close_up``, or ``other_shape`` for a device whose photos have another shape.
    """
    hints = hints or ScaleHints()
    read: list[ScaleReading] = []
    if px_per_mm is not None:
        _refuse_scale(px_per_mm, photo.name)
        wide_mm = min(photo.rgb.shape[:2]) / px_per_mm
        if wide_mm < _LEAST_MM:
            raise Refused(
                "bad_scale",
                f"{photo.name}: at {px_per_mm:g} px/mm it would show {wide_mm:.1f} mm of skin only.",
                "Check the scale: photograph a ruler at the same distance and count the pixels of 1 mm.",
            )
        read.append(ScaleReading("given", px_per_mm, _GIVEN_SE_SHARE * px_per_mm))
    grey = np.asarray(cv2.cvtColor(photo.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    shape = (grey.shape[0], grey.shape[1])
    skin: Bools | None = None
    ring = read_ring(grey, hints.ring_printed_mm)
    if ring is not None:
        read.append(ring.scale)
        skin = window_of(ring, shape)
    bar = read_scale_bar(grey)
    if bar is not None:
        read.append(bar.scale)
        clear = ~overlay_of(bar, shape)
        skin = clear if skin is None else skin & clear
    if not read:
        ruler = read_ruler(grey, hints.tick_mm)
        read += [] if ruler is None else [ruler.scale]
    if hints.device is not None:
        read.append(_of_device(hints.device, hints.device_px, photo))
    calibration = choose(read)
    if calibration.px_per_mm is not None:
        _refuse_scale(calibration.px_per_mm, photo.name)
    return Calibrated(calibration, skin)


def choose(read: Sequence[ScaleReading]) -> Calibration:
    """Return the calibration by the first source in order, with all others beside it."""
    if not read:
        return Calibration(px_per_mm=None, px_per_mm_se=None, source="none")
    first, *others = sorted(read, key=lambda r: _ORDER.index(r.source))
    flags = Flag.SCALE_DISAGREES if any(_disagree(first, other) for other in others) else Flag.NONE
    return Calibration(
        first.px_per_mm, first.px_per_mm_se, first.source, first.mm_from_px, tuple(others), flags=int(flags)
    )


def _of_device(device: ScaleReading, device_px: tuple[int, int], photo: Photo) -> ScaleReading:
    """Return a device's scale for this photo: of the same shape it is the same view, be it in other pixels."""
    longer, shorter = max(photo.rgb.shape[:2]), min(photo.rgb.shape[:2])
    if abs(longer * device_px[1] / (shorter * device_px[0]) - 1) > _SAME_SHAPE:
        raise Refused(
            "other_shape",
            f"{photo.name} has {longer} x {shorter} pixels; the device's scale was read at {device_px[0]} x "
            f"{device_px[1]}, another shape.",
            "Use the photo as the device makes it, not a crop of it.",
        )
    share = longer / device_px[0]
    return ScaleReading("device", device.px_per_mm * share, device.px_per_mm_se * share)


def _disagree(a: ScaleReading, b: ScaleReading) -> bool:
    off = abs(a.px_per_mm - b.px_per_mm)
    return off > _DISAGREE_SE * math.hypot(a.px_per_mm_se, b.px_per_mm_se) and off > _DISAGREE_SHARE * a.px_per_mm


def _refuse_scale(px_per_mm: float, name: str) -> None:
    if not math.isfinite(px_per_mm) or px_per_mm <= 0 or px_per_mm > MAX_PX_PER_MM:
        raise Refused(
            "bad_scale",
            f"{name}: {px_per_mm:g} px/mm is not a possible scale.",
            "Photograph a ruler at the same distance and count the pixels of 1 mm.",
        )
    if px_per_mm < MIN_PX_PER_MM:
        raise Refused(
            "not_a_close_up",
            f"{name}: at {px_per_mm:.4g} px/mm single hairs cannot be told apart.",
            "An ordinary photo of a head cannot be measured: use a clip-on or USB microscope, or go on without photos "
            "(check, counts, plan).",
        )
