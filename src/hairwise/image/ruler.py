"""Read the scale off a ruler's ticks.

Knows: equally spaced parallel ticks. Must not know: hairs.
Letters: K ticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from hairwise.records.photo import ScaleReading

if TYPE_CHECKING:
    import numpy.typing as npt

    from hairwise.records.base import Bytes, Floats

    Plane = npt.NDArray[np.float32]

__all__ = ["RulerReading", "RulerSettings", "read_ruler"]

_LONGER = 0.3  # by this share of the spacing a tick is longer than its neighbours
_HALF_STRIP = 7


@dataclass(frozen=True)
class RulerSettings:
    """Limits of what is a ruler; hair stubs are parallel too, but neither equally spaced nor in a row."""

    look_at_px: int = 560  # longer side while searching
    strip_px: int = 2 * _HALF_STRIP  # height of the strips whose columns are averaged; ticks are longer
    least_ticks: int = 6
    worst_spacing_share: float = 0.06  # residual of a tick's place, as a share of the spacing; hair is at 0.2 or more
    overtones: int = 6  # thin ticks far apart are mostly overtones
    least_periodic_share: float = 0.5  # of a strip's variance in one period and its overtones
    most_directions: int = 3
    coarse_deg: tuple[float, ...] = (-1.0, 1.0)  # round each direction; ticks tell the rest
    least_period_px: float = 7.0
    tick_error_share: float = 0.01  # how well a household ruler keeps its millimetres, and lies in the plane of skin
    px_per_mm: tuple[float, float] = (5.0, 2000.0)


@dataclass(frozen=True)
class RulerReading:
    """A ruler: its scale, how many ticks were used, what one tick is, and the direction along it."""

    scale: ScaleReading
    n_ticks: int
    tick_mm: float
    along_deg: float


@dataclass(frozen=True)
class _Strip:
    """A strip of a turned photo with a periodic profile."""

    share: float
    turn_deg: float
    row: int
    period_px: float


def read_ruler(grey: Bytes, tick_mm: float | None = None, settings: RulerSettings | None = None) -> RulerReading | None:
    """
    Find a ruler and count its ticks.

    Parameters
    ----------
    grey : (H, W) array of uint8
        Upright photo.
    tick_mm : float, optional
        Distance of the smallest ticks [mm]; None: 0.5 where every second tick is longer, 1 where every fifth is.
    settings : RulerSettings, optional

    Returns
    -------
    RulerReading or None
        None where no six equally spaced parallel ticks stand in a row, where they look like parts of an inch, and
        where nobody says what a tick is and no longer tick shows it: half a millimetre read as one doubles every hair.
        The standard error holds the ticks' residuals and 1 % for the ruler; it excludes tilt.
    """
    s = settings or RulerSettings()
    share = min(1.0, s.look_at_px / max(grey.shape))
    small = np.asarray(cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
    best: _Strip | None = None
    for turn in _directions(small, s):
        for fine in s.coarse_deg:
            found = _best_strip(_turned(small, turn + fine), turn + fine, s)
            if found is not None and (best is None or found.share > best.share):
                best = found
    if best is None:
        return None
    turned = _turned(small, best.turn_deg)
    lean_deg = _lean_deg(turned, best, s)
    if lean_deg is None:
        return None
    again = _best_strip(_turned(small, best.turn_deg + lean_deg), best.turn_deg + lean_deg, s)
    if again is not None and again.share > 0.9 * best.share:
        best, turned = again, _turned(small, again.turn_deg)
    ticks = _ticks(turned, best, s)
    if ticks is None:
        return None
    places, spacing, spacing_se = ticks
    one_mm = _tick_mm(turned, best, places) if tick_mm is None else tick_mm
    if one_mm is None:
        return None
    px_per_mm = spacing / share / one_mm
    se = float(np.hypot(spacing_se / share / one_mm, s.tick_error_share * px_per_mm))
    if not s.px_per_mm[0] <= px_per_mm <= s.px_per_mm[1]:
        return None
    return RulerReading(ScaleReading("ruler", px_per_mm, se), len(places), one_mm, best.turn_deg)


def _turned(image: Bytes, turn_deg: float) -> Plane:
    """Return the photo turned so that the direction lies along rows; what is outside repeats its border."""
    height, width = image.shape
    side = int(np.hypot(height, width)) + 2
    matrix = np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), turn_deg, 1.0), np.float64)
    matrix[:, 2] = matrix[:, 2] + (side - np.array([width, height])) / 2
    turned = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return turned.astype(np.float32)


def _directions(small: Bytes, s: RulerSettings) -> list[float]:
    """Return the strongest directions across edges [degrees], where ticks side by side would repeat."""
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float32)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength = np.minimum(np.hypot(dx, dy), 120.0).ravel()
    angle = np.degrees(np.arctan2(dy, dx)).ravel() % 180
    counts = np.bincount((angle / 2).astype(int) % 90, weights=strength, minlength=90)
    smooth_counts = counts + np.roll(counts, 1) + np.roll(counts, -1)
    out: list[float] = []
    for k in np.argsort(-smooth_counts):
        if all(min(abs(2 * k + 1 - a), 180 - abs(2 * k + 1 - a)) > 8 for a in out):
            out.append(float(2 * k + 1))
        if len(out) == s.most_directions:
            break
    return out


def _best_strip(turned: Plane, turn_deg: float, s: RulerSettings) -> _Strip | None:
    """Return the strip with the largest share of its variance in one period, or None."""
    rows = len(turned) // s.strip_px
    strips = turned[: rows * s.strip_px].reshape(rows, s.strip_px, -1).mean(axis=1)
    flat = strips - cv2.blur(strips, (strips.shape[1] // 4 | 1, 1))
    best: _Strip | None = None
    n = flat.shape[1]
    power = np.abs(np.fft.rfft(flat * np.hanning(n)[None], axis=1)) ** 2
    total = power.sum(axis=1) + 1e-6
    lowest, highest = s.least_ticks, int(n / s.least_period_px)
    for k in range(lowest, highest):
        at = np.array([over * k for over in range(1, s.overtones + 1) if over * k + 2 < power.shape[1]])
        share = power[:, (at[:, None] + np.arange(-2, 3)).ravel()].sum(axis=1)
        share = share / total
        r = int(np.argmax(np.where(flat.std(axis=1) > 3.0, share, 0.0)))
        if flat[r].std() > 3.0 and share[r] >= s.least_periodic_share and (best is None or share[r] > best.share):
            best = _Strip(float(share[r]), turn_deg, r * s.strip_px, n / k)
    return best


def _ticks(turned: Plane, strip: _Strip, s: RulerSettings) -> tuple[Floats, float, float] | None:
    """Return the ticks' places (K,) [px], their spacing and its standard error, or None where they are irregular."""
    return _ticks_of(turned[strip.row : strip.row + s.strip_px].mean(axis=0), strip, s)


def _lean_deg(turned: Plane, strip: _Strip, s: RulerSettings) -> float | None:
    """Return how far the ticks lean from upright, by their shift from the strip's upper half to its lower half."""
    half = s.strip_px // 2
    upper, lower = (_ticks_of(turned[strip.row + k : strip.row + k + half].mean(axis=0), strip, s) for k in (0, half))
    if upper is None or lower is None:
        return None
    apart = lower[0][:, None] - upper[0][None]
    nearest = apart[np.arange(len(apart)), np.argmin(np.abs(apart), axis=1)]
    return float(np.degrees(np.arctan2(-np.median(nearest), half)))


def _ticks_of(profile: Plane, strip: _Strip, s: RulerSettings) -> tuple[Floats, float, float] | None:
    """Return the ticks of one profile, see `_ticks`."""
    flat = profile - cv2.blur(profile[None], (2 * int(2 * strip.period_px) + 1, 1))[0]
    best = None
    for sign in (-1.0, 1.0):  # dark ticks, light ticks
        peaks = _peaks(sign * flat, strip.period_px)
        run = _longest_regular(peaks, strip.period_px)
        if len(run) >= s.least_ticks:
            k = np.arange(len(run))
            slope, start = np.polyfit(k, run, 1)
            off = run - (slope * k + start)
            rms = float(np.sqrt(np.sum(off**2) / max(1, len(run) - 2)))
            if rms <= s.worst_spacing_share * slope and (best is None or len(run) > len(best[0])):
                se = rms / float(np.sqrt(np.sum((k - k.mean()) ** 2)))
                best = run, float(slope), se
    return best


def _peaks(signal: Plane, period_px: float) -> Floats:
    """Return places of local maxima above half of the strong ones, to a part of a pixel."""
    reach = max(2, int(0.35 * period_px))
    highest = cv2.dilate(signal[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    level = 0.4 * float(np.percentile(signal[signal >= highest - 1e-6], 80))
    at = np.flatnonzero((signal >= highest - 1e-6) & (signal > level))
    at = at[(at > 0) & (at < len(signal) - 1)]
    left, middle, right = signal[at - 1], signal[at], signal[at + 1]
    curve = left - 2 * middle + right
    return np.asarray(at + np.where(curve < 0, 0.5 * (left - right) / np.minimum(curve, -1e-6), 0.0), np.float64)


def _longest_regular(peaks: Floats, period_px: float) -> Floats:
    """Return the longest run of peaks each one period after the last, none left out."""
    best = run = peaks[:1]
    for a, b in zip(peaks[:-1], peaks[1:], strict=True):
        run = np.append(run, b) if abs(b - a - period_px) <= 0.2 * period_px else np.array([b])
        best = run if len(run) > len(best) else best
    return best


def _tick_mm(turned: Plane, strip: _Strip, places: Floats) -> float | None:
    """Return what one tick is, from which are longer; None for parts of an inch or where none is longer."""
    length = _lengths_px(turned, strip, places) / strip.period_px

    def is_longer(every: int) -> bool:
        """Return whether at some phase each n-th tick is longer than every other one."""
        for phase in range(every if len(length) > every else 0):
            chosen = np.arange(len(length)) % every == phase
            if length[chosen].min() > length[~chosen].max() + _LONGER:
                return True
        return False

    if is_longer(2):
        return None if is_longer(4) else 0.5
    return 1.0 if is_longer(5) and not _alternates(length) else None


def _alternates(length: Floats) -> bool:
    """Return whether every second tick is longer on the whole, be it not every one: then nothing is sure."""
    return abs(float(np.median(length[::2]) - np.median(length[1::2]))) > _LONGER / 2


def _lengths_px(turned: Plane, strip: _Strip, places: Floats) -> Floats:
    """Return how far each tick reaches unbroken above and below the strip's middle (K,) [px]."""
    columns = np.round(places).astype(int)
    between = np.round(places + strip.period_px / 2).astype(int).clip(0, turned.shape[1] - 1)
    soft = cv2.blur(turned, (3, 3))
    contrast = soft[:, between] - soft[:, columns]
    middle = strip.row + _HALF_STRIP
    typical = np.median(contrast[middle - 3 : middle + 4], axis=0)
    is_tick = contrast * np.sign(typical) > 0.5 * np.median(np.abs(typical))
    down = np.cumprod(is_tick[middle:], axis=0).sum(axis=0)
    up = np.cumprod(is_tick[middle::-1], axis=0).sum(axis=0)
    return np.asarray(down + up, np.float64)
