"""Answer the open vignettes with the whole check and say how often urgency, lock and main cause are right.

usage: score_vignettes.py [FILE ...]   (names of the vignette files, such as `mixed`; all by default)
       score_vignettes.py --list       also every vignette that is answered otherwise than expected
"""

from __future__ import annotations

import argparse
import json
import sys

from hairwise import workflow
from hairwise.evidence.vignettes import VIGNETTE_FILES, load_vignettes
from hairwise.records.verdicts import URGENCIES


def share(hits: list[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None


def score(names: list[str]) -> tuple[dict, list[str]]:
    rows, others = [], []
    for vignette in load_vignettes(*names):
        answers, expect = vignette.filled(), vignette.expect
        check = workflow.check(answers, answers.today)
        behind = URGENCIES.index(check.urgency) - URGENCIES.index(expect.urgency)
        top = max(check.p_cause, key=check.p_cause.get)
        rows.append((vignette, check, behind, top))
        if behind or (expect.lock and not check.lock.on) or (expect.causes and top not in expect.causes):
            unsure = " (unsure)" if vignette.unsure else ""
            others.append(
                f"{vignette.id}: expected {expect.urgency}, {'/'.join(expect.causes) or 'no cause'}; answered "
                f"{check.urgency}, {top}{unsure}: {vignette.title}"
            )
    caused = [(v, top) for v, _, _, top in rows if v.expect.causes]
    free = [c for v, c, _, _ in rows if not v.expect.lock]
    figures = {
        "vignettes": len(rows),
        "unreviewed": sum(v.state == "unreviewed" for v, *_ in rows),
        "exact_urgency": share([behind == 0 for _, _, behind, _ in rows]),
        "exact_self_care": share([b == 0 for v, _, b, _ in rows if v.expect.urgency == "self_care"]),
        "under_triaged": sum(behind > 0 for _, _, behind, _ in rows),
        "over_triaged": sum(behind < 0 for _, _, behind, _ in rows),
        "lock_missing": sum(v.expect.lock and not c.lock.on for v, c, _, _ in rows),
        "lock_not_expected": f"{sum(c.lock.on for c in free)} of {len(free)}",
        "may_needle_exact": share([v.expect.may_needle == c.may_needle for v, c, _, _ in rows]),
        "with_one_clear_cause": len(caused),
        "main_cause_expected": share([top in v.expect.causes for v, top in caused]),
    }
    return figures, others


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[*VIGNETTE_FILES, []])
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    figures, others = score(given.names)
    print(json.dumps(figures, indent=1))
    if given.list:
        print("\n".join(others), file=sys.stderr)


if __name__ == "__main__":
    main()
