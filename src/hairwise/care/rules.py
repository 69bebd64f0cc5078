"""Red flags: fixed rules that nothing lowers.

Knows: which answers make each sign of the evidence base. Must not know: probabilities, wording of plans.

A blank or "not sure" about a fact that would only make a sign milder (age, tenderness) counts as if it did not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hairwise.care.case import claims_loss, days_since, is_yes, loss_in_good_growth
from hairwise.care.questions import label_of
from hairwise.records.base import ZONE_LABELS
from hairwise.records.verdicts import URGENCIES, RuleHit, Urgency

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.answers import Answers
    from hairwise.records.evidence import Evidence

__all__ = ["HEALED_DAYS", "INFECTION_SIGNS", "OWN_RULES", "RED_FLAG_RULES", "SORE_DAYS", "fired", "urgency_of"]

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
_TENDER = ("burning", "tender_nodules", "boggy_mass")  # each says in its words that the scalp is tender
_LONG_SHED_DAYS = 120  # te_over_4_6_months: the earlier of the two limits
_HALF_YEAR = 183  # acute_te: a trigger up to 180 days before
_SHEDDING_EVENTS = frozenset({"minoxidil_start", "illness", "stress", "diet", "surgery", "childbirth", "new_medicine"})
SORE_DAYS = 3  # soreness this soon after a session is usual (transient_reaction, 1 to 7 days; our figure)
HEALED_DAYS = 14  # twice the longest of transient_reaction: a yes does not say that redness is still there

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
    """Say that very much hair falls, unless in the rolled zones alone or after something of the last half year."""
    loss = answers.loss
    if loss is None or loss.severity != "severe" or loss.pattern == "rolled_zones":
        return None
    recent = [
        e for e in answers.events or () if e.kind in _SHEDDING_EVENTS and 0 <= (today - e.date).days <= _HALF_YEAR
    ]
    return None if recent else "very much more hair falls, and nothing named explains it"


def _sepsis(answers: Answers, today: date) -> str | None:
    if is_yes(answers, "confusion_or_very_ill"):
        return _any("confusion_or_very_ill")(answers, today)
    if is_yes(answers, "fever") and is_yes(answers, "spreading_redness"):
        return "fever together with redness that spreads"
    return None


def _fever_on_chemotherapy(answers: Answers, today: date) -> str | None:
    has_both = is_yes(answers, "fever") and is_yes(answers, "chemo_or_radiotherapy")
    return "fever during or after chemotherapy or radiotherapy" if has_both else None


def _since_session(answers: Answers, today: date) -> int | None:
    """Return days since the last session; None where it is not known, cannot be, or rolling has not begun."""
    days = days_since(answers.last_session, today)
    return days if days is not None and days >= 0 else None


def _late_pain(answers: Answers, today: date) -> bool:
    """Return whether pain is there that a session does not explain: not soon after one, or its day is not known."""
    days = _since_session(answers, today)
    return is_yes(answers, "pain") and (days is None or days > SORE_DAYS)


def _spreading(answers: Answers, today: date) -> str | None:
    """Any sign of infection; nobody is asked whether pain grows, so pain that outlasts a session counts as growing."""
    if is_yes(answers, "pain") and is_yes(answers, "redness_over_3_days"):
        return "pain while redness lasts"
    days = _since_session(answers, today)
    # a day left out may hide a recent session, also where rolling is said not to have begun
    may_be_recent = days is None or days <= HEALED_DAYS
    if may_be_recent and _late_pain(answers, today):
        return "pain that a session of the last 3 days does not explain"
    return _any("spreading_redness", "warmth", "pus", "fever", "swollen_glands")(answers, today)


def _pain_unexplained(answers: Answers, today: date) -> str | None:
    return _any("pain")(answers, today) if _late_pain(answers, today) else None


def _lasting_redness(answers: Answers, today: date) -> str | None:
    if not is_yes(answers, "redness_over_3_days"):
        return None
    days = _since_session(answers, today)
    if days is None:
        return "redness for more than 3 days, and the day of rolling is not given"
    return "redness, more than two weeks after rolling" if days > HEALED_DAYS else None


def _giant_cell_arteritis(answers: Answers, today: date) -> str | None:
    tender = answers.finding("pain") != "no" or is_yes(answers, *_TENDER)
    return _any("headache_jaw_or_vision")(answers, today) if tender and _may_be_50(answers) else None


def _may_be_50(answers: Answers) -> bool:
    return answers.age is None or answers.age >= 50


def _headache_not_ruled_out(answers: Answers, today: date) -> str | None:
    """Say a headache, jaw pain or change in vision that is not sure, beside a tender scalp, at the age of arteritis."""
    not_sure = answers.finding("headache_jaw_or_vision") == "unknown"
    if not_sure and _may_be_50(answers) and is_yes(answers, "pain", *_TENDER):
        return "a tender scalp, and not sure about headache, jaw or vision"
    return None


def _weak_defence(answers: Answers, today: date) -> str | None:
    if not is_yes(answers, *_WEAK_DEFENCE):
        return None
    sign = _any(*INFECTION_SIGNS)(answers, today) or _any_condition("active_herpes", "fungal_infection")(answers, today)
    sign = sign or _pain_unexplained(answers, today)
    return sign and f"{sign}, with a weak immune system or diabetes"


def _weak_redness(answers: Answers, today: date) -> str | None:
    both = is_yes(answers, "redness_over_3_days") and is_yes(answers, *_WEAK_DEFENCE)
    return "redness for more than 3 days, with a weak immune system or diabetes" if both else None


def _kerion(answers: Answers, today: date) -> str | None:
    if is_yes(answers, "pustules") and is_yes(answers, "thick_scale", "broken_hairs", "black_dots"):
        return "spots filled with pus, with crusts or broken hairs"
    return _any("boggy_mass")(answers, today)


def _herpes_near_eye(answers: Answers, today: date) -> str | None:
    eye = is_yes(answers, "swelling_face_or_eye", "headache_jaw_or_vision")
    eye = eye or answers.finding("swelling_face_or_eye") == "unknown"  # asked, and not ruled out
    return "blisters, with a sign at the eye or head" if eye and is_yes(answers, "grouped_blisters") else None


def _shared(answers: Answers, today: date) -> str | None:
    shared = answers.hygiene is not None and answers.hygiene.shared_device == "yes"
    return "a device that another person used too" if shared else None


def _child(answers: Answers, today: date) -> str | None:
    if answers.age is not None and answers.age >= 18:
        return None
    sign = _any("broken_hairs", "thick_scale", "black_dots")(answers, today)
    patch = _patches(answers, today) or is_yes(answers, "moth_eaten") or bool(answers.loss and answers.loss.zones)
    if sign is None and is_yes(answers, "flakes") and patch:
        sign = "flakes where hair falls"
    if sign is None and is_yes(answers, "fungal_infection"):
        sign = "a fungal infection of the scalp"
    return sign and f"{sign}, at an age under 18 or not given"


def _patches(answers: Answers, today: date) -> str | None:
    if answers.loss is not None and answers.loss.pattern == "patches":
        return "hair falling in patches"
    return _any("smooth_patches")(answers, today)


def _good_growth(answers: Answers, today: date) -> str | None:
    zones = loss_in_good_growth(answers)
    if not zones:
        return None
    names = ", ".join(ZONE_LABELS[z] for z in sorted(zones))
    if answers.loss is None or not answers.loss.zones:
        return f"more hair falls, the place is not given, and hair grew well where you rolled: {names}"
    return f"more hair falls where hair grew well before: {names}"


def _scarring(answers: Answers, today: date) -> str | None:
    """Burning counts anywhere; pain where hair is lost in patches or a scarring disease is known (its margin)."""
    sign = _any("lost_follicle_openings", "shiny_scarring", "burning")(answers, today)
    if sign is None and is_yes(answers, "pain"):
        has_margin = _patches(answers, today) is not None or is_yes(answers, "moth_eaten", "scarring_alopecia")
        sign = "pain where hair is lost in patches" if has_margin else None
    return sign


def _is_diffuse(answers: Answers) -> bool:
    """Return whether hair falls all over; so does a blank, and "not sure" unless one or two zones are named."""
    loss = answers.loss
    if loss is None or loss.pattern in ("rolled_zones", "patches"):
        return False
    return loss.pattern != "unknown" or len(loss.zones or ()) not in (1, 2)


def _long_shedding(answers: Answers, today: date) -> str | None:
    if not claims_loss(answers) or not _is_diffuse(answers):
        return None
    days = days_since(answers.loss.onset if answers.loss else None, today)
    return "more hair has fallen for over four months" if days is not None and days >= _LONG_SHED_DAYS else None


def _needle(answers: Answers, today: date) -> str | None:
    """Say that a needle may have stayed; who is not sure counts, since that is what was asked."""
    answer = answers.finding("retained_needle")
    if answer == "unknown":
        return "not sure whether a needle stayed in the skin"
    return label_of("findings.retained_needle") if answer == "yes" else None


def _broken_or_scale(answers: Answers, today: date) -> str | None:
    """Say what may be a fungus: broken hairs alone fit rolling, and thick scale fits a psoriasis that is known."""
    known = is_yes(answers, "psoriasis", "eczema", "seborrhoeic_dermatitis")
    scale = is_yes(answers, "thick_scale") and not known
    with_broken = is_yes(answers, "broken_hairs") and (is_yes(answers, "flakes", "itch", "thick_scale") and not known)
    if is_yes(answers, "black_dots") or scale or with_broken:
        return _any("broken_hairs", "black_dots", "thick_scale")(answers, today)
    return None


def _active_hair_disease(answers: Answers, today: date) -> str | None:
    """Say a known disease of the follicle, once more hair falls."""
    if not claims_loss(answers):
        return None
    return _any_condition("scarring_alopecia", "alopecia_areata")(answers, today)


RED_FLAG_RULES: dict[str, Rule] = {
    "systemic_allergy": _any("swelling_face_or_eye", "breathing_trouble", "hives"),
    "minoxidil_systemic": _any("chest_pain", "palpitations", "faintness"),
    "sepsis_signs": _sepsis,
    "giant_cell_arteritis": _giant_cell_arteritis,
    "spreading_infection": _spreading,
    "infection_with_weak_defence": _weak_defence,
    "kerion": _kerion,
    "herpes": _any("grouped_blisters"),
    "blood_exposure": _shared,
    "nodules_weeks_later": _any("tender_nodules"),
    "retained_needle": _needle,
    "pustules": _any("pustules"),
    "child_scaly_patch": _child,
    "severe_distress": _any("severe_distress"),
    "scarring_signs": _scarring,
    "smooth_patches": _patches,
    "moth_eaten_or_systemic": _any("moth_eaten", "rash_or_joint_pain"),
    "loss_where_hair_grew_well": _good_growth,
    "te_over_4_6_months": _long_shedding,
}


# Signs that no entry of the evidence base covers once its own rule did not fire; common practice.
OWN_RULES: dict[str, tuple[Urgency, Rule]] = {
    "herpes_near_eye": ("emergency", _herpes_near_eye),
    "fever_on_chemotherapy": ("emergency", _fever_on_chemotherapy),
    "headache_or_vision": ("same_day", _any("headache_jaw_or_vision")),
    "headache_not_ruled_out": ("same_day", _headache_not_ruled_out),
    "redness_with_weak_defence": ("within_days", _weak_redness),
    "pain_unexplained": ("within_weeks", _pain_unexplained),
    "fungal_infection": ("within_weeks", _any_condition("fungal_infection")),
    "broken_hairs_or_scale": ("within_weeks", _broken_or_scale),
    "known_hair_disease": ("within_weeks", _active_hair_disease),
    "lasting_redness": ("within_weeks", _lasting_redness),
    "severe_loss": ("within_weeks", _severe_loss),
}


def fired(answers: Answers, today: date, evidence: Evidence, also: tuple[RuleHit, ...] = ()) -> tuple[RuleHit, ...]:
    """Return the red flags and our own rules that fire, most urgent first.

    ``also`` are flags that a diary's entries raise beyond what answers can say; they add, and never replace.
    """
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
    known = {hit.id for hit in hits}
    hits += [hit for hit in also if hit.id not in known]
    return tuple(sorted(hits, key=lambda hit: URGENCIES.index(_urgency(hit, evidence))))


def _urgency(hit: RuleHit, evidence: Evidence) -> Urgency:
    return evidence.red_flags[hit.id].urgency if hit.id in evidence.red_flags else OWN_RULES[hit.id][0]


def urgency_of(hits: tuple[RuleHit, ...], evidence: Evidence) -> Urgency:
    """Return the most urgent of the rules that fired; self-care where none did."""
    return min((_urgency(hit, evidence) for hit in hits), key=URGENCIES.index, default="self_care")
