"""What was observed as one vector with its noise, and what each cause predicts for it.

Knows: counts, densities, pairs, nuisance levels. Must not know: which causes are likely.

A bin's count is negative binomial about its mean. Its logarithm is used with the variance that the negative
binomial gives (1/mean + 1/size): with the linear nuisances and the weekly level Gaussian on the log scale, they are
then integrated over exactly. Valid from about two hairs a bin; below, the added half keeps the bias under 10 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.effects import YEAR_DAYS, hair_loss, region_row, reservoir, season_phase
from hairwise.infer.timeline import HEAD, ROLLED

if TYPE_CHECKING:
    from hairwise.infer.effects import Shape
    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Floats
    from hairwise.records.inference import InferenceFacts, NormFact

__all__ = ["Features", "Observed", "Precision", "features", "observe", "precision"]

ZONE_LEVEL_SD = 1.0  # log density of a zone before it is measured: any


@dataclass(frozen=True)
class Observed:
    """N values: counts first (log of count over gathered days), then log densities, then log changes."""

    values: Floats
    poisson_var: Floats
    clump_var: Floats
    fixed_var: Floats
    level_day: Floats
    nuisance: Floats
    nuisance_mean: Floats
    nuisance_var: Floats
    season_columns: tuple[int, int]
    n_counts: int


@dataclass(frozen=True)
class Precision:
    """Gaussian noise with the nuisances integrated over."""

    size: float
    weekly_sd: float
    is_season: bool
    centred: Floats
    inverse: Floats
    log_det: float


@dataclass(frozen=True)
class Features:
    """What V shapes predict at size 1: shed rate seen in counts, pulled hairs seen, hairs missing, 28-day means.

    ``seen`` and ``pulled`` are (V, N) relative excesses at the counts; ``missing`` (V, N) days of usual shedding at
    densities and changes; ``missing_end`` (V, 3) at the cutoff; ``month`` (V, W) 28-day means over the whole head.
    """

    seen: Floats
    pulled: Floats
    missing: Floats
    missing_end: Floats
    month: Floats


def observe(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> Observed:
    """Gather everything observed into one vector with its nuisance design."""
    bins, dens = line.bins, line.densities
    full = _entry_sum(line, gathered(line, settings))
    n, m, c = bins.n, dens.log_density.size, dens.change_log.size
    values = np.concatenate([np.log((bins.count + 0.5) / np.maximum(full, 1e-6)), dens.log_density, dens.change_log])
    mean = _smooth_mean(line, full)
    entries = np.maximum(np.bincount(bins.entry_bin, minlength=n), 1).astype(np.float64)
    zero = np.zeros(m + c)
    columns: list[tuple[Floats, float, float]] = []

    def add(column: Floats, mean: float, sd: float, at: int = 0) -> None:
        whole = np.zeros(n + m + c)
        whole[at : at + column.size] = column
        columns.append((whole, mean, sd**2))

    # if hairs hardly waited, a count would be one day's shedding whatever the days since the last wash
    elastic = np.log(entries / np.maximum(full, 1e-6))
    norms: dict[str, NormFact] = {f.method: f for f in facts.norms}
    for i, method in enumerate(bins.series_method):
        mine = (bins.series == i).astype(np.float64)
        # the norm is that of a whole head; a count of one part of it has that part's share
        region = bins.series_region[i]
        share = 1.0 if region == HEAD else float(line.share[region])
        usual = float(np.log(norms[method].median * max(share, 0.02)))
        # a person further off than two sd gathers or counts otherwise than the norm did, and is not ill for that
        away = abs(float(values[:n][mine > 0].mean()) - usual)
        add(mine, usual, max(norms[method].log_sd, away / 2))
        add(mine * (elastic - (elastic[mine > 0].mean() if mine.any() else 0.0)), 0.0, settings.gather_sd)
    add(bins.is_after.astype(np.float64), settings.attention_mean, settings.attention_sd)
    if line.concern is not None:
        add((bins.day >= line.concern).astype(np.float64), settings.attention_mean, settings.attention_sd)
    season = len(columns)
    phase = season_phase(line, facts, bins.day)
    add(np.cos(phase), facts.season.usual, facts.season.usual_sd)
    add(np.sin(phase), 0.0, facts.season.usual_sd)
    for z in np.unique(dens.zone):
        mine = dens.zone == z
        add(mine.astype(np.float64), float(dens.log_density[mine].mean()), ZONE_LEVEL_SD, n)
    _add_growth(line, columns, (n, m, c), settings)
    return Observed(
        values=values,
        poisson_var=np.concatenate([1.0 / (mean + 0.5), zero]),
        clump_var=np.concatenate([1.0 / entries, zero]),
        fixed_var=np.concatenate([np.zeros(n), dens.log_sd**2, dens.change_sd**2]),
        level_day=np.concatenate([bins.day, np.full(m + c, np.nan)]),
        nuisance=np.column_stack([col for col, _, _ in columns]),
        nuisance_mean=np.array([mu for _, mu, _ in columns]),
        nuisance_var=np.array([var for _, _, var in columns]),
        season_columns=(season, season + 1),
        n_counts=n,
    )


def _add_growth(
    line: Timeline, columns: list[tuple[Floats, float, float]], sizes: tuple[int, int, int], settings: InferSettings
) -> None:
    """Slow drift of density, one slope for rolled zones and one for the head."""
    n, m, c = sizes
    dens = line.densities
    start = line.first_session if line.first_session is not None else line.first_seen
    years = np.maximum(dens.day - start, 0) / YEAR_DAYS
    pair_years = (dens.change_days[:, 1] - dens.change_days[:, 0]) / YEAR_DAYS
    for rolled_only in (True, False):
        at_density = years * ((dens.region == ROLLED) if rolled_only else 1.0)
        at_change = pair_years * ((dens.change_region == ROLLED) if rolled_only else 1.0)
        columns.append((np.concatenate([np.zeros(n), at_density, at_change]), 0.0, settings.growth_sd_per_year**2))


def gathered(line: Timeline, settings: InferSettings) -> Floats:
    """Hairs waiting each day [days of usual shedding]."""
    return np.asarray(reservoir(np.ones((1, line.n_days)), line.is_wash, settings)[0], dtype=np.float64)


def _entry_sum(line: Timeline, daily: Floats) -> Floats:
    bins = line.bins
    return np.asarray(np.bincount(bins.entry_bin, weights=daily[bins.entry_day], minlength=bins.n), dtype=np.float64)


def _smooth_mean(line: Timeline, full: Floats) -> Floats:
    """Mean count expected in each bin from its neighbours in time, for the variance only."""
    bins = line.bins
    out = np.zeros(bins.n)
    for i in range(len(bins.series_names)):
        mine = bins.series == i
        day, rate = bins.day[mine], np.log((bins.count[mine] + 0.5) / np.maximum(full[mine], 1e-6))
        near = np.exp(-0.5 * ((day[:, None] - day) / 10.0) ** 2)
        out[mine] = full[mine] * np.exp(near @ rate / near.sum(1))
    return out


def precision(
    seen: Observed, line: Timeline, facts: InferenceFacts, grid: tuple[float, float, bool], settings: InferSettings
) -> Precision:
    """Inverse covariance for one dispersion, weekly noise and kind of season."""
    size, weekly_sd, is_season = grid
    var, mean = seen.nuisance_var.copy(), seen.nuisance_mean.copy()
    cos, sin = seen.season_columns
    if is_season:
        mean[cos], var[cos], var[sin] = facts.season.strong, facts.season.strong_sd**2, facts.season.strong_sd**2
    if line.hemisphere is None:
        var[cos] += mean[cos] ** 2 / 2
        var[sin] += mean[cos] ** 2 / 2
        mean[cos] = 0.0
    cover = np.diag(seen.poisson_var + seen.clump_var / size + seen.fixed_var)
    n = seen.n_counts
    weeks = np.abs(seen.level_day[:n, None] - seen.level_day[:n]) / 7.0
    cover[:n, :n] += weekly_sd**2 * settings.weekly_corr**weeks
    cover += (seen.nuisance * var) @ seen.nuisance.T
    chol = np.linalg.cholesky(cover)
    inverse = np.linalg.inv(cover)
    return Precision(
        size=size,
        weekly_sd=weekly_sd,
        is_season=is_season,
        centred=seen.values - seen.nuisance @ mean,
        inverse=(inverse + inverse.T) / 2,
        log_det=float(-2.0 * np.log(np.diag(chol)).sum()),
    )


def features(line: Timeline, shapes: list[Shape], settings: InferSettings) -> Features:
    """Predict what each shape adds at size 1; the first row is no cause at all."""
    bins, dens = line.bins, line.densities
    n, m, c = bins.n, dens.log_density.size, dens.change_log.size
    rows = len(shapes) + 1
    seen, pulled, missing = (np.zeros((rows, n + m + c)) for _ in range(3))
    missing_end = np.zeros((rows, 3))
    starts = np.arange(max(line.first_seen - 28, 0), max(line.n_days - 27, 1), max(line.n_days // 250, 3))
    month = np.zeros((rows, starts.size))
    base = _entry_sum(line, gathered(line, settings))
    kinds = sorted({*bins.series_region})
    for kind in kinds:
        w = region_row(kind, line.share)
        rates = np.array([w @ s.regions for s in shapes] + [w @ s.pulled for s in shapes]).reshape(-1, line.n_days)
        waiting = reservoir(rates, line.is_wash, settings) if len(shapes) else rates
        mine = np.array([bins.series_region[i] == kind for i in bins.series], dtype=bool)
        for v in range(len(shapes)):
            for out, row in ((seen, v), (pulled, len(shapes) + v)):
                out[v + 1, :n][mine] = (_entry_sum(line, waiting[row]) / np.maximum(base, 1e-9))[mine]
    for v, shape in enumerate(shapes, start=1):
        gone = hair_loss(shape, settings)
        missing[v, n : n + m] = gone[dens.region, dens.day]
        began, ended = dens.change_days[:, 0], dens.change_days[:, 1]
        missing[v, n + m :] = gone[dens.change_region, ended] - gone[dens.change_region, began]
        missing_end[v] = gone[:, -1] * (line.share > 0)
        total = np.concatenate([[0.0], np.cumsum(line.share @ (shape.regions + shape.pulled))])
        ends = np.minimum(starts + 28, line.n_days)
        month[v] = (total[ends] - total[starts]) / 28.0
    return Features(seen, pulled, missing, missing_end, month)
