"""Draw the templates that read a scale bar's label: make_glyphs.py OUT.npz FONT_FOLDER...

Every letter is drawn in every font at several sizes, softened and resampled, and kept where no kept one is near.
Besides the folders' fonts, Pillow's own and OpenCV's Hershey letters are drawn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hairwise.image.glyphs import aspect_of, patch_of

LETTERS = {**{d: d for d in "0123456789"}, "m": "m", "u": "u", "µ": "u", "c": "c", "mm": "M"}
OTHERS = "adehknrtxyAEFHKMNPRTUVX%/"  # what else may stand there; those like a digit are left out
HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX,
)  # fmt: skip
SIZES = (12, 17, 30)
NEAR = 0.009  # mean square difference under which a second template of a letter adds nothing


def drawn(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> np.ndarray:
    box = font.getbbox(text)
    image = Image.new("L", (int(box[2] - box[0]) + 24, int(box[3] - box[1]) + 24), 0)
    ImageDraw.Draw(image).text((12 - box[0], 12 - box[1]), text, fill=255, font=font)
    return np.asarray(image, np.float32) / 255


def hershey(text: str, face: int, size: int) -> np.ndarray:
    thick = max(1, round(size / 14))
    share = cv2.getFontScaleFromHeight(face, size, thick)
    (width, height), base = cv2.getTextSize(text, face, share, thick)
    image = np.zeros((height + base + 24, width + 24), np.uint8)
    cv2.putText(image, text, (12, height + 12), face, share, 255, thick, cv2.LINE_AA)
    return image.astype(np.float32) / 255


def glyph(image: np.ndarray, blur: float) -> tuple[np.ndarray, float] | None:
    soft = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
    top = float(np.percentile(soft[soft > 0.1], 90)) if (soft > 0.1).any() else 0.0
    if top < 0.2:
        return None
    soft = soft / top
    rows, columns = np.nonzero(soft > 0.5)
    y0, y1, x0, x1 = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    return patch_of(np.ascontiguousarray(soft[y0:y1, x0:x1])), aspect_of(y1 - y0, x1 - x0)


def pictures(folders: list[Path]) -> list[tuple[str, np.ndarray]]:
    """Return letter and picture of everything drawn."""
    out = []
    paths = sorted(p for folder in folders for p in folder.rglob("*.ttf"))
    paths = [p for p in paths if not any(w in p.name for w in ("Math", "ExtraLight", "Oblique", "Italic"))]
    texts = [*LETTERS.items(), *((t, "?") for t in OTHERS)]
    for size in SIZES:
        fonts = [ImageFont.truetype(str(p), size) for p in paths] + [ImageFont.load_default(size)]
        for text, letter in texts:
            out += [(letter, drawn(text, font)) for font in fonts]
            if text != "µ":  # Hershey has none
                out += [(letter, hershey(text, face, round(0.72 * size))) for face in HERSHEY]
    return out


def main() -> None:
    out, *folders = (Path(a) for a in sys.argv[1:])
    held: dict[str, np.ndarray] = {}
    for letter, picture in pictures(folders):
        for blur in (0.0, 0.6):
            made = glyph(picture, blur)
            if made is None or (letter == "M" and made[1] < np.log(1.2)):
                continue
            # the weight of the aspect is that of hairwise.image.glyphs, spread over the patch
            row = np.append(made[0].ravel(), made[1] * np.sqrt(0.12 * made[0].size))[None].astype(np.float32)
            near = NEAR * (4 if letter == "?" else 1)
            known = held.setdefault(letter, row[:0])
            if np.all(np.sum((known - row) ** 2, axis=1) > near * made[0].size):
                held[letter] = np.concatenate([known, row])
    letters = [letter for letter, known in held.items() for _ in known]
    rows = np.concatenate(list(held.values()))
    size = rows.shape[1] - 1
    np.savez_compressed(
        out,
        patches=np.round(rows[:, :-1] * 15).astype(np.uint8),
        aspects=rows[:, -1] / np.float32(np.sqrt(0.12 * size)),
        letters=np.array(letters),
    )
    counts = {letter: len(known) for letter, known in held.items()}
    print(f"{len(letters)} templates, {out.stat().st_size / 1000:.0f} kB: {counts}")


if __name__ == "__main__":
    main()
