"""Bare skin as the camera sees it: colour, relief, glints, marks.

Knows: how skin looks in linear light. Must not know: hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.simulate.lens import Lens, project, skin_nodes, spread
from hairwise.simulate.marks import CLIPPING, CRUST, FLAKE, MOLE, PUSTULE, RED
from hairwise.simulate.noise import Floats32, sample, substream, tile

if TYPE_CHECKING:
    from hairwise.records.base import Floats
    from hairwise.simulate.scene import Scene

__all__ = [
    "Ground",
    "blob",
    "linear",
    "make_ground",
    "paint_dots",
    "paint_marks",
    "paint_openings",
    "paint_skin",
    "shade",
]

# light lost by blood (haemoglobin) and by melanin in R, G, B, relative to the strongest: green is absorbed most by
# blood, blue most by melanin
BLOOD = np.array([0.12, 1.0, 0.75], np.float32)
MELANIN = np.array([0.45, 0.75, 1.0], np.float32)
GLINT_RGB = np.array([0.82, 0.92, 1.25], np.float32)  # a mirror image of the cool LED ring
INK = {MOLE: (95, 62, 45), CRUST: (70, 25, 20), FLAKE: (214, 212, 206)}  # sRGB
CUT_HAIR = {"black": (34, 28, 26), "brown": (66, 45, 33), "grey": (198, 197, 194), "blond": (142, 110, 72)}
CUT_HAIR |= {"white": (226, 225, 220), "red": (132, 66, 34), "dark_blond": (112, 84, 56)}
PUS = (226, 206, 158)
PAPER_SHADE = 0.10  # of a sticker's rim


def linear(rgb: tuple[int, int, int] | Floats) -> Floats32:
    """Convert sRGB 0-255 to linear light 0-1 (IEC 61966-2-1)."""
    v = np.asarray(rgb, np.float32) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)


@dataclass(frozen=True)
class Ground:
    """The places of the pixels on the skin, at steps of 1, 4 and 16 pixels."""

    lens: Lens
    places: dict[int, tuple[Floats32, Floats32]]
    seed: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the photo [px]."""
        return self.lens.camera.height_px, self.lens.camera.width_px

    def noise(self, layer: int, grain_mm: tuple[float, float], angle_rad: float = 0.0) -> Floats32:
        """Return unit noise of the skin (H, W); 0 where the grain is too fine for the photo."""
        grain_px = min(grain_mm) * self.lens.camera.px_per_mm
        # below one pixel the grain averages out; between, it fades in
        weight = float(np.clip((grain_px - 0.5) / 0.8, 0, 1))
        if weight == 0:
            return np.zeros(self.shape, np.float32)
        every = 1 if grain_px < 8 else 4 if grain_px < 48 else 16
        nodes = sample(tile(self.seed, layer), self.places[every], grain_mm, angle_rad)
        return spread(nodes, every, self.shape) * np.float32(weight)


def make_ground(scene: Scene, lens: Lens) -> Ground:
    """Find where on the skin each pixel looks."""
    coarse = skin_nodes(lens, 4)
    shape = (lens.camera.height_px, lens.camera.width_px)
    fine = [np.pad(spread(nodes, 4, shape), 1, mode="edge") for nodes in coarse]
    return Ground(lens, {1: (fine[0], fine[1]), 4: coarse, 16: skin_nodes(lens, 16)}, scene.seed)


def paint_skin(scene: Scene, ground: Ground) -> tuple[Floats32, Floats32]:
    """Colour (H, W, 3) in linear light and relief (H, W) [mm] of the skin without marks."""
    s = scene.settings
    lines = scene.flow[0] + 0.4
    slow, patchy = ground.noise(1, (1.6, 1.6)), ground.noise(2, (0.45, 0.45))
    mottled, fine = ground.noise(3, (0.10, 0.07), lines), ground.noise(4, (0.016, 0.012), lines)
    furrow = _ridges(ground, 5, (0.55, 0.28), lines) + 0.6 * _ridges(ground, 6, (0.40, 0.26), lines + 1.2)
    blood = 0.05 + 0.035 * slow + 0.025 * patchy + 0.02 * mottled + 0.22 * s.redness * (1 + 0.4 * slow)
    if s.vessels > 0:
        gate = np.clip(ground.noise(8, (1.2, 1.2)) - 0.4, 0, 1)
        blood = blood + 0.16 * s.vessels * gate * _ridges(ground, 7, (0.30, 0.22), lines + 0.8, wide=0.22)
    melanin = 0.04 * patchy - 0.05 * slow + 0.03 * mottled + 0.02 * fine + 0.07 * furrow * s.furrows
    colour = linear(s.skin_rgb) * np.exp(-blood[..., None] * BLOOD - melanin[..., None] * MELANIN)
    # plates of the horny layer, 20-80 um across and a few um high, between furrows of some 10 um
    relief = 0.0016 * fine + 0.0032 * ground.noise(9, (0.045, 0.020), lines + 0.6) + 0.006 * mottled - 0.010 * furrow
    relief = relief + 0.0032 * ground.noise(10, (0.045, 0.018), lines - 0.6) - 0.004 * _mesh(ground, lines)
    relief = relief * s.furrows
    return colour.astype(np.float32), relief.astype(np.float32)


def _mesh(ground: Ground, angle_rad: float) -> Floats32:
    """Two crossing sets of fine furrows, about 0.1 mm apart."""
    one = _ridges(ground, 15, (0.17, 0.06), angle_rad + 0.7, wide=0.22)
    return one + _ridges(ground, 16, (0.15, 0.05), angle_rad - 0.7, wide=0.22)


def _ridges(
    ground: Ground, layer: int, grain_mm: tuple[float, float], angle_rad: float, wide: float = 0.10
) -> Floats32:
    """Winding lines where noise changes sign, 1 on the line; ``wide`` is their half-width in noise units."""
    value = ground.noise(layer, grain_mm, angle_rad)
    return np.asarray(np.exp(-((value / np.float32(wide)) ** 2)), np.float32)


def shade(ground: Ground, relief: Floats32, glints: float) -> tuple[Floats32, Floats32]:
    """Diffuse shading (H, W), about 1, and mirror glints (H, W) of the relief.

    A facet glints where its slope sends a lamp to the lens; the skin's own slow slope and the lamp decide which
    facets do, so glints come in patches and move when the lamp moves.
    """
    camera = ground.lens.camera
    scale = np.float32(camera.px_per_mm)
    dy, dx = (
        cv2.Sobel(relief, cv2.CV_32F, 0, 1, scale=1 / 8) * scale,
        cv2.Sobel(relief, cv2.CV_32F, 1, 0, scale=1 / 8) * scale,
    )
    light = np.deg2rad(camera.light_deg)
    ly, lx = np.float32(np.sin(light)), np.float32(np.cos(light))
    slope = dy * ly + dx * lx
    side = dx * ly - dy * lx
    # the lamp is mirrored near one side of the field; there small slopes glint already
    height, width = ground.shape
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    want = np.float32(0.30) - np.float32(0.22) * (ly * y + lx * x) + np.float32(0.16) * ground.noise(12, (0.9, 0.9))
    want = np.maximum(want, np.float32(0.02))
    # facets are rough: past the mirror slope the glint stays, it does not turn back into a dark line
    steep = np.clip((slope - want) / 0.34 + 0.9, 0, 1.4)
    facing = 0.75 * steep * steep * np.exp(-((side / 0.35) ** 2))
    return np.clip(1 + 0.35 * slope, 0.5, 1.5), np.asarray(np.float32(glints) * facing, np.float32)


def blob(ground: Ground, place_mm: Floats, reach_mm: float) -> tuple[tuple[slice, slice], Floats32, Floats32] | None:
    """Pixels within ``reach_mm`` of a place: their window and their offsets dy, dx on the skin [mm]."""
    centre = project(ground.lens, np.array([[place_mm[0], place_mm[1], 0.0]]))[0]
    reach = int(np.ceil(reach_mm * ground.lens.camera.px_per_mm * 1.15)) + 1
    height, width = ground.shape
    y0, y1 = max(int(centre[0]) - reach, 0), min(int(centre[0]) + reach + 1, height)
    x0, x1 = max(int(centre[1]) - reach, 0), min(int(centre[1]) + reach + 1, width)
    if y0 >= y1 or x0 >= x1:
        return None
    window = (slice(y0, y1), slice(x0, x1))
    inner = (slice(y0 + 1, y1 + 1), slice(x0 + 1, x1 + 1))  # places[1] has one pixel more on each side
    y, x = ground.places[1]
    return window, y[inner] - np.float32(place_mm[0]), x[inner] - np.float32(place_mm[1])


def paint_openings(scene: Scene, ground: Ground, picture: Floats32) -> None:
    """Darken the follicles' openings in place; a lost hair leaves its own behind, 60-100 um wide."""
    for place in scene.opening_mm:
        found = blob(ground, place, 0.10)
        if found is None:
            continue
        window, dy, dx = found
        pit = np.exp(-(dy * dy + dx * dx) / np.float32(0.035**2))
        picture[window] *= np.exp(-np.float32(0.22) * pit[..., None] * MELANIN)


def paint_marks(scene: Scene, ground: Ground, picture: Floats32, over: bool) -> Floats32:
    """Paint marks below (``over`` false) or above the hairs in place; return the opacity (H, W) of those above."""
    marks, cover = scene.marks, np.zeros(ground.shape, np.float32)
    jag = ground.noise(100 + scene.visit, (0.02, 0.014))
    rng = substream(scene.seed, 14, scene.visit)
    for k in range(len(marks)):
        kind, along, across = int(marks.kind[k]), float(marks.along_mm[k]), float(marks.across_mm[k])
        tone = rng.uniform(0.75, 1.15)
        if (kind in (FLAKE, CLIPPING)) != over:
            continue
        found = blob(ground, marks.place_mm[k], 1.6 * max(along, across))
        if found is None:
            continue
        window, dy, dx = found
        c, s = np.float32(np.cos(marks.angle_rad[k])), np.float32(np.sin(marks.angle_rad[k]))
        a, b = np.abs(dx * c + dy * s), np.abs(dy * c - dx * s)
        if kind == CLIPPING:
            px = ground.lens.camera.px_per_mm
            alpha = np.clip(0.5 + (along - a) * px, 0, 1) * np.clip(0.5 + (across - b) * px, 0, 1)
        elif kind == PUSTULE:
            _paint_pustule(
                picture[window], np.sqrt(dx * dx + dy * dy) / np.float32(along), jag[window], float(marks.alpha[k])
            )
            continue
        else:
            rough = 0.0 if kind == RED else 0.5 if kind == FLAKE else 0.1
            edge = {RED: 0.9, MOLE: 0.35}.get(kind, 0.15)
            radius = np.sqrt((a / along) ** 2 + (b / across) ** 2) + rough * jag[window]
            alpha = np.clip((1 - radius) / edge + 0.5, 0, 1)
        alpha = (alpha * marks.alpha[k]).astype(np.float32)
        if kind == RED:
            picture[window] *= np.exp(-alpha[..., None] * BLOOD)
        else:
            ink = linear(CUT_HAIR[scene.settings.colour] if kind == CLIPPING else INK[kind])
            picture[window] += alpha[..., None] * (ink * np.float32(tone) - picture[window])
        cover[window] = np.maximum(cover[window], alpha)
    return cover


def _paint_pustule(view: Floats32, radius: Floats | Floats32, jag: Floats32, strength: float) -> None:
    """Paint a red rim that fades outwards and a pale dome of 0.4 of its radius with the lamp's image on it."""
    rim = np.exp(-((radius / 0.55) ** 2)) * np.float32(0.9 * strength)
    view *= np.exp(-rim[..., None] * BLOOD)
    dome = np.clip((0.36 - radius + 0.02 * jag) / 0.10, 0, 1) * np.float32(0.85 * strength)
    view += dome[..., None] * (linear(PUS) * np.float32(0.95) - view)
    view += np.float32(0.25 * strength) * np.exp(-(((radius - 0.12) / 0.05) ** 2))[..., None] * dome[..., None]


def paint_dots(scene: Scene, ground: Ground, picture: Floats32, over: bool) -> Floats32:
    """Stick paper dots and ink below or above the hairs in place; return what they hide (H, W), 0 to 1."""
    cover = np.zeros(ground.shape, np.float32)
    for k, dot in enumerate(scene.settings.dots):
        found = blob(ground, np.array(dot.place_mm), 1.25 * dot.radius_mm) if dot.is_over == over else None
        if found is None:
            continue
        window, dy, dx = found
        radius = np.sqrt(dy * dy + dx * dx)
        px = ground.lens.camera.px_per_mm
        if dot.kind == "ink":
            # ink runs along the furrows and stains; it hides nothing
            run = ground.noise(500 + k, (0.09, 0.05), scene.flow[0])[window]
            stain = np.clip((dot.radius_mm - radius + 0.03 * run) / 0.10 + 0.5, 0, 1) * np.clip(0.8 + 0.2 * run, 0.3, 1)
            clear = np.maximum(linear(dot.rgb), 0.02)
            picture[window] *= np.exp(1.1 * stain[..., None] * np.log(clear))
            continue
        alpha = np.clip((dot.radius_mm - radius) * px + 0.5, 0, 1)
        fibre = 1 + 0.05 * ground.noise(500 + k, (0.05, 0.012), 0.7)[window]
        rim = 1 - PAPER_SHADE * np.exp(-(((dot.radius_mm - radius) / 0.03) ** 2))
        shadow = np.exp(-((np.maximum(radius - dot.radius_mm, 0) / 0.05) ** 2)) * (1 - alpha)
        picture[window] *= (1 - 0.35 * shadow)[..., None]
        picture[window] += alpha[..., None] * (linear(dot.rgb) * (fibre * rim)[..., None] - picture[window])
        cover[window] = np.maximum(cover[window], alpha)
    return cover
