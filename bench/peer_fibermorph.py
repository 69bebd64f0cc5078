"""fibermorph's own steps on one photo, by the Python of its own environment. usage: peer_fibermorph.py PHOTO PX_PER_MM

fibermorph measures curvature and length of hairs lying apart on a light ground; its table has no places. So its steps
are called one by one up to the pruned skeleton, each piece of which it counts as a hair.
Prints {"seconds", "lines": [[[y, x], ...], ...]}.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time

import numpy as np
from fibermorph import binarize_curv, filter_curv, prune, remove_particles, skeletonize
from skimage.measure import label, regionprops


def main() -> None:
    photo, px_per_mm = sys.argv[1], float(sys.argv[2])
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        filtered, name = filter_curv(photo, folder, False)
        mask = binarize_curv(filtered, name, folder, False)
        mask = remove_particles(mask, folder, name, minpixel=int(px_per_mm / 2), prune=False, save_img=False)
        pieces = prune(skeletonize(mask, name, folder, False), name, folder, False)
    lines = [in_order(piece.coords) for piece in regionprops(label(pieces, connectivity=2)) if piece.area > 1]
    print(json.dumps({"seconds": time.process_time() - start, "lines": lines}))


def in_order(points: np.ndarray) -> list[list[int]]:
    """Points of an unbranched piece from one end to the other: along the way between the two furthest apart."""
    far = points[np.linalg.norm(points - points.mean(axis=0), axis=1).argmax()]
    other = points[np.linalg.norm(points - far, axis=1).argmax()]
    middle = points[np.argsort((points - far) @ (other - far), kind="stable")]
    return [far.tolist(), *middle[1:-1].tolist(), other.tolist()]


if __name__ == "__main__":
    main()
