"""One strand a shaft: drop strands that lie on a stronger one all along.

Knows: strands. Must not know: pixels, roots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from hairwise.hairs.strands import Strand
    from hairwise.records.base import Floats

__all__ = ["distance_to_line", "distinct"]


def distance_to_line(points: Floats, line: Floats) -> Floats:
    """Return the distance (N,) of points (N, 2) to a polyline (P, 2)."""
    start, step = line[:-1], np.diff(line, axis=0)
    size = np.maximum((step**2).sum(axis=1), 1e-12)
    t = np.clip(((points[:, None] - start[None]) * step[None]).sum(-1) / size, 0.0, 1.0)
    foot = start[None] + t[..., None] * step[None]
    return np.asarray(np.linalg.norm(points[:, None] - foot, axis=-1).min(axis=1))


def distinct(strands: list[Strand], least_widths: float) -> list[Strand]:
    """Keep strands that leave every stronger one somewhere.

    Parameters
    ----------
    strands : list of Strand
        Any order.
    least_widths : float
        How far a strand must get from a stronger one, in mean widths of the two.

    Returns
    -------
    list of Strand
        Strongest first.

    Notes
    -----
    Shafts are solid: two that are seen lie a width apart somewhere, side by side, at the roots or at the tips.
    """
    order = sorted(strands, key=lambda s: -s.gain_mm2)
    kept: list[Strand] = []
    middles = np.zeros((0, 2))
    for s in order:
        middle = s.line[len(s.line) // 2]
        near = np.flatnonzero(cdist(middle[None], middles)[0] < s.length)
        if all(_leaves(s, kept[int(k)], least_widths) for k in near):
            kept.append(s)
            middles = np.vstack([middles, middle])
    return kept


def _leaves(strand: Strand, stronger: Strand, least_widths: float) -> bool:
    least = least_widths * 0.5 * (strand.width + stronger.width)
    return bool(distance_to_line(strand.line, stronger.line).max() > least)
