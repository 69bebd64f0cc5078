"""Bring probabilities and intervals to what they were worth on simulated diaries.

Knows: what ``bench/fit_recalibration.py`` learnt. Must not know: diaries, words.
A model is too sure where the world differs from it. On simulated people, a part of whom live in worlds the model does
not know of, its answers were compared with the truth; the map between the two is applied here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from hairwise.records.verdicts import CAUSES

if TYPE_CHECKING:
    from hairwise.infer.timeline import Timeline
    from hairwise.records.base import Floats
    from hairwise.records.verdicts import Cause

__all__ = ["LEAST", "Recalibration", "circumstances", "coherent", "load_recalibration", "recalibration_for"]

LEAST = 0.003  # smaller probabilities are not told apart
N_CIRCUMSTANCES = 4


@dataclass(frozen=True)
class Recalibration:
    """Maps learnt on simulated diaries; K circumstances, see ``circumstances``.

    Attributes
    ----------
    slope : (1 + K,) array of float
        Factor on the log probability of every cause.
    shift : (9, 1 + K) array of float
        Added to it.
    across : (9, 9) array of float
        What the log probability of each cause (rows) adds to every cause besides: which are taken for which.
    real : (2, 1 + K) array of float
        Added to and factor on the logit that loss is real.
    stretch : (2,) array of float
        Factor on both arms of the interval of needling's hairs, without and with counts from before.
    """

    slope: Floats
    shift: Floats
    across: Floats
    real: Floats
    stretch: Floats

    def causes(self, p: dict[Cause, float], where: Floats) -> dict[Cause, float]:
        """Return the probabilities of the causes, brought to what they were worth."""
        x = np.log(np.maximum([p[c] for c in CAUSES], LEAST))
        z = x * (self.slope @ where) + self.shift @ where + x @ self.across
        out = np.exp(z - z.max())
        return {c: float(v) for c, v in zip(CAUSES, out / out.sum(), strict=True)}

    def loss(self, p: float, where: Floats) -> float:
        """Return the probability that loss is real."""
        z = np.log(max(p, LEAST) / max(1 - p, LEAST))
        return float(expit(self.real[0] @ where + z * (self.real[1] @ where)))

    def arms(self, has_baseline: bool) -> float:
        """Return the factor on both arms of the interval of needling's hairs."""
        return float(self.stretch[int(has_baseline)])


def coherent(p: dict[Cause, float], p_real: float) -> dict[Cause, float]:
    """Make the causes agree with the loss: a real loss has a cause, so none, the season and it share out 1 at most.

    The causes give way, since whether loss is real is the better known of the two.
    """
    quiet = p["none"] + p["season"]
    over = quiet + p_real - 1.0
    if over <= 0:
        return p
    less, more = (quiet - over) / quiet, (1 - quiet + over) / max(1 - quiet, 1e-9)
    return {c: v * (less if c in ("none", "season") else more) for c, v in p.items()}


def circumstances(line: Timeline) -> Floats:
    """Describe a diary (1 + K,): 1, counts from before, photos, and how long and how often was counted."""
    since = line.n_days - 1 - (line.first_session if line.first_session is not None else line.first_seen)
    n_photos = line.densities.log_density.size + line.densities.change_log.size
    return np.array(
        [
            1.0,
            float(line.has_baseline),
            float(n_photos >= 4),
            float(np.log(np.clip(since, 28, 364) / 84)),
            float(np.log(np.clip(line.bins.entry_count.size, 8, 400) / 50)),
        ]
    )


@cache
def load_recalibration() -> Recalibration:
    """Return what was learnt."""
    held = json.loads((files("hairwise.infer") / "recalibration.json").read_text())
    return Recalibration(*(np.array(held[k], float) for k in ("slope", "shift", "across", "real", "stretch")))


def recalibration_for(is_like_learnt: bool) -> Recalibration:
    """Return what was learnt; of a diary unlike those it was learnt on, only what it says of loss and hairs.

    Everyone whom it was learnt on rolled and wrote signs down. Without sessions or signs the causes stay as the model
    tells them: what no one noted would be read as what did not happen.
    """
    held = load_recalibration()
    if is_like_learnt:
        return held
    plain = np.eye(len(held.slope))[0]
    return replace(held, slope=plain, shift=np.zeros_like(held.shift), across=np.zeros_like(held.across))
