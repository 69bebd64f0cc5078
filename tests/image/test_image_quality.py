"""Quality against known truth: blur, glare, captions, round apertures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hairwise.flags import Flag
from hairwise.image.quality import assess
from hairwise.records.photo import Photo


def skin(rng: np.random.Generator, shape: tuple[int, int] = (480, 640)) -> np.ndarray:
    """Textured skin with sharp dark bars."""
    base = np.full((*shape, 3), (190.0, 150.0, 130.0))
    base += cv2.GaussianBlur(rng.normal(0, 60, shape), (0, 0), 3)[..., None]
    for x in range(40, shape[1] - 40, 60):
        base[100:220, x : x + 8] = 30
    return base + rng.normal(0, 2, base.shape)


def photo(rgb: np.ndarray) -> Photo:
    return Photo(rgb=np.clip(rgb, 0, 255).astype(np.uint8), sha256="0", name="x")


@pytest.mark.parametrize("sigma", [1.5, 3.0, 5.0])
def test_blur_is_found(rng: np.random.Generator, sigma: float) -> None:
    soft = cv2.GaussianBlur(skin(rng), (0, 0), sigma)
    # bars of 8 px are not lone edges: their two edges meet once blurred, which adds up to a third
    assert assess(photo(soft)).blur_px == pytest.approx(sigma, rel=0.4, abs=0.3)


def test_blur_grows_and_is_flagged(rng: np.random.Generator) -> None:
    sharp = skin(rng)
    blurs = [assess(photo(cv2.GaussianBlur(sharp, (0, 0), s))).blur_px for s in (0.5, 2, 4, 8)]
    assert blurs == sorted(blurs)
    assert assess(photo(cv2.GaussianBlur(sharp, (0, 0), 8))).flags & Flag.BLURRED


def test_glare_and_captions_are_not_usable(rng: np.random.Generator) -> None:
    rgb = skin(rng)
    rgb[300:380, 400:520] = 255
    rgb[:40] = (128, 120, 130)
    usable = assess(photo(rgb)).usable
    assert not usable[310:370, 410:510].any()
    assert not usable[5:35, 5:-5].any()
    assert usable[240:290, 50:350].mean() > 0.99


def test_outside_a_round_aperture_is_not_usable(rng: np.random.Generator) -> None:
    rgb = skin(rng)
    yy, xx = np.mgrid[:480, :640]
    inside = (yy - 240) ** 2 + (xx - 320) ** 2 < 230**2
    rgb[~inside] = 3
    share = assess(photo(rgb)).usable.mean()
    assert share == pytest.approx(inside.mean(), abs=0.02)  # a rim of a few pixels


def test_dark_hair_stays_usable(rng: np.random.Generator) -> None:
    assert assess(photo(skin(rng))).usable[100:220, 40:48].all()


def test_blue_labels_are_not_usable_and_blue_light_is_no_label(rng: np.random.Generator) -> None:
    rgb = skin(rng)
    label = np.ascontiguousarray(np.clip(rgb, 0, 255).astype(np.uint8))
    cv2.putText(label, "A=19.9 mm", (60, 320), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (10, 10, 230), 3)
    usable = assess(photo(label)).usable
    assert not usable[300:320, 65:220].any()
    assert usable[100:220, 40:600].mean() > 0.99
    blue_light = np.clip(rgb * (0.5, 0.6, 1.3), 0, 255)
    assert assess(photo(blue_light)).usable.mean() > 0.95
