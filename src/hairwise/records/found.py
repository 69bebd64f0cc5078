"""What a question to the evidence base finds.

Knows: the shape of an answer. Must not know: how entries are ranked.
"""

from __future__ import annotations

from hairwise.records.base import Record, Sentence
from hairwise.records.norms import Verified

__all__ = ["EvidenceFound", "FoundEntry", "TrialRow"]


class FoundEntry(Record):
    """An entry in words: ``lines`` are its fields as ``name: value``, units last."""

    id: str
    section: str
    lines: tuple[str, ...]
    source: str
    verified: Verified


class TrialRow(Record):
    """One arm of a trial, its change in hairs per cm2; ``as_printed`` where the source counts otherwise."""

    study: str
    arm: str
    n: int | None
    needle_mm: float | None
    weeks: str
    change_per_cm2: float
    as_printed: str
    source: str
    verified: Verified


class EvidenceFound(Record):
    """Entries that fit best first; trials side by side where the question is about growth or trials."""

    query: str
    entries: tuple[FoundEntry, ...]
    left_off: int
    trials: tuple[TrialRow, ...]
    sentences: tuple[Sentence, ...]
