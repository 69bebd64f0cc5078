"""Rendered pairs with a known loss: fates, change and its interval.

usage: rendered_pairs.py [--pairs 30] [--seed 70001] [--style clipped]
Dark scalps clipped anew between the visits (or short, or long hair), a third without loss, the others 10 to 40 % of
hairs lost, another camera at the second visit. No photo is used. A hair is lost as in score_pairs.py: roots within
0.15 mm, hairs at the edge and hairs whose root is covered neither demanded nor punished; refused pairs apart.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from multiprocessing import Pool

import cv2
import numpy as np
from score_pairs import EDGE_MM, TOLERANCE_MM, matched

from hairwise import workflow
from hairwise.simulate.scalp import AgeSettings, Shot, age_scene, encode, make_scene, photograph
from hairwise.simulate.variety import camera_beside, draw_camera, draw_scene_settings, patch_for

DARK = ("black", "brown")
LOST_SHARES = (0.0, 0.1, 0.2, 0.0, 0.3, 0.4)


@dataclass(frozen=True)
class Row:
    """One pair as scored; shares are of the hairs in view of both."""

    seed: int
    n: int
    gone: int
    said: int
    right: int
    new: int
    holds: bool
    width_pct: float
    bias_pct: float
    error_pct: float
    off_um: float


def one(given: tuple[int, str, float]) -> Row | str:
    seed, style, lost_share = given
    cv2.setNumThreads(1)
    camera = draw_camera(seed)
    scene = make_scene(replace(draw_scene_settings(seed, style), patch_mm=patch_for(camera, style)), seed)
    later = age_scene(scene, AgeSettings(lost_share=lost_share), seed)
    shots = photograph(scene, camera, seed), photograph(later, camera_beside(camera, seed), seed + 1)
    try:
        before, after = (
            workflow.measure_photo(encode(shot.rgb, "jpg", 92), f"visit{n}.jpg", shot.px_per_mm)
            for n, shot in enumerate(shots)
        )
        change = workflow.compare_photos(before, after).change
    except workflow.Refused as error:
        return error.code
    return scored(seed, shots, set(later.strands.hair_id.tolist()), change)


def scored(seed: int, shots: tuple[Shot, Shot], staying: set[int], change: workflow.Change) -> Row:
    first, second = shots
    there = dict(zip(second.hair_id.tolist(), second.root_px[:, ::-1], strict=True))
    roots, ids = first.root_px[:, ::-1], first.hair_id.tolist()
    seen = _through(change.registration.homography, roots)
    size, edge = np.array(second.rgb.shape[1::-1]), EDGE_MM * second.px_per_mm
    core = first.root_inside & ((seen > edge) & (seen < size - edge)).all(axis=1)
    in_view = first.root_inside & ((seen > 0) & (seen < size)).all(axis=1)
    gone = np.array([h not in staying for h in ids])
    demanded = core & first.root_is_clear
    free, tol = roots[~demanded], TOLERANCE_MM * first.px_per_mm
    said = [change.hairs_t0.root_px[h][::-1] for h in change.lost.tolist()]
    hits = {j for _, j in matched(roots[demanded & gone], said, tol)}
    said = [p for j, p in enumerate(said) if j in hits or not len(free) or np.linalg.norm(free - p, axis=1).min() > tol]
    right = len(matched(roots[demanded & gone], said, tol))
    new = [p for p in change.hairs_t1.root_px[change.new][:, ::-1] if ((p > edge) & (p < size - edge)).all()]
    n, n_gone, c = int(in_view.sum()), int((in_view & gone).sum()), change.change
    # the smooth stretch beyond the homography is that of the nearest point the registration was told at
    here, told = (x[:, ::-1] for x in (change.registration.points_t0_px, change.registration.points_t1_px))
    beyond = told - _through(change.registration.homography, here)
    off = []
    for k in np.flatnonzero(core):
        if ids[k] in there and len(here):
            nearest = int(np.argmin(np.linalg.norm(here - roots[k], axis=1)))
            off.append(float(np.linalg.norm(seen[k] + beyond[nearest] - there[ids[k]])))
    net = len(new) - len(said)
    return Row(
        seed=seed, n=int(demanded.sum()), gone=int((demanded & gone).sum()), said=len(said), right=right, new=len(new),
        holds=c.lo <= -n_gone <= c.hi, width_pct=100 * (c.hi - c.lo) / n, bias_pct=100 * (c.value + n_gone) / n,
        error_pct=100 * abs(net + int((demanded & gone).sum())) / max(int(demanded.sum()), 1),
        off_um=1000 * float(np.median(off)) / second.px_per_mm if off else float("nan"),
    )  # fmt: skip


def _through(homography: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (x, y) of the first photo in the second."""
    q = np.c_[points, np.ones(len(points))] @ homography.T
    return q[:, :2] / q[:, 2:]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=70_001)
    parser.add_argument("--style", choices=("clipped", "short", "long"), default="clipped")
    given = parser.parse_args()
    seeds = [s for s in range(given.seed, given.seed + 20 * given.pairs)
             if draw_scene_settings(s, given.style).colour in DARK][: given.pairs]  # fmt: skip
    jobs = [(s, given.style, LOST_SHARES[k % len(LOST_SHARES)]) for k, s in enumerate(seeds)]
    with Pool(2) as pool:
        told = pool.map(one, jobs, chunksize=1)
    rows = [r for r in told if isinstance(r, Row)]
    refused = [r for r in told if isinstance(r, str)]
    print(f"{given.style}: {len(rows)} pairs answered, {len(refused)} refused {sorted(set(refused))}")
    gone, said, right = (sum(getattr(r, k) for r in rows) for k in ("gone", "said", "right"))
    null = [r for r in rows if not r.gone]
    false = 100 * sum(r.said for r in null) / max(sum(r.n for r in null), 1)
    error, bias, width, off = ([getattr(r, k) for r in rows] for k in ("error_pct", "bias_pct", "width_pct", "off_um"))
    print(f"change error {np.mean(error):.1f} %; new, all false: {sum(r.new for r in rows)}")
    print(f"lost precision {right / max(said, 1):.3f}, recall {right / max(gone, 1):.3f}", end="; ")
    print(f"false on null pairs {false:.2f} %")
    print(f"interval holds {np.mean([r.holds for r in rows]):.3f}; median width {np.median(width):.1f} % of hairs")
    print(f"bias {np.mean(bias):+.1f} % of hairs; registration off by {np.nanmedian(off):.0f} um")


if __name__ == "__main__":
    main()
