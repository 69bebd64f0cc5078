"""Fit the weights of hairs/judge.py to rendered scalps. usage: fit_judge.py [--fields 60] [--seed 11000]

Every strand the detector proposes on a render is right (its root within 100 um of a true root, one to one) or wrong;
a logistic regression per polarity learns which. Each field counts the same. Prints the two lines to paste into
judge.py. No photo is used.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment, minimize
from scipy.spatial.distance import cdist

from hairwise.hairs import detect as detector
from hairwise.hairs.grid import choose_grid
from hairwise.hairs.judge import FEATURES
from hairwise.hairs.maps import make_maps
from hairwise.hairs.settings import DetectSettings
from hairwise.simulate.scalp import make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

TOLERANCE_MM = 0.100  # as in score_fields.py
VISIBLE_SHARE = 0.25  # hairs covered more than this are neither right nor wrong
EDGE_PX = 20
RIDGE = 0.5  # weak pull of the weights to zero


def described(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (N, K), right or wrong (N,) and polarity (N,) of every strand proposed on one render."""
    camera = draw_camera(seed)
    scene = make_scene(replace(draw_scene_settings(seed, "clipped"), patch_mm=patch_for(camera, "clipped")), seed)
    shot = photograph(scene, camera, seed)
    rgb, s = np.array(shot.rgb), DetectSettings()
    grid = choose_grid(rgb, np.ones(rgb.shape[:2], bool), shot.px_per_mm, s)
    maps = make_maps(grid.rgb, grid.usable, s.work_px_per_mm, s)
    strands, features = detector.candidates(maps, s)
    if not strands:
        return np.zeros((0, len(FEATURES))), np.zeros(0, bool), np.zeros(0, bool)
    scale = shot.px_per_mm / s.work_px_per_mm
    roots = np.array([(x.line[0] + 0.5) * scale - 0.5 for x in strands])
    distance = cdist(roots, shot.root_px) / shot.px_per_mm
    right, ignored = np.zeros(len(strands), bool), np.zeros(len(strands), bool)
    for i, j in zip(*linear_sum_assignment(np.where(distance <= TOLERANCE_MM, distance, 1e6)), strict=True):
        if distance[i, j] <= TOLERANCE_MM:
            right[i], ignored[i] = True, shot.visible_share[j] < VISIBLE_SHARE
    inside = ((roots > EDGE_PX) & (roots < np.array(rgb.shape[:2]) - EDGE_PX)).all(axis=1)
    keep = inside & ~ignored
    return features[keep], right[keep], np.array([x.is_light for x in strands])[keep]


def fitted(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    def loss(w: np.ndarray) -> float:
        z = x @ w
        return float((weight * (np.logaddexp(0, z) - y * z)).sum() + RIDGE * (w[1:] ** 2).sum())

    return minimize(loss, np.zeros(x.shape[1])).x


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fields", type=int, default=60)
    parser.add_argument("--seed", type=int, default=11_000)
    given = parser.parse_args()
    rows = []
    for n in range(given.fields):
        print(f"\rrender {n + 1} of {given.fields}", end="", file=sys.stderr)
        rows.append(described(given.seed + n))
    x, y, light = (np.concatenate([row[k] for row in rows]) for k in range(3))
    weight = np.concatenate([np.full(len(row[1]), 1 / max(30, len(row[1]))) for row in rows])
    print()
    for name, sel in (("DARK", ~light), ("LIGHT", light)):
        share = weight[sel] / weight[sel].mean()
        w = fitted(x[sel], y[sel].astype(float), share)
        p = 1 / (1 + np.exp(-x[sel] @ w))
        found = p >= 0.5
        print(f"# {name}: {sel.sum()} strands, {y[sel].mean():.2f} right; at 0.5 precision {y[sel][found].mean():.3f}")
        print(f"WEIGHTS_{name} = ({', '.join(f'{v:.2f}' for v in w)})")


if __name__ == "__main__":
    main()
