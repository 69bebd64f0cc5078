"""What is known, apart from one person: the evidence, ingredient lists, the dose of a device, the vignettes.

Knows: which stage answers what. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hairwise.care.dose import one_session_words, trial_doses
from hairwise.care.products import look_at_products
from hairwise.diary.dose import depth_reached, punctures_per_cm2, struck_share
from hairwise.errors import Refused
from hairwise.evidence.load import load_evidence
from hairwise.evidence.search import SECTION_NAMES, describe, find
from hairwise.evidence.vignettes import load_vignettes
from hairwise.records.device import Geometry, NeedleLength
from hairwise.records.dose import DoseAnswer
from hairwise.records.norms import Device, SheddingNorm
from hairwise.records.parse import refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hairwise.records.found import EvidenceFound, FoundEntry
    from hairwise.records.guide import Products
    from hairwise.records.vignette import Vignette

__all__ = [
    "SEASON",
    "all_evidence",
    "dose_of",
    "find_evidence",
    "known_devices",
    "products",
    "season_months",
    "vignettes",
]

SEASON = "season_kunz"  # the largest study that tells months of shedding; the others agree on the time of year


def find_evidence(query: str, most: int = 12) -> EvidenceFound:
    """Return what the evidence base says about a query, best first."""
    return find(load_evidence(), query, most)


def all_evidence() -> dict[str, tuple[FoundEntry, ...]]:
    """Return every entry in words, by the name of its section."""
    out: dict[str, list[FoundEntry]] = {}
    for fact in load_evidence().facts.values():
        out.setdefault(SECTION_NAMES[fact.section], []).append(describe(fact))
    return {name: tuple(entries) for name, entries in out.items()}


def products(lists: Iterable[str]) -> Products:
    """Say which names of ingredient lists do not belong on punctured skin."""
    return look_at_products(lists, load_evidence())


def known_devices() -> dict[str, Geometry]:
    """Return the devices of the evidence base whose geometry is known well enough for a dose, by id."""
    out = {}
    for device in load_evidence().of(Device):
        is_roller = device.type == "roller" and device.drum_diameter_mm and device.drum_width_mm
        if device.needles and (is_roller or (device.type == "pen" and device.max_hz)):
            width = device.needle_diameter_mm
            out[device.id] = Geometry.model_validate(
                {
                    "kind": device.type,
                    "needles": device.needles,
                    "drum_diameter_mm": device.drum_diameter_mm,
                    "drum_width_mm": device.drum_width_mm,
                    "rate_hz": device.max_hz,
                    "needle_diameter_mm": width if isinstance(width, float) else None,
                    "source": device.id,
                }
            )
    return out


def dose_of(device: str | Mapping[str, object], use: Mapping[str, Any]) -> DoseAnswer:
    """
    Return the dose of one session.

    Parameters
    ----------
    device : str or mapping
        A known device's id, or the fields of `hairwise.records.device.Geometry`.
    use : mapping of str to float, text or None
        ``passes``, ``stamps``, ``seconds``, ``area_cm2``, ``needle_mm``.

    Raises
    ------
    Refused
        For a device that is not known and for numbers that cannot be: they are asked back, not computed.
    """
    try:
        needle = NeedleLength.model_validate({"needle_mm": use.get("needle_mm"), "passes": use.get("passes")}).needle_mm
        geometry = _geometry(device)
    except ValidationError as error:
        raise refusal_of(error, "dose") from None
    holes = punctures_per_cm2(
        geometry,
        passes=use.get("passes"),
        stamps=use.get("stamps"),
        seconds=use.get("seconds"),
        area_cm2=use.get("area_cm2"),
    )
    struck = struck_share(holes, geometry.needle_diameter_mm) if geometry.needle_diameter_mm else struck_share(holes)
    depth = depth_reached(needle) if needle is not None else None
    evidence = load_evidence()
    return DoseAnswer(
        punctures_per_cm2=holes,
        depth_mm=depth,
        struck=struck,
        trials=trial_doses(evidence),
        sentences=one_session_words(holes, depth, struck, geometry, evidence),
    )


def _geometry(device: str | Mapping[str, object]) -> Geometry:
    if not isinstance(device, str):
        return Geometry.model_validate({"source": "measured:device", **device})
    known = known_devices()
    if device not in known:
        names = ", ".join(sorted(known))
        raise Refused("no_device", f"The device {device[:40]} is not known; known are {names}.", "Give its numbers.")
    return known[device]


def season_months() -> tuple[int, ...]:
    """Return the months in which more hair is shed in the northern half of the world, as the largest study found."""
    (season,) = (n for n in load_evidence().of(SheddingNorm) if n.id == SEASON)
    return season.shed_peak_months


def vignettes() -> tuple[Vignette, ...]:
    """Return the open vignettes with the reviews of clinicians."""
    return load_vignettes()
