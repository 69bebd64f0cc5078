"""Static files are kept by the browser while they stay the same; no page ever is."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

import hairwise.web
from hairwise.web import assets

STATIC = Path(hairwise.web.__file__).parent / "static"


def test_a_page_names_its_files_by_what_is_in_them(client):
    named = re.findall(r'="(/static/[^"]+\?v=\w+)"', client.get("/").text)
    assert len(named) >= 4
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_a_changed_file_has_another_address(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    file = tmp_path / "a.css"
    file.write_text("a{}")
    first = assets.static("a.css")
    assert assets.static("a.css") == first
    file.write_text("a{color:red}")
    assert assets.static("a.css") != first


@pytest.mark.parametrize(
    "address", ["/static/style.css", "/static/style.css?v=0", "/static/nope.css?v=0", "/static/?v=0"]
)
def test_nothing_else_is_kept(client, address):
    assert client.get(address).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("style.css", "text/css"),
        ("register.js", "text/javascript"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("icon.svg", "image/svg+xml"),
        ("icon-192.png", "image/png"),
        ("offline.html", "text/html"),
    ],
)
def test_files_say_their_type_whatever_the_system_believes(client, monkeypatch, name, kind):
    monkeypatch.setattr("mimetypes.guess_type", lambda *_, **__: ("text/plain", None))
    assert client.get(f"/static/{name}").headers["content-type"].startswith(kind)


def test_the_manifest_names_what_is_there(client):
    manifest = json.loads(client.get("/static/manifest.webmanifest").text)
    assert client.get(manifest["start_url"]).status_code == 200
    assert {"any", "maskable"} == {icon.get("purpose", "any") for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            with Image.open(STATIC / Path(icon["src"]).name) as image:
                assert "x".join(map(str, image.size)) == icon["sizes"]
    for page in ("/", "/check", "/log"):
        assert '<link rel="manifest" href="/static/manifest.webmanifest">' in client.get(page).text


def test_the_cut_icon_keeps_its_strokes_inside():
    with Image.open(STATIC / "icon-full-512.png") as image:
        rgba = image.convert("RGBA")
    assert rgba.getextrema()[3] == (255, 255)
    for x in range(512):
        for y in range(512):
            if (x - 255.5) ** 2 + (y - 255.5) ** 2 > (0.4 * 512) ** 2:
                assert rgba.getpixel((x, y))[0] < 60  # blue, no white: systems may cut to this circle


def test_the_worker_keeps_three_files_and_no_page(client):
    answer = client.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
    text = re.sub(r"//.*", "", answer.text)
    kept = set(re.findall(r'"(/[^"]*)"', text))
    assert kept == {f"/static/{name}" for name in assets.KEPT}
    assert re.search(r'const VERSION = "\w{12}";', text)
    assert ".put(" not in text  # nothing joins the cache later
    for address in kept:
        assert client.get(address).status_code == 200


def test_the_worker_is_another_one_once_a_kept_file_changes(client, monkeypatch):
    before = client.get("/sw.js").text
    monkeypatch.setattr(assets, "static", lambda name: f"/static/{name}?v=other")
    assert client.get("/sw.js").text != before


def test_the_page_for_when_hairwise_is_not_running_says_what_to_do():
    html = (STATIC / "offline.html").read_text()
    assert "hairwise serve" in html
    assert "not running" in html
    assert not re.search(r"<script|\sstyle=|https?://", html)
