"""Why hair falls, from the log: causes, reasons, checks, and what would tell more.

Knows: the address and its template. Must not know: stages; everything comes through workflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse  # noqa: TC002 - FastAPI reads annotations when it runs

from hairwise import workflow

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.records.verdicts import Reason, Why
    from hairwise.web.book import Book

__all__ = ["add_why"]

SHOWN_P = 0.05  # below this a cause is one of the others, and is named only in their list
SHOWN_REASONS = 3


@dataclass(frozen=True)
class _Cause:
    """A cause with its reasons, the heaviest first."""

    name: str
    p: float
    first: tuple[Reason, ...]
    rest: tuple[Reason, ...]


def add_why(app: FastAPI, book: Book) -> None:
    """Add the page that explains."""

    @app.get("/why")
    def why_page() -> HTMLResponse:
        found = book.standing()
        if found is None:
            return book.pages.page("today_empty.html")
        if not found.is_current or found.value is None:
            return book.waiting(found.value)
        at = found.value
        why, plan = at.told.why, at.told.plan
        waits = plan.urgency in ("emergency", "same_day")
        causes = _causes(why) if why.rolling_weighed else []
        return book.pages.page(
            "why.html",
            at=at,
            why=why,
            plan=plan,
            waits=waits,
            causes=[c for c in causes if c.p >= SHOWN_P],
            others=[c for c in causes if c.p < SHOWN_P],
            experiments=None if waits else book.experiments(at),
            experiment_names=workflow.EXPERIMENT_NAMES,
        )


def _causes(why: Why) -> list[_Cause]:
    order = sorted(why.p_cause, key=lambda cause: -why.p_cause[cause])
    out = []
    for cause in order:
        reasons = sorted((r for r in why.reasons if r.cause == cause), key=lambda r: -abs(r.weight))
        shown = tuple(reasons[:SHOWN_REASONS]), tuple(reasons[SHOWN_REASONS:])
        out.append(_Cause(workflow.CAUSE_NAMES[cause], why.p_cause[cause], *shown))
    return out
