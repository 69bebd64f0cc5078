"""The diary file, ``needling-diary/1``.

Knows: what a person did, took, felt and counted. Must not know: photos' pixels, models.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from hairwise.records.answers import Answers, EventKind, FindingName
from hairwise.records.base import Record, TriState, Zone
from hairwise.records.device import DeviceKind, NeedleMm, Passes

__all__ = [
    "Count",
    "Day",
    "Density",
    "Diary",
    "DiaryEvent",
    "DiaryZone",
    "Finding",
    "PhotoEntry",
    "Session",
    "ShedEnds",
    "Spot",
    "SpotChange",
    "Style",
    "Symptom",
    "Treatment",
]

Day = Date
Style = Literal["clipped", "unclipped"]
Score = Annotated[int, Field(ge=0, le=3)]
Hundreds = Annotated[float, Field(ge=0, le=1000)]


class DiaryZone(Record):
    """A zone of this scalp."""

    name: Zone
    area_cm2: Annotated[float, Field(gt=0, le=1000)]
    needled: bool
    growth: Literal["good", "thin", "bald"] | None = None


class Session(Record):
    """One zone needled on one day."""

    date: Date
    zone: Zone
    device: DeviceKind = "unknown"
    needle_mm: NeedleMm | None = None
    passes: Passes | None = None
    pressure: Annotated[int, Field(ge=1, le=3)] | None = None
    punctures_per_cm2: Annotated[float, Field(ge=0, le=100_000)] | None = None
    device_id: str | None = None
    speed: Literal["slow", "medium", "fast"] | None = None
    minutes: Annotated[float, Field(gt=0, le=600)] | None = None
    direction: str | None = None
    needle_age_sessions: Annotated[int, Field(ge=0)] | None = None
    disinfected: bool | None = None
    shared: bool | None = None
    products_within_24h: tuple[str, ...] | None = None
    endpoint: Literal["none", "redness", "pinpoint_bleeding"] | None = None
    pain: Annotated[float, Field(ge=0, le=10)] | None = None
    redness_h: Annotated[float, Field(ge=0, le=2000)] | None = None


class Count(Record):
    """Shed hairs counted on one day."""

    date: Date
    method: Literal["wash", "comb60", "shower"]
    count: Annotated[float, Field(ge=0, le=20_000)]
    zone: Zone | None = None
    side: Literal["left", "right"] | None = None


class Density(Record):
    """Hair density of a zone [hairs/cm2]."""

    date: Date
    zone: Zone
    hairs_per_cm2: Annotated[float, Field(ge=0, le=2000)]
    lo: Annotated[float, Field(ge=0)] | None = None
    hi: Annotated[float, Field(ge=0)] | None = None
    photo: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Density:
        if (self.lo or 0.0) > self.hairs_per_cm2 or (self.hi is not None and self.hi < self.hairs_per_cm2):
            raise ValueError("the interval lo to hi does not hold hairs_per_cm2")
        return self


class DiaryEvent(Record):
    """Something else that changed."""

    date: Date
    kind: EventKind
    severity: Annotated[float, Field(ge=0, le=3)] | None = None


class Treatment(Record):
    """A treatment in use; recorded, never advised."""

    kind: str
    start: Date
    stop: Date | None = None


class Symptom(Record):
    """How the scalp felt on one day."""

    date: Date
    itch: Score | None = None
    flakes: Score | None = None
    pustules: Score | None = None
    pain: Score | None = None
    redness_days: Annotated[float, Field(ge=0, le=366)] | None = None
    patch: Annotated[int, Field(ge=0, le=1)] | None = None


class Finding(Record):
    """A sign looked for on one day."""

    date: Date
    kind: FindingName
    present: TriState


class Spot(Record):
    """A place photographed again and again."""

    id: str
    zone: Zone
    role: Literal["rolled", "control"]


class PhotoEntry(Record):
    """A close-up of a spot; ``file`` is relative to the diary."""

    date: Date
    spot: str
    file: str
    px_per_mm: Annotated[float, Field(gt=0, le=5000)] | None = None
    style: Style | None = None


class ChangeInterval(Record):
    """Net change in hairs with its 95 % interval."""

    value: float
    lo: float
    hi: float

    @model_validator(mode="after")
    def _in_order(self) -> ChangeInterval:
        if not self.lo <= self.value <= self.hi:
            raise ValueError("the interval lo to hi does not hold value")
        return self


class SpotChange(Record):
    """What two photos of a spot showed; ``n_t0`` are hairs of the first whose place the second shows too."""

    spot: str
    from_: Date = Field(alias="from")
    to: Date
    n_t0: Annotated[int, Field(ge=0)]
    lost: Annotated[int, Field(ge=0)]
    new: Annotated[int, Field(ge=0)]
    change: ChangeInterval | None = None
    pair_file: str | None = None

    @model_validator(mode="after")
    def _can_be(self) -> SpotChange:
        if self.lost > self.n_t0:
            raise ValueError("more hairs are lost than there were (n_t0)")
        return self


class ShedEnds(Record):
    """What the ends of shed hairs looked like; ``short_share`` is the share under 3 cm."""

    date: Date
    club: Annotated[int, Field(ge=0)] = 0
    tapered: Annotated[int, Field(ge=0)] = 0
    broken: Annotated[int, Field(ge=0)] = 0
    short_share: Annotated[float, Field(ge=0, le=1)] | None = None


class Diary(Record):
    """A person's diary. Dates are local days."""

    schema_: Literal["needling-diary/1"] = Field(alias="schema")
    id: str
    cutoff: Date
    start: Date | None = None
    first_session: Date | None = None
    concern: Date | None = None
    hemisphere: Literal["N", "S"] | None = None
    zones: tuple[DiaryZone, ...] = ()
    sessions: tuple[Session, ...] = ()
    washes: tuple[Date, ...] = ()
    counts: tuple[Count, ...] = ()
    density: tuple[Density, ...] = ()
    events: tuple[DiaryEvent, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    findings: tuple[Finding, ...] = ()
    spots: tuple[Spot, ...] = ()
    photos: tuple[PhotoEntry, ...] = ()
    changes: tuple[SpotChange, ...] = ()
    shed: tuple[ShedEnds, ...] = ()
    answers: Answers | None = None

    def once(self) -> Diary:
        """Return the diary with entries that stand in it twice, alike in everything, only once."""
        lists = ("sessions", "counts", "density", "events", "treatments", "symptoms", "findings", "changes", "shed")
        return self.model_copy(update={name: tuple(dict.fromkeys(getattr(self, name))) for name in lists})

    @model_validator(mode="after")
    def _zones_once(self) -> Diary:
        seen = [zone.name for zone in self.zones]
        if len(seen) != len(set(seen)):
            raise ValueError("zones names a zone twice")
        spots = {spot.id for spot in self.spots}
        for name, told in (("changes", self.changes), ("photos", self.photos)):
            unknown = {entry.spot for entry in told} - spots
            if unknown and spots:
                raise ValueError(f"{name} names a spot that is not among spots: {min(unknown)[:40]}")
        return self
