"""The open vignettes, written from the sources, with the reviews of clinicians.

Knows: the files in ``vignettes/``. Must not know: what the program answers.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from hairwise.records.vignette import Review, Vignette

__all__ = ["VIGNETTE_FILES", "load_vignettes"]

# `mixed` was written apart from the others and was not looked at while rules were changed.
VIGNETTE_FILES = ("urgent", "soon", "care", "causes", "mixed")


@cache
def load_vignettes(*names: str) -> tuple[Vignette, ...]:
    """
    Return the vignettes of these files, all by default, with their reviews.

    Raises
    ------
    ValueError
        When an id stands twice, or a review names no vignette.
    """
    folder = files("hairwise.evidence").joinpath("vignettes")
    reviews: dict[str, list[Review]] = {}
    for row in csv.DictReader(io.StringIO(folder.joinpath("reviews.csv").read_text(encoding="utf-8"))):
        review = Review.model_validate({key: value for key, value in row.items() if value})
        reviews.setdefault(review.id, []).append(review)
    out: dict[str, Vignette] = {}
    for name in VIGNETTE_FILES:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for raw in yaml.load(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader):
            vignette = Vignette.model_validate({**raw, "reviews": tuple(reviews.pop(raw["id"], ()))})
            if vignette.id in out:
                raise ValueError(f"vignettes: the id {vignette.id} stands twice")
            if not names or name in names:
                out[vignette.id] = vignette
    if reviews:
        raise ValueError(f"vignettes: reviews name no vignette: {', '.join(sorted(reviews))}")
    return tuple(out.values())
