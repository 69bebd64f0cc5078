"""What lies between skin and sensor: oil's sheen, a lamp's glare, bubbles under the contact plate, the aperture.

Knows: light added, bent or kept away. Must not know: hairs, follicles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.simulate.noise import Floats32, substream

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.simulate.lens import CameraSettings
    from hairwise.simulate.skin import Ground

__all__ = ["aperture", "motion", "paint_bubbles", "paint_lamp", "sheen"]

COOL = np.array([0.86, 0.95, 1.15], np.float32)
HIDES = 0.8  # brightness added by a glare from which nothing can be told any more


def sheen(ground: Ground, relief: Floats32, oil: float) -> Floats32:
    """Broad shine (H, W) of a film of oil or water: it fills the furrows and mirrors the lamp in wide patches."""
    soft = cv2.GaussianBlur(relief, (0, 0), max(0.03 * ground.lens.camera.px_per_mm, 0.8))
    scale = np.float32(ground.lens.camera.px_per_mm)
    light = np.deg2rad(ground.lens.camera.light_deg)
    dy = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8) * scale
    dx = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8) * scale
    slope = dy * np.float32(np.sin(light)) + dx * np.float32(np.cos(light))
    patch = np.clip(ground.noise(21, (0.7, 0.7)) + 0.3 * ground.noise(22, (0.15, 0.12)), 0, 1.5)
    facing = np.exp(-(((slope - 0.08) / 0.16) ** 2)) * (0.15 + patch)
    return np.asarray(np.float32(0.07 * oil) * facing, np.float32)


def _grid(ground: Ground) -> tuple[Floats32, Floats32]:
    height, width = ground.shape
    return np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]


def paint_lamp(ground: Ground, picture: Floats32, seed: int) -> Floats32:
    """Lay the mirror image of a lamp over the picture in place; return how far it hides (H, W), 0 to 1."""
    camera, (height, width) = ground.lens.camera, ground.shape
    rng = substream(seed, 32)
    y, x = _grid(ground)
    cy, cx = rng.uniform(0.1, 0.9) * height, rng.uniform(0.1, 0.9) * width
    long, flat, way = rng.uniform(0.10, 0.28) * width, rng.uniform(0.35, 1.0), rng.uniform(0, np.pi)
    c, s = np.float32(np.cos(way)), np.float32(np.sin(way))
    a, b = ((x - cx) * c + (y - cy) * s) / np.float32(long), ((y - cy) * c - (x - cx) * s) / np.float32(long * flat)
    # skin is no mirror: its relief frays the edge
    frayed = a * a + b * b + 0.25 * ground.noise(23, (0.12, 0.12)) + 0.25 * ground.noise(24, (0.03, 0.02))
    glare = np.asarray(np.float32(1.3 * camera.lamp) * np.exp(-np.maximum(frayed, 0)), np.float32)
    picture += glare[..., None] * COOL
    return np.asarray(np.clip(glare / HIDES, 0, 1), np.float32)


def paint_bubbles(ground: Ground, picture: Floats32, seed: int) -> Floats32:
    """Put air bubbles of the gel over the picture in place; return how far they hide what is below (H, W), 0 to 1.

    A bubble of 0.05 to 0.9 mm across bends the light: its inside shows a shrunk image, its rim a dark ring with a
    bright one within.
    """
    camera, (height, width) = ground.lens.camera, ground.shape
    rng = substream(seed, 31)
    hides = np.zeros(ground.shape, np.float32)
    area_cm2 = height * width / camera.px_per_mm**2 / 100
    count = int(rng.poisson(camera.bubbles_per_cm2 * area_cm2))
    # bubbles swarm: most lie near a few places
    swarm = rng.uniform(0, 1, (3, 2)) * (height, width)
    for _ in range(count):
        near = swarm[int(rng.integers(3))] + rng.normal(0, 0.8 * camera.px_per_mm, 2)
        middle = near if rng.random() < 0.6 else rng.uniform(0, 1, 2) * (height, width)
        radius = float(np.clip(0.09 * np.exp(rng.normal(0, 0.7)), 0.025, 0.45)) * camera.px_per_mm
        _bubble(picture, hides, (float(middle[0]), float(middle[1]), radius), camera, rng)
    return hides


def _bubble(
    picture: Floats32, hides: Floats32, place: tuple[float, float, float], camera: CameraSettings, rng: Generator
) -> None:
    cy, cx, radius = place
    spot = rng.uniform(-0.5, 0.5, 2)
    y0, y1 = max(int(cy - radius) - 2, 0), min(int(cy + radius) + 3, hides.shape[0])
    x0, x1 = max(int(cx - radius) - 2, 0), min(int(cx + radius) + 3, hides.shape[1])
    if radius < 2 or y0 >= y1 or x0 >= x1:
        return
    window = (slice(y0, y1), slice(x0, x1))
    y = np.arange(y0, y1, dtype=np.float32)[:, None] - np.float32(cy)
    x = np.arange(x0, x1, dtype=np.float32)[None, :] - np.float32(cx)
    r = np.sqrt(y * y + x * x) / np.float32(radius)
    far = 1 + np.float32(0.35) + np.float32(0.9) * r**3
    bent = cv2.remap(picture, np.float32(cx) + x * far, np.float32(cy) + y * far, cv2.INTER_LINEAR, None, 2)
    light = np.deg2rad(camera.light_deg)
    lit = 0.55 + 0.45 * (y * np.float32(np.sin(light)) + x * np.float32(np.cos(light))) / np.float32(radius) / (r + 0.1)
    bent = bent * (0.96 - 0.45 * np.exp(-(((r - 0.97) / 0.07) ** 2)))[..., None]
    rim = 0.45 * lit * np.exp(-(((r - 0.86) / 0.05) ** 2))
    rim = rim + 0.8 * np.exp(-((y / radius - spot[0]) ** 2 + (x / radius - spot[1]) ** 2) / 0.010)
    bent = bent + rim[..., None].astype(np.float32) * COOL
    inside = np.clip((1 - r) * np.float32(radius) + 0.5, 0, 1)
    picture[window] += inside[..., None] * (bent - picture[window])
    hides[window] = np.maximum(hides[window], inside)


def motion(lit: Floats32, camera: CameraSettings) -> Floats32:
    """Smear the light (H, W, 3) along the way the hand moved during the exposure."""
    length = camera.motion_um / 1000 * camera.px_per_mm
    if length < 0.5:
        return lit
    reach = int(np.ceil(length / 2)) + 1
    along = np.linspace(-length / 2, length / 2, 4 * reach + 1)
    way = np.deg2rad(camera.motion_deg)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for step in along:
        y, x = reach + step * np.sin(way), reach + step * np.cos(way)
        y0, x0 = int(np.floor(y)), int(np.floor(x))
        corners = (
            (0, 0, (1 - y + y0) * (1 - x + x0)),
            (0, 1, (1 - y + y0) * (x - x0)),
            (1, 0, (y - y0) * (1 - x + x0)),
            (1, 1, (y - y0) * (x - x0)),
        )
        for j, i, share in corners:
            if share > 0:
                kernel[y0 + j, x0 + i] += share
    return np.asarray(cv2.filter2D(lit, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT), np.float32)


def aperture(ground: Ground) -> Floats32:
    """Share of light (H, W) that a round opening lets through; all of it where the camera has none."""
    camera, (height, width) = ground.lens.camera, ground.shape
    if camera.aperture_share <= 0:
        return np.ones(ground.shape, np.float32)
    y, x = _grid(ground)
    radius = camera.aperture_share * min(height, width) / 2
    r = np.sqrt((y - (height - 1) / 2) ** 2 + (x - (width - 1) / 2) ** 2)
    return np.asarray(np.clip((radius - r) / (0.012 * min(height, width)) + 0.5, 0.001, 1), np.float32)
