"""Work survives a restart; older data and exports are brought along; marks stay beside the photo."""

import hashlib
import json
import os
import zipfile
from datetime import date, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert

from hairwise.errors import Refused
from hairwise.store import readings
from hairwise.store.archive import read_archive, write_archive
from hairwise.store.jobs import add_job, get_job, last_done, set_job, take_next, tidy_jobs
from hairwise.store.repository import KeptPhoto, Store
from hairwise.store.schema import entry
from hairwise.store.turn import Turn

ABOUT = KeptPhoto("", ".jpg", "a.jpg", "close_up", date(2026, 1, 1), "r", None, None)
BODY = {"method_version": "1", "settings": {}, "body": {"hairs": []}}


def measured(store, sha, **summary):
    store.add_measurement(sha, BODY | {"calibration": {}, "summary": summary})


def test_work_is_done_in_order_and_what_was_cut_off_waits_again(store, clock):
    first = add_job(store, "measure", {"photo": "a"})
    assert add_job(store, "measure", {"photo": "a"}) == first  # asked for twice, done once
    clock.pass_days(1)
    second = add_job(store, "measure", {"photo": "b"})
    assert take_next(store).id == first
    set_job(store, first, step="half", done=1)
    tidy_jobs(store)  # a restart
    assert (get_job(store, first).state, get_job(store, first).done) == ("waiting", 0)
    assert [take_next(store).id, take_next(store).id, take_next(store)] == [first, second, None]
    set_job(store, first, state="done", result={"photo": "a"})
    clock.pass_days(8)
    tidy_jobs(store)
    assert get_job(store, second).state == "waiting"
    with pytest.raises(Refused, match="not known"):
        get_job(store, first)


def test_work_that_ends_the_program_again_and_again_is_given_up(store, clock):
    fatal = add_job(store, "measure", {"photo": "a"})
    clock.pass_days(1)
    other = add_job(store, "measure", {"photo": "b"})
    for _ in range(3):
        assert take_next(store).id == fatal
        tidy_jobs(store)  # the program ended, and starts again
    assert (get_job(store, fatal).state, get_job(store, fatal).result["code"]) == ("refused", "work_stopped")
    assert take_next(store).id == other


def test_the_newest_lasting_work_stays_and_is_found_again(store, clock):
    old, new = (done(store, clock, {"spot": "a"}, n) for n in (1, 2))
    other = done(store, clock, {"spot": "b"}, 3)
    gone = done(store, clock, {"photo": "x"}, 4, "measure")
    assert last_done(store, "follow", {"spot": "a"}).result == {"n": 2}
    clock.pass_days(8)
    tidy_jobs(store, lasting=("follow",))
    assert (last_done(store, "follow", {"spot": "a"}).id, last_done(store, "follow", {"spot": "b"}).id) == (new, other)
    for job in (old, gone):
        with pytest.raises(Refused):
            get_job(store, job)
    assert last_done(store, "follow", {"spot": "c"}) is None
    tidy_jobs(store)
    assert last_done(store, "follow", {"spot": "a"}) is None


def done(store, clock, args, n, kind="follow"):
    job = add_job(store, kind, args)
    take_next(store)
    clock.pass_days(1)
    set_job(store, job, state="done", result={"n": n})
    return job


def test_lasting_work_does_not_outlive_the_photos_it_was_made_from(store, clock):
    sha = store.add_photo(b"photo", ABOUT)
    for spot, photos in (("a", [sha]), ("b", ["0" * 64])):
        done = add_job(store, "follow", {"spot": spot})
        set_job(store, done, state="done", result={"photos": photos})
    tidy_jobs(store, lasting=("follow",))
    assert last_done(store, "follow", {"spot": "a"}) is not None
    assert last_done(store, "follow", {"spot": "b"}) is None


def test_deleting_everything_deletes_work_and_marks(store):
    sha = store.add_photo(b"x", ABOUT)
    readings.add_mark(store, sha, "missed_hair", 1.5, 2)
    job = add_job(store, "measure", {"photo": sha})
    store.delete_everything()
    assert readings.marks(store, sha) == []
    with pytest.raises(Refused):
        get_job(store, job)


def test_the_newest_reading_counts_and_deleted_photos_do_not(store, clock):
    one, two = store.add_photo(b"1", ABOUT), store.add_photo(b"2", ABOUT)
    measured(store, one, listed=3)
    clock.pass_days(1)
    measured(store, one, listed=4)
    store.add_comparison(one, two, BODY | {"summary": {"lost": 1}})
    assert readings.summaries(store) == {one: {"method_version": "1", "listed": 4}}
    assert readings.pair_summaries(store)[one, two]["lost"] == 1
    assert readings.comparison_of(store, two, one) is None
    store.delete_photo(two)
    assert readings.pair_summaries(store) == {}
    store.delete_photo(one)
    assert readings.summaries(store) == {}


def test_marks_are_kept_with_the_photo_and_removed_one_by_one(store):
    sha = store.add_photo(b"1", ABOUT)
    mark = readings.add_mark(store, sha, "not_a_hair", 10.25, 20)
    assert [(m["kind"], m["x_px"]) for m in readings.marks(store, sha)] == [("not_a_hair", 10.25)]
    readings.remove_mark(store, mark)
    assert readings.marks(store, sha) == []
    with pytest.raises(Refused):
        readings.remove_mark(store, mark)
    with pytest.raises(Refused):
        readings.add_mark(store, "f" * 64, "not_a_hair", 1, 1)


def test_data_of_the_first_version_are_brought_along(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    config = Config()
    config.set_main_option("script_location", "hairwise.store:migrations")
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{folder / 'hairwise.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        day = date(2025, 1, 2)
        now = datetime(2025, 1, 2)
        row = {"id": "1", "kind": "wash", "day": day, "body": {"date": "2025-01-02"}, "made_at": now}
        connection.execute(insert(entry), {**row, "changed_at": now, "deleted_at": None})
    engine.dispose()
    held = Store(folder)
    try:
        assert [e.body for e in held.entries()] == [{"date": "2025-01-02"}]
        sha = held.add_photo(b"1", ABOUT)
        assert readings.add_mark(held, sha, "missed_hair", 0, 0)
    finally:
        held.close()


def test_an_export_of_the_first_version_is_read(store, tmp_path, clock):
    sha = store.add_photo(b"1", ABOUT)
    measured(store, sha, listed=1)
    path, old = tmp_path / "new.zip", tmp_path / "old.zip"
    write_archive(store, path, {}, "1")
    with zipfile.ZipFile(path) as held:
        files = {name: held.read(name) for name in held.namelist()}
    rows = json.loads(files["data.json"])
    del rows["correction"]
    for row in rows["measurement"]:
        del row["summary"]
    files["data.json"] = json.dumps(rows).encode()
    about = json.loads(files["manifest.json"])
    about["files"]["data.json"] = hashlib.sha256(files["data.json"]).hexdigest()
    files["manifest.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(old, "w") as out:
        for name, data in files.items():
            out.writestr(name, data)
    empty = Store(tmp_path / "empty", clock)
    try:
        read_archive(empty, old)
        assert readings.summaries(empty) == {sha: {"method_version": "1"}}
    finally:
        empty.close()


@pytest.mark.skipif(os.name != "posix", reason="no such locks here")
def test_a_second_program_leaves_the_work_of_the_first_alone(store):
    add_job(store, "measure", {"photo": "a"})
    first = Turn(store.folder)
    tidy_jobs(store, first.is_alone)
    job = take_next(store)
    second = Turn(store.folder)
    tidy_jobs(store, second.is_alone)
    assert take_next(store) is None  # once only
    assert get_job(store, job.id).state == "running"
    first.close()  # as a kill does too
    second.close()
    third = Turn(store.folder)
    tidy_jobs(store, third.is_alone)
    assert take_next(store).id == job.id
    third.close()
