"""Screening, plan, session guide, products and evidence as pages."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import unquote

import pytest
import textstat

from hairwise import workflow
from hairwise.web.forms import MAX_BYTES

WELL = {
    "none.body": "yes",
    "none.scalp": "yes",
    "none.conditions": "yes",
    "age": "34",
    "sex": "m",
    "started": "true",
    "device": "roller",
    "needle_mm": "1.0",
    "passes": "6",
    "last_session": "2026-04-28",
    "zones.vertex.rolled": "true",
    "zones.vertex.growth": "thin",
    "loss.noticed": "no",
    "hygiene.shared_device": "no",
}
LOSS = WELL | {"loss.noticed": "yes", "loss.onset": "2026-04-16"}
TODAY = date(2026, 5, 2)
PAGES = ["/", "/check", "/screening", "/plan", "/plan/questions", "/guide", "/products", "/evidence"]


def flat(html):
    inline = re.sub(r"</?(?:a|strong|code)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inline)).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_and_names_the_others(client, path):
    reply = client.get(path)
    assert reply.status_code == 200
    for other in ("/check", "/screening", "/plan", "/guide", "/products", "/evidence"):
        assert f'href="{other}"' in reply.text


def test_screening_says_yes_within_limits_and_when(client):
    text = flat(client.post("/screening", WELL).text)
    assert "No rule found against rolling." in text
    assert "A session from 12 May 2026 on at the soonest" in text
    assert "Only thin or bald areas" in text


@pytest.mark.parametrize("path", ["/screening", "/plan", "/guide"])
def test_under_the_lock_no_page_opens_a_session(client, path):
    html = client.post(path, LOSS).text
    text = flat(html)
    assert "Stop rolling for now." in text
    assert 'formaction="/guide"' not in html
    assert "data-seconds" not in html
    assert "at the soonest" not in text
    if path == "/guide":
        assert "There is no guide now." in text


def test_the_guide_has_its_parts_and_only_it_may_run_its_timer(client):
    reply = client.post("/guide", WELL)
    text = flat(reply.text)
    for words in ("Before", "Zone by zone", "Crown: 4 slow passes", "Stop signs", "After 0 hours", "After 24 hours",
                  "After 72 hours", "Photos", "From 12 May 2026 on"):  # fmt: skip
        assert words in text
    assert re.search(r'data-seconds="\d+"', reply.text)
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert "script" not in client.post("/plan", WELL).headers["content-security-policy"]
    assert client.get("/static/timer.js").status_code == 200


def test_a_plan_from_answers_has_dates_and_a_calendar(client):
    text = flat(client.post("/plan", LOSS).text)
    assert "Dates" in text
    assert "What to tell the doctor" in text
    reply = client.post("/plan.ics", LOSS)
    assert reply.headers["content-type"].startswith("text/calendar")
    assert b"BEGIN:VCALENDAR" in reply.content
    assert b"session" not in reply.content.replace(b"Session", b"").lower()


DIARY = {
    "schema": "needling-diary/1",
    "id": "me <b>",
    "cutoff": "2026-04-30",
    "zones": [{"name": "mid", "area_cm2": 100, "needled": True, "growth": "thin"}],
    "sessions": [
        {"date": "2026-03-07", "zone": "mid", "device": "roller", "needle_mm": 1.5, "passes": 10, "pressure": 3},
        {"date": "2026-03-14", "zone": "mid", "device": "roller", "needle_mm": 1.5, "passes": 10, "pressure": 3},
    ],
    "spots": [{"id": "a", "zone": "mid", "role": "rolled"}],
    "photos": [{"date": "2026-03-07", "spot": "a", "file": "a.jpg", "px_per_mm": 150}],
}


def upload(client, data, name="diary.json"):
    return client("POST", "/plan/diary", files={"diary": (name, data, "application/json")})


def test_a_plan_from_an_uploaded_diary(client):
    reply = upload(client, json.dumps(DIARY).encode())
    assert reply.status_code == 200
    text = flat(reply.text)
    assert "at most 153 holes per cm2 a session" in text
    assert "Pressure: you wrote hard in 2 of 2 sessions" in text
    carried = unescape(re.search(r'name="diary" value="([^"]*)"', reply.text).group(1))
    assert b"BEGIN:VCALENDAR" in client.post("/plan.ics", {"diary": carried}).content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        json.dumps(DIARY | {"colour": 1}).encode(),
        json.dumps(DIARY).replace("1.5", "15").encode(),
        b"\xff\xfe" * 40,
    ],
)
def test_a_bad_diary_is_answered_in_one_line(client, data):
    reply = upload(client, data)
    assert reply.status_code == 422
    assert "This file needs another look" in reply.text
    assert "Traceback" not in reply.text


def test_an_upload_has_limits(client):
    assert client.post("/plan/diary", {"diary": "x"}).status_code == 422
    big = client("POST", "/plan/diary", content=b"x", headers={"content-length": str(10**9)})
    assert big.status_code == 422
    assert "larger than 20 MB" in big.text
    long = json.dumps(DIARY | {"washes": ["2026-03-07"] * (MAX_BYTES // 12)}).encode()
    assert 'name="diary" value=' not in upload(client, long).text  # too long to be carried in a form


def test_an_impossible_answer_keeps_the_form(client):
    for path in ("/screening", "/plan", "/guide"):
        reply = client.post(path, WELL | {"needle_mm": "15"})
        assert reply.status_code == 422
        assert "1.5 mm" in flat(reply.text)
        assert f'action="{path}"' in reply.text


def test_products_are_recognised_and_escaped(client):
    html = client.post("/products", {"names": "Aqua, Glycolic Acid, Alcohol Denat., Parfum, <script>x</script>"}).text
    text = flat(html)
    for words in ("Acids in what you listed: Glycolic Acid", "Alcohol in what you listed", "Fragrance in what you"):
        assert words in text
    assert "<script>x" not in html
    assert "What was found" not in client.post("/products", {"names": "  "}).text


def test_every_cited_source_can_be_opened(client):
    html = client.post("/plan", LOSS).text + client.post("/guide", WELL).text + client.post("/check", LOSS).text
    cited = {unquote(name) for name in re.findall(r'href="/evidence/([^"]+)"', html)}
    assert len(cited) > 15
    for name in cited:
        reply = client.get(f"/evidence/{name}")
        assert reply.status_code == 200, name
        assert "Source:" in flat(reply.text)


def test_evidence_is_searched_and_browsed(client):
    assert flat(client.get("/evidence").text).count("Source:") == sum(map(len, workflow.all_evidence().values()))
    text = flat(client.get("/evidence?q=does+it+grow").text)
    assert "47-fold apart" in text
    assert "+91.40" in text
    assert "Nothing in the evidence base fits" in flat(client.get("/evidence?q=qwxz").text)
    assert client.get("/evidence/no_such_entry").status_code == 404
    assert "<b>" not in client.get("/evidence?q=<b>bold</b>").text


@pytest.mark.parametrize("form", [WELL, LOSS])
@pytest.mark.parametrize("path", ["/screening", "/plan", "/guide"])
def test_answers_read_at_grade_nine(client, path, form):
    html = client.post(path, form).text
    html = re.sub(r"<table.*?</table>|<span class=\"source\">.*?</span>", "", html, flags=re.S)
    lines = [flat(part) for part in re.findall(r"<(?:p|li|h1|h2|h3)[^>]*>(.*?)</(?:p|li|h1|h2|h3)>", html, re.S)]
    text = " ".join(line if line.endswith((".", "?")) else line + "." for line in lines if line)
    assert textstat.flesch_kincaid_grade(text) <= 9


RISE = [40, 44, 41, 39, 42, 45, 40, 43, 44, 90, 110, 118, 121, 125, 119, 130, 122, 128, 133, 126]


@pytest.fixture
def logged(make_client, tmp_path):
    """A client whose log holds a session, the answers of WELL and some counts."""

    def made(day="2026-04-28", counts=()):
        store = workflow.open_store(tmp_path / "data")
        done = {"device": "stamp", "needle_mm": 0.8, "passes": 4}
        workflow.add_entry(store, "session", {"date": day, "zone": "vertex", **done})
        for k, hairs in enumerate(counts):
            counted = (TODAY - timedelta(days=3 * (len(counts) - k))).isoformat()
            workflow.add_entry(store, "count", {"date": counted, "method": "wash", "count": hairs})
        told = workflow.answers_from_form({name: [value] for name, value in WELL.items()}, TODAY)
        body = told.model_dump(mode="json", by_alias=True, exclude_none=True)
        workflow.add_entry(store, "answers", body | {"device": "roller", "last_session": "2026-03-01"})
        store.close()
        return make_client(data=tmp_path / "data")

    return made


@pytest.mark.parametrize("path", ["/screening", "/guide", "/plan/questions"])
def test_questions_begin_with_what_the_log_knows_but_not_with_a_no(logged, path):
    html = logged().get(path).text
    assert "is filled in. Look it over." in html
    assert re.search(r'name="age"[^>]*value="34"', html)
    assert re.search(r'value="stamp" selected', html)  # of the last session, not of the answers
    assert re.search(r'name="last_session"[^>]*value="2026-04-28"', html)
    assert not re.search(r'value="no" checked', html)
    assert not re.search(r'name="none\.[a-z]+" value="yes" checked', html)


def test_without_a_log_the_questions_begin_blank(client):
    html = client.get("/screening").text
    assert "is filled in" not in html
    assert not re.search(r'name="age"[^>]*value="\d', html)


def test_the_guide_knows_the_last_session_of_the_log(logged):
    form = {k: v for k, v in WELL.items() if k not in ("device", "needle_mm", "passes", "last_session")}
    text = flat(logged().post("/guide", form).text)
    assert "From 12 May 2026 on" in text
    assert "Your stamp" in text


def test_a_loss_that_the_log_shows_locks_the_screening_whatever_is_answered(logged):
    page = logged("2026-03-28", RISE)
    for path in ("/screening", "/guide", "/plan"):
        text = flat(page.post(path, WELL | {"last_session": "2026-03-28"}).text)
        assert "Stop rolling for now." in text, path
        assert "at the soonest" not in text


def test_the_plan_leads_to_the_one_from_the_log(logged, client):
    assert re.search(r'<a class="button" href="/today/plan">Open my plan</a>', logged().get("/plan").text)
    assert "/today/plan" not in client.get("/plan").text
