"""Training patches: a turned, scaled and spoiled piece of a rendered photo, and the maps the network should draw."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hairwise.simulate.scalp import CLEAR_SHARE, ROOT_SHARE
from net.painter import paint
from net.render import PX_PER_MM, Sample

SIZE = 256  # px of the patch; features are at half of it
HALF = SIZE // 2
HEAT_SIGMA_MM = 0.020
PAINTED_SHARE = 0.4  # of the patches: hairs as in the render, all else painted another way
REACH_MM = 1.0  # offsets are asked for this near the end of a hair


@dataclass(frozen=True)
class Patch:
    """Input (3, S, S) in 0-1; heats (2, S/2, S/2); weight of heats; vectors (6, ...) and where they count (3, ...)."""

    image: np.ndarray
    heat: np.ndarray
    heat_weight: np.ndarray
    body: np.ndarray
    body_weight: np.ndarray
    vectors: np.ndarray
    vector_weight: np.ndarray


def draw_patch(sample: Sample, rng: np.random.Generator) -> Patch:
    """Cut a piece at random, spoil it, and draw its truth."""
    height, width = sample.rgb.shape[:2]
    scale = float(np.exp(rng.uniform(np.log(0.8), np.log(1.3))))
    angle = rng.uniform(0, 2 * np.pi)
    mirror = rng.choice([-1.0, 1.0])
    linear = (
        scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([mirror, 1.0])
    )
    centre = rng.uniform([SIZE / 3, SIZE / 3], [width - SIZE / 3, height - SIZE / 3])
    shift = np.array([SIZE / 2, SIZE / 2]) - linear @ centre
    move = np.concatenate([linear, shift[:, None]], axis=1)
    lines = [line[:, ::-1] @ linear.T + shift for line in sample.lines]
    if rng.random() < PAINTED_SHARE:
        near = [k for k, line in enumerate(lines) if (line.max(0) > -20).all() and (line.min(0) < SIZE + 20).all()]
        done = paint([lines[k] for k in near], sample.diameter_px[near] * scale, SIZE, rng)
        image = done.image if rng.random() < 0.5 else _spoil(done.image, rng)
        lines = [lines[k] for k in near]
        sample = Sample(sample.rgb, lines, done.width_px / scale, done.visible, done.root_seen)
    else:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        rgb = cv2.warpAffine(sample.rgb, move, (SIZE, SIZE), flags=way, borderMode=cv2.BORDER_REFLECT_101)
        image = _spoil(rgb.astype(np.float32) / 255, rng)
    # beyond the photo the picture is a mirror: nothing is taught there
    edge = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) @ linear.T + shift
    valid = np.zeros((HALF, HALF), np.uint8)
    cv2.fillConvexPoly(valid, np.round(edge / 2).astype(np.int32), 1)
    return _targets(image, lines, sample, scale, valid.astype(np.float32))


def _targets(image: np.ndarray, lines: list[np.ndarray], sample: Sample, scale: float, valid: np.ndarray) -> Patch:
    px_mm = PX_PER_MM / 2  # of the feature grid; a scaled patch shows hairs of another size, as another person has
    segment = np.full((HALF, HALF), -1, np.int32)
    ignored = np.zeros((HALF, HALF), np.uint8)
    table: list[tuple[float, ...]] = []
    heat = np.zeros((2, HALF, HALF), np.float32)
    heat_weight = np.stack([valid, valid])
    sigma = HEAT_SIGMA_MM * px_mm
    for line, diameter, visible, root_seen in zip(
        lines, sample.diameter_px, sample.visible, sample.root_seen, strict=True
    ):
        points = (line - 0.5) / 2
        if (points.max(0) < -8).any() or (points.min(0) > HALF + 8).any():
            continue
        width_px = max(diameter * scale / 2, 1.0)
        clear = visible >= CLEAR_SHARE
        whole = np.round(points * 16).astype(np.int32)
        thickness = max(1, round(width_px))
        if not clear:
            cv2.polylines(ignored, [whole], False, 1, thickness + 1, cv2.LINE_8, 4)
        arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        for k in range(len(points) - 1):
            if not clear:
                break
            way = points[k + 1] - points[k]
            way = way / max(float(np.linalg.norm(way)), 1e-6)
            near_root, near_tip = arc[k] <= REACH_MM * px_mm, arc[-1] - arc[k + 1] <= REACH_MM * px_mm
            cv2.line(segment, whole[k], whole[k + 1], len(table), thickness, cv2.LINE_8, 4)
            table.append((*way, *points[0], *points[-1], float(near_root), float(near_tip)))
        # a root under other hair is not asked for, though the hair is
        for channel, end, seen in ((0, points[0], clear and root_seen >= ROOT_SHARE), (1, points[-1], clear)):
            _dab(heat[channel] if seen else heat_weight[channel], end, sigma, seen)
    return _pack(image, segment, ignored, table, heat, heat_weight, valid, px_mm)


def _dab(plane: np.ndarray, end: np.ndarray, sigma: float, clear: bool) -> None:
    x, y = end
    if not (-2 < x < HALF + 2 and -2 < y < HALF + 2):
        return
    reach = 4 if clear else 3
    cx, cy = round(float(x)), round(float(y))
    x0, x1, y0, y1 = max(cx - reach, 0), min(cx + reach + 1, HALF), max(cy - reach, 0), min(cy + reach + 1, HALF)
    if x0 >= x1 or y0 >= y1:
        return
    gy, gx = np.mgrid[y0:y1, x0:x1]
    if not clear:
        plane[y0:y1, x0:x1] = 0
        return
    bump = np.exp(-((gx - x) ** 2 + (gy - y) ** 2) / (2 * sigma**2)).astype(np.float32)
    if 0 <= cx < HALF and 0 <= cy < HALF:
        bump[cy - y0, cx - x0] = 1.0
    plane[y0:y1, x0:x1] = np.maximum(plane[y0:y1, x0:x1], bump)


def _pack(
    image: np.ndarray, segment: np.ndarray, ignored: np.ndarray, table: list[tuple[float, ...]],
    heat: np.ndarray, heat_weight: np.ndarray, valid: np.ndarray, px_mm: float,
) -> Patch:  # fmt: skip
    on = segment >= 0
    body = on.astype(np.float32)
    body_weight = valid * np.where(on, 1.0, 1.0 - ignored).astype(np.float32)
    rows = np.array(table, np.float32) if table else np.zeros((1, 8), np.float32)
    of = rows[np.maximum(segment, 0)]
    gy, gx = np.mgrid[0:HALF, 0:HALF].astype(np.float32)
    here = np.stack([gx, gy, gx, gy], axis=-1)
    offsets = (of[..., 2:6] - here) / px_mm
    vectors = np.concatenate([of[..., :2], offsets], axis=-1).transpose(2, 0, 1) * on
    # far from its root nothing tells which way a long hair grows; its many pixels would drown the stubs
    near_root, near_tip = on * valid * of[..., 6], on * valid * of[..., 7]
    weight = np.stack([near_root, near_root, near_tip]).astype(np.float32)
    # an offset beyond its reach is not asked for
    weight[1] *= np.hypot(offsets[..., 0], offsets[..., 1]) <= 1.3 * REACH_MM
    weight[2] *= np.hypot(offsets[..., 2], offsets[..., 3]) <= 1.3 * REACH_MM
    return Patch(image.transpose(2, 0, 1), heat, heat_weight, body, body_weight, vectors.astype(np.float32), weight)


def _spoil(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # most photos are decent; a fifth are changed so far that colour tells little
    far = 1.0 if rng.random() < 0.2 else 0.4
    image = image * (1 + far * rng.uniform(-0.2, 0.2, 3)).astype(np.float32) * np.float32(rng.uniform(0.8, 1.2))
    image = np.clip(image, 0, 1) ** np.float32(np.exp(far * rng.normal(0, 0.25)))
    mean = image.mean((0, 1), keepdims=True)
    image = mean + (image - mean) * np.float32(1 + far * rng.uniform(-0.3, 0.35))
    grey = image.mean(2, keepdims=True)
    image = grey + (image - grey) * np.float32(1 + far * rng.uniform(-0.8, 0.4))
    if rng.random() < 0.35:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.25:
        image = image + np.float32(rng.uniform(0.3, 1.2)) * (image - cv2.GaussianBlur(image, (0, 0), 1.2))
    if rng.random() < 0.15:
        image = _veils(image, rng)
    if rng.random() < 0.1:
        image = _overlay(image, rng)
    if rng.random() < 0.6:
        image = image + rng.normal(0, rng.uniform(0.003, 0.03), image.shape).astype(np.float32)
    return np.clip(image, 0, 1).astype(np.float32)


def _veils(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whitish patches, as loose horn or glare lays over the roots."""
    veil = np.zeros((SIZE, SIZE), np.float32)
    for _ in range(int(rng.integers(1, 8))):
        centre = tuple(int(v) for v in rng.integers(0, SIZE, 2))
        axes = tuple(int(v) for v in rng.integers(3, 18, 2))
        cv2.ellipse(veil, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.2, 0.7)), -1)
    veil = cv2.GaussianBlur(veil, (0, 0), rng.uniform(1.5, 5))[..., None]
    return image + veil * (np.float32(rng.uniform(0.75, 1.0)) - image)


def _overlay(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Drawn lines, circles and letters, as devices burn into photos."""
    canvas = np.ascontiguousarray(np.clip(image * 255, 0, 255).astype(np.uint8))
    colour = tuple(int(v) for v in rng.choice([0, 25, 230, 255], 3))
    a, b = (tuple(int(v) for v in rng.integers(0, SIZE, 2)) for _ in range(2))
    kind = rng.integers(3)
    if kind == 0:
        cv2.line(canvas, a, b, colour, int(rng.integers(1, 4)), cv2.LINE_AA)
    elif kind == 1:
        cv2.circle(canvas, a, int(rng.integers(60, 400)), colour, int(rng.integers(1, 4)), cv2.LINE_AA)
    else:
        text = "".join(rng.choice(list("0123456789.mxRAD"), 7))
        cv2.putText(canvas, text, a, cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.5, 1.2)), colour, 1, cv2.LINE_AA)
    return canvas.astype(np.float32) / 255
