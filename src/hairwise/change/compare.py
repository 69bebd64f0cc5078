"""Compare two photos of a spot, hair by hair.

Knows: the order of the steps. Must not know: exposures, causes, files.
Order of coordinates (y, x).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from hairwise.change.estimate import Counted, estimate_change
from hairwise.change.fates import HIDDEN, KEPT, LOST, MATCHED, OUT, Fates, Side, disputed, find_fates
from hairwise.change.frame import Frame, make_frame
from hairwise.change.look import Sheet, make_sheets
from hairwise.change.match import Matches, leans_moved, match_and_settle
from hairwise.change.register import register
from hairwise.change.settings import METHOD_VERSION, CompareSettings, View
from hairwise.change.stretch import Mapping, apply_homography, loo_residual
from hairwise.flags import Flag
from hairwise.records.change import Change, Kept, Registration
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["METHOD_VERSION", "CompareSettings", "View", "compare"]

# Two finds of one shaft, one in each photo, that both looks confirm: roots lie this far apart, thrice along the shaft.
_SAME_SHAFT_MM = 0.08


_DEFAULT = CompareSettings()


@dataclass(frozen=True)
class _Story:
    """Two frames, the mapping between them, who is who, and the fates of both photos' hairs."""

    a: Frame
    b: Frame
    mapping: Mapping
    matches: Matches
    fates_a: Fates
    fates_b: Fates
    inside_a: Floats
    inside_b: Floats
    homography_fit: Floats


def _side(
    frame: Frame, on_plane: tuple[Floats, Floats, list[Floats]], matched: Bools, seen: tuple[Floats, Floats, Sheet]
) -> Side:
    root, lean, lines = on_plane
    inside, sd, sheet = seen
    step = frame.step_mm
    return Side(
        root,
        lean,
        frame.width_mm / step,
        frame.length_mm / step,
        lines,
        frame.p,
        frame.is_light,
        matched,
        inside,
        sd,
        sheet,
    )


def _mask(n: int, index: Ints) -> Bools:
    out = np.zeros(n, bool)
    out[index] = True
    return out


def _tell(a: Frame, b: Frame, settings: CompareSettings) -> _Story:
    placed = register(a, b, settings)
    mapping, matches = match_and_settle(a, b, placed, settings)
    sheet_a, sheet_b = make_sheets(a, b, mapping)
    root_b, lean_b = leans_moved(b, mapping, forward=False)
    inside_a = b.inside_mm(mapping.forward(a.root_mm)) if len(a.root_mm) else np.zeros(0)
    inside_b = a.inside_mm(root_b) if len(root_b) else np.zeros(0)
    sd_a = mapping.sd(a.root_mm) if len(a.root_mm) else np.zeros(0)
    sd_b = mapping.sd(root_b) if len(root_b) else np.zeros(0)
    lines_a = [a.to_work(line) for line in a.lines_mm]
    lines_b = [a.to_work(mapping.backward(line)) for line in b.lines_mm]
    on_a, on_b = (a.to_work(a.root_mm), a.lean, lines_a), (a.to_work(root_b), lean_b, lines_b)

    def sides(m: Matches) -> tuple[Side, Side]:
        one = _side(a, on_a, _mask(len(a.p), m.a), (inside_a, sd_a, sheet_a))
        return one, _side(b, on_b, _mask(len(b.p), m.b), (inside_b, sd_b, sheet_b))

    good = ~disputed(*sides(matches), (matches.a, matches.b), a.step_mm)
    matches = Matches(matches.a[good], matches.b[good], matches.p[good])
    side_a, side_b = sides(matches)
    fates_a = find_fates(side_a, side_b, a.step_mm, settings)
    fates_b = find_fates(side_b, side_a, a.step_mm, settings)
    matches = _link(matches, (side_a, fates_a), (side_b, fates_b), _SAME_SHAFT_MM / a.step_mm)
    fates_a.fate[matches.a], fates_b.fate[matches.b] = MATCHED, MATCHED
    return _Story(a, b, mapping, matches, fates_a, fates_b, inside_a, inside_b, placed.mapping.homography)


def _link(matches: Matches, one: tuple[Side, Fates], two: tuple[Side, Fates], reach: float) -> Matches:
    """Join hairs that were each found only by looking, where both looks found the same shaft."""
    (side_a, fates_a), (side_b, fates_b) = one, two
    i, j = np.flatnonzero(fates_a.fate == KEPT), np.flatnonzero(fates_b.fate == KEPT)
    if not len(i) or not len(j):
        return matches
    gap = np.minimum(_gap(fates_a.found[i], side_b, j), _gap(fates_b.found[j], side_a, i).T)
    row, column = linear_sum_assignment(np.minimum(gap, reach))
    near = gap[row, column] < reach
    i, j = i[row[near]], j[column[near]]
    p = (1 - np.nan_to_num(fates_a.p_absent[i])) * (1 - np.nan_to_num(fates_b.p_absent[j]))
    return Matches(np.concatenate([matches.a, i]), np.concatenate([matches.b, j]), np.concatenate([matches.p, p]))


def _gap(found: Floats, side: Side, which: Ints) -> Floats:
    """Distance (F, W) of places found to roots of hairs, that along the hair counted to a third."""
    step = found[:, None] - side.root[which][None]
    along = (step * side.lean[which][None]).sum(axis=2)
    across = step[..., 0] * side.lean[which][None, :, 1] - step[..., 1] * side.lean[which][None, :, 0]
    return np.asarray(np.hypot(along / 3, across))


def _turned(story: _Story) -> _Story:
    """Tell the same story from the second photo to the first."""
    m = story.matches
    return _Story(
        story.b,
        story.a,
        story.mapping,
        Matches(m.b, m.a, m.p),
        story.fates_b,
        story.fates_a,
        story.inside_b,
        story.inside_a,
        story.homography_fit,
    )


def _kept(
    story: _Story, which: tuple[tuple[Bools, Bools], tuple[Floats, Floats]], swapped: bool, settings: CompareSettings
) -> Kept:
    """List matched hairs, then those of each photo found only by looking in the other."""
    (a, b), m = (story.a, story.b), story.matches
    listed, place = which
    use = listed[0][m.a] | listed[1][m.b]
    only_a = np.flatnonzero(listed[0] & (story.fates_a.fate == KEPT))
    only_b = np.flatnonzero(listed[1] & (story.fates_b.fate == KEPT))
    found_a, found_b = place
    t0 = [a.root_mm[m.a[use]], a.root_mm[only_a], found_b[only_b]]
    t1 = [b.root_mm[m.b[use]], found_a[only_a], b.root_mm[only_b]]
    none_a, none_b = np.full(len(only_b), -1, np.int64), np.full(len(only_a), -1, np.int64)
    place0, place1 = _meet(story, (np.concatenate(t0), np.concatenate(t1)), swapped, settings)
    return Kept(
        t0_px=place0 * a.px_per_mm,
        t1_px=place1 * b.px_per_mm,
        hair_t0=np.concatenate([m.a[use], only_a, none_a]).astype(np.int64),
        hair_t1=np.concatenate([m.b[use], none_b, only_b]).astype(np.int64),
        p=np.concatenate([m.p[use], 1 - story.fates_a.p_absent[only_a], 1 - story.fates_b.p_absent[only_b]]),
    )


def _meet(
    story: _Story, roots: tuple[Floats, Floats], swapped: bool, settings: CompareSettings
) -> tuple[Floats, Floats]:
    """Let the two finds of one root meet halfway where they lie too far apart for both to be right."""
    here, there = roots
    if not len(here):
        return roots
    onto, back = story.mapping.forward, story.mapping.backward
    if swapped:
        onto, back = back, onto
    goes, comes = onto(here), back(there)
    apart = np.linalg.norm(goes - there, axis=1) > settings.root_apart_um / UM_PER_MM
    return np.where(apart[:, None], (here + comes) / 2, here), np.where(apart[:, None], (there + goes) / 2, there)


def _registration(story: _Story, swapped: bool) -> Registration:
    """Points and homography in pixels of the photos, in the order they were given."""
    a, b = (story.b, story.a) if swapped else (story.a, story.b)  # the order registered in
    anchors = story.mapping.anchors
    goes = story.mapping.forward(anchors) if len(anchors) else anchors
    to_a, to_b = np.diag([a.px_per_mm, a.px_per_mm, 1.0]), np.diag([b.px_per_mm, b.px_per_mm, 1.0])
    homography = to_b @ story.mapping.homography @ np.linalg.inv(to_a)
    px_a, px_b = anchors * a.px_per_mm, goes * b.px_per_mm
    residual_mm = float(np.median(np.linalg.norm(loo_residual(story.mapping), axis=1))) if len(anchors) else 0.0
    ends = (b, a) if swapped else (a, b)
    if swapped:
        homography, px_a, px_b = np.linalg.inv(homography).astype(np.float64), px_b, px_a
    grid = np.stack(np.meshgrid(*[np.linspace(0.0, float(s), 40) for s in ends[0].size_mm], indexing="ij"), -1).reshape(
        -1, 2
    )
    there = apply_homography(homography, grid * ends[0].px_per_mm) / ends[1].px_per_mm
    return Registration(
        homography=homography / homography[2, 2],
        points_t0_px=px_a,
        points_t1_px=px_b,
        residual_px=residual_mm * ends[1].px_per_mm,
        overlap=float((ends[1].inside_mm(there) > 0).mean()),
    )


def compare(before: View, after: View, settings: CompareSettings = _DEFAULT) -> Change:
    """Say what became of each hair between two photos of a spot.

    Parameters
    ----------
    before, after : View
        The two photos with their hairs, detected by one method version.
    settings : CompareSettings, optional
        Tolerances; sources are on the class.

    Returns
    -------
    Change
        Indices are rows of ``before.hairs`` and ``after.hairs``. Hairs with ``p_hair`` under ``settings.p_listed``
        only help to keep others. ``hidden`` holds hairs whose place is covered, out of focus or unusable, and those
        that cannot be told from a false find. ``points_t1_px`` of the registration are where the fitted mapping,
        stretch included, puts ``points_t0_px``; ``residual_px`` is the median leave-one-out distance of roots and
        skin marks. Kept roots found over ``settings.root_apart_um`` apart are given halfway.
        The interval includes uncertain fates, hidden hairs, hairs missed in both photos and an error the pair shares;
        it does not include a wrong registration.

    Raises
    ------
    Refused
        ``different_spot`` where the photos do not show the same skin beyond chance.

    Notes
    -----
    Swapping the photos swaps lost and new and flips the sign of the change exactly: the pair is worked in an order set
    by the photos' content. Valid for turns of any angle, scale ratios of 0.85 to 1.18 (wider without a scale) and about
    half of the skin in common. Checked by ``tests/change``.
    """
    keys = [hashlib.sha256(v.rgb.tobytes() + v.hairs.points_px.tobytes()).digest() for v in (before, after)]
    swapped = keys[1] < keys[0]
    frames = [make_frame(v, settings) for v in (before, after)]
    story = _tell(frames[1], frames[0], settings) if swapped else _tell(frames[0], frames[1], settings)
    # Where looked-for hairs were seen, on each photo's own plane.
    plane = story.a
    on_a = plane.to_mm(story.fates_b.found)
    on_b = story.mapping.forward(plane.to_mm(story.fates_a.found)) if len(story.fates_a.found) else np.zeros((0, 2))
    if swapped:
        story, on_a, on_b = _turned(story), on_b, on_a
    return _record(story, (on_b, on_a), swapped, settings)


def _record(story: _Story, place: tuple[Floats, Floats], swapped: bool, settings: CompareSettings) -> Change:
    """Turn fates into the record."""
    listed = story.a.p >= settings.p_listed, story.b.p >= settings.p_listed
    fate_a, fate_b = story.fates_a, story.fates_b
    m = story.matches
    counted = [
        Counted(f, on, int((on[mine]).sum())) for f, on, mine in ((fate_a, listed[0], m.a), (fate_b, listed[1], m.b))
    ]
    change, change_pct, smallest = estimate_change(counted[0], counted[1], settings, swapped)
    registration = _registration(story, swapped)
    flags = Flag.NONE
    if registration.overlap < settings.low_overlap:
        flags |= Flag.LOW_OVERLAP
    if not (story.a.has_scale and story.b.has_scale):
        flags |= Flag.NO_SCALE
    lost, new = (np.flatnonzero(on & (f.fate == LOST)) for f, on in ((fate_a, listed[0]), (fate_b, listed[1])))
    return Change(
        kept=_kept(story, (listed, place), swapped, settings),
        lost=lost,
        p_lost=fate_a.p_lost[lost],
        new=new,
        p_new=fate_b.p_lost[new],
        hidden=np.flatnonzero(listed[0] & (fate_a.fate == HIDDEN)),
        out_of_view=np.flatnonzero(listed[0] & (fate_a.fate == OUT)),
        n_t0=int(listed[0].sum()),
        n_t1=int(listed[1].sum()),
        change=change,
        change_pct=change_pct,
        smallest_detectable_loss_pct=smallest,
        registration=registration,
        flags=int(flags),
    )
