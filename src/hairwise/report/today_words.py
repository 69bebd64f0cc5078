"""Where a person stands, in one sentence; how much a reason weighs, in words.

Knows: the words and their order, intervals first. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.labels import of_ten, plural

if TYPE_CHECKING:
    from hairwise.records.verdicts import LossState, Span90, WhyResult

__all__ = ["STATE_NAMES", "answer_sentence", "weight_words"]

STATE_NAMES: dict[LossState, str] = {
    "real": "Real hair loss is likely",
    "not_shown": "No extra hair loss shown",
    "cannot_tell": "Cannot tell yet",
}
_STATES: dict[LossState, str] = {
    "real": "real hair loss is likely",
    "not_shown": "the log does not show extra hair loss, which does not rule it out",
    "cannot_tell": "the log cannot tell yet whether this is real hair loss",
}
_FEW = 8  # as `infer.settings.min_counts`
_NEAR_USUAL_PCT = 30  # as in `words.now_sentence`: the rise that is called a real loss
# |ln of the likelihood ratio|: odds times 10, times 3, times 1.5
_WEIGHTS = ((2.3, "strongly"), (1.1, "clearly"), (0.4, "somewhat"))


def answer_sentence(why: WhyResult, n_counts: int) -> str:
    """Return whether the loss is real in one sentence, what was measured first."""
    rise = why.rise_now_pct
    state = _STATES[why.loss_state]
    if rise is not None:
        span = f"In the last three weeks your counts were {_span(rise)} those before your first session (90 of 100)"
        if why.loss_state == "real" and round(rise.hi90) < _NEAR_USUAL_PCT:
            return f"{span}: back near the usual, after what was likely a real loss."
        return f"{span}; over the whole log, {state}." if why.loss_state == "real" else f"{span}; {state}."
    if why.p_real_loss is not None and why.loss_state == "cannot_tell" and n_counts < _FEW:
        return f"There are too few counts yet: {state}."  # odds beside it would say what it does not
    if why.p_real_loss is not None:
        told = f"Of 10 invented histories like yours, {of_ten(why.p_real_loss)} had real loss"
        return f"{told}: {state}."
    counts = plural(n_counts, "count") if n_counts else "no counts"
    return f"There {'is' if n_counts == 1 else 'are'} {counts} and no compared photos so far, so {state}."


def weight_words(weight: float) -> str:
    """Return how much a fact weighs: strongly, clearly, somewhat or a little."""
    return next((words for least, words in _WEIGHTS if abs(weight) >= least), "a little")


def _span(rise: Span90) -> str:
    lo, hi = round(rise.lo90), round(rise.hi90)
    if lo > 0:
        return f"between {lo} and {hi} percent above"
    if hi < 0:
        return f"between {-hi} and {-lo} percent below"
    return f"between {-lo} percent below and {hi} percent above"
