"""Follicular units: roots that leave the skin together.

Knows: roots and growth directions. Must not know: widths, images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

if TYPE_CHECKING:
    from hairwise.records.base import Floats, Ints

__all__ = ["group_units"]


def group_units(root: Floats, way: Floats, across: float, along: float) -> Ints:
    """Group roots into follicular units.

    Parameters
    ----------
    root : (N, 2) array of float
        Roots (y, x), any unit of length.
    way : (N, 2) array of float
        Unit vectors from root to tip.
    across, along : float
        Greatest distance of two roots of one unit across and along the direction of growth, same unit of length.

    Returns
    -------
    (N,) array of int
        Unit of each root, 0 to n_units - 1 in order of first appearance.

    Notes
    -----
    Roots of one unit lie side by side, hardly behind each other; complete linkage keeps neighbouring units apart.
    """
    n = len(root)
    if n < 2:
        return np.zeros(n, np.int64)
    gap = root[:, None] - root[None]
    mean = way[:, None] + way[None]
    size = np.linalg.norm(mean, axis=-1, keepdims=True)
    mean = np.where(size > 0.5, mean / np.maximum(size, 1e-9), way[:, None])
    down = (gap * mean).sum(-1)
    side = gap[..., 0] * mean[..., 1] - gap[..., 1] * mean[..., 0]
    distance = np.hypot(down / along, side / across)
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    label = fcluster(linkage(squareform(distance, checks=False), "complete"), 1.0, "distance")
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return np.asarray(order[inverse], dtype=np.int64)
