import json
import re
import socket
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
import textstat

import hairwise.web
from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web import server, views
from hairwise.web.forms import MAX_BYTES

TODAY = date(2026, 5, 2)
ROOT = Path(hairwise.web.__file__).parent
ASKED = ["/", "/check", "/nope", "/static/style.css", "/healthz"]
ROLLED = {
    "none.body": "yes",
    "none.scalp": "yes",
    "none.conditions": "yes",
    "age": "34",
    "started": "true",
    "device": "roller",
    "needle_mm": "1.5",
    "zones.mid.rolled": "true",
    "zones.mid.growth": "good",
    "loss.noticed": "yes",
    "loss.onset": "2026-04-16",
}


def flat(html):
    inline = re.sub(r"</?(?:a|strong|code)\b[^>]*>", "", html)  # tags inside a sentence part no words
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inline)).split())


class Fields(HTMLParser):
    """Collect form controls and whether each is labelled."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.controls, self.targets, self.ids = 0, [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label":
            self.inside += 1
            self.targets.add(given.get("for"))
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.controls.append((given["name"], given.get("id"), self.inside > 0, given.get("value")))

    def handle_endtag(self, tag):
        self.inside -= tag == "label"


@pytest.mark.parametrize("path", ASKED)
def test_every_answer_carries_the_headers(client, path):
    reply = client.get(path)
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    runs = [part for part in reply.headers["content-security-policy"].split("; ") if "script" in part]
    assert runs == (["script-src 'self'"] if path == "/" else [])
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.status_code == (404 if path == "/nope" else 200)


def test_nothing_is_fetched_from_elsewhere_and_nothing_runs(client):
    for html in (client.get("/").text, client.get("/check").text, client.post("/check", ROLLED).text):
        html = re.sub(r'<script defer src="/static/register\.js\?v=\w+"></script>', "", html)
        assert not re.search(r"https?://|<script|\son\w+=|\sstyle=|javascript:|<iframe", html)
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', html):
            assert address.startswith(("/", "#"))
    assert "http" not in (ROOT / "static/style.css").read_text()


def test_other_hosts_are_turned_away(client):
    for host in ("evil.example", "127.0.0.1:x@evil.example", "localhost:", "127.0.0.1:80:80"):
        assert client.get("/", headers={"host": host}).status_code == 400, host
    for host in ("localhost:9", "LOCALHOST", "127.0.0.1:8000"):
        assert client.get("/", headers={"host": host}).status_code == 200, host


def test_no_machine_page_describes_the_application(client):
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_first_page_has_three_doors_and_the_line(client):
    html = client.get("/").text
    for words in ('href="/check"', 'href="/demo"', "What photo is needed", "not a medical device"):
        assert words in html


def test_every_field_is_asked_labelled_and_skippable(client):
    html = client.get("/check").text
    found = Fields(html)
    assert len(found.ids) == len(set(found.ids))
    for name, ident, in_label, _ in found.controls:
        assert in_label or ident in found.targets, name
    names = [name for name, *_ in found.controls]
    for question in workflow.questions():
        assert unescape(html).count(question.text) == 1
        for field in question.fields:
            assert field.name in names
            if field.kind == "tri":
                assert [v for n, *_, v in found.controls if n == field.name] == ["yes", "no", "unknown", ""]
    assert " required" not in html
    first = names.index(workflow.questions()[0].fields[0].name)
    assert first <= 1  # only its "none of these" stands before it


def test_a_choice_of_few_takes_one_tap_and_can_be_taken_back(client):
    html = client.post("/check/edit", {"sex": "f"}).text
    for name in ("sex", "started", "speed", "pressure"):
        assert f'<select id="{name}"' not in html
        assert len(re.findall(rf'type="radio" name="{name}" value=""', html)) == 1
        assert len(re.findall(rf'type="radio" name="{name}" value="[^"]*" checked', html)) == 1
    assert re.search(r'name="sex" value="f" checked', html)
    quick = ["none.body", "none.scalp", "none.conditions"]  # a whole screen answered by one tap
    assert all(re.search(rf'type="checkbox" name="{name}"', html) for name in quick)


def test_the_loss_is_asked_right_after_the_red_flags_and_the_short_way_ends_behind_it(client):
    ids = [q.id for q in workflow.questions()]
    assert tuple(ids[: len(workflow.FIRST_QUESTIONS)]) == workflow.FIRST_QUESTIONS
    assert ids[:3] == ["body", "scalp", "loss"]
    html = client.get("/check").text
    assert html.index('id="q-started"') < html.index('id="short"') < html.index('id="q-you"')


def test_an_emergency_is_not_asked_about_its_hair(client):
    asks = "Say whether more hair falls"
    assert asks in client.post("/check", {"none.body": "yes"}).text
    assert asks not in client.post("/check", {"loss.noticed": "yes"}).text
    assert asks not in client.post("/check", {"findings.breathing_trouble": "yes"}).text


def test_an_empty_form_stays_under_the_lock(client):
    reply = client.post("/check")
    text = flat(reply.text)
    assert reply.status_code == 200
    assert "Why no session now" in text
    assert "questions that matter for safety" in text
    assert "safety lock is off" not in text


def test_an_emergency_stands_first(client):
    text = flat(client.post("/check", ROLLED | {"findings.breathing_trouble": "yes"}).text)
    assert text.index("What to do now") < text.index("Emergency: get help now") < text.index("Why no session now")
    assert "Is it really loss?" not in text  # all the rest can wait
    assert "All the rest can wait until you have been seen." in text


def test_every_sentence_of_the_answer_is_shown_with_its_source(client):
    text = flat(client.post("/check", ROLLED | {"findings.pustules": "yes"}).text)
    form = {name: [value] for name, value in (ROLLED | {"findings.pustules": "yes"}).items()}
    check = workflow.check(workflow.answers_from_form(form, TODAY), TODAY)
    said = [*check.do_now, *check.do_not, *check.measure, *check.ask_doctor, *check.course]
    said += [s for q in check.questions for s in q.answer] + [s for c in check.causes for s in c.sentences]
    assert len(said) > 15
    for sentence in said:
        told = views.cited(sentence.source)
        named = f"{told.words} : {told.entry.replace('_', ' ')} " if told.entry else views.source_words(sentence.source)
        assert f"{' '.join(workflow.dated(sentence.text).split())} ({named})" in text
    for question in check.questions:
        assert question.question in text
    for cause in check.causes:
        assert cause.of_ten in text
    assert f"Check again on {workflow.dated(check.review_date)}" in text


def test_the_file_is_the_answer_and_fits_its_schema(client):
    reply = client.post("/check.json", ROLLED)
    assert "attachment" in reply.headers["content-disposition"]
    document = json.loads(reply.text)
    jsonschema.validate(document, workflow.schemas()["check"])
    assert document["lock"]["on"] is True


def test_what_the_person_wrote_is_escaped_everywhere(client):
    nasty = '<script>alert(1)</script>"><img src=x onerror=y>'
    form = ROLLED | {"products_within_24h": nasty, nasty: nasty}
    for path in ("/check", "/check/edit"):
        html = client.post(path, form).text
        assert "<script" not in html
        assert "<img" not in html
    assert nasty in unescape(client.post("/check/edit", form).text)


def test_answers_can_be_changed_and_are_still_there(client):
    html = client.post("/check/edit", ROLLED | {"loss.zones": ["mid", "vertex"], "findings.fever": "unknown"}).text
    assert re.search(r'name="age" value="34"', html)
    assert re.search(r'name="findings.fever" value="unknown" checked', html)
    assert re.search(r'<option value="good" selected', html)
    assert len(re.findall(r'name="loss.zones" value="\w+" checked', html)) == 2
    assert re.search(r'name="none.body" value="yes" checked', html)


@pytest.mark.parametrize(
    ("field", "value"),
    [("age", "-3"), ("age", "x"), ("needle_mm", "nan"), ("loss.onset", "2027-01-01"), ("device", "laser")],
)
def test_an_impossible_answer_is_named_and_the_form_kept(client, field, value):
    reply = client.post("/check", ROLLED | {"sessions": "6", field: value})
    assert reply.status_code == 422
    assert "One answer needs another look" in reply.text
    assert field in reply.text
    assert 'name="sessions" value="6"' in reply.text
    assert client.post("/check.json", ROLLED | {field: value}).status_code == 422


def test_unknown_fields_change_nothing(client):
    assert flat(client.post("/check", ROLLED | {"lock": "off", "findings.nothing": "yes"}).text) == flat(
        client.post("/check", ROLLED).text
    )


def test_a_form_has_limits(client):
    big = {"content": b"a=" + b"x" * MAX_BYTES, "headers": {"content-type": "application/x-www-form-urlencoded"}}
    assert client("POST", "/check", **big).status_code == 413

    async def chunks():
        for _ in range(30):
            yield b"x" * 50_000

    chunked = {"content": chunks(), "headers": {"content-type": "application/x-www-form-urlencoded"}}
    assert client("POST", "/check", **chunked).status_code == 413
    many = client.post("/check", {f"f{k}": "1" for k in range(3000)})
    assert many.status_code == 415
    reply = client("POST", "/check", json={"age": 3})
    assert reply.status_code == 415
    assert "That did not work" in reply.text


def test_an_inner_error_has_the_same_page_and_no_traceback(make_client, monkeypatch):
    client = make_client()
    monkeypatch.setattr(workflow, "check", lambda *_: 1 / 0)
    reply = client.post("/check", ROLLED)
    assert reply.status_code == 500
    assert "That did not work" in reply.text
    assert "Traceback" not in reply.text
    assert "content-security-policy" in reply.headers


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast_is_at_least_aa(scheme):
    css = (ROOT / "static/style.css").read_text()
    block = re.findall(r":root \{(.*?)\}", css, re.S)[scheme]
    colour = dict(re.findall(r"--([\w-]+): (#\w{6})", block))

    def ratio(a, b):
        high, low = sorted((luminance(colour[a]), luminance(colour[b])), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for text in ("ink", "muted", "link"):
        assert min(ratio(text, "ground"), ratio(text, "raised")) >= 4.5  # WCAG 2.2, 1.4.3
    for text, ground in (("on-button", "button"), ("on-alarm", "alarm"), ("on-calm", "calm")):
        assert ratio(text, ground) >= 4.5
    assert min(ratio("line", "ground"), ratio("line", "raised")) >= 3  # WCAG 2.2, 1.4.11: edges of inputs


def test_the_pages_own_words_stay_at_grade_nine(client):
    html = client.get("/").text
    lines = [flat(part) for part in re.findall(r"<(?:p|li|h1|h2)[^>]*>(.*?)</(?:p|li|h1|h2)>", html, re.S)]
    text = " ".join(line if line.endswith((".", "?")) else line + "." for line in lines)
    assert textstat.flesch_kincaid_grade(text) <= 9


def test_a_taken_port_is_refused_by_name():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Refused, match="--port") as refused:
            server.run(other.getsockname()[1], browser=False)
    assert refused.value.code == "port_in_use"
