"""What was read off a photo or a pair, in words; intervals first.

Knows: the summaries that are kept. Must not know: how a number was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hairwise import flags
from hairwise.records.base import Estimate
from hairwise.report.labels import SCALE_SOURCES, dated, fate_counts, plural, span_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.records.files import HairsFile
    from hairwise.records.series import ContrastEntry

__all__ = ["change_line", "contrast_line", "count_line", "flag_lines", "move_line", "scale_lines", "two_photos_line"]

_NEAR_MM, _NEAR_DEG = 0.5, 5.0  # a spot is 5 to 10 mm wide: nearer than this nothing need be done


def count_line(summary: Mapping[str, Any], by_hand: int | None = None) -> str:
    """
    Return how many hairs a photo shows, and how dense they stand where the scale is known.

    ``by_hand`` is how many are listed after a person's marks; None where there are none.
    """
    if summary.get("refused"):
        return "This photo does not count."
    count, density = summary.get("count"), summary.get("density_per_cm2")
    words = f"{_span(count)} hairs seen" if count else f"{plural(summary.get('listed', 0), 'hair')} seen"
    if density:
        words = f"{words}; {_span(density)} in a square centimetre"
    return words if by_hand is None else f"{words}; {summary['listed']} by the program, {by_hand} after your marks"


def _span(estimate: Mapping[str, float]) -> str:
    lo, hi = round(estimate["lo"]), round(estimate["hi"])
    return f"{lo} to {hi}" if lo != hi else f"{lo}"


def change_line(summary: Mapping[str, Any]) -> str:
    """Return the change between two photos, the interval first."""
    if summary.get("refused") or not summary.get("change"):
        return "These two photos cannot be compared."
    net = Estimate.model_validate(summary["change"])
    n = summary["n_t0"]
    parts = fate_counts(n, *(summary[name] for name in ("lost", "hidden", "out_of_view")))
    said = ", ".join(f"{k} {words}" for words, k in parts if k or words in ("still there", "lost"))
    return (
        f"{span_words(net, 'hairs').capitalize()} of {n - summary['out_of_view']} ({net.level:.0%} interval). "
        f"Of the {n}, {said}; {summary['new']} new."
    )


def two_photos_line(summary: Mapping[str, Any], listed: int | None) -> str | None:
    """Return why a pair counts other hairs on its first photo than that photo alone; None where it does not."""
    n = summary.get("n_t0")
    if n is None or listed is None or n == listed:
        return None
    why = (
        "a hair that is faint in one photo can be looked for in the other"
        if n > listed
        else "what the second photo shows to be no hair is left out"
    )
    return f"The first photo alone shows {plural(listed, 'hair')}, with the second beside it {n}: {why}."


def contrast_line(c: ContrastEntry) -> str:
    """Return rolled against unrolled skin of a head, the interval first, and what it does not say."""
    verdicts = {
        "rolled_lost_more": "The rolled skin lost more.",
        "control_lost_more": "The unrolled skin lost more.",
        "not_shown": "No difference is shown; a smaller one may still be there.",
    }
    return (
        f"Beside unrolled skin, the rolled skin has {span_words(c.difference, 'hairs')} of 100 "
        f"({c.difference.level:.0%} interval), from {dated(c.from_date)} to {dated(c.to_date)}. {verdicts[c.verdict]} "
        f"The smallest difference these photos could show is {c.smallest_detectable:.0f} of 100. It says whether the "
        "skin differs, not why."
    )


def flag_lines(summary: Mapping[str, Any]) -> list[str]:
    """Return what limits a photo, each with what helps."""
    refused = summary.get("refused")
    if refused:
        return [f"{refused['why']} {refused['do']}"]
    out = []
    for name in summary.get("flags", ()):
        words = flags.meaning(name)
        out.append(f"{words[0].upper()}{words[1:]}. {flags.what_to_do(name) or ''}".strip())
    return out


def scale_lines(file: HairsFile) -> list[str]:
    """Return which scale was used and where it is from; then what else was read, and which of them wins."""
    if not file.scales:
        return []
    used, *others = file.scales
    lines = [f"Scale: {used.px_per_mm:.0f} pixels in 1 mm, {SCALE_SOURCES[used.source]}."]
    for other in others:
        off = 100 * (other.px_per_mm / used.px_per_mm - 1)
        says = f"Read {SCALE_SOURCES[other.source]}: {other.px_per_mm:.0f}"
        differs = "scale_disagrees" in file.flags and abs(off) >= 1
        lines.append(f"{says}, {abs(off):.0f} % {'less' if off < 0 else 'more'}; not used." if differs else f"{says}.")
    if used.source == "given" and "scale_disagrees" in file.flags:
        lines.append("A scale that was given goes before one in the photo. Take it out to use the one in the photo.")
    return lines


def move_line(summary: Mapping[str, Any]) -> str | None:
    """Return how to hold the camera so that the next photo lies on the first; None where that is not known."""
    moved = summary.get("moved")
    if not moved:
        return None
    steps = []
    for name, words in (("right_mm", ("right", "left")), ("down_mm", ("down", "up"))):
        if abs(moved[name]) >= _NEAR_MM:
            steps.append(f"move {abs(moved[name]):.1f} mm {words[0] if moved[name] > 0 else words[1]}")
    if abs(moved["turn_deg"]) >= _NEAR_DEG:
        way = "clockwise" if moved["turn_deg"] > 0 else "counter-clockwise"
        steps.append(f"turn {abs(moved['turn_deg']):.0f} degrees {way}")
    if not steps:
        return "It lies well on the first photo."
    return f"To match the first photo next time: {', '.join(steps)} (as seen in the picture)."
