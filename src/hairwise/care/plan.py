"""The plan after a diary: urgency, stop or not, technique, aftercare, next measurement, dates.

Knows: how rules and the explanation become a plan. Must not know: how probabilities were made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hairwise.care.advice import do_not, do_now, review_on, tell_doctor, to_measure
from hairwise.care.aftercare import aftercare, hygiene
from hairwise.care.case import answers_of_diary, claims_loss, stale_since
from hairwise.care.cases import like_cases
from hairwise.care.check import has_loss, likely_courses, likely_regrowth
from hairwise.care.dose import dose_words, trial_doses
from hairwise.care.guide import missing_for_guide, next_session, session_guide
from hairwise.care.phrases import instruct
from hairwise.care.rhythm import COUNT_EVERY_DAYS, PHOTO_AFTER_DAYS, how_to_count, next_count, next_photos
from hairwise.care.rules import urgency_of
from hairwise.care.screen import Screening, screen_answers
from hairwise.care.signs import diary_signs
from hairwise.care.technique import technique
from hairwise.records.verdicts import PlannedDay, PlanResult, WhyResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hairwise.care.signs import LossBy
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.diary import Diary
    from hairwise.records.dose import ZoneDose
    from hairwise.records.evidence import Evidence

__all__ = ["has_ended", "is_shown", "make_plan"]

_MORE_LIKELY = 0.5
_NEAR_USUAL_PCT = 30  # as on Today: the rise that is called a real loss


def make_plan(
    diary: Diary, why: WhyResult, evidence: Evidence, doses: Sequence[ZoneDose], area_cm2: Mapping[str, float]
) -> PlanResult:
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
    doses : sequence of ZoneDose
        The needling each zone had.
    area_cm2 : mapping of str to float
        Size of each zone [cm2].
    """
    answers = answers_of_diary(diary, loss_is_real=is_shown(why))
    today = diary.cutoff
    signs = replace(diary_signs(diary), loss_has_ended=has_ended(diary, why), loss_by=_loss_by(diary, why))
    screening = screen_answers(answers, today, evidence, signs)
    urgency = urgency_of(screening.rules_of_urgency, evidence)
    review = review_on(urgency, answers, today)
    locked, waits = screening.lock.on, urgency in ("emergency", "same_day")
    told = has_loss(answers) and not waits
    return PlanResult(
        urgency=urgency,
        lock=screening.lock,
        may_needle=screening.may_needle,
        rules=screening.rules,
        stop_rolling=locked,
        unanswered=screening.unanswered,
        do_now=(*do_now(urgency, screening, answers, today), *(() if waits else _next(screening, why))),
        do_not=do_not(answers, screening, evidence),
        technique=() if urgency == "emergency" else technique(diary.sessions, answers, screening, evidence),
        dose=tuple(doses),
        dose_words=() if urgency == "emergency" else dose_words(doses, evidence, is_locked=locked),
        trials=trial_doses(evidence) if doses and not locked else (),
        aftercare=() if waits else aftercare(evidence),
        hygiene=() if waits else hygiene(evidence, answers.device),
        guide=session_guide(answers, screening, today, evidence, area_cm2),
        guide_needs=() if locked else missing_for_guide(answers),
        measure=() if waits else to_measure(),
        ask_doctor=tell_doctor(answers, screening),
        course=_course(why, screening, review if urgency == "self_care" else None, evidence) if told else (),
        cases=like_cases(answers, evidence) if told else (),
        calendar=_calendar(answers, screening, diary, review, waits=waits),
        review_date=review,
    )


def is_shown(why: WhyResult) -> bool:
    """Return whether records make a loss more likely than not; too few to be sure is no reason to go on rolling."""
    return why.loss_state == "real" or (why.p_real_loss or 0.0) >= _MORE_LIKELY


def _loss_by(diary: Diary, why: WhyResult) -> LossBy:
    """Return who tells of a loss: the person, or the log alone, be it for sure or as more likely than not."""
    if claims_loss(answers_of_diary(diary)):
        return "person"
    return "log" if why.loss_state == "real" else "maybe"


def has_ended(diary: Diary, why: WhyResult) -> bool:
    """Return whether a real loss is back near the usual by the latest counts, and no fresh answer says otherwise."""
    rise, told = why.rise_now_pct, diary.answers
    says_so_now = told is not None and stale_since(diary) is None and claims_loss(told)
    return why.loss_state == "real" and rise is not None and round(rise.hi90) < _NEAR_USUAL_PCT and not says_so_now


def _next(screening: Screening, why: WhyResult) -> tuple[Sentence, ...]:
    """Return the next observation, unless counting would feed a worry that needs help first."""
    distressed = any(hit.id == "severe_distress" for hit in screening.rules)
    return () if distressed else (why.next_observation,)


def _course(why: WhyResult, screening: Screening, review: date | None, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what usually follows; ``review`` is None where a doctor is due before that day already."""
    if screening.loss_has_ended:
        return likely_regrowth(why, screening, evidence)
    likely = likely_courses(why, screening, evidence)
    if review is None:
        return likely
    return (*likely, instruct(f"If more hair still falls on {review}, see a dermatologist."))


def _calendar(
    answers: Answers, screening: Screening, diary: Diary, review: date, *, waits: bool
) -> tuple[PlannedDay, ...]:
    """Return the days to come; while a doctor comes first (``waits``) nothing is counted or photographed."""
    today = diary.cutoff
    days = [] if waits else _counts_and_photos(diary)
    days.append(PlannedDay(date=review, kind="review", text="Do the check again.", source="instruction"))
    if screening.lock.on and any(hit.id != "loss_unexplained" for hit in screening.rules_of_urgency):
        days.append(
            PlannedDay(date=review, kind="see_someone", text="Be seen by a doctor by this day.", source="instruction")
        )
    day = None if screening.lock.on else next_session(answers, today)
    if day is not None:
        text = "Not before this day, and only after the screening: thin or bald zones, light pressure."
        day = max(day, today + timedelta(days=1))
        days.append(PlannedDay(date=day, kind="session", text=text, source="instruction"))
    return tuple(sorted(days, key=lambda day: (day.date, day.kind)))


def _counts_and_photos(diary: Diary) -> list[PlannedDay]:
    """Return counts of the next four weeks and the next photos, as on Today."""
    today = diary.cutoff
    until = today + timedelta(days=PHOTO_AFTER_DAYS[0])
    count, counts = next_count(diary, today), []
    while count <= until:
        counts.append(count)
        count += timedelta(days=COUNT_EVERY_DAYS)
    photos = next_photos(diary, today) or [today + timedelta(days=n) for n in PHOTO_AFTER_DAYS]
    days = [(day, "count", how_to_count(diary)) for day in counts]
    days += [(day, "photo", "Photograph the rolled and the unrolled spot.") for day in photos]
    return [
        PlannedDay.model_validate({"date": day, "kind": kind, "text": text, "source": "instruction"})
        for day, kind, text in days
    ]
