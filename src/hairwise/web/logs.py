"""What the server writes to the terminal, without a person's words in it.

Knows: the loggers. Must not know: the pages.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from uvicorn.logging import DefaultFormatter

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["LOGS", "PlacesOnly"]

Raised = tuple[type[BaseException], BaseException, "TracebackType | None"] | tuple[None, None, None]


class PlacesOnly(DefaultFormatter):
    """Tell of an error its kind and where it was raised; its message may hold what the person wrote."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802, D102 - named by the standard library
        error = ei[1]
        parts: list[str] = []
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
            error = error.__cause__ or error.__context__
        return "\nfrom\n".join(parts)


LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"places": {"()": PlacesOnly, "fmt": "%(levelprefix)s %(message)s", "use_colors": None}},
    "handlers": {"here": {"class": "logging.StreamHandler", "formatter": "places", "stream": "ext://sys.stderr"}},
    "loggers": {
        name: {"handlers": ["here"], "level": "INFO", "propagate": False} for name in ("uvicorn", "hairwise", "asyncio")
    },
}
