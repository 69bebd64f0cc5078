"""The built-in case, through the same code as a person's own files.

Knows: which files the case makes. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.diary.read import diary_from_json
from hairwise.errors import Refused
from hairwise.report.lines import wrap
from hairwise.report.printed import timeline_svg
from hairwise.report.series_words import contrast_sentence
from hairwise.report.words import pair_text, why_text
from hairwise.workflow.files import dump
from hairwise.workflow.knowledge import season_months
from hairwise.workflow.person import check

if TYPE_CHECKING:
    from hairwise.records.verdicts import Check, Plan
    from hairwise.workflow.spots import Progress
    from hairwise.workflow.telling import Told

__all__ = ["DEMO_STEPS", "DemoResult", "demo_case", "demo_text"]

DEMO_SEED = 1
DEMO_STEPS = 9  # render, six of two spots, explain, page


@dataclass(frozen=True)
class DemoResult:
    """The case with everything that follows from it; ``files`` by name, as on disk."""

    story: str
    told: Told
    check: Check
    files: dict[str, bytes]

    @property
    def plan(self) -> Plan:
        """The plan's file."""
        return self.told.plan


def demo_case(step: Progress | None = None) -> DemoResult:
    """Render the case and run it through every stage."""
    # not above: the page shows how many steps there are before any of these is loaded
    from hairwise.simulate.case import make_case
    from hairwise.workflow.photos import hairs_csv
    from hairwise.workflow.telling import hairs_picture, pair_picture, report_pdf, tell

    tick = step or _quiet
    tick("render the photos")
    case = make_case(DEMO_SEED)
    diary_json = json.dumps(case.diary, indent=1).encode()
    diary = diary_from_json(diary_json, "case.json")
    answers = diary.answers
    if answers is None:
        raise AssertionError("the built-in case lost its answers")

    def read(name: str) -> bytes:
        if name not in case.photos:
            raise Refused("no_file", f"{name} is not in the case.", "Report this as a bug.")
        return case.photos[name]

    told = tell(diary, read, tick)
    checked = check(answers, diary.cutoff)
    tick("set the page")
    files = {
        "case.json": diary_json,
        **case.photos,
        "case.check.json": dump(checked),
        "case.why.json": dump(told.why),
        "case.plan.json": dump(told.plan),
        "case.ics": told.ics,
        "case.timeline.svg": timeline_svg(told.diary, season_months()),
        "case.pdf": report_pdf(told, diary.cutoff),
    }
    for result in told.spots:
        if result.compared is None:
            continue
        for entry, measured in ((result.first, result.compared.before), (result.last, result.compared.after)):
            stem = entry.file.rsplit(".", 1)[0]
            files[f"{stem}.hairs.json"] = dump(measured.file)
            files[f"{stem}.hairs.csv"] = hairs_csv(measured.file)
            files[f"{stem}.hairs.png"] = hairs_picture(measured)
        pair = f"{result.first.file.rsplit('.', 1)[0]}_to_{result.last.file.rsplit('.', 1)[0]}"
        files[f"{pair}.pair.json"] = dump(result.compared.file)
        files[f"{pair}.pair.png"] = pair_picture(result.compared)
    return DemoResult(story=case.story, told=told, check=checked, files=files)


def demo_text(case: DemoResult) -> str:
    """Return the case's answer as text: photos, explanation, what to do now."""
    parts = [case.story]
    for result in case.told.spots:
        title = f"{result.spot.role} spot ({result.spot.zone}), {result.first.date} to {result.last.date}"
        if result.compared is not None:
            parts.append(pair_text(result.compared.file, title))
        elif result.refused is not None:
            parts.append(f"{title}: {result.refused.line}")
    for c in case.told.contrasts:
        parts.append("\n".join(["Rolled against unrolled skin", *wrap(contrast_sentence(c), "  ")]))
    parts.append(why_text(case.told.why))
    plan = case.plan
    parts.append("\n".join(["What he should do now", *(f"  - {s.text}" for s in plan.do_now)]))
    parts.append("The check alone, before photos and counts, is in case.check.json; the whole plan in case.plan.json.")
    parts.append("To read first: case.pdf, and the pictures ending in .pair.png.")
    return "\n\n".join(parts)


def _quiet(name: str) -> None:
    """Say nothing."""
