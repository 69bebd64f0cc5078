"""An export comes back as it was, byte for byte; a changed or hostile one changes nothing."""

import hashlib
import json
import os
import random
import sqlite3
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from hairwise.errors import Refused
from hairwise.store import backup
from hairwise.store.archive import read_archive, write_archive
from hairwise.store.repository import KeptPhoto, Store

DAY = date(2026, 3, 1)
ABOUT = KeptPhoto("", ".jpg", "=cmd|' /C calc'!A0.jpg", "close_up", DAY, "r1", 100.0, "clipped")
READ = {"method_version": "m", "calibration": {}, "settings": {}, "body": {"n": 3}}


@pytest.fixture
def full(store):
    for n in range(3):
        store.add("count", {"date": "2026-03-01", "count": n, "words": "Größe \u2028"}, DAY)
    store.delete(store.entries()[0].id)
    one, two = store.add_photo(b"one", ABOUT), store.add_photo(bytes(range(256)) * 9, ABOUT)
    store.add_measurement(one, READ)
    store.add_comparison(one, two, {k: v for k, v in READ.items() if k != "calibration"})
    store.tell("start", "2026-03-01")
    return store


@pytest.fixture
def empty(tmp_path, clock):
    held = Store(tmp_path / "other", clock)
    yield held
    held.close()


def files_of(store):
    return {p.name: p.read_bytes() for p in store.files.folder.rglob("*") if p.is_file()}


def test_export_and_import_are_equal_byte_for_byte(full, empty, tmp_path):
    write_archive(full, tmp_path / "a.zip", {"diary/counts.csv": b"x"}, "0")
    read_archive(empty, tmp_path / "a.zip")
    assert empty.rows() == full.rows()
    assert files_of(empty) == files_of(full)
    write_archive(empty, tmp_path / "b.zip", {"diary/counts.csv": b"x"}, "0")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with pytest.raises(Refused) as refused:
        read_archive(full, tmp_path / "a.zip")
    assert refused.value.code == "store_not_empty"


def test_a_lost_photo_file_does_not_keep_the_rest_from_being_saved(full, empty, tmp_path):
    full.files.remove(hashlib.sha256(b"one").hexdigest(), ".jpg")
    write_archive(full, tmp_path / "a.zip", {}, "0")
    read_archive(empty, tmp_path / "a.zip")
    assert empty.rows() == full.rows()


def rewritten(path, target, change):
    """The zip with its files, a dict, passed through ``change``; the manifest told anew unless it is changed itself."""
    with zipfile.ZipFile(path) as held:
        files = {name: held.read(name) for name in held.namelist()}
    about = json.loads(files.pop("manifest.json"))
    change(files, about)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
        out.writestr("manifest.json", json.dumps(about))


def _changed(files, about):
    files["data.json"] += b" "


def _with_path(name):
    def change(files, about):
        files[name] = b"owned"
        about["files"][name] = hashlib.sha256(b"owned").hexdigest()

    return change


def _bomb(files, about):
    data = b"0" * (401 * 1024**2)
    name = f"photos/{hashlib.sha256(data).hexdigest()}.jpg"
    files[name] = data
    about["files"][name] = hashlib.sha256(data).hexdigest()


def _other_schema(files, about):
    about["schema"] = "hairwise/export/9"


def _other_columns(files, about):
    rows = json.loads(files["data.json"])
    rows["entry"][0]["extra"] = 1
    files["data.json"] = json.dumps(rows).encode()
    about["files"]["data.json"] = hashlib.sha256(files["data.json"]).hexdigest()


def _no_photo(files, about):
    gone = next(name for name in files if name.startswith("photos/"))
    del files[gone], about["files"][gone]


def _row_leads_out(files, about):
    rows = json.loads(files["data.json"])
    rows["photo"].append(
        rows["photo"][0] | {"sha256": "/tmp/owned", "suffix": ".txt", "deleted_at": "2020-01-01T00:00:00"}
    )
    files["data.json"] = json.dumps(rows).encode()
    about["files"]["data.json"] = hashlib.sha256(files["data.json"]).hexdigest()
    about["missing"] = ["/tmp/owned"]


@pytest.mark.parametrize(
    "change",
    [_row_leads_out, _changed, _with_path("photos/../../owned.jpg"), _with_path("../owned"), _with_path("/tmp/owned"),
     _bomb, _other_schema, _other_columns, _no_photo],
)  # fmt: skip
def test_a_changed_or_hostile_zip_is_refused_and_nothing_is_kept(full, empty, tmp_path, change):
    before = set(tmp_path.parent.rglob("*owned*"))
    assert refusal_of(full, empty, tmp_path, change) == "not_an_export"
    assert empty.is_empty()
    assert set(tmp_path.parent.rglob("*owned*")) == before


def refusal_of(full, empty, folder, change):
    """The code that an export is refused with once it was changed."""
    write_archive(full, folder / "a.zip", {}, "0")
    rewritten(folder / "a.zip", folder / "b.zip", change)
    with pytest.raises(Refused) as refused:
        read_archive(empty, folder / "b.zip")
    return refused.value.code


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"\x00" * 1000])
def test_what_is_no_zip_is_refused(empty, tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_archive(empty, tmp_path / "a.zip")
    assert refused.value.code == "not_an_export"


def test_automatic_copies_make_room_and_copies_by_hand_stay(full, clock):
    by_hand = backup.by_hand(full, "0")
    for _ in range(40):
        backup.automatic(full)
        assert backup.automatic(full) is None  # once a day
        clock.pass_days(1)
    kept = backup.copies(full)
    assert by_hand in kept
    assert len(kept) == backup.MOST + 1
    clock.pass_days(60)
    backup.automatic(full)
    assert len([p for p in backup.copies(full) if p.name.endswith(".auto.db")]) == 1


def test_a_lost_database_takes_no_photo_and_no_copy_with_it(full, clock):
    backup.keep_house(full)
    before = full.rows()
    for path in full.files.folder.rglob("*.jpg"):
        os.utime(path, (0, 0))
    photos = files_of(full)
    clock.pass_days(60)  # a person comes back after two months
    full.close()
    full.database.rename(full.folder / "lost")
    again = Store(full.folder, clock)
    try:
        backup.keep_house(again)
        assert files_of(again) == photos
        [copy] = backup.copies(again)
        backup.restore(again, copy, "0")
        assert again.rows() == before
    finally:
        again.close()


def test_a_damaged_copy_holds_up_nothing_and_goes_where_something_must(full, clock):
    clock.pass_days(20)
    backup.keep_house(full)
    [copy] = backup.copies(full)
    copy.write_bytes(b"broken" * 500)
    clock.pass_days(2)
    backup.keep_house(full)
    assert copy in backup.copies(full)
    clock.pass_days(9)  # an entry was deleted 31 days ago; whether this copy holds it cannot be seen
    backup.keep_house(full)
    assert copy not in backup.copies(full)


def test_copies_of_a_clock_that_was_ahead_hold_up_no_other(full, clock):
    right = clock.at
    clock.pass_days(4000)
    for _ in range(backup.MOST):
        backup.automatic(full)
        clock.pass_days(1)
    clock.at = right
    made = []
    for _ in range(backup.MOST):
        made.append(backup.automatic(full))
        assert backup.automatic(full) is None
        clock.pass_days(1)
    assert backup.copies(full) == made


@pytest.mark.parametrize("kind", ["automatic", "by_hand"])
def test_a_copy_is_restored_and_what_was_there_is_saved_first(full, clock, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))  # what is on its way stays in the data folder
    before = full.rows()
    copy = backup.automatic(full) if kind == "automatic" else backup.by_hand(full, "0")
    clock.pass_days(1)
    full.add("count", {"late": 1}, DAY)
    later = full.rows()
    saved = backup.restore(full, copy, "0")
    assert full.rows() == before
    backup.restore(full, saved, "0")
    assert full.rows() == later


def test_what_is_no_copy_changes_nothing_and_costs_no_backup(full, tmp_path):
    before, copies = full.rows(), backup.copies(full)
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE foo (bar)")
    foreign.close()
    (tmp_path / "empty.db").write_bytes(b"")
    (tmp_path / "x.auto.db").write_bytes(b"broken" * 500)
    (tmp_path / "x.zip").write_bytes(b"broken" * 500)
    for name in ("x.auto.db", "x.zip", "empty.db", "foreign.db"):
        with pytest.raises(Refused):
            backup.restore(full, tmp_path / name, "0")
    assert full.rows() == before
    assert backup.copies(full) == copies


def test_a_copy_in_use_is_restored_with_its_log_of_changes(full, empty):
    backup.restore(empty, full.database, "0")  # open, its rows still in the log
    assert empty.rows() == full.rows()


def test_what_is_gone_for_good_is_gone_from_automatic_copies_too(store, clock):
    kept = store.add("event", {"note": "unmistakable-words"}, DAY)
    store.add("event", {"note": "other"}, DAY)
    for day in range(50):
        backup.keep_house(store)
        if day == 2:
            store.delete(kept)
        clock.pass_days(1)
    assert [p for p in backup.copies(store) if b"other" in p.read_bytes()]
    assert not [p for p in backup.copies(store) if b"unmistakable-words" in p.read_bytes()]


def test_many_openers_at_once_all_get_in(full):
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(backup.keep_house, Store(full.folder, full.now)) for _ in range(16)]
        assert all(job.result() is None for job in done)
    assert len(backup.copies(full)) == 1


@pytest.mark.parametrize(
    ("table", "cell"),
    [("photo", {"n_bytes": "many"}), ("photo", {"n_bytes": 10**30}), ("entry", {"kind": None}), ("entry", {"id": []}),
     ("entry", {"made_at": "2026-03-01T00:00:00+05:00"}), ("measurement", {"photo_sha256": "0" * 64})],
)  # fmt: skip
def test_a_cell_that_no_column_takes_is_refused(full, empty, tmp_path, table, cell):
    def change(files, about):
        rows = json.loads(files["data.json"])
        rows[table][0] |= cell
        files["data.json"] = json.dumps(rows).encode()
        about["files"]["data.json"] = hashlib.sha256(files["data.json"]).hexdigest()

    assert refusal_of(full, empty, tmp_path, change) == "not_an_export"
    assert empty.is_empty()


def test_any_damaged_byte_is_one_line(full, empty, tmp_path):
    write_archive(full, tmp_path / "a.zip", {}, "0")
    data = (tmp_path / "a.zip").read_bytes()
    rng = random.Random(4)
    for _ in range(150):
        at = rng.randrange(len(data))
        (tmp_path / "b.zip").write_bytes(data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :])
        try:
            read_archive(empty, tmp_path / "b.zip")
        except Refused:
            assert empty.is_empty()
        else:  # a bit that nothing depends on, such as a time
            assert empty.rows() == full.rows()
            empty.delete_everything()
