"""Follow hairs from their first part to their tips, straight through crossings.

Knows: one contrast map, where each hair begins and how wide it is. Must not know: roots, colours, probabilities.
Letters: N hairs, A headings, R distances ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.hairs.lines import across, along, sample

if TYPE_CHECKING:
    from hairwise.hairs.maps import Image32
    from hairwise.records.base import Bools, Floats

__all__ = ["TraceRule", "bend", "trace"]

_STATIONS, _ROUNDS = 8, 4
_TURNS = np.deg2rad(np.linspace(-15.0, 15.0, 11))
_AHEAD = np.array([0.6, 1.2, 1.8, 2.5, 3.2, 4.0, 5.0])  # in widths: a crossing at 20 degrees is three widths long


def bend(contrast: Image32, start: Floats, end: Floats, width_px: Floats) -> list[Floats]:
    """
    Lay straight pieces onto the hairs they cross lengthwise.

    Parameters
    ----------
    contrast : (H, W) array of float32
        High on hair.
    start, end : (N, 2) array of float
        Ends (y, x) [px]; they stay within a third of a width of where they are.
    width_px : (N,) array of float
        Width of each hair.

    Returns
    -------
    list of (P, 2) arrays
        A parabola through the middles of the hair at eight stations.
    """
    if not len(start):
        return []
    t = (np.arange(_STATIONS) + 0.5) / _STATIONS
    normal, middle = across(start, end), along(start, end, _STATIONS)
    shift = np.linspace(-0.35, 0.35, 15)
    basis = np.stack([np.ones(_STATIONS), t, t**2], axis=1)
    solve = np.linalg.solve(basis.T @ basis + np.diag([0.0, 0.05, 0.2]), basis.T)
    aside = np.zeros((len(start), _STATIONS))
    for _ in range(_ROUNDS):
        off = (aside[:, :, None] + shift) * width_px[:, None, None]
        band = middle[:, :, None] + off[..., None] * normal[:, None, None]
        value = np.clip(sample(contrast, band), 0.0, 1.2)
        # only what stands out from the rest of the band pulls: on a flat top the piece stays where it is
        pull = value - value.min(axis=2, keepdims=True)
        found = aside + (pull * shift).sum(axis=2) / (pull.sum(axis=2) + 0.3)
        terms = found @ solve.T
        aside = np.clip(terms @ basis.T, -0.35, 0.35)
    lines = []
    for k in range(len(start)):
        n = max(3, int(np.linalg.norm(end[k] - start[k]) // 5))
        at = np.linspace(0.0, 1.0, n)
        off = np.clip(terms[k] @ np.stack([np.ones(n), at, at**2]), -0.35, 0.35) * width_px[k]
        lines.append(start[k] + at[:, None] * (end[k] - start[k]) + off[:, None] * normal[k])
    return lines


@dataclass(frozen=True)
class TraceRule:
    """How far and how straight hairs are followed.

    Attributes
    ----------
    step_px : float
        Length of a step [px of the map].
    longest_px : float
        Hairs are followed no further.
    gap_px : float
        Bare skin longer than this is the end.
    bend_price : float
        Contrast that turning by 15 degrees at one step costs.
    """

    step_px: float = 3.0
    longest_px: float = 1500.0
    gap_px: float = 8.0
    bend_price: float = 0.12


def trace(contrast: Image32, lines: list[Floats], width_px: Floats, level: Floats, rule: TraceRule) -> list[Floats]:
    """
    Extend lines along the hair they lie on.

    Parameters
    ----------
    contrast : (H, W) array of float32
        High on hair.
    lines : list of (P, 2) arrays
        First part of each of N hairs (y, x) [px], at least two points.
    width_px, level : (N,) array of float
        Width of each hair; contrast below which it is no longer there.
    rule : TraceRule

    Returns
    -------
    list of (Q, 2) arrays
        Each line with what was found beyond its last point; unchanged where nothing was.

    Notes
    -----
    All hairs step together. At each step the heading is the one along which the next five widths are darkest, less
    a price for turning: through a crossing, straight on wins.
    """
    n = len(lines)
    at = np.array([line[-1] for line in lines]).reshape(-1, 2)
    back = np.array([line[max(0, len(line) - 4)] for line in lines]).reshape(-1, 2)
    heading = np.arctan2(at[:, 0] - back[:, 0], at[:, 1] - back[:, 1])
    alive, bare = np.ones(n, np.bool_), np.zeros(n)
    path, good = [at], np.zeros(n, np.int64)
    for k in range(1, int(rule.longest_px / rule.step_px)):
        if not alive.any():
            break
        live = np.flatnonzero(alive)
        place, turned, here = _step(contrast, at[live], heading[live], width_px[live], rule)
        at = at.copy()
        at[live], heading[live] = place, turned
        path.append(at)
        on = here > level[live]
        good[live[on]] = k
        bare[live] = np.where(on, 0.0, bare[live] + rule.step_px)
        alive[live] = (bare[live] <= np.maximum(rule.gap_px, 1.2 * width_px[live])) & _inside(place, contrast)
    steps = np.stack(path)
    return [np.concatenate([line, steps[1 : good[h] + 1, h]]) for h, line in enumerate(lines)]


def _step(
    contrast: Image32, at: Floats, heading: Floats, width: Floats, rule: TraceRule
) -> tuple[Floats, Floats, Floats]:
    """Return the next places (N, 2), the headings there and the contrast there."""
    angles = heading[:, None] + _TURNS[None]
    way = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    reach = _AHEAD[None, :] * width[:, None]
    ahead = at[:, None, None] + reach[:, None, :, None] * way[:, :, None]
    # a hair's own edge is darker than skin but less than its middle; capped, so that a darker one does not draw aside
    seen = np.clip(sample(contrast, ahead), -0.3, 1.2).mean(axis=2)
    score = seen - rule.bend_price * (_TURNS / _TURNS[-1])[None] ** 2
    best = np.argmax(score, axis=1)
    rows = np.arange(len(at))
    turned = heading + 0.5 * _TURNS[best]
    place = at + rule.step_px * np.stack([np.sin(turned), np.cos(turned)], axis=1)
    normal = np.stack([np.cos(turned), -np.sin(turned)], axis=1)
    side = np.linspace(-0.3, 0.3, 7)
    band = place[:, None] + (side[None] * width[:, None])[..., None] * normal[:, None]
    value = np.clip(sample(contrast, band), 0.0, 1.2) + 1e-6
    wide = value - value.min(axis=1, keepdims=True)
    shift = (wide * side).sum(axis=1) / np.maximum(wide.sum(axis=1), 1e-6) * width
    place = place + 0.3 * shift[:, None] * normal
    return place, turned, np.asarray(value[rows, len(side) // 2])


def _inside(place: Floats, contrast: Image32) -> Bools:
    limit = np.array(contrast.shape[:2]) - 1
    return np.asarray(((place >= 0) & (place <= limit)).all(axis=1))
