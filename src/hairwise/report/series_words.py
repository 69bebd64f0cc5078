"""Spots over many visits as plain text.

Knows: order and words. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.flags import meaning, what_to_do
from hairwise.report.labels import day, span_words
from hairwise.report.lines import wrap

if TYPE_CHECKING:
    from hairwise.records.series import ContrastEntry, SeriesFile, SpotSeries, VisitEntry

__all__ = ["LIMITS", "contrast_sentence", "series_text"]

LIMITS = (
    "Every visit is compared with the first one, hair by hair. Hairs listed differ by light and focus too; the change "
    "allows for that. A faint hair of the first visit counts once a later photo shows it too: their number can grow.",
    "A spot is a few square millimetres: it does not speak for the whole head. More hairs show smaller differences: "
    "take two or three photos of a spot, each moved on by half a photo, in the same order each time.",
    "Rolled against unrolled skin shows whether they differ, not why: people seldom choose by lot where they roll.",
)
_VERDICTS = {
    "rolled_lost_more": "The rolled skin lost more than the unrolled skin.",
    "control_lost_more": "The unrolled skin lost more than the rolled skin.",
    "not_shown": "No difference was shown. A smaller one may still be there.",
}


def series_text(file: SeriesFile, name: str) -> str:
    """Return every spot over time, then rolled against unrolled skin, intervals first."""
    lines = [name]
    for spot in file.spots:
        lines += _spot(spot)
    lines += ["", "Rolled against unrolled skin of the same head"]
    if not file.contrasts:
        lines += wrap(
            "A rolled and an unrolled spot are needed, their first and a later photo taken on the same days.", "  "
        )
    for contrast in file.contrasts:
        lines += wrap(contrast_sentence(contrast), "  ")
    lines += wrap("What to do now, and how soon: `hairwise plan` on the same diary.", "  ")
    lines += ["", "Limits"]
    for limit in file.limits:
        lines += wrap(f"- {limit}", "  ")
    return "\n".join(lines)


def _spot(spot: SpotSeries) -> list[str]:
    lines = ["", f"{spot.spot} ({spot.role}, {spot.zone})"]
    for visit in spot.visits:
        lines += wrap(f"{visit.date}  {_visit(visit)}", "  ")
    last = [hair.states[-1] for hair in spot.hairs if hair.states[0] == "present"]
    if last:
        there, gone = last.count("present"), last.count("absent")
        lines += wrap(
            f"of {len(last)} hairs of the first visit, at the last one: {there} there, {gone} gone, "
            f"{len(last) - there - gone} not to be told",
            "  ",
        )
    if spot.growth is not None:
        rate, share = spot.growth.growth_mm_per_day, spot.growth.growing_share
        lines += wrap(
            f"growth {rate.lo:.2f} to {rate.hi:.2f} mm a day; {100 * share.lo:.0f} to {100 * share.hi:.0f} of 100 "
            f"hairs grew ({spot.growth.hairs} hairs measured)",
            "  ",
        )
    return lines


def _visit(visit: VisitEntry) -> str:
    if visit.refused is not None:
        return f"cannot answer: {visit.refused.why} {visit.refused.do}"
    hairs = f"{visit.n_hairs} hairs listed" + (f", {visit.photos} photos" if visit.photos > 1 else "")
    if visit.change_pct is None:
        return hairs
    change = span_words(visit.change_pct, "of 100 hairs")
    notes = "".join(f". Note: {meaning(flag)}. {what_to_do(flag) or ''}".rstrip() for flag in visit.flags)
    return f"{change} since the first visit (95 of 100); {visit.lost} lost, {visit.new} new; {hairs}{notes}"


def contrast_sentence(c: ContrastEntry) -> str:
    """Return rolled against unrolled skin of a zone, the interval first."""
    lo, hi = (round(x) for x in (c.difference.lo, c.difference.hi))  # whole, so that there is no -0
    pairs = "one pair of photos a spot" if c.pairs == 1 else f"{c.pairs} pairs of photos a spot"
    return (
        f"{c.zone}, {day(c.from_date)} to {day(c.to_date)}: {lo:+d} to {hi:+d} hairs of 100 (95 of 100), rolled less "
        f"unrolled, from {pairs}. {_VERDICTS[c.verdict]} The smallest these photos could show: "
        f"{c.smallest_detectable:.0f} of 100."
    )
