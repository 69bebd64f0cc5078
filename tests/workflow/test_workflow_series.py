"""A diary's spots over their visits: what is followed, what is said, what is refused."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.records.diary import Diary
from hairwise.workflow import spots
from hairwise.workflow import visits as series
from hairwise.workflow.photos import compare_photos


@pytest.fixture(scope="module", autouse=True)
def remembered():
    """Measure and compare each photo once: the same bytes give the same answer, and each takes seconds."""
    measured, compared = cache(series.measure_photo), {}

    def compare(before, after):
        key = before.photo.sha256, after.photo.sha256
        if key not in compared:
            compared[key] = compare_photos(before, after)
        return compared[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series, "measure_photo", measured)
        patch.setattr(series, "compare_photos", compare)
        patch.setattr(spots, "measure_photo", measured)
        patch.setattr(spots, "compare_photos", compare)
        yield


@pytest.fixture(scope="module")
def files():
    """A rolled spot that lost three hairs in ten and an unrolled one that lost none, two visits."""
    return workflow.simulate_series(5, (0.3, 0.0), visits=2)


@pytest.fixture(scope="module")
def diary(files):
    return Diary.model_validate(json.loads(files["diary.json"]))


@pytest.fixture(scope="module")
def told(files, diary):
    steps = []
    file = workflow.series(diary, files.__getitem__, steps.append)
    assert len(steps) == workflow.n_series_steps(diary) == 4
    return file


def test_the_rolled_spot_is_told_from_the_unrolled(told):
    (contrast,) = told.contrasts
    assert contrast.rolled_spots == ("rolled-front",)
    assert contrast.control_spots == ("control-occiput",)
    assert contrast.difference.lo <= -30 <= contrast.difference.hi
    assert contrast.verdict == "rolled_lost_more"
    assert contrast.smallest_detectable < 30


def test_every_listed_hair_of_the_first_visit_has_a_life(told):
    for spot in told.spots:
        first, last = spot.visits
        assert first.change_pct is None
        assert last.change_pct.lo <= last.change_pct.value <= last.change_pct.hi
        here = [hair for hair in spot.hairs if hair.states[0] == "present"]
        assert len(here) >= first.n_hairs
        assert {s for hair in spot.hairs for s in hair.states} <= {
            "present",
            "absent",
            "hidden",
            "out_of_view",
            "not_yet",
        }
        both = [hair for hair in here if hair.states[1] == "present" and None not in hair.diameter_um]
        assert len(both) >= 10
        assert spot.growth is None  # four weeks apart and clipped anew


def test_fates_are_those_of_the_truth(told, files):
    spot = told.spots[0]
    entry = json.loads(files["rolled-front-2026-02-02-1.truth.json"])
    first = json.loads(files["rolled-front-2026-01-05-1.truth.json"])
    gone = set(entry["lost_hair_id"])
    near = [
        min(first["hairs"], key=lambda h, at=hair.root: (h["root"][0] - at[0]) ** 2 + (h["root"][1] - at[1]) ** 2)
        for hair in spot.hairs
        if hair.states == ("present", "absent")
    ]
    assert len(near) >= 5
    assert sum(h["hair_id"] in gone for h in near) >= 0.8 * len(near)


def test_it_is_said_interval_first(told):
    text = workflow.series_text(told, "diary.json")
    assert "rolled-front (rolled, front)" in text
    said = " ".join(text.split())
    assert "The rolled skin lost more than the unrolled skin." in said
    assert "not why" in said
    assert max(len(line) for line in text.splitlines()) <= 100


def test_a_visit_that_cannot_answer_is_said_and_the_rest_goes_on(files, diary):
    blank = {**files, "control-occiput-2026-02-02-1.jpg": files["rolled-front-2026-02-02-1.jpg"]}
    told = workflow.series(diary, blank.__getitem__, lambda _: None)
    control = told.spots[1]
    assert control.visits[1].refused.code == "different_spot"
    assert told.contrasts == ()
    assert "cannot answer" in workflow.series_text(told, "diary.json")


def test_a_first_visit_that_cannot_be_measured_leaves_the_rest(files, diary):
    early = diary.photos[0].model_copy(update={"file": "blank.jpg", "date": diary.photos[0].date - timedelta(days=7)})
    one = diary.model_copy(update={"photos": (early, *(p for p in diary.photos if p.spot == early.spot))})
    told = workflow.series(one, {**files, "blank.jpg": b"no photo"}.__getitem__, lambda _: None).spots[0]
    assert told.visits[0].refused is not None
    assert told.visits[1].change_pct is None
    assert told.visits[2].change_pct is not None
    assert len(told.hairs[0].states) == 2  # of the visits that could be compared


def test_a_photo_of_an_unknown_spot_is_refused_by_name(diary):
    raw = json.loads(diary.model_dump_json(by_alias=True))
    raw["photos"][0]["spot"] = "zzz"
    with pytest.raises(ValueError, match="zzz"):
        Diary.model_validate(raw)


def test_one_visit_is_no_series(diary, files):
    one = diary.model_copy(update={"photos": diary.photos[:1]})
    with pytest.raises(Refused) as refusal:
        workflow.series(one, files.__getitem__, lambda _: None)
    assert refusal.value.code == "no_series"
    assert workflow.refused_series(refusal.value).refused.code == "no_series"


def test_impossible_series_are_refused():
    for arguments in ({"visits": 1}, {"repeats": 9}, {"lost_shares": (1.2, 0.0)}):
        with pytest.raises(Refused) as refusal:
            workflow.simulate_series(1, **arguments)
        assert refusal.value.code == "impossible_phantom"


@pytest.fixture(scope="module")
def two(files, diary):
    """Both photos of the rolled spot, measured."""
    entries = [p for p in diary.photos if p.spot == "rolled-front"]
    return [workflow.measure_photo(files[p.file], p.file, p.px_per_mm) for p in entries]


def test_swapped_photos_mirror_with_doubtful_finds_and_residues(two):
    there, back = (workflow.compare_photos(*order).change for order in (two, two[::-1]))
    assert len(there.hairs_t0) > len(two[0].hairs)  # doubtful finds take part
    assert len(there.hairs_t0) >= len(two[0].finds)
    assert back.new.tolist() == there.lost.tolist()
    assert back.lost.tolist() == there.new.tolist()
    assert (back.change.lo, back.change.hi) == (-there.change.hi, -there.change.lo)


def test_every_listed_hair_has_one_fate_and_no_find_has_two(two):
    change = workflow.compare_photos(*two).change
    kept = change.kept.hair_t0[change.kept.hair_t0 >= 0]
    fates = [*kept.tolist(), *change.lost.tolist(), *change.hidden.tolist(), *change.out_of_view.tolist()]
    assert len(fates) == len(set(fates))
    assert set(range(len(two[0].hairs))) <= set(fates)
    assert change.n_t0 == len(fates)


def test_lives_follow_the_repeat_that_could_be_compared(files, diary):
    wrong = diary.photos[-1].model_copy(update={"spot": "rolled-front", "file": "other.jpg"})
    good = [p for p in diary.photos if p.spot == "rolled-front"]
    one = diary.model_copy(update={"photos": (good[0], wrong, good[1])})
    photos = {**files, "other.jpg": files[diary.photos[-1].file]}
    told = workflow.series(one, photos.__getitem__, lambda _: None).spots[0]
    plain = workflow.series(diary, files.__getitem__, lambda _: None).spots[0]
    assert told.visits[1].photos == 2
    assert len(told.hairs) == 0 or [h.states for h in told.hairs] == [h.states for h in plain.hairs]
    assert told.visits[1].change_pct == plain.visits[1].change_pct


def test_one_photo_named_twice_is_no_repeat(files, diary):
    twice = diary.model_copy(update={"photos": (*diary.photos, *diary.photos)})
    told = workflow.series(twice, files.__getitem__, lambda _: None)
    plain = workflow.series(diary, files.__getitem__, lambda _: None)
    assert told.contrasts == plain.contrasts
    assert [v.photos for s in told.spots for v in s.visits] == [1] * 4


def test_a_photo_named_for_two_days_says_nothing_of_the_second(files, diary):
    last = diary.photos[-1]
    again = last.model_copy(update={"date": last.date + timedelta(days=9)})
    one = diary.model_copy(update={"photos": (*diary.photos, again)})
    told = workflow.series(one, files.__getitem__, lambda _: None)
    (visits,) = [spot.visits for spot in told.spots if spot.spot == last.spot]
    assert [v.refused.code if v.refused else None for v in visits] == [None, None, "same_photo"]
    assert str(last.date) in visits[2].refused.why


def test_a_report_holds_a_spot_over_the_same_days_as_a_series(files, diary):
    mine = [p for p in diary.photos if p.spot == diary.spots[0].id]
    early = mine[0].model_copy(update={"date": mine[0].date - timedelta(days=9), "file": "blank.jpg"})
    late = mine[-1].model_copy(update={"date": mine[-1].date + timedelta(days=9), "file": "blank.jpg"})
    beside = mine[0].model_copy(update={"file": "blank.jpg"})
    again = mine[-1].model_copy(update={"file": mine[0].file})  # a repeat of the last day, not the one shown
    photos = (early, beside, *mine, again, late)
    one = diary.model_copy(update={"photos": photos})
    read = {**files, "blank.jpg": b"no photo"}.__getitem__
    (told,) = [r for r in spots.compare_spots(one, read, lambda _: None) if r.spot == diary.spots[0]]
    assert (told.first, told.last, told.refused) == (mine[0], mine[-1], None)
    assert [entry for entry, _ in told.passed_over] == [early, beside, late]
    followed = workflow.series(one, read, lambda _: None).spots[0]
    counted = [v.date for v in followed.visits if v.refused is None]
    assert (counted[0], counted[-1]) == told.dates
    bad = diary.model_copy(update={"photos": (early, late, mine[0])})
    (none,) = spots.compare_spots(bad, read, lambda _: None)
    assert none.compared is None
    assert none.refused is not None
    assert none.refused.code == "not_an_image"
    same_day = diary.model_copy(update={"photos": (mine[0], mine[0].model_copy(update={"file": mine[1].file}))})
    assert spots.compare_spots(same_day, read, lambda _: None) == ()


def test_a_spot_that_cannot_answer_stands_among_the_limits(files, diary):
    last = diary.photos[-1]
    same = last.model_copy(update={"file": next(p.file for p in diary.photos if p.spot == last.spot)})
    told = workflow.tell(
        diary.model_copy(update={"photos": (*diary.photos[:-1], same)}), files.__getitem__, lambda _: None
    )
    for limits in (told.why.limits, told.why_result.limits):
        assert limits[0].text.startswith(f"Photos of the spot {last.spot} could not be compared")


def test_visits_whose_cameras_tell_another_order_are_noted(files, diary, monkeypatch):
    day = {p.file: f"{2027 - k}:03:07 08:15:00" for k, p in enumerate(diary.photos)}
    plain = series.measure_photo

    def dated(data, name, scale):
        m = plain(data, name, scale)
        return replace(m, photo=replace(m.photo, taken_at=day[name]))

    monkeypatch.setattr(series, "measure_photo", dated)
    told = workflow.series(diary, files.__getitem__, lambda _: None)
    assert [v.flags for v in told.spots[0].visits] == [(), ("reversed",)]
    assert "the other way round" in " ".join(workflow.series_text(told, "x").split())
