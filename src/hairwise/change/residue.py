"""What one photo shows and the other does not: both photos of the skin, all that they share taken away.

Knows: colours of two photos on one plane, a way to find hairs in a photo. Must not know: fates, counts.
Plane: working pixels of the reference photo, (y, x). R hairs found in what is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from hairwise.change.frame import local_skin
from hairwise.records.base import Bools, Bytes
from hairwise.records.hairs import Hairs
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.change.frame import Frame, Plane
    from hairwise.change.settings import CompareSettings
    from hairwise.records.base import Floats

    Colours = npt.NDArray[np.float32]

__all__ = ["FindHairs", "claim", "on_photo", "residues"]

FindHairs = Callable[[Bytes, Bools, float], Hairs]
# Added to values so that the logarithm of black is finite; as in the planes of darkness.
_BLACK = 4.0
# A hair found in what is left is one found in the photo if rooted this near and running alike.
_SAME_MM, _SAME_COS = 0.12, 0.7


def residues(
    a: Frame, b: Frame, flow: tuple[Plane, Plane], find: FindHairs, settings: CompareSettings
) -> tuple[Hairs, Hairs]:
    """Find hairs in each photo less what the other shows.

    Parameters
    ----------
    a, b : Frame
        Two photos; the plane is that of a.
    flow : tuple of two (h, w) arrays
        Where the pixels of a lie in b.
    find : callable
        Colours (h, w, 3), usable skin (h, w) and pixels a millimetre to hairs.
    settings : CompareSettings
        How far apart the same thing may lie, and how much weaker it may be.

    Returns
    -------
    gone, come : Hairs
        Hairs in a that b lacks, and in b that a lacks, in working pixels of the plane.
    """
    dark_a, skin_a = _darkness(a)
    dark_b, skin_b = (np.asarray(cv2.remap(x, *flow, cv2.INTER_LINEAR), np.float32) for x in _darkness(b))
    usable = a.usable & (cv2.remap(b.usable.astype(np.uint8), *flow, cv2.INTER_NEAREST) > 0)
    reach = max(round(settings.residue_reach_um / UM_PER_MM / a.step_mm), 1)
    out = []
    for own, skin, other in ((dark_a, skin_a, dark_b), (dark_b, skin_b, dark_a)):
        left = np.minimum(own, np.maximum(own - settings.residue_gain * _at_most(other, reach), 0.0))
        rgb = np.clip(skin * np.exp(-left) - _BLACK, 0, 255).astype(np.uint8)
        out.append(find(rgb, usable, 1.0 / a.step_mm))
    return out[0], out[1]


def _darkness(frame: Frame) -> tuple[Colours, Colours]:
    """Optical density (h, w, 3) against the skin around, and that skin."""
    value = frame.colour.astype(np.float32) + _BLACK
    bare = frame.usable & ~frame.hairy
    planes = [local_skin(np.ascontiguousarray(value[..., c]), bare, 0.4 / frame.step_mm) for c in range(3)]
    skin = np.maximum(np.stack(planes, axis=-1), _BLACK)
    return np.log(skin / value), skin


def _at_most(dark: Colours, reach: int) -> Colours:
    """Darkest within reach, not below zero."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return np.maximum(np.asarray(cv2.dilate(dark, disc), np.float32), 0.0)


def claim(found: Hairs, root: Floats, lean: Floats, step_mm: float) -> tuple[Floats, Bools]:
    """Say which finds of the photo the hairs found in its residue are, one to one.

    Parameters
    ----------
    found : Hairs
        Of the residue, R of them, working pixels.
    root, lean : (H, 2) array of float
        Finds of the photo on the same plane.
    step_mm : float
        Size of a working pixel.

    Returns
    -------
    p_gone : (H,) array of float
        Probability of the hair in the residue that each find is; 0 where there is none.
    fresh : (R,) array of bool
        Hairs of the residue that no find is.
    """
    p_gone, fresh = np.zeros(len(root)), np.ones(len(found), bool)
    if not len(root) or not len(found):
        return p_gone, fresh
    way = found.tip_px - found.root_px
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    apart = np.linalg.norm(root[:, None] - found.root_px[None], axis=2) * step_mm
    fits = (apart < _SAME_MM) & (lean @ way.T > _SAME_COS)
    # the surest hairs of the residue are claimed first
    row, column = linear_sum_assignment(np.where(fits, apart / _SAME_MM - 1.0 - found.p_hair[None], 0.0))
    good = fits[row, column]
    p_gone[row[good]] = found.p_hair[column[good]]
    fresh[column[good]] = False
    return p_gone, fresh


def on_photo(found: Hairs, points_mm: Floats, px_per_mm: float, settings: CompareSettings) -> Hairs:
    """Return hairs of a residue as doubtful finds of the photo, their points given in millimetres of its plane."""
    n = len(found)
    return replace(
        found,
        points_px=points_mm * px_per_mm,
        width_px=np.full(n, np.nan),
        width_se_px=np.full(n, np.nan),
        p_hair=np.full(n, settings.p_unlisted),
    )
