"""Poses that many small clues agree on, by voting.

Knows: pairs of points and directed marks. Must not know: photos, hairs.
A pose is a similarity (turn [rad], log scale, y, x of where a reference point goes [mm]).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from hairwise.records.base import Floats

__all__ = ["Stars", "pose_matrix", "vote", "votes_from_pairs"]

# Bins about twice as wide as the noise of one clue: a pair of roots 1.5 mm apart, each 40 um off, turns by 2 deg.
_TURN_RAD = np.deg2rad(5.0)
_LOG_SCALE = 0.06
_SHIFT_MM = 0.35
# Pairs of roots: shorter ones turn too freely, longer ones are bent by perspective and stretch.
_NEAR_MM, _FAR_MM = 0.7, 4.5
_PARTNERS = 14


@dataclass(frozen=True)
class Stars:
    """Points with directions: places (N, 2) [mm] and unit vectors (N, 2), (y, x)."""

    place: Floats
    lean: Floats


def _pairs(stars: Stars) -> tuple[Floats, Floats, Floats]:
    """Ordered pairs: start (M, 2), step as complex x + iy (M,), lean as complex (M,)."""
    n = len(stars.place)
    tree = cKDTree(stars.place)
    near, index = (np.asarray(x) for x in tree.query(stars.place, k=min(n, 4 * _PARTNERS)))
    keep = (near > _NEAR_MM) & (near < _FAR_MM)
    keep &= np.cumsum(keep, axis=1) <= _PARTNERS
    first, column = np.nonzero(keep)
    second = index[first, column]
    step = stars.place[second] - stars.place[first]
    lean = stars.lean[first, 1] + 1j * stars.lean[first, 0]
    return stars.place[first], step[:, 1] + 1j * step[:, 0], lean


def votes_from_pairs(a: Stars, b: Stars, reference: Floats, scale_ratio_max: float) -> tuple[Floats, Floats]:
    """Poses that bring a pair of stars of a onto a pair of b.

    Parameters
    ----------
    a, b : Stars
        Roots of the two photos; at least 3 each.
    reference : (2,) array of float
        Point of the first plane whose image is voted on.
    scale_ratio_max : float
        Largest ratio of scales, either way.

    Returns
    -------
    poses : (4, V) array of float
        Turn, log scale, y, x.
    weight : (V,) array of float
        1, or less where the hair would lie otherwise.
    """
    start_a, step_a, lean_a = _pairs(a)
    start_b, step_b, lean_b = _pairs(b)
    order = np.argsort(np.abs(step_b))
    start_b, step_b, lean_b = start_b[order], step_b[order], lean_b[order]
    size = np.abs(step_b)
    lo = np.searchsorted(size, np.abs(step_a) / scale_ratio_max)
    count = np.searchsorted(size, np.abs(step_a) * scale_ratio_max) - lo
    i = np.repeat(np.arange(len(step_a)), count)
    j = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(lo, count)
    ratio = step_b[j] / step_a[i]
    arm = reference[1] + 1j * reference[0] - (start_a[i, 1] + 1j * start_a[i, 0])
    goes = start_b[j, 1] + 1j * start_b[j, 0] + ratio * arm
    off = np.angle(lean_b[j] * np.conj(lean_a[i] * ratio))
    weight = np.where(np.abs(off) < np.deg2rad(40.0), 1.0, 0.2)
    return np.stack([np.angle(ratio), np.log(np.abs(ratio)), goes.imag, goes.real]), weight


def vote(poses: Floats, weight: Floats, n_best: int) -> Floats:
    """Return the best ``n_best`` poses (n, 4), weighted means of the fullest bins, of poses (4, V)."""
    if not poses.size:
        return np.zeros((0, 4))
    sizes = (_TURN_RAD, _LOG_SCALE, _SHIFT_MM, _SHIFT_MM)
    turn, *others = (np.round(row / size).astype(np.int64) for row, size in zip(poses, sizes, strict=True))
    key = turn % round(2 * np.pi / _TURN_RAD)
    for bins in others:  # millions of votes: one number for each, and no table of four
        bins -= bins.min()
        key = key * (bins.max() + 1) + bins
    _, which = np.unique(key, return_inverse=True)
    total = np.bincount(which, weight)
    best = np.argsort(-total, kind="stable")[:n_best]
    mine = np.isin(which, best)
    which, weight, poses = which[mine], weight[mine], poses[:, mine]
    turn = np.exp(1j * poses[0])
    mean = [np.bincount(which, weight * c)[best] / total[best] for c in (turn.real, turn.imag, *poses[1:])]
    return np.column_stack([np.arctan2(mean[1], mean[0]), mean[2], mean[3], mean[4]])


def pose_matrix(pose: Floats, reference: Floats) -> Floats:
    """Homography on (x, y, 1) of a pose."""
    r = np.exp(pose[1] + 1j * pose[0])
    t = pose[3] + 1j * pose[2] - r * (reference[1] + 1j * reference[0])
    return np.array([[r.real, -r.imag, t.real], [r.imag, r.real, t.imag], [0.0, 0.0, 1.0]])
