"""Zones of a session go together, days told twice are found, copies are looked up by their names alone."""

import io
import json
import os
import time
import zipfile
from datetime import date

import pytest
from pypdf import PdfReader

from hairwise import workflow
from hairwise.errors import Refused

DAY = "2026-03-01"
TODAY = date(2026, 3, 2)


@pytest.fixture
def store(tmp_path):
    held = workflow.open_store(tmp_path / "data")
    yield held
    held.close()


def session(*zones, **more):
    return [{"date": DAY, "zone": zone, "device": "roller", **more} for zone in zones]


def zones(groups):
    return [sorted(e.body["zone"] for e in group) for group in groups]


def test_zones_of_one_session_are_one_line_and_change_together(store):
    first = workflow.add_entries(store, "session", session("front", "vertex", needle_mm=0.5))
    workflow.add_entries(store, "session", session("mid", needle_mm=1.0))
    workflow.add_entries(store, "session", session("front", needle_mm=0.5))  # rolled again that day
    assert zones(workflow.log_page(store, ["session"], 40)[0]) == [["front"], ["mid"], ["front", "vertex"]]

    group = workflow.told_together(store, first[1])
    assert {e.id for e in group} == set(first)
    now = workflow.change_entries(store, group, session("vertex", "temples", needle_mm=0.25))
    assert first[1] in now  # the crown is still the same entry
    assert zones([workflow.told_together(store, now[0])]) == [["temples", "vertex"]]
    assert len(store.entries("session")) == 4

    workflow.delete_entries(store, now)
    assert zones(workflow.log_deleted(store, ["session"], 40)) == [["temples", "vertex"]]
    workflow.bring_entries_back(store, [e.id for e in workflow.told_together(store, now[0])])
    assert len(store.entries("session")) == 4


def test_a_change_that_cannot_be_leaves_the_whole_session_as_it_was(store):
    ids = workflow.add_entries(store, "session", session("front", "vertex"))
    group = workflow.told_together(store, ids[0])
    with pytest.raises(Refused):
        workflow.change_entries(store, group, session("front", "vertex", needle_mm=50))
    workflow.delete_entries(store, [ids[1]])
    with pytest.raises(Refused):  # one of them is gone meanwhile
        workflow.change_entries(store, group, session("front", "vertex", needle_mm=0.5))
    assert [e.body.get("needle_mm") for e in store.entries("session")] == [None]


def test_pages_hold_whole_days_and_reach_every_entry(store):
    for day in range(1, 6):
        bodies = [{"date": f"2026-02-0{day}", "method": "wash", "count": n} for n in range(3)]
        workflow.add_entries(store, "count", bodies)
    seen, before = [], None
    while True:
        groups, left, before = workflow.log_page(store, ["count"], 4, before)
        seen.append([(g[0].body["date"][-1:], g[0].body["count"]) for g in groups])
        if not left:
            break
    assert seen[0] == [("5", 2), ("5", 1), ("5", 0), ("4", 2), ("4", 1), ("4", 0)]
    assert [len(page) for page in seen] == [6, 6, 3]


@pytest.mark.parametrize(
    ("kind", "body", "other", "found"),
    [
        ("count", {"method": "wash", "count": 1}, {"method": "wash", "count": 2}, True),
        ("count", {"method": "wash", "count": 1}, {"method": "comb60", "count": 2}, False),
        ("count", {"method": "wash", "count": 1, "side": "left"}, {"method": "wash", "count": 2}, False),
        ("wash", {}, {}, True),
        ("symptom", {"itch": 1}, {"pain": 1}, True),
        ("session", {"zone": "mid"}, {"zone": "mid", "passes": 4}, True),
        ("session", {"zone": "mid"}, {"zone": "front"}, False),
    ],
)
def test_a_day_told_twice_is_found(store, kind, body, other, found):
    kept = workflow.add_entry(store, kind, {"date": DAY} | body)
    assert [e.id for e in workflow.told_already(store, kind, [{"date": DAY} | other])] == ([kept] if found else [])
    assert workflow.told_already(store, kind, [{"date": "2026-03-02"} | other]) == ()
    workflow.delete_entries(store, [kept])
    assert workflow.told_already(store, kind, [{"date": DAY} | other]) == ()


def test_signs_in_the_log_that_need_help_are_told_and_silence_is_none(store):
    assert workflow.red_flags(store, TODAY) is None
    workflow.add_entry(store, "finding", {"date": DAY, "kind": "breathing_trouble", "present": "yes"})
    told = workflow.red_flags(store, TODAY)
    assert told.urgency == "emergency"
    assert told.lock.on


def test_copies_are_put_back_and_removed_by_name_and_only_own_ones(store):
    workflow.add_entry(store, "wash", {"date": DAY})
    made = workflow.back_up(store)
    workflow.add_entry(store, "wash", {"date": "2026-03-02"})
    (store.folder / "backups" / "2026-03-01T120000.auto.db").write_bytes(b"")
    assert [(c.name, c.own) for c in workflow.copies_kept(store)][0] == (made.name, True)
    saved = workflow.restore_copy(store, made.name)
    assert saved is not None
    assert len(store.entries()) == 1
    for name in ("../hairwise.db", "hairwise.db", str(store.folder / "hairwise.db"), ""):
        for do in (workflow.delete_copy, workflow.restore_copy):
            with pytest.raises(Refused, match="not there"):
                do(store, name)
    with pytest.raises(Refused, match="automatic"):
        workflow.delete_copy(store, "2026-03-01T120000.auto.db")
    workflow.delete_copy(store, made.name)
    assert made.name not in {c.name for c in workflow.copies_kept(store)}


def test_files_on_their_way_do_not_stay_behind(store):
    path = store.folder / "passing" / "left"  # as if the program had been killed
    path.mkdir(parents=True)
    (path / "export.zip").write_bytes(b"all of it")
    workflow.passing_room(store).cleanup()
    assert path.exists()  # another window may be writing it
    old = time.time() - 2 * 86_400
    os.utime(path, (old, old))
    workflow.passing_room(store).cleanup()
    assert not path.exists()
    path.mkdir()
    workflow.delete_everything(store)
    assert list((store.folder / "passing").iterdir()) == []


def test_words_of_a_person_are_words_in_the_report_too(store):
    hostile = '#panic("x") $ \\ @a <b> = // /* [*'
    workflow.add_entry(store, "treatment", {"kind": hostile, "start": DAY})
    workflow.add_entries(store, "session", session("mid", products_within_24h=[hostile], device_id=hostile))
    told = workflow.tell_without_photos(workflow.dump(workflow.diary_kept(store, TODAY)), "the log")
    pages = PdfReader(io.BytesIO(workflow.report_pdf(told, TODAY))).pages
    assert '#panic("x") $ \\ @a <b> = // /* [*' in " ".join(page.extract_text() for page in pages).replace("\n", " ")


@pytest.mark.parametrize(
    ("kind", "body"), [("count", {"method": "wash", "count": 40}), ("symptom", {"pain": 0}), ("wash", {})]
)
def test_what_is_dated_ahead_waits_for_its_day_and_hides_no_sign(store, kind, body):
    workflow.add_entries(store, "session", session("front", needle_mm=0.5))
    workflow.add_entry(store, "symptom", {"date": "2026-03-07", "pain": 2})
    today = date(2026, 3, 8)
    flags, told = workflow.red_flags(store, today), workflow.stand(store, today).told.plan
    assert flags is not None
    workflow.add_entry(store, kind, body | {"date": "2030-03-08"})
    assert workflow.red_flags(store, today) == flags
    after = workflow.stand(store, today)
    assert after.told.plan.model_copy(update={"seconds": told.seconds}) == told
    assert workflow.diary_kept(store, today).cutoff == today
    listed = {"count": "counts", "symptom": "symptoms", "wash": "washes"}[kind]
    whole = workflow.diary_kept(store, date(2030, 3, 8))
    assert len(getattr(whole, listed)) == len(getattr(workflow.diary_kept(store, today), listed)) + 1
    workflow.export_data(store, store.folder / "all.zip", today)
    with zipfile.ZipFile(store.folder / "all.zip") as held:  # taken along all the same
        assert len(json.loads(held.read("diary/diary.json"))[listed]) == len(getattr(whole, listed))
