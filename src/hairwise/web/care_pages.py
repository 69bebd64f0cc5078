"""Screening, plan, session guide, products and evidence as pages.

Knows: addresses, which template shows what. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web import views
from hairwise.web.forms import MAX_BYTES, read_form, read_upload
from hairwise.web.pages import POLICY

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book
    from hairwise.web.pages import Pages

__all__ = ["add_care"]

Form = dict[str, list[str]]


def add_care(app: FastAPI, book: Book) -> None:
    """Add the pages of what to do next."""
    _add_screening(app, book)
    _add_plan(app, book)
    _add_guide(app, book)
    _add_known(app, book.pages)


def _asked(book: Book, goal: str) -> HTMLResponse:
    """Render the questions as the log and the kept answers fill them, blank where nothing is kept."""
    form: Form = {}
    if book.has_data():
        with suppress(Refused):
            form = book.form_of_log()
    return book.pages.form(goal, form, book.today(), from_log=bool(form))


def _counted_in(book: Book, answers: workflow.Answers) -> workflow.Diary | None:
    """Return the log with these answers in it; None where no log is kept."""
    if not book.has_data():
        return None
    with book.store() as store:
        return None if store.is_empty() else workflow.diary_kept(store, book.today(), answers)


def _add_screening(app: FastAPI, book: Book) -> None:
    labels, pages, today = workflow.question_labels(), book.pages, book.today

    def screened(form: Form) -> workflow.Screen:
        answers = workflow.answers_from_form(form, today())
        return workflow.screen(_counted_in(book, answers) or answers, today())

    @app.get("/screening")
    def ask() -> HTMLResponse:
        return _asked(book, "screening")

    @app.post("/screening/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return pages.form("screening", await read_form(request), today())

    @app.post("/screening")
    async def answer(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            screen = await run_in_threadpool(screened, form)
        except Refused as refused:
            return pages.form("screening", form, today(), refused)
        return pages.page("screening.html", screen=screen, labels=labels, filled=views.filled(form))


def _add_plan(app: FastAPI, book: Book) -> None:
    pages, today = book.pages, book.today

    def start_page(status: int = 200, problem: Refused | None = None) -> HTMLResponse:
        return pages.page("plan_start.html", status, problem=problem, is_kept=book.has_data() and not book.is_empty())

    @app.get("/plan")
    def start() -> HTMLResponse:
        return start_page()

    @app.get("/plan/questions")
    def ask() -> HTMLResponse:
        return _asked(book, "plan")

    @app.post("/plan/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return pages.form("plan", await read_form(request), today())

    @app.post("/plan")
    async def from_answers(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            told = await run_in_threadpool(_told, book, form)
        except Refused as refused:
            return pages.form("plan", form, today(), refused)
        return pages.page("plan.html", told=told, plan=told.plan, filled=views.filled(form), can_edit=True)

    @app.post("/plan/diary")
    async def from_diary(request: Request) -> HTMLResponse:
        try:
            data = await read_upload(request, "diary")
            told = await run_in_threadpool(workflow.tell_without_photos, data, "diary.json")
        except Refused as refused:
            return start_page(422, refused)
        text = data.decode("utf-8", "replace")
        filled = [("diary", text)] if len(data) < MAX_BYTES // 2 else []
        return pages.page("plan.html", told=told, plan=told.plan, filled=filled, can_edit=False)

    @app.post("/plan.ics")
    async def calendar(request: Request) -> Response:
        form = await read_form(request)
        told = await run_in_threadpool(_told, book, form)
        name = {"Content-Disposition": 'attachment; filename="plan.ics"'}
        return Response(told.ics, media_type="text/calendar; charset=utf-8", headers=name)


def _told(book: Book, form: Form) -> workflow.Told:
    """Make a plan from the answers and what the log holds, or from a diary that was uploaded before."""
    if "diary" in form:
        return workflow.tell_without_photos(form["diary"][-1].encode(), "diary.json")
    answers = workflow.answers_from_form(form, book.today())
    diary = _counted_in(book, answers)
    return workflow.tell_answers(answers, book.today()) if diary is None else workflow.tell_kept(diary)


def _add_guide(app: FastAPI, book: Book) -> None:
    pages, today = book.pages, book.today

    @app.get("/guide")
    def ask() -> HTMLResponse:
        return _asked(book, "guide")

    @app.post("/guide/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return pages.form("guide", await read_form(request), today())

    @app.post("/guide")
    async def answer(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            told = await run_in_threadpool(_told, book, form)
        except Refused as refused:
            return pages.form("guide", form, today(), refused)
        page = pages.page("guide.html", plan=told.plan, guide=told.plan.guide, filled=views.filled(form))
        page.headers["Content-Security-Policy"] = f"{POLICY}; script-src 'self'"  # the timer, and no other page
        return page


def _add_known(app: FastAPI, pages: Pages) -> None:
    @app.get("/products")
    def ask() -> HTMLResponse:
        return pages.page("products.html", text="", looked=None)

    @app.post("/products")
    async def look(request: Request) -> HTMLResponse:
        text = ((await read_form(request)).get("names") or [""])[-1]
        return pages.page("products.html", text=text, looked=workflow.products([text]) if text.strip() else None)

    @app.get("/evidence")
    def browse(q: str = "") -> HTMLResponse:
        query = q.strip()[:200]
        found = workflow.find_evidence(query) if query else None
        sections = {} if query else workflow.all_evidence()
        return pages.page("evidence.html", query=query, found=found, sections=sections)

    @app.get("/evidence/{name}")
    def one(name: str) -> HTMLResponse:
        found = workflow.find_evidence(name, 1)
        if not found.entries or found.entries[0].id != name:
            raise HTTPException(404)
        return pages.page("evidence.html", query=name, found=found, sections={})
