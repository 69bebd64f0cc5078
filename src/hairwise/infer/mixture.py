"""Every explanation of one diary, weighed.

Knows: the order of shapes, fits and grid. Must not know: words, verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.effects import cause_shapes
from hairwise.infer.hypotheses import Hypotheses, cause_log_odds, list_sets
from hairwise.infer.laplace import Fit, fit_sets
from hairwise.infer.likelihood import features, observe, precision
from hairwise.records.verdicts import CAUSES

if TYPE_CHECKING:
    from hairwise.infer.laplace import Sizes
    from hairwise.infer.likelihood import Features, Observed
    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Floats, Ints
    from hairwise.records.inference import InferenceFacts
    from hairwise.records.verdicts import Cause

__all__ = ["Mixture", "weigh"]


@dataclass(frozen=True)
class Mixture:
    """G points of the noise grid by H hypotheses: fits, weights (G, H) and what they were made from."""

    sets: Hypotheses
    features: Features
    fits: list[Fit]
    weights: Floats
    log_prior: Floats

    def p_in_set(self) -> dict[Cause, float]:
        """Probability that a cause is among those at work; ``none``: that no cause is."""
        each = self.weights.sum(0) / self.weights.sum()
        return {
            c: float(each[[(c in names) or (c == "none" and not names) for names in self.sets.causes]].sum())
            for c in CAUSES
        }


@dataclass(frozen=True)
class _Case:
    line: Timeline
    facts: InferenceFacts
    settings: InferSettings
    features: Features
    observed: Observed


def weigh(
    line: Timeline,
    signs: dict[Cause, float],
    facts: InferenceFacts,
    settings: InferSettings,
    seen: Observed | None = None,
) -> Mixture:
    """Fit every set of causes and weigh it by prior, signs and evidence.

    One pass at the middle of the noise grid drops the hopeless sets; the rest are fitted on the whole grid. ``seen``
    stands in for what the diary says; audits draw it from the model itself.
    """
    shapes = cause_shapes(line, facts, settings)
    seen = seen or observe(line, facts, settings)
    case = _Case(line, facts, settings, features(line, shapes, settings), seen)
    sets = list_sets(shapes, facts, settings)
    log_odds = cause_log_odds(facts.prior.p, signs, line, facts, settings)
    log_prior = sets.log_prior(log_odds, settings.p_pair)
    middle = (settings.dispersions[len(settings.dispersions) // 2], settings.weekly_sds[len(settings.weekly_sds) // 2])
    first = _fit_both(case, sets, middle)
    score = first.log_evidence + log_prior
    keep = np.flatnonzero(score > score.max() - settings.prune_log)
    sets, log_prior, start = sets.take(keep), log_prior[keep], first.mode[keep]
    grid = list(product(settings.dispersions, settings.weekly_sds))
    fits = [_fit_both(case, sets, point, start) for point in grid]
    away = np.log(np.array([sd for _, sd in grid]) / settings.weekly_median_sd) / settings.weekly_log_sd
    log_weight = np.array([fit.log_evidence for fit in fits]) + log_prior - 0.5 * away[:, None] ** 2
    return Mixture(sets, case.features, fits, np.exp(log_weight - log_weight.max()), log_prior)


def _fit_both(case: _Case, sets: Hypotheses, point: tuple[float, float], start: Floats | None = None) -> Fit:
    """Fit sets without and with a strong season, each under its own noise."""
    n = len(sets.causes)
    mode, cover, evidence = sets.sizes.mean.copy(), np.zeros((n, 4, 4)), np.full(n, -np.inf)
    for is_season in (False, True):
        mine: Ints = np.flatnonzero(sets.is_season == is_season)
        if not mine.size:
            continue
        part: Sizes = sets.sizes.take(mine)
        noise = precision(case.observed, case.line, case.facts, (*point, is_season), case.settings)
        begin, steps = (None, 8) if start is None else (start[mine], 3)
        fit = fit_sets(part, case.features, noise, begin, steps)
        mode[mine], cover[mine], evidence[mine] = fit.mode, fit.cover, fit.log_evidence
    return Fit(mode, cover, evidence)
