import json
import re
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from hairwise.records.diary import Diary
from hairwise.report.chart import DARK, LIGHT, PRINT, Look, chart
from hairwise.report.labels_layout import lay_out
from hairwise.report.printed import timeline_svg
from hairwise.report.timeline import Span, timeline_of
from hairwise.report.vega import compiled, svg_of

MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))


def bare(**fields):
    return Diary(**({"schema": "needling-diary/1", "id": "t", "cutoff": "2026-03-31"} | fields))


def drawn(diary, span=None, look=None):
    return chart(timeline_of(diary, span, (10, 11)), look or Look())


def layers(spec):
    return [layer for view in spec["vconcat"] for layer in view["layer"]]


def values(spec, mark):
    return [row for layer in layers(spec) if layer["mark"]["type"] == mark for row in layer["data"]["values"]]


def count(day, n, **more):
    return {"date": f"2026-03-{day:02}", "method": "wash", "count": n} | more


def test_no_mark_joins_or_smooths_what_was_counted(diary):
    assert {layer["mark"]["type"] for layer in layers(drawn(diary))} <= {"rect", "rule", "point", "text"}
    assert "transform" not in json.dumps(drawn(diary))


def test_panels_begin_at_zero_and_hold_every_dot():
    spec = drawn(bare(counts=[count(1, 0), count(9, 159)]))
    panel = next(v for v in spec["vconcat"] if v.get("title", {}) and "text" in v["title"])
    y = panel["layer"][-1]["encoding"]["y"]
    assert y["axis"]["values"] == [0, 80, 160]
    assert y["scale"]["domain"][0] < 0  # a dot at zero is not cut
    assert 160 < y["scale"]["domain"][1] < 180


def test_counts_of_one_side_are_hollow():
    spec = drawn(bare(counts=[count(1, 10), count(2, 5, side="left")]))
    fills = [x["mark"]["fill"] for x in layers(spec) if x["mark"]["type"] == "point" and "fill" in x["mark"]]
    assert fills == [LIGHT.count, LIGHT.ground]


def test_a_density_stands_on_its_interval_and_one_without_is_said():
    told = {"date": "2026-03-05", "zone": "mid", "hairs_per_cm2": 150}
    spec = drawn(bare(density=[told | {"lo": 130, "hi": 171}]))
    assert {"day": "2026-03-05", "value": 130, "hi": 171} in values(spec, "rule")
    assert "how sure is not known" in json.dumps(drawn(bare(density=[told])))


def test_a_matched_change_stands_on_its_interval_round_zero():
    spots = [{"id": "r", "zone": "mid", "role": "rolled"}]
    change = {"spot": "r", "from": "2026-03-02", "to": "2026-03-30", "n_t0": 60, "lost": 9, "new": 1}
    told = bare(spots=spots, changes=[change | {"change": {"value": -8, "lo": -14, "hi": -3}}])
    (panel,) = timeline_of(told, MARCH).panels
    assert (panel.kind, panel.since, panel.of) == ("change", date(2026, 3, 2), 60)
    spec = drawn(told, MARCH)
    view = next(v for v in spec["vconcat"] if "matched hairs" in json.dumps(v.get("title", "")))
    low, zero, high = view["layer"][-1]["encoding"]["y"]["axis"]["values"]
    assert (zero, -low) == (0, high)
    assert high >= 14
    assert {"day": "2026-03-30", "value": -14, "hi": -3} in values(spec, "rule")
    assert "against 60 hairs on 2 Mar 2026" in json.dumps(spec)
    assert timeline_of(bare(spots=spots, changes=[change]), MARCH).panels == ()  # without an interval nothing is drawn


def test_a_zone_beyond_the_room_on_paper_is_left_out_there_only():
    zones = ("front", "mid", "vertex")
    told = bare(density=[{"date": "2026-03-05", "zone": z, "hairs_per_cm2": 100} for z in zones])
    assert json.dumps(drawn(told)).count("hairs per cm") == 3
    assert json.dumps(drawn(told, look=Look(density_panels=2))).count("hairs per cm") == 2


def test_names_do_not_cover_each_other_and_the_rest_is_counted():
    kinds = ("illness", "stress", "diet", "surgery", "new_medicine")
    line = timeline_of(bare(events=[{"date": "2026-03-03", "kind": k} for k in kinds]), MARCH)
    labels, n_rows = lay_out(line, 600, 12, (3, 3))
    assert sorted(p.row for p in labels if p.kind == "event") == [0, 1, 2]
    assert [p.text for p in labels if p.kind == "more"] == ["\N{HORIZONTAL ELLIPSIS} and 2 more in the log"]
    assert n_rows == 4


def test_a_name_near_the_right_end_stands_left_of_its_day():
    line = timeline_of(bare(events=[{"date": "2026-03-30", "kind": "illness"}]), MARCH)
    assert lay_out(line, 600, 12, (3, 3))[0][0].align == "right"


def test_a_diary_without_anything_still_has_a_chart():
    assert "No counts in these days." in json.dumps(drawn(bare()))
    ElementTree.fromstring(svg_of(drawn(bare())))


def test_the_same_chart_is_the_same_bytes(diary):
    spec = drawn(diary)
    one = svg_of(spec)
    svg_of.__globals__["_svg"].cache_clear()
    svg_of(drawn(diary, MARCH))
    svg_of.__globals__["_svg"].cache_clear()
    assert svg_of(spec) == one


def test_dots_stand_at_their_day_and_height():
    svg = svg_of(drawn(bare(counts=[count(1, 0), count(11, 50), count(31, 100)]), MARCH)).decode()
    dots = re.findall(r'transform="translate\(([\d.]+),([\d.]+)\)" d="[^"]*A', svg.split("mark-symbol")[1])
    (x0, y0), (x1, y1), (x2, y2) = sorted((float(x), float(y)) for x, y in dots)
    assert x1 == pytest.approx(x0 + (x2 - x0) / 3, abs=0.01)  # day 10 of 30; drawn to a thousandth
    assert y1 == pytest.approx((y0 + y2) / 2, abs=0.01)


def test_words_of_the_person_stay_words_and_nothing_is_fetched():
    told = bare(treatments=[{"kind": "</script><b>&\x07\"'", "start": "2026-03-05"}], start="2026-03-01")
    svg = timeline_svg(told)
    ElementTree.fromstring(svg)
    assert b"<b>" not in svg
    assert b"href" not in svg.replace(b"xmlns:xlink", b"")
    assert set(re.findall(rb"https?://[^\"]+", svg)) <= {b"http://www.w3.org/2000/svg", b"http://www.w3.org/1999/xlink"}
    assert "url" not in {key for layer in json.loads(compiled(drawn(told)))["data"] for key in layer}


def test_drawing_uses_the_width_it_is_given(diary):
    for width in (340, 712):
        root = ElementTree.fromstring(svg_of(drawn(diary, look=Look(width=width))))
        assert float(root.get("width")) == pytest.approx(width, abs=8)  # letters of the last label may stand over


def test_ten_years_of_daily_entries_stay_small():
    days = [date(2016, 1, 1) + timedelta(k) for k in range(3653)]
    counts = [{"date": d, "method": "wash", "count": 50 + k % 90} for k, d in enumerate(days)]
    long = bare(counts=counts, sessions=[{"date": d, "zone": "mid"} for d in days], cutoff="2025-12-31")
    spec = drawn(long)
    assert len(values(spec, "point")) < 530
    assert len(svg_of(spec)) < 400_000


def _luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("inks", [LIGHT, DARK, PRINT])
def test_inks_can_be_told_from_ground_and_season(inks):
    for ground in (inks.ground, inks.season):
        assert min(_contrast(ink, ground) for ink in (inks.ink, inks.muted)) >= 4.5
        assert min(_contrast(ink, ground) for ink in (inks.count, inks.density, inks.event, inks.concern)) >= 3


def test_dark_and_light_differ_in_colour_alone(diary):
    light, dark = drawn(diary), drawn(diary, look=replace(Look(), inks=DARK))
    assert values(light, "point") == values(dark, "point")
    assert light["background"] != dark["background"]


def test_long_notes_are_broken_to_the_width_of_a_phone():
    days = [date(2025, 8, 1) + timedelta(k) for k in range(240)]
    counts = [{"date": d, "method": "wash", "count": 50, "side": "left" if k % 2 else None} for k, d in enumerate(days)]
    spec = drawn(bare(counts=counts), look=Look(width=340))
    assert len(spec["vconcat"][1]["title"]["subtitle"]) == 2
    assert float(ElementTree.fromstring(svg_of(spec)).get("width")) == pytest.approx(340, abs=8)
