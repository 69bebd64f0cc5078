"""Find every hair of one photo.

Knows: the order of the steps. Must not know: file formats, a second visit, causes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.hairs.distinct import distinct
from hairwise.hairs.ends import end_evidence, lean_votes, leaves_photo
from hairwise.hairs.grid import Grid, choose_grid
from hairwise.hairs.judge import features, hair_probability, is_overlay
from hairwise.hairs.link import link_parts
from hairwise.hairs.maps import make_maps
from hairwise.hairs.settings import METHOD_VERSION, DetectSettings
from hairwise.hairs.strands import Layer, body_strands, draw_strands, fine_strands
from hairwise.hairs.units import group_units
from hairwise.hairs.width import Profiles, fit_widths, read_profiles
from hairwise.records.hairs import Hairs

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32, Maps
    from hairwise.hairs.strands import Strand
    from hairwise.records.base import Bools, Bytes, Floats

__all__ = ["METHOD_VERSION", "DetectSettings", "candidates", "detect"]

# Blur of a lens in focus that resolves a hair: about 8 um (half of 15 um, the thinnest vellus hair); never under
# the blur of the pixel itself.
_BLUR_MM, _BLUR_PX = 0.008, 0.6
# groups of one hair share neighbours, shine and focus; on 1,000 rendered hairs the scatter alone fell short by this
_SE_SCALE = 1.7
_COUNT = np.arange(256) / 255.0
_LINEAR = (255.0 * np.where(_COUNT <= 0.04045, _COUNT / 12.92, ((_COUNT + 0.055) / 1.055) ** 2.4)).astype(np.float32)


@dataclass(frozen=True)
class _Found:
    """A strand with its root first, in pixels of the working grid."""

    strand: Strand
    p_hair: float
    odds_root: float
    root_visible: bool
    tip_outside: bool


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
        Everything found, also what is improbable (``p_hair``) or rooted outside (``root_visible``); sorted by
        root, top to bottom. Places and widths in pixels of the photo.

    Notes
    -----
    Valid for hair 4 px wide or more at 120 px/mm and up; coarser photos are searched enlarged and lose thin hair.
    """
    s = settings or DetectSettings()
    grid = choose_grid(rgb, usable, px_per_mm, s)
    maps = make_maps(grid.rgb, grid.usable, s.work_px_per_mm, s)
    found = _judge(maps, s)
    found.sort(key=lambda f: (f.strand.line[0][0], f.strand.line[0][1]))
    return _record(found, rgb, grid, s)


def _all_strands(maps: Maps, s: DetectSettings) -> list[Strand]:
    """Search dark bodies, then thin dark hair, then light hair, each beside what was found before."""
    px, shape = maps.px_per_mm, (maps.dark.shape[0], maps.dark.shape[1])
    around = 0.015 * px
    found = body_strands(Layer(maps.dark, px, s.dark_contrast, s))
    found += fine_strands(Layer(maps.dark, px, s.faint_contrast, s), draw_strands(found, shape, around))
    around = 0.03 * px
    light = np.where(draw_strands(found, shape, around), 0.0, maps.light).astype(np.float32)
    bright = body_strands(Layer(light, px, s.light_contrast, s))
    bright = [x for x in bright if x.length > s.light_min_aspect * x.width]
    bright += fine_strands(Layer(light, px, s.light_contrast, s), draw_strands(bright, shape, around))
    return found + [replace(x, is_light=True) for x in bright]


def candidates(maps: Maps, settings: DetectSettings) -> tuple[list[Strand], Floats]:
    """Return everything that may be a hair, root first, and its description (N, K); see ``judge.FEATURES``."""
    turned, described, _ = _turned(maps, settings)
    return turned, described


def _turned(maps: Maps, s: DetectSettings) -> tuple[list[Strand], Floats, Floats]:
    """Return strands root first, their features, and the odds (N,) that the root end was told right."""
    px = maps.px_per_mm
    proposed = _all_strands(maps, s)
    if len(proposed) > s.max_strands:
        raise Refused(
            "skin_hidden",
            f"{len(proposed)} pieces of hair lie over the skin, so roots cannot be seen.",
            "Part the hair or trim a 1 cm spot, and take the photo closer.",
        )
    strands = distinct(proposed, s.distinct_widths)
    strands = link_parts(strands, s.link_gap_mm * px, s.link_cosine)
    strands = [x for x in strands if not is_overlay(x.line, x.width / px * 1000, x.contrast)]
    evidence = end_evidence(strands, maps, s)
    odds = lean_votes(strands, evidence, px, s)
    turned = [x if o >= 0 else replace(x, line=x.line[::-1]) for x, o in zip(strands, odds, strict=True)]
    blue = np.where(odds[:, None] >= 0, evidence, evidence[:, ::-1])
    return turned, features(turned, blue, px, s), odds


def _judge(maps: Maps, s: DetectSettings) -> list[_Found]:
    """Weigh each candidate."""
    turned, described, odds = _turned(maps, s)
    light = np.array([x.is_light for x in turned], np.bool_)
    p = hair_probability(described, light)
    edge_px = max(2.0, 0.03 * maps.px_per_mm)
    out = []
    for k, strand in enumerate(turned):
        rooted = not leaves_photo(strand.line[0], maps.usable, edge_px)
        outside = leaves_photo(strand.line[-1], maps.usable, edge_px)
        out.append(
            _Found(strand, float(p[k]) if rooted else min(0.2, float(p[k])), abs(float(odds[k])), rooted, outside)
        )
    return out


def _record(found: list[_Found], rgb: Bytes, grid: Grid, s: DetectSettings) -> Hairs:
    """Bring the strands to pixels of the photo and add widths, units, flags."""
    n = len(found)
    if not n:
        none = np.zeros(0)
        return Hairs(
            np.zeros((0, 2)),
            np.zeros(1, np.int64),
            none,
            none.copy(),
            none.copy(),
            np.zeros(0, np.bool_),
            np.zeros(0, np.int64),
            np.zeros(0, np.bool_),
            np.zeros(0, np.int64),
        )
    lines = [grid.to_photo(f.strand.line) for f in found]
    root = np.array([f.strand.line[0] for f in found])
    way = np.array([f.strand.line[-1] - f.strand.line[0] for f in found])
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    px = s.work_px_per_mm
    unit = group_units(root, way, s.unit_across_mm * px, s.unit_along_mm * px)
    width, width_se, free_share = _widths(found, lines, rgb, grid, px)
    flags = np.zeros(n, np.int64)
    flags[np.array([f.odds_root for f in found]) < 2.0] |= int(Flag.ROOT_UNCERTAIN)
    flags[width < 3.0] |= int(Flag.NARROW)
    flags[free_share < 0.8] |= int(Flag.IN_BUNDLE)
    flags[np.array([f.tip_outside for f in found])] |= int(Flag.TIP_OUTSIDE)
    return Hairs(
        points_px=np.concatenate(lines),
        offsets=np.concatenate([[0], np.cumsum([len(x) for x in lines])]).astype(np.int64),
        width_px=width,
        width_se_px=width_se,
        p_hair=np.array([f.p_hair for f in found]),
        root_visible=np.array([f.root_visible for f in found], np.bool_),
        unit=unit,
        is_light=np.array([f.strand.is_light for f in found], np.bool_),
        flags=flags,
    )


def _widths(
    found: list[_Found], lines: list[Floats], rgb: Bytes, grid: Grid, px: float
) -> tuple[Floats, Floats, Floats]:
    """Measure widths in the photo; also the share of each profile that no other hair covers."""
    shape = (rgb.shape[0], rgb.shape[1])
    # blur mixes light, not sRGB counts: in sRGB a dark hair would look narrower than it is
    grey: Image32 = _LINEAR[cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)]
    scale = 1.0 / grid.work_per_photo_px
    count = np.zeros(shape, np.uint8)
    own = []
    for f, line in zip(found, lines, strict=True):
        thick = max(1, round(1.1 * f.strand.width * scale))
        own.append((np.round(line[:, ::-1] * 16).astype(np.int32), thick))
        low = np.maximum(0, np.floor(line.min(axis=0) - thick - 2)).astype(int)
        high = np.ceil(line.max(axis=0) + thick + 3).astype(int)
        part = count[low[0] : high[0], low[1] : high[1]]
        mark = np.zeros_like(part)
        cv2.polylines(mark, [own[-1][0] - (low[::-1] * 16).astype(np.int32)], False, 1, thick, shift=4)
        part += mark
    rows: list[Profiles] = []
    for f, line, (poly, thick) in zip(found, lines, own, strict=True):
        guess = f.strand.width * scale
        margin = max(4.0, 0.05 * px * scale)
        reach = guess + margin + 3
        low = np.maximum(0, np.floor(line.min(axis=0) - reach)).astype(int)
        high = np.ceil(line.max(axis=0) + reach + 1).astype(int)
        window = (slice(low[0], high[0]), slice(low[1], high[1]))
        mark = np.zeros_like(count[window])
        cv2.polylines(mark, [poly - (low[::-1] * 16).astype(np.int32)], False, 1, thick, shift=4)
        free = (count[window] == mark).astype(np.float32)
        rows.append(read_profiles(grey[window], free, line - low, guess, margin))
    together = Profiles(*(np.concatenate([getattr(r, k) for r in rows]) for k in ("value", "weight", "place", "guess")))
    sign = np.repeat([1.0 if f.strand.is_light else 0.0 for f in found], len(rows[0].guess))
    value = np.where(sign[:, None] > 0, 255.0 - together.value, together.value)
    width, _ = fit_widths(replace(together, value=value), max(_BLUR_PX, _BLUR_MM * px * scale))
    width = width.reshape(len(found), -1)
    groups = width.shape[1]
    spread = 1.4826 * np.median(np.abs(width - np.median(width, axis=1, keepdims=True)), axis=1)
    # the median of n has 1.25 times the error of the mean; a tenth of a pixel stands for what all groups share
    error = _SE_SCALE * np.hypot(1.25 * spread / np.sqrt(groups), 0.1)
    share = together.weight.reshape(len(found), -1).mean(axis=1)
    error = error * (1.0 + 2.0 * (1.0 - share))
    return np.median(width, axis=1), error, share
