import re
import time
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from hairwise.records.diary import Diary
from hairwise.report.timeline import TimelineSettings, draw_timeline

SVG = "{http://www.w3.org/2000/svg}"


def parse(diary):
    return ElementTree.fromstring(draw_timeline(diary))


def bare(**fields):
    return Diary(**({"schema": "needling-diary/1", "id": "t", "cutoff": "2026-03-31"} | fields))


def test_each_count_is_one_dot_and_nothing_is_drawn_through_them(diary):
    root = parse(diary)
    assert len(root.findall(f"{SVG}circle")) == len({(c.date, c.method, c.count) for c in diary.counts})
    assert not [p for p in root.findall(f"{SVG}path") if re.search("[CcQqSsTtAa]", p.get("d"))]
    assert not root.findall(f"{SVG}polyline")


def test_dots_stand_at_their_date_and_height():
    counts = [
        {"date": "2026-03-01", "method": "wash", "count": 0},
        {"date": "2026-03-11", "method": "wash", "count": 100},
        {"date": "2026-03-31", "method": "wash", "count": 200},
    ]
    dots = parse(bare(counts=counts)).findall(f"{SVG}circle")
    (x0, y0), (x1, y1), (x2, y2) = ((float(d.get("cx")), float(d.get("cy"))) for d in dots)
    settings = TimelineSettings()
    assert (x0, x2) == (settings.left, settings.width - settings.right)
    assert x1 == pytest.approx(x0 + (x2 - x0) / 3, abs=0.1)  # day 10 of 30; drawn to a tenth of a unit
    assert y1 == pytest.approx((y0 + y2) / 2, abs=0.1)


def test_a_method_has_its_own_panel_from_zero():
    counts = [
        {"date": "2026-03-01", "method": "wash", "count": 200},
        {"date": "2026-03-01", "method": "comb60", "count": 10},
    ]
    root = parse(bare(counts=counts))
    texts = [t.text for t in root.iter(f"{SVG}text")]
    assert texts.count("0") == 2
    ys = [float(d.get("cy")) for d in root.findall(f"{SVG}circle")]
    assert abs(ys[0] - ys[1]) == pytest.approx(TimelineSettings().panel, abs=0.1)


def test_one_tick_a_session_day(diary):
    ticks = [p.get("d") for p in parse(diary).findall(f"{SVG}path") if p.get("d").count("V") > 0]
    assert ticks[0].count("M") == len({s.date for s in diary.sessions})


def test_counts_of_one_side_are_hollow():
    count = {"date": "2026-03-01", "method": "comb60", "count": 10}
    dots = parse(bare(counts=[count, count | {"count": 5, "side": "left"}])).findall(f"{SVG}circle")
    assert sorted(dot.get("fill") for dot in dots) == ["#0072B2", "#ffffff"]


def test_labels_of_marked_days_and_events_are_there_and_do_not_overlap(diary):
    root = parse(diary)
    texts = {t.text: t for t in root.iter(f"{SVG}text")}
    for label in ("first session", "worried", "last day", "new shampoo", "\N{LEFTWARDS ARROW} stress, 15 Jan 2026"):
        assert label in texts
    many = [{"date": date(2026, 3, 3), "kind": k} for k in ("illness", "stress", "diet", "surgery", "new_medicine")]
    crowded = [t.text for t in parse(bare(events=many, start="2026-03-01")).iter(f"{SVG}text")]
    assert "\N{HORIZONTAL ELLIPSIS} and 2 more" in crowded


def test_text_of_the_person_is_escaped_and_nothing_is_fetched():
    treatments = [{"kind": "<script>&\x07\"'", "start": "2026-03-05"}]
    svg = draw_timeline(bare(treatments=treatments, start="2026-03-01"))
    ElementTree.fromstring(svg)
    assert b"<script" not in svg
    assert b"href" not in svg
    assert svg.count(b"http") == 1  # the namespace


@pytest.mark.parametrize("start", ["2026-03-31", "2024-03-30", "1996-01-01"])
def test_any_length_of_diary_has_a_time_axis(start):
    texts = [t.text for t in parse(bare(start=start)).iter(f"{SVG}text")]
    assert any("20" in text for text in texts)
    assert len(texts) < 30


def test_ten_years_of_daily_counts_stay_quick():
    days = [date(2016, 1, 1) + timedelta(k) for k in range(3653)]
    counts = [{"date": d, "method": "wash", "count": 50 + k % 90} for k, d in enumerate(days)]
    sessions = [{"date": d, "zone": "mid"} for d in days] * 3
    long = bare(counts=counts, sessions=sessions, cutoff="2025-12-31")
    start = time.process_time()
    svg = draw_timeline(long)
    assert time.process_time() - start < 2  # 0.1 s on a quiet core
    assert len(svg) < 500_000
