"""Fit the interval of change on rendered pairs. usage: fit_change.py --cache DIR [--pairs 400] [--seed 13000]

DIR is what fit_verdict.py left: pairs, what their residues show, and the facts. Two verdicts are learnt, each on every
other ten pairs, and judge the pairs they did not see. Then the settings of the interval are varied, and how often it
holds the true net change of hairs with their root in view of both photos is told, for hair that lies as it did and for
hair clipped anew. Dark hair of clipped pairs, as the interval is meant for. No photo is used.
"""

from __future__ import annotations

import argparse
import itertools
import pickle
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from fit_verdict import SAME_DAY, STYLES, Seen, fitted, laid_out
from rendered_pairs import DARK, _through

from hairwise.change import compare, fates
from hairwise.change.estimate import Counted, estimate_change
from hairwise.change.settings import CompareSettings
from hairwise.simulate.variety import draw_scene_settings

if TYPE_CHECKING:
    from hairwise.change.verdict import Verdict


@dataclass(frozen=True)
class Told:
    """One pair: hairs counted in both photos, the true net change, hairs in view, and whether hair lies as it did."""

    seed: int
    counted: tuple[Counted, Counted]
    net: int
    n: int
    same_lie: bool
    likeness: float


def in_view(own: Seen, other: Seen, homography: np.ndarray) -> np.ndarray:
    """Names of the hairs of one photo whose root lies in the other too."""
    roots = np.array([line[0][::-1] for line in own.lines]).reshape(-1, 2)
    size = own.view().rgb.shape[1::-1]
    there, limit = _through(homography, roots), other.view().rgb.shape[1::-1]
    ok = ((there > 0) & (there < limit)).all(axis=1) & ((roots > 0) & (roots < size)).all(axis=1)
    return np.asarray(own.hair_id)[ok]


def judge(given: tuple[int, Path, tuple[Verdict, Verdict]]) -> Told | None:
    seed, cache, verdicts = given
    cv2.setNumThreads(1)
    compare.load_verdict = fates.load_verdict = lambda: verdicts
    pair = pickle.loads((cache / f"{seed}.pair").read_bytes())
    laid = laid_out(pair, cache) if pair else None
    if laid is None:
        return None
    laid = compare.paired(laid)
    told = compare._tell(laid, False, CompareSettings())
    counted = tuple(
        Counted(f, on, int(on[m].sum()))
        for f, on, m in zip(told.fates, told.listed, (told.matches.a, told.matches.b), strict=True)
    )
    homography = compare._registration(laid, False).homography
    before, after = in_view(pair[0], pair[1], homography), in_view(pair[1], pair[0], np.linalg.inv(homography))
    gone = len(set(before.tolist()) - set(np.asarray(pair[1].hair_id).tolist()))
    come = len(set(after.tolist()) - set(np.asarray(pair[0].hair_id).tolist()))
    same = seed // len(STYLES) % 5 in SAME_DAY
    return Told(seed, counted, come - gone, len(before), same, laid.photos.likeness)


def say(rows: list[Told], settings: CompareSettings) -> str:
    holds, width, off = [], [], []
    for r in rows:
        change, _, _ = estimate_change(*r.counted, settings)
        holds.append(change.lo <= r.net <= change.hi)
        width.append(100 * (change.hi - change.lo) / r.n)
        off.append(100 * (change.value - r.net) / r.n)
    return (f"{len(rows)} pairs: holds {np.mean(holds):.3f}, median width {np.median(width):.1f} %, "
            f"error {np.mean(np.abs(off)):.1f} %, bias {np.mean(off):+.1f} %")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=13_000)
    parser.add_argument("--cache", type=Path, required=True)
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.pairs)
    kept = given.cache / "change.pkl"
    if not kept.exists():
        matches, singles = pickle.loads((given.cache / "facts.pkl").read_bytes())
        fold = np.arange(given.pairs) // len(STYLES) % 2
        jobs = []
        for side in (0, 1):
            two = [m for m, f in zip(matches, fold, strict=True) if m and f != side]
            one = [x for s, f in zip(singles, fold, strict=True) if s and f != side for x in s]
            learnt = [
                fitted(np.concatenate([x for x, _ in some]), np.concatenate([y for _, y in some]), k)
                for some, k in ((one, 4), (two, 3))
            ]
            jobs += [(s, given.cache, tuple(learnt)) for s, f in zip(seeds, fold, strict=True) if f == side]
        with Pool(2) as pool:
            kept.write_bytes(pickle.dumps([r for r in pool.map(judge, jobs, chunksize=4) if r]))
    rows = pickle.loads(kept.read_bytes())
    print(f"{len(rows)} of {given.pairs} pairs laid on one another")
    for style in ("short", "long"):
        some = [r for r in rows if STYLES[r.seed % len(STYLES)] == style]
        print(f"  {style}:", say(some, CompareSettings()))
    rows = [r for r in rows if STYLES[r.seed % len(STYLES)] == "clipped"
            and draw_scene_settings(r.seed, "clipped").colour in DARK]  # fmt: skip
    for missed, doubt, share in itertools.product([(1.0, 15.0), (1.0, 25.0)], (0.3, 0.6, 0.9), (0.01,)):
        settings = replace(CompareSettings(), draws=1000, missed_in_both=missed, shared_doubt_sd=doubt,
                           shared_error_share=share)  # fmt: skip
        print(f"missed {missed}, doubt {doubt}, error {share}")
        for same in (True, False):
            print("  as it lay:" if same else "  clipped anew:", say([r for r in rows if r.same_lie == same], settings))


if __name__ == "__main__":
    main()
