"""Daily shapes of each cause and what they add to counts and take from density.

Knows: exposures, lags, the wash reservoir. Must not know: counts made, probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from hairwise.infer.timeline import HEAD, ROLLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Floats
    from hairwise.records.inference import InferenceFacts, LagFact
    from hairwise.records.verdicts import Cause

__all__ = ["Shape", "cause_shapes", "hair_loss", "region_row", "reservoir", "season_phase"]

YEAR_DAYS = 365.25
WIDTHS = (0.6, 1.2)  # a hump may be narrower or wider than its fact says; acute_te: 30 to 120 days in all
MOST_EVENTS = 4  # of a cause the strongest, of equals the latest: each more costs as much time as a cause
RISE, FALL = 0.6, 1.4  # share of the width before and after the peak; expert guess


@dataclass(frozen=True)
class Shape:
    """One cause at one lag.

    ``regions`` (3, T) is the extra shed rate per usual rate in each region at size 1; ``pulled`` (3, T), hairs
    pulled on the day, of which only a share is ever counted; ``log_weight``, the prior of this lag.
    """

    cause: Cause
    label: str
    regions: Floats
    pulled: Floats
    log_weight: float
    in_pairs: bool
    regrow_days: float | None


def reservoir(rates: Floats, is_wash: Floats, settings: InferSettings) -> Floats:
    """Hairs waiting on the head each day, before that day's wash.

    Parameters
    ----------
    rates : (V, T) array of float
        Hairs freed a day, in units of the usual rate.
    is_wash : (T,) array of float
        1 on days of a wash.
    settings : InferSettings
        Shares kept per day and leaving at a wash.

    Returns
    -------
    waiting : (V, T) array of float
        Before the first day the head is taken to be at its steady level.
    """
    keep = settings.keep_per_day * np.where(is_wash > 0, 1.0 - settings.wash_out, 1.0)
    out = np.empty_like(rates)
    held = rates[:, 0] * 2.0
    for t in range(rates.shape[1]):
        held = held + rates[:, t]
        out[:, t] = held
        held = held * keep[t]
    return out


def hair_loss(shape: Shape, settings: InferSettings) -> Floats:
    """Hairs missing in each region (3, T), in days of usual shedding, until they have grown back."""
    rate = shape.regions + shape.pulled
    if shape.regrow_days is None:
        return np.cumsum(rate, axis=1)
    lo, hi = int(0.7 * shape.regrow_days), int(1.3 * shape.regrow_days) + 1
    kernel = np.interp(np.arange(hi + 1), [0, lo, hi], [1.0, 1.0, 0.0])
    return np.stack([np.convolve(row, kernel)[: row.size] for row in rate])


def cause_shapes(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> list[Shape]:
    """Every cause the diary leaves possible, at each of its lags."""
    shapes = [*_pulses(line, facts, settings), *_slow(line, facts, settings)]
    if line.session_day.size and line.share[ROLLED] > 0:
        shapes += _needling(line, facts, settings)
    return shapes


def _lag_grid(mean: float, sd: float, n: int) -> Floats:
    return np.maximum(mean + sd * ndtri((np.arange(n) + 0.5) / n), 2.0)


def _hump(day: Floats, centre: Floats | float, width: float) -> Floats:
    """Return a hump of peak 1 that rises faster than it falls: hairs freed together leave one by one."""
    side = np.where(day < centre, RISE, FALL) * width
    return np.asarray(np.exp(-0.5 * ((day - centre) / side) ** 2))


def _spread(head: Floats, scope: tuple[float, float, float]) -> Floats:
    return np.outer(np.array(scope), head)


def _needling(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> list[Shape]:
    days, dose, t = line.session_day.astype(np.float64), line.session_dose, np.arange(line.n_days, dtype=np.float64)
    since = days - days[0]
    gap = max(float(np.median(np.diff(days))), 1.0) if days.size > 1 else 1000.0
    # a follicle shed once is not there to be shed again: the first month's sessions weigh most, or all alike
    fading = dose * np.exp(-since / 30.0)
    ways: list[tuple[Cause, str, Floats]] = [
        ("te_needling", "first month", fading / max(fading.sum(), 1.0)),
        ("te_needling", "every session", dose / max(1.0, 45.0 / gap)),
        ("inflammatory", "every session", dose / max(1.0, 2.0 * facts.lag("inflammatory").width_days / gap)),
    ]
    out = [_mechanical(line, facts, settings)]
    for cause, label, weights in ways:
        log_way = -float(np.log(sum(other == cause for other, _, _ in ways)))
        for peak, width, log_weight, pairs in _lags(facts.lag(cause), settings):
            head = _sum_humps(t, days + peak, weights, width)
            shape = _rolled(cause, f"{label}, {peak:.0f} d", head, log_weight + log_way, facts)
            out.append(replace(shape, in_pairs=pairs))
    return out


def _lags(lag: LagFact, settings: InferSettings) -> Iterator[tuple[float, float, float, bool]]:
    """Peak, width, log weight and whether used in pairs, over quantiles of the peak and two widths."""
    n = settings.lag_points
    for factor in WIDTHS:
        for i, peak in enumerate(_lag_grid(lag.peak_days, lag.peak_sd_days, n)):
            yield float(peak), factor * lag.width_days, -float(np.log(n * len(WIDTHS))), i % 2 == 0


def _sum_humps(t: Floats, centres: Floats, weights: Floats, width: float) -> Floats:
    """Sum of humps by one convolution, so that thousands of sessions cost no more than ten."""
    spikes = np.zeros(t.size + 1)
    at = np.rint(centres).astype(np.int64)
    np.add.at(spikes, np.clip(at, 0, t.size), np.where((at >= 0), weights, 0.0))
    reach = int(4 * FALL * width)
    # humps centred after the cutoff still have begun: they are added one by one
    total = np.convolve(spikes[:-1], _hump(np.arange(-reach, reach + 1.0), 0.0, width))[reach : reach + t.size]
    late = (at >= t.size) & (at < t.size + reach)
    for centre, w in zip(centres[late], weights[late], strict=True):
        total = total + w * _hump(t, centre, width)
    return np.asarray(total)


def _rolled(cause: Cause, label: str, head: Floats, log_weight: float, facts: InferenceFacts) -> Shape:
    return Shape(
        cause, label, _spread(head, (1.0, 0.0, 0.0)), np.zeros((3, head.size)), float(log_weight), True,
        facts.lag(cause).regrow_days,
    )  # fmt: skip


def _mechanical(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> Shape:
    pulled = np.zeros(line.n_days)
    np.add.at(pulled, line.session_day, line.session_dose)
    decay = np.exp(-1.0 / settings.harvest_days)
    later = np.concatenate([[0.0], (1.0 - decay) * decay ** np.arange(10 * settings.harvest_days)])  # e^-10 is left out
    missing = np.convolve(pulled, later)[: line.n_days] * settings.harvest
    # at most the resting hairs of a month and a half can be pulled
    missing = np.minimum(missing, 0.3)
    return Shape(
        "mechanical", "within 2 d", _spread(-missing, (1.0, 0.0, 0.0)), _spread(pulled, (1.0, 0.0, 0.0)), 0.0, True,
        facts.lag("mechanical").regrow_days,
    )  # fmt: skip


def _pulses(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> list[Shape]:
    """Causes that act once after an event, on the whole head."""
    t = np.arange(line.n_days, dtype=np.float64)
    kinds = {e.kind: e for e in facts.events}
    out: list[Shape] = []
    for cause in ("te_stressor", "minoxidil"):
        lag = facts.lag(cause)
        mine = [(d, k, s) for d, k, s in line.events if k in kinds and kinds[k].cause == cause]
        weighed = [(d, kinds[k].weight * (0.3 + s / 3), k) for d, k, s in mine]
        known = sorted(weighed, key=lambda e: (-e[1], -e[0]))[:MOST_EVENTS]
        total = sum(w for _, w, _ in known)
        for day, weight, kind in known:
            for peak, width, log_weight, pairs in _lags(lag, settings):
                head = _hump(t, day + peak, width)
                label = f"{kind} on {day}, {peak:.0f} d"
                log_share = log_weight + float(np.log(weight / total))
                out.append(_whole(cause, label, head, (log_share, lag.regrow_days, pairs)))
        if cause == "te_stressor" and not known:
            for centre in _flare_days(line):
                head = _hump(t, centre, lag.width_days)
                out.append(_whole(cause, "not written down", head, (-np.log(4), lag.regrow_days, False)))
    return out


def _flare_days(line: Timeline) -> Floats:
    return np.linspace(line.first_seen + 10, line.n_days - 5, 4)


def _whole(cause: Cause, label: str, head: Floats, rest: tuple[float, float | None, bool]) -> Shape:
    log_weight, regrow_days, in_pairs = rest
    regions = _spread(head, (1.0, 1.0, 1.0))
    return Shape(cause, label, regions, np.zeros_like(regions), float(log_weight), in_pairs, regrow_days)


def _slow(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> list[Shape]:
    """Pattern loss, a scalp condition, and the season, whose wave is in the noise model."""
    t = np.arange(line.n_days, dtype=np.float64)
    out = [_whole("season", "yearly wave", np.zeros(t.size), (0.0, 100.0, True))]
    onset = line.first_session if line.first_session is not None else line.first_seen
    ramp = facts.lag("aga").width_days
    for i, start in enumerate((line.first_seen - ramp, onset, onset + 28.0)):
        head = 1.0 - np.exp(-np.maximum(t - start, 0.0) / ramp)
        regions = _spread(head, (1.0, 1.0, 0.0))
        out.append(
            Shape("aga", f"from day {start:.0f}", regions, np.zeros_like(regions), -float(np.log(3)), i != 1, None)
        )
    lag = facts.lag("scalp_condition")
    log_half = float(np.log(0.5))
    out.append(
        _whole("scalp_condition", "follows itch and flakes", line.flare / 2.0, (log_half, lag.regrow_days, True))
    )
    for centre in _flare_days(line):
        head = _hump(t, centre, lag.width_days)
        rest = (log_half - float(np.log(4)), lag.regrow_days, False)
        out.append(_whole("scalp_condition", f"flare about day {centre:.0f}", head, rest))
    return out


def season_phase(line: Timeline, facts: InferenceFacts, day: Floats) -> Floats:
    """Phase of the yearly wave [rad]; zero at its peak, half a year later in the south."""
    peak = facts.season.peak_day + (YEAR_DAYS / 2 if line.hemisphere == "S" else 0.0)
    first = line.origin.timetuple().tm_yday
    return np.asarray(2 * np.pi * (first + day - peak) / YEAR_DAYS)


def region_row(region: int, share: Floats) -> Floats:
    """Weights (3,) of the regions in a count of the whole head or of one zone."""
    return share if region == HEAD else np.eye(3)[region]
