"""Every number the search for hairs rests on.

Knows: sizes of hair and skin. Must not know: photos, how the numbers are used.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["METHOD_VERSION", "DetectSettings"]

METHOD_VERSION = "hairs-classical-1"


@dataclass(frozen=True)
class DetectSettings:
    """Settings of the detector; contrasts are natural logarithms of brightness ratios [1]."""

    max_area_cm2: float = 4.0  # a 1 cm spot is asked for; a hand microscope shows 0.3 to 4 cm2
    max_strands: int = 6000  # 15 for every hair of the densest scalp on that area: beyond it, hair hides the skin
    work_px_per_mm: float = 120.0  # a 30 um hair is 3.6 px wide: seen, and a field stays under 0.7 megapixel
    search_px_per_mm: float = 60.0  # strips of 70 um are 4 px wide: enough to place them, four times faster
    nominal_width_um: float = 70.0  # usual terminal scalp hair, 60 to 90 um; stands in for a missing scale
    skin_window_mm: float = 1.6  # wider than a follicular unit (about 0.4 mm), narrower than uneven lighting
    skin_percentile_pct: float = 65.0  # above the median: hair covers up to half of the window
    black_level: float = 12.0  # sRGB counts added before the logarithm, so that noise in black stays small
    dark_contrast: float = 0.45  # a shaft is at least a third darker than skin, shadows and vessels are not
    faint_contrast: float = 0.15  # a 25 um hair, blurred over twice its width, keeps about a third of its contrast
    light_contrast: float = 0.15  # skin reflects 1.2 to 1.5 times more red than blue, white hair both alike
    light_min_aspect: float = 4.0  # flakes and glints are bright too, but short
    min_length_mm: float = 0.10  # shorter than this a stub is a dot whose direction is not seen
    min_width_um: float = 15.0  # below vellus hair; drawn lines of a scale bar are thinner
    max_width_um: float = 140.0  # thickest scalp hair is about 120 um; a scale may be off by a sixth
    width_radius_mm: float = 2.5  # bodies this near tell the usual width of hair here
    width_prior_bodies: float = 4.0  # and the nominal width counts as much as so many of them
    distinct_widths: float = 0.75  # solid shafts lie a width apart somewhere; less a quarter for their blur
    link_gap_mm: float = 0.15  # two hair widths: where another hair crosses
    link_cosine: float = 0.9  # 25 degrees: hair does not bend more within a tenth of a millimetre
    root_window_mm: float = 0.22  # how far the shaft shines bluish through the skin beyond the exit
    vote_radius_mm: float = 1.2  # hairs this near lean alike
    unit_across_mm: float = 0.22  # roots of one follicular unit, across the growth direction
    unit_along_mm: float = 0.14  # and along it
    max_strips_per_window: int = 12  # a window of 1.2 mm square with more is not resolved anyway
