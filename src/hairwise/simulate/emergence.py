"""Where a unit's hairs come out: the veil of skin over them, the blue beneath, the collar of scale round the bundle.

Knows: the look of a unit's opening. Must not know: single shafts' colours, the sensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.simulate.skin import blob, linear
from hairwise.simulate.strands import BLUISH, UNDER, fibres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hairwise.simulate.noise import Floats32
    from hairwise.simulate.scene import Scene
    from hairwise.simulate.skin import Ground
    from hairwise.simulate.strands import Shaft

__all__ = ["cover_units", "paint_depths"]

VEIL_RGB = linear((172, 182, 198))
VEIL_OWN = 0.6  # share of the skin's own colour in a veil of skin, scattered bluer
BLUER = np.array([0.92, 1.05, 1.25], np.float32)
CAST_RGB = linear((205, 201, 188))
REACH_MM = 0.75


@dataclass(frozen=True)
class _Mouth:
    """A unit in the photo: its window, distance ahead of and beside its opening [mm], half-width [mm], dark share."""

    window: tuple[slice, slice]
    ahead: Floats32
    aside: Floats32
    half_mm: float
    dark: float
    cast: float


def _mouths(scene: Scene, ground: Ground, shafts: list[Shaft]) -> Iterator[_Mouth]:
    strands = scene.strands
    hairs = np.array(sorted(shaft.hair for shaft in shafts), np.int64)
    for unit in np.unique(strands.unit[hairs]):
        mine = hairs[strands.unit[hairs] == unit]
        roots = strands.root_mm[mine]
        found = blob(ground, roots.mean(0), REACH_MM)
        if found is None:
            continue
        window, dy, dx = found
        angle = float(np.angle(np.exp(1j * strands.angle_rad[mine]).mean()))
        c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        spread = (roots - roots.mean(0)) @ np.array([np.cos(angle), -np.sin(angle)])
        thick = float(strands.diameter_um[mine].mean()) / 1000
        half = float(np.abs(spread).max()) + thick / 2
        dark = float(np.mean([UNDER[k] for k in strands.colour[mine]])) * min(thick / 0.07, 1.2)
        cast = float(strands.cast[mine].max())
        yield _Mouth(window, dx * c + dy * s, dy * c - dx * s, half, dark, cast)


def paint_depths(scene: Scene, ground: Ground, shafts: list[Shaft], picture: Floats32) -> None:
    """Shade the skin over the buried bundle blue in place, and lay its collar of scale on the skin."""
    haze = scene.settings.haze
    if haze <= 0 and scene.settings.cast_share <= 0:
        return
    grain, veil, scale = fibres(scene, ground), _veil(scene), _cast(scene)
    flecks = ground.noise(400, (0.013, 0.010), scene.flow[0])
    for mouth in _mouths(scene, ground, shafts):
        view, own = picture[mouth.window], grain[mouth.window]
        if haze > 0:
            # the bundle sinks: wider and fainter upstream of the opening
            deep = np.clip(-mouth.ahead / np.float32(0.45), 0, 1.6)
            wide = np.float32(mouth.half_mm + 0.03) + np.float32(0.11) * deep
            blue = np.exp(-((mouth.aside / wide) ** 2) - 1.6 * deep * deep) * np.clip(1 - mouth.ahead / 0.10, 0, 1)
            blue = blue * (1 + 0.25 * own)
            view *= np.exp(-np.float32(0.95 * haze * mouth.dark) * np.clip(blue, 0, 2)[..., None] * BLUISH)
            # loose horny cells over the follicle sparkle
            spark = np.clip(flecks[mouth.window] - 0.9, 0, 1.5) * np.clip(blue, 0, 1)
            view += np.float32(0.30 * haze) * spark[..., None] * veil
        if mouth.cast > 0:
            alpha = np.float32(mouth.cast) * _collar(mouth, own, 0.07)
            view += alpha[..., None] * (scale * (1 + 0.15 * own)[..., None] - view)


def _collar(mouth: _Mouth, grain: Floats32, rim_mm: float) -> Floats32:
    """Tube of scale (H, W) round the first 0.3 mm of a bundle, 0 to 1, ragged."""
    aside = np.abs(mouth.aside) / np.float32(mouth.half_mm + rim_mm)
    along = np.abs(mouth.ahead - np.float32(0.08)) / np.float32(0.17)
    # the grain frays the edge and never reaches far beyond it
    inside = 1 - np.maximum(aside, 0.8 * along + 0.2 * aside) + np.clip(np.float32(0.28) * grain, -0.5, 0.4)
    return np.asarray(np.clip(inside / 0.35, 0, 1) * np.clip(0.55 + 0.3 * grain, 0.1, 1), np.float32)


def _cast(scene: Scene) -> Floats32:
    """Colour of scale: thin, so a little of the skin's own comes through."""
    own = linear(scene.settings.skin_rgb)
    return np.asarray(CAST_RGB * min(1.0, 0.30 + 1.6 * float(own.mean())), np.float32)


def _veil(scene: Scene) -> Floats32:
    """Colour of thin skin over a shaft: paler and bluer than the skin, dark where the skin is dark."""
    own = linear(scene.settings.skin_rgb)
    pale = VEIL_RGB * min(1.0, 1.6 * float(own.mean()) / float(VEIL_RGB.mean()))
    return np.asarray(VEIL_OWN * own * BLUER + (1 - VEIL_OWN) * pale, np.float32)


def cover_units(scene: Scene, ground: Ground, shafts: list[Shaft], picture: Floats32) -> Floats32:
    """Let the shafts come out of a veil of skin, not with a hard edge, in place; return the opacity (H, W)."""
    cover = np.zeros(ground.shape, np.float32)
    haze = scene.settings.haze
    if haze <= 0 and scene.settings.cast_share <= 0:
        return cover
    grain, tone, scale = fibres(scene, ground), _veil(scene), _cast(scene)
    for mouth in _mouths(scene, ground, shafts):
        view, own = picture[mouth.window], grain[mouth.window]
        veil = np.exp(-(((mouth.ahead + 0.09) / 0.11) ** 2) - (mouth.aside / (mouth.half_mm + 0.06)) ** 2)
        alpha = np.float32(0.62 * min(haze, 1.3)) * veil * np.clip(0.75 + 0.45 * own, 0.1, 1.3)
        view += alpha[..., None] * (tone * (0.8 + 0.15 * own)[..., None] - view)
        if mouth.cast > 0:
            flake = _collar(mouth, own, 0.02) * np.clip(0.5 + 0.35 * own, 0, 1) * np.float32(0.8 * mouth.cast)
            view += flake[..., None] * (scale * (1 + 0.15 * own)[..., None] - view)
            alpha = np.maximum(alpha, flake)
        cover[mouth.window] = np.maximum(cover[mouth.window], alpha)
    return cover
