"""Matching and looking on planes small enough to reason about."""

import numpy as np
import pytest

from hairwise.change.frame import Frame
from hairwise.change.look import Sheet, Target, look, paint_lines
from hairwise.change.match import match
from hairwise.change.settings import CompareSettings
from hairwise.change.stretch import Mapping

S = CompareSettings()
SAME = Mapping(np.eye(3), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 0)), 0.01, 1.0)


def frame(root_mm, lean_deg=60.0, p=0.95, width_mm=0.07):
    """Hairs alone on a plane of 5 by 7 mm, without pixels."""
    root = np.array(root_mm, float).reshape(-1, 2)
    n = len(root)
    turn = np.deg2rad(np.broadcast_to(lean_deg, n))
    lean = np.column_stack([np.sin(turn), np.cos(turn)])
    plane = np.zeros((50, 70), np.float32)
    none = np.zeros((50, 70), bool)
    return Frame(
        px_per_mm=100.0, has_scale=True, step_mm=0.1, size_mm=np.array([5.0, 7.0]), dark=plane, light=plane,
        colour=np.zeros((50, 70, 3), np.uint8),
        grey=np.zeros((50, 70), np.uint8), usable=~none, hairy=none, root_mm=root, lean=lean,
        width_mm=np.full(n, width_mm), length_mm=np.full(n, 0.5), p=np.broadcast_to(p, n).astype(float),
        lines_mm=tuple(np.stack([r, r + 0.5 * d]) for r, d in zip(root, lean, strict=True)),
        unit=np.arange(n), is_light=np.zeros(n, bool),
    )  # fmt: skip


def test_each_hair_finds_itself_whatever_the_order():
    rng = np.random.default_rng(3)
    root = np.stack(np.meshgrid(np.arange(0.5, 4.6, 0.8), np.arange(0.5, 6.6, 0.9), indexing="ij"), -1).reshape(-1, 2)
    order = rng.permutation(len(root))
    found = match(frame(root), frame(root[order] + rng.normal(0, 0.02, root.shape)), SAME, S)
    assert len(found.a) == len(root)
    assert (order[found.b] == found.a).all()
    assert found.p.min() > 0.9


def test_a_pair_in_a_bundle_is_not_crossed():
    one = frame([[2.0, 2.0], [2.0, 2.12]])
    two = frame([[2.03, 2.01], [2.03, 2.13]])
    found = match(one, two, SAME, S)
    assert found.a.tolist() == [0, 1]
    assert found.b.tolist() == [0, 1]


def test_far_hairs_stay_single():
    assert len(match(frame([[2.0, 2.0]]), frame([[2.0, 2.4]]), SAME, S).a) == 0


def test_the_sure_find_goes_before_its_doubtful_twin():
    found = match(frame([[2.0, 2.0], [2.0, 2.01]], p=np.array([0.9, 0.2])), frame([[2.0, 2.02]]), SAME, S)
    assert found.a.tolist() == [0]


def test_more_room_along_the_shaft_than_across():
    lean = np.array([np.sin(np.deg2rad(60)), np.cos(np.deg2rad(60))])
    side = np.array([-lean[1], lean[0]])
    start = np.array([2.0, 3.0])
    along, across = (match(frame([start]), frame([start + 0.12 * way]), SAME, S).p[0] for way in (lean, side))
    assert 1 - along < 0.2 * (1 - across)


def test_no_hairs_no_matches():
    assert len(match(frame(np.zeros((0, 2))), frame([[1.0, 1.0]]), SAME, S).a) == 0


@pytest.fixture
def sheet():
    """Bare skin with one shaft of darkness 1.5 from (60, 40) along +x, 7 px wide, at 10 um a pixel."""
    dark = np.zeros((120, 150), np.float32)
    dark[57:64, 40:75] = 1.5
    return Sheet(dark, -dark, np.ones(dark.shape, bool), dark > 0)


def target(y, x):
    return Target(np.array([y, x]), np.array([0.0, 1.0]), 7.0, 30.0, False)


def test_a_shaft_is_found_a_little_off_its_place(sheet):
    nobody = np.zeros(sheet.dark.shape, bool)
    seen = look(sheet, target(64.0, 38.0), nobody, 0.01, S)
    assert seen.level > 1.4
    assert abs(seen.root[0] - 60) < 2


def test_bare_skin_is_bare(sheet):
    nobody = np.zeros(sheet.dark.shape, bool)
    assert look(sheet, target(95.0, 60.0), nobody, 0.01, S).level < 0.05


def test_a_neighbours_shaft_keeps_no_other_hair(sheet):
    owned = paint_lines([np.array([[60.0, 40.0], [60.0, 75.0]])], np.array([10.0]), sheet.dark.shape)
    seen = look(sheet, target(60.0, 42.0), owned, 0.01, S)
    assert seen.owned > 0.9
    assert not seen.level > 0.1  # nothing free in reach, or bare skin


def test_a_distant_shaft_changes_nothing(sheet):
    nobody = np.zeros(sheet.dark.shape, bool)
    before = look(sheet, target(60.0, 41.0), nobody, 0.01, S)
    sheet.dark[100:110, 100:140] = 3.0
    assert look(sheet, target(60.0, 41.0), nobody, 0.01, S).level == before.level
