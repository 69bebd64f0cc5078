"""The spots of a diary: first and last photo of each, compared.

Knows: which photos of a diary belong together. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.errors import Refused
from hairwise.records.diary import ChangeInterval, Diary, PhotoEntry, Spot, SpotChange
from hairwise.workflow.contrasts import Span, rolled_against_control
from hairwise.workflow.photos import Compared, Measured, compare_photos, measure_photo

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.series import ContrastEntry

__all__ = ["MISSING", "Progress", "SpotResult", "compare_spots", "contrasts", "n_steps", "stored", "with_changes"]

# A photo that the diary names and that is not there is the diary's fault, not the photo's.
MISSING = ("no_file", "unreadable", "outside")
Progress = Callable[[str], None]
ReadPhoto = Callable[[str], bytes]


@dataclass(frozen=True)
class SpotResult:
    """What the first and last photo of a spot showed; ``refused`` says why where they cannot answer."""

    spot: Spot
    first: PhotoEntry
    last: PhotoEntry
    compared: Compared | None
    refused: Refused | None

    @property
    def dates(self) -> tuple[date, date]:
        """Days of the two photos."""
        return self.first.date, self.last.date


def n_steps(diary: Diary) -> int:
    """Return how many steps `compare_spots` will report."""
    return 3 * len(_pairs(diary))


def compare_spots(diary: Diary, read: ReadPhoto, step: Progress) -> tuple[SpotResult, ...]:
    """
    Compare the first and last photo of every spot that has two.

    Parameters
    ----------
    diary : Diary
    read : callable
        Photo's path in the diary to its bytes; raises Refused where it is missing.
    step : callable
        Told before each step.
    """
    return tuple(_compare(spot, first, last, read, step) for spot, first, last in _pairs(diary))


def with_changes(diary: Diary, results: Sequence[SpotResult]) -> Diary:
    """Return the diary with the changes just measured; a spot's stored change of the same days is replaced."""
    fresh = tuple(
        SpotChange.model_validate(
            {
                "spot": r.spot.id,
                "from": r.first.date,
                "to": r.last.date,
                "n_t0": r.compared.change.n_t0,
                "lost": len(r.compared.change.lost),
                "new": len(r.compared.change.new),
                "change": ChangeInterval(
                    value=r.compared.change.change.value,
                    lo=r.compared.change.change.lo,
                    hi=r.compared.change.change.hi,
                ),
            }
        )
        for r in results
        if r.compared is not None
    )
    done = {(c.spot, c.from_, c.to) for c in fresh}
    stored = tuple(c for c in diary.changes if (c.spot, c.from_, c.to) not in done)
    return diary.model_copy(update={"changes": stored + fresh})


def stored(diary: Diary, results: Sequence[SpotResult]) -> list[tuple[Spot, SpotChange]]:
    """Return the latest change that the diary holds of each spot whose photos were not compared now."""
    done = {result.spot.id for result in results}
    out = []
    for spot in diary.spots:
        held = [c for c in diary.changes if c.spot == spot.id and spot.id not in done]
        if held:
            out.append((spot, max(held, key=lambda c: (c.to, c.to - c.from_))))
    return out


def contrasts(results: Sequence[SpotResult], held: Sequence[tuple[Spot, SpotChange]] = ()) -> tuple[ContrastEntry, ...]:
    """Return rolled against unrolled spots that were photographed on the same days; ``held`` as from `stored`."""
    spans = [Span(r.spot, *r.dates, (r.compared.change,)) for r in results if r.compared is not None]
    spans += [Span(spot, change.from_, change.to, (change,)) for spot, change in held if change.change is not None]
    return rolled_against_control(spans)


def _pairs(diary: Diary) -> list[tuple[Spot, PhotoEntry, PhotoEntry]]:
    out = []
    for spot in diary.spots:
        photos = sorted((p for p in diary.photos if p.spot == spot.id), key=lambda p: p.date)
        if len(photos) >= 2:
            out.append((spot, photos[0], photos[-1]))
    return out


def _compare(spot: Spot, first: PhotoEntry, last: PhotoEntry, read: ReadPhoto, step: Progress) -> SpotResult:
    try:
        measured: list[Measured] = []
        for entry in (first, last):
            step(f"measure {entry.file}")
            measured.append(measure_photo(read(entry.file), entry.file.rsplit("/", 1)[-1], entry.px_per_mm))
        step(f"compare {spot.id}")
        return SpotResult(spot, first, last, compare_photos(measured[0], measured[1]), None)
    except Refused as refused:
        return SpotResult(spot, first, last, None, refused)
