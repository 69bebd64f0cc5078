"""The evidence base, read from the file in the package and checked.

Knows: the sections of ``evidence.yaml``. Must not know: one person's data.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError

from hairwise.records.evidence import SECTIONS, Evidence, Fact, RedFlag

__all__ = ["load_evidence", "parse_evidence"]

_HEAD = {"schema_version", "compiled", "sources"}


@cache
def load_evidence() -> Evidence:
    """Return the evidence base; the same object at each call."""
    text = files("hairwise.evidence").joinpath("evidence.yaml").read_text(encoding="utf-8")
    return parse_evidence(text)


def parse_evidence(text: str) -> Evidence:
    """
    Parse an evidence file; every entry must fit the record of its section.

    Raises
    ------
    ValueError
        When a section or a field is not known, an id stands twice, or an entry lacks its source or grade.
    """
    raw: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    sources: dict[str, str] = raw["sources"]
    unknown = set(raw) - set(SECTIONS) - _HEAD
    if unknown:
        raise ValueError(f"evidence: no section is called {', '.join(sorted(unknown))}")
    facts: dict[str, Fact] = {}
    for section in (name for name in raw if name in SECTIONS):
        for number, entry in enumerate(raw[section]):
            fact = _fact(section, number, entry, sources)
            if fact.id in facts:
                fact = fact.model_copy(update={"id": f"{section}.{fact.id}"})
            if fact.id in facts:
                raise ValueError(f"evidence: the id {fact.id} stands twice")
            facts[fact.id] = fact
    flags = {key: f.entry for key, f in facts.items() if isinstance(f.entry, RedFlag)}
    return Evidence(compiled=str(raw["compiled"]), facts=facts, red_flags=flags)


def _fact(section: str, number: int, entry: dict[str, Any], sources: dict[str, str]) -> Fact:
    kind = SECTIONS[section]
    known = {info.alias or name for name, info in kind.model_fields.items()}
    whole = _mended(entry, known)
    whole = {"id": f"{section}.{number + 1}", **whole}
    name = whole["id"]
    if not whole.get("source") or "verified" not in whole:
        raise ValueError(f"evidence: {name} in {section} lacks its source or its grade")
    whole["source"] = _spelled(str(whole["source"]), sources)
    if "signs" in whole:
        whole["signs"] = [sign if isinstance(sign, str) else str(sign) for sign in whole["signs"]]
    filled = {key: value for key, value in whole.items() if value is not None}
    try:
        typed = kind.model_validate(filled)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"evidence: {name} in {section}: {field}: {first['msg']}") from None
    body = {key: value for key, value in whole.items() if key not in ("id", "source", "verified")}
    return Fact(id=name, section=section, source=typed.source, verified=typed.verified, entry=typed, body=body)


def _mended(entry: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """Join text that YAML cut at a comma: it stands as a key that no record knows, without a value."""
    out: dict[str, Any] = {}
    last = ""
    for key, value in entry.items():
        if value is None and key not in known and isinstance(out.get(last), str):
            out[last] = f"{out[last]}, {key}"
        else:
            out[key], last = value, key
    return out


def _spelled(source: str, sources: dict[str, str]) -> str:
    """Write short keys of the file's own list of sources out."""
    return re.sub(r"\b\w+\b", lambda word: sources.get(word.group(), word.group()), source)
