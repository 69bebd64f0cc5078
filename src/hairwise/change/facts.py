"""Describe a find by what both photos show of it.

Knows: finds of both photos and their pixels on one plane. Must not know: what the numbers lead to.
H finds asked about, M pairs. "Own" is the photo a find is of, "other" the one it is looked for in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.change.look import Seen, Target, chance_of_dark, darkness, look, paint_lines, read
from hairwise.change.settings import CompareSettings
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.change.look import Sheet
    from hairwise.change.side import Side
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["FACTS", "PAIR_FACTS", "Between", "between", "pair_facts", "single_facts"]

FACTS = (
    "p_own", "level_own", "stands_out", "here", "best", "moved", "taken", "twin_of_matched", "twin_of_surer",
    "gap_to_surer", "surer_alone", "clear", "bundle_missing", "neighbours", "other_find", "width", "alike", "missing",
    "length", "matched_around", "p_gone", "leak", "likeness",
)  # fmt: skip
PAIR_FACTS = (
    "p_less", "p_more", "p_match", "along", "across", "turn", "wider", "here_less", "here_more", "alike", "missing",
    "level_own", "lone", "p_gone", "leak", "likeness",
)  # fmt: skip
_AT_PLACE = CompareSettings(search_um=20.0, search_deg=6.0)
# Blur and half a step of registration around a hair that owns its pixels.
_HALO_MM = 0.03
_NEIGHBOUR_MM = 0.3
_PARTNER_MM = 0.12
_NOMINAL_MM = 0.07
_DARK_MIN = 0.02
# A corridor round a hair is compared under shifts that registration may leave [mm].
_CORRIDOR_MM = 0.12
_SHIFTS_MM = 0.02 * np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3), indexing="ij"), -1).reshape(-1, 2)
# Sure matches that what is said of both photos is drawn towards the usual by; hair clipped anew is about so alike.
_PRIOR_MATCHES, _USUAL_LIKENESS = 5.0, 0.85


@dataclass(frozen=True)
class Between:
    """How two photos compare where both show the same hairs.

    Attributes
    ----------
    gain : float
        How much darker hairs are in the other photo than in their own, as a factor.
    likeness : float
        How alike the surrounds of the same hairs are, as a correlation: near 1 where hair lies as it did.
    """

    gain: float = 1.0
    likeness: float = _USUAL_LIKENESS

    @property
    def turned(self) -> Between:
        """The same from the other photo."""
        return Between(1 / self.gain, self.likeness)


def between(side: Side, other: Side, pairs: tuple[Ints, Ints, Floats]) -> Between:
    """Compare two photos at their sure matches: medians, drawn towards the usual by the weight of five."""
    sure = pairs[2] > 0.8
    i, j = pairs[0][sure].tolist(), pairs[1][sure].tolist()
    if not i:
        return Between()
    weight = len(i) / (len(i) + _PRIOR_MATCHES)
    logs = [np.log(_own_level(other, b) / _own_level(side, a)) for a, b in zip(i, j, strict=True)]
    gain = float(np.exp(np.median(logs) * weight))
    step = side.step_mm
    like = [
        min(
            _alike(side.sheet, other.sheet, side.target(a), step, gain)[0],
            _alike(other.sheet, side.sheet, other.target(b), step, 1 / gain)[0],
        )
        for a, b in zip(i, j, strict=True)
    ]
    return Between(gain, float(np.median(like)) * weight + _USUAL_LIKENESS * (1 - weight))


def _own_level(side: Side, h: int) -> float:
    """How dark find h is along its shaft in its own photo."""
    return max(darkness(side.sheet, side.target(h), side.step_mm, _AT_PLACE), _DARK_MIN)


def single_facts(
    side: Side, other: Side, who: Ints, photos: Between, settings: CompareSettings
) -> tuple[Floats, Floats]:
    """Describe finds without a partner.

    Parameters
    ----------
    side, other : Side
        Own and other photo.
    who : (H,) array of int
        Finds asked about.
    photos : Between
        Seen from the own photo.
    settings : CompareSettings
        How far to look.

    Returns
    -------
    facts : (H, F) array of float
        See ``FACTS``; NaN for what was not looked at.
    found : (H, 2) array of float
        Where each is seen best in the other photo [working px].
    """
    facts, found = np.zeros((len(who), len(FACTS))), side.root[who].copy()
    if not len(who):
        return facts, found
    shape = other.sheet.clear.shape
    mine, theirs = np.flatnonzero(side.matched), np.flatnonzero(other.matched)
    halo = _HALO_MM / side.step_mm
    owned = paint_lines([other.lines[j] for j in theirs], other.width[theirs] + halo, shape)
    settled = paint_lines([side.lines[j] for j in mine], side.width[mine], shape)
    bare = {light: _bare(side, other.sheet, light, settings) for light in set(side.is_light[who].tolist())}
    free, leak = np.flatnonzero(~other.matched), _leak(side)
    for k, h in enumerate(who.tolist()):
        own = _own_level(side, h)
        seen = look(other.sheet, side.target(h), owned, side.step_mm, settings)
        found[k] = seen.root if np.isfinite(seen.level) else side.root[h]
        level = bare[bool(side.is_light[h])]
        facts[k] = (
            _logit(float(side.p[h])),
            np.log(own),
            np.clip((own - level[0]) / level[1], -2, 20),
            *_seen_again(seen, side.root[h], own * photos.gain, settings.search_um / UM_PER_MM / side.step_mm),
            _share_under(settled, side.lines[h]),
            *_beside_surer(side, h),
            seen.clear,
            np.clip(_missing_width(side, other, side.near(h, _NEIGHBOUR_MM)) / max(side.width[h], 2.0), -2, 2),
            min(int((side.p[side.near(h, _NEIGHBOUR_MM)] >= 0.5).sum()), 5),
            _other_find(side, other, h, free),
            np.log(side.width[h] * side.step_mm / _NOMINAL_MM),
            *_alike(side.sheet, other.sheet, side.target(h), side.step_mm, photos.gain),
            np.log(max(side.length[h] * side.step_mm, 0.05)),
            float(side.matched[side.near(h, 0.4)].mean()),
            side.p_gone[h],
            leak,
            photos.likeness,
        )
    return facts, found


def pair_facts(one: Side, two: Side, pairs: tuple[Ints, Ints, Floats], photos: Between) -> Floats:
    """Describe matched pairs.

    Parameters
    ----------
    one, two : Side
        Both photos.
    pairs : tuple of (M,) arrays
        Finds of each, and how probable the match is by place and shape.
    photos : Between
        Seen from the first.

    Returns
    -------
    (M, F) array of float
        See ``PAIR_FACTS``. They do not depend on which photo is called the first.
    """
    out = np.zeros((len(pairs[0]), len(PAIR_FACTS)))
    step, leak = one.step_mm, 0.5 * (_leak(one) + _leak(two))
    for k, (i, j, p) in enumerate(zip(*(x.tolist() for x in pairs), strict=True)):
        levels = _own_level(one, i), _own_level(two, j)
        here = []
        like = []
        for side, other, h, own, g in (
            (one, two, i, levels[0], photos.gain),
            (two, one, j, levels[1], 1 / photos.gain),
        ):
            there = look(other.sheet, side.target(h), None, step, _AT_PLACE)
            here.append(float(np.clip(there.level / (own * g), 0, 1.5)))
            like.append(_alike(side.sheet, other.sheet, side.target(h), step, g))
        gap = (two.root[j] - one.root[i]) * step
        axis = one.lean[i] + two.lean[j]
        axis = axis / max(float(np.linalg.norm(axis)), 1e-9)
        lone = min(len(one.near(i, _NEIGHBOUR_MM)), len(two.near(j, _NEIGHBOUR_MM)))
        logits = sorted((_logit(float(one.p[i])), _logit(float(two.p[j]))))
        out[k] = (
            *logits,
            _logit(p),
            abs(float(gap @ axis)),
            abs(float(gap[0] * axis[1] - gap[1] * axis[0])),
            float(np.arccos(np.clip(one.lean[i] @ two.lean[j], -1, 1))),
            abs(float(np.log(two.width[j] / one.width[i]))),
            *sorted(here),
            min(like[0][0], like[1][0]),
            max(like[0][1], like[1][1]),
            float(np.log(min(levels))),
            min(lone, 5),
            max(one.p_gone[i], two.p_gone[j]),
            leak,
            photos.likeness,
        )
    return out


def _leak(side: Side) -> float:
    """Share of finds with a partner that the residue shows all the same: hair lies otherwise, or the places are off."""
    p_gone = side.p_gone[side.matched & (side.p >= 0.5)]
    return float(((p_gone > 0.3).sum() + 0.5) / (len(p_gone) + 5)) if np.isfinite(p_gone).all() else float("nan")


def _logit(p: float) -> float:
    p = min(max(p, 0.01), 0.99)
    return float(np.log(p / (1 - p)))


def _seen_again(seen: Seen, root: Floats, own: float, reach: float) -> tuple[float, float, float, float]:
    """Darkness at the place and at the best place as shares of the hair's own, how far that is, and what is taken."""
    if not np.isfinite(seen.level):
        return float(np.clip(seen.here / own, 0, 1.5)), 0.0, 0.0, seen.owned
    moved = float(np.linalg.norm(seen.root - root)) / reach
    return float(np.clip(seen.here / own, 0, 1.5)), float(np.clip(seen.level / own, 0, 1.5)), moved, seen.owned


def _beside_surer(side: Side, h: int) -> tuple[float, float, float]:
    """Share of a find under surer ones, distance to the nearest of their shafts [mm], and whether that is unmatched."""
    near = side.near(h, 0.8)
    surer = near[(side.p[near] > side.p[h]) | ((side.p[near] == side.p[h]) & (near < h))]
    line = _points_on(side.lines[h], 12)
    share, gap, alone = 0.0, 0.3, 0.0
    for j in surer.tolist():
        apart = np.linalg.norm(line[:, None] - _points_on(side.lines[j], 25)[None], axis=2).min(axis=1)
        share = max(share, float((apart < 0.5 * side.width[j]).mean()))
        middle = float(np.median(apart)) * side.step_mm
        if middle < gap:
            gap, alone = middle, float(not side.matched[j])
    return share, gap, alone


def _points_on(line: Floats, n: int) -> Floats:
    t = np.linspace(0, len(line) - 1, n)
    return np.column_stack([np.interp(t, np.arange(len(line)), line[:, k]) for k in (0, 1)])


def _share_under(mask: Bools, line: Floats) -> float:
    """Share of a centreline that lies on painted pixels."""
    y, x = np.clip(np.round(_points_on(line, 25)).astype(int), 0, np.array(mask.shape) - 1).T
    return float(mask[y, x].mean())


def _other_find(side: Side, other: Side, h: int, free: Ints) -> float:
    """Surest find without a partner in the other photo that begins near and runs alike; 0 where there is none."""
    if not len(free):
        return 0.0
    near = np.linalg.norm(other.root[free] - side.root[h], axis=1) < _PARTNER_MM / side.step_mm
    near &= other.lean[free] @ side.lean[h] > 0.8
    return float(other.p[free[near]].max(initial=0.0))


def _band(sheet: Sheet, side: Side, members: Ints) -> Floats:
    """Darkness (T, U) across a bundle: T steps along its shafts from the roots, U working pixels across."""
    lean = side.lean[members].mean(axis=0)
    lean /= max(float(np.linalg.norm(lean)), 1e-9)
    across = np.array([-lean[1], lean[0]])
    centre = side.root[members].mean(axis=0)
    rest = side.root[members] - centre
    half = float(np.abs(rest @ across).max()) + 0.1 / side.step_mm
    start = float((rest @ lean).max()) + 0.03 / side.step_mm
    t = start + np.arange(0.0, 0.15 / side.step_mm, 2.0)
    u = np.arange(-half, half + 1)
    points = centre + t[:, None, None] * lean + u[None, :, None] * across
    return read(sheet.light if side.is_light[members[0]] else sheet.dark, points)


def _missing_width(side: Side, other: Side, members: Ints) -> float:
    """How much of a bundle's common width is gone in the other photo [working px]; negative where it grew."""
    before, after = _band(side.sheet, side, members), _band(other.sheet, side, members)
    level = 0.5 * max(float(np.percentile(before, 90)), 0.1)
    full = 0.5 * max(float(np.percentile(after, 90)), 0.6 * level)
    width = [np.clip(x / (2 * f), 0, 1) for x, f in ((before, level), (after, full))]
    return float(np.median(width[0].sum(axis=1)) - np.median(width[1].sum(axis=1)))


def _alike(own: Sheet, other: Sheet, target: Target, step_mm: float, gain: float) -> tuple[float, float]:
    """Likeness of the corridor round a hair in both photos, and the share of its own darkness gone there.

    The best of small shifts counts. Likeness is a correlation, -1 to 1.
    """
    t = np.arange(-0.04, min(max(target.length * step_mm, 0.15), 0.4), 0.02) / step_mm
    u = np.arange(-_CORRIDOR_MM, _CORRIDOR_MM + 0.001, 0.015) / step_mm
    across = np.array([-target.lean[1], target.lean[0]])
    points = target.root + t[:, None, None] * target.lean + u[None, :, None] * across
    planes = (own.light, other.light) if target.is_light else (own.dark, other.dark)
    before = np.clip(read(planes[0], points), -0.1, None)
    after = np.clip(
        read(planes[1], (points[None] + _SHIFTS_MM[:, None, None] / step_mm).reshape(-1, len(u), 2)), -0.1, None
    )
    after = after.reshape(len(_SHIFTS_MM), *before.shape)
    x = before - before.mean()
    y = after - after.mean(axis=(1, 2), keepdims=True)
    norm = np.sqrt((x**2).sum() * (y**2).sum(axis=(1, 2))) + 1e-3
    match = (x * y).sum(axis=(1, 2)) / norm
    best = int(np.argmax(match))
    shaft = np.broadcast_to(np.abs(u) <= 0.5 * target.width + 0.5, before.shape) & (t >= 0)[:, None]
    had = max(float(before[shaft].sum()), 1e-3)
    missing = 1.0 - float(after[best][shaft].sum()) / (had * gain)
    return float(match[best]), float(np.clip(missing, -1, 1))


def _bare(side: Side, sheet: Sheet, light: bool, settings: CompareSettings) -> tuple[float, float]:
    """Measure what a place without hair looks like to a search for a typical hair."""
    typical = Target(side.root[0], side.lean[0], float(np.median(side.width)), float(np.median(side.length)), light)
    return chance_of_dark(sheet, typical, side.step_mm, settings, np.random.default_rng(settings.seed))
