"""Letters of a scale bar's label, told apart by nearest neighbour among drawn templates.

Knows: what a digit, m, u, micro and c look like. Must not know: bars, units, photos.
Letters: G glyphs, T templates; a patch is (18, 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Plane = npt.NDArray[np.float32]

__all__ = ["PATCH", "Glyph", "aspect_of", "classify", "patch_of"]

PATCH = (18, 14)  # rows, columns
_ASPECT_WEIGHT = 0.12  # a tenth more width weighs as a patch that differs by 3 % of full contrast everywhere
_WORST = 0.066  # mean square difference to the nearest template; drawn glyphs of unseen fonts lie at 0.01 to 0.04
_MARGIN = 1.35  # the nearest other letter must be this much farther (distances are squared)


@dataclass(frozen=True)
class Glyph:
    """What a patch is; ``letter`` is empty where it is not sure."""

    letter: str
    distance: float


def patch_of(strength: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a glyph's box as a patch of fixed size; 0 is ground, 1 ink."""
    rows, columns = PATCH
    shrink = strength.shape[0] > rows
    way = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return np.clip(cv2.resize(strength, (columns, rows), interpolation=way), 0, 1).astype(np.float32)


def aspect_of(height_px: float, width_px: float) -> float:
    """Return the logarithm of width over height."""
    return float(np.log(max(width_px, 1.0) / max(height_px, 1.0)))


@cache
def _templates() -> tuple[Plane, Plane, Plane, npt.NDArray[np.str_]]:
    """Return patches (T, 252), their squared sums (T,), aspects (T,) and letters (T,)."""
    with files("hairwise.image").joinpath("glyphs.npz").open("rb") as file, np.load(file) as held:
        patches = held["patches"].astype(np.float32).reshape(len(held["patches"]), -1) / np.float32(15)
        return patches, np.sum(patches**2, axis=1), held["aspects"], held["letters"]


def classify(patch: npt.NDArray[np.float32], aspect: float) -> Glyph:
    """
    Name a glyph.

    Parameters
    ----------
    patch : (18, 14) array of float32
        See `patch_of`.
    aspect : float
        See `aspect_of`.

    Returns
    -------
    Glyph
        ``letter`` is one of ``0-9 m u c``, ``M`` for two m that touch, ``?`` for another letter, or empty where no
        template is near or two letters are about as near. u stands for the micro sign too.
    """
    patches, squares, aspects, letters = _templates()
    flat = patch.ravel()
    distance = (squares - 2 * (patches @ flat) + flat @ flat) / flat.size + _ASPECT_WEIGHT * (aspects - aspect) ** 2
    best = int(np.argmin(distance))
    letter = str(letters[best])
    other = float(distance[letters != letter].min())
    if distance[best] > _WORST or other < _MARGIN * distance[best]:
        return Glyph("", float(distance[best]))
    return Glyph(letter, float(distance[best]))
