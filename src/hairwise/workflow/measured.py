"""What kept photos showed, as a diary tells it.

Knows: which comparison of a spot counts. Must not know: algorithms, SQL, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hairwise.records.base import Estimate
from hairwise.records.diary import Density, Spot, SpotChange
from hairwise.store import readings
from hairwise.workflow.contrasts import Span, rolled_against_control

if TYPE_CHECKING:
    from hairwise.records.series import ContrastEntry
    from hairwise.store.repository import KeptPhoto, Store

__all__ = ["changes_over_time", "longest", "measured_changes", "measured_contrasts", "measured_densities", "pair_of"]


def longest(
    photos: list[KeptPhoto], pairs: dict[tuple[str, str], dict[str, Any]]
) -> tuple[KeptPhoto, KeptPhoto, dict[str, Any]] | None:
    """Return the comparison of a spot over the longest time: its first photo that was compared, and the latest."""
    at = {photo.sha256: k for k, photo in enumerate(photos)}
    found = [
        (at[before], -at[after], told)
        for (before, after), told in pairs.items()
        if before in at and after in at and not told.get("refused") and photos[at[after]].day > photos[at[before]].day
    ]
    if not found:
        return None
    first, last, told = min(found, key=lambda pair: pair[:2])
    return photos[first], photos[-last], told


def pair_of(store: Store, change: SpotChange) -> tuple[KeptPhoto, KeptPhoto, dict[str, Any]] | None:
    """Return the two photos and the comparison that a measured change came from; None where it was told otherwise."""
    told = longest(_by_spot(store).get(change.spot, []), readings.pair_summaries(store))
    return told if told and (told[0].day, told[1].day) == (change.from_, change.to) else None


def measured_changes(store: Store) -> tuple[SpotChange, ...]:
    """Return one change a spot, over the longest time that its photos were compared."""
    pairs = readings.pair_summaries(store)
    told = [longest(photos, pairs) for _, photos in sorted(_by_spot(store).items())] if pairs else []
    return tuple(_change(*pair) for pair in told if pair is not None)


def changes_over_time(store: Store) -> tuple[SpotChange, ...]:
    """Return every spot's changes against the photo its longest change begins with, by day, for charts."""
    pairs = readings.pair_summaries(store)
    out = []
    for _, photos in sorted(_by_spot(store).items()) if pairs else []:
        told = longest(photos, pairs)
        for last in photos if told else []:
            first = told[0] if told else last
            summary = pairs.get((first.sha256, last.sha256))
            if summary and not summary.get("refused") and last.day > first.day:
                out.append(_change(first, last, summary))
    return tuple(out)


def _change(first: KeptPhoto, last: KeptPhoto, summary: dict[str, Any]) -> SpotChange:
    net = Estimate.model_validate(summary["change"])
    held = {"value": min(max(net.value, net.lo), net.hi), "lo": net.lo, "hi": net.hi}  # older ones lay beside it
    return SpotChange.model_validate(
        {
            "spot": first.spot,
            "from": first.day,
            "to": last.day,
            "n_t0": summary["n_t0"] - summary.get("out_of_view", 0),
            **{name: summary[name] for name in ("lost", "new")},
            "change": held,
        }
    )


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
    """Return rolled against unrolled spots whose changes lie between the same days, as the report tells it."""
    spots = {e.body["id"]: Spot.model_validate(e.body) for e in store.entries("spot")}
    changes = [c for c in measured_changes(store) if c.spot in spots]
    return rolled_against_control([Span(spots[c.spot], c.from_, c.to, (c,)) for c in changes])


def _by_spot(store: Store) -> dict[str, list[KeptPhoto]]:
    out: dict[str, list[KeptPhoto]] = {}
    for photo in store.photos():
        if photo.kind == "close_up" and photo.spot:
            out.setdefault(photo.spot, []).append(photo)
    return out
