"""A large file of a form, written to disk as it arrives.

Knows: bytes of a request. Must not know: what the file holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

__all__ = ["MAX_FILE_BYTES", "take_file"]

MAX_FILE_BYTES = 2_000_000_000
MAX_FIELD_BYTES, MAX_PARTS, MAX_HEADER_BYTES = 1_000, 8, 4_000
Form = dict[str, list[str]]


class _Parts:
    """The parts of a form as they come: short fields are kept, the file's bytes wait to be written."""

    def __init__(self, field: str, check: Callable[[Form], None]) -> None:
        self.form: Form = {}
        self.waiting = bytearray()
        self.has_file = False
        self._field, self._check = field, check
        self._n = 0
        self._header = bytearray()
        self._value = bytearray()
        self._name: str | None = None
        self._told = bytearray()

    def begin(self) -> None:
        self._n += 1
        self._name = None
        self._told.clear()
        if self._n > MAX_PARTS:
            raise _no_form()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._short(self._header, MAX_HEADER_BYTES)

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._short(self._value, MAX_HEADER_BYTES)

    def header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._header.clear()
        self._value.clear()

    def headers_finished(self) -> None:
        if self._name == self._field:
            if self.has_file:
                raise _no_form()
            self._check(self.form)  # the fields before the file; nothing of it is written where they do not hold
            self.has_file = True

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._name == self._field:
            self.waiting += data[start:end]
            return
        self._told += data[start:end]
        self._short(self._told, MAX_FIELD_BYTES)

    def end(self) -> None:
        if self._name is not None and self._name != self._field:
            self.form.setdefault(self._name, []).append(self._told.decode("utf-8", "replace"))

    def _short(self, part: bytearray, most: int) -> None:
        if len(part) > most:
            raise _no_form()


async def take_file(request: Request, field: str, path: Path, check: Callable[[Form], None]) -> None:
    """
    Write the file of one field of an uploaded form to ``path``, piece by piece.

    Parameters
    ----------
    request : Request
        The form; the fields that ``check`` needs come before the file.
    field : str
        The file's field.
    path : Path
        Where to write it.
    check : callable
        Refuses the fields before the file, before any of the file is written.

    Raises
    ------
    Refused
        ``form_too_large``, before it is read; ``not_a_form``; ``no_file``; ``cannot_write``; or what ``check`` refuses.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_FILE_BYTES:
        raise Refused("form_too_large", "The file is larger than 2 GB.", "Use the command `hairwise data import FILE`.")
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise _no_form()
    parts = _Parts(field, check)
    parser = MultipartParser(
        options[b"boundary"],
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.header_field,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_headers_finished": parts.headers_finished,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
        },
    )
    n = 0
    try:
        with path.open("wb") as file:
            async for chunk in request.stream():
                parser.write(chunk)
                n += len(parts.waiting)
                await run_in_threadpool(file.write, bytes(parts.waiting))
                parts.waiting.clear()
        parser.finalize()
    except MultipartParseError:
        raise _no_form() from None
    except OSError as error:
        raise Refused(
            "cannot_write", f"The file cannot be stored ({error.strerror}).", "Make room on the disk and try again."
        ) from None
    if not n:
        raise Refused("no_file", "No file was chosen, or it is empty.", "Choose the file that hairwise exported.")


def _no_form() -> Refused:
    return Refused("not_a_form", "This is not an uploaded file.", "Choose the file and send it again.")
