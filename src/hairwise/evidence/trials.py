"""Trials side by side, in one unit.

Knows: which printed changes can be brought to hairs per cm2. Must not know: one person's data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.records.base import Sentence
from hairwise.records.evidence import Study
from hairwise.records.found import TrialRow
from hairwise.units import CM2_PER_INCH2

if TYPE_CHECKING:
    from hairwise.records.evidence import Evidence, StudyArm

__all__ = ["trial_rows", "trial_sentences"]

_PER_CM2 = {"hairs/cm2": 1.0, "hairs/inch2": 1 / CM2_PER_INCH2}
# Dhurat 2013 and Kumar 2018: the same men's stage, needle, weeks and drug.
_ALIKE = ("dhurat2013", "kumar2018")


def trial_rows(evidence: Evidence) -> tuple[TrialRow, ...]:
    """Return every arm whose change is printed per area, in hairs per cm2, the largest first.

    Counts per microscope field (yu2018_frm, prp_inj_vs_mn2025) cannot be converted and are left out; figures that
    nobody checked are kept and marked.
    """
    rows = [row for study in evidence.of(Study) for arm in study.arms if (row := _row(study, arm)) is not None]
    return tuple(sorted(rows, key=lambda row: -row.change_per_cm2))


def _row(study: Study, arm: StudyArm) -> TrialRow | None:
    change = arm.mean_change if arm.mean_change is not None else arm.density_change
    if change is None or arm.unit not in _PER_CM2:
        return None
    printed = "" if arm.unit == "hairs/cm2" else f"{change:+g} {arm.unit.replace('2', '²')}"
    return TrialRow(
        study=study.id,
        arm=arm.name,
        n=arm.n_analysed,
        needle_mm=arm.needle_mm if arm.needle_mm is not None else study.needle_mm,
        weeks=_weeks(study.duration_weeks),
        change_per_cm2=round(change * _PER_CM2[arm.unit], 2),
        as_printed=printed,
        source=study.source,
        verified=study.verified,
    )


def _weeks(weeks: float | str | None) -> str:
    return "not given" if weeks is None else weeks if isinstance(weeks, str) else f"{weeks:g}"


def trial_sentences(evidence: Evidence) -> tuple[Sentence, ...]:
    """Say how far two like trials are apart, and that no gain follows from a single one."""
    best = {row.study: row for row in reversed(trial_rows(evidence)) if row.study in _ALIKE}
    high, low = (best[name].change_per_cm2 for name in _ALIKE)
    return (
        Sentence(
            text="Two trials of 1.5 mm needles with minoxidil over 12 weeks found "
            f"{high:+.1f} and {low:+.2f} hairs per cm2 (the second printed per square inch): "
            f"{high / low:.0f}-fold apart.",
            source=_ALIKE[0],
        ),
        Sentence(
            text="So no gain can be expected from a single trial, and none is promised here.", source="instruction"
        ),
        Sentence(
            text="Pooled, needling with minoxidil did better than minoxidil alone, but trials differ widely (I2 88 %).",
            source="ahmed2025",
        ),
    )
