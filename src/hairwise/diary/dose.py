"""Needling dose from device geometry: holes per cm2, depth reached, over zones and time.

Knows: the geometry of rollers, pens and stamps. Must not know: photos, models, which dose is safe.
"""

from __future__ import annotations

from math import exp, pi
from typing import TYPE_CHECKING

from hairwise.errors import Refused
from hairwise.records.dose import Reach, SessionDose, StruckShare, ZoneDose
from hairwise.units import MM2_PER_CM2, MM_PER_CM, SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hairwise.records.device import Geometry
    from hairwise.records.diary import Diary, Session
    from hairwise.records.dose import DoseBasis

__all__ = [
    "DEPTH_SHARE",
    "depth_reached",
    "pen_punctures_per_cm2",
    "punctures_per_cm2",
    "roller_punctures_per_cm2",
    "stamp_punctures_per_cm2",
    "struck_share",
    "zone_doses",
]

# depth_ratio_kalluri measured 20 % of a 0.77 mm needle in rat skin; depth_human_scalp quotes up to 70 %, unverified.
DEPTH_SHARE = (0.2, 0.7)
# Radius of the tube round a hair [mm]: the hair alone (hair_thickness_women_mm, 0.06 mm wide) up to its whole sheath
# (about 0.3 mm wide; general knowledge, not verified).
_FOLLICLE_RADIUS_MM = (0.03, 0.15)
_NEEDLE_DIAMETER_MM = 0.25  # roller_mf8_192
_ILLUSTRATED = "like_roller_mf8_192"
_MEASURED_ROLLER = "roller_mf8_192"
_BIN_DAYS = 28
_AREA_CM2 = (1.0, 1000.0)  # a thumb's width square; a whole adult scalp has about 600
_LONGEST_S = 4 * 3600.0
_MOST_PER_CM2 = 100_000.0  # 0.03 mm apart, the width of a hair


def roller_punctures_per_cm2(*, needles: int, drum_diameter_mm: float, drum_width_mm: float, passes: float) -> float:
    """
    Return the holes of a roller that turns without slipping.

    Parameters
    ----------
    needles : int
        On the whole drum.
    drum_diameter_mm, drum_width_mm : float
        Of the drum under the needles [mm].
    passes : float
        Over one place.

    Returns
    -------
    float
        Holes per cm2; an upper bound, since every needle is taken to enter.

    Notes
    -----
    One turn covers the drum's surface: needles / (pi D W) a pass; 15.3 per cm2 for 192 needles on 20 x 20 mm
    (``holes_per_pass_model``). Checked by ``test_diary_dose.py`` against a rolled drum.
    """
    covered_cm2 = pi * (drum_diameter_mm / MM_PER_CM) * (drum_width_mm / MM_PER_CM)
    return needles / covered_cm2 * passes


def pen_punctures_per_cm2(*, needles: int, rate_hz: float, seconds: float, area_cm2: float) -> float:
    """Return the holes of a pen per cm2: needles x strokes a second x seconds / area (``pen_density_model``)."""
    return needles * rate_hz * seconds / area_cm2


def stamp_punctures_per_cm2(*, needles: int, stamps: float, area_cm2: float) -> float:
    """Return the holes of a stamp per cm2: needles x stamps / area."""
    return needles * stamps / area_cm2


def depth_reached(needle_mm: float) -> Reach:
    """Return the depth [mm] that a needle of this length may reach; see ``DEPTH_SHARE``."""
    return Reach(lo=DEPTH_SHARE[0] * needle_mm, hi=DEPTH_SHARE[1] * needle_mm)


def struck_share(holes_per_cm2: float, needle_diameter_mm: float = _NEEDLE_DIAMETER_MM) -> StruckShare:
    """
    Return the share of follicles [%] that at least one needle touches, for holes at random places.

    Notes
    -----
    A follicle is a tube of radius r that stands upright; a needle of radius n touches it where the hole's centre falls
    within n + r: share 1 - exp(-holes pi (n + r)^2). Checked by ``test_diary_dose.py`` against drawn holes.
    """
    holes_per_mm2 = holes_per_cm2 / MM2_PER_CM2
    lo, hi = (
        100 * (1 - exp(-holes_per_mm2 * pi * (needle_diameter_mm / 2 + radius) ** 2)) for radius in _FOLLICLE_RADIUS_MM
    )
    return StruckShare(
        pct=Reach(lo=lo, hi=hi),
        assumptions=(
            "every needle enters, and holes fall at random places",
            f"a hole is {needle_diameter_mm:g} mm wide",
            "a follicle is an upright tube 0.06 to 0.3 mm wide",
            "touched does not mean harmed: nobody has measured that",
        ),
    )


def punctures_per_cm2(
    device: Geometry,
    *,
    passes: float | None = None,
    stamps: float | None = None,
    seconds: float | None = None,
    area_cm2: float | None = None,
) -> float:
    """
    Return the holes per cm2 of one session with this device.

    Parameters
    ----------
    device : Geometry
    passes : float, optional
        Of a roller over one place.
    stamps : float, optional
        Of a stamp on the area.
    seconds, area_cm2 : float, optional
        Time on the area [s] and its size [cm2]; a pen needs both, a stamp the area.

    Raises
    ------
    Refused
        Naming the number that is missing or cannot be.
    """
    if device.kind == "roller":
        holes = roller_punctures_per_cm2(
            needles=device.needles,
            drum_diameter_mm=_given(device.drum_diameter_mm, "the drum's diameter in mm"),
            drum_width_mm=_given(device.drum_width_mm, "the drum's width in mm"),
            passes=_given(passes, "the passes over one place"),
        )
        return _possible(holes)
    area = _given(area_cm2, "the area in cm2", _AREA_CM2)
    if device.kind == "stamp":
        times = _given(stamps, "the number of stamps on the area")
        return _possible(stamp_punctures_per_cm2(needles=device.needles, stamps=times, area_cm2=area))
    rate = _given(device.rate_hz, "the pen's strokes a second (Hz)")
    time = _given(seconds, "the seconds on the area", (1.0, _LONGEST_S))
    return _possible(pen_punctures_per_cm2(needles=device.needles, rate_hz=rate, seconds=time, area_cm2=area))


def zone_doses(diary: Diary, devices: Mapping[str, Geometry]) -> tuple[ZoneDose, ...]:
    """
    Return the dose of every zone that has sessions, in the order of the first session.

    Parameters
    ----------
    diary : Diary
    devices : mapping of str to Geometry
        Known devices by id; sessions name theirs in ``device_id``.
    """
    area: dict[str, float] = {zone.name: zone.area_cm2 for zone in diary.zones}
    by_zone: dict[str, list[Session]] = {}
    for session in sorted(diary.sessions, key=lambda s: s.date):
        by_zone.setdefault(session.zone, []).append(session)
    return tuple(_zone(sessions, area.get(zone), devices, diary) for zone, sessions in by_zone.items())


def _zone(
    sessions: Sequence[Session], area_cm2: float | None, devices: Mapping[str, Geometry], diary: Diary
) -> ZoneDose:
    doses = tuple(_session(session, area_cm2, devices) for session in sessions)
    known = [(d.date, d.punctures_per_cm2) for d in doses if d.punctures_per_cm2 is not None]
    needles = [s.needle_mm for s in sessions if s.needle_mm is not None]
    depths = [d.depth_mm for d in doses if d.depth_mm is not None]
    days = sorted({s.date for s in sessions})
    gaps = sorted((b - a).days for a, b in zip(days, days[1:], strict=False))
    bins = [0.0] * ((diary.cutoff - days[0]).days // _BIN_DAYS + 1)
    for day, holes in known:
        bins[-1 - (diary.cutoff - day).days // _BIN_DAYS] += holes
    most = max((holes for _, holes in known), default=0.0)
    return ZoneDose(
        zone=sessions[0].zone,
        n_sessions=len(doses),
        n_known=len(known),
        first=days[0],
        last=days[-1],
        interval_days=float(gaps[len(gaps) // 2]) if gaps else None,
        needle_mm=Reach(lo=min(needles), hi=max(needles)) if needles else None,
        depth_mm=Reach(lo=min(d.lo for d in depths), hi=max(d.hi for d in depths)) if depths else None,
        punctures_per_cm2_session=Reach(lo=min(h for _, h in known), hi=most) if known else None,
        punctures_per_cm2_total=sum(h for _, h in known) if known else None,
        by_28_days=tuple(bins) if known else (),
        struck=struck_share(most) if most else None,
        sessions=doses,
    )


def _session(session: Session, area_cm2: float | None, devices: Mapping[str, Geometry]) -> SessionDose:
    holes, basis = _holes(session, area_cm2, devices)
    depth = depth_reached(session.needle_mm) if session.needle_mm is not None else None
    return SessionDose(date=session.date, zone=session.zone, punctures_per_cm2=holes, basis=basis, depth_mm=depth)


def _holes(session: Session, area_cm2: float | None, devices: Mapping[str, Geometry]) -> tuple[float | None, DoseBasis]:
    """Return what the diary says, else what its device makes, else the measured roller for a roller without a name."""
    if session.punctures_per_cm2 is not None:
        return session.punctures_per_cm2, "written"
    device = devices.get(session.device_id or "")
    basis: DoseBasis = "device"
    if device is None and session.device == "roller" and session.device_id is None:
        device, basis = devices.get(_MEASURED_ROLLER), "like_roller_mf8_192"
    if device is None or session.device not in (device.kind, "unknown"):
        return None, "not_known"
    seconds = session.minutes * SECONDS_PER_MINUTE if session.minutes is not None else None
    try:
        return punctures_per_cm2(device, passes=session.passes, seconds=seconds, area_cm2=area_cm2), basis
    except Refused:
        return None, "not_known"


def _given(value: float | None, name: str, within: tuple[float, float] | None = None) -> float:
    """Return a number that must be there, above zero and, where limits are known, within them."""
    if value is None or not value > 0:
        what = "is missing" if value is None else f"is {value:g}"
        raise Refused("bad_geometry", f"The dose needs {name}; it {what}.", "Look at the device or its box.")
    if within is not None and not within[0] <= value <= within[1]:
        raise Refused(
            "bad_geometry",
            f"The dose needs {name}; {value:g} is not from {within[0]:g} to {within[1]:g}.",
            "Check the number and its unit.",
        )
    return value


def _possible(holes_per_cm2: float) -> float:
    if not holes_per_cm2 <= _MOST_PER_CM2:
        why = (
            f"These numbers make {holes_per_cm2:.3g} holes per cm2; skin has no room for more than {_MOST_PER_CM2:.0f}."
        )
        raise Refused("bad_geometry", why, "Check the area, the time and the device.")
    return holes_per_cm2
