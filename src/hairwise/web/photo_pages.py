"""Spots and their photos as pages: add, look at, correct, delete.

Knows: addresses, which template shows what. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_photo_form

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book
    from hairwise.web.jobs import Jobs

__all__ = ["add_photos", "last_of", "told_scale"]

STYLES = ("clipped", "unclipped")
ROLES = ("rolled", "control")
Form = dict[str, list[str]]


def add_photos(app: FastAPI, book: Book, jobs: Jobs) -> None:
    """Add the pages of spots and photos."""
    _add_spots(app, book)
    _add_uploads(app, book, jobs)
    _add_heads(app, book)
    _add_deletion(app, book)


def last_of(form: Form, name: str) -> str:
    """Return a field's last value, or nothing."""
    return (form.get(name) or [""])[-1].strip()


def told_scale(form: Form) -> float | None:
    """Return the scale that a form tells [px/mm], or None where it was left open."""
    told = last_of(form, "px_per_mm").replace(",", ".")
    try:
        px_per_mm = float(told) if told else None
    except ValueError:
        raise Refused("bad_field", "The scale cannot be read.", "Write it as a number, or leave it open.") from None
    if px_per_mm is not None and not 1 <= px_per_mm <= 5000:
        raise Refused("bad_field", "The scale must be from 1 to 5000 pixels a mm.", "Correct it, or leave it open.")
    return px_per_mm


def spot_page(book: Book, spot_id: str, problem: Refused | None = None) -> HTMLResponse:
    """Render one spot."""
    with book.store() as store:
        spot = workflow.spot_card(store, spot_id)
    return book.pages.page(
        "spot.html", 422 if problem else 200, spot=spot, problem=problem, today=book.today().isoformat(),
        token=book.guard.token,
    )  # fmt: skip


def _add_spots(app: FastAPI, book: Book) -> None:
    def photos_page(problem: Refused | None = None, gone: str = "") -> HTMLResponse:
        with book.store() as store:
            spots = workflow.spot_cards(store)
            contrasts = workflow.measured_contrasts(store)
        return book.pages.page(
            "photos.html", 422 if problem else 200, spots=spots, contrasts=contrasts,
            zones=workflow.ZONE_LABELS, problem=problem, token=book.guard.token, gone=gone[:64],
        )  # fmt: skip

    @app.get("/photos")
    def show(gone: str = "") -> HTMLResponse:
        return photos_page(gone=gone)

    @app.post("/photos/spots")
    async def add(request: Request) -> Response:
        def write(store: Any, form: Form) -> str:
            zone, role = last_of(form, "zone"), last_of(form, "role")
            if zone not in workflow.ZONE_LABELS or role not in ROLES:
                raise Refused("bad_field", "A zone and a kind are needed.", "Choose one of each.")
            return workflow.add_spot(store, zone, role)

        try:
            spot_id = await book.posted(request, write)
        except Refused as refused:
            if refused.code != "bad_field":
                raise
            return photos_page(refused)
        return RedirectResponse(f"/photos/spots/{spot_id}", 303)

    @app.get("/photos/spots/{spot_id}")
    def spot(spot_id: str) -> HTMLResponse:
        return spot_page(book, spot_id)

    @app.get("/photos/spots/{spot_id}/camera")
    def camera(spot_id: str) -> HTMLResponse:
        with book.store() as store:
            card = workflow.spot_card(store, spot_id)
        return book.pages.page(
            "camera.html", spot=card, ghost=card.photos[-1].photo if card.photos else None,
            today=book.today().isoformat(), token=book.guard.token, scripts=("camera.js",),
        )  # fmt: skip


def _about(form: Form, kind: str, spot_id: str | None, name: str, today: date) -> Any:
    """Turn an upload's fields into what is known of its photo."""
    try:
        day = date.fromisoformat(last_of(form, "date"))
    except ValueError:
        raise Refused("bad_field", "The day cannot be read.", "Correct it and send again.") from None
    if day > today:
        raise Refused("bad_field", "The day is in the future.", "Choose today or an earlier day.")
    px_per_mm = told_scale(form)
    style = last_of(form, "style")
    return workflow.about_photo(name, kind, day, spot_id, (px_per_mm, style if style in STYLES else None))


def _add_uploads(app: FastAPI, book: Book, jobs: Jobs) -> None:
    @app.post("/photos/spots/{spot_id}/photo")
    async def take(spot_id: str, request: Request) -> Response:
        form, data, name = await read_photo_form(request)
        book.guard.check(request, form)

        def run() -> str:
            with book.store() as store:
                about = _about(form, "close_up", spot_id, name, book.today())
                sha256 = workflow.add_photo(store, data, about)
                card = workflow.spot_card(store, spot_id)
            job_id = jobs.ask("measure", {"photo": sha256})
            first = next((c.photo for c in card.photos if c.counts and c.photo.day < about.day), None)
            if first:
                jobs.ask("compare", {"before": first.sha256, "after": sha256})
            return job_id

        try:
            return RedirectResponse(f"/jobs/{await run_in_threadpool(run)}", 303)
        except Refused as refused:
            if refused.code == "not_kept":
                raise
            return spot_page(book, spot_id, refused)

    @app.get("/photos/files/{sha256}/{width_px}.jpg")
    def view(sha256: str, width_px: int) -> Response:
        width = min(max(width_px, 60), 2000)
        with book.store() as store:
            return Response(workflow.view_of(store, sha256, width), media_type="image/jpeg")


def _add_heads(app: FastAPI, book: Book) -> None:
    def heads_page(problem: Refused | None = None) -> HTMLResponse:
        with book.store() as store:
            heads = workflow.head_photos(store)
        return book.pages.page(
            "heads.html", 422 if problem else 200, heads=heads, problem=problem, today=book.today().isoformat(),
            token=book.guard.token,
        )  # fmt: skip

    @app.get("/photos/heads")
    def show() -> HTMLResponse:
        return heads_page()

    @app.post("/photos/heads")
    async def take(request: Request) -> Response:
        form, data, name = await read_photo_form(request)
        book.guard.check(request, form)

        def run() -> None:
            with book.store() as store:
                workflow.add_photo(store, data, _about(form, "head", None, name, book.today()))

        try:
            await run_in_threadpool(run)
        except Refused as refused:
            return heads_page(refused)
        return RedirectResponse("/photos/heads", 303)


def _add_deletion(app: FastAPI, book: Book) -> None:
    @app.post("/photos/of/{sha256}/delete")
    async def delete(sha256: str, request: Request) -> Response:
        await book.posted(request, lambda store, _: store.delete_photo(sha256))
        return RedirectResponse(f"/photos?gone={sha256}", 303)

    @app.post("/photos/of/{sha256}/undo")
    async def undo(sha256: str, request: Request) -> Response:
        await book.posted(request, lambda store, _: store.bring_photo_back(sha256))
        return RedirectResponse("/photos", 303)

    @app.post("/photos/spots/{spot_id}/delete")
    async def delete_spot(spot_id: str, request: Request) -> Response:
        def write(store: Any, _: Form) -> None:
            entry = next((e for e in store.entries("spot") if e.body["id"] == spot_id), None)
            if entry is None:
                raise Refused("not_kept", "This spot is not kept here.", "Go back to the photos.")
            workflow.delete_entry(store, entry.id)

        try:
            await book.posted(request, write)
        except Refused as refused:
            if refused.code != "in_use":
                raise
            return spot_page(book, spot_id, refused)
        return RedirectResponse("/photos", 303)
