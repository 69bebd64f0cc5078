"""Width of a hair with blur taken off.

Knows: brightness across a centreline in the original photo. Must not know: scale, roots.
Letters: F profiles fitted, U places across.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.special import ndtr

from hairwise.hairs.lines import sample

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32
    from hairwise.records.base import Bools, Bytes, Floats

__all__ = ["Profiles", "Shafts", "fit_widths", "read_profiles", "shaft_widths"]

N_ACROSS = 41
N_GROUPS = 6  # pieces of a hair measured apart: their scatter gives the standard error
# A piece counts when this much of its profile is free of other hair; with fewer such pieces the width is not told: two
# shafts that touch look like one. On 764 rendered hairs in bundles and out, errors fell from 12.7 to 4.4 um so.
_FREE, _LEAST_FREE = 0.7, 2
_STEPS = 12
# depth (standard deviation, of 255) of the soft shadow a shaft throws on the skin, which is no part of its width
_SHADOW_DEPTH = 40.0
# Blur of a lens in focus that resolves a hair: about 8 um (half of 15 um, the thinnest vellus hair); never under
# the blur of the pixel itself.
_BLUR_MM, _BLUR_PX = 0.008, 0.6
_BLUR_FACTOR = 1.4  # for unsharp photos; a wider range lets width pass for blur (bench/score_widths.py)
# groups of one hair share neighbours, shine and focus; on 1,000 rendered hairs the scatter alone fell short by this
_SE_SCALE = 1.7
_COUNT = np.arange(256) / 255.0
_LINEAR = (255.0 * np.where(_COUNT <= 0.04045, _COUNT / 12.92, ((_COUNT + 0.055) / 1.055) ** 2.4)).astype(np.float32)


@dataclass(frozen=True)
class Profiles:
    """Brightness across hairs.

    Attributes
    ----------
    value : (F, U) array of float
        Brightness [sRGB counts].
    weight : (F, U) array of float
        0 where another hair or nothing usable lies.
    place : (F, U) array of float
        Distance from the centreline [px].
    guess : (F,) array of float
        Rough width [px].
    """

    value: Floats
    weight: Floats
    place: Floats
    guess: Floats


def read_profiles(image: Image32, free: Image32, line: Floats, guess_px: float, margin_px: float) -> Profiles:
    """Read mean profiles of pieces of the middle of a hair.

    Parameters
    ----------
    image : (H, W) array of float32
        Brightness.
    free : (H, W) array of float32
        1 where no other hair lies.
    line : (p, 2) array of float
        Centreline (y, x) [px].
    guess_px, margin_px : float
        Rough width, and how much skin to read beside it [px].

    Returns
    -------
    Profiles
        ``N_GROUPS`` rows.
    """
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    n = int(np.clip(0.7 * steps[-1] / 1.5 / N_GROUPS, 1, 12)) * N_GROUPS
    at = np.linspace(0.12, 0.85, n) * steps[-1]
    middle = np.column_stack([np.interp(at, steps, line[:, k]) for k in (0, 1)])
    near = 0.1 * steps[-1]
    ahead = np.column_stack([np.interp(at + near, steps, line[:, k]) for k in (0, 1)])
    behind = np.column_stack([np.interp(at - near, steps, line[:, k]) for k in (0, 1)])
    way = ahead - behind
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    across = np.column_stack([-way[:, 1], way[:, 0]])
    place = np.linspace(-1, 1, N_ACROSS) * (guess_px / 2 + margin_px)
    points = middle[:, None] + place[None, :, None] * across[:, None]
    value = sample(image, points).reshape(N_GROUPS, -1, N_ACROSS).mean(axis=1)
    weight = sample(free, points).reshape(N_GROUPS, -1, N_ACROSS).min(axis=1)
    return Profiles(value, weight, np.tile(place, (N_GROUPS, 1)), np.full(N_GROUPS, guess_px))


def _model(theta: Floats, place: Floats) -> tuple[Floats, Floats]:
    """Skin with a slope less a blurred box and its shadow, (F, U), and its derivatives (F, U, 7).

    theta (F, 7): level, slope, depth, centre, log width, log blur, depth of the shadow.
    """
    level, slope, depth, centre, log_width, log_blur, shade = (theta[:, k, None] for k in range(7))
    half, blur = np.exp(log_width) / 2, np.exp(log_blur)
    off = place - centre
    right, left = (off + half) / blur, (off - half) / blur
    bell_right, bell_left = (np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi) for x in (right, left))
    box = ndtr(right) - ndtr(left)
    reach = 0.6 * np.abs(place[:, -1:])  # shadows are as wide as the skin that is read
    shadow = np.exp(-0.5 * (off / reach) ** 2)
    by = [
        np.ones_like(place),
        place,
        -box,
        depth * (bell_right - bell_left) / blur - shade * shadow * off / reach**2,
        -depth * (bell_right + bell_left) * half / blur,
        depth * (bell_right * right - bell_left * left),
        -shadow,
    ]
    return level + slope * place - depth * box - shade * shadow, np.stack(by, axis=-1)


def fit_widths(profiles: Profiles, blur_px: float) -> tuple[Floats, Floats]:
    """Fit a box seen through a blur, and its shadow, to each profile.

    Parameters
    ----------
    profiles : Profiles
        F profiles.
    blur_px : float
        Blur expected (standard deviation) [px]; the fit may leave it by a factor of about 1.4.

    Returns
    -------
    width_px : (F,) array of float
        Width of the box [px].
    blur : (F,) array of float
        Blur fitted (standard deviation) [px].

    Notes
    -----
    Gauss-Newton with damping, all profiles at once. Priors: centre on the line within a quarter of the guess,
    width within a factor of 2 of the guess (1.25 where another hair covers a flank, which then tells little), blur as
    above. They decide only where the profile does not, as for a hair narrower than the blur.
    """
    value, place = profiles.value, profiles.place
    rim = np.sort(value, axis=1)
    level = rim[:, int(0.8 * N_ACROSS)]
    noise = 4.0  # sRGB counts: texture of skin and shaft
    root_weight = np.sqrt(profiles.weight) / noise
    f = len(value)
    depth, none = level - rim[:, 2], np.zeros(f)
    mean = np.column_stack([level, none, depth, none, np.log(profiles.guess), np.full(f, np.log(blur_px)), none])
    tight = 1.0 / np.column_stack(
        [
            np.full(f, 60.0),
            np.full(f, 30.0) / place[:, -1],
            np.full(f, 60.0),
            np.maximum(1.0, 0.25 * profiles.guess),
            np.where(profiles.weight.mean(axis=1) < 0.8, np.log(1.25), np.log(2.0)),
            np.full(f, np.log(_BLUR_FACTOR)),
            np.full(f, _SHADOW_DEPTH),
        ]
    )
    theta = mean.copy()
    limit = np.array([50.0, 5.0, 50.0, 2.0, 0.3, 0.3, 30.0])
    every = np.arange(len(limit))
    for _ in range(_STEPS):
        base, jacobian = _model(theta, place)
        jacobian *= root_weight[..., None]
        residual = (value - base) * root_weight
        # far residuals (flakes, shine) count less: Cauchy weights at three times the noise
        soft = 1.0 / np.sqrt(1.0 + (residual / 3.0) ** 2)
        jacobian, residual = jacobian * soft[..., None], residual * soft
        normal = np.einsum("fuk,ful->fkl", jacobian, jacobian)
        rhs = np.einsum("fuk,fu->fk", jacobian, residual) + tight**2 * (mean - theta)
        normal[:, every, every] += tight**2
        normal[:, every, every] *= 1.05
        step = np.linalg.solve(normal, rhs[..., None])[..., 0]
        theta = theta + np.clip(step, -limit, limit)
    return np.exp(theta[:, 4]), np.exp(theta[:, 5])


@dataclass(frozen=True)
class Shafts:
    """Hairs to be measured: centrelines (P, 2) (y, x) [px], rough widths (H,) [px], colour, and how sure they are.

    Attributes
    ----------
    is_light : (H,) array of bool
        Lighter than skin.
    is_sure : (H,) array of bool
        Covers others; what is hardly a hair does not.
    """

    lines: list[Floats]
    guess_px: Floats
    is_light: Bools
    is_sure: Bools


def shaft_widths(rgb: Bytes, shafts: Shafts, px_per_mm: float) -> tuple[Floats, Floats, Floats]:
    """
    Measure the width of each hair in the photo.

    Parameters
    ----------
    rgb : (H, W, 3) array of uint8
        Photo.
    shafts : Shafts
        H hairs.
    px_per_mm : float
        Scale, for the blur that is expected.

    Returns
    -------
    width_px, width_se_px, free_share : (H,) array of float
        Width and its standard error, NaN where other hair covers too much; share of the profiles that none covers.
    """
    lines, guess_px = shafts.lines, shafts.guess_px
    if not lines:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    # blur mixes light, not sRGB counts: in sRGB a dark hair would look narrower than it is
    grey: Image32 = _LINEAR[cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)]
    count = np.zeros(grey.shape, np.uint8)
    thick = [max(1, round(1.1 * float(g))) for g in guess_px]
    for line, wide, covers in zip(lines, thick, shafts.is_sure, strict=True):
        if covers:
            window, mark = _drawn(line, wide, wide + 2.0, grey.shape)
            count[window] += mark
    rows: list[Profiles] = []
    for line, wide, guess, covers in zip(lines, thick, guess_px, shafts.is_sure, strict=True):
        margin = max(4.0, 0.05 * px_per_mm)
        window, mark = _drawn(line, wide, float(guess) + margin + 3, grey.shape)
        free = (count[window] == (mark if covers else 0)).astype(np.float32)
        low = np.array([window[0].start, window[1].start])
        rows.append(read_profiles(grey[window], free, line - low, float(guess), margin))
    together = Profiles(*(np.concatenate([getattr(r, k) for r in rows]) for k in ("value", "weight", "place", "guess")))
    light = np.repeat(shafts.is_light, N_GROUPS)
    value = np.where(light[:, None], 255.0 - together.value, together.value)
    width, _ = fit_widths(replace(together, value=value), max(_BLUR_PX, _BLUR_MM * px_per_mm))
    share = together.weight.reshape(len(lines), N_GROUPS, N_ACROSS).mean(axis=2)
    width = np.where(share >= _FREE, width.reshape(len(lines), N_GROUPS), np.nan)
    n_free = np.isfinite(width).sum(axis=1)
    known = n_free >= _LEAST_FREE
    middle, spread = np.full(len(lines), np.nan), np.full(len(lines), np.nan)
    middle[known] = np.nanmedian(width[known], axis=1)
    spread[known] = 1.4826 * np.nanmedian(np.abs(width[known] - middle[known, None]), axis=1)
    # the median of n has 1.25 times the error of the mean; a tenth of a pixel stands for what all groups share
    error = _SE_SCALE * np.hypot(1.25 * spread / np.sqrt(np.maximum(n_free, 1)), 0.1)
    return middle, error * (1.0 + 2.0 * (1.0 - share.mean(axis=1))), share.mean(axis=1)


def _drawn(line: Floats, thick: int, reach: float, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], Bytes]:
    """Return a window around a line, and the line drawn in it."""
    low = np.maximum(0, np.floor(line.min(axis=0) - reach)).astype(int)
    high = np.minimum(shape[:2], np.ceil(line.max(axis=0) + reach + 1).astype(int))
    high = np.maximum(high, low + 1)
    mark = np.zeros(high - low, np.uint8)
    points = np.round((line - low)[:, ::-1] * 16).astype(np.int32)
    cv2.polylines(mark, [points], False, 1, thick, shift=4)
    return (slice(low[0], high[0]), slice(low[1], high[1])), mark
