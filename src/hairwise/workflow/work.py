"""Long work on kept photos: measure one, compare two, follow a spot; each writes what it found.

Knows: the order of stages for kept photos. Must not know: algorithms, SQL, HTTP, threads.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from hairwise.errors import Refused
from hairwise.records.diary import Diary, PhotoEntry, Spot
from hairwise.records.series import SeriesFile, SpotSeries
from hairwise.store.jobs import add_job, last_done, set_job
from hairwise.workflow.album import SpotCard, photo_card, spot_card
from hairwise.workflow.photos import (
    Measured,
    compare_photos,
    measure_photo,
    pair_version,
    refused_hairs,
    refused_pair,
)
from hairwise.workflow.readable import hairs_numbers, pair_numbers
from hairwise.workflow.visits import series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hairwise.records.base import Record
    from hairwise.records.files import HairsFile, PairFile
    from hairwise.store.jobs import Job
    from hairwise.store.repository import KeptPhoto, Store

    Step = Callable[[str, int, int], None]

__all__ = ["KINDS", "Hand", "ask_for", "followed", "spot_series"]

KINDS = ("measure", "compare", "follow")
_HELD = 2  # measured photos kept in memory, so that a comparison right after need not measure again


def ask_for(store: Store, kind: str, args: Mapping[str, Any]) -> str:
    """Ask for work: ``measure`` a photo, ``compare`` two, ``follow`` a spot; return the job's id."""
    wanted = {"measure": {"photo"}, "compare": {"before", "after"}, "follow": {"spot"}}
    if set(args) != wanted.get(kind):
        raise Refused("no_such_kind", "There is no such work.", f"Use one of {', '.join(KINDS)}.")
    if kind == "follow":
        spot_card(store, args["spot"])
    else:
        for sha256 in args.values():
            photo_card(store, sha256)
    return add_job(store, kind, args)


class Hand:
    """Does the work, one job after another; holds the last measured photos."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, float | None], Measured] = {}

    def forget(self) -> None:
        """Drop the photos held in memory, and what a measurement that is still running will hold."""
        self._held = {}

    def work(self, store: Store, job: Job) -> None:
        """Do a job and keep its outcome; a refusal is an outcome."""

        def step(words: str, done: int, steps: int) -> None:
            set_job(store, job.id, step=words, done=done, steps=steps)

        do = {"measure": self._measure, "compare": self._compare, "follow": self._follow}[job.kind]
        try:
            result = do(store, job.args, step)
        except Refused as refused:
            set_job(store, job.id, state="refused", result=_told(refused))
        except Exception:
            told = Refused("work_failed", "Something went wrong inside hairwise.", "Report this as a bug.")
            set_job(store, job.id, state="refused", result=_told(told))
            raise
        else:
            set_job(store, job.id, state="done", result=result)

    def _measured(self, photo: KeptPhoto, data: bytes) -> Measured:
        key, held = (photo.sha256, photo.px_per_mm), self._held
        if key not in held:
            measured = measure_photo(data, photo.name, photo.px_per_mm)
            while len(held) >= _HELD:
                held.pop(next(iter(held)))
            held[key] = measured
        return held[key]

    def _measure(self, store: Store, args: Mapping[str, Any], step: Step) -> dict[str, Any]:
        sha256 = args["photo"]
        step("Finding hairs on the photo", 0, 1)
        photo, data = photo_card(store, sha256).photo, store.photo_bytes(sha256)
        self._held.pop((sha256, photo.px_per_mm), None)
        try:
            measured = self._measured(photo, data)
            file, size = measured.file, measured.photo.rgb.shape
        except Refused as refused:
            file, size = refused_hairs(refused), (0, 0)
        store.add_measurement(sha256, _row(file) | _calibration(file) | {"summary": _hairs_summary(file, size)})
        step("Finding hairs on the photo", 1, 1)
        return {"photo": sha256}

    def _compare(self, store: Store, args: Mapping[str, Any], step: Step) -> dict[str, Any]:
        shas = args["before"], args["after"]
        photos = [(photo_card(store, sha).photo, store.photo_bytes(sha)) for sha in shas]
        read: list[Measured] = []
        try:
            for k, (photo, data) in enumerate(photos):
                step(f"Measuring the {'second' if k else 'first'} photo", k, 3)
                read.append(self._measured(photo, data))
            step("Comparing hair by hair", 2, 3)
            file = compare_photos(read[0], read[1]).file
        except Refused as refused:
            file = refused_pair(refused, read)
        store.add_comparison(shas[0], shas[1], _row(file) | {"summary": _pair_summary(file, read)})
        return {"before": shas[0], "after": shas[1]}

    def _follow(self, store: Store, args: Mapping[str, Any], step: Step) -> dict[str, Any]:
        card = spot_card(store, args["spot"])
        diary = _diary_of(card)
        told: list[str] = []

        def tell(name: str) -> None:
            told.append(name)
            step(f"Following each hair, photo {len(told)} of {len(diary.photos)}", len(told) - 1, len(diary.photos))

        file = series(diary, store.photo_bytes, tell)
        first = file.photos_sha256[0] if file.photos_sha256 else None
        return {
            "spot": card.id,
            "basis": _basis(diary),
            "first": first,
            "photos": list(file.photos_sha256),
            "series": file.model_dump(mode="json", by_alias=True),
        }


def spot_series(told: Mapping[str, Any]) -> SpotSeries:
    """Return the one spot that was followed."""
    return SeriesFile.model_validate(told).spots[0]


def followed(store: Store, spot_id: str) -> dict[str, Any] | None:
    """Return the last result of following a spot, where its photos are still those it was made from."""
    job = last_done(store, "follow", {"spot": spot_id})
    card = spot_card(store, spot_id)
    if job is None or job.result is None or not card.photos:
        return None
    return job.result if job.result.get("basis") == _basis(_diary_of(card)) else None


def _basis(diary: Diary) -> str:
    """Return what a result of following rests on: photos with their days and scales, and the version of the method."""
    photos = sorted(p.model_dump_json() for p in diary.photos)
    return hashlib.sha256("\n".join([pair_version(), *photos]).encode()).hexdigest()


def _told(refused: Refused) -> dict[str, Any]:
    return {"code": refused.code, "why": refused.why, "do": refused.do}


def _row(file: Record) -> dict[str, Any]:
    body = file.model_dump(mode="json", by_alias=True)
    return {"method_version": body["method_version"], "settings": body["settings"], "body": body}


def _calibration(file: HairsFile) -> dict[str, Any]:
    told = file.model_dump(mode="json", include={"px_per_mm", "px_per_mm_se", "px_per_mm_source", "scales"})
    return {"calibration": told}


def _hairs_summary(file: HairsFile, size: tuple[int, ...]) -> dict[str, Any]:
    """Return what lists and charts show of a measurement."""
    if file.refused is not None:
        return {"refused": file.refused.model_dump(mode="json")}
    return {"size_px": [size[1], size[0]], **hairs_numbers(file)}


def _pair_summary(file: PairFile, read: list[Measured]) -> dict[str, Any]:
    """Return what lists and charts show of a comparison, and how the second photo was moved against the first."""
    if file.refused is not None or file.registration is None:
        return {"refused": file.refused.model_dump(mode="json") if file.refused else None}
    height, width = read[0].photo.rgb.shape[:2]
    return {**pair_numbers(file), "size_px": [width, height], "moved": _moved(file, read)}


def _moved(file: PairFile, read: list[Measured]) -> dict[str, float] | None:
    """Return where the middle of the first photo lies in the second, from its middle [mm], and the turn [degrees]."""
    px_per_mm = read[1].calibration.px_per_mm
    if file.registration is None or px_per_mm is None:
        return None
    h = np.asarray(file.registration.homography)
    (height0, width0), (height1, width1) = (m.photo.rgb.shape[:2] for m in read)
    x0, y0 = (width0 - 1) / 2, (height0 - 1) / 2
    place = h @ (x0, y0, 1)
    beside = h @ (x0 + 0.1 * width0, y0, 1)
    (x, y), (x2, y2) = place[:2] / place[2], beside[:2] / beside[2]
    return {
        "right_mm": round(float(x - (width1 - 1) / 2) / px_per_mm, 2),
        "down_mm": round(float(y - (height1 - 1) / 2) / px_per_mm, 2),
        "turn_deg": round(float(np.degrees(np.arctan2(y2 - y, x2 - x))), 1),
    }


def _diary_of(card: SpotCard) -> Diary:
    """Return a diary of one spot and its photos, named by their sha256."""
    if not card.photos:
        raise Refused("no_series", "This spot has no photo yet.", "Add one, and another some weeks later.")
    spot = Spot.model_validate({"id": card.id, "zone": card.zone, "role": card.role})
    photos = tuple(
        PhotoEntry.model_validate(
            {"date": p.day, "spot": card.id, "file": p.sha256, "px_per_mm": p.px_per_mm, "style": p.style}
        )
        for p in (c.photo for c in card.photos if c.counts)
    )
    last = max(c.photo.day for c in card.photos)
    return Diary.model_validate(
        {"schema": "needling-diary/1", "id": "mine", "cutoff": last, "spots": (spot,), "photos": photos}
    )
