"""One photo at the working resolution: darkness, skin and hairs on a millimetre plane.

Knows: pixels and hairs of one photo. Must not know: the other photo.
Order of coordinates (y, x) throughout; H hairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.change.settings import CompareSettings, View
    from hairwise.records.base import Bools, Bytes, Floats, Ints

    Plane = npt.NDArray[np.float32]

__all__ = ["Frame", "is_long", "local_skin", "make_frame", "with_hairs"]

# Shaft over which a hair's direction is taken: long enough to average jitter, short enough for curved hair.
_LEAN_MM = 0.3


@dataclass(frozen=True)
class Frame:
    """A photo on its millimetre plane.

    Attributes
    ----------
    px_per_mm : float
        Scale of the photo, nominal where none was given.
    has_scale : bool
        Whether the scale was given.
    step_mm : float
        Size of a working pixel.
    size_mm : (2,) array of float
        Height and width of the photo.
    dark, light : (h, w) array of float32
        Optical density of the brightest channel against the skin around, and the same for lighter than skin.
    colour : (h, w, 3) array of uint8
        The photo, sRGB.
    grey : (h, w) array of uint8
        Skin texture for marks.
    usable, hairy : (h, w) array of bool
        Measurable skin; pixels on or beside hair.
    root_mm : (H, 2) array of float
        Roots.
    lean : (H, 2) array of float
        Unit vectors from root towards the tip.
    width_mm, length_mm, p : (H,) array of float
        Width (nominal where not measurable), length, probability of being a hair.
    lines_mm : tuple of (p, 2) arrays of float
        Centrelines.
    unit : (H,) array of int
        Follicular unit.
    is_light : (H,) array of bool
        Lighter than skin.
    """

    px_per_mm: float
    has_scale: bool
    step_mm: float
    size_mm: Floats
    dark: Plane
    light: Plane
    colour: Bytes
    grey: npt.NDArray[np.uint8]
    usable: Bools
    hairy: Bools
    root_mm: Floats
    lean: Floats
    width_mm: Floats
    length_mm: Floats
    p: Floats
    lines_mm: tuple[Floats, ...]
    unit: Ints
    is_light: Bools

    def to_work(self, points_mm: Floats) -> Floats:
        """Working pixel (y, x) of points on the plane."""
        half = 0.5 / self.px_per_mm
        out: Floats = (points_mm + half) / self.step_mm - 0.5
        return out

    def to_mm(self, points_work: Floats) -> Floats:
        """Place on the plane of working pixels (y, x)."""
        out: Floats = (points_work + 0.5) * self.step_mm - 0.5 / self.px_per_mm
        return out

    def inside_mm(self, points_mm: Floats) -> Floats:
        """Distance of points to the nearest border, positive inside [mm]."""
        gap: Floats = np.minimum(points_mm, self.size_mm - points_mm).min(axis=-1)
        return gap


def _nominal_px_per_mm(view: View, settings: CompareSettings) -> float:
    width = view.hairs.width_px[np.isfinite(view.hairs.width_px)]
    if len(width) < 3:
        return float(max(view.rgb.shape[:2])) / 7.0  # a hand microscope shows about 7 mm of skin
    return float(np.clip(np.median(width) / settings.nominal_width_um * UM_PER_MM, 10.0, 2000.0))


def is_long(view: View, settings: CompareSettings) -> bool:
    """Return whether hair is longer than stubs: it lies over roots, and more of it is missed."""
    length = view.hairs.length_px[view.hairs.p_hair >= settings.p_listed]
    px_per_mm = view.px_per_mm or _nominal_px_per_mm(view, settings)
    return bool(len(length)) and float(np.quantile(length, 0.9)) / px_per_mm > settings.stub_mm


def _leans(view: View, px_per_mm: float) -> Floats:
    out = np.zeros((len(view.hairs), 2))
    for h in range(len(view.hairs)):
        line = view.hairs.line_px(h)
        reach = np.linalg.norm(line - line[0], axis=1)
        end = int(np.argmax(reach >= _LEAN_MM * px_per_mm)) or len(line) - 1
        step = line[end] - line[0]
        out[h] = step / max(float(np.linalg.norm(step)), 1e-9)
    return out


def _paint_hairs(view: View, scale: float, shape: tuple[int, int]) -> Bools:
    mask = np.zeros(shape, np.uint8)
    wide = np.nan_to_num(view.hairs.width_px, nan=0.0)
    for h in range(len(view.hairs)):
        line = np.round(((view.hairs.line_px(h) + 0.5) * scale - 0.5)[:, ::-1] * 16).astype(np.int32)
        cv2.polylines(mask, [line], False, 1, max(3, int(1.6 * wide[h] * scale) + 2), cv2.LINE_8, 4)
    return mask > 0


def local_skin(channel: Plane, skin: Bools, sigma_px: float) -> Plane:
    """Local mean of skin, hairs left out; a small view of the photo is enough for what varies over 0.4 mm."""
    weight = skin.astype(np.float32)
    size = (max(channel.shape[1] // 4, 1), max(channel.shape[0] // 4, 1))
    value = cv2.resize(channel * weight, size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    value = cv2.GaussianBlur(value, (0, 0), sigma_px / 4)
    share = cv2.GaussianBlur(share, (0, 0), sigma_px / 4)
    mean = value / np.maximum(share, 1e-3)
    return np.asarray(cv2.resize(mean, channel.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def make_frame(view: View, settings: CompareSettings) -> Frame:
    """Bring a photo to the working resolution.

    Parameters
    ----------
    view : View
        Photo and hairs.
    settings : CompareSettings
        Working resolution and nominal width.

    Returns
    -------
    Frame
        Planes at ``step_mm``, hairs in millimetres.
    """
    px_per_mm = view.px_per_mm or _nominal_px_per_mm(view, settings)
    height, width = view.usable.shape
    area = height * width * (settings.work_px_per_mm / px_per_mm) ** 2
    scale = settings.work_px_per_mm / px_per_mm * min(1.0, float(np.sqrt(settings.work_max_px / area)))
    shape = (max(round(height * scale), 8), max(round(width * scale), 8))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(view.rgb, shape[::-1], interpolation=how)
    usable = cv2.resize(view.usable.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    step_mm = 1.0 / (scale * px_per_mm)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)

    top, low = small.max(axis=2), small.min(axis=2)
    side = int(0.25 / step_mm) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    hat = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, kernel)
    hairy = _paint_hairs(view, scale, shape) | (hat > 0.25 * np.maximum(smooth, 20))
    hairy = cv2.dilate(hairy.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    skin = usable & ~hairy
    sigma_px = 0.4 / step_mm
    planes = []
    for channel in (top, low):
        value = channel.astype(np.float32) + 4.0  # keeps the logarithm finite in black shafts
        planes.append(np.log(np.maximum(local_skin(value, skin, sigma_px), 4.0) / value))
    return Frame(
        px_per_mm=float(px_per_mm),
        has_scale=view.px_per_mm is not None,
        step_mm=step_mm,
        size_mm=np.array([height - 1, width - 1]) / px_per_mm,
        dark=planes[0].astype(np.float32),
        light=(-planes[1]).astype(np.float32),
        colour=np.asarray(small, np.uint8),
        grey=grey,
        usable=usable,
        hairy=hairy,
        **_columns(view, px_per_mm, settings),
    )


def with_hairs(frame: Frame, view: View, settings: CompareSettings) -> Frame:
    """Return the frame with the hairs of ``view``, a view of the same photo; its planes stay as they are."""
    return replace(frame, **_columns(view, frame.px_per_mm, settings))


def _columns(view: View, px_per_mm: float, settings: CompareSettings) -> dict[str, Any]:
    """Hairs of a view in millimetres."""
    hairs = view.hairs
    median_mm = settings.nominal_width_um / UM_PER_MM
    return {
        "root_mm": hairs.root_px / px_per_mm,
        "lean": _leans(view, px_per_mm),
        "width_mm": np.where(np.isfinite(hairs.width_px), hairs.width_px / px_per_mm, median_mm),
        "length_mm": hairs.length_px / px_per_mm,
        "p": np.nan_to_num(hairs.p_hair, nan=0.0),
        "lines_mm": tuple(hairs.line_px(h) / px_per_mm for h in range(len(hairs))),
        "unit": hairs.unit,
        "is_light": hairs.is_light,
    }
