"""What one photo shows and the other does not."""

from dataclasses import replace

import numpy as np
import pytest
from change_scenes import make_pair

from hairwise.change.compare import compare, lay
from hairwise.change.residue import claim
from hairwise.change.settings import CompareSettings
from hairwise.records.hairs import Hairs


def hairs_of(lines, p):
    n = len(lines)
    points = np.concatenate([np.asarray(x, float) for x in lines]) if n else np.zeros((0, 2))
    return Hairs(
        points_px=points,
        offsets=np.arange(n + 1, dtype=np.int64) * 2,
        width_px=np.full(n, 6.0),
        width_se_px=np.full(n, 1.0),
        p_hair=np.array(p, float),
        root_visible=np.ones(n, bool),
        unit=np.arange(n, dtype=np.int64),
        is_light=np.zeros(n, bool),
        flags=np.zeros(n, np.int64),
    )


@pytest.fixture(scope="module")
def pair():
    return make_pair(22, lost=0.2, new=0.05, drop=0.0, false=0.0)


def test_only_what_fell_is_left_dark(pair):
    seen = []

    def spy(rgb, usable, px_per_mm):
        seen.append((rgb, usable, px_per_mm))
        return hairs_of([], [])

    laid = lay(pair.before, pair.after, CompareSettings(), spy)
    rgb, usable, px_per_mm = seen[0]
    assert px_per_mm == pytest.approx(1 / laid.frames[0].step_mm)
    dark = {True: [], False: []}
    for h, line in enumerate(laid.frames[0].lines_mm):
        at = np.round(laid.frames[0].to_work(line)).astype(int)
        middle = at[len(at) // 2]
        if (middle > 8).all() and (middle < np.array(usable.shape) - 8).all() and usable[tuple(middle)]:
            y, x = middle
            dark[bool(pair.ids0[h] in pair.gone)].append(rgb[y - 1 : y + 2, x - 1 : x + 2].mean())
    assert np.median(dark[True]) < np.median(dark[False]) - 40  # a shaft against skin


def test_a_hair_that_only_the_residue_shows_becomes_a_find(pair):
    alone = compare(pair.before, pair.after)
    roots = pair.before.hairs.root_px
    apart = np.linalg.norm(roots[alone.lost][:, None] - roots[None], axis=2)
    h = int(alone.lost[np.argmax(np.sort(apart, axis=1)[:, 1])])  # the loneliest, that no neighbour can claim
    line = pair.before.hairs.line_px(h)
    rest = replace(pair.before, hairs=pair.before.hairs.take(np.arange(len(pair.before.hairs)) != h))
    left = []

    def find(rgb, usable, px_per_mm):
        left.append(rgb)
        k = px_per_mm / pair.before.px_per_mm
        return hairs_of([[line[0] * k, line[-1] * k]], [0.95]) if len(left) == 1 else hairs_of([], [])

    laid = lay(rest, pair.after, CompareSettings(), find)
    assert len(laid.sides[0].p) == len(rest.hairs) + 1
    assert laid.sides[0].p_gone[-1] == pytest.approx(0.95)
    assert np.linalg.norm(laid.views[0].hairs.root_px[-1] - line[0]) < 2.0


def test_claims_are_one_to_one_and_the_surest_first():
    found = hairs_of(
        [[[10.0, 10.0], [40.0, 10.0]], [[10.0, 14.0], [40.0, 14.0]], [[200.0, 200.0], [230.0, 200.0]]], [0.9, 0.4, 0.8]
    )
    root, lean = np.array([[10.0, 12.0], [100.0, 100.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    p_gone, fresh = claim(found, root, lean, 0.01)
    assert p_gone.tolist() == [0.9, 0.0]
    assert fresh.tolist() == [False, True, True]
    across = claim(found, root, lean[:, ::-1], 0.01)[0]  # a hair that runs otherwise is another
    assert across.tolist() == [0.0, 0.0]
