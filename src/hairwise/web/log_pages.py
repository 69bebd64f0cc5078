"""The log as pages: write down, look up, edit, delete.

Knows: addresses, which template shows what. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form
from hairwise.web.log_desk import Desk, Line
from hairwise.web.log_fields import day_words
from hairwise.web.log_kinds import ANSWERS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_log"]

SHOWN, DELETED_SHOWN = 40, 200
MOST_TOLD = 20  # entries that one page tells of by their ids
WEEK = timedelta(days=7)
Form = dict[str, list[str]]


def add_log(app: FastAPI, book: Book) -> None:
    """Add the pages on which a person writes down and looks up."""
    desk = Desk(book)
    _add_list(app, book, desk)
    _add_entries(app, book, desk)
    _add_kept(app, book, desk)


def _add_list(app: FastAPI, book: Book, desk: Desk) -> None:
    @app.get("/log")
    def log_page(request: Request, kind: str = "", before: str = "") -> HTMLResponse:
        kind = kind if kind in book.logs else ""
        day = _day_of(before)
        rows, left, on = desk.page([kind] if kind else list(book.logs), SHOWN, day)
        ids = {
            name: request.query_params.getlist(name)[:MOST_TOLD] for name in ("kept", "changed", "gone", "back", "was")
        }
        told = {name: desk.lines(ids[name], deleted=name == "gone") for name in ids}
        flags = desk.red_flags() if told["kept"] or told["changed"] else None
        return book.pages.page(
            "log.html", logs=book.logs.values(), rows=rows, left=left, on=on, kind=kind, before=day, told=told,
            can_undo=desk.can_undo(ids["changed"]), flags=flags, day_words=day_words, token=book.guard.token,
        )  # fmt: skip

    @app.get("/deleted")
    def deleted() -> HTMLResponse:
        rows = desk.deleted(DELETED_SHOWN)
        return book.pages.page("deleted.html", rows=rows, day_words=day_words, token=book.guard.token)


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _to_log(**ids: list[str]) -> RedirectResponse:
    return RedirectResponse(f"/log?{urlencode(ids, doseq=True)}", 303)


def _written_here(kind: str) -> None:
    """Refuse to take answers by a form of the log, which does not ask them."""
    if kind == ANSWERS.kind:
        raise HTTPException(405)


def _form_page(book: Book, kind: str, form: Form, problem: Refused | None, more: dict[str, Any]) -> HTMLResponse:
    """Render a form of the log, for a new entry or for one that is kept."""
    entry = more.get("entry")
    context = {"twin": None, "last": None, "due": None, "running": [], "flags": None} | more
    return book.pages.page(
        "log_form.html", 422 if problem or context["twin"] else 200, log=book.log(kind), form=form, problem=problem,
        action=f"/entry/{entry}" if entry else f"/log/{kind}", is_new=not entry, token=book.guard.token,
        today=book.today(), day_words=day_words, **context,
    )  # fmt: skip


def _add_entries(app: FastAPI, book: Book, desk: Desk) -> None:
    def form_page(kind: str, form: Form, problem: Refused | None = None, twin: Line | None = None) -> HTMLResponse:
        last = desk.last(kind)
        due = last.day + WEEK if kind == "count" and last and last.day else None
        context = {"twin": twin, "last": last, "due": due, "running": desk.running() if kind == "treatment" else []}
        return _form_page(
            book, kind, form, problem, context | {"flags": desk.red_flags() if kind == "session" else None}
        )

    @app.get("/log/{kind}")
    def ask(kind: str) -> Response:
        if kind == ANSWERS.kind:  # they are asked in the check
            return RedirectResponse("/today/check", 303)
        return form_page(kind, desk.begun(kind))

    @app.post("/log/{kind}")
    async def keep(kind: str, request: Request) -> Response:
        _written_here(book.log(kind).kind)
        form = await read_form(request)

        def run() -> Response:
            book.guard.check(request, form)
            twin = desk.twin(kind, form)
            how = (form.get("twin") or [""])[-1]
            if twin and how == "change":
                changed, kept = desk.add_to(twin.ids[0], form)
                return _to_log(changed=changed, kept=kept)
            if twin and how != "both":
                return form_page(kind, form, twin=twin)
            return _to_log(kept=desk.keep(kind, form))

        try:
            return await run_in_threadpool(run)
        except Refused as refused:
            if refused.code in ("not_kept", "store_busy"):
                raise
            return form_page(kind, form, refused)


def _add_kept(app: FastAPI, book: Book, desk: Desk) -> None:
    @app.get("/entry/{entry_id}")
    def edit(entry_id: str) -> HTMLResponse:
        line = desk.line(entry_id)
        if line.kind == ANSWERS.kind:
            told = workflow.told_in_words(desk.answers(entry_id))
            return book.pages.page("answers.html", line=line, told=told, day_words=day_words, token=book.guard.token)
        return _form_page(book, line.kind, desk.form_of(entry_id), None, {"entry": entry_id})

    @app.post("/entry/{entry_id}")
    async def change(entry_id: str, request: Request) -> Response:
        line = desk.line(entry_id)
        _written_here(line.kind)
        form = await read_form(request)

        def run() -> Response:
            book.guard.check(request, form)
            return _to_log(changed=desk.change(entry_id, form))

        try:
            return await run_in_threadpool(run)
        except Refused as refused:
            if refused.code in ("not_kept", "store_busy"):
                raise
            return _form_page(book, line.kind, form, refused, {"entry": entry_id})

    @app.post("/entry/{entry_id}/{do}")
    async def act(entry_id: str, do: str, request: Request) -> Response:
        acts: dict[str, Any] = {
            "delete": lambda: _to_log(gone=desk.delete([entry_id])),
            "undo": lambda: _to_log(back=desk.bring_back([entry_id])),
            "before": lambda: _to_log(was=desk.undo_change(entry_id)),
        }
        if do not in acts:
            raise HTTPException(404)
        book.guard.check(request, await read_form(request))
        return await run_in_threadpool(acts[do])

    @app.post("/undo")
    async def undo(request: Request) -> Response:
        """Take back what was just kept, or bring back what was just deleted: all that one page told of."""
        form = await read_form(request)
        book.guard.check(request, form)
        ids = (form.get("id") or [])[:MOST_TOLD]
        if (form.get("what") or [""])[-1] == "gone":
            return _to_log(back=await run_in_threadpool(desk.bring_back, ids))
        return _to_log(gone=await run_in_threadpool(desk.delete, ids))
