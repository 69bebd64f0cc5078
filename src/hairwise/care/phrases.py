"""Sentences with their source, worded by how far the source was verified.

Knows: how a fact, an instruction and a person's own answer are marked. Must not know: which of them apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.records.base import Sentence

if TYPE_CHECKING:
    from hairwise.records.evidence import Evidence

__all__ = ["INTENDED_USE", "fact", "instruct", "measured", "not_found", "of_ten", "practice"]

INTENDED_USE = (
    "For people of 18 or older. hairwise measures and informs; it is not a medical device and gives no diagnosis."
)


def instruct(text: str) -> Sentence:
    """Return a safety instruction; common practice, shown whatever else is true."""
    return Sentence(text=text, source="instruction")


def measured(text: str, origin: str = "answers") -> Sentence:
    """Return what was read off the person's own answers or file."""
    return Sentence(text=text, source=f"measured:{origin}")


def fact(evidence: Evidence, source: str, text: str) -> Sentence:
    """Return a fact; where nobody read its source whole or in abstract, the sentence says so."""
    grade = evidence.facts[source].verified
    if grade == "unverified":
        text = f"Not verified, but often said: {text[0].lower()}{text[1:]}"
    return Sentence(text=text, source=source)


def practice(evidence: Evidence, source: str, text: str) -> Sentence:
    """Return a safety instruction that an entry gives; common practice where nobody checked the entry's source."""
    if evidence.facts[source].verified == "unverified":
        text = f"{text.rstrip('.')} (common practice)."
    return Sentence(text=text, source=source)


def not_found(source: str, text: str) -> Sentence:
    """Return what was searched for and not found; the entry of the search is its source."""
    return Sentence(text=text, source=source)


def of_ten(p: float) -> str:
    """Return a probability as a natural frequency."""
    n = round(10 * p)
    return "fewer than 1 of 10" if n == 0 else "more than 9 of 10" if n == 10 else f"about {n} of 10"
