"""What usually follows each cause: how long, does it grow back, when to see someone if not.

Knows: what sources say about each cause. Must not know: how probabilities were made.
Each sentence names its cause, since those of several causes stand together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.phrases import fact, instruct, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence
    from hairwise.records.verdicts import Cause

__all__ = ["course_of", "how_long", "regrowth"]


def how_long(cause: Cause, evidence: Evidence) -> Sentence:
    """Return the one sentence on how long a cause lasts."""
    return course_of(cause, evidence)[0]


def regrowth(cause: Cause, evidence: Evidence) -> Sentence:
    """Return the one sentence on whether hair grows back after it."""
    return course_of(cause, evidence)[1]


def course_of(cause: Cause, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return how long a cause lasts, whether hair grows back, and when to see someone if not."""
    return _COURSES[cause](evidence)


def _mechanical(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "mechanical_immediate", "Hairs pulled by the roller fall within 2 days and stop when rolling stops."),
        fact(ev, "cycle", "Pulled hairs: a root usually rests about 3 months before it grows again."),
        instruct("Pulled hairs: if hairs still fall or break 2 weeks after the last session, see a dermatologist."),
    )


def _inflammatory(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "transient_reaction", "Redness, swelling and soreness after needling usually fade within 7 days."),
        not_found("shock_loss_after_microneedling", "No trial reports how often irritated skin loses hair."),
        instruct("Irritated skin: redness, pain or scale past 7 days, or that spreads, must be seen by a doctor."),
    )


def _te_needling(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(
            ev,
            "acute_te",
            "Delayed shedding starts 1 to 6 months after its trigger, mostly 2 to 3; it lasts 1 to 4 months.",
        ),
        not_found(
            "shock_loss_after_microneedling",
            "No study we found says how often hair grows back when rolling set it off.",
        ),
        instruct(
            "Delayed shedding: if it goes on past 4 months, see a dermatologist; ask which blood tests make sense."
        ),
    )


def _te_stressor(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(
            ev,
            "acute_te",
            "Delayed shedding starts 1 to 6 months after its trigger, mostly 2 to 3; it lasts 1 to 4 months.",
        ),
        fact(ev, "acute_te", "After illness or stress, about 95 of 100 people have their usual hair back in a year."),
        instruct(
            "Delayed shedding: if it goes on past 4 months, see a dermatologist; ask which blood tests make sense."
        ),
    )


def _minoxidil(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "minoxidil_release", "Shedding after a start of minoxidil ends within 1 to 3 months."),
        fact(ev, "minoxidil_release", "Hairs shed after a start of minoxidil are resting hairs that leave early."),
        instruct("Minoxidil: if shedding goes on past 3 months, ask a dermatologist, or who prescribed it."),
    )


def _aga(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(
            ev, "specialist_hair_clinics", "Pattern hair loss is the most frequent finding in hair clinics (38 of 100)."
        ),
        instruct("Pattern hair loss: a dermatologist can say whether hair may regrow, and what may help."),
        instruct("Pattern hair loss: if thin areas get larger within 3 months, see a dermatologist."),
    )


def _season(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "season_kunz", "The season: in 823 women in Zurich shedding peaked in October and November."),
        not_found("season_amplitude", "How much more falls in the season has not been measured well."),
        instruct("The season: if it goes on for more than 3 months, see a dermatologist."),
    )


def _condition(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(
            ev,
            "seborrheic_telogen",
            "Dandruff: more resting hairs were seen when it was worse, fewer when it was better.",
        ),
        instruct(
            "A scalp condition: how long it lasts, and whether hair regrows, depends on which; a doctor can name it."
        ),
        instruct("See a doctor soon for patches, broken hairs, thick crusts or smooth skin without openings."),
    )


def _usual(ev: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(ev, "comb_60s", "Usual counts differ a lot: healthy men of 20 to 40 lost 0 to 78 hairs in 60 seconds."),
        fact(ev, "cycle", "In the usual cycle a root rests about 3 months, then grows a hair for 2 to 6 years."),
        instruct("If your own weekly count doubles and stays so for 4 weeks, see a dermatologist."),
    )


_COURSES: dict[Cause, Callable[[Evidence], tuple[Sentence, ...]]] = {
    "mechanical": _mechanical,
    "inflammatory": _inflammatory,
    "te_needling": _te_needling,
    "te_stressor": _te_stressor,
    "minoxidil": _minoxidil,
    "aga": _aga,
    "season": _season,
    "scalp_condition": _condition,
    "none": _usual,
}
