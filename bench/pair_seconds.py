"""How long two measured photos of 5.2 megapixels take to compare, from narrow views to wide ones.

usage: pair_seconds.py
Rendered clipped spots, a tenth of the hairs lost, on two threads; the second run of each, with the network loaded.
"""

from __future__ import annotations

import time
from dataclasses import replace

import cv2

from hairwise import workflow
from hairwise.simulate.scalp import AgeSettings, age_scene, encode, make_scene, photograph
from hairwise.simulate.variety import camera_beside, draw_camera, draw_scene_settings, patch_for

HEIGHT_PX, WIDTH_PX = 1944, 2592
CASES = ((15, 300.0), (12, 250.0), (15, 186.0), (12, 156.0))  # seed, px/mm


def pair(seed: int, px_per_mm: float) -> tuple[workflow.Measured, workflow.Measured]:
    camera = replace(draw_camera(seed, px_per_mm), height_px=HEIGHT_PX, width_px=WIDTH_PX)
    settings = replace(draw_scene_settings(seed, "clipped"), colour="brown", grey_share=0.0)
    scene = make_scene(replace(settings, patch_mm=patch_for(camera, "clipped")), seed)
    later = age_scene(scene, AgeSettings(lost_share=0.1), seed)
    shots = photograph(scene, camera, seed), photograph(later, camera_beside(camera, seed), seed + 1)
    one, two = (
        workflow.measure_photo(encode(shot.rgb, "jpg", 92), f"visit{k}.jpg", shot.px_per_mm)
        for k, shot in enumerate(shots)
    )
    return one, two


def main() -> None:
    cv2.setNumThreads(2)
    for seed, px_per_mm in CASES:
        before, after = pair(seed, px_per_mm)
        workflow.compare_photos(before, after)
        start = time.perf_counter()
        workflow.compare_photos(before, after)
        seconds = time.perf_counter() - start
        print(f"{WIDTH_PX / px_per_mm:.0f} mm wide, {len(before.hairs)} hairs: {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
