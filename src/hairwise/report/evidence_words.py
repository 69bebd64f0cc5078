"""Evidence, ingredient lists, doses and the session guide as plain text for a terminal.

Knows: order, headings, line width. Must not know: how an answer was reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.report.lines import joined, part, sentence_rows, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.dose import DoseAnswer, TrialDose
    from hairwise.records.found import EvidenceFound, FoundEntry, TrialRow
    from hairwise.records.guide import Products, SessionGuide

__all__ = ["dose_text", "evidence_text", "grade", "guide_lines", "products_text"]

_SAFETY = frozenset({"red_flags", "safety_lock", "screening_rules", "good_growth_zone", "aftercare", "device_hygiene"})
_GRADES = {
    "abstract": "its abstract was read",
    "fulltext": "it was read whole",
    "unverified": "not verified: second-hand, or general knowledge",
}


def evidence_text(found: EvidenceFound, intended_use: str) -> str:
    """Return what the evidence base says about a query."""
    lines: list[str] = []
    for sentence in found.sentences:
        lines += sentence_rows(sentence, "")
    if found.trials:
        lines += ["", "Trials side by side, change in hairs per cm2"] + [_trial(row) for row in found.trials]
    for entry in found.entries:
        lines += ["", *_entry(entry)]
    if found.left_off:
        lines += ["", f"{found.left_off} more fit; ask with more words, or with an id."]
    return joined(lines, intended_use)


def grade(entry: FoundEntry) -> str:
    """Return how far an entry was verified; safety rules that nobody studied are common practice, kept on purpose."""
    if entry.verified == "unverified" and entry.section in _SAFETY:
        return "safety rule: common practice, not from a study we read"
    return _GRADES[entry.verified]


def _entry(entry: FoundEntry) -> list[str]:
    lines = [f"{entry.id}  ({grade(entry)})"]
    for line in entry.lines:
        lines += wrap(line, "  ")
    return lines + wrap(f"source: {entry.source}", "  ")


def _trial(row: TrialRow) -> str:
    needle = f"{row.needle_mm:g} mm" if row.needle_mm else "not given"
    mark = "  not verified" if row.verified == "unverified" else ""
    printed = f"  (printed {row.as_printed})" if row.as_printed else ""
    return f"  {row.change_per_cm2:+7.2f}  {needle:>9}  {row.study}: {row.arm}{printed}{mark}"


def products_text(products: Products, intended_use: str) -> str:
    """Return what was recognised in ingredient lists."""
    lines = [row for sentence in products.sentences for row in sentence_rows(sentence, "")]
    if products.not_known:
        lines += ["", *wrap("Not recognised: " + ", ".join(products.not_known), "")]
    return joined(lines or ["No names were given."], intended_use)


def dose_text(dose: DoseAnswer, intended_use: str) -> str:
    """Return the dose of one session beside what trials did."""
    lines = [row for sentence in dose.sentences for row in sentence_rows(sentence, "")]
    return joined([*lines, "", *trial_lines(dose.trials)], intended_use)


def trial_lines(trials: Sequence[TrialDose]) -> list[str]:
    """Return what trials did as a table."""
    lines = [
        "What trials did (not advice)",
        f"  {'needle mm':>14}  {'days between':>16}  {'sessions':>9}  end point; with",
    ]
    for trial in trials:
        mark = " (not verified)" if trial.verified == "unverified" else ""
        lines.append(
            f"  {trial.needle_mm:>14}  {trial.interval_days:>16}  {trial.n_sessions:>9}  {trial.endpoint}; "
            f"{trial.with_ or 'nothing named'}{mark}"
        )
    return lines


def guide_lines(guide: SessionGuide) -> list[str]:
    """Return the session guide."""
    when = [f"From {guide.not_before} on, after a new screening on the day."] if guide.not_before else []
    redness = [row for at in guide.redness for row in wrap(f"- {at.hours} h: {at.text.text}  [{at.text.source}]", "  ")]
    return [
        "",
        "Session guide",
        *(f"  {line}" for line in when),
        *part("Before", guide.checklist),
        *part("Zone by zone", [step.text for step in guide.steps]),
        *part("While rolling", guide.while_rolling),
        "",
        "Redness to expect",
        *redness,
        *part("Photos", guide.photos),
        *part("Stop signs", guide.stop_signs),
    ]
