"""The fate of every find that has no partner: fell, stands, hidden or out of view.

Knows: what both photos show of a find, and the verdict on it. Must not know: counts, intervals, causes.
"Own" is the photo a find is of, "other" the one it is looked for in. H finds of the own photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.change.facts import FACTS, single_facts
from hairwise.change.verdict import FELL, STANDS, load_verdict, with_own_prior
from hairwise.units import UM_PER_MM

if TYPE_CHECKING:
    from hairwise.change.facts import Between
    from hairwise.change.settings import CompareSettings
    from hairwise.change.side import Side
    from hairwise.records.base import Bools, Floats, Ints

__all__ = ["HIDDEN", "KEPT", "LOST", "MATCHED", "OUT", "Fates", "expected_most", "find_fates", "in_question"]

MATCHED, KEPT, LOST, HIDDEN, OUT = range(5)
# Less of its place than this in view and in focus: it cannot be told.
_CLEAR_MIN = 0.6


@dataclass(frozen=True)
class Fates:
    """What became of a photo's finds.

    Attributes
    ----------
    fate : (H,) array of int
        MATCHED, KEPT, LOST, HIDDEN or OUT.
    p_fell : (H,) array of float
        Probability that it was a hair and is gone; NaN where matched, not in view, or not to be seen.
    p_stands : (H,) array of float
        Probability that it is a hair and stands in the other photo too; for matched finds set by both photos.
    found : (H, 2) array of float
        Where it is seen in the other photo [working px].
    """

    fate: Ints
    p_fell: Floats
    p_stands: Floats
    found: Floats

    @property
    def p_hair(self) -> Floats:
        """Probability (H,) of being a hair at all, by both photos; NaN where not asked."""
        return self.p_fell + self.p_stands


def expected_most(p: Floats, least: float) -> Bools:
    """Say which finds to tell of (H,): the likeliest, as many as are expected, none less likely than ``least``.

    With a threshold of one half those a little less likely would never be told, however many, and counts come short.
    """
    told = np.zeros(len(p), bool)
    told[np.argsort(-p, kind="stable")[: round(float(p.sum()))]] = True
    return told & (p >= least)


def in_question(side: Side, settings: CompareSettings) -> Bools:
    """Say which finds (H,) have no partner and should be seen in the other photo."""
    inside = side.inside_mm >= settings.edge_um / UM_PER_MM + side.sd_mm
    return np.asarray(~side.matched & inside)


def find_fates(side: Side, other: Side, photos: Between, settings: CompareSettings) -> Fates:
    """Look for every find without a partner in the other photo.

    Parameters
    ----------
    side, other : Side
        The finds' own photo, and the one looked at.
    photos : Between
        How the other photo compares with the own.
    settings : CompareSettings
        Margins and how far to look.

    Returns
    -------
    Fates
        One row a find.
    """
    n = len(side.root)
    asked = in_question(side, settings)
    fate = np.where(side.matched, MATCHED, OUT)
    p_fell, p_stands, found = np.full(n, np.nan), np.full(n, np.nan), side.root.copy()
    who = np.flatnonzero(asked)
    facts, found[who] = single_facts(side, other, who, photos, settings)
    verdict, _ = load_verdict()
    p = with_own_prior(verdict(facts), verdict.share)
    clear = facts[:, FACTS.index("clear")] >= _CLEAR_MIN
    fate[who] = HIDDEN
    fate[who[clear & (p[:, STANDS] >= 0.5)]] = KEPT
    told = expected_most(np.where(clear, p[:, FELL], 0.0), settings.p_least_listed)
    # never one that more likely stands, however many are expected
    fate[who[told & (p[:, FELL] > p[:, STANDS])]] = LOST
    p_fell[who[clear]], p_stands[who[clear]] = p[clear, FELL], p[clear, STANDS]
    return Fates(fate, p_fell, p_stands, found)
