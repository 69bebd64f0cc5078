"""A person's rights to their data, as pages: take along, bring back, copy, delete.

Knows: the addresses and their template. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, Response, StreamingResponse

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form
from hairwise.web.log_fields import day_words
from hairwise.web.upload import take_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from tempfile import TemporaryDirectory

    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["add_data"]

CHUNK_BYTES = 1 << 20
Form = dict[str, list[str]]
# one and several; zones, spots and what photos showed are told too
_NAMES = {
    "count": ("count of shed hairs", "counts of shed hairs"),
    "wash": ("wash", "washes"),
    "symptom": ("note of how the scalp felt", "notes of how the scalp felt"),
    "event": ("change in life", "changes in life"),
    "treatment": ("treatment", "treatments"),
    "finding": ("sign looked for", "signs looked for"),
    "density": ("hair density", "hair densities"),
    "zone": ("description of a zone", "descriptions of zones"),
    "spot": ("photo spot", "photo spots"),
    "change": ("comparison of photos", "comparisons of photos"),
    "shed": ("look at the ends of shed hairs", "looks at the ends of shed hairs"),
    "answers": ("set of answers to the questions", "sets of answers to the questions"),
}
_OWN_STAY = "Copies that you made yourself are still there, in the list below."
_GONE = "All entries, photos and automatic copies are deleted."


def add_data(app: FastAPI, book: Book) -> None:
    """Add the page on which a person takes their data along, brings them back, copies or deletes them."""
    _add_whole(app, book)
    _add_import(app, book)
    _add_delete(app, book)
    _add_copies(app, book)


def _page(book: Book, said: str = "", problem: Refused | None = None) -> HTMLResponse:
    with book.store() as store:
        kept, copies = workflow.what_is_kept(store), workflow.copies_kept(store)
    lines = [_line(kind, n, kept.n_session_days) for kind, n in kept.counts.items() if n]
    if kept.n_photos:
        photos = "photo" if kept.n_photos == 1 else "photos"
        lines.append(f"{kept.n_photos:,} {photos} ({_size(kept.photo_bytes)})")
    return book.pages.page(
        "data.html", 422 if problem else 200, kept=kept, lines=lines, copies=copies, said=said, problem=problem,
        own=sum(c.own for c in copies), time_words=_time_words, size=_size, token=book.guard.token,
    )  # fmt: skip


def _line(kind: str, n: int, n_session_days: int) -> str:
    """Return how many entries of a kind there are; a session is told by its day, as each zone of it is an entry."""
    if kind == "session":
        return f"{n_session_days:,} {'day' if n_session_days == 1 else 'days'} with a session"
    return f"{n:,} {_NAMES.get(kind, (kind, kind))[n != 1]}"


def _size(n_bytes: int) -> str:
    """Return a size in words."""
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 50_000 else f"{max(n_bytes / 1e3, 0.1):.1f} kB"


def _time_words(at: datetime | None) -> str:
    """Return a moment in the time of this computer, in words."""
    if at is None:
        return "some day"
    here = at.replace(tzinfo=UTC).astimezone()
    return f"{day_words(here.date())}, {here:%H:%M}"


def _add_whole(app: FastAPI, book: Book) -> None:
    @app.get("/data")
    def show() -> HTMLResponse:
        return _page(book)

    @app.post("/data/export")
    async def export(request: Request) -> Response:
        book.guard.check(request, await read_form(request))

        def write() -> tuple[BinaryIO, TemporaryDirectory[str]]:
            with book.store() as store:
                room = workflow.passing_room(store)
                try:
                    path = Path(room.name) / "export.zip"
                    workflow.export_data(store, path, book.today())
                    return path.open("rb"), room
                except BaseException:
                    room.cleanup()
                    raise

        file, room = await run_in_threadpool(write)
        size = file.seek(0, 2)
        file.seek(0)
        name = f"hairwise-{book.today().isoformat()}.zip"
        told = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
        return StreamingResponse(_pieces(file, room), media_type="application/zip", headers=told)


def _add_import(app: FastAPI, book: Book) -> None:
    @app.post("/data/import")
    async def bring(request: Request) -> HTMLResponse:
        def begin() -> TemporaryDirectory[str]:
            with book.store() as store:
                store.must_be_empty()  # before gigabytes are taken
                return workflow.passing_room(store)

        def fill(path: Path) -> None:
            with book.store() as store:
                workflow.import_data(store, path)

        try:
            room = await run_in_threadpool(begin)
            try:
                path = Path(room.name) / "import.zip"
                await take_file(request, "file", path, lambda form: book.guard.check(request, form))
                await run_in_threadpool(fill, path)
            finally:
                await run_in_threadpool(room.cleanup)
        except Refused as refused:
            if refused.code == "not_from_here":
                raise
            return _page(book, problem=refused)
        return _page(book, "Your data are here again.")


def _add_delete(app: FastAPI, book: Book) -> None:
    @app.post("/data/delete")
    async def delete(request: Request) -> HTMLResponse:
        form = await read_form(request)
        book.guard.check(request, form)
        if (form.get("sure") or [""])[-1].strip().lower() != "delete":
            problem = Refused("not_sure", "Nothing was deleted.", "Type the word delete and send again.")
            return _page(book, problem=problem)

        def run() -> str:
            with book.store() as store:
                for copy in workflow.copies_kept(store) if form.get("copies") else ():
                    if copy.own:
                        workflow.delete_copy(store, copy.name)
                workflow.delete_everything(store)
                book.forget()
                stays = any(copy.own for copy in workflow.copies_kept(store))
            return f"{_GONE} {_OWN_STAY}" if stays else _GONE

        return _page(book, await run_in_threadpool(run))


def _pieces(file: BinaryIO, room: TemporaryDirectory[str]) -> Iterator[bytes]:
    """Read a file in pieces; it is gone afterwards, also where the reader went away."""
    try:
        with file:
            while piece := file.read(CHUNK_BYTES):
                yield piece
    finally:
        room.cleanup()


def _add_copies(app: FastAPI, book: Book) -> None:
    async def done(request: Request, act: Callable[[Any, str], str]) -> HTMLResponse:
        form = await read_form(request)
        book.guard.check(request, form)

        def run() -> str:
            with book.store() as store:
                return act(store, (form.get("name") or [""])[-1])

        try:
            return _page(book, await run_in_threadpool(run))
        except Refused as refused:
            return _page(book, problem=refused)

    @app.post("/data/backup")
    async def backup(request: Request) -> HTMLResponse:
        return await done(request, lambda store, _: f"Copied to {workflow.back_up(store).name} in the folder backups.")

    @app.post("/data/restore")
    async def restore(request: Request) -> HTMLResponse:
        def act(store: Any, name: str) -> str:
            saved = workflow.restore_copy(store, name)
            was = f" What was there before is saved in the copy {saved.name}." if saved else ""
            return f"The copy is in place.{was}"

        return await done(request, act)

    @app.post("/data/copies/delete")
    async def forget(request: Request) -> HTMLResponse:
        def act(store: Any, name: str) -> str:
            workflow.delete_copy(store, name)
            return "That copy is deleted."

        return await done(request, act)
