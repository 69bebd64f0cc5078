"""What the interface for programs takes and gives beside the files' own records.

Knows: shapes. Must not know: what fills them.
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - a field is called date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "EntryIn",
    "EntryOut",
    "ErrorOut",
    "JobIn",
    "JobOut",
    "MarkIn",
    "PairOut",
    "PhotoOut",
    "ProductsIn",
    "SpotIn",
    "SpotOut",
]

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
ZoneName = Literal["hairline", "front", "temples", "mid", "vertex", "parietal", "occiput"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RefusalOut(_Model):
    """What cannot be done, why, and what to do."""

    code: str
    why: str
    do: str


class ErrorOut(_Model):
    """The one shape of error."""

    refused: RefusalOut


class EntryIn(_Model):
    """A thing to write down; ``body`` as a diary's list of that kind holds it."""

    kind: str
    body: dict[str, Any]


class EntryOut(_Model):
    """A thing written down."""

    id: str
    kind: str
    day: Date | None
    body: dict[str, Any]
    deleted: bool


class SpotIn(_Model):
    """A new spot."""

    zone: ZoneName
    role: Literal["rolled", "control"]


class PhotoOut(_Model):
    """A kept photo and the few numbers that were read off; ``summary`` is null until it is measured."""

    sha256: str
    name: str
    kind: str
    day: Date
    spot: str | None
    px_per_mm: float | None
    style: str | None
    n_bytes: int
    summary: dict[str, Any] | None


class PairOut(_Model):
    """What two photos of a spot showed."""

    before: str
    after: str
    summary: dict[str, Any]


class SpotOut(_Model):
    """A spot with its photos and its change over the longest time."""

    id: str
    zone: str
    role: str
    photos: list[PhotoOut]
    change: PairOut | None


class MarkIn(_Model):
    """A hair marked by hand; pixels from the upper left corner."""

    kind: Literal["not_a_hair", "missed_hair"]
    x_px: float
    y_px: float


class JobIn(_Model):
    """Long work: ``measure`` {photo}, ``compare`` {before, after}, ``follow`` {spot}."""

    kind: Literal["measure", "compare", "follow"]
    args: dict[str, str]


class JobOut(_Model):
    """How far long work is."""

    id: str
    kind: str
    state: Literal["waiting", "running", "done", "refused"]
    step: str
    done: int
    steps: int
    result: dict[str, Any] | None


class ProductsIn(_Model):
    """Ingredient lists as printed on the packs."""

    lists: Annotated[list[Annotated[str, Field(max_length=5000)]], Field(max_length=20)]
