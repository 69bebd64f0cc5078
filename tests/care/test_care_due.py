"""What is due next comes from what was last done, never from the day a page is opened."""

from datetime import date, timedelta

import pytest

from hairwise import workflow
from hairwise.care.due import due_next
from hairwise.records.diary import Diary

TODAY = date(2026, 5, 2)


def due(today=TODAY, **lists):
    diary = Diary.model_validate({"schema": "needling-diary/1", "id": "d", "cutoff": today, **lists})
    result, _ = workflow.plan(diary, workflow.explain(diary).result)
    return {d.kind: d for d in due_next(diary, result, today)}


def count(day, method="wash"):
    return {"date": date(2026, 4, day), "method": method, "count": 40}


@pytest.mark.parametrize(("last", "day"), [(30, date(2026, 5, 7)), (25, TODAY), (5, TODAY)])
def test_a_count_is_due_a_week_after_the_last(last, day):
    told = due(counts=[count(1), count(last, "comb60")])["count"]
    assert told.day == day
    assert "60 seconds" in told.text


def test_a_wash_is_due_at_the_usual_gap_and_without_days_whenever_it_comes():
    days = [date(2026, 4, 20) + timedelta(days=4 * k) for k in range(4)]
    assert due(washes=days, counts=[count(1)])["wash"].day == date(2026, 5, 6)
    assert due(washes=days[:2], counts=[count(1)])["wash"].day is None


@pytest.mark.parametrize(
    ("days", "day"),
    [
        ([date(2026, 4, 10)], date(2026, 5, 8)),
        ([date(2026, 3, 10), date(2026, 4, 6)], date(2026, 6, 2)),  # taken a day early: counts
        ([date(2026, 1, 1), date(2026, 1, 29)], TODAY),
        ([], None),
    ],
)
def test_photos_are_due_four_and_twelve_weeks_after_the_first(days, day):
    photos = [{"date": d, "spot": "a", "file": f"{d}.jpg"} for d in days]
    assert (
        due(photos=photos, spots=[{"id": "a", "zone": "mid", "role": "rolled"}], counts=[count(1)])["photo"].day == day
    )


@pytest.mark.parametrize("photos", [[date(2026, 4, 10)], [date(2026, 1, 1), date(2026, 1, 29)], [date(2026, 2, 1)]])
def test_the_plan_names_the_same_days_and_ways(photos):
    diary = Diary.model_validate(
        {
            "schema": "needling-diary/1",
            "id": "d",
            "cutoff": TODAY,
            "counts": [count(1), count(28, "comb60")],
            "spots": [{"id": "a", "zone": "mid", "role": "rolled"}],
            "photos": [{"date": d, "spot": "a", "file": f"{d}.jpg"} for d in photos],
        }
    )
    result, _ = workflow.plan(diary, workflow.explain(diary).result)
    for told in due_next(diary, result, TODAY):
        if told.kind in ("count", "photo"):
            planned = [day for day in result.calendar if day.kind == told.kind]
            assert planned[0].date == told.day
            assert len({day.date for day in planned}) == len(planned)
            if told.kind == "count":
                assert planned[0].text == told.text


def test_the_next_check_does_not_move_on_with_the_days():
    answers = {"schema": "hairwise/answers/1", "today": date(2026, 4, 28)}
    days = {due(date(2026, 5, d), answers=answers, counts=[count(1)])["review"].day for d in (1, 2, 3)}
    assert len(days) == 1
    assert "review" not in due(counts=[count(1)])


def test_where_a_doctor_comes_first_nothing_is_counted():
    sick = [{"date": TODAY, "kind": "fever", "present": "yes"}, {"date": TODAY, "kind": "pus", "present": "yes"}]
    assert due(findings=sick, counts=[count(1)]) == {}
    worried = [{"date": TODAY, "kind": "severe_distress", "present": "yes"}]
    assert due(findings=worried, counts=[count(1)]) == {}
