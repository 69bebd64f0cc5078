"""Write the vignettes as a form for clinicians: a page to print or read, and a table to fill.

usage: vignette_form.py [--out DIR]    (default out/vignettes)

A clinician reads each case, ticks the urgency they would choose, and says whether they agree. Rows of the filled table
go to ``src/hairwise/evidence/vignettes/reviews.csv``; until then a vignette is called unreviewed.
"""

from __future__ import annotations

import argparse
import csv
from html import escape
from pathlib import Path

from hairwise import workflow
from hairwise.care.questions import QUESTIONS
from hairwise.records.verdicts import URGENCIES

HEAD = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Vignettes for review</title><style>
body { font: 11pt/1.4 sans-serif; max-width: 48rem; margin: 1rem auto; }
article { border: 1px solid #888; padding: .6rem 1rem; margin: 1rem 0; break-inside: avoid; }
h2 { font-size: 1rem; margin: 0 0 .3rem; } dt { font-weight: bold; float: left; clear: left; width: 11rem; }
dd { margin-left: 11.5rem; } .tick { margin-right: 1.2rem; } small { color: #444; } p { margin: .4rem 0; }
</style></head><body><h1>Vignettes for review</h1>
<p>These invented people were written from the sources in <code>evidence.yaml</code>.
They are <strong>unreviewed</strong> until a clinician has put a name to them. For each: tick the urgency you would
choose, then compare with the expected answers at the end and say whether you agree. Fill the table
<code>reviews.csv</code>, one row a case: id, agrees (true or false), urgency (only where you disagree), comment,
reviewer, profession, date.</p>
<p>Reviewer: ______________________  Profession: ______________________  Date: ____________</p>
"""


def labels() -> dict[str, str]:
    return {field.name: field.label for question in QUESTIONS for field in question.fields}


def facts(vignette: workflow.Vignette, words: dict[str, str]) -> list[tuple[str, str]]:
    """What the person answered, in words; signs that were denied are summed up."""
    given = vignette.filled()
    out = [
        (name.replace("_", " "), f"{value}")
        for name, value in given.model_dump(mode="json", exclude_none=True, by_alias=True).items()
        if name not in ("schema", "findings", "conditions", "zones", "loss", "events", "hygiene")
    ]
    for zone in given.zones or ():
        out.append(
            (f"zone {zone.zone}", f"growth {zone.growth or 'not said'}, {'rolled' if zone.rolled else 'not rolled'}")
        )
    if given.loss is not None:
        parts = given.loss.model_dump(mode="json", exclude_none=True).items()
        out.append(("loss", "; ".join(f"{key} {value}" for key, value in parts)))
    out += [("event", f"{event.kind.replace('_', ' ')} {event.date}") for event in given.events or ()]
    if given.hygiene is not None:
        parts = given.hygiene.model_dump(exclude_none=True).items()
        out.append(("device", "; ".join(f"{key.replace('_', ' ')} {value}" for key, value in parts)))
    for group in ("findings", "conditions"):
        answered = getattr(given, group) or {}
        said = [f"{words.get(f'{group}.{key}', key)}: {value}" for key, value in answered.items() if value != "no"]
        rest = "all others: no" if vignette.others == "no" else "all others: not answered"
        out.append((group, "; ".join([*said, rest])))
    return out


def article(vignette: workflow.Vignette, words: dict[str, str]) -> str:
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts(vignette, words))
    ticks = "".join(f'<span class="tick">☐ {urgency.replace("_", " ")}</span>' for urgency in URGENCIES)
    return (
        f"<article><h2>{vignette.id}: {escape(vignette.title)} <small>({vignette.state})</small></h2>"
        f"<p>{escape(vignette.story)}</p><dl>{rows}</dl><p>I would choose: {ticks}</p></article>"
    )


def key(vignette: workflow.Vignette) -> str:
    """The expected answer, which stands at the end, away from the case."""
    expect = vignette.expect
    causes = f"; main cause {' or '.join(expect.causes)}" if expect.causes else ""
    unsure = f" Unsure: {escape(vignette.unsure)}." if vignette.unsure else ""
    return (
        f"<p><strong>{vignette.id}</strong> {expect.urgency.replace('_', ' ')}; lock {'on' if expect.lock else 'off'}; "
        f"may needle: {expect.may_needle.replace('_', ' ')}{causes}. Because: {escape(vignette.because)}.{unsure}<br>"
        "☐ I agree  ☐ I do not agree, because: ______________________________</p>"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "out" / "vignettes")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    words, vignettes = labels(), workflow.vignettes()
    cases = "\n".join(article(v, words) for v in vignettes)
    answers = "<h1>Expected answers</h1>" + "\n".join(key(v) for v in vignettes)
    (folder / "form.html").write_text(f"{HEAD}{cases}{answers}</body></html>")
    with (folder / "reviews.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "agrees", "urgency", "comment", "reviewer", "profession", "date"])
        table.writerows([v.id, "", "", "", "", "", ""] for v in vignettes)
    print(f"wrote {len(vignettes)} vignettes to {folder}")


if __name__ == "__main__":
    main()
