"""What a person wrote down, as FHIR resources: sessions, counts, symptoms, treatments.

Knows: which resource each list of a diary becomes. Must not know: how any number was reached, files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hairwise.report.fhir_sheet import (
    UNITS,
    Element,
    Sheet,
    between,
    component,
    concept,
    notes,
    observation,
    on,
    plain,
    quantity,
    unknown,
)
from hairwise.report.labels import EVENT_NAMES, METHOD_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.records.diary import Count, Diary, DiaryZone, Session, ShedEnds, Symptom, Treatment

__all__ = ["add_written"]

_WRITTEN = "Written down by the person."
_WORDS = {
    "pressure": {"1": "light", "2": "medium", "3": "hard"},
    "endpoint": {"none": "nothing seen", "redness": "redness", "pinpoint_bleeding": "points of blood"},
}
# field of a session: its words and, where it is a number, its unit
_SESSION: dict[str, tuple[str, str]] = {
    "needle_mm": ("needle length", "mm"),
    "passes": ("passes over one place", "{passes}"),
    "pressure": ("pressure", ""),
    "speed": ("speed", ""),
    "direction": ("direction", ""),
    "minutes": ("duration", "min"),
    "punctures_per_cm2": ("holes in the skin", "/cm2"),
    "endpoint": ("stopped at", ""),
    "pain": ("pain, 0 to 10", "{score}"),
    "redness_h": ("redness afterwards", "h"),
    "needle_age_sessions": ("sessions these needles were used before", "{sessions}"),
    "device_id": ("device", ""),
    "disinfected": ("device disinfected", ""),
    "shared": ("device shared with another person", ""),
    "products_within_24h": ("put on the scalp within 24 hours", ""),
}
_SYMPTOM: dict[str, tuple[str, str]] = {
    "itch": ("itch, 0 none to 3 a lot", "{score}"),
    "flakes": ("flakes, 0 none to 3 a lot", "{score}"),
    "pustules": ("pimples with pus, 0 none to 3 a lot", "{score}"),
    "pain": ("pain, 0 none to 3 a lot", "{score}"),
    "redness_days": ("redness", "d"),
    "patch": ("a smooth, bald patch", ""),
}
_ZONE: dict[str, tuple[str, str]] = {
    "area_cm2": ("area", "cm2"),
    "growth": ("growth before", ""),
    "needled": ("rolled", ""),
}
_ENDS: dict[str, tuple[str, str]] = {
    "club": ("hairs with a club end", "{hairs}"),
    "tapered": ("hairs with a tapered end", "{hairs}"),
    "broken": ("broken hairs", "{hairs}"),
    "short_share": ("share shorter than 3 cm", "%"),
}


def add_written(sheet: Sheet, diary: Diary, labels: Mapping[str, str]) -> None:
    """
    Add everything the person wrote down.

    Parameters
    ----------
    sheet : Sheet
    diary : Diary
    labels : mapping of str to str
        A sign's name to the words the person was asked with.
    """
    if diary.concern is not None:
        told = {"valueDateTime": diary.concern.isoformat()}
        _add(sheet, "concern", observation(sheet, "More hair falling since", "survey", told))
    if diary.first_session is not None:
        told = {"valueDateTime": diary.first_session.isoformat()}
        _add(sheet, "first-session", observation(sheet, "First needling session", "survey", told))
    for n, zone in enumerate(diary.zones):
        _add(sheet, f"zone-{n}", _zone(sheet, zone))
    for n, session in enumerate(diary.sessions):
        _add_session(sheet, f"session-{n}", session)
    for n, day in enumerate(diary.washes):
        _add(sheet, f"wash-{n}", observation(sheet, "Hair washed", "survey", on(day), {"valueBoolean": True}))
    for n, count in enumerate(diary.counts):
        _add(sheet, f"count-{n}", _count(sheet, count))
    for n, ends in enumerate(diary.shed):
        _add(sheet, f"shed-{n}", _ends(sheet, ends))
    for n, symptom in enumerate(diary.symptoms):
        _add(sheet, f"symptom-{n}", _symptom(sheet, symptom))
    for n, sign in enumerate(diary.findings):
        value = unknown() if sign.present == "unknown" else {"valueBoolean": sign.present == "yes"}
        words = labels.get(f"findings.{sign.kind}", sign.kind.replace("_", " "))
        made = observation(sheet, f"Sign looked for: {words}", "survey", on(sign.date), value)
        _add(sheet, f"finding-{n}", made)
    for n, event in enumerate(diary.events):
        words = EVENT_NAMES.get(event.kind, event.kind.replace("_", " "))
        strong = [] if event.severity is None else [_scored("how strong, 0 to 3", event.severity)]
        changed: Element = {"valueString": words, "component": strong}
        _add(sheet, f"event-{n}", observation(sheet, "Something else that changed", "survey", on(event.date), changed))
    for n, treatment in enumerate(diary.treatments):
        sheet.add(f"treatment-{n}", _treatment(sheet, treatment, ended=_ended(treatment, diary)))


def _add(sheet: Sheet, key: str, resource: Element) -> None:
    """Add what the person told of themself."""
    sheet.add(key, resource | {"performer": [sheet.patient]})


def _parts(record: Any, fields: Mapping[str, tuple[str, str]]) -> list[Element]:
    """Return each field that was told as a component; blank text counts as not told."""
    out = []
    for name, (what, code) in fields.items():
        value = getattr(record, name)
        told = None if value is None else _value(name, value, code)
        if told:
            out.append(component(what, told))
    return out


def _value(name: str, value: Any, code: str) -> Element | None:
    if name == "patch":
        return {"valueBoolean": bool(value)}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if code == "%":
        return {"valueQuantity": quantity(round(value * 100, 3), code)}
    if code:
        return {"valueQuantity": quantity(value, code)}
    if isinstance(value, tuple):
        value = "; ".join(value)
    said = plain(_WORDS.get(name, {}).get(str(value), str(value)))
    return {"valueString": said} if said else None


def _scored(what: str, value: float) -> Element:
    return component(what, {"valueQuantity": quantity(value, "{score}")})


def _zone(sheet: Sheet, zone: DiaryZone) -> Element:
    told = {"bodySite": concept(f"scalp, {zone.name}"), "component": _parts(zone, _ZONE)}
    return observation(sheet, "Zone of the scalp", "survey", told)


def _add_session(sheet: Sheet, key: str, session: Session) -> None:
    """Add a session as a procedure, and its numbers as an observation that is part of it."""
    site, parts = concept(f"scalp, {session.zone}"), _parts(session, _SESSION)
    used: str = "" if session.device == "unknown" else session.device
    if session.needle_mm is not None:
        used = f"{used or 'device'}, {session.needle_mm:g} mm needles"
    done = sheet.add(
        key,
        {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"text": "Microneedling of the scalp"},
            "subject": sheet.patient,
            "performedDateTime": session.date.isoformat(),
            "asserter": sheet.patient,
            "bodySite": [site],
            "usedCode": [said] if (said := concept(used)) else [],
            "note": notes([_WRITTEN, "; ".join(_in_words(part) for part in parts)]),
        },
    )
    if parts:
        told = {"partOf": [done], "bodySite": site, "component": parts}
        _add(
            sheet, f"{key}-details", observation(sheet, "How the session was done", "procedure", on(session.date), told)
        )


def _in_words(part: Element) -> str:
    """Return a component as a remark says it, for those who see the procedure alone."""
    if "valueQuantity" in part:
        value = part["valueQuantity"]
        return f"{part['code']['text']} {value['value']:g} {UNITS[value['code']]}"
    if "valueBoolean" in part:
        return f"{part['code']['text']}: {'yes' if part['valueBoolean'] else 'no'}"
    return f"{part['code']['text']}: {part['valueString']}"


def _count(sheet: Sheet, count: Count) -> Element:
    where = ", ".join(["scalp", *(part for part in (count.zone, count.side) if part)])
    told = {
        "valueQuantity": quantity(count.count, "{hairs}"),
        "bodySite": concept(where),
        "method": concept(f"counted by the person: {METHOD_NAMES[count.method]}"),
    }
    return observation(sheet, "Shed hairs", "survey", on(count.date), told)


def _ends(sheet: Sheet, ends: ShedEnds) -> Element:
    return observation(sheet, "Ends of shed hairs", "survey", on(ends.date), {"component": _parts(ends, _ENDS)})


def _symptom(sheet: Sheet, symptom: Symptom) -> Element:
    parts = _parts(symptom, _SYMPTOM)
    told = {"component": parts} if parts else unknown()
    return observation(sheet, "How the scalp felt", "survey", on(symptom.date), {"bodySite": concept("scalp")}, told)


def _ended(treatment: Treatment, diary: Diary) -> bool:
    return treatment.stop is not None and treatment.stop <= diary.cutoff


def _treatment(sheet: Sheet, treatment: Treatment, *, ended: bool) -> Element:
    return {
        "resourceType": "MedicationStatement",
        "status": "completed" if ended else "active",
        "medicationCodeableConcept": concept(treatment.kind.replace("_", " ")) or {"text": "not named"},
        "subject": sheet.patient,
        **between(treatment.start, treatment.stop),
        "informationSource": sheet.patient,
        "note": notes([f"{_WRITTEN} Nothing here was advised by hairwise."]),
    }
