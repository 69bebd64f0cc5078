"""What is rendered to learn from: people and photos drawn by seed, most of them like a clinic's close-ups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hairwise.simulate.lens import CameraSettings  # noqa: TC001
from hairwise.simulate.scene import SceneSettings  # noqa: TC001
from hairwise.simulate.variety import SKINS, draw_camera, draw_scene_settings, patch_for
from hairwise.simulate.wide import draw_wide_camera, draw_wide_settings

# of ten: dark clipped hair on light skin in tight bundles (root and tip are learnt there first), skin drawn without
# texture (another renderer's may be), the wide range, the usual range
KINDS = ("bundles",) * 4 + ("smooth", "wide", "wide", "wide", "wide", "usual")
STYLES = ("clipped",) * 6 + ("short", "short", "long", "long")


def draw(seed: int) -> tuple[SceneSettings, CameraSettings]:
    """Return the person and the photo of a seed."""
    kind, style = KINDS[seed % len(KINDS)], STYLES[(seed // 3) % len(STYLES)]
    if kind in ("bundles", "smooth"):
        style = "clipped"
    camera = draw_wide_camera(seed) if kind == "wide" else draw_camera(seed)
    settings = draw_wide_settings(seed, style) if kind == "wide" else draw_scene_settings(seed, style)
    if kind == "bundles":
        settings = _bundles(settings, seed)
        camera = replace(camera, exposure=max(camera.exposure, 0.6), tint=0.05)
    if kind == "smooth":
        settings, camera = _smooth(settings, seed), replace(camera, glints=0.0, uneven_focus=0.0)
    return replace(settings, patch_mm=patch_for(camera, style)), camera


def _bundles(settings: SceneSettings, seed: int) -> SceneSettings:
    rng = np.random.default_rng([seed, 77])
    return replace(
        settings,
        colour="brown" if rng.random() < 0.2 else "black",
        skin_rgb=SKINS[int(rng.integers(3))],
        grey_share=0.0,
        glued_share=float(rng.uniform(0.4, 0.95)),
        bundle_share=float(rng.uniform(0.0, 0.6)),
        root_gap=(float(rng.uniform(0.85, 1.1)), float(rng.uniform(1.5, 2.8))),  # shafts are solid
        unit_sizes=(0.25, 0.40, 0.28, 0.07),
        units_per_cm2=float(rng.uniform(60, 95)),
        scale_share=float(rng.uniform(0.2, 0.8)),
        haze=float(rng.uniform(0.0, 1.2)),
        cast_share=float(rng.choice([0.0, 0.0, 0.15])),
        intermediate_share=float(rng.choice([0.0, 0.15, 0.3])),
        loose_per_cm2=float(rng.choice([0.0, 4.0, 15.0])),
        redness=float(rng.choice([0.0, 0.0, 0.3])),
    )


def _smooth(settings: SceneSettings, seed: int) -> SceneSettings:
    rng = np.random.default_rng([seed, 78])
    return replace(
        settings,
        furrows=float(rng.choice([0.0, 0.1, 0.3])),
        vessels=float(rng.choice([0.0, 0.0, 0.5])),
        redness=0.0,
        flakes_per_cm2=0.0,
        scale_share=0.0,
        clippings_per_cm2=0.0,
        loose_per_cm2=float(rng.choice([0.0, 10.0])),
        moles_per_cm2=float(rng.choice([0.0, 4.0])),
        units_per_cm2=float(rng.uniform(20, 80)),
        thin_share=float(rng.choice([0.0, 0.2])),
    )
