"""The spots of a diary: first and last day of each, compared.

The rule, here and in ``series``: a spot is held from the first to the last day that has a photo which can be measured;
of several photos of a day the first that can be, in the diary's order, is the one shown. A series weighs the others
too, as repeats.

Knows: which photos of a diary belong together. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
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
    """What a spot's first and last photo that can be measured showed; ``refused`` says why where they cannot answer.

    ``passed_over`` are photos tried before them that cannot be measured, each with why.
    """

    spot: Spot
    first: PhotoEntry
    last: PhotoEntry
    compared: Compared | None
    refused: Refused | None
    passed_over: tuple[tuple[PhotoEntry, Refused], ...] = ()

    @property
    def dates(self) -> tuple[date, date]:
        """Days of the two photos."""
        return self.first.date, self.last.date


def n_steps(diary: Diary) -> int:
    """Return how many steps `compare_spots` will report where every photo can be measured."""
    return 3 * len(_spots(diary))


def compare_spots(diary: Diary, read: ReadPhoto, step: Progress) -> tuple[SpotResult, ...]:
    """
    Compare the first and last day of every spot that was photographed on two.

    Parameters
    ----------
    diary : Diary
    read : callable
        Photo's path in the diary to its bytes; raises Refused where it is missing.
    step : callable
        Told before each step.
    """
    return tuple(_compare(spot, days, read, step) for spot, days in _spots(diary))


def with_changes(diary: Diary, results: Sequence[SpotResult]) -> Diary:
    """Return the diary with the changes just measured; a spot's stored change of the same days is replaced."""
    fresh = tuple(
        SpotChange.model_validate(
            {
                "spot": r.spot.id,
                "from": r.first.date,
                "to": r.last.date,
                "n_t0": r.compared.change.n_t0 - len(r.compared.change.out_of_view),
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


def _spots(diary: Diary) -> list[tuple[Spot, list[list[PhotoEntry]]]]:
    """Return the spots with photos of two days or more, their photos by day."""
    out = []
    for spot in diary.spots:
        photos = sorted((p for p in diary.photos if p.spot == spot.id), key=lambda p: p.date)
        days = [list(entries) for _, entries in groupby(photos, key=lambda p: p.date)]
        if len(days) >= 2:
            out.append((spot, days))
    return out


def _compare(spot: Spot, days: list[list[PhotoEntry]], read: ReadPhoto, step: Progress) -> SpotResult:
    first, last = days[0][0], days[-1][0]
    over: list[tuple[PhotoEntry, Refused]] = []
    try:
        start, before = _first_measured(days[:-1], over, read, step)
        first = before.entry
        _, after = _first_measured(days[:start:-1], over, read, step)
        last = after.entry
        step(f"compare {spot.id}")
        return SpotResult(spot, first, last, compare_photos(before.measured, after.measured), None, tuple(over))
    except Refused as refused:
        return SpotResult(spot, first, last, None, refused, tuple(over))


@dataclass(frozen=True)
class _Measured:
    entry: PhotoEntry
    measured: Measured


def _first_measured(
    days: list[list[PhotoEntry]], over: list[tuple[PhotoEntry, Refused]], read: ReadPhoto, step: Progress
) -> tuple[int, _Measured]:
    """Return the first photo of these days that can be measured, and its day's place; tell those passed ``over``.

    Raises
    ------
    Refused
        What is wrong with the first of them, where none can be measured; or with one that is missing.
    """
    why: Refused | None = None
    for k, entries in enumerate(days):
        for entry in entries:
            step(f"measure {entry.file}")
            try:
                return k, _Measured(
                    entry, measure_photo(read(entry.file), entry.file.rsplit("/", 1)[-1], entry.px_per_mm)
                )
            except Refused as refused:
                if refused.code in MISSING:
                    raise
                over.append((entry, refused))
                why = why or refused
    raise why or Refused("no_series", "This spot has photos of one day only.", "Photograph it again.")
