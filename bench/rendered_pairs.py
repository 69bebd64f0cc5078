"""Does the 95 % interval of change hold on rendered pairs with a known loss?

usage: rendered_pairs.py [--pairs 14] [--seed 70001]
Dark clipped scalps, 10 to 40 % of hairs lost, another camera at the second visit. No photo is used.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from hairwise import workflow
from hairwise.simulate.scalp import AgeSettings, age_scene, encode, make_scene, photograph
from hairwise.simulate.variety import camera_beside, draw_camera, draw_scene_settings, patch_for

DARK = ("black", "brown")
LOST_SHARES = (0.1, 0.2, 0.3, 0.4)


def one(seed: int, lost_share: float) -> tuple[bool, float, float]:
    """Whether the interval holds, its width and the bias of its value, both in % of the hairs in view of both."""
    camera = draw_camera(seed)
    scene = make_scene(replace(draw_scene_settings(seed, "clipped"), patch_mm=patch_for(camera, "clipped")), seed)
    later = age_scene(scene, AgeSettings(lost_share=lost_share), seed)
    shots = photograph(scene, camera, seed), photograph(later, camera_beside(camera, seed), seed + 1)
    before, after = (
        workflow.measure_photo(encode(shot.rgb, "jpg", 92), f"visit{n}.jpg", shot.px_per_mm)
        for n, shot in enumerate(shots)
    )
    change = workflow.compare_photos(before, after).change
    first = shots[0]
    roots, ids = first.root_px[first.root_inside][:, ::-1], first.hair_id[first.root_inside]
    seen = np.c_[roots, np.ones(len(roots))] @ change.registration.homography.T
    size = np.array(shots[1].rgb.shape[1::-1])
    in_view = ((seen[:, :2] / seen[:, 2:] > 0) & (seen[:, :2] / seen[:, 2:] < size)).all(axis=1)
    gone, n = int((in_view & ~np.isin(ids, later.strands.hair_id)).sum()), int(in_view.sum())
    c = change.change
    return c.lo <= -gone <= c.hi, 100 * (c.hi - c.lo) / n, 100 * (c.value + gone) / n


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=70_001)
    given = parser.parse_args()
    rows, refused, seed = [], 0, given.seed - 1
    while len(rows) + refused < given.pairs:
        seed += 1
        if draw_scene_settings(seed, "clipped").colour not in DARK:
            continue
        try:
            rows.append(one(seed, LOST_SHARES[(len(rows) + refused) % len(LOST_SHARES)]))
        except workflow.Refused as error:
            refused += 1
            print(f"seed {seed} refused: {error.code}")
    held, width, bias = np.array(rows, float).T
    print(f"{len(rows)} pairs, {refused} refused; interval holds {held.mean():.2f}")
    print(f"median width {np.median(width):.1f} %; bias {bias.mean():+.1f} % of hairs")


if __name__ == "__main__":
    main()
