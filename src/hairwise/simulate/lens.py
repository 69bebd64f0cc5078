"""Where a point of the skin falls in the photo, and back.

Knows: pose, perspective and the stretch of the skin. Must not know: hairs, colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.simulate.noise import Floats32, substream
from hairwise.simulate.overlay import OverlaySettings

if TYPE_CHECKING:
    from hairwise.records.base import Floats

__all__ = ["CameraSettings", "Lens", "make_lens", "project", "skin_nodes", "spread"]


@dataclass(frozen=True)
class CameraSettings:
    """How a close-up is taken."""

    height_px: int = 1024
    width_px: int = 1280
    px_per_mm: float = 180.0  # 40 (hand microscope, wide) to 360 (video trichoscope)
    centre_mm: tuple[float, float] = (0.0, 0.0)  # (y, x) of the skin in the middle of the photo
    roll_deg: float = 0.0
    tilt_deg: float = 0.0
    tilt_towards_deg: float = 0.0
    distance_mm: float = 40.0  # of the lens from the skin: perspective
    stretch: float = 0.0  # largest local strain of the skin, share; 0.03 under a pressed contact plate
    light_deg: float = 60.0  # where the brighter side is
    light_gradient: float = 0.15  # change of brightness from the middle to the edge, share
    vignetting: float = 0.12  # darkening in the corner, share
    exposure: float = 0.66  # linear brightness of the photo relative to the skin's own
    white_balance: tuple[float, float, float] = (0.80, 0.98, 1.06)  # gains of R, G, B: cool LED ring
    tint: float = 0.12  # slow change of colour over the field, share
    defocus_um: float = 5.0  # standard deviation of the blur on the skin
    soft_px: float = 0.7  # blur of lens and sensor, standard deviation
    uneven_focus: float = 0.4  # how much softer one side of the field is, 0-1
    noise: float = 0.012  # standard deviation at full white, linear light
    glints: float = 1.0
    jpeg_quality: int | None = 90
    # what follows is off unless asked for: a photo taken before it was known stays the same
    motion_um: float = 0.0  # way of the hand during the exposure
    motion_deg: float = 0.0
    lift_um_per_mm: float = 0.0  # blur of what stands above the skin, standard deviation for each mm of height
    aperture_share: float = 0.0  # diameter of a round opening relative to the shorter side; 0: none
    bubbles_per_cm2: float = 0.0  # air in the gel under a contact plate
    plate: float = 0.0  # contact plate: 1 presses relief, shadows and blood out of the skin
    lamp: float = 0.0  # glare of a lamp; 1 hides what is below
    overlay: OverlaySettings = OverlaySettings()  # drawn over the developed photo


@dataclass(frozen=True)
class Lens:
    """A camera in place: rotation (3, 3), focal length, and the waves of the skin's stretch (K, 6)."""

    camera: CameraSettings
    rotation: Floats
    waves: Floats

    @property
    def middle_px(self) -> tuple[float, float]:
        """The optical axis in the photo (y, x) [px]."""
        return (self.camera.height_px - 1) / 2, (self.camera.width_px - 1) / 2


def make_lens(camera: CameraSettings, seed: int) -> Lens:
    """Place a camera; the stretch of the skin is three slow waves drawn by seed."""
    rng = substream(seed, 11)
    roll, tilt, towards = np.deg2rad([camera.roll_deg, camera.tilt_deg, camera.tilt_towards_deg])
    spin = cv2.Rodrigues(np.array([0.0, 0.0, roll]))[0]
    # axes are (x, y, z); the tilt turns about an axis in the plane of the skin
    lean = cv2.Rodrigues(tilt * np.array([-np.sin(towards), np.cos(towards), 0.0]))[0]
    waves = np.empty((3, 6))
    for wave in waves:
        length_mm, bearing, push = rng.uniform(8, 20), rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
        k = 2 * np.pi / length_mm
        size = camera.stretch / 3 / k
        wave[:] = (
            k * np.sin(bearing),
            k * np.cos(bearing),
            rng.uniform(0, 2 * np.pi),
            size,
            np.sin(push),
            np.cos(push),
        )
    return Lens(camera, np.asarray(lean @ spin, float), waves)


def _pushed(lens: Lens, skin_mm: Floats) -> Floats:
    """Displacement (..., 2) of the skin by stretch at (..., 2) [mm]."""
    out = np.zeros_like(skin_mm)
    for ky, kx, phase, size, py, px in lens.waves:
        shift = size * np.sin(ky * skin_mm[..., 0] + kx * skin_mm[..., 1] + phase)
        out[..., 0] += shift * py
        out[..., 1] += shift * px
    return out


def project(lens: Lens, line_mm: Floats) -> Floats:
    """Project points of one hair (P, 3), y, x, height [mm], to the photo (P, 2), (y, x) [px].

    The first point rides on the stretched skin; the rest of the hair is stiff and follows it.
    """
    camera = lens.camera
    moved = line_mm[:, :2] + _pushed(lens, line_mm[:1, :2]) - np.array(camera.centre_mm)
    x, y, z = lens.rotation @ np.stack([moved[:, 1], moved[:, 0], line_mm[:, 2]])
    scale = camera.px_per_mm * camera.distance_mm / (camera.distance_mm - z)
    cy, cx = lens.middle_px
    return np.stack([cy + y * scale, cx + x * scale], axis=1)


def skin_nodes(lens: Lens, every_px: int) -> tuple[Floats32, Floats32]:
    """Place on the skin, y and x [mm], of the middle of each block of ``every_px`` pixels, one block beyond each edge.

    Exact to about 1 um for strain up to 0.1: six rounds of a contraction by the strain.
    """
    camera = lens.camera
    rows, cols = -(-camera.height_px // every_px) + 2, -(-camera.width_px // every_px) + 2
    v, u = (np.mgrid[0:rows, 0:cols] - 0.5) * every_px - 0.5
    cy, cx = lens.middle_px
    f, r = camera.px_per_mm * camera.distance_mm, lens.rotation
    # the skin plane (x, y, 0) seen through the rotation, as a homography
    plane = np.array(
        [[f * r[0, 0], f * r[0, 1], 0], [f * r[1, 0], f * r[1, 1], 0], [-r[2, 0], -r[2, 1], camera.distance_mm]]
    )
    rays = np.linalg.solve(plane, np.stack([u.ravel() - cx, v.ravel() - cy, np.ones(u.size)]))
    seen = np.stack([rays[1] / rays[2], rays[0] / rays[2]], axis=1) + np.array(camera.centre_mm)
    skin = seen.copy()
    for _ in range(6):
        skin = seen - _pushed(lens, skin)
    nodes = skin.reshape(rows, cols, 2).astype(np.float32)
    return np.ascontiguousarray(nodes[..., 0]), np.ascontiguousarray(nodes[..., 1])


def spread(nodes: Floats32, every_px: int, shape: tuple[int, int]) -> Floats32:
    """Interpolate values at ``skin_nodes`` to every pixel of a photo of ``shape``."""
    if every_px == 1:
        return nodes[1:-1, 1:-1]
    size = (nodes.shape[1] * every_px, nodes.shape[0] * every_px)
    full = cv2.resize(nodes, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(full[every_px : every_px + shape[0], every_px : every_px + shape[1]], np.float32)
