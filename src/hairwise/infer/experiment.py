"""What an experiment could show before it starts, and what it showed.

Knows: counts to come under each explanation, a step in counts. Must not know: offers, safety, words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from hairwise.infer.draws import sample
from hairwise.infer.effects import cause_shapes
from hairwise.infer.hypotheses import NEEDLING
from hairwise.infer.laplace import predict
from hairwise.infer.likelihood import features, gathered, observe, precision
from hairwise.infer.mixture import weigh
from hairwise.infer.settings import InferSettings
from hairwise.infer.symptoms import diary_signs
from hairwise.infer.timeline import build_timeline
from hairwise.records.base import Estimate
from hairwise.records.diary import Count, Density
from hairwise.records.experiment import Gain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.random import Generator

    from hairwise.infer.mixture import Mixture
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Bools, Floats
    from hairwise.records.diary import Diary
    from hairwise.records.inference import InferenceFacts

__all__ = ["Schedule", "Step", "expected_gain", "sides_power", "sides_ratio", "step_of_counts", "step_power"]

N_SIMULATED = 24
# Negative-binomial size of one side's count about the other side's of the same wash: what makes a wash yield more or
# fewer hairs acts on both, so less is left than in one count alone (8); expert guess, the days' own scatter counts too.
_SIDE_SIZE = 25.0
_DEFAULT = InferSettings()


@dataclass(frozen=True)
class Schedule:
    """Days on which counts are made and zones photographed, after the diary's last day."""

    method: str
    count_days: tuple[date, ...]
    photo_days: tuple[date, ...] = ()
    photo_zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """Change of the log of counts from a day on, and its standard error; counts before and from then."""

    log_change: float
    se: float
    n_before: int
    n_during: int

    def percent(self, level: float = 0.95) -> Estimate:
        """Return the change in per cent with its interval."""
        z = float(norm.ppf(0.5 + level / 2))
        value, lo, hi = (100 * float(np.expm1(self.log_change + k * self.se)) for k in (0.0, -z, z))
        return Estimate(value=value, lo=lo, hi=hi, level=level)


def _quick() -> InferSettings:
    d, w = _DEFAULT.dispersions, _DEFAULT.weekly_sds
    return replace(_DEFAULT, dispersions=(d[len(d) // 2],), weekly_sds=(w[len(w) // 2],))


def expected_gain(diary: Diary, facts: InferenceFacts, plan: Schedule, seed: int) -> Gain:
    """Simulate how much surer the answer would be after a plan of counts and photos without rolling.

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
    Gain
        Probability given to the right one of rolling, another cause and nothing, now and after. Histories are drawn
        from the answer as it stands, so the gain is right only as far as that answer is.
    """
    settings, rng = _quick(), np.random.default_rng(seed)
    line = build_timeline(diary, facts, settings)
    signs, _ = diary_signs(diary, line, facts, settings)
    now = weigh(line, signs, facts, settings)
    p_now = _groups(now)
    longer = _extended(diary, plan)
    ahead = build_timeline(longer, facts, settings)
    shown = features(ahead, cause_shapes(ahead, facts, settings), settings)
    h, u = sample(now.fits, now.weights, N_SIMULATED, rng)
    level = _levels(line, facts, settings)
    after = []
    for one, par in zip(h.tolist(), u, strict=True):
        shift, _ = predict(par[None], now.sets.sizes.pairs[one : one + 1], shown)
        made = _filled(longer, diary, (ahead, shift[0], level), plan, rng)
        then = weigh(build_timeline(made, facts, settings), signs, facts, settings)
        after.append(_groups(then)[_group(now.sets.causes[one])])
    certain_now = float((p_now**2).sum())
    return Gain(now=certain_now, after=max(float(np.mean(after)), certain_now), simulated=N_SIMULATED)


def _group(causes: tuple[str, ...]) -> int:
    """0 where needling is among the causes, 2 where there is none but the season, else 1."""
    if any(c in NEEDLING for c in causes):
        return 0
    return 1 if set(causes) - {"season"} else 2


def _groups(mixture: Mixture) -> Floats:
    each = mixture.weights.sum(0) / mixture.weights.sum()
    groups = np.array([_group(names) for names in mixture.sets.causes])
    return np.array([each[groups == g].sum() for g in range(3)])


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


def _filled(
    longer: Diary, diary: Diary, known: tuple[Timeline, Floats, dict[str, float]], plan: Schedule, rng: Generator
) -> Diary:
    """Fill the placeholders with what one explanation would bring."""
    ahead, shift, level = known
    held, bins = gathered(ahead, _DEFAULT), ahead.bins
    size, sd = 8.0, _DEFAULT.weekly_median_sd
    weeks = rng.normal(0, sd, len(plan.count_days) + 1)
    ratio = {int(d): float(np.exp(shift[b])) for d, b in zip(bins.entry_day, bins.entry_bin, strict=True)}
    counts = []
    for k, day in enumerate(plan.count_days):
        at = (day - ahead.origin).days
        mean = float(np.exp(level[plan.method] + weeks[k])) * held[at] * ratio.get(at, 1.0)
        n = int(rng.poisson(rng.gamma(size, mean / size)))
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
            photos.append(Density(date=day, zone=zone, hairs_per_cm2=value))  # type: ignore[arg-type]
    return longer.model_copy(update={"counts": (*diary.counts, *counts), "density": (*diary.density, *photos)})


def step_of_counts(diary: Diary, facts: InferenceFacts, starts: date, ends: date) -> Step | None:
    """Estimate by generalised least squares how far counts changed from a day on.

    Weeks drift as in the explanation; counts are held against the hairs gathered since the last wash, so a changed
    rhythm of washing is no change. None with fewer than three counts before or after.
    """
    line = build_timeline(diary, facts, _DEFAULT)
    first, last = ((d - line.origin).days for d in (starts, ends))
    during = (line.bins.entry_day >= first) & (line.bins.entry_day <= last)
    n_before, n_during = int((line.bins.entry_day < first).sum()), int(during.sum())
    if n_before < 3 or n_during < 3:
        return None
    log_change, se = _step(line, during, facts)
    return Step(log_change, se, n_before, n_during)


def _step(line: Timeline, during: Bools, facts: InferenceFacts) -> tuple[float, float]:
    bins = line.bins
    entries = np.maximum(np.bincount(bins.entry_bin, minlength=bins.n), 1)
    column = np.bincount(bins.entry_bin, weights=during.astype(float), minlength=bins.n) / entries
    seen = observe(line, facts, _DEFAULT)
    settings = _DEFAULT
    middle = settings.dispersions[len(settings.dispersions) // 2]
    noise = precision(seen, line, facts, (middle, settings.weekly_median_sd, False), settings)
    whole = np.zeros(seen.values.size)
    whole[: bins.n] = column
    info = float(whole @ noise.inverse @ whole)
    return float(whole @ noise.inverse @ noise.centred) / info, 1 / np.sqrt(info)


def step_power(diary: Diary, facts: InferenceFacts, plan: Schedule, effects_pct: Sequence[float]) -> list[float]:
    """Return the chance of showing each change of counts from the diary's last day on, at 95 %, if the plan is kept."""
    usual = [c.count for c in diary.counts if c.method == plan.method]
    filled = int(np.median(usual)) if usual else 20
    longer = _extended(diary, plan)
    counts = tuple(Count(date=d, method=plan.method, count=filled) for d in plan.count_days)  # type: ignore[arg-type]
    longer = longer.model_copy(update={"counts": (*diary.counts, *counts)})
    step = step_of_counts(longer, facts, diary.cutoff + timedelta(days=1), longer.cutoff)
    if step is None:
        return [0.0 for _ in effects_pct]
    return [float(norm.cdf(abs(np.log1p(e / 100)) / step.se - norm.ppf(0.975))) for e in effects_pct]


def sides_ratio(diary: Diary, rolled_side: str, starts: date, ends: date, size: float = _SIDE_SIZE) -> Step | None:
    """Compare counts of the two sides of the same days, less their difference before the start.

    What acts on the whole head, attention and the week included, cancels. None with fewer than three days of both
    sides before or after the start.
    """
    by_day: dict[tuple[date, str], dict[str, float]] = {}
    for c in diary.counts:
        if c.side and c.date <= ends:
            by_day.setdefault((c.date, c.method), {})[c.side] = c.count
    other = "left" if rolled_side == "right" else "right"
    rows = [(d, n[rolled_side], n[other]) for (d, _), n in by_day.items() if rolled_side in n and other in n]
    before, during = ([r for r in rows if (r[0] >= starts) == late] for late in (False, True))
    if len(before) < 3 or len(during) < 3:
        return None
    (a, va), (b, vb) = (_log_ratio(part, size) for part in (before, during))
    return Step(b - a, float(np.sqrt(va + vb)), len(before), len(during))


def _log_ratio(rows: list[tuple[date, float, float]], size: float) -> tuple[float, float]:
    """Log ratio of sums and its variance: negative binomial, or the scatter of the days where that is more."""
    one, two = (np.array([r[k] for r in rows], float) + 0.5 for k in (1, 2))
    each = np.log(one / two)
    model = (1 / one.sum() + 1 / two.sum()) + 2 / (size * len(rows))
    return float(np.log(one.sum() / two.sum())), max(model, float(each.var(ddof=1)) / len(rows))


def sides_power(
    count: float, n_days: tuple[int, int], effects_pct: Sequence[float], size: float = _SIDE_SIZE
) -> list[float]:
    """Return the chance of showing each rise on one side, at 95 %.

    Parameters
    ----------
    count : float
        Usual count of the whole head; each side brings half of it.
    n_days : tuple of int
        Days on which both sides are counted, before and during.
    effects_pct : sequence of float
        Rise of the rolled side's count [%].
    size : float
        Negative-binomial size of one count.
    """
    se = float(np.sqrt(sum(2 / (max(count / 2, 0.5) * n) + 2 / (size * n) for n in n_days)))
    return [float(norm.cdf(abs(np.log1p(e / 100)) / se - norm.ppf(0.975))) for e in effects_pct]
