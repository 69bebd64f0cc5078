"""How probable it is that a strand is one hair with its root here.

Knows: strands, root first, and their neighbours. Must not know: pixels.
Letters: N strands, K features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from hairwise.hairs.distinct import distance_to_line

if TYPE_CHECKING:
    from hairwise.hairs.settings import DetectSettings
    from hairwise.hairs.strands import Strand
    from hairwise.records.base import Bools, Floats

__all__ = ["FEATURES", "features", "hair_probability", "is_overlay"]

FEATURES = (
    "one",
    "length",
    "aspect",
    "edge",
    "own_width",
    "share",
    "blue_root",
    "blue_tip",
    "lean",
    "root_gap",
    "beside",
    "fine",
    "fine_lean",
    "clear",
)
# Logistic weights in the order of FEATURES, from bench/fit_judge.py; every feature runs from 0 to 1.
WEIGHTS_DARK = (-8.49, 1.44, -0.82, 0.58, -0.36, 2.25, 4.58, -0.40, 3.24, 2.69, -0.83, 1.22, -1.98, -0.00)
WEIGHTS_LIGHT = (-9.54, 1.73, 0.00, -1.31, 0.90, 2.48, 3.79, -0.02, 1.62, -0.01, -1.07, 0.71, 0.03, 3.66)


def features(strands: list[Strand], blue: Floats, px_per_mm: float, settings: DetectSettings) -> Floats:
    """Describe strands for `hair_probability`.

    Parameters
    ----------
    strands : list of Strand
        N strands, root first.
    blue : (N, 2) array of float
        Blueness beyond root and beyond tip.
    px_per_mm : float
        Scale of the strands.
    settings : DetectSettings
        See there.

    Returns
    -------
    (N, K) array of float
        In the order of ``FEATURES``, each from 0 to 1; a neighbour counts only within ``vote_radius_mm``.
    """
    n = len(strands)
    if not n:
        return np.zeros((0, len(FEATURES)))
    root = np.array([s.line[0] for s in strands]) / px_per_mm
    way = np.array([s.line[-1] - s.line[0] for s in strands])
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    gain = np.array([s.gain_mm2 for s in strands])
    length = np.array([s.length for s in strands]) / px_per_mm
    width = np.array([s.width for s in strands]) / px_per_mm
    out = np.zeros((n, len(FEATURES)))
    out[:, 0] = 1.0
    out[:, 1] = _ramp(length, settings.min_length_mm, 0.4)
    out[:, 2] = _ramp(length / width, 1.0, 4.0)
    out[:, 3] = _ramp(np.array([s.edge for s in strands]), 0.0, 0.8)
    out[:, 4] = _ramp(gain / np.maximum(length, 1e-9), 0.0, 0.02)
    out[:, 5] = np.array([s.share for s in strands])
    out[:, 6] = _ramp(blue[:, 0], 0.0, 0.25)
    out[:, 7] = _ramp(blue[:, 1], 0.0, 0.25)
    out[:, 8] = _lean(root, way, settings.vote_radius_mm)
    out[:, 9], out[:, 10] = _beside(root * px_per_mm, gain, strands)
    out[:, 11] = [s.is_fine for s in strands]
    out[:, 12] = out[:, 11] * out[:, 8]
    out[:, 13] = _clear(strands, px_per_mm)
    return out


def _lean(root_mm: Floats, way: Floats, radius_mm: float) -> Floats:
    """Return how far neighbours point the same way: 0 against, 0.5 none or across, 1 along."""
    near = np.exp(-((cdist(root_mm, root_mm) / (0.5 * radius_mm)) ** 2))
    near[near < np.exp(-4.0)] = 0.0
    np.fill_diagonal(near, 0.0)
    return np.asarray(0.5 + 0.5 * (near * (way @ way.T)).sum(1) / (near.sum(1) + 0.3))


def _clear(strands: list[Strand], px_per_mm: float) -> Floats:
    """Return how far light strands lie from dark ones: the haze over a dark hair's exit is light too."""
    out = np.ones(len(strands))
    dark = [s.line[[0, len(s.line) // 2, -1]] for s in strands if not s.is_light]
    if dark:
        points = np.concatenate(dark)
        for k, s in enumerate(strands):
            if s.is_light:
                out[k] = cdist(s.line[[0, len(s.line) // 2, -1]], points).min() / px_per_mm / 0.3
    return np.clip(out, 0.0, 1.0)


def _beside(root: Floats, gain: Floats, strands: list[Strand]) -> tuple[Floats, Floats]:
    """Return the gap to the nearest stronger root in widths, and the share of a strand that lies on stronger ones."""
    wide = np.array([s.width for s in strands])
    size = np.array([s.length for s in strands])
    # in mean widths of the two: shafts are solid, so two exits lie about a width apart
    gap = cdist(root, root) / (0.5 * (wide[:, None] + wide[None]))
    weaker = gain[None, :] <= gain[:, None]
    gap[weaker] = np.inf
    on = np.zeros(len(strands))
    middle = np.array([s.line[len(s.line) // 2] for s in strands])
    apart = cdist(middle, middle)
    for i, j in zip(*np.nonzero(~weaker), strict=True):
        if apart[i, j] < 0.5 * (size[i] + size[j]) + strands[j].width:
            away = distance_to_line(strands[i].line, strands[j].line)
            on[i] = max(on[i], float((away < 0.6 * strands[j].width).mean()))
    return _ramp(gap.min(axis=1), 0.0, 1.5), on


def hair_probability(described: Floats, is_light: Bools) -> Floats:
    """Return the probability (N,) of strands described by `features` (N, K); light and dark have their own weights."""
    score = np.where(is_light, described @ np.array(WEIGHTS_LIGHT), described @ np.array(WEIGHTS_DARK))
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def _ramp(x: Floats, low: float, high: float) -> Floats:
    return np.asarray(np.clip((x - low) / (high - low), 0.0, 1.0))


def is_overlay(line: Floats, width_um: float, contrast: float) -> bool:
    """Whether a strand looks drawn: along the rows or columns, straight, thinner than any hair of its contrast."""
    way = np.abs(line[-1] - line[0])
    along_axis = float(way.min()) < 0.02 * float(way.max())
    return bool(along_axis and width_um < 22.0 and contrast > 0.2)
