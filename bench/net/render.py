"""Rendered close-ups with truth, at the network's scale, one file each."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

from hairwise.simulate.scalp import make_scene, photograph
from hairwise.simulate.variety import patch_for
from net.recipe import draw

PX_PER_MM = 120.0
# training seeds; seeds from 9000 to 9999 are kept for measuring, from 11000 for the judge's weights
FIRST_SEED = 500_000


@dataclass(frozen=True)
class Sample:
    """A photo and its hairs, resampled to ``PX_PER_MM``."""

    rgb: np.ndarray
    lines: list[np.ndarray]
    diameter_px: np.ndarray
    visible: np.ndarray
    root_seen: np.ndarray


def render_one(seed: int, folder: Path) -> None:
    """Render the photo of a seed into ``folder/SEED.npz`` unless it is there."""
    path = folder / f"{seed}.npz"
    if path.exists():
        return
    settings, camera = draw(seed)
    # the grid's own scale or finer costs the same after resampling; a smaller field renders faster
    scale = min(camera.px_per_mm, 200.0)
    camera = replace(camera, px_per_mm=scale, height_px=round(6.4 * scale), width_px=round(8.0 * scale))
    settings = replace(settings, patch_mm=patch_for(camera, settings.style))
    shot = photograph(make_scene(settings, seed), camera, seed)
    factor = PX_PER_MM / camera.px_per_mm
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(shot.rgb, None, fx=factor, fy=factor, interpolation=way)
    keep = [i for i, line in enumerate(shot.lines_px) if len(line)]
    lines = [((shot.lines_px[i] + 0.5) * factor - 0.5).astype(np.float32) for i in keep]
    ends = np.cumsum([len(line) for line in lines])
    np.savez(
        path.with_suffix(".tmp.npz"),
        rgb=rgb,
        points=np.concatenate(lines),
        ends=ends,
        diameter_px=(shot.diameter_um[keep] / 1000 * PX_PER_MM).astype(np.float32),
        visible=shot.clear_share[keep].astype(np.float32),
        root_seen=shot.root_share[keep].astype(np.float32),
    )
    path.with_suffix(".tmp.npz").rename(path)


def load(path: Path) -> Sample:
    """Read a rendered photo."""
    with np.load(path) as file:
        lines = np.split(file["points"], file["ends"][:-1])
        return Sample(file["rgb"], lines, file["diameter_px"], file["visible"], file["root_seen"])


def _job(job: tuple[int, Path]) -> None:
    cv2.setNumThreads(1)
    render_one(*job)


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    folder.mkdir(parents=True, exist_ok=True)
    with Pool(processes) as pool:
        for n, _ in enumerate(pool.imap_unordered(_job, [(FIRST_SEED + n, folder) for n in range(count)])):
            if n % 20 == 0:
                print(n, flush=True)


if __name__ == "__main__":
    main()
