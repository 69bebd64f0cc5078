"""Rolled against unrolled skin of one head: the difference of two changes, with an interval.

Knows: changes of spots. Must not know: photos, needling, causes.
Season, illness, a drug or another camera act on both spots alike and cancel.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from hairwise.records.base import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.change import Change
    from hairwise.records.diary import SpotChange

__all__ = ["Contrast", "ContrastSettings", "Shift", "contrast", "shift_of", "stored_shift"]


@dataclass(frozen=True)
class ContrastSettings:
    """How certain, and what repeat photos are worth."""

    level: float = 0.95
    power: float = 0.8
    # Repeat photos of one visit share what makes hairs hard to see, so half of their error is common.
    repeat_correlation: float = 0.5


@dataclass(frozen=True)
class Shift:
    """Change of a spot [% of its hairs], the sd of its measurement and that of chance in which hairs fell or came."""

    value_pct: float
    measure_sd_pct: float
    chance_sd_pct: float


@dataclass(frozen=True)
class Contrast:
    """Change of rolled less that of unrolled skin [hairs of 100]; negative where rolled skin lost more."""

    difference: Estimate
    smallest_detectable: float

    @property
    def verdict(self) -> str:
        """What the interval shows."""
        if self.difference.hi < 0:
            return "rolled_lost_more"
        return "control_lost_more" if self.difference.lo > 0 else "not_shown"


_DEFAULT = ContrastSettings()


def shift_of(changes: Sequence[Change], settings: ContrastSettings = _DEFAULT) -> Shift:
    """Put the repeat photos of a spot's two visits together.

    Parameters
    ----------
    changes : sequence of Change
        One a pair of photos, all of the same two visits, at least one.
    settings : ContrastSettings, optional
        What repeats are worth.

    Returns
    -------
    Shift
        Their mean; chance is that of a Poisson number of hairs fallen and come.
    """
    z = _quantile(0.5 + changes[0].change_pct.level / 2)
    value = float(np.mean([c.change_pct.value for c in changes]))
    half = [(c.change_pct.hi - c.change_pct.lo) / (2 * z) for c in changes]
    shared = settings.repeat_correlation + (1 - settings.repeat_correlation) / len(changes)
    turnover = float(np.mean([len(c.lost) + len(c.new) for c in changes]))
    n = max(float(np.mean([c.n_t0 for c in changes])), 1.0)
    return Shift(value, float(np.sqrt(np.mean(np.square(half)) * shared)), _chance_pct(turnover, n))


def stored_shift(change: SpotChange, settings: ContrastSettings = _DEFAULT) -> Shift:
    """Return the shift of a change that a diary holds with its interval, as `shift_of` does of one pair of photos.

    Raises
    ------
    ValueError
        Where the change has no interval.
    """
    if change.change is None:
        raise ValueError("a change without its interval says nothing")
    n = max(float(change.n_t0), 1.0)
    sd = (change.change.hi - change.change.lo) / (2 * _quantile(0.5 + settings.level / 2))
    return Shift(100 * change.change.value / n, 100 * sd / n, _chance_pct(change.lost + change.new, n))


def _chance_pct(turnover: float, n: float) -> float:
    """Return the sd of a Poisson number of hairs fallen and come [% of n hairs]."""
    return 100 * float(np.sqrt(turnover + 0.5)) / n


def contrast(rolled: Sequence[Shift], control: Sequence[Shift], settings: ContrastSettings = _DEFAULT) -> Contrast:
    """Compare the changes of rolled and of unrolled spots of one head.

    Parameters
    ----------
    rolled, control : sequence of Shift
        At least one spot each, all between the same days.
    settings : ContrastSettings, optional
        Level and power.

    Returns
    -------
    Contrast
        Difference of the means of each group, every spot weighted by its certainty. Where a group has several spots
        that differ by more than their errors, the spread between them widens the interval (DerSimonian & Laird 1986).

    Notes
    -----
    Says whether the skin differs, not why: where one rolls is seldom chosen by lot.
    """
    (one, var_one), (two, var_two) = _pooled(rolled), _pooled(control)
    sd = float(np.sqrt(var_one + var_two))
    z = _quantile(0.5 + settings.level / 2)
    value = one - two
    difference = Estimate(value=value, lo=value - z * sd, hi=value + z * sd, level=settings.level)
    return Contrast(difference, (z + _quantile(settings.power)) * sd)


def _pooled(spots: Sequence[Shift]) -> tuple[float, float]:
    """Mean of spots and its variance."""
    value = np.array([s.value_pct for s in spots])
    # one spot without any turnover must not outweigh all others: chance is shared evenly
    chance = float(np.mean([s.chance_sd_pct**2 for s in spots]))
    var = np.array([s.measure_sd_pct**2 for s in spots]) + chance
    weight = 1 / var
    mean = float((weight * value).sum() / weight.sum())
    spread = float((weight * (value - mean) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (spread - (len(spots) - 1)) / scale) if len(spots) > 1 else 0.0
    weight = 1 / (var + tau2)
    return float((weight * value).sum() / weight.sum()), float(1 / weight.sum())


def _quantile(p: float) -> float:
    """Of the standard normal distribution; SciPy's would be all of SciPy that this needs."""
    return NormalDist().inv_cdf(p)
