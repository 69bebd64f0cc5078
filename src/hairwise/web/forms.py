"""A posted form, read with limits.

Knows: bytes of a request. Must not know: what the fields mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from hairwise.errors import Refused

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["MAX_BYTES", "MAX_PHOTO_BYTES", "read_form", "read_photo_form", "read_upload"]

MAX_BYTES = 1_000_000  # all questions answered at length stay under 20 kB
MAX_FIELDS = 2_000
MAX_UPLOAD_BYTES = 20_000_000  # ten years of daily entries are about 3 MB
MAX_PHOTO_BYTES = 60_000_000  # a 16-bit TIFF of 10 megapixels; JPEGs of any camera are under 20 MB
_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, list[str]]:
    """
    Return the fields of a form; blank ones are left out.

    Raises
    ------
    Refused
        ``form_too_large`` or ``not_a_form``, before the whole of it is read.
    """
    if request.headers.get("content-type", _TYPE).split(";")[0].strip().lower() != _TYPE:
        raise Refused("not_a_form", "This is not an answered form.", "Start again from the first page.")
    too_large = Refused("form_too_large", "The form is larger than 1 MB.", "Shorten the longest answer.")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise too_large
    try:
        fields = parse_qs(body.decode("ascii", "replace"), errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Refused("not_a_form", "The form has too many fields.", "Start again from the first page.") from None
    return {name: [_clean(value) for value in values] for name, values in fields.items()}


async def read_upload(request: Request, field: str) -> bytes:
    """
    Return the file of one field of an uploaded form.

    Raises
    ------
    Refused
        ``form_too_large``, ``not_a_form`` or ``no_file``; a form that does not say its size is not read.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_UPLOAD_BYTES:
        raise Refused("form_too_large", "The file is larger than 20 MB.", "Use the command `hairwise plan DIARY`.")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused("not_a_form", "This is not an uploaded file.", "Choose the diary's file and send it again.")
    try:
        async with request.form(max_files=1, max_fields=5) as form:
            file = form.get(field)
            data = await file.read() if isinstance(file, UploadFile) else b""
    except (HTTPException, MultiPartException):
        raise Refused("not_a_form", "This is not an uploaded file.", "Choose the diary's file again.") from None
    if not data:
        raise Refused("no_file", "No file was chosen, or it is empty.", "Choose the diary's JSON file.")
    return data


async def read_photo_form(request: Request, field: str = "photo") -> tuple[dict[str, list[str]], bytes, str]:
    """
    Return the other fields of a form, the photo's bytes and its file name.

    Raises
    ------
    Refused
        ``form_too_large``, ``not_a_form`` or ``no_file``; a form that does not say its size is not read.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_PHOTO_BYTES:
        raise Refused("form_too_large", "The photo is larger than 60 MB.", "Save it as JPEG and try again.")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused("not_a_form", "This is not an uploaded photo.", "Choose the photo and send it again.")
    try:
        async with request.form(max_files=1, max_fields=20) as form:
            told = {n: [_clean(v)] for n, v in form.items() if isinstance(v, str) and v}
            file = form.get(field)
            data = await file.read() if isinstance(file, UploadFile) else b""
            name = _clean(file.filename or "photo") if isinstance(file, UploadFile) else ""
    except (HTTPException, MultiPartException):
        raise Refused("not_a_form", "This is not an uploaded photo.", "Choose the photo and send it again.") from None
    if not data:
        raise Refused("no_file", "No photo was chosen, or it is empty.", "Choose a photo.")
    return told, data, name.replace("\\", "/").rsplit("/", 1)[-1][:120] or "photo"


def _clean(value: str) -> str:
    """Drop control characters but keep line ends."""
    return "".join(c for c in value.replace("\r\n", "\n") if c == "\n" or c.isprintable())
