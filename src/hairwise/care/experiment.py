"""Which experiments on oneself may be offered, and when one must stop.

Knows: the lock, urgency, where hair is thin. Must not know: how power and gain were reached.
Pausing always comes first; nothing here speaks of medicines; a split scalp is offered only behind every gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hairwise.care.case import answers_of_diary, good_zones, rolled_zones
from hairwise.care.phrases import instruct
from hairwise.care.plan import is_shown
from hairwise.care.rules import urgency_of
from hairwise.care.screen import screen_answers
from hairwise.care.signs import diary_signs
from hairwise.records.experiment import Proposal
from hairwise.records.verdicts import PlannedDay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.care.screen import Screening
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.diary import Diary
    from hairwise.records.evidence import Evidence
    from hairwise.records.experiment import ExperimentKind, Gain, Power
    from hairwise.records.verdicts import Urgency, WhyResult

__all__ = ["PAUSE_DAYS", "RUN_IN_DAYS", "SPLIT_DAYS", "Worth", "must_stop", "pause_days", "propose", "schedule_days"]

PAUSE_DAYS = (28, 84)  # for causes that act within three weeks, and for delayed shedding (te_needling: up to 100 days)
PHOTO_DAYS = (28, 84)
RUN_IN_DAYS, SPLIT_DAYS = 21, 56  # counting both sides before, and while one is rolled
ADULT = 18
_EVERY = 7  # weekly counting: daily counting feeds worry and shows little more
_SIDE_EVERY = 3
_LEAST_COUNTS = 8
_HOW = {
    "wash": "Count the shed hairs of one wash a week, always in the same way, and write down every wash.",
    "comb60": "Comb for 60 seconds once a week, always in the same way, and count the hairs.",
    "shower": "Count the hairs in the drain after one shower a week, always in the same way.",
}
_WHAT = {"wash": "one wash", "comb60": "60 seconds of combing", "shower": "one shower"}


@dataclass(frozen=True)
class Worth:
    """What a proposal is expected to show."""

    gain: Gain | None = None
    power: tuple[Power, ...] = ()


@dataclass(frozen=True)
class _Person:
    """What the offers look at."""

    diary: Diary
    answers: Answers
    screening: Screening
    urgency: Urgency
    why: WhyResult
    method: str

    @property
    def is_distressed(self) -> bool:
        return any(hit.id == "severe_distress" for hit in self.screening.rules)

    @property
    def is_minor(self) -> bool:
        return self.answers.age is not None and self.answers.age < ADULT

    @property
    def waits(self) -> bool:
        return self.urgency in ("emergency", "same_day")


def _look(diary: Diary, why: WhyResult, evidence: Evidence, method: str) -> _Person:
    answers = answers_of_diary(diary, loss_is_real=is_shown(why))
    screening = screen_answers(answers, diary.cutoff, evidence, diary_signs(diary))
    return _Person(diary, answers, screening, urgency_of(screening.rules_of_urgency, evidence), why, method)


def must_stop(diary: Diary, why: WhyResult, evidence: Evidence, kind: ExperimentKind) -> tuple[Sentence, ...]:
    """Say why an experiment may not go on; empty where it may.

    A doctor first ends any of them; the safety lock ends one that includes rolling.
    """
    person = _look(diary, why, evidence, "wash")
    if person.waits:
        return (instruct("Stop here: a doctor comes first. `hairwise plan` on this diary says how soon, and why."),)
    if kind == "split_scalp" and person.screening.lock.on:
        reasons = "; ".join(person.screening.lock.why[:3])
        return (instruct(f"Stop rolling: the safety lock is on ({reasons}). `hairwise plan` says what to do now."),)
    return ()


def pause_days(why: WhyResult) -> int:
    """Return how long a pause must be: four weeks only where causes with a short lag are the question."""
    p = why.p_cause
    return PAUSE_DAYS[int(p["te_needling"] >= max(p["mechanical"], p["inflammatory"]))]


def schedule_days(kind: ExperimentKind, today: date, days: int) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the days of counts and of photos of an experiment that starts after ``today``."""
    if kind == "photos":
        return (), (today + timedelta(days=1), *(today + timedelta(days=n) for n in PHOTO_DAYS))
    every = _SIDE_EVERY if kind == "split_scalp" else _EVERY
    return tuple(today + timedelta(days=n) for n in range(every, days + 1, every)), ()


def propose(
    found: tuple[Diary, WhyResult], evidence: Evidence, worth: Mapping[str, Worth], today: date, method: str
) -> tuple[Proposal, ...]:
    """
    Return the experiments in the order they should be thought of; one that may not be done says why.

    Parameters
    ----------
    found : Diary and WhyResult
        The diary, and the explanation so far.
    evidence : Evidence
        Rules with their sources.
    worth : mapping of str to Worth
        Expected gain and power of each kind.
    today : date
        Experiments start on the day after.
    method : str
        How this person counts.
    """
    person = _look(*found, evidence, method)
    if person.waits:
        text = "A doctor comes first. Do not roll, and leave counting and photos alone until you have been seen."
        return (Proposal(kind="pause", offered=False, days=PAUSE_DAYS[0], why=(instruct(text),)),)
    return (
        _pause(person, worth.get("pause", Worth()), today),
        _photos(person, worth.get("photos", Worth()), today),
        _split(person, worth.get("split_scalp", Worth()), today),
    )


def _pause(person: _Person, worth: Worth, today: date) -> Proposal:
    days = pause_days(person.why)
    if not person.diary.sessions and person.diary.first_session is None:
        text = "No session is written down, so there is nothing to pause. Write down the days you rolled."
        return Proposal(kind="pause", offered=False, days=days, why=(instruct(text),))
    last = max((s.date for s in person.diary.sessions), default=person.diary.first_session)
    since = (person.diary.cutoff - last).days if last else 0
    if since >= PAUSE_DAYS[0]:
        text = (
            f"You have not rolled for {since} days, so the pause has long begun. Go on without rolling, and go on "
            "counting: the explanation weighs it."
        )
        return Proposal(kind="pause", offered=False, days=days, why=(instruct(text),))
    why = [instruct("Pausing is the safest test: nothing is done to the skin.")]
    if days == PAUSE_DAYS[0]:
        why.append(instruct("Four weeks can only tell of causes that act within three weeks of a session."))
    else:
        text = (
            "Delayed shedding may go on for three months after the last session, so the first six weeks do not count."
        )
        why.append(instruct(text))
    do = [instruct(f"Do not roll for {days} days.")]
    if person.is_distressed:
        text = (
            "You wrote that this weighs heavily on you. Talk with someone you trust or a doctor; do not count for now."
        )
        return Proposal(kind="pause", offered=True, days=days, why=(instruct(text), *why), do=tuple(do))
    if person.is_minor:
        text = "Counting and photos are for people of 18 or older. Ask a parent and a doctor."
        return Proposal(kind="pause", offered=True, days=days, why=(instruct(text), *why), do=tuple(do))
    do += [
        instruct(_HOW[person.method]),
        instruct("Keep all else as it is. This plan changes nothing about medicines."),
    ]
    return Proposal(kind="pause", offered=True, days=days, why=tuple(why), do=tuple(do),
                    schedule=_planned("pause", today, days, person.method), gain=worth.gain,
                    power=worth.power)  # fmt: skip


def _photos(person: _Person, worth: Worth, today: date) -> Proposal:
    days = PHOTO_DAYS[-1]
    if person.is_distressed or person.is_minor:
        text = (
            "Looking closely at hair can feed worry. Talk with someone first."
            if person.is_distressed
            else "This is for people of 18 or older."
        )
        return Proposal(kind="photos", offered=False, days=days, why=(instruct(text),))
    return Proposal(
        kind="photos", offered=True, days=days,
        why=(instruct("A loss in rolled skin alone points to rolling; a loss everywhere points away from it."),),
        do=(instruct("Photograph one rolled and one unrolled spot, and the same two again. Do not roll meanwhile."),),
        schedule=_planned("photos", today, days, person.method), gain=worth.gain, power=worth.power,
    )  # fmt: skip


def _split(person: _Person, worth: Worth, today: date) -> Proposal:
    days, against = RUN_IN_DAYS + SPLIT_DAYS, _against_split(person)
    if against:
        return Proposal(kind="split_scalp", offered=False, days=days, why=tuple(instruct(t) for t in against))
    do = (
        instruct(f"For {RUN_IN_DAYS} days roll nothing, and count both sides apart, every third day."),
        instruct("Then roll thin or bald skin on one side only; the side is drawn by lot when you register."),
        instruct("Roll as the session guide says, at most every fourth week, and never more than that."),
        instruct("Do the screening before every session; while its lock is on there is no session."),
        instruct("Stop at once if more hair falls on that side, or with pain, pus or a spreading red area."),
        instruct("Keep all else as it is. This plan changes nothing about medicines."),
    )
    return Proposal(
        kind="split_scalp", offered=True, days=days,
        why=(instruct("One side rolled, the other not, shows what rolling does on your own head."),),
        do=do, schedule=_planned("split_scalp", today, days, person.method), power=worth.power,
    )  # fmt: skip


def _against_split(person: _Person) -> list[str]:
    """Every reason not to offer a split scalp."""
    diary, out = person.diary, []
    if diary.answers is None:
        out.append("The screening has not been answered. Without it no session is proposed.")
    if person.screening.lock.on:
        out.append("The safety lock is on, so nothing that includes rolling is proposed.")
    if person.is_minor:
        out.append("This is for people of 18 or older.")
    if not diary.sessions:
        out.append("No session is written down. Nobody who does not roll is asked to begin.")
    if len(diary.counts) < _LEAST_COUNTS or person.why.loss_state != "not_shown":
        out.append("Counts must first show that no more hair falls than before. Else rolling on could cost more hair.")
    rolled = [z for z in diary.zones if z.needled]
    if not rolled or any(z.growth not in ("thin", "bald") for z in rolled):
        out.append("A split scalp is only for skin that is thin or bald.")
    if good_zones(person.answers) & rolled_zones(person.answers):
        out.append("Hair grows well where you roll; areas that grow well should not be rolled.")
    return out


def _planned(kind: ExperimentKind, today: date, days: int, method: str) -> tuple[PlannedDay, ...]:
    counts, photos = schedule_days(kind, today, days)
    text = f"Count the hairs of {_WHAT[method]}" + (", both sides apart." if kind == "split_scalp" else ".")
    out = [PlannedDay(date=d, kind="count", text=text, source="instruction") for d in counts]
    out += [
        PlannedDay(date=d, kind="photo", text="Photograph the rolled and the unrolled spot.", source="instruction")
        for d in photos
    ]
    last = today + timedelta(days=days)
    out.append(PlannedDay(date=last, kind="review", text="Look at what came out.", source="instruction"))
    return tuple(sorted(out, key=lambda d: (d.date, d.kind)))
