"""Screening, plan, session guide, products and evidence as pages.

Knows: addresses, which template shows what. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

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
    from collections.abc import Callable
    from datetime import date

    from fastapi import FastAPI

    from hairwise.web.pages import Pages

__all__ = ["add_care"]

Form = dict[str, list[str]]


def add_care(app: FastAPI, pages: Pages, today: Callable[[], date]) -> None:
    """Add the pages of what to do next."""
    _add_screening(app, pages, today)
    _add_plan(app, pages, today)
    _add_guide(app, pages, today)
    _add_known(app, pages)


def _add_screening(app: FastAPI, pages: Pages, today: Callable[[], date]) -> None:
    labels = workflow.question_labels()

    @app.get("/screening")
    def ask() -> HTMLResponse:
        return pages.form("screening", {}, today())

    @app.post("/screening/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return pages.form("screening", await read_form(request), today())

    @app.post("/screening")
    async def answer(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            answers = workflow.answers_from_form(form, today())
            screened = await run_in_threadpool(workflow.screen, answers, today())
        except Refused as refused:
            return pages.form("screening", form, today(), refused)
        return pages.page("screening.html", screen=screened, labels=labels, filled=views.filled(form))


def _add_plan(app: FastAPI, pages: Pages, today: Callable[[], date]) -> None:
    @app.get("/plan")
    def start() -> HTMLResponse:
        return pages.page("plan_start.html", problem=None)

    @app.get("/plan/questions")
    def ask() -> HTMLResponse:
        return pages.form("plan", {}, today())

    @app.post("/plan/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return pages.form("plan", await read_form(request), today())

    @app.post("/plan")
    async def from_answers(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            told = await run_in_threadpool(_told, form, today())
        except Refused as refused:
            return pages.form("plan", form, today(), refused)
        return pages.page("plan.html", told=told, plan=told.plan, filled=views.filled(form), can_edit=True)

    @app.post("/plan/diary")
    async def from_diary(request: Request) -> HTMLResponse:
        try:
            data = await read_upload(request, "diary")
            told = await run_in_threadpool(workflow.tell_without_photos, data, "diary.json")
        except Refused as refused:
            return pages.page("plan_start.html", 422, problem=refused)
        text = data.decode("utf-8", "replace")
        filled = [("diary", text)] if len(data) < MAX_BYTES // 2 else []
        return pages.page("plan.html", told=told, plan=told.plan, filled=filled, can_edit=False)

    @app.post("/plan.ics")
    async def calendar(request: Request) -> Response:
        form = await read_form(request)
        told = await run_in_threadpool(_told, form, today())
        name = {"Content-Disposition": 'attachment; filename="plan.ics"'}
        return Response(told.ics, media_type="text/calendar; charset=utf-8", headers=name)


def _told(form: Form, today: date) -> workflow.Told:
    """Make a plan from the answers, or from a diary that was uploaded before."""
    if "diary" in form:
        return workflow.tell_without_photos(form["diary"][-1].encode(), "diary.json")
    return workflow.tell_answers(workflow.answers_from_form(form, today), today)


def _add_guide(app: FastAPI, pages: Pages, today: Callable[[], date]) -> None:
    @app.get("/guide")
    def ask() -> HTMLResponse:
        return pages.form("guide", {}, today())

    @app.post("/guide/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return pages.form("guide", await read_form(request), today())

    @app.post("/guide")
    async def answer(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            told = await run_in_threadpool(_told, form, today())
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
