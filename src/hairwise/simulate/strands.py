"""Hair shafts as the camera sees them, and how much of each shows.

Knows: how a shaft covers, shines and shows through skin. Must not know: skin relief, noise of the sensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.simulate.lens import project
from hairwise.simulate.noise import Floats32, substream
from hairwise.simulate.scene import centreline_mm
from hairwise.simulate.skin import Ground, blob, linear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hairwise.records.base import Floats, Ints
    from hairwise.simulate.lens import Lens
    from hairwise.simulate.scene import Scene

__all__ = [
    "BLUISH",
    "UNDER",
    "Shaft",
    "fibres",
    "paint_emergences",
    "paint_haze",
    "paint_shafts",
    "paint_under",
    "project_shafts",
]

Window = tuple[slice, slice]

# per colour (black, brown, grey, blond, white, red, dark blond): sRGB of the shaft, and light lost per um of shaft
SHAFT_RGB = (
    (26, 21, 22),
    (62, 41, 30),
    (198, 197, 194),
    (142, 110, 72),
    (232, 231, 224),
    (124, 58, 28),
    (104, 77, 50),
)
LOSS_PER_UM = (0.075, 0.050, 0.022, 0.024, 0.030, 0.032, 0.034)
UNDER = (1.0, 0.75, 0.06, 0.30, 0.03, 0.40, 0.50)  # how much of the shaft shows through skin: white hair hardly
SHINE = (0.10, 0.13, 0.25, 0.20, 0.35, 0.18, 0.18)  # brightness of the highlight, linear light
RIPPLE = (0.25, 0.25, 0.25, 0.25, 0.08, 0.14, 0.14)  # slow change of brightness along the shaft
BLUISH = np.array([1.0, 0.86, 0.68], np.float32)  # a shaft under skin: red goes deep and is lost, blue scatters back
SCALE_RGB = linear((188, 186, 176))
HAZE_RGB = linear((168, 176, 188))
CHUNK = 3  # segments painted in one window: long hair would else need the whole photo


@dataclass(frozen=True)
class Shaft:
    """One hair in the photo: centreline (P, 2) [px], root first; width [px]; direction at the root on the skin.

    ``lift_px`` (P,) is the blur of what stands above the plane in focus; None: sharp.
    """

    hair: int
    line_px: Floats
    width_px: float
    angle_rad: float
    lift_px: Floats | None = None


def project_shafts(scene: Scene, lens: Lens) -> list[Shaft]:
    """Project every hair that comes near the photo; lowest first."""
    strands, camera = scene.strands, lens.camera
    shafts = []
    for h in range(len(strands)):
        line = project_line(scene, lens, h)
        margin = camera.px_per_mm
        low, high = line.min(0), line.max(0)
        if (high < -margin).any() or low[0] > camera.height_px + margin or low[1] > camera.width_px + margin:
            continue
        width = float(strands.diameter_um[h]) / 1000 * camera.px_per_mm
        lift = None
        if camera.lift_um_per_mm > 0:
            lift = centreline_mm(strands, h)[:, 2] * camera.lift_um_per_mm / 1000 * camera.px_per_mm
        shafts.append(Shaft(h, line, width, float(strands.angle_rad[h]), lift))
    order = substream(scene.seed, 21, scene.visit).permutation(len(shafts))
    return [shafts[i] for i in order]


def project_line(scene: Scene, lens: Lens, h: int) -> Floats:
    """Centreline of hair h in the photo (P, 2), (y, x) [px]."""
    return project(lens, centreline_mm(scene.strands, h))


def _window(points: Floats, reach: float, shape: tuple[int, int]) -> Window | None:
    low, high = np.floor(points.min(0) - reach).astype(int), np.ceil(points.max(0) + reach).astype(int) + 1
    y0, x0, y1, x1 = max(low[0], 0), max(low[1], 0), min(high[0], shape[0]), min(high[1], shape[1])
    return (slice(y0, y1), slice(x0, x1)) if y0 < y1 and x0 < x1 else None


@dataclass(frozen=True)
class _Near:
    """For each pixel of a window: signed distance to the line, and how far along it, unbounded at the ends [px]."""

    aside: Floats32
    along: Floats32
    mine: np.ndarray


def _nearest(line: Floats, window: Window, first: int, last: int) -> _Near:
    """Nearest point on segments first-1 .. last; ``mine`` where it lies on segments first .. last - 1."""
    a, b = max(first - 1, 0), min(last + 1, len(line) - 1)
    steps = np.diff(line, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    start = np.concatenate([[0.0], np.cumsum(lengths)])
    y = np.arange(window[0].start, window[0].stop, dtype=np.float32)[:, None]
    x = np.arange(window[1].start, window[1].stop, dtype=np.float32)[None, :]
    best = np.full((y.size, x.size), np.inf, np.float32)
    aside, along = np.zeros_like(best), np.zeros_like(best)
    mine = np.zeros(best.shape, bool)
    for k in range(a, b):
        ey, ex = (np.float32(v) for v in steps[k] / lengths[k])
        dy, dx = y - np.float32(line[k, 0]), x - np.float32(line[k, 1])
        t, u = dx * ex + dy * ey, dy * ex - dx * ey
        over = t - np.clip(t, 0, np.float32(lengths[k]))
        d = u * u + over * over
        closer = d < best
        best[closer] = d[closer]
        aside[closer], along[closer] = u[closer], t[closer] + np.float32(start[k])
        mine[closer] = first <= k < last
    return _Near(aside, along, mine)


def paint_shafts(scene: Scene, ground: Ground, shafts: list[Shaft], picture: Floats32) -> tuple[Ints, Floats]:
    """Paint the shafts in place; return the topmost hair (H, W), -1 for none, and each shaft's own area (S,) [px^2]."""
    top = np.full(ground.shape, -1, np.int64)
    area = np.zeros(len(shafts))
    for i, shaft in enumerate(shafts):
        last = len(shaft.line_px) - 1
        for first in range(0, last, CHUNK):
            end = min(first + CHUNK, last)
            soft = 0.0 if shaft.lift_px is None else 3 * float(shaft.lift_px[first : end + 1].max())
            window = _window(shaft.line_px[first : end + 1], shaft.width_px / 2 + 2 + soft, ground.shape)
            if window is None:
                continue
            near = _nearest(shaft.line_px, window, first, end)
            cover = _paint_part(scene, shaft, near, picture[window])
            area[i] += float(cover.sum())
            top[window][cover > 0.5] = i
    return top, area


def _paint_part(scene: Scene, shaft: Shaft, near: _Near, view: Floats32) -> Floats32:
    strands, h = scene.strands, shaft.hair
    colour = int(strands.colour[h])
    half = np.float32(shaft.width_px / 2)
    total = float(np.linalg.norm(np.diff(shaft.line_px, axis=0), axis=1).sum())
    beyond = np.float32(total) - near.along - near.aside * np.float32(np.tan(strands.cut[h]) * 0.5)
    rng = substream(scene.seed, 22, int(strands.hair_id[h]))
    ripple = _ripple(rng, near.along, shaft.width_px)
    # a shaft is not a cylinder: its outline wavers by a few per cent
    cover = np.clip(half * (1 + 0.04 * ripple) + 0.5 - np.abs(near.aside), 0, min(1.0, shaft.width_px))
    if shaft.lift_px is not None:
        cover = _soft_cover(shaft, near, half)
    beyond = beyond - np.float32(0.12 * shaft.width_px) * (near.aside / half) ** 2  # blades leave a rounded edge
    cover *= np.clip(0.5 + near.along / max(shaft.width_px / 8, 1.0), 0, 1) * np.clip(0.5 + beyond, 0, 1) * near.mine
    if not cover.any():
        return np.asarray(cover, np.float32)
    u = np.clip(near.aside / half, -1, 1)
    depth = np.sqrt(np.maximum(1 - u * u, 0.05))
    chord_um = np.float32(strands.diameter_um[h]) * depth
    opaque = 1 - np.exp(-np.float32(LOSS_PER_UM[colour]) * chord_um)
    # the lamp's image runs along the shaft, a little off its middle, broken by the cuticle's edges
    wet = min(scene.settings.oil, 1.0)
    line = np.exp(-(((u - rng.uniform(-0.5, 0.5)) / (0.18 + 0.14 * wet)) ** 2)) * np.clip(0.5 + 0.4 * ripple, 0, 1.5)
    body = linear(SHAFT_RGB[colour]) * np.float32(strands.tone[h]) * (1 + RIPPLE[colour] * ripple[..., None])
    body = body + np.float32(SHINE[colour] * (1 + 1.5 * wet) * rng.uniform(0.05, 1.0) ** (2 - wet)) * line[..., None]
    # the cut face is seen end on: paler
    face = np.clip(1 - beyond / (0.5 * shaft.width_px), 0, 1) * (rng.random() < 0.6)
    body = body + np.float32(0.05) * face[..., None]
    # what passes the rim is bent aside: a clear hair has dark edges
    through = ((1 - opaque) * depth)[..., None] * view
    view += cover[..., None] * (opaque[..., None] * np.maximum(body, 0) + through - view)
    return np.asarray(cover, np.float32)


def _soft_cover(shaft: Shaft, near: _Near, half: np.float32) -> Floats32:
    """Cover of a shaft out of focus: its outline convolved with a blur that grows with its height."""
    steps = np.linalg.norm(np.diff(shaft.line_px, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    sigma = np.interp(near.along, at, shaft.lift_px).astype(np.float32) if shaft.lift_px is not None else 0.0
    sigma = np.sqrt(sigma * sigma + np.float32(0.35**2))
    # the logistic curve is within 1 % of the integral of a Gaussian
    edge = [1 / (1 + np.exp(np.clip(-1.702 * (half + sign * near.aside) / sigma, -60, 60))) for sign in (1, -1)]
    return np.asarray(np.clip(edge[0] + edge[1] - 1, 0, min(1.0, shaft.width_px)), np.float32)


def _ripple(rng: np.random.Generator, along: Floats32, width_px: float) -> Floats32:
    """Slow change of brightness along a shaft, about -1 to 1."""
    out = np.zeros_like(along)
    for _ in range(3):
        out += np.sin(
            along * np.float32(2 * np.pi / (width_px * rng.uniform(1.5, 8))) + np.float32(rng.uniform(0, 6.3))
        )
    return out / np.float32(2)


def paint_under(scene: Scene, ground: Ground, shafts: list[Shaft], picture: Floats32) -> None:
    """Paint what shows of each shaft through the skin before its root: bluish, wider and fainter with depth."""
    px = ground.lens.camera.px_per_mm
    for shaft in shafts:
        strands, h = scene.strands, shaft.hair
        reach = float(strands.under_mm[h]) * px
        step = shaft.line_px[1] - shaft.line_px[0]
        back = shaft.line_px[0] - step / max(np.linalg.norm(step), 1e-9) * reach * 1.3
        ends = np.stack([back, shaft.line_px[0]])
        window = _window(ends, shaft.width_px + 0.2 * px, ground.shape)
        if window is None:
            continue
        near = _nearest(ends, window, 0, 1)
        depth = (np.float32(1.3 * reach) - near.along) / np.float32(reach)  # 0 at the root, 1 at the end
        deep = np.clip(depth, 0, 2)
        sigma = np.float32(0.38 * shaft.width_px) + np.float32(0.06 * px) * deep
        loss = np.exp(-0.5 * (near.aside / sigma) ** 2) * np.sqrt(0.4 * shaft.width_px / sigma) * np.exp(-1.3 * deep)
        loss *= np.clip(depth / 0.12 + 1, 0, 1) * np.clip((1.3 - depth) / 0.4, 0, 1)
        colour = int(strands.colour[h])
        strength = 1.7 * UNDER[colour] * (1 - np.exp(-LOSS_PER_UM[colour] * 0.5 * strands.diameter_um[h]))
        picture[window] *= np.exp(-np.float32(strength) * loss[..., None] * BLUISH)


def paint_haze(scene: Scene, ground: Ground, shafts: list[Shaft], picture: Floats32) -> None:
    """Lay a veil of loose horny fibres over the skin where shafts will leave it."""
    grain = fibres(scene, ground)
    for shaft, window, ahead, aside in _roots(scene, ground, shafts):
        strength = float(scene.strands.scale[shaft.hair])
        haze = np.exp(-(((ahead + 0.10) / 0.15) ** 2) - (aside / 0.12) ** 2) * np.float32(0.45 * strength)
        haze *= np.clip(1 + 0.5 * grain[window], 0.2, 1.7)
        picture[window] += haze[..., None] * (HAZE_RGB - picture[window])


def fibres(scene: Scene, ground: Ground) -> Floats32:
    """Texture (H, W) of loose horny fibres, about unit variance."""
    one = ground.noise(200 + scene.visit, (0.05, 0.012), scene.flow[0] + 0.5)
    two = ground.noise(300 + scene.visit, (0.03, 0.012), scene.flow[0] - 0.7)
    return np.asarray(0.8 * one + 0.6 * two, np.float32)


def _roots(scene: Scene, ground: Ground, shafts: list[Shaft]) -> Iterator[tuple[Shaft, Window, Floats32, Floats32]]:
    """Windows around the scaly roots, with the distance ahead of and beside each root on the skin [mm]."""
    strands = scene.strands
    for shaft in shafts:
        found = blob(ground, strands.root_mm[shaft.hair], 0.32) if strands.scale[shaft.hair] > 0 else None
        if found is not None:
            window, dy, dx = found
            c, s = np.float32(np.cos(shaft.angle_rad)), np.float32(np.sin(shaft.angle_rad))
            yield shaft, window, dx * c + dy * s, dy * c - dx * s


def paint_emergences(scene: Scene, ground: Ground, shafts: list[Shaft], picture: Floats32) -> Floats32:
    """Lay collars of scale around the first part of the shafts; return their opacity (H, W)."""
    grain = fibres(scene, ground)
    cover = np.zeros(ground.shape, np.float32)
    for shaft, window, ahead, aside in _roots(scene, ground, shafts):
        strength = float(scene.strands.scale[shaft.hair])
        thick = float(scene.strands.diameter_um[shaft.hair]) / 1000
        collar = 1.15 - np.sqrt(((ahead - 0.02) / (0.5 * thick + 0.02)) ** 2 + (aside / (0.6 * thick + 0.02)) ** 2)
        flake = np.clip((collar + 0.55 * grain[window] - 0.85 + 0.55 * strength) / 0.6, 0, 1) * np.float32(
            0.75 * strength
        )
        picture[window] += flake[..., None] * (SCALE_RGB * (1 + 0.15 * grain[window])[..., None] - picture[window])
        cover[window] = np.maximum(cover[window], flake)
    return cover
