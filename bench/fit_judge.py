"""Fit hairs/judge.npz to rendered scalps. usage: fit_judge.py [--fields 24] [--seed 11000] [--out FILE]

Roots are taken one after another as the program does. A root is right where a true hair that none before it met begins
within 100 um and one of its lines lies on that hair; of these, the lines that end nearest to the tip are right. A
perceptron learns both, as one choice among no hair and every line; since the taking depends on it, this is repeated.
Each field counts the same. No photo is used.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import hairwise.hairs as package
from hairwise.hairs import detect as detector
from hairwise.hairs.grid import choose_grid
from hairwise.hairs.judge import BESIDE, OWN, Judge, choose, distance_to_segment, root_groups
from hairwise.hairs.maps import make_maps
from hairwise.hairs.net import look
from hairwise.hairs.proposals import Proposals  # noqa: TC001
from hairwise.hairs.settings import DetectSettings
from hairwise.simulate.scalp import make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

TOLERANCE_MM = 0.100  # as in score_fields.py
STYLES = ("clipped",) * 8 + ("short", "long")
ASIDE_MM = 0.03  # beyond half a width: the middle of a line that joins two hairs lies further off
TIP_MM = 0.05  # lines that end this much further from the tip are as good
LINE_WEIGHT = 0.5  # of choosing the line, beside choosing whether there is a hair
# one perceptron falls into one of many optima that other photos tell apart: several are averaged
N_HIDDEN, N_JUDGES, RIDGE, ROUNDS = 8, 6, 1.0, 4


@dataclass(frozen=True)
class Field:
    """Candidates of a render with the truth, on the working grid."""

    some: Proposals
    own: np.ndarray
    root: np.ndarray
    way: np.ndarray
    clear: np.ndarray
    inside: np.ndarray
    lines: list[np.ndarray]


def propose(seed: int) -> Field:
    style, camera = STYLES[seed % len(STYLES)], draw_camera(seed)
    settings = replace(draw_scene_settings(seed, style), patch_mm=patch_for(camera, style))
    shot = photograph(make_scene(settings, seed), camera, seed)
    rgb, s = np.array(shot.rgb), DetectSettings()
    grid = choose_grid(rgb, np.ones(rgb.shape[:2], bool), shot.px_per_mm, s)
    maps = make_maps(grid.rgb, grid.usable, s.work_px_per_mm, s)
    some, own, _ = detector.candidates(maps, look(grid.rgb), s)
    k = grid.work_per_photo_px
    lines = [(line + 0.5) * k - 0.5 for line in shot.lines_px]
    near = [_near_root(line) for line in lines]
    limits = np.array(grid.rgb.shape[:2])
    inside = ((some.root > 8) & (some.root < limits - 8)).all(axis=1)
    root, way = (np.array([n[i] for n in near]).reshape(-1, 2) for i in (0, 1))
    return Field(some, own, root, way, shot.root_is_clear, inside, lines)


def _near_root(line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root and direction of the first half millimetre."""
    far = np.linalg.norm(line - line[0], axis=1)
    end = line[min(int(np.searchsorted(far, 60.0)), len(line) - 1)]
    way = end - line[0]
    return line[0], way / max(float(np.linalg.norm(way)), 1e-9)


@dataclass(frozen=True)
class Labelled:
    """Roots with their lines, sorted by root, each described as it was judged last."""

    described: np.ndarray  # (lines, features)
    n_lines: np.ndarray  # (roots,)
    is_hair: np.ndarray  # (roots,) 1 or 0
    fits: np.ndarray  # (lines,) 1 where the line is among the best of a hair


def labelled(field: Field, judge) -> Labelled:
    """Say of every root and line whether it is right, taken in the judge's order."""
    some = field.some
    p, order, described = choose(some, field.own, judge)
    group = root_groups(some)
    lines_of = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    best = np.array([j[np.argmax(p[j])] for j in lines_of])
    taken = group[order]
    rest = np.setdiff1d(np.arange(len(best)), taken)
    free, was_taken = np.ones(len(field.root), bool), np.isin(np.arange(len(best)), taken)
    is_hair, fits, keep = np.zeros(len(best)), np.zeros(len(p)), field.inside[best]
    for g in np.concatenate([taken, rest[np.argsort(-p[best[rest]])]]).astype(int):
        lines = lines_of[g]
        d = np.linalg.norm(field.root - some.root[best[g]], axis=1)
        agrees = (field.way @ some.way[lines].T).max(axis=1) > 0.7
        near = np.flatnonzero(free & agrees & (d <= TOLERANCE_MM * DetectSettings().work_px_per_mm))
        if not len(near):
            continue
        near = near[np.argsort(d[near])]
        lying = np.array([[_lies_on(field, j, h) for j in lines] for h in near])
        # the line that was taken says which hair was found; else the nearest that any line lies on
        by_best, by_any = lying[:, lines == best[g]].any(axis=1), lying.any(axis=1)
        row = int(np.argmax(by_best if was_taken[g] and by_best.any() else by_any))
        h, is_hair[g] = near[row], lying[row].any()
        off = np.linalg.norm(some.tip[lines] - field.lines[h][-1], axis=1)
        least = off[lying[row]].min(initial=np.inf)
        fits[lines] = lying[row] & (off <= least + TIP_MM * DetectSettings().work_px_per_mm)
        keep[g] &= field.clear[h]  # what is hidden is neither right nor wrong
        free[h] &= not (was_taken[g] and is_hair[g])
    kept = np.flatnonzero(keep)
    rows = np.concatenate([lines_of[g] for g in kept] or [np.zeros(0, int)])
    return Labelled(described[rows], np.array([len(lines_of[g]) for g in kept], int), is_hair[kept], fits[rows])


def _lies_on(field: Field, j: int, h: int) -> bool:
    """Whether middle and tip of proposal j lie on hair h, not on its neighbour."""
    line, some = field.lines[h], field.some
    points = np.stack([(some.root[j] + some.tip[j]) / 2, some.tip[j]])
    far = np.min([distance_to_segment(points, a, b) for a, b in zip(line[:-1], line[1:], strict=True)], axis=0)
    limit = 0.5 * some.width[j] + ASIDE_MM * DetectSettings().work_px_per_mm
    return bool((far <= limit).all())


def fitted(told: Labelled, weight: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Weights that make the right choices most likely; a line's odds are against no hair at all."""
    x, fits = told.described, told.fits
    k = x.shape[1]
    begin = np.cumsum(told.n_lines) - told.n_lines
    root_of = np.repeat(np.arange(len(begin)), told.n_lines)
    has_line = LINE_WEIGHT * weight * (np.add.reduceat(fits, begin) > 0)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        inner, outer = flat[: (k + 1) * N_HIDDEN].reshape(k + 1, N_HIDDEN), flat[(k + 1) * N_HIDDEN :]
        hidden = np.tanh(x @ inner[:-1] + inner[-1])
        odds = np.exp(np.clip(hidden @ outer[:-1] + outer[-1], -30, 30))
        every = np.add.reduceat(odds, begin)
        fitting = np.where(has_line > 0, np.add.reduceat(odds * fits, begin), 1.0)
        value = (weight * (np.log1p(every) - told.is_hair * np.log(every))).sum()
        value += (has_line * (np.log(every) - np.log(fitting))).sum()
        value += RIDGE * ((inner[:-1] ** 2).sum() + (outer[:-1] ** 2).sum())
        d_every = weight * (1 / (1 + every) - told.is_hair / every) + has_line / every
        dz = odds * (d_every[root_of] - fits * (has_line / fitting)[root_of])
        d_outer = np.append(hidden.T @ dz + 2 * RIDGE * outer[:-1], dz.sum())
        dh = dz[:, None] * outer[:-1] * (1 - hidden**2)
        d_inner = np.vstack([x.T @ dh + 2 * RIDGE * inner[:-1], dh.sum(0)])
        return float(value), np.concatenate([d_inner.ravel(), d_outer])

    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x


def averaged(flats: list[np.ndarray], k: int) -> Judge:
    """One perceptron whose logit is the mean of several."""
    cut = (k + 1) * N_HIDDEN
    inner = np.concatenate([flat[:cut].reshape(k + 1, N_HIDDEN) for flat in flats], axis=1)
    outer = np.concatenate([flat[cut:-1] for flat in flats]) / len(flats)
    return Judge(inner, np.append(outer, np.mean([flat[-1] for flat in flats])))


def first_guess(described: np.ndarray) -> np.ndarray:
    of = {name: described[:, k] for k, name in enumerate((*OWN, *BESIDE))}
    z = -3 + 4 * of["root_heat"] + of["tip_heat"] + 2 * of["fresh"] - 3 * of["on"] - of["root_at_tip"]
    return 1 / (1 + np.exp(-z))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fields", type=int, default=24)
    parser.add_argument("--seed", type=int, default=11_000)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=Path(package.__file__).parent / "judge.npz")
    given = parser.parse_args()
    fields: list[Field] = []
    if given.cache and given.cache.exists():
        fields = pickle.loads(given.cache.read_bytes())
    for n in range(len(fields), given.fields):
        print(f"\rrender {n + 1} of {given.fields}", end="", file=sys.stderr)
        fields.append(propose(given.seed + n))
    if given.cache:
        given.cache.write_bytes(pickle.dumps(fields))
    k = len(OWN) + len(BESIDE)
    rng = np.random.default_rng(20261125)
    flats = [rng.normal(0, 0.3, (k + 1) * N_HIDDEN + N_HIDDEN + 1) for _ in range(N_JUDGES)]
    judge = first_guess
    for turn in range(ROUNDS):
        each = [labelled(f, judge) for f in fields if len(f.some)]
        names = ("described", "n_lines", "is_hair", "fits")
        told = Labelled(*(np.concatenate([getattr(e, name) for e in each]) for name in names))
        # one field must not outweigh the others
        weight = np.concatenate([np.full(len(e.is_hair), 60 / max(30.0, e.is_hair.sum())) for e in each])
        weight *= len(weight) / weight.sum()
        flats = [fitted(told, weight, flat) for flat in flats]
        judge = averaged(flats, k)
        line = judge(told.described)
        odds = np.add.reduceat(line / (1 - line), np.cumsum(told.n_lines) - told.n_lines)
        found, right = odds >= 1, told.is_hair
        print(f"\nround {turn + 1}: {len(right)} roots, {right.mean():.2f} right; precision {right[found].mean():.3f}, "
              f"recall of the proposed {right[found].sum() / right.sum():.3f}")  # fmt: skip
    np.savez_compressed(given.out, inner=judge.inner.astype(np.float32), outer=judge.outer.astype(np.float32))


if __name__ == "__main__":
    main()
