"""What may be hairs: each root the network saw, joined to the tips that fit it.

Knows: the network's maps, contrast across a line. Must not know: which proposals are hairs.
Letters: N proposals, M joined pairs, U places across a shaft. Order (y, x), pixels of the working grid.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial import KDTree

from hairwise.hairs.lines import across, along, sample
from hairwise.hairs.net import read_at

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32, Maps
    from hairwise.hairs.net import NetMaps
    from hairwise.hairs.settings import DetectSettings
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["Proposals", "peaks", "propose"]

_STATIONS = 9  # along a proposal; a stub of 0.5 mm is read every 60 um
_ACROSS = 33  # across it, over twice the reach of the widest hair
_WIDEST = 1.25  # of the usual width nearby; what is wider is several hairs side by side


@dataclass(frozen=True)
class Proposals:
    """Straight pieces from a root towards a tip, as columns of equal length N.

    Attributes
    ----------
    root, tip : (N, 2) array of float
        Where the shaft would leave the skin, and where it, or its first millimetre, would end.
    width : (N,) array of float
        Width at half contrast.
    contrast, edge : (N,) array of float
        Median contrast along the middle, and by how much it exceeds that just outside.
    weakest : (N,) array of float
        Least contrast along the middle, ends left out, as a share of the median: low where bare skin is crossed.
    is_light : (N,) array of bool
        Lighter than skin.
    """

    root: Floats
    tip: Floats
    width: Floats
    contrast: Floats
    edge: Floats
    weakest: Floats
    is_light: Bools

    def __len__(self) -> int:
        return len(self.root)

    @property
    def length(self) -> Floats:
        """Distance of tip and root (N,)."""
        return np.asarray(np.linalg.norm(self.tip - self.root, axis=1))

    @property
    def way(self) -> Floats:
        """Unit vectors (N, 2) from root to tip."""
        return np.asarray((self.tip - self.root) / np.maximum(self.length, 1e-9)[:, None])

    def take(self, index: Ints | Bools) -> Proposals:
        """Return the proposals at ``index``."""
        return Proposals(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def turned(self, wrong: Bools) -> Proposals:
        """Return them with root and tip exchanged where ``wrong`` (N,)."""
        swap = wrong[:, None]
        return replace(self, root=np.where(swap, self.tip, self.root), tip=np.where(swap, self.root, self.tip))


def peaks(heat: Image32, above: float) -> tuple[Floats, Floats]:
    """Return the maxima (N, 2) of a map in pixels of the 120 px/mm grid, to a fraction, and their heights (N,)."""
    top = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    y, x = np.nonzero((heat >= top) & (heat > above))
    inside = (y > 0) & (x > 0) & (y < heat.shape[0] - 1) & (x < heat.shape[1] - 1)
    y, x = y[inside], x[inside]
    here = heat[y, x]

    def shift(before: Image32, after: Image32) -> Floats:
        bend = np.minimum(before - 2 * here + after, -1e-6)
        return np.asarray(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))

    dy, dx = shift(heat[y - 1, x], heat[y + 1, x]), shift(heat[y, x - 1], heat[y, x + 1])
    return np.stack([2 * (y + dy) + 0.5, 2 * (x + dx) + 0.5], axis=1), here.astype(np.float64)


def propose(net: NetMaps, maps: Maps, s: DetectSettings) -> Proposals:
    """
    Join the network's roots to its tips.

    Parameters
    ----------
    net : NetMaps
    maps : Maps
        Contrasts on the same grid, for widths.
    s : DetectSettings

    Returns
    -------
    Proposals
        A root may come with several tips, one of them only foretold, and a tip with several roots.
    """
    px = maps.px_per_mm
    # beside a label or a caption its drawn edge passes for a hair; at the photo's own border nothing is drawn
    skin = cv2.erode(maps.usable.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=round(s.clear_mm * px))
    roots, _ = peaks(np.where(skin[::2, ::2] > 0, net.root, 0), s.least_heat)
    tips, strength = peaks(net.tip, s.least_heat)
    foretold = roots + read_at(net.to_tip, roots) * px
    starts, ends = [roots], [foretold]
    if len(tips) and len(roots):
        far = np.linalg.norm(tips[None] - roots[:, None], axis=-1)
        i, j = np.nonzero((far < s.longest_mm * px) & (far > s.min_length_mm * px))
        price = _prices(net, (roots[i], tips[j]), foretold[i], px) - 0.3 * strength[j]
        order = np.lexsort((price, i))
        i, j, price = i[order], j[order], price[order]
        rank = np.arange(len(i)) - np.searchsorted(i, i, side="left")
        keep = (rank < s.tips_a_root) & (price < s.dearest_pair)
        starts.append(roots[i[keep]])
        ends.append(tips[j[keep]])
    start, end = np.concatenate(starts), np.concatenate(ends)
    on_skin = sample(maps.usable.astype(np.float32), along(start, end, _STATIONS)).mean(axis=1)
    keep = (np.linalg.norm(end - start, axis=1) > s.min_length_mm * px) & (on_skin > s.least_on_skin)
    return _measured(start[keep], end[keep], maps, s)


def _prices(net: NetMaps, pair: tuple[Floats, Floats], foretold: Floats, px: float) -> Floats:
    """Price (M,) of joining roots to tips: bare skin between them, other directions, other ends foretold."""
    root, tip = pair
    points = along(root, tip, _STATIONS)
    way = (tip - root) / np.linalg.norm(tip - root, axis=1, keepdims=True)
    on = read_at(net.body, points).mean(axis=1)
    turned = (read_at(net.way, points) * way[:, None]).sum(-1).mean(axis=1)
    home = read_at(net.to_root, points) + (points - root[:, None]) / px
    miss = np.median(np.linalg.norm(home, axis=-1)[:, : _STATIONS // 2], axis=1)
    off = np.linalg.norm(foretold - tip, axis=1) / px
    return np.asarray(1.5 * (1 - on) + 0.8 * (1 - turned) + 3.0 * miss + 1.5 * off)


def _measured(start: Floats, end: Floats, maps: Maps, s: DetectSettings) -> Proposals:
    """Read width and contrast across each proposal."""
    px = maps.px_per_mm
    points = along(start, end, _STATIONS)
    u = np.linspace(-1.0, 1.0, _ACROSS) * s.max_width_um * 1e-3 * px
    grid = points[:, :, None] + u[None, None, :, None] * across(start, end)[:, None, None]
    dark, light = sample(maps.dark, grid), sample(maps.light, grid)
    core = np.abs(u) <= 0.015 * px
    is_light = np.median(dark[..., core].mean(-1), axis=1) < np.median(light[..., core].mean(-1), axis=1)
    profile = np.median(np.where(is_light[:, None, None], light, dark), axis=1)
    inside = profile[:, core].mean(axis=1)
    middle = np.where(is_light[:, None], light[..., core].mean(-1), dark[..., core].mean(-1))[:, 1:-1]
    weakest = np.clip(middle.min(axis=1) / np.maximum(np.median(middle, axis=1), 1e-3), 0.0, 1.0)
    least, most = s.min_width_um * 1e-3 * px, s.max_width_um * 1e-3 * px
    width = np.clip(_half_width(profile, u, 0.5 * inside), least, most)
    width = np.minimum(width, _WIDEST * _usual_width((start + end) / 2, width, px, s))
    beyond = np.abs(u)[None] - width[:, None] / 2
    ring = ((beyond >= 1.0) & (beyond <= 2.5)).astype(float)
    outside = (profile * ring).sum(axis=1) / np.maximum(ring.sum(axis=1), 1e-9)
    return Proposals(start, end, width, inside, inside - outside, weakest, np.asarray(is_light, np.bool_))


def _usual_width(middle: Floats, width: Floats, px: float, s: DetectSettings) -> Floats:
    """Usual hair width (N,) within ``width_radius_mm`` of each proposal.

    Hair of one head varies less than hair of different heads. The lower third counts, since bundles are wider; the
    nominal width counts as much as a few proposals.
    """
    out = np.empty(len(middle))
    if not len(middle):
        return out
    tree = KDTree(middle)
    for k, place in enumerate(middle):
        near = tree.query_ball_point(place, s.width_radius_mm * px)
        share = len(near) / (len(near) + s.width_prior_proposals)
        mean = _lower_third(width[near])
        out[k] = share * mean + (1 - share) * s.nominal_width_um * 1e-3 * px
    return out


def _lower_third(x: Floats) -> float:
    """Return the 33rd percentile; numpy's own takes ten times as long for a few values."""
    return float(np.interp(0.33 * (len(x) - 1), np.arange(len(x)), np.sort(x)))


def _half_width(profile: Floats, u: Floats, level: Floats) -> Floats:
    """Width (N,) over which profiles (N, U) stay above their level, from the middle outwards."""
    middle = len(u) // 2
    above = profile > level[:, None]
    right = np.cumprod(above[:, middle:], axis=1).sum(axis=1)
    left = np.cumprod(above[:, middle::-1], axis=1).sum(axis=1)
    return np.asarray((right + left - 1) * (u[1] - u[0]))
