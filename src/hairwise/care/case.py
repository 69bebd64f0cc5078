"""What the rules look at: one set of answers, also when they come from a diary.

Knows: how a diary's entries answer the questions of the check; a yes anywhere wins. Must not know: the rules.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hairwise.records.answers import FIRST_DAY, Answers, ConditionName, FindingName, Hygiene, Loss, ZoneAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hairwise.records.base import TriState
    from hairwise.records.diary import Diary, Session

__all__ = [
    "answers_of_diary",
    "claims_loss",
    "days_since",
    "good_zones",
    "is_yes",
    "loss_in_good_growth",
    "real_interval",
    "rolled_zones",
    "stale_since",
]

_PRESSURE = {1: "light", 2: "medium", 3: "hard"}
_SORE_DAYS = 3  # mild soreness this soon after a session is expected (transient_reaction)
_SEVERE_PAIN = 7  # of 10
_RECENT_DAYS = 14  # twice the longest of transient_reaction: a session's own pain is over by then
_MILD = ("itch", "flakes", "pain")
_GONE_DAYS, _SAID_GONE = 28, 2  # four times the longest that soreness after a session lasts; said twice, not by slip
_FRESH_DAYS = 7  # how long a no stays a no; our figure: what needling does to skin shows within a week
_WASHED_OUT_DAYS = 183  # isotretinoin_recent asks about six months; the others are held to the same
_TREATMENTS: dict[ConditionName, tuple[str, ...]] = {
    "isotretinoin_last_6_months": ("isotretinoin", "accutane", "roaccutane", "claravis", "absorica", "zenatane"),
    "anticoagulant": (
        "anticoagulant", "blood thinner", "warfarin", "coumadin", "heparin", "enoxaparin", "apixaban", "eliquis",
        "rivaroxaban", "xarelto", "dabigatran", "pradaxa", "edoxaban", "clopidogrel", "plavix",
        "ticagrelor", "prasugrel",
    ),
    "immune_suppression": (
        "methotrexate", "ciclosporin", "cyclosporin", "azathioprine", "tacrolimus", "mycophenolate", "prednison",
        "prednisolone", "dexamethasone", "cortisone tablet", "immunosuppress", "immune suppress", "jak inhibitor",
        "baricitinib", "tofacitinib", "ritlecitinib", "upadacitinib", "adalimumab", "infliximab", "etanercept",
        "rituximab", "secukinumab", "ustekinumab", "humira", "remicade", "leflunomide",
    ),
    "diabetes": ("insulin", "metformin", "gliclazide", "glimepiride", "sitagliptin", "empagliflozin", "dapagliflozin"),
    "chemo_or_radiotherapy": (
        "chemotherapy", "radiotherapy", "radiation", "docetaxel", "paclitaxel", "platin", "doxorubicin",
        "cyclophosphamide", "capecitabine", "fluorouracil", "gemcitabine", "vincristine",
    ),
}  # fmt: skip
# Known and no reason against needling by themselves; anything else is asked about.
_HARMLESS = (
    "minoxidil", "finasteride", "dutasteride", "ketoconazole", "biotin", "vitamin", "iron", "zinc", "caffeine",
    "rosemary", "shampoo", "conditioner", "saw palmetto", "collagen", "omega", "melatonin", "laser", "prp",
    "supplement",
)  # fmt: skip


def known_treatment(kind: str) -> bool:
    """Return whether a treatment's name is one we know, for or against needling."""
    words = kind.lower()
    return any(word in words for words_of in (*_TREATMENTS.values(), _HARMLESS) for word in words_of)


def is_yes(answers: Answers, *names: str) -> bool:
    """Return whether any of these findings or conditions is answered yes."""
    known: dict[str, TriState | None] = {str(k): v for k, v in (answers.findings or {}).items()}
    known |= {str(k): v for k, v in (answers.conditions or {}).items()}
    return any(known.get(name) == "yes" for name in names)


def days_since(day: date | None, today: date) -> int | None:
    """Return days from ``day`` to ``today``; None where the day is not known."""
    return None if day is None else (today - day).days


def rolled_zones(answers: Answers) -> frozenset[str]:
    """Return the zones rolled, or meant to be."""
    return frozenset(z.zone for z in answers.zones or () if z.rolled)


def good_zones(answers: Answers) -> frozenset[str]:
    """Return the zones where hair grew well; one such answer is enough."""
    return frozenset(z.zone for z in answers.zones or () if z.growth == "good")


def claims_loss(answers: Answers) -> bool:
    """Return whether the answers tell of more hair falling; its details count even beside a blank or a no."""
    loss = answers.loss
    if loss is None:
        return False
    detailed = bool(loss.zones or loss.severity or loss.onset) or loss.pattern not in (None, "unknown")
    return loss.noticed == "yes" or detailed


def loss_in_good_growth(answers: Answers) -> frozenset[str]:
    """Return zones of good growth where more hair falls: those named, or the rolled ones where none was named."""
    if not claims_loss(answers):
        return frozenset()
    named = frozenset((answers.loss.zones if answers.loss else None) or ())
    return good_zones(answers) & (named or rolled_zones(answers))


def real_interval(answers: Answers) -> float | None:
    """Return the days between sessions, as said or as the dates and their number say, whichever is shorter."""
    first, last, n = answers.first_session, answers.last_session, answers.sessions
    known = [answers.interval_days] if answers.interval_days else []
    if first and last and n and n > 1:
        known.append((last - first).days / (n - 1))
    return min(known, default=None)


def answers_of_diary(diary: Diary, *, loss_is_real: bool = False) -> Answers:
    """
    Return the answers a diary gives, on its last day.

    Parameters
    ----------
    diary : Diary
        Its stored answers are the start; entries add to them and never lower a sign.
    loss_is_real : bool
        True where the counts or photos show a loss, whatever the person noticed.
    """
    base = diary.answers or Answers.model_validate({"schema": "hairwise/answers/1"})
    if stale_since(diary) is not None:
        base = _without_denials(base)
    sessions = sorted(diary.sessions, key=lambda s: s.date)
    started = True if sessions or diary.first_session else base.started
    update: dict[str, object] = {
        "today": diary.cutoff,
        "findings": _findings(diary, base),
        "conditions": _conditions(diary, base),
        "zones": _zones(diary, base),
        "loss": _loss(diary, base, loss_is_real),
        "hygiene": _hygiene(sessions, base),
        "started": started,
    }
    if sessions:
        update |= _technique(sessions, base)
    products = {p for s in sessions for p in s.products_within_24h or ()} | set(base.products_within_24h or ())
    update["products_within_24h"] = tuple(sorted(products)) or base.products_within_24h
    return base.model_copy(update=update)


def stale_since(diary: Diary) -> date | None:
    """Return the day of stored answers that are too old to deny a sign; None where they are fresh or there are none.

    Too old: more than a week before the diary's last day, before its last session, or without a day (then the first day
    that can be).
    """
    if diary.answers is None:
        return None
    day = diary.answers.today or FIRST_DAY
    last = max((s.date for s in diary.sessions), default=day)
    return day if (diary.cutoff - day).days > _FRESH_DAYS or day < last else None


def _without_denials(answers: Answers) -> Answers:
    """Return answers in which a yes stays a yes, and a no is not answered."""

    def kept(said: Mapping[Any, TriState | None] | None) -> dict[Any, TriState | None]:
        return {name: value for name, value in (said or {}).items() if value != "no"}

    update: dict[str, object] = {"findings": kept(answers.findings), "conditions": kept(answers.conditions)}
    if answers.pregnant == "no":
        update["pregnant"] = None
    if answers.loss is not None and answers.loss.noticed == "no":
        update["loss"] = answers.loss.model_copy(update={"noticed": None})
    if answers.hygiene is not None and answers.hygiene.shared_device == "no":
        update["hygiene"] = answers.hygiene.model_copy(update={"shared_device": None})
    return answers.model_copy(update=update)


def _findings(diary: Diary, base: Answers) -> dict[FindingName, TriState | None]:
    found: dict[FindingName, TriState | None] = dict(base.findings or {})

    def add(name: FindingName, value: TriState) -> None:
        if found.get(name) != "yes":
            found[name] = value

    answered, gone = base.today or FIRST_DAY, _long_gone(diary)
    sore = {s.date + timedelta(days=k) for s in diary.sessions for k in range(_SORE_DAYS + 1)}
    for entry in sorted(diary.findings, key=lambda f: f.date):
        is_fresh = entry.date >= answered and (diary.cutoff - entry.date).days <= _FRESH_DAYS
        if entry.present != "no" or is_fresh:  # an old no takes nothing back
            add(entry.kind, entry.present)
    for day in diary.symptoms:
        seen: tuple[tuple[FindingName, float | None, float], ...] = (
            ("itch", day.itch, 1),
            ("flakes", day.flakes, 1),
            ("pustules", day.pustules, 1),
            ("pain", day.pain, 2 if day.date in sore else 1),
            ("redness_over_3_days", day.redness_days, 3.001),
            ("smooth_patches", day.patch, 1),
        )
        for name, score, least in seen:
            if score is not None and score >= least and name not in gone:
                add(name, "yes")
    if any(s.redness_h is not None and s.redness_h > 72 for s in diary.sessions):
        add("redness_over_3_days", "yes")
    recent = [s for s in diary.sessions if (diary.cutoff - s.date).days <= _RECENT_DAYS]
    if any(s.pain is not None and s.pain >= _SEVERE_PAIN for s in recent):
        add("pain", "yes")
    return found


def _long_gone(diary: Diary) -> set[str]:
    """Return which of a mild pain, itch or flaking are long gone, by the diary's own later entries.

    Only where it never passed grade 1, was last noted over four weeks ago, and two later entries say 0. All else stays
    a yes for good.
    """
    gone = set()
    for name in _MILD:
        scores = [(s.date, getattr(s, name)) for s in diary.symptoms if getattr(s, name) is not None]
        noted = [d for d, score in scores if score]
        if not noted or max(score for _, score in scores) > 1:
            continue
        last = max(noted)
        if (diary.cutoff - last).days > _GONE_DAYS and sum(d > last for d, _ in scores) >= _SAID_GONE:
            gone.add(name)
    return gone


def _conditions(diary: Diary, base: Answers) -> dict[ConditionName, TriState | None] | None:
    """Return the conditions that treatments in use point to; a treatment says yes whatever was answered."""
    found: dict[ConditionName, TriState | None] = dict(base.conditions or {})
    for treatment in diary.treatments:
        stopped = treatment.stop is not None and (diary.cutoff - treatment.stop).days > _WASHED_OUT_DAYS
        for condition, words in _TREATMENTS.items():
            if not stopped and any(word in treatment.kind.lower() for word in words):
                found[condition] = "yes"
    return found or None


def _zones(diary: Diary, base: Answers) -> tuple[ZoneAnswer, ...] | None:
    needled = {s.zone for s in diary.sessions} | {z.name for z in diary.zones if z.needled}
    zones = [
        *(base.zones or ()),
        *(ZoneAnswer(zone=z.name, growth=z.growth, rolled=z.name in needled) for z in diary.zones),
    ]
    known = {z.zone for z in zones}
    zones += [ZoneAnswer(zone=name, rolled=True) for name in sorted(needled - known)]
    return tuple(zones) or None


def _loss(diary: Diary, base: Answers, loss_is_real: bool) -> Loss | None:
    loss = base.loss
    if diary.concern is None and not loss_is_real:
        return loss
    kept = loss or Loss()
    onset = min((day for day in (kept.onset, diary.concern) if day is not None), default=None)
    return kept.model_copy(update={"noticed": "yes", "onset": onset})


def _hygiene(sessions: list[Session], base: Answers) -> Hygiene | None:
    hygiene = base.hygiene or Hygiene()
    if any(s.shared for s in sessions):
        hygiene = hygiene.model_copy(update={"shared_device": "yes"})
    if any(s.disinfected is False for s in sessions):
        hygiene = hygiene.model_copy(update={"disinfected": "no"})
    return None if hygiene == Hygiene() else hygiene


def _technique(sessions: list[Session], base: Answers) -> dict[str, object]:
    last = sessions[-1]
    days = sorted({s.date for s in sessions})
    gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
    hardest = max((s.pressure for s in sessions if s.pressure), default=None)
    # of what the answers and the log say, the shorter gap and the later day count
    gap = min([float(g) for g in gaps] + ([base.interval_days] if base.interval_days else []), default=None)
    return {
        "device": last.device if last.device != "unknown" else base.device,
        "needle_mm": max((s.needle_mm for s in sessions if s.needle_mm), default=base.needle_mm),
        "passes": round(max((s.passes for s in sessions if s.passes is not None), default=0)) or base.passes,
        "pressure": _PRESSURE[hardest] if hardest else base.pressure,
        "speed": last.speed or base.speed,
        "interval_days": gap,
        "sessions": max(len(days), base.sessions or 0),
        "first_session": min(days[0], base.first_session or days[0]),
        "last_session": max(days[-1], base.last_session or days[-1]),
    }
