"""What a person notes beside counts: itch, flakes, redness, and the ends of shed hairs.

Knows: which signs a cause brings. Must not know: how counts come about.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from hairwise.simulate.shedding import shed_per_day

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.simulate.person import PersonSettings
    from hairwise.simulate.shedding import Life

__all__ = ["shed_ends", "signs"]

Span = tuple[date, int, int]  # first day of the model, day of the first session, days of the model
LOOKED_AT = 30  # hairs at a look
# Shares of club, tapered and broken ends: resting hairs have a club, growing hairs thrown off a tapered root, torn
# shafts none. Of usual shedding and of what each cause adds; guesses after trichogram reading (evidence.md section 4).
USUAL = (0.93, 0.02, 0.05)
ENDS = {
    "mechanical": (0.70, 0.05, 0.25),
    "inflammatory": (0.40, 0.50, 0.10),
    "scalp_condition": (0.85, 0.05, 0.10),
}


def _iso(start: date, day: int) -> str:
    return (start + timedelta(days=int(day))).isoformat()


def signs(settings: PersonSettings, span: Span, rng: Generator) -> list[dict[str, object]]:
    """Weekly notes: redness of a few days after sessions, itch and flakes with the causes that bring them."""
    start, first, days = span
    share, noise = settings.symptom_share, settings.symptom_noise
    inflamed, sick = "inflammatory" in settings.causes, "scalp_condition" in settings.causes
    last = first + settings.interval_days * (settings.sessions - 1) + 7
    rows: list[dict[str, object]] = []
    for day in range(first - settings.pre_days, days, 7):
        rolled = first <= day <= last and settings.sessions > 0
        ill = sick and day >= first + settings.condition_day
        itch = rng.binomial(2, 0.5 * share) if ill else rng.binomial(1, 0.7 * share if rolled and inflamed else noise)
        flakes = rng.binomial(1, share) + rng.binomial(2, 0.5 * share) if ill else rng.binomial(1, noise)
        sore = rolled and inflamed
        red = (2.0 if sore and rng.random() < share else float(rng.choice([0.5, 1.0]))) if rolled else 0.0
        rows.append(
            {
                "date": _iso(start, day),
                "itch": int(itch),
                "flakes": int(flakes),
                "pustules": 0,
                "pain": int(rng.binomial(1, 0.5 * share if sore else noise / 2)),
                "redness_days": red,
                "patch": 0,
            }
        )
    return rows


def shed_ends(
    settings: PersonSettings, span: Span, lived: tuple[Life, frozenset[str]], rng: Generator
) -> list[dict[str, object]]:
    """Return ends of some shed hairs, looked at now and then: a mix of usual shedding and of what each cause adds."""
    start, first, days = span
    life, causes = lived
    whole = shed_per_day(life, settings.cycle, causes).sum(1)
    added = {c: np.maximum(whole - shed_per_day(life, settings.cycle, causes - {c}).sum(1), 0.0) for c in causes}
    rows: list[dict[str, object]] = []
    every = settings.ends_every_days or days
    for day in range(first + every // 2, days, every):
        near = slice(max(day - 2, 0), day + 1)
        extra = {c: float(x[near].sum()) for c, x in added.items() if c in ENDS}
        rest = max(float(whole[near].sum()) - sum(extra.values()), 1e-6)
        p = rest * np.array(USUAL) + sum((n * np.array(ENDS[c]) for c, n in extra.items()), np.zeros(3))
        club, tapered, broken = rng.multinomial(LOOKED_AT, p / p.sum()).tolist()
        rows.append({"date": _iso(start, day), "club": club, "tapered": tapered, "broken": broken})
    return rows
