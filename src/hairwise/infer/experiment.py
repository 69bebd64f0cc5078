"""How much surer an answer would become with more counts or photos, by simulation from the answer as it stands.

Knows: counts to come under each explanation. Must not know: offers, safety, words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.draws import draw, sample
from hairwise.infer.effects import cause_shapes
from hairwise.infer.entries import usable
from hairwise.infer.hypotheses import NEEDLING
from hairwise.infer.laplace import predict
from hairwise.infer.likelihood import features, gathered, observe
from hairwise.infer.mixture import weigh
from hairwise.infer.recalibrate import circumstances, recalibration_for
from hairwise.infer.settings import InferSettings
from hairwise.infer.symptoms import diary_signs
from hairwise.infer.timeline import build_timeline
from hairwise.infer.words import has_signs
from hairwise.records.diary import Count, Density
from hairwise.records.experiment import Gain
from hairwise.records.verdicts import CAUSES

if TYPE_CHECKING:
    from datetime import date

    from numpy.random import Generator

    from hairwise.infer.recalibrate import Recalibration
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Floats
    from hairwise.records.diary import Diary
    from hairwise.records.inference import InferenceFacts
    from hairwise.records.verdicts import Cause

__all__ = ["Schedule", "expected_gain"]

N_SIMULATED = 24
_MOST_PER_COUNT = 20_000  # as a diary allows
_DEFAULT = InferSettings()


@dataclass(frozen=True)
class Schedule:
    """Days on which counts are made and zones photographed, after the diary's last day."""

    method: str
    count_days: tuple[date, ...]
    photo_days: tuple[date, ...] = ()
    photo_zones: tuple[str, ...] = ()


def expected_gain(diary: Diary, facts: InferenceFacts, plan: Schedule, seed: int) -> Gain | None:
    """Simulate how sure the answer would be after a plan of counts and photos without rolling.

    Parameters
    ----------
    diary : Diary
        As it stands.
    facts : InferenceFacts
        Lags, sizes, priors.
    plan : Schedule
        What would be counted and photographed.
    seed : int
        The same seed gives the same figure.

    Returns
    -------
    Gain or None
        Probability of the likeliest of rolling, another cause and nothing, now and after: how often it would be told
        right. Histories are drawn from the answer as it stands, so the gain is right only as far as that answer is;
        with 24 of them it is told to about 0.03. None without counts or photos to draw from.
    """
    d, w = _DEFAULT.dispersions, _DEFAULT.weekly_sds
    settings = replace(_DEFAULT, dispersions=(d[len(d) // 2],), weekly_sds=(w[len(w) // 2],), n_draws=400)
    rng = np.random.default_rng(seed)
    diary, _ = usable(diary)
    line = build_timeline(diary, facts, settings)
    if not line.bins.n and not line.densities.log_density.size:
        return None
    signs, _ = diary_signs(diary, line, facts, settings)
    now = weigh(line, signs, facts, settings)
    longer = _extended(diary, plan)
    ahead = build_timeline(longer, facts, settings)
    shown = features(ahead, cause_shapes(ahead, facts, settings), settings)
    h, u = sample(now.fits, now.weights, N_SIMULATED, rng)
    level = _levels(line, facts, settings)
    by, after = recalibration_for(bool(diary.sessions) and has_signs(diary, line)), []
    for one, par in zip(h.tolist(), u, strict=True):
        shift, _ = predict(par[None], now.sets.sizes.pairs[one : one + 1], shown)
        made = _filled(longer, diary, (ahead, shift[0], level), plan, rng)
        after.append(_surest(build_timeline(made, facts, settings), signs, by, facts, settings))
    return Gain(now=_surest(line, signs, by, facts, settings), after=float(np.mean(after)), simulated=N_SIMULATED)


def _surest(
    line: Timeline, signs: dict[Cause, float], by: Recalibration, facts: InferenceFacts, settings: InferSettings
) -> float:
    """Probability of the likeliest of rolling, another cause and nothing, as an explanation would tell it."""
    mixture = weigh(line, signs, facts, settings)
    main = draw(mixture.fits, mixture.weights, mixture.sets, (line, mixture.features), settings).main
    share = np.bincount(main, minlength=len(CAUSES)) / main.size
    told = by.causes(dict(zip(CAUSES, share.tolist(), strict=True)), circumstances(line))
    rolling = sum(told[c] for c in NEEDLING)
    nothing = told["none"] + told["season"]
    return float(max(rolling, nothing, 1.0 - rolling - nothing))


def _extended(diary: Diary, plan: Schedule) -> Diary:
    """Return the diary with placeholders where the plan will count and photograph; washes go on at their pace."""
    end = max((*plan.count_days, *plan.photo_days))
    washes = sorted({*diary.washes, *(c.date for c in diary.counts if c.method == "wash")})
    step = int(np.clip(np.median(np.diff([w.toordinal() for w in washes[-12:]])), 1, 7)) if len(washes) > 2 else 3
    more = [diary.cutoff + timedelta(days=k) for k in range(step, (end - diary.cutoff).days + 1, step)]
    counts = [Count(date=d, method=plan.method, count=0) for d in plan.count_days]  # type: ignore[arg-type]
    photos = [Density(date=d, zone=z, hairs_per_cm2=100.0) for d in plan.photo_days for z in plan.photo_zones]  # type: ignore[arg-type]
    return diary.model_copy(
        update={
            "cutoff": end,
            "washes": (*diary.washes, *more),
            "counts": (*diary.counts, *counts),
            "density": (*diary.density, *photos),
        }
    )


def _levels(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> dict[str, float]:
    """Log of a usual count of each method as a share of the hairs gathered, from this diary where it says."""
    seen = observe(line, facts, settings)
    out: dict[str, float] = {n.method: float(np.log(n.median)) for n in facts.norms}
    for k, method in enumerate(line.bins.series_method):
        mine = line.bins.series == k
        out[method] = float(np.quantile(seen.values[: line.bins.n][mine], 0.4))
    return out


def _drifting(days: tuple[date, ...], rng: Generator) -> list[float]:
    """Weekly level of the log of counts on these days, as the likelihood has it."""
    out, last = [0.0], None
    for day in days:
        keep = 0.0 if last is None else _DEFAULT.weekly_corr ** ((day - last).days / 7)
        out.append(keep * out[-1] + rng.normal(0, _DEFAULT.weekly_median_sd * np.sqrt(1 - keep**2)))
        last = day
    return out[1:]


def _filled(
    longer: Diary, diary: Diary, known: tuple[Timeline, Floats, dict[str, float]], plan: Schedule, rng: Generator
) -> Diary:
    """Fill the placeholders with what one explanation would bring."""
    ahead, shift, level = known
    held, bins, size = gathered(ahead, _DEFAULT), ahead.bins, 8.0
    ratio = {int(d): float(np.exp(shift[b])) for d, b in zip(bins.entry_day, bins.entry_bin, strict=True)}
    counts = []
    for day, week in zip(plan.count_days, _drifting(plan.count_days, rng), strict=True):
        at = (day - ahead.origin).days
        mean = float(np.exp(level[plan.method] + week)) * held[at] * ratio.get(at, 1.0)
        n = min(int(rng.poisson(rng.gamma(size, mean / size))), _MOST_PER_COUNT)
        counts.append(Count(date=day, method=plan.method, count=n))  # type: ignore[arg-type]
    known_zone: dict[str, float] = {d.zone: d.hairs_per_cm2 for d in sorted(diary.density, key=lambda d: d.date)}
    dens, photos = ahead.densities, []
    rows = shift[bins.n : bins.n + dens.log_density.size]
    for day in plan.photo_days:
        at = (day - ahead.origin).days
        for zone in plan.photo_zones:
            near = np.flatnonzero(dens.day == at)
            fall = float(rows[near].mean()) if near.size else 0.0
            value = known_zone.get(zone, 100.0) * float(np.exp(fall + rng.normal(0, _DEFAULT.density_sd)))
            photos.append(Density(date=day, zone=zone, hairs_per_cm2=min(value, 1000.0)))  # type: ignore[arg-type]
    return longer.model_copy(update={"counts": (*diary.counts, *counts), "density": (*diary.density, *photos)})
