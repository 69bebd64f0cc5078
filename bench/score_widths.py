"""Widths of rendered hairs whose true centrelines are given: the width fit alone. usage: score_widths.py [--fields 24]

Dark clipped hair at 100 px/mm or finer, seeds from 11000 (those of the judge; none is used for the accuracy page). The
rough width is 10 % too wide on average, with a spread of 15 %, as the search gives it.
"""

from __future__ import annotations

import argparse

import numpy as np
from phantom import DARK, FINE_PX_PER_MM, draw_field

from hairwise.hairs.width import Shafts, shaft_widths

SEED = 11_000


def errors(seed: int, rng: np.random.Generator) -> np.ndarray | None:
    """Rows (error [um], standard error [um]) of the hairs of one field; None for a field that is not judged."""
    field = draw_field(seed, "clipped")
    if field.settings.colour not in DARK or field.px_per_mm < FINE_PX_PER_MM:
        return None
    shot, limits = field.shot, np.array(field.shot.rgb.shape[:2]) - 3
    seen = shot.root_inside & shot.is_clear
    whole = np.array([len(line) > 1 and bool(((line > 3) & (line < limits)).all()) for line in shot.lines_px])
    keep = np.flatnonzero(seen & whole)
    true = shot.diameter_um[keep] * field.px_per_mm / 1000
    guess = true * np.exp(rng.normal(0.1, 0.15, len(keep)))
    nothing, all_of_them = np.zeros(len(keep), np.bool_), np.ones(len(keep), np.bool_)
    shafts = Shafts([shot.lines_px[i] for i in keep], guess, nothing, all_of_them)
    width, error, _ = shaft_widths(shot.rgb, shafts, field.px_per_mm)
    return np.column_stack([width - true, error]) / field.px_per_mm * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fields", type=int, default=24)
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    rows = [row for seed in range(SEED, SEED + given.fields) if (row := errors(seed, rng)) is not None]
    off, error = np.concatenate(rows).T
    told = np.isfinite(off)
    off, error = off[told], error[told]
    held = (np.abs(off) <= 1.96 * error).mean()
    print(f"{len(rows)} fields, {len(told)} hairs, width told of {told.mean():.2f}")
    print(f"bias {off.mean():+.2f} um, mean abs. error {np.abs(off).mean():.2f} um")
    print(f"within 1.96 standard errors: {held:.2f}")


if __name__ == "__main__":
    main()
