"""The answers of the two-minute check, ``hairwise/answers/1``.

Knows: which questions exist and which answers are possible. Must not know: what follows from them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from hairwise.records.base import Record, TriState, Zone
from hairwise.records.device import DeviceKind, NeedleMm, WholePasses

__all__ = [
    "CONDITIONS",
    "FINDINGS",
    "FIRST_DAY",
    "LAST_DAY",
    "Answers",
    "ConditionName",
    "Day",
    "Event",
    "EventKind",
    "FindingName",
    "Hygiene",
    "Loss",
    "ZoneAnswer",
]

FindingName = Literal[
    "itch",
    "flakes",
    "thick_scale",
    "burning",
    "pain",
    "pustules",
    "pus",
    "spreading_redness",
    "warmth",
    "fever",
    "boggy_mass",
    "tender_nodules",
    "grouped_blisters",
    "smooth_patches",
    "lost_follicle_openings",
    "shiny_scarring",
    "broken_hairs",
    "black_dots",
    "moth_eaten",
    "redness_over_3_days",
    "swelling_face_or_eye",
    "hives",
    "breathing_trouble",
    "faintness",
    "chest_pain",
    "palpitations",
    "confusion_or_very_ill",
    "swollen_glands",
    "retained_needle",
    "headache_jaw_or_vision",
    "rash_or_joint_pain",
    "severe_distress",
]
ConditionName = Literal[
    "psoriasis",
    "eczema",
    "seborrhoeic_dermatitis",
    "fungal_infection",
    "active_herpes",
    "alopecia_areata",
    "scarring_alopecia",
    "pattern_hair_loss",
    "keloid",
    "metal_allergy",
    "anticoagulant",
    "bleeding_disorder",
    "immune_suppression",
    "diabetes",
    "isotretinoin_last_6_months",
    "chemo_or_radiotherapy",
    "heart_disease",
    "recent_hair_transplant",
]
EventKind = Literal[
    "minoxidil_start",
    "finasteride_start",
    "illness",
    "stress",
    "diet",
    "surgery",
    "childbirth",
    "new_medicine",
    "new_product",
    "new_shampoo",
]
FINDINGS: tuple[FindingName, ...] = get_args(FindingName)
CONDITIONS: tuple[ConditionName, ...] = get_args(ConditionName)


def _yes_no(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


# no person's diary reaches further; inside, days can be added and taken away safely
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 1, 1)


def _near(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("far_day", f"should be a day from {FIRST_DAY} to {LAST_DAY}")
    return day


Day = Annotated[date, AfterValidator(_near)]
YesNo = Annotated[TriState, BeforeValidator(_yes_no)]


class ZoneAnswer(Record):
    """One zone of the scalp: how hair grew there before, and whether it was rolled."""

    zone: Zone
    growth: Literal["good", "thin", "bald"] | None = None
    rolled: bool | None = None


class Loss(Record):
    """What the person noticed."""

    noticed: TriState | None = None
    onset: Day | None = None
    pattern: Literal["diffuse", "rolled_zones", "patches", "unknown"] | None = None
    zones: tuple[Zone, ...] | None = None
    severity: Literal["mild", "moderate", "severe"] | None = None


class Event(Record):
    """Something else that changed."""

    kind: EventKind
    date: Day


class Hygiene(Record):
    """How the device was kept; true and false are read as yes and no."""

    disinfected: YesNo | None = None
    shared_device: YesNo | None = None
    reused_cartridge: YesNo | None = None
    tap_water_only: YesNo | None = None


class Answers(Record):
    """Answers of the check; None means not answered.

    Needle length [mm] up to 3, the longest in the sources (``needle_ranges``); one day has at most 100 passes.
    """

    schema_: Literal["hairwise/answers/1"] = Field(alias="schema")
    today: Day | None = None
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    sex: Literal["f", "m", "x"] | None = None
    pregnant: TriState | None = None
    started: bool | None = None
    device: DeviceKind | None = None
    needle_mm: NeedleMm | None = None
    passes: WholePasses | None = None
    speed: Literal["slow", "medium", "fast"] | None = None
    pressure: Literal["light", "medium", "hard"] | None = None
    interval_days: Annotated[float, Field(gt=0, le=366)] | None = None
    sessions: Annotated[int, Field(ge=0, le=10_000)] | None = None
    first_session: Day | None = None
    last_session: Day | None = None
    zones: tuple[ZoneAnswer, ...] | None = None
    loss: Loss | None = None
    events: tuple[Event, ...] | None = None
    findings: dict[FindingName, TriState | None] | None = None
    conditions: dict[ConditionName, TriState | None] | None = None
    hygiene: Hygiene | None = None
    products_within_24h: tuple[str, ...] | None = None

    def finding(self, name: FindingName) -> TriState | None:
        """Return yes, no or unknown; None where not answered."""
        return (self.findings or {}).get(name)

    def condition(self, name: ConditionName) -> TriState | None:
        """Return yes, no or unknown; None where not answered."""
        return (self.conditions or {}).get(name)
