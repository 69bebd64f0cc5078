"""What the pages of a person's own data share: the store, the guard, the clock.

Knows: when the store is opened, how a form of the log is taken. Must not know: addresses, stages.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form
from hairwise.web.guard import Guard
from hairwise.web.log_fields import LOGS, Log, line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from starlette.requests import Request

    from hairwise.web.pages import Pages

__all__ = ["Book"]

Form = dict[str, list[str]]


class Book:
    """What the pages of the log share."""

    def __init__(self, pages: Pages, today: Callable[[], date], folder: Path | None) -> None:
        self.pages, self.today, self.folder, self.guard = pages, today, folder, Guard()
        self._held: Any = None
        self._opened: date | None = None
        self._lock = Lock()
        kinds = tuple((k, k.replace("_", " ")) for k in workflow.event_kinds())
        asked = LOGS["event"]
        fields = tuple(replace(f, choices=kinds) if f.name == "kind" else f for f in asked.fields)
        self.logs = {**LOGS, "event": replace(asked, fields=fields)}

    @contextmanager
    def store(self) -> Iterator[Any]:
        """Lend the data, opened once a day: opening checks, copies and tidies them."""
        with self._lock:
            if self._held is None or self._opened != self.today():
                self.close()
                self._held, self._opened = workflow.open_store(self.folder), self.today()
        yield self._held

    def has_data(self) -> bool:
        """Say whether data were ever kept in the folder; asking makes nothing."""
        return (workflow.data_folder() if self.folder is None else self.folder).joinpath("hairwise.db").exists()

    def close(self) -> None:
        """Let go of the data."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def log(self, kind: str) -> Log:
        """Return a form of the log; there is no page for a kind that has none."""
        if kind not in self.logs:
            raise HTTPException(404)
        return self.logs[kind]

    def line_of(self, kind: str, body: Any) -> str:
        """Return an entry in a few words."""
        return line_of(self.logs[kind], body)

    async def taken(self, request: Request, log: Log, write: Callable[[Any, Form], object]) -> Response:
        """Check a form of the log and write what it tells, or show it again with what is wrong."""
        form = await read_form(request)

        def run() -> None:
            with self.store() as store:
                write(store, form)

        try:
            self.guard.check(request, form)
            await run_in_threadpool(run)
        except Refused as refused:
            if refused.code in ("not_kept", "store_busy"):
                raise
            return self.form(log, form, request.url.path, refused)
        return RedirectResponse("/log?kept=1", 303)

    def form(self, log: Log, form: Form, action: str, problem: Refused | None = None) -> HTMLResponse:
        """Render one form of the log."""
        return self.pages.page(
            "log_form.html", 422 if problem else 200, log=log, form=form, action=action, problem=problem,
            token=self.guard.token, today=self.today().isoformat(),
        )  # fmt: skip
