"""Building blocks of a FHIR R4 bundle: ids, references, quantities, observations.

Knows: the shape of FHIR elements, UCUM units. Must not know: what a person keeps, files.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from hairwise.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hairwise.records.base import Estimate

__all__ = [
    "UNITS",
    "Element",
    "Sheet",
    "between",
    "component",
    "concept",
    "interval",
    "notes",
    "observation",
    "on",
    "plain",
    "quantity",
    "unknown",
]

Element = dict[str, Any]
_UCUM = "http://unitsofmeasure.org"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_SPACE = uuid.UUID("60cf0b44-e72e-41cf-8af8-37e5a998ba37")  # drawn once; keeps these ids apart from all others
# UCUM code: its words; braces hold words that count as 1
UNITS: dict[str, str] = {
    "/cm2": "per cm2",
    "um": "um",
    "mm": "mm",
    "cm2": "cm2",
    "min": "minutes",
    "h": "hours",
    "d": "days",
    "a": "years",
    "%": "%",
    "{hairs}": "hairs",
    "{passes}": "passes",
    "{sessions}": "sessions",
    "{score}": "points",
}


class Sheet:
    """
    Resources of one bundle in the order they were added.

    Parameters
    ----------
    seed : str
        What all ids are made from: the same seed and keys give the same ids.
    """

    def __init__(self, seed: str) -> None:
        self._space = uuid.uuid5(_SPACE, seed)
        self.entries: list[Element] = []
        self.patient = self.ref("patient")

    def urn(self, key: str) -> str:
        """Return the address of what is, or will be, added under this key."""
        return f"urn:uuid:{uuid.uuid5(self._space, key)}"

    def ref(self, key: str) -> Element:
        """Return a reference to what is, or will be, added under this key."""
        return {"reference": self.urn(key)}

    def add(self, key: str, resource: Element) -> Element:
        """Add a resource; return a reference to it."""
        kind, urn = resource["resourceType"], self.urn(key)
        told = {name: value for name, value in resource.items() if value not in (None, [], {}, "")}
        self.entries.append(
            {"fullUrl": urn, "resource": {"resourceType": kind, "id": urn.removeprefix("urn:uuid:")} | told}
        )
        return {"reference": urn}

    def bundle(self) -> Element:
        """Return everything added, as a collection."""
        urn = self.urn("bundle")
        return {
            "resourceType": "Bundle",
            "id": urn.removeprefix("urn:uuid:"),
            "identifier": {"system": "urn:ietf:rfc:3986", "value": urn},
            "type": "collection",
            "entry": self.entries,
        }


def plain(text: str) -> str:
    """Return text on one line, without control characters or half letters, which a FHIR string must not hold."""
    return " ".join(printable(text).split())


def concept(text: str) -> Element | None:
    """Return a concept told in words alone; None where nothing was told."""
    said = plain(text)
    return {"text": said} if said else None


def notes(texts: Iterable[str]) -> list[Element]:
    """Return remarks, each once, blank ones left out."""
    return [{"text": said} for said in dict.fromkeys(plain(text) for text in texts) if said]


def quantity(value: float, code: str) -> Element:
    """Return a number with its UCUM unit; whole numbers without a point."""
    number = int(value) if float(value).is_integer() else value
    return {"value": number, "unit": UNITS[code], "system": _UCUM, "code": code}


def component(what: str, value: Element) -> Element:
    """Return one part of an observation; ``value`` is its ``value[x]``."""
    return {"code": {"text": what}, **value}


def interval(estimate: Estimate, code: str) -> list[Element]:
    """Return both ends of an interval as components that say its level."""
    level = f"{estimate.level:.0%} interval"
    return [
        component(f"{level}, lower end", {"valueQuantity": quantity(estimate.lo, code)}),
        component(f"{level}, upper end", {"valueQuantity": quantity(estimate.hi, code)}),
    ]


def unknown() -> Element:
    """Return that a value is not known."""
    return {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": "unknown", "display": "Unknown"}]}}


def on(day: date | None) -> Element:
    """Return when something was seen."""
    return {"effectiveDateTime": day.isoformat()} if day else {}


def between(first: date, last: date | None) -> Element:
    """Return a period; without an end it goes on."""
    return {"effectivePeriod": {"start": first.isoformat()} | ({"end": last.isoformat()} if last else {})}


def observation(sheet: Sheet, what: str, category: str | None, *told: Element) -> Element:
    """
    Return an observation about the person.

    Parameters
    ----------
    sheet : Sheet
        The bundle it will be added to.
    what : str
        What was observed, in words: no code system has one for shed hairs or for the density of hair.
    category : str or None
        ``survey``, ``imaging`` or ``procedure``; None for what was computed.
    *told : dict
        Its value, time, components and the rest.
    """
    made: Element = {"resourceType": "Observation", "status": "final"}
    if category:
        made["category"] = [{"coding": [{"system": _CATEGORY, "code": category}]}]
    made |= {"code": {"text": what}, "subject": sheet.patient}
    for part in told:
        made |= part
    return made
