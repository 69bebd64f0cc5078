"""Every conversion of units, once.

Knows: factors. Must not know: stages.
"""

from __future__ import annotations

__all__ = ["CM2_PER_INCH2", "MM2_PER_CM2", "UM_PER_MM", "px2_to_mm2", "px_to_mm", "px_to_um"]

UM_PER_MM = 1000.0
MM2_PER_CM2 = 100.0
CM2_PER_INCH2 = 6.4516


def px_to_mm(length_px: float, px_per_mm: float) -> float:
    """Convert a length [px] to [mm]."""
    return length_px / px_per_mm


def px_to_um(length_px: float, px_per_mm: float) -> float:
    """Convert a length [px] to [um]."""
    return length_px / px_per_mm * UM_PER_MM


def px2_to_mm2(area_px2: float, px_per_mm: float) -> float:
    """Convert an area [px^2] to [mm^2]."""
    return area_px2 / px_per_mm**2
