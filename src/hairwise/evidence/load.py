"""The evidence base, read from the file in the package and checked.

Knows: the sections of ``evidence.yaml``. Must not know: one person's data.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from hairwise.records.evidence import Evidence, Fact, RedFlag, ScreeningRule

__all__ = ["load_evidence"]

_NOT_FACTS = {"schema_version", "compiled", "sources"}


@cache
def load_evidence() -> Evidence:
    """Return the evidence base; the same object at each call."""
    text = files("hairwise.evidence").joinpath("evidence.yaml").read_text(encoding="utf-8")
    return parse_evidence(text)


def parse_evidence(text: str) -> Evidence:
    """
    Parse and check an evidence file.

    Raises
    ------
    ValueError
        When an id stands twice, or an entry lacks its source or verification grade.
    """
    raw: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    sources: dict[str, str] = raw["sources"]
    facts: dict[str, Fact] = {}
    for section, entries in raw.items():
        if section in _NOT_FACTS:
            continue
        for number, entry in enumerate(entries):
            fact = _fact(section, number, entry, sources)
            if fact.id in facts:
                fact = fact.model_copy(update={"id": f"{section}.{fact.id}"})
            if fact.id in facts:
                raise ValueError(f"evidence: the id {fact.id} stands twice")
            facts[fact.id] = fact
    red = {f.id: f for f in facts.values() if f.section == "red_flags"}
    screening = {f.id: f for f in facts.values() if f.section == "screening_rules"}
    return Evidence(
        compiled=str(raw["compiled"]),
        facts=facts,
        red_flags={
            key: RedFlag(
                id=key,
                urgency=fact.body["urgency"],
                signs=tuple(_as_text(sign) for sign in fact.body["signs"]),
                note=fact.body.get("note", ""),
                source=fact.source,
                verified=fact.verified,
            )
            for key, fact in red.items()
        },
        screening={
            key: ScreeningRule(id=key, action=fact.body["action"], source=fact.source, verified=fact.verified)
            for key, fact in screening.items()
        },
    )


def _fact(section: str, number: int, entry: dict[str, Any], sources: dict[str, str]) -> Fact:
    name = entry.get("id") or f"{section}.{number + 1}"
    source = entry.get("source")
    if not source or "verified" not in entry:
        raise ValueError(f"evidence: {name} in {section} lacks its source or its grade")
    body = {key: value for key, value in entry.items() if key not in ("id", "source", "verified")}
    return Fact(
        id=str(name), section=section, source=sources.get(source, source), verified=entry["verified"], body=body
    )


def _as_text(sign: object) -> str:
    """Read a sign that YAML took for a mapping or a list back as words."""
    return sign if isinstance(sign, str) else str(sign)
