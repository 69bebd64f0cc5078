"""Which end of a strand is the root.

Knows: blueness beyond both ends, how neighbours lean. Must not know: how strands were found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial.distance import cdist

from hairwise.hairs.strands import sample

if TYPE_CHECKING:
    from hairwise.hairs.maps import Maps
    from hairwise.hairs.settings import DetectSettings
    from hairwise.hairs.strands import Strand
    from hairwise.records.base import Bools, Floats

__all__ = ["end_evidence", "lean_votes"]


def _outward(line: Floats) -> tuple[Floats, Floats]:
    """Return the first point and the unit direction that leaves the strand there."""
    k = min(len(line) - 1, max(1, len(line) // 2))
    way = line[0] - line[k]
    return line[0], way / max(float(np.linalg.norm(way)), 1e-9)


def end_evidence(strands: list[Strand], maps: Maps, settings: DetectSettings) -> Floats:
    """Measure the bluish shaft in the skin beyond both ends of each strand.

    Parameters
    ----------
    strands : list of Strand
        N strands.
    maps : Maps
        Contrasts on the same grid.
    settings : DetectSettings
        Window [mm], threshold of hair.

    Returns
    -------
    (N, 2) array of float
        Mean blueness beyond the first and beyond the last point; 0 where no bare skin is seen there.
    """
    px = maps.px_per_mm
    hair = cv2.dilate((maps.dark > settings.dark_contrast).astype(np.uint8), np.ones((3, 3), np.uint8))
    bare = ((hair == 0) & maps.usable).astype(np.float32)
    blue = np.clip(maps.blue, -0.3, 1.0).astype(np.float32)
    reach = np.linspace(0.03, settings.root_window_mm, 8) * px
    out = np.zeros((len(strands), 2))
    for n, strand in enumerate(strands):
        side = np.linspace(-0.6, 0.6, 5) * max(strand.width, 0.04 * px)
        for e, line in enumerate((strand.line, strand.line[::-1])):
            start, way = _outward(line)
            across = np.array([-way[1], way[0]])
            points = start + reach[:, None, None] * way + side[None, :, None] * across
            weight = sample(bare, points)
            if weight.sum() > 0.15 * weight.size:
                out[n, e] = float((weight * sample(blue, points)).sum() / weight.sum())
    return out


def lean_votes(strands: list[Strand], evidence: Floats, px_per_mm: float, settings: DetectSettings) -> Floats:
    """Let neighbours vote on direction.

    Parameters
    ----------
    strands : list of Strand
        N strands.
    evidence : (N, 2) array of float
        From `end_evidence`.
    px_per_mm : float
        Scale of the strands.
    settings : DetectSettings
        Radius of the vote [mm].

    Returns
    -------
    (N,) array of float
        Log odds that the first point is the root.

    Notes
    -----
    Two rounds of mean field: hair beyond two radii cannot change the answer.
    """
    if not strands:
        return np.zeros(0)
    own = np.clip((evidence[:, 0] - evidence[:, 1]) / 0.06, -4.0, 4.0)
    middle = np.array([s.line.mean(axis=0) for s in strands])
    way = np.array([s.line[-1] - s.line[0] for s in strands])
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    near = np.exp(-((cdist(middle, middle) / (0.5 * settings.vote_radius_mm * px_per_mm)) ** 2))
    near[near < np.exp(-4.0)] = 0.0
    np.fill_diagonal(near, 0.0)
    bond = near * (way @ way.T)
    total = own
    for _ in range(2):
        total = own + 1.5 * bond @ np.tanh(total / 2)
    return np.asarray(total)


def leaves_photo(point: Floats, usable: Bools, margin_px: float) -> bool:
    """Whether an end (y, x) lies at the border of the photo or of the usable skin."""
    y, x = point
    h, w = usable.shape
    if min(y, x, h - 1 - y, w - 1 - x) < margin_px:
        return True
    r = int(np.ceil(margin_px))
    part = usable[max(0, int(y) - r) : int(y) + r + 1, max(0, int(x) - r) : int(x) + r + 1]
    return bool(part.mean() < 0.5)  # glints leave single unusable pixels anywhere
