"""Pages that connect a phone: the code on the computer, and where the phone tells it.

Knows: addresses, the picture of a code, the cookie. Must not know: who may ask what (that is the door), what is kept.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import segno
from markupsafe import Markup
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hairwise.errors import Refused
from hairwise.web.door import COOKIE
from hairwise.web.forms import read_form

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hairwise.web.book import Book
    from hairwise.web.pairing import Pairing

__all__ = ["add_pairing", "terminal_text"]

NOT_ENCRYPTED = (
    "The way from the phone to this computer is not encrypted: others in the same network could read along. "
    "Use it only at home, in a network whose password only people you trust know."
)


def add_pairing(app: FastAPI, book: Book, pairing: Pairing | None) -> None:
    """Add the page of the code, and the page on which a phone tells it."""

    def pair_page(code: str = "", said: str = "") -> HTMLResponse:
        return book.pages.page(
            "pair.html", pairing=pairing, code=shown(code), picture=_picture(pairing, code) if code else "",
            warning=NOT_ENCRYPTED, said=said, token=book.guard.token,
        )  # fmt: skip

    @app.get("/pair")
    def show() -> HTMLResponse:
        return pair_page()

    if pairing is None:
        return

    @app.post("/pair")
    async def offer(request: Request) -> HTMLResponse:
        book.guard.check(request, await read_form(request))
        return pair_page(pairing.offer())

    @app.post("/pair/forget")
    async def forget(request: Request) -> HTMLResponse:
        book.guard.check(request, await read_form(request))
        pairing.forget()
        return pair_page(said="No phone is connected any more.")

    _add_join(app, book, pairing)


def _add_join(app: FastAPI, book: Book, pairing: Pairing) -> None:
    def join_page(code: str = "", problem: Refused | None = None) -> HTMLResponse:
        return book.pages.page(
            "join.html", 403 if problem else 200, code=code[:40], problem=problem, warning=NOT_ENCRYPTED
        )

    @app.get("/join")
    @app.get("/join/{code}")
    def ask(code: str = "") -> HTMLResponse:
        # opening uses nothing up: programs that read such pictures often look at the address before the person does
        return join_page(shown(code) if code.isalnum() else "")

    @app.post("/join")
    async def join(request: Request) -> Response:
        told = ((await read_form(request)).get("code") or [""])[-1]
        try:
            secret = pairing.pair(told)
        except Refused as refused:
            return join_page(problem=refused)
        response = RedirectResponse("/", 303)
        # not "secure": there is no TLS (docs/adr/0014); no age: it ends with this run of the program anyway
        response.set_cookie(COOKIE, secret, httponly=True, samesite="strict", path="/")
        return response


def shown(code: str) -> str:
    """Return a code in two halves, which are easier to read and type."""
    return f"{code[:5]}-{code[5:]}" if len(code) == 10 else code


def terminal_text(pairing: Pairing, page: str, encoding: str | None) -> str:
    """
    Return what the terminal says about connecting a phone, with a new code.

    Parameters
    ----------
    pairing : Pairing
        Makes the code.
    page : str
        Where this computer shows further codes.
    encoding : str, optional
        Of the terminal; the picture is left out where its blocks cannot be shown.
    """
    code = pairing.offer()
    picture = StringIO()
    segno.make(_address(pairing, code), micro=False).terminal(out=picture, compact=True)
    lines = [
        "",
        "To connect a phone in your home network, scan this code with its camera,",
        f"or open http://{pairing.host}/join on it and type {shown(code)}",
        "The code works once and for ten minutes. Show it to no one else.",
        f"For a new code, or to disconnect phones, open {page} on this computer.",
        "",
        *NOT_ENCRYPTED.replace(": ", ":\n", 1).replace(". ", ".\n", 1).splitlines(),
        "",
    ]
    blocks = picture.getvalue()
    try:
        blocks.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        blocks = ""
    return "\n".join([lines[0], blocks, *lines[1:]]) if blocks else "\n".join(lines)


def _address(pairing: Pairing, code: str) -> str:
    return f"http://{pairing.host}/join/{code}"


def _picture(pairing: Pairing | None, code: str) -> Markup:
    if pairing is None:
        return Markup("")
    made = segno.make(_address(pairing, code), micro=False)
    # white around it in the dark too: phones read dark blocks on white
    return Markup(made.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="code", lineclass=None))
