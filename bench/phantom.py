"""hairwise against its own phantom: exact truth, fresh seeds each release. Imported by run.py."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from hairwise import workflow
from hairwise.simulate.scalp import encode, make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

SEED, N_FIELDS = 9000, 40
TOLERANCE_MM = 0.100  # as for real fields
VISIBLE_SHARE = 0.25  # hairs covered more than this are neither demanded nor punished


DARK = ("black", "brown")


def phantom_rows() -> list[tuple[str, str, str, str]]:
    """Measure rendered clipped fields, dark hair and light or grey hair apart."""
    print("rendered fields", file=sys.stderr)
    scored = [_score(SEED + n) for n in range(N_FIELDS)]
    rows = []
    for name, part in (
        ("dark", [s for s in scored if s["dark"]]),
        ("light or grey", [s for s in scored if not s["dark"]]),
    ):
        right, found, demanded = (sum(s[key] for s in part) for key in ("right", "found", "demanded"))
        precision, recall = right / max(found, 1), right / max(demanded, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        errors = np.concatenate([s["errors_um"] for s in part])
        errors = errors[np.isfinite(errors)]
        note = f"{len(part)} rendered clipped fields, {demanded} hairs, seeds from {SEED}"
        held = np.mean([s["covered"] for s in part])
        flagged = np.mean([s["flagged"] for s in part])
        mean, spread = (errors.mean(), np.abs(errors).mean()) if len(errors) else (np.nan, np.nan)
        rows += [
            (f"phantom, {name}: root F1", "reported", f"{f1:.3f}", note),
            ("… precision; recall", "reported", f"{precision:.3f}; {recall:.3f}", note),
            ("… diameter: bias; mean abs. error", "reported", f"{mean:+.1f}; {spread:.1f} µm", note),
            ("… 95 % interval of the count holds (flagged as unlike)", "reported", f"{held:.2f} ({flagged:.2f})", note),
        ]
    return rows


def _score(seed: int) -> dict:
    camera = draw_camera(seed)
    px_per_mm = camera.px_per_mm
    settings = replace(draw_scene_settings(seed, "clipped"), patch_mm=patch_for(camera, "clipped"))
    shot = photograph(make_scene(settings, seed), camera, seed)
    measured = workflow.measure_photo(encode(shot.rgb, "jpg", 92), f"phantom{seed}.jpg", px_per_mm)
    inside = shot.root_inside
    demanded = (shot.visible_share >= VISIBLE_SHARE)[inside]
    roots = measured.hairs.root_px
    d = cdist(shot.root_px[inside], roots) / px_per_mm
    i, j = linear_sum_assignment(np.minimum(d, 10 * TOLERANCE_MM))
    hit = d[i, j] <= TOLERANCE_MM
    is_demanded = demanded[i[hit]]
    count = measured.measurement.count
    return {
        "dark": settings.colour in DARK,
        "right": int(is_demanded.sum()),
        "found": len(roots) - int((~is_demanded).sum()),
        "demanded": int(demanded.sum()),
        "covered": count.lo <= inside.sum() <= count.hi,
        "flagged": "interval_unchecked" in measured.file.flags or "no_hair" in measured.file.flags,
        "errors_um": measured.measurement.diameter_um[j[hit]] - shot.diameter_um[inside][i[hit]],
    }
