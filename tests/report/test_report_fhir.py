"""The FHIR file is valid R4, complete, the same each time, and says nothing of who the person is."""

import json
import re
from datetime import date

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hairwise.care.questions import QUESTIONS
from hairwise.records.answers import CONDITIONS, FINDINGS, Answers
from hairwise.records.base import Estimate
from hairwise.records.diary import Diary
from hairwise.records.verdicts import Plan, Why
from hairwise.report.fhir import Handover, PhotoTold, render_fhir
from hairwise.report.fhir_sheet import UNITS

HEAD = {"hairwise_version": "0.1.0", "settings": {}, "seconds": 0.1, "intended_use": "No diagnosis."}
SHA = "00" * 31 + "ff"
FULL = {
    "schema": "needling-diary/1",
    "id": "Anna Smith",
    "cutoff": "2026-05-02",
    "start": "2026-02-21",
    "first_session": "2026-03-07",
    "concern": "2026-04-16",
    "hemisphere": "N",
    "zones": [{"name": "vertex", "area_cm2": 70, "needled": True, "growth": "good"}],
    "sessions": [
        {
            "date": "2026-03-07", "zone": "vertex", "device": "roller", "needle_mm": 1.5, "passes": 12, "pressure": 3,
            "punctures_per_cm2": 250.5, "device_id": "drum 540", "speed": "fast", "minutes": 7,
            "direction": "crosswise", "needle_age_sessions": 4, "disinfected": False, "shared": True,
            "products_within_24h": ["vitamin C", "oil"], "endpoint": "pinpoint_bleeding", "pain": 6.5, "redness_h": 30,
        },
        {"date": "2026-03-14", "zone": "front"},
    ],
    "washes": ["2026-03-08"],
    "counts": [
        {"date": "2026-03-08", "method": "wash", "count": 41},
        {"date": "2026-03-09", "method": "comb60", "count": 7.5, "zone": "front", "side": "left"},
    ],
    "density": [
        {"date": "2026-03-06", "zone": "vertex", "hairs_per_cm2": 151.5, "lo": 133, "hi": 171, "photo": "Anna/a.jpg"},
        {"date": "2026-04-06", "zone": "occiput", "hairs_per_cm2": 180},
    ],
    "events": [{"date": "2026-01-15", "kind": "stress", "severity": 2.5}, {"date": "2026-01-16", "kind": "illness"}],
    "treatments": [
        {"kind": "minoxidil_5", "start": "2025-01-01"},
        {"kind": "ketoconazole", "start": "2025-01-01", "stop": "2026-01-01"},
        {"kind": "tablets", "start": "2026-01-01", "stop": "2026-06-01"},
    ],
    "symptoms": [
        {"date": "2026-03-10", "itch": 2, "flakes": 0, "pustules": 1, "pain": 3, "redness_days": 2.5, "patch": 0},
        {"date": "2026-03-11"},
    ],
    "findings": [
        {"date": "2026-03-10", "kind": "pustules", "present": "yes"},
        {"date": "2026-03-10", "kind": "fever", "present": "no"},
        {"date": "2026-03-10", "kind": "black_dots", "present": "unknown"},
    ],
    "spots": [{"id": "s1", "zone": "vertex", "role": "rolled"}, {"id": "s2", "zone": "occiput", "role": "control"}],
    "photos": [
        {"date": "2026-03-06", "spot": "s1", "file": "Anna/a.jpg", "px_per_mm": 362, "style": "clipped"},
        {"date": "2026-04-06", "spot": "s1", "file": "b.png"},
    ],
    "changes": [
        {
            "spot": "s1", "from": "2026-03-06", "to": "2026-04-06", "n_t0": 52, "lost": 11, "new": 1,
            "change": {"value": -10, "lo": -13, "hi": -7},
        },
        {"spot": "s2", "from": "2026-03-06", "to": "2026-04-06", "n_t0": 55, "lost": 1, "new": 0},
    ],
    "shed": [{"date": "2026-03-08", "club": 30, "tapered": 2, "broken": 9, "short_share": 0.225}],
    "answers": {
        "schema": "hairwise/answers/1", "today": "2026-05-01", "age": 34, "sex": "m", "pregnant": "no", "started": True,
        "device": "roller", "needle_mm": 1.5, "passes": 12, "speed": "slow", "pressure": "hard", "interval_days": 7.5,
        "sessions": 6, "first_session": "2026-03-07", "last_session": "2026-04-18",
        "zones": [{"zone": "vertex", "growth": "good", "rolled": True}, {"zone": "occiput", "rolled": False}],
        "loss": {
            "noticed": "yes", "onset": "2026-04-16", "pattern": "diffuse", "zones": ["vertex", "front"],
            "severity": "severe",
        },
        "events": [{"kind": "stress", "date": "2026-01-15"}, {"kind": "stress", "date": "2026-02-15"}],
        "findings": dict.fromkeys(FINDINGS, "no") | {"itch": "yes", "fever": None},
        "conditions": dict.fromkeys(CONDITIONS, "unknown"),
        "hygiene": {"disinfected": "no", "shared_device": "no", "reused_cartridge": "no", "tap_water_only": "yes"},
        "products_within_24h": ["vitamin C", " "],
    },
}  # fmt: skip


def told(make, raw=FULL, photos=None, versions=None):
    diary = Diary.model_validate_json(json.dumps(raw))
    why = Why.model_validate(HEAD | {"schema": "hairwise/why/1", "method_version": "infer-1"} | dict(make.why()))
    plan = Plan.model_validate(HEAD | {"schema": "hairwise/plan/1", "method_version": "care/2"} | dict(make.plan()))
    if photos is None:
        first = PhotoTold(
            diary.photos[0],
            SHA,
            Estimate(value=151.534, lo=133.2, hi=171.9),
            Estimate(value=61.25, lo=58, hi=64.5),
            "hairs-net-3",
        )
        photos = (first, PhotoTold(diary.photos[1]))
    versions = {("s1", date(2026, 3, 6), date(2026, 4, 6)): "hairs-net-3+change-3"} if versions is None else versions
    return Handover(diary, why, plan, photos, QUESTIONS, versions)


def bundle(make, **options):
    return json.loads(render_fhir(told(make, **options)))


def of_kind(made, kind, words=""):
    found = [e["resource"] for e in made["entry"] if e["resource"]["resourceType"] == kind]
    return [r for r in found if words in json.dumps(r.get("code", {}))]


def walk(value):
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


def parts(resource):
    out = {}
    for part in resource["component"]:
        (value,) = (v for k, v in part.items() if k.startswith("value"))
        out[part["code"]["text"]] = value["value"] if isinstance(value, dict) else value
    return out


def test_it_is_valid_and_comes_back_as_it_went(make):
    data = render_fhir(told(make))
    again = Bundle.model_validate_json(data)
    assert json.loads(again.model_dump_json()) == json.loads(data)
    kinds = {e["resource"]["resourceType"] for e in json.loads(data)["entry"]}
    assert kinds == {
        "Device", "Media", "MedicationStatement", "Observation", "Patient", "Procedure", "QuestionnaireResponse",
    }  # fmt: skip


def test_every_reference_leads_to_an_entry_and_no_id_stands_twice(make):
    made = bundle(make)
    urls = [entry["fullUrl"] for entry in made["entry"]]
    assert len(urls) == len(set(urls))
    assert all(entry["fullUrl"] == "urn:uuid:" + entry["resource"]["id"] for entry in made["entry"])
    pointed = [node["reference"] for node in walk(made) if isinstance(node, dict) and "reference" in node]
    assert len(pointed) > 40
    assert set(pointed) <= set(urls)


def test_the_same_diary_gives_the_same_bytes_and_another_shares_no_id(make):
    assert render_fhir(told(make)) == render_fhir(told(make))
    other = FULL | {"counts": [{"date": "2026-03-08", "method": "wash", "count": 42}]}
    ids = [{e["fullUrl"] for e in bundle(make, raw=raw)["entry"]} for raw in (FULL, other)]
    assert not ids[0] & ids[1]


def test_it_says_nothing_of_who_the_person_is(make):
    data = render_fhir(told(make)).decode()
    assert "Anna" not in data  # neither the diary's name nor that of a photo's file
    (patient,) = of_kind(json.loads(data), "Patient")
    assert set(patient) == {"resourceType", "id", "active"}


def test_the_lock_and_the_urgency_stand_first_and_are_no_diagnosis(make):
    made = bundle(make)
    first = made["entry"][0]["resource"]
    assert first["valueString"] == "See a dermatologist within 2 weeks"
    assert parts(first)["safety lock: no needling session until this is settled"] is True
    said = [note["text"] for note in first["note"]]
    assert "More hair is falling and no clinician has explained it yet." in said
    assert "Stop rolling for now." in said
    assert not of_kind(made, "Condition")
    computed = [r for r in of_kind(made, "Observation") if r["status"] == "preliminary"]
    assert {r["method"]["text"] for r in computed} == {"hairwise care/2", "hairwise infer-1"}


def test_numbers_have_their_unit_their_interval_and_their_method(make):
    made = bundle(make)
    noted, bare = of_kind(made, "Observation", "Hair density")  # the photo's own is not said twice
    assert noted["valueQuantity"] == {
        "value": 151.5, "unit": "per cm2", "system": "http://unitsofmeasure.org", "code": "/cm2",
    }  # fmt: skip
    assert parts(noted) == {"interval, lower end": 133, "interval, upper end": 171}
    assert "component" not in bare
    assert "not known" in bare["note"][0]["text"]
    (diameter,) = of_kind(made, "Observation", "Median hair diameter")
    assert (diameter["valueQuantity"]["value"], diameter["valueQuantity"]["code"]) == (61.25, "um")
    assert parts(diameter) == {"95% interval, lower end": 58, "95% interval, upper end": 64.5}
    assert diameter["method"] == {"text": "hairwise hairs-net-3"}
    change, refused = of_kind(made, "Observation", "Change in hairs")
    assert change["effectivePeriod"] == {"start": "2026-03-06", "end": "2026-04-06"}
    assert change["valueQuantity"]["value"] == -10
    assert parts(change)["95% interval, lower end"] == -13
    assert change["method"] == {"text": "hairwise hairs-net-3+change-3"}
    assert len(change["derivedFrom"]) == 2
    assert refused["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert parts(refused) == {"hairs at first": 55, "hairs lost": 1, "hairs new": 0}


def test_a_density_measured_on_a_photo_is_told_where_the_diary_holds_none(make):
    made = bundle(make, raw=FULL | {"density": []})
    (density,) = of_kind(made, "Observation", "Hair density")
    assert density["valueQuantity"]["value"] == 151.53
    assert density["derivedFrom"] == [{"reference": made["entry"][5]["fullUrl"]}]
    assert density["bodySite"]["text"] == "scalp, vertex, rolled, spot s1"


def test_a_session_is_a_procedure_with_its_numbers(make):
    made = bundle(make)
    full, bare = of_kind(made, "Procedure")
    assert full["bodySite"] == [{"text": "scalp, vertex"}]
    assert full["usedCode"] == [{"text": "roller, 1.5 mm needles"}]
    assert "holes in the skin 250.5 per cm2" in full["note"][1]["text"]
    assert "usedCode" not in bare
    (details,) = of_kind(made, "Observation", "How the session was done")
    assert parts(details) == {
        "needle length": 1.5,
        "passes over one place": 12,
        "pressure": "hard",
        "speed": "fast",
        "direction": "crosswise",
        "duration": 7,
        "holes in the skin": 250.5,
        "stopped at": "points of blood",
        "pain, 0 to 10": 6.5,
        "redness afterwards": 30,
        "sessions these needles were used before": 4,
        "device": "drum 540",
        "device disinfected": False,
        "device shared with another person": True,
        "put on the scalp within 24 hours": "vitamin C; oil",
    }


def test_a_treatment_is_told_as_written_down_and_never_advised(make):
    told_of = {r["medicationCodeableConcept"]["text"]: r for r in of_kind(bundle(make), "MedicationStatement")}
    assert {name: r["status"] for name, r in told_of.items()} == {
        "minoxidil 5": "active", "ketoconazole": "completed", "tablets": "active",
    }  # fmt: skip
    assert told_of["ketoconazole"]["effectivePeriod"] == {"start": "2025-01-01", "end": "2026-01-01"}
    assert all("advised by hairwise" in r["note"][0]["text"] for r in told_of.values())
    assert all("dosage" not in r for r in told_of.values())


def test_a_photo_is_told_by_its_hash_and_not_by_its_bytes(make):
    first, second = of_kind(bundle(make), "Media")
    assert (
        first["identifier"][0]["value"] == "ni:///sha-256;" + "A" * 41 + "P8"
    )  # 00 ff ends as A P 8: 000000 001111 111100
    assert {"text": f"sha256 {SHA}"} in first["note"]
    assert (first["createdDateTime"], first["content"]["contentType"]) == ("2026-03-06", "image/jpeg")
    assert "data" not in first["content"]
    assert "identifier" not in second
    assert "not at hand" in second["note"][0]["text"]


def test_every_answer_is_told_under_its_question(make):
    (made,) = of_kind(bundle(make), "QuestionnaireResponse")
    given = {item["linkId"]: item["answer"] for group in made["item"] for item in group["item"]}
    answers = Answers.model_validate(FULL["answers"])
    n = len(FINDINGS) - 1 + len(CONDITIONS) + 4 + 14  # all but the empty one; hygiene; the single ones
    assert len(given) == n + 3 + 1 + 5  # zones, events of one kind, loss
    assert made["authored"] == str(answers.today)
    assert given["age"] == [
        {"valueQuantity": {"value": 34, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}}
    ]
    assert given["started"] == [{"valueBoolean": True}]
    assert given["sex"] == [{"valueString": "male"}]
    assert given["findings.itch"] == [{"valueString": "yes"}]
    assert given["zones.occiput.rolled"] == [{"valueBoolean": False}]
    assert [a["valueDate"] for a in given["events.stress"]] == ["2026-01-15", "2026-02-15"]
    assert [a["valueString"] for a in given["loss.zones"]] == ["crown", "front"]
    assert given["products_within_24h"] == [{"valueString": "vitamin C"}]


def test_units_are_of_ucum(make):
    known = {"/cm2", "um", "mm", "cm2", "min", "h", "d", "a", "%"}  # ucum.org, table of units, case sensitive
    assert {code for code in UNITS if not re.fullmatch(r"\{[a-z]+\}", code)} == known
    used = {
        node["code"] for node in walk(bundle(make)) if isinstance(node, dict) and "system" in node and "unit" in node
    }
    assert used == set(UNITS)


def test_codes_that_fhir_requires_are_of_its_lists(make):
    """From the value sets of R4 (hl7.org/fhir/R4), as far as they are used; models do not check them."""
    status = {
        "Media": {"completed"},
        "MedicationStatement": {"active", "completed"},
        "Observation": {"preliminary", "final"},
        "Procedure": {"completed"},
        "QuestionnaireResponse": {"completed"},
    }
    made = bundle(make)
    assert made["type"] == "collection"
    for resource in (entry["resource"] for entry in made["entry"]):
        kind = resource["resourceType"]
        assert ("status" in resource) == (kind in status)
        assert resource.get("status") in status.get(kind, {None})
    codes = {(n["system"], n["code"]) for n in walk(made) if isinstance(n, dict) and "code" in n and "system" in n}
    base = "http://terminology.hl7.org/CodeSystem/"
    assert {pair for pair in codes if "unitsofmeasure" not in pair[0]} == {
        (f"{base}observation-category", "survey"),
        (f"{base}observation-category", "imaging"),
        (f"{base}observation-category", "procedure"),
        (f"{base}data-absent-reason", "unknown"),
        (f"{base}media-type", "image"),
    }


def test_an_empty_diary_is_valid_too(make):
    data = render_fhir(told(make, raw={k: FULL[k] for k in ("schema", "id", "cutoff")}, photos=(), versions={}))
    assert len(Bundle.model_validate_json(data).entry) == 5  # urgency, person, program, is it real, why


TEXT = st.text(max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a=TEXT, b=TEXT, c=TEXT, number=st.floats(0, 2000))
def test_whatever_was_typed_the_file_is_valid(make, a, b, c, number):
    raw = FULL | {
        "treatments": [{"kind": a, "start": "2025-01-01"}],
        "sessions": [
            {"date": "2026-03-07", "zone": "mid", "device_id": b, "direction": c, "products_within_24h": [a, b]}
        ],
        "density": [{"date": "2026-03-06", "zone": "mid", "hairs_per_cm2": number, "photo": c}],
        "spots": [{"id": a, "zone": "mid", "role": "rolled"}],
        "photos": [{"date": "2026-03-06", "spot": a, "file": b}],
        "changes": [],
        "answers": FULL["answers"] | {"products_within_24h": [c]},
    }
    diary = Diary.model_validate(raw)
    data = render_fhir(
        told(make, raw=diary.model_dump(mode="json", by_alias=True), photos=(PhotoTold(diary.photos[0]),))
    )
    Bundle.model_validate_json(data)
    for node in walk(json.loads(data)):
        assert node not in ("", [], {}, None)
        assert not isinstance(node, str) or (node == node.strip() and node.isprintable())


@pytest.mark.parametrize("text", ['"}],"x":[{', "</script><script>", "\\u0000", "\x1b[31m\x00bad\nline"])
def test_hostile_text_stays_text(make, text):
    made = bundle(make, raw=FULL | {"treatments": [{"kind": text, "start": "2025-01-01"}]})
    (statement,) = of_kind(made, "MedicationStatement")
    assert statement["medicationCodeableConcept"]["text"].isprintable()
    assert statement["medicationCodeableConcept"]["text"].replace(" ", "")
