"""Red flags: fixed rules that nothing lowers.

Knows: which answers make each sign of the evidence base. Must not know: probabilities, wording of plans.

A blank or "not sure" about a fact that would only make a sign milder (age, tenderness) counts as if it did not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hairwise.care.case import claims_loss, days_since, is_yes, loss_in_good_growth
from hairwise.care.questions import ZONE_LABELS, label_of
from hairwise.records.verdicts import URGENCIES, RuleHit, Urgency

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.answers import Answers
    from hairwise.records.evidence import Evidence

__all__ = ["INFECTION_SIGNS", "OWN_RULES", "RED_FLAG_RULES", "fired", "urgency_of"]

INFECTION_SIGNS = (
    "spreading_redness",
    "warmth",
    "pus",
    "fever",
    "swollen_glands",
    "pustules",
    "boggy_mass",
    "tender_nodules",
    "grouped_blisters",
)
_WEAK_DEFENCE = ("immune_suppression", "diabetes", "chemo_or_radiotherapy")
_LONG_SHED_DAYS = 120  # te_over_4_6_months: the earlier of the two limits

Rule = Callable[["Answers", "date"], str | None]


def _any(*names: str) -> Rule:
    """Make a rule that fires when any of these findings is answered yes, and says which."""

    def rule(answers: Answers, today: date) -> str | None:
        hits = [label_of(f"findings.{n}") for n in names if is_yes(answers, n)]
        return ", ".join(hits) or None

    return rule


def _any_condition(*names: str) -> Rule:
    """Make a rule that fires when any of these conditions is answered yes, and says which."""

    def rule(answers: Answers, today: date) -> str | None:
        hits = [label_of(f"conditions.{n}") for n in names if is_yes(answers, n)]
        return ", ".join(hits) or None

    return rule


def _severe_loss(answers: Answers, today: date) -> str | None:
    loss = answers.loss
    return "very much more hair falls" if loss and loss.severity == "severe" else None


def _sepsis(answers: Answers, today: date) -> str | None:
    if is_yes(answers, "confusion_or_very_ill"):
        return _any("confusion_or_very_ill")(answers, today)
    if is_yes(answers, "fever") and is_yes(answers, "spreading_redness"):
        return "fever together with redness that spreads"
    return None


def _giant_cell_arteritis(answers: Answers, today: date) -> str | None:
    tender = answers.finding("pain") != "no" or answers.finding("burning") == "yes"
    old_enough = answers.age is None or answers.age >= 50
    if tender and old_enough:
        return _any("headache_jaw_or_vision")(answers, today)
    return None


def _weak_defence(answers: Answers, today: date) -> str | None:
    if not is_yes(answers, *_WEAK_DEFENCE):
        return None
    sign = _any(*INFECTION_SIGNS)(answers, today) or _any_condition("active_herpes", "fungal_infection")(answers, today)
    return sign and f"{sign}, with a weak immune system or diabetes"


def _kerion(answers: Answers, today: date) -> str | None:
    if is_yes(answers, "pustules") and is_yes(answers, "thick_scale", "broken_hairs", "black_dots"):
        return "spots filled with pus, with crusts or broken hairs"
    return _any("boggy_mass")(answers, today)


def _herpes_near_eye(answers: Answers, today: date) -> str | None:
    eye = is_yes(answers, "swelling_face_or_eye", "headache_jaw_or_vision")
    return "blisters, with a sign at the eye or head" if eye and is_yes(answers, "grouped_blisters") else None


def _shared(answers: Answers, today: date) -> str | None:
    shared = answers.hygiene is not None and answers.hygiene.shared_device == "yes"
    return "a device that another person used too" if shared else None


def _child(answers: Answers, today: date) -> str | None:
    if answers.age is not None and answers.age >= 18:
        return None
    sign = _any("broken_hairs", "thick_scale", "black_dots")(answers, today)
    if sign is None and is_yes(answers, "flakes") and (_patches(answers, today) or is_yes(answers, "moth_eaten")):
        sign = "flakes and patches"
    return sign and f"{sign}, at an age under 18 or not given"


def _patches(answers: Answers, today: date) -> str | None:
    if answers.loss is not None and answers.loss.pattern == "patches":
        return "hair falling in patches"
    return _any("smooth_patches")(answers, today)


def _good_growth(answers: Answers, today: date) -> str | None:
    zones = loss_in_good_growth(answers)
    if not zones:
        return None
    return "more hair falls where hair grew well before: " + ", ".join(ZONE_LABELS[z] for z in sorted(zones))


def _long_shedding(answers: Answers, today: date) -> str | None:
    if not claims_loss(answers):
        return None
    days = days_since(answers.loss.onset if answers.loss else None, today)
    return "more hair has fallen for over four months" if days is not None and days >= _LONG_SHED_DAYS else None


RED_FLAG_RULES: dict[str, Rule] = {
    "systemic_allergy": _any("swelling_face_or_eye", "breathing_trouble", "hives"),
    "minoxidil_systemic": _any("chest_pain", "palpitations", "faintness"),
    "sepsis_signs": _sepsis,
    "giant_cell_arteritis": _giant_cell_arteritis,
    "spreading_infection": _any("spreading_redness", "warmth", "pus", "fever", "swollen_glands"),
    "infection_with_weak_defence": _weak_defence,
    "kerion": _kerion,
    "herpes": _any("grouped_blisters"),
    "blood_exposure": _shared,
    "nodules_weeks_later": _any("tender_nodules"),
    "retained_needle": _any("retained_needle"),
    "pustules": _any("pustules"),
    "child_scaly_patch": _child,
    "severe_distress": _any("severe_distress"),
    "scarring_signs": _any("lost_follicle_openings", "shiny_scarring", "burning", "pain"),
    "smooth_patches": _patches,
    "moth_eaten_or_systemic": _any("moth_eaten", "rash_or_joint_pain"),
    "loss_where_hair_grew_well": _good_growth,
    "te_over_4_6_months": _long_shedding,
}


# Signs that no entry of the evidence base covers once its own rule did not fire; common practice.
OWN_RULES: dict[str, tuple[Urgency, Rule]] = {
    "herpes_near_eye": ("emergency", _herpes_near_eye),
    "headache_or_vision": ("same_day", _any("headache_jaw_or_vision")),
    "active_herpes": ("within_days", _any_condition("active_herpes")),
    "fungal_infection": ("within_weeks", _any_condition("fungal_infection")),
    "broken_hairs_or_scale": ("within_weeks", _any("broken_hairs", "black_dots", "thick_scale")),
    "known_hair_disease": ("within_weeks", _any_condition("scarring_alopecia", "alopecia_areata")),
    "severe_loss": ("within_weeks", _severe_loss),
}


def fired(answers: Answers, today: date, evidence: Evidence) -> tuple[RuleHit, ...]:
    """Return the red flags and our own rules that fire, most urgent first."""
    hits = [
        RuleHit(id=flag.id, why=why, source=flag.id)
        for flag in evidence.red_flags.values()
        if (why := RED_FLAG_RULES[flag.id](answers, today)) is not None
    ]
    hits += [
        RuleHit(id=name, why=why, source="instruction")
        for name, (_, rule) in OWN_RULES.items()
        if (why := rule(answers, today)) is not None
    ]
    return tuple(sorted(hits, key=lambda hit: URGENCIES.index(_urgency(hit, evidence))))


def _urgency(hit: RuleHit, evidence: Evidence) -> Urgency:
    return evidence.red_flags[hit.id].urgency if hit.id in evidence.red_flags else OWN_RULES[hit.id][0]


def urgency_of(hits: tuple[RuleHit, ...], evidence: Evidence) -> Urgency:
    """Return the most urgent of the rules that fired; self-care where none did."""
    return min((_urgency(hit, evidence) for hit in hits), key=URGENCIES.index, default="self_care")
