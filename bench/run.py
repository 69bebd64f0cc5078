"""Measure hairwise and write docs/accuracy.md.

usage: run.py [--data DIR] [--seed S] [--pairs N] [--no-peers] [--only speed|pairs]

DIR holds ``trichoscopy/``, ``diaries/`` (see bench/README.md); default HAIRWISE_TEST_DATA, then ../shared/data.
Answers go to out/bench, which git ignores: nothing made from the photos is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
from page import replace_rows, table, write_part
from peers import peers_text
from phantom import N_BARE, N_FIELDS, phantom_rows, score_styles
from score_vignettes import score
from strata import strata_text

from hairwise import __version__, workflow

HERE = Path(__file__).parent
OUT = HERE.parent / "out" / "bench"
ROW = tuple[str, str, str, str]


def scored(script: str, *arguments: object) -> dict:
    """Run a scorer as a program and return what it prints."""
    done = subprocess.run(
        [sys.executable, HERE / script, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def fields(data: Path) -> list[ROW]:
    folder = OUT / "fields"
    folder.mkdir(parents=True, exist_ok=True)
    photos = sorted((data / "trichoscopy").glob("*.jpg"))
    for n, photo in enumerate(photos):
        print(f"\rfield {n + 1} of {len(photos)}", end="", file=sys.stderr)
        truth = json.loads(photo.with_suffix(".truth.json").read_text())
        try:
            file = workflow.measure_photo(photo.read_bytes(), photo.name, truth["px_per_mm"]).file
        except workflow.Refused as error:
            file = workflow.refused_hairs(error)
        (folder / f"{photo.stem}.hairs.json").write_bytes(workflow.dump(file))
    s = scored("score_fields.py", data / "trichoscopy", folder)
    n = f"{s['fields']} fields, {s['hairs']} hairs"
    swapped, lying = swaps(data, folder)
    return [
        ("real fields: root F1", "≥ 0.86", f"{s['f1']:.3f}", n),
        ("… precision; recall", "", f"{s['precision']:.3f}; {s['recall']:.3f}", n),
        ("… count error, mean abs. (bias)", "≤ 9 %", f"{s['count_abs_pct']:.1f} % ({s['count_bias_pct']:+.1f} %)", n),
        ("… thin-hair recall", "≥ 0.55", f"{s['recall_thin']:.2f}", n),
        ("… root; tip distance, median", "", f"{s['root_median_um']:.0f}; {s['tip_median_um']:.0f} µm", n),
        (
            "… root and tip swapped",
            "≤ 2 %",
            f"{100 * swapped / max(lying, 1):.1f} %",
            f"{lying} with both ends at a hair's",
        ),
    ]


def swaps(data: Path, folder: Path) -> tuple[int, int]:
    """Hairs found the wrong way round, and all whose two ends lie within 150 um of those of an annotated hair."""
    swapped = lying = 0
    for path in sorted(folder.glob("*.hairs.json")):
        truth = json.loads((data / "trichoscopy" / path.name.replace(".hairs.", ".truth.")).read_text())
        near_px = 0.15 * truth["px_per_mm"]
        ends = np.array([[h["root"], h["tip"]] for h in truth["hairs"]], float).reshape(-1, 2, 2)
        for hair in json.loads(path.read_text()).get("hairs") or []:
            mine = np.array([hair["polyline"][0], hair["polyline"][-1]], float)
            right, wrong = (np.linalg.norm(ends - way, axis=2).max(axis=1).min() for way in (mine, mine[::-1]))
            lying += min(right, wrong) <= near_px
            swapped += wrong <= near_px and wrong < right
    return int(swapped), int(lying)


def pairs(data: Path, n_pairs: int, seed: int) -> list[ROW]:
    folder, answers = OUT / "pairs", OUT / "pair_answers"
    answers.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*"), *answers.glob("*")):
        old.unlink()
    script = HERE / "make_pairs.py"
    command = [sys.executable, script, data / "trichoscopy", folder, "--n", str(n_pairs), "--seed", str(seed)]
    subprocess.run(command, check=True)
    seconds = []
    for n, pair in enumerate(json.loads((folder / "manifest.json").read_text())):
        print(f"\rpair {n + 1} of {n_pairs}", end="", file=sys.stderr)
        start = time.perf_counter()
        try:
            before, after = (
                workflow.measure_photo((folder / side["image"]).read_bytes(), side["image"], side["px_per_mm"])
                for side in (pair["t0"], pair["t1"])
            )
            file = workflow.compare_photos(before, after).file
        except workflow.Refused as error:
            file = workflow.refused_pair(error)
        seconds.append(time.perf_counter() - start)
        (answers / f"{pair['pair']}.pair.json").write_bytes(workflow.dump(file))
    s = scored("score_pairs.py", folder, answers)
    note = f"{n_pairs} pairs, seed {seed}: painted-out loss, second photo a warp of the first"
    change, width = s["change_error_abs_pct"], s["interval_width_pct_median"]
    right = sum(len(json.loads(f.read_text())["kept"]) for f in answers.glob("*.json"))
    return [
        ("real-pixel pairs: false loss on null pairs", "≤ 1.5 %", f"{s['false_loss_null_pct']:.1f} %", note),
        ("… change error (bias)", "≤ 3 %", f"{change:.1f} % ({s['change_bias_pct']:+.1f} %)", note),
        ("… lost precision; recall", "≥ 0.92; 0.92", f"{s['lost_precision']}; {s['lost_recall']}", note),
        ("… match recall; wrong matches", "≥ 0.85; ≤ 0.5 %",
         f"{s['match_recall']}; {s['match_wrong']} of {right} said", note),
        ("… refused", "≤ 3 %", f"{s['refused']} of {s['pairs']}", note),
        ("… 95 % interval holds; median width", "92-98 %; ≤ 10 %",
         f"{s['interval_coverage']}; {width} % of hairs", note),
        ("… seconds a pair, both photos measured", "≤ 5 s", f"{np.median(seconds):.1f} s", note),
        _peer_row(folder, float(np.sum(seconds))),
    ]  # fmt: skip


def _peer_row(folder: Path, own_s: float) -> ROW:
    """Black-hat + SIFT + nearest roots on the same pairs."""
    answers = OUT / "pair_answers_peer"
    for old in answers.glob("*"):
        old.unlink()
    start = time.perf_counter()
    subprocess.run([sys.executable, HERE / "peer_pairs.py", folder, answers], check=True)
    ratio = (time.perf_counter() - start) / own_s
    s = scored("score_pairs.py", folder, answers)
    told = (
        f"change error {s['change_error_abs_pct']:.0f} %, lost precision {s['lost_precision']:.2f}, recall"
        f" {s['lost_recall']:.2f}, false loss on null pairs {s['false_loss_null_pct']:.0f} %, match recall"
        f" {s['match_recall']:.2f}, {ratio:.1f} times as long"
    )
    return ("… the same pairs by black-hat, SIFT and nearest roots", "beside", told, "bench/peer_pairs.py, not tuned")


def diaries(data: Path) -> list[ROW]:
    folder = OUT / "diaries"
    folder.mkdir(parents=True, exist_ok=True)
    slowest = 0.0
    paths = sorted((data / "diaries").glob("d*.json"))
    for path in paths:
        command = [Path(sys.executable).parent / "hairwise", "explain", path, "--quiet"]
        start = time.perf_counter()
        subprocess.run([*command, "--out", folder / f"{path.stem}.json"], check=True)
        slowest = max(slowest, time.perf_counter() - start)
    s = scored("score_diaries.py", "--truth", data / "diaries" / "truth.json", "--outputs", folder)
    rows: list[ROW] = [
        (
            "diaries answered; slowest",
            "all; ≤ 2 s",
            f"{len(list(folder.glob('*.json')))} of {len(paths)}; {slowest:.1f} s",
            "whole process",
        )
    ]
    for week in ("week12", "week24"):
        m = s[week]
        rows.append(
            (
                f"… {week}: AUC real; top-1; Brier; 90 % interval holds",
                "reported",
                f"{m['auc_real']:.2f}; {m['top1']:.2f}; {m['brier']:.2f}; {m['coverage90']:.2f}",
                f"{m['n']} diaries: too few to judge",
            )
        )
    return rows


def vignettes() -> list[ROW]:
    rows: list[ROW] = []
    parts = (("all", []), ("`mixed`, written apart", ["mixed"]))
    for title, names in parts:
        s, _ = score(names)
        note = f"{s['vignettes']} vignettes ({title}), {s['unreviewed']} unreviewed"
        rows += [
            (
                "vignettes: exact urgency; self-care",
                "≥ 0.95; ≥ 0.90",
                f"{s['exact_urgency']:.3f}; {s['exact_self_care']:.3f}",
                note,
            ),
            ("… under-triaged; lock missing", "0; 0", f"{s['under_triaged']}; {s['lock_missing']}", note),
            ("… lock on though not expected", "reported", s["lock_not_expected"], note),
            (
                "… main cause among the expected",
                "≥ 0.85",
                f"{s['main_cause_expected']:.3f}",
                f"{s['with_one_clear_cause']} with one clear cause",
            ),
        ]
    return rows


def speed(data: Path) -> list[ROW]:
    photo = sorted((data / "trichoscopy").glob("*.jpg"))[0]
    command = [Path(sys.executable).parent / "hairwise", "measure", photo, "--px-per-mm", "362", "--quiet"]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([*command, "--out", OUT / "speed"], check=True)
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    note = "whole process, files written; median of 3; peak of any child so far"
    t = scored("timing.py", photo, 362)
    loaded = t["loaded_s"]
    rows: list[ROW] = [
        ("one 5.2-megapixel field, cold", "≤ 4 s", f"{sorted(times)[1]:.1f} s, {peak:.2f} GB", note),
        ("… models loaded", "≤ 2 s, ≤ 1 GB", f"{loaded:.1f} s, {t['peak_gb']:.2f} GB", "one process, median of 3"),
        ("… half the area; a quarter of the megapixels", "half; same",
         f"{t['half_area_s'] / loaded:.2f}; {t['quarter_megapixels_s'] / loaded:.2f} of the time", "same process"),
    ]  # fmt: skip
    if "sato_s" in t:
        told = f"{t['sato_s'] / loaded:.1f}; {t['sato_fewer_s'] / loaded:.1f} times"
        rows.append(("… faster than Sato + skan, full size; at 120 px/mm", "≥ 5", told, "same process"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    default = os.environ.get("HAIRWISE_TEST_DATA") or HERE.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument(
        "--no-peers", action="store_true", help="leave the other programs' table as it is: they are slow"
    )
    parser.add_argument(
        "--only", choices=("speed", "pairs"), help="measure these rows alone; the rest stay as they are"
    )
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    if given.only:
        rows = speed(given.data) if given.only == "speed" else pairs(given.data, given.pairs, given.seed)
        replace_rows(rows)
        return
    scored = score_styles(N_FIELDS)
    write_part("strata", strata_text(scored, N_BARE))
    if not given.no_peers:
        write_part("peers", peers_text(given.data))
    rows = [*phantom_rows(scored), *vignettes()]
    if (given.data / "trichoscopy").is_dir():
        rows = [*speed(given.data), *fields(given.data), *pairs(given.data, given.pairs, given.seed), *rows]
    if (given.data / "diaries").is_dir():
        rows += diaries(given.data)
    stamp = f"Version {__version__}, measured {date.today()} by `make bench` on {os.cpu_count()} cores.\n\n"
    text = stamp + table(("what", "bar", "measured", "on"), rows)
    print("\n" + text)
    write_part("measured", text)


if __name__ == "__main__":
    main()
