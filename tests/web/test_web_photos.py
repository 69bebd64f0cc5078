"""Photos are added, measured as work, looked at and corrected in the page; hostile ones change nothing."""

import re
import time
from datetime import date

import numpy as np
import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.simulate.scalp import CameraSettings, SceneSettings, encode, make_scene, photograph
from hairwise.store import repository
from hairwise.web import jobs
from hairwise.workflow import keep, work

WAIT_S = 60


@pytest.fixture(scope="module")
def photo():
    scene = make_scene(SceneSettings(patch_mm=(5, 5)), 5)
    camera = CameraSettings(height_px=400, width_px=420, px_per_mm=120.0)
    return [encode(photograph(scene, camera, k).rgb, "png", 0) for k in (1, 2)]


@pytest.fixture
def page(make_client, tmp_path):
    return make_client(data=tmp_path / "data")


def token(page):
    return re.search(r'name="token" value="([^"]+)"', page.get("/photos").text)[1]


def add_spot(page, role="rolled", zone="mid"):
    told = page.post("/photos/spots", {"role": role, "zone": zone, "token": token(page)})
    assert told.status_code == 303
    return told.headers["location"]


def upload(page, spot, data, **fields):
    form = {"date": "2026-05-01", "px_per_mm": "120", "style": "clipped", "token": token(page)} | fields
    return page("POST", f"{spot}/photo", data=form, files={"photo": ("a.png", data, "image/png")})


def finished(page, job):
    for _ in range(WAIT_S * 10):
        told = page.get(job)
        if told.status_code != 200:
            return told
        assert "Working on it" in told.text
        time.sleep(0.1)
    raise AssertionError("the work did not end")


def test_a_photo_is_measured_looked_at_compared_corrected_and_deleted(page, photo):
    spot = add_spot(page)
    first = finished(page, upload(page, spot, photo[0], date="2026-03-01").headers["location"]).headers["location"]
    second = finished(page, upload(page, spot, photo[1]).headers["location"]).headers["location"]
    text = page.get(second).text
    n = text.count('class="hair')
    assert n >= 8
    assert f"Listed here: {n}" in text
    shas = [place.rsplit("/", 1)[1] for place in (first, second)]
    pair = f"/photos/compare/{shas[0]}/{shas[1]}"
    for _ in range(WAIT_S * 10):
        if "could not have been told" in page.get(pair).text:
            break
        time.sleep(0.1)
    assert "since 1 march 2026" in page.get(second).text.lower()
    for file in (f"/photos/files/{shas[0]}/300.jpg", f"/photos/turned/{shas[0]}/{shas[1]}.jpg"):
        told = page.get(file)
        assert (told.headers["content-type"], told.content[:2]) == ("image/jpeg", b"\xff\xd8")

    key = {"token": token(page)}
    chosen = page.get(f"{second}?hair=3").text
    x, y = (re.search(rf'name="{n}" value="([^"]+)"', chosen)[1] for n in "xy")
    assert page.post(f"{second}/marks", {"kind": "not_a_hair", "x": x, "y": y} | key).status_code == 303
    assert page.post(f"{second}/missed", {"at.x": "30", "at.y": "40"} | key).status_code == 303
    for place in (second, spot, "/photos"):
        assert f"{n} by the program, {n} after your marks" in page.get(place).text  # one taken away, one added
    assert page.post(f"{second}/missed", {"at.x": "60", "at.y": "40"} | key).status_code == 303
    assert f"{n} by the program, {n + 1} after your marks" in page.get(spot).text
    assert page.post(f"{second}/marks", {"kind": "not_a_hair", "x": "-5", "y": "1e999"} | key).status_code == 422

    assert "Follow each hair" in page.get(f"{spot}/hairs").text
    finished(page, page.post(f"{spot}/hairs", key).headers["location"])
    again = page.get(f"{spot}/hairs").text  # left and come back to
    assert "Change of 100 hairs" in again
    assert "Follow each hair" not in again

    gone = page.post(f"{second}/delete", key).headers["location"]
    assert page.get(second).status_code == 404
    assert "bring it back" in page.get(gone).text
    page.post(f"{second}/undo", key)
    assert page.get(second).status_code == 200
    assert page.post(f"{spot}/delete", key).status_code == 422  # photos name it


def test_a_scale_is_given_to_a_photo_that_is_kept(page, tmp_path, photo):
    spot = add_spot(page)
    places = [
        finished(page, upload(page, spot, data, date=day, px_per_mm="").headers["location"]).headers["location"]
        for data, day in zip(photo, ("2026-03-01", "2026-05-01"), strict=True)
    ]
    pair = "/photos/compare/" + "/".join(place.rsplit("/", 1)[1] for place in places)
    for _ in range(WAIT_S * 10):
        if "could not have been told" in page.get(pair).text:
            break
        time.sleep(0.1)
    assert "in a square centimetre" not in page.get(places[1]).text
    key = {"token": token(page)}
    for told, why in (("many", "cannot be read"), ("0", "from 1 to 5000"), ("nan", "from 1 to 5000")):
        wrong = page.post(f"{places[1]}/scale", {"px_per_mm": told} | key)
        assert (wrong.status_code, why in wrong.text) == (422, True)
    again = page.post(f"{places[1]}/scale", {"px_per_mm": "120,0"} | key).headers["location"]
    assert finished(page, again).headers["location"] == places[1]
    text = page.get(places[1]).text
    assert "in a square centimetre" in text
    assert "Scale: 120 pixels in 1 mm, as given." in text
    assert 'value="120"' in text
    store = workflow.open_store(tmp_path / "data")  # what was compared with the old scale is compared anew
    for _ in range(WAIT_S * 10):
        if len(store.comparisons()) == 2:
            break
        time.sleep(0.1)
    assert len(store.comparisons()) == 2
    store.close()
    assert page.post(f"/photos/of/{'0' * 64}/scale", {"px_per_mm": "120"} | key).status_code == 404


def test_what_is_no_close_up_is_kept_without_a_count(page):
    rng = np.random.default_rng(2)
    wall = np.clip(200 + rng.normal(0, 6, (300, 400, 1)) + np.zeros(3), 0, 255).astype(np.uint8)
    spot = add_spot(page)
    place = finished(page, upload(page, spot, encode(wall, "png", 0), px_per_mm="").headers["location"])
    text = page.get(place.headers["location"]).text
    assert "This photo does not count" in text
    assert "nothing shows that this is a close-up" in text
    assert "Give the scale" in text
    assert "hairs seen" not in page.get(spot).text


def test_work_that_a_stop_cut_off_is_done_after_the_next_start(make_client, tmp_path, photo):
    store = workflow.open_store(tmp_path / "data")
    spot = workflow.add_spot(store, "mid", "rolled")
    about = workflow.about_photo("a.png", "close_up", date(2026, 4, 1), spot, (120.0, None))
    sha = workflow.add_photo(store, photo[0], about)
    job = workflow.ask_for(store, "measure", {"photo": sha})
    assert workflow.next_job(store).id == job  # running when the program was killed
    store.close()
    page = make_client(data=tmp_path / "data")
    for start in page.app.router.on_startup:
        start()
    assert finished(page, f"/jobs/{job}").headers["location"] == f"/photos/of/{sha}"


def test_work_whose_outcome_cannot_be_kept_is_done_again(page, photo, monkeypatch):
    failed = []

    def full(store, sha256, values):
        del Store.add_measurement  # once; then the disk has room again
        failed.append(sha256)
        monkeypatch.setattr(work, "set_job", full_job)
        raise Refused("cannot_write", "Nothing can be stored.", "Make room.")

    def full_job(*_, **__):
        monkeypatch.setattr(work, "set_job", was)
        raise Refused("cannot_write", "Nothing can be stored.", "Make room.")

    class Store(repository.Store):
        pass

    was = work.set_job
    Store.add_measurement = full
    monkeypatch.setattr(keep, "Store", Store)
    monkeypatch.setattr(jobs, "RETRY_S", 0.05)
    place = upload(page, add_spot(page), photo[0]).headers["location"]
    assert finished(page, place).headers["location"] == f"/photos/of/{failed[0]}"
    assert 'class="hair' in page.get(f"/photos/of/{failed[0]}").text


def test_a_database_that_cannot_be_opened_is_told_on_a_page(make_client, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hairwise.db").write_bytes(b"broken" * 500)
    page = make_client(data=tmp_path / "data")
    for start in page.app.router.on_startup:
        start()
    assert "is damaged" in page.get("/data").text
    assert page.get("/check").status_code == 200


def test_progress_comes_as_events(page, photo):
    job = upload(page, add_spot(page), photo[0]).headers["location"]
    events = page.get(f"{job}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    assert '"state": "done"' in events.text.strip().splitlines()[-1]
    assert page.get("/jobs/nothing/events").status_code == 404


@pytest.mark.parametrize(
    ("data", "fields", "status", "words"),
    [
        (b"", {}, 422, "No photo was chosen"),
        (b"<svg onload=alert(1)>", {}, 422, "not a photo"),
        (b"\xff\xd8\xff" + b"0" * 900, {}, 422, "not a photo|damaged"),
        (encode(np.zeros((20, 20, 3), np.uint8), "png", 0), {}, 422, "only 20 x 20"),
        (b"x", {"date": "2027-01-01"}, 422, "future"),
        (b"x", {"date": "yesterday"}, 422, "cannot be read"),
        (b"x", {"px_per_mm": "many"}, 422, "cannot be read"),
        (b"x", {"px_per_mm": "nan"}, 422, "scale"),
        (b"x", {"token": "guessed"}, 403, "another one"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_kept(page, tmp_path, data, fields, status, words):
    told = upload(page, add_spot(page), data, **fields)
    assert told.status_code == status
    assert re.search(words, told.text)
    store = workflow.open_store(tmp_path / "data")
    assert store.photos() == []
    store.close()
    assert not list((tmp_path / "data" / "photos").rglob("*.*"))


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(page):
    spot = add_spot(page)
    told = page("POST", f"{spot}/photo", content=b"x", headers={"content-length": "60000001"})
    assert told.status_code == 413
    told = page("POST", f"{spot}/photo", content=b"photo=1", headers={"content-type": "text/plain"})
    assert told.status_code == 415


@pytest.mark.parametrize("sha", ["..%2fhairwise.db", "%2e%2e%2fhairwise.db", "0" * 64, "f" * 64 + ".png"])
def test_no_name_leads_out_of_the_folder(page, sha):
    add_spot(page)
    assert page.get(f"/photos/files/{sha}/100.jpg").status_code in (404, 422)
    assert page.get(f"/photos/of/{sha}").status_code == 404


def test_a_spot_needs_both_answers(page):
    told = page.post("/photos/spots", {"role": "both", "zone": "moon", "token": token(page)})
    assert (told.status_code, "Choose one of each" in told.text) == (422, True)
    assert page.get("/photos/spots/none").status_code == 404


def test_pages_with_scripts_allow_only_their_own(page):
    policy = page.get(f"{add_spot(page)}/camera").headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
