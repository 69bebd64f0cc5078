"""Where the person stands: the first page, today, and the plan from the log.

Knows: addresses and their templates. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_today"]

SOON_DAYS = 7


def add_today(app: FastAPI, book: Book) -> None:
    """Add the pages that say where the person stands."""
    _add_first(app, book)
    _add_answers(app, book)

    @app.get("/today")
    def today_page(kept: str = "") -> HTMLResponse:
        found = book.standing()
        if found is None:
            return book.pages.page("today_empty.html")
        if not found.is_current or found.value is None:
            return book.waiting(found.value)
        return book.pages.page("today.html", kept=bool(kept), **_shown(found.value))

    @app.get("/today/plan")
    def plan_page() -> HTMLResponse:
        found = book.standing()
        if found is None:
            return book.pages.page("today_empty.html")
        if not found.is_current or found.value is None:
            return book.waiting(found.value)
        told = found.value.told
        return book.pages.page(
            "plan.html", told=told, plan=told.plan, filled=[], can_edit=False, own_words=_own_words(told)
        )


def _shown(standing: workflow.Standing) -> dict[str, Any]:
    told, plan = standing.told, standing.told.plan
    is_urgent = plan.urgency in ("emergency", "same_day", "within_days")
    soon = [d for d in standing.due if d.day is None or (d.day - standing.day).days <= SOON_DAYS]
    reasons = [s for s in workflow.reasons(plan) if told.diary.answers is not None or s.source != "measured:answers"]
    return {
        "at": standing, "plan": plan, "why": told.why, "is_urgent": is_urgent, "soon": soon,
        "later": [d for d in standing.due if d not in soon], "reasons_now": reasons,
        "was_asked": told.diary.answers is not None, "methods": workflow.METHOD_NAMES,
        "zones": workflow.ZONE_LABELS,
    }  # fmt: skip


def _own_words(told: workflow.Told) -> str:
    """Where sentences of a log come from: it is not the answers to questions that were never put."""
    return "from your log and answers" if told.diary.answers is not None else "from your log"


def _add_first(app: FastAPI, book: Book) -> None:
    @app.get("/")
    def first_page() -> HTMLResponse:
        standing, problem, is_kept = None, None, False
        if book.has_data():
            try:
                found = book.standing(0.0)
                is_kept = found is not None
                standing = found.value if found is not None and found.is_current else None
            except Refused as refused:
                problem = refused
        n = len(workflow.questions())
        return book.pages.page(
            "index.html", n_questions=n, at=standing, is_kept=is_kept, problem=problem, scripts=("register.js",)
        )


def _add_answers(app: FastAPI, book: Book) -> None:
    @app.get("/today/check")
    def ask_again(entry: str = "") -> HTMLResponse:
        with book.store() as store:
            kept = [e for e in store.entries("answers") if entry in ("", e.id)]
        form = workflow.form_from_answers(workflow.Answers.model_validate(kept[-1].body)) if kept else {}
        return book.pages.form("check", form, book.today(), from_log=bool(form))

    @app.post("/today/answers")
    async def keep_answers(request: Request) -> Response:
        form = await read_form(request)
        book.guard.check(request, form)

        def keep() -> None:
            answers = workflow.answers_from_form(form, book.today())
            with book.store() as store:
                workflow.add_entry(store, "answers", answers.model_dump(mode="json", by_alias=True, exclude_none=True))

        await run_in_threadpool(keep)
        return RedirectResponse("/today?kept=1", 303)
