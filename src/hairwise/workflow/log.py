"""Look up, change and delete what the log shows: entries told together, days told twice, red flags.

Knows: which entries belong together and which tell the same thing. Must not know: SQL, pages.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hairwise.care import check as care_check
from hairwise.care.case import answers_of_diary
from hairwise.care.questions import form_from_answers
from hairwise.care.signs import diary_signs
from hairwise.evidence.load import load_evidence
from hairwise.store import log
from hairwise.workflow.keep import diary_kept, diary_of_entries, must_fit, row_of_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from hairwise.records.verdicts import ScreenResult
    from hairwise.store.repository import Entry, Store

__all__ = [
    "bring_entries_back",
    "change_entries",
    "delete_entries",
    "form_of_log",
    "kept_exactly",
    "log_deleted",
    "log_page",
    "red_flags",
    "told_already",
    "told_together",
]

Group = tuple["Entry", ...]
# entries of one kind and day that agree in these tell the same thing; a wash, or how the scalp felt, is told once a day
_SAME = {
    "count": ("method", "zone", "side"),
    "session": ("zone",),
    "event": ("kind",),
    "treatment": ("kind",),
    "finding": ("kind",),
    "wash": (),
    "symptom": (),
}
_ALL, _LATE = ("answers", "zone", "finding", "treatment"), ("session", "symptom", "event")  # what signs are read from
_LATE_DAYS = 92


def log_page(
    store: Store, kinds: Sequence[str], most: int, before: date | None = None
) -> tuple[list[Group], int, date | None]:
    """Return the newest entries by what belongs together, how many are left out, and the day to go on before."""
    found, n = log.page(store, kinds, most, before)
    left = n - len(found)
    return _newest_first(found), left, found[-1].day if left and found else None


def log_deleted(store: Store, kinds: Sequence[str], most: int) -> list[Group]:
    """Return what can be brought back, deleted last first."""
    return _newest_first(log.deleted(store, kinds, most))


def _newest_first(entries: Sequence[Entry]) -> list[Group]:
    return _grouped(entries[::-1])[::-1]


def _grouped(entries: Sequence[Entry]) -> list[Group]:
    """Group entries of a session: all the same but the zone, and kept or deleted at one time."""
    groups: list[list[Entry]] = []
    open_of: dict[str, list[Entry]] = {}
    for kept in entries:
        key = json.dumps([_but_zone(kept.body), str(kept.deleted_at)], sort_keys=True)
        group = open_of.get(key) if kept.kind == "session" else None
        if group is not None and kept.body["zone"] not in {e.body["zone"] for e in group}:
            group.append(kept)
            continue
        groups.append([kept])
        if kept.kind == "session":
            open_of[key] = groups[-1]
    return [tuple(group) for group in groups]


def _but_zone(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "zone"}


def told_together(store: Store, entry_id: str) -> Group:
    """Return an entry with those that belong to it: the zones of one session."""
    kept = store.entry(entry_id)
    if kept.kind != "session":
        return (kept,)
    groups = _grouped(log.on_day(store, kept.kind, kept.day))
    return next(group for group in groups if entry_id in {e.id for e in group})


def told_already(store: Store, kind: str, bodies: Sequence[Mapping[str, Any]]) -> Group:
    """Return what is kept that tells the same as new entries would; empty where nothing does."""
    for body in bodies:
        _, told, day = row_of_entry(kind, body)
        for kept in log.on_day(store, kind, day):
            if kept.deleted_at is None and all(kept.body.get(n) == told.get(n) for n in _SAME.get(kind, ())):
                return told_together(store, kept.id)
    return ()


def kept_exactly(store: Store, kind: str, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the ids of entries that are just what new ones would be; none where any of those would be new."""
    ids = []
    for body in bodies:
        _, told, day = row_of_entry(kind, body)
        same = [e.id for e in log.on_day(store, kind, day) if e.deleted_at is None and e.body == told]
        ids += same[-1:]
    return ids if len(ids) == len(bodies) else []


def change_entries(store: Store, group: Sequence[Entry], bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Put other bodies in place of those of entries told together, all or none; return the ids kept now.

    An entry keeps its zone where the new bodies have it; those without a counterpart are added or deleted.
    """
    kind = group[0].kind
    rows = [row_of_entry(kind, body) for body in bodies]
    old = list(group)
    pairs: dict[str, tuple[dict[str, Any], date | None]] = {}
    new = []
    for row in rows:
        same = next((e for e in old if e.body.get("zone") == row[1].get("zone")), None)
        if same is None:
            new.append(row)
            continue
        old.remove(same)
        pairs[same.id] = row[1:]
    while old and new:
        pairs[old.pop(0).id] = new.pop(0)[1:]
    with store.writing():
        for entry_id, (body, _) in pairs.items():
            must_fit(store, kind, body, entry_id)
        added = log.rewrite(store, pairs, new, [e.id for e in old])
    return [*pairs, *added]


def delete_entries(store: Store, ids: Sequence[str]) -> None:
    """Delete entries at one time, for some time to be undone."""
    log.rewrite(store, {}, gone=ids)


def bring_entries_back(store: Store, ids: Sequence[str]) -> None:
    """Undo the deletion of entries, where they still fit."""
    with store.writing():
        for entry_id in ids:
            kept = store.entry(entry_id)
            must_fit(store, kept.kind, kept.body, entry_id)
        log.rewrite(store, {}, back=ids)


def form_of_log(store: Store, today: date) -> dict[str, list[str]]:
    """Return the questions' form as the log and the kept answers fill it; a "no" is asked again."""
    return form_from_answers(answers_of_diary(diary_kept(store, today)))


def red_flags(store: Store, today: date) -> ScreenResult | None:
    """Return what to do about signs in the log that need help soon; None where it shows none, which is no all-clear.

    Counts, photos and what was felt or done months ago are left out, so that this takes a moment only; the plan tells
    what they show.
    """
    entries = [kept for kind in _ALL for kept in store.entries(kind)]
    entries += log.since(store, _LATE, today - timedelta(days=_LATE_DAYS))
    diary = diary_of_entries(entries, (), store.told(), today)
    found = care_check.screen(answers_of_diary(diary), diary.cutoff, load_evidence(), diary_signs(diary))
    return found if found.urgency in ("emergency", "same_day", "within_days") else None
