"""Settings of the explanation.

Knows: defaults, their units and reasons. Must not know: data.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["METHOD_VERSION", "InferSettings"]

METHOD_VERSION = "infer/5"


@dataclass(frozen=True)
class InferSettings:
    """Settings of the explanation; sizes of effects and lags are facts, not settings."""

    seed: int = 20261122  # draws are repeatable
    n_draws: int = 1500  # Monte Carlo error of a probability under 0.013
    bin_days: int = 7  # a level that drifts from week to week
    max_bins: int = 200  # longer diaries get wider bins, so that ten years stay fast
    max_densities: int = 150  # more are thinned evenly, for the same reason
    max_days: int = 4000  # eleven years before the cutoff are looked at
    pre_days: int = 200  # an event this long before the diary can still act (acute_te: up to 180 days)
    keep_per_day: float = 0.87  # share of freed hairs still on the head next day without a wash; expert guess
    wash_out: float = 0.85  # share of waiting hairs that leave at a wash; expert guess
    dispersions: tuple[float, ...] = (3.0, 8.0, 25.0)  # negative-binomial size of one count; 25 is nearly Poisson
    weekly_sds: tuple[float, ...] = (0.07, 0.15, 0.3)  # sd of the weekly log level; integrated over
    weekly_median_sd: float = 0.12  # prior of that sd, log-normal; expert guess
    weekly_log_sd: float = 0.6
    weekly_corr: float = 0.75  # correlation of the level from week to week
    attention_mean: float = 0.05  # log step when counting becomes more careful; expert guess
    attention_sd: float = 0.12  # so a step of a quarter is unusual
    gather_sd: float = 0.4  # how far counts follow the days since the last wash, per method
    density_sd: float = 0.07  # log sd of a density from a small area before the diary's own scatter is seen
    density_prior_n: float = 4.0  # that guess counts as this many values
    growth_sd_per_year: float = 0.15  # slow gain or drift of density not due to any cause here, log per year
    lag_points: int = 7  # equal-weight quantiles of each uncertain lag; pairs of causes use every second
    p_pair: float = 0.15  # prior of two causes at once; expert guess
    unlogged_stressor: float = 0.25  # a trigger is found in 75 % (acute_te)
    harvest: float = 0.9  # share of pulled hairs missing later: they were due within about a month and a half
    harvest_days: float = 45.0  # half of telogen's 3 months (cycle)
    counted_share: float = 0.4  # share of pulled hairs that reach a count; expert guess
    counted_log_sd: float = 0.7
    prune_log: float = 12.0  # hypotheses this far below the best are dropped
    real_rise: float = 0.30  # definition of real loss: 28-day shed rate up by 30 % ...
    real_fall: float = 0.06  # ... or a zone's density down by 6 %
    nothing_rise: float = 0.03  # below this rise and ...
    nothing_fall: float = 0.01  # ... this fall a cause did nothing
    alarm: float = 0.8  # real, one, two: at this probability
    second: float = 0.1  # the other of two causes is named from this probability on
    calm: float = 0.2  # not shown: at or below this probability
    min_counts: int = 8  # fewer counts and no densities or pairs: cannot tell
    sign_temper: float = 0.6  # signs are not independent and their ratios are guesses
    sign_cap: float = 2.0  # largest log ratio one group of signs may give
    score_shape: float = 1.5  # gamma shape of a person's own level of a score
    same_start_days: int = 14  # minoxidil and rolling begun this close cannot be told apart
    same_time_days: int = 35  # strain and first session this close: delayed shedding of both peaks together
    stressor_days: tuple[int, int] = (28, 70)  # a stressor this long before onset hides needling telogen effluvium
    recalibrated: bool = True  # answers are brought to what they were worth on simulated diaries
    checked: bool = True  # a sceptic's checks are run
