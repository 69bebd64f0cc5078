"""Evidence of every small set of causes by Laplace approximation, all sets at once.

Knows: features, precision, priors of sizes. Must not know: dates, words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hairwise.infer.likelihood import Features, Precision
    from hairwise.records.base import Floats, Ints

__all__ = ["Fit", "Sizes", "fit_sets", "predict"]

FLOOR = 0.1  # harvesting never stops more than 90 % of shedding
N_PARAMETERS = 4  # log size of the first and second cause, log counted share of pulled hairs, log daily share


@dataclass(frozen=True)
class Sizes:
    """Prior mean and sd of the parameters (H, 4) and the two shapes (H, 2) of each hypothesis; row 0 is none."""

    pairs: Ints
    mean: Floats
    sd: Floats

    def take(self, keep: Ints) -> Sizes:
        """Return the hypotheses kept."""
        return Sizes(self.pairs[keep], self.mean[keep], self.sd[keep])


@dataclass(frozen=True)
class Fit:
    """Modes (H, 4), posterior covariances (H, 4, 4) and log evidences (H,)."""

    mode: Floats
    cover: Floats
    log_evidence: Floats


def predict(u: Floats, pairs: Ints, f: Features) -> tuple[Floats, Floats]:
    """Log mean shift (H, N) and its derivative (H, N, 4) by the parameters."""
    size = np.exp(u[:, :2])
    counted, daily = np.exp(u[:, 2])[:, None], np.exp(u[:, 3])[:, None]
    parts = [size[:, k, None] * f.seen[pairs[:, k]] for k in (0, 1)]
    pulls = [size[:, k, None] * counted * f.pulled[pairs[:, k]] for k in (0, 1)]
    losses = [-size[:, k, None] * daily * f.missing[pairs[:, k]] for k in (0, 1)]
    raw = 1.0 + sum(parts) + sum(pulls) + sum(losses)
    mean = np.maximum(raw, FLOOR)
    slope = np.where(raw > FLOOR, 1.0 / mean, 0.0)
    each = [(parts[k] + pulls[k] + losses[k]) * slope for k in (0, 1)]
    derivative = np.stack([*each, sum(pulls) * slope, sum(losses) * slope], axis=-1)
    return np.log(mean), derivative


def fit_sets(sizes: Sizes, f: Features, noise: Precision, start: Floats | None = None, n_steps: int = 8) -> Fit:
    """Find the modes by damped Gauss-Newton and integrate about them.

    Parameters
    ----------
    sizes : Sizes
        H hypotheses.
    f : Features
        Predictions of the shapes.
    noise : Precision
        One point of the grid of noises.
    start : (H, 4) array of float, optional
        Where to begin; the prior means if not given.
    n_steps : int
        Steps at most; each is halved where it does not help.

    Returns
    -------
    Fit
        The evidence leaves out the constant of 2 pi common to all.
    """
    u = sizes.mean.copy() if start is None else start.copy()
    weight = 1.0 / sizes.sd**2
    best, grad, curve = _objective(u, sizes, f, noise)
    for _ in range(n_steps):
        step = -np.linalg.solve(curve, grad[..., None])[..., 0]
        step = np.clip(step, -1.5, 1.5)
        scale = np.ones(u.shape[0])
        tried, new_grad, new_curve = _objective(u + step, sizes, f, noise)
        worse = tried > best + 1e-9
        if worse.any():
            scale[worse] = 0.3
            tried, new_grad, new_curve = _objective(u + scale[:, None] * step, sizes, f, noise)
        good = tried <= best + 1e-9
        gain = np.where(good, best - tried, 0.0).max(initial=0.0)
        u = np.where(good[:, None], u + scale[:, None] * step, u)
        best = np.where(good, tried, best)
        grad = np.where(good[:, None], new_grad, grad)
        curve = np.where(good[:, None, None], new_curve, curve)
        if gain < 1e-3:
            break
    sign, log_det = np.linalg.slogdet(curve)
    evidence = -best - 0.5 * log_det + 0.5 * np.log(weight).sum(1) + 0.5 * noise.log_det
    return Fit(u, np.asarray(np.linalg.inv(curve), dtype=np.float64), np.where(sign > 0, evidence, -np.inf))


def _objective(u: Floats, sizes: Sizes, f: Features, noise: Precision) -> tuple[Floats, Floats, Floats]:
    """Negative log posterior (H,), its gradient (H, 4) and Gauss-Newton curvature (H, 4, 4)."""
    shift, derivative = predict(u, sizes.pairs, f)
    residual = noise.centred - shift
    weight = 1.0 / sizes.sd**2
    away = u - sizes.mean
    weighted = residual @ noise.inverse
    value = 0.5 * (residual * weighted).sum(1) + 0.5 * (weight * away**2).sum(1)
    gradient = -np.einsum("hnq,hn->hq", derivative, weighted) + weight * away
    h, n, q = derivative.shape
    spread = (derivative.transpose(0, 2, 1).reshape(h * q, n) @ noise.inverse).reshape(h, q, n)
    curve = np.matmul(spread, derivative)
    index = np.arange(q)
    curve[:, index, index] += weight
    return value, gradient, curve
