"""Scales beside the photos measured: the sheet of rings, a device's stored scale.

Knows: the person's folder of devices. Must not know: how a scale is read, the terminal, HTTP.
"""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from pydantic import ValidationError

from hairwise import __version__
from hairwise.errors import Refused
from hairwise.image.calibrate import calibrate
from hairwise.image.read import read_photo
from hairwise.records.photo import ScaleHints, ScaleReading
from hairwise.records.ring import RING
from hairwise.records.scale import NAME_PATTERN, ScaleProfile
from hairwise.report.labels import SCALE_SOURCES
from hairwise.report.ring import sheet_pdf
from hairwise.workflow.files import dump, read_bytes, short_name, write_whole

if TYPE_CHECKING:
    from hairwise.records.photo import Calibration, Photo
    from hairwise.report.ring import Paper

__all__ = ["profiles", "read_scale", "ring_sheet", "save_profile", "scale_hints", "scale_text"]

_HELD_SHARE = 0.02  # the same device held again: distance and focus differ; a lens pressed on the skin varies less


def ring_sheet(paper: Paper) -> bytes:
    """Return the page of paper rings as a PDF."""
    return sheet_pdf(paper)


def scale_hints(ring_printed_mm: float | None, tick_mm: float | None = None, device: str | None = None) -> ScaleHints:
    """
    Return hints, checked; ``device`` is the name of a stored one.

    Raises
    ------
    Refused
        ``bad_print`` for a sheet's line outside 50 to 150 mm, ``bad_tick`` for ticks outside 0.1 to 10 mm,
        ``bad_name``, ``no_device`` or ``bad_device`` for a device.
    """
    if ring_printed_mm is not None and not 50 <= ring_printed_mm <= 150:
        raise Refused(
            "bad_print",
            f"A line of {RING.ruler_mm:g} mm cannot come out {ring_printed_mm:g} mm long.",
            "Measure the line on the sheet with a ruler, in mm.",
        )
    if tick_mm is not None and not 0.1 <= tick_mm <= 10:
        raise Refused("bad_tick", f"No ruler has ticks {tick_mm:g} mm apart.", "Say how far its smallest ticks are.")
    if device is None:
        return ScaleHints(ring_printed_mm=ring_printed_mm, tick_mm=tick_mm)
    held = _load(device)
    se = held.px_per_mm * math.hypot(held.px_per_mm_se / held.px_per_mm, _HELD_SHARE)
    reading = ScaleReading("device", held.px_per_mm, se)
    return ScaleHints(ring_printed_mm, tick_mm, reading, (held.longer_px, held.shorter_px))


def read_scale(data: bytes, name: str, hints: ScaleHints) -> tuple[Photo, Calibration]:
    """
    Read the scale off a photo of a ring, a bar or a ruler.

    Raises
    ------
    Refused
        ``no_scale`` where none of them can be read.
    """
    photo = read_photo(data, name)
    calibration = calibrate(photo, None, hints).calibration
    if calibration.px_per_mm is None:
        raise Refused(
            "no_scale",
            f"{short_name(name)} shows no scale that can be read with certainty.",
            "Photograph a ruler's millimetres, sharp and filling the photo, or a paper ring (hairwise ring).",
        )
    return photo, calibration


def scale_text(calibration: Calibration) -> str:
    """Return what was read, the chosen source first, one line each."""
    chosen = ScaleReading(calibration.source, calibration.px_per_mm or 0.0, calibration.px_per_mm_se or 0.0)
    return "\n".join(
        f"{r.px_per_mm:.2f} px/mm, standard error {r.px_per_mm_se:.2f}, {SCALE_SOURCES[r.source]}"
        for r in (chosen, *calibration.others)
    )


def save_profile(name: str, photo: Photo, calibration: Calibration) -> tuple[Path, ScaleProfile]:
    """
    Store a device's scale under a name; an older one of that name is replaced.

    Raises
    ------
    Refused
        ``bad_name``, ``no_scale`` or ``cannot_write``.
    """
    path = _path(name)
    if calibration.px_per_mm is None or calibration.px_per_mm_se is None:
        raise Refused("no_scale", f"{short_name(photo.name)} has no scale.", "Photograph a ruler or a paper ring.")
    longer, shorter = max(photo.rgb.shape[:2]), min(photo.rgb.shape[:2])
    profile = ScaleProfile.model_validate(
        {
            "schema": "hairwise/scale/1",
            "hairwise_version": __version__,
            "name": name,
            "px_per_mm": calibration.px_per_mm,
            "px_per_mm_se": calibration.px_per_mm_se,
            "read_from": calibration.source,
            "longer_px": longer,
            "shorter_px": shorter,
            "photo_sha256": photo.sha256,
        }
    )
    write_whole(path, dump(profile))
    return path, profile


def profiles() -> tuple[ScaleProfile, ...]:
    """Return every device's stored scale, by name; files that are none are passed over."""
    folder = _folder()
    if not folder.is_dir():
        return ()
    names = sorted(p.stem for p in folder.glob("*.json") if re.fullmatch(NAME_PATTERN, p.stem))
    found = []
    for name in names:
        try:
            found.append(_load(name))
        except Refused:
            continue
    return tuple(found)


def _folder() -> Path:
    """Return the folder of devices: in HAIRWISE_HOME, else in the platform's folder for the user's data."""
    home = os.environ.get("HAIRWISE_HOME")
    return (Path(home) if home else Path(platformdirs.user_data_dir("hairwise", appauthor=False))) / "devices"


def _path(name: str) -> Path:
    if not re.fullmatch(NAME_PATTERN, name):
        raise Refused(
            "bad_name", f"{short_name(name)} cannot name a device.", "Use up to 40 letters, digits, - and _, no spaces."
        )
    return _folder() / f"{name}.json"


def _load(name: str) -> ScaleProfile:
    path = _path(name)
    if not path.exists():
        raise Refused("no_device", f"No device is stored as {name}.", "hairwise scale lists those there are.")
    try:
        profile = ScaleProfile.model_validate_json(read_bytes(path))
    except ValidationError:
        raise Refused(
            "bad_device", f"The stored device {name} is damaged.", "Store it again: hairwise scale."
        ) from None
    return profile
