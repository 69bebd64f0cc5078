"""The session guide: before, during and after one session.

Knows: what a careful session looks like. Must not know: probabilities. Made only while the lock is off.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING

from hairwise.care.aftercare import aftercare, hygiene
from hairwise.care.case import good_zones, real_interval, rolled_zones
from hairwise.care.phrases import fact, instruct, practice
from hairwise.care.questions import ZONE_LABELS
from hairwise.care.technique import LEAST_INTERVAL_DAYS
from hairwise.records.guide import GuideStep, RednessAt, SessionGuide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.care.screen import Screening
    from hairwise.records.answers import Answers
    from hairwise.records.evidence import Evidence

__all__ = ["PASSES", "next_session", "session_guide"]

PASSES = 4  # one in each direction; no trial reports its passes, so this is the least that covers a zone evenly
_DRUM_CM, _CM_PER_S = 2.0, 2.0  # roller_mf8_192; slow: about the width of a thumb a second (our figure)
_STEP_S = 10


def next_session(answers: Answers, today: date) -> date | None:
    """Return the day before which no session is planned; None where no last session is known."""
    if answers.last_session is None:
        return None
    gap = max(LEAST_INTERVAL_DAYS, ceil(real_interval(answers) or 0))
    return max(answers.last_session + timedelta(days=gap), today)


def session_guide(
    answers: Answers, screening: Screening, today: date, evidence: Evidence, area_cm2: Mapping[str, float]
) -> SessionGuide | None:
    """
    Return the guide of one session, None while the lock is on or no thin or bald zone is named.

    Parameters
    ----------
    answers, screening : Answers, Screening
    today : date
    evidence : Evidence
    area_cm2 : mapping of str to float
        Size of each zone [cm2], for the time it takes.
    """
    zones = [z for z in ZONE_LABELS if z in rolled_zones(answers) - good_zones(answers)]
    if screening.lock.on or not zones:
        return None
    return SessionGuide(
        not_before=next_session(answers, today),
        checklist=(
            instruct("Do the screening again on the day; if any answer has changed, leave it."),
            instruct("Skin calm: no redness, flakes, soreness, sunburn or open spots."),
            instruct("Photograph the rolled and the unrolled spot first."),
            instruct("Wash hands, hair and scalp; let them dry. No product on the scalp."),
            instruct("Look at the needles in good light: none bent, dull or hooked. No longer than 1.5 mm at home."),
            practice(evidence, "cartridge_single_use", "Pens: take a new cartridge each time."),
            practice(evidence, "home_disinfect", "Rollers: wash with soap, then 30 minutes in 70 % alcohol, then dry."),
            instruct("Part, pin or trim long hair, so that it is not wound up and pulled out."),
        ),
        steps=tuple(_step(zone, area_cm2.get(zone, 100.0)) for zone in zones),
        while_rolling=(
            instruct("Light pressure, slow, in straight lines; lift before each turn."),
            instruct("Keep to thin or bald areas; leave places where hair grows well."),
            fact(evidence, "protocols.4", "A trial of 1.5 mm needles ended each session at light redness."),
            instruct("So end a zone early when it turns lightly red."),
        ),
        redness=(
            RednessAt(hours=0, text=fact(evidence, "gowda2021_safety", "Redness, swelling and soreness are common.")),
            RednessAt(hours=24, text=fact(evidence, "transient_reaction", "Less red; it may last 1 to 7 days.")),
            RednessAt(hours=72, text=instruct("Gone, or nearly so. Still red: no rolling, and do the check.")),
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
        hygiene=hygiene(evidence),
    )


def _step(zone: str, area_cm2: float) -> GuideStep:
    seconds = ceil(PASSES * area_cm2 / (_DRUM_CM * _CM_PER_S) / _STEP_S) * _STEP_S
    text = f"{ZONE_LABELS[zone].capitalize()}: {PASSES} slow passes, one each way, in at least {seconds} seconds."
    return GuideStep.model_validate({"zone": zone, "passes": PASSES, "seconds": seconds, "text": instruct(text)})
