"""Look for a hair at the place where it must be, in the pixels of the other photo.

Knows: darkness of both photos on one plane. Must not know: what the finding means for the person.
Plane: working pixels of the reference photo, (y, x). H hairs, C candidate places, S samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.records.base import freeze
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.change.frame import Frame, Plane
    from hairwise.change.settings import CompareSettings
    from hairwise.change.stretch import Mapping
    from hairwise.records.base import Bools, Floats

__all__ = [
    "Seen",
    "Sheet",
    "Target",
    "chance_of_dark",
    "darkness",
    "flow_onto",
    "look",
    "make_sheets",
    "paint_lines",
    "read",
]

_STEP_MM = 0.02
# A place mostly under another hair cannot show a hair of its own.
_OWNED_MAX = 0.4


@dataclass(frozen=True)
class Sheet:
    """One photo laid on the reference plane.

    Attributes
    ----------
    dark, light : (h, w) array of float32
        Optical density against the skin around.
    clear : (h, w) array of bool
        In the frame, usable and in focus.
    hairy : (h, w) array of bool
        On or beside hair.
    """

    dark: Plane
    light: Plane
    clear: Bools
    hairy: Bools


@dataclass(frozen=True)
class Target:
    """A hair to look for: root and lean in working pixels of the reference plane, width and length in them too."""

    root: Floats
    lean: Floats
    width: float
    length: float
    is_light: bool


@dataclass(frozen=True)
class Seen:
    """What was seen at a place.

    Attributes
    ----------
    level : float
        Darkest mean along a shaft near the predicted place; NaN where every such place belongs to another hair.
    root : (2,) array of float
        Root there.
    here : float
        Darkness at the predicted place itself.
    owned : float
        Share of the predicted place under other hairs, 0 to 1.
    clear : float
        Share of the predicted place that can be seen, 0 to 1.
    """

    level: float
    root: Floats
    here: float
    owned: float
    clear: float


def _sharp(frame: Frame) -> Bools:
    """Where the photo is not far softer than it mostly is."""
    edge = np.abs(cv2.Laplacian(cv2.GaussianBlur(frame.grey, (0, 0), 1.0), cv2.CV_32F))
    local = cv2.boxFilter(edge, -1, (max(int(0.8 / frame.step_mm), 3),) * 2)
    typical = float(np.median(local[frame.usable])) if frame.usable.any() else 0.0
    return np.asarray(local > 0.25 * typical)


def flow_onto(a: Frame, b: Frame, mapping: Mapping) -> tuple[Plane, Plane]:
    """Where each working pixel of a lies in b, as x and y for ``cv2.remap``."""
    height, width = a.grey.shape
    every = max(int(0.15 / a.step_mm), 1)  # the stretch is smooth over a millimetre
    ys, xs = np.arange(0, height + every, every), np.arange(0, width + every, every)
    grid = np.stack(np.meshgrid(ys, xs, indexing="ij"), -1).reshape(-1, 2).astype(float)
    goes = b.to_work(mapping.forward(a.to_mm(grid))).reshape(len(ys), len(xs), 2).astype(np.float32)
    fine = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), -1).astype(np.float32) / every
    x, y = (
        np.asarray(
            cv2.remap(goes[..., k].copy(), fine[..., 1].copy(), fine[..., 0].copy(), cv2.INTER_LINEAR), np.float32
        )
        for k in (1, 0)
    )
    return x, y


def make_sheets(a: Frame, b: Frame, flow: tuple[Plane, Plane]) -> tuple[Sheet, Sheet]:
    """Lay both photos on the plane of a; ``flow`` as of ``flow_onto``."""
    planes = [np.asarray(cv2.remap(p, *flow, cv2.INTER_LINEAR), np.float32) for p in (b.dark, b.light)]
    masks = [cv2.remap(m.astype(np.uint8), *flow, cv2.INTER_NEAREST) > 0 for m in (b.usable & _sharp(b), b.hairy)]
    return Sheet(a.dark, a.light, a.usable & _sharp(a), a.hairy), Sheet(planes[0], planes[1], *masks)


def paint_lines(lines: Sequence[Floats], widths: Floats, shape: tuple[int, int]) -> Bools:
    """Paint centrelines (working pixels) at their widths."""
    mask = np.zeros(shape, np.uint8)
    for line, width in zip(lines, widths, strict=True):
        points = np.round(line[:, ::-1] * 16).astype(np.int32)
        cv2.polylines(mask, [points], False, 1, max(1, round(float(width))), cv2.LINE_8, 4)
    return mask > 0


@lru_cache(maxsize=8)
def _places(step_mm: float, settings: CompareSettings) -> Floats:
    """Candidate places (C, 3): shift along, shift across [px], turn [rad]; the predicted one first."""
    reach = settings.search_um / UM_PER_MM / step_mm
    along, across = np.linspace(-reach, reach, 7), np.linspace(-reach, reach, 9)
    turn = np.deg2rad(np.linspace(-settings.search_deg, settings.search_deg, 5))
    grid = np.stack(np.meshgrid(along, across, turn, indexing="ij"), -1).reshape(-1, 3)
    order = np.argsort((np.abs(grid) / [reach, reach, turn.max()]).sum(axis=1), kind="stable")
    out: Floats = grid[order]
    freeze(out)
    return out


def _samples(target: Target, places: Floats, step_mm: float, settings: CompareSettings) -> tuple[Floats, Floats]:
    """Sample points (C, S, 2) on the shaft at candidate places, and the roots (C, 2)."""
    look_px = min(max(target.length, 0.1 / step_mm), settings.look_um / UM_PER_MM / step_mm)
    t = np.arange(0.02 / step_mm, look_px, _STEP_MM / step_mm)
    u = np.array([-0.3, 0.0, 0.3]) * target.width
    side = np.array([-target.lean[1], target.lean[0]])
    root = target.root + places[:, :1] * target.lean + places[:, 1:2] * side
    cos, sin = np.cos(places[:, 2:]), np.sin(places[:, 2:])
    lean, across = cos * target.lean + sin * side, cos * side - sin * target.lean
    points = root[:, None, None] + t[:, None, None] * lean[:, None, None] + u[None, :, None] * across[:, None, None]
    return points.reshape(len(places), -1, 2), root


def read(plane: Plane, points: Floats, first: tuple[int, int] = (0, 0)) -> Floats:
    """Values of a plane at points (..., 2), between pixels by straight lines; the border goes on outside.

    ``first`` is where the plane's first pixel lies among those that the points are told in.
    """
    xy = points.reshape(-1, points.shape[-2], 2).astype(np.float32) - np.asarray(first, np.float32)
    out = cv2.remap(plane, xy[..., 1].copy(), xy[..., 0].copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, float).reshape(points.shape[:-1])


def _read_mask(mask: Bools, points: Floats) -> Floats:
    """Values of a mask as `read` gives them; only pixels about the points are made numbers."""
    rows, columns = (_span(points[..., k], mask.shape[k]) for k in (0, 1))
    return read(mask[rows, columns].astype(np.float32), points, (rows.start, columns.start))


def _span(places: Floats, size: int) -> slice:
    """Pixels of an axis of some size that reading between them needs."""
    first = min(max(math.floor(places.min()) - 1, 0), size - 1)
    return slice(first, min(max(math.ceil(places.max()) + 2, first + 1), size))


def look(sheet: Sheet, target: Target, owned: Bools | None, step_mm: float, settings: CompareSettings) -> Seen:
    """Look for one hair around its predicted place.

    Parameters
    ----------
    sheet : Sheet
        The photo looked at.
    target : Target
        The hair.
    owned : (h, w) array of bool or None
        Pixels that belong to other hairs.
    step_mm : float
        Size of a working pixel.
    settings : CompareSettings
        How far to look.

    Returns
    -------
    Seen
        The darkest shaft in reach, and what stands at the place itself.
    """
    places = _places(step_mm, settings)
    points, roots = _samples(target, places, step_mm, settings)
    level = read(sheet.light if target.is_light else sheet.dark, points)
    taken = np.zeros(level.shape, bool) if owned is None else _read_mask(owned, points) > 0.5
    clear = float(_read_mask(sheet.clear, points[:1]).mean())
    free = ~taken
    share = taken.mean(axis=1)
    mean = (level * free).sum(axis=1) / np.maximum(free.sum(axis=1), 1)
    mean[share > _OWNED_MAX] = -np.inf
    # Of equally dark places the nearest is taken: a tenth of the darkness is given for a place at the rim.
    far = np.linspace(0.0, 0.1, len(places))
    best = int(np.argmax(np.where(np.isfinite(mean), mean * (1 - far * np.sign(mean)), -np.inf)))
    found = float(mean[best]) if np.isfinite(mean[best]) else float("nan")
    return Seen(found, roots[best], float(level[0].mean()), float(share[0]), clear)


def darkness(sheet: Sheet, target: Target, step_mm: float, settings: CompareSettings) -> float:
    """Mean along the shaft where a hair is known to be: what ``look`` calls ``here``."""
    points, _ = _samples(target, _places(step_mm, settings)[:1], step_mm, settings)
    return float(read(sheet.light if target.is_light else sheet.dark, points)[0].mean())


def chance_of_dark(
    sheet: Sheet, like: Target, step_mm: float, settings: CompareSettings, rng: np.random.Generator
) -> tuple[float, float]:
    """Mean and standard deviation of ``look`` at bare skin: what no hair at all looks like in this photo.

    The spread is that of the upper half, since only what is darker than usual can pass for a hair.
    """
    bare = sheet.clear & ~cv2.dilate(sheet.hairy.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    spots = np.argwhere(bare)
    if len(spots) < 50:
        return 0.15, 0.1  # skin of the phantom and of the real fields seen: a tenth of a shaft's darkness
    levels = []
    for y, x in spots[rng.integers(len(spots), size=60)]:
        turn = rng.uniform(0, 2 * np.pi)
        lean = np.array([np.sin(turn), np.cos(turn)])
        target = Target(np.array([y, x], float), lean, like.width, like.length, like.is_light)
        seen = look(sheet, target, sheet.hairy, step_mm, settings)
        if seen.owned < 0.05:
            levels.append(seen.level)
    if len(levels) < 10:
        return 0.15, 0.1
    middle = float(np.median(levels))
    upper = float(np.percentile(levels, 90)) - middle
    return middle, max(upper / 1.28, 0.02)
