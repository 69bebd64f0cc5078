"""Every page that is looked at: one added here gets every check of `test_browser_pages.py` and its pictures.

A path without a page is a failing test: list what exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

_WELL = {
    "age": "34", "sex": "m", "started": "true", "device": "roller", "needle_mm": "1.0", "passes": "6",
    "last_session": "2026-03-20", "zones.vertex.rolled": "true", "zones.vertex.growth": "thin", "loss.noticed": "no",
    "hygiene.shared_device": "no",
}  # fmt: skip
CARRY_ON = 'main form[method="post"] .actions button[type="submit"]:not(.plain)'


@dataclass(frozen=True)
class Shown:
    """A page: its name, its path, what is done there to reach it, and how full the log is."""

    name: str
    path: str
    reach: Callable[[Page], None] | None = None
    log: Literal["filled", "empty"] = "filled"
    status: int = 200


def answer(page: Page) -> None:
    """Say that none of the red flags is there, and send the questions."""
    for none in page.locator('input[name^="none."]').all():
        none.check()
    send(page)


def send(page: Page) -> None:
    """Send the page's form."""
    go(page, page.locator(CARRY_ON).last)


def go(page: Page, tapped: Locator) -> None:
    """Click what leads to another page, and wait until that one is there: a click alone comes back before it is."""
    with page.expect_navigation():
        tapped.click()


def put(page: Page, name: str, value: str) -> None:
    """Give the question of a name an answer, however it is asked."""
    asked = page.locator(f'form [name="{name}"]').first
    if asked.evaluate("e => e.localName") == "select":
        asked.select_option(value)
    elif asked.get_attribute("type") in ("radio", "checkbox"):
        page.locator(f'form [name="{name}"][value="{value}"]').check()
    else:
        asked.fill(value)


def _well(page: Page) -> None:
    """Answer as one whom no rule keeps from a session, so that the guide opens."""
    for none in page.locator('input[name^="none."]').all():
        none.check()
    for name, value in _WELL.items():
        put(page, name, value)
    send(page)


def _look(page: Page) -> None:
    page.fill("#names", "Aqua, Glycerin, Ascorbic Acid, Parfum, Salicylic Acid")
    go(page, page.locator('form[action="/products"] button'))


def _nothing_filled(page: Page) -> None:
    """Leave all but the day open, which no browser finds wrong and the program does."""
    send(page)


def follow(*links: str) -> Callable[[Page], None]:
    """Return what follows one link after the other."""

    def reach(page: Page) -> None:
        for link in links:
            go(page, page.locator(f"main {link}").first)

    return reach


def worked_out(page: Page) -> None:
    """Wait until the log's answer is there; the waiting page opens it by itself."""
    page.locator("h1", has_not_text="being worked out").wait_for()


def with_trials(page: Page) -> None:
    """Wait until the experiments are there too, which follow a moment after the answer."""
    worked_out(page)
    while page.get_by_text("still being worked out").count():
        page.wait_for_timeout(300)
        page.reload()


_SPOT, _PHOTO = 'a.button[href^="/photos/spots/"]', '.gallery a[href^="/photos/of/"]'


def _case(page: Page) -> None:
    page.locator('main a[href="/check"]').first.wait_for()


PAGES = (
    Shown("first", "/"),
    Shown("check", "/check"),
    Shown("check-answer", "/check", answer),
    Shown("screening", "/screening"),
    Shown("screening-answer", "/screening", answer),
    Shown("plan", "/plan"),
    Shown("plan-answer", "/plan/questions", answer),
    Shown("guide", "/guide"),
    Shown("guide-answer", "/guide", answer),
    Shown("guide-steps", "/guide", _well, log="empty"),  # what the filled log shows locks it
    Shown("products", "/products", _look),
    Shown("evidence", "/evidence"),
    Shown("evidence-found", "/evidence?q=minoxidil+shedding"),
    Shown("today", "/today", worked_out),
    Shown("today-plan", "/today/plan", worked_out),
    Shown("why", "/why", with_trials),
    Shown("timeline", "/timeline"),
    Shown("timeline-empty", "/timeline", log="empty"),
    Shown("pair", "/pair"),
    Shown("today-empty", "/today", log="empty"),
    Shown("log", "/log"),
    Shown("log-empty", "/log", log="empty"),
    Shown("log-count", "/log/count"),
    Shown("log-wash", "/log/wash"),
    Shown("log-symptom", "/log/symptom"),
    Shown("log-session", "/log/session"),
    Shown("log-event", "/log/event"),
    Shown("log-treatment", "/log/treatment"),
    Shown("log-finding", "/log/finding"),
    Shown("log-problem", "/log/symptom", _nothing_filled, status=422),
    Shown("entry", "/log", follow('a[href^="/entry/"]')),
    Shown("answers", "/log?kind=answers", follow('a[href^="/entry/"]')),
    Shown("deleted", "/deleted"),
    Shown("photos", "/photos"),
    Shown("photos-empty", "/photos", log="empty"),
    Shown("spot", "/photos", follow(_SPOT)),
    Shown("photo", "/photos", follow(_SPOT, _PHOTO)),
    Shown("photo-missed", "/photos", follow(_SPOT, _PHOTO, 'a[href$="/missed"]')),
    Shown("camera", "/photos", follow(_SPOT, 'a[href$="/camera"]')),
    Shown("compare", "/photos", follow(_SPOT, 'a[href^="/photos/compare/"]')),
    Shown("each-hair", "/photos", follow(_SPOT, 'a[href$="/hairs"]')),
    Shown("heads", "/photos/heads"),
    Shown("report", "/report", worked_out),
    Shown("report-empty", "/report", log="empty"),
    Shown("data", "/data"),
    Shown("demo", "/demo", _case),
    Shown("missing", "/nowhere", status=404),
)


def show(page: Page, shown: Shown) -> None:
    """Open a page and do what it is reached by."""
    page.goto(shown.path)
    if shown.reach is not None:
        shown.reach(page)
        page.wait_for_load_state("load")
