"""The stored scale of a device: file ``NAME.json`` in the person's folder of devices.

Knows: its shape, which names are safe. Must not know: where the folder is, how a scale was read.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hairwise.records.base import Record
from hairwise.records.photo import ScaleSource

__all__ = ["NAME_PATTERN", "ScaleProfile"]

NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"  # a file name on every system, and no path
_Name = Annotated[str, Field(pattern=f"^{NAME_PATTERN}$")]
_Scale = Annotated[float, Field(gt=0, le=2000)]


class ScaleProfile(Record):
    """Scale of a device held as when it was read, ``hairwise/scale/1``; for photos of this shape."""

    schema_: Literal["hairwise/scale/1"] = Field(alias="schema")
    hairwise_version: str
    name: _Name
    px_per_mm: _Scale
    px_per_mm_se: _Scale
    read_from: ScaleSource
    longer_px: Annotated[int, Field(gt=0)]
    shorter_px: Annotated[int, Field(gt=0)]
    photo_sha256: str
