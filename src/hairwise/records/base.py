"""Nouns shared by all records.

Knows: estimates, sentences with their source, provenance. Must not know: how any of them is computed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Bools",
    "Bytes",
    "Estimate",
    "Floats",
    "Ints",
    "Probability",
    "Record",
    "Refusal",
    "Sentence",
    "TriState",
    "ZONE_LABELS",
    "Zone",
    "freeze",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

TriState = Literal["yes", "no", "unknown"]
Zone = Literal["hairline", "front", "temples", "mid", "vertex", "parietal", "occiput"]
# a zone as people call it
ZONE_LABELS: dict[str, str] = {
    "hairline": "front hairline",
    "front": "front",
    "temples": "temples",
    "mid": "middle of the top",
    "vertex": "crown",
    "parietal": "sides",
    "occiput": "back of the head",
}
Probability = Annotated[float, Field(ge=0, le=1)]


class Record(BaseModel):
    """A frozen record read from or written to a file; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Estimate(Record):
    """A value with its interval; ``level`` is the interval's stated coverage."""

    value: float
    lo: float
    hi: float
    level: float = 0.95


class Refusal(Record):
    """Why a file holds no result."""

    code: str
    why: str
    do: str


class Sentence(Record):
    """One sentence for a person.

    ``source`` is an evidence id, ``instruction`` for a safety instruction, or ``measured:FILE`` for what was
    read off the person's own data.
    """

    text: str
    source: str


def freeze(array: npt.NDArray[Any]) -> None:
    """Make the array read-only."""
    array.flags.writeable = False
