"""Checks a sceptic would run on an explanation: each passed, failed or only informative, with a sentence.

Knows: how to weigh a diary again with something changed. Must not know: plans, rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, ndtri

from hairwise.infer.draws import draw
from hairwise.infer.hypotheses import NEEDLING
from hairwise.infer.laplace import predict
from hairwise.infer.likelihood import observe, precision
from hairwise.infer.mixture import weigh
from hairwise.infer.timeline import ROLLED, build_timeline
from hairwise.records.base import Sentence
from hairwise.records.verdicts import CAUSES, Scrutiny

if TYPE_CHECKING:
    from datetime import date

    from hairwise.infer.mixture import Mixture
    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.diary import Diary
    from hairwise.records.inference import InferenceFacts
    from hairwise.records.verdicts import Cause, SecondPrior

__all__ = ["Known", "run_checks"]

MOST_PHOTO_DAYS = 6  # left out one by one, evenly chosen
LEAST_BEFORE_DAYS, LEAST_BEFORE_COUNTS = 21, 8  # of counts before the first session, for a placebo
PLACEBO_MAX = 0.5  # a needling cause more likely than not where there was no needling
ODD = 0.01  # chance under which counts scatter more than the explanation expects
EVERYWHERE = ("te_stressor", "minoxidil", "aga", "season", "scalp_condition")  # causes that act on unrolled skin too
_SOURCE = "measured:diary"


@dataclass(frozen=True)
class Known:
    """What an explanation was made from, and what it said."""

    diary: Diary
    line: Timeline
    signs: dict[Cause, float]
    mixture: Mixture
    top: Cause
    second: SecondPrior
    facts: InferenceFacts
    settings: InferSettings


def run_checks(known: Known) -> tuple[Scrutiny, ...]:
    """Run every check; one that the diary does not allow is only informative and says why."""
    return (
        _placebo_in_time(known),
        _negative_control(known),
        _leave_one_photo_out(known),
        _prior_sensitivity(known),
        _posterior_predictive(known),
    )


def _told(name: str, state: str, text: str) -> Scrutiny:
    return Scrutiny(name=name, state=state, sentence=Sentence(text=text, source=_SOURCE))  # type: ignore[arg-type]


def _quick(settings: InferSettings) -> InferSettings:
    """Return settings with the middle of the noise grid only: checks ask for direction, not for decimals."""
    middle = len(settings.dispersions) // 2, len(settings.weekly_sds) // 2
    return replace(
        settings, dispersions=(settings.dispersions[middle[0]],), weekly_sds=(settings.weekly_sds[middle[1]],)
    )


def _main(diary: Diary, known: Known) -> dict[Cause, float]:
    """Probability of each main cause of a changed diary, signs left as they were."""
    settings = _quick(known.settings)
    line = build_timeline(diary, known.facts, settings)
    mixture = weigh(line, known.signs, known.facts, settings)
    main = draw(mixture.fits, mixture.weights, mixture.sets, (line, mixture.features), settings).main
    share = np.bincount(main, minlength=len(CAUSES)) / main.size
    return {c: float(p) for c, p in zip(CAUSES, share, strict=True)}


def _placebo_in_time(known: Known) -> Scrutiny:
    """Pretend that rolling began in the middle of the time before it: nothing must be found."""
    name, diary = "placebo_in_time", known.diary
    begun = [s.date for s in diary.sessions] + ([diary.first_session] if diary.first_session else [])
    first = min(begun, default=None)
    before = sorted(c.date for c in diary.counts if first is not None and c.date < first)
    if first is None or len(before) < LEAST_BEFORE_COUNTS or (first - before[0]).days < LEAST_BEFORE_DAYS:
        text = "There are too few counts from before the first session to test a made-up start of rolling."
        return _told(name, "informative", text)
    shift = timedelta(days=(first - before[0]).days // 2)
    last = first - timedelta(days=1)
    moved = [s.model_copy(update={"date": s.date - shift}) for s in diary.sessions if s.date - shift <= last]
    made_up = diary.model_copy(
        update={
            "cutoff": last,
            "first_session": first - shift,
            "sessions": tuple(moved),
            "concern": None,
            "counts": tuple(c for c in diary.counts if c.date <= last),
            "density": tuple(d for d in diary.density if d.date <= last),
            "changes": tuple(c for c in diary.changes if c.to <= last),
        }
    )
    p = _main(made_up, replace(known, signs={}))
    if sum(p[c] for c in NEEDLING) > PLACEBO_MAX:
        text = "With a made-up start of rolling, rolling was found before it began. Read what is said of it with care."
        return _told(name, "failed", text)
    days = (last - (first - shift)).days
    text = (
        f"We pretended that rolling began {days + 1} days before it did. As it should, it did not come out as the "
        "likely cause then. This tests only causes that act within that time."
    )
    return _told(name, "passed", text)


def _negative_control(known: Known) -> Scrutiny:
    """Unrolled skin must not thin: rolling acts only where it was done."""
    name, dens = "negative_control", known.line.densities
    first = known.line.first_session
    away = dens.region != ROLLED
    z = _fall_z(known.line, away)
    if first is None:
        rolled = any(spot.role == "rolled" for spot in known.diary.spots)
        text = "No session is written down, so rolled and unrolled skin cannot be told apart."
        if rolled:
            text = "A spot is named as rolled, but no session is written down, so rolling cannot be tested on it."
        return _told(name, "informative", text)
    if z is None:
        text = "No unrolled spot was measured both early and late, so rolled skin has nothing to be held against."
        return _told(name, "informative", text)
    if z < ndtri(0.025) and known.top in EVERYWHERE:
        text = "Hair thinned on unrolled skin too, as it would by the cause that comes first here."
        return _told(name, "informative", text)
    if z < ndtri(0.025):
        text = "Hair thinned on unrolled skin too. Rolling does not reach there, so something else acts as well."
        return _told(name, "failed", text)
    return _told(name, "passed", "Unrolled skin did not thin by more than chance.")


def _fall_z(line: Timeline, which: np.ndarray) -> float | None:
    """Weighted slope of log density over time within zones, in standard errors; None without two days in a zone."""
    dens = line.densities
    top = bottom = 0.0
    for zone in np.unique(dens.zone[which]):
        mine = which & (dens.zone == zone)
        weight = 1 / dens.log_sd[mine] ** 2
        away = dens.day[mine] - np.average(dens.day[mine], weights=weight)
        top += float((weight * away * dens.log_density[mine]).sum())
        bottom += float((weight * away**2).sum())
    pairs = dens.change_region != ROLLED
    days = (dens.change_days[pairs, 1] - dens.change_days[pairs, 0]).astype(float)
    top += float((dens.change_log[pairs] * days / dens.change_sd[pairs] ** 2).sum())
    bottom += float((days**2 / dens.change_sd[pairs] ** 2).sum())
    return top / np.sqrt(bottom) if bottom > 0 else None


def _photo_days(diary: Diary) -> list[date]:
    days = sorted({d.date for d in diary.density} | {c.to for c in diary.changes})
    if len(days) <= MOST_PHOTO_DAYS:
        return days
    return [days[round(k)] for k in np.linspace(0, len(days) - 1, MOST_PHOTO_DAYS)]


def _leave_one_photo_out(known: Known) -> Scrutiny:
    """Leave out each day of photos in turn: the top cause must stay."""
    name, diary = "leave_one_photo_out", known.diary
    days = _photo_days(diary)
    if known.line.first_session is None:
        return _told(
            name, "informative", "No session is written down, so no cause comes first that a photo could change."
        )
    if len(days) < 2:
        text = (
            "One photo or pair of photos is too little to leave one out." if days else "There are no measured photos."
        )
        return _told(name, "informative", text)
    # against the whole diary weighed in the same quick way, so that only the photos differ
    whole = _main(diary.model_copy(update={"start": diary.start or known.line.origin}), known)
    top = max(whole, key=lambda c: whole[c])
    changed = []
    for day in days:
        less = diary.model_copy(
            update={
                "density": tuple(d for d in diary.density if d.date != day),
                "changes": tuple(c for c in diary.changes if c.to != day),
                "start": diary.start or known.line.origin,
            }
        )
        p = _main(less, known)
        if max(p, key=lambda c: p[c]) != top:
            changed.append(day)
    if changed:
        text = f"Without what was measured on {changed[0]} another cause would come first, so much hangs on it."
        return _told(name, "failed", text)
    text = (
        f"Leaving out the densities and photos of any one of {len(days)} days does not change which cause comes first."
    )
    return _told(name, "passed", text)


def _prior_sensitivity(known: Known) -> Scrutiny:
    if known.line.first_session is None:
        text = "No session is written down, so no cause comes first, from whatever odds one starts."
        return _told("prior_sensitivity", "informative", text)
    if known.second.top != known.top:
        text = "Starting from other odds, another cause would come first, so none is named."
        return _told("prior_sensitivity", "failed", text)
    return _told("prior_sensitivity", "passed", "Starting from other odds, the same cause comes out on top.")


def _posterior_predictive(known: Known) -> Scrutiny:
    """Hold the scatter of counts left by the best explanation against what counting usually brings, both ways."""
    name, settings = "posterior_predictive", known.settings
    n = known.line.bins.n
    if n < LEAST_BEFORE_COUNTS:
        return _told(name, "informative", "There are too few weeks of counts to judge their scatter.")
    g, h = np.unravel_index(int(known.mixture.weights.argmax()), known.mixture.weights.shape)
    sets, fit = known.mixture.sets, known.mixture.fits[g]
    size, weekly = [(d, w) for d in settings.dispersions for w in settings.weekly_sds][g]
    # noise that grows with the data would pass any data: no more than the middle of the grid is granted
    middle = settings.dispersions[len(settings.dispersions) // 2], settings.weekly_sds[len(settings.weekly_sds) // 2]
    grid = max(size, middle[0]), min(weekly, middle[1])
    seen = observe(known.line, known.facts, settings)
    noise = precision(seen, known.line, known.facts, (*grid, bool(sets.is_season[h])), settings)
    shift, _ = predict(fit.mode[h : h + 1], sets.sizes.pairs[h : h + 1], known.mixture.features)
    rest = (noise.centred - shift[0])[:n]
    # counts alone: the covariance of their block, photos integrated over
    cover = np.linalg.inv(noise.inverse)[:n, :n]
    chance = float(chdtrc(max(n - 2 * len(sets.causes[h]), 1), rest @ np.linalg.solve(cover, rest)))
    if chance < ODD:
        text = "Counts scatter more than counting usually brings. The answer may be less sure than it looks."
        return _told(name, "failed", text)
    if chance > 1 - ODD:
        text = "Counts scatter less than chance allows. Were some of them rounded or guessed?"
        return _told(name, "failed", text)
    return _told(name, "passed", "Counts scatter about as counting usually does.")
