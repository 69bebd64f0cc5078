"""From the plane of one photo to that of the other: a homography and the smooth stretch of skin.

Knows: geometry of point pairs. Must not know: where they come from.
Order of coordinates (y, x) in millimetres, except inside the homography, which takes (x, y, 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from hairwise.records.base import Floats

__all__ = ["Mapping", "apply_homography", "fit_homography", "fit_mapping", "loo_residual", "meet"]


def apply_homography(homography: Floats, points: Floats) -> Floats:
    """Map points (N, 2), (y, x), by a homography on (x, y, 1)."""
    xy1 = np.column_stack([points[:, 1], points[:, 0], np.ones(len(points))]) @ homography.T
    out: Floats = np.column_stack([xy1[:, 1] / xy1[:, 2], xy1[:, 0] / xy1[:, 2]])
    return out


def _similarity(a: Floats, b: Floats, weight: Floats) -> Floats:
    """Weighted similarity by complex least squares, as a homography."""
    za, zb = a[:, 1] + 1j * a[:, 0], b[:, 1] + 1j * b[:, 0]
    ma, mb = np.average(za, weights=weight), np.average(zb, weights=weight)
    r = np.sum(weight * np.conj(za - ma) * (zb - mb)) / max(float(np.sum(weight * np.abs(za - ma) ** 2)), 1e-12)
    t = mb - r * ma
    return np.array([[r.real, -r.imag, t.real], [r.imag, r.real, t.imag], [0.0, 0.0, 1.0]])


def fit_homography(a: Floats, b: Floats, weight: Floats) -> Floats:
    """Weighted least squares from a to b: a similarity for few points, affine for more, else a full homography.

    Parameters
    ----------
    a, b : (N, 2) array of float
        Pairs of points (y, x), N >= 2.
    weight : (N,) array of float
        Inverse variances.

    Returns
    -------
    (3, 3) array of float
        Homography on (x, y, 1).
    """
    base = _similarity(a, b, weight)
    if len(a) < 8:
        return base
    # Residual model around the similarity, so that the linearised perspective terms stay small and well scaled.
    m = apply_homography(base, a)
    centre, spread = m.mean(axis=0), max(float(m.std()), 1e-6)
    u, v = (m - centre) / spread, (b - centre) / spread
    x, y, w = u[:, 1], u[:, 0], np.sqrt(weight / weight.max())
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows_x = np.column_stack([x, y, one, zero, zero, zero, -x * v[:, 1], -y * v[:, 1]])
    rows_y = np.column_stack([zero, zero, zero, x, y, one, -x * v[:, 0], -y * v[:, 0]])
    # A pull to the identity worth (stretch 50 um over 2 mm : 5 % of squeeze)^2, so that few points invent no tilt.
    pull = np.diag(np.sqrt([0.25, 0.25, 0.0, 0.25, 0.25, 0.0, 1.0, 1.0]))
    start = np.array([1.0, 0, 0, 0, 1, 0, 0, 0])
    design = np.vstack([rows_x * w[:, None], rows_y * w[:, None], pull])
    target = np.concatenate([v[:, 1] * w, v[:, 0] * w, pull @ start])
    if len(a) < 15:
        design, start = design[:, :6], start[:6]
    k = np.linalg.lstsq(design, target, rcond=None)[0]
    k = np.concatenate([k, np.zeros(8 - len(k)), [1.0]]).reshape(3, 3)
    norm = np.array([[1 / spread, 0, -centre[1] / spread], [0, 1 / spread, -centre[0] / spread], [0, 0, 1]])
    out = np.linalg.inv(norm) @ k @ norm @ base
    result: Floats = out / out[2, 2]
    return result


@dataclass(frozen=True)
class Mapping:
    """Homography and smooth rest, a Gaussian process through anchors.

    Attributes
    ----------
    homography : (3, 3) array of float
        First plane to second, on (x, y, 1).
    anchors : (K, 2) array of float
        Places on the first plane.
    gain : (K, 2) array of float
        Weights of the anchors [mm].
    inverse : (K, K) array of float
        Inverse covariance of the anchors [1/mm^2].
    sd_mm, length_mm : float
        Size and reach of the stretch.
    """

    homography: Floats
    anchors: Floats
    gain: Floats
    inverse: Floats
    sd_mm: float
    length_mm: float

    def forward(self, points: Floats) -> Floats:
        """Place on the second plane of points (N, 2) of the first."""
        flat = apply_homography(self.homography, points)
        if not len(self.anchors):
            return flat
        out: Floats = flat + _kernel(points, self.anchors, self.sd_mm, self.length_mm) @ self.gain
        return out

    def backward(self, points: Floats) -> Floats:
        """Place on the first plane of points (N, 2) of the second, by fixed-point iteration."""
        back: Floats = np.linalg.inv(self.homography).astype(np.float64)
        guess = apply_homography(back, points)
        for _ in range(8):  # the stretch has slopes of a few per cent, so each step gains more than a digit
            guess = guess + apply_homography(back, points) - apply_homography(back, self.forward(guess))
        return guess

    def sd(self, points: Floats) -> Floats:
        """Return the standard error of ``forward`` at points (N, 2), one coordinate [mm]."""
        if not len(self.anchors):
            return np.full(len(points), self.sd_mm)
        k = _kernel(points, self.anchors, self.sd_mm, self.length_mm)
        variance = self.sd_mm**2 - np.einsum("ij,jk,ik->i", k, self.inverse, k, optimize=True)
        out: Floats = np.sqrt(np.maximum(variance, 1e-8))
        return out


def _kernel(a: Floats, b: Floats, sd_mm: float, length_mm: float) -> Floats:
    out: Floats = sd_mm**2 * np.exp(-0.5 * cdist(a, b, "sqeuclidean") / length_mm**2)
    return out


def fit_mapping(pairs: tuple[Floats, Floats, Floats], homography: Floats, stretch: tuple[float, float]) -> Mapping:
    """Fit the smooth rest left by a homography.

    Parameters
    ----------
    pairs : tuple of (K, 2), (K, 2) and (K,) arrays of float
        Points of the first plane, of the second, and their standard error, one coordinate [mm].
    homography : (3, 3) array of float
        First plane to second.
    stretch : tuple of float
        Standard deviation and length of the stretch [mm].

    Returns
    -------
    Mapping
        With all pairs as anchors.

    Notes
    -----
    Gaussian process regression with a squared exponential kernel: Rasmussen and Williams 2006, eq. 2.23-2.24.
    """
    a, b, sd = pairs
    rest = b - apply_homography(homography, a)
    if not len(a):
        return Mapping(homography, a, rest, np.zeros((0, 0)), *stretch)
    factor = cho_factor(_kernel(a, a, *stretch) + np.diag(sd**2))
    inverse = cho_solve(factor, np.eye(len(a)))
    return Mapping(homography, a, inverse @ rest, inverse, *stretch)


def loo_residual(mapping: Mapping) -> Floats:
    """Distance (K, 2) of each anchor from where all others put it [mm].

    Notes
    -----
    Closed form, Rasmussen and Williams 2006, eq. 5.12.
    """
    out: Floats = mapping.gain / np.maximum(np.diag(mapping.inverse), 1e-12)[:, None]
    return out


def meet(mapping: Mapping, here: Floats, there: Floats, apart_mm: float) -> tuple[Floats, Floats]:
    """Draw two finds of one point of skin together: near ones hardly, far ones halfway.

    Parameters
    ----------
    mapping : Mapping
        From the plane of ``here`` to that of ``there``.
    here, there : (K, 2) array of float
        The same points as found in either photo [mm].
    apart_mm : float
        Found so far apart, each moves a quarter of the way. What lies nearer than the mapping errs is better left.

    Returns
    -------
    here, there : (K, 2) array of float
        The points moved, each on its own plane.
    """
    if not len(here):
        return here, there
    back, onto = mapping.backward(there) - here, mapping.forward(here) - there
    gap = (onto**2).sum(axis=1, keepdims=True)
    share = 0.5 * gap / (gap + apart_mm**2)
    return here + share * back, there + share * onto
