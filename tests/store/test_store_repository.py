"""What is kept is there after a restart, what is deleted can be brought back, and then is gone for good."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import StatementError

from hairwise.errors import Refused
from hairwise.store.database import HEAD
from hairwise.store.repository import KEPT_DAYS, KeptPhoto, Store
from hairwise.store.schema import metadata

DAY = date(2026, 3, 1)
ABOUT = KeptPhoto("", ".jpg", "a.jpg", "close_up", DAY, "r1", 100.0, None)
READ = {"method_version": "m", "calibration": {}, "settings": {}, "body": {"n": 3}}


def test_rows_and_photos_are_there_after_a_restart(store, clock):
    kept = store.add("count", {"date": "2026-03-01", "method": "wash", "count": 12}, DAY)
    sha = store.add_photo(b"bytes", ABOUT)
    store.add_measurement(sha, READ)
    store.tell("hemisphere", "N")
    store.close()
    again = Store(store.folder, clock)
    assert [e.id for e in again.entries("count")] == [kept]
    assert again.photo_bytes(sha) == b"bytes"
    assert again.measurements(sha)[0]["body"] == {"n": 3}
    assert again.told() == {"hemisphere": "N"}
    again.close()


def test_a_deletion_is_undone_within_thirty_days_and_then_is_final(store, clock):
    kept, sha = store.add("event", {"kind": "stress"}, DAY), store.add_photo(b"bytes", ABOUT)
    store.add_measurement(sha, READ)
    store.delete(kept)
    store.delete_photo(sha)
    assert store.entries() == []
    assert store.photos() == []
    clock.pass_days(KEPT_DAYS - 1)
    store.purge()
    store.bring_back(kept)
    store.bring_photo_back(sha)
    assert len(store.entries()) == len(store.photos()) == 1
    store.delete(kept)
    store.delete_photo(sha)
    clock.pass_days(KEPT_DAYS + 1)
    store.purge()
    assert all(rows == [] for rows in store.rows().values())
    assert [p for p in store.files.folder.rglob("*") if p.is_file()] == []
    with pytest.raises(Refused):
        store.bring_back(kept)


def test_deleted_words_are_not_left_in_the_files(store):
    kept = store.add("event", {"note": "unmistakable-words"}, DAY)
    store.delete(kept)
    store.delete_everything()
    store.close()
    for path in store.folder.rglob("*"):
        assert not path.is_file() or b"unmistakable-words" not in path.read_bytes()


def test_a_photo_with_a_measurement_cannot_be_half_there(store):
    with pytest.raises(Refused) as refused:
        store.add_measurement("0" * 64, READ)
    assert refused.value.code == "not_kept"
    with pytest.raises(Refused):
        store.change("no-such-id", {})


def test_all_of_a_diary_is_kept_or_nothing(store):
    entries = [("count", {"n": n}, DAY) for n in range(3)]
    with pytest.raises(StatementError):
        store.begin_with([*entries, ("count", {"n": object()}, DAY)], [(b"bytes", ABOUT)], {"id": "x"})
    assert store.is_empty()
    store.begin_with(entries, [(b"bytes", ABOUT)], {"id": "x", "start": None})
    assert [e.body["n"] for e in store.entries()] == [0, 1, 2]  # in the order given
    assert store.told() == {"id": "x"}
    with pytest.raises(Refused):
        store.add_comparison(store.photos()[0].sha256, "0" * 64, {"method_version": "m", "settings": {}, "body": {}})


def test_traces_that_another_program_holds_are_told(store):
    store.add("event", {"note": "x"}, DAY)
    other = sqlite3.connect(store.database)
    other.execute("BEGIN")
    other.execute("SELECT * FROM entry").fetchone()
    with pytest.raises(Refused) as refused:
        store.delete_everything()
    assert refused.value.code == "store_busy"
    other.close()
    store.delete_everything()
    log = store.database.with_name("hairwise.db-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_the_migrations_make_the_tables_that_the_program_uses(store):
    config = Config()
    config.set_main_option("script_location", "hairwise.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with store.engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), metadata) == []


def test_a_damaged_or_newer_database_is_refused_and_left_as_it_is(store, clock):
    store.add("event", {}, DAY)
    store.close()
    with sqlite3.connect(store.database) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(Refused) as refused:
        Store(store.folder, clock)
    assert refused.value.code == "store_newer"
    with sqlite3.connect(store.database) as db:
        db.executescript("UPDATE alembic_version SET version_num = '0001'; DROP TABLE profile;")
    db.close()
    with pytest.raises(Refused) as refused:
        Store(store.folder, clock)
    assert refused.value.code == "store_damaged"
    broken = b"not a database at all" * 400
    store.database.write_bytes(broken)
    with pytest.raises(Refused) as refused:
        Store(store.folder, clock)
    assert refused.value.code == "store_damaged"
    assert store.database.read_bytes() == broken


def test_what_a_crash_left_is_tidied_a_day_later(store):
    left = store.files.folder / "ab" / f"{'ab' * 32}.jpg"
    left.parent.mkdir()
    left.write_bytes(b"x")
    store.purge()
    assert left.exists()  # another program may be about to name it
    os.utime(left, (time.time() - 90_000,) * 2)
    store.purge()
    assert not left.exists()


WRITER = """
import sys
from datetime import date
from pathlib import Path
from hairwise.store.repository import KeptPhoto, Store
store = Store(Path(sys.argv[1]))
for n in range(10_000):
    data = b"%d " % n * 5000
    sha = store.add_photo(data, KeptPhoto("", ".jpg", f"{n}.jpg", "close_up", date(2026, 3, 1), "r1", None, None))
    store.add("count", {"n": n}, date(2026, 3, 1))
    print(n, sha, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
@pytest.mark.parametrize("confirmed", [1, 3, 7, 12])
def test_what_was_confirmed_outlives_kill_9(tmp_path, confirmed):
    run = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    told = [run.stdout.readline().split() for _ in range(confirmed)]
    run.kill()
    told += [line.split() for line in run.stdout.read().splitlines() if len(line.split()) == 2]
    run.wait()
    run.stdout.close()
    again = Store(tmp_path)
    assert {e.body["n"] for e in again.entries()} >= {int(n) for n, _ in told}
    for n, sha in told:
        assert again.photo_bytes(sha) == b"%d " % int(n) * 5000
    again.close()


def test_the_stamp_changes_with_whatever_an_answer_rests_on_and_with_nothing_else(store):
    seen = [store.stamp()]

    def changed():
        seen.append(store.stamp())
        return seen[-1] not in seen[:-1]

    kept = store.add("count", {"count": 12}, DAY)  # the clock of these tests stands still
    assert changed()
    store.change(kept, {"count": 13}, DAY)
    assert changed()
    store.delete(kept)
    assert changed()
    store.bring_back(kept)
    assert changed()
    store.tell("hemisphere", "S")
    assert changed()
    sha = store.add_photo(b"bytes", ABOUT)
    assert changed()
    other = store.add_photo(b"others", ABOUT)
    store.add_comparison(sha, other, {"method_version": "m", "settings": {}, "body": {}})
    assert changed()
    store.delete_photo(sha)
    assert changed()
    store.add_measurement(other, READ)
    assert not changed()


def test_a_full_or_held_disk_is_told_and_is_no_damage(store, clock):
    store.add("event", {}, DAY)
    with store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(Refused) as refused:
        store.add("event", {"note": "x" * 100_000}, DAY)
    assert refused.value.code == "cannot_write"
    with store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1000000")
        db.exec_driver_sql("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(store.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refused) as refused:
            store.add("event", {}, DAY)
    assert refused.value.code == "store_busy"
    assert len(store.entries()) == 1


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
def test_only_this_user_can_read_the_data_in_a_folder_others_look_into(tmp_path, clock):
    folder = tmp_path / "open"
    folder.mkdir(0o755)
    for _ in range(2):
        held = Store(folder, clock)
        held.add("event", {}, DAY)
        files = [p for p in folder.iterdir() if p.name.startswith("hairwise.db")]
        assert len(files) == 3
        assert {p.stat().st_mode & 0o077 for p in files} == {0}
        held.close()
        held.database.chmod(0o644)  # as earlier versions made it
