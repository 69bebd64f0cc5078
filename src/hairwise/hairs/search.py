"""Greedy search for straight strips in a small window.

Knows: a contrast window and widths. Must not know: colours, roots, the photo.
Letters: A angles, n side of the rotated window; strips run along its rows' axis (x), y lies across.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32
    from hairwise.records.base import Bools, Bytes, Floats

__all__ = ["SearchRule", "Strip", "find_strips"]

Place = tuple[int, int, int, int, int]  # angle, first column, width, first row, one past the last row
# contrast a pixel of length that a width 40 % off the usual one costs: hair thins, but is hardly ever wider
_PRIOR_NARROW, _PRIOR_WIDE = 0.08, 0.25
N_ANGLES = 24  # 7.5 degrees apart: a 70 um strip of 0.5 mm leaves its hair by a quarter of its width


@dataclass(frozen=True)
class Strip:
    """A straight strip (y, x) in pixels of the window; ``gain`` is what it explains, ``share`` its new part."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    gain: float
    share: float
    is_part: bool = False


@dataclass(frozen=True)
class SearchRule:
    """What counts as a strip, in pixels and contrasts of the window.

    Attributes
    ----------
    threshold : float
        Contrast above which a pixel belongs to a hair.
    widths : tuple of int
        Widths tried [px].
    usual_width : float
        Width that costs nothing [px].
    min_length : float
        Shortest strip [px].
    min_width : float
        Narrowest part of a strip that must be new [px].
    max_strips : int
        Most strips in one window.
    """

    threshold: float
    widths: tuple[int, ...]
    usual_width: float
    min_length: float
    min_width: float
    max_strips: int


@lru_cache(maxsize=512)
def _turns(height: int, width: int) -> tuple[int, tuple[Floats, ...]]:
    """Return the side of the rotated window and one affine matrix an angle (window to rotated, (x, y))."""
    side = int(np.ceil(np.hypot(height, width))) + 2
    out = []
    for angle in np.arange(N_ANGLES) * (180.0 / N_ANGLES):
        turn = np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), float(angle), 1.0), np.float64)
        turn[:, 2] += (side - 1) / 2 - np.array([(width - 1) / 2, (height - 1) / 2])
        out.append(turn)
    return side, tuple(out)


def _rotated(layers: Image32, angles: list[int]) -> Image32:
    """Rotate (h, w, 3) layers by some angles: (A, n, n, 3); outside the window the first layer is -0.5."""
    side, turns = _turns(*layers.shape[:2])
    border = (-0.5, 0.0, 0.0)
    out = np.empty((len(angles), side, side, 3), np.float32)
    for k, a in enumerate(angles):
        cv2.warpAffine(layers, turns[a], (side, side), out[k], flags=cv2.INTER_LINEAR, borderValue=border)
    return out


def _best(layers: Image32, angles: list[int], rule: SearchRule) -> list[tuple[float, Place]]:
    """Return the best score and place at each of the angles.

    The layers are: weight of each pixel, contrast, 1 where a strip was taken already.
    """
    # (n along, A, n across): rows are summed one after another, which is six times faster than numpy's cumsum
    turned = _rotated(layers, angles).transpose(3, 1, 0, 2)
    weight, contrast, covered = (np.ascontiguousarray(layer) for layer in turned)
    n, count = weight.shape[:2]
    sums = np.zeros((n, count, n + 1), np.float32)
    np.cumsum(weight, axis=2, out=sums[:, :, 1:])
    # an edge is the rise of contrast over two pixels; beside a strip already taken it is taken as a weak one
    step = np.zeros((n, count, n + 1), np.float32)
    step[:, :, 1:-1] = np.clip(contrast[:, :, 1:] - contrast[:, :, :-1], -0.4, 0.4)
    near = np.zeros((n, count, n + 1), np.float32)
    near[:, :, 1:-1] = np.maximum(covered[:, :, 1:], covered[:, :, :-1])
    step *= 1 - near
    near *= 0.1
    here, there = sums - (near + step), sums + (near - step)
    column = np.full((n, count, len(rule.widths), n), -1.0, np.float32)
    for k, width in enumerate(rule.widths):
        weight_of = _PRIOR_WIDE if width > rule.usual_width else _PRIOR_NARROW
        prior = np.float32(weight_of * ((width - rule.usual_width) / (0.4 * rule.usual_width)) ** 2)
        # weight between the two sides, plus the rise of contrast at the one and its fall at the other
        column[:, :, k, : n + 1 - width] = there[:, :, width:] - here[:, :, :-width] - prior
    run, low = np.zeros((n + 1, *column.shape[1:]), np.float32), np.zeros((n + 1, *column.shape[1:]), np.float32)
    for x in range(n):
        np.add(run[x], column[x], out=run[x + 1])
        np.minimum(low[x], run[x + 1], out=low[x + 1])
    score = run - low
    best = []
    for k, a in enumerate(angles):
        x, w, y = (int(v) for v in np.unravel_index(int(np.argmax(score[:, k])), (n + 1, len(rule.widths), n)))
        start = int(np.argmin(run[: x + 1, k, w, y]))
        best.append((float(score[x, k, w, y]), (a, y, rule.widths[w], start, x)))
    return best


def find_strips(contrast: Image32, member: Image32, rule: SearchRule) -> list[Strip]:
    """Find the strips that explain a window best.

    Parameters
    ----------
    contrast : (h, w) array of float32
        Contrast of the window, not cut off above.
    member : (h, w) array of float32
        1 where a pixel may belong to a hair of this window, 0 elsewhere.
    rule : SearchRule
        See there.

    Returns
    -------
    list of Strip
        In the order found; the first explains most.

    Notes
    -----
    Greedy search swallows a bundle with one wide strip. Where the first try leaves much or uses a wide strip, it
    is repeated with narrower strips only, and the try that explains most, less a price a strip, is kept.
    """
    strips, total = _greedy(contrast, member, rule)
    explained = sum(s.gain for s in strips)
    there = float(np.clip(contrast - rule.threshold, 0, 0.6)[member > 0].sum())
    wide = any(s.width > 1.2 * rule.usual_width for s in strips)
    if len(rule.widths) <= 4 or not strips or not (wide or explained < 0.8 * there):
        return strips
    for cap in (1.25 * rule.usual_width, 1.0 * rule.usual_width):
        narrow = tuple(w for w in rule.widths if w <= max(3.0, cap))
        other, other_total = _greedy(contrast, member, replace(rule, widths=narrow))
        if other_total > total:
            strips, total = other, other_total
    return strips


def _greedy(contrast: Image32, member: Image32, rule: SearchRule) -> tuple[list[Strip], float]:
    """Take strips one after another, each with the pixels it explains; also the total gain less prices."""
    window = _Window(contrast, member, rule)
    taken: list[_Taken] = []
    bounds: dict[int, tuple[float, Place]] = {}
    for _ in range(rule.max_strips):
        score, place = _lazy(window, taken, bounds)
        one = window.take(score, place, taken)
        if one is None:
            break
        taken.append(one)
    if len(taken) > 1:
        taken = _settle(window, taken)
    return [t.strip for t in taken], sum(t.strip.gain for t in taken) - len(taken) * window.price


def _lazy(window: _Window, taken: list[_Taken], bounds: dict[int, tuple[float, Place]]) -> tuple[float, Place]:
    """Return the best strip of all angles; ``bounds`` holds each angle's last score, which only falls."""
    layers = window.layers(taken)
    if not bounds:
        bounds.update(zip(range(N_ANGLES), _best(layers, list(range(N_ANGLES)), window.rule), strict=True))
        return max(bounds.values())
    order = sorted(bounds, key=lambda a: -bounds[a][0])
    best: tuple[float, Place] = (-np.inf, (0, 0, 0, 0, 0))
    for k in range(0, N_ANGLES, 4):
        if bounds[order[k]][0] <= best[0]:
            break
        some = order[k : k + 4]
        fresh = _best(layers, some, window.rule)
        bounds.update(zip(some, fresh, strict=True))
        best = max(best, *fresh)
    return best


def _settle(window: _Window, taken: list[_Taken]) -> list[_Taken]:
    """Let each strip move once, given the others: the first ones were placed without them."""
    for k in range(len(taken)):
        others = taken[:k] + taken[k + 1 :]
        a = taken[k].place[0]
        near = [(a + d) % N_ANGLES for d in (-2, -1, 0, 1, 2)]
        score, place = max(_best(window.layers(others), near, window.rule))
        moved = window.take(score, place, others)
        if moved is not None:
            taken = [*taken[:k], moved, *taken[k + 1 :]]
    return taken


@dataclass(frozen=True)
class _Taken:
    """A strip with its place in the turned window and the pixels it covers."""

    strip: Strip
    place: Place
    covered: Bools


class _Window:
    """A window with the weights of its pixels."""

    def __init__(self, contrast: Image32, member: Image32, rule: SearchRule) -> None:
        self.contrast, self.rule = contrast, rule
        fresh = np.clip(contrast - rule.threshold, -0.6, 0.6)
        self.fresh = np.where(member > 0, fresh, np.minimum(fresh, -0.3)).astype(np.float32)
        self.price = 0.6 * rule.min_length * rule.usual_width / 2

    def covered(self, taken: list[_Taken]) -> Bools:
        """Return where strips lie already."""
        out = np.zeros(self.contrast.shape, np.bool_)
        for one in taken:
            out |= one.covered
        return out

    def layers(self, taken: list[_Taken]) -> Image32:
        """Return weight, contrast, covered: (h, w, 3). A strip may run on through others, hardly gaining."""
        covered = self.covered(taken)
        weight = np.where(covered, np.float32(0.05) * (self.fresh > 0), self.fresh)
        return np.dstack([weight, self.contrast, covered]).astype(np.float32)

    def take(self, score: float, place: Place, taken: list[_Taken]) -> _Taken | None:
        """Return the strip at a place if it pays; None else."""
        rule = self.rule
        if score <= self.price or place[4] - place[3] < rule.min_length:
            return None
        shape = (self.contrast.shape[0], self.contrast.shape[1])
        ends, area = _outline(_turns(*shape)[1][place[0]], place, shape)
        inside = area > 0
        new = inside & ~self.covered(taken) & (self.fresh > 0)
        if new.sum() < rule.min_width * rule.min_length:
            return None
        # half covered pixels of the rim belong to this strip too
        rim = (cv2.dilate(area, np.ones((3, 3), np.uint8)) > 0) & (self.fresh < 0.5)
        (x0, y0), (x1, y1) = ends
        share = float(new.sum() / max(1, inside.sum()))
        return _Taken(
            Strip((float(y0), float(x0)), (float(y1), float(x1)), float(place[2]), score, share), place, inside | rim
        )


def _outline(turn: Floats, place: Place, shape: tuple[int, int]) -> tuple[Floats, Bytes]:
    """Return the two ends (x, y) of a strip in the window, and its area drawn."""
    _, side, width, first, last = place
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    middle = side + (width - 1) / 2
    ends = np.array([[middle, first - 0.5, 1.0], [middle, last - 0.5, 1.0]]) @ back.T
    far = side + width - 1
    corners = np.array([[side, first, 1.0], [side, last - 1, 1.0], [far, last - 1, 1.0], [far, first, 1.0]])
    area = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(area, np.round(corners @ back.T * 16).astype(np.int32), 1, shift=4)
    return ends, area
