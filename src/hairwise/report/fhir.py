"""What is kept of one person and what follows from it, as one FHIR R4 bundle.

Knows: FHIR R4, UCUM. Must not know: how any number was reached, files, clocks.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.records.base import Estimate
from hairwise.report.fhir_answers import response
from hairwise.report.fhir_diary import add_written
from hairwise.report.fhir_sheet import (
    Element,
    Sheet,
    between,
    component,
    concept,
    interval,
    notes,
    observation,
    on,
    plain,
    quantity,
    unknown,
)
from hairwise.report.labels import CAUSE_NAMES, CAUSE_STATES, LOSS_STATES, NO_ODDS, of_ten, urgency_words
from hairwise.report.lines import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hairwise.records.diary import Density, Diary, PhotoEntry, SpotChange
    from hairwise.records.questions import Question
    from hairwise.records.verdicts import Plan, Why

__all__ = ["Handover", "PhotoTold", "render_fhir"]

_IMAGE = {"system": "http://terminology.hl7.org/CodeSystem/media-type", "code": "image", "display": "Image"}
_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "heic": "image/heic", "tif": "image/tiff"}


@dataclass(frozen=True)
class PhotoTold:
    """A close-up and what was measured on it.

    Attributes
    ----------
    entry : PhotoEntry
        Of the diary; the file's name is not handed on.
    sha256 : str or None
        Of its bytes; None where they were not read.
    density_per_cm2, median_diameter_um : Estimate or None
        Hairs [1/cm2] and their median diameter [um]; None where not measured.
    method_version : str
        Of the measurement; blank where it is not known.
    """

    entry: PhotoEntry
    sha256: str | None = None
    density_per_cm2: Estimate | None = None
    median_diameter_um: Estimate | None = None
    method_version: str = ""


@dataclass(frozen=True)
class Handover:
    """
    Everything the bundle is made from.

    Attributes
    ----------
    diary : Diary
        With the changes measured on its photos.
    why, plan : Why, Plan
        What follows from it.
    photos : tuple of PhotoTold
        Close-ups of the diary.
    questions : tuple of Question
        Of the check, in the order they are asked.
    change_versions : mapping of (str, date, date) to str
        Method version of a change by spot and both days, where it is known.
    """

    diary: Diary
    why: Why
    plan: Plan
    photos: tuple[PhotoTold, ...]
    questions: tuple[Question, ...]
    change_versions: Mapping[tuple[str, date, date], str]


def render_fhir(told: Handover) -> bytes:
    """
    Return one FHIR R4 bundle as JSON.

    The person is a placeholder without name, birth date or sex. Photos are told by day, spot and sha256, without
    their bytes. Ids follow from the contents alone: the same diary gives the same bytes, and no two people share an id.
    Codes are those of UCUM and of FHIR itself; all else is told in words, since no code fits or may be used
    everywhere (`docs/adr`).
    """
    sheet = Sheet("\n".join([told.diary.model_dump_json(), *(photo.sha256 or "" for photo in told.photos)]))
    _add_urgency(sheet, told)
    sheet.add("patient", {"resourceType": "Patient", "active": True})
    sheet.add("device", _program(told.why))
    _add_real(sheet, told)
    _add_causes(sheet, told)
    media = _add_photos(sheet, told)
    _add_measured(sheet, told, media)
    zones = {spot.id: f"{spot.zone}, {spot.role}" for spot in told.diary.spots}
    for n, change in enumerate(told.diary.changes):
        site = {"bodySite": _site(change.spot, zones.get(change.spot, "")), "derivedFrom": _seen(told, media, change)}
        by = _made_by(sheet, told.change_versions.get((change.spot, change.from_, change.to), ""))
        sheet.add(f"change-{n}", _change(sheet, change, site, by))
    labels = {field.name: field.label for question in told.questions for field in question.fields}
    add_written(sheet, told.diary, labels)
    if told.diary.answers is not None:
        sheet.add("answers", response(sheet, told.diary.answers, told.questions))
    return (json.dumps(sheet.bundle(), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _program(why: Why) -> Element:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "hairwise", "type": "user-friendly-name"}],
        "type": {"text": "software that counts hairs and weighs a diary"},
        "version": [{"value": why.hairwise_version}],
        "note": notes([why.intended_use]),
    }


def _computed(sheet: Sheet, version: str) -> Element:
    """Return where a computed observation comes from; no clinician has looked at it, so it is preliminary."""
    return _made_by(sheet, version) | {"status": "preliminary"}


def _made_by(sheet: Sheet, version: str) -> Element:
    """Return the version that measured something; where the diary does not say which, a remark says so."""
    if not version:
        return {"note": notes(["As the diary holds it; the version that measured it is not known."])}
    return {"method": concept(f"hairwise {version}"), "device": sheet.ref("device")}


def _add_urgency(sheet: Sheet, told: Handover) -> None:
    """Add the first thing to read: how urgent it is, and whether the safety lock is on."""
    plan = told.plan
    locked = plan.lock is None or plan.lock.on
    words = urgency_words(plan.urgency or "within_days", len(plan.unanswered), locked=locked)
    value = {
        "valueString": words,
        "component": [
            component("safety lock: no needling session until this is settled", {"valueBoolean": locked}),
            component("questions that matter for safety and are open", {"valueInteger": len(plan.unanswered)}),
        ],
        "note": notes([*(s.text for s in reasons(plan)), *(s.text for s in plan.do_now), plan.intended_use]),
    }
    what = "How urgent, by fixed rules over what the person told"
    made = observation(sheet, what, None, on(told.diary.cutoff), _computed(sheet, plan.method_version), value)
    sheet.add("urgency", made)


def _add_real(sheet: Sheet, told: Handover) -> None:
    """Add whether the loss is real, with the hairs put down to rolling as an interval."""
    why = told.why
    parts = []
    if why.p_real_loss is not None:
        words = {"valueString": of_ten(why.p_real_loss)}
        parts.append(component("of 10 invented histories like this one, with real loss", words))
    for what, span, code in (
        ("last 3 weeks' counts against before the first session", why.rise_now_pct, "%"),
        ("hairs counted and put down to rolling", why.needling_excess, "{hairs}"),
    ):
        if span is not None:
            # hairs put down to rolling are never said to have been saved
            low, mid, high = ((max(x, 0.0) if code == "{hairs}" else x) for x in (span.lo90, span.mean, span.hi90))
            ends = interval(Estimate(value=mid, lo=round(low), hi=round(high), level=0.9), code)
            parts += [part | {"code": {"text": f"{what}: {part['code']['text']}"}} for part in ends]
    value = {
        "valueString": LOSS_STATES[why.loss_state or "cannot_tell"],
        "component": parts,
        "note": notes(s.text for s in why.limits),
    }
    made = observation(
        sheet, "Is it real hair loss?", None, on(told.diary.cutoff), _computed(sheet, why.method_version), value
    )
    sheet.add("real", made)


def _add_causes(sheet: Sheet, told: Handover) -> None:
    """Add the explanations that were weighed, which are no diagnosis."""
    why = told.why
    named = "; ".join(CAUSE_NAMES[cause] for cause in why.named_causes)
    ranked = sorted(why.p_cause, key=lambda cause: -why.p_cause[cause]) if why.rolling_weighed else []
    odds = "Of 10 invented histories like this one, how often each was the main cause. This is not a diagnosis."
    value = {
        "valueString": plain(f"{CAUSE_STATES[why.cause_state or 'cannot_tell']} {named}"),
        "component": [component(CAUSE_NAMES[c], {"valueString": of_ten(why.p_cause[c])}) for c in ranked],
        "note": notes([odds if why.rolling_weighed else NO_ODDS]),
    }
    made = observation(
        sheet, "Explanations weighed", None, on(told.diary.cutoff), _computed(sheet, why.method_version), value
    )
    sheet.add("causes", made)


def _add_photos(sheet: Sheet, told: Handover) -> dict[str, Element]:
    """Add each close-up without its bytes; return references by the file's name in the diary."""
    spots = {spot.id: spot for spot in told.diary.spots}
    out = {}
    for n, photo in enumerate(told.photos):
        entry, spot = photo.entry, spots.get(photo.entry.spot)
        where = f"{spot.zone}, {spot.role}" if spot else ""
        said = [f"sha256 {photo.sha256}" if photo.sha256 else "The photo was not at hand when this file was made."]
        said += [f"hair {entry.style}"] if entry.style else []
        said += [f"{entry.px_per_mm:g} pixels per mm as given"] if entry.px_per_mm else []
        out[entry.file] = sheet.add(
            f"photo-{n}",
            {
                "resourceType": "Media",
                "identifier": _hash(photo.sha256),
                "status": "completed",
                "type": {"coding": [_IMAGE]},
                "subject": sheet.patient,
                "createdDateTime": entry.date.isoformat(),
                "bodySite": _site(entry.spot, where),
                "content": {
                    "contentType": _TYPES.get(entry.file.rsplit(".", 1)[-1].lower(), "application/octet-stream"),
                    "title": "Close-up of the scalp; the photo itself is kept by the person",
                },
                "note": notes(said),
            },
        )
    return out


def _hash(sha256: str | None) -> list[Element]:
    """Return a photo's hash as a name of RFC 6920, which is a URI; FHIR's own field for a hash holds SHA-1 alone."""
    if sha256 is None:
        return []
    digest = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return [{"system": "urn:ietf:rfc:3986", "value": f"ni:///sha-256;{digest}"}]


def _site(spot: str, where: str) -> Element | None:
    return concept(", ".join(part for part in ("scalp", where, f"spot {spot}" if plain(spot) else "") if part))


def _add_measured(sheet: Sheet, told: Handover, media: dict[str, Element]) -> None:
    """Add densities and diameters; what the diary holds of a photo is not said twice."""
    spots = {spot.id: f"{spot.zone}, {spot.role}" for spot in told.diary.spots}
    versions = {photo.entry.file: photo.method_version for photo in told.photos}
    for n, density in enumerate(told.diary.density):
        by = _made_by(sheet, versions.get(density.photo or "", ""))
        sheet.add(f"density-{n}", _density(sheet, density, media.get(density.photo or "")) | by)
    noted = {density.photo for density in told.diary.density}
    for n, photo in enumerate(told.photos):
        entry = photo.entry
        by = _made_by(sheet, photo.method_version)
        seen = {"bodySite": _site(entry.spot, spots.get(entry.spot, "")), "derivedFrom": [media[entry.file]]}
        for key, what, estimate, code in (
            ("density", "Hair density", None if entry.file in noted else photo.density_per_cm2, "/cm2"),
            ("diameter", "Median hair diameter", photo.median_diameter_um, "um"),
        ):
            if estimate is not None:
                estimate = Estimate(**{k: round(v, 2) for k, v in dict(estimate).items()})
                value = {"valueQuantity": quantity(estimate.value, code), "component": interval(estimate, code)}
                made = observation(sheet, what, "imaging", on(entry.date), by, seen, value)
                sheet.add(f"photo-{n}-{key}", made)


def _density(sheet: Sheet, density: Density, photo: Element | None) -> Element:
    ends = (("lower", density.lo), ("upper", density.hi))
    parts = [
        component(f"interval, {side} end", {"valueQuantity": quantity(end, "/cm2")})
        for side, end in ends
        if end is not None
    ]
    told = {
        "valueQuantity": quantity(density.hairs_per_cm2, "/cm2"),
        "bodySite": concept(f"scalp, {density.zone}"),
        "component": parts,
        "derivedFrom": [photo] if photo else [],
    }
    return observation(sheet, "Hair density", "imaging", on(density.date), told)


def _seen(told: Handover, media: dict[str, Element], change: SpotChange) -> list[Element]:
    """Return the photos of a spot on both days of a change."""
    days = (change.from_, change.to)
    return [media[p.entry.file] for p in told.photos if p.entry.spot == change.spot and p.entry.date in days]


def _change(sheet: Sheet, change: SpotChange, site: Element, by: Element) -> Element:
    """Return what two photos of a spot showed; an interval that was refused is unknown, not zero."""
    net = change.change
    value = unknown() if net is None else {"valueQuantity": quantity(net.value, "{hairs}")}
    parts = [] if net is None else interval(Estimate(value=net.value, lo=net.lo, hi=net.hi), "{hairs}")
    for what, n in (("hairs at first", change.n_t0), ("hairs lost", change.lost), ("hairs new", change.new)):
        parts.append(component(what, {"valueQuantity": quantity(n, "{hairs}")}))
    what, when = "Change in hairs of the same skin between two photos", between(change.from_, change.to)
    return observation(sheet, what, "imaging", when, site, by, value, {"component": parts})
