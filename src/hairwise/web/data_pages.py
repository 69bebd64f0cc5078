"""A person's rights to their data, as pages: take along, copy, delete.

Knows: the addresses and their template. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_data"]


def add_data(app: FastAPI, book: Book) -> None:
    """Add the page on which a person takes their data along, copies or deletes them."""

    def data_page(said: str = "", problem: Refused | None = None) -> HTMLResponse:
        with book.store() as store:
            text = workflow.kept_text(store)
        status = 422 if problem else 200
        return book.pages.page("data.html", status, kept=text, said=said, problem=problem, token=book.guard.token)

    @app.get("/data")
    def show() -> HTMLResponse:
        return data_page()

    @app.post("/data/export")
    async def export(request: Request) -> Response:
        book.guard.check(request, await read_form(request))

        def write() -> bytes:
            with book.store() as store, TemporaryDirectory() as folder:
                path = Path(folder) / "export.zip"
                workflow.export_data(store, path, book.today())
                return path.read_bytes()

        name = f"hairwise-{book.today().isoformat()}.zip"
        told = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(await run_in_threadpool(write), media_type="application/zip", headers=told)

    @app.post("/data/backup")
    async def backup(request: Request) -> HTMLResponse:
        book.guard.check(request, await read_form(request))

        def write() -> str:
            with book.store() as store:
                return workflow.back_up(store).name

        return data_page(f"Copied to {await run_in_threadpool(write)} in the folder backups.")

    @app.post("/data/delete")
    async def delete(request: Request) -> HTMLResponse:
        form = await read_form(request)
        book.guard.check(request, form)
        if (form.get("sure") or [""])[-1].strip().lower() != "delete":
            return data_page(
                problem=Refused("not_sure", "Nothing was deleted.", "Type the word delete and send again.")
            )
        with book.store() as store:
            workflow.delete_everything(store)
        return data_page(
            "All entries, photos and automatic copies are deleted. Copies you made yourself are still there."
        )
