"""Entries as tables for other programs.

Knows: columns, and what a spreadsheet would run. Must not know: where tables go.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hairwise.records.base import Record

__all__ = ["csv_of"]


def csv_of(record: type[Record], bodies: Sequence[Mapping[str, Any]]) -> bytes:
    """Return entries as CSV, a column for every field of their record."""
    names = [field.alias or name for name, field in record.model_fields.items()]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    for body in bodies:
        writer.writerow({name: _cell(body.get(name)) for name in names})
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
