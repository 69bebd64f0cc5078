"""Each step alone against truth known by geometry."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy.special import ndtr

from hairwise.hairs.judge import BESIDE, OWN, choose, distance_to_segment, load_judge
from hairwise.hairs.net import look, read_at
from hairwise.hairs.proposals import Proposals, peaks
from hairwise.hairs.trace import TraceRule, bend, trace
from hairwise.hairs.units import group_units
from hairwise.hairs.width import Profiles, Shafts, fit_widths, shaft_widths


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


def test_peaks_come_back_to_a_fraction_of_a_pixel():
    y, x = np.mgrid[0:60, 0:80].astype(np.float32)
    heat = np.zeros((60, 80), np.float32)
    for cy, cx in ((20.3, 30.6), (40.0, 50.2)):
        heat = np.maximum(heat, 0.8 * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 4))
    places, heights = peaks(heat, 0.3)
    # the map's pixel k lies over pixels 2 k and 2 k + 1 of the grid; a parabola misses a bell by a tenth of a pixel
    assert places == pytest.approx(np.array([[41.1, 61.7], [80.5, 100.9]]), abs=0.2)
    assert heights == pytest.approx(0.8, abs=0.1)


def test_maps_are_read_where_the_grid_says():
    plane = np.add.outer(100.0 * np.arange(8), np.arange(10)).astype(np.float32)
    # the middle of the map's pixel (2, 3) is (4.5, 6.5) of the grid
    assert read_at(plane, np.array([[4.5, 6.5], [5.5, 6.5]])) == pytest.approx([203.0, 253.0])


def test_bands_of_a_tall_photo_meet_without_a_seam():
    rng = np.random.default_rng(3)
    rgb = np.clip(rng.normal(150, 20, (1200, 96, 3)), 0, 255).astype(np.uint8)
    whole = look(rgb)
    part = look(rgb[400:800])
    # away from the part's own borders both saw the same surround; sums may be taken in another order
    np.testing.assert_allclose(whole.root[260:340], part.root[60:140], atol=1e-4)


def straight(pieces, width=8.0):
    root, tip = (np.array([p[k] for p in pieces], float) for k in (0, 1))
    n = len(pieces)
    return Proposals(root, tip, np.full(n, width), np.ones(n), np.ones(n), np.ones(n), np.zeros(n, bool))


def test_second_hair_on_a_taken_one_is_judged_by_what_is_left():
    some = straight([((50, 10), (50, 70)), ((51, 12), (51, 70)), ((62, 10), (62, 70)), ((300, 10), (300, 70))])
    own = np.array([[0.9], [0.8], [0.7], [0.6]])
    p, order, described = choose(some, own, lambda x: x[:, 0] * x[:, 1 + BESIDE.index("fresh")])
    assert order.tolist() == [0, 2, 3]
    assert p[1] < 0.2  # it lies on the first
    fresh = described[:, 1 + BESIDE.index("fresh")]
    assert fresh[2:].tolist() == [1.0, 1.0]  # a width and a half away nothing is covered


def test_a_root_with_two_lines_is_one_hair_as_likely_as_either():
    roots = np.array([[0.0, 0.0], [0.2, 0.1], [90.0, 90.0]])  # the first two are one root
    tips = roots + np.array([[60.0, 0.0], [58.0, 8.0], [60.0, 0.0]])
    some = Proposals(roots, tips, *(np.full(3, v) for v in (8.0, 0.9, 0.6, 1.0)), np.zeros(3, bool))
    p, order, _ = choose(some, np.array([[0.25], [0.5], [0.9]]), lambda x: x[:, 0])
    assert order.tolist() == [2, 1]
    # odds of 1/3 and 1 against no hair add up to 4/3; the worse line is no second hair
    assert p == pytest.approx([0.0, 4 / 7, 0.9])


def test_width_of_a_hair_along_another_is_not_told():
    rgb = np.full((200, 200, 3), 190, np.uint8)
    rgb[20:180, 60:68] = 40
    rgb[20:180, 120:136] = 40  # two shafts without skin between them
    lines = [np.column_stack([np.linspace(20, 179, 30), np.full(30, x)]) for x in (63.5, 123.5, 131.5)]
    width, error, free = shaft_widths(
        rgb, Shafts(lines, np.full(3, 8.0), np.zeros(3, bool), np.ones(3, bool)), px_per_mm=120.0
    )
    assert width[0] == pytest.approx(8.0, abs=0.3)
    assert error[0] > 0
    assert np.isnan(width[1:]).all()
    assert np.isnan(error[1:]).all()
    assert free[0] == 1.0


def test_distance_to_segment_is_exact():
    points = np.array([[3.0, 5.0], [0.0, 14.0], [-3.0, -4.0]])
    away = distance_to_segment(points, np.array([0.0, 0.0]), np.array([0.0, 10.0]))
    assert away == pytest.approx([3.0, 4.0, 5.0])


def test_judge_fits_the_features():
    judge = load_judge()
    assert judge.inner.shape[0] == len(OWN) + len(BESIDE) + 1
    assert judge.outer.shape[0] == judge.inner.shape[1] + 1
    x = np.full((2, len(OWN) + len(BESIDE)), 0.5)
    names = (*OWN, *BESIDE)
    for name, sure in (
        ("root_heat", 0.9),
        ("tip_heat", 0.9),
        ("body", 0.95),
        ("way", 0.95),
        ("fresh", 1.0),
        ("on", 0.0),
    ):
        x[0, names.index(name)], x[1, names.index(name)] = sure, 1.0 - sure
    p = judge(x)
    assert p[0] > p[1]  # what the network saw speaks for a hair


def crossing(angle_deg, width, bow, seed):
    """Two hairs that cross at their middles: contrast map, and both centrelines from their first ends."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(0, 2 * np.pi)
    canvas, lines = np.zeros((400, 400), np.float32), []
    for angle in (first, first + np.deg2rad(angle_deg)):
        t = np.linspace(-120, 120, 61)
        turn = angle + rng.normal(0, bow) * t
        line = np.cumsum(np.stack([np.sin(turn), np.cos(turn)], axis=1) * (t[1] - t[0]), axis=0)
        lines.append(line - line[30] + 200.0)
        points = np.round(lines[-1][:, ::-1] * 16).astype(np.int32)
        cv2.polylines(canvas, [points], False, 1.0, round(width), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(canvas, (0, 0), 1.2) * 1.1
    return (soft + rng.normal(0, 0.08, soft.shape)).astype(np.float32), lines


def test_hairs_are_followed_straight_through_crossings():
    right = total = 0
    rng = np.random.default_rng(11)
    for seed in range(60):
        width = rng.uniform(6, 11)
        contrast, lines = crossing(rng.choice([-1, 1]) * rng.uniform(20, 90), width, 0.0008, seed)
        starts = [line[:6] for line in lines]
        found = trace(contrast, starts, np.full(2, width), np.full(2, 0.5), TraceRule())
        for line, truth in zip(found, lines, strict=True):
            total += 1
            right += np.linalg.norm(line[-1] - truth[-1]) < 12  # a width; the wrong branch ends 80 px away or more
    assert right >= 0.97 * total


def test_bent_line_lies_on_the_bow():
    canvas = np.zeros((120, 200), np.float32)
    x = np.linspace(20, 180, 50)
    y = 60 + 2.0 * (1 - ((x - 100) / 80) ** 2)
    cv2.polylines(canvas, [np.round(np.stack([x, y], 1) * 16).astype(np.int32)], False, 1.0, 8, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(canvas, (0, 0), 1.0)
    (line,) = bend(soft, np.array([[60.0, 20.0]]), np.array([[60.0, 180.0]]), np.array([8.0]))
    away = np.abs(line[:, 0] - np.interp(line[:, 1], x, y))
    assert away[2:-2].max() < 1.0  # straight, it was 2 px off in the middle; the band reaches a third of a width
