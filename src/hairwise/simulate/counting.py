"""How shed hairs come to be counted: they wait on the head and leave at washes.

Knows: methods of counting, chance. Must not know: why hairs were shed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["CountSettings", "Method", "draw_counts", "expected_counts", "weekly_level"]

Method = Literal["wash", "comb60", "shower"]
METHODS: tuple[Method, ...] = ("wash", "comb60", "shower")


@dataclass(frozen=True)
class CountSettings:
    """Where shed hairs go; guesses that give 10 by a comb (Wasko 2008) and 28 a day at washes (Li 2022)."""

    lost_unseen: float = 0.30  # share of shed hairs that never waits on the head
    leave_share: float = 0.25  # of the waiting hairs, leaving on a day without wash
    wash_share: float = 0.75  # leaving at a wash
    caught: tuple[float, float, float] = (0.40, 0.09, 0.25)  # of waiting hairs on the day: wash, comb60, shower
    size: float = 12.0  # negative binomial: variance = mean + mean^2 / size
    level_sd: float = 0.12  # sd of the log weekly level
    level_memory: float = 0.5  # correlation of one week's level with the next
    attention: float = 1.15  # counting more carefully from then on


def expected_counts(shed: Floats, wash: Bools, settings: CountSettings) -> Floats:
    """Return what each method would count each day (T, 3) on average, from hairs shed each day (T,)."""
    out = np.empty((len(shed), 3))
    waiting = float(shed[0]) * (1 - settings.lost_unseen)  # forgotten within two weeks
    for day, hairs in enumerate(shed):
        waiting += float(hairs) * (1 - settings.lost_unseen)
        out[day] = np.array(settings.caught) * waiting
        waiting *= 1 - (settings.wash_share if wash[day] else settings.leave_share)
    return out


def weekly_level(days: int, settings: CountSettings, rng: Generator) -> Floats:
    """Factor (T,) by which shedding or counting differs week by week: a first-order autoregression, mean about 1."""
    weeks = -(-days // 7)
    level = np.empty(weeks)
    level[0] = rng.normal(0, settings.level_sd)
    step = settings.level_sd * np.sqrt(1 - settings.level_memory**2)
    for week in range(1, weeks):
        level[week] = settings.level_memory * level[week - 1] + rng.normal(0, step)
    factor: Floats = np.exp(np.repeat(level, 7)[:days] - settings.level_sd**2 / 2)
    return factor


def draw_counts(mean: Floats, settings: CountSettings, rng: Generator) -> Ints:
    """Draw counts (N,) about their means (N,) from the negative binomial."""
    rate = rng.gamma(settings.size, np.maximum(mean, 1e-9) / settings.size)
    return rng.poisson(rate).astype(np.int64)
