"""An experiment as plain text: proposals, protocol, finding.

Knows: order and words. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.labels import of_ten
from hairwise.report.lines import wrap

if TYPE_CHECKING:
    from hairwise.records.experiment import ExperimentFile, ExperimentKind, Proposal

__all__ = ["EXPERIMENT_NAMES", "experiment_text"]

_WEAK = 0.5
_LITTLE = 0.05
EXPERIMENT_NAMES: dict[ExperimentKind, str] = {
    "pause": "A pause",
    "photos": "Photos of a rolled and an unrolled spot",
    "split_scalp": "One side rolled, the other not",
}


def experiment_text(file: ExperimentFile, name: str) -> str:
    """Return what was found, what was registered and what may be tried, in that order."""
    lines = [name]
    if file.result is not None:
        lines += ["", "What came out"]
        for s in file.result.sentences:
            lines += wrap(f"- {s.text}  [{s.source}]", "  ")
    if file.protocol is not None:
        p = file.protocol
        lines += ["", f"Registered on {p.registered_on}: {EXPERIMENT_NAMES[p.kind].lower()}, {p.starts} to {p.ends}"]
        if p.rolled_side:
            lines += wrap(f"By lot, the {p.rolled_side} side is the one to roll.", "  ")
        for chosen in file.proposals:
            for do in chosen.do:
                lines += wrap(f"- {do.text}", "  ")
        if file.result is None:
            lines += wrap(f"Come back on {p.ends} with the same command: it then says what came out.", "  ")
        lines += wrap(f"What counts: {p.outcome}", "  ")
        lines += wrap(f"How it is judged: {p.analysis}", "  ")
    for proposal in file.proposals if file.protocol is None else ():
        lines += _proposal(proposal)
    if file.report:
        lines += wrap("The file holds the report for a clinician, in the items of CENT 2015.", "  ")
    lines += ["", "Limits"]
    for s in file.limits:
        lines += wrap(f"- {s.text}", "  ")
    return "\n".join(lines)


def _proposal(p: Proposal) -> list[str]:
    lines = [
        "",
        f"{EXPERIMENT_NAMES[p.kind]}"
        + (f", {p.days} days" if p.offered else ": not now" if p.kind == "pause" else ": not offered"),
    ]
    for s in p.why:
        lines += wrap(f"- {s.text}", "  ")
    if not p.offered:
        return lines
    for s in p.do:
        lines += wrap(f"- {s.text}", "  ")
    days = [d for d in p.schedule if d.kind in ("count", "photo")]
    if days:
        shown = ", ".join(str(d.date) for d in days[:4])
        lines += wrap(f"Days: {shown}{' …' if len(days) > 4 else ''}", "  ")
    if p.gain is not None:
        text = "This would make the answer hardly surer."
        if p.gain.after > p.gain.now + _LITTLE:
            text = (
                f"Rolling, another cause or nothing: told right in {of_ten(p.gain.now)} such diaries now, in "
                f"{of_ten(p.gain.after)} after this."
            )
        lines += wrap(text, "  ")
    for power in p.power:
        lines += wrap(
            f"A change of {power.effect_pct:+.0f} per cent would be shown in {100 * power.power:.0f} of 100.", "  "
        )
    if p.power and max(x.power for x in p.power) < _WEAK:
        lines += wrap("That is weak: even a large change would be missed more often than not.", "  ")
    return lines
