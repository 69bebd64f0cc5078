"""A record from JSON text, or one line that names the file, the field and what to do.

Knows: how a wrong field is told to a person. Must not know: what the fields mean.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from hairwise.errors import Refused

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from hairwise.records.base import Record

__all__ = ["parse_record", "refusal_of"]

MAX_BYTES = 50_000_000  # ten years of daily entries are about 3 MB
R = TypeVar("R", bound="Record")


def parse_record(model: type[R], data: bytes, name: str) -> R:
    """
    Parse and check one JSON file.

    Raises
    ------
    Refused
        ``empty_file``, ``file_too_large``, ``not_json`` or ``bad_field``, naming the file and the field.
    """
    if not data.strip():
        raise Refused("empty_file", f"{name} is empty.", "Write at least the field schema into it.")
    if len(data) > MAX_BYTES:
        raise Refused("file_too_large", f"{name} is larger than 50 MB.", "Check that it is the right file.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused("not_json", f"{name} is not a JSON file.", "Check it with a JSON editor.") from None
    if not isinstance(document, dict):
        raise Refused("not_json", f"{name} holds no JSON object.", "Start it with { and the field schema.")
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise refusal_of(error, name) from None


def refusal_of(error: ValidationError, name: str) -> Refused:
    """Turn the first of the errors found into a refusal, telling how many more there are."""
    errors = error.errors(include_url=False)
    first = errors[0]
    more = f" ({len(errors) - 1} more after it)" if len(errors) > 1 else ""
    what, do = _told(first)
    return Refused("bad_field", f"{name}: field {_field(first)} {what}{more}.", do)


def _field(error: ErrorDetails) -> str:
    parts = [str(part) for part in error["loc"] if part != "[key]"]
    return ".".join(parts) or "(whole file)"


def _told(error: ErrorDetails) -> tuple[str, str]:
    kind = error["type"]
    given = repr(error.get("input"))
    given = given if len(given) <= 40 else given[:37] + "..."
    if kind == "extra_forbidden":
        return "is not known", "Remove it, or correct its name."
    if kind == "missing":
        return "is missing", "Add it."
    if kind.startswith(("date", "datetime")):
        return f"is {given}, which is no possible day", "Write the day as YYYY-MM-DD."
    message = error["msg"].replace("Input should be", "should be").replace("Value error, ", "")
    return f"is {given}: {message[0].lower()}{message[1:]}", "Correct it, or leave it out."
