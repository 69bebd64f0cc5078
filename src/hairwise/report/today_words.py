"""Where a person stands, in one sentence; which cause, and which come out alike; how much a reason weighs.

Knows: the words and their order, intervals first. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.labels import CAUSE_NAMES, CAUSE_STATES, of_ten, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hairwise.records.verdicts import Cause, CauseState, LossState, Span90, WhyResult

__all__ = ["STATE_NAMES", "answer_sentence", "cause_sentence", "tie_sentence", "weight_words"]

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
_TIE = 0.01  # odds that start from a guess cannot tell one in a hundred apart
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
_NEAR_USUAL_PCT = 30  # as in `words.now_sentence`: the rise that is called a real loss
# |ln of the likelihood ratio|: odds times 10, times 3, times 1.5
_WEIGHTS = ((2.3, "strongly"), (1.1, "clearly"), (0.4, "somewhat"))
_FAR = 0.8  # a cause this probable would be named, were nothing missing
_UNNAMED = (
    "One fits far better by what is written down. What could tell it from the others is missing: see what limits this "
    "answer."
)


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


def cause_sentence(
    state: CauseState | None, named: Sequence[Cause], p_cause: Mapping[Cause, float] | None = None
) -> str:
    """Return which cause stands out, as a whole sentence; where one leads far and is not named, that too."""
    words = CAUSE_STATES[state or "cannot_tell"]
    if not named:
        alone = words.rstrip(":.") + "."
        return (
            f"{alone} {_UNNAMED}"
            if state == "cannot_tell" and max((p_cause or {}).values(), default=0.0) >= _FAR
            else alone
        )
    return f"{words} {' and '.join(CAUSE_NAMES[cause][:1].lower() + CAUSE_NAMES[cause][1:] for cause in named)}."


def tie_sentence(p_cause: Mapping[Cause, float]) -> str:
    """Say that the first causes come out alike, so that their order is not read as a rank; nothing where one leads."""
    ranked = sorted(p_cause.values(), reverse=True)
    n = sum(ranked[0] - p < _TIE for p in ranked) if ranked else 0
    if n < 2:
        return ""
    return f"The first {_NUMBERS.get(n, n)} are as good as equally likely: their order here says nothing."


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
