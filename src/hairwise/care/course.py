"""What usually follows each cause: how long, does it grow back, when to see someone if not.

Knows: what sources say about each cause. Must not know: how probabilities were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.phrases import fact, instruct, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence
    from hairwise.records.verdicts import Cause

__all__ = ["course_of", "how_long"]

_TE = (
    "Delayed shedding starts 1 to 6 months after its trigger, mostly 2 to 3, and lasts 1 to 4 months.",
    "About 95 of 100 people have their usual hair back within a year.",
)


def how_long(cause: Cause, evidence: Evidence) -> Sentence:
    """Return the one sentence on how long a cause lasts."""
    return course_of(cause, evidence)[0]


def course_of(cause: Cause, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return how long a cause lasts, whether hair grows back, and when to see someone if not."""
    return _COURSES[cause](evidence)


def _mechanical(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "mechanical_immediate", "Hairs pulled by the roller fall within 2 days and stop when rolling stops."),
        fact(ev, "cycle", "A pulled hair's root rests for about 3 months before a new hair shows."),
        instruct("If hairs still fall or break 2 weeks after the last session, see a dermatologist."),
    )


def _inflammatory(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "transient_reaction", "Redness, swelling and soreness after needling usually fade within 7 days."),
        not_found(
            "shock_loss_after_microneedling", "No study we found says how much hair falls from it or grows back."
        ),
        instruct("Redness, pain or scale that lasts longer than 7 days, or spreads, must be seen by a doctor."),
    )


def _delayed(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "acute_te", _TE[0]),
        fact(ev, "acute_te", _TE[1]),
        instruct("If it goes on past 4 months, see a dermatologist; ask which blood tests make sense."),
    )


def _minoxidil(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "minoxidil_release", "Shedding after a start of minoxidil ends within 1 to 3 months."),
        fact(ev, "cycle", "The hairs that fall were resting; a new hair follows in about 3 months."),
        instruct("If it goes on past 3 months, ask a dermatologist, or who prescribed it."),
    )


def _aga(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "specialist_hair_clinics", "Pattern loss is the most frequent finding in hair clinics (38 of 100)."),
        instruct("It goes on slowly and does not end by itself; a dermatologist can say what may help."),
        instruct("If thin areas grow within 3 months, do not wait: see a dermatologist."),
    )


def _season(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "season_kunz", "In a study in Zurich more hair fell in October and November."),
        not_found("season_amplitude", "How much more falls in that season has not been measured well."),
        instruct("If it goes on for more than 3 months, see a dermatologist."),
    )


def _condition(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(
            ev, "seborrheic_telogen", "More resting hairs were seen when dandruff was worse, fewer when it was better."
        ),
        instruct("How long it lasts, and whether hair grows back, depends on the condition; a doctor can name it."),
        instruct("See a doctor soon for patches, broken hairs, thick crusts or smooth skin without openings."),
    )


def _usual(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "comb_60s", "Usual counts differ a lot: healthy men of 20 to 40 lost 0 to 78 hairs in 60 seconds."),
        fact(ev, "cycle", "A hair that falls in the usual cycle is followed by another in about 3 months."),
        instruct("If your own weekly count doubles and stays so for 4 weeks, see a dermatologist."),
    )


_COURSES: dict[Cause, Callable[[Evidence], tuple[Sentence, ...]]] = {
    "mechanical": _mechanical,
    "inflammatory": _inflammatory,
    "te_needling": _delayed,
    "te_stressor": _delayed,
    "minoxidil": _minoxidil,
    "aga": _aga,
    "season": _season,
    "scalp_condition": _condition,
    "none": _usual,
}
