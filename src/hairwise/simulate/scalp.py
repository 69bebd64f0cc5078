"""Close-ups of a made scalp with known truth.

Knows: how a scene becomes a photo. Must not know: the code that will measure it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from hairwise.records.base import Bools, Bytes, Floats, Ints, freeze
from hairwise.simulate.emergence import cover_units, paint_depths
from hairwise.simulate.lens import CameraSettings, Lens, make_lens
from hairwise.simulate.noise import Floats32, substream
from hairwise.simulate.overlay import Drawn, draw_over
from hairwise.simulate.plate import aperture, motion, paint_bubbles, paint_lamp, sheen
from hairwise.simulate.scene import AgeSettings, Scene, SceneSettings, age_scene, make_scene
from hairwise.simulate.skin import (
    GLINT_RGB,
    Ground,
    make_ground,
    paint_dots,
    paint_marks,
    paint_openings,
    paint_skin,
    shade,
)
from hairwise.simulate.strands import Shaft, paint_emergences, paint_haze, paint_shafts, paint_under, project_shafts

__all__ = [
    "CLEAR_SHARE",
    "METHOD_VERSION",
    "ROOT_SHARE",
    "AgeSettings",
    "CameraSettings",
    "Scene",
    "SceneSettings",
    "Shot",
    "age_scene",
    "encode",
    "make_scene",
    "photograph",
    "render",
]

METHOD_VERSION = "phantom-2"
ROOT_MM = 0.2  # of a hair whose root is to be seen: two shafts long
# least of a hair's part in the photo, and of its first 0.2 mm: what shows less can be found or missed without fault
CLEAR_SHARE, ROOT_SHARE = 0.25, 0.3


@dataclass(frozen=True)
class Shot:
    """A photo of a scene and what is truly in it; hairs whose root or shaft touches the photo, H of them.

    Attributes
    ----------
    rgb : (H, W, 3) array of uint8
        The photo.
    px_per_mm : float
        Scale in the middle of the photo, before the skin is stretched.
    lines_px : tuple of (P, 2) arrays
        Centrelines (y, x), root first; they may run out of the photo [px].
    hair_id, unit : (H,) array of int
        Name kept over visits; follicular unit.
    diameter_um, length_mm : (H,) array
        True width and free length.
    visible_share : (H,) array
        Share of the hair's own area that shows in the photo: not covered, not outside. 0 to 1.
    root_share : (H,) array
        Share of its first 0.2 mm that no other hair, mark or bubble covers, 0 to 1; scale round the root is no cover.
    root_inside : (H,) array of bool
        Whether the root lies in the photo.
    colour : (H,) array of int
        Index in ``scene.COLOURS``.
    curl_rad : (H,) array
        Pitch of the helix, 0 straight, signed by its hand [rad].
    overlay : Drawn
        Where bar and circle were drawn.
    """

    rgb: Bytes
    px_per_mm: float
    lines_px: tuple[Floats, ...]
    hair_id: Ints
    unit: Ints
    diameter_um: Floats
    length_mm: Floats
    visible_share: Floats
    root_share: Floats
    root_inside: Bools
    colour: Ints
    curl_rad: Floats
    overlay: Drawn

    @property
    def root_px(self) -> Floats:
        """Roots (H, 2), (y, x) [px]."""
        return np.array([line[0] for line in self.lines_px]).reshape(-1, 2)

    @property
    def tip_px(self) -> Floats:
        """Tips (H, 2), (y, x) [px]."""
        return np.array([line[-1] for line in self.lines_px]).reshape(-1, 2)

    @property
    def clear_share(self) -> Floats:
        """Share (H,) of each hair's part inside the photo that is not covered, 0 to 1."""
        limits = np.array(self.rgb.shape[:2]) - 1
        inside = np.zeros(len(self.lines_px))
        for h, line in enumerate(self.lines_px):
            steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
            middle = (line[1:] + line[:-1]) / 2
            inside[h] = steps[np.all((middle >= 0) & (middle <= limits), axis=1)].sum() / max(steps.sum(), 1e-9)
        clear: Floats = np.clip(self.visible_share / np.maximum(inside, 0.02), 0, 1)
        return clear

    @property
    def is_clear(self) -> Bools:
        """Hairs (H,) that show enough to be seen."""
        return np.asarray(self.clear_share >= CLEAR_SHARE)

    @property
    def root_is_clear(self) -> Bools:
        """Hairs (H,) that can be seen to begin where they do: a detector may be held to these."""
        return np.asarray(self.root_inside & self.is_clear & (self.root_share >= ROOT_SHARE))


def render(scene: Scene, camera: CameraSettings, seed: int) -> Bytes:
    """Return only the photo, (H, W, 3) uint8; see ``photograph``."""
    return photograph(scene, camera, seed).rgb


def photograph(scene: Scene, camera: CameraSettings, seed: int) -> Shot:
    """Photograph a scene.

    Parameters
    ----------
    scene : Scene
        From ``make_scene`` or ``age_scene``.
    camera : CameraSettings
        Pose, light and flaws.
    seed : int
        Draws the stretch of the skin and the noise.

    Returns
    -------
    Shot
        The photo with its truth. Scale from 40 to 360 px/mm; finer than the hair's 3 px nothing can be measured.
    """
    lens = make_lens(camera, seed)
    ground = make_ground(scene, lens)
    picture, light = _paint_ground(scene, ground)
    shafts = project_shafts(scene, lens)
    paint_under(scene, ground, shafts, picture)
    loose = replace(scene, strands=scene.loose)
    strays = project_shafts(loose, lens)
    _paint_shadows(ground, shafts + strays, picture)
    paint_haze(scene, ground, shafts, picture)
    paint_depths(scene, ground, shafts, picture)
    picture *= light[0][..., None]
    picture += np.float32(0.20) * light[1][..., None] * GLINT_RGB
    top, area = paint_shafts(scene, ground, shafts, picture)
    collar = paint_emergences(scene, ground, shafts, picture)
    collar = np.maximum(collar, cover_units(scene, ground, shafts, picture))
    over = np.zeros(ground.shape, np.float32)
    if strays:
        over = np.maximum(over, paint_shafts(loose, ground, strays, picture)[0] >= 0)
    over = np.maximum(over, paint_marks(scene, ground, picture, over=True))
    over = np.maximum(over, paint_dots(scene, ground, picture, over=True))
    over = np.maximum(over, _paint_plate(ground, picture, seed))
    drawn = _develop(picture, ground, seed)
    over = np.maximum(over, drawn.hidden)
    return _with_truth(scene, lens, (drawn, np.where(over < 0.5, top, -1), collar), shafts, area)


def _paint_ground(scene: Scene, ground: Ground) -> tuple[Floats32, tuple[Floats32, Floats32]]:
    """Skin with what lies on it under the hairs; its shading and mirror light (H, W)."""
    camera, oil = ground.lens.camera, scene.settings.oil
    if camera.plate > 0:
        # a pressed plate drives the blood out and flattens the skin
        calm = replace(scene.settings, redness=scene.settings.redness * (1 - 0.5 * camera.plate))
        scene = replace(scene, settings=calm)
    picture, relief = paint_skin(scene, ground)
    relief = relief * np.float32(1 - 0.6 * camera.plate)
    diffuse, glint = shade(ground, relief, camera.glints * (1 - 0.6 * camera.plate) * (1 - 0.5 * min(oil, 1)))
    if oil > 0:
        glint = glint + sheen(ground, relief, oil) / np.float32(0.20)
    paint_openings(scene, ground, picture)
    paint_marks(scene, ground, picture, over=False)
    paint_dots(scene, ground, picture, over=False)
    return picture, (diffuse, glint)


def _paint_plate(ground: Ground, picture: Floats32, seed: int) -> Floats32:
    """Bubbles, glare and aperture over everything in place; return how far they hide (H, W), 0 to 1."""
    camera = ground.lens.camera
    hides = np.zeros(ground.shape, np.float32)
    if camera.bubbles_per_cm2 > 0:
        hides = np.maximum(hides, paint_bubbles(ground, picture, seed))
    if camera.lamp > 0:
        hides = np.maximum(hides, paint_lamp(ground, picture, seed))
    if camera.aperture_share > 0:
        open_share = aperture(ground)
        picture *= open_share[..., None]
        hides = np.maximum(hides, 1 - open_share)
    return hides


def _paint_shadows(ground: Ground, shafts: list[Shaft], picture: Floats32) -> None:
    """Darken the skin softly beside the shafts, away from the light."""
    mask = np.zeros(ground.shape, np.uint8)
    for shaft in shafts:
        points = np.round(shaft.line_px[:, ::-1] * 16).astype(np.int32)
        cv2.polylines(mask, [points], False, 255, max(1, round(shaft.width_px)), cv2.LINE_AA, 4)
    camera = ground.lens.camera
    reach = 0.035 * camera.px_per_mm
    light = np.deg2rad(camera.light_deg)
    move = np.array([[1, 0, -reach * np.cos(light)], [0, 1, -reach * np.sin(light)]], np.float32)
    moved = cv2.warpAffine(mask, move, ground.shape[::-1])
    soft = cv2.GaussianBlur(moved.astype(np.float32) / 255, (0, 0), max(0.8 * reach, 0.5))
    picture *= 1 - np.float32(0.35 * (1 - 0.6 * camera.plate)) * soft[..., None]


def _develop(picture: Floats32, ground: Ground, seed: int) -> Drawn:
    camera = ground.lens.camera
    rng = substream(seed, 12)
    height, width = ground.shape
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    light = np.deg2rad(camera.light_deg)
    gain = 1 + np.float32(camera.light_gradient) * (np.float32(np.sin(light)) * y + np.float32(np.cos(light)) * x)
    gain = gain * (1 - np.float32(camera.vignetting / 2) * (y * y + x * x)) * np.float32(camera.exposure)
    way = rng.uniform(0, 2 * np.pi)
    warm = np.float32(camera.tint) * (np.float32(np.sin(way)) * y + np.float32(np.cos(way)) * x)
    balance = np.array(camera.white_balance, np.float32)
    lit = picture * gain[..., None] * (balance + warm[..., None] * np.array([0.2, 0.15, -1.0], np.float32))
    lit = motion(_blur(lit, camera, rng), camera)
    if camera.noise > 0:
        grain = rng.standard_normal(lit.shape, dtype=np.float32)
        # photon noise grows with the root of the light, read noise stays
        lit += grain * np.float32(camera.noise) * np.sqrt(np.maximum(lit, 0) + np.float32(0.02))
    drawn = draw_over(_encode_srgb(lit), camera.overlay, camera.px_per_mm)
    if camera.jpeg_quality is None:
        return drawn
    coded = encode(drawn.rgb, "jpg", camera.jpeg_quality)
    decoded = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR)
    return replace(drawn, rgb=np.ascontiguousarray(np.asarray(decoded)[..., ::-1]).astype(np.uint8))


def _blur(lit: Floats32, camera: CameraSettings, rng: np.random.Generator) -> Floats32:
    sigma = float(np.hypot(camera.defocus_um / 1000 * camera.px_per_mm, camera.soft_px))
    if sigma > 0.2:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), sigma), np.float32)
    if camera.uneven_focus > 0 and sigma > 0.2:
        soft = cv2.GaussianBlur(lit, (0, 0), sigma * (1 + 2 * camera.uneven_focus))
        way = rng.uniform(0, 2 * np.pi)
        y = np.linspace(-1, 1, lit.shape[0], dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, lit.shape[1], dtype=np.float32)[None, :]
        share = np.clip(np.float32(np.sin(way)) * y + np.float32(np.cos(way)) * x - 0.2, 0, 1)
        lit = lit + share[..., None] * (soft - lit)
    return lit


def _encode_srgb(lit: Floats32) -> Bytes:
    table = np.linspace(0, 1, 4096)
    coded = np.where(table <= 0.0031308, 12.92 * table, 1.055 * table ** (1 / 2.4) - 0.055)
    levels = np.round(coded * 255).astype(np.uint8)
    out: Bytes = levels[np.clip(lit * 4095 + 0.5, 0, 4095).astype(np.int32)]
    return out


def encode(rgb: Bytes, kind: str = "jpg", quality: int = 92) -> bytes:
    """Return the photo as JPEG (``jpg``) or PNG (``png``) bytes without metadata."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if kind == "jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 3]
    done, coded = cv2.imencode(f".{kind}", np.ascontiguousarray(rgb[..., ::-1]), options)
    if not done:
        raise RuntimeError("the photo could not be encoded")
    return bytes(coded.tobytes())


def _with_truth(
    scene: Scene, lens: Lens, painted: tuple[Drawn, Ints, Floats32], shafts: list[Shaft], area: Floats
) -> Shot:
    drawn, top, collar = painted
    rgb = drawn.rgb
    clear = (top >= 0) & (collar < 0.5)
    seen = np.bincount(top[clear], minlength=len(shafts)).astype(float)
    roots = np.array([shaft.line_px[0] for shaft in shafts]).reshape(-1, 2)
    inside: Bools = np.all((roots >= 0) & (roots <= np.array(rgb.shape[:2]) - 1), axis=1)
    # a hair's own area as painted counts only what lies in the photo; the rest is its length outside
    whole = np.array([np.linalg.norm(np.diff(s.line_px, axis=0), axis=1).sum() * s.width_px for s in shafts])
    share = np.clip(seen / np.maximum(np.maximum(area, whole), 1e-9), 0, 1)
    near = np.flatnonzero((area > 0) | inside)
    hairs = np.array([shafts[i].hair for i in near], np.int64)
    order = near[np.argsort(hairs)]
    hairs = np.sort(hairs)
    lines = tuple(shafts[i].line_px for i in order)
    strands = scene.strands
    shot = Shot(
        rgb=rgb,
        px_per_mm=lens.camera.px_per_mm,
        lines_px=lines,
        hair_id=strands.hair_id[hairs],
        unit=strands.unit[hairs],
        diameter_um=strands.diameter_um[hairs],
        length_mm=strands.length_mm[hairs],
        visible_share=share[order],
        root_share=np.array([_root_share(top, shafts[i], i, ROOT_MM * lens.camera.px_per_mm) for i in order]),
        root_inside=inside[order],
        colour=strands.colour[hairs],
        curl_rad=strands.curl_rad[hairs],
        overlay=drawn,
    )
    freeze(shot.rgb)
    for line in shot.lines_px:
        freeze(line)
    return shot


def _root_share(top: Ints, shaft: Shaft, i: int, reach_px: float) -> float:
    """Share of the beginning of shaft ``i`` where it is the topmost."""
    start, step = shaft.line_px[0], shaft.line_px[1] - shaft.line_px[0]
    way = step / max(float(np.linalg.norm(step)), 1e-9)
    reach = min(reach_px, float(np.linalg.norm(shaft.line_px[-1] - start)))
    ahead, aside = np.linspace(0.15, 1.0, 8) * reach, np.array([-0.3, 0.0, 0.3]) * shaft.width_px
    points = start + ahead[:, None, None] * way + aside[None, :, None] * np.array([way[1], -way[0]])
    y, x = np.round(points).astype(np.int64).reshape(-1, 2).T
    inside = (y >= 0) & (x >= 0) & (y < top.shape[0]) & (x < top.shape[1])
    return float((top[y[inside], x[inside]] == i).sum() / len(y))
