"""Find a burnt-in scale bar and read its scale.

Knows: drawn lines, their labels. Must not know: hairs.
Lines are sought lying; standing ones are sought in the transposed photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.image.label import Box, Label, read_labels
from hairwise.records.photo import ScaleReading

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.records.base import Bools, Bytes

__all__ = ["BarReading", "BarSettings", "overlay_of", "read_scale_bar"]

_EVEN = 0.01  # what JPEG leaves of a line of one colour
_MOST_RUNS = 80  # of each tone and direction; a bar is among the strongest


@dataclass(frozen=True)
class BarSettings:
    """Limits of finding a bar; lengths in pixels of the photo as it is."""

    squeeze: int = 4  # columns averaged while searching: a lying line keeps its contrast, skin and noise do not
    least_contrast: float = 18.0  # to the skin above and below [grey levels]
    least_length_px: int = 36  # 1 mm at 36 px/mm
    most_thick_px: int = 12
    edge_share: float = 0.75  # of its length a bar has skin beside it; the rest it crosses hair
    colour_spread: float = 0.2  # a drawn line is of one colour up to JPEG noise, as a share of its contrast
    worst_unevenness: float = 0.022  # spread along the line over its contrast; JPEG leaves 0 to 0.018, hair 0.02 to 0.1
    most_tries: int = 6  # evenest lines first
    end_error_px: float = 1.0
    label_error_share: float = 0.01  # nobody verified what the device wrote
    px_per_mm: tuple[float, float] = (25.0, 2000.0)


@dataclass(frozen=True)
class Line:
    """A drawn line, lying or standing; ``unevenness`` is its colour's spread along it over its contrast."""

    box: Box
    length_px: float
    unevenness: float
    is_lying: bool


@dataclass(frozen=True)
class BarReading:
    """A scale bar with its label."""

    scale: ScaleReading
    line: Line
    label: Label


def read_scale_bar(grey: Bytes, settings: BarSettings | None = None) -> BarReading | None:
    """
    Find the scale bar of a photo.

    Parameters
    ----------
    grey : (H, W) array of uint8
        Upright photo.
    settings : BarSettings, optional

    Returns
    -------
    BarReading or None
        None without a bar whose label is read with certainty, where two labels or two bars contradict each other, and
        outside 25 to 2000 px/mm. The standard error holds a pixel at each end and 1 % for an unverified label.
    """
    s = settings or BarSettings()
    lines = [_upright(line) for line in find_lines(np.ascontiguousarray(grey.T), s)] + find_lines(grey, s)
    lines.sort(key=lambda line: line.unevenness)
    read: list[tuple[Line, Label]] = []
    tried: list[tuple[Box, tuple[Label, ...]]] = []
    for line in lines[: s.most_tries]:
        near = [label for label in _labels_near(grey, line, tried) if _belongs(line, label)]
        if len({label.length_mm for label in near}) == 1:
            read.append((line, near[0]))
        elif near:
            return None
    read = [(line, label) for line, label in read if not _is_frame(line, label, lines)]
    if not read:
        return None
    # hair that looks like a line is less even than what was drawn; of drawn lines the longest is the bar
    evenest = min(line.unevenness for line, _ in read)
    read = [pair for pair in read if pair[0].unevenness <= max(_EVEN, 2 * evenest)]
    read.sort(key=lambda pair: -pair[0].length_px)
    line, label = read[0]
    for other, same in read[1:]:
        # a shorter one may be a tick at the end; one nearly as long that says otherwise leaves the scale open
        is_rival = same.box.gap_to(label.box) > 0 or other.length_px > 0.6 * line.length_px
        off = abs(other.length_px / same.length_mm - line.length_px / label.length_mm)
        if is_rival and off > max(3.0 / label.length_mm, 0.02 * line.length_px / label.length_mm):
            return None
    px_per_mm = line.length_px / label.length_mm
    if not s.px_per_mm[0] <= px_per_mm <= s.px_per_mm[1]:
        return None
    ends = float(np.sqrt(2)) * s.end_error_px / label.length_mm
    se = float(np.hypot(ends, s.label_error_share * px_per_mm))
    return BarReading(ScaleReading("scale_bar", px_per_mm, se), line, label)


def overlay_of(bar: BarReading, shape: tuple[int, int]) -> Bools:
    """Return the pixels that the bar and its label cover (H, W)."""
    mask = np.zeros(shape, bool)
    pad = max(3, bar.label.digit_px // 2)  # a label's box of another colour reaches beyond its letters
    for box, wide in ((bar.line.box, 2), (bar.label.box, pad)):
        mask[max(0, box.y0 - wide) : box.y1 + wide, max(0, box.x0 - wide) : box.x1 + wide] = True
    return mask


def find_lines(grey: Bytes, s: BarSettings) -> list[Line]:
    """Return the lying drawn lines of a photo."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // s.squeeze), height), interpolation=cv2.INTER_AREA)
    upright = np.ones((s.most_thick_px + 3, 1), np.uint8)
    reach = max(2, s.least_length_px // s.squeeze)
    lines: list[Line] = []
    for way in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        hat = cv2.morphologyEx(small, way, upright)
        thin = (hat >= s.least_contrast * 0.7).astype(np.float32)
        dense = cv2.boxFilter(thin, -1, (reach, 1), borderType=cv2.BORDER_CONSTANT) >= 0.85
        for row, start, end in _strongest_runs(dense, np.asarray(hat, np.uint8)):
            line = _refined(grey, row, start * s.squeeze, min(width, end * s.squeeze), s)
            if line is not None and all(line.box.gap_to(known.box) > 0 for known in lines):
                lines.append(line)
    return lines


def _strongest_runs(dense: Bools, hat: Bytes) -> list[tuple[int, int, int]]:
    """Return row, first and one past the last column of the unbroken runs with most contrast in all."""
    change = np.diff(np.pad(dense, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    total = np.pad(np.cumsum(hat, axis=1, dtype=np.int64), ((0, 0), (1, 0)))
    order = np.argsort(total[rows, starts] - total[rows, ends])[:_MOST_RUNS]
    return [(int(rows[k]), int(starts[k]), int(ends[k])) for k in order]


def _upright(line: Line) -> Line:
    b = line.box
    return Line(Box(b.x0, b.y0, b.x1, b.y1), line.length_px, line.unevenness, is_lying=False)


def _refined(grey: Bytes, row: int, x0: int, x1: int, s: BarSettings) -> Line | None:
    """Return the line whose core is near that row and columns in the whole photo, or None where it is not drawn."""
    reach = s.most_thick_px + 4
    top, bottom = row - reach, row + reach + 1
    if top < 0 or bottom > grey.shape[0] or x1 - x0 < s.least_length_px // 2:
        return None
    band = grey[top:bottom].astype(np.float32)
    found = _rows(np.median(band[:, x0:x1], axis=1), reach, s)
    if found is None:
        return None
    first, last, contrast = found
    inner = slice(first + 1, last) if last - first >= 2 else slice(first, last + 1)
    along = band[inner].mean(axis=0)
    colour = float(np.median(along[x0:x1]))
    most_off = max(7.0, s.colour_spread * abs(contrast))
    left, right = _run(np.abs(along - colour) <= most_off, (x0 + x1) // 2)
    if right - left + 1 < s.least_length_px:
        return None
    # once more by the line's own noise: hair of nearly its tone that carries it on is less even. Where it crosses hair,
    # JPEG rings over a few pixels.
    own = 7.0 * float(np.median(np.abs(along[left : right + 1] - colour)))
    even = np.abs(along - colour) <= min(most_off, max(10.0, own))
    bridged = cv2.morphologyEx(even.astype(np.uint8)[None], cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))[0] > 0
    left, right = _run(bridged & (np.abs(along - colour) <= most_off), (x0 + x1) // 2)
    if right - left + 1 < s.least_length_px or left < 3 or right > grey.shape[1] - 4:
        return None
    beside = [band[max(first - 3, 0)], band[min(last + 3, len(band) - 1)]]
    seen = np.minimum(*[(side - along) * np.sign(contrast) for side in beside]) >= 0.4 * abs(contrast)
    tick = s.most_thick_px + 2  # under a tick at the end no skin is seen beside the line
    ends_seen = seen[left : left + tick].any() and seen[right + 1 - tick : right + 1].any()
    spread = float(along[left + 2 : right - 1].std())
    if not (
        ends_seen
        and spread <= s.worst_unevenness * abs(contrast)
        and float(seen[left : right + 1].mean()) >= s.edge_share
    ):
        return None
    ends = _ends(along, colour, (left, right), max(14.0, 0.3 * abs(contrast)))
    if ends is None or not _is_straight(band, seen, (left, right), (first, last)):
        return None
    box = Box(top + first, left, top + last + 1, right + 1)
    return Line(box, ends[1] - ends[0], spread / abs(contrast), is_lying=True)


def _rows(profile: npt.NDArray[np.float32], core: int, s: BarSettings) -> tuple[int, int, float] | None:
    """Return the first and last row of the line and the ground's level over its own; None unless its edges are hard."""
    low, high = max(0, core - 2), core + 3
    near = profile[low:high]
    ground = float(np.median(profile))
    core = low + int(np.argmax(np.abs(near - ground)))
    contrast = ground - float(profile[core])
    if abs(contrast) < s.least_contrast:
        return None
    inside = (ground - profile) * np.sign(contrast) > 0.5 * abs(contrast)
    first, last = _run(inside, core)
    if last - first + 1 > s.most_thick_px or first < 3 or last > len(profile) - 4:
        return None
    # two rows beyond either edge the ground must be reached: a blurred hair or furrow fades over more
    beyond = (ground - profile[[first - 2, last + 2]]) * np.sign(contrast)
    return None if float(beyond.max()) > 0.25 * abs(contrast) else (first, last, contrast)


def _run(ok: npt.NDArray[np.bool_], start: int) -> tuple[int, int]:
    """Return the first and last of the unbroken stretch around ``start``."""
    before, after = np.flatnonzero(~ok[: start + 1]), np.flatnonzero(~ok[start:])
    left = int(before[-1]) + 1 if len(before) else 0
    right = start + int(after[0]) - 1 if len(after) else len(ok) - 1
    return left, right


def _ends(
    along: npt.NDArray[np.float32], colour: float, columns: tuple[int, int], least_change: float
) -> tuple[float, float] | None:
    """Return both ends at half height [px]; None where the colour does not change abruptly."""
    ends = []
    for at, step in zip(columns, (-1, 1), strict=True):
        outside = [at + step * k for k in range(2, 5) if 0 <= at + step * k < len(along)]
        if len(outside) < 2:
            return None
        change = float(np.median(along[outside])) - colour
        if abs(change) < least_change:
            return None
        share = [(float(along[at + step * k]) - colour) / change for k in range(-1, 4)]
        if max(share[2:]) < 0.7:  # a few pixels on, it is another colour
            return None
        k = next((k for k in range(5) if share[k] >= 0.5), 4)
        back = share[k - 1] if k else 0.0
        cross = k - 1 + (0.5 - back) / max(share[k] - back, 1e-6)
        ends.append(at + step * (cross - 1))
    return ends[0], ends[1]


def _is_straight(
    band: npt.NDArray[np.float32], seen: npt.NDArray[np.bool_], columns: tuple[int, int], rows: tuple[int, int]
) -> bool:
    """Return whether both halves of the line lie on the same rows; a hair leans."""
    left, right = columns
    middle = (left + right) // 2
    first, last = rows
    centres = []
    for a, b in ((left, middle), (middle, right + 1)):
        use = np.flatnonzero(seen[a:b]) + a
        if len(use) < 8:
            return False
        profile = np.median(band[max(first - 3, 0) : last + 4, use], axis=1)
        weight = np.abs(profile - np.median(profile[[0, -1]]))
        centres.append(float((weight * np.arange(len(weight))).sum() / max(float(weight.sum()), 1e-6)))
    return abs(centres[0] - centres[1]) <= 0.2


def _labels_near(grey: Bytes, line: Line, tried: list[tuple[Box, tuple[Label, ...]]]) -> tuple[Label, ...]:
    """Return the labels round a line, in pixels of the photo; regions once read are remembered."""
    b = line.box
    wide = Box(max(0, b.y0 - 110), max(0, b.x0 - 280), min(grey.shape[0], b.y1 + 110), min(grey.shape[1], b.x1 + 280))
    for known, labels in tried:
        if known == wide:
            return labels
    found = tuple(
        Label(
            f.length_mm,
            Box(f.box.y0 + wide.y0, f.box.x0 + wide.x0, f.box.y1 + wide.y0, f.box.x1 + wide.x0),
            f.digit_px,
        )
        for f in read_labels(np.ascontiguousarray(grey[wide.y0 : wide.y1, wide.x0 : wide.x1]))
    )
    tried.append((wide, found))
    return found


def _belongs(line: Line, label: Label) -> bool:
    return 0 < label.box.gap_to(line.box) <= 1.8 * label.digit_px + 10  # touching: a stroke of a letter


def _is_frame(line: Line, label: Label, lines: list[Line]) -> bool:
    """Return whether the line is a side of a frame drawn round the label."""
    b, text = line.box, label.box
    start, end = (b.x0, b.x1) if line.is_lying else (b.y0, b.y1)
    inner = (text.x0, text.x1) if line.is_lying else (text.y0, text.y1)
    if not (start <= inner[0] and inner[1] <= end):
        return False
    for other in lines:
        o = other.box
        if other.is_lying != line.is_lying or other is line or abs(other.length_px - line.length_px) > 8:
            continue
        low, high = sorted((b.y0, o.y0) if line.is_lying else (b.x0, o.x0))
        middle = (text.y0 + text.y1) / 2 if line.is_lying else (text.x0 + text.x1) / 2
        if low < middle < high:
            return True
    return False
