"""Take out of a photo's file what tells of a person: place, time, device, comments. Pixels stay as they are.

Knows: the parts of JPEG and PNG files. Must not know: what a photo shows.
"""

from __future__ import annotations

import io
import struct

from PIL import Image

from hairwise.image.read import read_photo

__all__ = ["without_private"]

_TURNED = 0x0112  # EXIF orientation
# JFIF, colour profile, Adobe's colour transform: without them the pixels would look otherwise
_JPEG_KEPT = {0xE0, 0xE2, 0xEE}
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"}
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def without_private(data: bytes, name: str) -> tuple[bytes, str]:
    """Return a photo's file without private metadata, and its suffix.

    Parameters
    ----------
    data : bytes
        A photo that can be read.
    name : str
        File name, for messages.

    Returns
    -------
    data : bytes
        JPEG keeps its pixels' bytes, its colour profile and which way is up; PNG likewise. Other kinds become PNG.
    suffix : str
        ``.jpg`` or ``.png``.

    Raises
    ------
    Refused
        As ``read_photo``.
    """
    photo = read_photo(data, name)
    if data[:2] == b"\xff\xd8":
        clean = _jpeg(data)
        if clean is not None:
            return clean, ".jpg"
    if data[: len(_PNG_HEAD)] == _PNG_HEAD and not _is_turned(data):
        return _png(data), ".png"
    out = io.BytesIO()
    Image.fromarray(photo.rgb).save(out, "PNG", compress_level=3)
    return out.getvalue(), ".png"


def _is_turned(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        return bool(image.getexif().get(_TURNED, 1) != 1)


def _jpeg(data: bytes) -> bytes | None:
    """Return the file with the segments that pixels need, or None where it is built otherwise."""
    with Image.open(io.BytesIO(data)) as image:
        turned = image.getexif().get(_TURNED, 1)
    out, at = [data[:2]], 2
    if turned != 1:
        exif = Image.Exif()
        exif[_TURNED] = turned
        body = exif.tobytes()
        out.append(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        kind = data[at + 1]
        if kind == 0xFF:  # padding
            at += 1
            continue
        size = struct.unpack(">H", data[at + 2 : at + 4])[0]
        is_private = (0xE0 <= kind <= 0xEF and kind not in _JPEG_KEPT) or kind == 0xFE
        if kind == 0xE2 and data[at + 4 : at + 15] != b"ICC_PROFILE":
            is_private = True  # other pictures in the same file, with metadata of their own
        if not is_private:
            out.append(data[at : at + 2 + size])
        at += 2 + size
        if kind == 0xDA:
            at = _after_pixels(data, (start := at))
            out.append(data[start:at])
            if data[at : at + 2] == b"\xff\xd9" or at >= len(data):
                return b"".join([*out, b"\xff\xd9"])  # what follows the picture is dropped
    return None


def _after_pixels(data: bytes, at: int) -> int:
    """Return where the next marker after compressed pixels stands, or the end of the file."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        kind = data[at + 1]
        if kind != 0 and kind != 0xFF and not 0xD0 <= kind <= 0xD7:
            return at
        at += 1 if kind == 0xFF else 2
    return len(data)


def _png(data: bytes) -> bytes:
    out, at = [data[:8]], 8
    while at + 12 <= len(data):
        size, kind = struct.unpack(">I", data[at : at + 4])[0], data[at + 4 : at + 8]
        if kind in _PNG_KEPT:
            out.append(data[at : at + 12 + size])
        at += 12 + size
        if kind == b"IEND":
            break
    return b"".join(out)
