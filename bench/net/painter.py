"""A second way to paint hairs and skin, so that the network learns hairs and not one renderer's look of them.

Only the places of the hairs come from a rendered photo. Skin, shafts and what shows of them under the skin are drawn by
rules that differ from patch to patch, far beyond what is seen in life: plain skin, noise of any grain, shafts flat,
round or glassy, sharp or soft.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from net.render import PX_PER_MM

FINER = 2  # the canvas is finer than the patch, then averaged: edges are exact to a quarter of a pixel
SHIFT = 4  # fractional bits of OpenCV's coordinates
ROOT_MM = 0.2  # as the renderer's: of a hair whose root is to be seen
SKIN = ((236, 214, 200), (224, 196, 178), (205, 184, 166), (196, 164, 140), (166, 128, 102), (122, 88, 68))
DARK = ((26, 21, 22), (40, 32, 30), (62, 41, 30), (80, 60, 48))
PALE = ((198, 197, 194), (142, 110, 72), (232, 231, 224), (124, 58, 28), (104, 77, 50))


@dataclass(frozen=True)
class Look:
    """How a patch is painted: one draw of the rules."""

    under: float  # darkness of the shaft under the skin, 0 none
    under_mm: float
    bluish: np.ndarray
    opacity: float
    profile: str
    shine: float
    shadow: float
    collar: float
    blur_px: float


@dataclass(frozen=True)
class Painted:
    """Patch (S, S, 3) in 0-1; width [patch px] and shares that show of each hair (H,)."""

    image: np.ndarray
    width_px: np.ndarray
    visible: np.ndarray
    root_seen: np.ndarray


def paint(lines: list[np.ndarray], width_px: np.ndarray, size: int, rng: np.random.Generator) -> Painted:
    """Paint hairs with centrelines (x, y) [patch px], root first, on new skin."""
    px_mm = PX_PER_MM * FINER
    look = _draw_look(rng)
    # the skin needs no finer canvas: nothing is masked by it
    skin = cv2.resize(_skin(size, rng), (size * FINER, size * FINER), interpolation=cv2.INTER_LINEAR)
    base = np.median(skin.reshape(-1, 3)[::size], axis=0)
    lines = [(line + 0.5) * FINER - 0.5 for line in lines]
    width = _thinner(width_px * FINER, rng)
    order = rng.permutation(len(lines))
    colour = [_shaft_colour(base, rng, look) for _ in range(4)]
    pick = rng.integers(len(colour), size=len(lines)) if rng.random() < 0.4 else np.zeros(len(lines), int)
    for h in order:
        _under(skin, lines[h], float(width[h]), look, rng)
    if look.shadow > 0:
        _shadow(skin, lines, width, look, rng)
    top = np.full(skin.shape[:2], -1, np.int32)
    for h in order:
        _shaft(skin, top, (lines[h], int(h), float(width[h])), colour[pick[h]], look, rng)
    if look.collar > 0:
        for h in order:
            _collar(skin, top, lines[h][0], float(width[h]), look, rng)
    shares = [_shares(top, lines[h], h, float(width[h]), px_mm) for h in range(len(lines))]
    image = cv2.resize(skin, (size, size), interpolation=cv2.INTER_AREA)
    if look.blur_px > 0.2:
        image = cv2.GaussianBlur(image, (0, 0), look.blur_px)
    image = np.clip(image, 0, 1) ** np.float32(1 / 2.2)
    if rng.random() < 0.5:
        image = image + rng.normal(0, rng.uniform(0.002, 0.02), image.shape).astype(np.float32)
    if rng.random() < 0.5:
        coded = cv2.imencode(".jpg", _bytes(image), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 97))])[1]
        image = cv2.imdecode(coded, cv2.IMREAD_COLOR).astype(np.float32) / 255
    shown = np.array(shares, np.float32).reshape(-1, 2)
    return Painted(np.clip(image, 0, 1).astype(np.float32), width / FINER, shown[:, 0], shown[:, 1])


def _bytes(image: np.ndarray) -> np.ndarray:
    return np.clip(np.round(image * 255), 0, 255).astype(np.uint8)


def _light(rgb: np.ndarray) -> np.ndarray:
    return (np.clip(rgb, 0, 255) / 255.0) ** 2.2


def _draw_look(rng: np.random.Generator) -> Look:
    return Look(
        under=float(rng.uniform(0.15, 1.0)) if rng.random() < 0.9 else 0.0,
        under_mm=float(rng.uniform(0.08, 0.35)),
        bluish=rng.uniform([0.9, 0.65, 0.4], [1.2, 1.0, 0.9]),
        opacity=float(rng.uniform(0.75, 1.0)),
        profile=str(rng.choice(["flat", "round", "glassy"])),
        shine=float(rng.uniform(0.0, 0.4)) if rng.random() < 0.6 else 0.0,
        shadow=float(rng.uniform(0.05, 0.45)) if rng.random() < 0.5 else 0.0,
        collar=float(rng.uniform(0.2, 0.9)) if rng.random() < 0.4 else 0.0,
        blur_px=float(rng.choice([0.0, rng.uniform(0.3, 1.0), rng.uniform(0.6, 2.0)])),
    )


def _skin(side: int, rng: np.random.Generator) -> np.ndarray:
    """Plain or textured ground (side, side, 3) in linear light."""
    first, second = rng.choice(len(SKIN), 2)
    tone = np.array(SKIN[first]) + rng.uniform(0, 0.5) * (np.array(SKIN[second]) - np.array(SKIN[first]))
    skin = np.ones((side, side, 3), np.float32) * _light(tone + rng.normal(0, 8, 3)).astype(np.float32)
    if rng.random() < 0.2:
        return skin
    for _ in range(int(rng.integers(1, 5))):
        skin *= np.exp(_layer(side, rng)[..., None] * _tint(rng))
    if rng.random() < 0.35:  # furrows or vessels: winding lines where noise changes sign
        noise = _noise(side, float(np.exp(rng.uniform(np.log(4), np.log(30)))), rng)
        line = np.exp(-((noise / np.float32(rng.uniform(0.08, 0.3))) ** 2))
        skin *= np.exp(np.float32(rng.uniform(-0.25, 0.12)) * line[..., None] * _tint(rng))
    if rng.random() < 0.35:
        _spots(skin, rng)
    return skin


def _tint(rng: np.random.Generator) -> np.ndarray:
    return np.clip(rng.normal(1.0, 0.35, 3), 0.1, 1.8).astype(np.float32)


def _noise(side: int, grain_px: float, rng: np.random.Generator) -> np.ndarray:
    """Unit noise (side, side) of a grain, drawn out one way at times."""
    every = max(1.0, grain_px / 3)
    n = int(np.ceil(side * 1.5 / every)) + 8
    stretch = float(np.exp(rng.uniform(0, 1.3))) if rng.random() < 0.5 else 1.0
    small = rng.standard_normal((n, n), dtype=np.float32)
    small = cv2.GaussianBlur(small, (0, 0), sigmaX=grain_px / every * stretch, sigmaY=grain_px / every / stretch + 0.3)
    small /= max(float(small.std()), 1e-6)
    turn = rng.uniform(0, 2 * np.pi)
    cut = every * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    move = np.concatenate([cut, (side / 2 - cut @ [n / 2, n / 2])[:, None]], axis=1)
    return cv2.warpAffine(small, move, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def _layer(side: int, rng: np.random.Generator) -> np.ndarray:
    grain = float(np.exp(rng.uniform(np.log(0.6), np.log(60.0))))
    strength = float(np.exp(rng.uniform(np.log(0.01), np.log(0.15))))
    noise = _noise(side, grain, rng)
    if rng.random() < 0.3:  # glints or pores: only one side of the noise
        noise = np.maximum(noise - 1.0, 0) * float(rng.choice([-2.0, 2.0]))
    return np.float32(strength) * noise


def _spots(skin: np.ndarray, rng: np.random.Generator) -> None:
    side = len(skin)
    plane = np.zeros((side, side), np.float32)
    for _ in range(int(rng.integers(1, 25))):
        centre = tuple(int(v) for v in rng.integers(0, side, 2))
        axes = tuple(int(v) for v in np.exp(rng.uniform(np.log(1.2), np.log(20), 2)))
        cv2.ellipse(plane, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(-0.5, 0.4)), -1)
    soft = cv2.GaussianBlur(plane, (0, 0), float(rng.uniform(0.5, 4)))
    skin *= np.exp(soft[..., None] * _tint(rng))


def _thinner(width: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Let some patches hold more thin hairs than the render they stand in for."""
    if rng.random() < 0.6:
        return width * rng.uniform(0.85, 1.2)
    thin = rng.random(len(width)) < rng.uniform(0.1, 0.7)
    return np.where(thin, width * rng.uniform(0.3, 0.7, len(width)), width)


def _shaft_colour(base: np.ndarray, rng: np.random.Generator, look: Look) -> np.ndarray:
    table = DARK if rng.random() < 0.8 else PALE
    colour = _light(np.array(table[int(rng.integers(len(table)))]) * rng.uniform(0.8, 1.25))
    # a hair that does not differ from its skin cannot be asked for
    if float(np.abs(np.log((colour + 0.02) / (base + 0.02))).max()) < 0.5:
        colour = _light(np.array(DARK[0]))
    return colour.astype(np.float32) * np.float32(look.opacity) + np.float32(1 - look.opacity) * base.astype(np.float32)


def _fixed(points: np.ndarray) -> np.ndarray:
    return np.round(points * (1 << SHIFT)).astype(np.int32)


def _window(points: np.ndarray, reach: float, side: int) -> tuple[slice, slice] | None:
    low, high = np.floor(points.min(0) - reach).astype(int), np.ceil(points.max(0) + reach).astype(int) + 1
    x0, y0, x1, y1 = max(low[0], 0), max(low[1], 0), min(high[0], side), min(high[1], side)
    return (slice(y0, y1), slice(x0, x1)) if y0 < y1 and x0 < x1 else None


def _stroke(points: np.ndarray, width: float, window: tuple[slice, slice]) -> np.ndarray:
    """Cover (h, w) of a stroke with cut ends, 0 to 1."""
    shape = (window[0].stop - window[0].start, window[1].stop - window[1].start)
    step = np.gradient(points, axis=0)
    side = np.stack([-step[:, 1], step[:, 0]], 1) / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-6)
    ring = np.concatenate([points + side * width / 2, (points - side * width / 2)[::-1]])
    plane = np.zeros(shape, np.uint8)
    # a filled polygon of few quads, for a bent hair's outline may cross itself
    half = len(points)
    for k in range(half - 1):
        quad = np.array([ring[k], ring[k + 1], ring[2 * half - 2 - k], ring[2 * half - 1 - k]])
        at = quad - np.array([window[1].start, window[0].start])
        cv2.fillConvexPoly(plane, _fixed(at), 255, cv2.LINE_AA, SHIFT)
    return plane.astype(np.float32) / 255


def _under(skin: np.ndarray, line: np.ndarray, width: float, look: Look, rng: np.random.Generator) -> None:
    if look.under == 0:
        return
    px_mm = PX_PER_MM * FINER
    way = line[1] - line[0]
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    reach = look.under_mm * px_mm * rng.uniform(0.6, 1.3)
    steps = np.linspace(0, 1, 3)
    back = line[0] - steps[:, None] * reach * way
    wide = width * rng.uniform(0.8, 1.5)
    soft = rng.uniform(0.1, 0.5) * width
    window = _window(back, wide + 3 * soft + 2, len(skin))
    if window is None:
        return
    fade = rng.choice([0.0, 1.0, 2.0])
    cover = np.zeros((window[0].stop - window[0].start, window[1].stop - window[1].start), np.float32)
    for k in range(len(back) - 1):
        piece = _stroke(back[k : k + 2], wide, window) * np.float32(np.exp(-fade * steps[k]))
        cover = np.maximum(cover, piece)
    cover = cv2.GaussianBlur(cover, (0, 0), max(soft, 0.3))
    skin[window] *= np.exp(-np.float32(look.under) * cover[..., None] * look.bluish.astype(np.float32))


def _shadow(skin: np.ndarray, lines: list[np.ndarray], width: np.ndarray, look: Look, rng: np.random.Generator) -> None:
    mask = np.zeros(skin.shape[:2], np.uint8)
    away = rng.normal(0, 0.03 * PX_PER_MM * FINER, 2)
    for line, wide in zip(lines, width, strict=True):
        cv2.polylines(mask, [_fixed(line + away)], False, 255, max(1, round(float(wide))), cv2.LINE_AA, SHIFT)
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), float(rng.uniform(1.5, 12)))
    skin *= 1 - np.float32(look.shadow) * soft[..., None]


def _shaft(
    skin: np.ndarray, top: np.ndarray, hair: tuple[np.ndarray, int, float], colour: np.ndarray, look: Look,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    line, h, width = hair
    inside = np.all((line > -40) & (line < len(skin) + 40), axis=1)
    part = line[max(int(np.argmax(inside)) - 1, 0) : len(line) - max(int(np.argmax(inside[::-1])) - 1, 0)]
    window = _window(part, width + 2, len(skin)) if len(part) > 1 else None
    if window is None:
        return
    cover = _stroke(part, max(width, 1.0), window) * np.float32(min(1.0, width))
    tone = np.float32(np.exp(rng.normal(0, 0.12)))
    body = np.broadcast_to(colour * tone, (*cover.shape, 3)).copy()
    if look.profile != "flat" and width > 3:
        core = cv2.GaussianBlur(_stroke(part, 0.4 * width, window), (0, 0), 0.15 * width)
        gain = 0.5 if look.profile == "round" else -0.4
        body *= (1 + np.float32(gain) * core)[..., None]
    if look.shine > 0 and width > 3:
        aside = rng.uniform(-0.25, 0.25) * width
        step = np.gradient(part, axis=0)
        side = np.stack([-step[:, 1], step[:, 0]], 1) / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-6)
        glint = cv2.GaussianBlur(_stroke(part + aside * side, 0.2 * width, window), (0, 0), 0.1 * width)
        body += np.float32(look.shine * rng.uniform(0.2, 1.0)) * glint[..., None]
    view = skin[window]
    view += cover[..., None] * (body - view)
    top[window][cover > 0.5 * min(1.0, width)] = h


def _collar(
    skin: np.ndarray, top: np.ndarray, root: np.ndarray, width: float, look: Look, rng: np.random.Generator
) -> None:
    if rng.random() > look.collar or not (-20 < root[0] < len(skin) + 20 and -20 < root[1] < len(skin) + 20):
        return
    window = _window(root[None], 2.5 * width + 6, len(skin))
    if window is None:
        return
    plane = np.zeros(top[window].shape, np.float32)
    middle = root - np.array([window[1].start, window[0].start])
    for _ in range(int(rng.integers(1, 5))):
        centre = middle + rng.normal(0, 0.5 * width, 2)
        axes = (max(1, int(rng.uniform(0.1, 0.5) * width)), max(1, int(rng.uniform(0.1, 0.8) * width)))
        at = tuple(int(v) for v in np.round(centre))
        cv2.ellipse(plane, at, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.2, 0.8)), -1)
    alpha = cv2.GaussianBlur(plane, (0, 0), float(rng.uniform(0.5, 2.5)))
    pale = _light(np.array([188, 186, 176]) * rng.uniform(0.8, 1.2)).astype(np.float32)
    skin[window] += alpha[..., None] * (pale - skin[window])
    top[window][alpha > 0.6] = -1


def _shares(top: np.ndarray, line: np.ndarray, h: int, width: float, px_mm: float) -> tuple[float, float]:
    """How much of a hair's part in the patch, and of its first 0.2 mm, is on top."""
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    shown = []
    for until in (arc[-1], min(ROOT_MM * px_mm, arc[-1])):
        at = np.linspace(0.03, 0.97, 24) * until
        points = np.column_stack([np.interp(at, arc, line[:, k]) for k in (0, 1)])
        x, y = np.round(points).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < len(top)) & (y < len(top))
        shown.append(float((top[y[inside], x[inside]] == h).mean()) if inside.any() else 0.0)
    return shown[0], shown[1]
