"""Which photos cannot be compared, and why.

Knows: what was measured on each. Must not know: the comparison, the terminal, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.measure.quantities import has_few_dark, is_mostly_pale

if TYPE_CHECKING:
    from hairwise.workflow.photos import Measured

__all__ = ["refuse_unfit", "with_scales"]

_SMALL_PX = 480  # the least that microscopes sold for hair save: a photo under it was cut out or made smaller
_FAR_SCALES = 1.5  # one instrument's photos of a spot differ less


def refuse_unfit(before: Measured, after: Measured) -> None:
    """
    Refuse two photos that cannot show what became of a hair.

    Raises
    ------
    Refused
        ``same_photo``, ``too_soft``, ``few_roots``, ``small_photo`` or ``few_dark_hairs``.
    """
    if before.photo.sha256 == after.photo.sha256:
        raise Refused("same_photo", f"{before.photo.name} is the same photo twice.", "Name the photos of two visits.")
    for side in (before, after):  # a soft photo shows few hairs: what is wrong with it comes first
        if side.quality.flags & Flag.BLURRED:
            raise Refused(
                "too_soft",
                f"{side.photo.name} is too soft to tell a lost hair from one that is out of focus.",
                "Take the photo again in focus.",
            )
    unfit = _with_too_few(before, after)
    if unfit:
        raise _too_few(unfit)


def with_scales(refused: Refused, before: Measured, after: Measured) -> Refused:
    """Return the refusal with a word on the scales, where those given are so far apart that one may be wrong."""
    scales = [m.calibration.px_per_mm for m in (before, after) if m.calibration.source == "given"]
    known = [scale for scale in scales if scale is not None]
    if len(known) < 2 or max(known) / min(known) < _FAR_SCALES:
        return refused
    told = f"The two scales given differ {max(known) / min(known):.1f} times: check them first."
    return Refused(refused.code, refused.why, f"{told} {refused.do}")


def _with_too_few(before: Measured, after: Measured) -> Measured | None:
    """Return the photo that shows too few hairs to compare, or None.

    Beside a photo with enough dark hairs, one with few may show a real loss. It may also show hair that was bleached or
    turned grey, which is mostly missed, or roots under longer hair.
    """
    few = [x for x in (before, after) if has_few_dark(x.hairs, x.calibration.px_per_mm, x.quality)]
    if len(few) == 2:
        return few[0]
    return next((x for x in few if is_mostly_pale(x.hairs) or x.measurement.flags & Flag.LONG_HAIR), None)


def _too_few(side: Measured) -> Refused:
    """Say why so few hairs of a photo can be compared."""
    if side.measurement.flags & Flag.LONG_HAIR:
        return Refused(
            "few_roots",
            f"{side.photo.name} shows too few roots to compare: hair lies over the skin.",
            "Part the hair at the spot, or trim a small spot short if that is all right for you.",
        )
    if min(side.photo.rgb.shape[:2]) < _SMALL_PX:
        height, width = side.photo.rgb.shape[:2]
        return Refused(
            "small_photo",
            f"{side.photo.name} is only {width} x {height} pixels and shows too few hairs to compare.",
            "Use the whole photo, as the camera saved it.",
        )
    scale = " Check the scale you gave, too." if side.calibration.source == "given" else ""
    return Refused(
        "few_dark_hairs",
        f"{side.photo.name} shows too few dark hairs to compare; pale hair is often missed.",
        f"Photograph a spot with darker hair too, or go on with counts.{scale}",
    )
