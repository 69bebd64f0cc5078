"""Draws from the weighted mixture of explanations: is loss real, what caused most, how many hairs.

Knows: fits and their weights. Must not know: words, dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.hypotheses import NEEDLING
from hairwise.infer.laplace import FLOOR
from hairwise.records.verdicts import CAUSES

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.infer.hypotheses import Hypotheses
    from hairwise.infer.laplace import Fit
    from hairwise.infer.likelihood import Features
    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["Draws", "draw", "sample"]


@dataclass(frozen=True)
class Draws:
    """S draws: the hypothesis, whether loss is real, the main cause's index in CAUSES, needling's counted hairs.

    ``added`` are those it added, ``missing`` (0 or less) those pulled early that did not fall later.
    """

    hypothesis: Ints
    is_real: Bools
    main: Ints
    rise: Floats
    fall: Floats
    added: Floats
    missing: Floats

    @property
    def excess(self) -> Floats:
        """Net counted hairs by needling (S,)."""
        return self.added + self.missing


def draw(
    fits: list[Fit], weights: Floats, sets: Hypotheses, context: tuple[Timeline, Features], settings: InferSettings
) -> Draws:
    """Draw explanations in proportion to their weights (G, H), sizes from each Laplace approximation."""
    line, f = context
    h, u = sample(fits, weights, settings.n_draws, np.random.default_rng(settings.seed))
    pairs = sets.sizes.pairs[h]
    size = np.exp(u[:, :2])
    month = size[:, :, None] * f.month[pairs]
    total = month.sum(1)
    worst = total.argmax(1)
    rise = np.take_along_axis(total, worst[:, None], 1)[:, 0]
    missing = (size[:, :, None] * f.missing_end[pairs]).sum(1)
    fall = np.exp(u[:, 3]) * missing.max(1)
    share = np.take_along_axis(month, worst[:, None, None], 2)[..., 0]
    added, gone = _excess(u, pairs, h, sets, (line, f))
    return Draws(
        hypothesis=h,
        is_real=(rise >= settings.real_rise) | (fall >= settings.real_fall),
        main=_main(sets, h, share, (rise, fall), settings),
        rise=rise,
        fall=fall,
        added=added,
        missing=gone,
    )


def sample(fits: list[Fit], weights: Floats, n: int, rng: Generator) -> tuple[Ints, Floats]:
    """Draw n hypotheses (n,) in proportion to their weights (G, H), and their parameters (n, 4)."""
    flat = weights.ravel() / weights.sum()
    # systematic sampling: the number of draws of each explanation is within one of its share
    at = (np.arange(n) + rng.random()) / n
    picked = np.minimum(np.searchsorted(np.cumsum(flat), at), flat.size - 1)
    grid, h = np.divmod(picked, weights.shape[1])
    modes = np.stack([fit.mode for fit in fits])[grid, h]
    covers = np.stack([fit.cover for fit in fits])[grid, h]
    chol = np.linalg.cholesky(covers + 1e-9 * np.eye(covers.shape[-1]))
    u = modes + np.einsum("sij,sj->si", chol, rng.standard_normal(modes.shape))
    return h, np.clip(u, -20.0, 6.0)


def _main(sets: Hypotheses, h: Ints, share: Floats, size: tuple[Floats, Floats], settings: InferSettings) -> Ints:
    """Cause with the larger share in the worst 28 days; none, or the season, where nothing was wrong."""
    codes = np.array(
        [[CAUSES.index(c) for c in (*names, "none", "none")[:2]] for names in sets.causes], dtype=np.int64
    )[h]
    season, none = CAUSES.index("season"), CAUSES.index("none")
    share = np.where(np.isin(codes, [season, none]), -np.inf, share)
    main = np.take_along_axis(codes, share.argmax(1)[:, None], 1)[:, 0]
    quiet = (size[0] < settings.nothing_rise) & (size[1] < settings.nothing_fall) | ~np.isfinite(share).any(1)
    return np.where(quiet, np.where((codes == season).any(1), season, none), main)


def _excess(
    u: Floats, pairs: Ints, h: Ints, sets: Hypotheses, context: tuple[Timeline, Features]
) -> tuple[Floats, Floats]:
    """Sum the counted hairs since the first session that needling added, and that by harvesting it took away."""
    line, f = context
    bins = line.bins
    if not bins.n or not line.session_day.size:
        return np.zeros(h.size), np.zeros(h.size)
    after = np.flatnonzero(bins.is_after)
    needling = np.array([[c in NEEDLING for c in (*names, "none", "none")[:2]] for names in sets.causes])[h]
    size, counted = np.exp(u[:, :2]), np.exp(u[:, 2])[:, None]
    seen = [size[:, k, None] * f.seen[pairs[:, k]][:, after] for k in (0, 1)]
    pulled = [size[:, k, None] * counted * f.pulled[pairs[:, k]][:, after] for k in (0, 1)]
    mean = np.maximum(1.0 + seen[0] + pulled[0] + seen[1] + pulled[1], FLOOR)
    more = [np.where(needling[:, k, None], np.maximum(seen[k], 0.0) + pulled[k], 0.0) for k in (0, 1)]
    less = [np.where(needling[:, k, None], np.minimum(seen[k], 0.0), 0.0) for k in (0, 1)]
    count = bins.count[after]
    return np.asarray(((more[0] + more[1]) / mean) @ count), np.asarray(((less[0] + less[1]) / mean) @ count)
