"""Are causes told right? usage: causes.py [--each 60] [--not-real 200] [--seed 900] [--family usual] [--peers]

Simulated people (hairwise.simulate.people), their diaries cut at 12 and 24 weeks, explained and scored by
score_diaries.py beside the bars. Deterministic by seed. With --peers the same diaries also go through other ways.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import date
from multiprocessing import Pool
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes, one thread each

import numpy as np
from page import table, write_part
from peer_causes import PEERS
from score_diaries import NEED, report

from hairwise import workflow
from hairwise.records.diary import Diary
from hairwise.simulate.people import FAMILIES, SCENARIOS, draw_person
from hairwise.simulate.person import simulate_person

WEEKS = (12, 24)
NOT_REAL = ("null", "worried", "bystander", "season")
BARS = {
    "auc_real": ("≥", 0.90, 0.93), "false_alarm_80": ("≤", 0.05, 0.05), "power_80": ("≥", 0.75, 0.83),
    "top1": ("≥", 0.58, 0.68), "top2": ("≥", 0.78, 0.84), "brier": ("≤", 0.53, 0.46), "ece": ("≤", 0.08, 0.08),
    "coverage90_needling": ("in", 0.85, 0.85), "width": ("≤", 0.60, 0.50), "blame_innocent_80": ("≤", 0.03, 0.03),
    "needling_missed": ("≤", 0.06, 0.06), "real_not_shown": ("≤", 0.06, 0.06), "inseparable": ("≥", 0.9, 0.9),
}  # fmt: skip
Case = tuple[str, int, int, str]


def answer(case: Case) -> tuple[str, dict, dict, dict[str, dict]]:
    """One diary: its name, truth, what hairwise says, and what the peers say."""
    scenario, seed, weeks, family = case
    diary, truth = simulate_person(draw_person(scenario, seed, family, weeks), seed)
    start = time.perf_counter()
    told = workflow.explain(Diary.model_validate(diary)).file
    out = {"p_real_loss": told.p_real_loss, "p_cause": dict(told.p_cause or {}), "seconds": time.perf_counter() - start,
           "needling_excess": told.needling_excess.model_dump() if told.needling_excess else None,
           "loss_state": told.loss_state, "cause_state": told.cause_state}  # fmt: skip
    peers = {name: ask(diary) for name, ask in PEERS.items()} if diary["counts"] else {}
    return f"{scenario}{seed:05d}w{weeks}", truth | {"scenario": scenario}, out, peers


def answers(cases: list[Case]) -> list[tuple[str, dict, dict, dict[str, dict]]]:
    with Pool(2) as pool:
        return pool.map(answer, cases, chunksize=8)


def cases_of(each: int, not_real: int, seed: int, family: str) -> list[Case]:
    names = [(s, seed + k) for s in SCENARIOS if s not in NOT_REAL for k in range(each)]
    names += [(s, seed + k) for s in NOT_REAL for k in range(max(each, -(-not_real // len(NOT_REAL))))]
    return [(s, k, w, family) for s, k in names for w in WEEKS]


def scored(rows: list[tuple[str, dict, dict]]) -> dict[str, dict[str, float]]:
    """Figures of score_diaries.py by week, and the four it does not give."""
    usable = [(name, t, o) for name, t, o in rows if o["p_real_loss"] is not None and o["needling_excess"]]
    found = report({n: o for n, _, o in usable}, {n: t for n, t, _ in usable}, boot=0)
    for week in WEEKS:
        mine = [(t, o) for _, t, o in usable if t["weeks"] == week]
        key = f"week{week}"
        needled = [o for t, o in mine if t["main_cause"] in NEED and t["real_loss"]]
        found[key]["needling_missed"] = float(np.mean([sum(o["p_cause"][c] for c in NEED) <= 0.1 for o in needled]))
        real = [o for t, o in mine if t["real_loss"]]
        found[key]["real_not_shown"] = float(np.mean([o.get("loss_state") == "not_shown" for o in real]))
        pairs = [o for t, o in mine if t["scenario"] in ("started_together", "stressor_before")]
        found[key]["inseparable"] = float(np.mean([o.get("cause_state") in ("two", "cannot_tell") for o in pairs]))
        found[key]["unanswered"] = sum(t["weeks"] == week for _, t, _ in rows) - len(mine)
    return found


def meets(name: str, value: float, week: int) -> bool:
    how, bar = BARS[name][0], BARS[name][1 + WEEKS.index(week)]
    return 0.85 <= value <= 0.95 if how == "in" else value >= bar if how == "≥" else value <= bar


def say(found: dict[str, dict[str, float]]) -> None:
    for name, (how, *bars) in BARS.items():
        told = [
            f"{found[f'week{w}'][name]:.3f}{'' if meets(name, found[f'week{w}'][name], w) else ' !'}" for w in WEEKS
        ]
        print(f"{name:22} {told[0]:>9} {told[1]:>9}   bar {how} {bars[0]} / {bars[1]}")
    print("n", [found[f"week{w}"]["n"] for w in WEEKS], "unanswered", [found[f"week{w}"]["unanswered"] for w in WEEKS])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--not-real", type=int, default=200)
    parser.add_argument("--seed", type=int, default=900)
    parser.add_argument("--family", choices=FAMILIES, default="usual")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/accuracy.md")
    parser.add_argument("--save", type=Path, help="write all answers to a JSON file")
    given = parser.parse_args()
    rows = answers(cases_of(given.each, given.not_real, given.seed, given.family))
    if given.save:
        given.save.write_text(json.dumps(rows))
    own = scored([r[:3] for r in rows])
    say(own)
    seconds = [o["seconds"] for _, _, o, _ in rows]
    print(f"seconds: median {np.median(seconds):.2f}, slowest {max(seconds):.2f}")
    for week in WEEKS:
        print(f"recall at week {week}:", own[f"week{week}"]["recall"])
    peers = {}
    for name in PEERS if given.peers else ():
        peers[name] = scored([(n, t, p[name]) for n, t, _, p in rows if p])
        print(name, {k: [round(peers[name][f"week{w}"][k], 2) for w in WEEKS] for k in BESIDE})
    if given.write:
        write_part("causes", page(own, peers, given))


BESIDE = ("auc_real", "false_alarm_80", "power_80", "top1", "brier", "coverage90")


def page(own: dict, peers: dict[str, dict], given: argparse.Namespace) -> str:
    """Return the tables of docs/accuracy.md."""
    n = own["week12"]["n"]
    rows = []
    for name, (how, *bars) in BARS.items():
        values = [own[f"week{w}"][name] for w in WEEKS]
        missed = "" if all(meets(name, v, w) for v, w in zip(values, WEEKS, strict=True)) else "missed"
        bar = "0.85 to 0.95" if how == "in" else f"{how} {bars[0]} / {bars[1]}"
        rows.append((name, bar, *(f"{v:.3f}" for v in values), missed))
    beside = [
        (who, *(" / ".join(f"{s[f'week{w}'][k]:.2f}" for w in WEEKS) for k in BESIDE))
        for who, s in (("hairwise", own), *peers.items())
    ]
    return (
        f"Measured {date.today()}: {n} simulated people of {len(SCENARIOS)} scenarios, seed {given.seed}, diaries of 12"
        " and 24 weeks (`bench/causes.py`). Figures are those of `score_diaries.py`.\n\n"
        + table(("figure", "bar", "week 12", "week 24", ""), rows)
        + "\n\nThe same diaries by our re-implementations of other ways, week 12 / 24:\n\n"
        + table(("way", *BESIDE), beside)
    )


if __name__ == "__main__":
    main()
