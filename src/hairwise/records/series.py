"""The file of a diary's spots over many visits; coordinates are (x, y) in the first photo of the spot.

Knows: its shape. Must not know: how its numbers were made.
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - a field is called date
from typing import Literal

from hairwise.records.base import Estimate, Record, Refusal
from hairwise.records.verdicts import FileHead

__all__ = ["ContrastEntry", "GrowthEntry", "LifeEntry", "SeriesFile", "SpotSeries", "State", "VisitEntry"]

State = Literal["present", "absent", "hidden", "out_of_view", "not_yet", "unknown"]


class VisitEntry(Record):
    """One visit to a spot beside the first; ``refused`` says why it cannot be compared.

    ``flags`` holds ``reversed`` where the cameras' own dates run against the diary's.
    """

    date: Date
    photos: int
    n_hairs: int | None
    change_pct: Estimate | None
    lost: int | None
    new: int | None
    refused: Refusal | None
    flags: tuple[str, ...] = ()


class LifeEntry(Record):
    """One hair over the visits from the first that could be measured; columns are visits."""

    root: tuple[float, float]
    states: tuple[State, ...]
    diameter_um: tuple[float | None, ...]
    length_mm: tuple[float | None, ...]


class GrowthEntry(Record):
    """How hairs grew between two visits a few days apart, of a spot clipped at the first."""

    from_date: Date
    to_date: Date
    hairs: int
    growth_mm_per_day: Estimate
    growing_share: Estimate


class SpotSeries(Record):
    """A spot over its visits, the first one first."""

    spot: str
    zone: str
    role: Literal["rolled", "control"]
    visits: tuple[VisitEntry, ...]
    hairs: tuple[LifeEntry, ...]
    growth: GrowthEntry | None


class ContrastEntry(Record):
    """Rolled spots of a zone against the unrolled spots of the same head.

    ``difference`` is in hairs of 100, negative where the rolled skin lost more; ``pairs`` of photos of the spot with
    the fewest.
    """

    zone: str
    from_date: Date
    to_date: Date
    rolled_spots: tuple[str, ...]
    control_spots: tuple[str, ...]
    pairs: int = 1
    difference: Estimate
    smallest_detectable: float
    verdict: Literal["rolled_lost_more", "control_lost_more", "not_shown"]


class SeriesFile(FileHead):
    """Spots over time, each hair's life, and rolled against unrolled skin."""

    spots: tuple[SpotSeries, ...] = ()
    contrasts: tuple[ContrastEntry, ...] = ()
    limits: tuple[str, ...] = ()
