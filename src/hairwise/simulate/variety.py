"""Different people and different photos: settings drawn over the ranges seen in life.

Knows: plausible ranges. Must not know: what will be measured.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hairwise.simulate.lens import CameraSettings
from hairwise.simulate.noise import substream
from hairwise.simulate.scene import SceneSettings

if TYPE_CHECKING:
    from hairwise.simulate.scene import Colour, Style

__all__ = ["SKINS", "camera_beside", "draw_camera", "draw_scene_settings", "patch_for"]

COLOURS: tuple[Colour, ...] = ("black", "black", "black", "brown", "brown", "blond", "grey")
# light to deep skin, sRGB in white light
SKINS = ((224, 196, 178), (205, 184, 166), (196, 164, 140), (166, 128, 102), (122, 88, 68))


def draw_scene_settings(seed: int, style: Style = "clipped") -> SceneSettings:
    """Draw a person's scalp: thin or dense, dark or light, calm or scaly.

    Parameters
    ----------
    seed : int
        The same seed gives the same scalp.
    style : {"clipped", "short", "long"}
        Hair style.
    """
    rng = substream(seed, 51)
    colour = COLOURS[int(rng.integers(len(COLOURS)))]
    skins = SKINS[:3] if colour in ("blond", "brown") else SKINS  # fair hair on deep skin is rare
    return SceneSettings(
        style=style,
        units_per_cm2=float(rng.uniform(45, 95)),
        unit_gap_mm=0.65,
        clip_mm=float(rng.uniform(0.25, 0.8)),
        clip_spread=float(rng.uniform(0.15, 0.4)),
        diameter_um=float(rng.uniform(62, 98)),
        thin_share=float(rng.choice([0.05, 0.1, 0.3])),
        colour=colour,
        grey_share=float(rng.choice([0.0, 0.0, 0.15])),
        glued_share=float(rng.uniform(0.3, 0.9)),
        rise_deg=float(rng.uniform(15, 45)),
        skin_rgb=skins[int(rng.integers(len(skins)))],
        furrows=float(rng.uniform(0.6, 1.4)),
        vessels=float(rng.uniform(0.3, 1.5)),
        redness=float(rng.choice([0.0, 0.0, 0.3, 0.7])),
        flakes_per_cm2=float(rng.choice([2.0, 6.0, 40.0])),
        scale_share=float(rng.uniform(0.1, 0.8)),
        clippings_per_cm2=float(rng.choice([0.0, 6.0, 20.0])),
    )


def patch_for(camera: CameraSettings, style: Style = "clipped") -> tuple[float, float]:
    """Return a patch [mm] that fills the photo however it is turned, with room for the next visit's photo."""
    diagonal = float(np.hypot(camera.height_px, camera.width_px)) / camera.px_per_mm
    # hairs whose roots lie outside reach in by their length; of long hair 6 mm do for the look
    reach = {"clipped": 1.0, "short": 4.0, "long": 6.0}[style]
    side = diagonal * 1.25 + reach
    return side, side


def draw_camera(seed: int, px_per_mm: float | None = None) -> CameraSettings:
    """Draw a photo: scale 90-260 px/mm unless given, any light, mild tilt, some blur and noise."""
    rng = substream(seed, 52)
    warmth = rng.uniform(-1, 1)
    return CameraSettings(
        height_px=1024,
        width_px=1280,
        px_per_mm=float(np.exp(rng.uniform(np.log(90), np.log(260)))) if px_per_mm is None else px_per_mm,
        roll_deg=float(rng.uniform(-180, 180)),
        tilt_deg=float(abs(rng.normal(0, 4))),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        stretch=float(rng.uniform(0, 0.03)),
        light_deg=float(rng.uniform(0, 360)),
        light_gradient=float(rng.uniform(0.0, 0.3)),
        vignetting=float(rng.uniform(0.0, 0.3)),
        exposure=float(rng.uniform(0.45, 0.85)),
        white_balance=(float(0.9 + 0.12 * warmth), float(rng.uniform(0.95, 1.0)), float(1.0 - 0.12 * warmth)),
        tint=float(rng.uniform(0.0, 0.18)),
        defocus_um=float(rng.uniform(0, 12)),
        soft_px=float(rng.uniform(0.4, 1.2)),
        uneven_focus=float(rng.uniform(0, 1)),
        noise=float(rng.uniform(0.004, 0.03)),
        glints=float(rng.uniform(0, 1.6)),
        jpeg_quality=int(rng.integers(72, 97)),
    )


def camera_beside(camera: CameraSettings, seed: int) -> CameraSettings:
    """Draw the next visit's photo of the same spot: as near the first as a person gets by hand."""
    rng = substream(seed, 53)
    scale = camera.px_per_mm
    field_mm = np.array([camera.height_px, camera.width_px]) / scale
    shift = rng.uniform(-0.08, 0.08, 2) * field_mm
    return replace(
        camera,
        px_per_mm=scale * float(np.exp(rng.normal(0, 0.02))),
        centre_mm=(camera.centre_mm[0] + float(shift[0]), camera.centre_mm[1] + float(shift[1])),
        roll_deg=camera.roll_deg + float(rng.normal(0, 6)),
        tilt_deg=float(abs(rng.normal(0, 4))),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        stretch=float(rng.uniform(0, 0.03)),
        light_deg=camera.light_deg + float(rng.normal(0, 40)),
        exposure=camera.exposure * float(np.exp(rng.normal(0, 0.1))),
        defocus_um=float(rng.uniform(0, 12)),
        jpeg_quality=int(rng.integers(72, 97)),
    )
