"""How the hairs of a unit leave the skin, curl, fan and clump.

Knows: the habits of hair beyond a straight, separate shaft. Must not know: cameras, colours.
All draws come from a generator of their own, so a scalp without these habits is what it was before them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.records.base import Floats, Ints
    from hairwise.simulate.scene import SceneSettings, Strands

__all__ = ["STEP_MM", "extra_turn", "give_habits", "loose_hairs", "step_mm"]

LEAVE_MM = 0.35  # a hair leaves its follicle straight: the curl grows over this length
FAN_MM = 0.25  # over which a stuck bundle opens
CLUMP_MM = 1.6  # over which wet hair bends to its clump
STEP_MM = 0.25  # of the line of a plain hair
MAX_PITCH_RAD = 1.40  # of the tightest helix: nearly rings


def give_habits(strands: Strands, settings: SceneSettings, rng: Generator) -> Strands:
    """Return the hairs with what the settings ask of thickness, bundles, curl and oil.

    Parameters
    ----------
    strands : Strands
        Straight, separate hairs, sorted by unit.
    settings : SceneSettings
        Shares and strengths; all zero returns the hairs as they are.
    rng : Generator
        Used by nothing else.
    """
    n = len(strands)
    if n == 0:
        return strands
    if settings.intermediate_share > 0:
        middling = rng.random(n) < settings.intermediate_share
        strands = replace(strands, diameter_um=np.where(middling, rng.uniform(40, 60, n), strands.diameter_um))
    if settings.bundle_share > 0:
        strands = _bundled(strands, settings, rng)
    if settings.cast_share > 0:
        unit = _first(strands.unit)
        cast = np.where(rng.random(n) < settings.cast_share, rng.uniform(0.4, 1.0, n), 0.0)[unit]
        strands = replace(strands, cast=cast)
    if settings.curl > 0:
        strands = _curled(strands, settings, rng)
    if settings.oil > 0 and settings.style != "clipped":
        strands = _clumped(strands, settings, rng)
    return strands


def _first(unit: Ints) -> Ints:
    """Index (H,) of one hair of each hair's unit."""
    _, first, back = np.unique(unit, return_index=True, return_inverse=True)
    return np.asarray(first[back], np.int64)


def _mean_of(values: Floats, unit: Ints) -> Floats:
    """Mean of each hair's unit: (H,) or (H, 2)."""
    _, back = np.unique(unit, return_inverse=True)
    count = np.bincount(back).astype(float)
    if values.ndim == 1:
        return np.asarray((np.bincount(back, values) / count)[back], float)
    return np.stack([_mean_of(values[:, k], unit) for k in range(values.shape[1])], axis=1)


def _bundled(strands: Strands, settings: SceneSettings, rng: Generator) -> Strands:
    """Let units share one opening: shafts side by side or half behind each other, stuck, then fanning."""
    n, unit = len(strands), strands.unit
    first = _first(unit)
    _, back, size = np.unique(unit, return_inverse=True, return_counts=True)
    mates = size[back]
    chosen = (rng.random(n) < settings.bundle_share)[first] & (mates > 1)
    # place in the bundle: order of a random key within the unit
    key = np.lexsort((rng.random(n), unit))
    slot = np.empty(n)
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    slot[key] = np.arange(n) - starts[back[key]]
    aside = slot - (mates - 1) / 2
    heading = _mean_of(strands.angle_rad, unit)
    middle, wide = _mean_of(strands.root_mm, unit), _mean_of(strands.diameter_um, unit) / 1000
    across = aside * wide * rng.uniform(0.55, 1.0, n)[first]
    along = rng.uniform(-0.5, 0.5, n) * wide
    c, s = np.cos(heading), np.sin(heading)
    root = middle + np.stack([s * along + c * across, c * along - s * across], axis=1)
    # a root on the side of growing angle opens out by turning that way
    opening = aside * rng.uniform(0.02, 0.22, n)[first] + rng.normal(0, 0.03, n)
    stuck = rng.uniform(0.1, 0.5, n)[first]
    return replace(
        strands,
        root_mm=np.where(chosen[:, None], root, strands.root_mm),
        angle_rad=np.where(chosen, heading + rng.normal(0, 0.012, n), strands.angle_rad),
        bend_rad=np.where(chosen, 0.4 * strands.bend_rad, strands.bend_rad),
        rise_rad=np.where(chosen, _mean_of(strands.rise_rad, unit), strands.rise_rad),
        stuck_mm=np.where(chosen, stuck, 0.0),
        fan_rad=np.where(chosen, opening, 0.0),
    )


def _curled(strands: Strands, settings: SceneSettings, rng: Generator) -> Strands:
    n = len(strands)
    first = _first(strands.unit)
    # the hairs of one unit curl alike, those of one head much alike
    pitch = settings.curl * MAX_PITCH_RAD * np.exp(0.12 * rng.normal(0, 1, n)[first] + 0.05 * rng.normal(0, 1, n))
    hand = np.where(rng.random(n) < 0.5, -1.0, 1.0)[first]
    return replace(
        strands,
        curl_rad=hand * np.minimum(pitch, 1.5),
        # a helix seen half from its end shows loops, seen from the side waves
        coil_rad=np.minimum(settings.curl * rng.uniform(0.2, 1.3, n)[first], 1.2),
        curl_mm=settings.curl_mm * np.exp(0.2 * rng.normal(0, 1, n)[first] + 0.06 * rng.normal(0, 1, n)),
        phase_rad=rng.uniform(0, 2 * np.pi, n)[first] + rng.normal(0, 0.25, n),
    )


def _clumped(strands: Strands, settings: SceneSettings, rng: Generator) -> Strands:
    """Bend hairs towards the tip of a clump of neighbours, as water and oil draw them."""
    n = len(strands)
    count = max(1, round(n / 7))
    seat = rng.choice(n, count, replace=False)
    ahead = 0.75 * np.minimum(strands.length_mm, 4.0)
    heading = strands.angle_rad
    toward = np.stack([np.sin(heading), np.cos(heading)], axis=1)
    near = np.argmin(((strands.root_mm[:, None] - strands.root_mm[seat][None]) ** 2).sum(2), axis=1)
    goal = strands.root_mm[seat][near] + ahead[seat][near][:, None] * toward[seat][near]
    way = goal - strands.root_mm
    turn = np.arctan2(way[:, 0], way[:, 1]) - heading
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    lean = np.clip(turn, -0.7, 0.7) * min(settings.oil, 1.0) * rng.uniform(0.8, 1.1, n)
    calm = 1 - 0.7 * min(settings.oil, 1.0)
    return replace(strands, lean_rad=lean, bend_rad=strands.bend_rad * calm, wave_rad=strands.wave_rad * calm)


def extra_turn(strands: Strands, h: int, along_mm: Floats) -> Floats:
    """Turn (P,) of hair h on the skin by its habits at lengths from the root [rad]; 0 at the root."""
    turn = np.zeros_like(along_mm)
    pitch = float(strands.curl_rad[h])
    if pitch:
        grown = 1 - np.exp(-((along_mm / LEAVE_MM) ** 2))
        # length of one turn of a helix of this radius and pitch; loose waves are long
        around = 2 * np.pi * float(strands.curl_mm[h]) / max(np.sin(abs(pitch)), 0.3)
        phase = float(strands.phase_rad[h]) + 2 * np.pi * along_mm / around
        psi, tilt = pitch * grown, float(strands.coil_rad[h])
        # tangent of a helix whose axis leans out of the picture by tilt, seen from above
        ahead = np.cos(psi) * np.cos(tilt) - np.sin(np.abs(psi)) * np.sin(tilt) * np.sin(phase)
        aside = np.sin(psi) * np.cos(phase)
        kink = 0.12 * pitch * grown * np.sin(3.3 * phase + 2.0 * np.sin(1.7 * phase))
        turn = turn + np.unwrap(np.arctan2(aside, ahead)) + kink
    if strands.fan_rad[h]:
        turn = turn + float(strands.fan_rad[h]) * np.clip((along_mm - float(strands.stuck_mm[h])) / FAN_MM, 0, 1)
    if strands.lean_rad[h]:
        rest = np.exp(-((along_mm / CLUMP_MM) ** 2))
        # first towards the clump, then along it
        turn = turn + float(strands.lean_rad[h]) * np.clip(along_mm / 0.2, 0, 1) * rest
    return turn


def step_mm(strands: Strands, h: int) -> float:
    """Longest step that still follows hair h [mm]."""
    curl = abs(float(strands.curl_rad[h]))
    if curl:
        # the turn at a cusp is fast: 60 steps a turn of the helix
        return float(np.clip(0.1 * strands.curl_mm[h] / max(curl, 0.3), 0.05, STEP_MM))
    return 0.12 if strands.fan_rad[h] or strands.lean_rad[h] else STEP_MM


def loose_hairs(settings: SceneSettings, like: Strands, rng: Generator) -> Strands:
    """Cut hairs that lie on the skin without a root, 0.2 to 2 mm long: they are no truth, but look like it.

    Parameters
    ----------
    settings : SceneSettings
        ``loose_per_cm2`` over the patch.
    like : Strands
        Hairs of this scalp, whose colour, width and curl they have.
    rng : Generator
        Used by nothing else.
    """
    height, width = settings.patch_mm
    n = int(rng.poisson(settings.loose_per_cm2 * height * width / 100.0)) if settings.loose_per_cm2 > 0 else 0
    n = n if len(like) else 0
    chosen = like.take(np.asarray(rng.integers(0, max(len(like), 1), n), np.int64))
    zero = np.zeros(n)
    return replace(
        chosen,
        hair_id=10_000_000 + np.arange(n, dtype=np.int64),
        unit=np.full(n, -1, np.int64),
        root_mm=rng.uniform(-0.5, 0.5, (n, 2)) * (height, width),
        angle_rad=rng.uniform(-np.pi, np.pi, n),
        rise_rad=zero,
        bend_rad=rng.normal(0, 0.25, n),
        length_mm=np.clip(0.55 * np.exp(rng.normal(0, 0.55, n)), 0.2, 2.0),
        # blades split shafts lengthwise and thin hairs are what falls: on average narrower than what stands
        diameter_um=chosen.diameter_um * rng.uniform(0.45, 1.0, n),
        under_mm=zero,
        scale=zero,
        stuck_mm=zero,
        fan_rad=zero,
        lean_rad=zero,
        cast=zero,
    )
