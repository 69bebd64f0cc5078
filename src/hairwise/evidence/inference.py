"""Facts for the explanation, read from ``inference.yaml``.

Knows: where the facts lie. Must not know: one person's data, how the facts are used.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from hairwise.records.inference import InferenceFacts

__all__ = ["inference_facts"]


@cache
def inference_facts() -> InferenceFacts:
    """Return the facts of ``inference.yaml``, checked against their record.

    Raises
    ------
    pydantic.ValidationError
        When a fact lacks its source or grade, or a prior does not sum to 1.
    """
    text = files("hairwise.evidence").joinpath("inference.yaml").read_text(encoding="utf-8")
    return InferenceFacts.model_validate(yaml.safe_load(text))
