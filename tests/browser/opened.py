"""A real Chromium and a real server for tests and screenshots: nothing but this machine can be reached.

Whoever opens a page through ``Opened`` has every request, refused resource and message of the browser written down.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn
from invented_photos import keep_photos
from playwright.sync_api import sync_playwright

from hairwise import workflow
from hairwise.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page, Response

    from hairwise.web.demo import DemoRunner

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# as root Chromium needs --no-sandbox; the rest keeps it from hanging on a missing card and from calling its makers
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
WIDTHS = {390: 844, 1280: 900}
PERSON = ("inflammatory", 4, 16)  # an invented person with sessions, counts, washes, signs and densities
PATIENCE_MS = 20_000


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Lend a browser; it runs no test of another room beside it, as its loop is the thread's own."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=find(), args=list(FLAGS))
        try:
            yield started
        finally:
            started.close()


def diary() -> bytes:
    """Return the diary of the invented person."""
    scenario, seed, weeks = PERSON
    return workflow.simulate_diary(scenario, seed, weeks)[f"{scenario}-{seed}.json"]


def day_after() -> date:
    """Return the day after the diary's last: the day on which the pages are looked at."""
    return date.fromisoformat(json.loads(diary())["cutoff"]) + timedelta(days=1)


def _answers() -> dict[str, Any]:
    """Return what the invented person answered in the check on the diary's last day."""
    told = {"none.body": ["yes"], "none.conditions": ["yes"], "loss.noticed": ["yes"], "age": ["34"], "sex": ["m"]}
    answers = workflow.answers_from_form(told, day_after() - timedelta(days=1))
    return answers.model_dump(mode="json", by_alias=True, exclude_none=True)


def fill(folder: Path) -> None:
    """Keep the invented diary in a folder, and two rendered photos of a spot."""
    path = folder.parent / f"{folder.name}.diary.json"
    path.write_bytes(diary())
    store = workflow.open_store(folder)
    try:
        workflow.keep_diary(store, workflow.read_diary(path))
        keep_photos(store, day_after() - timedelta(days=1))
        workflow.add_entry(store, "answers", _answers())
    finally:
        store.close()
    path.unlink()


@contextmanager
def served(folder: Path, demo: DemoRunner | None = None) -> Iterator[str]:
    """Serve the pages on a free port of 127.0.0.1; yield where."""
    app = create_app(today=day_after, demo=demo, data=folder)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass
class Seen:
    """What a browser asked for and said; ``expected`` holds the statuses over 399 that a journey means to meet."""

    base: str
    expected: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def wrong(self) -> list[str]:
        """Return what should not have been: another host, a refused resource, an error of a script or policy."""
        here = urlsplit(self.base).netloc
        foreign = [f"asked {url}" for url in self.asked if urlsplit(url).netloc != here and not _is_local(url)]
        return foreign + self.said


def _is_local(url: str) -> bool:
    return url.startswith(("data:", "blob:", "about:"))


@contextmanager
def opened(
    browser: Browser, base: str, *, width: int = 390, scheme: str = "light", script: bool = True
) -> Iterator[tuple[Page, Seen]]:
    """Lend a page, and what it does beside being looked at."""
    context = browser.new_context(
        base_url=base, viewport={"width": width, "height": WIDTHS.get(width, 800)}, color_scheme=scheme,
        java_script_enabled=script, reduced_motion="reduce", locale="en-GB", timezone_id="UTC",
        has_touch=width < 600, is_mobile=width < 600,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    seen = Seen(base)

    def heard(message: ConsoleMessage) -> None:
        # what failed to load is told by its status, in `answered`
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            seen.said.append(f"console on {message.page.url if message.page else '?'}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 400 and response.status not in seen.expected:
            seen.said.append(f"{response.status} for {response.url}")

    context.on("request", lambda request: seen.asked.append(request.url))
    context.on("console", heard)
    context.on("response", answered)
    context.on("weberror", lambda error: seen.said.append(f"script: {error.error}"))
    try:
        yield context.new_page(), seen
    finally:
        context.close()
