"""Is growth told right? usage: growth.py [--spots 12] [--seed 600] [--days 3]

Rendered spots of dark clipped hair, seen again some days later and not clipped in between: most hairs have grown
0.3 mm a day, the others rest. The whole series is asked, and the spread of rate and share told. No photo is used.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import Pool

import cv2
import numpy as np

from hairwise import workflow
from hairwise.records.diary import Diary
from hairwise.simulate.scalp import AgeSettings, age_scene, encode, make_scene, photograph
from hairwise.simulate.variety import SKINS, camera_beside, draw_camera, draw_scene_settings, patch_for

RATE, RESTING = 0.3, (0.1, 0.2, 0.35)
FIRST = date(2026, 1, 5)


def spot(given: tuple[int, int]) -> dict[str, float] | str:
    seed, days = given
    cv2.setNumThreads(1)
    camera = draw_camera(seed, 130.0)
    settings = replace(draw_scene_settings(seed, "clipped"), colour="brown", grey_share=0.0, skin_rgb=SKINS[seed % 3])
    first = make_scene(replace(settings, patch_mm=patch_for(camera, "clipped")), seed)
    resting = RESTING[seed % len(RESTING)]
    grown = AgeSettings(lost_share=0.0, grown_mm=RATE * days, resting_share=resting)
    photos, entries = {}, []
    for n, scene in enumerate((first, age_scene(first, grown, seed))):
        shot = photograph(scene, camera if n == 0 else camera_beside(camera, seed), seed + n)
        day = FIRST + timedelta(days=days * n)
        photos[f"{day}.jpg"] = encode(shot.rgb, "jpg", 92)
        entries.append({"date": str(day), "spot": "a", "file": f"{day}.jpg", "px_per_mm": shot.px_per_mm,
                        "style": "clipped"})  # fmt: skip
    diary = {"schema": "needling-diary/1", "id": "growth", "cutoff": entries[1]["date"],
             "spots": [{"id": "a", "zone": "vertex", "role": "control"}], "photos": entries}  # fmt: skip
    told = workflow.series(Diary.model_validate(diary), photos.__getitem__, lambda _: None)
    growth = told.spots[0].growth
    if growth is None:
        return "no growth told"
    rate, share = growth.growth_mm_per_day, growth.growing_share
    return {"hairs": growth.hairs, "rate": rate.value, "rate_holds": rate.lo <= RATE <= rate.hi,
            "off": share.value - (1 - resting), "share_holds": share.lo <= 1 - resting <= share.hi}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--spots", type=int, default=12)
    parser.add_argument("--seed", type=int, default=600)
    parser.add_argument("--days", type=int, default=3)
    given = parser.parse_args()
    with Pool(2) as pool:
        told = pool.map(spot, [(given.seed + k, given.days) for k in range(given.spots)], chunksize=1)
    rows = [r for r in told if isinstance(r, dict)]
    print(f"{len(rows)} of {len(told)} spots told, {np.median([r['hairs'] for r in rows]):.0f} hairs each")
    rate, off = (np.array([r[k] for r in rows]) for k in ("rate", "off"))
    print(f"rate, {RATE} mm a day in truth: mean {rate.mean():.3f}, sd {rate.std():.3f}", end="; ")
    print(f"interval holds {np.mean([r['rate_holds'] for r in rows]):.2f}")
    print(f"growing share: bias {off.mean():+.3f}, sd {off.std():.3f}", end="; ")
    print(f"interval holds {np.mean([r['share_holds'] for r in rows]):.2f}")


if __name__ == "__main__":
    main()
