"""How probable it is that a proposal is one hair with its root here, beside those already taken.

Knows: proposals, root first, their neighbours, what the network saw. Must not know: pixels.
Letters: N proposals, K features, B points of a proposal's body.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from hairwise.hairs.lines import across, along
from hairwise.hairs.net import read_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from hairwise.hairs.net import NetMaps
    from hairwise.hairs.proposals import Proposals
    from hairwise.hairs.settings import DetectSettings
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["BESIDE", "OWN", "Judge", "choose", "load_judge", "own_features", "root_groups"]

OWN = (
    "length", "aspect", "edge", "contrast", "width", "blue_root", "blue_tip", "lean", "light", "clear", "root_heat",
    "tip_heat", "root_at_tip", "tip_at_root", "body", "way", "root_miss", "tip_miss", "weakest", "body_least",
    "kin_contrast", "kin_width",
)  # fmt: skip
BESIDE = ("root_gap", "tip_gap", "on", "fresh")


@dataclass(frozen=True)
class Judge:
    """A small perceptron: features (K) times ``inner`` (K + 1, J), then ``outer`` (J + 1); the last rows are biases."""

    inner: Floats
    outer: Floats

    def __call__(self, features: Floats) -> Floats:
        """Return the probability (N,) of proposals described by features (N, K)."""
        hidden = np.tanh(features @ self.inner[:-1] + self.inner[-1])
        return np.asarray(1.0 / (1.0 + np.exp(-(hidden @ self.outer[:-1] + self.outer[-1]))))


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """Return the judge that bench/fit_judge.py fitted to rendered scalps."""
    with files("hairwise.hairs").joinpath("judge.npz").open("rb") as file, np.load(file) as stored:
        return Judge(stored["inner"], stored["outer"])


def own_features(some: Proposals, blue: Floats, net: NetMaps, px_per_mm: float, settings: DetectSettings) -> Floats:
    """Describe proposals one by one.

    Parameters
    ----------
    some : Proposals
        N of them, root first.
    blue : (N, 2) array of float
        Blueness beyond root and beyond tip.
    net : NetMaps
        What the network saw.
    px_per_mm : float
        Their scale.
    settings : DetectSettings
        See there.

    Returns
    -------
    (N, len(OWN)) array of float
        In the order of ``OWN``, each from 0 to 1; a neighbour counts only within ``vote_radius_mm``.
    """
    if not len(some):
        return np.zeros((0, len(OWN)))
    length, width = some.length / px_per_mm, some.width / px_per_mm
    columns = [
        _ramp(length, settings.min_length_mm, 0.5),
        _ramp(length / width, 1.0, 6.0),
        _ramp(some.edge, 0.0, 0.8),
        _ramp(some.contrast, 0.0, 1.5),
        _ramp(width, 0.0, 0.14),
        _ramp(blue[:, 0], 0.0, 0.25),
        _ramp(blue[:, 1], 0.0, 0.25),
        _lean(some.root / px_per_mm, some.way, settings.vote_radius_mm),
        some.is_light.astype(float),
        _clear(some, px_per_mm),
        *_seen(some, net, px_per_mm),
        some.weakest,
        read_at(net.body, along(some.root, some.tip, 9))[:, 1:-1].min(axis=1),
    ]
    known = np.stack(columns, axis=1)
    return np.concatenate([known, _kin(some, known, px_per_mm, settings.vote_radius_mm)], axis=1)


def _kin(some: Proposals, known: Floats, px_per_mm: float, radius_mm: float) -> Floats:
    """Return contrast and width (N, 2) beside those of likely hairs nearby: 0.5 as they are, 1 twice as much."""
    root_mm = some.root / px_per_mm
    near = np.exp(-((cdist(root_mm, root_mm) / (0.5 * radius_mm)) ** 2))
    near[near < np.exp(-4.0)] = 0.0
    likely = known[:, OWN.index("root_heat")] * known[:, OWN.index("body")]
    near *= likely**2
    total = near.sum(axis=1) + 1e-3
    usual = [np.exp((near @ np.log(x) + 1e-3 * np.log(x)) / total) for x in (some.contrast.clip(0.02), some.width)]
    return np.stack([_ramp(x / u, 0.0, 2.0) for x, u in zip((some.contrast, some.width), usual, strict=True)], axis=1)


def _seen(some: Proposals, net: NetMaps, px_per_mm: float) -> list[Floats]:
    """Return what the network saw at the two ends and along each proposal."""
    near = 0.03 * px_per_mm
    ring = np.array([(0, 0), (near, 0), (-near, 0), (0, near), (0, -near)])
    at_root, at_tip = some.root[:, None] + ring, some.tip[:, None] + ring
    points = along(some.root, some.tip, 9)
    half = points.shape[1] // 2
    first, last = points[:, : half + 1], points[:, half:]
    root_miss = np.linalg.norm(read_at(net.to_root, first) + (first - some.root[:, None]) / px_per_mm, axis=-1)
    tip_miss = np.linalg.norm(read_at(net.to_tip, last) + (last - some.tip[:, None]) / px_per_mm, axis=-1)
    turned = (read_at(net.way, points) * some.way[:, None]).sum(-1).mean(axis=1)
    return [
        read_at(net.root, at_root).max(axis=1),
        read_at(net.tip, at_tip).max(axis=1),
        read_at(net.root, at_tip).max(axis=1),
        read_at(net.tip, at_root).max(axis=1),
        read_at(net.body, points).mean(axis=1),
        _ramp(turned, -1.0, 1.0),
        _ramp(np.median(root_miss, axis=1), 0.0, 0.3),
        _ramp(np.median(tip_miss, axis=1), 0.0, 0.3),
    ]


def _lean(root_mm: Floats, way: Floats, radius_mm: float) -> Floats:
    """Return how far neighbours point the same way: 0 against, 0.5 none or across, 1 along."""
    near = np.exp(-((cdist(root_mm, root_mm) / (0.5 * radius_mm)) ** 2))
    near[near < np.exp(-4.0)] = 0.0
    np.fill_diagonal(near, 0.0)
    return np.asarray(0.5 + 0.5 * (near * (way @ way.T)).sum(1) / (near.sum(1) + 0.3))


def _clear(some: Proposals, px_per_mm: float) -> Floats:
    """Return how far light proposals lie from dark ones: the haze over a dark hair's exit is light too."""
    out = np.ones(len(some))
    light = some.is_light
    if light.any() and not light.all():
        places = np.stack([some.root, (some.root + some.tip) / 2, some.tip], axis=1)
        far = cdist(places[light].reshape(-1, 2), places[~light].reshape(-1, 2)).min(axis=1)
        out[light] = _ramp(far.reshape(-1, 3).min(axis=1) / px_per_mm, 0.0, 0.3)
    return out


def distance_to_segment(points: Floats, start: Floats, end: Floats) -> Floats:
    """Return the distance (...,) of points (..., 2) to the segment from ``start`` to ``end`` (2,)."""
    step = end - start
    t = np.clip((points - start) @ step / max(float(step @ step), 1e-12), 0.0, 1.0)
    return np.asarray(np.linalg.norm(points - start - t[..., None] * step, axis=-1))


class _Bodies:
    """Points on each proposal's body, and which of them one already taken covers."""

    def __init__(self, some: Proposals) -> None:
        self.some = some
        self.middle = (some.root + some.tip) / 2
        self.reach = 0.5 * some.length + some.width
        self.spine = along(some.root, some.tip, 12)
        side = np.linspace(-0.4, 0.4, 5)[None] * some.width[:, None]
        self.body = self.spine[:, :, None] + side[:, None, :, None] * across(some.root, some.tip)[:, None, None]
        self.covered = np.zeros(self.body.shape[:3], np.bool_)
        self.beside = np.tile([1.0, 1.0, 0.0, 1.0], (len(some), 1))

    def take(self, j: int, waiting: Bools) -> Ints:
        """Count proposal j as taken; return the waiting ones whose description changed."""
        some = self.some
        far = np.linalg.norm(self.middle - self.middle[j], axis=1)
        near = np.flatnonzero(waiting & (far < self.reach + self.reach[j]))
        mean = 0.75 * (some.width[near] + some.width[j])
        ends = [np.linalg.norm(place[near] - place[j], axis=1) / mean for place in (some.root, some.tip)]
        line = some.root[j], some.tip[j]
        on = (distance_to_segment(self.spine[near], *line) < 0.6 * some.width[j]).mean(axis=1)
        self.covered[near] |= distance_to_segment(self.body[near], *line) < 0.5 * some.width[j]
        old = self.beside[near]
        self.beside[near] = np.stack(
            [
                np.minimum(old[:, 0], ends[0]),
                np.minimum(old[:, 1], ends[1]),
                np.maximum(old[:, 2], on),
                1.0 - self.covered[near].mean(axis=(1, 2)),
            ],
            axis=1,
        )
        return near


def choose(
    some: Proposals, own: Floats, judge: Callable[[Floats], Floats], least: float = 0.5
) -> tuple[Floats, Ints, Floats]:
    """
    Take the most probable root with its best line, judge the neighbours anew beside it, and go on.

    Parameters
    ----------
    some : Proposals
        N of them, root first.
    own : (N, K) array of float
        From `own_features`.
    judge : callable
        Features (N, K) to the probability (N,) that root and line are right.
    least : float
        Roots below it are not taken, so they change nothing for others.

    Returns
    -------
    p, order, described
        Probability (N,) that a hair is rooted here; lines that another of their root is better than have none. Those
        taken, in order; the features (N, K) each was judged by last.

    Notes
    -----
    A root may come with several lines of which one is right: a hair is there when any is. Taking one changes only
    those that touch it, so hair far away changes nothing.
    """
    n = len(some)
    bodies = _Bodies(some)
    described = np.concatenate([own, bodies.beside], axis=1)
    line = judge(described) if n else np.zeros(0)
    group = root_groups(some)
    waiting, order, p = np.ones(n, np.bool_), [], np.zeros(n)
    while waiting.any():
        any_line = _any_of(line, group)
        j = int(np.lexsort((line, any_line, waiting))[-1])
        if any_line[j] < least:
            break
        waiting[group == group[j]] = False
        order.append(j)
        p[j] = any_line[j]
        changed = bodies.take(j, waiting)
        if len(changed):
            described[changed, own.shape[1] :] = bodies.beside[changed]
            line[changed] = np.minimum(line[changed], judge(described[changed]))
    any_line = _any_of(line, group)
    best = np.lexsort((-line, group))
    first = np.ones(n, np.bool_)
    first[best[1:]] = group[best[1:]] != group[best[:-1]]
    rest = waiting & first
    p[rest] = any_line[rest]
    return p, np.array(order, np.int64), described


def root_groups(some: Proposals) -> Ints:
    """Give the proposals (N,) the number of their root: those within a pixel share one."""
    _, group = np.unique(np.round(some.root), axis=0, return_inverse=True)
    return np.asarray(group.reshape(-1), np.int64)


def _any_of(line: Floats, group: Ints) -> Floats:
    """Probability (N,) that any line of each proposal's root is right: at most one is, so their odds add up."""
    odds = np.bincount(group, line / np.maximum(1.0 - line, 1e-6))[group]
    return np.asarray(odds / (1.0 + odds))


def _ramp(x: Floats, low: float, high: float) -> Floats:
    return np.asarray(np.clip((x - low) / (high - low), 0.0, 1.0))
