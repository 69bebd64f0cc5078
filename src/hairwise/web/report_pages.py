"""The page for a doctor, from the log: looked at, saved as PDF and as a FHIR file.

Knows: the addresses and their template. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from dataclasses import replace
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

LONGEST_S = 60.0  # a saved file waits for the answer; ten years of daily entries take about ten seconds


class _Pictures:
    """The pictures of compared photos, drawn once for the page's picture and its PDF."""

    def __init__(self, book: Book) -> None:
        self._book, self._lock = book, Lock()
        self._drawn: tuple[Any, dict[str, bytes]] | None = None
        book.when_forgotten(self.forget)

    def forget(self) -> None:
        """Drop them."""
        self._drawn = None

    def __call__(self, told: Any) -> dict[str, bytes]:
        with self._lock:
            if self._drawn is None or self._drawn[0] is not told:
                with self._book.store() as store:
                    self._drawn = told, workflow.pair_pictures(store, told)
            return self._drawn[1]


def _nameless(told: Any) -> Any:
    """Return the same without the name that a file it came from may have had: the page has no name."""
    return replace(told, diary=told.diary.model_copy(update={"id": "mine"}))


def add_report(app: FastAPI, book: Book) -> None:
    """Add the page for a doctor and its files."""

    @app.get("/report")
    def report_page() -> HTMLResponse:
        found = book.standing() if book.has_data() else None
        if found is None:
            return book.pages.page("report_empty.html")
        if not found.is_current or found.value is None:
            return book.waiting(found.value)
        return book.pages.page("report.html", page=workflow.report_words(_nameless(found.value.told), book.today()))

    _add_files(app, book, _Pictures(book))


def _add_files(app: FastAPI, book: Book, pictures: _Pictures) -> None:
    def told_now() -> Any:
        found = book.standing(LONGEST_S) if book.has_data() else None
        if found is None:
            raise Refused("not_kept", "Nothing is written down yet.", "Log a count first.")
        if not found.is_current or found.value is None:
            raise Refused("store_busy", "The answer is still being worked out.", "Try again in a minute.")
        return found.value.told

    async def file(make: Callable[[Any], bytes], kind: str, suffix: str = "") -> Response:
        data = await run_in_threadpool(lambda: make(told_now()))
        name = f'attachment; filename="hairwise-{book.today().isoformat()}{suffix}"'
        return Response(data, media_type=kind, headers={"Content-Disposition": name} if suffix else {})

    @app.get("/report.png")
    async def picture() -> Response:
        def make(told: Any) -> bytes:
            return workflow.report_png(_nameless(told), book.today(), pictures(told))

        return await file(make, "image/png")

    @app.get("/report.pdf")
    async def pdf() -> Response:
        def make(told: Any) -> bytes:
            return workflow.report_pdf(_nameless(told), book.today(), pictures(told))

        return await file(make, "application/pdf", ".pdf")

    @app.get("/report.fhir.json")
    async def fhir() -> Response:
        def make(told: Any) -> bytes:
            with book.store() as store:
                diary = workflow.diary_kept(store, book.today()).model_copy(update={"id": "mine"})
                return workflow.fhir_kept(store, _nameless(told), diary)

        return await file(make, "application/fhir+json", ".fhir.json")
