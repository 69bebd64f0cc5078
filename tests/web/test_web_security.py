"""What docs/security.md promises of every page, of those to come too: the addresses are taken from the application."""

import logging
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web import guard, neighbours, server
from hairwise.web.demo import DemoRunner
from hairwise.web.logs import PlacesOnly
from hairwise.web.pairing import Pairing

# forms that keep nothing and are answered to whoever asks on this computer
KEEP_NOTHING = ("/check", "/screening", "/plan", "/guide", "/products", "/join")
SECRET = "my itchy crown"
ROOT = Path(__file__).parents[2]


def broken_case(_):
    raise Refused("demo_failed", "No case.", "None is needed here.")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def page(make_client, folder):
    return make_client(data=folder, pairing=Pairing("192.168.1.5", 8765), demo=DemoRunner(broken_case))


def routes(page, method):
    return [r.path for r in page.app.routes if method in (getattr(r, "methods", None) or ())]


def test_the_list_names_tests_that_are_there():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/security.md").read_text()))
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 15
    assert {name for name in named if f"def {name}(" not in tests} == set()


def test_every_page_has_the_headers_and_no_script_of_its_own(page):
    plain = [path for path in routes(page, "GET") if "{" not in path and path != "/sw.js"]  # that one is a script
    assert len(plain) > 12
    for path in plain:
        answer = page.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "unsafe" not in policy, path
        assert "http" not in policy, path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "same-origin", path
        assert answer.headers["cache-control"] == "no-store", path
        if answer.headers["content-type"].startswith("text/html"):
            html = re.sub(r'<script defer src="/static/[\w.]+(\?v=\w+)?"></script>', "", answer.text)
            assert not re.search(r"<script|<style|<iframe|\son\w+=|\sstyle=|javascript:", html), path
            assert ("script-src 'self'" in policy) == (html != answer.text), path


def test_every_form_that_changes_something_wants_the_token(page, folder):
    asked = [path for path in routes(page, "POST") if not path.startswith(KEEP_NOTHING)]
    assert len(asked) >= 8
    for path in asked:
        address = path.replace("{kind}", "count")
        for told in ({}, {"token": ""}, {"token": "x" * 43}):
            answer = page.post(address, told)
            if answer.status_code in (413, 415, 422) and "older page" not in answer.text:  # takes a file
                field = "file" if path == "/data/import" else "photo"
                answer = page.post(address, told, files={field: ("a", b"x")})
            assert answer.status_code == 404 or "older page" in answer.text, path
    store = workflow.open_store(folder)
    assert store.is_empty()
    store.close()


def test_the_token_is_compared_in_constant_time(page, monkeypatch):
    seen, compare = [], guard.hmac.compare_digest
    monkeypatch.setattr(guard.hmac, "compare_digest", lambda a, b: seen.append(a) or compare(a, b))
    page.post("/data/backup", {"token": "guess"})
    assert seen == [b"guess"]


UP = ["..%2f..%2fpyproject.toml", "%2e%2e/%2e%2e/app.py", "..%5capp.py", "%2fetc%2fpasswd", "a%00b"]


@pytest.mark.parametrize("up", UP)
def test_no_address_leads_out_of_its_folder(page, up):
    asked = [f"/static/{up}", *(re.sub(r"\{\w+\}", up, path) for path in routes(page, "GET") if "{" in path)]
    for address in asked:
        answer = page.get(address)
        if address.startswith("/join/"):  # shows the field for a code, whatever is asked
            continue
        assert 400 <= answer.status_code < 500, address
        assert "create_app" not in answer.text
        assert "root:" not in answer.text


@pytest.mark.parametrize("path", ["/check", "/plan/diary", "/log/count", "/data/delete"])
def test_what_is_too_large_is_refused_unread(page, path):
    taken = []

    async def body():
        taken.append(1)
        yield b"x"

    told = {"content-length": "100000000", "content-type": "multipart/form-data; boundary=x"}
    if path != "/plan/diary":
        told["content-type"] = "application/x-www-form-urlencoded"
    answer = page("POST", path, content=body(), headers=told)
    assert answer.status_code in (413, 422)
    assert "larger than" in answer.text
    assert taken == []


def test_an_error_is_told_by_its_place_without_what_was_written():
    def inner():
        raise ValueError(SECRET)

    try:
        try:
            inner()
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    text = PlacesOnly("%(levelprefix)s %(message)s", use_colors=False).format(record)
    assert "RuntimeError\nfrom\n" in text
    assert "in inner" in text
    assert SECRET not in text


SERVE = f"""
import sys
from pathlib import Path
from hairwise import workflow
from hairwise.web import server

def fail(*_):
    raise ValueError({SECRET!r})

workflow.check = fail
server.run(int(sys.argv[1]), browser=False, data=Path(sys.argv[2]))
"""


def test_the_running_server_writes_nothing_of_what_was_sent(tmp_path):
    with socket.socket() as free:
        free.bind((server.HOST, 0))
        port = free.getsockname()[1]
    told = [sys.executable, "-c", SERVE, str(port), str(tmp_path / "data")]
    running = subprocess.Popen(told, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        first = ""
        while "is open at" not in first:
            first = running.stderr.readline()
            assert first, "the server stopped"
        sent = f"http://{server.HOST}:{port}/check?from=itchy"
        with pytest.raises(urllib.error.HTTPError) as failed:
            urllib.request.urlopen(sent, b"products_within_24h=itchy", timeout=30)
        assert failed.value.code == 500
        failed.value.close()
    finally:
        running.terminate()
        said = "".join(running.communicate(timeout=30))
    assert "ValueError" in said
    assert "in fail" in said
    assert "itchy" not in said


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system does not tell whose a connection is")
def test_another_user_of_this_computer_is_turned_away(page, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as mine:
        ends = mine.getsockname(), mine.getpeername()
        table = Path("/proc/net/tcp").read_text()
        assert neighbours.owner_of(table, *ends) == os.getuid()
        assert neighbours.owner_of(table, ends[0], ("127.0.0.1", 1)) is None
        assert not neighbours.is_another_user(*ends)
        monkeypatch.setattr(neighbours.os, "getuid", lambda: 4_000_000)
        monkeypatch.setattr(neighbours, "owner_of", lambda *_: 4_000_001)
        assert neighbours.is_another_user(*ends)
        for path in ("/", "/log", "/api/v1/entries", "/static/style.css", "/healthz"):
            answer = page.get(path)
            assert (answer.status_code, answer.text) == (403, "This page is another user's.")
        monkeypatch.setattr(neighbours, "owner_of", lambda *_: 0)  # the administrator can read the folder too
        assert page.get("/log").status_code == 200
        monkeypatch.setattr(neighbours, "owner_of", lambda *_: None)
        assert page.get("/log").status_code == 200
