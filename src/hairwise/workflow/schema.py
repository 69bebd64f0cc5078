"""JSON Schemas of the files, made from their records.

Knows: which record is which file. Must not know: how a file is filled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hairwise.records.answers import Answers
from hairwise.records.diary import Diary
from hairwise.records.experiment import ExperimentFile
from hairwise.records.files import HairsFile, PairFile
from hairwise.records.scale import ScaleProfile
from hairwise.records.series import SeriesFile
from hairwise.records.verdicts import Check, Plan, Screen, Why

if TYPE_CHECKING:
    from hairwise.records.base import Record

__all__ = ["schemas"]

_FILES: dict[str, type[Record]] = {
    "answers": Answers,
    "diary": Diary,
    "hairs": HairsFile,
    "pair": PairFile,
    "check": Check,
    "screen": Screen,
    "why": Why,
    "plan": Plan,
    "scale": ScaleProfile,
    "series": SeriesFile,
    "experiment": ExperimentFile,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return each file's JSON Schema (2020-12) by the file's name."""
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(by_alias=True, mode="validation"),
        }
        for name, model in _FILES.items()
    }
