"""Many different people who needle, drawn by scenario: what their diaries should be explained by.

Knows: how people, habits and causes vary. Must not know: the models that will explain them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from hairwise.errors import Refused
from hairwise.simulate.counting import CountSettings, Method
from hairwise.simulate.noise import substream
from hairwise.simulate.person import PersonSettings, ZoneSettings
from hairwise.simulate.shedding import CycleSettings

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.records.verdicts import Cause

__all__ = ["FAMILIES", "SCENARIOS", "draw_person"]

Family = Literal["usual", "late_lags", "noisy", "careless", "other_cycle"]
FAMILIES: tuple[Family, ...] = get_args(Family)
SCENARIOS = (
    "null", "worried", "bystander", "season", "mechanical", "inflammatory", "te_needling", "te_stressor", "minoxidil",
    "aga", "scalp_condition", "mixture", "six_weeks", "started_together", "stressor_before",
)  # fmt: skip
_NEEDLING: tuple[Cause, ...] = ("mechanical", "inflammatory", "te_needling")
_OTHERS: tuple[Cause, ...] = ("te_stressor", "minoxidil", "aga", "scalp_condition", "season")
# Relative to CycleSettings. Rolling acts on part of the head only and must still show in a count of the whole head.
_SIZE: dict[Cause, float] = {"mechanical": 2.2, "inflammatory": 2.2, "te_needling": 3.0, "minoxidil": 0.7}
_AREAS: dict[str, float] = {"hairline": 30, "front": 80, "temples": 60, "mid": 100, "vertex": 70, "occiput": 250}
_EPOCH = date(2023, 1, 1)


@dataclass(frozen=True)
class _Story:
    """What acts, how strongly and what else is written down."""

    causes: tuple[Cause, ...]
    size: float = 1.0
    decoys: tuple[tuple[str, int], ...] = ()
    stressor_day: int | None = None
    minoxidil_day: int | None = None


def draw_person(scenario: str, seed: int, family: Family = "usual", weeks: int = 12) -> PersonSettings:
    """Draw who needles, how, what truly acts and how it is written down.

    Parameters
    ----------
    scenario : str
        One of ``SCENARIOS``. ``null``, ``worried`` and ``bystander`` have no cause; ``six_weeks`` is a strong needling
        cause; ``started_together`` is minoxidil or needling where both began within two weeks; in ``stressor_before`` a
        strain came four to ten weeks before loss that it or needling caused.
    seed : int
        The same arguments give the same person; ``weeks`` only ends the diary.
    family : str
        ``usual``, or a way in which the world differs from what any model here assumes.
    weeks : int
        Of diary from the first session on.

    Raises
    ------
    Refused
        ``no_scenario`` where there is none of that name.
    """
    if scenario not in SCENARIOS:
        raise Refused("no_scenario", f"There is no scenario {scenario}.", f"Choose one of {', '.join(SCENARIOS)}.")
    rng = substream(seed, 61, SCENARIOS.index(scenario))
    first = _EPOCH + timedelta(days=int(rng.integers(0, 1100)))
    hemisphere: Literal["N", "S"] = "N" if rng.random() < 0.75 else "S"
    if scenario == "season":  # the peak lies in the diary
        peak = 288 if hemisphere == "N" else 105
        day = date(first.year, 1, 1) + timedelta(days=peak - int(rng.integers(14, 70)))
        first = max(day, _EPOCH)
    story = _story(scenario, rng)
    kinds: tuple[Literal["pre"], Literal["at_start"], Literal["after_concern"]] = ("pre", "at_start", "after_concern")
    baseline = kinds[int(rng.choice(3, p=[0.45, 0.3, 0.25]))]
    worried = scenario != "null" or rng.random() < 0.6 or baseline == "after_concern"
    strong = story.size * (2.0 if scenario == "six_weeks" else 1.0)
    # the season's swing is drawn with the cycle
    sizes = tuple(
        1.0 if c == "season" else float(strong * _SIZE.get(c, 1.0) * np.exp(rng.normal(0, 0.45))) for c in story.causes
    )
    interval = int(rng.choice([3, 5, 7, 7, 7, 10, 14, 14, 21, 28]))
    settings = PersonSettings(
        name=f"{scenario}-{seed}",
        causes=story.causes,
        sizes=sizes,
        first_session=first,
        weeks=weeks,
        sessions=int(rng.integers(2, max(84 // interval, 3) + 1)),
        pre_days=int(rng.integers(21, 43)) if baseline == "pre" else 14,
        baseline=baseline,
        concern_day=int(rng.integers(7, 64)) if worried else None,
        hemisphere=hemisphere,
        zones=_zones(rng),
        interval_days=interval,
        needle_mm=float(rng.choice([0.5, 1.0, 1.5])),
        passes=int(rng.integers(5, 16)),
        pressure=int(rng.choice([1, 2, 2, 3])),  # type: ignore[arg-type]
        methods=_methods(rng),
        wash_every_days=int(rng.integers(1, 5)),
        count_every_days=int(rng.choice([1, 2, 3, 7])),
        stressor_day=int(rng.integers(-75, 5)) if story.stressor_day is None else story.stressor_day,
        minoxidil_day=int(rng.integers(-10, 29)) if story.minoxidil_day is None else story.minoxidil_day,
        aga_day=int(rng.integers(-150, 1)),
        condition_day=int(rng.integers(-10, 43)),
        decoys=story.decoys,
        density_every_days=int(rng.choice([14, 21, 28])) if rng.random() < 0.65 else None,
        density_sd=float(rng.uniform(0.03, 0.09)),
        counting=_counting(rng),
        cycle=_cycle(rng),
        missed_share=float(rng.uniform(0, 0.25)),
        symptom_noise=float(rng.uniform(0.03, 0.2)),
        symptom_share=float(rng.uniform(0.5, 1.0)),
        ends_every_days=28 if rng.random() < 0.2 else None,
    )
    return _odd(settings, family, rng)


def _story(scenario: str, rng: Generator) -> _Story:
    strain = str(rng.choice(["illness", "stress", "diet"]))
    near = int(rng.integers(-10, 11))
    decoy = str(rng.choice(["minoxidil_start", "new_shampoo", "finasteride_start", strain]))
    decoys: tuple[tuple[str, int], ...] = ((decoy, near),) if rng.random() < 0.4 else ()
    if scenario in ("null", "worried"):
        return _Story((), decoys=decoys)
    if scenario == "bystander":
        kind = "minoxidil_start" if rng.random() < 0.5 else strain
        return _Story((), decoys=((kind, int(rng.integers(-60, 15))),))
    if scenario == "mixture":
        pair = (_NEEDLING[rng.integers(3)], _OTHERS[rng.integers(len(_OTHERS))])
        return _Story(pair, size=0.9)
    if scenario == "six_weeks":
        return _Story((_NEEDLING[rng.integers(3)],))
    if scenario == "started_together":
        cause: Cause = "minoxidil" if rng.random() < 0.5 else _NEEDLING[rng.integers(3)]
        if cause == "minoxidil":
            return _Story((cause,), minoxidil_day=near)
        return _Story((cause,), decoys=(("minoxidil_start", near),))
    if scenario == "stressor_before":
        if rng.random() < 0.5:
            return _Story(("te_stressor",), stressor_day=int(rng.integers(-30, 10)))
        return _Story(("te_needling",), decoys=((strain, int(rng.integers(-20, 25))),))
    if scenario == "minoxidil":
        return _Story(("minoxidil",), minoxidil_day=int(rng.integers(15, 40)) if rng.random() < 0.7 else None)
    causes: tuple[Cause, ...] = (scenario,)  # type: ignore[assignment]
    return _Story(causes, decoys=decoys)


def _zones(rng: Generator) -> tuple[ZoneSettings, ...]:
    top = ["hairline", "front", "temples", "mid", "vertex"]
    rolled = {str(z) for z in rng.choice(top, size=rng.integers(1, 4), replace=False)}
    others = [str(z) for z in rng.choice(["front", "mid", "vertex", "temples"], size=2, replace=False)]
    names = sorted({*rolled, *others, "occiput"})
    kinds = ["good", "thin", "bald"]
    growth = {n: "good" if n == "occiput" else str(rng.choice(kinds, p=[0.55, 0.35, 0.1])) for n in names}
    return tuple(ZoneSettings(n, _AREAS[n], n in rolled, growth[n]) for n in names)  # type: ignore[arg-type]


def _methods(rng: Generator) -> tuple[Method, ...]:
    if rng.random() < 0.3:
        return "wash", "comb60"
    return (str(rng.choice(["wash", "wash", "comb60", "shower"])),)  # type: ignore[return-value]


def _counting(rng: Generator) -> CountSettings:
    return CountSettings(
        leave_share=float(rng.uniform(0.15, 0.35)),
        wash_share=float(rng.uniform(0.6, 0.9)),
        caught=tuple(c * float(np.exp(rng.normal(0, 0.35))) for c in CountSettings().caught),  # type: ignore[arg-type]
        size=float(np.exp(rng.normal(np.log(10), 0.5))),
        level_sd=float(np.exp(rng.normal(np.log(0.12), 0.3))),
        level_memory=float(rng.uniform(0.3, 0.8)),
        attention=float(np.exp(rng.normal(0.1, 0.1))),
    )


def _cycle(rng: Generator) -> CycleSettings:
    """Lags as far as they are known (evidence.md section 4); sizes of what is not known differ widely."""
    usual = CycleSettings()
    early = float(np.clip(rng.normal(18, 6), 8, 35))
    begin = int(rng.integers(3, 26))
    return replace(
        usual,
        telogen_share=float(rng.uniform(0.07, 0.13)),
        inflamed_lag_days=(early, 0.4 * early),
        needling_lag_days=(float(np.clip(rng.normal(60, 15), 30, 100)), float(rng.uniform(10, 20))),
        te_lag_days=(float(np.clip(rng.normal(77, 14), 45, 120)), float(rng.uniform(10, 22))),
        minoxidil_days=(begin, begin + int(rng.integers(28, 61))),
        aga_days=float(rng.uniform(80, 200)),
        pulled_share=float(rng.uniform(0.03, 0.08)),
        season_usual=float(rng.uniform(0.02, 0.12)),
        season_amplitude=float(rng.uniform(0.15, 0.3)),
        aga_regrown=float(rng.uniform(0.3, 0.8)),
    )


def _odd(settings: PersonSettings, family: Family, rng: Generator) -> PersonSettings:
    """Bend the world in one way that models do not know of."""
    if family == "late_lags":
        te = settings.cycle.te_lag_days
        needling = settings.cycle.needling_lag_days
        cycle = replace(
            settings.cycle, te_lag_days=(te[0] + 25, 1.4 * te[1]), inflamed_lag_days=(24.0, 12.0),
            needling_lag_days=(needling[0] + 25, 1.4 * needling[1]),
        )  # fmt: skip
        return replace(settings, cycle=cycle)
    if family == "noisy":
        counting = replace(settings.counting, size=4.0, level_sd=0.25, level_memory=0.85, attention=1.3)
        return replace(settings, counting=counting)
    if family == "careless":
        change = (int(rng.integers(0, 40)), int(rng.integers(1, 6)))
        gap = int(rng.integers(10, 50))
        return replace(
            settings, round_to=int(rng.choice([5, 10])), missed_share=0.4, wash_change=change,
            missed_days=(gap, gap + int(rng.integers(10, 25))),
        )  # fmt: skip
    if family == "other_cycle":
        cycle = replace(
            settings.cycle, telogen_share=0.16, season_amplitude=0.5, healing_days=40.0, aga_rise=0.5,
            minoxidil_rate=0.012, broken_share=0.004, pulled_share=0.02,
        )  # fmt: skip
        return replace(settings, cycle=cycle)
    return settings
