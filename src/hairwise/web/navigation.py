"""Which pages every page links to, and which of them is open.

Knows: the order of the links, the address asked for. Must not know: what the pages say.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["HERE", "Link", "Navigation", "navigation"]

HERE: ContextVar[str] = ContextVar("HERE", default="")  # the address of the page that is being made
FIRST = (
    ("/today", "Today"),
    ("/log", "Log"),
    ("/photos", "Photos"),
    ("/timeline", "Timeline"),
    ("/why", "Why"),
    ("/report", "Report"),
)
MORE = (
    ("/check", "Check"),
    ("/screening", "Screening"),
    ("/plan", "Plan"),
    ("/guide", "Session guide"),
    ("/products", "Products"),
    ("/evidence", "Evidence"),
    ("/data", "Data"),
    ("/demo", "Demo"),
)
_BELONGS = {"/entry": "/log", "/deleted": "/log"}  # pages of another address that are parts of one


@dataclass(frozen=True)
class Link:
    """One link; ``current`` is what ``aria-current`` says: ``page``, ``true`` for a part of it, or nothing."""

    path: str
    title: str
    current: str


@dataclass(frozen=True)
class Navigation:
    """The links in view, and those under "More"."""

    first: tuple[Link, ...]
    more: tuple[Link, ...]

    @property
    def open_more(self) -> str:
        """The title of the open page where its link is among those out of view."""
        return next((link.title for link in self.more if link.current), "")


def navigation(paths: frozenset[str]) -> Navigation:
    """Return the links to the pages that there are."""
    here = HERE.get()
    top = "/" + here.strip("/").split("/")[0]
    part = _BELONGS.get(top, top)

    def links(asked: tuple[tuple[str, str], ...]) -> tuple[Link, ...]:
        said = {True: "page", False: "true"}
        return tuple(Link(p, t, said[p == here] if p == part else "") for p, t in asked if p in paths)

    return Navigation(links(FIRST), links(MORE))
