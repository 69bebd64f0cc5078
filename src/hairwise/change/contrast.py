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
    """Change of a spot [% of its hairs] and the sd of its measurement; hairs lost, come and seen on both days.

    Of repeat photos the hairs are as many as one photo would have to show for chance to weigh as little.
    """

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


def shift_of(changes: Sequence[Change], shared: Floats | None = None, settings: ContrastSettings = _DEFAULT) -> Shift:
    """Put the repeat photos of a spot's two visits together.

    Parameters
    ----------
    changes : sequence of Change
        One a pair of photos, K pairs of the same two visits, at least one.
    shared : (K, K) array of float, optional
        Share of the hairs of one pair that another shows too, 0 to 1 (`hairwise.change.repeats`); all of them if not
        given.
    settings : ContrastSettings, optional
        What repeats are worth.

    Returns
    -------
    Shift
        Their mean, each pair of photos weighted by its certainty: one blurred pair must not blur the others.
    """
    z = _quantile(0.5 + changes[0].change_pct.level / 2)
    sd = np.array([(c.change_pct.hi - c.change_pct.lo) / (2 * z) for c in changes])
    sd = np.maximum(sd, settings.least_sd_pct)
    weight = 1 / sd**2
    weight /= weight.sum()
    own, common = float((weight**2 * sd**2).sum()), float((weight * sd).sum()) ** 2
    var = (1 - settings.repeat_correlation) * own + settings.repeat_correlation * common
    told = [(c.change_pct.value, len(c.lost), len(c.new), c.n_t0 - len(c.out_of_view)) for c in changes]
    value, lost, new, n = (float(weight @ np.array(each, float)) for each in zip(*told, strict=True))
    fields = 1.0 if shared is None else 1 / float(weight @ shared @ weight)
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
    sd_pct = 100 / n * (change.change.hi - change.change.lo) / (2 * _quantile(0.5 + settings.level / 2))
    value_pct = 100 * change.change.value / n
    return Shift(value_pct, max(sd_pct, settings.least_sd_pct), float(change.lost), float(change.new), n)


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
        that differ by more than their errors, the spread between them widens the interval (DerSimonian & Laird 1986);
        of one spot it is not known, so one against one speaks of these two spots.

    Notes
    -----
    Says whether the skin differs, not why: where one rolls is seldom chosen by lot. Which hairs happen to fall in these
    weeks is chance too. Each end of the interval takes the chance that there would be if that end were true, as score
    intervals do (Miettinen & Nurminen 1985): at no difference both kinds of skin lose and regrow at their common rate.
    """
    one, two = _group(rolled), _group(control)
    z = _quantile(0.5 + settings.level / 2)
    value = one.mean - two.mean
    lo, hi = (_end(value, side * z, one, two) for side in (-1, 1))
    difference = Estimate(value=value, lo=lo, hi=hi, level=settings.level)
    return Contrast(difference, _smallest_detectable(one, two, (z, _quantile(settings.power))))


@dataclass(frozen=True)
class _Group:
    """Spots of one kind: their weighted mean, its variance beside chance and that per lost or new hair in a hundred."""

    mean: float
    other_var: float
    unit_var: float
    n: float
    lost: float
    new: float

    def var(self, turnover: float) -> float:
        """Variance of the mean if this share of hairs is what spots of this kind lose and regrow."""
        return self.other_var + 100 * turnover * self.unit_var


def _group(spots: Sequence[Shift]) -> _Group:
    value, measure, lost, new, n = np.array([[s.value_pct, s.measure_sd_pct, s.lost, s.new, s.n] for s in spots]).T
    # one spot without any loss must not outweigh all others: what was lost is shared out by hairs
    other = measure**2
    unit = 100 / n  # Poisson [%^2], since hairs of a unit may fall together
    weight = 1 / (other + 100 * unit * float(lost.sum() + new.sum() + 0.5) / float(n.sum()))
    mean = float((weight * value).sum() / weight.sum())
    spread = float((weight * (value - mean) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (spread - (len(spots) - 1)) / scale) if scale > 0 else 0.0
    weight = 1 / (1 / weight + tau2)
    weight /= weight.sum()
    shares = weight**2
    return _Group(
        mean=float(weight @ value),
        other_var=float(shares @ (other + tau2)),
        unit_var=float(shares @ unit),
        n=float(n.sum()),
        lost=float(lost.sum()),
        new=float(new.sum()),
    )


def _sd(difference_pct: float, rolled: _Group, control: _Group) -> float:
    """Sd of the difference of changes if this were the true one, with as many hairs lost and come in all as were."""
    apart = min(max(-difference_pct / 100, -1.0), 1.0)  # rolled skin loses this share more
    n = rolled.n + control.n
    # half a hair more: that none was lost or came in two spots does not say that none could
    new = (rolled.new + control.new + 0.5) / n
    at_control = (rolled.lost + control.lost - rolled.n * apart) / n
    at_control = min(max(at_control, -apart, 0.0), 1.0, 1.0 - apart)
    return float(np.sqrt(rolled.var(at_control + apart + new) + control.var(at_control + new)))


def _end(value: float, z: float, rolled: _Group, control: _Group) -> float:
    """Difference that lies z of its own sd from the value, by bisection; none is beyond 200 of 100 hairs."""
    near, far = value, value + float(np.copysign(max(200.0 - abs(value), 0.0), z))
    for _ in range(26):
        middle = (near + far) / 2
        is_within = abs(middle - value) < abs(z) * _sd(middle, rolled, control)
        near, far = (middle, far) if is_within else (near, middle)
    return far


def _smallest_detectable(rolled: _Group, control: _Group, z: tuple[float, float]) -> float:
    """Return what rolled skin must lose more [hairs of 100] to be shown four times in five.

    Unrolled skin is taken to lose what it lost, and rolled skin that much more: the chance is that of the loss to be
    shown, whatever rolled skin lost this time.
    """
    n = rolled.n + control.n
    new, usual = (rolled.new + control.new + 0.5) / n, control.lost / control.n
    low, high = 0.0, 100.0
    for _ in range(20):
        more = (low + high) / 2
        both = usual + more / 100 * rolled.n / n + new
        if_none = rolled.var(both) + control.var(both)
        if_more = rolled.var(usual + more / 100 + new) + control.var(usual + new)
        is_shown = more >= z[0] * float(np.sqrt(if_none)) + z[1] * float(np.sqrt(if_more))
        low, high = (low, more) if is_shown else (more, high)
    return high


def _quantile(p: float) -> float:
    """Of the standard normal distribution; SciPy's would be all of SciPy that this needs."""
    return NormalDist().inv_cdf(p)
