"""Repeat photos: how much skin they share, and what that is worth."""

from types import SimpleNamespace

import numpy as np
import pytest
from change_scenes import make_pair

from hairwise.change.contrast import contrast, shift_of
from hairwise.change.repeats import Repeat, laid_over, shared_shares
from hairwise.records.base import Estimate

SIZE = (1000, 1200)
NEVER_THERE = SimpleNamespace(homography=np.eye(3))


def repeat(dx_px, dy_px=0.0, known=True, n=400):
    """A pair of photos (first and later framed alike) moved by (dx, dy) against the visit's first photo."""
    roots = np.random.default_rng(3).uniform(0, SIZE, (n, 2))
    change = SimpleNamespace(
        kept=SimpleNamespace(t0_px=roots[10:]),
        hairs_t0=SimpleNamespace(root_px=roots),
        lost=np.arange(10),
        registration=NEVER_THERE,
    )
    return Repeat(change, np.array([[1, 0, dx_px], [0, 1, dy_px], [0, 0, 1.0]]) if known else None, SIZE, SIZE)


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ([(0, 0)], [[1]]),
        ([(0, 0), (0, 0)], [[1, 1], [1, 1]]),
        ([(0, 0), (600, 0)], [[1, 0.5], [0.5, 1]]),
        ([(0, 0), (600, 500)], [[1, 0.25], [0.25, 1]]),
        ([(0, 0), (0, 1000)], [[1, 0], [0, 1]]),
        ([(0, 0), (600, 0), (1200, 0)], [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]),
    ],
)
def test_the_share_is_that_of_the_skin_both_show(moves, told):
    # 400 roots: a share of a half has a standard deviation of 0.025
    assert shared_shares([repeat(*move) for move in moves]) == pytest.approx(np.array(told), abs=0.06)


def test_where_no_place_is_found_no_hair_is_counted_twice():
    assert shared_shares([repeat(0), repeat(5000, known=False)]).tolist() == [[1, 1], [1, 1]]


def test_photos_beside_each_other_show_more_hairs_and_make_chance_smaller():
    def seen(lost):
        interval = Estimate(value=-float(lost), lo=-lost - 3.0, hi=-lost + 3.0)
        return SimpleNamespace(change_pct=interval, lost=np.arange(lost), new=np.arange(0), n_t0=100, out_of_view=())

    alike, apart = (shift_of([seen(10)] * 3, share) for share in (np.ones((3, 3)), np.eye(3)))
    assert (alike.n, apart.n) == pytest.approx((100, 300))
    assert apart.lost / apart.n == pytest.approx(0.1)
    still = shift_of([seen(0)] * 3)
    wide, narrow = (contrast([one], [still]).difference for one in (alike, apart))
    assert narrow.hi - narrow.lo < wide.hi - wide.lo


def test_a_photo_is_laid_over_its_repeat_and_not_over_other_skin():
    pair, other = make_pair(21, lost=0.0, new=0.0, drop=0.15, false=0.15), make_pair(57, lost=0.0, new=0.0)
    found = laid_over(pair.before, pair.after)
    common = sorted(set(pair.ids0.tolist()) & set(pair.ids1.tolist()) - {-1})
    here = pair.before.hairs.root_px[[pair.ids0.tolist().index(i) for i in common]]
    there = pair.after.hairs.root_px[[pair.ids1.tolist().index(i) for i in common]]
    told = np.c_[here[:, ::-1], np.ones(len(here))] @ found.T
    off_px = np.linalg.norm(told[:, :2] / told[:, 2:] - there[:, ::-1], axis=1)
    assert np.median(off_px) < 0.1 * pair.after.px_per_mm  # a tenth of a millimetre: skin stretches by tens of um
    assert laid_over(pair.before, other.after) is None
