"""A patch of scalp in millimetres: hairs, skin and marks, now and at a later visit.

Knows: anatomy with known truth. Must not know: cameras, pixels.
Coordinates (y, x) [mm], origin the middle of the patch; angles from +x towards +y.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from hairwise.errors import Refused
from hairwise.records.base import Floats, Ints, freeze
from hairwise.simulate.habit import STEP_MM, extra_turn, give_habits, loose_hairs, step_mm
from hairwise.simulate.marks import Dot, Marks, scatter_marks
from hairwise.simulate.noise import substream
from hairwise.units import MM2_PER_CM2

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["AgeSettings", "Scene", "SceneSettings", "Strands", "age_scene", "centreline_mm", "make_scene"]

Style = Literal["clipped", "short", "long"]
Colour = Literal["black", "brown", "grey", "blond", "white", "red", "dark_blond"]
COLOURS = get_args(Colour)

HABITS = ("curl_rad", "coil_rad", "curl_mm", "phase_rad", "stuck_mm", "fan_rad", "lean_rad", "cast")


@dataclass(frozen=True)
class SceneSettings:
    """What a patch of scalp is like. Shares are of hairs unless said otherwise."""

    patch_mm: tuple[float, float] = (10.0, 12.0)  # height, width: a 1600x1280 photo at 200 px/mm and room to move
    units_per_cm2: float = 75.0  # histology 64 to 80 follicular units per cm2 (evidence.md section 3)
    unit_gap_mm: float = 0.75  # hard core between unit centres: 75 per cm2 sit 1.2 mm apart on average
    unit_sizes: tuple[float, float, float, float] = (0.30, 0.44, 0.22, 0.04)  # shares of 1-4 hairs, mean 2.0
    style: Style = "clipped"
    clip_mm: float = 0.6  # stub after an electric clipper without comb
    clip_spread: float = 0.32  # sd of log stub length hair by hair: angle, missed hairs, regrowth since
    short_mm: float = 4.0  # about ten days of growth
    long_mm: float = 60.0  # leaves the field
    diameter_um: float = 80.0  # median terminal diameter; 60 to 100 between people
    diameter_spread: float = 0.16  # sd of log diameter among terminal hairs
    thin_share: float = 0.10  # vellus and miniaturised; terminal : vellus 15 : 1 in health, 4 : 1 in thinning
    thin_um: float = 30.0  # median diameter of thin hairs
    colour: Colour = "black"
    grey_share: float = 0.0
    glued_share: float = 0.6  # units whose hairs draw together towards the tips, as wet hair does (Bico et al. 2004)
    root_gap: tuple[float, float] = (1.0, 2.2)  # between roots of one unit, in shaft diameters
    rise_deg: float = 28.0  # elevation above the skin; clipped stubs lie low
    angle_deg: float | None = None  # growth direction; None: any
    skin_rgb: tuple[int, int, int] = (205, 184, 166)  # sRGB of skin in white light
    furrows: float = 1.0  # relief of the skin, 1 is usual
    vessels: float = 1.0
    redness: float = 0.0  # 0 none, 1 marked
    flakes_per_cm2: float = 6.0
    scale_share: float = 0.35  # hairs with scale or haze over the emergence
    moles_per_cm2: float = 0.4
    punctures_per_cm2: float = 0.0  # fresh needle punctures with crust
    clippings_per_cm2: float = 6.0  # loose cut hair lying on the skin
    # what follows is off unless asked for: a scalp drawn before it was known stays the same
    intermediate_share: float = 0.0  # 40 to 60 um, neither vellus nor terminal
    white_share: float = 0.0  # of the grey hairs, those quite without pigment
    curl: float = 0.0  # 0 straight, 0.3 wavy, 0.6 curly, 1 coily
    curl_mm: float = 2.0  # radius of the curl; 1 to 3 in curly and coily hair
    bundle_share: float = 0.0  # units whose shafts leave one opening, stuck together for 0.1 to 0.5 mm
    haze: float = 0.0  # veil of skin over the emergence, with the shaft bluish beneath; 1 is strong
    cast_share: float = 0.0  # units with a white collar of scale round the bundle (peripilar cast)
    oil: float = 0.0  # 0 dry, 1 wet: hair in clumps, broad highlights, sheen of the skin
    loose_per_cm2: float = 0.0  # cut hairs of 0.2 to 2 mm lying on the skin, to be taken for rooted ones
    pustules_per_cm2: float = 0.0  # red with a pale top
    dots: tuple[Dot, ...] = ()  # stickers and ink on the skin


@dataclass(frozen=True)
class Strands:
    """Hairs as columns of equal length H.

    Attributes
    ----------
    hair_id, unit, colour : (H,) array of int
        Name kept over visits; follicular unit; index in ``COLOURS``.
    root_mm : (H, 2) array
        Where the shaft leaves the skin (y, x) [mm].
    angle_rad, rise_rad, bend_rad, wave_rad : (H,) array
        Direction at the root, elevation, turn from root to tip, side-to-side waves [rad].
    length_mm, diameter_um, under_mm : (H,) array
        Free length, width, length that shows through the skin before the root.
    scale, cut, tone : (H,) array
        Scale over the emergence 0-1; slant of the cut [rad]; lightness relative to the colour's mean.
    curl_rad, coil_rad, curl_mm, phase_rad : (H,) array
        Helix: pitch (signed, 0 straight), lean of its axis out of the picture, radius, start.
    stuck_mm, fan_rad, lean_rad : (H,) array
        Length stuck to its bundle, turn after that; turn towards a wet clump.
    cast : (H,) array
        Collar of scale round the unit, 0-1.
    """

    hair_id: Ints
    unit: Ints
    colour: Ints
    root_mm: Floats
    angle_rad: Floats
    rise_rad: Floats
    bend_rad: Floats
    wave_rad: Floats
    length_mm: Floats
    diameter_um: Floats
    under_mm: Floats
    scale: Floats
    cut: Floats
    tone: Floats
    curl_rad: Floats
    coil_rad: Floats
    curl_mm: Floats
    phase_rad: Floats
    stuck_mm: Floats
    fan_rad: Floats
    lean_rad: Floats
    cast: Floats

    def __post_init__(self) -> None:
        for field in fields(self):
            freeze(getattr(self, field.name))

    def __len__(self) -> int:
        return len(self.hair_id)

    def take(self, index: Ints) -> Strands:
        """Return the hairs at ``index``."""
        return Strands(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def join(self, other: Strands) -> Strands:
        """Return these hairs and then the others."""
        return Strands(
            **{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)}
        )


@dataclass(frozen=True)
class Scene:
    """A patch of scalp at one visit."""

    settings: SceneSettings
    seed: int
    visit: int
    strands: Strands
    marks: Marks
    unit_mm: Floats
    flow: tuple[float, float, float, float]
    opening_mm: Floats
    loose: Strands


@dataclass(frozen=True)
class AgeSettings:
    """What happened between two visits."""

    lost_share: float = 0.0  # of hairs with their root in ``lost_where_mm``
    lost_where_mm: tuple[float, float, float, float] | None = None  # y0, x0, y1, x1; None: the whole patch
    lost_units: float = 0.3  # share of the lost hairs that go with their whole unit
    new_share: float = 0.0  # new hairs, as a share of those before
    thinner_share: float = 0.0
    thinner_by: float = 0.25  # share of the diameter given up by those
    clip_mm: float | None = None  # clipped again to this; None: as before
    redness: float | None = None
    flakes_per_cm2: float | None = None
    scale_share: float | None = None
    punctures_per_cm2: float | None = None
    same_day: bool = False  # hair, marks and flakes lie as they did
    grown_mm: float = 0.0  # not clipped again: what hair that grows has gained
    resting_share: float = 0.12  # of hairs, that did not grow


def make_scene(settings: SceneSettings, seed: int) -> Scene:
    """Grow a patch of scalp.

    Parameters
    ----------
    settings : SceneSettings
        What it is like.
    seed : int
        The same seed and settings give the same patch.

    Raises
    ------
    Refused
        ``impossible_scene`` where so many units cannot keep their distance.
    """
    rng = substream(seed, 1)
    units = _hard_core(settings, rng)
    angle = rng.uniform(-np.pi, np.pi) if settings.angle_deg is None else np.deg2rad(settings.angle_deg)
    # growth direction turns by a few degrees a millimetre
    turn = rng.normal(0, 1, 3)
    flow = (float(angle), 0.03 * float(turn[0]), 0.03 * float(turn[1]), 0.08 * float(turn[2]))
    size = rng.choice(4, len(units), p=np.array(settings.unit_sizes) / sum(settings.unit_sizes)) + 1
    unit = np.repeat(np.arange(len(units)), size).astype(np.int64)
    strands = give_habits(_grow(settings, rng, units, unit, flow), settings, substream(seed, 4))
    strands = replace(strands, colour=_whitened(strands.colour, settings, substream(seed, 5)))
    marks = scatter_marks(settings, substream(seed, 2, 0))
    loose = loose_hairs(settings, strands, substream(seed, 6, 0))
    return Scene(settings, seed, 0, strands, marks, units, flow, strands.root_mm.copy(), loose)


def _hard_core(settings: SceneSettings, rng: Generator) -> Floats:
    height, width = settings.patch_mm
    wanted = round(settings.units_per_cm2 * height * width / MM2_PER_CM2)
    places = np.empty((wanted, 2))
    done = 0
    for _ in range(60 * wanted + 1):
        if done == wanted:
            return places
        place = rng.uniform(-0.5, 0.5, 2) * (height, width)
        near = places[:done] - place
        if done == 0 or (near**2).sum(1).min() >= settings.unit_gap_mm**2:
            places[done] = place
            done += 1
    if done == wanted:
        return places
    raise Refused(
        "impossible_scene",
        f"{settings.units_per_cm2:g} units per cm2 do not fit {settings.unit_gap_mm:g} mm apart.",
        "Ask for fewer units or a smaller gap.",
    )


def _direction(flow: tuple[float, float, float, float], place_mm: Floats) -> Floats:
    y, x = place_mm[:, 0], place_mm[:, 1]
    angle: Floats = flow[0] + flow[1] * y + flow[2] * x + flow[3] * np.sin(0.7 * x + 0.5 * y)
    return angle


def _grow(
    settings: SceneSettings, rng: Generator, units: Floats, unit: Ints, flow: tuple[float, float, float, float]
) -> Strands:
    n = len(unit)
    heading = _direction(flow, units[unit]) + rng.normal(0, 0.06, len(units))[unit]
    thin = rng.random(n) < settings.thin_share
    diameter = np.where(
        thin,
        settings.thin_um * np.exp(rng.normal(0, 0.25, n)),
        settings.diameter_um * np.exp(rng.normal(0, settings.diameter_spread, n)),
    )
    slot, size = _slots(unit)
    # roots of a unit stand across the growth direction, one to two shafts apart
    step = 1e-3 * diameter * rng.uniform(*settings.root_gap, n)
    across = (slot - (size - 1) / 2) * np.maximum(step, min(0.06, 0.06 * settings.root_gap[0]))
    along = rng.normal(0, 0.06, n) * (size > 1)
    c, s = np.cos(heading), np.sin(heading)
    root = units[unit] + np.stack([s * along + c * across, c * along - s * across], axis=1)
    length = _lengths(settings, rng, n)
    glued = (rng.random(len(units)) < settings.glued_share)[unit] & (size > 1)
    reach = np.minimum(length, 1.0) * np.cos(np.deg2rad(settings.rise_deg))
    # turning by a growing angle leads towards growing ``across``: those that meet turn against it, some past each other
    lean = np.where(glued, -across / reach * rng.uniform(0.5, 2.0, n), rng.normal(0, 0.07, n))
    long = settings.style != "clipped"
    return Strands(
        hair_id=np.arange(n, dtype=np.int64),
        unit=unit,
        colour=_colours(settings, rng, n),
        root_mm=root,
        angle_rad=heading + np.arctan(lean),
        rise_rad=np.deg2rad(settings.rise_deg) * np.exp(rng.normal(0, 0.25, n)) * (0.3 if long else 1.0),
        bend_rad=rng.normal(0, 0.5 if long else 0.06, n) - np.where(glued, 0.7 * np.arctan(lean), 0.0),
        wave_rad=np.abs(rng.normal(0, 0.12 if long else 0.0, n)),
        length_mm=length,
        diameter_um=diameter,
        under_mm=rng.uniform(0.2, 0.6, n),
        scale=np.where(rng.random(n) < settings.scale_share, rng.uniform(0.25, 1.0, n), 0.0),
        cut=rng.normal(0, 0.3, n),
        tone=np.exp(rng.normal(0, 0.15, n)),
        **{name: np.zeros(n) for name in HABITS},
    )


def _slots(unit: Ints) -> tuple[Ints, Ints]:
    first = np.searchsorted(unit, unit, side="left")
    last = np.searchsorted(unit, unit, side="right")
    return np.arange(len(unit)) - first, last - first


def _lengths(settings: SceneSettings, rng: Generator, n: int) -> Floats:
    middle = {"clipped": settings.clip_mm, "short": settings.short_mm, "long": settings.long_mm}[settings.style]
    spread = np.exp(rng.normal(0, settings.clip_spread, n))
    if settings.style == "clipped":
        return np.clip(middle * spread, 0.15, 3 * middle)
    return np.maximum(middle * spread, 0.5)


def _colours(settings: SceneSettings, rng: Generator, n: int) -> Ints:
    grey = rng.random(n) < settings.grey_share
    return np.where(grey, COLOURS.index("grey"), COLOURS.index(settings.colour)).astype(np.int64)


def _whitened(colour: Ints, settings: SceneSettings, rng: Generator) -> Ints:
    """Grey hair is a mixture of shafts with little pigment and with none."""
    white = (rng.random(len(colour)) < settings.white_share) & (colour == COLOURS.index("grey"))
    return np.where(white, COLOURS.index("white"), colour).astype(np.int64)


def age_scene(scene: Scene, settings: AgeSettings, seed: int) -> Scene:
    """Return the same skin at the next visit; kept hairs keep their ``hair_id``.

    Parameters
    ----------
    scene : Scene
        The earlier visit.
    settings : AgeSettings
        What happened.
    seed : int
        Chooses which hairs are lost, new or thinner, and the new flakes.
    """
    rng, old = substream(seed, 3, scene.visit), scene.strands
    names = ("clip_mm", "redness", "flakes_per_cm2", "scale_share", "punctures_per_cm2")
    now = replace(scene.settings, **{name: value for name in names if (value := getattr(settings, name)) is not None})
    kept = old.take(np.setdiff1d(np.arange(len(old)), _lost(scene, settings, rng)))
    n = len(kept)
    thinner = rng.random(n) < settings.thinner_share
    kept = replace(kept, diameter_um=kept.diameter_um * np.where(thinner, 1 - settings.thinner_by, 1.0))
    if not settings.same_day:
        kept = _lain_anew(kept, now, settings, rng)
    fresh = _fresh(replace(scene, settings=now), round(settings.new_share * len(old)), rng)
    strands = kept.join(fresh)
    marks, loose = scene.marks, scene.loose
    if not settings.same_day:
        marks = scatter_marks(now, substream(seed, 2, scene.visit + 1)).with_moles_of(scene.marks)
        loose = loose_hairs(now, strands, substream(seed, 6, scene.visit + 1))
    later = replace(scene, settings=now, visit=scene.visit + 1, strands=strands, marks=marks, loose=loose)
    return replace(later, opening_mm=np.concatenate([scene.opening_mm, fresh.root_mm]))


def _lain_anew(kept: Strands, now: SceneSettings, settings: AgeSettings, rng: Generator) -> Strands:
    """Return hair combed, and grown or clipped anew: it does not lie quite as before."""
    n, length = len(kept), kept.length_mm
    if settings.grown_mm:
        length = length + settings.grown_mm * (rng.random(n) >= settings.resting_share)
    elif now.style == "clipped":
        length = _lengths(now, rng, n)
    return replace(
        kept,
        length_mm=length,
        angle_rad=kept.angle_rad + rng.normal(0, 0.08, n),
        rise_rad=kept.rise_rad * np.exp(rng.normal(0, 0.1, n)),
        scale=np.where(rng.random(n) < now.scale_share, rng.uniform(0.25, 1.0, n), 0.0),
        cut=rng.normal(0, 0.3, n),
    )


def _lost(scene: Scene, settings: AgeSettings, rng: Generator) -> Ints:
    roots = scene.strands.root_mm
    inside = np.ones(len(roots), bool)
    if settings.lost_where_mm:
        y0, x0, y1, x1 = settings.lost_where_mm
        inside = (roots[:, 0] >= y0) & (roots[:, 0] <= y1) & (roots[:, 1] >= x0) & (roots[:, 1] <= x1)
    candidates = rng.permutation(np.flatnonzero(inside))
    wanted, lost = round(settings.lost_share * len(candidates)), list[int]()
    for h in candidates:
        if len(lost) >= round(wanted * settings.lost_units):
            break
        mates = candidates[scene.strands.unit[candidates] == scene.strands.unit[h]]
        lost.extend(int(m) for m in mates if m not in lost)
    rest = [int(h) for h in candidates if h not in lost]
    lost.extend(rest[: max(wanted - len(lost), 0)])
    return np.array(sorted(lost), np.int64)


def _fresh(scene: Scene, n: int, rng: Generator) -> Strands:
    settings = replace(scene.settings, thin_share=0.5, glued_share=0.0, unit_sizes=(1, 0, 0, 0))
    # a follicle that wakes stands in a unit, a little to the side of its mates
    home = rng.choice(len(scene.unit_mm), n)
    angle = rng.uniform(-np.pi, np.pi, n)
    places = scene.unit_mm[home] + rng.uniform(0.2, 0.3, n)[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fresh = _grow(settings, rng, places, np.arange(n, dtype=np.int64), scene.flow)
    fresh = give_habits(fresh, settings, substream(scene.seed, 7, n))
    first = int(scene.strands.hair_id.max(initial=-1)) + 1
    return replace(fresh, hair_id=first + np.arange(n, dtype=np.int64), unit=home.astype(np.int64))


def centreline_mm(strands: Strands, h: int) -> Floats:
    """Centreline of hair h (P, 3): y, x and height above the skin [mm], root first."""
    length = float(strands.length_mm[h])
    fine = step_mm(strands, h)
    steps = int(np.clip(np.ceil(length / fine), 6, 60 if fine == STEP_MM else 600))
    t = np.linspace(0, 1, steps + 1)
    waves = float(strands.wave_rad[h]) * np.sin(2 * np.pi * t * length / 8.0 + float(strands.hair_id[h]))
    turn = float(strands.angle_rad[h]) + float(strands.bend_rad[h]) * t + waves + extra_turn(strands, h, t * length)
    # a stub stands up straight; long hair falls back onto the skin within about 2 mm
    rise = float(strands.rise_rad[h]) * np.exp(-t * length / 2.0)
    middle_turn, middle_rise = (turn[1:] + turn[:-1]) / 2, (rise[1:] + rise[:-1]) / 2
    step = length / steps
    moves = step * np.stack(
        [np.cos(middle_rise) * np.sin(middle_turn), np.cos(middle_rise) * np.cos(middle_turn), np.sin(middle_rise)], 1
    )
    start = np.array([*strands.root_mm[h], 0.0])
    line: Floats = np.concatenate([start[None], start + np.cumsum(moves, axis=0)])
    return line
