"""Every number the search for hairs rests on.

Knows: sizes of hair and skin. Must not know: photos, how the numbers are used.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["METHOD_VERSION", "DetectSettings"]

METHOD_VERSION = "hairs-net-3"


@dataclass(frozen=True)
class DetectSettings:
    """Settings of the detector; contrasts are natural logarithms of brightness ratios [1]."""

    max_area_cm2: float = 4.0  # a 1 cm spot is asked for; a hand microscope shows 0.3 to 4 cm2
    max_proposals: int = 12_000  # 30 for every hair of the densest scalp on that area: beyond it, hair hides the skin
    work_px_per_mm: float = 120.0  # a 30 um hair is 3.6 px wide: seen, and a field stays under 0.7 megapixel
    nominal_width_um: float = 70.0  # usual terminal scalp hair, 60 to 90 um; stands in for a missing scale
    skin_window_mm: float = 1.6  # wider than a follicular unit (about 0.4 mm), narrower than uneven lighting
    skin_percentile_pct: float = 65.0  # above the median: hair covers up to half of the window
    black_level: float = 12.0  # sRGB counts added before the logarithm, so that noise in black stays small
    dark_contrast: float = 0.45  # a shaft is at least a third darker than skin, shadows and vessels are not
    faint_contrast: float = 0.6  # more than half of the skin's light is left: blond, grey or very thin hair
    min_length_mm: float = 0.10  # shorter than this a stub is a dot whose direction is not seen
    min_width_um: float = 15.0  # below vellus hair; drawn lines of a scale bar are thinner
    max_width_um: float = 140.0  # thickest scalp hair is about 120 um; a scale may be off by a sixth
    least_heat: float = 0.08  # of a root or tip the network may have seen; nine of ten true roots are hotter
    clear_mm: float = 0.05  # roots keep this far from what is not skin
    least_on_skin: float = 0.7  # share of a proposal
    longest_mm: float = 1.6  # a tip is looked for this far from its root
    tips_a_root: int = 2  # the right tip is nearly always among the two that fit best
    dearest_pair: float = 1.6  # price up to which a root and a tip are joined
    least_p_hair: float = 0.1  # what is less probable is not kept
    width_radius_mm: float = 2.5  # proposals this near tell the usual width of hair here
    width_prior_proposals: float = 8.0  # and the nominal width counts as much as so many of them
    root_window_mm: float = 0.22  # how far the shaft shines bluish through the skin beyond the exit
    vote_radius_mm: float = 1.2  # hairs this near lean alike
    unit_across_mm: float = 0.22  # roots of one follicular unit, across the growth direction
    unit_along_mm: float = 0.14  # and along it
