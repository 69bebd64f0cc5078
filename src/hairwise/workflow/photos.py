"""Measure a photo; compare two visits.

Knows: the order of stages for photos. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hairwise import flags as flag_names
from hairwise.change import compare as change_compare
from hairwise.change import repeats as change_repeats
from hairwise.errors import Refused
from hairwise.flags import Flag
from hairwise.hairs import detect as hairs_detect
from hairwise.image.calibrate import calibrate
from hairwise.image.quality import QualitySettings, assess
from hairwise.image.read import read_photo
from hairwise.measure.close_up import CloseUpSettings, refuse_unlike_close_up
from hairwise.measure.quantities import MeasureSettings, listed, measure
from hairwise.records.base import Estimate
from hairwise.records.files import (
    Cutoffs,
    HairEntry,
    HairsFile,
    HiddenEntry,
    KeptEntry,
    LostEntry,
    NewEntry,
    PairFile,
    RegistrationEntry,
    ScaleEntry,
)
from hairwise.workflow.files import head, refusal
from hairwise.workflow.unfit import refuse_unfit, with_scales

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Floats
    from hairwise.records.change import Change
    from hairwise.records.hairs import Hairs, Measurement
    from hairwise.records.photo import Calibration, Photo, Quality, ScaleHints

__all__ = [
    "Compared",
    "Measured",
    "compare_photos",
    "hairs_csv",
    "lay_over",
    "measure_photo",
    "out_of_order",
    "pair_settings",
    "pair_stem",
    "pair_version",
    "refused_hairs",
    "refused_pair",
]

_Z95 = 1.959964


@dataclass(frozen=True)
class Measured:
    """One photo with what was measured on it.

    ``hairs`` are the listed ones; ``finds`` begin with them and go on with doubtful ones, which only a second photo
    can confirm.
    """

    photo: Photo
    calibration: Calibration
    quality: Quality
    hairs: Hairs
    finds: Hairs
    measurement: Measurement
    file: HairsFile


@dataclass(frozen=True)
class Compared:
    """Two photos of a spot with the fate of each hair."""

    before: Measured
    after: Measured
    change: Change
    file: PairFile


def measure_photo(data: bytes, name: str, px_per_mm: float | None, hints: ScaleHints | None = None) -> Measured:
    """
    Measure one photo.

    Parameters
    ----------
    data : bytes
        The file as it is.
    name : str
        For messages.
    px_per_mm : float or None
        Scale as given; None: read from the photo where it can be.
    hints : ScaleHints, optional
        What else is known of the scale.

    Raises
    ------
    Refused
        When the photo or its scale cannot answer.
    """
    start = time.perf_counter()
    photo = read_photo(data, name)
    calibrated = calibrate(photo, px_per_mm, hints)
    calibration = calibrated.calibration
    quality = assess(photo, calibration.px_per_mm, skin=calibrated.skin)
    try:
        found = hairs_detect.detect(photo.rgb, quality.usable, calibration.px_per_mm)
    except Refused as refused:
        raise Refused(refused.code, f"{name}: {refused.why}", refused.do) from None
    good = listed(found)
    hairs = found.take(good)
    if calibration.px_per_mm is None:
        refuse_unlike_close_up(hairs, name)
    finds = found.take(np.concatenate([np.flatnonzero(good), np.flatnonzero(~good & found.root_visible)]))
    measurement = measure(hairs, quality, calibration)
    file = _hairs_file(photo, calibration, hairs, measurement, time.perf_counter() - start)
    return Measured(photo, calibration, quality, hairs, finds, measurement, file)


def compare_photos(before: Measured, after: Measured) -> Compared:
    """
    Find what happened to each hair between two visits.

    Raises
    ------
    Refused
        When the photos do not show the same spot, or cannot answer.
    """
    start = time.perf_counter()
    try:
        refuse_unfit(before, after)
        change = change_compare.compare(_view(before), _view(after), find=hairs_detect.detect)
    except Refused as refused:
        raise with_scales(refused, before, after) from None
    seconds = time.perf_counter() - start + before.file.seconds + after.file.seconds
    return Compared(before, after, change, _pair_file(before, after, change, seconds))


def lay_over(photo: Measured, common: Measured) -> Floats | None:
    """Return the homography (3, 3) of (x, y, 1) from one photo to another of the same spot, None if none is sure."""
    return change_repeats.laid_over(_view(photo), _view(common))


def pair_stem(before: Path, after: Path) -> Path:
    """Return the name that a pair's files are named after; its suffix is only there to be taken off."""
    return Path(f"{before.stem}_to_{after.stem}.photos")


def _view(measured: Measured) -> change_compare.View:
    return change_compare.View(
        rgb=measured.photo.rgb,
        usable=measured.quality.usable,
        px_per_mm=measured.calibration.px_per_mm,
        hairs=measured.finds,
    )


def _settings_of_photo() -> dict[str, object]:
    return {
        "quality": asdict(QualitySettings()),
        "detect": asdict(hairs_detect.DetectSettings()),
        "close_up": asdict(CloseUpSettings()),
        "measure": asdict(MeasureSettings()),
    }


def pair_settings() -> dict[str, object]:
    """Return the settings that a comparison is made with."""
    return {**_settings_of_photo(), "compare": asdict(change_compare.CompareSettings())}


def _xy(point: Floats) -> tuple[float, float]:
    return (round(float(point[1]), 2), round(float(point[0]), 2))


def _number(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


def _hairs_file(photo: Photo, calibration: Calibration, hairs: Hairs, m: Measurement, seconds: float) -> HairsFile:
    cut = MeasureSettings()
    entries = tuple(
        HairEntry.model_validate(
            {
                "id": h,
                "root": _xy(hairs.root_px[h]),
                "tip": _xy(hairs.tip_px[h]),
                "polyline": tuple(_xy(p) for p in hairs.line_px(h)),
                "diameter_um": _number(m.diameter_um[h]),
                "diameter_se_um": _number(m.diameter_se_um[h]),
                "length_mm": _number(m.length_mm[h]),
                "type": m.hair_type[h],
                "unit": int(hairs.unit[h]),
                "p_hair": round(float(hairs.p_hair[h]), 4),
                "root_visible": bool(hairs.root_visible[h]),
                "flags": tuple(flag_names.names(int(hairs.flags[h]))),
            }
        )
        for h in range(len(hairs))
    )
    return HairsFile.model_validate(
        {
            **head("hairwise/hairs/1", hairs_detect.METHOD_VERSION, _settings_of_photo(), seconds),
            "photos_sha256": (photo.sha256,),
            "px_per_mm": calibration.px_per_mm,
            "px_per_mm_se": calibration.px_per_mm_se,
            "px_per_mm_source": calibration.source,
            "scales": _scales(calibration),
            "usable_area_mm2": m.usable_area_mm2,
            "flags": tuple(flag_names.names(m.flags)),
            "count": m.count,
            "density_per_cm2": m.density_per_cm2,
            "terminal_per_cm2": m.terminal_per_cm2,
            "vellus_per_cm2": m.vellus_per_cm2,
            "units_per_cm2": m.units_per_cm2,
            "hairs_per_unit": m.hairs_per_unit,
            "median_diameter_um": m.median_diameter_um,
            "cumulative_thickness_mm_per_cm2": m.cumulative_thickness_mm_per_cm2,
            "cutoffs": Cutoffs(
                vellus_below_um=cut.vellus_below_um,
                terminal_above_um=cut.terminal_above_um,
                source=cut.cutoff_source,
            ),
            "hairs": entries,
        }
    )


def _scales(calibration: Calibration) -> tuple[ScaleEntry, ...]:
    """Return every scale that was read, the chosen one first."""
    if calibration.px_per_mm is None or calibration.px_per_mm_se is None or calibration.source == "none":
        return ()
    chosen = ScaleEntry(
        source=calibration.source, px_per_mm=calibration.px_per_mm, px_per_mm_se=calibration.px_per_mm_se
    )
    others = (
        ScaleEntry(source=o.source, px_per_mm=o.px_per_mm, px_per_mm_se=o.px_per_mm_se) for o in calibration.others
    )
    return (chosen, *others)


def hairs_csv(file: HairsFile) -> bytes:
    """Return one line a hair; coordinates in pixels (x, y)."""
    columns = "id,root_x,root_y,tip_x,tip_y,diameter_um,diameter_se_um,length_mm,type,unit,p_hair,root_visible,flags"
    rows = [columns]
    for h in file.hairs:
        cells: tuple[object, ...] = (
            h.id, *h.root, *h.tip, h.diameter_um, h.diameter_se_um, h.length_mm, h.type, h.unit, h.p_hair,
            int(h.root_visible), " ".join(h.flags),
        )  # fmt: skip
        rows.append(",".join("" if cell is None else str(cell) for cell in cells))
    return ("\n".join(rows) + "\n").encode()


def _pair_file(before: Measured, after: Measured, change: Change, seconds: float) -> PairFile:
    kept = change.kept
    scale1 = after.calibration.px_per_mm
    reg = change.registration
    entries = tuple(
        KeptEntry(
            t0=_xy(kept.t0_px[k]),
            t1=_xy(kept.t1_px[k]),
            p=round(float(kept.p[k]), 4),
            diameter_change_um=_diameter_change(before, after, int(kept.hair_t0[k]), int(kept.hair_t1[k])),
        )
        for k in range(len(kept.p))
    )
    root0, root1 = change.hairs_t0.root_px, change.hairs_t1.root_px
    return PairFile.model_validate(
        {
            **head("hairwise/pair/1", pair_version(), pair_settings(), seconds),
            "photos_sha256": (before.photo.sha256, after.photo.sha256),
            "flags": tuple(
                flag_names.names(
                    change.flags
                    | before.measurement.flags
                    | after.measurement.flags
                    | out_of_order([before.photo], [after.photo])
                )
            ),
            "kept": entries,
            "lost": tuple(
                LostEntry(t0=_xy(root0[h]), p=round(float(p), 4))
                for h, p in zip(change.lost, change.p_lost, strict=True)
            ),
            "new": tuple(
                NewEntry(t1=_xy(root1[h]), p=round(float(p), 4)) for h, p in zip(change.new, change.p_new, strict=True)
            ),
            "hidden": tuple(HiddenEntry(t0=_xy(root0[h])) for h in change.hidden),
            "out_of_view": tuple(HiddenEntry(t0=_xy(root0[h])) for h in change.out_of_view),
            "n_t0": change.n_t0,
            "n_t1": change.n_t1,
            "change": change.change,
            "change_pct": change.change_pct,
            "smallest_detectable_loss_pct": change.smallest_detectable_loss_pct,
            "registration": RegistrationEntry.model_validate(
                {
                    "homography": tuple(tuple(float(x) for x in row) for row in reg.homography),
                    "points_t0": tuple(_xy(p) for p in reg.points_t0_px),
                    "points_t1": tuple(_xy(p) for p in reg.points_t1_px),
                    "residual_um": None if scale1 is None else reg.residual_px / scale1 * 1000,
                    "residual_px": reg.residual_px,
                    "overlap": reg.overlap,
                }
            ),
        }
    )


def out_of_order(before: Sequence[Photo], after: Sequence[Photo]) -> Flag:
    """Return the flag of photos given in the wrong order, by the cameras' own clocks."""
    first, last = ([p.taken_at for p in photos if p.taken_at] for photos in (before, after))
    return Flag.REVERSED if first and last and max(last) < min(first) else Flag.NONE


def pair_version() -> str:
    """Return the versions of finding and comparing."""
    return f"{hairs_detect.METHOD_VERSION}+{change_compare.METHOD_VERSION}"


def _diameter_change(before: Measured, after: Measured, h0: int, h1: int) -> Estimate | None:
    """Return the change of one hair's diameter; None where it was not measured in both photos."""
    m0, m1 = before.measurement, after.measurement
    if not (0 <= h0 < len(m0.diameter_um) and 0 <= h1 < len(m1.diameter_um)):
        return None
    value = float(m1.diameter_um[h1] - m0.diameter_um[h0])
    half = _Z95 * float(np.hypot(m0.diameter_se_um[h0], m1.diameter_se_um[h1]))
    if not np.isfinite(value + half):
        return None
    return Estimate(value=round(value, 2), lo=round(value - half, 2), hi=round(value + half, 2))


def refused_hairs(error: Refused) -> HairsFile:
    """Return the file of a photo that cannot be measured."""
    fields = head("hairwise/hairs/1", hairs_detect.METHOD_VERSION, _settings_of_photo(), 0.0)
    return HairsFile.model_validate({**fields, "refused": refusal(error)})


def refused_pair(error: Refused, read: Sequence[Measured] = ()) -> PairFile:
    """Return the file of two photos that cannot be compared; ``read`` are those that could be measured."""
    fields = head("hairwise/pair/1", pair_version(), pair_settings(), sum(m.file.seconds for m in read))
    photos = tuple(m.photo.sha256 for m in read)
    return PairFile.model_validate({**fields, "photos_sha256": photos, "refused": refusal(error)})
