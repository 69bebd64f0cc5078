"""A person's data leave, come back, are copied and deleted whole; nothing stays behind on the way."""

import io
import json
import re
import zipfile

import pytest

from hairwise import workflow
from hairwise.web import upload


@pytest.fixture
def page(make_client, tmp_path):
    return make_client(data=tmp_path / "data")


@pytest.fixture
def store_of(tmp_path):
    held = []

    def opened():
        held.append(workflow.open_store(tmp_path / "data"))
        return held[-1]

    yield opened
    for store in held:
        store.close()


@pytest.fixture
def key(page):
    return {"token": re.search(r'name="token" value="([^"]+)"', page.get("/data").text)[1]}


COUNT = {"date": "2026-05-01", "method": "wash", "count": "41"}


def left(tmp_path):
    return list((tmp_path / "data" / "passing").glob("*"))


def send(page, key, data, **headers):
    return page("POST", "/data/import", data=key, files={"file": ("a.zip", data)}, headers=headers)


def test_an_export_comes_back_through_the_page(page, key, tmp_path, store_of):
    page.post("/log/count", COUNT | key)
    zipped = page.post("/data/export", key)
    assert zipped.headers["content-disposition"].endswith('hairwise-2026-05-02.zip"')
    assert int(zipped.headers["content-length"]) == len(zipped.content)
    assert "data.json" in zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()
    assert left(tmp_path) == []
    assert send(page, key, zipped.content).status_code == 422  # there is something already
    rows = store_of().rows()
    page.post("/data/delete", key | {"sure": "delete"})
    told = send(page, key, zipped.content)
    assert "Your data are here again" in told.text
    assert "1 count of shed hairs" in told.text
    assert store_of().rows() == rows
    assert left(tmp_path) == []


def zip_of(files, about=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        for name, data in files.items():
            held.writestr(name, data)
        manifest = {"schema": "hairwise/export/1", "files": dict.fromkeys(files, "0"), "missing": []}
        held.writestr("manifest.json", json.dumps(manifest if about is None else about))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 not a zip", "not a whole zip"),
        (b"", "No file was chosen"),
        (zip_of({"../../evil.db": b"x"}), "names a file in a way that is not allowed"),
        (zip_of({"data.json": b"0" * 400_000_000}), "too large"),  # 400 kB that unpack to 400 MB
        (zip_of({"data.json": b"{}"}), "changed or is damaged"),
    ],
    ids=["no zip", "nothing", "slip", "bomb", "changed"],
)
def test_a_file_that_is_no_export_changes_nothing(page, key, tmp_path, store_of, data, words):
    told = send(page, key, data)
    assert told.status_code == 422
    assert words in told.text
    assert store_of().is_empty()
    assert left(tmp_path) == []
    assert not list(tmp_path.rglob("evil*"))


def test_an_upload_is_refused_before_it_is_taken(page, key, tmp_path, monkeypatch):
    assert send(page, key, b"x", origin="http://evil.example").status_code == 403
    assert send(page, {"token": "guessed"}, b"x").status_code == 403
    assert send(page, {}, b"x").status_code == 403
    monkeypatch.setattr(upload, "MAX_FILE_BYTES", 100)
    assert "larger than 2 GB" in send(page, key, b"x" * 101).text
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain; boundary=x"):
        told = page("POST", "/data/import", content=b"x", headers={"content-type": kind})
        assert "not an uploaded file" in told.text
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + b"x" * 5_000 + b"\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: " + b"x" * 5_000 + b"\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 20 + b"--b--\r\n",
        b"not parts at all",
    ],
)
def test_a_form_that_cannot_be_read_is_one_line(page, body):
    told = page("POST", "/data/import", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert told.status_code == 422
    assert "not an uploaded file" in told.text


def test_an_own_copy_is_put_back_and_deleted(page, key, store_of):
    page.post("/log/count", COUNT | key)
    made = page.post("/data/backup", key).text
    name = re.search(r"Copied to (\S+\.zip)", made)[1]
    page.post("/log/wash", COUNT | key)
    told = page.post("/data/restore", key | {"name": name}).text
    assert "The copy is in place" in told
    assert [e.kind for e in store_of().entries()] == ["count"]
    saved = re.search(r"saved in the copy (\S+\.zip)", told)[1]
    page.post("/data/restore", key | {"name": saved})
    assert len(store_of().entries()) == 2
    assert "That copy is deleted" in page.post("/data/copies/delete", key | {"name": name}).text
    assert name not in page.get("/data").text
    for path in ("/data/restore", "/data/copies/delete"):
        for odd in ("../hairwise.db", name, ""):
            assert page.post(path, key | {"name": odd}).status_code == 422
        assert page.post(path, {"name": saved}).status_code == 403
    assert len(store_of().entries()) == 2


def test_everything_is_deleted_only_when_sure_and_what_stays_is_said(page, key, store_of):
    page.post("/log/count", COUNT | key)
    page.post("/data/backup", key)
    assert page.post("/data/delete", key | {"sure": "yes"}).status_code == 422
    assert len(store_of().entries()) == 1
    assert "the 1 copy you made yourself" in page.get("/data").text
    told = page.post("/data/delete", key | {"sure": "Delete"}).text
    assert "Copies that you made yourself are still there" in told
    assert store_of().entries(with_deleted=True) == []
    told = page.post("/data/delete", key | {"sure": "delete", "copies": "yes"}).text
    assert "still there" not in told
    assert workflow.copies_kept(store_of()) == []


def test_what_is_kept_is_said_in_words(page, key):
    assert "Nothing yet." in page.get("/data").text
    page.post("/log/count", COUNT | key | {"wash": "yes"})
    page.post("/log/count", COUNT | key | {"date": "2026-04-24"})
    text = page.get("/data").text
    assert "2 counts of shed hairs" in text
    assert "1 wash<" in text
    assert "Bring an export back" not in text  # only into an empty log


def test_a_session_of_two_zones_is_counted_once(page, key):
    for day in ("2026-04-01", "2026-04-08"):
        told = {"date": day, "zone": ["front", "mid"], "pressure": "3", "needle_mm": "1.0"}
        assert page.post("/log/session", key | told).status_code == 303
    assert "2 days with a session" in page.get("/data").text


def test_the_page_says_that_what_was_deleted_goes_along(page, key, store_of):
    kept = page.post("/log/count", COUNT | key)
    gone = re.search("kept=([^&]+)", kept.headers["location"])[1]
    page.post(f"/entry/{gone}/delete", key)
    data = json.loads(zipfile.ZipFile(io.BytesIO(page.post("/data/export", key).content)).read("data.json"))
    assert gone in {e["id"] for e in data["entry"]}
    assert "What you deleted in the last 30 days is in it too" in page.get("/data").text
