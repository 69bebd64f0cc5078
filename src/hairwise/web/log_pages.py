"""The log, the answer from it, and a person's data, as pages.

Knows: addresses, which template shows what. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form
from hairwise.web.guard import Guard
from hairwise.web.log_fields import LOGS, Log, bodies, kept_apart, line_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from fastapi import FastAPI

    from hairwise.web.pages import Pages

__all__ = ["add_log"]

SHOWN = 40
Form = dict[str, list[str]]


def add_log(app: FastAPI, pages: Pages, today: Callable[[], date], folder: Path | None) -> None:
    """Add the pages that keep and show what was written down."""
    book = _Book(pages, today, folder)
    app.router.add_event_handler("shutdown", book.close)
    _add_entries(app, book)
    _add_kept(app, book)
    _add_today(app, book)
    _add_data(app, book)


class _Book:
    """What the pages of the log share."""

    def __init__(self, pages: Pages, today: Callable[[], date], folder: Path | None) -> None:
        self.pages, self.today, self.folder, self.guard = pages, today, folder, Guard()
        self._held: Any = None
        self._opened: date | None = None
        self._lock = Lock()
        kinds = tuple((k, k.replace("_", " ")) for k in workflow.event_kinds())
        asked = LOGS["event"]
        fields = tuple(replace(f, choices=kinds) if f.name == "kind" else f for f in asked.fields)
        self.logs = {**LOGS, "event": replace(asked, fields=fields)}

    @contextmanager
    def store(self) -> Iterator[Any]:
        """Lend the data, opened once a day: opening checks, copies and tidies them."""
        with self._lock:
            if self._held is None or self._opened != self.today():
                self.close()
                self._held, self._opened = workflow.open_store(self.folder), self.today()
        yield self._held

    def close(self) -> None:
        """Let go of the data."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def log(self, kind: str) -> Log:
        if kind not in self.logs:
            raise HTTPException(404)
        return self.logs[kind]

    def line_of(self, kind: str, body: Any) -> str:
        """Return an entry in a few words."""
        return line_of(self.logs[kind], body)

    async def taken(self, request: Request, log: Log, write: Callable[[Any, Form], object]) -> Response:
        """Check a form of the log and write what it tells, or show it again with what is wrong."""
        form = await read_form(request)

        def run() -> None:
            with self.store() as store:
                write(store, form)

        try:
            self.guard.check(request, form)
            await run_in_threadpool(run)
        except Refused as refused:
            if refused.code in ("not_kept", "store_busy"):
                raise
            return self.form(log, form, request.url.path, refused)
        return RedirectResponse("/log?kept=1", 303)

    def form(self, log: Log, form: Form, action: str, problem: Refused | None = None) -> HTMLResponse:
        """Render one form of the log."""
        return self.pages.page(
            "log_form.html", 422 if problem else 200, log=log, form=form, action=action, problem=problem,
            token=self.guard.token, today=self.today().isoformat(),
        )  # fmt: skip


def _add_entries(app: FastAPI, book: _Book) -> None:
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


def _add_kept(app: FastAPI, book: _Book) -> None:
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


def _add_today(app: FastAPI, book: _Book) -> None:
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


def _add_data(app: FastAPI, book: _Book) -> None:
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
