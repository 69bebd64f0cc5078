"""What of a diary is weighed: each thing once, and nothing that can only be a slip.

Knows: the diary. Must not know: models, words.
What was entered twice would make the answer surer than the life it tells of.
"""

from __future__ import annotations

from itertools import groupby
from math import exp, log
from statistics import fmean, median
from typing import TYPE_CHECKING, TypeVar

from hairwise.records.diary import Count, Density, Diary, DiaryEvent, Session, SpotChange, Symptom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["usable"]

SAME_EVENT_DAYS = 14  # an illness or strain noted again within two weeks is the one that goes on
ODD_TIMES, ODD_LEAST, ODD_MOST, ODD_OF = 10, 300, 2, 5  # a slip of a key is a lone count of ten times the usual
ODD_DENSITY = log(3)
E = TypeVar("E")


def usable(diary: Diary) -> tuple[Diary, tuple[str, ...]]:
    """
    Return the diary as it is weighed, and the keys of the limits that tell what was done.

    Entries alike in everything count once, and so do photos of a zone, scores, sessions in a zone and comparisons of a
    spot on the same days, and an event that is noted again. Of counts of one kind one or two that are ten times the
    usual are left out, a density that is a third or three times those before and after it, and comparisons whose spot
    or days are not known. A first session told in the check stands in
    for one that the diary lacks.
    """
    once = diary.once()
    density = _by_day(once.density, lambda d: (d.date, d.zone), _mean_density)
    likely = _without_odd(density)
    counts, is_odd = _without_slips(once.counts)
    changes = _compared(once)
    limits = {
        "twice": len(once.counts) < len(diary.counts) or len(once.density) < len(diary.density),
        "odd_count": is_odd,
        "odd_density": len(likely) < len(density),
        "unplaced": len({(c.spot, c.from_, c.to) for c in once.changes if c.to <= diary.cutoff}) > len(changes),
    }
    told = once.answers.first_session if once.answers is not None and not once.sessions else None
    tidy = once.model_copy(
        update={
            "counts": counts,
            "density": likely,
            "symptoms": _by_day(once.symptoms, lambda s: (s.date,), _worst_scores),
            "sessions": _by_day(once.sessions, lambda s: (s.date, s.zone), _most_punctures),
            "events": _events(once.events),
            "changes": changes,
            "first_session": once.first_session or told,
        }
    )
    return tidy, tuple(key for key, is_so in limits.items() if is_so)


def _by_day(entries: Sequence[E], key: Callable[[E], tuple[object, ...]], one: Callable[[list[E]], E]) -> tuple[E, ...]:
    """Bring entries with the same key to one."""
    same: dict[tuple[object, ...], list[E]] = {}
    for entry in entries:
        same.setdefault(key(entry), []).append(entry)
    return tuple(group[0] if len(group) == 1 else one(group) for group in same.values())


def _mean_density(same: list[Density]) -> Density:
    """Return one value for the photos of a zone on a day; its interval is no narrower than one photo's."""
    value = exp(fmean(log(max(d.hairs_per_cm2, 1.0)) for d in same))
    spans = [(log(d.hi / d.lo)) / 2 for d in same if d.lo and d.hi]
    half = exp(fmean(spans)) if len(spans) == len(same) else None
    ends = {"lo": value / half, "hi": value * half} if half else {"lo": None, "hi": None}
    return same[0].model_copy(update={"hairs_per_cm2": value, **ends})


def _worst_scores(same: list[Symptom]) -> Symptom:
    scores = {
        name: max((v for s in same if (v := getattr(s, name)) is not None), default=None)
        for name in Symptom.model_fields
        if name != "date"
    }
    return same[0].model_copy(update=scores)


def _most_punctures(same: list[Session]) -> Session:
    return max(same, key=lambda s: (s.punctures_per_cm2 or 0.0, s.pressure or 0))


def _events(events: Iterable[DiaryEvent]) -> tuple[DiaryEvent, ...]:
    """Return each event once, at its strongest."""
    out: list[DiaryEvent] = []
    for _, of_kind in groupby(sorted(events, key=lambda e: (e.kind, e.date)), key=lambda e: e.kind):
        run: list[DiaryEvent] = []
        for event in of_kind:
            if run and (event.date - run[-1].date).days > SAME_EVENT_DAYS:
                out.append(_strongest(run))
                run = []
            run.append(event)
        out.append(_strongest(run))
    return tuple(out)


def _strongest(run: list[DiaryEvent]) -> DiaryEvent:
    return max(run, key=lambda e: 2.0 if e.severity is None else e.severity)


def _compared(diary: Diary) -> tuple[SpotChange, ...]:
    """Return the latest comparison of each spot and two days, of spots that are known and days in order."""
    roles = {spot.id for spot in diary.spots}
    kept = {
        (c.spot, c.from_, c.to): c
        for c in diary.changes
        if c.spot in roles and c.n_t0 > 0 and c.from_ < c.to <= diary.cutoff
    }
    return tuple(kept.values())


def _without_odd(densities: Sequence[Density]) -> tuple[Density, ...]:
    """Leave out a density far from those before and after it: hair does not grow back so fast. The last one stays."""
    odd: set[tuple[object, ...]] = set()
    order = sorted(densities, key=lambda d: (d.zone, d.date))
    for zone, of_zone in groupby(order, key=lambda d: d.zone):
        mine = list(of_zone)
        at = [log(max(d.hairs_per_cm2, 1.0)) for d in mine]
        for k in range(len(mine) - 1):
            # the first has none before it: two after it must agree
            beside = (at[k - 1], at[k + 1]) if k else tuple(at[1:3])
            off = [at[k] - value for value in beside]
            if len(off) == 2 and min(map(abs, off)) > ODD_DENSITY and off[0] * off[1] > 0:
                odd.add((zone, mine[k].date))
    return tuple(d for d in densities if (d.zone, d.date) not in odd)


def _without_slips(counts: Sequence[Count]) -> tuple[tuple[Count, ...], bool]:
    """Leave out one or two counts of a kind that are ten times the usual one; a lasting rise has more of them."""
    same: dict[tuple[object, ...], list[float]] = {}
    for c in counts:
        same.setdefault((c.method, c.zone, c.side), []).append(c.count)
    most = {k: max(ODD_TIMES * median(v), ODD_LEAST) if len(v) >= ODD_OF else 1e9 for k, v in same.items()}
    odd = {k for k, v in same.items() if 0 < sum(n > most[k] for n in v) <= ODD_MOST}
    kept = tuple(c for c in counts if (k := (c.method, c.zone, c.side)) not in odd or c.count <= most[k])
    return kept, bool(odd)
