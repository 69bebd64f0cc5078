"""What to do now, what not to do, what to measure, what to tell a doctor.

Knows: the next step for each urgency. Must not know: how probabilities were made.
No sentence here starts, stops or changes a medicine, and none proposes a session.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hairwise.care.case import claims_loss, is_yes
from hairwise.care.phrases import fact, instruct, measured
from hairwise.care.products import look_at_products
from hairwise.records.base import ZONE_LABELS

if TYPE_CHECKING:
    from hairwise.care.screen import Screening
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence
    from hairwise.records.verdicts import Urgency

__all__ = ["OPEN_QUESTIONS", "STOP", "do_not", "do_now", "review_on", "tell_doctor", "to_measure", "watch"]

STOP = "Stop rolling for now."
OPEN_QUESTIONS = "Answer the open questions; until then no session can be called safe."
_FIRST_STEP: dict[str, str] = {
    "emergency": "Get emergency help now: call your local emergency number.",
    "same_day": "See a doctor or an urgent care clinic today.",
    "within_days": "See a doctor within 3 days.",
    "within_weeks": "Book a dermatologist; be seen within 2 weeks.",
}
# Days until the check should be done again; the two weeks of within_weeks are our figure.
_REVIEW_DAYS: dict[Urgency, int] = {
    "emergency": 0,
    "same_day": 0,
    "within_days": 3,
    "within_weeks": 14,
    "self_care": 28,
}
# Said on their own, or no matter to ask a doctor about.
_NOT_ASKED = frozenset({"loss_unexplained", "good_growth_zone", "cartridge_single_use", "under_18", "pregnancy"})
_TELL_TEAM = frozenset({"minoxidil_systemic", "systemic_allergy"})
_BEFORE_ALL = frozenset({"severe_distress"})  # a crisis line comes before any appointment
_PATTERNS = {"diffuse": "all over", "rolled_zones": "where I rolled", "patches": "in patches"}
_SPECIAL = {
    "blood_exposure": "Say that the device was shared and when; ask about treatment that prevents infection. Do not "
    "wait.",
    "retained_needle": "Look at the skin in good light; do not dig for a needle.",
    "severe_distress": "You do not have to carry this alone. If you may harm yourself, call emergency services or a "
    "crisis line now.",
    "giant_cell_arteritis": "Say that your vision could be at risk.",
    "herpes_near_eye": "Say that there are blisters and that your sight could be at risk.",
    "isotretinoin_recent": "After isotretinoin no needling for 12 months; sources say 3 to 12.",
    "fever_on_chemotherapy": "Say that you have or had chemotherapy or radiotherapy, and a fever now.",
    "herpes": "If blisters are near an eye, get emergency help.",
    "kerion": "Say that the lump may leave a scar if it waits.",
}


def review_on(urgency: Urgency, answers: Answers, today: date) -> date:
    """Return the day to check again; sooner while redness lasts."""
    days = _REVIEW_DAYS[urgency]
    if answers.finding("redness_over_3_days") == "yes":
        days = min(days, 4)
    return today + timedelta(days=days)


def do_now(urgency: Urgency, screening: Screening, answers: Answers, today: date) -> tuple[Sentence, ...]:
    """Return the next steps, the most urgent first; an emergency gets its steps alone."""
    special = [hit.id for hit in screening.rules if hit.id in _SPECIAL]
    review = review_on(urgency, answers, today)
    out = [instruct(_SPECIAL[name]) for name in special if name in _BEFORE_ALL]
    if urgency != "self_care":
        out.append(instruct(_FIRST_STEP[urgency]))
    if answers.age is not None and answers.age < 18:
        out.append(instruct("Ask a parent and a doctor; hairwise is made for adults."))
    out += [instruct(_SPECIAL[name]) for name in special if name not in _BEFORE_ALL]
    if any(hit.id in _TELL_TEAM for hit in screening.rules):
        out.append(instruct("Tell the emergency team what you put on your scalp, and ask them about it."))
    if screening.lock.on:
        out.append(instruct(STOP if answers.started is not False else "Do not start rolling for now."))
    if urgency == "emergency":
        return (*out, instruct("All the rest can wait until you have been seen."))
    if screening.loss_has_ended and urgency != "same_day" and not any(hit.id in _BEFORE_ALL for hit in screening.rules):
        out.append(measured("Your counts of the last three weeks are back near your usual.", "diary"))
        out.append(instruct("Go on counting once a week. If the counts rise again, do the check again that day."))
    out += _ask_about(screening, review)
    if urgency == "self_care":
        out.append(watch(review))
        out += _lesser_signs(answers)
    if screening.good_growth:
        out.append(_good_growth(answers, screening))
    if screening.unanswered and urgency != "same_day":
        out.append(instruct(OPEN_QUESTIONS))
    return tuple(out)


def watch(review: date) -> Sentence:
    """Return the step of who needs no doctor now."""
    return instruct(f"Count, take photos, and check again on {review}.")


def _lesser_signs(answers: Answers) -> list[Sentence]:
    """Return when signs that do not call for a doctor now would; said only where nothing more urgent is."""
    out = []
    if answers.finding("redness_over_3_days") == "yes":
        out.append(instruct("See a doctor if the redness spreads, or is still there 7 days after rolling."))
    if is_yes(answers, "active_herpes"):
        out.append(instruct("If blisters come on the scalp, see a doctor that day; near an eye, get emergency help."))
    return out


def _good_growth(answers: Answers, screening: Screening) -> Sentence:
    names = ", ".join(ZONE_LABELS[z] for z in screening.good_growth)
    if not claims_loss(answers):
        return instruct(f"Leave alone the zones where hair grows well ({names}): needling is not meant for them.")
    return instruct(
        f"Leave alone the zones where hair grew well ({names}); loss there may point to a condition nobody had "
        "noticed, so show it to a dermatologist."
    )


def _ask_about(screening: Screening, review: date) -> list[Sentence]:
    """Return whom to ask about what locks without being a red flag."""
    urgent = {hit.id for hit in screening.rules_of_urgency}
    told = " ".join(hit.why for hit in screening.rules_of_urgency)
    out = []
    about = [hit.why for hit in screening.rules if hit.id not in urgent | _NOT_ASKED and hit.why not in told]
    if about:
        out.append(instruct(f"Before any rolling, ask a doctor or dermatologist about: {'; '.join(about)}."))
    if any(hit.id == "pregnancy" for hit in screening.rules):
        out.append(instruct("You are pregnant: ask your doctor or midwife before any rolling."))
    if any(hit.id == "loss_unexplained" for hit in screening.rules):
        by = "" if urgent else f", by {review} if it goes on"
        falls = "more hair falls" if screening.loss_by == "person" else "hair may be getting lost"
        why = "at your next visit why more hair fell" if screening.loss_has_ended else f"why {falls}{by}"
        out.append(instruct(f"Ask a doctor or dermatologist {why}."))
    if any(hit.id == "cartridge_single_use" for hit in screening.rules):
        out.append(instruct("Throw the used cartridge away."))
    return out


def do_not(answers: Answers, screening: Screening, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what to leave alone, shown to everyone."""
    out = [
        instruct("Do not share the device, and do not let others use it."),
        instruct("Do not roll over red, sore, flaking, wet or broken skin."),
    ]
    if not any(hit.id in _TELL_TEAM for hit in screening.rules):
        out.append(instruct("Do not change a medicine because of this page; ask who prescribed it."))
    if answers.hygiene and answers.hygiene.tap_water_only == "yes":
        out.append(instruct("Do not rely on tap water: rinsing is not cleaning."))
    if answers.hygiene and answers.hygiene.reused_cartridge == "yes":
        out.append(fact(evidence, "cartridge_single_use", "Pen cartridges are made for one use; do not use one again."))
    out += look_at_products(answers.products_within_24h or (), evidence).sentences
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
    """Return what to tell a doctor, from the person's own answers and log; half a page."""
    out = []
    device = ", ".join(
        part
        for part in (
            answers.device if answers.device not in (None, "unknown") else "device not named",
            f"{answers.needle_mm:g} mm" if answers.needle_mm else "",
            f"{answers.passes} passes" if answers.passes else "",
            f"{answers.pressure} pressure" if answers.pressure else "",
            f"{answers.speed} speed" if answers.speed else "",
            f"every {answers.interval_days:g} day{'' if answers.interval_days == 1 else 's'}"
            if answers.interval_days
            else "",
        )
        if part
    )
    if answers.started is not False:
        out.append(measured(f"How I rolled: {device}."))
    if answers.first_session:
        out.append(measured(f"First session {answers.first_session}, last {answers.last_session or 'not given'}."))
    if answers.products_within_24h:
        out.append(measured(f"On the scalp within a day of rolling: {', '.join(answers.products_within_24h[:6])}."))
    loss = answers.loss
    if loss and claims_loss(answers) and screening.loss_by != "person":
        how = "is likely being lost" if screening.loss_by == "log" else "may be getting lost"
        out.append(measured(f"By my log hair {how}; I have not written down since when, nor where.", "diary"))
    elif loss and claims_loss(answers):
        onset = f"since {loss.onset}" if loss.onset else "onset not given"
        place = ", ".join(ZONE_LABELS[z] for z in loss.zones or ()) or _PATTERNS.get(
            loss.pattern or "", "place not given"
        )
        falls, now = ("fell", "; by my counts back near the usual") if screening.loss_has_ended else ("falls", "")
        out.append(measured(f"More hair {falls} ({onset}; {place}{now})."))
    if answers.events:
        events = ", ".join(f"{e.kind.replace('_', ' ')} {e.date}" for e in answers.events)
        out.append(measured(f"What else changed: {events}."))
    told = dict.fromkeys(hit.why for hit in screening.rules if hit.id != "loss_unexplained")
    out += [measured(f"Also: {why}.") for why in told]
    out.append(instruct("Ask: is the skin inflamed or infected? Is this shedding, breakage or scarring? Which tests?"))
    return tuple(out)
