"""What to do now, what not to do, what to measure, what to tell a doctor.

Knows: the next step for each urgency. Must not know: how probabilities were made.
No sentence here starts, stops or changes a medicine, and none proposes a session.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hairwise.care.phrases import fact, instruct, measured
from hairwise.care.questions import ZONE_LABELS

if TYPE_CHECKING:
    from hairwise.care.screen import Screening
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence
    from hairwise.records.verdicts import Urgency

__all__ = ["STOP", "do_not", "do_now", "review_on", "tell_doctor", "to_measure"]

STOP = "Stop rolling for now."
_FIRST_STEP: dict[Urgency, str] = {
    "emergency": "Get emergency help now: call your local emergency number.",
    "same_day": "See a doctor or an urgent care clinic today.",
    "within_days": "See a doctor within 3 days.",
    "within_weeks": "Book a dermatologist; be seen within 2 weeks.",
    "self_care": "Count, take photos and check again on the date below.",
}
# Days until the check should be done again; the two weeks of within_weeks are our figure.
_REVIEW_DAYS: dict[Urgency, int] = {
    "emergency": 0,
    "same_day": 0,
    "within_days": 3,
    "within_weeks": 14,
    "self_care": 28,
}
_SPECIAL = {
    "blood_exposure": "Say that the device was shared. Treatment that prevents infection works best within hours "
    "and is not given after 72 hours.",
    "retained_needle": "Do not dig for the needle.",
    "severe_distress": "You do not have to carry this alone. If you may harm yourself, call emergency services or a "
    "crisis line now. Count weekly, not daily.",
    "giant_cell_arteritis": "Say that your vision could be at risk.",
    "herpes": "If blisters are near an eye, get emergency help.",
    "kerion": "Say that the lump may leave a scar if it waits.",
}


def review_on(urgency: Urgency, answers: Answers, today: date) -> date:
    """Return the day to check again; sooner while redness lasts."""
    days = _REVIEW_DAYS[urgency]
    if answers.finding("redness_over_3_days") == "yes":
        days = min(days, 4)
    return today + timedelta(days=days)


def do_now(urgency: Urgency, screening: Screening, answers: Answers) -> tuple[Sentence, ...]:
    """Return the next steps, the most urgent first."""
    out = []
    if urgency != "self_care":
        out.append(instruct(_FIRST_STEP[urgency]))
    out += [instruct(_SPECIAL[hit.id]) for hit in screening.rules if hit.id in _SPECIAL]
    if screening.lock.on:
        out.append(instruct(STOP if answers.started is not False else "Do not start rolling for now."))
    if urgency == "self_care":
        out.append(instruct(_FIRST_STEP[urgency]))
    if answers.finding("redness_over_3_days") == "yes":
        out.append(instruct("See a doctor if the redness spreads, or is still there 7 days after rolling."))
    if answers.age is not None and answers.age < 18:
        out.append(instruct("Ask a parent and a doctor; hairwise is made for adults."))
    if screening.good_growth:
        names = ", ".join(ZONE_LABELS[z] for z in screening.good_growth)
        out.append(
            instruct(
                f"Leave alone the zones where hair grew well ({names}); loss there may point to a condition "
                "nobody had noticed, so show it to a dermatologist."
            )
        )
    if screening.unanswered:
        out.append(instruct("Answer the open questions; until then no session can be called safe."))
    return tuple(out)


def do_not(answers: Answers, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what to leave alone, shown to everyone."""
    out = [
        instruct("Do not share the device, and do not let others use it."),
        instruct("Do not roll over red, sore, flaking, wet or broken skin."),
        instruct("Do not change a medicine because of this page; ask who prescribed it."),
    ]
    if answers.hygiene and answers.hygiene.tap_water_only == "yes":
        out.append(instruct("Do not rely on tap water: rinsing is not cleaning."))
    if answers.hygiene and answers.hygiene.reused_cartridge == "yes":
        out.append(fact(evidence, "cartridge_single_use", "Pen cartridges are made for one use; do not use one again."))
    if answers.products_within_24h:
        out.append(
            fact(
                evidence,
                "nothing_not_made_for_injection",
                "Keep products not made for injection off freshly needled skin.",
            )
        )
    return tuple(out)


def to_measure() -> tuple[Sentence, ...]:
    """Return what to measure, and the photo that is needed for it."""
    return (
        instruct("Count shed hairs at one wash a week, always the same way, and write down every wash day."),
        instruct(
            "For photos: use a clip-on or USB microscope (about 60x) on one rolled and one unrolled spot of 1 cm, "
            "trimmed short. Unclipped hair works when parted, but the answer is less sure."
        ),
        instruct("An ordinary photo of the head cannot be measured; without a microscope, count and use the check."),
        instruct("Photograph the same two spots again after 4 and after 12 weeks."),
    )


def tell_doctor(answers: Answers, screening: Screening) -> tuple[Sentence, ...]:
    """Return what to tell a doctor, from the person's own answers."""
    out = []
    device = " ".join(
        part
        for part in (
            answers.device if answers.device not in (None, "unknown") else "device not named",
            f"{answers.needle_mm:g} mm" if answers.needle_mm else "",
            f"{answers.passes} passes" if answers.passes else "",
            f"{answers.pressure} pressure" if answers.pressure else "",
            f"{answers.speed} speed" if answers.speed else "",
            f"every {answers.interval_days:g} days" if answers.interval_days else "",
        )
        if part
    )
    if answers.started is not False:
        out.append(measured(f"How I rolled: {device}."))
    if answers.first_session:
        out.append(measured(f"First session {answers.first_session}, last {answers.last_session or 'not given'}."))
    loss = answers.loss
    if loss and loss.noticed == "yes":
        onset = f"since {loss.onset}" if loss.onset else "onset not given"
        zones = ", ".join(ZONE_LABELS[z] for z in loss.zones or ()) or (loss.pattern or "place not given")
        out.append(measured(f"More hair falls {onset}: {zones.replace('_', ' ')}."))
    if answers.events:
        events = ", ".join(f"{e.kind.replace('_', ' ')} {e.date}" for e in answers.events)
        out.append(measured(f"What else changed: {events}."))
    out += [measured(f"Sign: {hit.why}.") for hit in screening.rules if hit.id != "loss_unexplained"]
    out.append(instruct("Ask: is the skin inflamed or infected? Is this shedding, breakage or scarring? Which tests?"))
    return tuple(out)
