"""Hairs of one photo, as columns of equal length.

Knows: where hairs are and how wide. Must not know: how they were found, a second visit.
Letters: H hairs, P points. Order of coordinates (y, x), origin the first pixel's centre.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from hairwise.records.base import Bools, Estimate, Floats, Ints, freeze

__all__ = ["Hairs", "Measurement"]


@dataclass(frozen=True)
class Hairs:
    """Hairs found in one photo; empty columns where there are none.

    Attributes
    ----------
    points_px : (P, 2) array of float
        Centrelines (y, x), each from root to tip, one after another [px].
    offsets : (H + 1,) array of int
        Hair h owns ``points_px[offsets[h]:offsets[h + 1]]``, at least two points.
    width_px, width_se_px : (H,) array of float
        Median width with blur and pixel size taken off, and its standard error [px]; NaN where not measurable.
    p_hair : (H,) array of float
        Probability that it is one hair with its root here.
    root_visible : (H,) array of bool
        Whether the place where the shaft leaves the skin is seen.
    unit : (H,) array of int
        Follicular unit, 0 to n_units - 1.
    is_light : (H,) array of bool
        Lighter than the skin around it.
    flags : (H,) array of int
        Bits of ``hairwise.flags.Flag``.
    """

    points_px: Floats
    offsets: Ints
    width_px: Floats
    width_se_px: Floats
    p_hair: Floats
    root_visible: Bools
    unit: Ints
    is_light: Bools
    flags: Ints

    def __post_init__(self) -> None:
        n = len(self.offsets) - 1
        if n < 0 or self.offsets[0] != 0 or self.offsets[-1] != len(self.points_px):
            raise ValueError("offsets must start at 0 and end at the number of points")
        if n and np.diff(self.offsets).min() < 2:
            raise ValueError("every hair needs at least two points")
        for field in fields(self):
            column = getattr(self, field.name)
            if field.name not in ("points_px", "offsets") and len(column) != n:
                raise ValueError(f"{field.name} has {len(column)} rows for {n} hairs")
            freeze(column)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def root_px(self) -> Floats:
        """Roots (H, 2), (y, x) [px]."""
        return self.points_px[self.offsets[:-1]]

    @property
    def tip_px(self) -> Floats:
        """Tips (H, 2), (y, x) [px]."""
        return self.points_px[self.offsets[1:] - 1]

    @property
    def length_px(self) -> Floats:
        """Length along each centreline (H,) [px]."""
        steps = np.linalg.norm(np.diff(self.points_px, axis=0), axis=1)
        total = np.concatenate([[0.0], np.cumsum(steps)])
        length: Floats = total[self.offsets[1:] - 1] - total[self.offsets[:-1]]
        return length

    def take(self, keep: Bools | Ints) -> Hairs:
        """Return only the hairs where ``keep`` (H,) is true, or those it lists, in that order, units numbered anew."""
        index = np.flatnonzero(keep) if keep.dtype == bool else keep
        lines = [self.line_px(int(h)) for h in index]
        sizes = [len(line) for line in lines]
        points = np.concatenate(lines) if lines else np.empty((0, 2))
        columns = {
            f.name: np.array(getattr(self, f.name)[index])
            for f in fields(self)
            if f.name not in ("points_px", "offsets", "unit")
        }
        return Hairs(
            points_px=points,
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            unit=np.unique(self.unit[index], return_inverse=True)[1].astype(np.int64),
            **columns,
        )

    def join(self, other: Hairs) -> Hairs:
        """Return these hairs and then the others, of the same photo, whose units are taken to be others."""
        columns = {
            f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
            for f in fields(self)
            if f.name not in ("offsets", "unit")
        }
        first = int(self.unit.max(initial=-1)) + 1
        return Hairs(
            offsets=np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]]),
            unit=np.concatenate([self.unit, other.unit + first]),
            **columns,
        )

    def line_px(self, h: int) -> Floats:
        """Centreline of hair h (p, 2), root first [px]."""
        return self.points_px[self.offsets[h] : self.offsets[h + 1]]


@dataclass(frozen=True)
class Measurement:
    """Quantities of one visit; None where they could not be measured."""

    usable_area_mm2: float | None
    count: Estimate
    density_per_cm2: Estimate | None
    terminal_per_cm2: Estimate | None
    vellus_per_cm2: Estimate | None
    units_per_cm2: Estimate | None
    hairs_per_unit: float | None
    median_diameter_um: Estimate | None
    cumulative_thickness_mm_per_cm2: Estimate | None
    diameter_um: Floats
    diameter_se_um: Floats
    length_mm: Floats
    hair_type: tuple[str | None, ...]
    flags: int
