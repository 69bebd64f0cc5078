"""Programs may do what the pages do, with a token; whatever they send is answered in one shape or done."""

import json
import tempfile
from datetime import date
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from hairwise.simulate.scalp import CameraSettings, SceneSettings, encode, make_scene, photograph
from hairwise.web.api import read_token
from hairwise.web.app import create_app

TODAY = date(2026, 5, 2)
API = "/api/v1"
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


@pytest.fixture
def page(make_client, tmp_path):
    return make_client(data=tmp_path / "data")


@pytest.fixture
def ask(page, tmp_path):
    page.get(f"{API}/entries")  # the token is made when it is first needed
    key = {"Authorization": f"Bearer {(tmp_path / 'data' / 'api-token').read_text().strip()}"}
    return lambda method, path, **how: page(method, API + path, headers=key | how.pop("headers", {}), **how)


def refused(answer):
    body = answer.json()
    assert set(body) == {"refused"}
    assert set(body["refused"]) == {"code", "why", "do"}
    return body["refused"]


def test_without_the_token_nothing_is_told_or_done(page, tmp_path):
    for header in ({}, {"Authorization": "Bearer guessed"}, {"Authorization": "Basic eDp5"}):
        for method, path in (("GET", "/entries"), ("POST", "/entries"), ("GET", "/export"), ("POST", "/check")):
            told = page(method, API + path, json={} if method == "POST" else None, headers=header)
            assert (told.status_code, refused(told)["code"]) == (401, "not_allowed")
    assert (tmp_path / "data" / "api-token").stat().st_mode & 0o077 == 0


def test_an_entry_is_kept_changed_deleted_and_brought_back(ask):
    body = {"date": "2026-05-01", "method": "wash", "count": 41}
    made = ask("POST", "/entries", json={"kind": "count", "body": body})
    assert made.status_code == 201
    path = f"/entries/{made.json()['id']}"
    assert ask("PUT", path, json=body | {"count": 40}).json()["body"]["count"] == 40
    assert [e["body"]["count"] for e in ask("GET", "/entries?kind=count").json()] == [40]
    assert ask("GET", "/log/diary").json()["counts"][0]["count"] == 40
    assert ask("GET", "/log/why").json()["loss_state"] == "cannot_tell"
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", "/entries").json() == []
    assert ask("POST", f"{path}/undo").json()["deleted"] is False


def test_a_photo_goes_all_the_way(ask):
    scene = make_scene(SceneSettings(patch_mm=(5, 5)), 5)
    data = encode(photograph(scene, CameraSettings(height_px=400, width_px=420, px_per_mm=120.0), 1).rgb, "png", 0)
    spot = ask("POST", "/spots", json={"zone": "mid", "role": "control"}).json()["id"]
    fields = {"date": "2026-05-01", "px_per_mm": "120"}
    photo = ask("POST", f"/spots/{spot}/photos", data=fields, files={"photo": ("a.png", data, "image/png")})
    assert photo.status_code == 201
    sha = photo.json()["sha256"]
    assert refused(ask("GET", f"/photos/{sha}/hairs"))["code"] == "not_kept"
    job = ask("POST", "/jobs", json={"kind": "measure", "args": {"photo": sha}}).json()["id"]
    events = ask("GET", f"/jobs/{job}/events").text.strip().splitlines()
    assert json.loads(events[-1].removeprefix("data: "))["state"] == "done"
    assert len(ask("GET", f"/photos/{sha}/hairs").json()["hairs"]) >= 8
    assert ask("GET", "/spots").json()[0]["photos"][0]["summary"]["listed"] >= 8
    mark = {"kind": "missed_hair", "x_px": 5, "y_px": 6}
    assert ask("POST", f"/photos/{sha}/marks", json=mark).status_code == 201
    assert ask("GET", f"/photos/{sha}/marks").json()[0]["x_px"] == 5
    assert ask("GET", "/export").content[:2] == b"PK"


def test_a_day_ahead_is_refused(ask):
    count = {"date": "2027-01-01", "method": "wash", "count": 40}
    assert "future" in refused(ask("POST", "/entries", json={"kind": "count", "body": count}))["why"]
    kept = ask("POST", "/entries", json={"kind": "count", "body": count | {"date": "2026-05-02"}}).json()["id"]
    assert "future" in refused(ask("PUT", f"/entries/{kept}", json=count))["why"]
    assert ask("GET", "/log/diary").json()["counts"][0]["date"] == "2026-05-02"


def test_an_export_is_written_in_the_data_folder_and_leaves_nothing(ask, tmp_path, monkeypatch):
    ask("POST", "/entries", json={"kind": "wash", "body": {"date": "2026-05-01"}})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))  # others could find it there after a kill
    assert ask("GET", "/export").content[:2] == b"PK"
    assert list((tmp_path / "data" / "passing").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "how", "status", "words"),
    [
        ("/entries", {"content": b"{"}, 422, "not a JSON"),
        ("/entries", {"json": {"kind": "count"}}, 422, "body"),
        ("/entries", {"json": {"kind": "count", "body": {"date": "2026-05-01", "count": -1}}}, 422, "count"),
        ("/entries", {"json": {"kind": "=cmd", "body": {}}}, 422, "no kind"),
        ("/check", {"json": {"schema": "hairwise/answers/1", "nonsense": 1}}, 422, "nonsense"),
        ("/jobs", {"json": {"kind": "measure", "args": {"photo": "../../etc"}}}, 404, "not kept"),
        ("/nowhere", {"json": {}}, 404, "nothing at this address"),
        ("/entries", {"content": b"x", "headers": {"content-length": "20000001"}}, 413, "20 MB"),
        ("/spots/a/photos", {"content": b"x", "headers": {"content-length": "60000001"}}, 413, "60 MB"),
    ],
)
def test_bad_requests_are_told_in_one_shape(ask, path, how, status, words):
    if "content" in how:
        how = {**how, "headers": {"content-type": "application/json", **how.get("headers", {})}}
    told = ask("POST", path, **how)
    assert told.status_code == status
    assert words in refused(told)["why"]
    assert ask("GET", "/entries").json() == []


def test_another_host_is_turned_away(page):
    assert page.get(f"{API}/openapi.json", headers={"host": "evil.example"}).status_code == 400


FOLDER = tempfile.TemporaryDirectory()  # described when tests are collected, so no fixture can hold it
DATA = Path(FOLDER.name) / "data"


def here(app):
    """The application as this computer reaches it; the drawing client has no address of its own."""

    async def asked(scope, receive, send):
        await app({**scope, "client": ("127.0.0.1", 50000)}, receive, send)

    return asked


def described(**how):
    app = here(create_app(today=lambda: TODAY, data=DATA))
    config = schemathesis.config.SchemathesisConfig.from_dict(how)
    return schemathesis.openapi.from_asgi(f"{API}/openapi.json", app, config=config, headers={"host": "127.0.0.1"})


def sent(case):
    """The status of an answer that is as the schema says, and whether a refusal is told as one."""
    key = {"Authorization": f"Bearer {read_token(DATA)}", "host": "127.0.0.1"}
    told = case.call_and_validate(headers=key, checks=CHECKS)
    return told.status_code, told.status_code < 400 or set(told.json()) == {"refused"}


@described().exclude(path=["/why", "/plan"]).parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_anything_sent_is_answered_as_described(case):
    status, is_told = sent(case)
    assert status < 500
    assert is_told


@described(phases={"coverage": {"enabled": False}}).include(path=["/why", "/plan"]).parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
def test_any_diary_is_answered_as_described(case):
    status, is_told = sent(case)  # an explanation takes a second, so few are drawn
    assert status < 500
    assert is_told
