"""Rendered photos with their exact truth, in the form the scorers read.

Knows: which files a rendered photo makes. Must not know: what will be measured, the terminal.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from hairwise.errors import Refused
from hairwise.measure.quantities import MeasureSettings
from hairwise.simulate.people import draw_person
from hairwise.simulate.person import simulate_person
from hairwise.simulate.scalp import METHOD_VERSION, AgeSettings, Shot, age_scene, encode, make_scene, photograph
from hairwise.simulate.scene import COLOURS
from hairwise.simulate.variety import SKINS, camera_beside, draw_camera, draw_scene_settings, patch_for
from hairwise.simulate.wide import draw_wide_camera, draw_wide_settings, expose

if TYPE_CHECKING:
    from hairwise.simulate.lens import CameraSettings
    from hairwise.simulate.scene import SceneSettings, Style

__all__ = ["simulate_diary", "simulate_photo", "simulate_series"]

JPEG_QUALITY = 92
_SPOT_PX_PER_MM = 130.0  # a spot of 8 by 10 mm
_FIRST_DAY, _DAYS_APART = date(2026, 1, 5), 28
_SPOTS = (("rolled-front", "front", "rolled"), ("control-occiput", "occiput", "control"))


def simulate_photo(
    seed: int,
    style: Style = "clipped",
    px_per_mm: float | None = None,
    lost_share: float | None = None,
    is_wide: bool = False,
) -> dict[str, bytes]:
    """
    Render one close-up, or two visits of one spot, with exact truth.

    Parameters
    ----------
    seed : int
        0 or more; the same seed and arguments give the same files.
    style : {"clipped", "short", "long"}
        Hair style.
    px_per_mm : float, optional
        Scale, 40 to 360; drawn from 90 to 260 where not given.
    lost_share : float, optional
        Share of hairs lost before a second visit, 0 to 1; no second visit where not given.
    is_wide : bool
        Draw from the wide range: every skin and hair colour, curls, oil, bubbles, labels, glare.

    Returns
    -------
    dict of str to bytes
        JPEGs and ``NAME.truth.json``, by file name. Points are x, y in pixels, root first. Class is ``premium`` (of a
        unit of several), ``single``, ``undersize`` (thinner than 40 um) or ``abnormal`` (less than a quarter of its
        part in the photo shows, or its root lies under other hair). ``curl_deg`` is the pitch of a hair's helix, 0
        straight. ``bar`` and ``circle`` say where a scale bar and a circle were drawn and how long they are; null:
        none.

    Raises
    ------
    Refused
        ``impossible_phantom`` outside the ranges above.
    """
    if px_per_mm is not None and not 40 <= px_per_mm <= 360:
        raise Refused("impossible_phantom", f"{px_per_mm:g} px/mm cannot be rendered.", "Ask for 40 to 360.")
    if lost_share is not None and not 0 <= lost_share <= 1:
        raise Refused("impossible_phantom", f"A share of {lost_share:g} cannot be lost.", "Ask for 0 to 1.")
    settings, camera = _drawn(seed, style, px_per_mm, is_wide)
    scene = make_scene(settings, seed)
    first = photograph(scene, camera, seed)
    about = {"seed": seed, "style": style, "method_version": METHOD_VERSION, "wide": is_wide, **_facts(settings)}
    name = f"phantom-{style}-{seed}"
    if lost_share is None:
        return _files(name, first, about)
    later = age_scene(scene, AgeSettings(lost_share=lost_share), seed)
    second = photograph(later, camera_beside(camera, seed), seed + 1)
    # lost from the patch, whether or not the second photo shows its place
    lost = np.setdiff1d(scene.strands.hair_id, later.strands.hair_id).tolist()
    told = {**about, "lost_hair_id": [h for h in lost if h in set(first.hair_id.tolist())]}
    return {**_files(f"{name}-a", first, told), **_files(f"{name}-b", second, told)}


def simulate_series(
    seed: int, lost_shares: tuple[float, float] = (0.1, 0.0), visits: int = 2, repeats: int = 1
) -> dict[str, bytes]:
    """
    Render a rolled and an unrolled spot over several visits, as a diary with its photos.

    Parameters
    ----------
    seed : int
        0 or more; the same arguments give the same files.
    lost_shares : tuple of float
        Share of its hairs that the rolled and the unrolled spot lose from each visit to the next, 0 to 1.
    visits, repeats : int
        Visits, 2 to 12; photos of each spot at every visit, 1 to 5.

    Returns
    -------
    dict of str to bytes
        ``diary.json``, JPEGs and a ``NAME.truth.json`` for each, by file name; ``lost_hair_id`` of a truth are hairs of
        the first visit that are gone.

    Raises
    ------
    Refused
        ``impossible_phantom`` outside the ranges above.
    """
    if not (2 <= visits <= 12 and 1 <= repeats <= 5 and all(0 <= share <= 1 for share in lost_shares)):
        why = f"{visits} visits with {repeats} photos and losses of {lost_shares} cannot be rendered."
        raise Refused("impossible_phantom", why, "Ask for 2 to 12 visits, 1 to 5 photos, shares of 0 to 1.")
    days = [_FIRST_DAY + timedelta(days=_DAYS_APART * v) for v in range(visits)]
    files: dict[str, bytes] = {}
    entries = []
    for k, ((spot, _, _), share) in enumerate(zip(_SPOTS, lost_shares, strict=True)):
        own = 2 * seed + k
        settings, camera = _drawn(own, "clipped", _SPOT_PX_PER_MM, is_wide=False)
        # pale hair, and dark hair on deep skin, can be too faint to compare
        settings = replace(settings, colour="brown", grey_share=0.0, skin_rgb=SKINS[own % 3])
        scene = first = make_scene(settings, own)
        for visit, day in enumerate(days):
            if visit:
                scene = age_scene(scene, AgeSettings(lost_share=share), own)
            lost = np.setdiff1d(first.strands.hair_id, scene.strands.hair_id).tolist()
            told = {"seed": own, "spot": spot, "visit": visit, "lost_hair_id": lost, **_facts(settings)}
            for r in range(repeats):
                at = camera if visit == r == 0 else camera_beside(camera, 1000 * own + 10 * visit + r)
                shot = photograph(scene, at, 1000 * own + 10 * visit + r)
                name = f"{spot}-{day}-{r + 1}"
                files |= _files(name, shot, told)
                entries.append({"date": str(day), "spot": spot, "file": f"{name}.jpg", "px_per_mm": shot.px_per_mm,
                                "style": "clipped"})  # fmt: skip
    diary = {
        "schema": "needling-diary/1",
        "id": f"phantom-series-{seed}",
        "cutoff": str(days[-1]),
        "spots": [{"id": spot, "zone": zone, "role": role} for spot, zone, role in _SPOTS],
        "photos": entries,
    }
    return {"diary.json": json.dumps(diary, indent=1).encode(), **files}


def simulate_diary(scenario: str, seed: int, weeks: int = 12) -> dict[str, bytes]:
    """
    Write the diary of a made person, and what truly happened.

    Parameters
    ----------
    scenario : str
        One of `hairwise.simulate.people.SCENARIOS`.
    seed : int
        0 or more; the same arguments give the same files.
    weeks : int
        Of diary from the first session on.

    Returns
    -------
    dict of str to bytes
        ``SCENARIO-SEED.json`` and ``SCENARIO-SEED.truth.json``.

    Raises
    ------
    Refused
        ``no_scenario`` where there is none of that name.
    """
    diary, truth = simulate_person(draw_person(scenario, seed, weeks=weeks), seed)
    name = f"{scenario}-{seed}"
    return {f"{name}.json": _json(diary), f"{name}.truth.json": _json(truth)}


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1).encode()


def _drawn(seed: int, style: Style, px_per_mm: float | None, is_wide: bool) -> tuple[SceneSettings, CameraSettings]:
    if is_wide:
        settings = draw_wide_settings(seed, style)
        camera = expose(draw_wide_camera(seed, px_per_mm), settings)
    else:
        settings, camera = draw_scene_settings(seed, style), draw_camera(seed, px_per_mm)
    return replace(settings, patch_mm=patch_for(camera, style)), camera


def _facts(settings: SceneSettings) -> dict[str, Any]:
    """Say what a score may be split by."""
    return {
        "colour": settings.colour,
        "grey_share": settings.grey_share,
        "curl": settings.curl,
        "oil": settings.oil,
        "skin_rgb": list(settings.skin_rgb),
    }


def _overlay(shot: Shot) -> dict[str, Any]:
    """Scale bar and circle as drawn, x before y."""
    bar, circle = shot.overlay.bar_px, shot.overlay.circle_px
    told: dict[str, Any] = {"bar": None, "circle": None}
    if bar is not None:
        length_px = float(np.hypot(bar[1][0] - bar[0][0], bar[1][1] - bar[0][1]))
        told["bar"] = {
            "length_mm": round(length_px / shot.px_per_mm, 6),
            "length_px": round(length_px, 2),
            "ends": [[round(x, 2), round(y, 2)] for y, x in bar],
        }
    if circle is not None:
        y, x, radius = circle
        told["circle"] = {
            "middle": [round(x, 2), round(y, 2)],
            "radius_px": round(radius, 2),
            "radius_mm": round(radius / shot.px_per_mm, 6),
        }
    return told


def _files(name: str, shot: Shot, about: dict[str, Any]) -> dict[str, bytes]:
    height, width = shot.rgb.shape[:2]
    clear, root_is_clear = shot.clear_share, shot.root_is_clear
    hairs = [_row(shot, int(h), float(clear[h]), bool(root_is_clear[h])) for h in np.flatnonzero(shot.root_inside)]
    truth = {**about, "px_per_mm": shot.px_per_mm, "tile_px": [width, height], **_overlay(shot), "hairs": hairs}
    return {
        f"{name}.jpg": encode(shot.rgb, "jpg", JPEG_QUALITY),
        f"{name}.truth.json": json.dumps(truth, separators=(", ", ": ")).replace('}, {"root"', '},\n{"root"').encode(),
    }


def _row(shot: Shot, h: int, clear: float, root_is_clear: bool) -> dict[str, Any]:
    mates = int((shot.unit == shot.unit[h]).sum())
    kind = "premium" if mates > 1 else "single"
    if shot.diameter_um[h] <= MeasureSettings().vellus_below_um:
        kind = "undersize"
    if not root_is_clear:
        kind = "abnormal"
    line = shot.lines_px[h][:, ::-1]
    return {
        "root": np.round(line[0], 1).tolist(),
        "tip": np.round(line[-1], 1).tolist(),
        "class": kind,
        "hair_id": int(shot.hair_id[h]),
        "unit": int(shot.unit[h]),
        "diameter_um": round(float(shot.diameter_um[h]), 1),
        "length_mm": round(float(shot.length_mm[h]), 3),
        "colour": COLOURS[int(shot.colour[h])],
        "curl_deg": round(float(np.degrees(abs(shot.curl_rad[h]))), 1),
        "clear_share": round(clear, 3),
        "root_share": round(float(shot.root_share[h]), 3),
        "line": np.round(line, 1).tolist(),
    }
