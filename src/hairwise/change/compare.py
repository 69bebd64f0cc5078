"""Compare two photos of a spot, hair by hair.

Knows: the order of the steps. Must not know: exposures, causes, files.
Order of coordinates (y, x).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from hairwise.change.estimate import Counted, estimate_change
from hairwise.change.facts import Between, between, pair_facts
from hairwise.change.fates import HIDDEN, KEPT, LOST, MATCHED, OUT, Fates, expected_most, find_fates
from hairwise.change.frame import Frame, is_long, make_frame, with_hairs
from hairwise.change.look import flow_onto, make_sheets
from hairwise.change.match import Matches, leans_moved, match_and_settle
from hairwise.change.register import register
from hairwise.change.residue import claim, on_photo, residues
from hairwise.change.settings import METHOD_VERSION, CompareSettings, View
from hairwise.change.side import Side
from hairwise.change.stretch import Mapping, apply_homography, loo_residual, meet
from hairwise.change.verdict import OTHER, SAME_FALSE, SAME_HAIR, load_verdict
from hairwise.flags import Flag
from hairwise.records.change import Change, Kept, Registration
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.change.residue import FindHairs
    from hairwise.records.base import Bools, Floats, Ints
    from hairwise.records.hairs import Hairs

__all__ = ["METHOD_VERSION", "CompareSettings", "Laid", "View", "compare", "lay", "paired", "with_matches"]

# Two finds of one shaft, one in each photo, that both looks confirm: roots lie this far apart, thrice along the shaft.
_SAME_SHAFT_MM = 0.08


_DEFAULT = CompareSettings()


@dataclass(frozen=True)
class Laid:
    """Two photos on one plane, with the finds of each and who is whose partner.

    Attributes
    ----------
    frames : tuple of Frame
        The photos; the plane is that of the first.
    views : tuple of View
        The same with the hairs that only their difference shows added to the finds.
    mapping : Mapping
        From the first to the second.
    matches : Matches
        Finds that are the same.
    p_hair : (M,) array of float
        Probability that what both photos show is a hair.
    photos : Between
        How the second photo compares with the first at matches by place and shape.
    sides : tuple of Side
        Finds of both on the plane.
    """

    frames: tuple[Frame, Frame]
    views: tuple[View, View]
    mapping: Mapping
    matches: Matches
    p_hair: Floats
    photos: Between
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class _Told:
    """Two photos in the order they were given, with the fates of their finds; ``found_mm`` on the other's plane."""

    frames: tuple[Frame, Frame]
    matches: Matches
    fates: tuple[Fates, Fates]
    found_mm: tuple[Floats, Floats]
    listed: tuple[Bools, Bools]


def lay(before: View, after: View, settings: CompareSettings = _DEFAULT, find: FindHairs | None = None) -> Laid:
    """Lay two photos on one plane and match their finds by place and shape; see ``compare``."""
    a, b = make_frame(before, settings), make_frame(after, settings)
    placed = register(a, b, settings)
    mapping, matches = match_and_settle(a, b, placed, settings)
    flow = flow_onto(a, b, mapping)
    views, p_gone = (before, after), (np.full(len(a.p), np.nan), np.full(len(b.p), np.nan))
    if find is not None:
        found = residues(a, b, flow, find, settings)
        views, p_gone = _with_residues((before, after), (a, b), mapping, found, settings)
        a, b = with_hairs(a, views[0], settings), with_hairs(b, views[1], settings)
    sheets = make_sheets(a, b, flow)
    on_b = leans_moved(b, mapping, forward=False)
    lines = [a.to_work(x) for x in a.lines_mm], [a.to_work(mapping.backward(x)) for x in b.lines_mm]
    inside_a = b.inside_mm(mapping.forward(a.root_mm)) if len(a.p) else np.zeros(0)
    inside_b = a.inside_mm(on_b[0]) if len(b.p) else np.zeros(0)
    one, two = (
        Side(
            root=a.to_work(root),
            lean=lean,
            width=frame.width_mm / a.step_mm,
            length=frame.length_mm / a.step_mm,
            lines=lines[k],
            p=frame.p,
            is_light=frame.is_light,
            matched=np.zeros(len(frame.p), bool),
            inside_mm=(inside_a, inside_b)[k],
            sd_mm=mapping.sd(root) if len(root) else np.zeros(0),
            sheet=sheets[k],
            step_mm=a.step_mm,
            p_gone=p_gone[k],
        )
        for k, (frame, root, lean) in enumerate(((a, a.root_mm, a.lean), (b, *on_b)))
    )
    laid = with_matches(Laid((a, b), views, mapping, matches, matches.p, Between(), (one, two)), matches, matches.p)
    return replace(laid, photos=between(*laid.sides, (matches.a, matches.b, matches.p)))


def _with_residues(
    views: tuple[View, View],
    frames: tuple[Frame, Frame],
    mapping: Mapping,
    found: tuple[Hairs, Hairs],
    settings: CompareSettings,
) -> tuple[tuple[View, View], tuple[Floats, Floats]]:
    """Add hairs that only the residues show to the finds, and say of every find how sure it is gone by its residue."""
    a, out, sure = frames[0], [], []
    on_plane = (a.root_mm, a.lean), leans_moved(frames[1], mapping, forward=False)
    for k, (view, frame, hairs) in enumerate(zip(views, frames, found, strict=True)):
        root, lean = on_plane[k]
        p_gone, fresh = claim(hairs, a.to_work(root), lean, a.step_mm)
        more = hairs.take(fresh & hairs.root_visible & (hairs.p_hair >= settings.p_residue_min))
        points = a.to_mm(more.points_px)
        if k == 1 and len(points):
            points = mapping.forward(points)
        joined = view.hairs.join(on_photo(more, points, frame.px_per_mm, settings))
        out.append(replace(view, hairs=joined))
        sure.append(np.concatenate([p_gone, more.p_hair]))
    return (out[0], out[1]), (sure[0], sure[1])


def with_matches(laid: Laid, matches: Matches, p_hair: Floats) -> Laid:
    """Return the same photos with these matches."""
    one, two = (
        replace(side, matched=np.isin(np.arange(len(side.p)), mine))
        for side, mine in zip(laid.sides, (matches.a, matches.b), strict=True)
    )
    return replace(laid, matches=matches, p_hair=p_hair, sides=(one, two))


def paired(laid: Laid) -> Laid:
    """Let the pixels have their say: matches of different things are taken apart, hairs told from other marks."""
    m = laid.matches
    if not len(m.a):
        return laid
    _, verdict = load_verdict()
    p = verdict(pair_facts(*laid.sides, (m.a, m.b, m.p), laid.photos))
    good = p[:, OTHER] < 0.5
    same = (1 - p[:, OTHER])[good]
    p_hair = p[good, SAME_HAIR] / np.maximum(p[good, SAME_HAIR] + p[good, SAME_FALSE], 1e-9)
    return with_matches(laid, Matches(m.a[good], m.b[good], same), p_hair)


def _tell(laid: Laid, swapped: bool, settings: CompareSettings) -> _Told:
    """Find the fate of every find of both photos."""
    one, two = laid.sides
    fates = find_fates(one, two, laid.photos, settings), find_fates(two, one, laid.photos.turned, settings)
    matches, p_hair = _linked(laid, fates, _SAME_SHAFT_MM / one.step_mm)
    fates[0].fate[matches.a], fates[1].fate[matches.b] = MATCHED, MATCHED
    listed = []
    for side, fate, mine in ((one, fates[0], matches.a), (two, fates[1], matches.b)):
        # a hair is listed by its own photo or by both
        by_both = np.nan_to_num(fate.p_hair)
        by_both[mine] = p_hair
        told = expected_most(by_both, settings.p_least_listed) | (fate.fate == LOST)
        listed.append((side.p >= settings.p_listed) | told)
    # what one photo's list holds, the other's holds too
    either = listed[0][matches.a] | listed[1][matches.b]
    listed[0][matches.a], listed[1][matches.b] = either, either
    a, b = laid.frames
    on_a = a.to_mm(fates[1].found)
    on_b = laid.mapping.forward(a.to_mm(fates[0].found)) if len(fates[0].found) else np.zeros((0, 2))
    if not swapped:
        return _Told((a, b), matches, fates, (on_b, on_a), (listed[0], listed[1]))
    turned = Matches(matches.b, matches.a, matches.p)
    return _Told((b, a), turned, (fates[1], fates[0]), (on_a, on_b), (listed[1], listed[0]))


def _linked(laid: Laid, fates: tuple[Fates, Fates], reach: float) -> tuple[Matches, Floats]:
    """Join finds that were each seen only by looking, where both looks saw the same shaft."""
    matches, p_hair = laid.matches, laid.p_hair
    one, two = laid.sides
    i, j = (np.flatnonzero(f.fate == KEPT) for f in fates)
    if not len(i) or not len(j):
        return matches, p_hair
    gap = np.minimum(_gap(fates[0].found[i], two, j), _gap(fates[1].found[j], one, i).T)
    row, column = linear_sum_assignment(np.minimum(gap, reach))
    near = gap[row, column] < reach
    i, j = i[row[near]], j[column[near]]
    p = fates[0].p_stands[i] * fates[1].p_stands[j]
    joined = Matches(np.concatenate([matches.a, i]), np.concatenate([matches.b, j]), np.concatenate([matches.p, p]))
    return joined, np.concatenate([p_hair, np.maximum(fates[0].p_hair[i], fates[1].p_hair[j])])


def _gap(found: Floats, side: Side, which: Ints) -> Floats:
    """Distance (F, W) of places found to roots of hairs, that along the hair counted to a third."""
    step = found[:, None] - side.root[which][None]
    along = (step * side.lean[which][None]).sum(axis=2)
    across = step[..., 0] * side.lean[which][None, :, 1] - step[..., 1] * side.lean[which][None, :, 0]
    return np.asarray(np.hypot(along / 3, across))


def _kept(told: _Told, mapping: Mapping, swapped: bool, settings: CompareSettings) -> Kept:
    """List matched hairs, then those of each photo found only by looking in the other."""
    (a, b), m, listed, fates = told.frames, told.matches, told.listed, told.fates
    use = listed[0][m.a] | listed[1][m.b]
    only_a, only_b = (np.flatnonzero(on & (f.fate == KEPT)) for on, f in zip(listed, fates, strict=True))
    here = np.concatenate([a.root_mm[m.a[use]], a.root_mm[only_a], told.found_mm[1][only_b]])
    there = np.concatenate([b.root_mm[m.b[use]], told.found_mm[0][only_a], b.root_mm[only_b]])
    none_a, none_b = np.full(len(only_b), -1, np.int64), np.full(len(only_a), -1, np.int64)
    apart_mm = settings.root_apart_um / UM_PER_MM
    place0, place1 = meet(mapping, there, here, apart_mm)[::-1] if swapped else meet(mapping, here, there, apart_mm)
    return Kept(
        t0_px=place0 * a.px_per_mm,
        t1_px=place1 * b.px_per_mm,
        hair_t0=np.concatenate([m.a[use], only_a, none_a]).astype(np.int64),
        hair_t1=np.concatenate([m.b[use], none_b, only_b]).astype(np.int64),
        p=np.concatenate([m.p[use], fates[0].p_stands[only_a], fates[1].p_stands[only_b]]),
    )


def _registration(laid: Laid, swapped: bool) -> Registration:
    """Points and homography in pixels of the photos, in the order they were given."""
    a, b = laid.frames
    anchors = laid.mapping.anchors
    goes = laid.mapping.forward(anchors) if len(anchors) else anchors
    to_a, to_b = np.diag([a.px_per_mm, a.px_per_mm, 1.0]), np.diag([b.px_per_mm, b.px_per_mm, 1.0])
    homography = to_b @ laid.mapping.homography @ np.linalg.inv(to_a)
    px_a, px_b = anchors * a.px_per_mm, goes * b.px_per_mm
    residual_mm = float(np.median(np.linalg.norm(loo_residual(laid.mapping), axis=1))) if len(anchors) else 0.0
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


def compare(before: View, after: View, settings: CompareSettings = _DEFAULT, find: FindHairs | None = None) -> Change:
    """Say what became of each hair between two photos of a spot.

    Parameters
    ----------
    before, after : View
        The two photos with their hairs, detected by one method version.
    settings : CompareSettings, optional
        Tolerances; sources are on the class. Where a view shows hair longer than stubs, those of long hair are used.
    find : callable, optional
        Finds hairs in colours (h, w, 3) with usable skin (h, w) and pixels a millimetre. Where given, each photo is
        searched once more after all that the other shows was taken away.

    Returns
    -------
    Change
        Indices are rows of ``hairs_t0`` and ``hairs_t1``, which begin with those of the views. A find counts as a
        hair where its own photo says so (``p_hair`` of at least ``settings.p_listed``), or both photos together do.
        ``hidden`` holds hairs whose place is covered, out of focus or unusable, and those that cannot be told from a
        false find. ``points_t1_px`` of the registration are where the fitted mapping, stretch included, puts
        ``points_t0_px``; ``residual_px`` is the median leave-one-out distance of roots and skin marks. Kept roots
        are drawn towards each other, those found far apart halfway. The interval includes uncertain fates, hidden
        hairs, hairs missed in both photos and an error the pair shares; it does not include a wrong registration.

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
    if is_long(before, settings) or is_long(after, settings):
        settings = settings.for_long_hair()
    keys = [hashlib.sha256(v.rgb.tobytes() + v.hairs.points_px.tobytes()).digest() for v in (before, after)]
    swapped = keys[1] < keys[0]
    first, second = (after, before) if swapped else (before, after)
    laid = paired(lay(first, second, settings, find))
    return _record(laid, _tell(laid, swapped, settings), swapped, settings)


def _record(laid: Laid, told: _Told, swapped: bool, settings: CompareSettings) -> Change:
    """Turn fates into the record."""
    listed, fates = told.listed, told.fates
    mine = told.matches.a, told.matches.b
    counted = [Counted(f, on, int(on[m].sum())) for f, on, m in zip(fates, listed, mine, strict=True)]
    change, change_pct, smallest = estimate_change(counted[0], counted[1], settings, swapped)
    registration = _registration(laid, swapped)
    flags = Flag.NONE
    if registration.overlap < settings.low_overlap:
        flags |= Flag.LOW_OVERLAP
    if not all(frame.has_scale for frame in laid.frames):
        flags |= Flag.NO_SCALE
    lost, new = (np.flatnonzero(f.fate == LOST) for f in fates)
    views = laid.views[::-1] if swapped else laid.views
    return Change(
        hairs_t0=views[0].hairs,
        hairs_t1=views[1].hairs,
        kept=_kept(told, laid.mapping, swapped, settings),
        lost=lost,
        p_lost=fates[0].p_fell[lost],
        new=new,
        p_new=fates[1].p_fell[new],
        hidden=np.flatnonzero(listed[0] & (fates[0].fate == HIDDEN)),
        out_of_view=np.flatnonzero(listed[0] & (fates[0].fate == OUT)),
        n_t0=int(listed[0].sum()),
        n_t1=int(listed[1].sum()),
        change=change,
        change_pct=change_pct,
        smallest_detectable_loss_pct=smallest,
        registration=registration,
        flags=int(flags),
    )
