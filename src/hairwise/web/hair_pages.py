"""Hairs as pages: found on a photo, compared between two, followed over visits, corrected by hand.

Knows: addresses, how marks are laid over a photo. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.photo_pages import told_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from hairwise.web.book import Book
    from hairwise.web.jobs import Jobs

__all__ = ["add_hairs"]

Form = dict[str, list[str]]
_POINTS = 8  # of a hair's line; more cannot be seen
_MISSED_WIDTH_PX = 1200  # shown at its own size, so that the browser tells where it was clicked
_STATES = {
    "present": "there", "absent": "gone", "hidden": "hidden", "out_of_view": "out of view", "not_yet": "not yet there",
    "unknown": "cannot tell",
}  # fmt: skip


@dataclass(frozen=True)
class HairMark:
    """A hair to draw: the path of its line, its root, whether it was marked by hand as no hair."""

    id: int
    path: str
    root: tuple[float, float]
    kind: str
    sure: bool
    mark: str | None
    entry: Any


def add_hairs(app: FastAPI, book: Book, jobs: Jobs) -> None:
    """Add the pages that show hairs."""
    _add_photo(app, book, jobs)
    _add_marks(app, book)
    _add_missed(app, book)
    _add_pair(app, book, jobs)
    _add_lives(app, book, jobs)


def _path(points: Sequence[tuple[float, float]]) -> str:
    step = max(1, math.ceil(len(points) / _POINTS))
    some = [*points[:-1:step], points[-1]]
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in some)


def _marks_of(file: Any, marks: list[dict[str, Any]]) -> list[HairMark]:
    return [
        HairMark(
            h.id, _path(h.polyline), h.root, h.type or "hair", h.p_hair >= 0.8, workflow.is_marked(marks, h.root), h
        )
        for h in file.hairs
    ]


def _add_photo(app: FastAPI, book: Book, jobs: Jobs) -> None:
    def photo_page(sha256: str, hair: int | None = None, problem: Refused | None = None) -> HTMLResponse:
        with book.store() as store:
            card = workflow.photo_card(store, sha256)
            file = workflow.hairs_kept(store, sha256) if card.counts else None
            marks = workflow.marks(store, sha256)
            spot = workflow.spot_card(store, card.photo.spot) if card.photo.spot else None
            first = next((c for c in spot.photos if c.counts), None) if spot else None
            since = workflow.pair_summary(store, first.photo.sha256, sha256) if first else None
        drawn = _marks_of(file, marks) if file else []
        missed = [m for m in marks if m["kind"] == "missed_hair"]
        return book.pages.page(
            "photo.html", 422 if problem else 200, problem=problem, card=card, spot=spot, first=first, since=since,
            file=file, hairs=drawn, missed=missed,
            chosen=next((h for h in drawn if h.id == hair), None),
            size=card.size_px, token=book.guard.token, scripts=("zoom.js",),
        )  # fmt: skip

    @app.get("/photos/of/{sha256}")
    def photo(sha256: str, hair: int | None = None) -> HTMLResponse:
        return photo_page(sha256, hair)

    @app.post("/photos/of/{sha256}/measure")
    async def measure(sha256: str, request: Request) -> Response:
        await book.posted(request, lambda *_: None)
        return RedirectResponse(f"/jobs/{await run_in_threadpool(jobs.ask, 'measure', {'photo': sha256})}", 303)

    @app.post("/photos/of/{sha256}/scale")
    async def rescale(sha256: str, request: Request) -> Response:
        try:
            work = await book.posted(request, lambda store, form: workflow.give_scale(store, sha256, told_scale(form)))
        except Refused as refused:
            if refused.code != "bad_field":
                raise
            return await run_in_threadpool(photo_page, sha256, None, refused)
        ids = [await run_in_threadpool(jobs.ask, kind, args) for kind, args in work]
        return RedirectResponse(f"/jobs/{ids[0]}", 303)


def _place(form: Form, x: str, y: str) -> tuple[float, float]:
    """Return where a form says a mark is; what is no number lies outside every photo."""
    try:
        return float((form.get(x) or ["nan"])[-1]), float((form.get(y) or ["nan"])[-1])
    except ValueError:
        return math.nan, math.nan


def _add_marks(app: FastAPI, book: Book) -> None:
    @app.post("/photos/of/{sha256}/marks")
    async def mark(sha256: str, request: Request) -> Response:
        def write(store: Any, form: Form) -> None:
            workflow.add_mark(store, sha256, (form.get("kind") or [""])[-1], *_place(form, "x", "y"))

        await book.posted(request, write)
        return RedirectResponse(f"/photos/of/{sha256}#photo", 303)

    @app.post("/photos/of/{sha256}/marks/{mark_id}/remove")
    async def remove(sha256: str, mark_id: str, request: Request) -> Response:
        await book.posted(request, lambda store, _: workflow.remove_mark(store, mark_id))
        return RedirectResponse(f"/photos/of/{sha256}#photo", 303)


def _add_missed(app: FastAPI, book: Book) -> None:
    def shown(sha256: str) -> tuple[Any, float]:
        with book.store() as store:
            card = workflow.photo_card(store, sha256)
        if not card.counts:
            raise HTTPException(404)
        return card, min(1.0, _MISSED_WIDTH_PX / card.size_px[0])

    @app.get("/photos/of/{sha256}/missed")
    def ask(sha256: str) -> HTMLResponse:
        card, scale = shown(sha256)
        with book.store() as store:
            marks = [m for m in workflow.marks(store, sha256) if m["kind"] == "missed_hair"]
        width, height = (round(side * scale) for side in card.size_px)
        return book.pages.page(
            "missed.html", card=card, marks=marks, width=width, height=height, token=book.guard.token
        )

    @app.post("/photos/of/{sha256}/missed")
    async def keep(sha256: str, request: Request) -> Response:
        def write(store: Any, form: Form) -> None:
            scale = shown(sha256)[1]
            x, y = (at / scale - 0.5 for at in _place(form, "at.x", "at.y"))  # the origin is a pixel's centre
            workflow.add_mark(store, sha256, "missed_hair", x, y)

        await book.posted(request, write)
        return RedirectResponse(f"/photos/of/{sha256}/missed", 303)


def _add_pair(app: FastAPI, book: Book, jobs: Jobs) -> None:
    @app.get("/photos/compare")
    def choose(before: str, after: str) -> Response:
        return RedirectResponse(f"/photos/compare/{before[:64]}/{after[:64]}", 303)

    @app.get("/photos/compare/{before}/{after}")
    def pair(before: str, after: str) -> HTMLResponse:
        with book.store() as store:
            cards = [workflow.photo_card(store, sha) for sha in (before, after)]
            told = workflow.pair_kept(store, before, after)
            summary = workflow.pair_summary(store, before, after)
        size = (summary or {}).get("size_px") or cards[0].size_px
        return book.pages.page(
            "compare.html", before=cards[0], after=cards[1], pair=told, summary=summary, size=size,
            new=workflow.new_on_first(told) if told else [],
            sums=workflow.fate_counts, ring=0.022 * size[0], token=book.guard.token, scripts=("slider.js", "zoom.js"),
        )  # fmt: skip

    @app.post("/photos/compare/{before}/{after}")
    async def start(before: str, after: str, request: Request) -> Response:
        await book.posted(request, lambda *_: None)
        job_id = await run_in_threadpool(jobs.ask, "compare", {"before": before, "after": after})
        return RedirectResponse(f"/jobs/{job_id}", 303)

    @app.get("/photos/turned/{before}/{after}.jpg")
    def turned(before: str, after: str) -> Response:
        with book.store() as store:
            return Response(workflow.turned_view(store, before, after, 1600), media_type="image/jpeg")


def _add_lives(app: FastAPI, book: Book, jobs: Jobs) -> None:
    @app.get("/photos/spots/{spot_id}/hairs")
    def lives(spot_id: str, job: str = "") -> HTMLResponse:
        with book.store() as store:
            spot = workflow.spot_card(store, spot_id)
            done = workflow.get_job(store, job[:32]) if job else None
            is_mine = done is not None and (done.kind, done.state, done.args) == ("follow", "done", {"spot": spot_id})
            result = (done.result or {}) if done is not None and is_mine else workflow.followed(store, spot_id)
        told, first = None, next((c for c in spot.photos if c.counts), None)
        if result:
            told = workflow.spot_series(result["series"])
            first = next((c for c in spot.photos if c.photo.sha256 == result.get("first")), None)  # what it was held to
        return book.pages.page(
            "lives.html", spot=spot, told=told, states=_STATES, first=first, token=book.guard.token,
            scripts=("zoom.js",),
        )  # fmt: skip

    @app.post("/photos/spots/{spot_id}/hairs")
    async def follow(spot_id: str, request: Request) -> Response:
        spot = await book.posted(request, lambda store, _: workflow.spot_card(store, spot_id))
        if len({c.photo.day for c in spot.photos if c.counts}) < 2:
            raise Refused("no_series", "Photos of two days are needed.", "Photograph the same spot again.")
        return RedirectResponse(f"/jobs/{await run_in_threadpool(jobs.ask, 'follow', {'spot': spot_id})}", 303)
