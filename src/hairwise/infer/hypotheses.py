"""Small sets of causes with their lags and prior weights.

Knows: shapes, priors, exposures. Must not know: counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.laplace import Sizes
from hairwise.records.verdicts import CAUSES

if TYPE_CHECKING:
    from hairwise.infer.effects import Shape
    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Bools, Floats, Ints
    from hairwise.records.inference import InferenceFacts
    from hairwise.records.verdicts import Cause

__all__ = ["NEEDLING", "Hypotheses", "cause_log_odds", "list_sets"]

NEEDLING: tuple[Cause, ...] = ("mechanical", "inflammatory", "te_needling")


@dataclass(frozen=True)
class Hypotheses:
    """H sets: their sizes, lag weights, whether the season is strong, and the causes as indices (H, 2); -1 is none."""

    sizes: Sizes
    log_lag: Floats
    is_season: Bools
    causes: tuple[tuple[Cause, ...], ...]

    def take(self, keep: Ints) -> Hypotheses:
        """Return the hypotheses kept."""
        return Hypotheses(
            self.sizes.take(keep), self.log_lag[keep], self.is_season[keep], tuple(self.causes[i] for i in keep)
        )

    def log_prior(self, log_odds: dict[Cause, float], p_pair: float) -> Floats:
        """Log prior of each set given the log weight of each cause and of none."""
        single = np.array([sum(log_odds[c] for c in names) if names else log_odds["none"] for names in self.causes])
        pair = np.array([len(names) == 2 for names in self.causes])
        kinds = {names for names in self.causes if len(names) == 2}
        total = sum(np.exp(log_odds[a] + log_odds[b]) for a, b in kinds) if kinds else 1.0
        base = float(np.exp([log_odds[c] for c in log_odds]).sum())
        log_single = single - np.log(base) + np.log(1 - p_pair)
        log_pair = single - np.log(max(total, 1e-300)) + np.log(p_pair)
        return np.asarray(self.log_lag + np.where(pair, log_pair, log_single))


def cause_log_odds(
    prior: dict[Cause, float], signs: dict[Cause, float], line: Timeline, facts: InferenceFacts, settings: InferSettings
) -> dict[Cause, float]:
    """Log weight of each cause from the prior, what was there to cause it, and the signs."""
    kinds = {e.kind: e for e in facts.events}
    stress = sum(
        kinds[k].weight * (0.3 + s / 3) for _, k, s in line.events if k in kinds and kinds[k].cause == "te_stressor"
    )
    out: dict[Cause, float] = {}
    for cause in CAUSES:
        there = 1.0
        if cause == "te_stressor":
            there = min(stress, 1.5) if stress else settings.unlogged_stressor
        out[cause] = float(np.log(max(prior[cause] * there, 1e-6))) + signs.get(cause, 0.0)
    return out


def list_sets(shapes: list[Shape], facts: InferenceFacts, settings: InferSettings) -> Hypotheses:
    """List none, every shape alone, and every pair of different causes."""
    sets: list[tuple[int, int]] = [(0, 0), *((i, 0) for i in range(1, len(shapes) + 1))]
    paired = [i for i, s in enumerate(shapes, start=1) if s.in_pairs]
    sets += [(i, j) for i, j in combinations(paired, 2) if shapes[i - 1].cause != shapes[j - 1].cause]
    spread: dict[Cause, float] = {}
    for i in paired:
        cause = shapes[i - 1].cause
        spread[cause] = spread.get(cause, 0.0) + float(np.exp(shapes[i - 1].log_weight))
    mean, sd, log_lag, season, causes = [], [], [], [], []
    known = {f.cause: f for f in facts.effects}
    for i, j in sets:
        names = tuple(shapes[k - 1].cause for k in (i, j) if k)
        row_mean, row_sd = [0.0, 0.0], [1.0, 1.0]
        for slot, k in enumerate((i, j)):
            if k and shapes[k - 1].cause in known:
                fact = known[shapes[k - 1].cause]
                row_mean[slot], row_sd[slot] = float(np.log(fact.median)), fact.log_sd
        mean.append([*row_mean, np.log(settings.counted_share), np.log(facts.shedding.daily_share)])
        sd.append([*row_sd, settings.counted_log_sd, facts.shedding.log_sd])
        weights = [shapes[k - 1].log_weight - (np.log(spread[shapes[k - 1].cause]) if j else 0.0) for k in (i, j) if k]
        log_lag.append(float(sum(weights)))
        season.append("season" in names)
        causes.append(names)
    return Hypotheses(
        sizes=Sizes(np.array(sets, dtype=np.int64), np.array(mean), np.array(sd)),
        log_lag=np.array(log_lag),
        is_season=np.array(season, dtype=np.bool_),
        causes=tuple(causes),
    )
