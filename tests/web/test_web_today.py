"""Today and Why say what the log says now, never what it said before; the first page knows who comes back."""

from __future__ import annotations

import re
import threading
import time
from datetime import date, timedelta
from html import unescape

import pytest
import textstat

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.navigation import HERE, navigation
from hairwise.web.worked import Worked

TODAY = date(2026, 5, 2)


def flat(html):
    inline = re.sub(r"</?(?:a|strong|code)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inline)).split())


def opened(page, path):
    """Open a page again until its answer is there, as its refresh does."""
    for _ in range(600):
        reply = page.get(path)
        if 'http-equiv="refresh"' not in reply.text:
            return reply
        time.sleep(0.05)
    raise AssertionError("the answer never came")


def token(page):
    return re.search(r'name="token" value="([^"]+)"', page.get("/log/count").text)[1]


def fill(folder, counts, *, first=date(2026, 3, 14), extra=(), sessions=3):
    store = workflow.open_store(folder)
    for k, count in enumerate(counts):
        day = (TODAY - timedelta(days=3 * (len(counts) - k))).isoformat()
        workflow.add_entry(store, "count", {"date": day, "method": "wash", "count": count})
        workflow.add_entry(store, "wash", {"date": day})
    for week in range(sessions):
        day = (first + timedelta(days=7 * week)).isoformat()
        workflow.add_entry(store, "session", {"date": day, "zone": "mid", "needle_mm": 1.0, "passes": 8})
    for kind, body in extra:
        workflow.add_entry(store, kind, body)
    store.close()


RISE = [40, 44, 41, 39, 42, 45, 40, 43, 44, 90, 110, 118, 121, 125, 119, 130, 122, 128, 133, 126]


@pytest.fixture
def logged(make_client, tmp_path):
    def made(counts=RISE, **how):
        fill(tmp_path / "data", counts, **how)
        return make_client(data=tmp_path / "data")

    return made


def test_today_says_the_answer_first_with_its_interval_and_then_the_step(logged):
    page = logged()
    html = opened(page, "/today").text
    text = flat(html)
    assert "<h1>Today</h1>" in html
    assert text.index("Is it real?") < text.index("Next step") < text.index("This week") < text.index("Your numbers")
    assert re.search(
        r"In the last three weeks your counts were between \d+ and \d+ percent above .* \(90 of 100\)", text
    )
    assert "20 counts in 8 weeks. Last session written down: 28 March 2026." in text
    assert "29 April 2026 126 hairs per wash" in text
    assert not re.search(r"\d{4}-\d{2}-\d{2}", text)
    steps = re.findall(r"<li>(.*?)</li>", html, re.S)
    assert len(steps) == len(set(steps))


def test_a_first_count_is_told_as_too_little(make_client, tmp_path):
    page = make_client(data=tmp_path / "data")
    assert "Nothing is written down yet" in page.get("/today").text
    page.post("/log/count", {"token": token(page), "date": "2026-05-01", "method": "wash", "count": "41"})
    text = flat(opened(page, "/today").text)
    assert "Cannot tell yet" in text
    assert "1 count in 0 weeks. No session is written down." in text


def test_before_any_question_was_put_nothing_is_from_answers(logged):
    page = logged()
    for path in ("/today", "/today/plan", "/why"):
        assert "your answers" not in flat(opened(page, path).text).replace("a plan from your answers", "")
    text = flat(opened(page, "/today").text)
    assert text.count("The safety questions have not been answered yet") == 1
    assert "no clear answer" not in text


def test_answers_of_the_check_are_kept_for_the_log(logged):
    page = logged()
    form = {"none.body": "yes", "none.scalp": "yes", "loss.noticed": "yes", "age": "34"}
    answer = page.post("/check", form).text
    assert 'formaction="/today/answers"' in answer
    key = re.search(r'name="token" value="([^"]+)"', answer)[1]
    assert page.post("/today/answers", form).status_code == 403
    kept = page.post("/today/answers", form | {"token": key})
    assert (kept.status_code, kept.headers["location"]) == (303, "/today?kept=1")
    text = flat(opened(page, "/today?kept=1").text)
    assert "Your answers are kept." in text
    assert "The safety questions have not been answered yet" not in text
    assert page.post("/today/answers", {"token": key, "age": "x"}).status_code == 422


def test_a_red_flag_stands_before_the_answer(logged):
    page = logged(extra=[("finding", {"date": "2026-05-01", "kind": "pus", "present": "yes"})])
    text = flat(opened(page, "/today").text)
    assert text.index("Next step") < text.index("Is it real?")
    assert "Count the shed hairs" not in text
    why = flat(opened(page, "/why").text)
    assert "First, be seen" in why
    assert "of 10" not in why


def test_no_page_of_the_log_proposes_a_session_while_the_lock_is_on(logged):
    page = logged()
    for path in ("/today", "/today/plan", "/why"):
        text = flat(opened(page, path).text)
        assert "Not before this day" not in text
        assert "safety lock is off" not in text


def test_why_tells_causes_reasons_checks_limits_and_what_to_try(logged):
    page = logged()
    html = opened(page, "/why").text
    for _ in range(600):
        if "still being worked out" not in html:
            break
        time.sleep(0.05)
        html = page.get("/why").text
    text = flat(html)
    for words in (
        "Causes", "What would change this most", "What a sceptic would ask", "What limits this",
        "Ways to find out more", "A pause", "If we start from the odds of",
    ):  # fmt: skip
        assert words in text
    assert re.search(r"about \d of 10", text)
    assert re.search(r"speaks (for|against) it, (strongly|clearly|somewhat|a little)", text)
    assert text.index("A pause") < text.index("One side rolled")
    assert not re.search(r"\d{4}-\d{2}-\d{2}|measured:|_", text)
    for link in set(re.findall(r'href="(/evidence/[^"]+)"', html)):
        assert page.get(link).status_code == 200, link


@pytest.mark.parametrize("path", ["/today", "/why"])
def test_pages_of_the_log_read_at_grade_nine(logged, path):
    html = opened(logged(), path).text
    html = re.sub(r"<table.*?</table>|<span class=\"source\">.*?</span>", "", html, flags=re.S)
    lines = [flat(part) for part in re.findall(r"<(?:p|li|h1|h2|h3)[^>]*>(.*?)</(?:p|li|h1|h2|h3)>", html, re.S)]
    text = " ".join(line if line.endswith((".", "?")) else line + "." for line in lines if line)
    assert textstat.flesch_kincaid_grade(text) <= 9


def test_an_old_answer_is_never_shown_as_the_present_one(logged, monkeypatch):
    page = logged()
    before = re.search(r'class="lead">([^<]+)<', opened(page, "/today").text)[1]
    go, real = threading.Event(), workflow.stand

    def slow(store, day):
        assert go.wait(30)
        return real(store, day)

    monkeypatch.setattr(workflow, "stand", slow)
    page.post("/log/count", {"token": token(page), "date": "2026-05-01", "method": "wash", "count": "300"})
    html = page.get("/today").text
    assert 'http-equiv="refresh"' in html
    assert "Before your latest entry" in html
    assert before in html
    assert "Next step" not in html
    assert before not in page.get("/").text
    go.set()
    html = opened(page, "/today").text
    assert "1 May 2026" in html
    assert "Before your latest entry" not in html


def test_after_deleting_everything_no_old_answer_is_left(logged):
    page = logged()
    opened(page, "/today")
    key = {"token": token(page)}
    page.post("/data/delete", key | {"sure": "delete"})
    assert "Nothing is written down yet" in page.get("/today").text
    page.post("/log/count", key | {"date": "2026-05-01", "method": "wash", "count": "41"})
    assert "126" not in page.get("/today").text


def test_the_first_page_shows_newcomers_the_check_and_others_their_log(make_client, tmp_path, logged):
    new = make_client(data=tmp_path / "none")
    html = new.get("/").text
    assert not (tmp_path / "none").exists()  # looking does not begin a log
    assert html.count('class="button"') == 1
    assert 'class="button" href="/check"' in html
    assert 'class="button" href="/screening"' not in html
    page = logged()
    opened(page, "/today")
    html = page.get("/").text
    assert 'class="button" href="/today"' in html
    assert "percent above" in html


def test_a_log_that_cannot_be_opened_does_not_take_the_first_page_along(make_client, tmp_path):
    (tmp_path / "hairwise.db").write_bytes(b"not a database" * 100)
    reply = make_client(data=tmp_path).get("/")
    assert reply.status_code == 200
    assert "damaged" in reply.text
    assert 'href="/check"' in reply.text


def test_the_page_that_is_open_is_marked_and_no_link_is_dead(client):
    html = client.get("/check").text
    assert '<a href="/check" aria-current="page">' in html
    assert "More: Check" in html
    assert 'href="/log" aria-current="true"' in client.get("/log/count").text
    for link in set(re.findall(r'href="(/[a-z/]*)"', html)) - {"/demo"}:  # making the case takes a minute
        assert client.get(link).status_code == 200, link


def test_links_come_in_their_order_and_only_where_there_is_a_page():
    HERE.set("/why")
    links = navigation(frozenset({"/why", "/today", "/photos", "/data", "/check"}))
    assert [link.path for link in links.first] == ["/today", "/photos", "/why"]
    assert [link.path for link in links.more] == ["/check", "/data"]
    assert [link.current for link in links.first] == ["", "", "page"]


class Slow:
    """Work that waits until it is let go."""

    def __init__(self):
        self.go, self.n = threading.Event(), 0

    def __call__(self):
        self.n += 1
        assert self.go.wait(30)
        return f"answer {self.n}"


def test_work_is_done_once_and_kept_until_the_data_change():
    worked, slow = Worked(), Slow()
    assert worked.ask(1, slow, 0) == worked.ask(1, slow, 0)
    slow.go.set()
    found = worked.ask(1, slow, 30)
    assert (found.value, found.is_current, slow.n) == ("answer 1", True, 1)
    slow.go.clear()
    old = worked.ask(2, slow, 0)
    assert (old.value, old.is_current) == ("answer 1", False)
    slow.go.set()
    assert worked.ask(3, slow, 30).is_current  # what was begun for the state before is not taken for this one
    assert slow.n in (2, 3)


def test_what_was_begun_before_the_data_were_deleted_is_thrown_away():
    worked, slow = Worked(), Slow()
    worked.ask(1, slow, 0)
    worked.forget()
    slow.go.set()
    later = Slow()
    assert worked.ask(2, later, 0.5).value is None  # nothing of what was deleted
    later.go.set()
    assert worked.ask(1, lambda: "again", 30).value == "again"


def test_a_failure_is_told_without_private_words_and_tried_again(caplog):
    worked = Worked()

    def fail():
        raise ValueError("41 hairs of Ann")

    with pytest.raises(Refused, match="could not be worked out"):
        worked.ask(1, fail, 30)
    assert "Ann" not in caplog.text
    assert worked.ask(1, lambda: "fine", 30).value == "fine"


def test_answering_again_begins_with_what_was_told_but_not_with_its_noes(make_client, tmp_path):
    answers = {
        "schema": "hairwise/answers/1", "today": "2026-05-01", "age": 34, "started": True, "device": "roller",
        "loss": {"noticed": "yes", "onset": "2026-04-20"}, "findings": {"pus": "no", "breathing_trouble": "no"},
        "zones": [{"zone": "mid", "rolled": True, "growth": "good"}],
    }  # fmt: skip
    store = workflow.open_store(tmp_path / "data")
    workflow.add_entry(store, "answers", answers)
    store.close()
    page = make_client(data=tmp_path / "data").get("/today/check").text
    assert re.search(r'name="age"[^>]*value="34"', page)
    assert re.search(r'name="loss.onset"[^>]*value="2026-04-20"', page)
    assert re.search(r'name="zones.mid.growth"', page)
    assert not re.search(r'name="findings.pus" value="no" checked', page)
    kept = workflow.answers_from_form(
        workflow.form_from_answers(workflow.Answers.model_validate(answers)), date(2026, 5, 1)
    )
    assert (kept.age, kept.started, kept.loss.onset, kept.zones[0].growth) == (34, True, date(2026, 4, 20), "good")
    assert kept.findings is None or kept.findings.get("pus") is None


def test_photos_compared_stand_beside_the_counts(logged):
    spot = {"id": "r", "zone": "mid", "role": "rolled"}
    change = {
        "spot": "r", "from": "2026-03-01", "to": "2026-04-20", "n_t0": 87, "lost": 22, "new": 1,
        "change": {"value": -21.0, "lo": -25.0, "hi": -18.0},
    }  # fmt: skip
    assert "compared hair by hair" not in flat(opened(logged(), "/today").text)
    text = flat(opened(logged(extra=[("spot", spot), ("change", change)]), "/today").text)
    told = "Rolled spot, middle of the top: between 18 and 25 fewer hairs of 87 (95 of 100), from 1 March 2026 to"
    assert told in text
    assert "does not speak for the whole head" in text


def test_where_no_session_is_written_down_no_odds_of_causes_are_told(logged):
    text = flat(opened(logged(sessions=0), "/why").text)
    assert workflow.NO_ODDS in text
    for name in workflow.CAUSE_NAMES.values():
        assert name not in text
