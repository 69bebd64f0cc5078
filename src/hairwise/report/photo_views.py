"""Photos as a page shows them: upright JPEGs, one turned into the frame of another.

Knows: pixels and sizes. Must not know: hairs, where photos come from.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from hairwise.report.canvas import resize
from hairwise.report.figures import into_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Bytes

__all__ = ["to_jpeg", "turned_jpeg"]

_QUALITY = 82  # hairs of 2 px keep their edges; at 70 they begin to ring


def to_jpeg(rgb: Bytes, width_px: int) -> bytes:
    """Return a photo as a JPEG of at most ``width_px``, without any metadata."""
    image = resize(rgb, min(1.0, width_px / rgb.shape[1]))
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def turned_jpeg(after: Bytes, homography: Sequence[Sequence[float]], shape: tuple[int, ...], width_px: int) -> bytes:
    """Return the second photo in the frame (H, W) of the first, at most ``width_px`` wide; grey where unseen."""
    scale = min(1.0, width_px / shape[1])
    size = (round(shape[0] * scale), round(shape[1] * scale))
    turned, _ = into_frame(after, np.asarray(homography, np.float64), scale, size)
    return to_jpeg(turned, width_px)
