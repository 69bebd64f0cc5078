"""The diary as arrays on one daily grid.

Knows: dates, washes, sessions, zones, series of counts. Must not know: causes, likelihoods.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hairwise.infer.settings import InferSettings
    from hairwise.records.base import Floats, Ints
    from hairwise.records.diary import Density, Diary
    from hairwise.records.inference import InferenceFacts

__all__ = ["HEAD", "OCCIPUT", "ROLLED", "TOP", "Bins", "Densities", "Timeline", "build_timeline"]

ROLLED, TOP, OCCIPUT = 0, 1, 2  # regions: rolled zones, other zones on top, the unrolled occiput
HEAD = -1  # a count of the whole head


@dataclass(frozen=True)
class Bins:
    """Counts gathered into N bins of one series each; entries (E,) are the counts themselves."""

    entry_day: Ints
    entry_bin: Ints
    entry_count: Floats
    count: Floats
    day: Floats
    series: Ints
    is_after: Ints
    series_names: tuple[str, ...]
    series_method: tuple[str, ...]
    series_region: tuple[int, ...]

    @property
    def n(self) -> int:
        """Number of bins."""
        return self.count.size


@dataclass(frozen=True)
class Densities:
    """Log densities (M,) by zone, and matched photo changes (C,) as log ratios with their errors."""

    day: Ints
    zone: Ints
    region: Ints
    log_density: Floats
    log_sd: Floats
    change_days: Ints
    change_region: Ints
    change_log: Floats
    change_sd: Floats


@dataclass(frozen=True)
class Timeline:
    """Day 0 is ``origin``; arrays over days have length ``n_days`` and end at the cutoff."""

    origin: date
    n_days: int
    first_seen: int
    first_session: int | None
    concern: int | None
    is_wash: Floats
    session_day: Ints
    session_dose: Floats
    share: Floats
    events: tuple[tuple[int, str, float], ...]
    flare: Floats
    bins: Bins
    densities: Densities
    hemisphere: str | None
    left_out: int

    @property
    def has_baseline(self) -> bool:
        """Whether counts were made before the first session."""
        return bool(self.bins.n) and bool((self.bins.is_after == 0).any())


def build_timeline(diary: Diary, facts: InferenceFacts, settings: InferSettings) -> Timeline:
    """Lay the diary on a daily grid ending at the cutoff; entries after it or too long before are left out."""
    end = diary.cutoff
    seen = [c.date for c in diary.counts] + [d.date for d in diary.density] + [s.date for s in diary.symptoms]
    seen += [c.from_ for c in diary.changes] + ([diary.start] if diary.start else [])
    seen = [day for day in seen if 0 <= (end - day).days < settings.max_days]
    first_seen = min(seen, default=end)
    starts = [first_seen, *[s.date for s in diary.sessions], *([diary.first_session] if diary.first_session else [])]
    starts += [e.date for e in diary.events if (first_seen - e.date).days <= settings.pre_days]
    starts = [day for day in starts if 0 <= (end - day).days < settings.max_days]
    origin = date.fromordinal(max(min(starts).toordinal() - 14, 1))
    n_days = (end - origin).days + 1

    def index(day: date) -> int:
        return (day - origin).days

    def inside(day: date) -> bool:
        return origin <= day <= end

    shares = _shares(diary, facts)
    sessions = _sessions(diary, shares, facts)
    days = sorted(day for day in sessions if inside(day))
    began = [day for day in (diary.first_session, min(sessions, default=None)) if day is not None and day <= end]
    first_session = index(min(began)) if began else None
    needled = _needled(diary)
    region = {z: _region(z, needled) for z in ("hairline", "front", "temples", "mid", "vertex", "parietal", "occiput")}
    events = [(index(e.date), str(e.kind), 2.0 if e.severity is None else e.severity) for e in diary.events]
    events += [(index(t.start), "minoxidil_start", 2.0) for t in diary.treatments if "minoxidil" in t.kind.lower()]
    known = sum(map(len, (diary.counts, diary.density)))
    kept = sum(inside(c.date) for c in diary.counts) + sum(inside(d.date) for d in diary.density)
    return Timeline(
        origin=origin,
        n_days=n_days,
        first_seen=index(first_seen),
        first_session=first_session,
        concern=index(diary.concern) if diary.concern and inside(diary.concern) else None,
        is_wash=_washes(diary, origin, n_days),
        session_day=np.array([index(day) for day in days], dtype=np.int64),
        session_dose=np.array([sessions[day] for day in days], dtype=np.float64),
        share=np.array(shares, dtype=np.float64),
        events=tuple(sorted({e for e in events if 0 <= e[0] < n_days})),
        flare=_flare(diary, origin, n_days),
        bins=_bins(diary, (origin, n_days, first_session), region, np.array([index(d) for d in days]), settings),
        densities=_densities(diary, (origin, end), region, settings),
        hemisphere=diary.hemisphere,
        left_out=known - kept,
    )


def _needled(diary: Diary) -> set[str]:
    return {z.name for z in diary.zones if z.needled} | {s.zone for s in diary.sessions}


def _region(zone: str, needled: set[str]) -> int:
    if zone in needled:
        return ROLLED
    return OCCIPUT if zone == "occiput" else TOP


def _shares(diary: Diary, facts: InferenceFacts) -> tuple[float, float, float]:
    """Share of the head's hairs in the rolled, the other top and the occipital region."""
    hairs = {z.zone: z.area_cm2 * z.hairs_per_cm2 for z in facts.zones}
    if diary.zones:
        first = {d.zone: d.hairs_per_cm2 for d in sorted(diary.density, key=lambda d: d.date, reverse=True)}
        usual = {z.zone: z.hairs_per_cm2 for z in facts.zones}
        factor = {"good": 1.0, "thin": 0.6, "bald": 0.15, None: 0.9}
        least = factor["bald"]  # a zone without any hair could lose none, whatever one odd photo of it shows
        hairs = {
            z.name: z.area_cm2 * max(first.get(z.name, usual[z.name] * factor[z.growth]), usual[z.name] * least)
            for z in diary.zones
        }
        hairs |= {s.zone: 80 * usual[s.zone] for s in diary.sessions if s.zone not in hairs}
    needled = _needled(diary) or ({"front", "temples", "vertex"} if diary.first_session else set())
    total = max(sum(hairs.values()), 1e-9)
    sums = [0.0, 0.0, 0.0]
    for zone, n in hairs.items():
        sums[_region(zone, needled)] += n / total
    return (sums[0], sums[1], sums[2])


def _sessions(diary: Diary, shares: tuple[float, float, float], facts: InferenceFacts) -> dict[date, float]:
    """Dose of each day of rolling: 1 is every rolled zone at usual pressure and punctures."""
    if not diary.sessions:
        return {diary.first_session: 1.0} if diary.first_session else {}
    area = {z.zone: z.area_cm2 for z in facts.zones} | {z.name: z.area_cm2 for z in diary.zones}
    whole = sum(area[zone] for zone in {s.zone for s in diary.sessions})
    dose: dict[date, float] = {}
    for s in set(diary.sessions):
        # the square root, since no study shows harm to rise with depth or punctures
        holes = 1.0 if s.punctures_per_cm2 is None else min(max(s.punctures_per_cm2 / 90.0, 0.2), 4.0) ** 0.5
        press = {1: 0.8, 2: 1.0, 3: 1.2, None: 1.0}[s.pressure]
        dose[s.date] = min(dose.get(s.date, 0.0) + area[s.zone] / whole * holes * press, 2.0)
    return dose


def _washes(diary: Diary, origin: date, n_days: int) -> Floats:
    """1 on days of a wash; without a record every third day, or the days of wash counts."""
    out = np.zeros(n_days)
    days = [(d - origin).days for d in (*diary.washes, *(c.date for c in diary.counts if c.method == "wash"))]
    days = sorted({d for d in days if 0 <= d < n_days})  # a wash that is counted stands in both lists
    if days:
        step = int(np.median(np.diff(days))) if len(days) > 2 else 3
        step = min(max(step, 1), 7)
        out[days] = 1.0
        out[np.arange(days[0] - step, -1, -step)] = 1.0
    else:
        out[::3] = 1.0
    return out


def _flare(diary: Diary, origin: date, n_days: int) -> Floats:
    """Daily itch plus flakes, carried for four weeks after each entry as a fading mean."""
    total, weight = np.zeros(n_days), np.full(n_days, 0.3)
    day = np.arange(n_days)
    for s in diary.symptoms:
        at = (s.date - origin).days
        if not 0 <= at < n_days or (s.itch is None and s.flakes is None):
            continue
        near = slice(max(at - 10, 0), min(at + 35, n_days))
        w = np.exp(-0.5 * ((day[near] - at - 10) / 12.0) ** 2)
        total[near] += w * ((s.itch or 0) + (s.flakes or 0))
        weight[near] += w
    return np.asarray(total / weight, dtype=np.float64)


def _bins(
    diary: Diary, span: tuple[date, int, int | None], region: dict[str, int], sessions: Ints, settings: InferSettings
) -> Bins:
    """Gather counts by series, week and whether a session was at most two days before."""
    origin, n_days, first = span
    kinds = len({(c.method, c.zone, c.side) for c in diary.counts}) * (2 if sessions.size else 1)
    width = max(settings.bin_days, ceil(n_days * kinds / settings.max_bins))
    start = first if first is not None else 0
    keys: dict[tuple[int, int, int], int] = {}
    names: dict[tuple[str, str], int] = {}
    regions: list[int] = []
    rows: list[tuple[int, int, float]] = []
    for c in sorted(diary.counts, key=lambda c: (c.date, c.method)):
        day = (c.date - origin).days
        if not 0 <= day < n_days:
            continue
        part = c.zone or c.side or ""
        if (c.method, part) not in names:
            names[(c.method, part)] = len(names)
            regions.append(region[c.zone] if c.zone else HEAD)
        at = int(np.searchsorted(sessions, day, side="right")) - 1
        fresh = int(sessions.size > 0 and at >= 0 and day - int(sessions[at]) <= 2)
        key = (names[(c.method, part)], (day - start) // width, fresh)
        rows.append((day, keys.setdefault(key, len(keys)), c.count))
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    entry_day, entry_bin = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    n = len(keys)
    size = np.maximum(np.bincount(entry_bin, minlength=n), 1)
    day_mean = np.bincount(entry_bin, weights=table[:, 0], minlength=n) / size
    return Bins(
        entry_day=entry_day,
        entry_bin=entry_bin,
        entry_count=table[:, 2],
        count=np.bincount(entry_bin, weights=table[:, 2], minlength=n).astype(np.float64),
        day=day_mean,
        series=np.array([k[0] for k in keys], dtype=np.int64),
        is_after=np.array([int(first is not None and k[1] >= 0) for k in keys], dtype=np.int64),
        series_names=tuple(f"{m} {p}".strip() for m, p in names),
        series_method=tuple(m for m, _ in names),
        series_region=tuple(regions),
    )


def _densities(diary: Diary, span: tuple[date, date], region: dict[str, int], settings: InferSettings) -> Densities:
    origin, end = span
    rows = _thinned([d for d in diary.density if origin <= d.date <= end], settings)
    zones = {z: i for i, z in enumerate(sorted({d.zone for d in rows}))}
    logs = np.array([log(max(d.hairs_per_cm2, 1.0)) for d in rows], dtype=np.float64)
    day = np.array([(d.date - origin).days for d in rows], dtype=np.int64)
    zone = np.array([zones[d.zone] for d in rows], dtype=np.int64)
    sd = np.full(logs.size, _scatter(day, zone, logs, settings))
    for i, d in enumerate(rows):
        if d.lo is not None and d.hi is not None and 0 < d.lo < d.hi:
            sd[i] = max((log(d.hi) - log(d.lo)) / 3.92, 0.02)
    spots = {s.id: (ROLLED if s.role == "rolled" else _control(s.zone)) for s in diary.spots}
    pairs = [c for c in diary.changes if c.spot in spots and origin <= c.from_ < c.to <= end]
    logs_change, sd_change = [], []
    for c in pairs:
        net = c.change.value if c.change else c.new - c.lost
        logs_change.append(log(max(1 + net / c.n_t0, 0.05)))
        half = (c.change.hi - c.change.lo) / 3.92 if c.change else (c.new + c.lost + 1) ** 0.5
        sd_change.append(max(half / c.n_t0, 0.01) + 0.02)  # 0.02: the spot is a sample of its zone
    return Densities(
        day=day,
        zone=zone,
        region=np.array([region[d.zone] for d in rows], dtype=np.int64),
        log_density=logs,
        log_sd=sd,
        change_days=np.array([[(c.from_ - origin).days, (c.to - origin).days] for c in pairs], dtype=np.int64).reshape(
            -1, 2
        ),
        change_region=np.array([spots[c.spot] for c in pairs], dtype=np.int64),
        change_log=np.array(logs_change, dtype=np.float64),
        change_sd=np.array(sd_change, dtype=np.float64),
    )


def _thinned(rows: list[Density], settings: InferSettings) -> list[Density]:
    """Keep at most the number of densities set, evenly in time; the first and last stay."""
    rows = sorted(rows, key=lambda d: d.date)
    if len(rows) <= settings.max_densities:
        return rows
    keep = np.unique(np.linspace(0, len(rows) - 1, settings.max_densities).astype(np.int64))
    return [rows[i] for i in keep]


def _control(zone: str) -> int:
    return OCCIPUT if zone == "occiput" else TOP


def _scatter(day: Ints, zone: Ints, logs: Floats, settings: InferSettings) -> float:
    """Sd of a log density from successive differences, shrunk to the setting."""
    total, n = settings.density_prior_n * settings.density_sd**2, settings.density_prior_n
    for z in np.unique(zone):
        order = np.argsort(day[zone == z], kind="stable")
        step = np.clip(np.diff(logs[zone == z][order]), -0.4, 0.4)
        total, n = total + float((step**2).sum()) / 2, n + step.size
    return float((total / n) ** 0.5)
