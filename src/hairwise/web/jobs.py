"""Long work beside the pages, one job after another, and pages that show how far it is.

Knows: the thread, the addresses of jobs. Must not know: what the work does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response, StreamingResponse

from hairwise import workflow
from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fastapi import FastAPI

    from hairwise.web.book import Book

__all__ = ["Jobs", "add_jobs", "event_lines", "place_of"]

_LOG = logging.getLogger(__name__)
_EVERY_S = 0.25
RETRY_S = 30.0  # where the data cannot be opened


class Jobs:
    """A thread that does what waits in the store; what a stop cut off waits again at the next start."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._hand: workflow.Hand | None = None
        book.when_forgotten(self._forget)
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._halt = threading.Event()
        self._turn: Any = None
        self._unkept: Any = None  # a job that was taken up and has no outcome

    def ask(self, kind: str, args: dict[str, Any]) -> str:
        """Ask for work; return its id."""
        self.start()
        with self._book.store() as store:
            job_id: str = workflow.ask_for(store, kind, args)
        self._wake.set()
        return job_id

    def start(self) -> None:
        """Start the thread, once."""
        with self._lock:
            if self._thread is None:
                with self._book.store() as store:
                    self._turn = workflow.resume_jobs(store)
                self._thread = threading.Thread(target=self._run, name="hairwise-jobs", daemon=True)
                self._thread.start()
                self._wake.set()

    def resume(self) -> None:
        """Go on with what a stop cut off, where there are data at all."""
        if self._book.has_data():
            with suppress(Refused):  # a page says so; without it no one would be told
                self.start()

    def stop(self) -> None:
        """Take no further job; one that runs is done again after the next start."""
        self._halt.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self._turn is not None:
            self._turn.close()

    def _forget(self) -> None:
        if self._hand is not None:
            self._hand.forget()

    def _run(self) -> None:
        while not self._halt.is_set():
            self._wake.wait()
            self._wake.clear()
            try:
                self._empty()
            except Exception:  # noqa: BLE001 - the thread must live; the data may be back later
                _LOG.exception("jobs cannot be taken up")
                self._halt.wait(RETRY_S)
                self._wake.set()

    def _empty(self) -> None:
        while not self._halt.is_set():
            with self._book.store() as store:
                if self._unkept is not None:
                    workflow.put_job_back(store, self._unkept)
                self._unkept = job = workflow.next_job(store)
                if job is None:
                    return
                try:
                    if self._hand is None:
                        self._hand = workflow.Hand()  # not before: the finder of hairs loads slowly
                    self._hand.work(store, job)
                except Refused:  # not of the work, which is kept: the disk is full, or another program holds the data
                    raise
                except Exception:  # noqa: BLE001 - the job holds what to tell; the next one is taken up
                    _LOG.exception("a job failed")
                self._unkept = None


def place_of(job: Any) -> str:
    """Return the page on which a job's result is seen."""
    args = job.args
    if job.kind == "measure":
        return f"/photos/of/{args['photo']}"
    if job.kind == "compare":
        return f"/photos/compare/{args['before']}/{args['after']}"
    return f"/photos/spots/{args['spot']}/hairs?job={job.id}"


def add_jobs(app: FastAPI, book: Book) -> None:
    """Add the page of a job and its events."""

    def told(job_id: str) -> Any:
        with book.store() as store:
            return workflow.get_job(store, job_id)

    @app.get("/jobs/{job_id}")
    def page(job_id: str) -> Response:
        job = told(job_id)
        if job.state == "done":
            return RedirectResponse(place_of(job), 303)
        if job.state == "refused":
            return book.pages.error(422, job.result["why"], job.result["do"])
        return book.pages.page("job.html", job=job, scripts=("progress.js",))

    @app.get("/jobs/{job_id}/events")
    async def events(job_id: str) -> StreamingResponse:
        await run_in_threadpool(told, job_id)  # an unknown one is an error, not a stream
        return StreamingResponse(event_lines(lambda: told(job_id)), media_type="text/event-stream")


async def event_lines(look: Callable[[], Any]) -> AsyncIterator[str]:
    """Yield a job's progress as server-sent events until it ends; one that leaves stops the reading of it."""
    last = ""
    while True:
        job = await run_in_threadpool(look)
        data = json.dumps({"state": job.state, "step": job.step, "done": job.done, "steps": job.steps})
        if data != last:
            yield f"data: {data}\n\n"
            last = data
        if job.state in ("done", "refused"):
            return
        await asyncio.sleep(_EVERY_S)
