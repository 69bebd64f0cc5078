"""What the small network sees: roots, tips, bodies and directions, as maps.

Knows: the network's file, its grid and its nine outputs. Must not know: strands, thresholds of hair.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from hairwise.hairs.lines import sample

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32
    from hairwise.records.base import Bytes, Floats

__all__ = ["NetMaps", "look", "read_at"]

_MULTIPLE = 16  # of the sides: four levels of two
_BAND, _OVERLAP = 512, 96  # rows at a time; half the overlap is wider than what one output sees of its surround


@dataclass(frozen=True)
class NetMaps:
    """Maps (H / 2, W / 2, ...) of a photo at 120 px/mm; pixel (0, 0) lies over the middle of the first four.

    Attributes
    ----------
    root, tip, body : (h, w) array of float32
        Probability that a root, a tip, a shaft is here.
    way : (h, w, 2) array of float32
        Direction from root to tip on the shaft (y, x); shorter than 1 where it is unsure.
    to_root, to_tip : (h, w, 2) array of float32
        Way to the ends of the shaft here (y, x) [mm]; learnt within 1 mm.
    """

    root: Image32
    tip: Image32
    body: Image32
    way: Image32
    to_root: Image32
    to_tip: Image32


@lru_cache(maxsize=1)
def _session() -> Any:
    # Read when it is loaded: else it writes an identity of this machine and reports its use to its maker.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(2, cv2.getNumberOfCPUs())
    options.log_severity_level = 3
    weights = files("hairwise.hairs").joinpath("hairnet.onnx").read_bytes()
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def look(rgb: Bytes) -> NetMaps:
    """Run the network over a photo.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        Photo at 120 px/mm.

    Returns
    -------
    NetMaps
        The photo is taken in bands, so memory does not grow with its height; bands agree where they meet.
    """
    height, width = rgb.shape[:2]
    padded = cv2.copyMakeBorder(rgb, 0, -height % _MULTIPLE, 0, -width % _MULTIPLE, cv2.BORDER_REFLECT_101)
    parts = []
    tall = padded.shape[0]
    for top in range(0, tall, _BAND):
        first, last = max(0, top - _OVERLAP), min(tall, top + _BAND + _OVERLAP)
        band = np.ascontiguousarray(padded[first:last].transpose(2, 0, 1)[None], np.float32) / np.float32(255)
        out = _session().run(None, {"image": band})[0][0]
        parts.append(out[:, (top - first) // 2 : (min(top + _BAND, tall) - first) // 2])
    maps = np.concatenate(parts, axis=1)[:, : (height + 1) // 2, : (width + 1) // 2]
    seen = 1 / (1 + np.exp(-np.clip(maps[:3], -30, 30)))
    pairs = [np.ascontiguousarray(maps[[k + 1, k]].transpose(1, 2, 0)) for k in (3, 5, 7)]
    return NetMaps(seen[0], seen[1], seen[2], *pairs)


def read_at(plane: Image32, points: Floats) -> Floats:
    """Read a map (h, w) or (h, w, C) at points (..., 2) of the 120 px/mm grid, linearly; the border repeats."""
    return sample(plane, (points - 0.5) / 2)
