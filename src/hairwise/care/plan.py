"""The plan after a diary: urgency, stop or not, technique, aftercare, next measurement, dates.

Knows: how rules and the explanation become a plan. Must not know: how probabilities were made.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hairwise.care.advice import do_not, do_now, review_on, tell_doctor, to_measure
from hairwise.care.case import answers_of_diary
from hairwise.care.check import likely_courses, limits_for
from hairwise.care.phrases import fact, instruct, measured
from hairwise.care.rules import urgency_of
from hairwise.care.screen import Screening, screen_answers
from hairwise.records.verdicts import PlannedDay, PlanResult, WhyResult

if TYPE_CHECKING:
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.diary import Diary
    from hairwise.records.evidence import Evidence

__all__ = ["make_plan"]

_PHOTO_AFTER_DAYS = (28, 84)
_COUNT_EVERY_DAYS = 7
# The shortest interval among the trials of needles up to 1.2 mm (faghihi2021); home use is never sooner.
_LEAST_INTERVAL_DAYS = 14


def make_plan(diary: Diary, why: WhyResult, evidence: Evidence) -> PlanResult:
    """
    Make a plan from a diary and its explanation.

    Parameters
    ----------
    diary : Diary
        Its last day is the day of the plan.
    why : WhyResult
        A loss it calls real counts as unexplained, whatever the person noticed.
    evidence : Evidence
        Rules and facts with their sources.
    """
    answers = answers_of_diary(diary, loss_is_real=why.loss_state == "real")
    today = diary.cutoff
    screening = screen_answers(answers, today, evidence)
    urgency = urgency_of(screening.rules_of_urgency, evidence)
    review = review_on(urgency, answers, today)
    return PlanResult(
        urgency=urgency,
        lock=screening.lock,
        may_needle=screening.may_needle,
        rules=screening.rules,
        stop_rolling=screening.lock.on,
        unanswered=screening.unanswered,
        do_now=(*do_now(urgency, screening, answers), *_next(screening, why)),
        do_not=do_not(answers, screening, evidence),
        technique=_technique(answers, screening, evidence),
        aftercare=_aftercare(evidence),
        measure=to_measure(),
        ask_doctor=tell_doctor(answers, screening),
        course=_course(why, screening, review, evidence),
        calendar=_calendar(answers, screening, today, review),
        review_date=review,
    )


def _next(screening: Screening, why: WhyResult) -> tuple[Sentence, ...]:
    """Return the next observation, unless counting would feed a worry that needs help first."""
    distressed = any(hit.id == "severe_distress" for hit in screening.rules)
    return () if distressed else (why.next_observation,)


def _technique(answers: Answers, screening: Screening, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what in the log was rough, and why it matters; how-to limits only while the lock is off."""
    out = []
    if answers.pressure == "hard":
        out.append(measured("Your log shows hard pressure.", "diary"))
    if answers.speed == "fast":
        out.append(measured("Your log shows fast rolling.", "diary"))
    if (answers.needle_mm or 0) >= 1.5 and not screening.lock.on:
        out.append(fact(evidence, "faghihi2021", "In a trial, 0.6 mm needles did no worse than 1.2 mm."))
    if answers.interval_days is not None and answers.interval_days < _LEAST_INTERVAL_DAYS:
        out.append(measured(f"Your log shows {answers.interval_days:g} days between sessions.", "diary"))
    if answers.interval_days is not None and answers.interval_days < _LEAST_INTERVAL_DAYS and not screening.lock.on:
        out.append(fact(evidence, "gupta2022_regression", "Fewer sessions over a longer time may help more."))
    if screening.good_growth:
        out.append(instruct("Needling is meant for thin or bald areas, not for places where hair grows well."))
    return (*out, *limits_for(screening, answers, evidence))


def _aftercare(evidence: Evidence) -> tuple[Sentence, ...]:
    return (
        instruct("Keep the skin clean and leave it alone until redness, scale and soreness are gone."),
        fact(evidence, "nothing_not_made_for_injection", "Keep cosmetics not made for injection off punctured skin."),
        fact(evidence, "avoid_actives", "Acids, vitamin C and fragrance: keep off for 1 to 7 days."),
        fact(evidence, "home_disinfect", "Wash debris off the roller, then 70 % alcohol for 5 to 30 minutes."),
        fact(evidence, "never_share", "Never share a device: infections have been passed on."),
    )


def _course(why: WhyResult, screening: Screening, review: date, evidence: Evidence) -> tuple[Sentence, ...]:
    likely = likely_courses(why, screening, evidence)
    return (*likely, instruct(f"If more hair still falls on {review}, see a dermatologist."))


def _calendar(answers: Answers, screening: Screening, today: date, review: date) -> tuple[PlannedDay, ...]:
    days = [
        PlannedDay(
            date=today + timedelta(days=n),
            kind="count",
            text="Count the shed hairs of one wash.",
            source="instruction",
        )
        for n in range(_COUNT_EVERY_DAYS, _PHOTO_AFTER_DAYS[0] + 1, _COUNT_EVERY_DAYS)
    ]
    days += [
        PlannedDay(
            date=today + timedelta(days=n),
            kind="photo",
            text="Photograph the rolled and the unrolled spot.",
            source="instruction",
        )
        for n in _PHOTO_AFTER_DAYS
    ]
    days.append(PlannedDay(date=review, kind="review", text="Do the check again.", source="instruction"))
    if screening.lock.on and any(hit.id != "loss_unexplained" for hit in screening.rules_of_urgency):
        days.append(
            PlannedDay(date=review, kind="see_someone", text="Be seen by a doctor by this day.", source="instruction")
        )
    if not screening.lock.on and answers.last_session is not None:
        gap = max(_LEAST_INTERVAL_DAYS, round(answers.interval_days or 0))
        days.append(
            PlannedDay(
                date=max(answers.last_session + timedelta(days=gap), today + timedelta(days=1)),
                kind="session",
                text="Not before this day, and only after the screening: thin or bald zones, light pressure.",
                source="instruction",
            )
        )
    return tuple(sorted(days, key=lambda day: (day.date, day.kind)))
