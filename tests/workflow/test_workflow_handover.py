"""What is kept, handed to a doctor: photos by hash, with what was measured on them; changes without photos too."""

import hashlib
import io
import json
from datetime import date

import numpy as np
import pytest
from pypdf import PdfReader

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.records.diary import Diary
from hairwise.simulate.scalp import encode
from hairwise.store.repository import KeptPhoto

TODAY = date(2026, 5, 2)
FIRST, LAST = date(2026, 3, 6), date(2026, 4, 6)
DAYS = {"from": FIRST.isoformat(), "to": LAST.isoformat()}
CHANGES = [
    {"spot": "s1", **DAYS, "n_t0": 52, "lost": 15, "new": 1, "change": {"value": -14, "lo": -17, "hi": -11}},
    {"spot": "s2", **DAYS, "n_t0": 55, "lost": 1, "new": 0, "change": {"value": -1, "lo": -3, "hi": 1}},
]

PAIR = {
    **{name: CHANGES[0][name] for name in ("n_t0", "lost", "new")},
    "change": CHANGES[0]["change"] | {"level": 0.95},
}


@pytest.fixture
def store(tmp_path):
    held = workflow.open_store(tmp_path / "data")
    yield held
    held.close()


@pytest.fixture
def filled(store, rng):
    workflow.add_entry(store, "count", {"date": "2026-03-08", "method": "wash", "count": 41})
    workflow.add_entry(store, "spot", {"id": "s1", "zone": "vertex", "role": "rolled"})
    workflow.add_entry(store, "spot", {"id": "s2", "zone": "occiput", "role": "control"})
    workflow.add_entries(store, "change", CHANGES[1:])
    shas = []
    for day in (FIRST, LAST):
        data = encode(rng.integers(0, 255, (100, 120, 3)).astype(np.uint8), "png")
        shas.append(
            workflow.add_photo(store, data, KeptPhoto("", "", "Anna.png", "close_up", day, "s1", 300, "clipped"))
        )
    how = {"method_version": "hairs-net-3", "calibration": {}, "settings": {}}
    told = {"density_per_cm2": {"value": 150, "lo": 133, "hi": 171, "level": 0.95}, "median_diameter_um": None}
    store.add_measurement(shas[0], how | {"body": {}, "summary": told})
    store.add_measurement(shas[1], how | {"body": {}, "summary": {"refused": {"code": "blurred"}}})
    how = {"method_version": "hairs-net-3+change-3", "settings": {}, "body": {}}
    store.add_comparison(shas[0], shas[1], how | {"summary": PAIR})
    return store, shas


def tell(store):
    diary = workflow.diary_kept(store, TODAY)
    return diary, workflow.tell_without_photos(workflow.dump(diary), "your log")


def resources(data, kind):
    made = json.loads(data)
    return [e["resource"] for e in made["entry"] if e["resource"]["resourceType"] == kind]


def observed(data, words):
    return [r for r in resources(data, "Observation") if words in r["code"]["text"]]


def test_what_is_kept_is_handed_over_with_its_photos_and_versions(filled):
    store, shas = filled
    diary, told = tell(store)
    data = workflow.fhir_kept(store, told, diary)
    assert [p["note"][0]["text"] for p in resources(data, "Media")] == [f"sha256 {sha}" for sha in shas]
    (density,) = observed(data, "Hair density")
    assert (density["valueQuantity"]["value"], density["method"]["text"]) == (150, "hairwise hairs-net-3")
    control, rolled = observed(data, "Change in hairs")
    assert rolled["valueQuantity"]["value"] == -14
    assert rolled["method"]["text"] == "hairwise hairs-net-3+change-3"
    assert len(rolled["derivedFrom"]) == 2
    assert "not known" in control["note"][0]["text"]  # its photos are not kept
    assert b"Anna" not in data


def test_changes_that_are_kept_stand_on_the_page_without_their_photos(filled):
    told = tell(filled[0])[1]
    (contrast,) = told.contrasts
    assert contrast.verdict == "rolled_lost_more"
    reader = PdfReader(io.BytesIO(workflow.report_pdf(told, TODAY)))
    text = " ".join(reader.pages[0].extract_text().split())
    for words in (
        "Hairs at first",
        "15, 1",
        "\N{MINUS SIGN}17 to \N{MINUS SIGN}11",
        "Rolled against unrolled.",
    ):
        assert words in text, words


def test_of_a_spot_the_latest_change_is_shown(filled):
    store, _ = filled
    later = {"spot": "s1", "from": FIRST.isoformat(), "to": "2026-05-01", "n_t0": 50, "lost": 3, "new": 9}
    workflow.add_entry(store, "change", later)
    told = tell(store)[1]
    assert told.contrasts == ()  # the two spots were now seen on other days, and this change has no interval
    text = PdfReader(io.BytesIO(workflow.report_pdf(told, TODAY))).pages[0].extract_text()
    assert "not measured" in text


def test_a_diary_file_tells_photos_by_their_own_bytes_and_one_that_is_gone_by_its_day():
    raw = {
        "schema": "needling-diary/1",
        "id": "me",
        "cutoff": "2026-05-02",
        "spots": [{"id": "s1", "zone": "mid", "role": "rolled"}, {"id": "s2", "zone": "mid", "role": "control"}],
        "photos": [
            {"date": "2026-03-06", "spot": "s1", "file": "a.jpg"},
            {"date": "2026-03-06", "spot": "s2", "file": "gone.jpg"},
        ],
    }

    def read(name):
        if name == "gone.jpg":
            raise Refused("no_file", "gone", "look")
        return b"bytes"

    told = workflow.tell(Diary.model_validate_json(json.dumps(raw)), read, lambda _: None)
    data = workflow.fhir_file(told, read)
    here, gone = resources(data, "Media")
    assert here["note"][0]["text"] == f"sha256 {hashlib.sha256(b'bytes').hexdigest()}"
    assert "not at hand" in gone["note"][0]["text"]
