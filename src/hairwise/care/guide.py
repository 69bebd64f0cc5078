"""The session guide: before, during and after one session.

Knows: what a careful session looks like. Must not know: probabilities. Made only while the lock is off.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING

from hairwise.care.aftercare import aftercare, hygiene
from hairwise.care.case import good_zones, real_interval, rolled_zones
from hairwise.care.phrases import fact, instruct, measured, practice
from hairwise.care.screen import HOME_NEEDLE_MM
from hairwise.care.technique import LEAST_INTERVAL_DAYS
from hairwise.records.base import ZONE_LABELS
from hairwise.records.guide import GuideStep, RednessAt, SessionGuide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.care.screen import Screening
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence

__all__ = ["PASSES", "missing_for_guide", "next_session", "session_guide"]

PASSES = 4  # one in each direction; no trial reports its passes, so this is the least that covers a zone evenly
_DRUM_CM, _CM_PER_S = 2.0, 2.0  # roller_mf8_192; slow: about the width of a thumb a second (our figure)
_STEP_S = 10
_AFTER_3_DAYS = "Nearly gone. Still red: do not roll, and do the check; still red at 7 days: see a doctor."


def next_session(answers: Answers, today: date) -> date | None:
    """Return the day before which no session is planned; None where no last session is known."""
    if answers.last_session is None:
        return None
    gap = max(LEAST_INTERVAL_DAYS, ceil(real_interval(answers) or 0))
    return max(answers.last_session + timedelta(days=gap), today)


def guide_zones(answers: Answers) -> list[str]:
    """Return the thin or bald zones that are rolled, or, before the start, all thin or bald ones."""
    thin = {z.zone for z in answers.zones or () if z.growth in ("thin", "bald")}
    meant = rolled_zones(answers) if answers.started is not False else rolled_zones(answers) or thin
    return [z for z in ZONE_LABELS if z in (meant & thin) - good_zones(answers)]


def missing_for_guide(answers: Answers) -> tuple[str, ...]:
    """Return what must be named before a session can be guided."""
    out = []
    if answers.device in (None, "unknown"):
        out.append("your device")
    if answers.needle_mm is None or answers.needle_mm > HOME_NEEDLE_MM:
        out.append(f"a needle of at most {HOME_NEEDLE_MM:g} mm")
    if not guide_zones(answers):
        out.append("a thin or bald zone that you roll or mean to")
    return tuple(out)


def session_guide(
    answers: Answers, screening: Screening, today: date, evidence: Evidence, area_cm2: Mapping[str, float]
) -> SessionGuide | None:
    """
    Return the guide of one session; None while the lock is on, and where device, needle or zone are not fit for one.

    Parameters
    ----------
    answers, screening : Answers, Screening
    today : date
    evidence : Evidence
    area_cm2 : mapping of str to float
        Size of each zone [cm2], for the time it takes.
    """
    zones = guide_zones(answers)
    if screening.lock.on or missing_for_guide(answers):
        return None
    return SessionGuide(
        not_before=next_session(answers, today),
        checklist=(
            instruct("Do the screening again on the day; if any answer has changed, do not roll."),
            measured(f"Your {answers.device}, needle {answers.needle_mm:g} mm: no longer one.", "answers"),
            instruct(f"At least {LEAST_INTERVAL_DAYS} days since the last session; longer is fine."),
            instruct("Skin calm: no redness, flakes, soreness, sunburn or open spots."),
            instruct("Photograph the rolled and the unrolled spot first."),
            instruct("Wash hands, hair and scalp; let them dry. No product on the scalp."),
            instruct("Look at the needles in good light: none bent, dull or hooked."),
            _clean_device(answers, evidence),
            instruct("Part, pin or trim long hair, so that it is not wound up and pulled out."),
        ),
        steps=tuple(_step(zone, area_cm2.get(zone, 100.0)) for zone in zones),
        while_rolling=(
            instruct("Light pressure, slow, in straight lines; lift before each turn."),
            instruct("Keep to thin or bald areas; leave places where hair grows well."),
            fact(evidence, "protocols.4", "A trial ended each session at light redness."),
            instruct("So end a zone early when it turns lightly red."),
        ),
        redness=(
            RednessAt(hours=0, text=fact(evidence, "gowda2021_safety", "Redness, swelling and soreness are common.")),
            RednessAt(hours=24, text=fact(evidence, "transient_reaction", "Less red, still a little sore.")),
            RednessAt(hours=72, text=instruct(_AFTER_3_DAYS)),
        ),
        photos=(
            instruct("Before the session: the rolled and the unrolled spot, with the same light and distance."),
            instruct("Again after 4 and after 12 weeks."),
        ),
        stop_signs=(
            instruct("Trouble breathing, swelling of the face, hives, fainting or chest pain: emergency help now."),
            instruct("Strong pain, or blood that runs: stop, press a clean cloth on it, and do not go on."),
            instruct("Redness that spreads, heat, pus, fever or swollen glands: be seen by a doctor today."),
            instruct("Spots with pus, tender bumps, or a needle that may have stayed: be seen within 3 days."),
            instruct("More hair falling: stop, and do the check."),
        ),
        aftercare=aftercare(evidence),
        hygiene=hygiene(evidence, answers.device),
    )


def _clean_device(answers: Answers, evidence: Evidence) -> Sentence:
    if answers.device == "pen":
        return practice(evidence, "cartridge_single_use", "Take a new cartridge.")
    text = "Safest is a new device. Your own: wash with soap, then 30 minutes in 70 % alcohol, then dry."
    return practice(evidence, "home_disinfect", text)


def _step(zone: str, area_cm2: float) -> GuideStep:
    seconds = ceil(PASSES * area_cm2 / (_DRUM_CM * _CM_PER_S) / _STEP_S) * _STEP_S
    ways = "forward, back, left to right, right to left"
    text = f"{ZONE_LABELS[zone].capitalize()}: {PASSES} slow passes ({ways}), {seconds} seconds or more."
    return GuideStep.model_validate({"zone": zone, "passes": PASSES, "seconds": seconds, "text": instruct(text)})
