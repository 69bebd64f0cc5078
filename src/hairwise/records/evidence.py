"""The evidence base: studies, reviews, rules, protocols and cases, each typed, with its source and grade.

Knows: the shape of each section, with units in the names. Must not know: one person's data.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import Field

from hairwise.records.base import Record
from hairwise.records.norms import (
    Anatomy,
    Device,
    DevicePhysics,
    DiagnosticTest,
    Entry,
    LagWindow,
    Pair,
    PerCent,
    Prior,
    Range,
    RealSeries,
    SheddingNorm,
    Table,
    Verified,
)
from hairwise.records.verdicts import Urgency

__all__ = [
    "SECTIONS",
    "Aftercare",
    "Anatomy",
    "Case",
    "CauseSupport",
    "Device",
    "Evidence",
    "Fact",
    "Hygiene",
    "LagWindow",
    "Lock",
    "Protocol",
    "RedFlag",
    "ScreeningAction",
    "ScreeningRule",
    "Study",
    "StudyArm",
    "Verified",
]

T = TypeVar("T", bound=Entry)
ScreeningAction = Literal["do_not_needle", "see_dermatologist_first", "ask_clinician", "wait", "caution", "inform"]


class StudyArm(Record):
    """One arm as printed; ``unit`` says what ``mean_change`` counts, ``mean_change_per_cm2`` is converted."""

    name: str
    n_analysed: int | None = None
    mean_change: float | None = None
    mean_change_per_cm2: float | None = None
    sd_change: float | None = None
    unit: str = ""
    needle_mm: float | None = None
    baseline_mean: float | None = None
    baseline_sd: float | None = None
    final_mean: float | None = None
    final_sd: float | None = None
    final_or_change_density: float | None = None
    density_change: float | None = None
    thickness_change_mm: float | None = None
    diameter_change_um: float | None = None
    diameter_um: float | dict[str, Pair] | None = None
    thickness: dict[str, Pair] | None = None
    responders_over_50pct_patient: int | None = None
    outcome: str = ""
    improved_clinician_pct: PerCent | None = None
    over_75pct_satisfied: int | None = None
    pull_test_negative: int | None = None
    pull_test_negative_after: int | None = None
    hair_growth: int | None = None
    satisfaction_over_7: int | None = None
    satisfaction_vas: Pair | None = None


class Study(Entry):
    """A trial, series or case of needling."""

    design: str
    population: str = ""
    n_randomized: int | None = None
    n_completed: int | None = None
    arms: tuple[StudyArm, ...] = ()
    device: str = ""
    needle_mm: float | None = None
    needle_range_mm: Pair | None = None
    interval_days: float | str | None = None
    sessions: int | str | None = None
    duration_weeks: float | str | None = None
    endpoint: str = ""
    minoxidil_after: str = ""
    p_between: float | str | dict[str, float | str] | None = None
    investigator_marked_or_moderate: dict[str, int] = {}
    adverse_events: Table = {}
    outcome: str = ""
    derived_change: Table = {}
    followup: str = ""


class SystematicReview(Entry):
    """What a review of many studies found."""

    k: int | None = None
    n: int | None = None
    aga_n: int | None = None
    aga_k: int | None = None
    aa_n: int | None = None
    aa_k: int | None = None
    mn_exposed: int | None = None
    serious_ae: int | None = None
    depth_mm: Pair | None = None
    interval: str = ""
    jadad: dict[str, float] = {}
    transient_days_max: float | None = None
    persistent: tuple[str, ...] = ()
    risk_factors: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    age: Pair | None = None
    common_factor: tuple[str, ...] = ()
    effect: dict[str, float] = {}


class MetaAnalysis(Entry):
    """A pooled effect as printed; ``measure`` says which."""

    k: int | None = None
    k_total: int | None = None
    n: int
    outcome: str
    measure: str
    estimate: float | None = None
    ci: Pair | None = None
    estimates: tuple[Table, ...] = ()
    diameter: str | Table | None = None
    serious_ae: int | None = None
    doctor_satisfaction_rr: Table = {}
    patient_satisfaction_rr: Table = {}
    subgroups_smd: Table = {}
    i2: PerCent | None = None
    adverse_events_total: dict[str, int] = {}
    moderators_ns: tuple[str, ...] = ()
    combo_vs: dict[str, float] = {}
    sucra: dict[str, float] = {}


class MetaAnalysisCheck(Entry):
    """A published pooling with its known answer, to check a pooling routine by."""

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[Any, ...] = ()
    variance: str = ""
    published: Table = {}
    derived_extra: Table = {}


class CauseSupport(Entry):
    """How well a claimed cause is backed."""

    cause: str
    grade: str
    why: str


class ScreeningRule(Entry):
    """A reason not to needle, or to ask first."""

    action: ScreeningAction
    applies: tuple[str, ...] = ()
    wait_months: Pair | None = None


class RedFlag(Entry):
    """A sign that decides urgency whatever else is true."""

    urgency: Urgency
    signs: tuple[str, ...]


class Lock(Entry):
    """When no output may propose a session."""

    when: tuple[str, ...]


class GoodGrowth(Entry):
    """Where needling is not meant to be."""

    rule: str
    action: ScreeningAction


class Aftercare(Entry):
    """What to leave off needled skin, and for how long; two figures where sources differ."""

    hours: Range = None
    items: tuple[str, ...] = ()
    rule: str = ""
    support: str = ""


class Hygiene(Entry):
    """How a device is kept clean."""

    rule: str
    minutes: Pair | None = None


class Regulation(Entry):
    """What an agency has authorised or warned of."""

    text: str


class Protocol(Entry):
    """What a trial did; not advice."""

    needle_mm: Range | str = None
    interval_days: float | Pair | str | None = None
    sessions: int | None = None
    weeks: float | str | None = None
    endpoint: str | None = None
    with_: str = Field(default="", alias="with")


class Case(Entry):
    """A published case."""

    n: int
    site: str = ""
    device: str = ""
    product: str = ""
    outcome: str = ""
    age: int | None = None
    ages: tuple[int, ...] = ()
    sex: Literal["F", "M"] | None = None
    lag_days: Range = None


SECTIONS: dict[str, type[Entry]] = {
    "studies": Study,
    "systematic_reviews": SystematicReview,
    "meta_analyses": MetaAnalysis,
    "meta_analysis_checks": MetaAnalysisCheck,
    "devices": Device,
    "device_physics": DevicePhysics,
    "anatomy": Anatomy,
    "shedding_norms": SheddingNorm,
    "real_series": RealSeries,
    "lag_windows": LagWindow,
    "cause_support": CauseSupport,
    "screening_rules": ScreeningRule,
    "red_flags": RedFlag,
    "safety_lock": Lock,
    "good_growth_zone": GoodGrowth,
    "aftercare": Aftercare,
    "device_hygiene": Hygiene,
    "regulatory": Regulation,
    "protocols": Protocol,
    "cases": Case,
    "priors": Prior,
    "tests": DiagnosticTest,
}


class Fact(Record):
    """An entry by its id: its section, its typed record, and its fields as printed (``body``)."""

    id: str
    section: str
    source: str
    verified: Verified
    entry: Entry
    body: dict[str, Any]


class Evidence(Record):
    """The evidence base; ``facts`` holds every entry by id, `of` the typed entries of one section."""

    compiled: str
    facts: dict[str, Fact]
    red_flags: dict[str, RedFlag]

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """Return the entries of one kind, in the order of the file."""
        return tuple(fact.entry for fact in self.facts.values() if isinstance(fact.entry, kind))
