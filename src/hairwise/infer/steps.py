"""A step in counts, and one side against the other: estimates with their errors, and power before the start.

Knows: counts of one method, washes, drift. Must not know: offers, safety, words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, stdtrit

from hairwise.infer.likelihood import gathered
from hairwise.infer.settings import InferSettings
from hairwise.infer.timeline import build_timeline
from hairwise.records.base import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hairwise.records.base import Bools, Floats
    from hairwise.records.diary import Diary
    from hairwise.records.inference import InferenceFacts

__all__ = ["MIN_COUNTS", "Step", "sides_power", "sides_ratio", "step_of_counts", "step_power"]

MIN_COUNTS = 4  # before, and during: fewer say nothing of their own scatter
MOST_COUNTS = 250  # the latest are used; older ones say little of the level before a step
DRIFT_PER_WEEK = 0.02  # sd of the log of a slow trend that goes on by itself; expert guess
# Negative-binomial size of one side's count about the other side's of the same wash: what makes a wash yield more or
# fewer hairs acts on both, so less is left than in one count alone (8); expert guess, the days' own scatter counts too.
_SIDE_SIZE = 25.0
_SETTINGS = InferSettings()


@dataclass(frozen=True)
class Step:
    """Change of the log of counts, its standard error with degrees of freedom, and the counts before and during."""

    log_change: float
    se: float
    dof: float
    n_before: int
    n_during: int

    def percent(self, level: float = 0.95) -> Estimate:
        """Return the change in per cent with its interval."""
        z = float(stdtrit(self.dof, 0.5 + level / 2))
        value, lo, hi = (100 * float(np.expm1(min(self.log_change + k * self.se, 20.0))) for k in (0.0, -z, z))
        return Estimate(value=value, lo=lo, hi=hi, level=level)


def step_of_counts(
    diary: Diary,
    facts: InferenceFacts,
    method: str,
    span: tuple[date, date, date],
    drift_per_week: float = DRIFT_PER_WEEK,
) -> Step | tuple[int, int]:
    """Estimate how far counts of one method changed.

    Parameters
    ----------
    diary : Diary
        Counts and washes.
    facts : InferenceFacts
        For the timeline.
    method : str
        Only counts made this way, of the whole head, are used.
    span : tuple of date
        First day of the change, first day that is judged (what lies between is left out: effects take time), last day
        (later counts are not looked at).
    drift_per_week : float, optional
        Sd of the log of a slow trend a week that is no change; 0 where all that differs is to be told.

    Returns
    -------
    Step or tuple of int
        Counts before and during where there are fewer than four of either.

    Notes
    -----
    Generalised least squares on the log of each count over the hairs gathered since the last wash, so that a changed
    rhythm of washing is no change. The level is free, a slow trend may go on by itself, weeks drift; clumping and
    drift are weighed by how well they fit (t with the counts' degrees of freedom).
    """
    starts, judged, ends = span
    mine = [c for c in diary.counts if c.method == method and not c.zone and not c.side and c.date <= ends]
    mine = [c for c in mine if c.date < starts or c.date >= judged]
    mine = sorted(mine, key=lambda c: c.date)[-MOST_COUNTS:]
    n_before = sum(c.date < starts for c in mine)
    n_during = len(mine) - n_before
    if min(n_before, n_during) < MIN_COUNTS:
        return n_before, n_during
    line = build_timeline(diary.model_copy(update={"cutoff": max(ends, diary.cutoff)}), facts, _SETTINGS)
    day = np.array([(c.date - line.origin).days for c in mine])
    held = gathered(line, _SETTINGS)[day] if method == "wash" else np.full(len(mine), 1.0)
    count = np.array([c.count for c in mine], float)
    during = np.array([c.date >= starts for c in mine])
    y = np.log((count + 0.5) / np.maximum(held, 1e-6))
    log_change, se = _weighed(y, count, (day.astype(float), during), drift_per_week)
    return Step(log_change, se, max(float(len(mine) - 3), 1.0), n_before, n_during)


def _weighed(y: Floats, count: Floats, when: tuple[Floats, Bools], drift_per_week: float) -> tuple[float, float]:
    """Mean and sd of the step over a grid of clumping and weekly drift, each weighed by its likelihood."""
    day, during = when
    weeks = (day - day[~during].mean()) / 7.0
    fixed = np.column_stack([np.ones(len(y)), during.astype(float)])
    mean = np.where(during, count[during].mean(), count[~during].mean())
    rows = []
    for size, weekly in product((2.0, *_SETTINGS.dispersions), (*_SETTINGS.weekly_sds, 0.5)):
        cover = np.diag(1 / (mean + 0.5) + 1 / size) + np.outer(drift_per_week * weeks, drift_per_week * weeks)
        cover += weekly**2 * _SETTINGS.weekly_corr ** np.abs(weeks[:, None] - weeks)
        inverse = np.linalg.inv(cover)
        info = fixed.T @ inverse @ fixed
        beta = np.linalg.solve(info, fixed.T @ inverse @ y)
        rest = y - fixed @ beta
        away = np.log(weekly / _SETTINGS.weekly_median_sd) / _SETTINGS.weekly_log_sd
        score = -0.5 * (rest @ inverse @ rest + np.linalg.slogdet(cover)[1] + np.linalg.slogdet(info)[1] + away**2)
        rows.append((score, beta[1], np.linalg.inv(info)[1, 1]))
    score, step, var = np.array(rows).T
    w = np.exp(score - score.max())
    w /= w.sum()
    centre = float(w @ step)
    return centre, float(np.sqrt(w @ (var + (step - centre) ** 2)))


def step_power(
    diary: Diary, facts: InferenceFacts, method: str, plan: tuple[Sequence[date], date], effects_pct: Sequence[float]
) -> list[float]:
    """Return the chance of showing each change at 95 % if counts are made on the planned days.

    Parameters
    ----------
    diary : Diary
        Its counts are those before.
    facts : InferenceFacts
        For the timeline.
    method : str
        How counts are made.
    plan : tuple
        Days of counting, and the first of them that is judged.
    effects_pct : sequence of float
        Changes [%].

    Returns
    -------
    list of float
        0 where there are too few counts before.
    """
    days, judged = plan
    usual = [c.count for c in diary.counts if c.method == method]
    if not usual or not days:
        return [0.0 for _ in effects_pct]
    filled = float(np.median(usual))
    # their scatter is that of the counts so far, so that the power is that of this person
    shape = np.array(usual[-len(days) :], float)
    scatter = (
        np.resize(shape / max(float(shape.mean()), 1e-9), len(days)) if len(shape) >= MIN_COUNTS else np.ones(len(days))
    )
    made = [
        {"date": d, "method": method, "count": min(float(round(filled * s)), 20_000.0)}
        for d, s in zip(days, scatter, strict=True)
    ]
    kind = type(diary.counts[0])
    longer = diary.model_copy(
        update={"counts": (*diary.counts, *(kind.model_validate(m) for m in made)), "cutoff": max(days),
                "washes": (*diary.washes, *(days if method == "wash" else ()))}
    )  # fmt: skip
    step = step_of_counts(longer, facts, method, (diary.cutoff + timedelta(days=1), judged, max(days)))
    if not isinstance(step, Step):
        return [0.0 for _ in effects_pct]
    return [_power(float(np.log1p(e / 100)), step.se, step.dof) for e in effects_pct]


def _power(effect: float, se: float, dof: float) -> float:
    return float(ndtr(abs(effect) / se - stdtrit(dof, 0.975)))


def sides_ratio(diary: Diary, rolled_side: str, span: tuple[date, date, date]) -> Step | tuple[int, int]:
    """Compare counts of the two sides of the same days, less their difference in the run-in.

    Parameters
    ----------
    diary : Diary
        Counts with a side.
    rolled_side : str
        Left or right.
    span : tuple of date
        First day of the run-in, first day of rolling, last day. Other counts are not looked at.

    Returns
    -------
    Step or tuple of int
        What acts on the whole head, attention and the week included, cancels. Days before and during where there are
        fewer than four of either.
    """
    run_in, starts, ends = span
    by_day: dict[tuple[date, str], dict[str, float]] = {}
    for c in diary.counts:
        if c.side and run_in <= c.date <= ends:
            sides = by_day.setdefault((c.date, c.method), {})
            sides[c.side] = sides.get(c.side, 0.0) + c.count
    other = "left" if rolled_side == "right" else "right"
    rows = [(d, n[rolled_side], n[other]) for (d, _), n in by_day.items() if rolled_side in n and other in n]
    before, during = ([r for r in rows if (r[0] >= starts) == late] for late in (False, True))
    if min(len(before), len(during)) < MIN_COUNTS:
        return len(before), len(during)
    (a, va), (b, vb) = (_log_ratio(part) for part in (before, during))
    return Step(b - a, float(np.sqrt(va + vb)), float(len(rows) - 2), len(before), len(during))


def _log_ratio(rows: list[tuple[date, float, float]]) -> tuple[float, float]:
    """Log ratio of sums and its variance: negative binomial, or the scatter of the days where that is more."""
    one, two = (np.array([r[k] for r in rows], float) for k in (1, 2))
    ratio = float(np.log((one.sum() + 0.5) / (two.sum() + 0.5)))
    model = 1 / (one.sum() + 0.5) + 1 / (two.sum() + 0.5) + 2 / (_SIDE_SIZE * len(rows))
    # residuals of the days about the common ratio, weighed by their hairs (a ratio estimator's variance)
    off = one / max(one.sum(), 1.0) - two / max(two.sum(), 1.0)
    scatter = float((off**2).sum()) * len(rows) / (len(rows) - 1)
    return ratio, max(model, scatter)


def sides_power(count: float, n_days: tuple[int, int], effects_pct: Sequence[float]) -> list[float]:
    """Return the chance of showing each rise on one side, at 95 %.

    Parameters
    ----------
    count : float
        Usual count of the whole head; each side brings half of it.
    n_days : tuple of int
        Days on which both sides are counted, in the run-in and during.
    effects_pct : sequence of float
        Rise of the rolled side's count [%].
    """
    se = float(np.sqrt(sum(2 / (max(count / 2, 0.5) * n) + 2 / (_SIDE_SIZE * n) for n in n_days)))
    return [_power(float(np.log1p(e / 100)), se, float(sum(n_days) - 2)) for e in effects_pct]
