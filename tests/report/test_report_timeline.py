from datetime import date, timedelta

import pytest

from hairwise.records.diary import Diary
from hairwise.report.timeline import MOST_DOTS, Span, summary, timeline_of, whole_span


def bare(**fields):
    return Diary(**({"schema": "needling-diary/1", "id": "t", "cutoff": "2026-03-31"} | fields))


def daily(n, start=date(2025, 1, 6), **fields):
    return [{"date": start + timedelta(k), "method": "wash", "count": 50 + k % 40} | fields for k in range(n)]


def test_each_count_is_one_dot_and_no_day_is_made_up(diary):
    line = timeline_of(diary)
    dots = [(p.title, d.day, d.value) for p in line.panels for d in p.dots]
    names = {"wash": "hairs per wash", "comb60": "hairs in a 60-second comb"}
    assert sorted(dots) == sorted((names[c.method], c.date, c.count) for c in diary.counts)
    assert list(line.sessions) == sorted({s.date for s in diary.sessions})


def test_many_counts_are_gathered_by_week_with_what_each_week_held():
    line = timeline_of(bare(counts=daily(MOST_DOTS + 10), cutoff="2025-12-31"))
    (panel,) = line.panels
    assert panel.by_week
    first = panel.dots[0]  # 6 January 2025 is a Monday: 50, 51 .. 56
    assert (first.day, first.value, first.lo, first.hi, first.n) == (date(2025, 1, 9), 53, 50, 56, 7)
    assert sum(dot.n for dot in panel.dots) == MOST_DOTS + 10
    near = timeline_of(
        bare(counts=daily(MOST_DOTS + 10), cutoff="2025-12-31"), Span(date(2025, 2, 1), date(2025, 3, 1))
    )
    assert not near.panels[0].by_week
    assert len(near.panels[0].dots) == 29


def test_a_week_without_counts_stays_a_gap():
    counts = daily(150) + daily(150, date(2025, 9, 1))
    panel = timeline_of(bare(counts=counts)).panels[0]
    gap = [d for d in panel.dots if date(2025, 6, 10) < d.day < date(2025, 8, 30)]
    assert panel.by_week
    assert gap == []


def test_counts_of_one_side_stay_apart_from_whole_ones():
    counts = daily(150) + daily(150, side="left")
    panel = timeline_of(bare(counts=counts)).panels[0]
    assert {d.where for d in panel.dots} == {"", "left side"}
    assert all(d.n <= 7 for d in panel.dots)


def test_densities_keep_their_intervals_and_zones_apart():
    told = [
        {"date": "2026-03-01", "zone": "mid", "hairs_per_cm2": 150, "lo": 130, "hi": 171},
        {"date": "2026-03-02", "zone": "front", "hairs_per_cm2": 90},
    ]
    panels = timeline_of(bare(density=told)).panels
    told = [(p.title.split(", ")[1], p.dots[0].lo, p.dots[0].hi) for p in panels]
    assert told == [("front", None, None), ("middle of the top", 130, 171)]


def test_two_spots_of_one_zone_have_a_panel_each():
    told = {"date": "2026-03-01", "zone": "mid", "hairs_per_cm2": 150, "lo": 130, "hi": 171}
    names = ("rolled-mid-1", "rolled-mid-2")
    spots = [{"id": name, "zone": "mid", "role": "rolled"} for name in names]
    panels = timeline_of(bare(density=[told | {"photo": name} for name in names], spots=spots)).panels
    where = [p.title.split(", ")[1] for p in panels]
    assert where == ["middle of the top (rolled spot)", "middle of the top (rolled spot rolled-mid-2)"]


@pytest.mark.parametrize(
    ("half", "spans"),
    [
        ("N", [(date(2025, 10, 1), date(2025, 11, 30))]),
        ("S", [(date(2025, 4, 1), date(2025, 5, 31))]),
        (None, []),
    ],
)
def test_the_season_is_shaded_only_where_the_half_of_the_world_is_told(half, spans):
    line = timeline_of(bare(hemisphere=half), Span(date(2025, 3, 1), date(2026, 2, 1)), (10, 11))
    assert [(s.first, s.last) for s in line.season] == spans


def test_a_season_over_new_year_is_one_span():
    line = timeline_of(bare(hemisphere="N"), Span(date(2025, 8, 1), date(2026, 3, 1)), (12, 1))
    assert [(s.first, s.last) for s in line.season] == [(date(2025, 12, 1), date(2026, 1, 31))]


def test_what_came_before_is_named_only_where_the_beginning_is_shown(diary):
    def before(span):
        return [m.label for m in timeline_of(diary, span).marks if m.is_before]

    assert before(None) == ["stress"]
    assert before(Span(date(2026, 3, 1), date(2026, 5, 2))) == []


def test_a_treatment_is_shown_while_in_use_in_plain_letters():
    told = [{"kind": "a\x07\nb", "start": "2024-01-01"}, {"kind": "old", "start": "2020-01-01", "stop": "2020-02-01"}]
    spells = timeline_of(bare(treatments=told, start="2026-01-01")).spells
    assert [(s.label, s.stop) for s in spells] == [("a b", None)]


def test_the_margin_is_gathered_but_not_told(diary):
    span = Span(date(2026, 3, 20), date(2026, 4, 1))
    wide = timeline_of(diary, span, margin_days=30)
    assert len(wide.panels[0].dots) > len(timeline_of(diary, span).panels[0].dots)
    assert summary(wide) == summary(timeline_of(diary, span))


def test_the_summary_counts_what_is_shown(diary):
    assert summary(timeline_of(diary)) == (
        f"{len(diary.counts)} counts, 0 density values and 7 session days from 21 February 2026 to 2 May 2026."
    )


@pytest.mark.parametrize("start", ["2026-03-31", "2024-03-30", "1996-01-01"])
def test_any_diary_has_a_span_of_a_week_at_least(start):
    assert whole_span(bare(start=start)).days >= 7


@pytest.mark.parametrize("last", [date(2026, 3, 2) + timedelta(days=k) for k in range(7)])
def test_no_count_is_left_out_of_the_week_that_has_only_begun(last):
    counts = [{"date": (last - timedelta(days=k)).isoformat(), "method": "wash", "count": 40} for k in range(300)]
    line = timeline_of(
        Diary.model_validate({"schema": "needling-diary/1", "id": "x", "cutoff": last.isoformat(), "counts": counts})
    )
    assert summary(line).startswith("300 counts")
