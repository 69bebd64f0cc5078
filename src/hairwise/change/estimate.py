"""The net change with its interval, and the smallest loss two photos could show.

Knows: fates with probabilities. Must not know: pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.change.fates import HIDDEN, KEPT, LOST, OUT
from hairwise.records.base import Estimate

if TYPE_CHECKING:
    from hairwise.change.fates import Fates
    from hairwise.change.settings import CompareSettings
    from hairwise.records.base import Bools, Floats

__all__ = ["Counted", "estimate_change"]

# One-sided 80 % power at a two-sided 5 % test, as smallest detectable changes are usually stated.
_Z_POWER, _Z_TEST = 0.842, 1.96
# Of hairs kept by looking with a doubt p_absent, this part was in truth gone on rendered pairs.
_KEPT_SHARE = 0.5


@dataclass(frozen=True)
class Counted:
    """One photo's hairs as counted: fates, and which hairs are listed."""

    fates: Fates
    listed: Bools
    n_matched: int


def _recall(counted: Counted) -> tuple[float, float]:
    """Beta parameters of how many of its hairs a photo's detector found, from the hairs the other photo adds."""
    kept = counted.listed & (counted.fates.fate == KEPT) & counted.fates.bare
    # Prior worth ten hairs: detectors find about nine in ten of the hairs that their own second look finds.
    return counted.n_matched + 9.0, float(kept.sum()) + 1.0


def _draw_gone(
    own: Counted, other: Counted, rng: np.random.Generator, settings: CompareSettings
) -> tuple[Floats, Floats]:
    """Draw how many hairs of the own photo are missing in the other, and how many there were."""
    fates, listed, draws = own.fates, own.listed, settings.draws
    looked = listed & np.isfinite(fates.p_absent)
    p = np.where(fates.fate == KEPT, fates.p_absent * _KEPT_SHARE, fates.p_lost)[looked]
    gone = (rng.random((draws, len(p))) < p).sum(axis=1)
    n_lost = float(fates.p_lost[listed].sum())
    n_known = own.n_matched + int((listed & np.isin(fates.fate, (KEPT, LOST))).sum())
    # Hidden hairs fall as often as those seen; how often is itself uncertain (Jeffreys prior).
    hidden = int((listed & (fates.fate == HIDDEN) & ~looked).sum())
    rate = rng.beta(n_lost + 0.5, max(n_known - n_lost, 0) + 0.5, draws)
    gone = gone + rng.binomial(hidden, rate)
    # Hairs the detector missed in the own photo fell unseen. The other photo's extra hairs say how many it misses by
    # chance (Lincoln and Petersen), but a hair stuck to its neighbour is missed in both.
    recall = rng.beta(*_recall(other), draws) * (1 - rng.beta(*settings.missed_in_both, draws))
    seen = int((listed & (fates.fate != OUT)).sum())
    missed = (1 - recall) / recall
    return np.asarray(gone + rng.poisson(gone * missed), float), seen * (1 + missed)


def _estimate(draws: Floats, value: float, level: float) -> Estimate:
    lo, hi = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    return Estimate(value=value, lo=float(lo) + 0.0, hi=float(hi) + 0.0, level=level)


def estimate_change(
    before: Counted, after: Counted, settings: CompareSettings, swapped: bool = False
) -> tuple[Estimate, Estimate, float]:
    """Estimate the net change in hairs of the skin seen in both photos.

    Parameters
    ----------
    before, after : Counted
        Hairs of the two photos.
    settings : CompareSettings
        Level, draws, seed, shared error.
    swapped : bool, optional
        Whether the photos were worked in the other order.

    Returns
    -------
    change : Estimate
        Hairs, negative for a loss.
    change_pct : Estimate
        The same as a share of the hairs there were, those the detector missed included [%].
    smallest_detectable_loss_pct : float
        Loss that would be shown four times in five [% of hairs].
    """
    # Streams follow the photos, not their order, so that swapping the photos mirrors every draw.
    first, second = (2, 1) if swapped else (1, 2)
    lost, n_before = _draw_gone(before, after, np.random.default_rng([settings.seed, first]), settings)
    new, _ = _draw_gone(after, before, np.random.default_rng([settings.seed, second]), settings)
    n_seen, n_back = (max(int((c.listed & (c.fates.fate != OUT)).sum()), 1) for c in (before, after))
    shared = settings.shared_error_share * 0.5 * (n_seen + n_back)
    error = np.random.default_rng([settings.seed, 3]).normal(0, shared, settings.draws)
    net = new - lost + (-error if swapped else error)
    change = _estimate(np.round(net), float(np.mean(net)), settings.level)  # counts are whole
    share = np.clip(100 * net / np.maximum(n_before, 1), -100, None)
    change_pct = _estimate(share, float(np.mean(share)), settings.level)
    hidden = float((before.listed & (before.fates.fate == HIDDEN)).sum()) / n_seen
    unsure = [c.fates.p_absent[c.listed & (c.fates.fate == KEPT)] * _KEPT_SHARE for c in (before, after)]
    noise = sum(float((p * (1 - p)).sum()) for p in unsure) + shared**2 + 2 * settings.false_kept_share * n_seen
    visible = max(1 - hidden, 0.05)
    need = (_Z_TEST * np.sqrt(noise) + _Z_POWER * np.sqrt(noise + 1)) / n_seen / visible
    return change, change_pct, float(min(100 * need, 100.0))
