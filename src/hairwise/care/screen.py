"""May this scalp be needled at all? Screening and the safety lock.

Knows: contraindications and which questions must be answered. Must not know: probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.care.case import claims_loss, good_zones, is_yes, real_interval, rolled_zones
from hairwise.care.products import classify, names_in
from hairwise.care.questions import QUESTIONS, label_of
from hairwise.care.rules import INFECTION_SIGNS, fired
from hairwise.care.signs import DiarySigns
from hairwise.records.answers import FIRST_DAY
from hairwise.records.base import ZONE_LABELS
from hairwise.records.verdicts import Lock, MayNeedle, RuleHit

if TYPE_CHECKING:
    from datetime import date

    from hairwise.care.signs import LossBy
    from hairwise.records.answers import Answers
    from hairwise.records.evidence import Evidence

__all__ = ["HOME_NEEDLE_MM", "MANY_PASSES", "TRIAL_DAYS", "Screening", "is_dirty", "screen_answers"]

HOME_NEEDLE_MM = 1.5  # the longest of the trials whose men were rolled weekly (dhurat2013); longer is for clinics
MANY_PASSES = 15  # the most that the sources describe (holes_per_cm2_15_passes)
TRIAL_DAYS = 7  # no trial needled more often (english2022)
_DO_NOT: dict[str, tuple[str, ...]] = {
    "active_infection": (*INFECTION_SIGNS, "active_herpes", "fungal_infection", "broken_hairs", "black_dots"),
    "inflamed_scalp_disease": ("psoriasis", "eczema", "seborrhoeic_dermatitis", "flakes", "thick_scale"),
    "keloid_history": ("keloid",),
    "metal_allergy": ("metal_allergy",),
    "isotretinoin_recent": ("isotretinoin_last_6_months",),
    "stop_until_calm": ("redness_over_3_days", "burning", "pain"),
}
_ASK: dict[str, tuple[str, ...]] = {
    "scarring_alopecia": ("scarring_alopecia",),
    "alopecia_areata": ("alopecia_areata",),
    "recent_hair_transplant": ("recent_hair_transplant",),
    "bleeding_or_anticoagulant": ("anticoagulant", "bleeding_disorder"),
    "immunosuppression_chemo_radiotherapy": ("immune_suppression", "chemo_or_radiotherapy"),
    "uncontrolled_diabetes": ("diabetes",),
    "heart_or_low_bp_on_minoxidil": ("heart_disease",),
}
_COMMON_PRACTICE = frozenset({"alopecia_areata", "recent_hair_transplant"})  # no entry of the evidence base
_MUST_ANSWER = tuple(
    field.name for question in QUESTIONS if question.id in ("body", "scalp", "conditions") for field in question.fields
)
# Asked, but a blank does not lock: itch is common after rolling, and pattern loss is what trials treated.
_MAY_STAY_BLANK = frozenset({"findings.itch", "conditions.pattern_hair_loss"})


@dataclass(frozen=True)
class Screening:
    """Whether this scalp may be needled, why, and the state of the lock."""

    may_needle: MayNeedle
    lock: Lock
    rules_of_urgency: tuple[RuleHit, ...]
    rules: tuple[RuleHit, ...]
    unanswered: tuple[str, ...]
    good_growth: tuple[str, ...]
    loss_has_ended: bool = False
    loss_by: LossBy = "person"


def screen_answers(answers: Answers, today: date, evidence: Evidence, diary: DiarySigns | None = None) -> Screening:
    """
    Screen one person; every reason is listed, and the lock is off only when nothing at all speaks against.

    Parameters
    ----------
    answers : Answers
        What was answered, or what a diary's entries say.
    today : date
    evidence : Evidence
    diary : DiarySigns, optional
        What a diary says beyond answers.
    """
    signs = diary or DiarySigns()
    red = tuple(_as_known(hit, signs.loss_by) for hit in fired(answers, today, evidence, signs.red_flags))
    no = (*_hits(answers, _DO_NOT), *_no_rules(answers, has_ended=signs.loss_has_ended))
    no = tuple(_as_known(hit, signs.loss_by) for hit in no)
    ask = (*_hits(answers, _ASK), *_pregnancy(answers), *signs.ask)
    good = tuple(sorted(good_zones(answers) & rolled_zones(answers)))
    blanks = _unanswered(answers)
    why = [hit.why for hit in (*red, *no, *ask)]
    if blanks:
        n = len(blanks)
        if signs.stale_since is not None:
            given = f"are from {signs.stale_since}" if signs.stale_since > FIRST_DAY else "have no day"
            why.append(f"your answers {given}: answer the questions again")
        why.append(f"{n} question{'s' if n > 1 else ''} that matter{'' if n > 1 else 's'} for safety: no clear answer")
    locked = bool(why)
    may: MayNeedle
    if red or no:
        may = "no"
    elif locked:
        may = "ask_first"
    else:
        may = "with_limits" if _limited(answers) else "yes"
    return Screening(
        may_needle=may,
        lock=Lock(on=locked, why=tuple(dict.fromkeys(why))),
        rules_of_urgency=red,
        rules=(*red, *no, *ask),
        unanswered=blanks,
        good_growth=good,
        loss_has_ended=signs.loss_has_ended,
        loss_by=signs.loss_by,
    )


def _hits(answers: Answers, table: dict[str, tuple[str, ...]]) -> tuple[RuleHit, ...]:
    out = []
    for rule, names in table.items():
        found = [name for name in names if is_yes(answers, name)]
        if found:
            words = ", ".join(_words(name) for name in found)
            out.append(RuleHit(id=rule, why=words, source="instruction" if rule in _COMMON_PRACTICE else rule))
    return tuple(out)


_KNOWN_BY: dict[LossBy, str] = {
    "person": "more hair falls",
    "log": "by your log hair is likely being lost",
    "maybe": "by your log hair may be getting lost",
}


def _as_known(hit: RuleHit, by: LossBy) -> RuleHit:
    """Return the reason with no more said of the loss than is known: rules speak as if the person had told it."""
    return hit.model_copy(update={"why": hit.why.replace(_KNOWN_BY["person"], _KNOWN_BY[by])})


def _words(name: str) -> str:
    label = label_of(f"findings.{name}")
    return label if label != f"findings.{name}" else label_of(f"conditions.{name}")


def _no_rules(answers: Answers, *, has_ended: bool) -> tuple[RuleHit, ...]:
    """Return the do-not rules that are more than one answered sign."""
    out = []
    if answers.age is not None and answers.age < 18:
        out.append(RuleHit(id="under_18", why="you are under 18", source="instruction"))
    if claims_loss(answers):
        falls = "more hair fell than usual" if has_ended else "more hair falls"
        out.append(RuleHit(id="loss_unexplained", why=f"{falls} and no clinician has said why", source="lock"))
    if answers.hygiene is not None and answers.hygiene.reused_cartridge == "yes":
        why = "a pen cartridge used more than once"
        out.append(RuleHit(id="cartridge_single_use", why=why, source="cartridge_single_use"))
    good = good_zones(answers) & rolled_zones(answers)
    if good:
        names = ", ".join(ZONE_LABELS[z] for z in sorted(good))
        out.append(
            RuleHit(id="good_growth_zone", why=f"hair grew well where you roll: {names}", source="good_growth_zone")
        )
    return tuple(out)


def _pregnancy(answers: Answers) -> tuple[RuleHit, ...]:
    if answers.pregnant == "yes":
        return (RuleHit(id="pregnancy", why="you are pregnant", source="pregnancy"),)
    return ()


def _unanswered(answers: Answers) -> tuple[str, ...]:
    """Return the dotted names of questions that matter here and have no clear answer."""
    known: dict[str, object] = {f"findings.{k}": v for k, v in (answers.findings or {}).items()}
    known |= {f"conditions.{k}": v for k, v in (answers.conditions or {}).items()}
    blank = [n for n in _MUST_ANSWER if n not in _MAY_STAY_BLANK and known.get(n) not in ("yes", "no")]
    if answers.age is None:
        blank.append("age")
    if answers.sex != "m" and answers.pregnant not in ("yes", "no"):
        blank.append("pregnant")
    if answers.hygiene is None or answers.hygiene.shared_device not in ("yes", "no"):
        blank.append("hygiene.shared_device")
    if answers.loss is None or answers.loss.noticed not in ("yes", "no"):
        blank.append("loss.noticed")
    if _zones_are_open(answers):
        blank.append("zones")
    return tuple(blank)


def _zones_are_open(answers: Answers) -> bool:
    """Return whether it is not clear which zones are rolled and how hair grew there."""
    zones = answers.zones or ()
    unclear = any(
        (z.rolled is not False and z.growth is None) or (z.rolled is None and z.growth == "good") for z in zones
    )
    return not zones or unclear or (answers.started is True and not any(z.rolled for z in zones))


def _limited(answers: Answers) -> bool:
    """Return whether something calls for limits: itch, a long needle, rough, frequent or dirty use, products, youth."""
    rough = answers.pressure == "hard" or answers.speed == "fast"
    long_needle = (answers.needle_mm or 0) > HOME_NEEDLE_MM
    often = (real_interval(answers) or TRIAL_DAYS) < TRIAL_DAYS
    young = answers.age is not None and answers.age < 22
    many = (answers.passes or 0) > MANY_PASSES
    products = any(classify(name) for text in answers.products_within_24h or () for name in names_in(text))
    return is_yes(answers, "itch") or any((rough, long_needle, often, young, many, products, is_dirty(answers)))


def is_dirty(answers: Answers) -> bool:
    """Return whether the device is used without being disinfected."""
    h = answers.hygiene
    return h is not None and (h.disinfected == "no" or h.tap_water_only == "yes")
