"""The page for a doctor, from the log: looked at, saved as PDF and as a FHIR file.

Knows: the addresses and their template. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from hairwise import workflow
from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_report"]


class _Told:
    """What follows from the log, worked out once for the page, its picture and its files."""

    def __init__(self, book: Book) -> None:
        self._book, self._lock = book, Lock()
        self._last: tuple[Any, Any] | None = None

    def __call__(self) -> tuple[Any, Any] | None:
        """Return the diary kept and what follows from it; None where nothing is kept."""
        with self._lock:
            diary = self._diary()
            if diary is None:
                self._last = None
            elif self._last is None or self._last[0] != diary:
                self._last = diary, workflow.tell_without_photos(workflow.dump(diary), "your log")
            return self._last

    def _diary(self) -> Any:
        """Return the diary kept, without the name that a file it came from may have had: the page has no name."""
        if not self._book.has_data():
            return None
        with self._book.store() as store:
            if store.is_empty():
                return None
            return workflow.diary_kept(store, self._book.today()).model_copy(update={"id": "mine"})


def add_report(app: FastAPI, book: Book) -> None:
    """Add the page for a doctor and its files."""
    told_now = _Told(book)

    @app.get("/report")
    async def report_page() -> HTMLResponse:
        def words() -> dict[str, Any] | None:
            known = told_now()
            return None if known is None else workflow.report_words(known[1], book.today())

        page = await run_in_threadpool(words)
        if page is None:
            return book.pages.page("report_empty.html")
        return book.pages.page("report.html", page=page)

    async def file(make: Callable[[Any, Any], bytes], kind: str, name: str = "") -> Response:
        def run() -> bytes:
            known = told_now()
            if known is None:
                raise Refused("not_kept", "Nothing is written down yet.", "Log a count first.")
            return make(*known)

        data = await run_in_threadpool(run)
        told = {"Content-Disposition": f'attachment; filename="{name}"'} if name else {}
        return Response(data, media_type=kind, headers=told)

    def named(suffix: str) -> str:
        return f"hairwise-{book.today().isoformat()}{suffix}"

    @app.get("/report.png")
    async def picture() -> Response:
        return await file(lambda _, told: workflow.report_png(told, book.today()), "image/png")

    @app.get("/report.pdf")
    async def pdf() -> Response:
        return await file(lambda _, told: workflow.report_pdf(told, book.today()), "application/pdf", named(".pdf"))

    @app.get("/report.fhir.json")
    async def fhir() -> Response:
        def make(diary: Any, told: Any) -> bytes:
            with book.store() as store:
                return workflow.fhir_kept(store, told, diary)

        return await file(make, "application/fhir+json", named(".fhir.json"))
