"""Which hair is which: one to one, with probabilities.

Knows: hairs of two frames and the mapping between them. Must not know: pixels, fates.
Letters: A hairs of the first photo, B of the second, M matches. Order of coordinates (y, x), millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from hairwise.change.stretch import fit_mapping
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.change.frame import Frame
    from hairwise.change.register import Placed
    from hairwise.change.settings import CompareSettings
    from hairwise.change.stretch import Mapping
    from hairwise.records.base import Floats, Ints

__all__ = ["Matches", "leans_moved", "match", "match_and_settle"]

# Price of leaving a hair single: detectors miss or invent about one hair in seven, and loss adds to it.
_P_SINGLE = 0.15
# Log odds by which two listed hairs go before any doubtful find.
_DOUBTFUL = 2.0
# Grey hair may look darker than skin in one light and lighter in another, but seldom.
_OTHER_SHADE = 2.0
# Chance neighbours share their lean within about this [rad], so a like lean is weaker evidence than on a compass.
_NEIGHBOUR_LEAN_RAD = 0.6
_NEIGHBOUR_WIDTH_LOG = 0.5


@dataclass(frozen=True)
class Matches:
    """Hairs matched: indices (M,) of both photos and probabilities (M,)."""

    a: Ints
    b: Ints
    p: Floats


def leans_moved(frame: Frame, mapping: Mapping, forward: bool) -> tuple[Floats, Floats]:
    """Roots and leans of a frame's hairs as they lie on the other plane, each (H, 2)."""
    move = mapping.forward if forward else mapping.backward
    if not len(frame.root_mm):
        return frame.root_mm, frame.lean
    root = move(frame.root_mm)
    step = move(frame.root_mm + 0.2 * frame.lean) - root
    return root, step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)


def _log_gauss(x: Floats, sd: Floats | float) -> Floats:
    out: Floats = -0.5 * (x / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)
    return out


def _log_odds(a: Frame, b: Frame, mapping: Mapping, settings: CompareSettings) -> Floats:
    """Logarithm (A, B) of how much likelier one hair is than two unlike ones."""
    root, lean = leans_moved(a, mapping, forward=True)
    sd = mapping.sd(a.root_mm)[:, None]
    gap = b.root_mm[None] - root[:, None]
    distance = np.linalg.norm(gap, axis=2)
    axis = lean[:, None] + b.lean[None]
    axis /= np.maximum(np.linalg.norm(axis, axis=2, keepdims=True), 1e-9)
    along = (gap * axis).sum(axis=2)
    across = gap[..., 0] * axis[..., 1] - gap[..., 1] * axis[..., 0]
    sd_along = np.hypot(settings.root_along_sd_um / UM_PER_MM, sd)
    sd_across = np.hypot(settings.root_across_sd_um / UM_PER_MM, sd)
    turn = np.arccos(np.clip(lean @ b.lean.T, -1, 1))
    wider = np.abs(np.log(b.width_mm[None] / a.width_mm[:, None]))
    inlier = _log_gauss(along, sd_along) + _log_gauss(across, sd_across)
    inlier += _log_gauss(turn, np.deg2rad(settings.angle_sd_deg)) - _log_gauss(turn, _NEIGHBOUR_LEAN_RAD)
    inlier += _log_gauss(wider, settings.width_log_sd) - _log_gauss(wider, _NEIGHBOUR_WIDTH_LOG)
    radius = settings.match_radius_um / UM_PER_MM
    outlier = -np.log(np.pi * radius**2)
    share = settings.outlier_share
    one = np.logaddexp(np.log(1 - share) + inlier, np.log(share) + outlier)
    # Two hairs: the other photo has such a hair here by chance, as dense as hairs are on this skin.
    density = max(len(b.root_mm) / float(np.prod(b.size_mm)), 0.1)
    odds = one - np.log(density) - np.log(_P_SINGLE)
    # A doubtful find beside a sure one is mostly the same shaft found twice; it must not take the partner.
    odds += np.log(np.clip(a.p, 0.02, 1))[:, None] + np.log(np.clip(b.p, 0.02, 1))[None]
    odds -= _DOUBTFUL * ((a.p[:, None] < settings.p_listed) | (b.p[None] < settings.p_listed))
    odds -= _OTHER_SHADE * (a.is_light[:, None] != b.is_light[None])
    odds = np.where(distance < radius, odds, -50.0)
    return np.maximum(odds, -50.0)


def match(a: Frame, b: Frame, mapping: Mapping, settings: CompareSettings) -> Matches:
    """Match hairs one to one.

    Parameters
    ----------
    a, b : Frame
        The two photos.
    mapping : Mapping
        From a to b.
    settings : CompareSettings
        Tolerances.

    Returns
    -------
    Matches
        Best assignment where being single has a price; p weighs each match against all others of its two hairs.
    """
    none = np.zeros(0, np.int64)
    if not len(a.root_mm) or not len(b.root_mm):
        return Matches(none, none, np.zeros(0))
    odds = _log_odds(a, b, mapping, settings)
    row, column = linear_sum_assignment(np.minimum(-odds, 0.0))
    keep = odds[row, column] > 0
    row, column = row[keep], column[keep]
    ratio = np.exp(np.minimum(odds, 50.0))
    own = ratio[row, column]
    p = own / (1 + ratio.sum(axis=1)[row] + ratio.sum(axis=0)[column] - own)
    return Matches(row.astype(np.int64), column.astype(np.int64), p)


def match_and_settle(a: Frame, b: Frame, placed: Placed, settings: CompareSettings) -> tuple[Mapping, Matches]:
    """Match, let sure pairs of roots anchor the stretch beside the skin's marks, and match again.

    Returns
    -------
    mapping : Mapping
        With roots among the anchors.
    matches : Matches
        Final matches.
    """
    mapping = placed.mapping
    mark_a, mark_b = placed.marks
    sd_root = np.hypot(settings.root_across_sd_um, settings.root_along_sd_um) / UM_PER_MM
    stretch = mapping.sd_mm, mapping.length_mm
    found = match(a, b, mapping, settings)
    for _ in range(2):
        sure = found.p > 0.8
        place_a = np.concatenate([mark_a, a.root_mm[found.a[sure]]])
        place_b = np.concatenate([mark_b, b.root_mm[found.b[sure]]])
        sd = np.concatenate([np.full(len(mark_a), settings.skin_mark_sd_um / UM_PER_MM), np.full(sure.sum(), sd_root)])
        mapping = fit_mapping((place_a, place_b, sd), mapping.homography, stretch)
        found = match(a, b, mapping, settings)
    return mapping, found
