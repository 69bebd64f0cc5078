"""Diaries of people who needle, with known truth.

Knows: a person's dates, zones, sessions and counts. Must not know: the models that will explain them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hairwise.errors import Refused
from hairwise.simulate.counting import (
    METHODS,
    CountSettings,
    Method,
    draw_counts,
    expected_counts,
    weekly_level,
)
from hairwise.simulate.noise import substream
from hairwise.simulate.shedding import NEEDLING, CycleSettings, Life, dose, shed_per_day, thinning
from hairwise.simulate.signs import shed_ends, signs

if TYPE_CHECKING:
    from numpy.random import Generator

    from hairwise.records.base import Bools, Floats
    from hairwise.records.verdicts import Cause

__all__ = ["METHOD_VERSION", "PersonSettings", "ZoneSettings", "simulate_person"]

METHOD_VERSION = "person-1"
WARM_UP_DAYS = 240  # of life before the diary: longer than the longest lag
HAIRS_PER_CM2 = {"good": 180.0, "thin": 95.0, "bald": 25.0}  # 159-233 over the world; half of it; vellus fields
STRAINS = ("illness", "stress", "diet", "surgery", "childbirth", "new_medicine")
PUNCTURES_PER_CM2_PASS = 15.3  # 192 needles on a drum 20 x 20 mm (evidence.md section 2)


@dataclass(frozen=True)
class ZoneSettings:
    """One zone of the scalp."""

    name: Literal["hairline", "front", "temples", "mid", "vertex", "parietal", "occiput"]
    area_cm2: float
    needled: bool
    growth: Literal["good", "thin", "bald"]


ZONES = (
    ZoneSettings("front", 80, True, "thin"),
    ZoneSettings("mid", 100, True, "good"),
    ZoneSettings("vertex", 70, False, "good"),
    ZoneSettings("temples", 60, False, "good"),
    ZoneSettings("occiput", 250, False, "good"),
)


@dataclass(frozen=True)
class PersonSettings:
    """Who needles, how, what else happens, and what truly acts."""

    name: str = "person"
    causes: tuple[Cause, ...] = ()  # what truly acts; needling without a needling cause does nothing
    sizes: tuple[float, ...] = ()  # relative size of each cause; empty: all 1
    first_session: date = date(2026, 3, 7)
    weeks: int = 12  # of diary from the first session on
    sessions: int = 6
    pre_days: int = 14  # of diary before the first session
    baseline: Literal["pre", "at_start", "after_concern"] = "pre"  # when counting begins
    concern_day: int | None = None  # days after the first session; None: never worried
    hemisphere: Literal["N", "S"] = "N"
    zones: tuple[ZoneSettings, ...] = ZONES
    interval_days: int = 7
    needle_mm: float = 1.0
    passes: int = 10
    pressure: Literal[1, 2, 3] = 2
    methods: tuple[Method, ...] = ("wash",)
    wash_every_days: int = 2
    count_every_days: int = 1  # comb and shower counts
    stressor_day: int = -30  # days after the first session, also for the next three
    minoxidil_day: int = 0
    aga_day: int = -60
    condition_day: int = 14
    decoys: tuple[tuple[str, int], ...] = ()  # events without effect: kind, days after the first session
    wash_change: tuple[int, int] | None = None  # days after the first session from which washes come every so many days
    round_to: int = 1  # counts above 20 are written down to the nearest
    missed_share: float = 0.0  # of counts, never made
    missed_days: tuple[int, int] | None = None  # from, until, days after the first session: a gap in all counts
    symptom_noise: float = 0.08  # chance of a sign without its cause
    symptom_share: float = 1.0  # of signs of a cause that are noticed
    ends_every_days: int | None = None  # days between looks at the ends of shed hairs
    density_every_days: int | None = None
    density_sd: float = 0.05  # relative error of a density from a photo
    counting: CountSettings = CountSettings()
    cycle: CycleSettings = CycleSettings()


def simulate_person(settings: PersonSettings, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Live one life and write its diary.

    Parameters
    ----------
    settings : PersonSettings
        Who needles, and what truly acts.
    seed : int
        Draws washes, weekly levels, counts and symptoms.

    Returns
    -------
    diary, truth : dict
        ``needling-diary/1``; and ``real_loss`` (true, false, None between), ``main_cause``, ``shares``, ``rel_excess``
        (28 days of greatest excess over the same life without any cause), ``density_fall`` (largest of the zones at
        the end), ``needling_excess`` and ``expected_total`` (expected counts from the first session on),
        ``expected_without`` (the same life had needling, any cause, or each of the causes been left out),
        ``onset_day`` (first day whose last 7 days shed 20 % more), ``baseline``, ``causes``, ``weeks``, ``methods``
        and ``fall_by_zone``.

    Raises
    ------
    Refused
        ``sizes_differ`` where sizes and causes are not equally many.
    """
    if settings.sizes and len(settings.sizes) != len(settings.causes):
        raise Refused("sizes_differ", "sizes and causes are not equally many.", "Give one size a cause, or none.")
    days = WARM_UP_DAYS + settings.pre_days + 7 * settings.weeks
    first = WARM_UP_DAYS + settings.pre_days  # day of the first session in the model
    start = settings.first_session - timedelta(days=first)
    life = _life(settings, days, first, start)
    causes = frozenset(settings.causes) - {"none"}
    # streams of their own: a longer diary of the same life begins alike
    wash = _washes(settings, days, first, substream(seed, 41))
    factor = weekly_level(days, settings.counting, substream(seed, 42))
    careful = first + (settings.concern_day or 0)
    factor = factor * np.where(np.arange(days) >= careful, settings.counting.attention, 1.0)

    def counted(some: frozenset[Cause]) -> Floats:
        """Return expected counts (T, 3) of the same life with these causes only."""
        shed = shed_per_day(life, settings.cycle, some).sum(1)
        return expected_counts(shed, wash, settings.counting) * factor[:, None]

    mean = counted(causes)
    rows = _count_rows(settings, (days, first), wash, substream(seed, 43))
    diary = _diary(settings, start, first, wash)
    chosen = mean[[day for day, _ in rows], [METHODS.index(m) for _, m in rows]]
    drawn = draw_counts(chosen, settings.counting, substream(seed, 44))
    diary["counts"] = [
        {"date": _iso(start, day), "method": method, "count": _rounded(int(count), settings.round_to)}
        for (day, method), count in zip(rows, drawn, strict=True)
    ]
    fall = thinning(life, settings.cycle, causes)
    diary["density"] = _densities(settings, (start, first, days), fall, substream(seed, 45))
    diary["symptoms"] = signs(settings, (start, first, days), substream(seed, 46))
    if settings.ends_every_days:
        diary["shed"] = shed_ends(settings, (start, first, days), (life, causes), substream(seed, 47))
    after = [(day, METHODS.index(m)) for day, m in rows if day >= first]
    truth = _truth(settings, life, first, fall)
    lives = {"total": causes, "needling": causes - set(NEEDLING), "any_cause": causes & {"season"}}
    lives |= {str(c): causes - {c} for c in sorted(causes)}
    at = np.array(after, dtype=np.int64).reshape(-1, 2).T
    sums = {name: round(float(counted(some)[at[0], at[1]].sum()), 2) for name, some in lives.items()}
    truth["expected_total"] = sums.pop("total")
    truth["needling_excess"] = round(truth["expected_total"] - sums["needling"], 2)
    truth["expected_without"] = sums
    return diary, truth


def _iso(start: date, day: int) -> str:
    return (start + timedelta(days=int(day))).isoformat()


def _life(settings: PersonSettings, days: int, first: int, start: date) -> Life:
    session = first + settings.interval_days * np.arange(settings.sessions)
    of_year = np.array([(start + timedelta(days=d)).timetuple().tm_yday for d in range(days)])
    peak = 288 if settings.hemisphere == "N" else 105  # mid October: telogen peaks in July, shed some 90 days later
    size = dict(zip(settings.causes, settings.sizes or (1.0,) * len(settings.causes), strict=True))
    return Life(
        hairs=np.array([z.area_cm2 * HAIRS_PER_CM2[z.growth] for z in settings.zones]),
        needled=np.array([z.needled for z in settings.zones]),
        occiput=np.array([z.name == "occiput" for z in settings.zones]),
        session_day=session.astype(np.int64),
        session_dose=np.full(len(session), dose(settings.needle_mm, settings.passes, settings.pressure)),
        season_phase=np.cos(2 * np.pi * (of_year - peak) / 365.25),
        onset_day={
            "te_stressor": first + settings.stressor_day,
            "minoxidil": first + settings.minoxidil_day,
            "aga": first + settings.aga_day,
            "scalp_condition": first + settings.condition_day,
        },
        size={str(name): value for name, value in size.items()},
    )


def _rounded(count: int, to: int) -> int:
    return count if to == 1 or count <= 20 else to * round(count / to)


def _washes(settings: PersonSettings, days: int, first: int, rng: Generator) -> Bools:
    wash = np.zeros(days, bool)
    change = settings.wash_change
    day = int(rng.integers(0, settings.wash_every_days))
    while day < days:
        wash[day] = True
        every = change[1] if change and day >= first + change[0] else settings.wash_every_days
        # now and then a day earlier or later
        day += max(1, every + int(rng.choice([-1, 0, 0, 0, 1])))
    return wash


def _count_rows(
    settings: PersonSettings, span: tuple[int, int], wash: Bools, rng: Generator
) -> list[tuple[int, Method]]:
    days, first = span
    begin = {
        "pre": first - settings.pre_days,
        "at_start": first,
        "after_concern": first + (settings.concern_day or 0),
    }[settings.baseline]
    rows: list[tuple[int, Method]] = []
    for day in range(begin, days):
        for method in settings.methods:
            if wash[day] if method == "wash" else (day - begin) % settings.count_every_days == 0:
                rows.append((day, method))
    gap = settings.missed_days
    made = rng.random(len(rows)) >= settings.missed_share
    return [
        (day, method)
        for (day, method), ok in zip(rows, made, strict=True)
        if ok and not (gap and first + gap[0] <= day < first + gap[1])
    ]


def _diary(settings: PersonSettings, start: date, first: int, wash: Bools) -> dict[str, Any]:
    days = len(wash)
    inside = [first + settings.interval_days * k for k in range(settings.sessions)]
    # what did nothing is written down as what did
    events = [(kind, first + day, 2.0 if kind in STRAINS else 0.0) for kind, day in settings.decoys]
    if "te_stressor" in settings.causes:
        events.append(("illness", first + settings.stressor_day, 2.0))
    if "minoxidil" in settings.causes:
        events.append(("minoxidil_start", first + settings.minoxidil_day, 0.0))
    concern = None if settings.concern_day is None else _iso(start, first + settings.concern_day)
    return {
        "schema": "needling-diary/1",
        "id": settings.name,
        "start": _iso(start, first - settings.pre_days),
        "first_session": _iso(start, first),
        "cutoff": _iso(start, days - 1),
        "concern": concern,
        "hemisphere": settings.hemisphere,
        "zones": [
            {"name": z.name, "area_cm2": z.area_cm2, "needled": z.needled, "growth": z.growth} for z in settings.zones
        ],
        "sessions": [
            {
                "date": _iso(start, day),
                "zone": z.name,
                "device": "roller",
                "needle_mm": settings.needle_mm,
                "passes": settings.passes,
                "pressure": settings.pressure,
                "punctures_per_cm2": round(PUNCTURES_PER_CM2_PASS * settings.passes, 1),
            }
            for day in inside
            if day < days
            for z in settings.zones
            if z.needled
        ],
        # two weeks of washes before the diary, so that the hairs waiting on the head are known
        "washes": [_iso(start, int(d)) for d in np.flatnonzero(wash) if d >= first - settings.pre_days - 14],
        "events": [
            {"date": _iso(start, day), "kind": kind, "severity": severity}
            for kind, day, severity in sorted(events, key=lambda e: e[1])
        ],
    }


def _densities(
    settings: PersonSettings, span: tuple[date, int, int], fall: Floats, rng: Generator
) -> list[dict[str, object]]:
    if settings.density_every_days is None:
        return []
    start, first, days = span
    rows: list[dict[str, object]] = []
    for day in range(first - settings.pre_days, days, settings.density_every_days):
        for z, zone in enumerate(settings.zones):
            true = HAIRS_PER_CM2[zone.growth] * (1 - fall[day, z])
            seen = max(true * (1 + settings.density_sd * rng.normal()), 0.0)
            rows.append({"date": _iso(start, day), "zone": zone.name, "hairs_per_cm2": round(float(seen), 1)})
    return rows


def _moving(values: Floats, width: int) -> Floats:
    """Mean of each ``width`` days, indexed by the last day from ``width - 1`` on."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    mean: Floats = (total[width:] - total[:-width]) / width
    return mean


def _truth(settings: PersonSettings, life: Life, first: int, fall: Floats) -> dict[str, Any]:
    causes = frozenset(settings.causes) - {"none"}
    acting = causes - {"season"}
    usual = shed_per_day(life, settings.cycle, causes & {"season"}).sum(1)
    shed = shed_per_day(life, settings.cycle, causes).sum(1)
    begin = first - settings.pre_days
    rise = _moving(shed[begin:], 28) / _moving(usual[begin:], 28) - 1
    peak = int(np.argmax(rise))
    window = slice(begin + peak, begin + peak + 28)
    gone = {c: float((shed - shed_per_day(life, settings.cycle, causes - {c}).sum(1))[window].sum()) for c in acting}
    positive = {c: max(v, 0.0) for c, v in gone.items()}
    total = sum(positive.values())
    if total > 0:
        shares = {str(c): round(v / total, 3) for c, v in sorted(positive.items())}
    else:
        shares = {"season" if "season" in causes else "none": 1.0}
    week = _moving(shed, 7) / _moving(usual, 7) - 1
    late = np.flatnonzero(week[first - 6 :] >= 0.20)
    worst = {z.name: round(float(f), 4) for z, f in zip(settings.zones, fall[-1], strict=True)}
    rel, down = max(float(rise[peak]), 0.0), max(worst.values())
    real = True if rel >= 0.30 or down >= 0.06 else False if rel <= 0.10 and down < 0.03 else None
    return {
        "weeks": settings.weeks,
        "real_loss": real,
        "main_cause": max(shares, key=lambda c: shares[c]),
        "rel_excess": round(rel, 3),
        "density_fall": round(down, 3),
        "shares": shares,
        "onset_day": int(late[0]) if len(late) else None,
        "baseline": settings.baseline,
        "causes": sorted(causes),
        "methods": list(settings.methods),
        "fall_by_zone": worst,
    }
