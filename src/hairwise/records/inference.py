"""Facts the explanation rests on: lags, effect sizes, priors, signs, norms, season.

Knows: the shape of each fact, its source and how far it was verified. Must not know: one person's data.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from hairwise.records.answers import EventKind
from hairwise.records.base import Probability, Record, Zone
from hairwise.records.verdicts import CAUSES, Cause

__all__ = [
    "DiaryScore",
    "EffectFact",
    "EndsFact",
    "EventFact",
    "Grade",
    "InferenceFacts",
    "LagFact",
    "Named",
    "NormFact",
    "PlaceFact",
    "PriorFact",
    "SeasonFact",
    "SheddingFact",
    "SignFact",
    "WindowFact",
    "ZoneFact",
]

Grade = Literal["fulltext", "abstract", "unverified", "expert guess"]
Positive = Annotated[float, Field(gt=0)]


class Named(Record):
    """A fact with the evidence id it comes from and how far that was verified."""

    source: str
    grade: Grade

    @property
    def origin(self) -> str:
        """The source as shown: the id, marked where the figure is a guess it only bounds, or nobody checked it."""
        marks = {"expert guess": "expert guess", "unverified": "not verified"}
        return f"{marks[self.grade]} ({self.source})" if self.grade in marks else self.source


class LagFact(Named):
    """Days from an exposure to the peak of its shedding; the mean itself is uncertain.

    The shed rate is a hump of standard deviation ``width_days`` about the peak; hairs return after
    ``regrow_days`` (None: they do not).
    """

    cause: Cause
    peak_days: Positive
    peak_sd_days: Positive
    width_days: Positive
    regrow_days: Positive | None = None


class EffectFact(Named):
    """Size of a cause where it acts: extra shed hairs per normally shed hair at the peak, log-normal."""

    cause: Cause
    median: Positive
    log_sd: Positive


class PriorFact(Named):
    """How often each cause is the main one before any of the person's data; sums to 1."""

    name: str
    p: dict[Cause, Probability]

    @model_validator(mode="after")
    def _complete(self) -> PriorFact:
        if set(self.p) != set(CAUSES) or abs(sum(self.p.values()) - 1.0) > 1e-6:
            raise ValueError(f"prior {self.name} must name every cause and sum to 1")
        return self


class SignFact(Named):
    """A sign or condition answered yes or no; likelihood ratio of yes and of no for each cause it moves.

    Signs of one ``group`` say much the same thing, so only their strongest counts in full.
    """

    sign: str
    group: str
    cause: Cause
    lr_yes: Positive
    lr_no: Positive = 1.0


class DiaryScore(Named):
    """Mean diary score of a sign under a cause and without it [score per entry]."""

    sign: Literal["itch", "flakes", "pustules", "pain", "redness_days"]
    group: str
    cause: Cause
    with_cause: Positive
    without_cause: Positive


class EndsFact(Named):
    """Shares of the ends of shed hairs while a cause is at work; ``none`` stands for all that are not named."""

    cause: Cause
    club: Positive
    tapered: Positive
    broken: Positive


class EventFact(Named):
    """Which cause an event can start; ``weight`` is its prior strength against a plain illness."""

    kind: EventKind
    cause: Cause
    weight: Positive


class NormFact(Named):
    """Usual count of a method per day of gathered hair, log-normal."""

    method: Literal["wash", "comb60", "shower"]
    median: Positive
    log_sd: Positive


class SeasonFact(Named):
    """Yearly wave of the log shed rate; ``peak_day`` counts from 1 January in the northern half."""

    peak_day: Annotated[float, Field(ge=1, le=366)]
    usual: Annotated[float, Field(ge=0)]
    usual_sd: Positive
    strong: Positive
    strong_sd: Positive


class SheddingFact(Named):
    """Share of a zone's hairs shed on a usual day, log-normal."""

    daily_share: Positive
    log_sd: Positive


class PlaceFact(Named):
    """How much an answer about where, how much or whether hair is lost moves a cause."""

    answer: Literal["rolled_zones", "diffuse", "patches", "severe", "not_noticed", "thin_before"]
    cause: Cause
    lr: Positive


class ZoneFact(Named):
    """Usual area and hair density of a zone where the diary gives none."""

    zone: Zone
    area_cm2: Positive
    hairs_per_cm2: Positive


class WindowFact(Named):
    """Days from exposure to noticed loss for the two-minute check: likely between the inner bounds."""

    cause: Cause
    lo_days: float
    hi_days: float
    soft_days: Positive


class InferenceFacts(Record):
    """Everything ``infer`` is told about the world."""

    lags: tuple[LagFact, ...]
    effects: tuple[EffectFact, ...]
    prior: PriorFact
    second_prior: PriorFact
    signs: tuple[SignFact, ...]
    scores: tuple[DiaryScore, ...]
    ends: tuple[EndsFact, ...]
    events: tuple[EventFact, ...]
    norms: tuple[NormFact, ...]
    windows: tuple[WindowFact, ...]
    places: tuple[PlaceFact, ...]
    zones: tuple[ZoneFact, ...]
    season: SeasonFact
    shedding: SheddingFact

    def lag(self, cause: Cause) -> LagFact:
        """Return the lag of a cause that has one; KeyError otherwise."""
        return {fact.cause: fact for fact in self.lags}[cause]

    def effect(self, cause: Cause) -> EffectFact:
        """Return the effect size of a cause; KeyError where none is given."""
        return {fact.cause: fact for fact in self.effects}[cause]

    def window(self, cause: Cause) -> WindowFact:
        """Return the window of the check; KeyError where none is given."""
        return {fact.cause: fact for fact in self.windows}[cause]
