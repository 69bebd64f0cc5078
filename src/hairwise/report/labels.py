"""Plain names and number phrases used on pictures and on the page.

Knows: words for states, causes and intervals. Must not know: how any of them was reached.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.base import Estimate
    from hairwise.records.photo import ScaleSource
    from hairwise.records.verdicts import Cause, CauseState, LossState, MayNeedle, Urgency

__all__ = [
    "CAUSE_NAMES",
    "CAUSE_STATES",
    "CHECK_STATES",
    "EVENT_NAMES",
    "MONTHS",
    "LOSS_STATES",
    "MAY_NEEDLE",
    "NO_ODDS",
    "METHOD_NAMES",
    "REAL_LOSS",
    "SCALE_SOURCES",
    "URGENCY_NAMES",
    "dated",
    "fate_counts",
    "day",
    "days_in_words",
    "of_ten",
    "plural",
    "signed",
    "span_words",
    "urgency_words",
]

CAUSE_NAMES: dict[Cause, str] = {
    "mechanical": "Hairs pulled out or broken by the roller",
    "inflammatory": "Irritated skin after rolling",
    "te_needling": "Delayed shedding set off by rolling",
    "te_stressor": "Delayed shedding after illness or stress",
    "minoxidil": "Early shedding after a start of minoxidil",
    "aga": "Pattern hair loss going on by itself",
    "season": "The yearly shedding season",
    "scalp_condition": "A scalp condition",
    "none": "Usual shedding, noticed more",
}
CHECK_STATES = {"passed": "Passed", "failed": "Not passed", "informative": "Could not be done"}
SCALE_SOURCES: dict[ScaleSource, str] = {
    "given": "as given",
    "ring": "off the paper ring",
    "ruler": "off the ruler's ticks",
    "scale_bar": "off the drawn bar and its label",
    "device": "of the stored device",
    "none": "",
}
LOSS_STATES: dict[LossState, str] = {
    "real": "Real hair loss is likely.",
    "not_shown": "These records do not show extra hair loss. That does not rule it out.",
    "cannot_tell": "Cannot tell yet whether this is real hair loss.",
}
REAL_LOSS = "30 percent more hair falling over four weeks, or 6 percent fewer hairs on a part of the scalp"
NO_ODDS = "No odds of causes are given: no session is written down, so rolling could not be weighed beside the others."
CAUSE_STATES: dict[CauseState, str] = {
    "one": "One cause stands out:",
    "two": "Two causes stand out:",
    "cannot_tell": "Cannot tell yet which cause.",
}
URGENCY_NAMES: dict[Urgency, str] = {
    "emergency": "Emergency: get help now",
    "same_day": "See a doctor today",
    "within_days": "See a doctor within 3 days",
    "within_weeks": "See a dermatologist within 2 weeks",
    "self_care": "No answer that needs a doctor right away",
}
MAY_NEEDLE: dict[MayNeedle, str] = {
    "no": "Do not roll.",
    "ask_first": "Ask a clinician before rolling.",
    "with_limits": "Rolling only within limits.",
    "yes": "No rule found against rolling.",
}
METHOD_NAMES: dict[str, str] = {
    "wash": "hairs per wash",
    "comb60": "hairs in a 60-second comb",
    "shower": "hairs per shower",
}
EVENT_NAMES: dict[str, str] = {
    "minoxidil_start": "minoxidil started",
    "finasteride_start": "finasteride started",
    "illness": "illness",
    "stress": "stress",
    "diet": "diet change",
    "surgery": "surgery",
    "childbirth": "childbirth",
    "new_medicine": "new medicine",
    "new_product": "new product",
    "new_shampoo": "new shampoo",
}


def urgency_words(urgency: Urgency, n_open: int, *, locked: bool) -> str:
    """Return the urgency in words; open questions or a lock are never passed off as all clear."""
    if urgency == "self_care" and n_open:
        return "Not known yet: questions that matter for safety are open"
    if urgency == "self_care" and locked:
        return "No sign that needs help today; do not roll until this is settled"
    return URGENCY_NAMES[urgency]


def plural(n: int, noun: str) -> str:
    """Return ``1 hair``, ``2 hairs``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def signed(value: float, digits: int = 0) -> str:
    """Return a number with its sign, rounded; zero has none."""
    rounded = round(value, digits) or 0.0
    text = f"{abs(rounded):.{digits}f}"
    return text if rounded == 0 else ("+" if rounded > 0 else "\N{MINUS SIGN}") + text


def span_words(change: Estimate, noun: str) -> str:
    """Return a change with its interval alone, in words: ``between 9 and 13 fewer hairs``, the smaller number first."""
    lo, hi = round(change.lo), round(change.hi)
    if lo == hi:
        return f"no change in {noun}" if lo == 0 else f"{abs(lo)} {'fewer' if lo < 0 else 'more'} {noun}"
    if hi <= 0:
        return f"between {-hi} and {-lo} fewer {noun}"
    if lo >= 0:
        return f"between {lo} and {hi} more {noun}"
    return f"between {-lo} fewer and {hi} more {noun}"


def of_ten(probability: float) -> str:
    """Return a probability as a count of ten: ``about 6 of 10``, ``fewer than 1 of 10``."""
    count = round(probability * 10)
    if count == 0:
        return "fewer than 1 of 10"
    return "more than 9 of 10" if count == 10 else f"about {count} of 10"


def dated(value: date | str | None) -> str:
    """Return a day as ``28 November 2026``, and so each day within a text; nothing for None."""
    text = "" if value is None else str(value)
    return _ISO.sub(lambda m: f"{int(m[3])} {_LONG_MONTHS[int(m[2]) - 1]} {m[1]}", text)


def day(when: date) -> str:
    """Return ``7 Mar 2026``."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def days_in_words(text: str) -> str:
    """Return the text with every day written as in files, ``2026-03-07``, as ``7 Mar 2026``: paper has little room."""
    return _ISO.sub(lambda m: f"{int(m[3])} {MONTHS[int(m[2]) - 1]} {m[1]}", text)


_LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ISO = re.compile(r"(?<![-\w])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!-|\.?\w)")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def fate_counts(n_t0: int, lost: int, hidden: int, out_of_view: int) -> list[tuple[str, int]]:
    """
    Return what became of the first photo's hairs, in words with numbers that add up to ``n_t0``.

    A pair also keeps hairs that only its second photo lists, so the length of that list is no part of this sum.
    """
    return [
        ("still there", n_t0 - lost - hidden - out_of_view),
        ("lost", lost),
        ("could not be seen the second time", hidden),
        ("outside of the second photo", out_of_view),
    ]
