"""How fast the pages are, written to docs/speed.md. usage: pages.py [--quick]

Two stores of invented people are served by the program itself: two years as such a diary is kept, and ten years with
50,000 entries and 5,000 photos (small and without hairs: no page shows more than their size would). Every page that
tests/browser looks at and that needs no form is asked again and again over HTTP; its weight is what a browser is
sent, photos left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
from overlay import overlay_seconds
from page import table
from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

import opened as real  # noqa: E402 - lies beside the tests
from shown_pages import PAGES, with_trials, worked_out  # noqa: E402

from hairwise import __version__, workflow  # noqa: E402
from hairwise.simulate.people import draw_person  # noqa: E402
from hairwise.simulate.person import simulate_person  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEED = ROOT / "docs" / "speed.md"
START_S, WEIGHT_KB, OVERLAY_S = 1.5, 400, 4.0
ASKED = 40  # times that a page is asked
NO_FORM = (None, worked_out, with_trials)  # how a page is reached
PATHS = tuple(dict.fromkeys(s.path for s in PAGES if s.reach in NO_FORM and s.status == 200 and s.path != "/demo"))


@dataclass(frozen=True)
class Life:
    """A store to be served."""

    name: str
    weeks: int
    entries: int  # at least; 0: as many as such a person keeps
    photos: int
    bar_ms: int


LIVES = (Life("two years", 104, 0, 100, 150), Life("ten years", 521, 50_000, 5_000, 200))


def written(life: Life, today: date) -> dict[str, Any]:
    """Return the diary of one life, which ends today."""
    first = today - timedelta(weeks=life.weeks)
    person = replace(draw_person("inflammatory", 4, weeks=life.weeks), first_session=first)
    diary, _ = simulate_person(person, 4)
    days = [(first + timedelta(days=k)).isoformat() for k in range(7 * life.weeks)]
    kept = sum(len(rows) for rows in diary.values() if isinstance(rows, list))
    for k in range(max(0, life.entries - kept - 2)):
        day = days[k % len(days)]
        if k % 2:
            diary["symptoms"].append({"date": day, "itch": k % 3, "pain": k % 2})
        else:
            diary["counts"].append({"date": day, "method": ("comb60", "shower")[k // 2 % 2], "count": 20 + k % 31})
    diary["spots"] = [{"id": "a", "zone": "front", "role": "rolled"}, {"id": "b", "zone": "occiput", "role": "control"}]
    diary["photos"] = [
        {"date": days[k * len(days) // life.photos], "spot": "ab"[k % 2], "file": f"{k}.jpg", "px_per_mm": 150}
        for k in range(life.photos)
    ]
    return diary


def noise(name: str) -> bytes:
    """Return a small photo that no other is like."""
    held = BytesIO()
    drawn = np.random.default_rng(int(name.split(".")[0])).integers(0, 255, (12, 16, 3), np.uint8)
    Image.fromarray(drawn).resize((128, 96)).save(held, "jpeg")
    return held.getvalue()


def keep(life: Life, folder: Path) -> str:
    """Fill a store; return what it holds."""
    path = folder / "diary.json"
    path.write_text(json.dumps(written(life, date.today())))
    store = workflow.open_store(folder / "data")
    try:
        n = workflow.keep_diary(store, workflow.read_diary(path), noise)
    finally:
        store.close()
    path.unlink()
    return f"{n - life.photos} entries, {life.photos} photos"


@contextmanager
def program(folder: Path) -> Iterator[tuple[str, float, int]]:
    """Run ``hairwise serve``; yield where, the seconds from the command to the first page, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [Path(sys.executable).parent / "hairwise", "serve", "--no-browser", "--port", str(port), "--data", folder]
    began = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(base, timeout=30).raise_for_status()
                break
            except httpx.ConnectError:
                if process.poll() is not None or time.perf_counter() - began > 180:
                    raise SystemExit("hairwise serve did not start") from None
                time.sleep(0.01)
        yield base, time.perf_counter() - began, process.pid
    finally:
        process.terminate()
        process.wait(30)


def held_mb(pid: int) -> float:
    """Return the memory that a process holds, where the system tells."""
    table = Path(f"/proc/{pid}/status")
    told = dict(line.split(":", 1) for line in table.read_text().splitlines()) if table.exists() else {}
    return float(told.get("VmRSS", "nan kB").split()[0]) / 1000


def asked(base: str, path: str, most_s: float) -> tuple[float, float, float]:
    """Return milliseconds of the first page, and of half and of 95 in 100 of those once all is worked out."""
    first = 0.0
    times: list[float] = []
    with httpx.Client(base_url=base, timeout=900) as client:
        began = time.perf_counter()
        while "being worked out" in client.get(path).text:  # the log's answer, which is kept until the log changes
            first = first or 1000 * (time.perf_counter() - began)
            time.sleep(0.2)
        until = time.perf_counter() + most_s
        while len(times) < 2 or (len(times) <= ASKED and time.perf_counter() < until):
            began = time.perf_counter()
            client.get(path).raise_for_status()
            times.append(1000 * (time.perf_counter() - began))
    return first or times[0], float(np.median(times[1:])), float(np.percentile(times[1:], 95))


def weights(base: str) -> dict[str, float]:
    """Return the kilobytes that a browser is sent for each page, photos left out."""
    sent: dict[str, float] = {}
    with real.browser() as browser:
        for path in PATHS:
            with real.opened(browser, base, width=1280) as (page, _):
                answers: list[Any] = []
                page.on("requestfinished", lambda request, seen=answers: seen.append(request))
                page.goto(path, wait_until="networkidle")
                sent[path] = (
                    sum(r.sizes()["responseBodySize"] for r in answers if not _is_photo(r.response().headers)) / 1000
                )
    return sent


def _is_photo(headers: dict[str, str]) -> bool:
    return headers.get("content-type", "").startswith(("image/jpeg", "image/png", "image/webp"))


def told(value: float, bar: float, digits: int = 0) -> str:
    """Return a number, in bold where it misses its bar."""
    text = f"{value:.{digits}f}"
    return f"**{text}**" if value > bar else text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="two years only; nothing is written")
    parser.add_argument("--seconds", type=float, default=6.0, help="for which a page is asked at most")
    given = parser.parse_args()
    lives, busy = LIVES[:1] if given.quick else LIVES, os.getloadavg()[0]
    starts, held, times, weight, memory = {}, {}, {}, {}, {}
    with TemporaryDirectory() as made:
        for life in lives:
            folder = Path(made) / life.name
            folder.mkdir()
            held[life] = keep(life, folder)
            begins = []
            for _ in range(3):
                with program(folder / "data") as (_, seconds, _):
                    begins.append(seconds)
            starts[life] = float(np.median(begins))
            with program(folder / "data") as (base, _, pid):
                times[life] = {path: asked(base, path, given.seconds) for path in PATHS}
                once = held_mb(pid)
                for path in PATHS:
                    asked(base, path, given.seconds)
                memory[life] = f"{once:.0f} MB held after a round of all pages, {held_mb(pid):.0f} MB after the next"
                weight = weight or weights(base)
        empty = Path(made) / "empty"
        with program(empty) as (base, _, _), real.browser() as browser:
            overlays = overlay_seconds(browser, base)
    heading = ("page", *(f"{life.name}: first, p50, p95 [ms]" for life in lives), "weight [kB]")
    rows = []
    for path in PATHS:
        cells = [f"{t[0]:.0f}, {t[1]:.0f}, {told(t[2], life.bar_ms)}" for life in lives for t in [times[life][path]]]
        rows.append((f"`{path}`", *cells, told(weight[path], WEIGHT_KB)))
    begin = "; ".join(f"{told(starts[life], START_S, 1)} s on {life.name} ({held[life]})" for life in lives)
    text = (
        "# How fast the pages are\n\nWritten by `make pages`; what misses its bar is bold. "
        f"Version {__version__}, {date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}.\n"
        f"Beside it {busy:.0f} other programs were at work: with more than none, all times are too long.\n\n"
        f"- From `hairwise serve` to the first page (bar {START_S} s), median of 3: {begin}.\n"
        + "".join(f"- {life.name}: 95 in 100 answers within {life.bar_ms} ms; {memory[life]}.\n" for life in lives)
        + f"- From sending a photo of 5.2 megapixels to its hairs on the page (bar {OVERLAY_S:.0f} s): "
        f"{', '.join(told(seconds, OVERLAY_S, 1) for seconds in overlays)} s.\n"
        f"- What a browser is sent for a page without photos: at most {WEIGHT_KB} kB.\n\n"
        + table(heading, rows) + "\n"
    )  # fmt: skip
    print(text)
    if not given.quick:
        SPEED.write_text(text)


if __name__ == "__main__":
    main()
