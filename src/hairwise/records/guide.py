"""The session guide, the look at products, and cases alike: what care hands to a page beside the plan.

Knows: their shapes, every sentence with its source. Must not know: how they were reached.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Literal

from hairwise.records.base import Record, Sentence, Zone

__all__ = ["GuideStep", "Ingredient", "IngredientClass", "Products", "RednessAt", "SessionGuide"]

IngredientClass = Literal["acid", "retinoid", "vitamin_c", "alcohol", "fragrance", "dye", "exfoliant", "medicine"]


class GuideStep(Record):
    """One zone: passes in straight strokes and the least time they take."""

    zone: Zone
    passes: int
    seconds: int
    text: Sentence


class RednessAt(Record):
    """The redness to expect so many hours after a session."""

    hours: int
    text: Sentence


class SessionGuide(Record):
    """A session from before to after; made only while the lock is off."""

    not_before: Date | None
    checklist: tuple[Sentence, ...]
    steps: tuple[GuideStep, ...]
    while_rolling: tuple[Sentence, ...]
    redness: tuple[RednessAt, ...]
    photos: tuple[Sentence, ...]
    stop_signs: tuple[Sentence, ...]
    aftercare: tuple[Sentence, ...]
    hygiene: tuple[Sentence, ...]


class Ingredient(Record):
    """A name of the list and what it was recognised as."""

    name: str
    kind: IngredientClass


class Products(Record):
    """What an ingredient list holds that punctured skin should not meet; ``not_known`` were not recognised."""

    found: tuple[Ingredient, ...]
    not_known: tuple[str, ...]
    sentences: tuple[Sentence, ...]
