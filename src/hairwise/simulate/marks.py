"""Marks on the skin other than hairs: flakes, moles, punctures, loose clippings.

Knows: where they lie, how large, how opaque. Must not know: cameras, pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from hairwise.records.base import Floats, Ints, freeze
from hairwise.units import MM2_PER_CM2

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["CLIPPING", "CRUST", "FLAKE", "MOLE", "PUSTULE", "RED", "Dot", "Marks", "scatter_marks"]

FLAKE, MOLE, CRUST, CLIPPING, RED, PUSTULE = range(6)


@dataclass(frozen=True)
class Dot:
    """A marker on the skin: place (y, x) [mm], radius [mm], sRGB, paper or ink, above or below the hair."""

    place_mm: tuple[float, float]
    radius_mm: float
    rgb: tuple[int, int, int]
    kind: Literal["paper", "ink"] = "paper"
    is_over: bool = False


class _Wishes(Protocol):
    @property
    def patch_mm(self) -> tuple[float, float]: ...
    @property
    def flakes_per_cm2(self) -> float: ...
    @property
    def moles_per_cm2(self) -> float: ...
    @property
    def punctures_per_cm2(self) -> float: ...
    @property
    def clippings_per_cm2(self) -> float: ...
    @property
    def pustules_per_cm2(self) -> float: ...
    @property
    def redness(self) -> float: ...
    @property
    def diameter_um(self) -> float: ...


@dataclass(frozen=True)
class Marks:
    """Marks as columns: kind, middle (y, x) [mm], half-axes [mm], direction [rad], opacity 0-1."""

    kind: Ints
    place_mm: Floats
    along_mm: Floats
    across_mm: Floats
    angle_rad: Floats
    alpha: Floats

    def __post_init__(self) -> None:
        for field in fields(self):
            freeze(getattr(self, field.name))

    def __len__(self) -> int:
        return len(self.kind)

    def with_moles_of(self, before: Marks) -> Marks:
        """Return these marks with the moles of an earlier visit in place of their own."""
        mine, theirs = self.kind != MOLE, before.kind == MOLE
        return Marks(
            **{
                f.name: np.concatenate([getattr(before, f.name)[theirs], getattr(self, f.name)[mine]])
                for f in fields(self)
            }
        )


def scatter_marks(wishes: _Wishes, rng: Generator) -> Marks:
    """Scatter marks over a patch; counts are Poisson at the wished densities.

    Sizes: flakes 60-250 um, moles 0.2-0.6 mm, crusts of a puncture 60-120 um (needles are 0.1-0.25 mm thick),
    clippings as wide as hair, red patches 0.5-1.5 mm, pustules with their red rim 0.6-1.8 mm.
    """
    height, width = wishes.patch_mm
    area_cm2 = height * width / MM2_PER_CM2
    shaft_mm = wishes.diameter_um / 2000
    # kind, density per cm2, along lo-hi, width relative to length lo-hi, opacity lo-hi
    table = (
        (MOLE, wishes.moles_per_cm2, (0.10, 0.30), (0.6, 1.0), (0.35, 0.75)),
        (RED, 8 * wishes.redness, (0.5, 1.5), (0.5, 1.0), (0.08, 0.28)),
        (CRUST, wishes.punctures_per_cm2, (0.03, 0.06), (0.6, 1.0), (0.5, 0.9)),
        (FLAKE, wishes.flakes_per_cm2, (0.03, 0.13), (0.3, 1.0), (0.3, 0.9)),
        (CLIPPING, wishes.clippings_per_cm2, (0.05, 0.25), (0.1, 0.1), (0.85, 1.0)),
        # last, so that the marks before them are drawn as they were without
        (PUSTULE, wishes.pustules_per_cm2, (0.3, 0.9), (0.8, 1.0), (0.5, 1.0)),
    )
    columns: list[list[Floats]] = [[] for _ in range(6)]
    for kind, density, along, aspect, alpha in table:
        n = int(rng.poisson(density * area_cm2))
        long = rng.uniform(*along, n)
        across = shaft_mm * rng.uniform(0.5, 1.1, n) if kind == CLIPPING else long * rng.uniform(*aspect, n)
        for column, values in zip(
            columns,
            (
                np.full(n, kind),
                rng.uniform(-0.5, 0.5, (n, 2)) * (height, width),
                long,
                across,
                rng.uniform(-np.pi, np.pi, n),
                rng.uniform(*alpha, n),
            ),
            strict=True,
        ):
            column.append(values)
    kinds, *rest = (np.concatenate(column) for column in columns)
    return Marks(kinds.astype(np.int64), *rest)
