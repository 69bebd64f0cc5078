"""The timeline as a page: what it shows, which days, how little it weighs, that nothing leaves the machine."""

import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import hairwise.web
from hairwise import workflow
from hairwise.records.diary import Diary
from hairwise.report import vega

STATIC = Path(hairwise.web.__file__).parent / "static"
TODAY = date(2026, 5, 2)
VENDORED = {
    "vega.min.js": "8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f",
    "vega-interpreter.min.js": "314577cdf6b3af0129efdeb22dde80561a368a676fd81750dfb340e372a39e30",
}
PLACE = "first=2026-01-01&last=2026-05-02&width=712&ground=light"


def told(n_days=500):
    days = [TODAY - timedelta(k) for k in range(n_days)]
    raw = {
        "schema": "needling-diary/1",
        "id": "t",
        "cutoff": TODAY,
        "hemisphere": "N",
        "counts": [{"date": d, "method": "wash", "count": 40 + k % 30} for k, d in enumerate(days) if k % 3 == 0],
        "sessions": [{"date": d, "zone": z} for d in days[::14] for z in ("mid", "front")],
        "density": [{"date": days[20], "zone": "mid", "hairs_per_cm2": 150, "lo": 131, "hi": 172}],
        "events": [{"date": days[60], "kind": "illness"}],
        "treatments": [{"kind": "<i>lotion</i>", "start": days[90]}],
    }
    return Diary(**raw)


@pytest.fixture
def page(make_client, tmp_path):
    store = workflow.open_store(tmp_path / "data")
    workflow.keep_diary(store, told())
    store.close()
    return make_client(data=tmp_path / "data")


def test_an_empty_log_says_what_to_do(make_client, tmp_path):
    reply = make_client(data=tmp_path / "data").get("/timeline")
    assert reply.status_code == 200
    assert 'href="/log/count"' in reply.text
    assert "<script" not in reply.text


def test_the_page_shows_the_last_year_as_picture_words_and_tables(page):
    text = page.get("/timeline").text
    assert "first=2025-05-02&amp;last=2026-05-02" in text
    assert "from 2 May 2025 to 2 May 2026" in text
    assert re.search(r"<td>131 and 172</td><td class=\"number\">150</td>", text)
    assert "&lt;i&gt;lotion&lt;/i&gt;, still in use" in text
    assert "<td>illness</td>" in text
    assert not re.search(r"\d{4}-\d\d-\d\d", re.sub(r"<[^>]*>", "", text))  # days are words
    assert '/evidence/season_kunz"' in text
    assert page.get("/evidence/season_kunz").status_code == 200


def test_every_link_opens_and_leads_within_what_is_kept(page):
    seen, todo = set(), ["/timeline"]
    while todo:
        path = todo.pop()
        if path in seen or len(seen) > 40:
            continue
        seen.add(path)
        reply = page.get(path)
        assert reply.status_code == 200
        todo += [m.replace("&amp;", "&") for m in re.findall(r'class="chip" href="([^"#]+)', reply.text)]
    spans = [[date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", path)] for path in seen - {"/timeline"}]
    begin = TODAY - timedelta(498)  # the last third day of 500
    assert min(first for first, _ in spans) <= begin
    assert all(begin <= last <= TODAY for _, last in spans)


@pytest.mark.parametrize(
    "query",
    [
        "first=x&last=y",
        "first=2026-05-02&last=2026-05-01",
        "first=2026-05-02",
        "first=0001-01-01&last=0001-06-01",
        "first=9999-06-01&last=9999-12-31",
    ],
)
def test_days_that_cannot_be_are_refused_by_a_line(page, query):
    reply = page.get(f"/timeline?{query}")
    assert reply.status_code == 422
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("query", ["first=1900-01-01&last=1999-12-31", "first=2099-06-01&last=2099-12-31"])
def test_days_at_the_ends_of_the_calendar_do_not_break_it(page, query):
    for path in ("/timeline?", "/timeline.svg?width=340&ground=dark&", "/timeline.json?width=340&ground=dark&"):
        assert page.get(path + query).status_code == 200


def test_picture_and_program_are_of_the_same_days(page):
    svg = page.get(f"/timeline.svg?{PLACE}")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "1 Jan 2026 to 2 May 2026" in svg.text
    program = json.loads(page.get(f"/timeline.json?{PLACE}").text)
    assert program["usermeta"]["edge_share"] > 0
    assert not [d for d in program["data"] if "url" in d]
    assert "1 Jan 2026 to 2 May 2026" in json.dumps(program)


@pytest.mark.parametrize(
    "wrong", [PLACE.replace("712", "713"), PLACE.replace("light", "pink"), "width=340&ground=dark"]
)
def test_other_pictures_are_not_drawn(page, wrong):
    assert page.get(f"/timeline.svg?{wrong}").status_code in (404, 422)


def test_only_this_page_may_run_scripts_and_none_may_evaluate_text(page):
    policy = page.get("/timeline").headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in page.get("/log").headers["content-security-policy"]
    assert "ast: true" in (STATIC / "timeline.js").read_text()


def test_the_page_weighs_less_than_400_kb(page):
    asked = [
        "/timeline",
        f"/timeline.svg?{PLACE}",
        f"/timeline.json?{PLACE}",
        "/static/style.css",
        "/static/timeline.js",
    ]
    asked += [f"/static/vendor/{name}" for name in VENDORED]
    sizes = [page.get(path, headers={"accept-encoding": "gzip"}).num_bytes_downloaded for path in asked]
    assert sum(sizes) < 400_000


def test_a_browser_that_cannot_unpack_gets_the_page_plain(page):
    plain = page.get("/timeline", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert "Timeline" in plain.text


def test_what_is_written_down_is_shown_at_once(page):
    before = page.get("/timeline").text
    key = re.search(r'name="token" value="([^"]+)"', page.get("/log/count").text)[1]
    page.post("/log/count", {"token": key, "date": "2026-05-01", "method": "comb60", "count": "7"})
    after = page.get("/timeline").text
    assert "60-second comb" not in before
    assert "Hairs in a 60-second comb (1 row)" in after


def test_deleted_entries_leave_the_timeline(page, tmp_path):
    store = workflow.open_store(tmp_path / "data")
    for entry in store.entries("density"):
        store.delete(entry.id)
    store.close()
    assert "131 and 172" not in page.get("/timeline").text


@pytest.mark.parametrize("name", VENDORED)
def test_scripts_by_others_are_as_they_came(name):
    assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == VENDORED[name]


def test_charts_are_forgotten_with_the_data(page):
    assert page.get(f"/timeline.svg?{PLACE}").status_code == 200
    assert vega._svg.cache_info().currsize
    key = {"token": re.search(r'name="token" value="([^"]+)"', page.get("/data").text)[1]}
    page.post("/data/delete", key | {"sure": "delete"})
    assert not vega._svg.cache_info().currsize
    assert not vega._vega.cache_info().currsize


def test_the_first_session_and_the_onset_may_have_been_told_in_the_check_alone(tmp_path):
    store = workflow.open_store(tmp_path / "data")
    workflow.add_entry(store, "session", {"date": "2026-04-20", "zone": "mid"})
    before = workflow.kept_timeline(store, TODAY).line
    answers = {"first_session": "2026-03-01", "loss": {"noticed": "yes", "onset": "2026-04-01"}}
    workflow.add_entry(store, "answers", {"schema": "hairwise/answers/1", "today": "2026-04-30", **answers})
    after = workflow.kept_timeline(store, TODAY).line
    days = [[m.day.isoformat() for m in line.marks] for line in (before, after)]
    assert days == [["2026-04-20"], ["2026-03-01", "2026-04-01"]]
