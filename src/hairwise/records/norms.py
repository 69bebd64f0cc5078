"""Typed entries of the evidence base that hold numbers: devices, skin, shedding, lags, tests.

Knows: the shape of each entry, with units in the names. Must not know: one person's data.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated, Any, Literal

from pydantic import Field

from hairwise.records.base import Record

__all__ = [
    "Anatomy",
    "Device",
    "DevicePhysics",
    "DiagnosticTest",
    "Entry",
    "LagWindow",
    "Pair",
    "PerCent",
    "Prior",
    "Range",
    "RealSeries",
    "SheddingNorm",
    "Table",
    "Verified",
]

Verified = Literal["abstract", "fulltext", "unverified"]
Pair = tuple[float, float]
Range = float | Pair | None  # one value, or the lowest and the highest
Table = dict[str, Any]  # a small table kept as its source prints it
PerCent = Annotated[float, Field(ge=0, le=100)]


class Entry(Record):
    """What every entry carries; ``derived`` marks figures computed by us from cited ones."""

    id: str
    source: str
    verified: Verified
    field_notes: str = ""
    note: str = ""
    derived: bool = False
    caveat: str = ""


class Device(Entry):
    """A needling device; a missing measure was not found, and stays missing."""

    type: Literal["roller", "pen", "stamp", "any"]
    needles: Annotated[int, Field(gt=0)] | None = None
    rows: int | None = None
    needles_per_row: int | None = None
    angular_pitch_deg: float | None = None
    drum_diameter_mm: Annotated[float, Field(gt=0)] | None = None
    drum_width_mm: Annotated[float, Field(gt=0)] | None = None
    needle_mm: Range = None
    needle_diameter_mm: Range = None
    needle_um: float | None = None
    base_width_um: float | None = None
    tip_radius_um: float | None = None
    handle_cm: float | None = None
    models: dict[str, float] = {}
    unit: str = ""
    depth_mm: Pair | None = None
    max_hz: Annotated[float, Field(gt=0)] | None = None
    punctures_per_s: float | None = None
    reuse: str = ""
    regulation: str = ""
    value: None = None


class DevicePhysics(Entry):
    """How deep needles go, how many holes they make, when holes close."""

    value: float | None = None
    values: tuple[float, ...] = ()
    unit: str = ""
    passes: int | None = None
    device: str = ""
    formula: str = ""
    check: str = ""
    example: str = ""
    needle_um: float | None = None
    measured_depth_um: Pair | None = None
    surface_diameter_um: Pair | None = None
    ratio: float | None = None
    tissue: str = ""
    tewl_hours: Pair | None = None
    pore_closed_hours: dict[str, float] = {}


class Anatomy(Entry):
    """Densities, diameters, depths and the hair cycle of scalps."""

    value: Range = None
    value_mm: Pair | None = None
    unit: str = ""
    se: float | None = None
    range: Pair | None = None
    mean_sd: dict[str, Pair] = {}
    ranges_mean: dict[str, Pair] = {}
    sd: dict[str, Pair] = {}
    n: int | dict[str, int] | None = None
    telogen_pct: Range = None
    anagen_pct: PerCent | None = None
    catagen_pct: PerCent | None = None
    density: Pair | None = None
    growth_cm_month: Pair | None = None
    order_by_region: str = ""
    frontal_mean_sd: dict[str, Pair] = {}
    occiput_mean_sd: dict[str, Pair] = {}
    thin_hairs_pct: dict[str, Pair] = {}
    samples: int | None = None
    cadavers: int | None = None
    median_total_follicles: float | None = None
    median_follicular_units: float | None = None
    median_terminal: float | None = None
    median_vellus: float | None = None
    terminal_to_vellus: float | None = None
    follicles_per_cm2: float | None = None
    assumption: str = ""
    hairs_per_unit: dict[str, float] = {}
    mean_length_mm: float | None = None
    range_below_surface_mm: Pair | None = None
    vellus_length_mm: float | None = None
    epidermis_mm: Pair | None = None
    dermis_mm: Pair | None = None
    epidermis_to_skull_mm: float | None = None
    subcutis_mm: float | None = None
    derived_epidermis_plus_dermis_mm: float | None = None
    anagen_years: Pair | None = None
    catagen_weeks: Pair | None = None
    telogen_months: float | None = None


class SheddingNorm(Entry):
    """What is normal in a count, a test, a photo scale or a season."""

    unit: str = ""
    n: int | str | dict[str, int] | None = None
    mean: dict[str, float] = {}
    mean_sd: Pair | dict[str, Pair] | None = None
    range: Pair | dict[str, Pair] | None = None
    women_range: Pair | None = None
    population: str = ""
    method: str = ""
    model: str = ""
    rows: tuple[dict[str, float], ...] = ()
    limits: str = ""
    diameter_um: dict[str, Pair] = {}
    vellus_pct: dict[str, Pair] = {}
    auc_aga_vs_normal: float | None = None
    prep_days_without_shampoo: int | None = None
    short_hair_cm: float | None = None
    aga_if_short_pct_at_least: PerCent | None = None
    cte_if_total_at_least: int | None = None
    kappa_best: float | None = None
    classes: dict[str, int] = {}
    normal_max_hairs: int | None = None
    bundle_hairs: Pair | None = None
    pct_within: PerCent | None = None
    site: str = ""
    washing_effect_p: float | None = None
    brushing_effect_p: float | None = None
    older_rule: str = ""
    grades: int | None = None
    normal: Pair | None = None
    excessive: Pair | None = None
    fphl_n: int | None = None
    fphl_excessive: int | None = None
    fphl_mean: float | None = None
    control_n: int | None = None
    control_excessive: int | None = None
    control_mean: float | None = None
    retest_r: float | None = None
    mean_no_fphl: dict[str, float] = {}
    mean_fphl: dict[str, float] = {}
    peak: str = ""
    followup_years: Pair | None = None
    telogen_peak_month: int | None = None
    second_peak_month: int | None = None
    low_month: int | None = None
    peak_months: tuple[int, ...] = ()
    low_months: tuple[int, ...] = ()
    shed_peak_months: tuple[int, ...] = ()
    second_shed_months: tuple[int, ...] = ()
    lag_days: float | None = None
    hemisphere: str = ""
    index_vs_spring: dict[str, float] = {}
    data: str = ""
    value: None = None


class RealSeries(Entry):
    """One person's own counts over time."""

    points: int
    start: Date
    end: Date
    interval_days: float
    unit: str
    mean: float
    sd: float
    min: float
    max: float
    thirds_mean: tuple[float, ...]
    confounders: tuple[str, ...]
    use: str
    license: str


class LagWindow(Entry):
    """Days from an exposure to visible shedding, and how long it lasts."""

    onset_days: Range = None
    typical_onset_days: Pair | None = None
    duration_days: Pair | None = None
    regrowth_days: Pair | None = None
    basis: str = ""
    incidence: dict[str, Pair] | None = None
    incidence_pct: Pair | dict[str, float] | None = None
    incidence_alt_pct: Pair | None = None
    ci95_pct: dict[str, Pair] = {}
    resolved_1y_pct: PerCent | None = None
    trigger_found_pct: PerCent | None = None
    chronic_if_days_over: float | None = None
    adjusted_or_female: Table = {}
    derived_crude_or_female: float | None = None
    n: int | None = None
    k: int | None = None
    affected: Pair | None = None
    unaffected: Pair | None = None
    unit: str = ""
    time_to_diagnosis_days: float | None = None
    what: tuple[str, ...] = ()


class Prior(Entry):
    """How often diagnoses are made somewhere."""

    n: int | None = None
    diagnoses: int | None = None
    pct: Pair | dict[str, PerCent] | None = None
    clinic_pct: Pair | None = None
    cicatricial_pct: PerCent | None = None
    women_pct: PerCent | None = None


class DiagnosticTest(Entry):
    """How well a test tells a condition."""

    target: str
    sens: Range = None
    spec: Range = None
    ci_sens: Pair | None = None
    ci_spec: Pair | None = None
    lr_pos: float | None = None
    lr_neg: float | None = None
    n: int | dict[str, int] | None = None
    k: int | None = None
    pct: dict[str, PerCent] = {}
    spec_note: str = ""
    rule: str = ""
    most_sensitive: tuple[str, ...] = ()
    most_specific: tuple[str, ...] = ()
    grade2_positive_pct: PerCent | None = None
    cut: float | None = None
    auc: float | None = None
    kappa: float | None = None
