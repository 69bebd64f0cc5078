"""Kept photos are measured, compared and followed as work; what they show joins the diary; marks stay beside it."""

from datetime import date

import numpy as np
import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.records.files import NewEntry
from hairwise.simulate.scalp import (
    AgeSettings,
    CameraSettings,
    SceneSettings,
    age_scene,
    encode,
    make_scene,
    photograph,
)
from hairwise.store.jobs import get_job, take_next
from hairwise.store.repository import KeptPhoto
from hairwise.workflow import work as of_work
from hairwise.workflow.album import about_photo
from hairwise.workflow.measured import (
    changes_over_time,
    measured_changes,
    measured_contrasts,
    measured_densities,
    pair_of,
)
from hairwise.workflow.work import Hand, ask_for

SCALE = 120.0
CAMERA = CameraSettings(height_px=600, width_px=760, px_per_mm=SCALE)
FIRST, LAST = date(2026, 1, 5), date(2026, 3, 2)


@pytest.fixture(scope="module")
def two():
    scene = make_scene(SceneSettings(patch_mm=(7, 8)), 5)
    later = age_scene(scene, AgeSettings(lost_share=0.4, new_share=0.0), 2)
    return [encode(photograph(s, CAMERA, k).rgb, "png", 0) for k, s in enumerate((scene, later))]


@pytest.fixture(scope="module")
def kept(two, tmp_path_factory):
    """A store with one spot, two photos, measured and compared."""
    store = workflow.open_store(tmp_path_factory.mktemp("album") / "data")
    spot = workflow.add_spot(store, "mid", "rolled")
    shas = [
        workflow.add_photo(store, data, about_photo("x.png", "close_up", day, spot, (SCALE, "clipped")))
        for data, day in zip(two, (FIRST, LAST), strict=True)
    ]
    hand = Hand()
    for kind, args in (
        *(("measure", {"photo": sha}) for sha in shas),
        ("compare", {"before": shas[0], "after": shas[1]}),
    ):
        work(store, hand, kind, args)
    yield store, shas
    store.close()


def work(store, hand, kind, args):
    job_id = ask_for(store, kind, args)
    hand.work(store, take_next(store))
    return get_job(store, job_id)


def test_a_measurement_that_is_still_running_when_all_is_forgotten_holds_no_pixels(two, monkeypatch):
    hand, photo = Hand(), about_photo("x.png", "close_up", FIRST, None, (SCALE, "clipped"))

    def measure(data, name, px_per_mm):
        hand.forget()  # all is deleted meanwhile
        return object()

    monkeypatch.setattr(of_work, "measure_photo", measure)
    hand._measured(photo, two[0])
    assert hand._held == {}


def test_measured_photos_show_as_the_command_measures_them(kept, two):
    store, shas = kept
    file = workflow.hairs_kept(store, shas[0])
    direct = workflow.measure_photo(two[0], "x.png", SCALE).file
    assert file.hairs == direct.hairs
    card = workflow.spot_cards(store)[0]
    assert card.name == "Rolled spot, middle of the top"
    assert card.photos[0].summary["count"] == direct.count.model_dump()
    assert card.photos[0].size_px == (760, 600)


def test_the_change_joins_the_diary_and_densities_the_chart(kept):
    store, shas = kept
    pair = workflow.pair_kept(store, *shas)
    assert len(pair.lost) >= 5
    told = workflow.diary_kept(store, date(2026, 4, 1)).changes
    assert [(c.from_, c.to, c.lost, c.n_t0) for c in told] == [
        (FIRST, LAST, len(pair.lost), pair.n_t0 - len(pair.out_of_view))
    ]
    assert told == measured_changes(store)
    assert [d.date for d in measured_densities(store)] == [FIRST, LAST]


def test_rolled_is_held_against_unrolled_where_both_were_photographed_on_the_same_days(tmp_path):
    store = workflow.open_store(tmp_path / "data")
    for role, lost in (("rolled", 30), ("control", 2)):
        spot = workflow.add_spot(store, "mid", role)
        shas = [
            store.add_photo(f"{role}{day}".encode(), KeptPhoto("", ".png", "x", "close_up", day, spot, None, None))
            for day in (FIRST, LAST)
        ]
        pct = {"value": -lost, "lo": -lost - 4, "hi": -lost + 4, "level": 0.95}
        told = {"change_pct": pct, "change": pct, "n_t0": 100, "lost": lost, "new": 0}
        assert measured_contrasts(store) == ()
        store.add_comparison(*shas, {"method_version": "1", "settings": {}, "body": {}, "summary": told})
    (contrast,) = measured_contrasts(store)
    assert contrast.verdict == "rolled_lost_more"
    assert contrast.difference.value == pytest.approx(-28)
    assert "fewer hairs of 100 (95% interval), from 5 January 2026 to 2 March 2026" in workflow.contrast_line(contrast)
    store.delete_photo(shas[0])
    assert measured_contrasts(store) == ()
    store.close()


def test_each_hair_is_followed(kept):
    store, _ = kept
    job = work(store, Hand(), "follow", {"spot": "rolled-mid-1"})
    assert job.state == "done"
    told = workflow.spot_series(job.result["series"])
    assert [v.date for v in told.visits] == [FIRST, LAST]
    assert sum(h.states == ("present", "absent") for h in told.hairs) >= 5


def test_what_was_followed_is_found_again_until_a_photo_changes(kept):
    store, shas = kept
    spot = "rolled-mid-1"
    job = work(store, Hand(), "follow", {"spot": spot})
    assert workflow.followed(store, spot) == job.result
    store.rescale_photo(shas[1], SCALE + 1)
    assert workflow.followed(store, spot) is None
    store.rescale_photo(shas[1], SCALE)
    assert workflow.followed(store, spot) == job.result
    store.delete_photo(shas[0])
    assert workflow.followed(store, spot) is None
    store.bring_photo_back(shas[0])
    assert workflow.followed(store, workflow.add_spot(store, "vertex", "control")) is None


def test_the_fates_of_a_pair_add_up_and_its_new_hairs_lie_on_the_first_photo(kept):
    store, shas = kept
    pair = workflow.pair_kept(store, *shas)
    still = dict(workflow.fate_counts(pair.n_t0, len(pair.lost), len(pair.hidden), len(pair.out_of_view)))
    assert sum(still.values()) == pair.n_t0
    assert 0 <= len(pair.kept) - still["still there"] <= 2  # those that only the second photo lists
    x, y = pair.registration.points_t1[0]
    new = pair.model_copy(update={"new": (NewEntry(t1=(x, y), p=1.0),)})
    ((back_x, back_y),) = workflow.new_on_first(new)
    there = np.asarray(pair.registration.homography) @ (back_x, back_y, 1)
    assert there[:2] / there[2] == pytest.approx((x, y), abs=1e-6)
    assert workflow.new_on_first(pair.model_copy(update={"registration": None})) == []


def test_a_scale_given_later_names_the_work_that_is_to_be_done_anew(kept):
    store, shas = kept
    assert workflow.give_scale(store, shas[1], SCALE) == [
        ("measure", {"photo": shas[1]}),
        ("compare", {"before": shas[0], "after": shas[1]}),
    ]
    with pytest.raises(Refused):
        workflow.give_scale(store, "f" * 64, SCALE)


def test_marks_stay_beside_the_measurement(kept):
    store, shas = kept
    before = workflow.hairs_kept(store, shas[0])
    root = before.hairs[0].root
    mark = workflow.add_mark(store, shas[0], "not_a_hair", *root)
    assert workflow.is_marked(workflow.marks(store, shas[0]), root) == mark
    assert workflow.is_marked(workflow.marks(store, shas[0]), (root[0] + 9, root[1])) is None
    assert workflow.hairs_kept(store, shas[0]) == before
    for kind, x, words in (
        ("wart", 5, "no mark"),
        ("missed_hair", 761, "outside"),
        ("missed_hair", float("nan"), "out"),
    ):
        with pytest.raises(Refused, match=words):
            workflow.add_mark(store, shas[0], kind, x, 5)


def test_a_photo_that_cannot_be_measured_is_kept_and_does_not_count(kept):
    store, shas = kept
    flat = encode(np.full((600, 760, 3), 150, np.uint8), "png", 0)
    about = about_photo("soft.png", "close_up", date(2026, 3, 9), "rolled-mid-1", (SCALE, None))
    sha = workflow.add_photo(store, flat, about)
    work(store, Hand(), "measure", {"photo": sha})
    work(store, Hand(), "compare", {"before": shas[0], "after": sha})
    card = workflow.photo_card(store, sha)
    summary = workflow.pair_summary(store, shas[0], sha)
    assert summary["refused"]["why"]
    assert workflow.change_line(summary) == "These two photos cannot be compared."
    assert workflow.spot_card(store, "rolled-mid-1").change.after.sha256 == shas[1]  # the last that could answer
    assert workflow.flag_lines(card.summary)


def test_the_same_photo_is_kept_in_one_place(kept, two):
    store, _ = kept
    with pytest.raises(Refused, match="kept already"):
        workflow.add_photo(store, two[0], about_photo("x.png", "head", FIRST, None, (None, None)))


def test_a_spot_is_never_another_ones_name(tmp_path):
    store = workflow.open_store(tmp_path / "data")
    first = workflow.add_spot(store, "mid", "rolled")
    workflow.delete_entry(store, store.entries("spot")[0].id)
    assert workflow.add_spot(store, "mid", "rolled") != first  # photos of the deleted one may come back
    store.close()


def test_a_mean_beside_its_interval_of_whole_hairs_is_no_error(tmp_path):
    store = workflow.open_store(tmp_path / "data")
    spot = workflow.add_spot(store, "mid", "rolled")
    shas = [
        store.add_photo(str(day).encode(), KeptPhoto("", ".png", "x", "close_up", day, spot, None, None))
        for day in (FIRST, LAST)
    ]
    told = {"change": {"value": 0.02, "lo": 0.0, "hi": 0.0}, "n_t0": 9, "lost": 0, "new": 0}
    store.add_comparison(*shas, {"method_version": "1", "settings": {}, "body": {}, "summary": told})
    assert measured_changes(store)[0].change.value == 0
    assert workflow.diary_kept(store, date(2026, 4, 1)).changes[0].n_t0 == 9
    store.close()


def test_the_photos_of_a_change_are_those_its_numbers_came_from(kept):
    store, shas = kept
    again = KeptPhoto("", ".png", "again.png", "close_up", LAST, "rolled-mid-1", SCALE, None)
    twin = store.add_photo(b"a second photo of that day", again)
    told = {"change": {"value": -1, "lo": -2, "hi": 0}, "n_t0": 9, "lost": 1, "new": 0}
    store.add_comparison(shas[0], twin, {"method_version": "1", "settings": {}, "body": {}, "summary": told})
    (change,) = measured_changes(store)
    before, after, summary = pair_of(store, change)
    assert (summary["n_t0"], summary["lost"]) == (change.n_t0, change.lost)
    assert after.sha256 == max(shas[1], twin)
    store.delete_photo(twin)


def test_matched_changes_join_the_timeline(kept):
    store, _ = kept
    (change,) = changes_over_time(store)
    assert change == measured_changes(store)[0]
    panel = next(p for p in workflow.kept_timeline(store, LAST).line.panels if p.kind == "change")
    assert [(d.day, d.value) for d in panel.dots] == [(LAST, round(change.change.value, 1))]


def test_work_on_what_is_not_there_is_refused(kept):
    store, shas = kept
    for kind, args in (
        ("paint", {}),
        ("measure", {"photo": "f" * 64}),
        ("compare", {"before": shas[0]}),
        ("follow", {"spot": "no"}),
    ):
        with pytest.raises(Refused):
            ask_for(store, kind, args)


def test_a_photo_deleted_while_its_work_waits_is_not_measured(kept):
    store, shas = kept
    job_id = ask_for(store, "measure", {"photo": shas[1]})
    store.delete_photo(shas[1])
    n = len(store.measurements(shas[1]))
    Hand().work(store, take_next(store))
    store.bring_photo_back(shas[1])
    assert get_job(store, job_id).state == "refused"
    assert len(store.measurements(shas[1])) == n


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({"right_mm": 0.2, "down_mm": -0.1, "turn_deg": 1}, "It lies well"),
        (
            {"right_mm": -1.25, "down_mm": 3, "turn_deg": 12},
            "move 1.2 mm left, move 3.0 mm down, turn 12 degrees clock",
        ),
        (None, None),
    ],
)
def test_how_to_hold_the_camera_next_time(moved, words):
    told = workflow.move_line({"moved": moved})
    assert told is None if words is None else words in told
