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

    from hairwise.records.base import Floats
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
    # Intervals are of whole hairs: one of no width is not that certain.
    least_sd_pct: float = 0.5


@dataclass(frozen=True)
class Shift:
    """Change of a spot [% of its hairs] and the sd of its measurement; hairs lost, come and there at first."""

    value_pct: float
    measure_sd_pct: float
    lost: float
    new: float
    n: float


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


def shift_of(changes: Sequence[Change], shared: float = 1.0, settings: ContrastSettings = _DEFAULT) -> Shift:
    """Put the repeat photos of a spot's two visits together.

    Parameters
    ----------
    changes : sequence of Change
        One a pair of photos, all of the same two visits, at least one.
    shared : float, optional
        Mean share of the hairs of one pair that another shows too, 0 to 1 (`hairwise.change.repeats`).
    settings : ContrastSettings, optional
        What repeats are worth.

    Returns
    -------
    Shift
        Their mean, each pair of photos weighted by its certainty: one blurred pair must not blur the others. Hairs are
        as many as one photo would have to show for chance to weigh as little: those of one pair where all show the
        same hairs, the sum where none are the same.
    """
    z = _quantile(0.5 + changes[0].change_pct.level / 2)
    sd = np.array([(c.change_pct.hi - c.change_pct.lo) / (2 * z) for c in changes])
    weight = 1 / np.maximum(sd, settings.least_sd_pct) ** 2
    weight /= weight.sum()
    own, common = float((weight**2 * sd**2).sum()), float((weight * sd).sum()) ** 2
    var = (1 - settings.repeat_correlation) * own + settings.repeat_correlation * common
    value, lost, new, n = (
        float(weight @ np.array(each, float))
        for each in zip(*((c.change_pct.value, len(c.lost), len(c.new), c.n_t0) for c in changes), strict=True)
    )
    alike = float((weight**2).sum())
    fields = 1 / (alike + (1 - alike) * shared)
    return Shift(value, float(np.sqrt(var)), fields * lost, fields * new, fields * max(n, 1.0))


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
    return Shift(100 * change.change.value / n, 100 * sd / n, float(change.lost), float(change.new), n)


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
    Says whether the skin differs, not why: where one rolls is seldom chosen by lot. Which hairs happen to fall in these
    weeks is chance too. Each end of the interval takes the chance that there would be if that end were true (a score
    interval, Miettinen & Nurminen 1985): at no difference both kinds of skin lose at their common rate.
    """
    one, two = _group(rolled), _group(control)
    z = _quantile(0.5 + settings.level / 2)
    value = one.mean - two.mean
    lo, hi = (_end(value, side * z, one, two) for side in (-1, 1))
    difference = Estimate(value=value, lo=lo, hi=hi, level=settings.level)
    return Contrast(difference, (z + _quantile(settings.power)) * _sd(0.0, one, two))


@dataclass(frozen=True)
class _Group:
    """Spots of one kind: weights (S,), their mean, hairs (S,), variance beside chance (S,), shares lost and come."""

    weight: Floats
    mean: float
    n: Floats
    other_var: Floats
    lost_share: float
    new_share: float

    def var(self, lost_share: float) -> float:
        """Variance of the mean if this share is what spots of this kind lose."""
        return float((self.weight**2 * (self.other_var + _chance_var(lost_share, self.new_share, self.n))).sum())


def _group(spots: Sequence[Shift]) -> _Group:
    value, measure, lost, new, n = np.array([[s.value_pct, s.measure_sd_pct, s.lost, s.new, s.n] for s in spots]).T
    # one spot without any loss must not outweigh all others: what was lost is shared out by hairs
    lost_share, new_share = min(float(lost.sum() / n.sum()), 1.0), float(new.sum() / n.sum())
    other = measure**2
    weight = 1 / (other + _chance_var(lost_share + 0.5 / float(n.sum()), new_share, n))
    mean = float((weight * value).sum() / weight.sum())
    spread = float((weight * (value - mean) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (spread - (len(spots) - 1)) / scale) if len(spots) > 1 else 0.0
    weight = 1 / (1 / weight + tau2)
    weight /= weight.sum()
    return _Group(weight, float(weight @ value), n, other + tau2, lost_share, new_share)


def _chance_var(lost_share: float, new_share: float, n: Floats) -> Floats:
    """Variance (S,) of the change of n hairs [%^2]; Poisson, since hairs of a unit may fall together."""
    return 1e4 * (lost_share + new_share) / n


def _sd(difference_pct: float, rolled: _Group, control: _Group) -> float:
    """Sd of the difference if this were the true one; losses are the likeliest ones that differ by so much."""
    apart = (rolled.new_share - control.new_share) - difference_pct / 100  # rolled skin loses this much more
    n_rolled, n_control = float(rolled.n.sum()), float(control.n.sum())
    lost = rolled.lost_share * n_rolled + control.lost_share * n_control
    # half a hair more: that none was lost in two spots does not say that none could be
    at_control = (lost + 0.5 - n_rolled * apart) / (n_rolled + n_control)
    at_control = min(max(at_control, -apart, 0.0), 1.0)
    at_rolled = min(max(at_control + apart, 0.0), 1.0)
    return float(np.sqrt(rolled.var(at_rolled) + control.var(at_control)))


def _end(value: float, z: float, rolled: _Group, control: _Group) -> float:
    """Difference that lies z of its own sd from the value; chance changes slowly with it, so a few steps are enough."""
    end = value
    for _ in range(16):
        end = 0.5 * end + 0.5 * (value + z * _sd(end, rolled, control))
    return end


def _quantile(p: float) -> float:
    """Of the standard normal distribution; SciPy's would be all of SciPy that this needs."""
    return NormalDist().inv_cdf(p)
