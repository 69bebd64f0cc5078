"""What the pages of a person's own data share: the store, the guard, the clock.

Knows: when the store is opened, which forms the log has. Must not know: addresses, stages.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from hairwise import workflow
from hairwise.web.guard import Guard
from hairwise.web.log_fields import Log, line_of
from hairwise.web.log_kinds import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from hairwise.web.pages import Pages

__all__ = ["Book"]


class Book:
    """What the pages of the log share."""

    def __init__(self, pages: Pages, today: Callable[[], date], folder: Path | None) -> None:
        self.pages, self.today, self.folder, self.guard = pages, today, folder, Guard()
        self._held: Any = None
        self._opened: date | None = None
        self._lock = Lock()
        self.logs = logs()

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
