"""What is logged is kept, changed, deleted and brought back; other sites cannot do any of it."""

import re
from html import unescape

import pytest

from hairwise import workflow


@pytest.fixture
def page(make_client, tmp_path):
    return make_client(data=tmp_path / "data")


@pytest.fixture
def kept(tmp_path):
    def entries(**how):
        store = workflow.open_store(tmp_path / "data")
        try:
            return store.entries(**how)
        finally:
            store.close()

    return entries


def token(page):
    return re.search(r'name="token" value="([^"]+)"', page.get("/log/count").text)[1]


COUNT = {"date": "2026-05-01", "method": "wash", "count": "41"}


def test_a_count_is_kept_edited_deleted_and_brought_back(page, kept):
    key = {"token": token(page)}
    told = page.post("/log/count", COUNT | key)
    assert (told.status_code, told.headers["location"]) == (303, f"/log?kept={kept()[0].id}")
    entry = kept()[0]
    assert entry.body == {"date": "2026-05-01", "method": "wash", "count": 41}
    assert 'value="41"' in page.get(f"/entry/{entry.id}").text
    page.post(f"/entry/{entry.id}", COUNT | key | {"count": "44"})
    assert kept()[0].body["count"] == 44
    gone = page.post(f"/entry/{entry.id}/delete", key)
    assert kept() == []
    told = page.get(gone.headers["location"]).text
    assert f'name="id" value="{entry.id}"' in told
    page.post("/undo", key | {"id": entry.id, "what": "gone"})
    assert len(kept()) == 1
    assert "44 hairs, at a wash" in page.get("/log").text


def test_a_session_on_two_zones_is_two_entries_and_the_next_begins_like_it(page, kept):
    key = {"token": token(page)}
    page.post(
        "/log/session", key | {"date": "2026-05-01", "zone": ["front", "vertex"], "needle_mm": "0,5", "pressure": "2"}
    )
    assert [(e.body["zone"], e.body["needle_mm"], e.body["pressure"]) for e in kept()] in (
        [("front", 0.5, 2), ("vertex", 0.5, 2)], [("vertex", 0.5, 2), ("front", 0.5, 2)],
    )  # fmt: skip
    assert "something else" not in page.get("/log").text.split("Written down")[1].lower()  # no device was told
    again = page.get("/log/session").text
    assert 'value="0.5"' in again
    assert 'value="2" checked' in again
    assert 'value="front" checked' not in again  # where is asked anew each time


@pytest.mark.parametrize(
    ("kind", "form", "words"),
    [
        ("count", {"count": "many"}, "was not a number"),
        ("count", {"count": "nan"}, "must be"),
        ("session", {"zone": "mid", "passes": "1.5"}, "whole number"),
        ("count", {"count": ""}, "“Hairs” was left open"),
        ("count", {"date": "2026-05-03"}, "future"),
        ("count", {"date": "yesterday"}, "was not a day"),
        ("count", {"method": "<script>"}, "none of the choices"),
        ("session", {"zone": "elbow"}, "Zones"),
        ("event", {"kind": "=1+1"}, "What"),
        ("symptom", {"itch": "1" * 5000}, "Itch"),
        ("symptom", {}, "Nothing was filled in"),
        ("count", {"date": "0001-01-01"}, "should be a day from 1900"),
    ],
)
def test_a_bad_entry_is_told_with_what_was_typed_and_not_kept(page, kept, kind, form, words):
    told = page.post(f"/log/{kind}", {"token": token(page)} | COUNT | form)
    assert told.status_code == 422
    assert words in told.text
    assert "<script>" not in told.text
    assert kept() == []


def test_an_edit_keeps_what_the_form_cannot_show(page, kept, tmp_path):
    store = workflow.open_store(tmp_path / "data")
    event = workflow.add_entry(store, "event", {"date": "2026-05-01", "kind": "stress", "severity": 1.5})
    count = workflow.add_entry(store, "count", {"date": "2026-05-01", "method": "wash", "count": 12.5, "side": "left"})
    store.close()
    key = {"token": token(page)}
    assert page.post(f"/entry/{event}", key | {"date": "2026-05-02", "kind": "stress"}).status_code == 303
    assert page.post(f"/entry/{count}", key | COUNT | {"count": "12.5"}).status_code == 303
    assert {(e.body.get("severity"), e.body.get("side")) for e in kept()} == {(1.5, None), (None, "left")}


def test_what_was_deleted_is_listed(page, kept):
    key = {"token": token(page)}
    page.post("/log/count", COUNT | key)
    entry = kept()[0].id
    page.post(f"/entry/{entry}/delete", key)
    assert f'action="/entry/{entry}/undo"' in page.get("/deleted").text
    assert "It is in the log again:" in page.get(page.post(f"/entry/{entry}/undo", key).headers["location"]).text


def test_other_sites_and_old_pages_change_nothing(page, kept):
    key = {"token": token(page)}
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert page.post("/log/count", COUNT | key, headers=headers).status_code == 422
        assert page.post("/data/delete", key | {"sure": "delete"}, headers=headers).status_code == 403
    for wrong in ({}, {"token": ""}, {"token": "ü" * 43}):
        assert page.post("/log/count", COUNT | wrong).status_code == 422
        assert page.post("/data/export", wrong).status_code == 403
    assert kept() == []
    own = {"origin": "null", "sec-fetch-site": "same-origin"}  # what Chromium sends from a page without referrer
    assert page.post("/log/count", COUNT, headers=own).status_code == 422
    for headers in ({"origin": "http://127.0.0.1:8765"}, own):
        assert page.post("/log/count", COUNT | key, headers=headers).status_code == 303


def test_what_is_not_there_is_said(page):
    key = {"token": token(page)}
    for path in ("/log/song", "/entry/none", "/entry/none/sing"):
        assert page.get(path).status_code in (404, 405)
    assert page.post("/entry/none/delete", key).status_code == 404
    assert page.post("/entry/none", key | COUNT).status_code == 404


def words_of(page, path):
    text = re.sub(r"<[^>]+>", " ", page.get(path).text.split("<main")[1].split("</main")[0])
    return re.sub(r"\s+", " ", text)


def test_two_zones_are_one_line_that_is_edited_and_deleted_as_one(page, kept):
    key = {"token": token(page), "date": "2026-05-01", "device": "roller_mf8_192", "passes": "4"}
    page.post("/log/session", key | {"zone": ["front", "vertex"], "products_within_24h": "water\r\n1,2-hexanediol"})
    bodies = [e.body for e in kept()]
    assert {(b["device"], b["device_id"], tuple(b["products_within_24h"])) for b in bodies} == {
        ("roller", "roller_mf8_192", ("water", "1,2-hexanediol"))
    }
    assert (
        words_of(page, "/log").count("A session: front and crown, roller, 192 needles") == 3
    )  # and for screen readers
    lead = kept()[0].id
    form = page.get(f"/entry/{lead}").text
    assert {"front", "vertex"} == set(re.findall(r'value="(\w+)" checked', form)) & {
        "front",
        "vertex",
        "mid",
        "temples",
    }
    changed = page.post(f"/entry/{lead}", key | {"zone": ["front", "mid"]})
    assert sorted(e.body["zone"] for e in kept()) == ["front", "mid"]
    undo = re.search(r'action="(/entry/\w+/before)"', page.get(changed.headers["location"]).text)[1]
    assert "As it was before" in words_of(page, page.post(undo, key).headers["location"])
    assert [e.body for e in kept()] in (bodies, bodies[::-1])
    assert page.post(undo, key).status_code == 422  # once
    page.post(f"/entry/{kept()[1].id}/delete", key)
    assert kept() == []
    assert words_of(page, "/deleted").count("front and crown") == 2
    page.post(f"/entry/{lead}/undo", key)
    assert len(kept()) == 2


def test_a_device_that_is_not_listed_has_its_name(page, kept):
    key = {"token": token(page), "date": "2026-05-01", "zone": "mid"}
    page.post("/log/session", key | {"device": "unknown", "device_id": " comb  with needles ", "shared": "false"})
    assert kept()[0].body | {"device_id": "comb with needles", "shared": False, "device": "unknown"} == kept()[0].body
    assert 'value="comb with needles"' in page.get("/log/session").text
    assert "“comb with needles”" in words_of(page, "/log")
    told = page.post("/log/session", key | {"device": "pen", "device_id": "x" * 81})
    assert "too long" in told.text


def test_the_same_day_counted_twice_is_asked_about(page, kept):
    key = {"token": token(page)}
    page.post("/log/count", COUNT | key)
    again = page.post("/log/count", COUNT | key | {"count": "44"})
    assert again.status_code == 422
    assert "There is one already" in again.text
    assert 'value="44"' in again.text
    assert len(kept()) == 1
    page.post("/log/count", COUNT | key | {"count": "44", "twin": "change"})
    assert [e.body["count"] for e in kept()] == [44]
    page.post("/log/count", COUNT | key | {"count": "45", "twin": "both"})
    assert [e.body["count"] for e in kept()] == [44, 45]
    page.post("/log/count", COUNT | key | {"method": "comb60"})
    assert len(kept()) == 3


def test_a_form_sent_twice_is_kept_once(page, kept):
    key = {"token": token(page)}
    session = key | {"date": "2026-05-01", "zone": ["front", "mid"]}
    for path, form in (("/log/count", COUNT | key), ("/log/session", session), ("/log/wash", COUNT | key)):
        one, two = page.post(path, form), page.post(path, form)
        assert (one.status_code, two.status_code) == (303, 303)
        assert set(one.headers["location"].split("kept=")) == set(two.headers["location"].split("kept="))
    assert len(kept()) == 4
    entry = kept()[0].id
    for do in ("delete", "delete", "undo", "undo"):
        assert page.post(f"/entry/{entry}/{do}", key).status_code == 303
    assert len(kept()) == 4


def test_what_a_new_form_leaves_open_stays_when_the_old_entry_is_changed(page, kept):
    key = {"token": token(page), "date": "2026-05-01", "zone": "mid"}
    page.post("/log/session", key | {"pain": "3", "device": "roller_mf8_192"})
    page.post("/log/session", key | {"passes": "4", "device": "pen", "twin": "change"})
    told = {n: v for n, v in kept()[0].body.items() if n != "date"}
    assert told == {"zone": "mid", "pain": 3, "passes": 4, "device": "pen"}


def test_a_count_can_tell_of_a_wash_once_and_both_are_taken_back_at_once(page, kept):
    key = {"token": token(page)}
    kept_at = page.post("/log/count", COUNT | key | {"wash": "yes"}).headers["location"]
    assert [e.kind for e in kept()] == ["count", "wash"]
    told = page.get(kept_at).text
    ids = re.findall(r'name="id" value="(\w+)"', told)
    page.post("/undo", key | {"id": ids, "what": "kept"})
    assert kept() == []
    page.post("/log/wash", COUNT | key)
    page.post("/log/count", COUNT | key | {"wash": "yes"})
    assert [e.kind for e in kept()] == ["wash", "count"]
    text = page.get("/log/count").text
    assert "Last one: 41 hairs, at a wash, 1 May 2026. The next one is due on 8 May 2026." in words_of(
        page, "/log/count"
    )
    assert 'name="wash" value="yes" checked' in text


def test_treatments_and_signs_are_written_down(page, kept):
    key = {"token": token(page)}
    page.post("/log/treatment", key | {"kind": "foam", "start": "2026-03-01"})
    entry = kept()[0]
    assert f'href="/entry/{entry.id}"' in page.get("/log/treatment").text  # to say that it stopped
    wrong = page.post(f"/entry/{entry.id}", key | {"kind": "foam", "start": "2026-03-01", "stop": "2026-02-01"})
    assert "stopped before it started" in wrong.text
    page.post(f"/entry/{entry.id}", key | {"kind": "foam", "start": "2026-03-01", "stop": "2026-05-01"})
    assert "A treatment: foam, until 1 May 2026" in words_of(page, "/log")
    assert "thick scale or crusts" in page.get("/log/finding").text
    page.post("/log/finding", key | {"date": "2026-05-01", "kind": "thick_scale", "present": "yes"})
    assert kept()[-1].body == {"date": "2026-05-01", "kind": "thick_scale", "present": "yes"}


def test_signs_that_need_help_come_before_all_else(page):
    key = {"token": token(page), "date": "2026-05-01"}
    told = page.post("/log/finding", key | {"kind": "breathing_trouble", "present": "yes"})
    text = page.get(told.headers["location"]).text
    assert text.index("Emergency") < text.index("Kept:")
    assert "Get emergency help now" in words_of(page, "/log/session")
    assert "It is no advice to roll" in words_of(page, "/log/session")


def test_every_entry_is_reached_by_pages_and_kinds(page, tmp_path):
    store = workflow.open_store(tmp_path / "data")
    days = [f"2026-0{m}-{d:02}" for m in (3, 4) for d in range(1, 29)]
    workflow.add_entries(store, "count", [{"date": d, "method": "wash", "count": n} for n, d in enumerate(days)])
    workflow.add_entry(store, "wash", {"date": "2026-02-01"})
    store.close()
    seen, path = [], "/log?kind=count"
    while path:
        text = page.get(path).text
        seen += re.findall(r'<span class="words">Shed hairs counted: (\d+) hairs', text)
        more = re.search(r'href="(/log\?kind=count&amp;before=[\d-]+)"', text)
        path = more and more[1].replace("&amp;", "&")
    assert seen == [str(n) for n in reversed(range(len(days)))]
    assert "Hair washed" not in page.get("/log?kind=count").text.split("Written down")[1]
    for odd in ("/log?kind=song", "/log?before=soon", "/log?kept=none&gone=none", "/log?before=0001-01-01"):
        assert page.get(odd).status_code == 200


def test_words_of_a_person_are_never_markup(page, kept):
    key = {"token": token(page), "date": "2026-05-01"}
    hostile = "</p><script>alert(1)</script>{{ 7*7 }}\"'"
    page.post("/log/treatment", key | {"kind": hostile, "start": "2026-05-01"})
    page.post("/log/session", key | {"zone": "mid", "products_within_24h": hostile, "direction": hostile})
    ids = [e.id for e in kept()]
    page.post(f"/entry/{ids[0]}/delete", key)
    for path in ("/log", "/deleted", "/log/treatment", "/log/session", *(f"/entry/{i}" for i in ids)):
        text = page.get(path).text
        assert "<script" not in text
        assert "alert(1)" in text or path == "/log/treatment"


def test_every_place_of_the_map_belongs_to_a_box_of_the_list(page):
    text = page.get("/log/session").text
    boxes = set(re.findall(r'<input id="(zone-\w+)" type="checkbox"', text))
    assert boxes == {f"zone-{zone}" for zone in workflow.ZONE_LABELS}
    assert set(re.findall(r'<label class="on-[\w-]+" for="([\w-]+)">', text)) == boxes
    style = page.get("/static/log.css").text
    assert all(f"#{box}:checked" in style for box in boxes)


TOLD = {
    "schema": "hairwise/answers/1", "today": "2026-05-01", "age": 34, "started": True, "device": "roller",
    "loss": {"noticed": "yes", "onset": "2026-04-20"}, "findings": {"pus": "no", "warmth": "no", "itch": "yes"},
    "events": [{"kind": "illness", "date": "2026-03-01"}],
}  # fmt: skip


@pytest.fixture
def answered(page, tmp_path):
    """The id of kept answers."""
    store = workflow.open_store(tmp_path / "data")
    made = workflow.add_entry(store, "answers", TOLD)
    store.close()
    return made


def test_kept_answers_stand_in_the_log_and_can_be_opened(page, answered):
    text = words_of(page, "/log?kind=answers")
    assert "1 May 2026 Answers of the check: more hair falls, 1 sign or condition told" in text
    html = page.get(f"/entry/{answered}").text
    for words in ("itch: yes", "No: skin that feels hot; pus", "Since when: 20 April 2026", "Age: 34 years",
                  "Device: roller", "illness with fever, or COVID: 1 March 2026"):  # fmt: skip
        assert words in " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
    assert "Which device" in html
    assert "How is the device kept?" not in html  # nothing was answered there


def test_answers_are_given_again_from_an_older_set(page, answered, tmp_path):
    store = workflow.open_store(tmp_path / "data")
    workflow.add_entry(store, "answers", TOLD | {"today": "2026-05-02", "age": 35})
    store.close()
    assert re.search(r'name="age"[^>]*value="34"', page.get(f"/today/check?entry={answered}").text)
    assert re.search(r'name="age"[^>]*value="35"', page.get("/today/check").text)
    asked = page.get("/log/answers")
    assert (asked.status_code, asked.headers["location"]) == (303, "/today/check")


def test_answers_are_deleted_and_brought_back_and_no_form_of_the_log_writes_them(page, answered, kept):
    key = {"token": token(page)}
    gone = page.post(f"/entry/{answered}/delete", key)
    assert kept() == []
    assert "Deleted: Answers of the check" in words_of(page, gone.headers["location"])
    page.post("/undo", key | {"id": answered, "what": "gone"})
    assert [e.id for e in kept()] == [answered]
    assert page.post(f"/entry/{answered}", key | {"today": "2026-05-01"}).status_code == 405
    assert page.post("/log/answers", key | {"today": "2026-05-01"}).status_code == 405
    assert kept()[0].body["age"] == 34


def test_how_strong_a_change_was_reads_as_words(page):
    key = {"token": token(page)}
    page.post("/log/event", key | {"date": "2026-05-01", "kind": "illness", "severity": "2"})
    page.post("/log/session", key | {"date": "2026-05-01", "zone": "mid", "pressure": "2"})
    text = words_of(page, "/log")
    assert "Something that changed: illness, moderate" in text
    assert "pressure medium" in text
