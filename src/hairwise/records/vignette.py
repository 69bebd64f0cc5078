"""A vignette: an invented person with the answer a careful clinician would give.

Knows: the shape of a vignette and of a clinician's review. Must not know: what the program answers.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Any, Literal

from hairwise.records.answers import CONDITIONS, FINDINGS, Answers
from hairwise.records.base import Record
from hairwise.records.verdicts import Cause, MayNeedle, Urgency

__all__ = ["Expected", "Review", "Vignette"]


class Expected(Record):
    """What is right for this person; ``causes`` only where one main cause is clearly the likeliest."""

    urgency: Urgency
    rules: tuple[str, ...]
    lock: bool
    may_needle: MayNeedle
    causes: tuple[Cause, ...] = ()


class Review(Record):
    """A clinician's word on a vignette: ``urgency`` differs from the expected one where they disagree."""

    id: str
    agrees: bool
    urgency: Urgency | None = None
    comment: str = ""
    reviewer: str
    profession: str
    date: Date


class Vignette(Record):
    """
    One invented person.

    ``others`` says how findings and conditions that are not named were answered: ``no``, or ``blank``.
    ``unsure`` says why a careful colleague might choose another urgency.
    """

    id: str
    title: str
    story: str
    others: Literal["no", "blank"]
    answers: dict[str, Any]
    expect: Expected
    because: str
    sources: tuple[str, ...]
    unsure: str = ""
    reviews: tuple[Review, ...] = ()

    @property
    def state(self) -> Literal["unreviewed", "approved", "disputed"]:
        """Unreviewed until a clinician has spoken; disputed where one disagrees."""
        if not self.reviews:
            return "unreviewed"
        return "approved" if all(review.agrees for review in self.reviews) else "disputed"

    def filled(self) -> Answers:
        """Return the answers, with every finding and condition that was asked and denied."""
        given = dict(self.answers)
        if self.others == "no":
            given["findings"] = dict.fromkeys(FINDINGS, "no") | (given.get("findings") or {})
            given["conditions"] = dict.fromkeys(CONDITIONS, "no") | (given.get("conditions") or {})
        return Answers.model_validate({"schema": "hairwise/answers/1", **given})
