"""Each step alone against truth known by geometry."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from hairwise.hairs.distinct import distance_to_line, distinct
from hairwise.hairs.judge import FEATURES, WEIGHTS_DARK, WEIGHTS_LIGHT
from hairwise.hairs.link import link_parts
from hairwise.hairs.search import SearchRule, find_strips
from hairwise.hairs.strands import Strand
from hairwise.hairs.units import group_units
from hairwise.hairs.width import Profiles, fit_widths


def strand(a, b, width=8.0, gain=1.0, is_part=False):
    line = np.linspace(np.array(a, float), np.array(b, float), 8)
    return Strand(line, width, 1.0, 0.8, 1.0, gain, is_part=is_part)


def test_units_lie_across_growth():
    way = np.tile([1.0, 0.0], (2, 1))  # growing down
    across = group_units(np.array([[0.0, 0.0], [0.0, 0.18]]), way, 0.22, 0.14)
    along = group_units(np.array([[0.0, 0.0], [0.18, 0.0]]), way, 0.22, 0.14)
    assert across.tolist() == [0, 0]
    assert along.tolist() == [0, 1]


def test_units_do_not_chain():
    root = np.column_stack([np.zeros(6), 0.15 * np.arange(6)])
    unit = group_units(root, np.tile([1.0, 0.0], (6, 1)), 0.22, 0.14)
    for k in set(unit):
        assert np.ptp(root[unit == k, 1]) <= 0.22


def test_units_of_none_and_one():
    assert group_units(np.zeros((0, 2)), np.zeros((0, 2)), 1, 1).tolist() == []
    assert group_units(np.zeros((1, 2)), np.ones((1, 2)), 1, 1).tolist() == [0]


@pytest.mark.parametrize("width", [5.0, 9.0, 20.0])
@pytest.mark.parametrize("blur", [0.7, 1.0, 1.4])
def test_width_has_blur_taken_off(width, blur):
    place = np.linspace(-1, 1, 41) * (width / 2 + 8)
    value = 150 + 0.3 * place - 110 * (ndtr((place - 0.4 + width / 2) / blur) - ndtr((place - 0.4 - width / 2) / blur))
    rows = np.tile(value, (3, 1))
    profiles = Profiles(rows, np.ones_like(rows), np.tile(place, (3, 1)), np.full(3, 1.2 * width))
    fitted, _ = fit_widths(profiles, 1.0)
    # priors (a fifth too wide, blur 0.7 to 1.4 of the truth) may move a noiseless width by a tenth of a pixel or 2 %
    assert fitted == pytest.approx(width, abs=max(0.1, 0.02 * width))


def test_width_ignores_what_another_hair_covers():
    place = np.linspace(-14, 14, 41)
    value = 150 - 110.0 * (np.abs(place) <= 4) - 110.0 * (place >= 7)
    rows = value[None]
    free = (place < 6).astype(float)[None]
    fitted, _ = fit_widths(Profiles(rows, free, place[None], np.array([8.0])), 0.8)
    assert fitted[0] == pytest.approx(8.0, abs=0.7)  # one step of the profile


def rule(**change):
    base = {"threshold": 0.45, "widths": (2, 3, 4, 5, 6, 7), "usual_width": 4.2, "min_length": 6.0, "min_width": 1.0}
    return SearchRule(**{**base, "max_strips": 6, **change})


def test_strip_is_found_where_it_lies():
    contrast = np.zeros((40, 60), np.float32)
    contrast[18:22, 10:40] = 1.3
    (strip,) = find_strips(contrast, np.ones_like(contrast), rule())
    ends = sorted([strip.start, strip.end], key=lambda p: p[1])
    # rows 18 to 21 have their middle at 19.5; columns 10 to 39 reach from 9.5 to 39.5
    assert np.array(ends) == pytest.approx(np.array([[19.5, 9.5], [19.5, 39.5]]), abs=0.6)  # half a pixel: the grid
    assert abs(strip.width - 4) <= 1  # turning the window by whole angles moves it by half pixels


def test_two_parallel_strips_are_two():
    contrast = np.zeros((50, 60), np.float32)
    contrast[15:19, 10:40] = 1.3
    contrast[20:24, 12:44] = 1.3
    contrast[19, 12:40] = 0.7
    assert len(find_strips(contrast, np.ones_like(contrast), rule())) == 2


def test_nothing_in_noise_below_threshold():
    contrast = np.random.default_rng(3).normal(0, 0.1, (40, 60)).astype(np.float32)
    assert find_strips(contrast, np.ones_like(contrast), rule()) == []


def test_shared_shaft_is_kept_once_but_crossing_is_two():
    long, inside = strand((50, 10), (50, 70), gain=2.0), strand((52, 20), (53, 60), gain=1.0)
    crossing, beside = strand((30, 40), (70, 44), gain=1.0), strand((58, 12), (58, 68), gain=1.5)
    kept = distinct([inside, crossing, beside, long], 0.75)
    assert kept == [long, beside, crossing]


def test_distance_to_line_is_exact():
    line = np.array([[0.0, 0.0], [0.0, 10.0]])
    points = np.array([[3.0, 5.0], [0.0, 14.0], [-3.0, -4.0]])
    assert distance_to_line(points, line) == pytest.approx([3.0, 4.0, 5.0])


def test_parts_are_joined_across_tiles_stubs_are_not():
    a, b = ((50, 10), (50, 60)), ((52, 112), (51, 62))
    (joined,) = link_parts([strand(*a, is_part=True), strand(*b, is_part=True)], 18.0, 0.9)
    assert joined.length == pytest.approx(102.0, abs=0.5)  # 50 + 2 + 50, a little slanted
    assert sorted([joined.line[0][1], joined.line[-1][1]]) == [10.0, 112.0]
    assert len(link_parts([strand(*a), strand(*b)], 18.0, 0.9)) == 2


def test_crossing_parts_go_straight_on():
    across = [strand((50, 0), (50, 45), is_part=True), strand((50, 55), (50, 100), is_part=True)]
    down = [strand((0, 50), (45, 50), is_part=True), strand((55, 50), (100, 50), is_part=True)]
    joined = link_parts([*across, *down], 18.0, 0.9)
    assert len(joined) == 2
    assert {round(float(np.ptp(s.line[:, 0]))) for s in joined} == {0, 100}


def test_weights_match_features():
    assert len(WEIGHTS_DARK) == len(WEIGHTS_LIGHT) == len(FEATURES)
    # blueness beyond the root speaks for a root, blueness beyond the tip against
    assert WEIGHTS_DARK[FEATURES.index("blue_root")] > 0 > WEIGHTS_DARK[FEATURES.index("blue_tip")]
