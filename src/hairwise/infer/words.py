"""Calm, plain sentences: limits of the answer and the next thing to observe.

Knows: what was and was not recorded. Must not know: how probabilities are reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.questions import never_rolled
from hairwise.infer.timeline import ROLLED
from hairwise.records.base import Sentence

if TYPE_CHECKING:
    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.diary import Diary
    from hairwise.records.verdicts import Cause, CauseState

__all__ = ["answer_limits", "answer_next", "diary_limits", "diary_next", "has_signs"]

_DIARY = "measured:diary"
_ANSWERS = "measured:answers"
_TEXT = {
    "never_measured": "No study has measured how often rolling causes hair loss, so these odds start from a guess.",
    "no_counts": "There are no counts and no photo pairs yet, so more hair falling than before cannot be shown.",
    "no_control": "There are photos of a rolled spot but none of an unrolled one. So they cannot tell rolling from "
    "causes that act everywhere.",
    "no_rolled": "There are photos of an unrolled spot but none of a rolled one, and no counts. So they cannot tell "
    "rolling from causes that act everywhere.",
    "few_counts": "There are too few counts yet to tell a real change from chance.",
    "no_baseline": "There are no counts from before the first session. Other people's usual counts stand in for yours.",
    "no_session": "No session is written down, so rolling cannot be weighed as a cause. So no cause is named.",
    "one_session": "Only the day of the first session is written down. What later sessions did could not be weighed.",
    "no_signs": "No signs such as itch, flakes or pain are written down since the first session, nor that there are "
    "none. So no cause is named.",
    "odd_count": "A count is more than ten times the usual one and was left out. Check it: a slip of a key looks so.",
    "odd_density": "A hair density is far from those before and after it and was left out. Check its photo and scale.",
    "unplaced": "A comparison of photos was left out. Its spot is not listed, its days are out of order, or it has no "
    "hairs.",
    "washing": "The days between washes changed after the first session. The sums allow for it, but not fully.",
    "missing": "Weeks are missing from the counts. What happened in them is not known.",
    "short": "The diary ends less than three months after the first session. Some causes take longer to show.",
    "weekly": "Sessions came so often that the days after each one run together. Fast and slow causes look alike.",
    "one_autumn": "All autumn counts come from after the first session, so the season and rolling are hard to part.",
    "no_place": "All counts are of the whole head. Loss in rolled and in other places cannot be told apart.",
    "same_start": "Minoxidil and rolling began within two weeks of each other. Counts alone cannot tell them apart.",
    "stressor": "An illness or another strain came near the first session, or four to ten weeks before the loss. "
    "Rolling could look the same.",
    "treatment": "A treatment or product was started while you counted. Counts alone cannot tell what it did from what "
    "would have come anyway.",
    "events": "Several things changed at once. The answer can part rolling from the rest, but not each one.",
    "left_out": "Entries after the last day of the diary, or more than eleven years before it, were left out.",
    "twice": "Some counts or densities stand in the diary twice, alike in day and number. Each was used once.",
    "photos_only": "No shed hairs were counted. So how much fell, and when, is told by photos alone.",
    "second_prior": "Starting from other odds, another cause comes out on top. So no cause is named.",
    "answers_only": "These odds rest on answers alone. Without counts or photos they cannot show that loss is real.",
    "no_onset": "The day the loss began is missing, so its timing could not be weighed.",
}
_NEXT = {
    "count": "Count the hairs of one wash a week for eight weeks, and write down every day of washing.",
    "go_on": "Go on counting in the same way. What the next weeks bring can still change this answer.",
    "photo": "Photograph one rolled and one unrolled spot now, and the same two spots again in four weeks.",
    "apart": "Count rolled and unrolled places apart for four weeks. Then loss in one place only would show.",
    "onset": "Write down the day the extra loss began, and the day of each session.",
    "signs": "Write down today's signs: itch, flakes, bumps, pain, bald patches. If there are none, write that down.",
    "events": "Write down illness, strain, new medicines and new products of the last six months, each with its day.",
}


def sentence(key: str, source: str = _DIARY) -> Sentence:
    """Return a fixed sentence of this room with its source."""
    return Sentence(text=(_TEXT | _NEXT)[key], source=source)


def diary_limits(diary: Diary, line: Timeline, settings: InferSettings) -> list[str]:
    """Name what limits the answer, most important first, as keys of the fixed sentences."""
    bins, dens = line.bins, line.densities
    n_counts = np.unique(bins.entry_day).size  # eight counts of one day say no more than one
    roles = {int(r) == ROLLED for r in (*dens.change_region, *dens.region)} if dens.change_log.size else set()
    empty = not n_counts and not dens.log_density.size and not dens.change_log.size
    weak = n_counts < settings.min_counts and dens.log_density.size < 4 and not dens.change_log.size
    gaps = np.diff(np.unique(bins.entry_day)) if n_counts > 1 else np.zeros(0)
    since = line.n_days - 1 - line.first_session if line.first_session is not None else None
    sessions = np.diff(np.unique(line.session_day))
    found = {
        "no_counts": empty,
        "few_counts": weak and not empty,
        "no_session": not empty
        and line.first_session is None
        and not (diary.answers is not None and never_rolled(diary.answers)),
        "one_session": line.first_session is not None and not diary.sessions,
        "no_signs": not has_signs(diary, line),
        "no_baseline": bool(n_counts) and line.first_session is not None and not line.has_baseline,
        "photos_only": not n_counts and not empty,
        "washing": _washing_changed(line),
        "missing": bool(gaps.size) and float(gaps.max()) > 14,
        "short": since is not None and since < 90,
        "weekly": sessions.size >= 3 and float(np.median(sessions)) <= 10,
        "one_autumn": _one_autumn(line),
        "no_place": bool(n_counts) and not dens.log_density.size and not dens.change_log.size
        and not any(c.zone for c in diary.counts),
        "treatment": _was_treated(diary, line),
        "events": len({kind for _, kind, _ in line.events}) >= 2,
        "left_out": line.left_out > 0,
        "no_control": roles == {True},
        "no_rolled": roles == {False} and not n_counts,
    }  # fmt: skip
    return [key for key, is_so in found.items() if is_so]


def has_signs(diary: Diary, line: Timeline) -> bool:
    """Whether signs were asked about or written down since the first session, be it that there are none."""
    first = line.first_session if line.first_session is not None else line.first_seen
    scored = any(
        first <= (s.date - line.origin).days < line.n_days
        and any(getattr(s, name) is not None for name in type(s).model_fields if name != "date")
        for s in diary.symptoms
    )
    found = any(f.present in ("yes", "no") and f.date <= diary.cutoff for f in diary.findings)
    asked = (diary.answers.findings or {}) if diary.answers is not None else {}
    return scored or found or any(said in ("yes", "no") for said in asked.values())


def _was_treated(diary: Diary, line: Timeline) -> bool:
    """Whether something other than minoxidil, which is weighed, was started while hairs were counted."""
    begun = [(t.start - line.origin).days for t in diary.treatments if "minoxidil" not in t.kind.lower()]
    begun += [day for day, kind, _ in line.events if kind in ("finasteride_start", "new_product", "new_shampoo")]
    return any(line.first_seen <= day < line.n_days for day in begun)


def _washing_changed(line: Timeline) -> bool:
    """Whether the median gap between washes changed by half or more at the first session."""
    if line.first_session is None:
        return False
    days = np.flatnonzero(line.is_wash)
    days = days[days >= line.first_seen]
    before, after = np.diff(days[days < line.first_session]), np.diff(days[days >= line.first_session])
    if before.size < 4 or after.size < 4:
        return False
    ratio = float(after.mean() / before.mean())
    return not 1 / 1.5 < ratio < 1.5


def _one_autumn(line: Timeline) -> bool:
    """Whether counts fall in the months of the seasonal peak, all of them after the first session."""
    if line.hemisphere is None or not line.bins.n:
        return False
    months = {8, 9, 10, 11} if line.hemisphere == "N" else {2, 3, 4, 5}
    day = line.bins.entry_day
    first = line.origin.toordinal()
    month = np.array([type(line.origin).fromordinal(first + int(d)).month for d in np.unique(day)])
    autumn = np.unique(day)[np.isin(month, list(months))]
    return bool(autumn.size) and line.first_session is not None and bool((autumn >= line.first_session).all())


def diary_next(limits: list[str], state: CauseState, top: tuple[Cause, Cause]) -> str:
    """Choose the observation most likely to change the answer."""
    if "no_counts" in limits or "few_counts" in limits:
        return "count"
    if "no_session" in limits:
        return "onset"
    if "no_signs" in limits:
        return "signs"
    if "no_control" in limits or "no_rolled" in limits:
        return "photo"
    if "photos_only" in limits:
        return "count"
    if "no_place" in limits:
        needling = {"mechanical", "inflammatory", "te_needling"}
        return "photo" if state != "one" or set(top) & needling else "go_on"
    if "same_start" in limits:
        return "apart"
    return "go_on"


def answer_limits(has_onset: bool) -> list[str]:
    """Name what limits an answer from the check alone."""
    return ["answers_only"] + ([] if has_onset else ["no_onset"])


def answer_next(has_onset: bool, has_events: bool, has_loss: bool) -> str:
    """Choose the next fact to write down after the check."""
    if not has_loss:
        return "count"
    if not has_onset:
        return "onset"
    return "count" if has_events else "events"


def limits_as_sentences(keys: list[str], is_diary: bool = True) -> tuple[Sentence, ...]:
    """Turn keys into sentences; the base rate's limit always comes last."""
    source = _DIARY if is_diary else _ANSWERS
    return (
        *(sentence(k, source) for k in dict.fromkeys(keys)),
        sentence("never_measured", "shock_loss_after_microneedling"),
    )
