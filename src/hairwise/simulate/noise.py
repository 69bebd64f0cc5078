"""Smooth random fields over skin, the same wherever the camera stands.

Knows: noise of a chosen grain in mm, repeatable by seed. Must not know: cameras, hairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Floats32", "sample", "substream", "tile"]

Floats32 = npt.NDArray[np.float32]
CELLS_PER_GRAIN = 2.0  # a Gaussian of 2 cells is resolved by cubic interpolation to better than 1 %
MAX_CELLS = 1024  # a tile repeats after 512 grains: far more than a photo shows of the coarse layers


def substream(seed: int, *names: int) -> np.random.Generator:
    """Return an independent generator for one use of a seed."""
    return np.random.default_rng(np.random.SeedSequence([int(seed), *map(int, names)]))


def tile(seed: int, layer: int, cells: int = 512) -> Floats32:
    """Periodic Gaussian noise (cells, cells) of unit variance, grain ``CELLS_PER_GRAIN`` cells.

    Parameters
    ----------
    seed, layer : int
        The same pair gives the same tile.
    cells : int
        Side of the tile, at most ``MAX_CELLS``.
    """
    cells = min(cells, MAX_CELLS)
    white = substream(seed, 1000, layer).standard_normal((cells, cells), dtype=np.float32)
    pad = 8
    blurred = cv2.GaussianBlur(np.pad(white, pad, mode="wrap"), (0, 0), CELLS_PER_GRAIN)[pad:-pad, pad:-pad]
    # variance of white noise after a Gaussian of s cells is 1 / (4 pi s^2)
    return np.asarray(blurred * (2.0 * np.sqrt(np.pi) * CELLS_PER_GRAIN), np.float32)


def sample(
    field: Floats32, place_mm: tuple[Floats32, Floats32], grain_mm: Sequence[float], angle_rad: float = 0.0
) -> Floats32:
    """Read a tile at places on the skin.

    Parameters
    ----------
    field : (C, C) array of float32
        From ``tile``.
    place_mm : pair of (H, W) arrays
        y and x of each pixel on the skin [mm].
    grain_mm : two floats
        Standard deviation of the grain along and across ``angle_rad`` [mm].
    angle_rad : float
        Direction of the long grain, from +x towards +y [rad].
    """
    y, x = place_mm
    c, s = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
    along = (x * c + y * s) * np.float32(CELLS_PER_GRAIN / grain_mm[0])
    across = (y * c - x * s) * np.float32(CELLS_PER_GRAIN / grain_mm[1])
    out = cv2.remap(field, along, across, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(out, np.float32)
