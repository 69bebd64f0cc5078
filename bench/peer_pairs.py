"""The obvious way to compare two photos, on the same pairs as hairwise. usage: peer_pairs.py PAIRS_DIR OUT_DIR

Dark lines by black-hat and thinning in each photo, one homography by SIFT and RANSAC, roots within 0.15 mm of each
other are the same hair, nearest first. Not tuned. Writes NAME.pair.json for score_pairs.py, which says refused where
fewer than ten marks agree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from peer_lines import blackhat_skan, root_first
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

NEAR_MM = 0.15
LEAST_MARKS = 10
WORK_PX_PER_MM = 100.0  # at full size thinning breaks shafts into pieces, and far fewer are found


def roots_of(rgb: np.ndarray, px_per_mm: float) -> np.ndarray:
    """Roots (N, 2) as (x, y)."""
    shrink = min(1.0, WORK_PX_PER_MM / px_per_mm)
    small = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    grey, scale = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), px_per_mm * shrink
    lines = root_first(blackhat_skan(grey, scale), small, scale)
    return (np.array([line[0][::-1] for line in lines], float).reshape(-1, 2) + 0.5) / shrink - 0.5


def homography_of(before: np.ndarray, after: np.ndarray) -> np.ndarray | None:
    sift = cv2.SIFT_create(4000)  # of the full photos
    (points, words), (points_after, words_after) = (
        sift.detectAndCompute(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), None) for rgb in (before, after)
    )
    found = cv2.BFMatcher().knnMatch(words, words_after, k=2)
    good = [m[0] for m in found if len(m) == 2 and m[0].distance < 0.75 * m[1].distance]
    if len(good) < LEAST_MARKS:
        return None
    here = np.array([points[m.queryIdx].pt for m in good])
    there = np.array([points_after[m.trainIdx].pt for m in good])
    matrix, inside = cv2.findHomography(here, there, cv2.RANSAC, 5.0)
    return matrix if matrix is not None and inside.sum() >= LEAST_MARKS else None


def compare(before: np.ndarray, after: np.ndarray, px_per_mm: float) -> dict:
    """Roots kept, lost and new, or refused."""
    matrix = homography_of(before, after)
    if matrix is None:
        return {"refused": "different_spot"}
    one, two = roots_of(before, px_per_mm), roots_of(after, px_per_mm)
    moved = cv2.perspectiveTransform(one[None], matrix)[0] if len(one) else one
    back = cv2.perspectiveTransform(two[None], np.linalg.inv(matrix))[0] if len(two) else two
    seen, seen_back = (
        ((p > 0) & (p < np.array(rgb.shape[1::-1]))).all(axis=1) for p, rgb in ((moved, after), (back, before))
    )
    apart = cdist(moved, two) / px_per_mm
    row, column = linear_sum_assignment(np.minimum(apart, 9 * NEAR_MM))
    near = apart[row, column] <= NEAR_MM
    row, column = row[near], column[near]
    lost = np.setdiff1d(np.flatnonzero(seen), row)
    new = np.setdiff1d(np.flatnonzero(seen_back), column)
    return {
        "kept": [{"t0": one[i].tolist(), "t1": two[j].tolist()} for i, j in zip(row, column, strict=True)],
        "lost": [{"t0": one[i].tolist()} for i in lost],
        "new": [{"t1": two[j].tolist()} for j in new],
    }


def answer(folder: Path, out: Path) -> None:
    """Answer every pair of a folder that make_pairs.py wrote."""
    out.mkdir(parents=True, exist_ok=True)
    for pair in json.loads((folder / "manifest.json").read_text()):
        photos = [
            cv2.cvtColor(cv2.imread(str(folder / pair[side]["image"])), cv2.COLOR_BGR2RGB) for side in ("t0", "t1")
        ]
        told = compare(photos[0], photos[1], pair["t0"]["px_per_mm"])
        (out / f"{pair['pair']}.pair.json").write_text(json.dumps(told))


if __name__ == "__main__":
    answer(Path(sys.argv[1]), Path(sys.argv[2]))
