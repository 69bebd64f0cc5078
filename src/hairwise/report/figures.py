"""Pictures of what was measured: hairs of a photo, what changed between two.

Knows: records and how to draw them. Must not know: how anything was found or judged.
Letters: H hairs, P points. Order of coordinates (y, x), origin the first pixel's centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.report.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    SKY,
    VERMILLION,
    WHITE,
    Item,
    Pen,
    legend,
    resize,
    title,
    to_png,
)
from hairwise.report.labels import plural, span_words

if TYPE_CHECKING:
    from hairwise.records.base import Bytes, Floats, Ints
    from hairwise.records.change import Change
    from hairwise.records.hairs import Hairs

__all__ = ["METHOD_VERSION", "FigureSettings", "draw_hairs", "draw_pair", "into_frame"]

METHOD_VERSION = "figures-1"


@dataclass(frozen=True)
class FigureSettings:
    """How pictures are drawn; lengths are shares of the drawn photo's width, so small and large photos look alike."""

    hairs_width_px: int = 1600  # one photo over 17 cm at 240 dpi
    pair_width_px: int = 900  # each of two photos: 9 cm at 250 dpi
    smallest_width_px: int = 1000  # smaller photos are enlarged to this, so that the legend can be read
    listed_from_p: float = 0.5  # the file lists hairs from here on (formats.md)
    sure_from_p: float = 0.8  # paler and dashed below
    line_share: float = 0.0015  # a third of a 70 um hair in a field 7 mm wide
    ring_share: float = 0.022  # 1.2 mm in a photo printed 5.5 cm wide
    text_share: float = 0.022  # 7 pt in a picture printed 11 cm wide


_DEFAULT = FigureSettings()


def draw_hairs(rgb: Bytes, hairs: Hairs, settings: FigureSettings = _DEFAULT) -> bytes:
    """
    Draw every listed hair over its photo.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        The photo the hairs were found in.
    hairs : Hairs
        Centrelines (y, x) [px of that photo]; those under ``listed_from_p`` are left out, as in the file.
    settings : FigureSettings, optional
        Sizes and cutoffs.

    Returns
    -------
    png : bytes
        The photo with a thin centreline a hair, a dot at its root (hollow where the root is not seen), the less sure
        ones dashed, and a strip below with the counts.
    """
    width = _width(rgb, settings.hairs_width_px, settings)
    scale = width / rgb.shape[1]
    picture = resize(rgb, scale)
    thick = max(1, round(width * settings.line_share))
    solid = Pen(SKY, thick, (0, 60, 110), 1)
    pale = Pen((190, 226, 246), thick, (0, 60, 110), 1)
    root = Pen(ORANGE, 1, INK, 1)
    listed = np.flatnonzero(hairs.p_hair >= settings.listed_from_p)
    sure = hairs.p_hair >= settings.sure_from_p
    for h in listed:
        line = _scaled(hairs.line_px(int(h)), scale)
        if sure[h]:
            solid.path(picture, line)
        else:
            pale.dashed(picture, line, 4.0 * thick)
    for h in listed:
        spot = _scaled(hairs.root_px[h], scale)
        root.dot(picture, spot, 2.0 * thick, filled=bool(hairs.root_visible[h]))
    size = _text_px(width, settings)
    return to_png(np.vstack([picture, legend(_hair_items(hairs, listed, sure), picture.shape[1], size)]))


def _hair_items(hairs: Hairs, listed: Ints, sure: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Item]:
    n_unsure = int((~sure[listed]).sum())
    n_units, n_light = len(np.unique(hairs.unit[listed])), int(hairs.is_light[listed].sum())
    items = [Item("line", SKY, plural(len(listed), "hair") + " listed")]
    if n_unsure:
        items.append(Item("dashes", (190, 226, 246), f"{n_unsure} of them less sure"))
    items.append(Item("dot", ORANGE, f"root; {plural(n_units, 'group')} of roots"))
    if n_light:
        items.append(Item("none", INK, f"{n_light} of them light"))
    return items


def draw_pair(before_rgb: Bytes, after_rgb: Bytes, change: Change) -> bytes:
    """
    Draw two photos of a spot side by side in the first one's frame.

    Hairs lost are ringed on both photos at their place, new ones squared on both, hidden ones marked faintly on the
    first. The second photo is turned into the first one's frame by the inverse of the registration's homography; the
    smooth stretch of skin beyond it is not undone, so a mark on the second photo may sit a hair's width off.

    Parameters
    ----------
    before_rgb, after_rgb : (H, W, 3) array of uint8
        The two photos; they may differ in size and scale.
    change : Change
        Hairs of both, each in the pixels of its own photo, and their fates.

    Returns
    -------
    png : bytes
        The two photos under "Before" and "After", and a strip with counts and the change with its interval.
    """
    settings, before_hairs, after_hairs = _DEFAULT, change.hairs_t0, change.hairs_t1
    width = _width(before_rgb, settings.pair_width_px, settings)
    scale = width / before_rgb.shape[1]
    left = resize(before_rgb, scale)
    right, seen = into_frame(after_rgb, change.registration.homography, scale, left.shape)
    ring = settings.ring_share * width
    thick = max(2, round(ring * 0.13))
    lost_pen, new_pen = Pen(VERMILLION, thick, WHITE, thick // 2 + 1), Pen(BLUE, thick, WHITE, thick // 2 + 1)
    faint = Pen(GREY, max(1, thick // 2), (110, 110, 110), 1)
    for h in change.hidden:
        faint.dotted_ring(left, *_around(_scaled(before_hairs.line_px(int(h)), scale), ring))
    for h in change.lost:
        place, radius = _around(_scaled(before_hairs.line_px(int(h)), scale), ring)
        lost_pen.ring(left, place, radius)
        lost_pen.ring(right, place, radius)
    back: Floats = np.linalg.inv(change.registration.homography).astype(np.float64)
    for h in change.new:
        line = _scaled(_project(after_hairs.line_px(int(h)), back), scale)
        place, half = _around(line, ring)
        new_pen.square(left, place, half)
        new_pen.square(right, place, half)
    size = _text_px(2 * width, settings)
    gap = np.full((left.shape[0], max(6, width // 90), 3), 255, np.uint8)
    photos = np.hstack([left, gap, right])
    total = photos.shape[1]
    half = left.shape[1] + gap.shape[1]
    head = np.hstack([title("Before", half, size), title("After, turned to match", total - half, size)])
    return to_png(np.vstack([head, photos, legend(_pair_items(change, seen), total, size)]))


def _pair_items(change: Change, seen: float) -> list[Item]:
    net = change.change
    items = [
        Item("ring", VERMILLION, f"lost {len(change.lost)}"),
        Item("square", BLUE, f"new {len(change.new)}"),
    ]
    if len(change.hidden):
        items.append(Item("dots", GREY, f"hidden now {len(change.hidden)}"))
    n_both = change.n_t0 - len(change.out_of_view)
    n_still = n_both - len(change.lost) - len(change.hidden)
    items.append(Item("none", INK, f"still there {n_still}"))
    if len(change.out_of_view):
        items.append(Item("none", INK, f"out of view {len(change.out_of_view)}"))
    words = f"{span_words(net, 'hairs')} of {n_both} ({net.level:.0%} interval)"
    items.append(Item("none", INK, words))
    if seen < 0.99:  # a grey rim thinner than a hair needs no words
        items.append(Item("none", INK, "grey: not in the second photo"))
    return items


def _width(rgb: Bytes, largest_px: int, settings: FigureSettings) -> int:
    width: int = rgb.shape[1]
    return min(max(width, settings.smallest_width_px), largest_px)


def _text_px(width_px: int, settings: FigureSettings) -> int:
    return max(15, round(width_px * settings.text_share))  # under 15 px letters run together


def _scaled(points_px: Floats, scale: float) -> Floats:
    """Take points to the scaled picture; the origin is a pixel's centre, so half a pixel is kept."""
    scaled: Floats = (points_px + 0.5) * scale - 0.5
    return scaled


def _around(line_px: Floats, ring_px: float) -> tuple[Floats, float]:
    """Return centre and radius of a mark: round a whole stub, or round the lower part of a longer hair."""
    steps = np.linalg.norm(np.diff(line_px, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    where = min(at[-1] / 2, ring_px)
    radius = float(np.clip(1.25 * where, 0.8 * ring_px, 1.25 * ring_px))
    return np.array([np.interp(where, at, line_px[:, 0]), np.interp(where, at, line_px[:, 1])]), radius


def _project(points_px: Floats, homography: Floats) -> Floats:
    """Take points (P, 2), (y, x), through a homography that acts on (x, y, 1)."""
    rows = np.column_stack([points_px[:, ::-1], np.ones(len(points_px))]) @ homography.T
    moved: Floats = (rows[:, :2] / rows[:, 2:])[:, ::-1]
    return moved


def into_frame(rgb: Bytes, homography: Floats, scale: float, shape: tuple[int, ...]) -> tuple[Bytes, float]:
    """Turn the second photo into the first one's scaled frame; also the share of the frame it fills."""
    zoom = float(np.sqrt(abs(np.linalg.det(homography[:2, :2])))) or 1.0
    shrink = min(1.0, scale / zoom)
    small = resize(rgb, shrink)
    shift = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    to_small = np.linalg.inv(shift) @ np.diag([shrink, shrink, 1.0]) @ shift
    to_frame = np.linalg.inv(shift) @ np.diag([scale, scale, 1.0]) @ shift
    matrix = to_frame @ np.linalg.inv(homography) @ np.linalg.inv(to_small)
    size = (shape[1], shape[0])
    turned = cv2.warpPerspective(
        small, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(200, 200, 200)
    )
    inside = cv2.warpPerspective(np.ones(small.shape[:2], np.uint8), matrix, size, flags=cv2.INTER_NEAREST)
    return turned.astype(np.uint8, copy=False), float(inside.mean())
