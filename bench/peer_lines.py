"""Other ways to find dark lines, with their own defaults, on a photo of hair. Imported by peers.py.

Each takes the grey photo and its scale and returns centrelines (P, 2), (y, x), which end is the root unknown. The only
choice is scale: filters are as wide as a nominal hair of 70 um, and lines shorter than two such widths are dropped.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

HAIR_MM = 0.070  # nominal width
SHORTEST_MM = 2 * HAIR_MM
BEYOND_MM = 0.2  # how far beyond an end the skin is looked at
TIE_LAB = 0.5  # a smaller difference in blueness is none
LIMIT_S = 120  # processor seconds of a pure-Python peer on one photo
STEGER_PX_PER_MM = 70.0  # a hair 5 px wide; at full size pure Python takes minutes a photo
FIBERMORPH = Path(os.environ.get("HAIRWISE_FIBERMORPH") or Path(__file__).parent.parent / ".venv/fibermorph/bin/python")
Lines = list[np.ndarray]


def sato_skan(grey: np.ndarray, px_per_mm: float) -> Lines:
    """scikit-image's Sato filter at one scale, Otsu, skeleton, skan's branches."""
    from skimage.filters import sato, threshold_otsu
    from skimage.morphology import skeletonize

    # a bar of width w answers most at sigma w / (2 sqrt 3), Steger 1998
    response = sato(grey / 255.0, sigmas=[HAIR_MM * px_per_mm / (2 * np.sqrt(3))], black_ridges=True)
    return _branches(skeletonize(response > threshold_otsu(response)), px_per_mm)


def blackhat_skan(grey: np.ndarray, px_per_mm: float) -> Lines:
    """OpenCV's black-hat with an ellipse of two hair widths, Otsu, thinning, skan's branches."""
    from skimage.morphology import thin

    side = 2 * round(HAIR_MM * px_per_mm) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    _, mask = cv2.threshold(hat, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return _branches(thin(mask > 0), px_per_mm)


def _branches(skeleton: np.ndarray, px_per_mm: float) -> Lines:
    from skan import Skeleton

    if skeleton.sum() < 2:
        return []
    found = Skeleton(skeleton)
    lengths_px = found.path_lengths()
    return [found.path_coordinates(n) for n in np.flatnonzero(lengths_px >= SHORTEST_MM * px_per_mm)]


def steger(grey: np.ndarray, px_per_mm: float) -> Lines:
    """ridge-detection: Steger's lines with the contrasts of the package's own example."""
    from PIL import Image
    from ridge_detection.basicGeometry import reset_counter
    from ridge_detection.lineDetector import LineDetector
    from ridge_detection.params import Params

    shrink = min(1.0, STEGER_PX_PER_MM / px_per_mm)
    small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    lengths_px = {"Minimum_Line_Length": SHORTEST_MM * px_per_mm * shrink, "Maximum_Line_Length": 0}
    settings = {
        "path_to_file": "",
        "mandatory_parameters": lengths_px | {"Darkline": "DARK", "Overlap_resolution": "NONE"},
        "optional_parameters": {"Line_width": HAIR_MM * px_per_mm * shrink, "High_contrast": 200, "Low_contrast": 80},
    }
    reset_counter()
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        # an array's sides are read in the wrong order by this package, a Pillow image's in the right one
        found = LineDetector(params=Params(settings)).detectLines(Image.fromarray(small))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    # sides were rounded: go back by the sizes, not by the factor
    back = np.array(grey.shape) / np.array(small.shape)
    return [(np.c_[line.row, line.col] + 0.5) * back - 0.5 for line in found if len(line.row) > 1]


def _give_up(*_: object) -> None:
    raise TimeoutError(f"no answer within {LIMIT_S} processor seconds")


PEERS: dict[str, Callable[[np.ndarray, float], Lines]] = {
    "scikit-image Sato + skan": sato_skan,
    "OpenCV black-hat + skan": blackhat_skan,
    "ridge-detection (Steger)": steger,
}
NEEDED = {
    "scikit-image Sato + skan": ("skimage", "skan"),
    "OpenCV black-hat + skan": ("skimage", "skan"),
    "ridge-detection (Steger)": ("ridge_detection",),
}


@cache
def is_installed(peer: str) -> bool:
    if peer == "fibermorph":
        if not FIBERMORPH.exists():
            return False
        return not subprocess.run([FIBERMORPH, "-c", "import fibermorph"], capture_output=True, check=False).returncode
    return all(importlib.util.find_spec(name) for name in NEEDED[peer])


def root_first(lines: Lines, rgb: np.ndarray, px_per_mm: float) -> Lines:
    """Turn each line so that its root comes first, by one simple rule for all.

    The root is the end beyond which the skin is bluer (CIELAB b*, within 0.2 mm): a dark shaft shows bluish through the
    skin before it leaves it. Where both ends are alike, or one looks out of the photo, it is the upper end.
    """
    small = cv2.GaussianBlur(rgb, (0, 0), HAIR_MM * px_per_mm / 4).astype(np.float32) / 255
    yellow = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[..., 2]
    turned = []
    for line in lines:
        first, last = (_beyond(part, yellow, px_per_mm) for part in (line, line[::-1]))
        upper_first = line[0, 0] <= line[-1, 0]
        keep = upper_first if not abs(first - last) > TIE_LAB else first < last
        turned.append(line if keep else line[::-1])
    return turned


def _beyond(line: np.ndarray, yellow: np.ndarray, px_per_mm: float) -> float:
    """Mean b* just beyond the line's first point; NaN outside of the photo."""
    n = min(len(line) - 1, max(2, round(0.15 * px_per_mm)))
    way = line[0] - line[n]
    way = way / max(np.linalg.norm(way), 1e-9)
    steps_px = np.linspace(0.05, BEYOND_MM, 8) * px_per_mm
    points = np.round(line[0] + steps_px[:, None] * way).astype(int)
    points = points[np.all((points >= 0) & (points < yellow.shape), axis=1)]
    return float(yellow[points[:, 0], points[:, 1]].mean()) if len(points) else np.nan
