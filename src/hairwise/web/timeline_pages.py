"""The timeline as a page: a picture that any browser shows, links that move it, tables, and a chart to drag.

Knows: addresses and the template, which spans the links lead to. Must not know: stages; all comes through workflow.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import Response

from hairwise import workflow
from hairwise.errors import Refused

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_timeline"]

SPANS = (("3 months", 91), ("1 year", 365), ("3 years", 1095))
SMALL = 1000  # bytes that are not worth packing
SCRIPTS = ("vendor/vega.min.js", "vendor/vega-interpreter.min.js", "timeline.js")
Ground = Literal["light", "dark"]


@dataclass(frozen=True)
class Step:
    """A link to other days; without an address it leads nowhere from here."""

    name: str
    href: str
    here: bool = False


def add_timeline(app: FastAPI, book: Book) -> None:
    """Add the page of the timeline with its picture and its data."""

    def shown(first: str, last: str, *, margin: bool = False) -> workflow.KeptTimeline | None:
        with book.store() as store:
            return workflow.kept_timeline(store, book.today(), _days(first, last), margin=margin)

    @app.get("/timeline")
    def timeline_page(request: Request, first: str = "", last: str = "") -> Response:
        kept = shown(first, last)
        if kept is None:
            return book.pages.page("timeline.html", kept=None)
        page = book.pages.page(
            "timeline.html", kept=kept, line=kept.line, steps=_steps(kept), day=workflow.dated,
            query=_query(kept.line.span.first, kept.line.span.last), widths=workflow.CHART_WIDTHS,
            season_source=workflow.SEASON, week=timedelta(3), scripts=SCRIPTS,
        )  # fmt: skip
        packed = _packed(request, bytes(page.body), "text/html; charset=utf-8")  # no form, so no token, is in it
        packed.headers["Content-Security-Policy"] = page.headers["Content-Security-Policy"]
        return packed

    @app.get("/timeline.svg")
    def picture(request: Request, first: str, last: str, width: int, ground: Ground) -> Response:
        kept = shown(first, last)
        if kept is None or width not in workflow.CHART_WIDTHS:
            raise HTTPException(404)
        return _packed(request, workflow.chart_svg(kept, width, ground), "image/svg+xml")

    @app.get("/timeline.json")
    def program(request: Request, first: str, last: str, width: int, ground: Ground) -> Response:
        kept = shown(first, last, margin=True)
        if kept is None or width not in workflow.CHART_WIDTHS:
            raise HTTPException(404)
        return _packed(request, workflow.chart_program(kept, width, ground), "application/json")


def _days(first: str, last: str) -> tuple[date, date] | None:
    if not first and not last:
        return None
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise Refused("bad_span", "These are no days.", "Choose a span on the timeline's page.") from None


def _packed(request: Request, data: bytes, kind: str) -> Response:
    """Return an answer, packed where the browser can unpack it."""
    headers = {"Vary": "Accept-Encoding"}
    if len(data) > SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        data = gzip.compress(data, 5, mtime=0)
    return Response(data, media_type=kind, headers=headers)


def _query(first: date, last: date) -> str:
    return f"first={first.isoformat()}&last={last.isoformat()}"


def _steps(kept: workflow.KeptTimeline) -> tuple[Step, ...]:
    """Return links to longer and shorter spans, and to what lies before and after."""
    span, whole = kept.line.span, kept.whole
    moved = timedelta(span.days // 2)

    def to(name: str, first: date, last: date, *, can: bool = True) -> Step:
        here = (first, last) == (span.first, span.last)
        return Step(name, f"/timeline?{_query(first, last)}#chart" if can else "", here)

    last = min(max(span.last, whole.first + timedelta(7)), whole.last)
    ranges = [to(name, last - timedelta(n), last) for name, n in SPANS if n < whole.days]
    back, ahead = span.first > whole.first, span.last < whole.last
    by_back = min(moved, span.first - whole.first) if back else moved
    by_ahead = min(moved, whole.last - span.last) if ahead else moved
    return (
        to("Earlier", span.first - by_back, span.last - by_back, can=back),
        *ranges,
        to("All", whole.first, whole.last),
        to("Later", span.first + by_ahead, span.last + by_ahead, can=ahead),
    )
