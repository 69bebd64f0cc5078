"""Whether two photos show the same skin, and where each point of it lies in the other.

Knows: two frames. Must not know: fates of hairs.
Order of coordinates (y, x), millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial import cKDTree
from scipy.special import bdtrc

from hairwise.change.pose import Stars, pose_matrix, vote, votes_from_pairs
from hairwise.change.skin import Marks, find_marks, match_marks, match_marks_near
from hairwise.change.stretch import Mapping, apply_homography, fit_homography, fit_mapping, loo_residual
from hairwise.errors import Refused
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.change.frame import Frame
    from hairwise.change.settings import CompareSettings
    from hairwise.records.base import Floats, Ints

__all__ = ["Evidence", "Placed", "register"]

_N_POSES = 24
_MAX_STARS = 200
_MAX_ANCHORS = 350
# Radii of agreement, from a pose alone to a fitted homography [mm]; stretch and perspective set the first.
_RADII_MM = (0.30, 0.22, 0.16, 0.13)


@dataclass(frozen=True)
class Evidence:
    """How far two photos agree beyond chance; logarithms to base 10 of the chance of as much agreement."""

    units_seen: int
    units_met: int
    log10_chance_hairs: float
    log10_hairs_here: float
    marks_met: int
    log10_chance_marks: float


@dataclass(frozen=True)
class Placed:
    """Two frames brought together."""

    mapping: Mapping
    evidence: Evidence
    marks: tuple[Floats, Floats]


@dataclass(frozen=True)
class _Clues:
    """What both photos offer: roots and matched marks."""

    a: Frame
    b: Frame
    roots_a: Ints
    roots_b: Ints
    marks_a: Marks
    marks_b: Marks
    pair_a: Floats
    pair_b: Floats
    skin_b: Floats  # a grid over the second photo, and how far each of its points is from the nearest root there
    near_b: Floats


def _stars(frame: Frame) -> Ints:
    """Surest hairs, at most as many as voting can afford."""
    index = np.flatnonzero(frame.p >= 0.3)
    return index[np.argsort(-frame.p[index], kind="stable")][:_MAX_STARS].astype(np.int64)


def _gather(a: Frame, b: Frame) -> _Clues:
    marks_a, marks_b = find_marks(a), find_marks(b)
    i, j = match_marks(marks_a, marks_b)
    pair_a, pair_b = marks_a.place[i], marks_b.place[j]
    # A drawn caption or bar stands at the same pixel of every photo; skin never comes back to the same pixel.
    moved = np.linalg.norm(pair_a * a.px_per_mm - pair_b * b.px_per_mm, axis=1) > 1.5
    roots_b = _stars(b)
    skin_b = np.stack(np.meshgrid(*[np.arange(0.0, s, 0.06) for s in b.size_mm], indexing="ij"), -1).reshape(-1, 2)
    near_b = np.asarray(cKDTree(b.root_mm[roots_b]).query(skin_b)[0])
    return _Clues(a, b, _stars(a), roots_b, marks_a, marks_b, pair_a[moved], pair_b[moved], skin_b, near_b)


def _scale_limit(clues: _Clues, settings: CompareSettings) -> float:
    both = clues.a.has_scale and clues.b.has_scale
    return settings.scale_ratio_max if both else settings.scale_ratio_max_no_scale


def _plausible(homography: Floats, limit: float) -> bool:
    turn = homography[:2, :2]
    det = float(np.linalg.det(turn))
    if det <= 0:
        return False
    s = np.linalg.svd(turn, compute_uv=False)
    # Tilt of a lens held to the scalp squeezes one way by a few per cent only.
    return bool(1 / limit**1.2 < np.sqrt(det) < limit**1.2 and s[0] / s[1] < 1.25)


def _starts(clues: _Clues, settings: CompareSettings) -> list[Floats]:
    """Homographies worth trying: from marks, then from roots."""
    out: list[Floats] = []
    limit = _scale_limit(clues, settings)
    if len(clues.pair_a) >= 6:
        matrix, _ = cv2.estimateAffinePartial2D(
            clues.pair_a[:, ::-1],
            clues.pair_b[:, ::-1],
            method=cv2.RANSAC,
            ransacReprojThreshold=0.12,
            maxIters=6000,
            confidence=0.9999,
        )
        if matrix is not None:
            out.append(np.vstack([matrix, [0.0, 0.0, 1.0]]))
    if min(len(clues.roots_a), len(clues.roots_b)) >= 3:
        sides = [Stars(f.root_mm[r], f.lean[r]) for f, r in ((clues.a, clues.roots_a), (clues.b, clues.roots_b))]
        reference = sides[0].place.mean(axis=0)
        poses = vote(*votes_from_pairs(sides[0], sides[1], reference, limit), _N_POSES)
        out += [pose_matrix(p, reference) for p in poses]
    return [h for h in out if _plausible(h, limit)]


def _mutual(goes: Floats, there: Floats, radius_mm: float) -> tuple[Ints, Ints]:
    """Return indices of points that are each other's nearest, within a radius."""
    none = np.zeros(0, np.int64)
    if not len(goes) or not len(there):
        return none, none
    distance, nearest = (np.asarray(x) for x in cKDTree(there).query(goes))
    back = np.asarray(cKDTree(goes).query(there)[1])
    i = np.flatnonzero((distance < radius_mm) & (back[nearest] == np.arange(len(goes))))
    return i.astype(np.int64), nearest[i].astype(np.int64)


def _agreeing(clues: _Clues, homography: Floats, radius_mm: float) -> tuple[Floats, Floats, Floats]:
    """Point pairs within a radius and their weights."""
    root_a, root_b = clues.a.root_mm[clues.roots_a], clues.b.root_mm[clues.roots_b]
    i, j = _mutual(apply_homography(homography, root_a), root_b, radius_mm)
    near = np.linalg.norm(apply_homography(homography, clues.pair_a) - clues.pair_b, axis=1) < radius_mm
    a = np.concatenate([root_a[i], clues.pair_a[near]])
    b = np.concatenate([root_b[j], clues.pair_b[near]])
    return a, b, np.concatenate([np.full(len(i), 0.4), np.ones(int(near.sum()))])


def _refine(clues: _Clues, homography: Floats, radii_mm: tuple[float, ...]) -> Floats:
    for radius_mm in radii_mm:
        a, b, weight = _agreeing(clues, homography, radius_mm)
        if len(a) < 3:
            return homography
        homography = fit_homography(a, b, weight)
    return homography


def _met(clues: _Clues, homography: Floats, radius_mm: float) -> tuple[int, int, float]:
    """Units of a seen in b, those with a root met there, and the share met by chance."""
    a, b = clues.a, clues.b
    goes = apply_homography(homography, a.root_mm[clues.roots_a])
    seen = b.inside_mm(goes) > 0
    root_b = b.root_mm[clues.roots_b]
    if not seen.any() or not len(root_b):
        return 0, 0, 1.0
    tree = cKDTree(root_b)
    met = np.asarray(tree.query(goes)[0]) < radius_mm
    units, place = np.unique(a.unit[clues.roots_a][seen], return_inverse=True)
    hit = np.zeros(len(units), bool)
    np.logical_or.at(hit, place, met[seen])
    # Chance: the share of skin seen in both that lies as near to a root of b, for each root of a unit.
    back = np.linalg.inv(homography).astype(np.float64)
    inner = a.inside_mm(apply_homography(back, clues.skin_b)) > 0
    share = float((clues.near_b[inner] < radius_mm).mean()) if inner.any() else 1.0
    return len(units), int(hit.sum()), float(np.mean(1 - (1 - share) ** np.bincount(place)))


def _log10_tail(k: int, n: int, p: float) -> float:
    """Return log10 of the chance of more than k of n; at least -300."""
    return float(np.log10(max(float(bdtrc(k, n, p)), 1e-300))) if k >= 0 else 0.0


def _weigh(clues: _Clues, homography: Floats) -> Evidence:
    """Chance of as much agreement: a count of possible poses times a binomial tail (a contrario test)."""
    radius_mm = _RADII_MM[-1]
    seen, met, share = _met(clues, homography, radius_mm)
    here = _log10_tail(met - 1, seen, min(share, 1.0)) if seen and met else 0.0
    reach = float(clues.a.size_mm.max())
    places = float(np.prod(clues.b.size_mm + clues.a.size_mm)) / (np.pi * radius_mm**2)
    # Turns, scales and two tilts that differ by the radius at the border, and affine squeeze beside them.
    poses = places * (2 * np.pi * reach / radius_mm) * max(0.2 * reach / radius_mm, 1.0) * 10.0
    pair_a, pair_b = clues.pair_a, clues.pair_b
    log_marks, n_marks = 0.0, 0
    if len(pair_a) > 4:
        near = np.linalg.norm(apply_homography(homography, pair_a) - pair_b, axis=1) < radius_mm
        # Marks side by side are one clue: count cells of 0.25 mm, not marks.
        n_marks = len(np.unique(np.floor(pair_a[near] / 0.25), axis=0)) if near.any() else 0
        chance = np.pi * radius_mm**2 / float(np.prod(clues.b.size_mm))
        tail = _log10_tail(max(n_marks - 5, -1), max(len(pair_a) - 4, 1), min(chance, 1.0))
        log_marks = min(tail + 2 * float(np.log10(len(pair_a))) + 2.0, 0.0)
    return Evidence(seen, met, min(here + float(np.log10(poses)), 0.0), here, n_marks, log_marks)


def _accept(evidence: Evidence, settings: CompareSettings) -> bool:
    if evidence.log10_chance_hairs < settings.log10_chance_max:
        return True
    if evidence.units_seen < settings.min_units:
        enough = evidence.marks_met >= settings.min_skin_marks
        return enough and evidence.log10_chance_marks < settings.log10_chance_max
    # Marks count their own poses, so the hairs then met are evidence at one pose only: the chances multiply.
    both = evidence.log10_chance_marks + evidence.log10_hairs_here
    agree = evidence.log10_hairs_here < settings.log10_hairs_agree_max
    return agree and evidence.log10_chance_marks < -2.0 and both < settings.log10_chance_max


def _anchor(clues: _Clues, homography: Floats, settings: CompareSettings) -> tuple[Mapping, tuple[Floats, Floats]]:
    """Anchor the stretch on marks and lone roots, dropping those that all others put elsewhere."""
    stretch = settings.stretch_sd_um / UM_PER_MM, settings.stretch_length_um / UM_PER_MM
    i, j = match_marks_near(clues.marks_a, apply_homography(homography, clues.marks_a.place), clues.marks_b, 0.2)
    mark_a, mark_b = clues.marks_a.place[i], clues.marks_b.place[j]
    if len(i) > _MAX_ANCHORS:
        pick = np.linspace(0, len(i) - 1, _MAX_ANCHORS).astype(int)
        mark_a, mark_b = mark_a[pick], mark_b[pick]
    root_a, root_b = clues.a.root_mm[clues.roots_a], clues.b.root_mm[clues.roots_b]
    k, m = _mutual(apply_homography(homography, root_a), root_b, 0.16)
    sd_root = np.hypot(settings.root_across_sd_um, settings.root_along_sd_um) / UM_PER_MM
    a = np.concatenate([mark_a, root_a[k]])
    b = np.concatenate([mark_b, root_b[m]])
    sd = np.concatenate([np.full(len(mark_a), settings.skin_mark_sd_um / UM_PER_MM), np.full(len(k), sd_root)])
    is_mark = np.arange(len(a)) < len(mark_a)
    mapping = fit_mapping((a, b, sd), homography, stretch)
    for _ in range(4):
        # Predicted spread of each leave-one-out distance; beyond three of it a pair is not one point of skin.
        spread = np.sqrt(1 / np.maximum(np.diag(mapping.inverse), 1e-9)) if len(a) else np.zeros(0)
        off = np.linalg.norm(loo_residual(mapping), axis=1) if len(a) else np.zeros(0)
        keep = off < 3.0 * spread
        if keep.all():
            break
        a, b, sd, is_mark = a[keep], b[keep], sd[keep], is_mark[keep]
        mapping = fit_mapping((a, b, sd), homography, stretch)
    return mapping, (a[is_mark], b[is_mark])


def register(a: Frame, b: Frame, settings: CompareSettings) -> Placed:
    """Bring two photos of a spot together, or refuse.

    Parameters
    ----------
    a, b : Frame
        The two photos.
    settings : CompareSettings
        Tolerances.

    Returns
    -------
    Placed
        Mapping from a to b, with the evidence that they show the same skin.

    Raises
    ------
    Refused
        ``different_spot`` where as much agreement could come about by chance.

    Notes
    -----
    The test is *a contrario*: the number of possible poses times the chance that as many follicular units, or marks
    of skin, meet by accident (Desolneux, Moisan and Morel 2000, doi:10.1023/A:1026593302236).
    """
    clues = _gather(a, b)
    best: tuple[float, Floats, Evidence] | None = None
    for start in _starts(clues, settings):
        homography = _refine(clues, start, _RADII_MM)
        if not _plausible(homography, _scale_limit(clues, settings)):
            continue
        evidence = _weigh(clues, homography)
        score = evidence.log10_chance_marks + evidence.log10_hairs_here
        if best is None or score < best[0]:
            best = score, homography, evidence
    if best is None or not _accept(best[2], settings):
        raise Refused(
            "different_spot",
            "The two photos do not show the same skin, or share too little of it.",
            "Photograph the same spot again, with at least half of the earlier photo in view.",
        )
    _, homography, evidence = best
    mapping, marks = _anchor(clues, homography, settings)
    # The rest of the stretch may have hidden perspective: fit once more on what was kept, then anchor again.
    if len(mapping.anchors) >= 15:
        goes = mapping.anchors, mapping.forward(mapping.anchors)
        homography = fit_homography(*goes, np.ones(len(goes[0])))
        mapping, marks = _anchor(clues, homography, settings)
    return Placed(replace(mapping), evidence, marks)
