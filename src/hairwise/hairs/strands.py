"""From maps to strands: windows, strips in them, centrelines and ends.

Knows: contrast maps and strips. Must not know: which end is the root.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.hairs.search import SearchRule, find_strips

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32
    from hairwise.hairs.search import Strip
    from hairwise.hairs.settings import DetectSettings
    from hairwise.records.base import Bools, Floats

Window = tuple[slice, slice, "Bools", bool]  # rows, columns, pixels of the body, whether a tile of a larger body

_FULL_CONTRAST = 1.2  # a shaft three times darker than skin; beyond this the end is where this one would end

__all__ = ["Layer", "Strand", "body_strands", "draw_strands", "fine_strands", "refine", "sample"]


@dataclass(frozen=True)
class Strand:
    """A piece of hair without direction.

    Attributes
    ----------
    line : (P, 2) array of float
        Centreline (y, x) [px of the working grid].
    width : float
        Width of the strip that found it [px].
    contrast : float
        Median contrast along its middle.
    edge : float
        Contrast of the middle less that just outside, median along it.
    share : float
        Share of the strip that no earlier strip had explained.
    gain_mm2 : float
        Contrast above the threshold that only this strip explains, summed over area [mm^2].
    is_light, is_fine : bool
        Lighter than skin; found by the pass for thin hair.
    is_part : bool
        Found in a tile of a body too large for one window: its hair may go on in the next tile.
    """

    line: Floats
    width: float
    contrast: float
    edge: float
    share: float
    gain_mm2: float
    is_light: bool = False
    is_fine: bool = False
    is_part: bool = False

    @property
    def length(self) -> float:
        """Length along the line [px]."""
        return float(np.linalg.norm(np.diff(self.line, axis=0), axis=1).sum())


@dataclass(frozen=True)
class Layer:
    """One contrast map to search, with its scale and its threshold."""

    contrast: Image32
    px_per_mm: float
    threshold: float
    settings: DetectSettings

    @property
    def usual_width(self) -> float:
        """Nominal hair width [px]."""
        return self.settings.nominal_width_um * 1e-3 * self.px_per_mm


def sample(image: Image32, points: Floats) -> Floats:
    """Read the image at (..., 2) points (y, x), linearly; the border repeats."""
    shape = points.shape[:-1]
    flat = points.reshape(1, -1, 2).astype(np.float32)
    out = []
    for part in range(0, flat.shape[1], 30_000):  # remap takes at most 32767 columns
        piece = flat[:, part : part + 30_000]
        out.append(cv2.remap(image, piece[..., 1], piece[..., 0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return np.concatenate(out, axis=1).reshape(shape).astype(np.float64)


def _windows(mask: Bools, largest_px: int, least_px: int) -> list[Window]:
    """Cut the mask into windows: one a component, large components in tiles."""
    n, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    out = []
    for k in range(1, n):
        x, y, w, h, area = (int(v) for v in stats[k])
        if area < least_px:
            continue
        rows, cols = max(1, -(-h // largest_px)), max(1, -(-w // largest_px))
        ys, xs = np.linspace(y, y + h, rows + 1).astype(int), np.linspace(x, x + w, cols + 1).astype(int)
        for y0, y1 in zip(ys[:-1], ys[1:], strict=True):
            for x0, x1 in zip(xs[:-1], xs[1:], strict=True):
                window = (slice(max(0, y0 - 3), y1 + 3), slice(max(0, x0 - 3), x1 + 3))
                member = labels[window] == k
                if member.sum() >= least_px:
                    out.append((*window, member, rows * cols > 1))
    return out


def _local_widths(mask: Bools, windows: list[Window], layer: Layer) -> list[float]:
    """Estimate the usual hair width [px] around each window from the bodies nearby.

    Hair of one person varies less than hair of different people, and scales are never exact. The lower third of
    the bodies counts, since bundles are wider; the nominal width counts as much as ``width_prior_bodies`` bodies.
    """
    s = layer.settings
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (distance > 0.9)
    place = np.array([[(r.start + r.stop) / 2, (c.start + c.stop) / 2] for r, c, _, _ in windows]).reshape(-1, 2)
    body = np.full(len(windows), np.nan)
    for k, (r, c, member, _) in enumerate(windows):
        top = distance[r, c][member & ridge[r, c]]
        if len(top) >= 3:
            body[k] = 2 * float(np.median(top))
    out = []
    for k in range(len(windows)):
        near = body[(np.linalg.norm(place - place[k], axis=1) < s.width_radius_mm * layer.px_per_mm) & ~np.isnan(body)]
        mean = float(np.percentile(near, 33.0)) if len(near) else layer.usual_width
        share = len(near) / (len(near) + s.width_prior_bodies)
        out.append(float(np.clip(share * mean + (1 - share) * layer.usual_width, 2.0, 2.0 * layer.usual_width)))
    return out


def _search(layer: Layer, mask: Bools, widths: tuple[int, ...]) -> list[Strip]:
    """Search every window of the mask; strips come back in pixels of the layer."""
    s, px = layer.settings, layer.px_per_mm
    rule = SearchRule(
        threshold=layer.threshold,
        widths=widths,
        usual_width=layer.usual_width if len(widths) > 4 else float(np.mean(widths)),
        min_length=s.min_length_mm * px,
        min_width=max(1.0, s.min_width_um * 1e-3 * px),
        max_strips=s.max_strips_per_window,
    )
    least = int(max(4.0, rule.min_length * rule.min_width))
    out = []
    windows = _windows(mask, int(1.2 * px), least)
    usual = _local_widths(mask, windows, layer) if len(widths) > 4 else [rule.usual_width] * len(windows)
    for (rows, cols, member, tiled), width in zip(windows, usual, strict=True):
        here = replace(rule, usual_width=width)
        for strip in find_strips(layer.contrast[rows, cols], member.astype(np.float32), here):
            dy, dx = float(rows.start), float(cols.start)
            out.append(
                replace(
                    strip,
                    start=(strip.start[0] + dy, strip.start[1] + dx),
                    end=(strip.end[0] + dy, strip.end[1] + dx),
                    gain=strip.gain / px**2,
                    is_part=tiled,
                )
            )
    return out


def refine(strip: Strip, contrast: Image32, px_per_mm: float) -> Strand | None:
    """Bend the strip onto the hair and find its two ends.

    Parameters
    ----------
    strip : Strip
        In pixels of ``contrast``.
    contrast : (H, W) array of float32
        Contrast on the working grid.
    px_per_mm : float
        Its scale.

    Returns
    -------
    Strand or None
        None where nothing is left between the ends.
    """
    a, b = np.array(strip.start), np.array(strip.end)
    length = float(np.linalg.norm(b - a))
    along = (b - a) / length
    across = np.array([-along[1], along[0]])
    half = strip.width / 2
    extra = 0.06 * px_per_mm
    s = np.arange(-extra, length + extra + 0.5, 1.0)
    reach = int(np.ceil(strip.width)) + 2
    u = np.arange(-reach, reach + 0.25, 0.5)
    grid = a + s[:, None, None] * along + u[None, :, None] * across
    profile = sample(contrast, grid)
    # place of the band at each station: best sum over shifts of up to a third of the width
    shifts = np.linspace(-0.35 * strip.width, 0.35 * strip.width, 9)
    box = (np.abs(u[None, :] - shifts[:, None]) <= half).astype(float)
    rim = (np.abs(np.abs(u[None, :] - shifts[:, None]) - half - 0.75) <= 0.75).astype(float)
    score = np.clip(profile, -0.3, 1.0) @ (box - rim).T
    core = (s > 0) & (s < length)
    weight = np.exp(3.0 * (score - score.max(axis=1, keepdims=True)) / (1e-6 + np.ptp(score, axis=1)[:, None]))
    shift = (weight * shifts).sum(axis=1) / weight.sum(axis=1)
    degree = 2 if length > 3.0 * strip.width else 1
    bend = np.polynomial.Polynomial.fit(s[core], shift[core], degree) if core.sum() > degree + 2 else None
    offset = np.zeros_like(s) if bend is None else np.clip(bend(np.clip(s, 0, length)), shifts[0], shifts[-1])
    middle_line = a + s[:, None] * along + offset[:, None] * across
    near = np.abs(u) <= max(0.5, 0.3 * strip.width)
    rows = middle_line[:, None, :] + u[None, :, None] * across
    straight = sample(contrast, rows)
    middle = straight[:, near].mean(axis=1)
    inside = float(np.median(middle[core]))
    out_band = (np.abs(u) >= half + 1.0) & (np.abs(u) <= half + 2.5)
    edge = float(np.median(middle[core] - straight[core][:, out_band].mean(axis=1)))
    level = 0.5 * min(inside, _FULL_CONTRAST)
    gap = 2 * int(0.02 * px_per_mm) + 1  # odd, else closing shifts; shine breaks a shaft for less than 40 um
    on = cv2.morphologyEx((middle > level).astype(np.uint8)[:, None], cv2.MORPH_CLOSE, np.ones((gap, 1), np.uint8))
    first, last = _longest_run(on[:, 0] > 0)
    if last - first < 4:
        return None
    ends = np.clip([_crossing(middle, first, -1, level), _crossing(middle, last - 1, 1, level)], 0, len(s) - 1)
    at = np.linspace(ends[0], ends[1], max(3, (last - first) // 5))
    line = np.column_stack([np.interp(at, np.arange(len(s)), middle_line[:, k]) for k in (0, 1)])
    return Strand(line, strip.width, inside, edge, strip.share, strip.gain, is_part=strip.is_part)


def _crossing(values: Floats, at: int, step: int, level: float) -> float:
    """Return where values fall through the level beyond index ``at``, between it and its neighbour."""
    nearby = at + step
    if not 0 <= nearby < len(values) or values[at] <= level or values[nearby] >= level:
        return float(at)
    return at + step * float((values[at] - level) / (values[at] - values[nearby]))


def _longest_run(on: Bools) -> tuple[int, int]:
    """Return first and one past last of the longest run of True."""
    edge = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    if not len(edge):
        return 0, 0
    starts, stops = edge[::2], edge[1::2]
    k = int(np.argmax(stops - starts))
    return int(starts[k]), int(stops[k])


def _scaled(strip: Strip, factor: float) -> Strip:
    """Bring a strip from a grid to another that is ``factor`` times finer (pixel centres at whole numbers)."""

    def point(p: tuple[float, float]) -> tuple[float, float]:
        return ((p[0] + 0.5) * factor - 0.5, (p[1] + 0.5) * factor - 0.5)

    return replace(strip, start=point(strip.start), end=point(strip.end), width=strip.width * factor)


def body_strands(layer: Layer) -> list[Strand]:
    """Find well visible hair on the coarse grid and refine it on the working grid."""
    s = layer.settings
    factor = layer.px_per_mm / s.search_px_per_mm
    h, w = layer.contrast.shape
    size = (max(1, round(w / factor)), max(1, round(h / factor)))
    coarse = Layer(
        cv2.resize(layer.contrast, size, interpolation=cv2.INTER_AREA).astype(np.float32),
        s.search_px_per_mm,
        layer.threshold,
        s,
    )
    widest = int(s.max_width_um * 1e-3 * s.search_px_per_mm)
    strips = _search(coarse, coarse.contrast > layer.threshold, tuple(range(2, widest + 1)))
    found = [refine(_scaled(strip, factor), layer.contrast, layer.px_per_mm) for strip in strips]
    return [strand for strand in found if strand is not None]


def draw_strands(strands: list[Strand], shape: tuple[int, int], extra_px: float) -> Bools:
    """Return a mask of the strands, each widened by ``extra_px`` on both sides."""
    canvas = np.zeros(shape, np.uint8)
    for strand in strands:
        line = np.round(strand.line[:, ::-1] * 16).astype(np.int32)
        cv2.polylines(canvas, [line], False, 1, max(1, round(strand.width + 2 * extra_px)), shift=4)
    mask: Bools = canvas > 0
    return mask


def fine_strands(layer: Layer, taken: Bools) -> list[Strand]:
    """Find thin or pale hair on the working grid, away from what was found already.

    Parameters
    ----------
    layer : Layer
        Contrast to search; broad shadows are taken off first.
    taken : (H, W) array of bool
        Hair found already.

    Returns
    -------
    list of Strand
        Long against their width, or not listed.
    """
    px = layer.px_per_mm
    broad = cv2.blur(layer.contrast, (int(0.25 * px), int(0.25 * px)))
    local = cv2.GaussianBlur(layer.contrast, (0, 0), 0.8) - np.maximum(broad, 0)
    mask = (local > layer.threshold) & ~taken
    mask &= _elongated(mask, 0.15 * px)
    fine = replace(layer, contrast=local.astype(np.float32))
    out = []
    for strip in _search(fine, mask, (2, 3, 4, 5)):
        strand = refine(strip, fine.contrast, px)
        if strand is not None and strand.length > max(0.15 * px, 4.0 * strand.width):
            out.append(replace(strand, is_fine=True))
    return out


def _elongated(mask: Bools, least_px: float) -> Bools:
    """Keep components that are long in some direction."""
    n, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    extent = np.hypot(stats[:, 2], stats[:, 3])
    # a straight ridge has few pixels for its extent: area / extent is its mean width
    keep = (extent > least_px) & (stats[:, 4] < 0.35 * extent**2)
    keep[0] = False
    kept: Bools = keep[labels]
    return kept
