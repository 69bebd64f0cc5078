"""Is rolled skin told from unrolled skin? usage: rolled.py [--trials 24] [--seed 400] [--repeats 3] [--lost 0.1]

Rendered diaries of one rolled and one unrolled spot, two visits, several photos each. Half of the trials: the rolled
spot alone loses a share of its hairs (power); the others: both lose it (false alarm). No photo is used.
"""

from __future__ import annotations

import argparse
import json
from multiprocessing import Pool

import cv2
import numpy as np

from hairwise import workflow
from hairwise.records.diary import Diary


def trial(given: tuple[int, float, float, int]) -> dict[str, object]:
    seed, rolled, control, repeats = given
    cv2.setNumThreads(1)
    files = workflow.simulate_series(seed, (rolled, control), visits=2, repeats=repeats)
    diary = Diary.model_validate(json.loads(files["diary.json"]))
    told = workflow.series(diary, files.__getitem__, lambda _: None)
    if not told.contrasts:
        return {"seed": seed, "verdict": "refused"}
    c = told.contrasts[0]
    return {"seed": seed, "verdict": c.verdict, "value": c.difference.value, "lo": c.difference.lo,
            "hi": c.difference.hi, "n": [s.visits[0].n_hairs for s in told.spots]}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--seed", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--lost", type=float, default=0.1)
    given = parser.parse_args()
    half = given.trials // 2
    jobs = [(given.seed + k, given.lost, 0.0 if k < half else given.lost, given.repeats) for k in range(2 * half)]
    with Pool(2) as pool:
        rows = pool.map(trial, jobs, chunksize=1)
    for name, some, true in (("power", rows[:half], -100 * given.lost), ("false alarm", rows[half:], 0.0)):
        said = [r["verdict"] for r in some]
        told = [r for r in some if r["verdict"] != "refused"]
        off = np.array([r["value"] - true for r in told])
        holds = np.mean([r["lo"] <= true <= r["hi"] for r in told])
        print(f"{name}: rolled lost more in {said.count('rolled_lost_more')} of {len(said)}", end="; ")
        print(f"refused {said.count('refused')}; error sd {off.std():.1f}, bias {off.mean():+.1f} of 100", end="; ")
        print(f"interval holds {holds:.2f}, median width {np.median([r['hi'] - r['lo'] for r in told]):.0f}", end="; ")
        print(f"hairs a spot {np.median([n for r in told for n in r['n']]):.0f}")


if __name__ == "__main__":
    main()
