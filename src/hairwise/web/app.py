"""Pages of the check and of the worked case, rendered here and asking nothing of other machines.

Knows: addresses, headers, templates. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web import views
from hairwise.web.api import create_api
from hairwise.web.assets import add_assets
from hairwise.web.book import Book
from hairwise.web.care_pages import add_care
from hairwise.web.data_pages import add_data
from hairwise.web.demo import DemoRunner
from hairwise.web.door import Door
from hairwise.web.forms import read_form
from hairwise.web.hair_pages import add_hairs
from hairwise.web.jobs import Jobs, add_jobs
from hairwise.web.log_pages import add_log
from hairwise.web.navigation import HERE
from hairwise.web.pages import POLICY, Pages
from hairwise.web.pair_pages import add_pairing
from hairwise.web.photo_pages import add_photos
from hairwise.web.report_pages import add_report
from hairwise.web.timeline_pages import add_timeline
from hairwise.web.today_pages import add_today
from hairwise.web.why_pages import add_why

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from hairwise.web.pairing import Pairing

__all__ = ["create_app"]

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # told less, browsers leave out the origin that forms are checked by
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # answers about health stay out of the browser's disk
}
TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}
STATUS = {
    "form_too_large": 413, "not_a_form": 415, "demo_failed": 500, "not_from_here": 403, "not_kept": 404,
    "store_busy": 503, "cannot_write": 507,
}  # fmt: skip
# newer FastAPI can send traces where the environment tells it to; answers about health must never go there
NO_TELEMETRY: dict[str, Any] = {
    "telemetry": {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}
}


def create_app(
    today: Callable[[], date] = date.today,
    demo: DemoRunner | None = None,
    data: Path | None = None,
    pairing: Pairing | None = None,
) -> FastAPI:
    """
    Return the application.

    Parameters
    ----------
    today : callable, optional
        The clock.
    demo : DemoRunner, optional
        Makes the worked case; its own by default.
    data : Path, optional
        Folder in which the log is kept; the usual place by default.
    pairing : Pairing, optional
        Lets phones of the home network in; none by default.
    """
    app = FastAPI(title="hairwise", docs_url=None, redoc_url=None, openapi_url=None, **NO_TELEMETRY)
    pages = Pages(workflow.INTENDED_USE, os.environ.get("HAIRWISE_LANGUAGE", "en"))
    add_assets(app)
    _add_check(app, pages, today)
    book = Book(pages, today, data)
    add_care(app, book)
    add_today(app, book)
    add_why(app, book)
    add_log(app, book)
    add_timeline(app, book)
    add_data(app, book)
    _add_photos(app, book)
    add_report(app, book)
    add_pairing(app, book, pairing)
    _add_demo(app, pages, demo or DemoRunner())
    _add_errors(app, pages)

    @app.get("/healthz")
    def healthy() -> dict[str, str]:
        return {"status": "ok"}

    app.add_middleware(Door, pages=pages, pairing=pairing)

    @app.middleware("http")
    async def add_headers(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
        HERE.set(request.url.path)
        response = await follow(request)
        if request.method == "POST" and response.status_code == 303:
            await run_in_threadpool(book.begin_standing)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)  # the guide's own policy lets its timer run
        return response

    pages.share(book.guard.token, frozenset(getattr(route, "path", "") for route in app.routes))
    return app


def _add_photos(app: FastAPI, book: Book) -> None:
    jobs = Jobs(book)
    app.router.add_event_handler("startup", jobs.resume)
    app.router.add_event_handler("shutdown", jobs.stop)  # before the data are let go
    app.router.add_event_handler("shutdown", book.close)
    add_jobs(app, book)
    add_photos(app, book, jobs)
    add_hairs(app, book, jobs)
    late = cache(lambda: create_api(book, jobs, **NO_TELEMETRY))

    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        await late()(scope, receive, send)  # describing it takes as long as the first page may

    app.mount("/api/v1", api)


def _add_check(app: FastAPI, pages: Pages, today: Callable[[], date]) -> None:
    workflow.questions()

    def form_page(form: dict[str, list[str]], problem: Refused | None = None) -> HTMLResponse:
        return pages.form("check", form, today(), problem)

    @app.get("/check")
    def ask() -> HTMLResponse:
        return form_page({})

    @app.post("/check/edit")
    async def ask_again(request: Request) -> HTMLResponse:
        return form_page(await read_form(request))

    @app.post("/check")
    async def answer(request: Request) -> HTMLResponse:
        form = await read_form(request)
        try:
            checked = await run_in_threadpool(_checked, form, today())
        except Refused as refused:
            return form_page(form, refused)
        labels = workflow.question_labels()
        return pages.page("answer.html", check=checked, labels=labels, filled=views.filled(form))

    @app.post("/check.json")
    async def answer_file(request: Request) -> Response:
        form = await read_form(request)
        data = workflow.dump(await run_in_threadpool(_checked, form, today()))
        name = {"Content-Disposition": 'attachment; filename="answers.check.json"'}
        return Response(data, media_type="application/json", headers=name)


def _checked(form: dict[str, list[str]], today: date) -> workflow.Check:
    return workflow.check(workflow.answers_from_form(form, today), today)


def _add_demo(app: FastAPI, pages: Pages, runner: DemoRunner) -> None:
    @app.get("/demo")
    def case_page() -> HTMLResponse:
        case = runner.result()
        if case is None:
            return pages.page("working.html", steps=runner.steps, of=workflow.DEMO_STEPS)
        return pages.page(
            "demo.html",
            case=case,
            plan=case.plan,
            why=case.told.why,
            pictures=views.pictures(case),
            causes=views.ranked(case.told.why),
        )

    @app.get("/demo/{name}")
    def case_file(name: str) -> Response:
        case = runner.result()
        if case is None or name not in case.files:
            raise HTTPException(404)
        kind = TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
        return Response(case.files[name], media_type=kind)


def _add_errors(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> HTMLResponse:
        return pages.error(STATUS.get(error.code, 422), error.why, error.do)

    @app.exception_handler(HTTPException)
    async def not_here(_: Request, error: HTTPException) -> HTMLResponse:
        why = "There is no such page." if error.status_code == 404 else "This page cannot be opened that way."
        return pages.error(error.status_code, why, "Go back to the first page.")

    @app.exception_handler(Exception)
    async def broken(_: Request, __: Exception) -> HTMLResponse:
        page = pages.error(500, "Something went wrong inside hairwise.", "Try again; if it stays, report it as a bug.")
        page.headers.update(HEADERS)  # this answer is made outside the middleware that adds them
        return page
