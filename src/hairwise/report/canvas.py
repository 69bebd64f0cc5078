"""Marks, legends and PNG bytes for pictures drawn over photos.

Knows: colours, strokes, text. Must not know: what the marks stand for.
Colours are from Okabe and Ito's palette, told apart under the common colour-vision deficiencies; every mark also
has its own shape, so nothing rests on colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Bytes, Floats

__all__ = [
    "BLUE",
    "GREY",
    "ORANGE",
    "SKY",
    "VERMILLION",
    "Colour",
    "Item",
    "Pen",
    "legend",
    "resize",
    "title",
    "to_png",
]

Colour = tuple[int, int, int]
Shape = Literal["ring", "square", "dots", "line", "dashes", "dot", "none"]

SKY: Colour = (86, 180, 233)
ORANGE: Colour = (230, 159, 0)
VERMILLION: Colour = (213, 94, 0)
BLUE: Colour = (0, 114, 178)
GREY: Colour = (235, 235, 235)
INK: Colour = (25, 25, 25)
WHITE: Colour = (255, 255, 255)
_SHIFT = 4  # cv2 draws at 1/16 px


@dataclass(frozen=True)
class Item:
    """One entry of a legend: a mark and its words."""

    shape: Shape
    colour: Colour
    text: str


@dataclass(frozen=True)
class Pen:
    """A stroke with a casing around it, so that it shows on dark and on light ground [px]."""

    colour: Colour
    width_px: int
    casing: Colour | None = None
    casing_px: int = 0

    def path(self, image: Bytes, points_px: Floats, *, closed: bool = False) -> None:
        """Draw a line through points (P, 2), (y, x) [px], into the image."""
        fixed = np.round(points_px[:, ::-1] * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)
        for colour, width in self._strokes():
            cv2.polylines(image, [fixed], closed, colour, width, cv2.LINE_AA, _SHIFT)

    def ring(self, image: Bytes, centre_px: Floats, radius_px: float) -> None:
        """Draw a circle round (y, x) [px]."""
        self.path(image, _circle(centre_px, radius_px, 48), closed=True)

    def square(self, image: Bytes, centre_px: Floats, half_px: float) -> None:
        """Draw a square round (y, x) [px]; half_px is half its side."""
        corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]], float) * half_px
        self.path(image, centre_px + corners, closed=True)

    def dotted_ring(self, image: Bytes, centre_px: Floats, radius_px: float) -> None:
        """Draw a circle of short strokes round (y, x) [px]."""
        for piece in dashes(_circle(centre_px, radius_px, 49, whole=True), radius_px * 0.4, radius_px * 0.385):
            self.path(image, piece)

    def dashed(self, image: Bytes, points_px: Floats, dash_px: float) -> None:
        """Draw a dashed line through points (P, 2), (y, x) [px]."""
        for piece in dashes(points_px, dash_px, dash_px * 0.8):
            self.path(image, piece)

    def dot(self, image: Bytes, centre_px: Floats, radius_px: float, *, filled: bool = True) -> None:
        """Draw a dot at (y, x) [px]; hollow where not filled."""
        if not filled:
            self.ring(image, centre_px, radius_px)
            return
        centre = tuple(int(v) for v in np.round(centre_px[::-1] * 2**_SHIFT))
        if self.casing is not None:
            radius = round((radius_px + self.casing_px) * 2**_SHIFT)
            cv2.circle(image, centre, radius, self.casing, -1, cv2.LINE_AA, _SHIFT)
        cv2.circle(image, centre, round(radius_px * 2**_SHIFT), self.colour, -1, cv2.LINE_AA, _SHIFT)

    def _strokes(self) -> list[tuple[Colour, int]]:
        own = (self.colour, self.width_px)
        return [own] if self.casing is None else [(self.casing, self.width_px + 2 * self.casing_px), own]


def _circle(centre_px: Floats, radius_px: float, n: int, *, whole: bool = False) -> Floats:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=whole)
    points: Floats = centre_px + radius_px * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return points


def dashes(points_px: Floats, on_px: float, off_px: float) -> list[Floats]:
    """Cut a line through points (P, 2) into dashes of ``on_px`` with gaps of ``off_px`` [px]."""
    steps = np.linalg.norm(np.diff(points_px, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    pieces = []
    for start in np.arange(0.0, max(at[-1], 1e-6), on_px + off_px):
        stop = min(start + on_px, at[-1])
        inner = at[(at > start) & (at < stop)]
        where = np.concatenate([[start], inner, [stop]])
        pieces.append(np.stack([np.interp(where, at, points_px[:, k]) for k in (0, 1)], axis=1))
    return pieces


def resize(rgb: Bytes, scale: float) -> Bytes:
    """Return a writable copy of a photo (H, W, 3), scaled; shrunk by area so that thin hairs do not alias."""
    if scale == 1:
        return rgb.copy()
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled: Bytes = cv2.resize(rgb, size, interpolation=how).astype(np.uint8, copy=False)
    return scaled


@lru_cache(maxsize=8)
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font: nothing is asked of the system."""
    return ImageFont.load_default(size_px)


def title(text: str, width_px: int, size_px: int) -> Bytes:
    """Return a white strip (h, width_px, 3) with one line of text."""
    strip = Image.new("RGB", (width_px, round(size_px * 1.7)), WHITE)
    at = (round(size_px * 0.4), round(size_px * 0.25))
    ImageDraw.Draw(strip).text(at, text, fill=INK, font=_font(size_px))
    return np.asarray(strip)


def legend(items: Sequence[Item], width_px: int, size_px: int) -> Bytes:
    """Return a white strip (h, width_px, 3) with the marks and their words, wrapped to the width."""
    font, pad, line = _font(size_px), round(size_px * 0.4), round(size_px * 1.6)
    places: list[tuple[int, int]] = []
    x, y = pad, pad // 2
    for item in items:
        mark = 0 if item.shape == "none" else line
        wide = mark + round(font.getlength(item.text)) + size_px
        if x > pad and x + wide - size_px > width_px - pad:
            x, y = pad, y + line
        places.append((x, y))
        x += wide
    strip = Image.new("RGB", (width_px, y + line + pad // 2), WHITE)
    draw = ImageDraw.Draw(strip)
    for item, (left, top) in zip(items, places, strict=True):
        indent = 0 if item.shape == "none" else line
        draw.text((left + indent, top + round(size_px * 0.2)), item.text, fill=INK, font=font)
    pixels = np.array(strip)
    for item, (left, top) in zip(items, places, strict=True):
        centre = np.array([top + line * 0.5, left + line * 0.45])
        _mark(pixels, item, centre, size_px)
    return pixels


def _mark(image: Bytes, item: Item, centre_px: Floats, size_px: int) -> None:
    pen = Pen(item.colour, max(2, round(size_px * 0.12)), INK if item.shape in ("line", "dashes", "dot") else None, 1)
    radius = size_px * 0.38
    line = centre_px + np.array([[0.0, -size_px * 0.5], [0.0, size_px * 0.5]])
    if item.shape == "ring":
        pen.ring(image, centre_px, radius)
    elif item.shape == "square":
        pen.square(image, centre_px, radius)
    elif item.shape == "dots":
        Pen((120, 120, 120), pen.width_px).dotted_ring(image, centre_px, radius)
    elif item.shape == "line":
        pen.path(image, line)
    elif item.shape == "dashes":
        Pen(item.colour, max(1, pen.width_px // 2), INK, 1).dashed(image, line, size_px * 0.25)
    elif item.shape == "dot":
        pen.dot(image, centre_px, size_px * 0.2)


def to_png(rgb: Bytes) -> bytes:
    """Return the picture (H, W, 3) as a PNG file without metadata; OpenCV writes it ten times as fast as Pillow."""
    _, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return data.tobytes()
