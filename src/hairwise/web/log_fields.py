"""How a form of the log becomes entries, and how entries become words.

Knows: fields and what may stand in them. Must not know: HTTP, where entries go, which forms there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hairwise import workflow
from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Choices", "Field", "Log", "bodies", "day_words", "form_of", "kept_apart", "lines_of", "shown"]

Choices = tuple[tuple[str, str], ...]
Body = dict[str, Any]
MAX_TEXT, MAX_LINES = 80, 40


@dataclass(frozen=True)
class Field:
    """One thing asked.

    Numbers are from ``least`` to ``most``, ``whole`` ones only; ``words`` say it in a line, with {} for the value; what
    is told ``again`` begins as it was last time; ``more`` is asked below the rest.
    """

    name: str
    label: str
    how: Literal["day", "number", "choice", "several", "text", "lines"]
    choices: Choices = ()
    least: float = 0
    most: float = 0
    whole: bool = True
    required: bool = False
    again: bool = False
    more: bool = False
    words: str = ""
    hint: str = ""


def _same(body: Body) -> Body:
    return body


@dataclass(frozen=True)
class Log:
    """A form of the log; ``short`` names its entries in a filter, ``fold`` makes what is kept of what is asked.

    What is asked elsewhere has no fields but its day, and says itself what stands in a line (``brief``).
    """

    kind: str
    title: str
    hint: str
    fields: tuple[Field, ...]
    short: str = ""
    fold: Callable[[Body], Body] = _same
    unfold: Callable[[Body], Body] = _same
    brief: Callable[[Body], str] | None = None

    @property
    def day(self) -> Field:
        """The field of the day."""
        return self.fields[0]


def bodies(log: Log, form: Mapping[str, Sequence[str]], today: date) -> list[Body]:
    """Turn a form into entries, one for each of several choices.

    Raises
    ------
    Refused
        ``bad_field``, by its label.
    """
    body: Body = {}
    several: tuple[str, list[str]] = ("", [])
    for field in log.fields:
        values = [v.strip() for v in form.get(field.name) or () if v.strip()]
        if not values:
            if field.required:
                raise _bad(field, "was left open", "Fill it in.")
        elif field.how == "several":
            several = field.name, sorted(set(_chosen(field, values)), key=[v for v, _ in field.choices].index)
        else:
            body[field.name] = _value(field, values, today)
    if set(body) <= {log.day.name} and not several[0] and len(log.fields) > 1:
        raise Refused("bad_field", "Nothing was filled in but the day.", "Fill in one thing at least.")
    if "stop" in body and body["stop"] < body["start"]:
        raise Refused("bad_field", "It stopped before it started.", "Change one of the two days.")
    body = log.fold(body)
    return [body | {several[0]: value} for value in several[1]] if several[0] else [body]


def _value(field: Field, values: Sequence[str], today: date) -> Any:
    text = values[-1]
    if field.how == "number":
        return _number(field, text)
    if field.how == "day":
        return _day(field, text, today)
    if field.how == "lines":
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if len(lines) > MAX_LINES or max(map(len, lines)) > MAX_TEXT:
            raise _bad(field, "is too long", f"Write one to a line, {MAX_TEXT} letters at most.")
        return lines
    if field.how == "text":
        if len(text) > MAX_TEXT:
            raise _bad(field, "is too long", f"Use {MAX_TEXT} letters at most.")
        return " ".join(text.split())
    chosen = _chosen(field, values)[-1]
    return {"true": True, "false": False}.get(chosen, int(chosen) if chosen.isdecimal() else chosen)


def _chosen(field: Field, values: Sequence[str]) -> Sequence[str]:
    if not set(values) <= {value for value, _ in field.choices}:
        raise _bad(field, "is none of the choices", "Choose one that is shown.")
    return values


def _day(field: Field, text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _bad(field, "was not a day", "Choose a day.") from None
    if day > today:
        raise _bad(field, "is in the future", "Choose today or an earlier day.")
    return day.isoformat()


def _number(field: Field, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise _bad(field, "was not a number", "Use digits only.") from None
    if not field.least <= value <= field.most or (field.whole and value != int(value)):
        raise _bad(
            field,
            f"must be {'a whole number ' if field.whole else ''}from {field.least:g} to {field.most:g}",
            "Change it and keep again.",
        )
    return int(value) if field.whole else value


def _bad(field: Field, what: str, do: str) -> Refused:
    return Refused("bad_field", f"The field “{field.label}” {what}.", do)


def shown(value: object) -> str:
    """Return a value as a form holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def form_of(log: Log, kept: Sequence[Body]) -> dict[str, list[str]]:
    """Return entries told together as their form holds them."""
    several = {f.name for f in log.fields if f.how == "several"}
    out = {name: [shown(value)] for name, value in log.unfold(kept[0]).items()}
    return out | {name: [shown(body[name]) for body in kept if name in body] for name in several}


def kept_apart(log: Log, body: Body) -> Body:
    """Return what an entry holds that its form cannot show, so that an edit keeps it."""
    choices = {f.name: {value for value, _ in f.choices} for f in log.fields}
    told = log.unfold(body)
    return {n: v for n, v in told.items() if n not in choices or (choices[n] and shown(v) not in choices[n])}


def day_words(day: date | str | None) -> str:
    """Return a day in words; an entry from elsewhere may have none."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return workflow.dated(day) if day else "no day"


def lines_of(log: Log, kept: Sequence[Body]) -> str:
    """Return entries told together in a few words."""
    if log.brief is not None:
        return f"{log.title}: {log.brief(kept[0])}"
    told = [words for field in log.fields[1:] if (words := _words(field, [log.unfold(body) for body in kept]))]
    return f"{log.title}: {', '.join(told)}" if told else log.title


def _words(field: Field, kept: Sequence[Body]) -> str:
    values = [shown(body[field.name]) for body in kept if field.name in body]
    if field.how != "several":
        values = values[:1]
    if not values or (field.name == "device" and values == ["unknown"]):
        return ""
    named = dict(field.choices)
    if field.how == "day":
        words = day_words(values[0])
    else:
        words = " and ".join(
            named.get(v, v.replace("\n", ", ").replace("_", " ") if named else v.replace("\n", ", ")) for v in values
        )
    return (field.words or f"{field.label.lower()} {{}}").replace("{}", words)
