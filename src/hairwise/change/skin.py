"""Marks of the skin: furrows, pores, spots; hair left out.

Knows: texture at the working resolution. Must not know: fates of hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.change.frame import Frame
    from hairwise.records.base import Floats, Ints

__all__ = ["Marks", "find_marks", "match_marks", "match_marks_near"]

_MAX_MARKS = 2500
# Lowe 2004: a best match under 0.8 of the second best is right nine times in ten; skin repeats itself, so stricter.
_RATIO = 0.78


@dataclass(frozen=True)
class Marks:
    """Places (N, 2) [mm], (y, x), and descriptors (N, 128)."""

    place: Floats
    word: npt.NDArray[np.float32]


def _flatten(frame: Frame) -> npt.NDArray[np.uint8]:
    """Texture of even contrast, hair filled with the mean of skin around, so that light and hair leave no marks."""
    value = frame.grey.astype(np.float32)
    skin = (frame.usable & ~frame.hairy).astype(np.float32)
    sigma = 0.25 / frame.step_mm
    weight = cv2.GaussianBlur(skin, (0, 0), sigma) + 1e-3
    mean = cv2.GaussianBlur(value * skin, (0, 0), sigma) / weight
    rest = (value - mean) * skin
    spread = np.sqrt(cv2.GaussianBlur(rest * rest, (0, 0), 2 * sigma) / weight) + 1.0
    return np.clip(128 + 32 * rest / spread, 0, 255).astype(np.uint8)


def find_marks(frame: Frame) -> Marks:
    """Find marks of the skin away from hair.

    Parameters
    ----------
    frame : Frame
        Photo at the working resolution.

    Returns
    -------
    Marks
        At most 2500, the clearest.

    Notes
    -----
    SIFT (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94) with RootSIFT words (Arandjelovic and Zisserman 2012).
    """
    sift = cv2.SIFT_create(nfeatures=_MAX_MARKS, contrastThreshold=0.02, sigma=1.6)  # type: ignore[attr-defined]
    clear = cv2.erode((frame.usable & ~frame.hairy).astype(np.uint8), np.ones((3, 3), np.uint8))
    points, words = sift.detectAndCompute(_flatten(frame), clear)
    if words is None or not len(points):
        return Marks(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    place = np.array([(p.pt[1], p.pt[0]) for p in points], float)
    keep = np.array([p.size for p in points]) * frame.step_mm > 0.03  # smaller ones are grain, not skin
    words = np.sqrt(words / np.maximum(words.sum(axis=1, keepdims=True), 1e-6))
    return Marks(frame.to_mm(place[keep]), words[keep].astype(np.float32))


def match_marks(a: Marks, b: Marks) -> tuple[Ints, Ints]:
    """Return indices of marks that are each other's best and clearly so."""
    none = np.zeros(0, np.int64)
    if len(a.place) < 2 or len(b.place) < 2:
        return none, none
    like = a.word @ b.word.T
    best = like.argmax(axis=1)
    rows = np.arange(len(best))
    top = like[rows, best]
    like[rows, best] = -1.0
    second = like.max(axis=1)
    like[rows, best] = top
    mutual = like.argmax(axis=0)[best] == rows
    clear = np.sqrt(np.maximum(2 - 2 * top, 0)) < _RATIO * np.sqrt(np.maximum(2 - 2 * second, 1e-9))
    i = np.flatnonzero(mutual & clear)
    return i.astype(np.int64), best[i].astype(np.int64)


def match_marks_near(a: Marks, goes: Floats, b: Marks, radius_mm: float) -> tuple[Ints, Ints]:
    """Return indices of marks of a whose best word among marks of b near ``goes`` is mutual and like enough."""
    none = np.zeros(0, np.int64)
    if not len(a.place) or not len(b.place):
        return none, none
    near = cKDTree(goes).sparse_distance_matrix(cKDTree(b.place), radius_mm, output_type="coo_matrix")
    i, j = near.row, near.col
    if not len(i):
        return none, none
    like = np.einsum("ij,ij->i", a.word[i], b.word[j])
    order = np.argsort(like, kind="stable")
    best_a = np.full(len(a.place), -1)
    best_b = np.full(len(b.place), -1)
    best_a[i[order]], best_b[j[order]] = order, order
    keep = np.unique(best_a[best_a >= 0])
    keep = keep[(best_b[j[keep]] == keep) & (like[keep] > 0.75)]  # unlike skin words lie at 0.5 to 0.7
    return i[keep].astype(np.int64), j[keep].astype(np.int64)
