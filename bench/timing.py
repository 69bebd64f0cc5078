"""How long measuring takes, beside a peer on the same photo in the same process. usage: timing.py PHOTO PX_PER_MM

Prints JSON. Seconds are of the wall, on at most two threads each; the median of three. The peer is scikit-image's Sato
with skan, on the photo as it is and with the resolution that hairwise works at.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from peer_lines import is_installed, sato_skan

from hairwise import workflow

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
WORK_PX_PER_MM = 120.0


def median_s(job: Callable[[], object]) -> float:
    """Seconds of a job, once the models it needs are loaded."""
    job()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def measuring(rgb: np.ndarray, px_per_mm: float) -> Callable[[], object]:
    _, coded = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, 92])
    data = coded.tobytes()
    return lambda: workflow.measure_photo(data, "field.jpg", px_per_mm)


def main() -> None:
    photo, px_per_mm = Path(sys.argv[1]), float(sys.argv[2])
    bgr = cv2.imread(str(photo))
    told: dict[str, float | None] = {}
    told["loaded_s"] = median_s(measuring(bgr, px_per_mm))
    told["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    half = bgr[: bgr.shape[0] // 2]
    told["half_area_s"] = median_s(measuring(half, px_per_mm))
    small = cv2.resize(bgr, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    told["quarter_megapixels_s"] = median_s(measuring(small, px_per_mm / 2))
    if is_installed("scikit-image Sato + skan"):
        grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        work = WORK_PX_PER_MM / px_per_mm
        fewer = cv2.resize(grey, None, fx=work, fy=work, interpolation=cv2.INTER_AREA)
        told["sato_s"] = median_s(lambda: sato_skan(grey, px_per_mm))
        told["sato_fewer_s"] = median_s(lambda: sato_skan(fewer, WORK_PX_PER_MM))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
