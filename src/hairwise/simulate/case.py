"""The built-in case: a man of 34 who rolled too hard, with photos, diary and truth.

Knows: one invented person, chosen to be plain. Must not know: how the case will be analysed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args

from hairwise.records.answers import ConditionName, FindingName
from hairwise.simulate.lens import CameraSettings
from hairwise.simulate.person import PersonSettings, ZoneSettings, simulate_person
from hairwise.simulate.scalp import AgeSettings, Scene, SceneSettings, Shot, age_scene, encode, make_scene, photograph

__all__ = ["METHOD_VERSION", "STORY", "Case", "SpotTruth", "make_case"]

METHOD_VERSION = "case-1"
STORY = (
    "A man of 34 with a bald front read glowing reviews of derma-rolling. He rolled 1.5 mm once a week, hard and fast,"
    " 15 passes, over the bald front and over the good hair behind it. After six weeks he loses more hair than before."
)
FIRST_SESSION = date(2026, 3, 7)
WEEKS = 6  # until the second visit
JPEG_QUALITY = 92
# the scalp of the case; larger than the view so that the second photo may be taken a little aside
SKIN = SceneSettings(patch_mm=(10.5, 12.0), clip_mm=0.55, units_per_cm2=85)
VIEW_MM = (-3.6, -4.5, 3.6, 4.5)  # what the photos show, y0, x0, y1, x1
ZONES = (
    ZoneSettings("front", 80, True, "bald"),
    ZoneSettings("mid", 100, True, "good"),
    ZoneSettings("vertex", 70, False, "good"),
    ZoneSettings("temples", 60, False, "good"),
    ZoneSettings("occiput", 250, False, "good"),
)
# sizes chosen so that a fifth of the rolled zone's hair is missing after six weeks
PERSON = PersonSettings(
    name="demo",
    causes=("mechanical", "inflammatory"),
    sizes=(1.0, 1.15),
    first_session=FIRST_SESSION,
    weeks=WEEKS,
    sessions=WEEKS,
    concern_day=36,
    zones=ZONES,
    needle_mm=1.5,
    passes=15,
    pressure=3,
    methods=("wash", "comb60"),
)


@dataclass(frozen=True)
class SpotTruth:
    """A spot's two scenes and the shots of them."""

    scenes: tuple[Scene, Scene]
    shots: tuple[Shot, Shot]


@dataclass(frozen=True)
class Case:
    """The built-in case in memory.

    Attributes
    ----------
    diary : dict
        ``needling-diary/1`` with the answers.
    photos : dict of bytes
        JPEG files by the names the diary uses.
    px_per_mm : dict of float
        Scale of each photo.
    truth : dict
        As from ``simulate_person``.
    spots : dict of SpotTruth
        True hairs of each spot, by its id.
    story : str
        Who it is, in two sentences.
    """

    diary: dict[str, Any]
    photos: dict[str, bytes]
    px_per_mm: dict[str, float]
    truth: dict[str, Any]
    spots: dict[str, SpotTruth]
    story: str = STORY


def make_case(seed: int = 1) -> Case:
    """Make the built-in case.

    Parameters
    ----------
    seed : int
        The same seed gives the same bytes. Photos take about 4 s on one core.
    """
    diary, truth = simulate_person(PERSON, seed)
    gone = AgeSettings(lost_share=truth["fall_by_zone"]["mid"], lost_where_mm=VIEW_MM, redness=0.5)
    # what is shed in six weeks and not yet back is made up by what returns, but for a hair
    usual = AgeSettings(lost_share=0.01, lost_where_mm=VIEW_MM)
    spots = {"rolled": _spot(seed, 1, gone), "control": _spot(seed, 2, usual)}
    days = (FIRST_SESSION - timedelta(days=1), FIRST_SESSION + timedelta(weeks=WEEKS))
    photos, scale, entries = {}, {}, []
    for name, spot in spots.items():
        for day, shot in zip(days, spot.shots, strict=True):
            file = f"{name}-{day.isoformat()}.jpg"
            photos[file] = encode(shot.rgb, "jpg", JPEG_QUALITY)
            scale[file] = shot.px_per_mm
            entries.append(
                {"date": day.isoformat(), "spot": name, "file": file, "px_per_mm": shot.px_per_mm, "style": "clipped"}
            )
    diary["cutoff"] = days[1].isoformat()
    diary["spots"] = [
        {"id": "rolled", "zone": "mid", "role": "rolled"},
        {"id": "control", "zone": "occiput", "role": "control"},
    ]
    diary["photos"] = entries
    told = {"device_id": "roller-1", "speed": "fast", "disinfected": True, "shared": False, "endpoint": "redness"}
    diary["sessions"] = [row | told | {"redness_h": 48.0} for row in diary["sessions"]]
    # nothing in the diary may contradict the findings answered: mild itch and two days of redness, no pain
    diary["symptoms"] = [row | {"pain": 0, "flakes": 0} for row in diary["symptoms"]]
    diary["answers"] = _answers(days[1])
    return Case(diary, photos, scale, truth, spots)


def _spot(seed: int, which: int, change: AgeSettings) -> SpotTruth:
    skin = replace(SKIN, angle_deg=70.0 if which == 1 else 95.0)
    before = make_scene(skin, 1000 * seed + which)
    after = age_scene(before, replace(change, clip_mm=0.5), 1000 * seed + which)
    base = CameraSettings(height_px=1024, width_px=1280, px_per_mm=150.0, light_deg=-110, jpeg_quality=None)
    first = replace(base, tilt_deg=2.0, stretch=0.01)
    # the second photo is never taken quite as the first
    again = replace(
        base,
        centre_mm=(0.25, -0.3),
        roll_deg=4.0,
        tilt_deg=3.0,
        tilt_towards_deg=120,
        stretch=0.02,
        light_deg=-80,
        exposure=0.66,
    )
    shots = (photograph(before, first, 10 * seed + which), photograph(after, again, 10 * seed + which + 5))
    return SpotTruth((before, after), shots)


def _answers(today: date) -> dict[str, object]:
    findings = dict.fromkeys(get_args(FindingName), "no") | {"itch": "yes"}
    conditions = dict.fromkeys(get_args(ConditionName), "no") | {"pattern_hair_loss": "yes"}
    zones = [{"zone": z.name, "growth": z.growth, "rolled": z.needled} for z in ZONES]
    return {
        "schema": "hairwise/answers/1",
        "today": today.isoformat(),
        "age": 34,
        "sex": "m",
        "pregnant": "no",
        "started": True,
        "device": "roller",
        "needle_mm": 1.5,
        "passes": 15,
        "speed": "fast",
        "pressure": "hard",
        "interval_days": 7,
        "sessions": WEEKS,
        "first_session": FIRST_SESSION.isoformat(),
        "last_session": (FIRST_SESSION + timedelta(weeks=WEEKS - 1)).isoformat(),
        "zones": zones,
        "loss": {
            "noticed": "yes",
            "onset": (FIRST_SESSION + timedelta(days=30)).isoformat(),
            "pattern": "rolled_zones",
            "zones": ["mid"],
            "severity": "moderate",
        },
        "events": [],
        "findings": findings,
        "conditions": conditions,
        "hygiene": {"disinfected": "yes", "shared_device": "no", "reused_cartridge": "no", "tap_water_only": "no"},
        "products_within_24h": [],
    }
