"""What the log asks for each kind of entry, and how a form becomes an entry.

Knows: fields, their words and choices. Must not know: HTTP, where entries go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hairwise import workflow
from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LOGS", "Field", "Log", "bodies", "kept_apart", "line_of", "shown"]

Choices = tuple[tuple[str, str], ...]
_SCORE: Choices = (("0", "none"), ("1", "a little"), ("2", "clearly"), ("3", "a lot"))
_ZONES: Choices = tuple(workflow.ZONE_LABELS.items())


@dataclass(frozen=True)
class Field:
    """One thing asked; ``whole`` numbers only, up to ``most``; what is told ``again`` begins as it was last time."""

    name: str
    label: str
    how: Literal["day", "number", "choice", "several"]
    choices: Choices = ()
    most: float = 0
    whole: bool = True
    required: bool = False
    again: bool = False


@dataclass(frozen=True)
class Log:
    """A form of the log."""

    kind: str
    title: str
    hint: str
    fields: tuple[Field, ...]


_METHODS: Choices = (("wash", "at a wash"), ("comb60", "combed for a minute"), ("shower", "in the shower"))
_DEVICES: Choices = (("roller", "roller"), ("stamp", "stamp"), ("pen", "pen"), ("unknown", "something else"))
_ENDS: Choices = (("none", "nothing seen"), ("redness", "redness"), ("pinpoint_bleeding", "points of blood"))
_DAY = Field("date", "Day", "day", required=True)
_COUNT = Log(
    "count",
    "Shed hairs counted",
    "Once a week is enough. Count the same way each time.",
    (
        _DAY,
        Field("method", "How", "choice", _METHODS, required=True, again=True),
        Field("count", "Hairs", "number", most=20_000, whole=False, required=True),
    ),
)
_WASH = Log("wash", "Hair washed", "Hairs wait on the head and leave at a wash, so wash days matter.", (_DAY,))
_SYMPTOM = Log(
    "symptom",
    "How the scalp feels",
    "Leave out what you did not look at.",
    (
        _DAY,
        Field("itch", "Itch", "choice", _SCORE),
        Field("flakes", "Flakes", "choice", _SCORE),
        Field("pain", "Pain", "choice", _SCORE),
        Field("pustules", "Pimples with pus", "choice", _SCORE),
        Field("patch", "A smooth, bald patch", "choice", (("0", "no"), ("1", "yes"))),
    ),
)
_SESSION = Log(
    "session",
    "A session",
    "Only to write down what was done. It is no advice to roll.",
    (
        _DAY,
        Field("zone", "Zones", "several", _ZONES, required=True),
        Field("device", "Device", "choice", _DEVICES, again=True),
        Field("needle_mm", "Needle length [mm]", "number", most=5, whole=False, again=True),
        Field("passes", "Passes", "number", most=100, again=True),
        Field("pressure", "Pressure", "choice", (("1", "light"), ("2", "firm"), ("3", "hard")), again=True),
        Field("speed", "Speed", "choice", (("slow", "slow"), ("medium", "medium"), ("fast", "fast")), again=True),
        Field("pain", "Pain, 0 to 10", "number", most=10, whole=False),
        Field("endpoint", "Stopped at", "choice", _ENDS),
    ),
)
_EVENT = Log(
    "event",
    "Something else",
    "What may matter: an illness, a strain, a change of products. A medicine is written down, never advised.",
    (_DAY, Field("kind", "What", "choice", required=True), Field("severity", "How strong", "choice", _SCORE)),
)
LOGS: dict[str, Log] = {log.kind: log for log in (_COUNT, _WASH, _SYMPTOM, _SESSION, _EVENT)}


def bodies(log: Log, form: Mapping[str, Sequence[str]], today: date) -> list[dict[str, Any]]:
    """Turn a form into entries, one for each of several choices.

    Raises
    ------
    Refused
        ``bad_field``, by its label.
    """
    body: dict[str, Any] = {}
    several: tuple[str, list[str]] = ("", [])
    for field in log.fields:
        values = [v.strip() for v in form.get(field.name) or () if v.strip()]
        if not values:
            if field.required:
                raise _bad(field, "was left open", "Fill it in.")
            continue
        if field.choices and not set(values) <= {value for value, _ in field.choices}:
            raise _bad(field, "is none of the choices", "Choose one that is shown.")
        if field.how == "several":
            several = field.name, sorted(set(values))
        elif field.how == "number":
            body[field.name] = _number(field, values[-1])
        else:
            body[field.name] = int(values[-1]) if field.how == "choice" and values[-1].isdecimal() else values[-1]
    if set(body) <= {"date"} and not several[0] and len(log.fields) > 1:
        raise Refused("bad_field", "Nothing was filled in but the day.", "Fill in one thing at least.")
    try:
        day = date.fromisoformat(str(body["date"]))
    except ValueError:
        raise _bad(_DAY, "was not a day", "Choose a day.") from None
    if day > today:
        raise _bad(_DAY, "is in the future", "Choose today or an earlier day.")
    return [body | {several[0]: value} for value in several[1]] if several[0] else [body]


def _number(field: Field, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise _bad(field, "was not a number", "Use digits only.") from None
    if not 0 <= value <= field.most or (field.whole and value != int(value)):
        raise _bad(
            field,
            f"must be {'a whole number ' if field.whole else ''}from 0 to {field.most:g}",
            "Change it and keep again.",
        )
    return int(value) if field.whole else value


def _bad(field: Field, what: str, do: str) -> Refused:
    return Refused("bad_field", f"The field “{field.label}” {what}.", do)


def shown(value: object) -> str:
    """Return a value as a form holds it."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def kept_apart(log: Log, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry holds that its form cannot show, so that an edit keeps it."""
    choices = {f.name: {value for value, _ in f.choices} for f in log.fields}
    return {n: v for n, v in body.items() if n not in choices or (choices[n] and shown(v) not in choices[n])}


def line_of(log: Log, body: Mapping[str, Any]) -> str:
    """Return an entry in a few words."""
    told = []
    for field in log.fields[1:]:
        value = body.get(field.name)
        if value is not None and value != "unknown":
            words = dict(field.choices).get(shown(value), shown(value).replace("_", " "))
            told.append(words if field.name in ("method", "kind", "zone") else f"{field.label.lower()} {words}")
    return f"{log.title}: {', '.join(told)}" if told else log.title
