"""The scale of a photo, with its error.

Knows: where a scale can come from. Must not know: hairs.
"""

from __future__ import annotations

import math

from hairwise.errors import Refused
from hairwise.records.photo import Calibration

__all__ = ["MAX_PX_PER_MM", "MIN_PX_PER_MM", "calibrate"]

MIN_PX_PER_MM = 25.0  # a hair of 60 um is then 1.5 px wide; under this hairs cannot be told apart
MAX_PX_PER_MM = 2000.0
_GIVEN_SE_SHARE = 0.01  # nobody states the error of a scale read off a device; one part in a hundred is our guess


def calibrate(px_per_mm: float | None, name: str) -> Calibration:
    """
    Return the calibration of a photo.

    Parameters
    ----------
    px_per_mm : float or None
        Scale as given [px/mm], 25 to 2000; None where there is none.
    name : str
        File name, for messages.

    Raises
    ------
    Refused
        ``bad_scale`` or ``not_a_close_up``.
    """
    if px_per_mm is None:
        return Calibration(px_per_mm=None, px_per_mm_se=None, source="none")
    if not math.isfinite(px_per_mm) or px_per_mm <= 0 or px_per_mm > MAX_PX_PER_MM:
        raise Refused(
            "bad_scale",
            f"{name}: {px_per_mm:g} px/mm is not a possible scale.",
            "Photograph a ruler at the same distance and count the pixels of 1 mm.",
        )
    if px_per_mm < MIN_PX_PER_MM:
        raise Refused(
            "not_a_close_up",
            f"{name}: at {px_per_mm:g} px/mm single hairs cannot be told apart.",
            "An ordinary photo of a head cannot be measured: use a clip-on or USB microscope, or go on without photos "
            "(check, counts, plan).",
        )
    return Calibration(px_per_mm=px_per_mm, px_per_mm_se=_GIVEN_SE_SHARE * px_per_mm, source="given")
