"""Read the scale off the printed paper ring, and find the skin inside its window.

Knows: the ring's geometry, markers in a photo. Must not know: hairs, how the ring is drawn.
Letters: M markers, C corners (four a marker).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.optimize import least_squares

from hairwise.records.photo import ScaleReading
from hairwise.records.ring import RING

if TYPE_CHECKING:
    from hairwise.records.base import Bools, Bytes, Floats

__all__ = ["RingReading", "RingSettings", "read_ring", "window_of"]

_CORNER_PX = 0.15  # corners of one marker err together, by blur and by light, so few markers look surer than they are


@dataclass(frozen=True)
class RingSettings:
    """Limits of reading a ring."""

    look_at_px: tuple[int, int] = (900, 1800)  # longer side while searching: near markers first, then small ones
    least_markers: int = 2
    ransac_px: float = 3.0  # at the size searched; beyond it a marker is misread
    worst_residual_mm: float = 0.06  # half the wander of a home printer; bent paper and chance finds are worse
    worst_se_share: float = 0.05  # a scale less sure than this is none
    worst_tilt_deg: float = 50.0
    print_error_share: float = 0.005  # printers keep 100 mm to about half a millimetre; unverified
    told_error_mm: float = 0.3  # reading the sheet's line off a household ruler


@dataclass(frozen=True)
class RingReading:
    """A ring as seen.

    Attributes
    ----------
    scale : ScaleReading
        Scale at the photo's centre, with the homography to the paper's plane [mm].
    tilt_deg : float
        Angle between the paper and the camera's plane, from the local foreshortening at the window's middle.
    residual_mm : float
        Root mean square of the corners' residuals on the paper.
    n_markers : int
    print_share : float
        Printed size over drawn size; 1 where nobody measured the sheet.
    """

    scale: ScaleReading
    tilt_deg: float
    residual_mm: float
    n_markers: int
    print_share: float


def read_ring(grey: Bytes, printed_mm: float | None = None, settings: RingSettings | None = None) -> RingReading | None:
    """
    Find the ring's markers and fit the paper's plane.

    Parameters
    ----------
    grey : (H, W) array of uint8
        Upright photo.
    printed_mm : float, optional
        Length of the sheet's 100 mm line as printed [mm].
    settings : RingSettings, optional

    Returns
    -------
    RingReading or None
        None where fewer than two markers fit one plane. The standard error holds the corners' residuals, carried to
        the photo's centre, and the print's size; it excludes lens distortion, paper thickness and bent paper.
    """
    s = settings or RingSettings()
    corners_px, ids = _markers(grey, s)
    if len(ids) < s.least_markers:
        return None
    print_share = 1.0 if printed_mm is None else printed_mm / RING.ruler_mm
    at_mm = np.concatenate([RING.corners_mm(int(k)) for k in ids]) * print_share
    at_px = corners_px.reshape(-1, 2)
    longer = max(grey.shape)
    fitted = _fit(at_mm, at_px, s.ransac_px * max(1.0, longer / s.look_at_px[0]))
    if fitted is None:
        return None
    px_from_mm, covariance, residuals_px, n_markers = fitted
    if n_markers < s.least_markers:
        return None
    centre = (np.array(grey.shape, float) - 1) / 2
    scale, fit_se = _scale_at(px_from_mm, covariance, centre)
    tilt = _tilt_deg(px_from_mm)
    residual_mm = float(np.sqrt(np.mean(residuals_px**2) * 2)) / scale
    print_se = s.print_error_share if printed_mm is None else s.told_error_mm / RING.ruler_mm
    se = float(np.hypot(fit_se, print_se * scale))
    is_sound = residual_mm <= s.worst_residual_mm and se <= s.worst_se_share * scale and tilt <= s.worst_tilt_deg
    if not (is_sound and np.isfinite(scale)):
        return None
    reading = ScaleReading("ring", scale, se, np.asarray(np.linalg.inv(px_from_mm), np.float64))
    return RingReading(reading, tilt, residual_mm, n_markers, print_share)


def window_of(ring: RingReading, shape: tuple[int, int]) -> Bools:
    """Return the pixels of skin inside the ring's hole (H, W); all else is paper or beyond it."""
    if ring.scale.mm_from_px is None:
        raise ValueError("a ring has a homography")
    px_from_mm = np.asarray(np.linalg.inv(ring.scale.mm_from_px), np.float64)
    turn = np.linspace(0, 2 * np.pi, 181)[:-1]
    radius = (RING.window_mm / 2 - RING.skin_margin_mm) * ring.print_share
    edge = _through(px_from_mm, radius * np.stack([np.sin(turn), np.cos(turn)], axis=1))
    mask = np.zeros(shape, np.uint8)
    far = 4 * max(shape)  # a polygon far off the photo is cut so that its fixed-point corners stay in range
    cv2.fillPoly(mask, [np.round(np.clip(edge, -far, far)[:, ::-1] * 16).astype(np.int32)], (1,), cv2.LINE_8, 4)
    return mask > 0


def _markers(grey: Bytes, s: RingSettings) -> tuple[Floats, Floats]:
    """Return corners (M, 4, 2) as (y, x) [px], refined in the whole photo, and ids (M,)."""
    best = np.zeros((0, 4, 2)), np.zeros(0)
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    for side in s.look_at_px:
        share = min(1.0, side / max(grey.shape))
        small = grey if share == 1.0 else cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        found, numbers, _ = detector.detectMarkers(small)
        keep = [k for k in range(len(found)) if int(numbers[k].item()) < RING.n_markers]
        # each id stands once on a ring; a second one is another ring or a chance find, so neither is used
        names = [int(numbers[k].item()) for k in keep]
        keep = [k for k, name in zip(keep, names, strict=True) if names.count(name) == 1]
        if len(keep) > len(best[1]):
            xy = np.concatenate([found[k].reshape(4, 2) for k in keep]).astype(np.float64)
            xy = (xy + 0.5) / share - 0.5
            best = _refined(grey, xy).reshape(-1, 4, 2), np.array([float(numbers[k].item()) for k in keep])
        if len(best[1]) >= RING.n_markers // 2:
            break
    return best


def _refined(grey: Bytes, xy: Floats) -> Floats:
    """Return corners (C, 2) as (y, x) [px], each moved onto its corner in the whole photo."""
    sides = np.linalg.norm(np.roll(xy.reshape(-1, 4, 2), 1, axis=1) - xy.reshape(-1, 4, 2), axis=2)
    module = float(np.median(sides)) / 6
    half = int(np.clip(0.6 * module, 2, 12))
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 40, 0.005)
    points = np.ascontiguousarray(xy, np.float32).reshape(-1, 1, 2)
    moved = cv2.cornerSubPix(grey, points.copy(), (half, half), (-1, -1), stop).reshape(-1, 2).astype(np.float64)
    lost = np.linalg.norm(moved - xy, axis=1) > 1.5 * module
    moved[lost] = xy[lost]
    return moved[:, ::-1]


def _through(homography: Floats, points: Floats) -> Floats:
    carried = np.column_stack([points, np.ones(len(points))]) @ homography.T
    plane: Floats = carried[:, :2] / carried[:, 2:]
    return plane


def _fit(at_mm: Floats, at_px: Floats, ransac_px: float) -> tuple[Floats, Floats, Floats, int] | None:
    """Return the homography mm to px, the covariance of its 8 numbers, residuals (C, 2) [px] and markers used."""
    start, inside = cv2.findHomography(at_mm, at_px, cv2.RANSAC, ransac_px)
    if start is None:
        return None
    whole = inside.reshape(-1, 4).all(axis=1)  # a marker is read right or not at all
    use = np.repeat(whole, 4)
    if whole.sum() < 1:
        return None
    mm, px = at_mm[use], at_px[use]

    def residual(h: Floats) -> Floats:
        off: Floats = (_through(np.append(h, 1.0).reshape(3, 3), mm) - px).ravel()
        return off

    first = (start / start[2, 2]).ravel()[:8]
    done = least_squares(residual, first, loss="soft_l1", f_scale=1.0, x_scale="jac")
    off = residual(done.x)
    freedom = max(1, len(off) - 8)
    spread2 = max(float(off @ off) / freedom, _CORNER_PX**2)
    jacobian = np.asarray(done.jac, dtype=np.float64)
    covariance = np.asarray(np.linalg.pinv(jacobian.T @ jacobian), np.float64) * spread2
    matrix = np.append(done.x, 1.0).reshape(3, 3)
    if np.linalg.det(matrix) <= 0:  # a mirrored ring
        return None
    return matrix, covariance, off.reshape(-1, 2), int(whole.sum())


def _scale_at(px_from_mm: Floats, covariance: Floats, at_px: Floats) -> tuple[float, float]:
    """Return the local scale at a pixel [px/mm] and its standard error from the fit."""

    def scale(h: Floats) -> float:
        inverse = np.linalg.inv(np.append(h, 1.0).reshape(3, 3))
        third = float(inverse[2] @ np.append(at_px, 1.0))
        return float(np.sqrt(abs(third**3 / np.linalg.det(inverse))))

    h = (px_from_mm / px_from_mm[2, 2]).ravel()[:8]
    value = scale(h)
    slope = np.zeros(8)
    for k in range(8):
        step = 1e-4 * float(np.sqrt(covariance[k, k])) + 1e-12
        up, down = h.copy(), h.copy()
        up[k] += step
        down[k] -= step
        slope[k] = (scale(up) - scale(down)) / (2 * step)
    return value, math.sqrt(max(0.0, float(slope @ covariance @ slope)))


def _tilt_deg(px_from_mm: Floats) -> float:
    """Return the tilt from the ratio of the two local scales at the window's middle."""
    plane = px_from_mm[:2, 2] / px_from_mm[2, 2]
    jacobian = (px_from_mm[:2, :2] - np.outer(plane, px_from_mm[2, :2])) / px_from_mm[2, 2]
    # of two singular values the squares' sum and the product are known
    half = float(np.sum(jacobian**2)) / 2
    apart = math.sqrt(max(0.0, half**2 - float(np.linalg.det(jacobian)) ** 2))
    return math.degrees(math.acos(math.sqrt(max(0.0, half - apart) / (half + apart))))
