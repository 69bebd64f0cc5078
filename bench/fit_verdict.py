"""Fit change/verdict.npz to rendered pairs. usage: fit_verdict.py [--pairs 400] [--seed 13000] [--cache DIR]

Two visits of a rendered scalp: a third of the pairs lost nothing, the others 2 to 35 % of their hairs; some grew new
ones; mostly clipped anew, seen by another camera. Finds are told one to one who they are; two perceptrons learn from
what both photos show: one what matched finds have in common, one what became of those without a partner. No photo is
used. Prints how each does on every sixth ten pairs, kept out of a fit of its own; finds are judged after matches, whose
verdict is that of all pairs.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment, minimize

import hairwise.change as package
from hairwise import workflow
from hairwise.change import compare, fates
from hairwise.change.facts import pair_facts, single_facts
from hairwise.change.match import Matches
from hairwise.change.settings import CompareSettings, View
from hairwise.change.verdict import (
    FELL,
    NEVER_GONE,
    NEVER_STAYS,
    OTHER,
    SAME_FALSE,
    SAME_HAIR,
    STANDS,
    Verdict,
    with_own_prior,
)  # fmt: skip
from hairwise.hairs.detect import detect
from hairwise.records.hairs import Hairs  # noqa: TC001
from hairwise.simulate.noise import substream
from hairwise.simulate.scalp import AgeSettings, age_scene, encode, make_scene, photograph
from hairwise.simulate.variety import camera_beside, draw_camera, draw_scene_settings, patch_for

STYLES = ("clipped",) * 8 + ("short", "long")
SAME_DAY = (1, 3)  # of every fifty pairs twenty, of all styles: hair lies as it did
SAME_MM = 0.12  # a find farther from a root is not of that hair
ASIDE_MM = 0.03  # beyond half a width: not on the hair
N_HIDDEN, N_STARTS, RIDGE = 8, 4, 0.3
KEPT_OUT = 6  # every sixth ten pairs: of all styles


@dataclass(frozen=True)
class Seen:
    """One photo: its file, finds, and the true hairs in it."""

    data: bytes
    usable: np.ndarray
    px_per_mm: float
    finds: Hairs
    lines: list[np.ndarray]
    hair_id: np.ndarray
    clear: np.ndarray

    def view(self) -> View:
        rgb = cv2.cvtColor(cv2.imdecode(np.frombuffer(self.data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        usable = np.unpackbits(self.usable)[: rgb.shape[0] * rgb.shape[1]].reshape(rgb.shape[:2]) > 0
        return View(rgb, usable, self.px_per_mm, self.finds)


def render(seed: int) -> tuple[Seen, Seen] | None:
    """Two visits, or None where a photo is refused."""
    style, camera, rng = STYLES[seed % len(STYLES)], draw_camera(seed), substream(seed, 77)
    settings = replace(draw_scene_settings(seed, style), patch_mm=patch_for(camera, style))
    scene = make_scene(settings, seed)
    nothing = rng.random() < 1 / 3
    age = AgeSettings(
        lost_share=0.0 if nothing else float(rng.uniform(0.02, 0.35)),
        lost_units=float(rng.uniform(0, 0.6)),
        new_share=0.0 if rng.random() < 0.6 else float(rng.uniform(0, 0.1)),
        clip_mm=float(settings.clip_mm * np.exp(rng.normal(0, 0.25))) if style == "clipped" else None,
        same_day=seed // len(STYLES) % 5 in SAME_DAY,
    )
    later = age_scene(scene, age, seed)
    sides = []
    for shot in (photograph(scene, camera, seed), photograph(later, camera_beside(camera, seed), seed + 1)):
        data = encode(shot.rgb, "jpg", 92)
        try:
            told = workflow.measure_photo(data, "visit.jpg", shot.px_per_mm)
        except workflow.Refused:
            return None
        usable, clear = np.packbits(told.quality.usable), shot.root_is_clear
        sides.append(Seen(data, usable, shot.px_per_mm, told.finds, list(shot.lines_px), shot.hair_id, clear))
    return sides[0], sides[1]


def who_is_it(seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    """Which true hair each find is (H,), one to one; and which it lies on, be it a second find; -1 none."""
    finds, k = seen.finds, seen.px_per_mm
    root, tip = finds.root_px, finds.tip_px
    way = (tip - root) / np.maximum(np.linalg.norm(tip - root, axis=1, keepdims=True), 1e-9)
    true_root, true_way = _begin(seen)
    apart = np.linalg.norm(root[:, None] - true_root[None], axis=2) / k
    fits = (apart <= SAME_MM) & (way @ true_way.T > 0.7)
    cost = np.where(fits, apart / SAME_MM - 0.7 * finds.p_hair[:, None], 9.0)
    row, column = linear_sum_assignment(cost)
    good = fits[row, column]
    own, lies = np.full(len(finds), -1), np.full(len(finds), -1)
    own[row[good]] = column[good]
    wide = np.nan_to_num(finds.width_px, nan=0.07 * k)
    for h in range(len(finds)):
        near = np.flatnonzero(fits[h])
        if own[h] < 0:
            line = finds.line_px(h)[len(finds.line_px(h)) // 2]
            off = [_off(line, seen.lines[j]) for j in range(len(seen.lines))] if len(seen.lines) else []
            on = [j for j, o in enumerate(off) if o <= 0.5 * wide[h] + ASIDE_MM * k]
            near = np.array(sorted({*near.tolist(), *on}, key=lambda j: apart[h, j]), int)
        lies[h] = own[h] if own[h] >= 0 else (near[0] if len(near) else -1)
    return own, lies


def _begin(seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    root = np.array([line[0] for line in seen.lines]).reshape(-1, 2)
    reach = 0.4 * seen.px_per_mm
    end = [
        line[min(int(np.searchsorted(np.linalg.norm(line - line[0], axis=1), reach)), len(line) - 1)]
        for line in seen.lines
    ]
    way = np.array(end).reshape(-1, 2) - root
    return root, way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)


def _off(point: np.ndarray, line: np.ndarray) -> float:
    step, rest = np.diff(line, axis=0), point - line[:-1]
    t = np.clip((rest * step).sum(1) / np.maximum((step**2).sum(1), 1e-9), 0, 1)
    return float(np.linalg.norm(rest - t[:, None] * step, axis=1).min())


@dataclass(frozen=True)
class Truth:
    """Names of the true hairs that finds are (or lie on), and those in the other photo; -1 none."""

    own: np.ndarray
    lies: np.ndarray
    clear: np.ndarray
    there: np.ndarray


def truths(pair: tuple[Seen, Seen], laid: compare.Laid) -> tuple[Truth, Truth]:
    out = []
    pair = tuple(replace(seen, finds=view.hairs) for seen, view in zip(pair, laid.views, strict=True))
    for seen, other in (pair, pair[::-1]):
        own, lies = who_is_it(seen)
        ids = np.append(seen.hair_id, -1)
        clear = np.append(seen.clear, True)[own]
        out.append(Truth(ids[own], ids[lies], clear, other.hair_id))
    return out[0], out[1]


def laid_out(pair: tuple[Seen, Seen], cache: Path | None = None) -> compare.Laid | None:
    s = CompareSettings()

    def find(rgb: np.ndarray, usable: np.ndarray, px_per_mm: float) -> Hairs:
        file = cache / f"{hashlib.sha256(rgb.tobytes() + usable.tobytes()).hexdigest()}.residue" if cache else None
        if file and file.exists():
            return pickle.loads(file.read_bytes())
        hairs = detect(rgb, usable, px_per_mm)
        if file:
            file.write_bytes(pickle.dumps(hairs))
        return hairs

    try:
        return compare.lay(pair[0].view(), pair[1].view(), s, find)
    except workflow.Refused:
        return None


def of_matches(laid: compare.Laid, told: tuple[Truth, Truth]) -> tuple[np.ndarray, np.ndarray]:
    m = laid.matches
    x = pair_facts(*laid.sides, (m.a, m.b, m.p), laid.photos)
    own, lies = (told[0].own[m.a], told[1].own[m.b]), (told[0].lies[m.a], told[1].lies[m.b])
    hair = ((own[0] >= 0) & (own[0] == lies[1])) | ((own[1] >= 0) & (own[1] == lies[0]))
    false = (own[0] < 0) & (own[1] < 0) & (lies[0] == lies[1])
    return x, np.where(hair, SAME_HAIR, np.where(false, SAME_FALSE, OTHER))


def of_singles(laid: compare.Laid, told: tuple[Truth, Truth], two: Verdict) -> list[tuple[np.ndarray, np.ndarray]]:
    m, s = laid.matches, CompareSettings()
    photos = laid.photos
    if len(m.a):
        p = two(pair_facts(*laid.sides, (m.a, m.b, m.p), photos))
        good = p[:, OTHER] < 0.5
        laid = compare.with_matches(laid, Matches(m.a[good], m.b[good], 1 - p[good, OTHER]), m.p[good])
    out = []
    for side, other, t, g in ((*laid.sides, told[0], photos), (*laid.sides[::-1], told[1], photos.turned)):
        who = np.flatnonzero(fates.in_question(side, s) & t.clear)
        x, _ = single_facts(side, other, who, g, s)
        is_hair, there = t.own[who] >= 0, np.isin(t.lies[who], t.there)
        lies = t.lies[who] >= 0
        y = np.where(is_hair, np.where(there, STANDS, FELL), np.where(lies & ~there, NEVER_GONE, NEVER_STAYS))
        out.append((x, y))
    return out


def fitted(x: np.ndarray, y: np.ndarray, n_out: int) -> Verdict:
    """Mean of the logits of several perceptrons, as one."""
    mean, spread = x.mean(0), np.maximum(x.std(0), 1e-6)
    z, onto = np.clip((x - mean) / spread, -4, 4), np.eye(n_out)[y]
    rng, k = np.random.default_rng(20261127), x.shape[1]
    cut = (k + 1) * N_HIDDEN

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        inner, outer = flat[:cut].reshape(k + 1, N_HIDDEN), flat[cut:].reshape(N_HIDDEN + 1, n_out)
        hidden = np.tanh(z @ inner[:-1] + inner[-1])
        logit = hidden @ outer[:-1] + outer[-1]
        logit = logit - logit.max(1, keepdims=True)
        p = np.exp(logit)
        p /= p.sum(1, keepdims=True)
        value = -np.log(np.maximum((p * onto).sum(1), 1e-12)).sum() + RIDGE * (
            (inner[:-1] ** 2).sum() + (outer[:-1] ** 2).sum()
        )
        d = p - onto
        d_outer = np.vstack([hidden.T @ d + 2 * RIDGE * outer[:-1], d.sum(0)])
        dh = d @ outer[:-1].T * (1 - hidden**2)
        d_inner = np.vstack([z.T @ dh + 2 * RIDGE * inner[:-1], dh.sum(0)])
        return float(value), np.concatenate([d_inner.ravel(), d_outer.ravel()])

    starts = rng.normal(0, 0.3, (N_STARTS, cut + (N_HIDDEN + 1) * n_out))
    flats = [minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x for start in starts]
    inner = np.concatenate([f[:cut].reshape(k + 1, N_HIDDEN) for f in flats], axis=1)
    outers = [f[cut:].reshape(N_HIDDEN + 1, n_out) for f in flats]
    outer = np.vstack([*(o[:-1] / N_STARTS for o in outers), np.mean([o[-1] for o in outers], axis=0)])
    return Verdict(mean, spread, inner, outer, onto.mean(0))


def _read(given: tuple[int, Path | None]) -> tuple[Seen, Seen] | None:
    seed, cache = given
    file = cache / f"{seed}.pair" if cache else None
    if file and file.exists():
        return pickle.loads(file.read_bytes())
    pair = render(seed)
    if file:
        file.write_bytes(pickle.dumps(pair))
    return pair


def _match_job(given: tuple[int, Path | None]) -> tuple[np.ndarray, np.ndarray] | None:
    pair = _read(given)
    laid = laid_out(pair, given[1]) if pair else None
    return of_matches(laid, truths(pair, laid)) if laid else None


def _single_job(given: tuple[int, Path | None, Verdict]) -> list[tuple[np.ndarray, np.ndarray]] | None:
    pair = _read(given[:2])
    laid = laid_out(pair, given[1]) if pair else None
    return of_singles(laid, truths(pair, laid), given[2]) if laid else None


def _say_matches(verdict: Verdict, x: np.ndarray, y: np.ndarray) -> None:
    said = verdict(x).argmax(1)
    caught, wronged = np.mean(said[y == OTHER] == OTHER), np.mean(said[y == SAME_HAIR] == OTHER)
    print(f"matches kept out: {len(y)}; of different things {np.mean(y == OTHER):.3f}", end=", ")
    print(f"of these told {caught:.2f}; hairs called different {wronged:.4f}")


def _say_singles(verdict: Verdict, photos: list[tuple[np.ndarray, np.ndarray]]) -> None:
    p = np.concatenate([with_own_prior(verdict(x), verdict.share) for x, _ in photos])
    y = np.concatenate([y for _, y in photos])
    fell, said = y == FELL, p[:, FELL] >= 0.5
    print(f"finds kept out: {len(y)}; outcomes {np.bincount(y, minlength=4).tolist()}", end="; ")
    print(f"fell: precision {fell[said].mean():.3f}, recall {said[fell].mean():.3f}", end=", ")
    print(f"said {p[:, FELL].sum():.0f} of {fell.sum()}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=13_000)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=Path(package.__file__).parent / "verdict.npz")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.pairs)
    if given.cache:
        given.cache.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    with Pool(2) as pool:
        matches = pool.map(_match_job, [(s, given.cache) for s in seeds], chunksize=1)
        out = np.array([k // len(STYLES) % KEPT_OUT == 0 for k in range(len(matches))])
        xs = [[m for m, o in zip(matches, out, strict=True) if m and o == side] for side in (False, True)]
        joined = [
            (np.concatenate([x for x, _ in some]), np.concatenate([y for _, y in some]))
            for some in (*xs, xs[0] + xs[1])
        ]
        _say_matches(fitted(*joined[0], 3), *joined[1])
        two = fitted(*joined[2], 3)
        singles = pool.map(_single_job, [(s, given.cache, two) for s in seeds], chunksize=1)
    fit = [x for one, o in zip(singles, out, strict=True) if one and not o for x in one]
    kept = [x for one, o in zip(singles, out, strict=True) if one and o for x in one]
    _say_singles(fitted(np.concatenate([x for x, _ in fit]), np.concatenate([y for _, y in fit]), 4), kept)
    every = fit + kept
    one = fitted(np.concatenate([x for x, _ in every]), np.concatenate([y for _, y in every]), 4)
    held = {f"{kind}_{name}": getattr(v, name).astype(np.float32) for kind, v in (("one", one), ("two", two))
            for name in ("mean", "spread", "inner", "outer", "share")}  # fmt: skip
    np.savez_compressed(given.out, **held)
    if given.cache:
        (given.cache / "facts.pkl").write_bytes(pickle.dumps((matches, singles)))


if __name__ == "__main__":
    main()
