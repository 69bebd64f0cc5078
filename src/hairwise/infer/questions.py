"""The two-minute check: prior, timing, place and signs, without counts.

Knows: which answer moves which cause. Must not know: counts, plans.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from hairwise.infer.hypotheses import NEEDLING
from hairwise.infer.symptoms import answer_signs, said_in
from hairwise.records.verdicts import CAUSES, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hairwise.infer.settings import InferSettings
    from hairwise.records.answers import Answers, FindingName
    from hairwise.records.inference import InferenceFacts, WindowFact
    from hairwise.records.verdicts import Cause

__all__ = ["never_rolled", "place_reasons", "timing_reasons", "weigh_answers"]

FITS, FAILS = 3.0, 0.25  # likelihood ratio of timing inside the window, and far outside; expert guess
NO_EVENT = {"minoxidil": 0.03, "te_stressor": 0.3}  # asked for and not named; acute_te: 25 % find no trigger
UNASKED = {"minoxidil": 0.4, "te_stressor": 0.7}
SEASON_DAYS = 50  # either side of the peak: shed_peak_months of season_kunz, and September (season_us_2023)
SOUTHERN = 0.6  # about one in eight lives there, and there onset in these months is three times as likely; expert guess
LONG_DAYS, SHORT_DAYS = 180, 60  # acute_te ends by the first; pattern loss is not noticed from one day to the next
YEAR_DAYS = 365.25
PATCHES: tuple[FindingName, ...] = ("smooth_patches", "moth_eaten", "lost_follicle_openings")  # seen, not felt
SUDDEN = 0.5  # expert guess
ABSENT = 0.01  # a cause whose exposure did not happen


def weigh_answers(
    answers: Answers, facts: InferenceFacts, prior: Mapping[Cause, float], settings: InferSettings
) -> tuple[dict[Cause, float], list[Reason], set[str]]:
    """Return the probability of each main cause, the reasons, and which facts were known.

    Known facts are named ``onset``, ``events``, ``same_start`` and ``stressor``.
    """
    reasons = [*timing_reasons(answers, facts), *place_reasons(answers, facts)]
    signs, sign_reasons = answer_signs(said_in(answers), facts, settings)
    score = {c: log(max(prior[c], 1e-6)) + signs.get(c, 0.0) for c in CAUSES}
    for reason in reasons:
        score[reason.cause] += reason.weight
    top = max(score.values())
    p = {c: exp(v - top) for c, v in score.items()}
    total = sum(p.values())
    return {c: v / total for c, v in p.items()}, [*reasons, *sign_reasons], _known(answers, facts, settings)


def _push(fact: str, cause: Cause, ratio: float, source: str) -> list[Reason]:
    weight = log(ratio)
    if abs(weight) < 0.05:
        return []
    return [Reason(fact=fact, cause=cause, direction="for" if weight > 0 else "against", weight=weight, source=source)]


def _days(n: float) -> str:
    return f"{n:.0f} day{'' if round(n) == 1 else 's'}"


def _beside(days: float, window: WindowFact) -> str:
    """Say how a lag stands to what is usual: one near it can speak for a cause, though it lies outside."""
    usual = f"({window.lo_days:.0f} to {window.hi_days:.0f} days)"
    if window.lo_days <= days <= window.hi_days:
        return f", within what is usual for this cause {usual}"
    side = "sooner" if days < window.lo_days else "later"
    if _fit(days, window) > 1:
        return f", near what is usual for this cause but a little {side} {usual}"
    return f", {side} than is usual for this cause {usual}"


def _fit(days: float, window: WindowFact) -> float:
    """Likelihood ratio of an onset so many days after an exposure."""
    outside = max(window.lo_days - days, days - window.hi_days, 0.0)
    return float(FAILS + (FITS - FAILS) * exp(-0.5 * (outside / window.soft_days) ** 2))


def never_rolled(answers: Answers) -> bool:
    """Whether it was said that rolling has not begun: then it is no cause, with or without sessions."""
    return answers.started is False or (answers.first_session is None and answers.sessions == 0)


def timing_reasons(answers: Answers, facts: InferenceFacts) -> list[Reason]:
    """Weigh when loss began after sessions and events, in which season, and how long it has gone on."""
    onset = answers.loss.onset if answers.loss else None
    out: list[Reason] = []
    if never_rolled(answers):
        for cause in NEEDLING:
            out += _push("rolling has not begun", cause, ABSENT, "measured:answers")
    elif onset is not None and answers.first_session is not None:
        out += _after_sessions(answers, onset, facts)
    for cause in ("minoxidil", "te_stressor"):
        out += _after_events(answers, onset, cause, facts)
    if onset is not None:
        out += _in_season(onset, facts)
        out += _how_long(onset, answers.today)
    return out


def _in_season(onset: date, facts: InferenceFacts) -> list[Reason]:
    """Weigh the time of year; the check does not ask for the hemisphere, so the southern season counts less."""
    apart = abs((onset.timetuple().tm_yday - facts.season.peak_day + YEAR_DAYS / 2) % YEAR_DAYS - YEAR_DAYS / 2)
    if apart <= SEASON_DAYS:
        return _push("loss began in the season of more shedding", "season", FITS, facts.season.origin)
    if YEAR_DAYS / 2 - apart <= SEASON_DAYS:
        text = "loss began in the season of more shedding of the southern half of the world"
        return _push(text, "season", SOUTHERN, facts.season.origin)
    return _push("loss began outside the season of more shedding", "season", FAILS, facts.season.origin)


def _how_long(onset: date, today: date | None) -> list[Reason]:
    """Weigh how long loss has gone on: pattern loss is slow, and the other causes end."""
    days = (today - onset).days if today is not None else 0
    if days > LONG_DAYS:
        return _push("loss has gone on for over half a year", "aga", FITS, "expert guess (acute_te)")
    if days < SHORT_DAYS:
        return _push("loss began less than two months ago", "aga", SUDDEN, "expert guess (cycle)")
    return []


def _after_sessions(answers: Answers, onset: date, facts: InferenceFacts) -> list[Reason]:
    first = answers.first_session
    if first is None:
        return []
    days = (onset - first).days
    out: list[Reason] = []
    for cause in NEEDLING:
        window = facts.window(cause)
        source = window.origin
        if days < 0:
            out += _push("loss began before the first session", cause, 0.05, "measured:answers")
        elif cause == "mechanical":
            since, chance = _since_session(answers, onset, days)
            inside = since <= window.hi_days
            ratio = 0.85 / max(chance, 0.25) if inside else 0.3
            out += _push(f"loss began {_days(since)} after a session", cause, ratio, source)
        elif cause == "inflammatory":
            since, _ = _since_session(answers, onset, days)
            ratio = max(_fit(days, window), 0.5 if since <= window.hi_days else 0.0)
            text = f"loss began {_days(days)} after the first session{_beside(days, window)}"
            out += _push(text, cause, ratio, source)
        else:
            text = f"loss began {_days(days)} after the first session{_beside(days, window)}"
            out += _push(text, cause, _fit(days, window), source)
    return out


def _since_session(answers: Answers, onset: date, days: int) -> tuple[float, float]:
    """Days from the last session before onset, and the chance of being within two days of one."""
    last = answers.last_session
    if last is not None and 0 <= (onset - last).days <= days:
        gap = float((onset - last).days)
    elif answers.interval_days:
        gap = days % answers.interval_days
    else:
        gap = float(days)
    chance = min(1.0, 3.0 / answers.interval_days) if answers.interval_days else 0.4
    return gap, chance


def _after_events(answers: Answers, onset: date | None, cause: Cause, facts: InferenceFacts) -> list[Reason]:
    if answers.events is None:
        return _push("no such change is known: this was left open", cause, UNASKED[cause], "measured:answers")
    kinds = {e.kind for e in facts.events if e.cause == cause}
    events = [e for e in answers.events if e.kind in kinds]
    if not events:
        return _push("no such change named", cause, NO_EVENT[cause], "measured:answers")
    if onset is None:
        return []
    window = facts.window(cause)
    best = max(events, key=lambda e: _fit((onset - e.date).days, window))
    days = (onset - best.date).days
    ratio = _fit(days, window) if days >= 0 else 0.05
    text = f"loss began {_days(days)} after {best.kind.replace('_', ' ')}{_beside(days, window) if days >= 0 else ''}"
    return _push(text, cause, ratio, window.origin)


def place_reasons(answers: Answers, facts: InferenceFacts) -> list[Reason]:
    """Weigh where, how much and whether hair is lost, and where it was thin before."""
    loss = answers.loss
    told: dict[str, str] = {}
    if loss is not None:
        where = loss.pattern if loss.pattern not in (None, "unknown") else _where(answers)
        if any(answers.finding(name) == "yes" for name in PATCHES):
            where = "patches"
        if where:
            told[where] = {"rolled_zones": "loss is in rolled zones", "diffuse": "loss is all over"}.get(
                where, "loss is in patches"
            )
        if loss.severity == "severe":
            told["severe"] = "loss is severe"
        if loss.noticed == "no":
            told["not_noticed"] = "no extra loss was noticed"
    if any(z.growth in ("thin", "bald") and z.zone in ("hairline", "temples", "vertex") for z in answers.zones or ()):
        told["thin_before"] = "hair was thin at the hairline, temples or crown before"
    out: list[Reason] = []
    for place in facts.places:
        if place.answer in told:
            out += _push(told[place.answer], place.cause, place.lr, place.origin)
    return out


def _where(answers: Answers) -> str | None:
    """Read the pattern from the zones named, where it was not answered itself."""
    lost = set(answers.loss.zones or ()) if answers.loss else set()
    rolled = {z.zone for z in answers.zones or () if z.rolled}
    if not lost or not rolled:
        return None
    return "rolled_zones" if lost <= rolled else "diffuse"


def _known(answers: Answers, facts: InferenceFacts, settings: InferSettings) -> set[str]:
    onset = answers.loss.onset if answers.loss else None
    known = ({"onset"} if onset else set()) | ({"events"} if answers.events is not None else set())
    first = answers.first_session
    kinds = {e.kind for e in facts.events if e.cause == "te_stressor"}
    lo, hi = settings.stressor_days
    for event in answers.events or ():
        if first and event.kind == "minoxidil_start" and abs((event.date - first).days) <= settings.same_start_days:
            known.add("same_start")
        if onset and first and first < onset and event.kind in kinds and lo <= (onset - event.date).days <= hi:
            known.add("stressor")
    return known
