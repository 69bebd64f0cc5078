"""The net change with its interval, and the smallest loss two photos could show.

Knows: fates with probabilities. Must not know: pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from hairwise.change.fates import HIDDEN, LOST, MATCHED, OUT
from hairwise.records.base import Estimate

if TYPE_CHECKING:
    from hairwise.change.fates import Fates
    from hairwise.change.settings import CompareSettings
    from hairwise.records.base import Bools, Floats

__all__ = ["Counted", "estimate_change"]

# One-sided 80 % power at a two-sided 5 % test, as smallest detectable changes are usually stated.
_Z_POWER, _Z_TEST = 0.842, 1.96


@dataclass(frozen=True)
class Counted:
    """One photo's finds as counted: fates, which are listed hairs, and how many of these have a partner."""

    fates: Fates
    listed: Bools
    n_matched: int


def _draw_gone(own: Counted, rng: np.random.Generator, settings: CompareSettings) -> tuple[Floats, Floats]:
    """Draw how many hairs of the own photo are missing in the other, and how many there were."""
    fates, listed, draws = own.fates, own.listed, settings.draws
    asked = np.isfinite(fates.p_fell) & (fates.fate != MATCHED)
    # Doubtful finds too: what fell is often half a hair to the detector. Light, focus and place mislead them all alike.
    doubt = logit(np.clip(fates.p_fell[asked], 1e-4, 1 - 1e-4))
    p = expit(doubt[None] + rng.normal(0, settings.shared_doubt_sd, (draws, 1)))
    gone = (rng.random(p.shape) < p).sum(axis=1)
    n_lost = float(fates.p_fell[asked].sum())
    n_stand = own.n_matched + float(fates.p_stands[asked].sum())
    # Hidden hairs fall as often as those seen; how often is itself uncertain (Jeffreys prior).
    hidden = int((listed & (fates.fate == HIDDEN) & ~asked).sum())
    gone = gone + rng.binomial(hidden, rng.beta(n_lost + 0.5, n_stand + 0.5, draws))
    # Hairs with no find at all fell unseen.
    missed = rng.beta(*settings.missed_in_both, draws)
    missed = missed / (1 - missed)
    seen = int((listed & (fates.fate != OUT)).sum())
    return np.asarray(gone + rng.poisson(gone * missed), float), seen * (1 + missed)


def _estimate(draws: Floats, value: float, level: float) -> Estimate:
    lo, hi = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    # where nearly no draw differs, the mean lies a hundredth of a hair beside an interval of whole hairs
    return Estimate(value=float(np.clip(value, lo, hi)) + 0.0, lo=float(lo) + 0.0, hi=float(hi) + 0.0, level=level)


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
    lost, n_before = _draw_gone(before, np.random.default_rng([settings.seed, first]), settings)
    new, _ = _draw_gone(after, np.random.default_rng([settings.seed, second]), settings)
    n_seen, n_back = (max(int((c.listed & (c.fates.fate != OUT)).sum()), 1) for c in (before, after))
    shared = settings.shared_error_share * 0.5 * (n_seen + n_back)
    error = np.random.default_rng([settings.seed, 3]).normal(0, shared, settings.draws)
    net = new - lost + (-error if swapped else error)
    whole = np.round(net)  # counts are whole, and the share must not say more than they do
    change = _estimate(whole, float(np.mean(net)), settings.level)
    share = np.clip(100 * whole / np.maximum(n_before, 1), -100, None)
    change_pct = _estimate(share, float(np.mean(share)), settings.level)
    hidden = float((before.listed & (before.fates.fate == HIDDEN)).sum()) / n_seen
    unsure = [c.fates.p_fell[np.isfinite(c.fates.p_fell) & (c.fates.fate != LOST)] for c in (before, after)]
    noise = sum(float((p * (1 - p)).sum()) for p in unsure) + shared**2 + 2 * settings.false_kept_share * n_seen
    visible = max(1 - hidden, 0.05)
    need = (_Z_TEST * np.sqrt(noise) + _Z_POWER * np.sqrt(noise + 1)) / n_seen / visible
    return change, change_pct, float(min(100 * need, 100.0))
