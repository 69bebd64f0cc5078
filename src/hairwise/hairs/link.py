"""Join strands that the border of a window or a bend cut apart.

Knows: strands. Must not know: pixels, roots.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from hairwise.hairs.strands import Strand
    from hairwise.records.base import Floats

__all__ = ["link_parts"]


def link_parts(strands: list[Strand], gap_px: float, least_cosine: float) -> list[Strand]:
    """Join parts of long hair end to end, best pairs first.

    Parameters
    ----------
    strands : list of Strand
        Only those with ``is_part`` are joined: stubs that happen to lie in line are not one hair.
    gap_px : float
        Largest gap or overlap between two ends [px].
    least_cosine : float
        Least cosine of the angle between the two.

    Returns
    -------
    list of Strand
        Joined strands and all others.
    """
    parts = [s for s in strands if s.is_part]
    rest = [s for s in strands if not s.is_part]
    n = len(parts)
    if n < 2:
        return strands
    ends = np.array([p.line[e] for p in parts for e in (0, -1)])
    out = np.array([_way_out(p.line[::k]) for p in parts for k in (1, -1)])
    gap = cdist(ends, ends)
    cosine = -(out @ out.T)
    bad = (gap > gap_px) | (cosine < least_cosine)
    bad |= (np.arange(2 * n)[:, None] // 2) == (np.arange(2 * n)[None] // 2)
    cost = np.where(bad, np.inf, gap / gap_px + 3.0 * (1.0 - cosine))
    partner: dict[int, int] = {}
    for k in np.argsort(cost, axis=None):
        i, j = (int(v) for v in np.unravel_index(k, cost.shape))
        if not np.isfinite(cost[i, j]):
            break
        if i not in partner and j not in partner and _chain_end(partner, i) != j:
            partner[i], partner[j] = j, i
    return rest + _chains(parts, partner)


def _way_out(line: Floats) -> Floats:
    """Return the unit direction that leaves the line at its first point."""
    way = line[0] - line[min(len(line) - 1, 6)]
    return np.asarray(way / max(float(np.linalg.norm(way)), 1e-9))


def _chain_end(partner: dict[int, int], end: int) -> int:
    """Return the free end at the far side of the chain that starts at the free end ``end``."""
    far = end ^ 1
    while far in partner:
        far = partner[far] ^ 1
    return far


def _chains(parts: list[Strand], partner: dict[int, int]) -> list[Strand]:
    """Follow partners from free end to free end."""
    out, seen = [], set()
    for end in range(2 * len(parts)):
        if end in partner or end // 2 in seen:
            continue
        lines, members = [], []
        here = end
        while True:
            k = here // 2
            seen.add(k)
            members.append(parts[k])
            lines.append(parts[k].line if here % 2 == 0 else parts[k].line[::-1])
            if here ^ 1 not in partner:
                break
            here = partner[here ^ 1]
        weight = np.array([m.length for m in members])

        def mean(name: str, members: list[Strand] = members, weight: Floats = weight) -> float:
            return float(np.average([getattr(m, name) for m in members], weights=weight))

        whole = replace(
            members[0],
            line=np.concatenate(lines),
            gain_mm2=sum(m.gain_mm2 for m in members),
            width=mean("width"),
            contrast=mean("contrast"),
            edge=mean("edge"),
            share=mean("share"),
        )
        out.append(whole)
    return out
