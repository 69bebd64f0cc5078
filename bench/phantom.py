"""hairwise against its own phantom: exact truth, fresh seeds each release. Imported by run.py, strata.py and peers.py.

A hair is demanded when its root lies in the photo, is not covered, and enough of its part in the photo shows; other
hairs are neither demanded nor punished. Long hair leaves the photo, so its share of the whole hair would say nothing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from hairwise import workflow
from hairwise.simulate.scalp import CameraSettings, SceneSettings, Shot, encode, make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

SEEDS = {"clipped": 9000, "short": 9200, "long": 9300}
N_FIELDS = {"clipped": 40, "short": 12, "long": 12}
BARE_SEED, N_BARE = 9400, 6
TOLERANCE_MM = 0.100  # as for real fields
FINE_PX_PER_MM = 100.0  # below this a usual hair is under 8 px wide: its diameter is not judged
DARK = ("black", "brown")


@dataclass(frozen=True)
class Field:
    """A rendered photo with its truth."""

    seed: int
    style: str
    settings: SceneSettings
    camera: CameraSettings
    shot: Shot

    @cached_property
    def data(self) -> bytes:
        return encode(self.shot.rgb, "jpg", 92)

    @property
    def name(self) -> str:
        return f"{self.style}{self.seed}.jpg"

    @property
    def px_per_mm(self) -> float:
        return self.camera.px_per_mm


def draw_field(seed: int, style: str, bare: bool = False) -> Field:
    """Render a field; ``bare`` leaves every hair out but keeps marks and loose clippings."""
    camera = draw_camera(seed)
    settings = replace(draw_scene_settings(seed, style), patch_mm=patch_for(camera, style))
    if bare:
        settings = replace(settings, units_per_cm2=0.0)
    return Field(seed, style, settings, camera, photograph(make_scene(settings, seed), camera, seed))


def match_roots(field: Field, roots_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True hairs (index into the shot's) and found roots that are within the tolerance, one to one."""
    inside = np.flatnonzero(field.shot.root_inside)
    d = cdist(field.shot.root_px[inside], roots_px.reshape(-1, 2)) / field.px_per_mm
    i, j = linear_sum_assignment(np.minimum(d, 10 * TOLERANCE_MM))
    hit = d[i, j] <= TOLERANCE_MM
    return inside[i[hit]], j[hit]


def score_roots(field: Field, roots_px: np.ndarray) -> dict:
    """How many hairs are demanded, reported and right."""
    demanded = field.shot.root_is_clear
    hairs, _ = match_roots(field, roots_px)
    right = int(demanded[hairs].sum())
    return {"right": right, "found": len(roots_px) - (len(hairs) - right), "demanded": int(demanded.sum())}


def score_field(field: Field) -> dict:
    """Measure a rendered field with hairwise and score it; a refused photo has no hair reported."""
    try:
        measured = workflow.measure_photo(field.data, field.name, field.px_per_mm)
    except workflow.Refused as error:
        empty = np.empty(0)
        nothing = {"refused": error.code, "covered": False, "flagged": False, "errors_um": empty, "tip_um": empty}
        return score_roots(field, np.empty((0, 2))) | nothing | {"swapped": 0, "belong": 0} | _conditions(field)
    hairs, count, shot = measured.hairs, measured.measurement.count, field.shot
    i, j = match_roots(field, hairs.root_px)
    # the tip of a hair that leaves the photo is not in it
    with_tip = np.all((shot.tip_px[i] >= 0) & (shot.tip_px[i] <= np.array(shot.rgb.shape[:2]) - 1), axis=1)
    swapped, belong = _swapped(field, hairs)
    return (
        score_roots(field, hairs.root_px)
        | {
            "refused": "",
            "covered": count.lo <= shot.root_inside.sum() <= count.hi,
            "flagged": "interval_unchecked" in measured.file.flags or "no_hair" in measured.file.flags,
            "errors_um": measured.measurement.diameter_um[j] - shot.diameter_um[i],
            "tip_um": np.linalg.norm(shot.tip_px[i] - hairs.tip_px[j], axis=1)[with_tip] / field.px_per_mm * 1000,
            "swapped": swapped,
            "belong": belong,
        }
        | _conditions(field)
    )


def _swapped(field: Field, hairs: object) -> tuple[int, int]:
    """Lines whose root is at the tip of the hair that they lie on, and lines that lie on a hair."""
    shot = field.shot
    dense = [_dense(line) for line in shot.lines_px]
    if not dense or not len(hairs):
        return 0, 0
    owner = np.repeat(np.arange(len(dense)), [len(line) for line in dense])
    reach_px = 0.05 * field.px_per_mm  # half a usual hair and a little
    near, index = cKDTree(np.concatenate(dense)).query(hairs.points_px, distance_upper_bound=reach_px)
    tolerance_px = TOLERANCE_MM * field.px_per_mm
    swapped = belong = 0
    for start, stop, root in zip(hairs.offsets[:-1], hairs.offsets[1:], hairs.root_px, strict=True):
        on = np.isfinite(near[start:stop])
        if on.mean() < 0.5:
            continue
        hair = np.bincount(owner[index[start:stop][on]]).argmax()
        belong += 1
        to_tip, to_root = (np.linalg.norm(root - ends[hair]) for ends in (shot.tip_px, shot.root_px))
        swapped += bool(to_tip <= tolerance_px < to_root)
    return swapped, belong


def _dense(line: np.ndarray) -> np.ndarray:
    """Points of a line every two pixels or closer."""
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    at = np.linspace(0, along[-1], max(int(along[-1] / 2), 1) + 1)
    return np.c_[np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])]


def _conditions(field: Field) -> dict:
    settings, camera = field.settings, field.camera
    return {
        "style": field.style,
        "dark": settings.colour in DARK,
        "hair": "dark" if settings.colour in DARK else {"blond": "light"}.get(settings.colour, settings.colour),
        "skin": "light" if settings.skin_rgb[0] >= 190 else "deep",
        "contrast": _contrast(field.shot),
        "defocus_um": camera.defocus_um,
        "px_per_mm": camera.px_per_mm,
    }


def _contrast(shot: Shot) -> float:
    """How much darker the hairs' centrelines are than the skin beside them, as a share of the skin's grey level."""
    grey = cv2.cvtColor(shot.rgb, cv2.COLOR_RGB2GRAY)
    near = np.zeros(grey.shape, np.uint8)
    on = []
    limits = np.array(grey.shape) - 1
    for line, width_um, is_clear in zip(shot.lines_px, shot.diameter_um, shot.is_clear, strict=True):
        wide = max(1, round(3 * width_um / 1000 * shot.px_per_mm))
        cv2.polylines(near, [np.round(line[:, ::-1]).astype(np.int32)], False, 255, wide)
        points = np.round(line).astype(int)
        points = points[np.all((points >= 0) & (points <= limits), axis=1)]
        if is_clear and len(points):
            on.append(np.median(grey[points[:, 0], points[:, 1]]))
    skin = grey[near == 0]
    if not on or not len(skin):
        return np.nan
    return float(1 - np.median(on) / np.median(skin))


def bare_per_cm2(n_fields: int) -> tuple[int, float]:
    """Hairs reported on skin without any, and the area looked at [cm2]."""
    reported, area_cm2 = 0, 0.0
    for n in range(n_fields):
        print(f"\rbare skin {n + 1} of {n_fields}", end="", file=sys.stderr)
        field = draw_field(BARE_SEED + n, "clipped", bare=True)
        area_cm2 += field.shot.rgb.shape[0] * field.shot.rgb.shape[1] / field.px_per_mm**2 / 100
        try:
            reported += len(workflow.measure_photo(field.data, field.name, field.px_per_mm).hairs)
        except workflow.Refused:
            continue
    return reported, area_cm2


def score_styles(n_fields: dict[str, int]) -> list[dict]:
    """Score rendered fields of every style."""
    scored = []
    for style, n_style in n_fields.items():
        for n in range(n_style):
            print(f"\rrendered {style} field {n + 1} of {n_style}", end="", file=sys.stderr)
            scored.append(score_field(draw_field(SEEDS[style] + n, style)))
    return scored


def f1_of(part: list[dict]) -> tuple[float, float, float]:
    """F1, precision, recall over photos."""
    right, found, demanded = (sum(s[key] for s in part) for key in ("right", "found", "demanded"))
    precision, recall = right / max(found, 1), right / max(demanded, 1)
    return 2 * precision * recall / max(precision + recall, 1e-9), precision, recall


def phantom_rows(scored: list[dict]) -> list[tuple[str, str, str, str]]:
    """Rows for each style, then for clipped fields, dark hair and light or grey hair apart."""
    rows = []
    for style, bar in (("clipped", "≥ 0.85"), ("short", "≥ 0.60"), ("long", "≥ 0.60")):
        part = [s for s in scored if s["style"] == style]
        if part:
            f1, precision, recall = f1_of(part)
            note = f"{len(part)} rendered fields, {sum(s['demanded'] for s in part)} hairs, precision {precision:.3f}"
            rows.append((f"phantom, {style}: root F1", bar, f"{f1:.3f}", f"{note}, recall {recall:.3f}"))
    clipped = [s for s in scored if s["style"] == "clipped" and s["demanded"]]
    if clipped:
        off = [100 * abs(s["found"] - s["demanded"]) / s["demanded"] for s in clipped]
        held = 100 * np.mean([s["covered"] for s in clipped])
        rows += [
            ("… clipped: count error, median (mean)", "≤ 8 %", f"{np.median(off):.1f} % ({np.mean(off):.1f} %)", ""),
            ("… clipped: 95 % interval of the count holds", "92-98 %", f"{held:.0f} %", f"{len(clipped)} fields"),
        ]
    for name, is_dark in (("dark", True), ("light or grey", False)):
        part = [s for s in scored if s["style"] == "clipped" and s["dark"] == is_dark]
        if not part:
            continue
        f1, precision, recall = f1_of(part)
        errors = np.concatenate([s["errors_um"] for s in part if s["px_per_mm"] >= FINE_PX_PER_MM] or [np.empty(0)])
        told, errors = np.isfinite(errors).mean() if len(errors) else np.nan, errors[np.isfinite(errors)]
        demanded = sum(s["demanded"] for s in part)
        note = f"{len(part)} rendered clipped fields, {demanded} hairs, seeds from {SEEDS['clipped']}"
        held = np.mean([s["covered"] for s in part])
        flagged = np.mean([s["flagged"] for s in part])
        mean, spread = (errors.mean(), np.abs(errors).mean()) if len(errors) else (np.nan, np.nan)
        rows += [
            (f"phantom, {name}: root F1", "reported", f"{f1:.3f}", note),
            ("… precision; recall", "reported", f"{precision:.3f}; {recall:.3f}", note),
            (
                "… diameter at ≥ 100 px/mm: bias; mean abs. error",
                "≤ 1.5 µm; ≤ 5 µm" if is_dark else "reported",
                f"{mean:+.1f}; {spread:.1f} µm",
                f"told of {told:.2f} of the hairs found; the rest lie against others",
            ),
            ("… 95 % interval of the count holds (flagged as unlike)", "reported", f"{held:.2f} ({flagged:.2f})", note),
        ]
    return rows
