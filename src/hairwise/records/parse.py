"""A record from JSON text, or one line that names the file, the field and what to do.

Knows: how a wrong field is told to a person. Must not know: what the fields mean.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from hairwise.records.base import Record

__all__ = ["first_twice", "parse_record", "refusal_of", "refusal_of_request"]

MAX_BYTES = 50_000_000  # ten years of daily entries are about 3 MB
R = TypeVar("R", bound="Record")


def parse_record(model: type[R], data: bytes, name: str) -> R:
    """
    Parse and check one JSON file.

    Raises
    ------
    Refused
        ``empty_file``, ``file_too_large``, ``not_utf8``, ``not_json``, ``field_twice`` or ``bad_field``, naming the
        file and the field.
    """
    text = _text(data, name)
    _check_json(text, name)
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise refusal_of(error, name) from None


def first_twice(names: list[str]) -> str | None:
    """Return a name that stands in the list more than once, None where each stands once."""
    if len(set(names)) == len(names):
        return None
    return Counter(names).most_common(1)[0][0]


def refusal_of(error: ValidationError, name: str) -> Refused:
    """Turn the first of the errors found into a refusal, telling how many more there are."""
    errors = error.errors(include_url=False)
    first = errors[0]
    if first["type"] == "json_invalid":
        return _not_json(name, "")
    more = f" ({len(errors) - 1} more after it)" if len(errors) > 1 else ""
    what, do = _told(first)
    where = f"field {_field(first)} " if first["loc"] else ""
    return Refused("bad_field", f"{name}: {where}{what}{more}.", do)


def refusal_of_request(errors: Sequence[Any]) -> Refused:
    """Turn what is wrong with a request, as ``ValidationError.errors`` tells it, into a refusal."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return _not_json("request", "")
    what, do = _told(first)
    return Refused("bad_field", f"request: field {_field(first)} {what}.", do)


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise Refused("file_too_large", f"{name} is larger than 50 MB.", "Check that it is the right file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_utf8(name) from None
    if not text.strip():
        raise Refused("empty_file", f"{name} is empty.", "Write at least the field schema into it.")
    return text


def _check_json(text: str, name: str) -> None:
    """Refuse what the record's own parser would read silently or tell badly."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = first_twice([key for key, _ in pairs])
        if twice is not None:
            raise Refused("field_twice", f"{name}: field {_short(twice)} stands twice.", "Keep one of them.")
        return dict(pairs)

    try:
        document = json.loads(text, object_pairs_hook=once)
        if "\\ud" in text.lower():  # an escape may be half of a character, which no UTF-8 text can hold
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _not_utf8(name) from None
    except json.JSONDecodeError as error:
        raise _not_json(
            name, f" ({error.msg[:1].lower()}{error.msg[1:]}, line {error.lineno}, column {error.colno})"
        ) from None
    except (ValueError, RecursionError):
        raise _not_json(name, "") from None
    if not isinstance(document, dict):
        raise Refused("not_json", f"{name} holds no JSON object.", "Start it with { and the field schema.")


def _not_json(name: str, where: str) -> Refused:
    return Refused("not_json", f"{name} is not a JSON file{where}.", "Check it with a JSON editor.")


def _not_utf8(name: str) -> Refused:
    return Refused("not_utf8", f"{name} is not UTF-8 text.", "Save it again with the encoding UTF-8.")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _field(error: ErrorDetails) -> str:
    parts = [_short(str(part)) for part in error["loc"] if part != "[key]"]
    return ".".join(parts) or "(whole file)"


def _told(error: ErrorDetails) -> tuple[str, str]:
    kind = error["type"]
    if kind == "extra_forbidden":
        return "is not known", "Remove it, or correct its name."
    if kind == "missing":
        return "is missing", "Add it."
    if kind.startswith(("date", "datetime")):
        return f"is {_given(error.get('input'))}, which is no possible day", "Write the day as YYYY-MM-DD."
    message = error["msg"].replace("Input should be", "should be").replace("Value error, ", "")
    message = message.replace("a valid array", "a list").replace("an object", "a group of fields")
    said = message[0].lower() + message[1:]
    if not error["loc"]:  # a rule on several fields, which it names
        return said, "Correct it."
    do = "Correct it." if error["loc"] == ("schema",) else "Correct it, or leave it out."
    return f"is {_given(error.get('input'))}: {said}", do


def _given(value: Any) -> str:
    """Return what was given as JSON has it."""
    try:
        text = json.dumps(value, default=str)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
