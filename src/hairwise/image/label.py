"""Read the label of a scale bar: "1.0 mm", "500 µm", "1 cm".

Knows: drawn text, lengths and their units. Must not know: bars, hairs.
A wrong reading is far worse than none, so everything in the label must be named with certainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.image.glyphs import aspect_of, classify, patch_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.records.base import Bytes

    Plane = npt.NDArray[np.float32]

__all__ = ["Box", "Label", "read_labels"]

_MM = {"mm": 1.0, "M": 1.0, "um": 1e-3, "cm": 10.0}
_ROUND = {"1", "15", "2", "25", "3", "4", "5", "75"}  # digits a bar's length starts with; 17 mm is a misreading
_INK_LEVELS = (22.0, 45.0, 80.0)  # half the contrast of pale, middling and strong text [grey levels]
_HEIGHT_PX = (6, 70)
_NO_LETTER = 0.08  # farther than this from every letter it is hair or the edge of a box
_MOST_LETTERS = 14  # the longest label has 9; some hair may stand beside it
_MAX_PARTS = 400  # a region with more specks than this is skin, not text


@dataclass(frozen=True)
class Box:
    """Upright box of pixels; y1 and x1 are one past the last."""

    y0: int
    x0: int
    y1: int
    x1: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        """Columns."""
        return self.x1 - self.x0

    def gap_to(self, other: Box) -> float:
        """Return the distance between two boxes, 0 where they touch [px]."""
        down = max(self.y0 - other.y1, other.y0 - self.y1, 0)
        across = max(self.x0 - other.x1, other.x0 - self.x1, 0)
        return float(np.hypot(down, across))

    def joined(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(min(self.y0, other.y0), min(self.x0, other.x0), max(self.y1, other.y1), max(self.x1, other.x1))


@dataclass(frozen=True)
class Label:
    """A length as written, where it stands, and how high its digits are."""

    length_mm: float
    box: Box
    digit_px: int


def read_labels(grey: Bytes) -> tuple[Label, ...]:
    """
    Read every length written in a part of a photo.

    Parameters
    ----------
    grey : (H, W) array of uint8
        The neighbourhood of a bar.

    Returns
    -------
    tuple of Label
        Boxes in pixels of ``grey``; empty where nothing can be read with certainty. Text read differently at two ink
        levels is left out.
    """
    found: list[Label] = []
    spoilt: list[Box] = []
    kernel = np.ones((25, 25), np.uint8)  # wider than any stroke, narrower than most boxes behind text
    for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        ink = cv2.morphologyEx(grey, way, kernel).astype(np.float32)
        for level in _INK_LEVELS:
            for line in _lines(_parts(ink, level)):
                label = _read_line(ink, line)
                if label is None:
                    continue
                for known in found:
                    if known.box.gap_to(label.box) == 0 and known.length_mm != label.length_mm:
                        spoilt += [known.box, label.box]
                found.append(label)
    kept: list[Label] = []
    for label in found:
        if all(label.box.gap_to(b) > 0 for b in spoilt) and all(label.box.gap_to(k.box) > 0 for k in kept):
            kept.append(label)
    return tuple(kept)


def _parts(ink: Plane, level: float) -> list[Box]:
    """Return the boxes of connected ink that may be letters or points."""
    n, _, stats, _ = cv2.connectedComponentsWithStats((ink >= level).astype(np.uint8), connectivity=8)
    boxes = []
    for k in range(1, n):
        x, y, width, height, area = (int(v) for v in stats[k])
        if height <= _HEIGHT_PX[1] and width <= 3.2 * _HEIGHT_PX[1] and area >= 2:
            boxes.append(Box(y, x, y + height, x + width))
    return boxes


def _lines(boxes: list[Box]) -> list[Box]:
    """Return the boxes of possible lines of text: two or more letters of a height beside each other."""
    tall = [b for b in boxes if b.height >= _HEIGHT_PX[0] and b.width <= 3.2 * b.height]
    if len(boxes) > _MAX_PARTS:
        return []
    lines: list[Box] = []
    for seed in sorted(tall, key=lambda b: (b.x0, b.y0)):
        if any(seed.y0 >= line.y0 and seed.y1 <= line.y1 and line.x0 <= seed.x0 < line.x1 for line in lines):
            continue
        line, n = seed, 1
        for b in sorted(tall, key=lambda b: b.x0):
            is_next = b.x0 >= seed.x1 - 1 and b.x0 - line.x1 <= 1.4 * seed.height and b is not seed
            if is_next and abs(b.y1 - seed.y1) <= 0.35 * seed.height and 0.5 <= b.height / seed.height <= 1.5:
                line, n = line.joined(b), n + 1
        if n >= 2:
            lines.append(line)
    return lines


def _read_line(ink: Plane, line: Box) -> Label | None:
    """Read one line of text at half of its own contrast; None unless every part of it is named."""
    pad = max(3, line.height // 2)
    window = Box(
        max(0, line.y0 - pad // 2),
        max(0, line.x0 - 2 * pad),
        min(ink.shape[0], line.y1 + pad // 2),
        min(ink.shape[1], line.x1 + 2 * pad),
    )
    part = ink[window.y0 : window.y1, window.x0 : window.x1]
    inner = ink[line.y0 : line.y1, line.x0 : line.x1]
    strong = inner[inner > 0.5 * float(np.percentile(inner, 97))]
    if len(strong) < 8:
        return None
    top = float(np.percentile(strong, 75))
    strength = part / top
    boxes = [b for b in _parts(part, 0.5 * top) if b.y1 > pad // 2 and b.y0 < part.shape[0] - pad // 2]
    boxes.sort(key=lambda b: b.x0)
    text = _named(strength, boxes)
    if text is None:
        return None
    letters, digit_px, used = text
    length_mm = _length(letters)
    if length_mm is None:
        return None
    whole = Box(used.y0 + window.y0, used.x0 + window.x0, used.y1 + window.y0, used.x1 + window.x0)
    return Label(length_mm, whole, digit_px)


def _named(strength: Plane, boxes: list[Box]) -> tuple[str, int, Box] | None:
    """Return the letters of a line, the height of its digits and the box of all; None where any part is unsure."""
    boxes = [b for b in boxes if not any(_holds(o, b) for o in boxes)]  # some zeros carry a dot
    if not 2 <= len(boxes) <= _MOST_LETTERS:
        return None
    tallest = max(b.height for b in boxes)
    named: list[tuple[str, Box]] = []
    for box in boxes:
        if box.height < 0.34 * tallest and box.width < 0.5 * tallest:
            named.append((".", box))
            continue
        patch = patch_of(np.ascontiguousarray(strength[box.y0 : box.y1, box.x0 : box.x1]))
        glyph = classify(patch, aspect_of(box.height, box.width))
        named.append(("~" if glyph.distance > _NO_LETTER else glyph.letter, box))
    digits = [b for letter, b in named if letter.isdigit()]
    if not digits:
        return None
    digit_px = int(np.median([b.height for b in digits]))
    base = float(np.median([b.y1 for b in digits]))
    slack = max(1.5, 0.12 * digit_px)
    named = _without_specks(named, digit_px, base, slack)
    if not named:
        return None
    if not all(_stands(letter, b, digit_px, base, slack) for letter, b in named):
        return None
    if not _point_is_sure(strength, named, digit_px, base):
        return None
    whole = named[0][1]
    for _, box in named[1:]:
        whole = whole.joined(box)
    return "".join(letter for letter, _ in named), digit_px, whole


def _holds(outer: Box, inner: Box) -> bool:
    is_inside = outer.y0 < inner.y0 and inner.y1 < outer.y1 and outer.x0 < inner.x0 and inner.x1 < outer.x1
    return is_inside and outer is not inner


def _without_specks(named: list[tuple[str, Box]], digit_px: int, base: float, slack: float) -> list[tuple[str, Box]]:
    """Return the line without what is not of it: specks off the line, and hair beside its ends."""
    kept = []
    for letter, box in named:
        overlap = min(box.y1, base + 1) - max(box.y0, base - digit_px - 1)
        if overlap >= 0.5 * box.height:
            kept.append((letter, box))
    sure = [k for k, (letter, box) in enumerate(kept) if letter not in ("", "?", ".", "~")
            and _stands(letter, box, digit_px, base, slack)]  # fmt: skip
    if not sure:
        return []
    first, last = sure[0], sure[-1]
    for k in (first - 1, last + 1):
        if not 0 <= k < len(kept):
            continue
        letter, box = kept[k]
        gap = max(kept[first][1].x0 - box.x1, box.x0 - kept[last][1].x1)
        is_like = letter != "~" and 0.55 <= box.height / digit_px <= 1.2 and abs(box.y1 - base) <= 2 * slack
        # what stands close by as a letter would may be one that was not made out; a point in front may be a number's
        if gap < (0.15 if not is_like else 0.9) * digit_px and letter != ".":
            return []
        if letter == "." and k < first and abs(box.y1 - base) <= slack and gap < 0.5 * digit_px:
            return []
    return kept[first : last + 1]


def _stands(letter: str, box: Box, digit_px: int, base: float, slack: float) -> bool:
    """Return whether a letter has the height and place that it has beside digits of that height."""
    share = box.height / digit_px
    if letter == ".":
        return abs(box.y1 - base) <= slack and share <= 0.34 and 0.4 <= box.width / max(box.height, 1) <= 2.5
    if letter.isdigit():
        return abs(share - 1) <= max(0.1, 1.6 / digit_px) and abs(box.y1 - base) <= slack
    if letter == "u":  # the micro sign goes below the line
        return 0.55 <= share <= 1.25 and base - slack <= box.y1 <= base + 0.45 * digit_px
    return 0.55 <= share <= 0.95 and abs(box.y1 - base) <= slack


def _point_is_sure(strength: Plane, named: list[tuple[str, Box]], digit_px: int, base: float) -> bool:
    """Return whether no point hides between digits: a missed one makes 1.0 to 10."""
    for (a, left), (b, right) in zip(named[:-1], named[1:], strict=True):
        gap = right.x0 - left.x1
        if not (a.isdigit() and b.isdigit()):
            if gap > (1.5 if a.isdigit() and b != "." else 0.6) * digit_px:
                return False
            continue
        if gap > 0.45 * digit_px:
            return False
        low = strength[int(base - 0.25 * digit_px) : int(base), left.x1 + 1 : max(right.x0 - 1, left.x1 + 2)]
        if gap >= 3 and low.size and float(low.max()) > 0.3:
            return False
    return True


def _length(letters: str) -> float | None:
    """Return the length that a line of letters says [mm]; None where it is no length a bar has."""
    for unit, mm in _MM.items():
        number = letters.removesuffix(unit)
        if number == letters:
            continue
        whole, point, rest = number.partition(".")
        if not whole.isdigit() or (point and not rest.isdigit()) or "." in rest:
            return None
        if len(whole) > 1 and whole[0] == "0":
            return None
        if number.replace(".", "").strip("0") not in _ROUND:
            return None
        return float(number) * mm
    return None
