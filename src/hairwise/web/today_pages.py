"""The answer from the log, as a page.

Knows: the address and its template. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse  # noqa: TC002 - FastAPI reads annotations when it runs

from hairwise import workflow

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_today"]


def add_today(app: FastAPI, book: Book) -> None:
    """Add the page that says where the person stands."""

    @app.get("/today")
    async def today_page() -> HTMLResponse:
        def told() -> tuple[bool, Any]:
            with book.store() as store:
                empty = store.is_empty()
                diary = workflow.diary_kept(store, book.today())
            return empty, None if empty else workflow.tell_without_photos(workflow.dump(diary), "your log")

        empty, answer = await run_in_threadpool(told)
        if empty:
            return book.pages.page("today_empty.html")
        return book.pages.page("plan.html", told=answer, plan=answer.plan, filled=[], can_edit=False)
