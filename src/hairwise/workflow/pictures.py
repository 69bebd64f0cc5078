"""Pictures of kept pairs of photos for the report, drawn from what was measured on them before.

Knows: which pair a change came from, where a pair's file holds its hairs. Must not know: SQL, HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hairwise.image.read import read_photo
from hairwise.records.change import Change, Kept, Registration
from hairwise.records.hairs import Hairs
from hairwise.report.figures import draw_pair
from hairwise.workflow.album import pair_kept
from hairwise.workflow.measured import pair_of
from hairwise.workflow.spots import stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Floats, Ints
    from hairwise.records.diary import SpotChange
    from hairwise.records.files import PairFile
    from hairwise.store.repository import Store
    from hairwise.workflow.telling import Told

__all__ = ["change_of", "pair_pictures"]

_ROOT_PX = 0.1  # a pair's file holds roots alone: a hair is drawn as this much of it


def pair_pictures(store: Store, told: Told) -> dict[str, bytes]:
    """Return by spot the picture (PNG) of the pair its change came from: one rolled and one unrolled spot at most."""
    out: dict[str, bytes] = {}
    for role in ("rolled", "control"):
        for spot, change in stored(told.diary, told.spots):
            picture = _picture(store, change) if spot.role == role else None
            if picture is not None:
                out[spot.id] = picture
                break
    return out


def _picture(store: Store, change: SpotChange) -> bytes | None:
    found = pair_of(store, change)
    pair = pair_kept(store, found[0].sha256, found[1].sha256) if found else None
    if found is None or pair is None or pair.registration is None or pair.change is None:
        return None
    rgb = [read_photo(store.photo_bytes(photo.sha256), photo.name).rgb for photo in found[:2]]
    return draw_pair(rgb[0], rgb[1], change_of(pair))


def change_of(pair: PairFile) -> Change:
    """
    Return what happened to each hair as a pair's file holds it, as far as a picture needs it.

    Raises
    ------
    ValueError
        Where the pair was refused.
    """
    reg, n_lost, n_hidden = pair.registration, len(pair.lost), len(pair.hidden)
    if reg is None or pair.change is None or pair.change_pct is None:
        raise ValueError("this pair was not compared")
    return Change(
        hairs_t0=_roots([*(h.t0 for h in pair.lost), *(h.t0 for h in pair.hidden)]),
        hairs_t1=_roots([h.t1 for h in pair.new]),
        kept=Kept(
            t0_px=_yx([h.t0 for h in pair.kept]),
            t1_px=_yx([h.t1 for h in pair.kept]),
            hair_t0=_none(len(pair.kept)),
            hair_t1=_none(len(pair.kept)),
            p=np.array([h.p for h in pair.kept], np.float64),
        ),
        lost=np.arange(n_lost),
        p_lost=np.array([h.p for h in pair.lost], np.float64),
        new=np.arange(len(pair.new)),
        p_new=np.array([h.p for h in pair.new], np.float64),
        hidden=np.arange(n_lost, n_lost + n_hidden),
        out_of_view=_none(len(pair.out_of_view)),
        n_t0=pair.n_t0 or 0,
        n_t1=pair.n_t1 or 0,
        change=pair.change,
        change_pct=pair.change_pct,
        smallest_detectable_loss_pct=pair.smallest_detectable_loss_pct or 0.0,
        registration=Registration(
            np.array(reg.homography, np.float64), _yx(reg.points_t0), _yx(reg.points_t1), reg.residual_px, reg.overlap
        ),
        flags=0,
    )


def _yx(points: Sequence[tuple[float, float]]) -> Floats:
    """Return points of a file, which are (x, y), in the order used inside."""
    return np.array(points, np.float64).reshape(-1, 2)[:, ::-1].copy()


def _none(n: int) -> Ints:
    return np.full(n, -1, np.int64)


def _roots(points: Sequence[tuple[float, float]]) -> Hairs:
    root, n = _yx(points), len(points)
    return Hairs(
        points_px=np.stack([root, root + (_ROOT_PX, 0.0)], axis=1).reshape(-1, 2),
        offsets=2 * np.arange(n + 1),
        width_px=np.full(n, np.nan),
        width_se_px=np.full(n, np.nan),
        p_hair=np.ones(n),
        root_visible=np.ones(n, bool),
        unit=np.arange(n),
        is_light=np.zeros(n, bool),
        flags=np.zeros(n, np.int64),
    )
