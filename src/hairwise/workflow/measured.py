"""What kept photos showed, as a diary tells it.

Knows: which comparison of a spot counts. Must not know: algorithms, SQL, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hairwise.records.base import Estimate
from hairwise.records.diary import Density, Spot, SpotChange
from hairwise.store import readings
from hairwise.workflow.contrasts import Span, rolled_against_control

if TYPE_CHECKING:
    from hairwise.records.series import ContrastEntry
    from hairwise.store.repository import KeptPhoto, Store

__all__ = ["longest", "measured_changes", "measured_contrasts", "measured_densities", "pair_of"]


@dataclass(frozen=True)
class _Seen:
    """A kept comparison as far as rolled against unrolled skin needs it."""

    change_pct: Estimate
    n_t0: int
    lost: range
    new: range


def longest(
    photos: list[KeptPhoto], pairs: dict[tuple[str, str], dict[str, Any]]
) -> tuple[KeptPhoto, KeptPhoto, dict[str, Any]] | None:
    """Return the comparison of a spot over the longest time: its first photo that was compared, and the latest."""
    for first in photos:
        for last in reversed(photos):
            told = pairs.get((first.sha256, last.sha256))
            if told and not told.get("refused") and last.day > first.day:
                return first, last, told
    return None


def pair_of(store: Store, change: SpotChange) -> tuple[KeptPhoto, KeptPhoto, dict[str, Any]] | None:
    """Return the two photos and the comparison that a measured change came from; None where it was told otherwise."""
    told = longest(_by_spot(store).get(change.spot, []), readings.pair_summaries(store))
    return told if told and (told[0].day, told[1].day) == (change.from_, change.to) else None


def measured_changes(store: Store) -> tuple[SpotChange, ...]:
    """Return one change a spot, over the longest time that its photos were compared."""
    pairs = readings.pair_summaries(store)
    if not pairs:
        return ()
    out = []
    for _, photos in sorted(_by_spot(store).items()):
        told = longest(photos, pairs)
        if told is None:
            continue
        first, last, summary = told
        net = summary["change"]
        out.append(
            SpotChange.model_validate(
                {
                    "spot": first.spot,
                    "from": first.day,
                    "to": last.day,
                    **{name: summary[name] for name in ("n_t0", "lost", "new")},
                    "change": {name: net[name] for name in ("value", "lo", "hi")},
                }
            )
        )
    return tuple(out)


def measured_densities(store: Store) -> tuple[Density, ...]:
    """Return the density of each measured close-up, for charts; causes are explained from changes, not twice."""
    zones = {e.body["id"]: e.body["zone"] for e in store.entries("spot")}
    told = readings.summaries(store)
    out = []
    for photo in store.photos():
        density = (told.get(photo.sha256) or {}).get("density_per_cm2")
        if density and photo.spot in zones:
            numbers = {"hairs_per_cm2": density["value"], "lo": density["lo"], "hi": density["hi"]}
            out.append(Density(date=photo.day, zone=zones[photo.spot], photo=photo.spot, **numbers))
    return tuple(out)


def measured_contrasts(store: Store) -> tuple[ContrastEntry, ...]:
    """Return rolled against unrolled spots, over the longest time between days on which both were photographed."""
    pairs = readings.pair_summaries(store)
    spots = {e.body["id"]: Spot.model_validate(e.body) for e in store.entries("spot")}
    photos = {p.sha256: p for p in store.photos() if p.kind == "close_up" and p.spot in spots}
    spans: dict[tuple[str, Any, Any], list[_Seen]] = {}
    visits: dict[tuple[str, Any, Any], tuple[set[str], set[str]]] = {}
    for (before, after), told in pairs.items():
        one, two = photos.get(before), photos.get(after)
        if one is None or two is None or told.get("refused") or one.spot != two.spot or two.day <= one.day:
            continue
        seen = _Seen(Estimate.model_validate(told["change_pct"]), told["n_t0"], range(told["lost"]), range(told["new"]))
        key = str(one.spot), one.day, two.day
        spans.setdefault(key, []).append(seen)
        for photo, visit in zip((before, after), visits.setdefault(key, (set(), set())), strict=True):
            visit.add(photo)
    # photos compared crosswise are no more repeats than there are photos
    kept = {key: seen[: max(map(len, visits[key]))] for key, seen in spans.items()}
    found = rolled_against_control([Span(spots[i], first, last, (*seen,)) for (i, first, last), seen in kept.items()])
    longest_of = {c.zone: c for c in sorted(found, key=lambda c: c.to_date - c.from_date)}
    return tuple(longest_of.values())


def _by_spot(store: Store) -> dict[str, list[KeptPhoto]]:
    out: dict[str, list[KeptPhoto]] = {}
    for photo in store.photos():
        if photo.kind == "close_up" and photo.spot:
            out.setdefault(photo.spot, []).append(photo)
    return out
