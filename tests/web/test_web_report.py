"""The page for a doctor tells what the PDF tells, lock first; its files open, and hold no name."""

import io
import json
import time
from datetime import date

import pytest
from fhir.resources.R4B.bundle import Bundle
from pypdf import PdfReader

from hairwise import workflow
from hairwise.records.diary import Diary

HOSTILE = '<script>alert(1)</script> #panic("x") $x$ *b*'
DIARY = {
    "schema": "needling-diary/1",
    "id": "Anna Smith",
    "cutoff": "2026-05-01",
    "sessions": [{"date": "2026-03-07", "zone": "vertex", "device": "roller", "needle_mm": 1.5}],
    "counts": [{"date": f"2026-04-{day:02}", "method": "wash", "count": 60 + day} for day in range(1, 29, 3)],
    "spots": [{"id": HOSTILE, "zone": "vertex", "role": "rolled"}],
    "treatments": [{"kind": HOSTILE, "start": "2026-01-01"}],
    "changes": [
        {
            "spot": HOSTILE, "from": "2026-03-06", "to": "2026-04-06", "n_t0": 52, "lost": 15, "new": 1,
            "change": {"value": -14, "lo": -17, "hi": -11},
        }
    ],
    "findings": [{"date": "2026-05-01", "kind": "pus", "present": "yes"}],
}  # fmt: skip


@pytest.fixture
def keep(make_client, tmp_path):
    def kept(raw=None):
        if raw is not None:
            store = workflow.open_store(tmp_path / "data")
            workflow.keep_diary(store, Diary.model_validate_json(json.dumps(raw)))
            store.close()
        return make_client(data=tmp_path / "data")

    return kept


def test_where_nothing_is_kept_the_next_step_is_said_and_nothing_is_made(keep, tmp_path):
    page = keep()
    told = page.get("/report")
    assert told.status_code == 200
    assert 'href="/log/count"' in told.text
    for path in ("/report.pdf", "/report.png", "/report.fhir.json"):
        refused = page.get(path)
        assert (refused.status_code, "Log a count first" in refused.text) == (404, True)
    assert not (tmp_path / "data").exists()


def worked_out(page):
    """Return the page once the answer is there."""
    for _ in range(600):
        told = page.get("/report")
        if "being worked out" not in told.text:
            return told
        time.sleep(0.1)
    raise AssertionError("the answer did not come")


def test_the_page_says_the_lock_and_the_urgency_before_all_else(keep):
    told = worked_out(keep(DIARY)).text
    assert "now urgent" in told
    said = [told.index(words) for words in ("See a doctor today", "Stop rolling for now", "<li>Pus<", "Save the PDF")]
    assert said == sorted(said)
    assert told.index("Save the PDF") < told.index("Is it real?") < told.index("Tell and ask at the visit")
    assert "\N{MINUS SIGN}17 to \N{MINUS SIGN}11" in told


def test_what_was_typed_is_text_on_the_page_in_the_pdf_and_in_the_file(keep):
    page = keep(DIARY)
    told = page.get("/report").text
    assert "<script>" not in told
    pdf = page.get("/report.pdf")
    reader = PdfReader(io.BytesIO(pdf.content))
    text = " ".join("".join(p.extract_text() for p in reader.pages).split())
    assert len(reader.pages) == 1
    assert "<script>alert(1)</script>" in text
    data = page.get("/report.fhir.json")
    statement = next(
        e["resource"] for e in data.json()["entry"] if e["resource"]["resourceType"] == "MedicationStatement"
    )
    assert statement["medicationCodeableConcept"]["text"] == HOSTILE


def test_the_files_are_valid_hold_no_name_and_stay_out_of_the_disk(keep):
    page = keep(DIARY)
    day = date(2026, 5, 2).isoformat()
    pdf, data, picture = (page.get(f"/report{suffix}") for suffix in (".pdf", ".fhir.json", ".png"))
    assert Bundle.model_validate_json(data.content).type == "collection"
    assert picture.content.startswith(b"\x89PNG")
    assert "Own log" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    for answer, kind, suffix in ((pdf, "application/pdf", ".pdf"), (data, "application/fhir+json", ".fhir.json")):
        assert answer.headers["content-type"].split(";")[0] == kind
        assert answer.headers["content-disposition"] == f'attachment; filename="hairwise-{day}{suffix}"'
        assert answer.headers["cache-control"] == "no-store"
        assert b"Anna" not in answer.content
    assert "Anna" not in page.get("/report").text


def test_the_page_follows_the_log(keep, tmp_path):
    page = keep(DIARY)
    before = page.get("/report.fhir.json").content
    assert page.get("/report.fhir.json").content == before
    store = workflow.open_store(tmp_path / "data")
    workflow.add_entry(store, "count", {"date": "2026-05-01", "method": "wash", "count": 777})
    assert b"777" in page.get("/report.fhir.json").content
    workflow.delete_everything(store)
    store.close()
    assert "nothing to show yet" in page.get("/report").text
    assert page.get("/report.pdf").status_code == 404
