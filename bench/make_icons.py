"""Draw the icons of the installable page from the shapes of icon.svg: python bench/make_icons.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

STATIC = Path(__file__).parents[1] / "src" / "hairwise" / "web" / "static"
BLUE, WHITE = "#0b5c8f", "#ffffff"
# the two strokes of icon.svg on its 32 x 32 grid, as cubic curves (x, y)
STROKES = [[(9, 26), (9, 18), (12, 12), (20, 6)], [(16, 26), (16, 20), (18, 15), (24, 11)]]
WIDTH, CORNER, FINER = 2.6, 7, 8
SAFE = 0.75  # systems cut a full icon to a circle of 0.8 of its side; the strokes keep inside


def draw(side_px: int, *, full: bool) -> Image.Image:
    """Draw one icon; a full one has no corners of its own and smaller strokes."""
    side = side_px * FINER
    unit = side / 32
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), 0 if full else CORNER * unit, fill=BLUE)
    scale = SAFE if full else 1.0
    t = np.linspace(0, 1, 400)[:, None]
    radius = WIDTH / 2 * unit * scale
    for stroke in STROKES:
        a, b, c, d = (np.array(p, float) for p in stroke)
        line = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        for x, y in (16 + (line - 16) * scale) * unit:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=WHITE)
    return image.resize((side_px, side_px), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the three files."""
    for name, side_px, full in (("icon-192", 192, False), ("icon-512", 512, False), ("icon-full-512", 512, True)):
        image = draw(side_px, full=full)
        image = image.convert("RGB") if full else image
        # two colours and the steps between them
        image.quantize(32, Image.Quantize.FASTOCTREE).save(STATIC / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
