"""Which source is believed, and that sources which disagree are told, never averaged."""

from __future__ import annotations

import numpy as np
import pytest
from scale_scenes import as_photo, camera_homography, ring_photo, skin

from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.image.calibrate import calibrate, choose
from hairwise.records.photo import ScaleHints, ScaleReading


def test_the_first_in_order_is_taken_whole_and_the_others_are_kept() -> None:
    bar, ring = ScaleReading("scale_bar", 103.0, 2.0), ScaleReading("ring", 100.0, 0.5)
    chosen = choose([bar, ring])
    assert (chosen.px_per_mm, chosen.source, chosen.others) == (100.0, "ring", (bar,))
    assert not chosen.flags & Flag.SCALE_DISAGREES


@pytest.mark.parametrize(
    ("other", "se", "is_told"),
    [(102.9, 0.1, False), (104.0, 0.1, True), (104.0, 2.0, False), (110.0, 2.0, True), (90.0, 1.0, True)],
)
def test_disagreement_needs_three_errors_and_three_per_cent(other: float, se: float, is_told: bool) -> None:
    chosen = choose([ScaleReading("given", 100.0, 1.0), ScaleReading("device", other, se)])
    assert bool(chosen.flags & Flag.SCALE_DISAGREES) == is_told


def test_no_source_is_no_scale() -> None:
    found = calibrate(as_photo(skin(1)), None)
    assert found.calibration.source == "none"
    assert found.skin is None


def test_paper_is_no_skin_even_where_the_scale_is_given() -> None:
    rgb = ring_photo(camera_homography(55, 0, 0, (640, 480)), skin(1))
    found = calibrate(as_photo(rgb), 55.0)
    assert found.calibration.source == "given"
    assert [o.source for o in found.calibration.others] == ["ring"]
    assert found.skin is not None
    assert found.skin.mean() == pytest.approx(np.pi * (5.7 * 55) ** 2 / rgb[..., 0].size, rel=0.02)


def test_a_given_scale_that_the_ring_contradicts_is_flagged() -> None:
    rgb = ring_photo(camera_homography(55, 0, 0, (640, 480)), skin(1))
    assert calibrate(as_photo(rgb), 70.0).calibration.flags & Flag.SCALE_DISAGREES


def test_a_device_follows_the_photos_size_but_not_a_crop() -> None:
    device = ScaleReading("device", 200.0, 4.0)
    found = calibrate(as_photo(skin(1)), None, ScaleHints(device=device, device_px=(2560, 1920)))
    assert found.calibration.source == "device"
    assert found.calibration.px_per_mm == pytest.approx(100.0)
    with pytest.raises(Refused) as refused:
        calibrate(as_photo(skin(1)), None, ScaleHints(device=device, device_px=(2560, 1280)))
    assert refused.value.code == "other_shape"


def test_a_ring_far_off_is_no_close_up() -> None:
    rgb = ring_photo(camera_homography(20, 0, 0, (640, 480)), skin(1))
    with pytest.raises(Refused) as refused:
        calibrate(as_photo(rgb), None)
    assert refused.value.code == "not_a_close_up"
