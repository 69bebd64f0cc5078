"""Hairs shed a day in each zone, and why: a small model of the hair cycle under needling and other causes.

Knows: pools of resting hair, sessions, lags. Must not know: how anyone counts, dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["CycleSettings", "Life", "dose", "shed_per_day", "thinning"]

NEEDLING = ("mechanical", "inflammatory", "te_needling")


@dataclass(frozen=True)
class CycleSettings:
    """Rates of the hair cycle and of its causes; lags from evidence.md section 4, sizes are guesses marked so."""

    telogen_days: float = 90.0  # rest before release: about 3 months
    telogen_share: float = 0.09  # of all hairs: 8-14 % in 24 groups
    pulled_share: float = 0.05  # of a zone's resting hairs, by one session of dose 1 (guess)
    broken_share: float = 0.0010  # of a zone's hairs, by one session of dose 1 (guess)
    inflamed_share: float = 0.004  # of a zone's hairs shed after one session of dose 1 on healed skin (guess)
    healing_days: float = 21.0  # redness and wound repair fade over weeks (guess)
    inflamed_lag_days: tuple[float, float] = (12.0, 5.0)  # mean, sd: anagen effluvium 7-28 days
    te_share: float = 0.012  # of a zone's hairs, by one session of dose 1 (guess)
    needling_lag_days: tuple[float, float] = (60.0, 16.0)  # surgical shock loss starts after 14-56 days
    te_lag_days: tuple[float, float] = (75.0, 16.0)  # of other strains: typically 60-90
    stress_share: float = 0.06  # of all hairs, for a stressor of severity 2 (guess; TE sheds 125 a day against 28)
    minoxidil_rate: float = 0.025  # of the resting pool a day
    minoxidil_days: tuple[int, int] = (3, 45)  # from, until (3-30 to start, 28-90 long)
    aga_rise: float = 0.9  # relative rise of shedding outside the occiput (52 against 28 a day)
    aga_days: float = 120.0  # over which it is reached
    aga_regrown: float = 0.5  # share of the excess that grows back as a visible hair (guess)
    condition_rise: float = 1.0  # relative rise at the height of a scalp condition (guess)
    season_usual: float = 0.0  # share by which everyone's shedding swings over the year
    season_amplitude: float = 0.25  # beyond that, as a cause; no solid figure; peak in October north of the equator
    regrowth_days: float = 100.0  # until a shed hair's follicle shows hair again (90-180 after shock loss)


@dataclass(frozen=True)
class Life:
    """One person's exposures as days since the first day of the model (T days, Z zones, S sessions).

    Attributes
    ----------
    hairs : (Z,) array
        Hairs of each zone at the start.
    needled, occiput : (Z,) array of bool
        Zones rolled; the zone spared by pattern loss.
    session_day : (S,) array of int
        Days of the sessions.
    session_dose : (S,) array
        Dose of each; see ``dose``.
    season_phase : (T,) array
        -1 to 1: how far from the year's mean shedding is.
    onset_day : dict
        Start of the causes that are not needling: stressor, minoxidil, aga, scalp_condition.
    size : dict
        Relative size of each cause that acts; 1 is the middle of ``CycleSettings``.
    """

    hairs: Floats
    needled: Bools
    occiput: Bools
    session_day: Ints
    session_dose: Floats
    season_phase: Floats
    onset_day: dict[str, int]
    size: dict[str, float]


def dose(needle_mm: float, passes: float, pressure: int) -> float:
    """Relative dose of a session: 1 at 1 mm, 10 passes, medium pressure; at most 4."""
    return float(min((needle_mm / 1.0) * (passes / 10) * (pressure / 2), 4.0))


def _lag(mean_sd: tuple[float, float], days: int) -> Floats:
    """Gamma density over whole days, summing to 1."""
    mean, sd = mean_sd
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    t = np.arange(days) + 0.5
    log = (shape - 1) * np.log(t) - t / scale
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum(), float)


def _pulses(life: Life, days: int, values: Floats) -> Floats:
    out = np.zeros(days)
    inside = (life.session_day >= 0) & (life.session_day < days)
    np.add.at(out, life.session_day[inside], values[inside])
    return out


def _unhealed(life: Life, healing_days: float) -> Floats:
    """How many sessions' worth of irritation the skin carries at each session, this one included."""
    gap = life.session_day[:, None] - life.session_day[None, :]
    load: Floats = np.where(gap >= 0, np.exp(-np.maximum(gap, 0) / healing_days), 0.0).sum(1)
    return load


def shed_per_day(life: Life, rates: CycleSettings, causes: frozenset[str]) -> Floats:
    """Return the expected hairs released a day (T, Z) under the given causes.

    Resting hairs wait in a pool. What pulls them early (roller, minoxidil) empties it, so fewer fall later: the net
    effect of pulling alone is near zero. What sends growing hairs to rest or out adds to it.

    Parameters
    ----------
    life : Life
        Exposures.
    rates : CycleSettings
        Sizes and lags.
    causes : frozenset of str
        Those that act; the others are left out of this life.
    """
    days, zones = len(life.season_phase), len(life.hairs)
    size = {name: life.size.get(name, 1.0) for name in causes}
    swing = rates.season_usual + rates.season_amplitude * size.get("season", 0.0)
    season = 1 + swing * life.season_phase
    usual = life.hairs * rates.telogen_share / rates.telogen_days
    pulled = np.zeros((days, zones))
    extra = np.zeros((days, zones))
    rolled = life.needled.astype(float)
    pulses = _pulses(life, days, life.session_dose)
    if "mechanical" in size:
        # freed hairs leave over two days
        spread = np.convolve(pulses, [0.7, 0.3])[:days]
        pulled += np.clip(rates.pulled_share * size["mechanical"] * spread, 0, 0.6)[:, None] * rolled
        extra += (rates.broken_share * size["mechanical"] * spread)[:, None] * rolled * life.hairs
    if "inflammatory" in size:
        load = _pulses(life, days, life.session_dose * _unhealed(life, rates.healing_days))
        wave = np.convolve(load, _lag(rates.inflamed_lag_days, 90))[:days]
        extra += (rates.inflamed_share * size["inflammatory"] * wave)[:, None] * rolled * life.hairs
    if "te_needling" in size:
        wave = np.convolve(pulses, _lag(rates.needling_lag_days, 200))[:days]
        extra += (rates.te_share * size["te_needling"] * wave)[:, None] * rolled * life.hairs
    extra += _elsewhere(life, rates, size, usual)
    if "minoxidil" in size:
        since = np.arange(days) - life.onset_day["minoxidil"]
        begin, end = rates.minoxidil_days
        pulled += (rates.minoxidil_rate * size["minoxidil"] * ((since >= begin) & (since < end)))[:, None]
    return _release(usual, season, (pulled, extra), rates)


def _elsewhere(life: Life, rates: CycleSettings, size: dict[str, float], usual: Floats) -> Floats:
    days = len(life.season_phase)
    day = np.arange(days)
    out = np.zeros((days, len(life.hairs)))
    if "te_stressor" in size:
        pulse = (day == life.onset_day["te_stressor"]).astype(float)
        wave = np.convolve(pulse, _lag(rates.te_lag_days, 200))[:days]
        out += rates.stress_share * size["te_stressor"] * wave[:, None] * life.hairs
    if "aga" in size:
        ramp = np.clip((day - life.onset_day["aga"]) / rates.aga_days, 0, 1)
        out += rates.aga_rise * size["aga"] * ramp[:, None] * usual * ~life.occiput
    if "scalp_condition" in size:
        since = day - life.onset_day["scalp_condition"]
        course = np.where(since > 0, since / 30 * np.exp(1 - np.maximum(since, 0) / 30), 0.0)
        out += rates.condition_rise * size["scalp_condition"] * course[:, None] * usual
    return out


def _release(usual: Floats, season: Floats, causes: tuple[Floats, Floats], rates: CycleSettings) -> Floats:
    pulled, extra = causes
    pool = usual * rates.telogen_days
    out = np.empty_like(extra)
    for day in range(len(season)):
        early = pool * pulled[day]
        # the season shifts release itself: more of the pool lets go
        fallen = (pool - early) * season[day] / rates.telogen_days
        out[day] = early + fallen + extra[day]
        pool = pool - early - fallen + usual
    return out


def thinning(life: Life, rates: CycleSettings, causes: frozenset[str]) -> Floats:
    """Share of each zone's hairs missing each day (T, Z): shed beyond the usual and not yet grown back."""
    usual = shed_per_day(life, rates, causes & {"season"})
    excess = shed_per_day(life, rates, causes) - usual
    back_after = int(rates.regrowth_days)
    back = np.zeros_like(excess)
    back[back_after:] = excess[:-back_after] * (rates.aga_regrown if "aga" in causes else 1.0)
    return np.asarray(np.cumsum(excess - back, axis=0) / np.maximum(life.hairs, 1), float)
