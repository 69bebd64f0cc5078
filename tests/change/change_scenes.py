"""Two photos of drawn stubs on textured skin, with the truth: plane of skin in mm, seen under two poses."""

from dataclasses import dataclass

import cv2
import numpy as np

from hairwise.change.settings import View
from hairwise.records.hairs import Hairs

PX_SKIN = 120.0  # pixels of the drawn plane per mm


@dataclass
class Scalp:
    size_mm: tuple
    texture: np.ndarray
    root: np.ndarray  # (N, 2) mm
    lean: np.ndarray  # (N,) rad
    width: np.ndarray  # mm
    length: np.ndarray  # mm
    unit: np.ndarray


def make_scalp(rng, size_mm=(9.0, 11.0), units_per_mm2=0.65):
    h, w = (int(s * PX_SKIN) for s in size_mm)
    texture = np.zeros((h, w), np.float32)
    for sigma, amount in ((1.5, 6), (4, 14), (12, 40), (60, 260)):
        texture += amount * cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), sigma)
    for _ in range(int(9 * size_mm[0] * size_mm[1])):
        p = rng.uniform(0, 1, 2) * [w, h]
        q = p + rng.normal(0, 35, 2)
        cv2.line(texture, tuple(np.int32(p)), tuple(np.int32(q)), float(rng.uniform(-25, 5)), 2, cv2.LINE_AA)
    centres = []
    while len(centres) < units_per_mm2 * np.prod(size_mm):
        c = rng.uniform(0, 1, 2) * size_mm
        if all(np.hypot(*(c - o)) > 0.6 for o in centres):
            centres.append(c)
    root, lean, unit = [], [], []
    for u, c in enumerate(centres):
        base = np.deg2rad(70) + rng.normal(0, 0.12)
        n = rng.choice([1, 2, 3], p=[0.4, 0.4, 0.2])
        side = np.array([np.sin(base + np.pi / 2), np.cos(base + np.pi / 2)])
        for k in range(n):
            root.append(c + side * (k - (n - 1) / 2) * rng.uniform(0.11, 0.16))
            lean.append(base + rng.normal(0, 0.12))
            unit.append(u)
    n = len(root)
    return Scalp(
        size_mm,
        texture,
        np.array(root),
        np.array(lean),
        rng.uniform(0.045, 0.09, n),
        rng.uniform(0.3, 0.6, n),
        np.array(unit),
    )


def aged(scalp, rng, reclip=True):
    """The same scalp weeks later: part of the texture is new, stubs are clipped anew and turned a little."""
    h, w = scalp.texture.shape
    fresh = sum(
        a * cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), s) for s, a in ((1.5, 6), (4, 14))
    )
    n = len(scalp.root)
    length = scalp.length * rng.uniform(0.7, 1.3, n) if reclip else scalp.length
    lean = scalp.lean + (rng.normal(0, 0.1, n) if reclip else 0)
    return Scalp(scalp.size_mm, 0.8 * scalp.texture + 0.6 * fresh, scalp.root, lean, scalp.width, length, scalp.unit)


def draw(scalp, present):
    """Return the plane in colour; only hairs in ``present``."""
    skin = np.stack([205 + scalp.texture, 165 + scalp.texture, 145 + scalp.texture], -1)
    cover = np.zeros(scalp.texture.shape, np.float32)
    for i in np.flatnonzero(present):
        step = np.array([np.sin(scalp.lean[i]), np.cos(scalp.lean[i])]) * scalp.length[i]
        ends = np.int32(np.round(np.stack([scalp.root[i], scalp.root[i] + step])[:, ::-1] * PX_SKIN * 16))
        cv2.line(cover, tuple(ends[0]), tuple(ends[1]), 1.0, max(2, round(scalp.width[i] * PX_SKIN)), cv2.LINE_AA, 4)
    cover = np.clip(cv2.GaussianBlur(cover, (0, 0), 0.8), 0, 1)[..., None]
    return np.clip(skin * (1 - cover) + np.array([38, 30, 28]) * cover, 0, 255).astype(np.float32)


@dataclass
class Pose:
    px_per_mm: float
    size_px: tuple
    matrix: np.ndarray  # skin (x, y, 1) mm to photo px
    stretch: np.ndarray  # coarse grid (2, gy, gx) mm
    size_mm: tuple

    def place(self, skin_mm):
        """Photo pixel (y, x) of points (N, 2) on the skin."""
        gy, gx = self.stretch.shape[1:]
        at = np.float32(skin_mm / self.size_mm * [gy - 1, gx - 1])
        moved = np.stack(
            [
                cv2.remap(
                    np.float32(s),
                    at[:, 1:2].copy(),
                    at[:, :1].copy(),
                    cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                )[:, 0]
                for s in self.stretch
            ],
            -1,
        )
        q = np.column_stack([(skin_mm + moved)[:, ::-1], np.ones(len(skin_mm))]) @ self.matrix.T
        return q[:, 1::-1] / q[:, 2:]


def make_pose(rng, size_mm, px_per_mm=150.0, size_px=(760, 950), turn_deg=10.0, shift_mm=0.5, stretch_mm=0.03):
    a = np.deg2rad(rng.uniform(-turn_deg, turn_deg))
    c = np.array(size_mm)[::-1] / 2 + rng.uniform(-shift_mm, shift_mm, 2)
    r = px_per_mm * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    t = np.array(size_px)[::-1] / 2 - r @ c
    m = np.array([[*r[0], t[0]], [*r[1], t[1]], [*rng.uniform(-0.003, 0.003, 2), 1.0]])
    rough = rng.normal(0, stretch_mm, (2, 6, 7)).astype(np.float32)
    fine = np.stack([cv2.resize(k, (71, 61), interpolation=cv2.INTER_CUBIC) for k in rough])
    return Pose(px_per_mm, size_px, m, fine, size_mm)


def shoot(plane, pose, rng, blur_px=0.8, noise=2.5):
    """Photograph the plane under a pose, by inverting the pose on a grid."""
    h, w = pose.size_px
    yy, xx = np.mgrid[0:h, 0:w].astype(float)
    flat = np.column_stack([yy.ravel(), xx.ravel()])
    inv = np.linalg.inv(pose.matrix)
    q = np.column_stack([flat[:, ::-1], np.ones(len(flat))]) @ inv.T
    guess = q[:, 1::-1] / q[:, 2:]
    first = guess.copy()
    gy, gx = pose.stretch.shape[1:]
    for _ in range(5):
        at = np.float32(guess / pose.size_mm * [gy - 1, gx - 1])
        moved = np.stack(
            [
                cv2.remap(
                    np.float32(s),
                    at[:, 1].reshape(h, w).copy(),
                    at[:, 0].reshape(h, w).copy(),
                    cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                ).ravel()
                for s in pose.stretch
            ],
            -1,
        )
        guess = first - moved
    src = np.float32(guess * PX_SKIN - 0.5).reshape(h, w, 2)
    out = cv2.remap(
        np.float32(plane), src[..., 1].copy(), src[..., 0].copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    gain = rng.uniform(0.88, 1.1) * rng.uniform(0.96, 1.04, 3)
    light = 1 + rng.uniform(-0.1, 0.1) * (xx / w - 0.5) + rng.uniform(-0.1, 0.1) * (yy / h - 0.5)
    out = cv2.GaussianBlur(out * gain * light[..., None], (0, 0), blur_px) + rng.normal(0, noise, (h, w, 3))
    return np.clip(out, 0, 255).astype(np.uint8)


def hairs_of(scalp, pose, present, rng, drop=0.0, false=0.0, jitter_um=20.0):
    """What a detector with known faults would list: (Hairs, ids), id -1 for a false one."""
    k, ids, lines = pose.px_per_mm, [], []
    for i in np.flatnonzero(present):
        step = np.array([np.sin(scalp.lean[i]), np.cos(scalp.lean[i])]) * scalp.length[i]
        line = pose.place(scalp.root[i] + np.linspace(0, 1, 5)[:, None] * step)
        if not (0 <= line[0, 0] < pose.size_px[0] and 0 <= line[0, 1] < pose.size_px[1]) or rng.random() < drop:
            continue
        lines.append(line + rng.normal(0, jitter_um / 1000 * k, 2))
        ids.append(i)
    for _ in range(rng.poisson(false * len(ids)) if false else 0):
        p = rng.uniform(0, 1, 2) * pose.size_px
        lines.append(p + np.linspace(0, 0.35 * k, 5)[:, None] * [np.sin(1.2), np.cos(1.2)])
        ids.append(-1)
    ids = np.array(ids, int)
    n = len(ids)
    unit = np.where(ids >= 0, scalp.unit[ids], 10_000 + np.arange(n)) if n else np.zeros(0, int)
    width = np.where(ids >= 0, scalp.width[ids], 0.06) * k if n else np.zeros(0)
    return Hairs(
        points_px=np.concatenate(lines) if n else np.zeros((0, 2)),
        offsets=np.arange(n + 1) * 5,
        width_px=width * rng.lognormal(0, 0.1, n),
        width_se_px=np.full(n, 0.5),
        p_hair=np.where(ids >= 0, 0.95, 0.6),
        root_visible=np.ones(n, bool),
        unit=np.unique(unit, return_inverse=True)[1].astype(np.int64),
        is_light=np.zeros(n, bool),
        flags=np.zeros(n, np.int64),
    ), ids


@dataclass
class Pair:
    before: View
    after: View
    ids0: np.ndarray
    ids1: np.ndarray
    scalp: Scalp
    pose0: Pose
    pose1: Pose
    gone: np.ndarray  # ids lost
    come: np.ndarray  # ids new

    def seen(self, ids, margin_mm=0.15):
        """Whether hairs lie inside both frames by a margin."""
        out = np.ones(len(ids), bool)
        for pose in (self.pose0, self.pose1):
            p = pose.place(self.scalp.root[ids])
            edge = margin_mm * pose.px_per_mm
            out &= (p > edge).all(1) & (p < np.array(pose.size_px) - edge).all(1)
        return out


def make_pair(
    seed,
    lost=0.15,
    new=0.05,
    drop=0.0,
    false=0.0,
    px_per_mm=(150.0, 150.0),
    scale_known=True,
    reclip=True,
    scalp_seed=None,
    **pose,
):
    rng = np.random.default_rng(seed)
    scalp = make_scalp(np.random.default_rng(seed if scalp_seed is None else scalp_seed))
    n = len(scalp.root)
    u = rng.random(n)
    gone, come = np.flatnonzero(u < lost), np.flatnonzero(u > 1 - new)
    before, after = u <= 1 - new, u >= lost
    later = aged(scalp, rng, reclip)
    views, ids, poses = [], [], []
    for s, present, k in ((scalp, before, px_per_mm[0]), (later, after, px_per_mm[1])):
        where = make_pose(rng, scalp.size_mm, px_per_mm=k, size_px=(int(760 * k / 150), int(950 * k / 150)), **pose)
        hairs, which = hairs_of(s, where, present, rng, drop, false)
        rgb = shoot(draw(s, present), where, rng, blur_px=rng.uniform(0.5, 1.5))
        views.append(View(rgb, np.ones(rgb.shape[:2], bool), k if scale_known else None, hairs))
        ids.append(which)
        poses.append(where)
    return Pair(*views, *ids, scalp, *poses, gone, come)
