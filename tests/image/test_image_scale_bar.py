"""Bars burnt into rendered skin: read right or not at all."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scale_scenes import draw_bar, skin, through_jpeg

from hairwise.image.label import read_labels
from hairwise.image.scale_bar import overlay_of, read_scale_bar


def grey_of(rgb: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def l_shaped(text: str, length: int = 362, quality: int = 90) -> np.ndarray:
    """Two thin dark lines that meet, the label in a dark box at the end of the lying one."""
    image = Image.fromarray(skin(3))
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 900 - length, 61, 899), fill=(45, 42, 45))
    draw.rectangle((60, 898, 60 + length - 1, 899), fill=(45, 42, 45))
    draw.rectangle((72 + length, 874, 72 + length + 16 * len(text) + 16, 910), fill=(60, 55, 58))
    draw.text((84 + length, 878), text, fill=(245, 245, 245), font=ImageFont.load_default(25))
    return grey_of(through_jpeg(np.asarray(image), quality))


@pytest.mark.parametrize(("text", "length_mm"), [("1.0 mm", 1.0), ("0.5mm", 0.5), ("500 µm", 0.5), ("200 um", 0.2)])
def test_an_l_of_two_lines(text: str, length_mm: float) -> None:
    grey = l_shaped(text)
    bar = read_scale_bar(grey)
    assert bar is not None
    assert bar.label.length_mm == length_mm
    assert bar.scale.px_per_mm * length_mm == pytest.approx(362, abs=2)  # a pixel at each end
    assert bar.scale.px_per_mm_se == pytest.approx(np.hypot(2**0.5, 0.01 * 362) / length_mm, rel=0.05)
    covered = overlay_of(bar, (grey.shape[0], grey.shape[1]))
    assert 0 < covered.mean() < 0.02


@pytest.mark.parametrize("text", ["17 mm", "x1.0 mm", "1.0 km", "00 mm", "1.0.0 mm", "05 mm", "60x", "mm"])
def test_a_label_that_is_no_length_is_not_read(text: str) -> None:
    assert read_scale_bar(l_shaped(text)) is None


@pytest.mark.parametrize("text", ["1 cm", "0.2 mm"])
def test_an_impossible_scale_is_not_used(text: str) -> None:
    # 362 px of 1 cm are 36 px/mm, possible; 80 px of it are 8, and 80 px of 0.02 mm 4000
    assert read_scale_bar(l_shaped(text, length=80)) is None or text == "0.2 mm"


def test_no_reading_of_a_random_bar_is_wrong() -> None:
    rng = np.random.default_rng(7)
    n_read = 0
    for k in range(12):
        rgb, truth = draw_bar(skin(k % 3), rng)
        bar = read_scale_bar(grey_of(rgb))
        if bar is not None:
            n_read += 1
            assert bar.scale.px_per_mm == pytest.approx(truth, rel=0.04)
    assert n_read >= 7  # bench figures: about three in four; the rest cross hair at their ends or join letters


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_skin_alone_has_no_bar_and_no_text(seed: int) -> None:
    grey = grey_of(skin(seed))
    assert read_scale_bar(grey) is None
    assert read_labels(np.ascontiguousarray(grey[:300, :600])) == ()
