"""A posted form, read with limits.

Knows: bytes of a request. Must not know: what the fields mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from hairwise.errors import Refused

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["MAX_BYTES", "read_form"]

MAX_BYTES = 1_000_000  # fifteen questions answered at length stay under 20 kB
MAX_FIELDS = 2_000
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


def _clean(value: str) -> str:
    """Drop control characters but keep line ends."""
    return "".join(c for c in value.replace("\r\n", "\n") if c == "\n" or c.isprintable())
