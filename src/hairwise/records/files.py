"""The files of a photo and of a pair of photos; coordinates are (x, y) here.

Knows: their shape. Must not know: how their numbers were made.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hairwise.records.base import Estimate, Probability, Record
from hairwise.records.photo import ScaleSource
from hairwise.records.verdicts import FileHead

__all__ = [
    "Cutoffs",
    "HairEntry",
    "HairsFile",
    "HiddenEntry",
    "KeptEntry",
    "LostEntry",
    "NewEntry",
    "PairFile",
    "ScaleEntry",
]

XY = tuple[float, float]
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


class HairEntry(Record):
    """One hair; the polyline starts at the root."""

    id: int
    root: XY
    tip: XY
    polyline: tuple[XY, ...]
    diameter_um: float | None
    diameter_se_um: float | None
    length_mm: float | None
    type: Literal["terminal", "intermediate", "vellus"] | None
    unit: int
    p_hair: Probability
    root_visible: bool
    flags: tuple[str, ...]


class Cutoffs(Record):
    """What counts as vellus and terminal, and who says so."""

    vellus_below_um: float
    terminal_above_um: float
    source: str


class ScaleEntry(Record):
    """What one source says the scale at the photo's centre is."""

    source: ScaleSource
    px_per_mm: float
    px_per_mm_se: float


class HairsFile(FileHead):
    """File ``STEM.hairs.json``, ``hairwise/hairs/1``; null where it could not be measured, with a flag."""

    px_per_mm: float | None = None
    px_per_mm_se: float | None = None
    px_per_mm_source: ScaleSource = "none"
    scales: tuple[ScaleEntry, ...] = ()
    usable_area_mm2: float | None = None
    flags: tuple[str, ...] = ()
    count: Estimate | None = None
    density_per_cm2: Estimate | None = None
    terminal_per_cm2: Estimate | None = None
    vellus_per_cm2: Estimate | None = None
    units_per_cm2: Estimate | None = None
    hairs_per_unit: float | None = None
    median_diameter_um: Estimate | None = None
    cumulative_thickness_mm_per_cm2: Estimate | None = None
    cutoffs: Cutoffs | None = None
    hairs: tuple[HairEntry, ...] = ()


class KeptEntry(Record):
    """A hair seen in both photos."""

    t0: XY
    t1: XY
    p: Probability
    diameter_change_um: Estimate | None = None


class LostEntry(Record):
    """A hair of the first photo that is not in the second."""

    t0: XY
    p: Probability


class NewEntry(Record):
    """A hair of the second photo that is not in the first."""

    t1: XY
    p: Probability


class HiddenEntry(Record):
    """A hair of the first photo that the second could not have shown."""

    t0: XY


class RegistrationEntry(Record):
    """How the two photos lie on each other."""

    homography: Matrix
    points_t0: tuple[XY, ...]
    points_t1: tuple[XY, ...]
    residual_um: float | None
    residual_px: float
    overlap: float


class PairFile(FileHead):
    """File ``BEFORE_to_AFTER.pair.json``, ``hairwise/pair/1``; ``change`` counts hairs of the skin seen in both."""

    flags: tuple[str, ...] = ()
    kept: tuple[KeptEntry, ...] = ()
    lost: tuple[LostEntry, ...] = ()
    new: tuple[NewEntry, ...] = ()
    hidden: tuple[HiddenEntry, ...] = ()
    out_of_view: tuple[HiddenEntry, ...] = ()
    n_t0: int | None = None
    n_t1: int | None = None
    change: Estimate | None = None
    change_pct: Estimate | None = None
    smallest_detectable_loss_pct: float | None = Field(default=None, ge=0)
    registration: RegistrationEntry | None = None
