"""Rulers drawn at known scale and direction; skin is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scale_scenes import skin

from hairwise.image.ruler import read_ruler


def ruler(px_per_mm: float, turn_deg: float, is_half: bool = False, is_inch: bool = False) -> np.ndarray:
    """Return a photo full of a ruler's edge, dark ticks on pale ground."""
    height, width, over = 960, 1280, 2
    n = 2 * 1600
    image = np.full((n, n), 205, np.float32)
    step = px_per_mm * over * (0.5 if is_half else 25.4 / 16 if is_inch else 1.0)
    reaches = [(8, 5.0), (4, 4.0), (2, 3.0), (1, 2.0)] if is_inch else [(10, 5.0), (5, 4.0), (1, 3.0)]
    reaches = [(20, 5.0), (10, 4.3), (2, 3.5), (1, 2.0)] if is_half else reaches
    for k in range(int(n / step)):
        reach = next(r for every, r in reaches if (k + 3) % every == 0)
        x = int(k * step)
        image[n // 2 : n // 2 + int(reach * px_per_mm * over), x : x + max(2, int(0.15 * px_per_mm * over))] = 40
    spin = cv2.getRotationMatrix2D((n / 2, n / 2), turn_deg, 1)
    image = cv2.warpAffine(image, spin, (n, n), borderMode=cv2.BORDER_REPLICATE)
    image = cv2.resize(image, None, fx=1 / over, fy=1 / over, interpolation=cv2.INTER_AREA)
    c = n // over // 2
    cut = image[c - height // 2 : c + height // 2, c - width // 2 : c + width // 2]
    noisy = cv2.GaussianBlur(cut, (0, 0), 1.0) + np.random.default_rng(1).normal(0, 3, cut.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("turn_deg", [0, 13, 90])
def test_a_millimetre_ruler(turn_deg: float) -> None:
    found = read_ruler(ruler(70, turn_deg))
    assert found is not None
    assert found.tick_mm == 1.0
    assert found.scale.px_per_mm == pytest.approx(70, rel=0.005)


def test_half_millimetres_show_by_their_length() -> None:
    found = read_ruler(ruler(80, 13, is_half=True))
    assert found is None or found.scale.px_per_mm == pytest.approx(80, rel=0.005)


def test_what_is_told_of_the_ticks_is_believed() -> None:
    found = read_ruler(ruler(70, 0), tick_mm=0.5)
    assert found is not None
    assert found.scale.px_per_mm == pytest.approx(140, rel=0.005)


def test_parts_of_an_inch_are_not_read() -> None:
    assert read_ruler(ruler(40, 0, is_inch=True)) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hair_is_no_ruler(seed: int) -> None:
    grey = cv2.cvtColor(skin(seed), cv2.COLOR_RGB2GRAY)
    assert read_ruler(grey) is None
    assert read_ruler(grey, tick_mm=1.0) is None
