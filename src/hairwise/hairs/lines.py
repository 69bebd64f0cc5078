"""Points on straight pieces, and maps read at points.

Knows: geometry of the plane. Must not know: what the maps hold.
Letters: N pieces, P points on each. Order (y, x).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32
    from hairwise.records.base import Floats

__all__ = ["across", "along", "sample"]

_MOST_COLUMNS = 30_000  # cv2.remap takes at most 32767


def sample(image: Image32, points: Floats) -> Floats:
    """Read a map (H, W) or (H, W, C) at points (..., 2), linearly; the border repeats."""
    shape = points.shape[:-1] + image.shape[2:]
    if not points.size:
        return np.zeros(shape)
    flat = points.reshape(1, -1, 2).astype(np.float32)
    pieces = [
        cv2.remap(image, part[..., 1], part[..., 0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for part in np.array_split(flat, 1 + flat.shape[1] // _MOST_COLUMNS, axis=1)
    ]
    return np.concatenate(pieces, axis=1).reshape(shape).astype(np.float64)


def along(start: Floats, end: Floats, n: int) -> Floats:
    """Return ``n`` points (N, n, 2) evenly on the pieces from starts to ends (N, 2), both ends left out."""
    t = (np.arange(n) + 0.5) / n
    return np.asarray(start[:, None] + t[None, :, None] * (end - start)[:, None])


def across(start: Floats, end: Floats) -> Floats:
    """Return the unit normals (N, 2) of the pieces."""
    way = (end - start) / np.maximum(np.linalg.norm(end - start, axis=1, keepdims=True), 1e-9)
    return np.stack([-way[:, 1], way[:, 0]], axis=1)
