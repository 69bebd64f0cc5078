"""What the pages of a person's own data share: the store, the guard, the clock.

Knows: when the store is opened, which forms the log has. Must not know: addresses, stages.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.forms import read_form
from hairwise.web.guard import Guard
from hairwise.web.log_kinds import logs
from hairwise.web.worked import Found, Worked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from hairwise.web.log_fields import Log
    from hairwise.web.pages import Pages

__all__ = ["Book"]

Form = dict[str, list[str]]
T = TypeVar("T")
WAIT_S = 0.05  # a page that is there at once is worth more than one that has everything


class Book:
    """What the pages of the log share."""

    def __init__(self, pages: Pages, today: Callable[[], date], folder: Path | None) -> None:
        self.pages, self.today, self.folder, self.guard = pages, today, folder, Guard()
        self._held: Any = None
        self._opened: date | None = None
        self._lock = Lock()
        self._others: list[Callable[[], object]] = []
        self._answers: Worked[workflow.Standing] = Worked()
        self._trials: Worked[Any] = Worked()
        self._form: tuple[Any, Form] | None = None  # a log of ten years takes a second to read

    @cached_property
    def logs(self) -> dict[str, Log]:
        """The forms of the log; reading the devices they offer would hold up the first page."""
        return logs()

    @contextmanager
    def store(self) -> Iterator[Any]:
        """Lend the data, opened once a day: opening checks, copies and tidies them."""
        with self._lock:
            if self._held is None or self._opened != self.today():
                self._let_go()
                self._held, self._opened = workflow.open_store(self.folder), self.today()
            held = self._held
        yield held

    def has_data(self) -> bool:
        """Say whether data were ever kept in the folder; asking makes nothing."""
        return (workflow.data_folder() if self.folder is None else self.folder).joinpath("hairwise.db").exists()

    def is_empty(self) -> bool:
        """Say whether nothing is kept, not even what was deleted; data that cannot be opened are not nothing."""
        with suppress(Refused), self.store() as store:
            return bool(store.is_empty())
        return False

    def close(self) -> None:
        """Let go of the data."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def when_forgotten(self, do: Callable[[], object]) -> None:
        """Name what else holds something of the data in memory."""
        self._others.append(do)

    def forget(self) -> None:
        """Drop what is held of the data in memory: they were deleted, or others are in their place."""
        self._answers.forget()
        self._trials.forget()
        self._form = None
        workflow.forget_drawn()
        for do in self._others:
            do()

    async def posted(self, request: Request, write: Callable[[Any, Form], T]) -> T:
        """Take a form of these pages and write what it tells, beside the loop: a busy store must not hold all pages."""
        form = await read_form(request)
        self.guard.check(request, form)

        def run() -> T:
            with self.store() as store:
                return write(store, form)

        return await run_in_threadpool(run)

    def standing(self, wait_s: float = WAIT_S) -> Found[workflow.Standing] | None:
        """Return the log's answer, or the last one while a new one is worked out; None where nothing is kept."""
        with self.store() as store:
            if store.is_empty():
                self.forget()
                return None
            key = store.stamp(), self.today()
        return self._answers.ask(key, lambda: self._stand(key[1]), wait_s)

    def form_of_log(self) -> Form:
        """Return the questions' form as the log fills it; kept until the log changes."""
        with self.store() as store:
            key = store.stamp(), self.today()
            if self._form is None or self._form[0] != key:
                self._form = key, workflow.form_of_log(store, key[1])
            return {name: [*values] for name, values in self._form[1].items()}

    def experiments(self, standing: workflow.Standing) -> Any:
        """Return the experiments that fit a current answer; None while they are worked out."""
        found = self._trials.ask(id(standing), lambda: (standing, workflow.experiments_now(standing)), WAIT_S)
        return found.value[1] if found.is_current and found.value else None

    def waiting(self, last: workflow.Standing | None) -> HTMLResponse:
        """Say that the answer is being worked out; the last one is shown only as what it is, without its steps."""
        return self.pages.page("waiting.html", last=last, today=self.today())

    def _stand(self, day: date) -> workflow.Standing:
        with self.store() as store:
            return workflow.stand(store, day)

    def log(self, kind: str) -> Log:
        """Return a form of the log; there is no page for a kind that has none."""
        if kind not in self.logs:
            raise HTTPException(404)
        return self.logs[kind]

    def begin_standing(self) -> None:
        """Begin the new answer after a change, where one was asked for, so that it is there when it is opened."""
        with suppress(Refused):
            if self._answers.was_asked:
                self.standing(0.0)
