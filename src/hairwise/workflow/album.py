"""A person's spots and their photos: what is kept, what was read off, what was marked by hand.

Knows: which photo belongs to which spot and visit. Must not know: algorithms, SQL, HTTP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hairwise.errors import Refused
from hairwise.image.read import read_photo
from hairwise.records.base import ZONE_LABELS
from hairwise.records.files import HairsFile, PairFile
from hairwise.records.parse import parse_record
from hairwise.report.photo_views import to_jpeg, turned_jpeg
from hairwise.store import readings
from hairwise.store.repository import KeptPhoto
from hairwise.workflow.keep import add_entry
from hairwise.workflow.measured import longest

if TYPE_CHECKING:
    from datetime import date

    from hairwise.store.repository import Store

__all__ = [
    "MARKS",
    "PairCard",
    "PhotoCard",
    "SpotCard",
    "about_photo",
    "add_mark",
    "add_spot",
    "give_scale",
    "hairs_kept",
    "head_photos",
    "is_marked",
    "new_on_first",
    "pair_kept",
    "pair_summary",
    "photo_card",
    "spot_card",
    "spot_cards",
    "turned_view",
    "view_of",
]

MARKS = ("not_a_hair", "missed_hair")
_NEAR_PX = 3.0  # a mark made on a hair's root names that hair


@dataclass(frozen=True)
class PhotoCard:
    """A kept photo with the few numbers that were read off; ``summary`` is None where it was not measured yet.

    ``by_hand`` is how many hairs are listed after a person's marks; None where there are no marks.
    """

    photo: KeptPhoto
    summary: dict[str, Any] | None
    by_hand: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it was measured and not refused."""
        return self.summary is not None and not self.summary.get("refused")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the measured photo, upright; 0 where it was not measured."""
        width, height = (self.summary or {}).get("size_px") or (0, 0)
        return width, height


@dataclass(frozen=True)
class PairCard:
    """What two photos of a spot showed."""

    before: KeptPhoto
    after: KeptPhoto
    summary: dict[str, Any]


@dataclass(frozen=True)
class SpotCard:
    """A spot with its photos by day, and the comparison of its first photo with the latest that was compared."""

    id: str
    zone: str
    role: str
    photos: tuple[PhotoCard, ...]
    change: PairCard | None

    @property
    def name(self) -> str:
        """The spot in words."""
        return f"{'Rolled' if self.role == 'rolled' else 'Unrolled'} spot, {ZONE_LABELS[self.zone]}{self._number()}"

    def _number(self) -> str:
        last = self.id.rsplit("-", 1)[-1]
        return f" {last}" if last.isdecimal() and last != "1" else ""


def add_spot(store: Store, zone: str, role: str) -> str:
    """Keep a new spot; return its id, made of its role and zone."""
    with store.writing():
        taken = {e.body["id"] for e in store.entries("spot", with_deleted=True)}  # its photos may come back
        spot_id = next(name for n in range(1, 10_000) if (name := f"{role}-{zone}-{n}") not in taken)
        add_entry(store, "spot", {"id": spot_id, "zone": zone, "role": role})
    return spot_id


def spot_cards(store: Store) -> list[SpotCard]:
    """Return every spot, rolled ones first."""
    spots = [e.body for e in store.entries("spot")]
    measured, pairs, marked = readings.summaries(store), readings.pair_summaries(store), readings.marked(store)
    by_spot: dict[str, list[PhotoCard]] = {s["id"]: [] for s in spots}
    for photo in store.photos():
        if photo.kind == "close_up" and photo.spot in by_spot:
            told = marked.get(photo.sha256, [])
            by_spot[photo.spot].append(_card(store, photo, measured.get(photo.sha256), told))
    cards = [
        SpotCard(s["id"], s["zone"], s["role"], (*by_spot[s["id"]],), _change(by_spot[s["id"]], pairs)) for s in spots
    ]
    return sorted(cards, key=lambda c: (c.role != "rolled", c.zone, c.id))


def spot_card(store: Store, spot_id: str) -> SpotCard:
    """Return one spot."""
    for card in spot_cards(store):
        if card.id == spot_id:
            return card
    raise Refused("not_kept", "This spot is not kept here.", "Go back to the photos.")


def _change(cards: list[PhotoCard], pairs: dict[tuple[str, str], dict[str, Any]]) -> PairCard | None:
    told = longest([c.photo for c in cards], pairs)
    return PairCard(*told) if told else None


def head_photos(store: Store) -> list[KeptPhoto]:
    """Return photos of the head, newest first; they are shown and never scored."""
    return [p for p in reversed(store.photos()) if p.kind == "head"]


def photo_card(store: Store, sha256: str) -> PhotoCard:
    """Return one photo that is not deleted, with what was read off it."""
    photo = store.photo(sha256)
    if photo.deleted_at is not None:
        raise Refused("not_kept", "This photo was deleted.", "For 30 days it can be brought back.")
    held = readings.measurement_of(store, sha256)
    return _card(store, photo, held["summary"] if held else None, readings.marks(store, sha256))


def _card(store: Store, photo: KeptPhoto, summary: dict[str, Any] | None, told: list[dict[str, Any]]) -> PhotoCard:
    """Return a photo with its count after a person's marks; only where there are some its hairs are read."""
    file = hairs_kept(store, photo.sha256) if told and summary and not summary.get("refused") else None
    return PhotoCard(photo, summary, corrected(file, told) if file else None)


def corrected(file: HairsFile, told: list[dict[str, Any]]) -> int:
    """Return how many hairs are listed after marks: without finds marked as no hair, with those that were missed."""
    no_hair = sum(is_marked(told, hair.root) is not None for hair in file.hairs)
    return len(file.hairs) - no_hair + len([mark for mark in told if mark["kind"] == "missed_hair"])


def hairs_kept(store: Store, sha256: str) -> HairsFile | None:
    """Return the newest measurement of a photo; None where it was not measured."""
    held = readings.measurement_of(store, sha256)
    return parse_record(HairsFile, json.dumps(held["body"]).encode(), "hairs") if held else None


def pair_kept(store: Store, before: str, after: str) -> PairFile | None:
    """Return the newest comparison of two photos; None where there is none."""
    held = readings.comparison_of(store, before, after)
    return parse_record(PairFile, json.dumps(held["body"]).encode(), "pair") if held else None


def new_on_first(pair: PairFile) -> list[tuple[float, float]]:
    """Return where a pair's new hairs lie on its first photo, (x, y) [px], by the inverse of its homography."""
    if pair.registration is None or not pair.new:
        return []
    there = np.array([(*hair.t1, 1.0) for hair in pair.new])
    here = there @ np.linalg.inv(np.asarray(pair.registration.homography)).T
    return [(float(x / w), float(y / w)) for x, y, w in here]


def add_mark(store: Store, sha256: str, kind: str, x_px: float, y_px: float) -> str:
    """Mark by hand a find that is no hair, or a hair that was missed; the measurement stays as it was."""
    if kind not in MARKS:
        raise Refused("no_such_kind", f"There is no mark called {kind[:40]}.", f"Use one of {', '.join(MARKS)}.")
    size = photo_card(store, sha256).size_px
    if not (0 <= x_px <= size[0] and 0 <= y_px <= size[1]):
        raise Refused("outside", "This place lies outside the photo.", "Mark a place on the photo.")
    return readings.add_mark(store, sha256, kind, x_px, y_px)


def give_scale(store: Store, sha256: str, px_per_mm: float | None) -> list[tuple[str, dict[str, str]]]:
    """
    Give a kept photo another scale; None: it is read off the photo.

    Returns
    -------
    list of (kind, arguments)
        The work that must be done anew: measuring it, and each comparison it was part of.
    """
    photo_card(store, sha256)
    store.rescale_photo(sha256, px_per_mm)
    pairs = sorted(pair for pair in readings.pair_summaries(store) if sha256 in pair)
    return [("measure", {"photo": sha256}), *(("compare", {"before": a, "after": b}) for a, b in pairs)]


def is_marked(marks: list[dict[str, Any]], root: tuple[float, float]) -> str | None:
    """Return the id of the mark that says the find with this root is no hair; None where there is none."""
    for mark in marks:
        near = max(abs(mark["x_px"] - root[0]), abs(mark["y_px"] - root[1])) <= _NEAR_PX
        if mark["kind"] == "not_a_hair" and near:
            return str(mark["id"])
    return None


def about_photo(
    name: str, kind: str, day: date, spot: str | None, scale_and_style: tuple[float | None, str | None]
) -> KeptPhoto:
    """Return what is known of a photo before its bytes are kept; scale in px per mm."""
    return KeptPhoto("", "", name, kind, day, spot, *scale_and_style)


def pair_summary(store: Store, before: str, after: str) -> dict[str, Any] | None:
    """Return what is shown of the newest comparison of two photos; None where there is none."""
    held = readings.comparison_of(store, before, after)
    return held["summary"] if held else None


def view_of(store: Store, sha256: str, width_px: int) -> bytes:
    """Return a photo as a JPEG that every browser shows, upright, at most so wide."""
    photo = store.photo(sha256)
    return to_jpeg(read_photo(store.photo_bytes(sha256), photo.name).rgb, width_px)


def turned_view(store: Store, before: str, after: str, width_px: int) -> bytes:
    """Return the second photo of a compared pair, turned into the first one's frame (JPEG)."""
    pair = pair_kept(store, before, after)
    if pair is None or pair.registration is None:
        raise Refused("not_kept", "These photos were not compared.", "Compare them first.")
    rgb = [read_photo(store.photo_bytes(sha), "photo").rgb for sha in (before, after)]
    return turned_jpeg(rgb[1], pair.registration.homography, rgb[0].shape, width_px)
