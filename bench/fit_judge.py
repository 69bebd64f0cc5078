"""Fit hairs/judge.npz to rendered scalps. usage: fit_judge.py [--fields 24] [--seed 11000] [--out FILE]

Proposals are taken one after another as the program does; the one taken is right where it meets a true hair that none
before it met (root within 100 um, within 45 degrees of its direction), else wrong. A perceptron learns which; since
the taking depends on it, this is repeated. Each field counts the same. No photo is used.
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
from hairwise.hairs.judge import BESIDE, OWN, Judge, choose
from hairwise.hairs.maps import make_maps
from hairwise.hairs.net import look
from hairwise.hairs.proposals import Proposals  # noqa: TC001
from hairwise.hairs.settings import DetectSettings
from hairwise.simulate.scalp import make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

TOLERANCE_MM = 0.100  # as in score_fields.py
STYLES = ("clipped",) * 8 + ("short", "long")
VISIBLE_SHARE = 0.25  # hairs covered more than this are neither right nor wrong
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


def propose(seed: int) -> Field:
    style, camera = STYLES[seed % len(STYLES)], draw_camera(seed)
    settings = replace(draw_scene_settings(seed, style), patch_mm=patch_for(camera, style))
    shot = photograph(make_scene(settings, seed), camera, seed)
    rgb, s = np.array(shot.rgb), DetectSettings()
    grid = choose_grid(rgb, np.ones(rgb.shape[:2], bool), shot.px_per_mm, s)
    maps = make_maps(grid.rgb, grid.usable, s.work_px_per_mm, s)
    some, own, _ = detector.candidates(maps, look(grid.rgb), s)
    k = grid.work_per_photo_px
    near = [_near_root((line + 0.5) * k - 0.5) for line in shot.lines_px]
    limits = np.array(grid.rgb.shape[:2])
    inside = ((some.root > 8) & (some.root < limits - 8)).all(axis=1)
    root, way = (np.array([n[i] for n in near]).reshape(-1, 2) for i in (0, 1))
    return Field(some, own, root, way, shot.clear_share, inside)


def _near_root(line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root and direction of the first half millimetre."""
    far = np.linalg.norm(line - line[0], axis=1)
    end = line[min(int(np.searchsorted(far, 60.0)), len(line) - 1)]
    way = end - line[0]
    return line[0], way / max(float(np.linalg.norm(way)), 1e-9)


def labelled(field: Field, judge) -> tuple[np.ndarray, np.ndarray]:
    """Features and right or wrong (1, 0) of every proposal, taken in the judge's order."""
    p, order, described = choose(field.some, field.own, judge)
    rest = np.setdiff1d(np.arange(len(p)), order)
    sequence = np.concatenate([order, rest[np.argsort(-p[rest])]]).astype(int)
    free = np.ones(len(field.root), bool)
    right, ignored, taken = np.zeros(len(p)), np.zeros(len(p), bool), set(order.tolist())
    for j in sequence:
        d = np.linalg.norm(field.root - field.some.root[j], axis=1)
        d = np.where(free & (field.way @ field.some.way[j] > 0.7), d, np.inf)
        h = int(np.argmin(d)) if len(d) else -1
        if h >= 0 and d[h] <= TOLERANCE_MM * DetectSettings().work_px_per_mm:
            right[j], ignored[j] = 1, field.clear[h] < VISIBLE_SHARE
            if j in taken:
                free[h] = False
    keep = field.inside & ~ignored
    return described[keep], right[keep]


def fitted(x: np.ndarray, y: np.ndarray, weight: np.ndarray, start: np.ndarray) -> np.ndarray:
    k = x.shape[1]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        inner, outer = flat[: (k + 1) * N_HIDDEN].reshape(k + 1, N_HIDDEN), flat[(k + 1) * N_HIDDEN :]
        hidden = np.tanh(x @ inner[:-1] + inner[-1])
        z = hidden @ outer[:-1] + outer[-1]
        value = (weight * (np.logaddexp(0, z) - y * z)).sum()
        value += RIDGE * ((inner[:-1] ** 2).sum() + (outer[:-1] ** 2).sum())
        dz = weight * (1 / (1 + np.exp(-z)) - y)
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
        rows = [labelled(f, judge) for f in fields if len(f.some)]
        x, y = (np.concatenate([r[i] for r in rows]) for i in (0, 1))
        # right ones are demanded; wrong ones are many, and one field must not outweigh the others
        weight = np.concatenate([np.full(len(r[1]), 60 / max(30.0, r[1].sum())) for r in rows])
        weight *= len(y) / weight.sum()
        flats = [fitted(x, y, weight, flat) for flat in flats]
        judge = averaged(flats, k)
        p = judge(x)
        found = p >= 0.5
        print(f"\nround {turn + 1}: {len(y)} proposals, {y.mean():.2f} right; precision {y[found].mean():.3f}, "
              f"recall of the proposed {y[found].sum() / y.sum():.3f}")  # fmt: skip
    np.savez_compressed(given.out, inner=judge.inner.astype(np.float32), outer=judge.outer.astype(np.float32))


if __name__ == "__main__":
    main()
