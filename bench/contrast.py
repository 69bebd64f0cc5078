"""Does the contrast of rolled and unrolled spots hold what it says? usage: contrast.py [--trials 1000] [--seed 5]

Simulated counts, no photos: hairs lost and new of each spot are drawn, the error of measurement is added, and the
interval is asked for. Of each case: how often either kind is said to have lost more, and how often the interval holds.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from hairwise.change.contrast import Shift, contrast

MEASURE_SD_PCT = (1.6, 1.0)  # of a rolled spot that lost a tenth, of one that lost nothing: as on rendered diaries


@dataclass(frozen=True)
class Case:
    """Shares lost by rolled and by unrolled skin and new in both; hairs of a spot; spots; whether units fall whole."""

    rolled: float
    control: float
    new: float = 0.0
    n_rolled: tuple[int, int] = (65, 135)
    n_control: tuple[int, int] = (65, 135)
    spots: tuple[int, int] = (1, 1)
    in_units: bool = False


CASES = (
    Case(0.1, 0.0), Case(0.1, 0.0, in_units=True), Case(0.1, 0.0, new=0.02), Case(0.1, 0.0, spots=(2, 2)),
    *(Case(p, p, in_units=units) for units in (False, True) for p in (0.0, 0.02, 0.05, 0.1, 0.3)),
    Case(0.05, 0.05, new=0.05), Case(0.02, 0.02, new=0.05, n_rolled=(20, 30), n_control=(190, 210)),
    Case(0.1, 0.1, n_rolled=(40, 60), n_control=(200, 300)), Case(0.1, 0.1, n_rolled=(200, 300), n_control=(40, 60)),
    Case(0.1, 0.1, spots=(2, 3)),
)  # fmt: skip


def fallen(n: int, share: float, in_units: bool, rng: np.random.Generator) -> int:
    """Draw how many of n hairs fell; in units, three in ten of the fallen ones go two by two."""
    if not in_units:
        return int(rng.binomial(n, share))
    return min(n, int(rng.binomial(n, 0.7 * share) + 2 * rng.binomial(n // 2, 0.3 * share)))


def spot(share: float, range_n: tuple[int, int], sd_pct: float, case: Case, rng: np.random.Generator) -> Shift:
    n = int(rng.integers(*range_n))
    lost, new = fallen(n, share, case.in_units, rng), int(rng.poisson(n * case.new))
    return Shift(100 * (new - lost) / n + rng.normal(0, sd_pct), sd_pct, lost, new, n)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    for case in CASES:
        groups = [(case.rolled, case.n_rolled, MEASURE_SD_PCT[0]), (case.control, case.n_control, MEASURE_SD_PCT[1])]
        told = [
            contrast(
                *([spot(*group, case, rng) for _ in range(n)] for group, n in zip(groups, case.spots, strict=True))
            )
            for _ in range(given.trials)
        ]
        true = 100 * (case.control - case.rolled)
        said = [c.verdict for c in told]
        holds = np.mean([c.difference.lo <= true <= c.difference.hi for c in told])
        print(f"{case}\n  rolled lost more {said.count('rolled_lost_more') / given.trials:.3f}, ", end="")
        print(f"control {said.count('control_lost_more') / given.trials:.3f}; interval holds {holds:.3f}", flush=True)


if __name__ == "__main__":
    main()
