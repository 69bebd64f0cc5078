"""The addresses of the interface for programs: the same use cases as the commands and the pages.

Knows: addresses and methods. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body, File, Form, UploadFile
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.api_models import (
    EntryIn,
    EntryOut,
    JobIn,
    JobOut,
    MarkIn,
    PairOut,
    PhotoOut,
    ProductsIn,
    SpotIn,
    SpotOut,
)
from hairwise.web.jobs import event_lines

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book
    from hairwise.web.jobs import Jobs

__all__ = ["add_routes"]

LONGEST_S = 60.0
JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


def add_routes(api: FastAPI, book: Book, jobs: Jobs) -> None:
    """Add every address."""
    _add_answers(api, book)
    _add_entries(api, book)
    _add_log(api, book)
    _add_photos(api, book)
    _add_hairs(api, book)
    _add_jobs(api, book, jobs)


def _add_answers(api: FastAPI, book: Book) -> None:
    @api.post("/check", tags=["answers"])
    def check(answers: workflow.Answers) -> workflow.Check:
        """Answer the two-minute check."""
        return workflow.check(answers, book.today())

    @api.post("/screen", tags=["answers"])
    def screen(answers: workflow.Answers) -> workflow.Screen:
        """Say whether this scalp may be needled at all."""
        return workflow.screen(answers, book.today())

    @api.post("/why", tags=["answers"])
    def why(diary: workflow.Diary) -> workflow.Why:
        """Say which explanations fit a diary; its photos are not read here."""
        return _told(diary).why

    @api.post("/plan", tags=["answers"])
    def plan(diary: workflow.Diary) -> workflow.Plan:
        """Make the plan that follows from a diary; its photos are not read here."""
        return _told(diary).plan

    @api.get("/evidence", tags=["answers"])
    def evidence(q: str) -> dict[str, Any]:
        """Search the evidence."""
        return workflow.find_evidence(q[:400]).model_dump(mode="json")

    @api.post("/products", tags=["answers"])
    def products(told: ProductsIn) -> dict[str, Any]:
        """Say which names of ingredient lists do not belong on punctured skin."""
        return workflow.products(told.lists).model_dump(mode="json")


def _told(diary: workflow.Diary) -> workflow.Told:
    return workflow.tell_without_photos(workflow.dump(diary), "diary")


def _standing(book: Book) -> workflow.Told:
    """Return what the pages say of the log too."""
    found = book.standing(LONGEST_S)
    if found is None:
        raise Refused("not_kept", "Nothing is written down yet.", "Add an entry first.")
    if not found.is_current or found.value is None:
        raise Refused("store_busy", "The answer is still being worked out.", "Ask again in a minute.")
    return found.value.told


def _entry(e: Any) -> EntryOut:
    return EntryOut(id=e.id, kind=e.kind, day=e.day, body=e.body, deleted=e.deleted_at is not None)


def _add_entries(api: FastAPI, book: Book) -> None:
    def must_be_past(kind: str, body: dict[str, Any]) -> None:
        day = workflow.row_of_entry(kind, body)[2]
        if day is not None and day > book.today() and kind != "treatment":
            raise Refused("bad_field", "The day is in the future.", "Give today or an earlier day.")

    @api.get("/entries", tags=["log"])
    def entries(kind: str | None = None, deleted: bool = False) -> list[EntryOut]:
        """Return what is written down, by day; with ``deleted`` also what can still be brought back."""
        with book.store() as store:
            return [_entry(e) for e in store.entries(kind, with_deleted=deleted)]

    @api.post("/entries", tags=["log"], status_code=201)
    def add(told: EntryIn) -> EntryOut:
        """Write one thing down."""
        with book.store() as store:
            must_be_past(told.kind, told.body)
            return _entry(store.entry(workflow.add_entry(store, told.kind, told.body)))

    @api.get("/entries/{entry_id}", tags=["log"])
    def entry(entry_id: str) -> EntryOut:
        """Return one thing written down."""
        with book.store() as store:
            return _entry(store.entry(entry_id))

    @api.put("/entries/{entry_id}", tags=["log"])
    def change(entry_id: str, body: Annotated[dict[str, Any], Body()]) -> EntryOut:
        """Put another body in place of an entry's."""
        with book.store() as store:
            must_be_past(store.entry(entry_id).kind, body)
            workflow.change_entry(store, entry_id, body)
            return _entry(store.entry(entry_id))

    @api.delete("/entries/{entry_id}", tags=["log"], status_code=204)
    def delete(entry_id: str) -> Response:
        """Delete an entry; for 30 days it can be brought back."""
        with book.store() as store:
            workflow.delete_entry(store, entry_id)
        return Response(status_code=204)

    @api.post("/entries/{entry_id}/undo", tags=["log"])
    def undo(entry_id: str) -> EntryOut:
        """Bring a deleted entry back."""
        with book.store() as store:
            workflow.bring_entry_back(store, entry_id)
            return _entry(store.entry(entry_id))


def _add_log(api: FastAPI, book: Book) -> None:
    @api.get("/log/diary", tags=["log"])
    def diary() -> workflow.Diary:
        """Return what is kept as a diary that ends today."""
        with book.store() as store:
            return workflow.diary_kept(store, book.today())

    @api.get("/log/why", tags=["log"])
    def why() -> workflow.Why:
        """Say which explanations fit what is kept."""
        return _standing(book).why

    @api.get("/log/plan", tags=["log"])
    def plan() -> workflow.Plan:
        """Make the plan that follows from what is kept."""
        return _standing(book).plan

    @api.get("/export", tags=["log"], response_class=FileResponse)
    def export() -> FileResponse:
        """Return everything that is kept as one zip."""
        with book.store() as store:
            room = workflow.passing_room(store)
            try:
                path = Path(room.name) / "export.zip"
                workflow.export_data(store, path, book.today())
            except BaseException:
                room.cleanup()
                raise
        return FileResponse(path, media_type="application/zip", background=BackgroundTask(room.cleanup))

    @api.post("/backups", tags=["log"], status_code=201)
    def backup() -> dict[str, str]:
        """Copy everything to a dated zip that hairwise never deletes."""
        with book.store() as store:
            return {"name": workflow.back_up(store).name}


def _photo(card: workflow.PhotoCard) -> PhotoOut:
    names = ("sha256", "name", "kind", "day", "spot", "px_per_mm", "style", "n_bytes")
    return PhotoOut(**{n: getattr(card.photo, n) for n in names}, summary=card.summary)


def _spot(card: workflow.SpotCard) -> SpotOut:
    pair = card.change
    change = PairOut(before=pair.before.sha256, after=pair.after.sha256, summary=pair.summary) if pair else None
    photos = [_photo(p) for p in card.photos]
    return SpotOut(id=card.id, zone=card.zone, role=card.role, photos=photos, change=change)


def _add_photos(api: FastAPI, book: Book) -> None:
    @api.get("/spots", tags=["photos"])
    def spots() -> list[SpotOut]:
        """Return every spot with its photos."""
        with book.store() as store:
            return [_spot(card) for card in workflow.spot_cards(store)]

    @api.post("/spots", tags=["photos"], status_code=201)
    def add_spot(told: SpotIn) -> SpotOut:
        """Add a spot."""
        with book.store() as store:
            return _spot(workflow.spot_card(store, workflow.add_spot(store, told.zone, told.role)))

    @api.post("/spots/{spot_id}/photos", tags=["photos"], status_code=201)
    def add_photo(
        spot_id: str,
        photo: Annotated[UploadFile, File()],
        date: Annotated[workflow.Day, Form()],
        px_per_mm: Annotated[float | None, Form(ge=1, le=5000)] = None,
        style: Annotated[workflow.Style | None, Form()] = None,
    ) -> PhotoOut:
        """Keep a close-up without its private metadata; ask for a job to measure it."""
        if date > book.today():
            raise Refused("bad_field", "The day is in the future.", "Give today or an earlier day.")
        about = workflow.about_photo(photo.filename or "photo", "close_up", date, spot_id, (px_per_mm, style))
        with book.store() as store:
            return _photo(workflow.photo_card(store, workflow.add_photo(store, photo.file.read(), about)))

    @api.get("/photos/{sha256}", tags=["photos"])
    def photo(sha256: str) -> PhotoOut:
        """Return what is known of a photo."""
        with book.store() as store:
            return _photo(workflow.photo_card(store, sha256))

    @api.get("/photos/{sha256}/view", tags=["photos"], response_class=Response, responses=JPEG)
    def view(sha256: str, width_px: int = 1600) -> Response:
        """Return a photo as a JPEG, upright, without metadata."""
        with book.store() as store:
            return Response(workflow.view_of(store, sha256, min(max(width_px, 60), 4000)), media_type="image/jpeg")

    @api.delete("/photos/{sha256}", tags=["photos"], status_code=204)
    def delete(sha256: str) -> Response:
        """Delete a photo; for 30 days it can be brought back."""
        with book.store() as store:
            store.delete_photo(sha256)
        return Response(status_code=204)

    @api.post("/photos/{sha256}/undo", tags=["photos"])
    def undo(sha256: str) -> PhotoOut:
        """Bring a deleted photo back."""
        with book.store() as store:
            store.bring_photo_back(sha256)
            return _photo(workflow.photo_card(store, sha256))


def _add_hairs(api: FastAPI, book: Book) -> None:
    not_yet = Refused("not_kept", "This was not measured yet.", "Ask for a job first.")

    @api.get("/photos/{sha256}/hairs", tags=["photos"])
    def hairs(sha256: str) -> workflow.HairsFile:
        """Return the newest measurement of a photo."""
        with book.store() as store:
            file = workflow.hairs_kept(store, sha256)
        if file is None:
            raise not_yet
        return file

    @api.get("/photos/{sha256}/marks", tags=["photos"])
    def marks(sha256: str) -> list[dict[str, Any]]:
        """Return what was marked on a photo by hand."""
        with book.store() as store:
            return workflow.marks(store, sha256)

    @api.post("/photos/{sha256}/marks", tags=["photos"], status_code=201)
    def mark(sha256: str, told: MarkIn) -> dict[str, str]:
        """Mark a find that is no hair, or a hair that was missed; the measurement stays as it was."""
        with book.store() as store:
            return {"id": workflow.add_mark(store, sha256, told.kind, told.x_px, told.y_px)}

    @api.get("/pairs/{before}/{after}", tags=["photos"])
    def pair(before: str, after: str) -> workflow.PairFile:
        """Return the newest comparison of two photos."""
        with book.store() as store:
            file = workflow.pair_kept(store, before, after)
        if file is None:
            raise not_yet
        return file


def _job(job: Any) -> JobOut:
    return JobOut(**{name: getattr(job, name) for name in JobOut.model_fields})


def _add_jobs(api: FastAPI, book: Book, jobs: Jobs) -> None:
    def told(job_id: str) -> Any:
        with book.store() as store:
            return workflow.get_job(store, job_id)

    @api.post("/jobs", tags=["jobs"], status_code=202)
    def start(asked: JobIn) -> JobOut:
        """Ask for long work."""
        return _job(told(jobs.ask(asked.kind, asked.args)))

    @api.get("/jobs/{job_id}", tags=["jobs"])
    def job(job_id: str) -> JobOut:
        """Say how far it is."""
        return _job(told(job_id))

    @api.get("/jobs/{job_id}/events", tags=["jobs"], response_class=StreamingResponse)
    def events(job_id: str) -> StreamingResponse:
        """Follow it as server-sent events, until it ends."""
        told(job_id)  # an unknown one is an error, not a stream
        return StreamingResponse(event_lines(lambda: told(job_id)), media_type="text/event-stream")
