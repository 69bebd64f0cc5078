"""Settings and input of a comparison.

Knows: tolerances with their reasons. Must not know: how they are used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hairwise.records.base import freeze

if TYPE_CHECKING:
    from hairwise.records.base import Bools, Bytes
    from hairwise.records.hairs import Hairs

__all__ = ["METHOD_VERSION", "CompareSettings", "View"]

METHOD_VERSION = "change-5"


@dataclass(frozen=True)
class View:
    """One photo with the hairs found in it.

    Attributes
    ----------
    rgb : (H, W, 3) array of uint8
        Upright sRGB pixels.
    usable : (H, W) array of bool
        Skin that can be measured.
    px_per_mm : float or None
        Scale; None where there is none, then the median hair is taken to be of nominal width.
    hairs : Hairs
        Found hairs, in pixels of ``rgb``.
    """

    rgb: Bytes
    usable: Bools
    px_per_mm: float | None
    hairs: Hairs

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.usable.shape != self.rgb.shape[:2]:
            raise ValueError("rgb must be (H, W, 3) and usable (H, W)")
        freeze(self.rgb)
        freeze(self.usable)


@dataclass(frozen=True)
class CompareSettings:
    """Tolerances of the comparison; lengths are on the skin."""

    # Working resolution: 10 um a pixel shows furrows (50-150 um) and hairs (30-100 um); finer adds noise and time.
    work_px_per_mm: float = 100.0
    # Largest working photo [px]; wider views are worked at a coarser step, which keeps time and memory bounded.
    work_max_px: int = 2_400_000
    # Median shaft of clipped scalp hair (terminal hair 60-100 um, mixed with thinner): stands in for a missing scale.
    nominal_width_um: float = 70.0
    # The same lens held again: scale differs by distance only; without a scale the nominal width may be off by half.
    scale_ratio_max: float = 1.18
    scale_ratio_max_no_scale: float = 1.6
    # Skin is soft: it shifts by tens of um over a millimetre or two between two placements of a lens.
    stretch_sd_um: float = 50.0
    stretch_length_um: float = 1300.0
    # A skin mark is found to about two working pixels; a root to about 25 um in each photo and direction.
    skin_mark_sd_um: float = 18.0
    root_across_sd_um: float = 35.0
    # Where a shaft leaves the skin is hidden by scale and haze, so roots wander along the shaft.
    root_along_sd_um: float = 65.0
    # Stubs of one clip keep their lean; regrown ones turn by some ten degrees.
    angle_sd_deg: float = 15.0
    width_log_sd: float = 0.3
    # A root is one point of skin, told twice. Found this far apart each moves a quarter of the way to the other, nearer
    # ones less, farther ones up to halfway. Chosen on rendered pairs (ADR 0011).
    root_apart_um: float = 30.0
    # Share of true pairs that follow none of the above. Small: who is farther off is looked for in the pixels instead.
    outlier_share: float = 0.003
    # Roots farther apart than this are never one hair: follicular units lie about 1 mm apart.
    match_radius_um: float = 220.0
    # A wrong spot passes this test about once in ten thousand pairs of photos, by a count of poses that errs high.
    log10_chance_max: float = -4.0
    # With the place fixed by skin alone, hairs still must agree better than one in a thousand by chance.
    log10_hairs_agree_max: float = -3.0
    min_skin_marks: int = 14
    # Fewer follicular units than this say nothing about the place.
    min_units: int = 6
    # Hairs listed in files have at least this probability; weaker finds count where both photos make them likely.
    p_listed: float = 0.5
    # By both photos as many are listed as are expected, the likeliest first, but none under this.
    p_least_listed: float = 0.3
    # Seen in both: at least this far inside the other frame, so that root and some shaft are in it.
    edge_um: float = 100.0
    # What both photos show is taken away: it may lie this far off, and be this much darker in the one than the other.
    residue_reach_um: float = 20.0
    residue_gain: float = 1.1
    # A hair seen only in what is left has at least this probability there; its own photo gave it p_unlisted at most.
    p_residue_min: float = 0.3
    p_unlisted: float = 0.02
    # How far a looked-for hair may lie from its predicted place.
    search_um: float = 60.0
    search_deg: float = 25.0
    # Shaft looked at from the root: stubs clipped anew are at least about this long.
    look_um: float = 250.0
    # A pair of photos shares its errors (light, focus, place): as a share of the hairs seen in both.
    shared_error_share: float = 0.01
    # What misleads the verdict on one find misleads it on all: sd of their common shift in log odds. This and the next
    # were chosen on 235 rendered pairs of dark clipped hair, each judged by a verdict that had not seen it
    # (bench/fit_change.py): the interval of change holds in 0.97 of them.
    shared_doubt_sd: float = 0.3
    # Beta parameters of the share of fallen hairs without any find.
    missed_in_both: tuple[float, float] = (1.0, 25.0)
    # Nine in ten hairs are shorter than this where hair was clipped within days. It stands and hides few roots: on
    # rendered pairs clipped to 0.7 to 1.5 mm the errors of stubs hold in 0.95 (ADR 0011); longer hair lies over roots.
    stub_mm: float = 2.5
    # The same three where hair is longer than stubs, on 30 pairs of short hair: it holds in 0.93, and is wide.
    long_hair: tuple[float, float, tuple[float, float]] = (0.06, 0.9, (2.0, 8.0))
    # Chance that a hair matched or found at its place is in truth another one.
    false_kept_share: float = 0.01
    # Under this share of the first photo in common the pair is flagged.
    low_overlap: float = 0.4
    level: float = 0.95
    draws: int = 4000
    seed: int = 20240229

    def for_long_hair(self) -> CompareSettings:
        """Return the same with the errors of hair longer than stubs."""
        share, doubt, missed = self.long_hair
        return replace(self, shared_error_share=share, shared_doubt_sd=doubt, missed_in_both=missed)
