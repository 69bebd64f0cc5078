"""Weigh what is seen of a find in both photos: did a hair fall, does it stand, or was it never a hair.

Knows: numbers that describe finds, and what was learnt on rendered pairs. Must not know: pixels, counts.
N finds or pairs, F facts, K outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hairwise.records.base import Floats

__all__ = [
    "FELL", "NEVER_GONE", "NEVER_STAYS", "OTHER", "SAME_FALSE", "SAME_HAIR", "STANDS", "Verdict", "load_verdict",
    "with_own_prior",
]  # fmt: skip

# of a find without a partner: a hair that fell; one that stands; no hair, but its mark is gone; no hair, mark stays
FELL, STANDS, NEVER_GONE, NEVER_STAYS = range(4)
# of two finds matched: of different things; of one hair; of one thing that is no hair
OTHER, SAME_HAIR, SAME_FALSE = range(3)
# The share of finds that are gone is learnt from the pair itself, beside this many finds of rendered pairs.
_PSEUDO_COUNT = 10.0
_ROUNDS = 30


@dataclass(frozen=True)
class Verdict:
    """A perceptron with one hidden layer.

    Attributes
    ----------
    mean, spread : (F,) array of float
        Of the facts it learnt from.
    inner : (F + 1, J) array of float
        Weights into J hidden units, constants last.
    outer : (J + 1, K) array of float
        Weights into K outcomes, constants last.
    share : (K,) array of float
        How often each outcome was where it learnt.
    """

    mean: Floats
    spread: Floats
    inner: Floats
    outer: Floats
    share: Floats

    def __call__(self, facts: Floats) -> Floats:
        """Probabilities (N, K) of the outcomes for facts (N, F); a fact that is NaN counts as its mean."""
        x = np.clip((facts - self.mean) / self.spread, -4.0, 4.0)  # beyond this nothing was learnt
        x = np.nan_to_num(x, nan=0.0)
        z = np.tanh(x @ self.inner[:-1] + self.inner[-1]) @ self.outer[:-1] + self.outer[-1]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        out: Floats = e / e.sum(axis=1, keepdims=True)
        return out


@cache
def load_verdict() -> tuple[Verdict, Verdict]:
    """Return the verdicts on finds without a partner and on matched pairs, as learnt by ``bench/fit_verdict.py``."""
    with (files("hairwise.change") / "verdict.npz").open("rb") as file:
        held = np.load(file)
        names = ("mean", "spread", "inner", "outer", "share")
        one, two = (Verdict(*(held[f"{kind}_{n}"].astype(float) for n in names)) for kind in ("one", "two"))
    return one, two


def with_own_prior(p: Floats, share: Floats) -> Floats:
    """Let a pair of photos say itself how many of its finds are gone.

    Parameters
    ----------
    p : (N, 4) array of float
        Probabilities of FELL, STANDS, NEVER_GONE and NEVER_STAYS.
    share : (4,) array of float
        How often each was where the probabilities were learnt.

    Returns
    -------
    (N, 4) array of float
        Probabilities under the share of gone finds that fits this pair best (Saerens, Latinne & Decaestecker 2002),
        drawn towards the learnt share by ten finds' weight.
    """
    if not len(p):
        return p
    gone = np.array([True, False, True, False])
    learnt = float(share[gone].sum() / share.sum())
    now, out = learnt, p
    for _ in range(_ROUNDS):
        weight = np.where(gone, now / learnt, (1 - now) / (1 - learnt))
        out = p * weight
        out = out / out.sum(axis=1, keepdims=True)
        now = float((out[:, gone].sum() + _PSEUDO_COUNT * learnt) / (len(p) + _PSEUDO_COUNT))
    return np.asarray(out)
