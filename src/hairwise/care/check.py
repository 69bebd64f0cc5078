"""The two-minute check: urgency, lock, and the questions people ask first, answered in words.

Knows: how rules, screening and causes become one answer. Must not know: how probabilities were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.care.advice import do_not, do_now, review_on, tell_doctor, to_measure, watch
from hairwise.care.case import claims_loss, is_yes
from hairwise.care.cases import like_cases
from hairwise.care.causes import CAUSE_NAMES, cause_words
from hairwise.care.course import course_of, how_long, regrowth
from hairwise.care.guide import next_session
from hairwise.care.phrases import fact, instruct, measured, not_found, of_ten
from hairwise.care.products import look_at_products
from hairwise.care.rules import urgency_of
from hairwise.care.screen import Screening, is_dirty, screen_answers
from hairwise.care.technique import technique
from hairwise.records.verdicts import CheckResult, QuestionAnswered, ScreenResult, WhyResult

if TYPE_CHECKING:
    from datetime import date

    from hairwise.care.signs import DiarySigns
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence
    from hairwise.records.verdicts import Cause, Urgency

__all__ = ["check", "has_loss", "likely_courses", "likely_regrowth", "limits_for", "screen"]


_TELL = "What do I tell a doctor?"
_VISIBLE_LOSS = ("smooth_patches", "moth_eaten", "lost_follicle_openings", "shiny_scarring")
# While one of these fires, nothing is said of redness that fades by itself.
_NOT_HARMLESS = frozenset(
    {
        "systemic_allergy",
        "sepsis_signs",
        "spreading_infection",
        "infection_with_weak_defence",
        "kerion",
        "herpes",
        "pustules",
        "nodules_weeks_later",
        "blood_exposure",
    }
)


@dataclass(frozen=True)
class _Ground:
    answers: Answers
    screening: Screening
    urgency: Urgency
    why: WhyResult
    evidence: Evidence
    today: date


def check(answers: Answers, why: WhyResult, today: date, evidence: Evidence) -> CheckResult:
    """
    Answer the check.

    Parameters
    ----------
    answers : Answers
        What was answered; None is not answered.
    why : WhyResult
        Which explanations fit these answers.
    today : date
        Day of the check.
    evidence : Evidence
        Rules and facts with their sources.
    """
    screening = screen_answers(answers, today, evidence)
    urgency = urgency_of(screening.rules_of_urgency, evidence)
    ground = _Ground(answers, screening, urgency, why, evidence, today)
    doctor = tell_doctor(answers, screening)
    calm = urgency != "emergency" and not _is_distressed(screening)  # else what does not help now is left out
    weighs = calm and has_loss(answers) and not _may_be_infected(screening)
    return CheckResult(
        urgency=urgency,
        rules=screening.rules,
        lock=screening.lock,
        may_needle=screening.may_needle,
        p_cause=why.p_cause,
        loss_state=why.loss_state,
        cause_state=why.cause_state,
        named_causes=why.named_causes,
        unanswered=screening.unanswered,
        do_now=do_now(urgency, screening, answers, today),
        do_not=do_not(answers, screening, evidence),
        measure=to_measure() if calm else (),
        ask_doctor=doctor,
        course=_course(ground) if calm else (),
        review_date=review_on(urgency, answers, today),
        questions=_questions(ground, doctor) if calm else (QuestionAnswered(question=_TELL, answer=doctor),),
        causes=cause_words(why, answers, evidence) if weighs else (),
        technique=technique((), answers, screening, evidence) if answers.started is not False and calm else (),
        cases=like_cases(answers, evidence) if has_loss(answers) and calm else (),
    )


def screen(answers: Answers, today: date, evidence: Evidence, diary: DiarySigns | None = None) -> ScreenResult:
    """Answer whether this scalp may be needled at all; ``diary`` is what its entries say beyond answers."""
    screening = screen_answers(answers, today, evidence, diary)
    urgency = urgency_of(screening.rules_of_urgency, evidence)
    return ScreenResult(
        may_needle=screening.may_needle,
        urgency=urgency,
        lock=screening.lock,
        rules=screening.rules,
        unanswered=screening.unanswered,
        do_now=_before_a_session(
            do_now(urgency, screening, answers, today), screening, review_on(urgency, answers, today)
        ),
        limits=limits_for(screening, answers, evidence),
        not_before=None if screening.lock.on else next_session(answers, today),
    )


def _before_a_session(steps: tuple[Sentence, ...], screening: Screening, review: date) -> tuple[Sentence, ...]:
    """Return the steps without counting and waiting, which are no answer to the question; none left is said."""
    if screening.lock.on:
        return tuple(step for step in steps if step != watch(review))
    return (instruct("Nothing you answered forbids it. Ask again before every session; keep to the limits below."),)


def limits_for(screening: Screening, answers: Answers, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return the limits within which needling would stay; none while the lock is on."""
    if screening.lock.on:
        return ()
    out = [
        instruct("Only thin or bald areas; never where hair grows well."),
        fact(evidence, "stop_until_calm", "Wait until redness, scale and soreness are gone; this can take 7 days."),
        fact(
            evidence,
            "fda_scope",
            "The US agency cleared needling for some scars and wrinkles from age 22; hair growth is not among them.",
        ),
        fact(evidence, "darker_skin_pih", "Darker skin is more likely to keep dark marks after needling."),
    ]
    rough = technique((), answers, screening, evidence)
    out += [sentence for sentence in rough if not sentence.text.startswith(("Nothing in your log", "Too little"))]
    if is_yes(answers, "itch"):
        out.append(instruct("Itch: wait until it is gone; with flakes or redness, see a doctor first."))
    out += look_at_products(answers.products_within_24h or (), evidence).sentences
    if is_dirty(answers):
        out.append(instruct("Not with this device until it is washed and disinfected, or new."))
    return tuple(out)


def has_loss(answers: Answers) -> bool:
    """Return whether there may be a loss to explain: told, not sure, or seen on the skin."""
    unsure = answers.loss is not None and answers.loss.noticed == "unknown"
    return claims_loss(answers) or unsure or is_yes(answers, *_VISIBLE_LOSS)


def _course(ground: _Ground) -> tuple[Sentence, ...]:
    if not has_loss(ground.answers) or ground.urgency in ("emergency", "same_day"):
        return ()
    review = review_on(ground.urgency, ground.answers, ground.today)
    likely = likely_courses(ground.why, ground.screening, ground.evidence)
    if ground.urgency != "self_care":  # a doctor is due before that day already
        return likely
    return (*likely, instruct(f"If more hair still falls on {review}, see a dermatologist."))


def likely_courses(why: WhyResult, screening: Screening, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what usually follows the likelier causes; nothing of harmless redness while an infection may be there.

    The two likeliest are told whole: how long, does it grow back, when to see someone; a third by how long alone.
    """
    shown = _likely(why, screening)
    out = [sentence for cause in shown[:2] for sentence in course_of(cause, evidence)]
    out += [how_long(cause, evidence) for cause in shown[2:]]
    return tuple(dict.fromkeys(out))


def likely_regrowth(why: WhyResult, screening: Screening, evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what follows a loss that is over: does it grow back, and when to look."""
    out = [regrowth(cause, evidence) for cause in _likely(why, screening)[:2]]
    out.append(fact(evidence, "cycle", "The resting phase of a hair takes about 3 months."))
    out.append(instruct("So look for regrowth after 3 to 6 months; if none is seen by then, see a dermatologist."))
    return tuple(dict.fromkeys(out))


def _likely(why: WhyResult, screening: Screening) -> list[Cause]:
    """Return up to three likelier causes; not the harmless one while an infection may be there."""
    harmful = _may_be_infected(screening)
    ranked = sorted(why.p_cause.items(), key=lambda item: -item[1])
    return [cause for cause, p in ranked[:3] if p >= 0.1 and not (harmful and cause == "inflammatory")]


def _questions(ground: _Ground, doctor: tuple[Sentence, ...]) -> tuple[QuestionAnswered, ...]:
    """Answer what people ask first; who has not started is told first whether they may."""
    may = QuestionAnswered(question="May I roll at all?", answer=_may(ground))
    stop = (
        [QuestionAnswered(question="Should I stop?", answer=_stop(ground))]
        if ground.answers.started is not False
        else []
    )
    rest = (
        QuestionAnswered(question="Is it really loss?", answer=_is_it_loss(ground)),
        QuestionAnswered(question="Why?", answer=_why(ground)),
        *stop,
        QuestionAnswered(question="Is it permanent, and when does it grow back?", answer=_permanent(ground)),
        QuestionAnswered(question="What is normal?", answer=_normal(ground)),
        QuestionAnswered(question=_TELL, answer=doctor),
    )
    return rest if ground.answers.started else (may, *rest)


def _is_it_loss(ground: _Ground) -> tuple[Sentence, ...]:
    loss = ground.answers.loss
    if is_yes(ground.answers, *_VISIBLE_LOSS) or (loss is not None and loss.pattern == "patches"):
        first = measured("You described bare patches or changed skin. That can be seen and should be looked at.")
    elif claims_loss(ground.answers):
        first = measured(
            "You noticed more hair falling. Answers alone cannot tell loss from usual shedding noticed more."
        )
    elif loss is None or loss.noticed in (None, "unknown"):
        first = measured("You did not say whether more hair falls, so your answers cannot tell.")
    else:
        first = measured("You wrote that no more hair falls than before.")
    return (
        first,
        fact(ground.evidence, "comb_60s", "Usual counts differ too much between people for one number to tell."),
        instruct("Your own counts, or photos of the same spot at two visits, can show it."),
    )


def _why(ground: _Ground) -> tuple[Sentence, ...]:
    if _may_be_infected(ground.screening):
        return (instruct("There are signs that a doctor must look at first; causes are weighed after that."),)
    loss = ground.answers.loss
    if loss is None or loss.noticed is None and not has_loss(ground.answers):
        return (measured("You did not say whether more hair falls, so there is nothing to explain yet."),)
    if not has_loss(ground.answers):
        return (measured("There is no loss to explain in your answers."),)
    ranked = sorted(ground.why.p_cause.items(), key=lambda item: -item[1])
    state = {
        "one": "One cause fits clearly better than the rest.",
        "two": "Two causes fit better than the rest.",
        "cannot_tell": "Your answers cannot tell one cause from the others yet.",
    }[ground.why.cause_state]
    out = [measured(state)]
    top = [(cause, p) for cause, p in ranked if p >= 0.1][:3]
    out += [
        measured(
            f"{of_ten(p).capitalize()} invented histories like yours had this as the main cause: {CAUSE_NAMES[cause]}."
        )
        for cause, p in top
    ]
    out.append(not_found("shock_loss_after_microneedling", "No study we found says how often rolling causes loss."))
    hit = next((h for h in ground.screening.rules if h.id == "loss_where_hair_grew_well"), None)
    if hit or ground.screening.good_growth:
        out.append(
            instruct(
                "Loss, or rolling, where hair grew well may point to a condition nobody had noticed; show it to a "
                "dermatologist."
            )
        )
    return (*out, ground.why.next_observation)


def _may_be_infected(screening: Screening) -> bool:
    return any(hit.id in _NOT_HARMLESS for hit in screening.rules)


def _is_distressed(screening: Screening) -> bool:
    return any(hit.id == "severe_distress" for hit in screening.rules)


def _stop(ground: _Ground) -> tuple[Sentence, ...]:
    lock = ground.screening.lock
    if not lock.on:
        return (
            measured("No rule calls for a stop, within these limits."),
            *limits_for(ground.screening, ground.answers, ground.evidence),
            instruct("If hair falls more, or the skin stays red, sore or flaking, stop and do this check again."),
        )
    shown = [instruct("Stop rolling for now." if ground.answers.started is not False else "Do not start for now.")]
    because = [measured(f"Because: {why}.") for why in lock.why]
    if any(hit.id == "loss_unexplained" for hit in ground.screening.rules):
        text = "Once a clinician has named the cause, ask that clinician about rolling; this page cannot lift the lock."
        because.append(instruct(text))
    return (*shown, *because)


def _permanent(ground: _Ground) -> tuple[Sentence, ...]:
    scarring = is_yes(ground.answers, "lost_follicle_openings", "shiny_scarring", "scarring_alopecia")
    out = [instruct("Nobody can promise regrowth from answers alone.")]
    if scarring:
        out.append(instruct("Scarring, if that is what it is, may be lasting: be seen early."))
    if has_loss(ground.answers):
        out += [regrowth(cause, ground.evidence) for cause in _likely(ground.why, ground.screening)[:2]]
    out.append(fact(ground.evidence, "cycle", "The resting phase of a hair takes about 3 months."))
    out.append(instruct("So look again after 3 to 6 months."))
    return tuple(out)


def _normal(ground: _Ground) -> tuple[Sentence, ...]:
    ev = ground.evidence
    harmful = _may_be_infected(ground.screening)
    fades = () if harmful else (how_long("inflammatory", ev),)
    return (
        fact(ev, "refined_wash_test", "At a daily wash healthy people lost 28 hairs on average (SD 12)."),
        fact(ev, "comb_60s", "In 60 seconds of combing healthy men of 20 to 40 lost 0 to 78 hairs, 10 on average."),
        fact(
            ev,
            "daily_shed_traditional",
            "The well-known 100 hairs a day is an assumption, researchers say; it was never checked.",
        ),
        *fades,
        instruct("What counts is the change from your own usual count."),
    )


def _may(ground: _Ground) -> tuple[Sentence, ...]:
    screening = ground.screening
    words = {
        "no": instruct("No, not now."),
        "ask_first": instruct("Not before a doctor has been asked, or the open questions are answered."),
        "with_limits": instruct("Nothing you answered forbids it; keep to the limits below."),
        "yes": instruct("Nothing you answered forbids it."),
    }
    reasons = [measured(f"Because: {hit.why}.") for hit in screening.rules[:6]]
    return (
        words[screening.may_needle],
        *reasons,
        *limits_for(screening, ground.answers, ground.evidence),
        instruct("Needling is meant for thin or bald areas, not for places where hair grows well."),
    )
