"""From the network's nine maps to hairs: peaks of roots and tips, joined one to one."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from net.render import PX_PER_MM

GRID_PX_PER_MM = PX_PER_MM / 2
LONGEST_MM = 1.6
N_STEPS = 9


def decode(
    maps: np.ndarray, root_above: float = 0.3, tip_above: float = 0.15
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Return roots (H, 2), tips (H, 2), x and y in network input pixels, and the root's heat (H,).

    A root takes the tip whose joining line lies on body, in the direction drawn there, near where the offsets
    say; where none fits, it takes the tip its own offset predicts.
    """
    heat = 1 / (1 + np.exp(-np.clip(maps[:3], -30, 30)))
    roots, strength = _peaks(heat[0], root_above)
    tips, tip_strength = _peaks(heat[1], tip_above)
    if not len(roots):
        return np.empty((0, 2)), np.empty((0, 2)), np.empty(0)
    foretold = roots + np.array([_around(maps[7:9], heat[2], r) for r in roots]) * GRID_PX_PER_MM
    cost = np.full((len(roots), len(tips) + len(roots)), 9.0)
    for i, root in enumerate(roots):
        cost[i, len(tips) + i] = 1.6  # dearer than a tip that fits
        if not len(tips):
            continue
        way = tips - root
        far = np.linalg.norm(way, axis=1)
        for j in np.flatnonzero((far < LONGEST_MM * GRID_PX_PER_MM) & (far > 2)):
            cost[i, j] = _price(maps, heat, root, tips[j], foretold[i]) - 0.3 * tip_strength[j]
    rows, columns = linear_sum_assignment(cost)
    ends = foretold.copy()
    for i, j in zip(rows, columns, strict=True):
        if j < len(tips) and cost[i, j] < 1.6:
            ends[i] = tips[j]
    keep = np.linalg.norm(ends - roots, axis=1) > 2
    return roots[keep] * 2 + 0.5, ends[keep] * 2 + 0.5, strength[keep]


def _peaks(heat: np.ndarray, above: float) -> tuple[np.ndarray, np.ndarray]:
    top = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    y, x = np.nonzero((heat >= top) & (heat > above))
    inside = (y > 0) & (x > 0) & (y < heat.shape[0] - 1) & (x < heat.shape[1] - 1)
    y, x = y[inside], x[inside]

    def shift(before: np.ndarray, here: np.ndarray, after: np.ndarray) -> np.ndarray:
        bend = before - 2 * here + after
        return np.clip(0.5 * (before - after) / np.minimum(bend, -1e-6), -0.5, 0.5)

    here = heat[y, x]
    dx = shift(heat[y, x - 1], here, heat[y, x + 1])
    dy = shift(heat[y - 1, x], here, heat[y + 1, x])
    return np.stack([x + dx, y + dy], axis=1).reshape(-1, 2), here


def _around(vectors: np.ndarray, body: np.ndarray, place: np.ndarray) -> np.ndarray:
    x, y = np.round(place).astype(int)
    window = (slice(max(y - 1, 0), y + 2), slice(max(x - 1, 0), x + 2))
    weight = body[window] + 1e-3
    return (vectors[(slice(None), *window)] * weight).sum((1, 2)) / weight.sum()


def _price(maps: np.ndarray, heat: np.ndarray, root: np.ndarray, tip: np.ndarray, foretold: np.ndarray) -> float:
    way = tip - root
    far = float(np.linalg.norm(way))
    points = root + np.linspace(0.08, 0.92, N_STEPS)[:, None] * way
    x, y = np.clip(np.round(points).astype(int), 0, np.array(heat.shape[2:0:-1]) - 1).T
    on = heat[2][y, x]
    turned = (maps[3][y, x] * way[0] + maps[4][y, x] * way[1]) / far
    home = np.stack([maps[5][y, x], maps[6][y, x]], axis=1) + (points - root) / GRID_PX_PER_MM
    miss = np.median(np.linalg.norm(home, axis=1)[: N_STEPS // 2])
    off = np.linalg.norm(foretold - tip) / GRID_PX_PER_MM
    return 1.5 * (1 - on.mean()) + 0.8 * (1 - turned.mean()) + 3.0 * miss + 1.5 * off
