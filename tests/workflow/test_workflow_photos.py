"""Photos that cannot answer are refused, and numbers follow the pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.simulate.scalp import (
    AgeSettings,
    CameraSettings,
    SceneSettings,
    age_scene,
    encode,
    make_scene,
    photograph,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hairwise.records.diary import Style
    from hairwise.simulate.scalp import Shot

SCALE = 120.0
CAMERA = CameraSettings(height_px=600, width_px=760, px_per_mm=SCALE)


@pytest.fixture(scope="module")
def shot() -> Shot:
    return photograph(make_scene(SceneSettings(patch_mm=(7, 8)), 5), CAMERA, 1)


def measured(rgb: np.ndarray, scale: float | None = SCALE, quality: int | None = None) -> workflow.Measured:
    kind = ("png", 0) if quality is None else ("jpg", quality)
    return workflow.measure_photo(encode(np.ascontiguousarray(rgb), *kind), "x", scale)


def density(m: workflow.Measured) -> float:
    assert m.measurement.density_per_cm2 is not None
    return m.measurement.density_per_cm2.value


def test_density_does_not_follow_light_or_compression(shot: Shot) -> None:
    whole = density(measured(shot.rgb))
    for light in (0.4, 0.7, 1.15):
        dim = np.clip(shot.rgb * light, 0, 255).astype(np.uint8)
        assert density(measured(dim)) == pytest.approx(whole, rel=0.15)  # a hair or two of forty come and go
    assert density(measured(shot.rgb, quality=15)) == pytest.approx(whole, rel=0.15)


def test_the_count_falls_with_the_hairs(shot: Shot) -> None:
    whole = measured(shot.rgb)
    half = np.array(shot.rgb)
    skin = np.median(half.reshape(-1, 3), axis=0)
    noise = np.random.default_rng(1).normal(0, 3, half[:, 380:].shape)
    half[:, 380:] = np.clip(skin + cv2.GaussianBlur(noise, (0, 0), 1) * 3, 0, 255)
    assert measured(half).measurement.count.value < 0.7 * whole.measurement.count.value


@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_to_see_is_refused(level: int) -> None:
    with pytest.raises(Refused) as refused:
        measured(np.full((400, 500, 3), level, np.uint8))
    assert refused.value.code == "nothing_usable"


def test_the_same_photo_twice_is_refused(shot: Shot) -> None:
    once = measured(shot.rgb)
    with pytest.raises(Refused) as refused:
        workflow.compare_photos(once, once)
    assert refused.value.code == "same_photo"


def test_a_soft_photo_is_not_compared(shot: Shot) -> None:
    soft = cv2.GaussianBlur(np.array(shot.rgb), (0, 0), 7)
    with pytest.raises(Refused) as refused:
        workflow.compare_photos(measured(shot.rgb), measured(soft))
    assert refused.value.code == "too_soft"


def test_what_is_wrong_with_a_photo_is_named_before_how_few_hairs_it_shows(shot: Shot) -> None:
    soft = measured(cv2.GaussianBlur(np.array(shot.rgb), (0, 0), 10))
    cut_out = measured(shot.rgb[200:400, 200:400])
    for photo, code in ((soft, "too_soft"), (cut_out, "small_photo")):
        with pytest.raises(Refused) as refused:
            workflow.compare_photos(photo, replace(photo, photo=replace(photo.photo, sha256="of another")))
        assert refused.value.code == code


def test_pale_hair_is_flagged_and_not_compared() -> None:
    scene = make_scene(SceneSettings(patch_mm=(7, 8), colour="blond", skin_rgb=(224, 196, 178)), 6)
    first, second = (measured(photograph(scene, CAMERA, seed).rgb) for seed in (1, 2))
    assert "pale_hair" in first.file.flags
    assert first.file.count is not None
    assert first.file.count.hi > 30
    with pytest.raises(Refused):
        workflow.compare_photos(first, second)


def test_great_loss_is_told_but_bleached_hair_is_no_loss() -> None:
    settings = SceneSettings(patch_mm=(7, 8), colour="black")
    scene = make_scene(settings, 8)
    before = measured(photograph(scene, CAMERA, 1).rgb)
    later = age_scene(scene, AgeSettings(lost_share=0.8), 3)
    after = measured(photograph(later, CAMERA, 2).rgb)
    assert "pale_hair" in after.file.flags  # alone it shows too few dark hairs to be sure
    change = workflow.compare_photos(before, after).change
    assert change.change.hi < -0.5 * change.n_t0
    bleached = make_scene(replace(settings, colour="blond"), 8)
    with pytest.raises(Refused) as refused:
        workflow.compare_photos(before, measured(photograph(bleached, CAMERA, 2).rgb))
    assert refused.value.code == "few_dark_hairs"


def test_a_doubled_scale_is_doubted(shot: Shot) -> None:
    assert "scale_doubtful" not in measured(shot.rgb).file.flags
    assert "scale_doubtful" in measured(shot.rgb, 2.5 * SCALE).file.flags


def test_turning_and_mirroring_keep_the_hairs(shot: Shot) -> None:
    whole = measured(shot.rgb)
    turned = measured(np.rot90(shot.rgb))
    mirrored = measured(shot.rgb[:, ::-1])
    for other in (turned, mirrored):
        # candidates near the threshold flip with the grid: a tenth of the hairs at most
        assert other.measurement.count.value == pytest.approx(whole.measurement.count.value, rel=0.1)
        assert np.nanmedian(other.measurement.diameter_um) == pytest.approx(
            np.nanmedian(whole.measurement.diameter_um), abs=4
        )


def test_wide_fields_are_refused_before_they_cost_memory() -> None:
    with pytest.raises(Refused) as refused:
        measured(np.full((2000, 3000, 3), 150, np.uint8), 30.0)
    assert refused.value.code in ("not_a_close_up", "nothing_usable")


def test_hair_that_hides_the_roots_is_not_compared() -> None:
    scene = make_scene(SceneSettings(style="long", colour="black", patch_mm=(11, 12)), 4)
    first, second = (measured(photograph(scene, CAMERA, seed).rgb) for seed in (1, 2))
    assert "long_hair" in first.file.flags
    with pytest.raises(Refused, match="hair lies over the skin") as refused:
        workflow.compare_photos(first, second)
    assert refused.value.code == "few_roots"


def wall() -> np.ndarray:
    """Draw a plastered wall in a slanting light."""
    rng = np.random.default_rng(3)
    rough = sum(cv2.GaussianBlur(rng.normal(0, 1, (900, 1200)), (0, 0), s) * s for s in (1, 4, 12))
    slope = np.linspace(-15, 15, 1200)[None, :]
    return np.clip(np.array([205, 190, 175]) + (12 * rough / rough.std() + slope)[..., None], 0, 255).astype(np.uint8)


def page_of_print() -> np.ndarray:
    """Draw a page of small print."""
    page = np.full((900, 1200, 3), (236, 232, 224), np.uint8)
    for row in range(30, 900, 34):
        words = "what stands here is no hair at all, only letters " * 2
        cv2.putText(
            page, words[row % 7 :], (20, row), cv2.FONT_HERSHEY_COMPLEX_SMALL, 0.9, (40, 36, 34), 1, cv2.LINE_AA
        )
    noise = np.random.default_rng(4).normal(0, 4, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("make", [wall, page_of_print])
def test_what_is_no_close_up_has_no_count(make: Callable[[], np.ndarray]) -> None:
    with pytest.raises(Refused) as refused:
        measured(make(), None, quality=90)
    assert refused.value.code in ("scale_needed", "unlike_hair", "not_a_close_up")


def test_bare_skin_is_counted_where_its_scale_is_known() -> None:
    bare = photograph(make_scene(SceneSettings(patch_mm=(7, 8), units_per_cm2=0.0), 9), CAMERA, 2).rgb
    assert len(measured(bare).hairs) <= 2  # a mark or a loose clipping may look like a hair
    with pytest.raises(Refused) as refused:
        measured(bare, None)
    assert refused.value.code == "scale_needed"


@pytest.mark.parametrize("style", ["clipped", "short", "long"])
def test_close_ups_are_counted_without_a_scale(style: Style) -> None:
    scene = make_scene(SceneSettings(style=style, patch_mm=(7, 8) if style == "clipped" else (11, 12)), 11)
    told = measured(photograph(scene, CAMERA, 3).rgb, None)
    assert told.measurement.count.value >= 3
    assert told.measurement.flags & Flag.NO_SCALE
