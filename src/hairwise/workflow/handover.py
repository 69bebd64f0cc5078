"""What a person hands to a doctor's system: one FHIR file of what is kept, told from a file or from the store.

Knows: where hashes and measurements of photos are found. Must not know: FHIR, the terminal, HTTP.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from hairwise.care.questions import QUESTIONS
from hairwise.errors import Refused
from hairwise.records.base import Estimate
from hairwise.report.fhir import Handover, PhotoTold, render_fhir
from hairwise.store import readings
from hairwise.workflow.measured import measured_changes, pair_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hairwise.records.diary import Diary, PhotoEntry
    from hairwise.store.repository import KeptPhoto, Store
    from hairwise.workflow.photos import Measured
    from hairwise.workflow.spots import ReadPhoto
    from hairwise.workflow.telling import Told

__all__ = ["fhir_file", "fhir_kept"]

Versions = dict[tuple[str, "date", "date"], str]


def fhir_file(told: Told, read: ReadPhoto) -> bytes:
    """
    Return a diary and what follows from it as one FHIR R4 bundle.

    Parameters
    ----------
    told : Told
        With the photos of its diary.
    read : callable
        Photo's path in the diary to its bytes; of a photo that cannot be read the hash is left out.
    """
    measured: dict[str, Measured] = {}
    versions: Versions = {}
    for result in told.spots:
        if result.compared is not None:
            both = result.compared
            measured |= {result.first.file: both.before, result.last.file: both.after}
            versions[result.spot.id, *result.dates] = both.file.method_version
    photos = tuple(_photo_read(entry, measured.get(entry.file), read) for entry in told.diary.photos)
    return _rendered(told, told.diary, photos, versions)


def fhir_kept(store: Store, told: Told, diary: Diary) -> bytes:
    """
    Return what is kept and what follows from it as one FHIR R4 bundle, with what was measured on kept photos.

    Parameters
    ----------
    store : Store
    told : Told
        Of this diary.
    diary : Diary
        As `diary_kept` has it, with its photos.
    """
    read = readings.summaries(store)
    kept = {_place(photo): photo for photo in store.photos()}
    photos = tuple(_photo_kept(entry, kept[entry.file].sha256, read) for entry in diary.photos if entry.file in kept)
    return _rendered(told, diary, photos, _versions_kept(store))


def _rendered(told: Told, diary: Diary, photos: tuple[PhotoTold, ...], versions: Versions) -> bytes:
    full = diary.model_copy(update={"changes": told.diary.changes})
    return render_fhir(Handover(full, told.why, told.plan, photos, QUESTIONS, versions))


def _photo_read(entry: PhotoEntry, measured: Measured | None, read: ReadPhoto) -> PhotoTold:
    if measured is not None:
        told = measured.file
        density, diameter = told.density_per_cm2, told.median_diameter_um
        return PhotoTold(entry, measured.photo.sha256, density, diameter, told.method_version)
    try:
        return PhotoTold(entry, hashlib.sha256(read(entry.file)).hexdigest())
    except Refused:
        return PhotoTold(entry)


def _place(photo: KeptPhoto) -> str:
    return f"photos/{photo.sha256}{photo.suffix}"


def _photo_kept(entry: PhotoEntry, sha256: str, read: Mapping[str, Mapping[str, Any]]) -> PhotoTold:
    """Return a kept photo with its newest measurement."""
    told = read.get(sha256, {})
    density, diameter = _estimate(told, "density_per_cm2"), _estimate(told, "median_diameter_um")
    return PhotoTold(entry, sha256, density, diameter, told.get("method_version", ""))


def _estimate(told: Mapping[str, Any], name: str) -> Estimate | None:
    """Return an estimate of a kept measurement; None where it has none."""
    return None if told.get(name) is None else Estimate.model_validate(told[name])


def _versions_kept(store: Store) -> Versions:
    """Return the version that made each kept comparison, by spot and both days."""
    out: Versions = {}
    for change in measured_changes(store):
        found = pair_of(store, change)
        if found is not None:
            out[change.spot, change.from_, change.to] = found[2]["method_version"]
    return out
