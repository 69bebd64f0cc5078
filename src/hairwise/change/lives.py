"""Each hair's life over many visits to a spot.

Knows: comparisons of the first photo with each later one. Must not know: dates, exposures.
H hairs, V visits, the first among them. Order of coordinates (y, x), pixels of the first photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.records.base import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Bools, Floats, Ints
    from hairwise.records.change import Change

__all__ = ["ABSENT", "HIDDEN", "NOT_YET", "OUT", "PRESENT", "UNKNOWN", "Growth", "Lives", "follow", "growth"]

PRESENT, ABSENT, HIDDEN, OUT, NOT_YET, UNKNOWN = range(6)
# Two finds of one root in two comparisons lie nearer than this; follicular units are about a millimetre apart.
_SAME_ROOT_MM = 0.12
# Growing scalp hair gains 0.2 to 0.5 mm a day; what gains less than this is taken to rest.
_GROWING_MM_PER_DAY = 0.1
_MIN_HAIRS = 8
# Measured on rendered spots (bench/growth.py): hair that rises from the skin looks up to a tenth shorter than it is.
_FORESHORTENED = 0.1
# Hairs that seem to rest but whose tip is not surely seen: a line that ends too early looks so too. Half of them grow,
# give or take this Beta's spread (on the same rendered spots 0.4 to 0.7).
_UNSURE_GROW = (2.0, 2.0)


@dataclass(frozen=True)
class Lives:
    """Hairs of a spot over its visits.

    Attributes
    ----------
    root_px : (H, 2) array of float
        Roots in the first photo.
    state : (H, V) array of int
        PRESENT, ABSENT, HIDDEN, OUT, NOT_YET (before a new hair was first seen) or UNKNOWN (photo not
        comparable, or that comparison does not speak of the hair).
    index : (H, V) array of int
        Row of the hair among that visit's finds; -1 where it was seen by looking only, or not at all.
    """

    root_px: Floats
    state: Ints
    index: Ints


@dataclass(frozen=True)
class Growth:
    """Growth of clipped hair between two visits a few days apart."""

    n_hairs: int
    mm_per_day: Estimate
    growing_share: Estimate


@dataclass(frozen=True)
class _Seen:
    """A hair in one comparison: place in the first photo, state later, rows among the finds of both (-1: none)."""

    place: Floats
    state: int
    first: int
    later: int
    is_new: bool


def follow(changes: Sequence[Change | None], n_finds: int, px_per_mm: float) -> Lives:
    """Follow each hair of a spot from visit to visit.

    Parameters
    ----------
    changes : sequence of Change or None
        The first photo compared with each later one, in order; None where that was refused.
    n_finds : int
        Finds of the first photo by itself, which begin ``hairs_t0`` of every comparison.
    px_per_mm : float
        Of the first photo.

    Returns
    -------
    Lives
        Hairs of the first visit, then new ones in the order they were first seen. A hair absent once and present later
        is kept so: it may have grown again, or been hidden.
    """
    n_visits = len(changes) + 1
    by_row: dict[int, int] = {}
    roots: list[Floats] = []
    loose: list[int] = []  # hairs known by their place alone
    states: list[Ints] = []
    rows: list[Ints] = []
    for visit, change in enumerate(changes, start=1):
        told: set[int] = set()
        for seen in _seen(change) if change is not None else ():
            own = 0 <= seen.first < n_finds
            free = [h for h in loose if h not in told]
            h = by_row.get(seen.first) if own else _nearest(roots, free, seen.place, px_per_mm)
            if h is None:
                h = len(roots)
                roots.append(seen.place)
                states.append(_blank(changes, visit, seen.is_new))
                rows.append(np.full(n_visits, -1, np.int64))
                if own:
                    by_row[seen.first] = h
                    rows[h][0] = seen.first
                else:
                    loose.append(h)
            told.add(h)
            states[h][visit], rows[h][visit] = seen.state, seen.later
    blank = np.zeros((0, n_visits), np.int64)
    return Lives(
        np.array(roots).reshape(-1, 2), np.array(states) if states else blank, np.array(rows) if rows else blank
    )


def _blank(changes: Sequence[Change | None], first: int, is_new: bool) -> Ints:
    """Return the states of a hair first met at a visit, before more is known."""
    state = np.full(len(changes) + 1, UNKNOWN, np.int64)
    state[: first if is_new else 1] = NOT_YET if is_new else PRESENT
    refused = [visit for visit, change in enumerate(changes, start=1) if change is None]
    state[refused] = UNKNOWN
    return state


def _seen(change: Change) -> list[_Seen]:
    kept, first = change.kept, change.hairs_t0.root_px
    out = [
        _Seen(kept.t0_px[k], PRESENT, int(kept.hair_t0[k]), int(kept.hair_t1[k]), is_new=False)
        for k in range(len(kept.p))
    ]
    for rows, state in ((change.lost, ABSENT), (change.hidden, HIDDEN), (change.out_of_view, OUT)):
        out += [_Seen(first[h], state, h, -1, is_new=False) for h in rows.tolist()]
    if len(change.new):
        back = np.linalg.inv(change.registration.homography)
        there = change.hairs_t1.root_px[change.new]
        goes = np.column_stack([there[:, ::-1], np.ones(len(there))]) @ back.T
        place = (goes[:, :2] / goes[:, 2:])[:, ::-1]
        out += [_Seen(place[k], PRESENT, -1, h, is_new=True) for k, h in enumerate(change.new.tolist())]
    return out


def _nearest(roots: list[Floats], among: list[int], place: Floats, px_per_mm: float) -> int | None:
    if not among:
        return None
    gap = np.linalg.norm(np.array([roots[h] for h in among]) - place, axis=1)
    nearest = int(np.argmin(gap))
    return among[nearest] if gap[nearest] < _SAME_ROOT_MM * px_per_mm else None


def growth(gain_mm: Floats, whole: Bools, days: float, level: float = 0.95) -> Growth | None:
    """Say how fast hair grew and which share of it did.

    Parameters
    ----------
    gain_mm : (H,) array of float
        Gain in length of each hair seen whole at the first visit and found at the second; NaN is left out.
    whole : (H,) array of bool
        Whether its tip was surely seen at the second too.
    days : float
        Between the visits; 1 to 7, with the hair clipped at the first.
    level : float
        Of the intervals.

    Returns
    -------
    Growth or None
        The rate is that of growing hairs, along the skin; its upper end allows for hair that rises. None with fewer
        than eight hairs, or without a growing one. The share is not told from pulled or broken hairs, so it is of the
        hairs that stayed.
    """
    known = np.isfinite(gain_mm)
    rate = gain_mm[known] / days
    grows = rate >= _GROWING_MM_PER_DAY
    if len(rate) < _MIN_HAIRS or not grows.any():
        return None
    rng = np.random.default_rng(20240229)
    draws = [float(np.median(rng.choice(rate[grows], int(grows.sum())))) for _ in range(1000)]
    tail = (1 - level) / 2
    lo, hi = np.quantile(draws, [tail, 1 - tail])
    middle = float(np.median(rate[grows]))
    unsure = int((~grows & ~whole[known]).sum())
    grown = grows.sum() + unsure * rng.beta(*_UNSURE_GROW, 4000)
    share = rng.beta(grown + 0.5, len(rate) - grown + 0.5)  # Jeffreys
    low, high = np.quantile(share, [tail, 1 - tail])
    part = float((grows.sum() + 0.5 * unsure) / len(rate))
    return Growth(
        n_hairs=len(rate),
        mm_per_day=Estimate(
            value=middle, lo=min(float(lo), middle), hi=max(float(hi), middle) / (1 - _FORESHORTENED), level=level
        ),
        growing_share=Estimate(value=part, lo=min(float(low), part), hi=max(float(high), part), level=level),
    )
