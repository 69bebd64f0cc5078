"""Drawn rings, bars and rulers whose scale is known."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hairwise.records.photo import Photo
from hairwise.records.ring import RING
from hairwise.report.ring import ring_png
from hairwise.simulate.scalp import CameraSettings, SceneSettings, make_scene, photograph

if TYPE_CHECKING:
    from pathlib import Path

_PRINT_PX_PER_MM = 60.0


@cache
def printed_ring() -> np.ndarray:
    data = np.frombuffer(ring_png(_PRINT_PX_PER_MM * 25.4), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


@cache
def skin(seed: int, height: int = 960, width: int = 1280, px_per_mm: float = 100.0) -> np.ndarray:
    patch = (height / px_per_mm + 2, width / px_per_mm + 2)
    camera = CameraSettings(height_px=height, width_px=width, px_per_mm=px_per_mm)
    return np.array(photograph(make_scene(SceneSettings(patch_mm=patch), seed), camera, seed).rgb)


def camera_homography(px_per_mm: float, tilt_deg: float, turn_deg: float, shift_px: tuple[float, float]) -> np.ndarray:
    """Return mm (x, y) to px (x, y) of a pinhole 60 mm above the ring, its image's middle at the shift."""
    tilt, turn = np.radians(tilt_deg), np.radians(turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turned = lean @ spin
    away = 60.0
    pose = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, away]])
    lens = np.array([[px_per_mm * away, 0, shift_px[0]], [0, px_per_mm * away, shift_px[1]], [0, 0, 1]])
    return lens @ pose


def true_scale(mm_to_px: np.ndarray, at_xy: tuple[float, float]) -> float:
    """Square root of the local area scale at a pixel [px/mm], by finite differences."""
    back = np.linalg.inv(mm_to_px)

    def mm(x: float, y: float) -> np.ndarray:
        p = back @ np.array([x, y, 1.0])
        return p[:2] / p[2]

    x, y = at_xy
    across, down = mm(x + 0.5, y) - mm(x - 0.5, y), mm(x, y + 0.5) - mm(x, y - 0.5)
    return float(abs(across[0] * down[1] - across[1] * down[0]) ** -0.5)


def ring_photo(mm_to_px: np.ndarray, background: np.ndarray, blur_px: float = 0.0, jpeg: int = 92) -> np.ndarray:
    """Lay the printed ring on skin: paper outside the hole, skin inside."""
    art = printed_ring()
    half = RING.outer_mm / 2
    art_to_mm = np.array([[1 / _PRINT_PX_PER_MM, 0, -half], [0, 1 / _PRINT_PX_PER_MM, -half], [0, 0, 1]])
    centre = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])  # pixel centres of the art
    to_px = mm_to_px @ art_to_mm @ centre
    size = (background.shape[1], background.shape[0])
    over = 3  # supersampled, so that the drawing's edges lie where they should
    big = np.array([[over, 0, (over - 1) / 2], [0, over, (over - 1) / 2], [0, 0, 1.0]]) @ to_px
    big_size = (size[0] * over, size[1] * over)
    y, x = np.mgrid[0 : art.shape[0], 0 : art.shape[1]]
    r = np.hypot(y + 0.5 - art.shape[0] / 2, x + 0.5 - art.shape[1] / 2) / _PRINT_PX_PER_MM
    paper = ((r > RING.window_mm / 2) & (r < half - 0.1)).astype(np.float32)
    shown = cv2.resize(
        cv2.warpPerspective(art, big, big_size, flags=cv2.INTER_LINEAR), size, interpolation=cv2.INTER_AREA
    )
    cover = cv2.resize(cv2.warpPerspective(paper, big, big_size), size, interpolation=cv2.INTER_AREA)[..., None]
    mixed = background * (1 - cover) + shown * 0.9 * cover
    if blur_px:
        mixed = cv2.GaussianBlur(mixed, (0, 0), blur_px)
    noisy = mixed + np.random.default_rng(3).normal(0, 2, mixed.shape)
    return through_jpeg(np.clip(noisy, 0, 255).astype(np.uint8), jpeg)


def through_jpeg(rgb: np.ndarray, quality: int) -> np.ndarray:
    ok, data = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert ok
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def as_photo(rgb: np.ndarray) -> Photo:
    return Photo(rgb=np.ascontiguousarray(rgb), sha256="0" * 64, name="x.jpg")


LENGTHS = (
    ("1.0 mm", 1.0), ("0.5mm", 0.5), ("500 µm", 0.5), ("200 um", 0.2), ("1 cm", 10.0), ("2 mm", 2.0), ("1mm", 1.0),
    ("0.25 mm", 0.25), ("100 µm", 0.1), ("1000 µm", 1.0), ("0.5 mm", 0.5), ("250 µm", 0.25), ("1.5 mm", 1.5),
)  # fmt: skip


def draw_bar(rgb: np.ndarray, rng: np.random.Generator, fonts: tuple[str | Path, ...] = ()) -> tuple[np.ndarray, float]:
    """Burn a bar of random look, text and place into a photo; return it and its true scale [px/mm]."""
    height, width = rgb.shape[:2]
    text, length_mm = LENGTHS[int(rng.integers(len(LENGTHS)))]
    length = int(rng.integers(60, 420))
    while not 25 <= length / length_mm <= 2000:
        text, length_mm = LENGTHS[int(rng.integers(len(LENGTHS)))]
    thick = int(rng.integers(1, 11))
    tall = float(rng.uniform(10, 60))  # digits' height
    size = round(tall / 0.72)
    font: Any = ImageFont.truetype(str(fonts[int(rng.integers(len(fonts)))]), size) if fonts else None
    font = font or ImageFont.load_default(size)
    text = text if fonts else text.replace("µ", "u")  # Pillow's own letters lack the micro sign
    light_bar, style = bool(rng.integers(2)), ["box", "plain", "panel"][int(rng.integers(3))]
    x0, y0, x1, y1 = (int(v) for v in font.getbbox(text))
    wide, high = x1 - x0, y1 - y0
    pad = max(4, round(0.25 * tall))
    image = Image.fromarray(rgb)
    draw = ImageDraw.Draw(image)
    lying = style == "panel" or bool(rng.integers(3))
    bar_w, bar_h = (length, thick) if lying else (thick, length)
    gap = pad + 4 + int(rng.integers(0, 8))
    need_w, need_h = bar_w + wide + 3 * gap + 20, bar_h + high + 3 * gap + 20
    left = int(rng.integers(20, max(21, width - need_w)))
    top = int(rng.integers(20 + high + 2 * gap, max(21 + high + 2 * gap, height - need_h)))
    where = "over" if style == "panel" else ["over", "under", "right"][int(rng.integers(3))]
    tx, ty = {
        "over": (left + max(0, (bar_w - wide) // 2), top - gap - high),
        "under": (left + max(0, (bar_w - wide) // 2), top + bar_h + gap),
        "right": (left + bar_w + gap, top + bar_h - high if not lying else top - high // 2),
    }[where]
    dark, light = (int(rng.integers(0, 50)),) * 3, (int(rng.integers(225, 256)),) * 3
    ink, paper = (light, dark) if light_bar else (dark, light)
    if style == "panel":
        draw.rectangle((min(left, tx) - 16, ty - 14, max(left + bar_w, tx + wide) + 16, top + bar_h + 14), fill=paper)
    elif style == "box" or light_bar:  # white text straight on pale skin is not legible to anybody
        draw.rectangle((tx - pad, ty - pad, tx + wide + pad, ty + high + pad), fill=paper)
    bar_ink = ink if style == "panel" else dark
    draw.rectangle((left, top, left + bar_w - 1, top + bar_h - 1), fill=bar_ink)
    if lying and style != "panel" and rng.integers(3) == 0:  # ticks at both ends
        for x in (left, left + bar_w - thick):
            draw.rectangle((x, top - 6, x + thick - 1, top + bar_h + 5), fill=bar_ink)
    draw.text((tx - x0, ty - y0), text, fill=ink, font=font)
    return through_jpeg(np.asarray(image), int(rng.integers(75, 96))), length / length_mm
