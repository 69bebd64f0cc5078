"""Read a photo: upright, 8-bit sRGB, without private metadata.

Knows: file formats and what is wrong with a bad one. Must not know: hairs.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from hairwise.errors import Refused
from hairwise.records.photo import Photo

if TYPE_CHECKING:
    from hairwise.records.base import Bytes

__all__ = ["MAX_PIXELS", "MIN_SIDE_PX", "read_photo"]

MAX_PIXELS = 120_000_000  # larger than any camera's close-up; guards against decompression bombs
MIN_SIDE_PX = 96  # under this not even one follicular unit can be seen
_TIME = re.compile(r"(?!0000)\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "HEIF")

register_heif_opener()  # type: ignore[no-untyped-call, unused-ignore]


def read_photo(data: bytes, name: str) -> Photo:
    """
    Decode a photo.

    Parameters
    ----------
    data : bytes
        The file as it is.
    name : str
        File name, for messages.

    Returns
    -------
    Photo
        Turned upright by its EXIF orientation; transparent parts become white; 16 bits become 8. Of other metadata
        only the camera's time is kept.

    Raises
    ------
    Refused
        ``empty_file``, ``not_an_image``, ``broken_image``, ``image_too_large``, ``image_too_small``.
    """
    if not data:
        raise Refused("empty_file", f"{name} is empty.", "Save the photo again and try that file.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata, none of which is kept
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _check_size(image.size, name)
                image.load()
                taken_at = _taken_at(image)
                ImageOps.exif_transpose(image, in_place=True)
                rgb = _to_rgb(image)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        if isinstance(error, Image.DecompressionBombError):
            raise _too_large(name) from None
        raise Refused(
            "not_an_image", f"{name} is not a photo that can be read.", "Use a JPEG, PNG, TIFF, WebP or HEIC file."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise Refused(
            "broken_image", f"{name} is damaged or cut off ({error}).", "Copy it from the camera again."
        ) from None
    return Photo(rgb=rgb, sha256=hashlib.sha256(data).hexdigest(), name=name, taken_at=taken_at)


def _taken_at(image: Image.Image) -> str:
    """Return the camera's time of the photo, empty where there is none that can be read."""
    told = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    return told if isinstance(told, str) and _TIME.fullmatch(told) else ""


def _check_size(size: tuple[int, int], name: str) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_large(name)
    if min(size) < MIN_SIDE_PX:
        raise Refused(
            "image_too_small",
            f"{name} is only {size[0]} x {size[1]} pixels.",
            f"Use a close-up of at least {MIN_SIDE_PX} pixels a side; 1000 or more is better.",
        )


def _too_large(name: str) -> Refused:
    return Refused(
        "image_too_large",
        f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels.",
        "Crop it to the spot and try again.",
    )


def _to_rgb(image: Image.Image) -> Bytes:
    if image.mode.startswith("I") or image.mode == "F":  # 16-bit or float grey: Pillow would clip, not scale
        grey = np.asarray(image, dtype=np.float64)
        tops = (1.0, 255.0, 4095.0, 16383.0, 65535.0)  # float, 8, 12, 14 and 16 bits
        top = next((t for t in tops if grey.max(initial=0) <= t), float(grey.max(initial=1)))
        image = Image.fromarray(np.clip(grey / top * 255, 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, clear)
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)
