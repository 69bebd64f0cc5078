"""What the templates are given: words for codes, grouped answers, pictures of the case.

Knows: records and how a page groups them. Must not know: HTTP, how any answer was reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.workflow import CAUSE_NAMES, dated, span_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hairwise.records.verdicts import Check, Plan, Reason, Screen, Why
    from hairwise.workflow import DemoResult

__all__ = [
    "CauseView",
    "Cited",
    "Picture",
    "cited",
    "filled",
    "is_fact",
    "is_locked",
    "pictures",
    "ranked",
    "source_words",
]


def source_words(source: str) -> str:
    """Return where a sentence comes from, in words."""
    if source == "instruction":
        return "common practice"
    if source.startswith("measured:"):
        origin = source.removeprefix("measured:")
        words = {"answers": "from your answers", "diary": "from your diary", "products": "from your list"}
        return words.get(origin, f"measured: {origin}")
    return f"source: {source}"


def is_fact(source: str) -> bool:
    """Return whether a source is an entry of the evidence, which has a page."""
    return source != "instruction" and not source.startswith("measured:")


@dataclass(frozen=True)
class Cited:
    """A source in words; ``entry`` is the page of the evidence it links to, where it has one."""

    words: str
    entry: str | None


def cited(source: str) -> Cited:
    """Return a source without its code: ``your log``, ``common practice``, or words that link to the evidence."""
    if not is_fact(source):
        own = {"measured:diary": "your log", "measured:answers": "your answers"}
        return Cited(own.get(source, source_words(source)), None)
    mark, _, entry = source.rpartition(" (")
    if mark:
        return Cited(f"source, {mark}", entry.rstrip(")"))
    return Cited("source", source)


@dataclass(frozen=True)
class Picture:
    """A picture of the case with its words."""

    file: str
    caption: str
    text: str
    overlays: tuple[str, ...]


@dataclass(frozen=True)
class CauseView:
    """A cause with its strongest reasons."""

    name: str
    p: float
    reasons: tuple[Reason, ...]


def ranked(why: Why, most: int = 4, reasons: int = 3) -> list[CauseView]:
    """Return the likeliest causes, each with the facts that pushed it most."""
    top = sorted(why.p_cause, key=lambda cause: -why.p_cause[cause])[:most]
    pushed = sorted(why.reasons, key=lambda r: -abs(r.weight))
    return [
        CauseView(CAUSE_NAMES[cause], why.p_cause[cause], tuple(r for r in pushed if r.cause == cause)[:reasons])
        for cause in top
    ]


def pictures(case: DemoResult) -> list[Picture]:
    """Return the pair picture of each spot, the rolled one first, with its overlays."""
    out = []
    for spot in sorted(case.told.spots, key=lambda s: s.spot.role != "rolled"):
        stems = [entry.file.rsplit(".", 1)[0] for entry in (spot.first, spot.last)]
        file = f"{stems[0]}_to_{stems[1]}.pair.png"
        role = "Rolled" if spot.spot.role == "rolled" else "Unrolled"
        caption = f"{role} spot ({spot.spot.zone}), {dated(spot.first.date)} and {dated(spot.last.date)}"
        if spot.compared is None:
            why = spot.refused.line if spot.refused else "These photos were not compared."
            out.append(Picture("", caption, why, ()))
            continue
        change = spot.compared.change
        net = change.change
        text = (
            f"{len(change.lost)} of {change.n_t0} hairs {'is' if len(change.lost) == 1 else 'are'} lost (rings), "
            f"{len(change.new)} {'is' if len(change.new) == 1 else 'are'} new (squares). "
            f"Change: {span_words(net, 'hairs')} ({net.level:.0%} interval)."
        )
        overlays = tuple(f"{stem}.hairs.png" for stem in stems)
        out.append(
            Picture(file if file in case.files else "", caption, text, tuple(n for n in overlays if n in case.files))
        )
    return out


def is_locked(answer: Check | Plan | Screen) -> bool:
    """Say whether the safety lock is on; an answer without one counts as locked."""
    return answer.lock is None or answer.lock.on


def filled(form: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return a form's fields as pairs, to be carried in hidden inputs."""
    return [(name, value) for name, values in form.items() if name != "token" for value in values]
