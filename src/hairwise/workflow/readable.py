"""What lists show of measurements and comparisons, and whether one from elsewhere could have been made here.

Knows: the few numbers that are kept beside a body. Must not know: algorithms, SQL, zips.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from hairwise.errors import Refused
from hairwise.records.files import HairsFile, PairFile
from hairwise.records.parse import parse_record

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["hairs_numbers", "is_comparison", "is_measurement", "pair_numbers"]

_HAIRS = {"count", "density_per_cm2", "median_diameter_um", "flags", "px_per_mm", "usable_area_mm2"}
_PAIR = {"n_t0", "n_t1", "change", "change_pct", "smallest_detectable_loss_pct", "flags"}
_LISTS = ("kept", "lost", "new", "hidden", "out_of_view")
_MOVES = {"right_mm", "down_mm", "turn_deg"}
_MOST_PX = 120_000


def hairs_numbers(file: HairsFile) -> dict[str, Any]:
    """Return what lists and charts show of a measurement that was not refused."""
    return {**file.model_dump(mode="json", include=_HAIRS), "listed": len(file.hairs)}


def pair_numbers(file: PairFile) -> dict[str, Any]:
    """Return what lists and charts show of a comparison that was not refused."""
    overlap = file.registration.overlap if file.registration else None
    counts = {name: len(getattr(file, name)) for name in _LISTS}
    return {**file.model_dump(mode="json", include=_PAIR), **counts, "overlap": overlap}


def is_measurement(row: Mapping[str, Any]) -> bool:
    """Return whether a measurement can be read, and shows in lists what it holds."""
    told = row["summary"]
    try:
        file = parse_record(HairsFile, json.dumps(row["body"]).encode(), "hairs")
    except Refused:
        return False
    return isinstance(told, dict) and (
        told == {"refused": _refused(file)} if file.refused else _has(told, hairs_numbers(file))
    )


def is_comparison(row: Mapping[str, Any]) -> bool:
    """Return whether a comparison can be read, and shows in lists what it holds."""
    told = row["summary"]
    try:
        file = parse_record(PairFile, json.dumps(row["body"]).encode(), "pair")
    except Refused:
        return False
    if not isinstance(told, dict) or file.refused or file.change is None or file.registration is None:
        return bool(file.refused) and told == {"refused": _refused(file)}
    move = told.get("moved")
    is_move = isinstance(move, dict) and set(move) == _MOVES and all(map(_is_number, move.values()))
    return _has(told, pair_numbers(file)) and (move is None or is_move)


def _refused(file: HairsFile | PairFile) -> Any:
    return file.refused.model_dump(mode="json") if file.refused else None


def _has(told: Mapping[str, Any], numbers: Mapping[str, Any]) -> bool:
    size = told.get("size_px")
    is_size = isinstance(size, list) and len(size) == 2 and all(isinstance(n, int) and 0 < n <= _MOST_PX for n in size)
    return is_size and all(name in told and told[name] == value for name, value in numbers.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
