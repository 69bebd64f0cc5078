"""The fate of every hair that found no partner: kept after all, lost, hidden or out of view.

Knows: matches and what is seen at each place. Must not know: counts, intervals, causes.
"Own" is the photo a hair was found in, "other" the one it is looked for in. H hairs of the own photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from hairwise.change.look import Seen, Sheet, Target, chance_of_dark, look, paint_lines
from hairwise.change.settings import CompareSettings
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["HIDDEN", "KEPT", "LOST", "MATCHED", "OUT", "Fates", "Side", "disputed", "find_fates"]

MATCHED, KEPT, LOST, HIDDEN, OUT = range(5)

# Darkness of a hair seen again against its own: lean, haze and focus take some, and it spreads by about a third.
_AGAIN_LOG_MEAN, _AGAIN_LOG_SD = -0.15, 0.4
# A single hair's prior of being gone: losses of interest are 5 to 30 % of hairs, and singles hold them all.
_P_GONE = 0.5
# Among single hairs whose place is bare: true hairs that fell against false finds that did not come again, beyond what
# the detector's own probability says (0.6 to 0.8 on rendered pairs for hairs listed).
_TRUE_TO_FALSE = 0.7
# Bundles: how sure a missing share of the common width is, in widths of the hair.
_BUNDLE_SD = 0.18
_NEIGHBOUR_MM = 0.3
# More of the predicted place than this under another hair: the place cannot show a hair of its own.
_COVERED = 0.5
# Darkness at a place, as a share of the hair's own: under the first no shaft stands there, over the second one does.
# Shafts are ten times darker than skin, so between blur, haze and a step of registration both have room.
_BARE_RATIO, _DARK_RATIO = 0.3, 0.5
# Blur and half a step of registration around a hair that owns its pixels.
_HALO_MM = 0.03
# A find mostly on the shaft of another hair of its own photo may be that hair found twice: its loss cannot be told.
_TWIN_SHARE = 0.6
# Two finds of one shaft are two hairs lying together about as often as one hair found twice; under a half: not listed.
_P_TWIN_TRUE = 0.45
_AT_PLACE = CompareSettings(search_um=20.0, search_deg=6.0)


@dataclass(frozen=True)
class Side:
    """Hairs of one photo on the reference plane (working pixels) and where their partners are.

    Attributes
    ----------
    root, lean : (H, 2) array of float
        Roots and leans.
    width, length : (H,) array of float
        Widths and lengths [working px].
    lines : list of (p, 2) arrays of float
        Centrelines.
    p : (H,) array of float
        Probability of being a hair.
    is_light : (H,) array of bool
        Lighter than skin.
    matched : (H,) array of bool
        Has a partner.
    inside_mm : (H,) array of float
        Distance of the predicted root to the border of the other photo, positive inside.
    sd_mm : (H,) array of float
        Standard error of the predicted place.
    sheet : Sheet
        The photo.
    """

    root: Floats
    lean: Floats
    width: Floats
    length: Floats
    lines: list[Floats]
    p: Floats
    is_light: Bools
    matched: Bools
    inside_mm: Floats
    sd_mm: Floats
    sheet: Sheet

    def target(self, h: int) -> Target:
        """Hair h as something to look for."""
        return Target(self.root[h], self.lean[h], float(self.width[h]), float(self.length[h]), bool(self.is_light[h]))


@dataclass(frozen=True)
class Fates:
    """What became of a photo's hairs.

    Attributes
    ----------
    fate : (H,) array of int
        MATCHED, KEPT, LOST, HIDDEN or OUT.
    p_absent : (H,) array of float
        Probability that the hair is not in the other photo; NaN where matched, hidden or out of view.
    p_lost : (H,) array of float
        The same times the probability that it was a hair at all.
    found : (H, 2) array of float
        Where a kept hair was seen in the other photo [working px].
    bare : (H,) array of bool
        Seen apart from any other hair, so that its miss was a detector's, not a bundle's.
    """

    fate: Ints
    p_absent: Floats
    p_lost: Floats
    found: Floats
    bare: Bools


def _bell(x: float, mean: float, sd: float) -> float:
    """Return the normal density."""
    return float(np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))


def _p_absent(level: float, own: float, bare: tuple[float, float]) -> float:
    """Probability that a place as dark as ``level`` holds no hair, for a hair as dark as ``own`` before."""
    if level <= 0:
        return 1.0
    present = _bell(np.log(level / max(own, 0.05)), _AGAIN_LOG_MEAN, _AGAIN_LOG_SD) / level
    if level > own:
        present = max(present, _bell(0.0, 0.0, _AGAIN_LOG_SD) / level * 0.5)
    # Heavy tail upwards: flakes, spots and creases now and then look half like a hair.
    absent = 0.95 * _bell(max(level, bare[0]), *bare) + 0.05 * np.exp(-max(level - bare[0], 0) / 0.15) / 0.15
    return float(_P_GONE * absent / (_P_GONE * absent + (1 - _P_GONE) * present + 1e-12))


def _band(sheet: Sheet, side: Side, members: Ints, step_mm: float) -> Floats:
    """Darkness (T, U) across a bundle: T steps along its shafts from the roots, U working pixels across."""
    lean = side.lean[members].mean(axis=0)
    lean /= max(float(np.linalg.norm(lean)), 1e-9)
    across = np.array([-lean[1], lean[0]])
    centre = side.root[members].mean(axis=0)
    rest = side.root[members] - centre
    half = float(np.abs(rest @ across).max()) + 0.1 / step_mm
    start = float((rest @ lean).max()) + 0.03 / step_mm
    t = start + np.arange(0.0, 0.15 / step_mm, 2.0)
    u = np.arange(-half, half + 1)
    points = centre + t[:, None, None] * lean + u[None, :, None] * across
    plane = sheet.light if side.is_light[members[0]] else sheet.dark
    index = np.clip(np.round(points).astype(int), 0, np.array(plane.shape) - 1)
    return np.asarray(plane[index[..., 0], index[..., 1]], float)


def _missing_width(side: Side, other: Side, members: Ints, step_mm: float) -> float:
    """How much of a bundle's common width is gone in the other photo [working px]; negative where it grew."""
    before, after = _band(side.sheet, side, members, step_mm), _band(other.sheet, side, members, step_mm)
    level = 0.5 * max(float(np.percentile(before, 90)), 0.1)
    full = 0.5 * max(float(np.percentile(after, 90)), 0.6 * level)
    width = [np.clip(x / (2 * f), 0, 1) for x, f in ((before, level), (after, full))]
    return float(np.median(width[0].sum(axis=1)) - np.median(width[1].sum(axis=1)))


def _in_bundle(side: Side, other: Side, h: int, step_mm: float) -> float:
    """Probability that hair h of a bundle is gone, from the width the bundle lost."""
    near = np.linalg.norm(side.root - side.root[h], axis=1) < _NEIGHBOUR_MM / step_mm
    gone = _missing_width(side, other, np.flatnonzero(near).astype(np.int64), step_mm) / max(float(side.width[h]), 2.0)
    singles = max(int((near & ~side.matched).sum()), 1)
    # Several singles share what is missing; a bundle never tells better than nine in ten.
    return float(0.05 + 0.85 * expit((gone / singles - 0.55) / _BUNDLE_SD))


def _is_covered(seen: Seen, own_level: float) -> bool:
    """Whether another hair lies where this one must be; the bare rim of a neighbour covers nothing."""
    return seen.owned > _COVERED and seen.here > _BARE_RATIO * own_level


def _judge(seen: Seen, own_level: float, bare: tuple[float, float], in_bundle: float) -> tuple[int, float]:
    """Fate and probability of absence of a hair that was looked for."""
    if seen.clear < 0.6:
        return HIDDEN, float("nan")
    if _is_covered(seen, own_level):
        if not np.isfinite(in_bundle):
            return HIDDEN, float("nan")
        return (LOST if in_bundle > 0.5 else KEPT), in_bundle
    p = _p_absent(float(np.nanmax([seen.level, seen.here])), own_level, bare)
    if p < 0.5:
        return KEPT, p
    # What would not stand out of this photo's bare skin cannot be missed there.
    return (LOST, p) if own_level > bare[0] + 3 * bare[1] else (HIDDEN, float("nan"))


def find_fates(side: Side, other: Side, step_mm: float, settings: CompareSettings) -> Fates:
    """Look for every hair without a partner in the other photo.

    Parameters
    ----------
    side, other : Side
        The hairs' own photo, and the one looked at.
    step_mm : float
        Size of a working pixel.
    settings : CompareSettings
        Margins and how far to look.

    Returns
    -------
    Fates
        One row a hair.
    """
    n = len(side.root)
    fates = Fates(np.full(n, MATCHED), np.full(n, np.nan), np.zeros(n), side.root.copy(), np.zeros(n, bool))
    singles = np.flatnonzero(~side.matched)
    out = side.inside_mm[singles] < settings.edge_um / UM_PER_MM + side.sd_mm[singles]
    fates.fate[singles[out]] = OUT
    singles = singles[~out]
    if not len(singles):
        return fates
    kept_lines = [other.lines[j] for j in np.flatnonzero(other.matched)]
    owned = paint_lines(kept_lines, other.width[other.matched] + _HALO_MM / step_mm, other.sheet.clear.shape)
    told = np.zeros(n, bool)  # by the width its bundle lost, which knows of twins
    chance = {
        light: _chance(side, other.sheet, light, step_mm, settings) for light in set(side.is_light[singles].tolist())
    }
    own = {h: _look_at_own(side, int(h), step_mm, settings) for h in singles.tolist()}
    # Who stands best at the very place predicted is settled first and then owns its shaft, so that a hair that fell
    # is not kept by a neighbour the detector missed.
    here = np.array(
        [look(other.sheet, side.target(h), owned, step_mm, _AT_PLACE).level / own[h] for h in singles.tolist()]
    )
    for h in singles[np.argsort(-np.nan_to_num(here), kind="stable")].tolist():
        target = side.target(h)
        seen = look(other.sheet, target, owned, step_mm, settings)
        in_bundle = float("nan")
        if _is_covered(seen, own[h]):
            owners = np.linalg.norm(other.root[other.matched] - side.root[h], axis=1) < _NEIGHBOUR_MM / step_mm
            in_bundle = _in_bundle(side, other, h, step_mm) if owners.any() else in_bundle
        fates.fate[h], fates.p_absent[h] = _judge(seen, own[h], chance[target.is_light], in_bundle)
        told[h] = np.isfinite(in_bundle)
        if fates.fate[h] == KEPT:
            fates.found[h], fates.bare[h] = seen.root, seen.owned < 0.2
            line = np.stack([seen.root, seen.root + target.length * target.lean])
            owned |= paint_lines([line], np.array([target.width + _HALO_MM / step_mm]), owned.shape)
    _weigh_losses(side, fates, told)
    return fates


def _weigh_losses(side: Side, fates: Fates, told: Bools) -> None:
    """Settle which absences are losses: not of a shaft found twice, nor of what was hardly a hair."""
    mine = np.flatnonzero(side.matched)
    settled = paint_lines([side.lines[j] for j in mine], side.width[mine], side.sheet.clear.shape)
    absent = np.flatnonzero(fates.fate == LOST)
    for h in absent[np.argsort(-side.p[absent], kind="stable")].tolist():
        twin = not told[h] and _share_under(settled, side.lines[h]) > _TWIN_SHARE
        settled |= paint_lines([side.lines[h]], side.width[h : h + 1], settled.shape)
        odds = side.p[h] / max(1 - side.p[h], 1e-3) * _TRUE_TO_FALSE
        fates.p_lost[h] = fates.p_absent[h] * odds / (1 + odds) * (_P_TWIN_TRUE if twin else 1.0)
        if fates.p_lost[h] < 0.5:
            fates.fate[h] = HIDDEN


def disputed(one: Side, two: Side, pairs: tuple[Ints, Ints], step_mm: float) -> Bools:
    """Find matches that the pixels deny.

    Parameters
    ----------
    one, two : Side
        The two photos.
    pairs : tuple of (M,) arrays of int
        Matched hairs of each.
    step_mm : float
        Size of a working pixel.

    Returns
    -------
    (M,) array of bool
        True where one hair's place is bare in the other photo while the other hair's place is dark in the first: a
        hair that fell, matched to a neighbour that was missed. A hair that only turned leaves both places bare.
    """
    out = np.zeros(len(pairs[0]), bool)
    nobody = np.zeros(one.sheet.clear.shape, bool)
    for k, (i, j) in enumerate(zip(*(x.tolist() for x in pairs), strict=True)):
        ratio = []
        for side, other, h in ((one, two, i), (two, one, j)):
            own = look(side.sheet, side.target(h), nobody, step_mm, _AT_PLACE)
            there = look(other.sheet, side.target(h), nobody, step_mm, _AT_PLACE)
            ratio.append(there.level / max(own.here, 0.02) if min(own.clear, there.clear) > 0.6 else np.nan)
        out[k] = min(ratio) < _BARE_RATIO and max(ratio) > _DARK_RATIO
    return out


def _share_under(mask: Bools, line: Floats) -> float:
    """Share of a centreline that lies on painted pixels."""
    t = np.linspace(0, len(line) - 1, 25)
    at = np.column_stack([np.interp(t, np.arange(len(line)), line[:, k]) for k in (0, 1)])
    y, x = np.clip(np.round(at).astype(int), 0, np.array(mask.shape) - 1).T
    return float(mask[y, x].mean())


def _chance(side: Side, sheet: Sheet, light: bool, step_mm: float, settings: CompareSettings) -> tuple[float, float]:
    """Measure what a place without hair looks like to a search for a typical hair."""
    typical = Target(side.root[0], side.lean[0], float(np.median(side.width)), float(np.median(side.length)), light)
    return chance_of_dark(sheet, typical, step_mm, settings, np.random.default_rng(settings.seed))


def _look_at_own(side: Side, h: int, step_mm: float, settings: CompareSettings) -> float:
    """How dark hair h is in its own photo."""
    nobody = np.zeros(side.sheet.clear.shape, bool)
    return max(look(side.sheet, side.target(h), nobody, step_mm, settings).here, 0.02)
