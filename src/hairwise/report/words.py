"""Photos and explanations as plain text for a terminal.

Knows: order, headings, line width. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.flags import meaning, what_to_do
from hairwise.report.labels import (
    CAUSE_NAMES,
    CHECK_STATES,
    LOSS_STATES,
    NO_ODDS,
    REAL_LOSS,
    SCALE_SOURCES,
    fate_counts,
    of_ten,
)
from hairwise.report.lines import joined, part, wrap
from hairwise.report.photo_words import two_photos_line
from hairwise.report.today_words import cause_sentence, tie_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Estimate
    from hairwise.records.files import HairsFile, PairFile, ScaleEntry
    from hairwise.records.verdicts import Cause, Excess, Reason, Span90, Why, WhyResult

__all__ = ["excess_is_told", "excess_sentence", "hairs_text", "now_sentence", "pair_text", "scales_text", "why_text"]

_MOST_CAUSES, _MOST_REASONS = 4, 6
_NEAR_USUAL_PCT = 30  # the rise that is called a real loss


def hairs_text(file: HairsFile, name: str) -> str:
    """Return the numbers of one photo."""
    lines = [name]
    lines += [f"  hairs              {_interval(file.count, '', 'listed')}"]
    if file.px_per_mm is None:
        lines += ["  no scale: densities and diameters are not reported; give --px-per-mm, or use `hairwise ring`"]
    else:
        lines += [f"  density            {_interval(file.density_per_cm2, 'per cm2', 'listed')}"]
        lines += [f"  follicular units   {_interval(file.units_per_cm2, 'per cm2', 'listed')}"]
        lines += [f"  median diameter    {_interval(file.median_diameter_um, 'um')}"]
        lines += [f"  scale              {scales_text(file.scales)}"]
    return "\n".join(lines + _notes(file.flags))


def scales_text(scales: Sequence[ScaleEntry]) -> str:
    """Return every scale that was read and its source in one line, the chosen one first."""
    said = [f"{s.px_per_mm:.1f} px/mm (95%: +-{1.96 * s.px_per_mm_se:.1f}) {SCALE_SOURCES[s.source]}" for s in scales]
    return ("; not used: ".join([said[0], ", ".join(said[1:])]) if len(said) > 1 else said[0]) if said else "none"


def pair_text(file: PairFile, name: str, listed: int | None = None) -> str:
    """Return what two photos showed; ``listed`` are the hairs that the first photo shows alone."""
    parts = fate_counts(file.n_t0 or 0, len(file.lost), len(file.hidden), len(file.out_of_view))
    said = ", ".join(f"{n} {words}" for words, n in parts)
    lines = [
        name,
        f"  change             {_interval(file.change, 'hairs')}",
        f"  of the hairs seen  {_interval(file.change_pct, '%')}",
        *wrap(f"of {file.n_t0} hairs before: {said}; {len(file.new)} new", "  "),
        "  The change also allows for hairs missed in one photo, so it need not equal new minus lost.",
    ]
    together = two_photos_line({"n_t0": file.n_t0}, listed)
    lines += wrap(together, "  ") if together else []
    if file.smallest_detectable_loss_pct is not None:
        lines += [f"  smallest loss these photos could show: {file.smallest_detectable_loss_pct:.1f} %"]
    return "\n".join(lines + _notes(file.flags))


def _notes(flags: tuple[str, ...]) -> list[str]:
    """Return each flag's meaning and what helps; a missing scale is said above."""
    lines: list[str] = []
    for flag in flags:
        if flag != "no_scale":
            advice = what_to_do(flag)
            lines += wrap(f"note: {meaning(flag)}" + (f". {advice}" if advice else ""), "  ")
    return lines


_BY_ROLLING = frozenset({"mechanical", "inflammatory", "te_needling"})


def excess_is_told(why: Why | WhyResult) -> bool:
    """Return whether the hairs put down to rolling are told outright: some surely, and rolling among the causes named.

    Else the figure is a range from nothing up, or of a cause that is not established: it is there for who looks for it.
    """
    return why.needling_excess is not None and (
        round(why.needling_excess.hi90) <= 0
        or (round(why.needling_excess.lo90) > 0 and not _BY_ROLLING.isdisjoint(why.named_causes))
    )


def excess_sentence(excess: Excess) -> str:
    """Return the counted hairs put down to rolling, interval first; what fell early and is missing later apart.

    Nothing is ever said to have been saved.
    """
    lo, hi = round(excess.lo90), round(excess.hi90)
    if hi <= 0 and excess.added is None:
        return "No extra counted hairs are put down to rolling. Hairs pulled early cannot fall later."
    reach = f"between {lo:,} and {hi:,}" if lo > 0 else f"perhaps none, at most {max(hi, 0):,}"
    if hi <= 0:
        text = "No extra counted hairs are put down to rolling."
    else:
        text = f"Counted hairs put down to rolling since the first session: {reach} (90 of 100)."
    missing = excess.missing_later
    if excess.added is None or missing is None or round(missing.lo90) > -1:
        return text
    added = excess.added
    return (
        f"{text} That is {round(added.lo90):,} to {round(added.hi90):,} that fell early or were added, less "
        f"{round(-missing.hi90):,} to {round(-missing.lo90):,} that were due later and already gone. That is no gain."
    )


def now_sentence(rise: Span90) -> str:
    """Return how the counts of the last three weeks compare with those before the first session, the interval first."""
    lo, hi = round(rise.lo90), round(rise.hi90)
    span = f"In the last three weeks the counts were {lo:+d} to {hi:+d} per cent against those before the first session"
    if hi < _NEAR_USUAL_PCT:
        return f"{span} (90 of 100): back near the usual."
    return f"{span} (90 of 100)" + (": still above the usual." if lo > 0 else ".")


def _telling(why: Why) -> list[Reason]:
    """Return the reasons: the strongest two for the likeliest cause, then the strongest of all."""
    top = max(why.p_cause, key=lambda c: why.p_cause[c], default=None)
    order = sorted(why.reasons, key=lambda r: -abs(r.weight))
    first = [r for r in order if r.cause == top and r.direction == "for"][:2]
    return [*first, *(r for r in order if r not in first)]


def why_text(why: Why, *, full: bool = False) -> str:
    """Return the explanation, intervals first; in full with every cause and every reason."""
    lines = [LOSS_STATES[why.loss_state or "cannot_tell"]]
    if why.p_real_loss is not None:
        told = f"Of 10 invented histories like yours, {of_ten(why.p_real_loss)} had real loss"
        below = "" if why.loss_state == "real" else " A cause can act without reaching that."
        lines += wrap(f"{told}: at least {REAL_LOSS}.{below}", "  ")
    if why.needling_excess is not None and (full or excess_is_told(why)):
        lines += wrap(excess_sentence(why.needling_excess), "  ")
    if why.rise_now_pct is not None:
        lines += wrap(now_sentence(why.rise_now_pct), "  ")
    if why.rolling_weighed:
        lines += _odds(why, full=full)
    else:
        lines += [cause_sentence(why.cause_state, why.named_causes), *wrap(NO_ODDS, "  ")]
    if why.checks:
        lines += ["", "Checks"]
        for check in why.checks:
            lines += wrap(
                f"- {CHECK_STATES[check.state].lower()}: {check.sentence.text}  [{check.sentence.source}]", "  "
            )
    lines += part("Limits", why.limits)
    if why.next_observation is not None:
        lines += part("What would tell", (why.next_observation,))
    return joined(lines, why.intended_use)


def _odds(why: Why, *, full: bool) -> list[str]:
    """Return which cause stands out, the odds of each, and what pushed them."""
    lines = wrap(cause_sentence(why.cause_state, why.named_causes, why.p_cause), "")
    lines += ["  Main cause, of 10 invented histories like yours:"]
    ranked = sorted(why.p_cause.items(), key=lambda item: -item[1])
    shown = ranked if full else ranked[:_MOST_CAUSES]
    lines += [f"  {of_ten(p):>18}  {_short(cause)}" for cause, p in shown]
    if len(ranked) > len(shown):
        rest = sum(p for _, p in ranked[len(shown) :])
        lines += [f"  {of_ten(rest):>18}  one of the {len(ranked) - len(shown)} others"]
    lines += wrap(tie, "  ") if (tie := tie_sentence(why.p_cause)) else []
    if why.reasons:
        lines += ["", "What pushed the answer"]
        for reason in _telling(why)[: None if full else _MOST_REASONS]:
            lines += wrap(f"- {reason.direction} {_short(reason.cause)}: {reason.fact}  [{reason.source}]", "  ")
    return lines


def _short(cause: Cause) -> str:
    name = CAUSE_NAMES[cause]
    return name[0].lower() + name[1:]


def _interval(estimate: Estimate | None, unit: str, value_is: str = "best guess") -> str:
    if estimate is None:
        return "not measured"
    digits = 0 if unit == "hairs" or abs(estimate.hi - estimate.lo) >= 3 else 1
    lo, hi, value = (f"{round(x, digits) + 0.0:.{digits}f}" for x in (estimate.lo, estimate.hi, estimate.value))
    return f"{lo} to {hi} {unit}".strip() + f"  ({value_is} {value})"
