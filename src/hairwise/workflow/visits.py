"""The spots of a diary over all their visits: each hair's life, and rolled against unrolled skin.

Knows: which photos of a diary belong together. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from hairwise.change.contrast import ContrastSettings, shift_of
from hairwise.change.lives import Lives, follow, growth
from hairwise.change.repeats import Repeat, shared_shares
from hairwise.errors import Refused
from hairwise.flags import Flag, names
from hairwise.records.base import Estimate
from hairwise.records.series import ContrastEntry, GrowthEntry, LifeEntry, SeriesFile, SpotSeries, VisitEntry
from hairwise.report.series_words import LIMITS
from hairwise.workflow.contrasts import Span, rolled_against_control
from hairwise.workflow.files import head, refusal
from hairwise.workflow.photos import (
    Measured,
    compare_photos,
    lay_over,
    measure_photo,
    out_of_order,
    pair_settings,
    pair_version,
)
from hairwise.workflow.spots import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hairwise.records.base import Floats
    from hairwise.records.change import Change
    from hairwise.records.diary import Diary, PhotoEntry, Spot
    from hairwise.records.series import State
    from hairwise.workflow.spots import Progress, ReadPhoto

__all__ = ["n_series_steps", "refused_series", "series"]

_SCHEMA = "hairwise/series/1"
_STATES: tuple[State, ...] = ("present", "absent", "hidden", "out_of_view", "not_yet", "unknown")  # as in lives
_GROWTH_DAYS = 7  # beyond this most clipped hair runs out of the photo


@dataclass(frozen=True)
class _Visit:
    """Photos of one spot on one day, those that could be measured; ``refused`` where none could."""

    day: date
    entries: tuple[PhotoEntry, ...]
    measured: tuple[Measured, ...]
    refused: Refused | None

    @property
    def n_photos(self) -> int:
        """Photos of the day that count, each once; where none can be measured, those that were named."""
        return len(self.measured) or len({entry.file for entry in self.entries})


@dataclass(frozen=True)
class _Pair:
    """A comparison of photo ``first`` of the first visit with photo ``later`` of a later one."""

    first: int
    later: int
    change: Change


@dataclass(frozen=True)
class _Followed:
    """A spot with every later visit compared with the first; ``pairs`` holds one a pair of repeat photos.

    ``blank`` are visits before the first, none of whose photos could be measured; ``shared``, for each later visit, are
    the shares (K, K) of hairs that its K pairs have in common, None of one pair.
    """

    spot: Spot
    blank: tuple[_Visit, ...]
    visits: tuple[_Visit, ...]
    pairs: tuple[tuple[_Pair, ...], ...]
    refused: tuple[Refused | None, ...]
    shared: tuple[Floats | None, ...]

    @property
    def changes(self) -> tuple[tuple[Change, ...], ...]:
        """The comparisons alone."""
        return tuple(tuple(pair.change for pair in pairs) for pairs in self.pairs)


def n_series_steps(diary: Diary) -> int:
    """Return how many steps ``series`` will report."""
    return sum(len(photos) for _, photos in _photos(diary))


def series(diary: Diary, read: ReadPhoto, step: Progress) -> SeriesFile:
    """
    Follow every spot of a diary that was photographed on two days or more.

    Parameters
    ----------
    diary : Diary
    read : callable
        Photo's path in the diary to its bytes.
    step : callable
        Told before each photo.

    Raises
    ------
    Refused
        ``no_series`` when no spot has photos of two days; and when a photo that the diary names is missing.
    """
    start = time.perf_counter()
    photos = _photos(diary)
    if not photos:
        raise Refused(
            "no_series", "No spot of this diary has photos of two days.", "Photograph the same spot again and add it."
        )
    followed = [_follow(spot, entries, read, step) for spot, entries in photos]
    shas = tuple(m.photo.sha256 for f in followed for v in f.visits for m in v.measured)
    return SeriesFile.model_validate(
        {
            **head(_SCHEMA, pair_version(), _settings(), time.perf_counter() - start),
            "photos_sha256": shas,
            "spots": tuple(_spot_series(f) for f in followed),
            "contrasts": _contrasts(followed),
            "limits": LIMITS,
        }
    )


def refused_series(error: Refused) -> SeriesFile:
    """Return the file of a diary whose spots cannot be followed."""
    return SeriesFile.model_validate({**head(_SCHEMA, pair_version(), _settings(), 0.0), "refused": refusal(error)})


def _settings() -> dict[str, object]:
    return {**pair_settings(), "contrast": asdict(ContrastSettings())}


def _photos(diary: Diary) -> list[tuple[Spot, list[PhotoEntry]]]:
    out = []
    for spot in diary.spots:
        photos = sorted((p for p in diary.photos if p.spot == spot.id), key=lambda p: p.date)
        if len({p.date for p in photos}) >= 2:
            out.append((spot, photos))
    return out


def _follow(spot: Spot, photos: list[PhotoEntry], read: ReadPhoto, step: Progress) -> _Followed:
    visits = _each_once(
        tuple(_visit(day, tuple(entries), read, step) for day, entries in groupby(photos, key=lambda p: p.date))
    )
    pairs: list[tuple[_Pair, ...]] = []
    refused: list[Refused | None] = []
    # the first visit that can be measured is the one that others are held against
    n_blank = next((k for k, visit in enumerate(visits[:-2]) if visit.measured), len(visits) - 2)
    blank, visits = visits[:n_blank], visits[n_blank:]
    first = visits[0]
    for later in visits[1:]:
        why = first.refused or later.refused
        told: list[_Pair] = []
        if why is None:
            n = max(len(first.measured), len(later.measured))
            for k in range(n):
                i, j = k % len(first.measured), k % len(later.measured)
                try:
                    told.append(_Pair(i, j, compare_photos(first.measured[i], later.measured[j]).change))
                except Refused as error:
                    why = error
        pairs.append(tuple(told))
        refused.append(None if told else why)
    return _Followed(spot, blank, visits, tuple(pairs), tuple(refused), _shared(visits, pairs))


def _each_once(visits: tuple[_Visit, ...]) -> tuple[_Visit, ...]:
    """Leave a photo to the first day that names it: named for another day too, it says nothing of that day."""
    seen: dict[str, date] = {}
    out = []
    for visit in visits:
        own = tuple(m for m in visit.measured if m.photo.sha256 not in seen)
        if visit.measured and not own:
            again = visit.measured[0].photo
            why = f"{again.name} is the same photo as on {seen[again.sha256]}."
            out.append(replace(visit, measured=(), refused=Refused("same_photo", why, "Name the photo of this day.")))
            continue
        seen |= {m.photo.sha256: visit.day for m in own}
        out.append(replace(visit, measured=own))
    return tuple(out)


def _shared(visits: tuple[_Visit, ...], pairs: list[tuple[_Pair, ...]]) -> tuple[Floats | None, ...]:
    """Shares of hairs that the pairs of each later visit have in common."""
    first = visits[0].measured
    place = _places(first, sorted({pair.first for told in pairs if len(told) > 1 for pair in told}))
    out: list[Floats | None] = []
    for visit, told in zip(visits[1:], pairs, strict=True):
        repeats = [
            Repeat(
                pair.change,
                place[pair.first],
                first[pair.first].photo.rgb.shape[:2],
                visit.measured[pair.later].photo.rgb.shape[:2],
            )
            for pair in told
            if len(told) > 1
        ]
        out.append(shared_shares(repeats) if repeats else None)
    return tuple(out)


def _places(photos: tuple[Measured, ...], used: list[int]) -> dict[int, Floats | None]:
    """Lay photos of one day over each other: where each lies on the first of them, by way of others if need be."""
    place: dict[int, Floats | None] = {}
    for k in used:
        known = [(j, at) for j, at in place.items() if at is not None]
        steps = ((at, lay_over(photos[k], photos[j])) for j, at in known)
        place[k] = next((at @ step for at, step in steps if step is not None), None if place else np.eye(3))
    return place


def _visit(day: date, entries: tuple[PhotoEntry, ...], read: ReadPhoto, step: Progress) -> _Visit:
    measured: list[Measured] = []
    why = None
    for entry in entries:
        step(f"measure {entry.file}")
        try:
            measured.append(measure_photo(read(entry.file), entry.file.rsplit("/", 1)[-1], entry.px_per_mm))
        except Refused as error:
            if error.code in MISSING:
                raise
            why = error
    # one photo named twice is no repeat
    measured = list({m.photo.sha256: m for m in measured}.values())
    return _Visit(day, entries, tuple(measured), None if measured else why)


def _spot_series(f: _Followed) -> SpotSeries:
    entries = [
        VisitEntry(
            date=visit.day,
            photos=visit.n_photos,
            n_hairs=len(visit.measured[0].hairs) if visit.measured else None,
            change_pct=None,
            lost=None,
            new=None,
            refused=refusal(visit.refused) if visit.refused else None,
        )
        for visit in (*f.blank, f.visits[0])
    ]
    for visit, changes, why in zip(f.visits[1:], f.changes, f.refused, strict=True):
        told = shift_of(changes) if changes else None  # hairs weigh as the change does: one blurred pair hardly counts
        entries.append(
            VisitEntry(
                date=visit.day,
                photos=visit.n_photos,
                n_hairs=len(visit.measured[0].hairs) if visit.measured else None,
                change_pct=_mean_change(changes) if changes else None,
                lost=round(told.lost) if told else None,
                new=round(told.new) if told else None,
                refused=refusal(why) if why else None,
                flags=_order(f.visits[0], visit),
            )
        )
    hairs, grown = _lives(f)
    return SpotSeries(
        spot=f.spot.id, zone=f.spot.zone, role=f.spot.role, visits=tuple(entries), hairs=hairs, growth=grown
    )


def _order(first: _Visit, later: _Visit) -> tuple[str, ...]:
    """Name the flag of a visit whose cameras say it came before the first."""
    return tuple(names(out_of_order([m.photo for m in first.measured], [m.photo for m in later.measured])))


def _mean_change(changes: Sequence[Change]) -> Estimate:
    """Return the change of repeat photos together; one pair's own interval where there is one."""
    if len(changes) == 1:
        return changes[0].change_pct
    shift = shift_of(changes)
    half = 1.959964 * shift.measure_sd_pct
    return Estimate(value=shift.value_pct, lo=max(shift.value_pct - half, -100.0), hi=shift.value_pct + half)


def _lives(f: _Followed) -> tuple[tuple[LifeEntry, ...], GrowthEntry | None]:
    first = f.visits[0]
    if not first.measured:
        return (), None
    base = first.measured[0]
    scale = base.calibration.px_per_mm or float(max(base.photo.rgb.shape[:2])) / 7.0  # as the comparison takes it
    # lives are those of the hairs of one photo: what other repeats say is in the intervals
    chosen = [next((pair for pair in pairs if pair.first == 0), None) for pairs in f.pairs]
    lives = follow([pair.change if pair else None for pair in chosen], len(base.finds), scale)
    later = [v.measured[pair.later] if pair else None for v, pair in zip(f.visits[1:], chosen, strict=True)]
    per_visit = [base, *later]
    diameter = _columns(lives, [m.measurement.diameter_um if m else np.zeros(0) for m in per_visit])
    length = _columns(lives, [m.measurement.length_mm if m else np.zeros(0) for m in per_visit])
    entries = tuple(
        LifeEntry(
            root=(round(float(lives.root_px[h, 1]), 2), round(float(lives.root_px[h, 0]), 2)),
            states=tuple(_STATES[s] for s in lives.state[h]),
            diameter_um=tuple(_number(x) for x in diameter[h]),
            length_mm=tuple(_number(x) for x in length[h]),
        )
        for h in range(len(lives.root_px))
    )
    # stubs are seen whole in a bundle too; hair that grew crosses others
    cut, lost = Flag.TIP_OUTSIDE | Flag.FAINT, Flag.TIP_OUTSIDE | Flag.FAINT | Flag.IN_BUNDLE
    whole = _columns(
        lives, [_is_whole(m, u) if m else np.zeros(0) for m, u in zip(per_visit[:2], (cut, lost), strict=True)]
    )
    gain_mm = np.where(whole[:, 0] == 1, length[:, 1] - length[:, 0], np.nan)
    return entries, _growth(f, gain_mm, whole[:, 1] == 1)


def _is_whole(measured: Measured, unsure: Flag) -> np.ndarray:
    """Say of each hair (H,) whether its tip is surely seen, 1 or 0; of the others the line may end too early."""
    return np.where(measured.hairs.flags & int(unsure), 0.0, 1.0)


def _columns(lives: Lives, values: list[np.ndarray]) -> np.ndarray:
    """Values (H, V) of each hair at each visit; NaN where it has no listed find there."""
    out = np.full((len(lives.index), len(values)), np.nan)
    for v, column in enumerate(values):
        has = (lives.index[:, v] >= 0) & (lives.index[:, v] < len(column))
        out[has, v] = column[lives.index[has, v]]
    return out


def _number(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


def _growth(f: _Followed, gain_mm: np.ndarray, whole: np.ndarray) -> GrowthEntry | None:
    """Growth from the first visit to the second, where the hair was clipped and a few days lie between."""
    one, two = f.visits[0], f.visits[1]
    days = (two.day - one.day).days
    clipped = all(e.style == "clipped" for e in (*one.entries, *two.entries))
    has_scale = all(v.measured and v.measured[0].calibration.px_per_mm for v in (one, two))
    if not (clipped and has_scale and 1 <= days <= _GROWTH_DAYS):
        return None
    told = growth(gain_mm, whole, days)
    if told is None:
        return None
    return GrowthEntry(
        from_date=one.day,
        to_date=two.day,
        hairs=told.n_hairs,
        growth_mm_per_day=told.mm_per_day,
        growing_share=told.growing_share,
    )


def _contrasts(followed: list[_Followed]) -> tuple[ContrastEntry, ...]:
    return rolled_against_control(
        [
            Span(f.spot, f.visits[0].day, visit.day, changes, shared)
            for f in followed
            for visit, changes, shared in zip(f.visits[1:], f.changes, f.shared, strict=True)
            if changes
        ]
    )
