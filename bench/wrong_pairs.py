"""Are photos of different skin refused? usage: wrong_pairs.py [--pairs 300] [--seed 21000] [--cache DIR]

Rendered clipped scalps, each beside the next one; all should be refused as ``different_spot``. No photo is used.
"""

from __future__ import annotations

import argparse
import pickle
from multiprocessing import Pool
from pathlib import Path

import cv2
from fit_verdict import Seen, render

from hairwise import workflow
from hairwise.change import compare
from hairwise.change.frame import make_frame
from hairwise.change.register import register
from hairwise.change.settings import CompareSettings


def first(given: tuple[int, Path | None]) -> Seen | None:
    seed, cache = given
    cv2.setNumThreads(1)
    file = cache / f"{seed}.pair" if cache else None
    pair = pickle.loads(file.read_bytes()) if file and file.exists() else render(seed)
    return pair[0] if pair else None


def is_accepted(pair: tuple[Seen, Seen]) -> bool:
    cv2.setNumThreads(1)
    s = CompareSettings()
    try:
        register(*(make_frame(seen.view(), s) for seen in pair), s)
    except workflow.Refused:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=21_000)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    with Pool(2) as pool:
        seeds = range(given.seed, given.seed + given.pairs + 1)
        photos = [p for p in pool.map(first, [(s, given.cache) for s in seeds], chunksize=1) if p]
        accepted = pool.map(is_accepted, list(zip(photos[:-1], photos[1:], strict=True)), chunksize=1)
    print(f"{compare.METHOD_VERSION}: {sum(accepted)} of {len(accepted)} pairs of different skin accepted")


if __name__ == "__main__":
    main()
