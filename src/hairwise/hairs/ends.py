"""Which end of a proposal is the root.

Knows: blueness beyond both ends, how neighbours lean. Must not know: how proposals were found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.spatial.distance import cdist

from hairwise.hairs.lines import across, along, sample
from hairwise.hairs.net import read_at

if TYPE_CHECKING:
    from hairwise.hairs.maps import Maps
    from hairwise.hairs.net import NetMaps
    from hairwise.hairs.proposals import Proposals
    from hairwise.hairs.settings import DetectSettings
    from hairwise.records.base import Bools, Floats

__all__ = ["end_evidence", "lean_votes", "leaves_photo", "net_odds"]

_STATIONS = 9  # along a proposal


def end_evidence(some: Proposals, maps: Maps, settings: DetectSettings) -> Floats:
    """Measure the bluish shaft in the skin beyond both ends of each proposal.

    Parameters
    ----------
    some : Proposals
        N of them.
    maps : Maps
        Contrasts on the same grid.
    settings : DetectSettings
        Window [mm], threshold of hair.

    Returns
    -------
    (N, 2) array of float
        Mean blueness beyond root and beyond tip; 0 where no bare skin is seen there.
    """
    px = maps.px_per_mm
    hair = cv2.dilate((maps.dark > settings.dark_contrast).astype(np.uint8), np.ones((3, 3), np.uint8))
    bare = ((hair == 0) & maps.usable).astype(np.float32)
    blue = np.clip(maps.blue, -0.3, 1.0).astype(np.float32)
    reach = np.linspace(0.03, settings.root_window_mm, 8) * px
    side = np.linspace(-0.6, 0.6, 5)[None] * np.maximum(some.width, 0.04 * px)[:, None]
    normal = across(some.root, some.tip)
    out = np.zeros((len(some), 2))
    for e, (start, sign) in enumerate(((some.root, -1.0), (some.tip, 1.0))):
        ahead = start[:, None] + sign * reach[None, :, None] * some.way[:, None]
        points = ahead[:, :, None] + side[:, None, :, None] * normal[:, None, None]
        weight = sample(bare, points)
        seen = weight.sum((1, 2))
        mean = (weight * sample(blue, points)).sum((1, 2)) / np.maximum(seen, 1e-9)
        out[:, e] = np.where(seen > 0.15 * reach.size * side.shape[1], mean, 0.0)
    return out


def net_odds(some: Proposals, net: NetMaps) -> Floats:
    """Return log odds (N,), as the network saw it, that each root is one and not the tip."""
    turned = (read_at(net.way, along(some.root, some.tip, _STATIONS)) * some.way[:, None]).sum(-1).mean(axis=1)
    root = read_at(net.root, some.root) - read_at(net.root, some.tip)
    tip = read_at(net.tip, some.tip) - read_at(net.tip, some.root)
    return np.asarray(4.0 * turned + 2.0 * (root + tip))


def lean_votes(some: Proposals, own: Floats, px_per_mm: float, settings: DetectSettings) -> Floats:
    """Let neighbours vote on direction.

    Parameters
    ----------
    some : Proposals
        N of them.
    own : (N,) array of float
        Log odds of each by itself that its root is one.
    px_per_mm : float
        Their scale.
    settings : DetectSettings
        Radius of the vote [mm].

    Returns
    -------
    (N,) array of float
        Log odds that the root is one.

    Notes
    -----
    Two rounds of mean field: hair beyond two radii cannot change the answer.
    """
    if not len(some):
        return np.zeros(0)
    middle = (some.root + some.tip) / 2
    near = np.exp(-((cdist(middle, middle) / (0.5 * settings.vote_radius_mm * px_per_mm)) ** 2))
    near[near < np.exp(-4.0)] = 0.0
    # proposals of one hair are not several witnesses
    near /= np.maximum(1.0, (cdist(middle, middle) < 0.1 * px_per_mm).sum(axis=1))[None]
    np.fill_diagonal(near, 0.0)
    bond = near * (some.way @ some.way.T)
    total = own
    for _ in range(2):
        total = own + 1.5 * bond @ np.tanh(total / 2)
    return np.asarray(total)


def leaves_photo(points: Floats, usable: Bools, margin_px: float) -> Bools:
    """Whether places (N, 2) lie at the border of the photo or of the usable skin."""
    height, width = usable.shape
    y, x = points[:, 0], points[:, 1]
    at_border = np.minimum(np.minimum(y, x), np.minimum(height - 1 - y, width - 1 - x)) < margin_px
    side = 2 * int(np.ceil(margin_px)) + 1
    share = np.asarray(cv2.blur(usable.astype(np.float32), (side, side)), np.float32)
    # glints leave single unusable pixels anywhere
    return np.asarray(at_border | (sample(share, points) < 0.5))
