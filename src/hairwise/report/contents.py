"""What stands on the one page, as plain data cut to a level of detail.

Knows: which facts go where and how lists are cut. Must not know: typesetting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hairwise.report.cuts import one_line, some
from hairwise.report.labels import (
    CAUSE_NAMES,
    CAUSE_STATES,
    LOSS_STATES,
    MAY_NEEDLE,
    NO_ODDS,
    day,
    days_in_words,
    of_ten,
    signed,
    span_words,
    urgency_words,
)
from hairwise.report.series_words import contrast_sentence
from hairwise.report.whose import who_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hairwise.records.base import Estimate, Sentence
    from hairwise.records.diary import Diary
    from hairwise.records.series import ContrastEntry
    from hairwise.records.verdicts import Cause, PlanResult, Reason, WhyResult

__all__ = ["LEVELS", "Level", "ReportPage", "SpotPicture", "contents", "pictured"]


@dataclass(frozen=True)
class SpotPicture:
    """What two photos of one spot showed, with the picture of both.

    Attributes
    ----------
    spot, zone, role : str
        Name, zone and ``rolled`` or ``control``.
    day_t0, day_t1 : date
        Days of the two photos.
    picture_png : bytes or None
        From ``figures.draw_pair``; None where there is no picture to show.
    n_t0, lost, new : int
        Hairs of the first day whose place both photos show, those of them that are lost, and new ones.
    change, change_pct : Estimate or None
        Net change [hairs] and [% of hairs]; None where it was refused.
    sentence : str
        The one sentence said about this spot.
    """

    spot: str
    zone: str
    role: str
    day_t0: date
    day_t1: date
    picture_png: bytes | None
    n_t0: int
    lost: int
    new: int
    change: Estimate | None
    change_pct: Estimate | None
    sentence: str


@dataclass(frozen=True)
class ReportPage:
    """Everything the page is made from."""

    diary: Diary
    why: WhyResult
    plan: PlanResult
    spots: tuple[SpotPicture, ...]
    contrasts: tuple[ContrastEntry, ...]
    intended_use: str
    made_on: date
    season_months: tuple[int, ...] = ()  # of more shedding, in the northern half of the world


@dataclass(frozen=True)
class Level:
    """How much of each list is shown; the first level that fits the page is used."""

    causes: int
    reasons: int
    items: int
    spots: int
    letters: int  # of one sentence; 160 letters are about two lines of a half-page column


# each part of the page takes the first of these that fits its room
LEVELS: tuple[Level, ...] = (
    Level(causes=5, reasons=4, items=12, spots=6, letters=400),
    Level(causes=5, reasons=4, items=8, spots=6, letters=400),
    Level(causes=5, reasons=3, items=6, spots=5, letters=280),
    Level(causes=4, reasons=3, items=5, spots=4, letters=240),
    Level(causes=4, reasons=2, items=4, spots=4, letters=200),
    Level(causes=4, reasons=2, items=3, spots=4, letters=180),
    Level(causes=3, reasons=2, items=3, spots=3, letters=150),
    Level(causes=3, reasons=1, items=2, spots=3, letters=120),
    Level(causes=2, reasons=1, items=1, spots=2, letters=80),
)


def pictured(spots: Sequence[SpotPicture]) -> tuple[SpotPicture, ...]:
    """Return at most one rolled and one control spot that have pictures, rolled first."""
    shown = []
    for role in ("rolled", "control"):
        with_picture = [s for s in spots if s.role == role and s.picture_png is not None]
        shown += with_picture[:1]
    return tuple(shown)


def contents(page: ReportPage, level: Level) -> dict[str, Any]:
    """
    Return what the template sets, cut to one level of detail.

    Every string is data for the template, never markup; numbers are rounded here and nowhere else.
    """
    plan, why = page.plan, page.why
    ranked = _ranked(why) if why.rolling_weighed else []
    return {
        "who": [one_line(line, 600) for line in who_lines(page.diary, plan, page.made_on)],
        "lead": one_line(_lead(plan), 160),
        "urgency": urgency_words(plan.urgency, len(plan.unanswered), locked=plan.lock.on),
        "urgent": plan.urgency in ("emergency", "same_day"),
        "urgent_why": [one_line(text, level.letters) for text in some(_urgent_why(plan), min(level.items, 5), "Plan")],
        "loss": LOSS_STATES[why.loss_state],
        "loss_facts": [one_line(text, level.letters) for text in _loss_facts(why, page.spots, page.diary)],
        "cause": CAUSE_STATES[why.cause_state],
        "named": [CAUSE_NAMES[cause] for cause in why.named_causes[:2]],
        "pictures": [_picture(k, spot, level) for k, spot in enumerate(pictured(page.spots))],
        "spots": [_row(spot) for spot in page.spots[: level.spots]],
        "spots_more": max(0, len(page.spots) - level.spots),
        "against": one_line(_against(page), 300),
        "no_odds": "" if why.rolling_weighed else NO_ODDS,
        "causes": [_cause(cause, why, level) for cause in ranked[: level.causes]],
        "causes_more": len(ranked) - min(level.causes, len(ranked)),
        "second": one_line(_second(why), 200),
        "limits": _said(why.limits, level),
        "next": _said([why.next_observation], level),
        "plan": _said(_plan_lines(plan), level),
        "do_not": _said(plan.do_not, level),
        "questions": _said(plan.ask_doctor, level),
        "measure": _said(plan.measure, level),
        "review": day(plan.review_date),
    }


def _lead(plan: PlanResult) -> str:
    """Return the first thing to read: the lock before anything else."""
    if plan.lock.on or plan.stop_rolling:
        return "Stop rolling for now."
    return MAY_NEEDLE[plan.may_needle]


def _urgent_why(plan: PlanResult) -> list[str]:
    """Return why the lock is on and which rules fired."""
    stated = [*plan.lock.why, *(rule.why for rule in plan.rules)]
    return list(dict.fromkeys(text[:1].upper() + text[1:] for text in stated))


def _counted_since(diary: Diary) -> int:
    begun = [s.date for s in diary.sessions] + ([diary.first_session] if diary.first_session else [])
    first = min(begun, default=diary.cutoff)
    return round(sum(c.count for c in diary.once().counts if c.date >= first))


def _loss_facts(why: WhyResult, spots: Sequence[SpotPicture], diary: Diary) -> list[str]:
    facts = []
    if why.p_real_loss is not None:
        facts.append(f"Of 10 invented histories like this one, {of_ten(why.p_real_loss)} have real loss.")
    for spot in pictured(spots):
        if spot.change is not None:
            role = "Rolled" if spot.role == "rolled" else "Unrolled"
            facts.append(f"{role} spot: {span_words(spot.change, 'hairs')} of {spot.n_t0} ({spot.change.level:.0%}).")
    if why.rise_now_pct is not None:
        now = why.rise_now_pct
        facts.append(f"Last 3 weeks' counts against before rolling: {now.lo90:+.0f} to {now.hi90:+.0f}% (90%).")
    if why.needling_excess is not None:
        lo, hi = round(why.needling_excess.lo90), round(why.needling_excess.hi90)
        n = _counted_since(diary)
        if hi <= 0:
            facts.append("No extra counted hairs are put down to rolling. Hairs pulled early cannot fall later.")
        else:
            reach = f"between {lo} and {hi}" if lo > 0 else f"between none and {hi}"
            facts.append(f"Put down to rolling: {reach} of {n} hairs counted (90%).")
    return facts


def _picture(k: int, spot: SpotPicture, level: Level) -> dict[str, str]:
    role = "Rolled" if spot.role == "rolled" else "Unrolled"
    return {
        "file": f"pair{k}.jpg",
        "caption": one_line(f"{role} spot{_name(spot)} ({spot.zone}), {day(spot.day_t0)} and {day(spot.day_t1)}", 90),
        "alt": f"Two photos of the {role.lower()} spot; {spot.lost} lost hairs ringed, {spot.new} new ones squared.",
        "sentence": one_line(spot.sentence, level.letters),
    }


def _name(spot: SpotPicture) -> str:
    """Return the spot's own name where it says more than its role."""
    if spot.spot in ("rolled", "control"):
        return ""
    number = spot.spot.removeprefix(f"{spot.role}-{spot.zone}-")  # as the log names its spots
    return f" {number}" if number != "1" else ""


def _called(spot: SpotPicture) -> str:
    """Return the person's own name of a spot; one that the log made is told in words."""
    made = spot.spot.startswith(f"{spot.role}-{spot.zone}-")
    return f"{'Rolled' if spot.role == 'rolled' else 'Unrolled'} spot{_name(spot)}" if made else spot.spot


def _row(spot: SpotPicture) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": one_line(_called(spot), 24),
        "role": f"{spot.zone}, " + ("rolled" if spot.role == "rolled" else "not rolled"),
        "hairs": str(spot.n_t0) if spot.change else "",
        "lost": str(spot.lost) if spot.change else "",
        "new": str(spot.new) if spot.change else "",
        "change": _interval(spot.change),
        "pct": _interval(spot.change_pct, "%"),
        "bar": None,
    }
    if spot.change_pct is not None:
        pct = spot.change_pct
        row["bar"] = [max(-60.0, min(60.0, value)) for value in (pct.lo, pct.value, pct.hi)]
    return row


def _interval(estimate: Estimate | None, unit: str = "") -> str:
    """Return the interval first, then the value."""
    if estimate is None:
        return "not measured"
    lo, value, hi = signed(estimate.lo), signed(estimate.value), signed(estimate.hi)
    return f"{lo} to {hi}{unit} ({value}{unit})"


def _against(page: ReportPage) -> str:
    """Say how rolled skin stands against unrolled skin."""
    if page.contrasts:
        return "Rolled against unrolled. " + " ".join(contrast_sentence(c) for c in page.contrasts[:1])
    refused = [spot.sentence for spot in page.spots if spot.change is None]
    return " ".join(["There is no rolled and unrolled pair of the same days to compare.", *refused])


def _ranked(why: WhyResult) -> list[Cause]:
    return sorted(why.p_cause, key=lambda cause: -why.p_cause[cause])


def _cause(cause: Cause, why: WhyResult, level: Level) -> dict[str, Any]:
    reasons = sorted((r for r in why.reasons if r.cause == cause), key=lambda r: -abs(r.weight))
    return {
        "name": CAUSE_NAMES[cause],
        "squares": round(why.p_cause[cause] * 10),
        "often": of_ten(why.p_cause[cause]),
        "reasons": [_reason(reason, level) for reason in reasons[: level.reasons]],
        "more": max(0, len(reasons) - level.reasons),
    }


def _reason(reason: Reason, level: Level) -> dict[str, str]:
    return {
        "sign": reason.direction,
        "text": one_line(reason.fact, level.letters),
        "source": _marked(reason.source),
    }


def _marked(source: str) -> str:
    """Return an evidence id; common practice and the person's own entries go unmarked."""
    return "" if source == "instruction" or source.startswith("measured:") else one_line(source, 60)


def _second(why: WhyResult) -> str:
    if why.second_prior is None or not why.rolling_weighed:
        return ""
    top = why.second_prior.top
    same = bool(why.p_cause) and top == _ranked(why)[0]
    verdict = "the top cause stays the same" if same else f"the top cause becomes: {CAUSE_NAMES[top]}"
    return f"From another starting guess ({why.second_prior.prior}) {verdict}."


def _plan_lines(plan: PlanResult) -> list[Sentence]:
    """Return what to do, without repeating the line already set large at the top."""
    lead = _lead(plan)
    technique = () if plan.lock.on else plan.technique
    return [s for s in (*plan.do_now, *plan.aftercare, *technique, *plan.course) if s.text.strip() != lead]


def _said(sentences: Sequence[Sentence], level: Level) -> dict[str, Any]:
    shown = [
        {"text": one_line(days_in_words(s.text), level.letters), "source": _marked(s.source)}
        for s in sentences[: level.items]
    ]
    return {"items": shown, "more": max(0, len(sentences) - level.items)}
