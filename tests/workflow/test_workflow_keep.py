"""A diary goes in and comes out the same; bad entries are refused by name; tables are safe to open."""

import csv
import io
import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.records.diary import Diary
from hairwise.simulate.people import draw_person
from hairwise.simulate.person import simulate_person
from hairwise.simulate.scalp import CameraSettings, SceneSettings, encode, make_scene, photograph
from hairwise.store.archive import write_archive
from hairwise.store.repository import KeptPhoto
from hairwise.workflow import keep

TODAY = date(2026, 3, 1)


@pytest.fixture
def store(tmp_path):
    held = workflow.open_store(tmp_path / "data")
    yield held
    held.close()


def test_many_at_once_keep_a_spot_and_a_zone_once(store):
    def zone(_):
        try:
            return workflow.add_entry(
                store, "zone", {"name": "mid", "area_cm2": 100, "needled": True, "growth": "thin"}
            )
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        spots = list(pool.map(lambda _: workflow.add_spot(store, "mid", "rolled"), range(16)))
        zones = list(pool.map(zone, range(16)))
    assert sorted(spots) == sorted(f"rolled-mid-{n + 1}" for n in range(16))
    assert zones.count("twice") == 15
    assert workflow.diary_kept(store, TODAY).zones[0].name == "mid"


@pytest.mark.parametrize("scenario", ["mechanical", "aga", "null"])
def test_a_diary_comes_out_as_it_went_in(store, scenario):
    raw, _ = simulate_person(draw_person(scenario, 3), 3)
    diary = Diary.model_validate(raw)
    workflow.keep_diary(store, diary)
    out = workflow.diary_kept(store, diary.cutoff)

    def sets(d):
        body = d.model_dump(mode="json", by_alias=True)
        lists = {k: sorted(json.dumps(x, sort_keys=True) for x in v) for k, v in body.items() if isinstance(v, list)}
        return body | lists

    assert sets(out) == sets(diary)
    again = workflow.explain(out).file
    assert again.p_real_loss == pytest.approx(workflow.explain(diary).file.p_real_loss, abs=1e-9)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("count", {"date": "2026-03-01", "method": "wash", "count": -1}, "count"),
        ("count", {"date": "soon", "method": "wash", "count": 1}, "date"),
        ("count", {"date": "2026-03-01", "method": "wash", "count": 1, "mood": 3}, "mood"),
        ("session", {"date": "2026-03-01", "zone": "elbow"}, "zone"),
        ("song", {}, "song"),
    ],
)
def test_a_bad_entry_is_refused_by_its_field_and_not_kept(store, kind, body, words):
    with pytest.raises(Refused, match=words):
        workflow.add_entry(store, kind, body)
    assert store.is_empty()


def test_an_entry_is_changed_to_another_of_its_kind_only(store):
    kept = workflow.add_entry(store, "count", {"date": "2026-03-01", "method": "wash", "count": 12})
    workflow.change_entry(store, kept, {"date": "2026-03-02", "method": "wash", "count": 13})
    assert store.entry(kept).day == date(2026, 3, 2)
    with pytest.raises(Refused):
        workflow.change_entry(store, kept, {"date": "2026-03-02", "kind": "stress"})
    assert store.entry(kept).body["count"] == 13


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("treatment", {"kind": "x", "start": "2026-03-01", "stop": "2026-02-01"}),
        ("count", {"date": "1899-12-31", "method": "wash", "count": 1}),
        ("zone", {"name": "mid", "area_cm2": 50, "needled": False}),
        ("spot", {"id": "a", "zone": "mid", "role": "control"}),
        ("change", {"spot": "b", "from": "2026-01-01", "to": "2026-02-01", "n_t0": 9, "lost": 1, "new": 0}),
        ("change", {"spot": "a", "from": "2026-02-02", "to": "2026-02-01", "n_t0": 9, "lost": 1, "new": 0}),
    ],
)
def test_what_would_spoil_the_diary_is_never_kept(store, kind, body):
    workflow.add_entry(store, "zone", {"name": "mid", "area_cm2": 50, "needled": True})
    workflow.add_entry(store, "spot", {"id": "a", "zone": "mid", "role": "rolled"})
    with pytest.raises(Refused):
        workflow.add_entry(store, kind, body)
    assert len(workflow.diary_kept(store, TODAY).zones) == 1


def test_a_spot_that_something_names_stays(store):
    spot = workflow.add_entry(store, "spot", {"id": "a", "zone": "mid", "role": "rolled"})
    change = {"spot": "a", "from": "2026-01-01", "to": "2026-02-01", "n_t0": 9, "lost": 1, "new": 0}
    named = workflow.add_entry(store, "change", change)
    with pytest.raises(Refused, match="Delete those first"):
        workflow.delete_entry(store, spot)
    workflow.delete_entry(store, named)
    workflow.delete_entry(store, spot)
    with pytest.raises(Refused, match="not kept"):
        workflow.bring_entry_back(store, named)
    assert workflow.diary_kept(store, TODAY).changes == ()


def test_a_diary_with_a_broken_or_double_photo_leaves_nothing(store):
    pixels = np.random.default_rng(2).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    good = encode(pixels, "jpg", 92)
    entry = {"date": "2026-02-01", "spot": "a"}
    raw = {
        "schema": "needling-diary/1", "id": "x", "cutoff": "2026-03-01",
        "spots": [{"id": "a", "zone": "mid", "role": "rolled"}],
        "photos": [entry | {"file": "a.jpg"}, entry | {"file": "b.jpg"}],
    }  # fmt: skip
    diary = Diary.model_validate(raw)
    for second, words in ((b"broken", "b.jpg"), (good, "same photo")):
        with pytest.raises(Refused, match=words):
            workflow.keep_diary(store, diary, {"a.jpg": good, "b.jpg": second}.__getitem__)
        assert store.is_empty()


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "bogus"},
        {"body": [1]},
        {"body": {"date": "2026-03-01"}},
        {"body": {"date": "2026-03-01", "method": "\ud800"}},
        {"day": date(9999, 12, 31)},
    ],
)
def test_rows_from_elsewhere_are_held_to_the_records(store, tmp_path, bad):
    workflow.add_entry(store, "count", {"date": "2026-03-01", "method": "wash", "count": 12})
    rows = store.rows()
    rows["entry"][0] |= bad
    store.fill(rows, replace=True)
    write_archive(store, tmp_path / "a.zip", {}, "0")
    other = workflow.open_store(tmp_path / "other")
    with pytest.raises(Refused):
        workflow.import_data(other, tmp_path / "a.zip")
    assert other.is_empty()
    with pytest.raises(Refused):
        workflow.restore_data(other, tmp_path / "a.zip")
    assert other.is_empty()
    other.close()


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Two photos of a spot, measured and compared."""
    folder = tmp_path_factory.mktemp("measured") / "data"
    store = workflow.open_store(folder)
    spot = workflow.add_spot(store, "mid", "rolled")
    scene = make_scene(SceneSettings(patch_mm=(4, 4)), 5)
    camera = CameraSettings(height_px=330, width_px=360, px_per_mm=120.0)
    kept = []
    for k, day in enumerate((date(2026, 1, 1), date(2026, 2, 1))):
        about = workflow.about_photo(f"{k}.png", "close_up", day, spot, (120.0, "clipped"))
        kept.append(workflow.add_photo(store, encode(photograph(scene, camera, k).rgb, "png", 0), about))
        workflow.ask_for(store, "measure", {"photo": kept[-1]})
    workflow.ask_for(store, "compare", {"before": kept[0], "after": kept[1]})
    hand = workflow.Hand()
    while (job := workflow.next_job(store)) is not None:
        hand.work(store, job)
    store.close()
    return folder


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("measurement", {"body": {}}), ("measurement", {"summary": [1]}), ("measurement", {"summary": None}),
        ("measurement", {"summary": {"count": "<b>"}}), ("comparison", {"body": "x"}), ("comparison", {"summary": {}}),
        ("comparison", {"summary": {"change": {"value": float("nan"), "lo": 0, "hi": 1}}}),
    ],
)  # fmt: skip
def test_a_reading_from_elsewhere_that_cannot_be_is_left_out_and_hides_nothing(measured, tmp_path, table, cells):
    shutil.copytree(measured, tmp_path / "data")
    store = workflow.open_store(tmp_path / "data")
    whole = store.rows()
    assert all(whole[name] for name in ("measurement", "comparison"))
    workflow.export_data(store, tmp_path / "whole.zip", TODAY)
    rows = {name: [dict(row) for row in held] for name, held in whole.items()}
    rows[table][0] |= cells
    store.fill(rows, replace=True)
    workflow.export_data(store, tmp_path / "a.zip", TODAY)  # nothing keeps a person from taking their data along
    store.close()
    for name, left in (("whole", 0), ("a", 1)):
        other = workflow.open_store(tmp_path / name)
        workflow.import_data(other, tmp_path / f"{name}.zip")
        assert len(whole[table]) - len(other.rows()[table]) == left
        assert len(workflow.spot_cards(other)) == 1
        assert workflow.stand(other, TODAY).told.why
        other.close()


def test_no_cell_of_an_export_is_a_formula(store, tmp_path):
    for words in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1"):
        workflow.add_entry(store, "treatment", {"kind": words, "start": "2026-03-01"})
    workflow.export_data(store, tmp_path / "a.zip", TODAY)
    with zipfile.ZipFile(tmp_path / "a.zip") as held:
        table = held.read("diary/treatments.csv").decode()
    assert all(row["kind"].startswith("'") for row in csv.DictReader(io.StringIO(table)))
    with pytest.raises(Refused, match="there already"):
        workflow.export_data(store, tmp_path / "a.zip", TODAY)


def test_a_close_up_needs_its_spot(store):
    about = KeptPhoto("", "", "a.jpg", "close_up", TODAY, "r1", None, None)
    with pytest.raises(Refused, match="spot"):
        workflow.add_photo(store, b"", about)
    assert store.photos() == []


def test_every_list_of_a_diary_has_its_kind():
    lists = {name for name, field in Diary.model_fields.items() if "tuple" in str(field.annotation)}
    assert lists - {"photos"} == {field for field, _ in keep.KINDS.values()} - {"answers"}


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused) as refused:
        workflow.open_store(tmp_path / "file" / "data")
    assert refused.value.code == "no_data_folder"


def test_photos_of_a_diary_go_out_and_come_back(store, tmp_path):
    pixels = np.random.default_rng(2).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    (tmp_path / "a.jpg").write_bytes(encode(pixels, "jpg", 92))
    raw = {
        "schema": "needling-diary/1", "id": "x", "cutoff": "2026-03-01",
        "spots": [{"id": "r1", "zone": "vertex", "role": "rolled"}],
        "photos": [{"date": "2026-02-01", "spot": "r1", "file": "a.jpg", "px_per_mm": 120.0}],
    }  # fmt: skip
    (tmp_path / "diary.json").write_text(json.dumps(raw))
    diary = workflow.read_diary(tmp_path / "diary.json")
    assert workflow.keep_diary(store, diary, workflow.photo_reader(tmp_path / "diary.json")) == 2
    kept = store.photos()[0]
    assert (kept.spot, kept.px_per_mm) == ("r1", 120.0)
    workflow.export_data(store, tmp_path / "a.zip", TODAY)
    other = workflow.open_store(tmp_path / "other")
    workflow.import_data(other, tmp_path / "a.zip")
    assert other.rows() == store.rows()
    assert other.photo_bytes(kept.sha256) == store.photo_bytes(kept.sha256)
    told = workflow.diary_kept(other, TODAY)
    assert told.photos[0].file == f"photos/{kept.sha256}.jpg"
    other.close()


def test_the_log_knows_what_only_the_check_was_told(store):
    """Without the first session a loss after it looks like one before, and one count would call it nothing."""
    told = {
        "schema": "hairwise/answers/1", "today": "2026-02-20", "first_session": "2026-01-10",
        "last_session": "2026-02-14", "loss": {"noticed": "yes", "onset": "2026-02-01"},
        "zones": [{"zone": "mid", "rolled": True, "growth": "good"}],
        "events": [{"kind": "illness", "date": "2025-12-01"}],
    }  # fmt: skip
    workflow.add_entry(store, "answers", told)
    workflow.add_entry(store, "session", {"date": "2026-02-14", "zone": "mid"})
    out = workflow.diary_kept(store, TODAY)
    assert (out.first_session, out.concern) == (date(2026, 1, 10), date(2026, 2, 1))
    assert [(z.name, z.needled) for z in out.zones] == [("mid", True)]
    assert [e.kind for e in out.events] == ["illness"]
    workflow.add_entry(store, "event", {"date": "2025-12-03", "kind": "illness"})
    assert [e.date for e in workflow.diary_kept(store, TODAY).events] == [date(2025, 12, 3)]  # the log's word counts
