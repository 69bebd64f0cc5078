"""What a program draws over a finished photo: caption, box of text, circle, scale bar.

Knows: a photo's pixels and its scale. Must not know: skin, hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from hairwise.records.base import Bools, Bytes

__all__ = ["BarStyle", "Drawn", "OverlaySettings", "draw_over"]

Point = tuple[float, float]
BarStyle = Literal["ticks", "bracket", "solid"]
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class OverlaySettings:
    """What is drawn; nothing unless asked for. Places are shares of height and width (y, x)."""

    caption: str = ""  # on a strip along the top
    caption_share: float = 0.028  # height of the strip
    caption_wide: float = 0.49  # width of the strip
    note: tuple[str, ...] = ()  # lines of a half-transparent box
    note_at: Point = (0.15, 0.2)
    circle_mm: float = 0.0  # radius of a drawn circle
    circle_at: Point = (0.5, 0.5)
    bar_mm: float = 0.0  # length of the scale bar
    bar_style: BarStyle = "ticks"
    bar_at: Point = (0.94, 0.03)  # its left end
    bar_rgb: Rgb = (40, 40, 44)
    ink_rgb: Rgb = (215, 40, 40)  # of circle and text


@dataclass(frozen=True)
class Drawn:
    """A photo with its overlay and where that is.

    Attributes
    ----------
    rgb : (H, W, 3) array of uint8
        The photo.
    hidden : (H, W) array of bool
        Where the skin cannot be seen any more.
    bar_px : pair of points, or None
        Ends of the scale bar (y, x) [px].
    circle_px : tuple of three floats, or None
        Middle (y, x) and radius of the circle [px].
    """

    rgb: Bytes
    hidden: Bools
    bar_px: tuple[Point, Point] | None
    circle_px: tuple[float, float, float] | None


def draw_over(rgb: Bytes, overlay: OverlaySettings, px_per_mm: float) -> Drawn:
    """Draw over a photo.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        The developed photo; stays as it is.
    overlay : OverlaySettings
        What to draw.
    px_per_mm : float
        Scale of the photo, by which bar and circle are drawn.

    Returns
    -------
    Drawn
        With the exact places of bar and circle; None for what was not asked for.
    """
    hidden = np.zeros(rgb.shape[:2], bool)
    if overlay == OverlaySettings():
        return Drawn(rgb, hidden, None, None)
    picture = Image.fromarray(rgb)
    pen = ImageDraw.Draw(picture, "RGBA")
    height, width = rgb.shape[:2]
    size = max(9, round(height / 52))
    circle = _circle(pen, overlay, px_per_mm, (height, width)) if overlay.circle_mm > 0 else None
    if overlay.note:
        _note(pen, overlay, (height, width), size)
    bar = _bar(pen, overlay, px_per_mm, (height, width)) if overlay.bar_mm > 0 else None
    if overlay.caption:
        high, wide = round(overlay.caption_share * height), round(overlay.caption_wide * width)
        pen.rectangle((0, 0, wide, high), fill=(126, 128, 146, 255))
        pen.text((4, high // 2), overlay.caption, (240, 240, 245), ImageFont.load_default(max(8, high * 0.62)), "lm")
        hidden[: high + 1, : wide + 1] = True
    out = np.asarray(picture).astype(np.uint8)
    hidden |= np.abs(out.astype(np.int16) - rgb).max(2) > 60
    return Drawn(out, hidden, bar, circle)


def _circle(
    pen: ImageDraw.ImageDraw, overlay: OverlaySettings, px_per_mm: float, shape: tuple[int, int]
) -> tuple[float, float, float]:
    y, x, r = overlay.circle_at[0] * shape[0], overlay.circle_at[1] * shape[1], overlay.circle_mm * px_per_mm
    line = max(1, round(shape[0] / 700))
    pen.ellipse((x - r, y - r, x + r, y + r), outline=(*overlay.ink_rgb, 220), width=line)
    pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(*overlay.ink_rgb, 255))
    pen.line((x, y, x - 0.77 * r, y - 0.64 * r), fill=(*overlay.ink_rgb, 200), width=line)
    return y, x, r


def _note(pen: ImageDraw.ImageDraw, overlay: OverlaySettings, shape: tuple[int, int], size: int) -> None:
    y, x = overlay.note_at[0] * shape[0], overlay.note_at[1] * shape[1]
    font = ImageFont.load_default(size)
    text = "\n".join(overlay.note)
    left, upper, right, lower = pen.multiline_textbbox((x, y), text, font, spacing=3)
    pen.rectangle((left - 4, upper - 4, right + 4, lower + 4), fill=(225, 225, 225, 120))
    pen.multiline_text((x, y), text, (*overlay.ink_rgb, 255), font, spacing=3)


def _bar(
    pen: ImageDraw.ImageDraw, overlay: OverlaySettings, px_per_mm: float, shape: tuple[int, int]
) -> tuple[Point, Point]:
    y, x = round(overlay.bar_at[0] * shape[0]), round(overlay.bar_at[1] * shape[1])
    far, tick = x + overlay.bar_mm * px_per_mm, max(4, round(shape[0] / 110))
    ink, line = (*overlay.bar_rgb, 255), max(1, round(shape[0] / 500))
    if overlay.bar_style == "solid":
        pen.rectangle((x, y - tick / 2, far, y + tick / 2), fill=ink)
    else:
        pen.line((x, y, far, y), fill=ink, width=line)
    if overlay.bar_style == "ticks":
        for end in (x, far):
            pen.line((end, y - tick, end, y + tick), fill=ink, width=line)
    if overlay.bar_style == "bracket":
        pen.line((x, y, x, y - overlay.bar_mm * px_per_mm), fill=ink, width=line)
    font = ImageFont.load_default(max(9, round(shape[0] / 55)))
    label = f"{overlay.bar_mm:g} mm"
    side = sum(overlay.bar_rgb) > 380  # a light bar has a dark plate behind its label, a dark one a light plate
    at = (far + 6, y)
    box = pen.textbbox(at, label, font, "lm")
    plate = (30, 30, 34, 200) if side else (225, 225, 228, 200)
    pen.rectangle((box[0] - 3, box[1] - 2, box[2] + 3, box[3] + 2), fill=plate)
    pen.text(at, label, ink, font, "lm")
    return (float(y), float(x)), (float(y), float(far))
