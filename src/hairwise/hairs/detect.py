"""Find every hair of one photo.

Knows: the order of the steps. Must not know: file formats, a second visit, causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.hairs.ends import end_evidence, lean_votes, leaves_photo, net_odds
from hairwise.hairs.grid import choose_grid
from hairwise.hairs.judge import choose, load_judge, own_features
from hairwise.hairs.maps import make_maps
from hairwise.hairs.net import look, read_at
from hairwise.hairs.proposals import propose
from hairwise.hairs.settings import METHOD_VERSION, DetectSettings
from hairwise.hairs.trace import TraceRule, bend, trace
from hairwise.hairs.units import group_units
from hairwise.hairs.width import Shafts, shaft_widths
from hairwise.records.hairs import Hairs

if TYPE_CHECKING:
    from hairwise.hairs.grid import Grid
    from hairwise.hairs.maps import Maps
    from hairwise.hairs.net import NetMaps
    from hairwise.hairs.proposals import Proposals
    from hairwise.records.base import Bools, Bytes, Floats

__all__ = ["METHOD_VERSION", "DetectSettings", "candidates", "detect"]

# a tip cooler than this may lie elsewhere; a shaft three times darker than skin ends where this one would end
_TIP_SEEN, _FULL_CONTRAST = 0.25, 1.2
_AROUND = 4.0 * np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)])  # 33 um at 120 px/mm
_SOLID = 0.4  # hairs this probable cover others; one rooted outside does too, but is not seen to
_UNROOTED = 0.2  # most that can be said of a hair whose root lies outside


@dataclass(frozen=True)
class _Found:
    """Proposals kept, with their lines [px of the working grid] and how sure they are."""

    some: Proposals
    lines: list[Floats]
    p_hair: Floats
    odds: Floats
    root_visible: Bools
    tip_outside: Bools


def detect(rgb: Bytes, usable: Bools, px_per_mm: float | None, settings: DetectSettings | None = None) -> Hairs:
    """Find every hair of one photo.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        Photo, sRGB.
    usable : (H, W) array of bool
        Skin that can be measured.
    px_per_mm : float or None
        Scale; None where unknown: then the usual hair of the photo stands for 70 um in the search only.
    settings : DetectSettings, optional
        The defaults where not given.

    Returns
    -------
    Hairs
        Everything that may be a hair, also what is improbable (``p_hair``) or rooted outside (``root_visible``);
        sorted by root, top to bottom. Places and widths in pixels of the photo.

    Notes
    -----
    Valid for hair 4 px wide or more at 120 px/mm and up; coarser photos are searched enlarged and lose thin hair.
    """
    s = settings or DetectSettings()
    grid = choose_grid(rgb, usable, px_per_mm, s)
    maps = make_maps(grid.rgb, grid.usable, s.work_px_per_mm, s)
    return _record(_judged(maps, look(grid.rgb), s), rgb, grid, s)


def candidates(maps: Maps, net: NetMaps, s: DetectSettings) -> tuple[Proposals, Floats, Floats]:
    """Return all that may be a hair, root first; its features, see ``judge.OWN``; log odds (N,) of its direction."""
    some = propose(net, maps, s)
    if len(some) > s.max_proposals:
        raise Refused(
            "skin_hidden",
            f"{len(some)} pieces of hair lie over the skin, so roots cannot be seen.",
            "Part the hair or trim a 1 cm spot, and take the photo closer.",
        )
    blue = end_evidence(some, maps, s)
    own = np.clip((blue[:, 0] - blue[:, 1]) / 0.06, -4.0, 4.0) + net_odds(some, net)
    odds = lean_votes(some, own, maps.px_per_mm, s)
    turned = some.turned(odds < 0)
    blue = np.where(odds[:, None] >= 0, blue, blue[:, ::-1])
    return turned, own_features(turned, blue, net, maps.px_per_mm, s), np.abs(odds)


def _judged(maps: Maps, net: NetMaps, s: DetectSettings) -> _Found:
    """Weigh each candidate beside those that are surer; give those that may be hairs their lines."""
    some, own, odds = candidates(maps, net, s)
    p, _, _ = choose(some, own, load_judge())
    keep = np.flatnonzero(p >= s.least_p_hair)
    keep = keep[np.lexsort((some.root[keep, 1], some.root[keep, 0]))]
    some, p, odds = some.take(keep), p[keep], odds[keep]
    lines = _lines(some, maps, net)
    edge_px = max(2.0, 0.03 * maps.px_per_mm)
    rooted = ~leaves_photo(some.root, maps.usable, edge_px)
    tips = np.array([line[-1] for line in lines]).reshape(-1, 2)
    p = np.where(rooted, p, np.minimum(p, _UNROOTED))
    return _Found(some, lines, p, odds, rooted, leaves_photo(tips, maps.usable, edge_px))


def _lines(some: Proposals, maps: Maps, net: NetMaps) -> list[Floats]:
    """Bend proposals onto their hairs; follow those whose tip the network did not see to where they end."""
    tip_heat = read_at(net.tip, some.tip[:, None] + _AROUND).max(axis=1) if len(some) else np.zeros(0)
    unseen = tip_heat < _TIP_SEEN
    # a tip that was only foretold may lie beyond the hair or beside it: only the first half is trusted
    end = np.where(unseen[:, None], (some.root + some.tip) / 2, some.tip)
    level = 0.5 * np.minimum(some.contrast, _FULL_CONTRAST)
    rule = TraceRule(gap_px=0.07 * maps.px_per_mm)
    lines: list[Floats] = [np.zeros((0, 2))] * len(some)
    for is_light, contrast in ((False, maps.dark), (True, maps.light)):
        mine = np.flatnonzero(some.is_light == is_light)
        bent = bend(contrast, some.root[mine], end[mine], some.width[mine])
        follow = np.flatnonzero(unseen[mine])
        traced = trace(contrast, [bent[k] for k in follow], some.width[mine[follow]], level[mine[follow]], rule)
        for k, line in zip(follow, traced, strict=True):
            bent[k] = line
        for k, line in zip(mine, bent, strict=True):
            lines[k] = line
    return lines


def _record(found: _Found, rgb: Bytes, grid: Grid, s: DetectSettings) -> Hairs:
    """Bring the lines to pixels of the photo and add widths, units, flags."""
    some, px = found.some, s.work_px_per_mm
    lines = [grid.to_photo(line) for line in found.lines]
    scale = 1.0 / grid.work_per_photo_px
    shafts = Shafts(lines, some.width * scale, some.is_light, found.p_hair >= _SOLID)
    width, width_se, free_share = shaft_widths(rgb, shafts, px * scale)
    flags = np.zeros(len(some), np.int64)
    for flag, where in (
        (Flag.ROOT_UNCERTAIN, found.odds < 2.0),
        (Flag.NARROW, width < 3.0),
        (Flag.IN_BUNDLE, free_share < 0.8),
        (Flag.FAINT, some.contrast < s.faint_contrast),
        (Flag.TIP_OUTSIDE, found.tip_outside),
    ):
        flags[where] |= int(flag)
    return Hairs(
        points_px=np.concatenate([*lines, np.zeros((0, 2))]),
        offsets=np.concatenate([[0], np.cumsum([len(x) for x in lines])]).astype(np.int64),
        width_px=width,
        width_se_px=width_se,
        p_hair=found.p_hair,
        root_visible=found.root_visible,
        unit=group_units(some.root, some.way, s.unit_across_mm * px, s.unit_along_mm * px),
        is_light=some.is_light,
        flags=flags,
    )
