"""Which experiments on oneself may be offered, and what is laid down before one begins.

Knows: the lock, urgency, where hair is thin. Must not know: how power and gain were reached.
Pausing always comes first; nothing here speaks of medicines; a split scalp is offered only behind every gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from hairwise.care.case import answers_of_diary, good_zones, rolled_zones
from hairwise.care.phrases import instruct, measured
from hairwise.care.plan import is_shown
from hairwise.care.rules import urgency_of
from hairwise.care.screen import screen_answers
from hairwise.care.signs import diary_signs
from hairwise.errors import Refused
from hairwise.records.experiment import CentItem, Proposal, Protocol
from hairwise.records.verdicts import PlannedDay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.records.base import Sentence
    from hairwise.records.diary import Diary
    from hairwise.records.evidence import Evidence
    from hairwise.records.experiment import ExperimentKind, ExperimentResult, Gain, Power
    from hairwise.records.verdicts import WhyResult

__all__ = [
    "PAUSE_DAYS",
    "Worth",
    "cent_report",
    "finding_words",
    "in_words",
    "lay_down",
    "pause_days",
    "propose",
    "schedule_days",
]

PAUSE_DAYS = (28, 84)  # for causes that act within three weeks, and for delayed shedding (te_needling: up to 100 days)
PHOTO_DAYS = (28, 84)
RUN_IN_DAYS, SPLIT_DAYS = 21, 56  # counting both sides before, and while one is rolled
_EVERY = 7  # weekly counting: daily counting feeds worry and shows little more
_SIDE_EVERY = 3


@dataclass(frozen=True)
class Worth:
    """What a proposal is expected to show."""

    gain: Gain | None
    power: tuple[Power, ...]


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
    diary: Diary, why: WhyResult, evidence: Evidence, worth: Mapping[ExperimentKind, Worth]
) -> tuple[Proposal, ...]:
    """
    Return the experiments in the order they should be thought of; one that may not be done says why.

    Parameters
    ----------
    diary : Diary
        Its last day is today.
    why : WhyResult
        The explanation so far.
    evidence : Evidence
        Rules with their sources.
    worth : mapping of str to Worth
        Expected gain and power of each kind.
    """
    answers = answers_of_diary(diary, loss_is_real=is_shown(why))
    screening = screen_answers(answers, diary.cutoff, evidence, diary_signs(diary))
    urgency = urgency_of(screening.rules_of_urgency, evidence)
    if urgency in ("emergency", "same_day"):
        text = "A doctor comes first. Until you have been seen, do not roll, and leave counting and photos alone."
        return (Proposal(kind="pause", offered=True, days=PAUSE_DAYS[0], why=(instruct(text),)),)
    distressed = any(hit.id == "severe_distress" for hit in screening.rules)
    days = pause_days(why)
    nothing = Worth(None, ())
    first, second, third = (worth.get(k, nothing) for k in ("pause", "photos", "split_scalp"))
    pause = Proposal(
        kind="pause", offered=True, days=days, why=_why_pause(days),
        do=(instruct(f"Do not roll for {days} days."), *(() if distressed else _counting())),
        schedule=() if distressed else _planned("pause", diary.cutoff, days), gain=first.gain, power=first.power,
    )  # fmt: skip
    photos = Proposal(
        kind="photos", offered=not distressed, days=PHOTO_DAYS[-1],
        why=(instruct("A loss in rolled skin alone points to rolling; a loss everywhere points away from it."),)
        if not distressed else (instruct("Looking closely at hair can feed worry. Talk with someone first."),),
        do=() if distressed else (instruct("Photograph one rolled and one unrolled spot, and the same two again."),),
        schedule=() if distressed else _planned("photos", diary.cutoff, PHOTO_DAYS[-1]),
        gain=second.gain, power=second.power,
    )  # fmt: skip
    against = _against_split(diary, answers_known=diary.answers is not None, lock=screening.lock.on, why=why)
    good = sorted(good_zones(answers) & rolled_zones(answers))
    if good:
        against.append("Hair grows well where you roll; areas that grow well should not be rolled.")
    split = Proposal(
        kind="split_scalp", offered=not against, days=RUN_IN_DAYS + SPLIT_DAYS,
        why=tuple(instruct(t) for t in against) if against
        else (instruct("One side rolled, the other not, shows what rolling does on your own head."),),
        do=() if against else _splitting(),
        schedule=() if against else _planned("split_scalp", diary.cutoff, RUN_IN_DAYS + SPLIT_DAYS),
        gain=None, power=() if against else third.power,
    )  # fmt: skip
    return pause, photos, split


def _why_pause(days: int) -> tuple[Sentence, ...]:
    first = instruct("Pausing is the safest test: nothing is done to the skin.")
    if days == PAUSE_DAYS[0]:
        return first, instruct("Four weeks can only tell of causes that act within three weeks of a session.")
    return first, instruct(
        "Delayed shedding may go on for three months after the last session, so four weeks are too few."
    )


def _counting() -> tuple[Sentence, ...]:
    return (
        instruct("Count the shed hairs of one wash a week, always in the same way, and write down every wash."),
        instruct("Keep everything else as it is. This plan changes nothing about medicines."),
    )


def _splitting() -> tuple[Sentence, ...]:
    return (
        instruct(f"For {RUN_IN_DAYS} days roll nothing, and count both sides apart, twice a week."),
        instruct("Then roll thin or bald skin on one side only; the side is drawn by lot when you register."),
        instruct("Before every session do the screening; while its lock is on there is no session."),
        instruct("Stop at once if more hair falls on the rolled side, or with pain, pus or a spreading red area."),
        *_counting()[1:],
    )


def _against_split(diary: Diary, *, answers_known: bool, lock: bool, why: WhyResult) -> list[str]:
    """Every reason not to offer a split scalp."""
    out = []
    if not answers_known:
        out.append("The screening has not been answered. Without it no session is proposed.")
    if lock:
        out.append("The safety lock is on, so nothing that includes rolling is proposed.")
    if is_shown(why):
        out.append("More hair falls than before. Rolling on to find out why could cost more hair.")
    rolled = [z for z in diary.zones if z.needled]
    if not rolled or any(z.growth not in ("thin", "bald") for z in rolled):
        out.append("A split scalp is only for skin that is thin or bald.")
    return out


def _planned(kind: ExperimentKind, today: date, days: int) -> tuple[PlannedDay, ...]:
    counts, photos = schedule_days(kind, today, days)
    text = "Count both sides apart." if kind == "split_scalp" else "Count the shed hairs of one wash."
    out = [PlannedDay(date=d, kind="count", text=text, source="instruction") for d in counts]
    out += [
        PlannedDay(date=d, kind="photo", text="Photograph the rolled and the unrolled spot.", source="instruction")
        for d in photos
    ]
    out.append(PlannedDay(date=today + timedelta(days=days), kind="review", text="Look at what came out.",
                          source="instruction"))  # fmt: skip
    return tuple(sorted(out, key=lambda d: (d.date, d.kind)))


def lay_down(proposal: Proposal, today: date, sha256: str, seed: int) -> Protocol:
    """
    Register an experiment before it begins.

    Parameters
    ----------
    proposal : Proposal
        As offered.
    today : date
        The diary's last day; the experiment begins on the next.
    sha256 : str
        Of the diary as it stands.
    seed : int
        The side of a split scalp is drawn by it; it is written down.

    Raises
    ------
    Refused
        ``not_offered`` where the proposal may not be done.
    """
    if not proposal.offered:
        raise Refused("not_offered", proposal.why[0].text, "Choose a pause or photos.")
    sides: tuple[Literal["left"], Literal["right"]] = ("left", "right")
    split = proposal.kind == "split_scalp"
    starts = today + timedelta(days=1 + (RUN_IN_DAYS if split else 0))
    outcome, analysis = {
        "pause": (
            "Shed hairs a wash, against the hairs gathered since the last wash.",
            "Step at the start of the pause by generalised least squares with weekly drift; 95 % interval.",
        ),
        "photos": (
            "Change of hairs of the rolled less the unrolled spot.",
            "Difference of matched changes with a 95 % interval (`hairwise series`).",
        ),
        "split_scalp": (
            "Shed hairs of the rolled against the other side, on the same days.",
            "Log ratio of sums during, less that of the run-in; 95 % interval.",
        ),
    }[proposal.kind]
    return Protocol(
        kind=proposal.kind,
        registered_on=today,
        starts=starts,
        ends=today + timedelta(days=proposal.days),
        outcome=outcome,
        analysis=analysis,
        diary_sha256=sha256,
        rolled_side=sides[seed % 2] if split else None,
        seed=seed if split else None,
        power=proposal.power,
    )


def cent_report(protocol: Protocol, result: ExperimentResult | None) -> tuple[CentItem, ...]:
    """Return the items of CENT 2015 that apply to one person's own trial."""
    power = "; ".join(f"{p.effect_pct:+.0f} % shown with {100 * p.power:.0f} of 100" for p in protocol.power)
    by_lot = (
        f"Side by lot: {protocol.rolled_side} (seed {protocol.seed})." if protocol.rolled_side else "None: one arm."
    )
    found = " ".join(s.text for s in result.sentences) if result else "Not yet."
    n = f"{result.n_before} before, {result.n_during} during." if result else "Not yet."
    return (
        CentItem(item="1a title", text=f"N-of-1 trial: {protocol.kind.replace('_', ' ')}."),
        CentItem(item="3 design", text="One person, one period of observation before and one during; open."),
        CentItem(item="4 participant", text="The person who keeps the diary; screened by fixed rules."),
        CentItem(item="5 intervention", text=f"From {protocol.starts} to {protocol.ends}."),
        CentItem(item="6a outcome", text=protocol.outcome),
        CentItem(item="7a size", text=power or "Not computed."),
        CentItem(item="8 sequence", text=by_lot),
        CentItem(item="12 methods", text=protocol.analysis),
        CentItem(item="13 numbers", text=n),
        CentItem(item="17 outcome", text=found),
        CentItem(
            item="19 harms", text="Stopped with any sign of the screening; written down as findings in the diary."
        ),
        CentItem(
            item="20 limits", text="Open, unblinded, one person; what else changed in that time cannot be told apart."
        ),
        CentItem(
            item="23 registration",
            text=f"{protocol.registered_on}, before the start; diary {protocol.diary_sha256[:12]}.",
        ),
    )


_FOUND: dict[tuple[bool, str], str] = {
    (True, "lower"): "Fewer hairs fell during the pause. That fits harm by rolling, and all else that ended then.",
    (
        True,
        "higher",
    ): "More hairs fell during the pause. Delayed shedding from earlier sessions can do that, and so can "
    "other causes. Show it to a dermatologist.",
    (True, "not_shown"): "No change was shown. A smaller one may still be there.",
    (False, "lower"): "Fewer hairs fell on the rolled side. Hairs pulled early can be missing later: none were saved.",
    (False, "higher"): "More hairs fell on the rolled side. Stop rolling, and show this to a dermatologist.",
    (False, "not_shown"): "No difference between the sides was shown. A smaller one may still be there.",
}


def finding_words(kind: ExperimentKind, state: str, lo_pct: float, hi_pct: float) -> Sentence:
    """Return what a finding means, its interval first."""
    return in_words(
        f"Between {lo_pct:+.0f} and {hi_pct:+.0f} per cent (95 % interval). {_FOUND[(kind == 'pause', state)]}"
    )


def in_words(sentence: str) -> Sentence:
    """Return a sentence about what the person's own counts show."""
    return measured(sentence, "diary")
