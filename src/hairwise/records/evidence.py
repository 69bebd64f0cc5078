"""Facts with their source and how far each was verified.

Knows: the shape of a fact and of a rule. Must not know: one person's data.
"""

from __future__ import annotations

from typing import Any, Literal

from hairwise.records.base import Record
from hairwise.records.verdicts import Urgency

__all__ = ["Evidence", "Fact", "RedFlag", "ScreeningAction", "ScreeningRule", "Verified"]

Verified = Literal["abstract", "fulltext", "unverified"]
ScreeningAction = Literal["do_not_needle", "see_dermatologist_first", "ask_clinician", "wait", "caution", "inform"]


class Fact(Record):
    """An entry of the evidence base; ``body`` holds the fields of its section."""

    id: str
    section: str
    source: str
    verified: Verified
    body: dict[str, Any]


class RedFlag(Record):
    """A sign that decides urgency whatever else is true."""

    id: str
    urgency: Urgency
    signs: tuple[str, ...]
    note: str
    source: str
    verified: Verified


class ScreeningRule(Record):
    """A reason not to needle, or to ask first."""

    id: str
    action: ScreeningAction
    source: str
    verified: Verified


class Evidence(Record):
    """The evidence base."""

    compiled: str
    facts: dict[str, Fact]
    red_flags: dict[str, RedFlag]
    screening: dict[str, ScreeningRule]
