"""hairwise beside other programs on the same photos.

usage: peers.py [--data DIR] [--clipped N] [--short N] [--long N] [--real N] [--real-names PATTERN] [--without PEER]
Rendered fields with exact truth, and real fields where DIR has them (see README.md). Peers are not tuned; the table
says which are not installed. Times are processor seconds, so that what else runs on the machine does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import score_fields
from page import table, write_part
from peer_lines import FIBERMORPH, PEERS, SHORTEST_MM, is_installed, root_first, sato_skan
from phantom import SEEDS, TOLERANCE_MM, Field, draw_field, f1_of, score_roots
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from hairwise import __version__, workflow
from hairwise.simulate.scalp import encode, make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

HERE = Path(__file__).parent
N_PHOTOS = {"clipped": 12, "short": 6, "long": 6}
N_REAL = 12
HEADING = (
    "photos",
    "program",
    "root F1",
    "precision",
    "recall",
    "count error (bias)",
    "F1, either end",
    "time",
    "remarks",
)
Lines = list[np.ndarray]


@dataclass(frozen=True)
class RealField:
    """A real photo with hand annotation."""

    path: Path
    truth: dict

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def px_per_mm(self) -> float:
        return self.truth["px_per_mm"]


@dataclass(frozen=True)
class Answer:
    """Lines with the root first, processor seconds, and what went wrong if something did."""

    lines: Lines
    seconds: float
    failure: str = ""


def ask_hairwise(photo: Field | RealField) -> Answer:
    data = photo.data
    start = time.process_time()
    try:
        hairs = workflow.measure_photo(data, photo.name, photo.px_per_mm).hairs
    except workflow.Refused as refused:
        return Answer([], time.process_time() - start, f"refused: {refused.code}")
    lines = [hairs.points_px[a:b] for a, b in zip(hairs.offsets[:-1], hairs.offsets[1:], strict=True)]
    return Answer(lines, time.process_time() - start)


def ask_peer(peer: str, photo: Field | RealField) -> Answer:
    data = photo.data
    start = time.process_time()
    rgb = cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    try:
        lines = PEERS[peer](cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), photo.px_per_mm)
    except (Exception, SystemExit) as error:  # noqa: BLE001  another's code may fail in any way; the table says so
        return Answer([], time.process_time() - start, type(error).__name__)
    return Answer(root_first(lines, rgb, photo.px_per_mm), time.process_time() - start)


def ask_fibermorph(photo: Field | RealField) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / photo.name
        path.write_bytes(photo.data)
        command = [FIBERMORPH, HERE / "peer_fibermorph.py", path, str(photo.px_per_mm)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return Answer([], np.nan, (done.stderr.strip().splitlines() or ["failed"])[-1][:60])
    said = json.loads(done.stdout.splitlines()[-1])
    lines = [np.array(line, float) for line in said["lines"]]
    lines = [line for line in lines if np.linalg.norm(line[-1] - line[0]) >= SHORTEST_MM * photo.px_per_mm]
    rgb = cv2.cvtColor(cv2.imdecode(np.frombuffer(photo.data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return Answer(root_first(lines, rgb, photo.px_per_mm), said["seconds"])


def kindly_turned(lines: Lines, true_roots_px: np.ndarray, tolerance_px: float) -> Lines:
    """Turn lines so that as many as can be have a true root at their first end: the kindest reading of either end."""
    if not lines or not len(true_roots_px):
        return lines
    to_first, to_last = (cdist(true_roots_px, np.array([line[end] for line in lines])) for end in (0, -1))
    d = np.minimum(to_first, to_last)
    i, j = linear_sum_assignment(np.minimum(d, 10 * tolerance_px))
    turn = {int(b) for a, b in zip(i, j, strict=True) if d[a, b] <= tolerance_px and to_last[a, b] < to_first[a, b]}
    return [line[::-1] if n in turn else line for n, line in enumerate(lines)]


def score(photo: Field | RealField, lines: Lines) -> dict:
    """How many hairs are demanded, reported and right, by the scorer of hairwise itself."""
    if isinstance(photo, Field):
        return score_roots(photo, np.array([line[0] for line in lines]).reshape(-1, 2))
    hairs = [{"root": line[0, ::-1].tolist(), "polyline": line[:, ::-1].tolist()} for line in lines]
    s = score_fields.score_field(photo.truth, {"hairs": hairs})
    return {"right": s["tp"], "found": s["counted"], "demanded": s["demanded"]}


def true_roots(photo: Field | RealField) -> np.ndarray:
    if isinstance(photo, Field):
        return photo.shot.root_px[photo.shot.root_inside]
    return np.array([hair["root"] for hair in photo.truth["hairs"]], float).reshape(-1, 2)[:, ::-1]


def rows_of(
    title: str, photos: list[Field] | list[RealField], left_out: frozenset[str] = frozenset()
) -> list[tuple[str, ...]]:
    """One row a program for a set of photos; all are asked about one photo before the next."""
    programs = ["hairwise", *PEERS, "fibermorph"]
    answers: dict[str, list[Answer]] = {program: [] for program in programs}
    for n, photo in enumerate(photos):
        for program in programs:
            if program in left_out:
                continue
            print(f"\r{title} {n + 1} of {len(photos)}: {program:30}", end="", file=sys.stderr)
            if program == "hairwise":
                answers[program].append(ask_hairwise(photo))
            elif program in PEERS and is_installed(program):
                answers[program].append(ask_peer(program, photo))
            elif program == "fibermorph" and is_installed(program):
                answers[program].append(ask_fibermorph(photo))
    own_s = sum(answer.seconds for answer in answers["hairwise"])
    asked = [program for program in programs if program not in left_out]
    return [_row(title, program, photos, answers[program], own_s) for program in asked]


def _row(title: str, program: str, photos: list, answers: list[Answer], own_s: float) -> tuple[str, ...]:
    if not answers:
        return (title, program, "", "", "", "", "", "", "not installed")
    plain = [score(photo, answer.lines) for photo, answer in zip(photos, answers, strict=True)]
    kind = [
        score(photo, kindly_turned(answer.lines, true_roots(photo), TOLERANCE_MM * photo.px_per_mm))
        for photo, answer in zip(photos, answers, strict=True)
    ]
    f1, precision, recall = f1_of(plain)
    signed = np.array([100 * (s["found"] - s["demanded"]) / max(s["demanded"], 1) for s in plain])
    failures = [answer.failure for answer in answers if answer.failure]
    seconds = np.nansum([answer.seconds for answer in answers])
    return (
        title,
        program,
        f"{f1:.3f}",
        f"{precision:.3f}",
        f"{recall:.3f}",
        f"{np.abs(signed).mean():.0f} % ({signed.mean():+.0f} %)",
        f"{f1_of(kind)[0]:.3f}",
        f"{seconds / own_s:.1f} ×" if program != "hairwise" else "1",
        f"no answer on {len(failures)}: {', '.join(sorted(set(failures)))}" if failures else "",
    )


def speed_text() -> str:
    """hairwise and Sato + skan in turn on one large rendered photo."""
    seed, px_per_mm = SEEDS["clipped"], 362.0
    camera = replace(draw_camera(seed, px_per_mm), height_px=2048, width_px=2560)
    settings = replace(draw_scene_settings(seed, "clipped"), patch_mm=patch_for(camera, "clipped"))
    data = encode(photograph(make_scene(settings, seed), camera, seed).rgb, "jpg", 92)
    ratios = []
    for _ in range(3):
        start = time.process_time()
        workflow.measure_photo(data, "large.jpg", px_per_mm)
        middle = time.process_time()
        sato_skan(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), px_per_mm)
        ratios.append((middle - start) / (time.process_time() - middle))
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    return (
        f"Speed on one rendered photo of 2560 × 2048 px at {px_per_mm:.0f} px/mm: hairwise takes"
        f" {np.median(ratios):.2f} of the processor time of Sato + skan (median of 3 pairs in turn: {each})."
    )


def _warm_up() -> None:
    """Load and compile what the peers use, so that the first photo's time is not counted for it."""
    grey = np.full((160, 200), 200, np.uint8)
    cv2.line(grey, (40, 80), (160, 90), 60, 7)
    for peer in filter(is_installed, PEERS):
        PEERS[peer](grey, 100.0)


def real_fields(data: Path, n_real: int, names: str) -> list[RealField]:
    """Real fields, evenly taken from those whose name matches."""
    paths = sorted((data / "trichoscopy").glob(f"{names}.jpg"))
    chosen = [paths[i] for i in np.linspace(0, len(paths) - 1, min(n_real, len(paths))).astype(int)]
    return [RealField(path, json.loads(path.with_suffix(".truth.json").read_text())) for path in chosen]


def peers_text(
    data: Path,
    n_photos: dict[str, int] = N_PHOTOS,
    n_real: int = N_REAL,
    names: str = "*",
    left_out: frozenset[str] = frozenset(),
) -> str:
    """Return the table of all programs on all sets of photos, and the comparison of speed."""
    _warm_up()
    rows = []
    for style, n_style in n_photos.items():
        fields = [draw_field(SEEDS[style] + n, style) for n in range(n_style)]
        if fields:
            rows += rows_of(f"{n_style} rendered {style}, seeds from {SEEDS[style]}", fields, left_out)
    real = real_fields(data, n_real, names)
    if real:
        rows += rows_of(f"{len(real)} real clipped", real, left_out)
    stamp = f"hairwise {__version__}, measured {date.today()}. Time: processor seconds as a multiple of hairwise's.\n\n"
    if left_out:
        stamp = f"{stamp.rstrip()} Left out of this run: {', '.join(sorted(left_out))}.\n\n"
    speed = speed_text() if is_installed("scikit-image Sato + skan") else "Speed beside Sato + skan: not installed."
    return f"{stamp}{table(HEADING, rows)}\n\n{speed}"


def main() -> None:
    parser = argparse.ArgumentParser()
    default = os.environ.get("HAIRWISE_TEST_DATA") or HERE.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default))
    for style, n in N_PHOTOS.items():
        parser.add_argument(f"--{style}", type=int, default=n)
    parser.add_argument("--real", type=int, default=N_REAL)
    parser.add_argument("--real-names", default="*", help="which real fields, as a pattern of names")
    parser.add_argument("--without", choices=[*PEERS, "fibermorph"], nargs="*", default=[], help="peers to leave out")
    given = parser.parse_args()
    n_photos = {style: getattr(given, style) for style in N_PHOTOS}
    text = peers_text(given.data, n_photos, given.real, given.real_names, frozenset(given.without))
    print("\n" + text)
    write_part("peers", text)


if __name__ == "__main__":
    main()
