"""The log as pages: write down, look up, edit, delete.

Knows: addresses, which template shows what. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form
from hairwise.web.log_fields import Log, bodies, kept_apart, shown

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_log"]

SHOWN = 40
Form = dict[str, list[str]]


def add_log(app: FastAPI, book: Book) -> None:
    """Add the pages on which a person writes down and looks up."""
    _add_entries(app, book)
    _add_kept(app, book)


def _add_entries(app: FastAPI, book: Book) -> None:
    @app.get("/log")
    def log_page(kept: str = "", gone: str = "", back: str = "") -> HTMLResponse:
        with book.store() as store:
            rows, n = store.newest(list(book.logs), SHOWN)
        said = "Kept." if kept else "It is back in the log." if back else ""
        return book.pages.page(
            "log.html", logs=book.logs.values(), rows=rows, more=n - len(rows), line_of=book.line_of, said=said,
            gone=gone[:32], token=book.guard.token,
        )  # fmt: skip

    @app.get("/log/{kind}")
    def ask(kind: str) -> HTMLResponse:
        log = book.log(kind)
        with book.store() as store:
            last = next(iter(store.newest([kind], 1)[0]), None)
        form = {"date": [book.today().isoformat()]}
        for field in log.fields:
            if field.again and last and field.name in last.body:
                form[field.name] = [shown(last.body[field.name])]
        return book.form(log, form, f"/log/{kind}")

    @app.post("/log/{kind}")
    async def keep(kind: str, request: Request) -> Response:
        log = book.log(kind)
        return await book.taken(
            request, log, lambda store, form: workflow.add_entries(store, kind, bodies(log, form, book.today()))
        )


def _add_kept(app: FastAPI, book: Book) -> None:
    def log_of(entry_id: str) -> tuple[Log, Any]:
        with book.store() as store:
            entry = store.entry(entry_id)
        return book.log(entry.kind), entry

    @app.get("/entry/{entry_id}")
    def edit(entry_id: str) -> HTMLResponse:
        log, entry = log_of(entry_id)
        return book.form(log, {name: [shown(v)] for name, v in entry.body.items()}, f"/entry/{entry_id}")

    @app.post("/entry/{entry_id}")
    async def change(entry_id: str, request: Request) -> Response:
        log, entry = log_of(entry_id)

        def write(store: Any, form: Form) -> None:
            told = bodies(log, form, book.today())
            if len(told) != 1:
                raise Refused("bad_field", "An entry is of one zone.", "Choose one, and log the others as new.")
            workflow.change_entry(store, entry_id, kept_apart(log, entry.body) | told[0])

        return await book.taken(request, log, write)

    @app.post("/entry/{entry_id}/{do}")
    async def delete_or_undo(entry_id: str, do: str, request: Request) -> Response:
        if do not in ("delete", "undo"):
            raise HTTPException(404)
        book.guard.check(request, await read_form(request))
        with book.store() as store:
            (workflow.delete_entry if do == "delete" else workflow.bring_entry_back)(store, entry_id)
        return RedirectResponse(f"/log?gone={entry_id}" if do == "delete" else "/log?back=1", 303)

    @app.get("/deleted")
    def deleted() -> HTMLResponse:
        with book.store() as store:
            rows = [e for e in store.entries(with_deleted=True) if e.deleted_at and e.kind in book.logs]
        rows.sort(key=lambda e: e.deleted_at, reverse=True)
        return book.pages.page("deleted.html", rows=rows, line_of=book.line_of, token=book.guard.token)
