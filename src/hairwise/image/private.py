"""Take out of a photo's file what tells of a person: place, time, device, comments. Pixels stay as they are.

Knows: the parts of JPEG and PNG files. Must not know: what a photo shows.
"""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image

from hairwise.image.read import read_photo

__all__ = ["without_private"]

_TURNED = 0x0112  # EXIF orientation
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
    if data[: len(_PNG_HEAD)] == _PNG_HEAD and _turn(data) == 1:
        return _png(data), ".png"
    out = io.BytesIO()
    Image.fromarray(photo.rgb).save(out, "PNG", compress_level=3)
    return out.getvalue(), ".png"


def _turn(data: bytes) -> int:
    """Return the EXIF orientation, 1 where it is none that can be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, none of which is kept
            with Image.open(io.BytesIO(data)) as image:
                turned = image.getexif().get(_TURNED, 1)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return 1
    return int(turned) if isinstance(turned, int) and 2 <= turned <= 8 else 1


def _jpeg(data: bytes) -> bytes | None:
    """Return the file with the segments that pixels need, or None where it is built otherwise."""
    turned = _turn(data)
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
        out.append(_needed(kind, data[at + 4 : at + 2 + size]))
        at += 2 + size
        if kind == 0xDA:
            at = _after_pixels(data, (start := at))
            out.append(data[start:at])
            if data[at : at + 2] == b"\xff\xd9" or at >= len(data):
                return b"".join([*out, b"\xff\xd9"])  # what follows the picture is dropped
    return None


def _needed(kind: int, body: bytes) -> bytes:
    """Return what pixels need of a JPEG's segment: all but words, thumbnails and other programs' bytes."""
    if kind == 0xE0:
        body = body[:12] + b"\0\0" if body.startswith(b"JFIF\0") else b""  # no thumbnail
    elif kind == 0xEE:
        body = body[:12] if body.startswith(b"Adobe") else b""
    elif kind == 0xE2:
        body = body if body.startswith(b"ICC_PROFILE\0") else b""
    elif 0xE0 <= kind <= 0xEF or kind == 0xFE:
        body = b""
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body if body else b""


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
