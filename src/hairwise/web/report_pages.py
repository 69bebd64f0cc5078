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
        self._drawn: tuple[Any, dict[str, bytes]] | None = None

    def __call__(self) -> tuple[Any, Any] | None:
        """Return the diary kept and what follows from it; None where nothing is kept."""
        with self._lock:
            diary = self._diary()
            if diary is None:
                self._last = self._drawn = None
            elif self._last is None or self._last[0] != diary:
                self._last = diary, workflow.tell_without_photos(workflow.dump(diary), "your log")
            return self._last

    def must(self) -> tuple[Any, Any]:
        """Return the same, or refuse where nothing is kept."""
        known = self()
        if known is None:
            raise Refused("not_kept", "Nothing is written down yet.", "Log a count first.")
        return known

    def pictures(self, told: Any) -> dict[str, bytes]:
        """Return the pictures of compared photos, drawn once for the page's picture and its PDF."""
        with self._lock:
            if self._drawn is None or self._drawn[0] is not told:
                with self._book.store() as store:
                    self._drawn = told, workflow.pair_pictures(store, told)
            return self._drawn[1]

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

    _add_files(app, book, told_now)


def _add_files(app: FastAPI, book: Book, told_now: _Told) -> None:
    async def file(make: Callable[[Any, Any], bytes], kind: str, suffix: str = "") -> Response:
        data = await run_in_threadpool(lambda: make(*told_now.must()))
        name = f'attachment; filename="hairwise-{book.today().isoformat()}{suffix}"'
        return Response(data, media_type=kind, headers={"Content-Disposition": name} if suffix else {})

    @app.get("/report.png")
    async def picture() -> Response:
        def make(_: Any, told: Any) -> bytes:
            return workflow.report_png(told, book.today(), told_now.pictures(told))

        return await file(make, "image/png")

    @app.get("/report.pdf")
    async def pdf() -> Response:
        def make(_: Any, told: Any) -> bytes:
            return workflow.report_pdf(told, book.today(), told_now.pictures(told))

        return await file(make, "application/pdf", ".pdf")

    @app.get("/report.fhir.json")
    async def fhir() -> Response:
        def make(diary: Any, told: Any) -> bytes:
            with book.store() as store:
                return workflow.fhir_kept(store, told, diary)

        return await file(make, "application/fhir+json", ".fhir.json")
