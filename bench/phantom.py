"""hairwise against its own phantom: exact truth, fresh seeds each release. Imported by run.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from hairwise import workflow
from hairwise.simulate.scalp import encode, make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

SEED, N_FIELDS = 9000, 20
TOLERANCE_MM = 0.100  # as for real fields
VISIBLE_SHARE = 0.25  # hairs covered more than this are neither demanded nor punished


def phantom_rows() -> list[tuple[str, str, str, str]]:
    found = right = demanded = covered = 0
    diameter_errors: list[float] = []
    for n in range(N_FIELDS):
        camera = draw_camera(SEED + n)
        px_per_mm = camera.px_per_mm
        settings = replace(draw_scene_settings(SEED + n, "clipped"), patch_mm=patch_for(camera, "clipped"))
        shot = photograph(make_scene(settings, SEED + n), camera, SEED + n)
        measured = workflow.measure_photo(encode(shot.rgb, "jpg", 92), f"phantom{n}.jpg", px_per_mm)
        ok = shot.root_inside & (shot.visible_share >= VISIBLE_SHARE)
        free = shot.root_inside & ~ok
        roots = measured.hairs.root_px
        d = cdist(shot.root_px[shot.root_inside], roots) / px_per_mm
        i, j = linear_sum_assignment(np.minimum(d, 10 * TOLERANCE_MM))
        hit = d[i, j] <= TOLERANCE_MM
        is_ok = ok[shot.root_inside][i[hit]]
        right += int(is_ok.sum())
        demanded += int(ok.sum())
        found += len(roots) - int((~is_ok).sum())
        count = measured.measurement.count
        covered += int(count.lo <= ok.sum() + free.sum() <= count.hi)
        truth_um = shot.diameter_um[shot.root_inside][i[hit]]
        diameter_errors += list(measured.measurement.diameter_um[j[hit]] - truth_um)
    precision, recall = right / max(found, 1), right / max(demanded, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    errors = np.array(diameter_errors)
    errors = errors[np.isfinite(errors)]
    note = f"{N_FIELDS} rendered clipped fields, {demanded} hairs, seeds from {SEED}"
    return [
        ("phantom, clipped: root F1", "reported", f"{f1:.3f}", note),
        ("… precision; recall", "reported", f"{precision:.3f}; {recall:.3f}", note),
        (
            "… diameter: bias; mean abs. error",
            "reported",
            f"{errors.mean():+.1f}; {np.abs(errors).mean():.1f} µm",
            note,
        ),
        ("… 95 % interval of the count holds", "reported", f"{covered / N_FIELDS:.2f}", note),
    ]
