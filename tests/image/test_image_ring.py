"""Rings printed, laid on skin and photographed under known geometry."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scale_scenes import camera_homography, ring_photo, skin, true_scale

from hairwise.image.ring import read_ring, window_of
from hairwise.records.photo import Calibration
from hairwise.records.ring import RING
from hairwise.report.ring import sheet_pdf

CENTRE = (639.5, 479.5)


def grey_of(rgb: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def test_markers_touch_neither_each_other_nor_the_hole() -> None:
    corners = np.stack([RING.corners_mm(k) for k in range(RING.n_markers)])
    # a module of white all round is what a reader of markers needs
    assert np.linalg.norm(corners.mean(axis=1), axis=1) == pytest.approx(RING.markers_at_mm)
    assert np.linalg.norm(corners, axis=2).min() > RING.window_mm / 2 + RING.module_mm
    assert np.linalg.norm(corners, axis=2).max() < RING.outer_mm / 2 - RING.module_mm
    gaps = [np.linalg.norm(corners[k][:, None] - corners[k - 1][None], axis=2).min() for k in range(RING.n_markers)]
    assert min(gaps) > RING.module_mm


@pytest.mark.parametrize(
    ("px_per_mm", "tilt_deg", "blur_px", "jpeg", "shift"),
    [
        (55, 0, 0, 92, (20, -10)),
        (55, 10, 1, 85, (-60, 30)),
        (60, 25, 3, 75, (40, 60)),
        (30, 15, 1, 75, (150, 90)),
        (70, 25, 1.5, 75, (120, 60)),
    ],
)
def test_scale_tilt_and_error(
    px_per_mm: float, tilt_deg: float, blur_px: float, jpeg: int, shift: tuple[float, float]
) -> None:
    mm_to_px = camera_homography(px_per_mm, tilt_deg, 33, (640 + shift[0], 480 + shift[1]))
    ring = read_ring(grey_of(ring_photo(mm_to_px, skin(1), blur_px, jpeg)))
    assert ring is not None
    truth = true_scale(mm_to_px, CENTRE)
    assert abs(ring.scale.px_per_mm - truth) < 2 * ring.scale.px_per_mm_se  # the print's share of it has no error here
    assert ring.scale.px_per_mm == pytest.approx(truth, rel=0.01)
    assert ring.tilt_deg == pytest.approx(tilt_deg, abs=5)  # few corners on one side show tilt poorly
    assert ring.residual_mm < 0.03


def test_local_scale_and_window_follow_the_tilt() -> None:
    mm_to_px = camera_homography(50, 25, 10, (640, 480))
    ring = read_ring(grey_of(ring_photo(mm_to_px, skin(1))))
    assert ring is not None
    scale = ring.scale
    calibration = Calibration(scale.px_per_mm, scale.px_per_mm_se, "ring", scale.mm_from_px)
    for x, y in ((400.0, 300.0), (640.0, 480.0), (900.0, 700.0)):
        local = calibration.local_mm2_per_px(np.array([[y, x]]))[0] ** -0.5
        assert local == pytest.approx(true_scale(mm_to_px, (x, y)), rel=0.01)
    window = window_of(ring, (960, 1280))
    cells = np.argwhere(window).astype(float)
    area = float(calibration.local_mm2_per_px(cells).sum())
    assert area == pytest.approx(np.pi * (RING.window_mm / 2 - RING.skin_margin_mm) ** 2, rel=0.01)


def test_a_print_of_another_size_is_corrected() -> None:
    mm_to_px = camera_homography(55, 0, 0, (640, 480))
    grey = grey_of(ring_photo(mm_to_px, skin(1)))
    plain, told = read_ring(grey), read_ring(grey, printed_mm=98.0)
    assert plain is not None
    assert told is not None
    # a sheet printed smaller holds as many pixels in fewer mm
    assert told.scale.px_per_mm == pytest.approx(plain.scale.px_per_mm / 0.98, rel=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_skin_alone_has_no_ring(seed: int) -> None:
    assert read_ring(grey_of(skin(seed))) is None


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_sheet_is_one_page_and_always_the_same(paper: str) -> None:
    assert sheet_pdf(paper) == sheet_pdf(paper)  # type: ignore[arg-type]
    assert sheet_pdf(paper).startswith(b"%PDF")  # type: ignore[arg-type]
