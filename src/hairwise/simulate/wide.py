"""The wide range: every skin and hair, oil, bubbles, lamps, labels; photos that a measurement may fail on.

Knows: what is seen in life, the rare as often as the usual. Must not know: what will be measured.
``variety.py`` draws the narrow range; its draws are the base of these and stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hairwise.simulate.marks import Dot
from hairwise.simulate.noise import substream
from hairwise.simulate.overlay import OverlaySettings
from hairwise.simulate.skin import linear
from hairwise.simulate.variety import SKINS, draw_camera, draw_scene_settings

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.simulate.lens import CameraSettings
    from hairwise.simulate.overlay import BarStyle
    from hairwise.simulate.scene import Colour, SceneSettings, Style

__all__ = ["DEEP_SKINS", "draw_wide_camera", "draw_wide_settings", "expose"]

DEEP_SKINS = ((92, 64, 49), (70, 48, 37), (51, 36, 30))  # sRGB in white light, deeper than ``variety.SKINS``
# hair colours with the skins they are drawn on: light on light and dark on dark are the hard ones
LOOKS: tuple[tuple[Colour, int, int], ...] = (
    ("black", 0, 8),
    ("black", 4, 8),  # dark on dark
    ("brown", 0, 5),
    ("dark_blond", 0, 3),
    ("blond", 0, 2),  # light on light
    ("red", 0, 2),
    ("grey", 0, 8),
    ("white", 0, 5),
)
STICKERS = ((230, 226, 214), (40, 160, 90), (225, 70, 60), (245, 205, 60), (60, 110, 200))
INKS = ((60, 40, 130), (30, 60, 170), (30, 30, 34))


def draw_wide_settings(seed: int, style: Style = "clipped") -> SceneSettings:
    """Draw a scalp from the wide range.

    Parameters
    ----------
    seed : int
        The same seed gives the same scalp.
    style : {"clipped", "short", "long"}
        Hair style.
    """
    rng = substream(seed, 54)
    base = draw_scene_settings(seed, style)
    colour, lightest, deepest = LOOKS[int(rng.integers(len(LOOKS)))]
    skins = (*SKINS, *DEEP_SKINS)
    dark = int(rng.integers(lightest, deepest))
    curl = float(rng.choice([0.0, 0.0, 0.15, 0.35, 0.7, 1.0]))
    if dark >= len(SKINS) - 1 and rng.random() < 0.6:
        curl = float(rng.uniform(0.7, 1.0))  # deep skin and coily hair go together more often than not
    settings = replace(
        base,
        colour=colour,
        skin_rgb=skins[dark],
        grey_share=float(rng.choice([0.0, 0.0, 0.1, 0.3, 0.6, 0.9])) if colour not in ("grey", "white") else 0.0,
        white_share=float(rng.uniform(0.3, 1.0)),
        intermediate_share=float(rng.choice([0.0, 0.15, 0.35])),
        thin_um=float(rng.choice([30.0, 24.0, 19.0])),
        curl=curl,
        curl_mm=float(rng.uniform(1.0, 3.0)),
        bundle_share=float(rng.uniform(0.2, 0.9)),
        root_gap=(0.8, 1.8),
        haze=float(rng.uniform(0.3, 1.2)),
        cast_share=float(rng.choice([0.0, 0.0, 0.15, 0.5])),
        # flat scale of one shade is rarely seen, least on deep skin
        scale_share=float(rng.uniform(0.0, 0.5)) if dark < len(SKINS) - 1 else 0.05,
        punctures_per_cm2=float(rng.choice([0.0, 0.0, 0.0, 30.0])),
    )
    if style == "long" and curl > 0.5:
        # coily hair of full length hides every root: what is photographed is a parting
        settings = replace(settings, long_mm=12.0, units_per_cm2=0.6 * settings.units_per_cm2)
    return _strewn(settings, rng)


def expose(camera: CameraSettings, settings: SceneSettings) -> CameraSettings:
    """Return the camera with the longer exposure that its automatic chooses on deep skin."""
    light = float(linear(settings.skin_rgb)[1])
    return replace(camera, exposure=camera.exposure * float(np.clip((0.35 / light) ** 0.5, 1.0, 2.2)))


def _strewn(settings: SceneSettings, rng: Generator) -> SceneSettings:
    """Draw what lies on the skin: oil, loose hair, pustules, stickers, ink."""
    dots = []
    for _ in range(int(rng.choice([0, 0, 0, 1, 2]))):
        is_paper = rng.random() < 0.5
        inks = STICKERS if is_paper else INKS
        dots.append(
            Dot(
                place_mm=(float(rng.uniform(-3, 3)), float(rng.uniform(-4, 4))),
                radius_mm=float(rng.uniform(0.5, 1.6) if is_paper else rng.uniform(0.25, 1.0)),
                rgb=inks[int(rng.integers(len(inks)))],
                kind="paper" if is_paper else "ink",
                is_over=bool(rng.random() < 0.5),
            )
        )
    return replace(
        settings,
        oil=float(rng.choice([0.0, 0.0, 0.0, 0.4, 1.0])),
        clippings_per_cm2=float(rng.choice([0.0, 4.0])),
        loose_per_cm2=float(rng.choice([0.0, 4.0, 15.0, 40.0])),
        pustules_per_cm2=float(rng.choice([0.0, 0.0, 0.0, 4.0])),
        dots=tuple(dots),
    )


def draw_wide_camera(seed: int, px_per_mm: float | None = None) -> CameraSettings:
    """Draw a photo from the wide range: scale 40-360 px/mm unless given.

    Parameters
    ----------
    seed : int
        The same seed gives the same photo.
    px_per_mm : float, optional
        Scale.
    """
    rng = substream(seed, 55)
    base = draw_camera(seed, px_per_mm)
    scale = base.px_per_mm if rng.random() < 0.7 else float(40 * 9 ** rng.uniform(0, 1))
    warmth = float(rng.uniform(-1, 1))
    is_pressed = rng.random() < 0.35
    return replace(
        base,
        px_per_mm=scale if px_per_mm is None else px_per_mm,
        exposure=base.exposure * float(rng.uniform(0.8, 1.35)),
        white_balance=(0.92 + 0.22 * warmth, float(rng.uniform(0.94, 1.03)), 1.02 - 0.26 * warmth),
        defocus_um=base.defocus_um * float(rng.choice([1.0, 1.0, 2.0])),
        motion_um=float(rng.choice([0.0, 0.0, 0.0, 12.0, 30.0])),
        motion_deg=float(rng.uniform(0, 180)),
        lift_um_per_mm=float(rng.uniform(2, 10)),
        aperture_share=float(rng.choice([0.0, 0.0, 0.0, 0.0, 0.94, 1.1])),
        bubbles_per_cm2=float(rng.choice([0.0, 15.0, 60.0])) if is_pressed else 0.0,
        plate=float(rng.uniform(0.5, 1.0)) if is_pressed else 0.0,
        lamp=float(rng.choice([0.0, 0.0, 0.0, 0.5, 1.0])) if not is_pressed else 0.0,
        overlay=_overlay(rng),
        jpeg_quality=int(rng.integers(45, 97)),
    )


def _overlay(rng: Generator) -> OverlaySettings:
    if rng.random() < 0.4:
        return OverlaySettings()
    radius = float(rng.uniform(1.2, 3.0)) if rng.random() < 0.35 else 0.0
    styles: tuple[BarStyle, ...] = ("ticks", "bracket", "solid")
    note = (f"C={6.2832 * radius:.3f} mm", f"A={3.1416 * radius**2:.3f} mm^2", f"r={radius:.3f} mm")
    return OverlaySettings(
        caption=f"Visit {int(rng.integers(1, 9))}  x{int(rng.choice([20, 50, 70]))}" if rng.random() < 0.5 else "",
        note=note if radius else (),
        note_at=(float(rng.uniform(0.1, 0.7)), float(rng.uniform(0.05, 0.7))),
        circle_mm=radius,
        bar_mm=1.0 if rng.random() < 0.75 else 0.0,
        bar_style=styles[int(rng.integers(3))],
        bar_at=(0.94, float(rng.choice([0.02, 0.05, 0.6]))),
        bar_rgb=(40, 40, 44) if rng.random() < 0.6 else (240, 240, 240),
        ink_rgb=(215, 40, 40) if rng.random() < 0.6 else (30, 40, 200),
    )
