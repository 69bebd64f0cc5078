"""Learn the interval of a count on rendered scalps. usage: fit_interval.py [--fields 60] [--seed 12000]

Prints, for photos like those the interval is meant for (clipped, dark enough, of known scale) and for the others, the
mean and the spread of log(true / listed) beyond what the listed hairs' own probabilities say; paste them into
MeasureSettings (measure/quantities.py). True is every hair with its root in the photo. No photo is used.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import numpy as np
from net.recipe import draw

from hairwise import workflow
from hairwise.simulate.scalp import encode, make_scene, photograph
from hairwise.simulate.variety import patch_for


def ratio(seed: int) -> tuple[float, float, bool] | None:
    """Log of true over listed hairs, its spread by the hairs' own probabilities, and whether the photo is flagged."""
    settings, camera = draw(seed)
    settings = replace(settings, style="clipped")
    settings = replace(settings, patch_mm=patch_for(camera, "clipped"))
    shot = photograph(make_scene(settings, seed), camera, seed)
    try:
        measured = workflow.measure_photo(encode(shot.rgb, "jpg", 92), f"{seed}.jpg", camera.px_per_mm)
    except workflow.Refused:
        return None
    p, n, true = measured.hairs.p_hair, len(measured.hairs), int(shot.root_inside.sum())
    if n < 5 or true < 5:
        return None
    own = float(np.sqrt((p * (1 - p)).sum() + 1.0)) / n
    return float(np.log(true / n)), own, "interval_unchecked" in measured.file.flags


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fields", type=int, default=60)
    parser.add_argument("--seed", type=int, default=12_000)
    given = parser.parse_args()
    rows = []
    for n in range(given.fields):
        print(f"\rrender {n + 1} of {given.fields}", end="", file=sys.stderr)
        row = ratio(given.seed + n)
        if row is not None:
            rows.append(row)
    print()
    for flagged in (False, True):
        part = np.array([row[:2] for row in rows if row[2] == flagged]).reshape(-1, 2)
        if len(part) < 8:
            continue
        mean = float(np.median(part[:, 0]))
        # tails are longer than a bell's: the spread is set by the 19 of 20 that must lie inside
        reach = float(np.quantile(np.abs(part[:, 0] - mean), 0.95)) / 1.96
        spread = float(np.sqrt(max(0.0, reach**2 - np.median(part[:, 1]) ** 2)))
        name = "flagged" if flagged else "like those it is meant for"
        print(
            f"{name}: {len(part)} fields, log mean {mean:.3f}, log sd {spread:.3f} (sd of all {part[:, 0].std():.3f})"
        )


if __name__ == "__main__":
    main()
