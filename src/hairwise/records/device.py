"""Numbers that describe a needling device, asked back where they cannot be.

Knows: possible lengths, passes and geometries, and how units get mixed up. Must not know: what follows from them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from hairwise.records.base import Record
from hairwise.units import MM_PER_INCH, UM_PER_MM

__all__ = ["NEEDLE_MM", "PASSES_MOST", "DeviceKind", "Geometry", "NeedleLength", "NeedleMm", "Passes", "WholePasses"]

NEEDLE_MM = (0.1, 3.0)  # shortest and longest in the sources: roller_types 0.13, needle_ranges 3.0
PASSES_MOST = 100  # over one place; the sources describe 15 (holes_per_cm2_15_passes)
DeviceKind = Literal["roller", "pen", "stamp", "unknown"]


def _as_number(value: Any) -> Any:
    """Take a number written as text, as in CSV; ask back for text with a unit in it."""
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            raise PydanticCustomError("not_mm", "should be a number of millimetres alone, such as 1.5") from None
    return value


def _needle(value: float) -> float:
    """Ask back for a needle no device has; say which unit it looks like."""
    lo, hi = NEEDLE_MM
    if lo <= value <= hi:
        return value
    guess = ""
    for factor, words in ((MM_PER_INCH, "inches"), (1 / UM_PER_MM, "micrometres"), (0.1, "a missing decimal point")):
        if 0.13 <= value * factor <= hi:
            guess = f"; it looks like {words} ({value * factor:.2g} mm)"
            break
    raise PydanticCustomError("needle_mm", f"needles are {lo:g} to {hi:g} mm long{guess}")


def _passes(value: float) -> float:
    if value > PASSES_MOST:
        why = f"more than {PASSES_MOST} passes are not possible; count the passes over one place, not all strokes"
        raise PydanticCustomError("passes", why)
    return value


NeedleMm = Annotated[float, BeforeValidator(_as_number), AfterValidator(_needle)]
Passes = Annotated[float, Field(ge=0), AfterValidator(_passes)]
WholePasses = Annotated[int, Field(ge=0), AfterValidator(_passes)]


class Geometry(Record):
    """
    A device as far as its maker or a paper measured it.

    ``needles`` stand on the drum of a roller (all round), on the tip of a pen or on the face of a stamp.
    A roller needs ``drum_diameter_mm`` and ``drum_width_mm``; a pen needs ``rate_hz``, its strokes a second.
    """

    kind: Literal["roller", "pen", "stamp"]
    needles: Annotated[int, Field(ge=1, le=2000)]
    drum_diameter_mm: Annotated[float, Field(ge=5, le=100)] | None = None
    drum_width_mm: Annotated[float, Field(ge=5, le=100)] | None = None
    rate_hz: Annotated[float, Field(ge=1, le=300)] | None = None
    needle_diameter_mm: Annotated[float, Field(ge=0.02, le=0.5)] | None = None
    source: str


class NeedleLength(Record):
    """A needle and its passes, checked before anything is computed from them."""

    needle_mm: NeedleMm | None = None
    passes: Passes | None = None
