"""Who may ask: this user of this computer, and in the home network only phones that were paired.

Knows: addresses, headers and cookies of a request. Must not know: what the pages say.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from hairwise.web.neighbours import is_another_user
from hairwise.web.pairing import is_home

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from hairwise.web.pages import Pages
    from hairwise.web.pairing import Pairing

__all__ = ["COOKIE", "Door", "is_near"]

COOKIE = "hairwise-phone"
NEAR_HOSTS = ("127.0.0.1", "localhost")
SAFE = ("GET", "HEAD")
NOT_PAIRED = "This phone is not connected to hairwise."
ONLY_NEAR = "This page opens on the computer itself only."


class Door:
    """Answer whoever may not come in, before anything of theirs is read."""

    def __init__(self, app: ASGIApp, pages: Pages, pairing: Pairing | None = None) -> None:
        self._app, self._pages, self._pairing = app, pages, pairing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or turn it away."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            request = Request(scope)
            turned_away = self._near(request) if is_near(request) else self._far(request)
            await (turned_away or self._app)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _near(self, request: Request) -> Response | None:
        """Hold another name that points at this computer (DNS rebinding) to the page's own; and other users off."""
        hosts = request.headers.getlist("host")
        is_ours = len(hosts) == 1 and _name_of(hosts[0]) in NEAR_HOSTS
        if not is_ours:
            return PlainTextResponse("This is not a name of this page.", 400)
        client, server = request.scope["client"], request.scope.get("server")
        is_other = server is not None and is_another_user((client[0], client[1]), (server[0], server[1]))
        return PlainTextResponse("This page is another user's.", 403) if is_other else None

    def _far(self, request: Request) -> Response | None:
        """Let in a phone of the home network, under the one address, with what it was given."""
        pairing = self._pairing
        if pairing is None or request.client is None or not is_home(request.client.host):
            return self._shut(request)
        hosts = [pairing.host, pairing.address] if pairing.port == 80 else [pairing.host]
        told = request.headers.getlist("host")
        if len(told) != 1 or told[0] not in hosts:
            return PlainTextResponse("This is not a name of this page.", 400)
        if request.method not in SAFE and request.headers.get("origin", f"http://{told[0]}") != f"http://{told[0]}":
            return self._shut(request)
        path = request.scope["path"]
        if is_open(path):
            return None
        if not pairing.knows(request.cookies.get(COOKIE, "")):
            return self._shut(request)
        return self._shut(request, ONLY_NEAR) if is_only_near(path) else None

    def _shut(self, request: Request, why: str = NOT_PAIRED) -> Response:
        do = self._pairing.where if self._pairing else "Open hairwise on the computer itself."
        if "application/json" in request.headers.get("accept", "") or request.scope["path"].startswith("/api/"):
            return JSONResponse({"refused": {"code": "not_paired", "why": why, "do": do}}, 403)
        return self._pages.page("shut.html", 403, why=why, do=do)


def _name_of(host: str) -> str:
    """Return a Host header's name without its port; what follows it and is no port makes it another name."""
    name, colon, port = host.rpartition(":")
    return name.lower() if colon and port.isdecimal() else host.lower()


def is_near(request: Request) -> bool:
    """Return whether this computer itself asks."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def is_open(path: str) -> bool:
    """Return whether a page is for phones that are not connected yet: nothing of the person's is on it."""
    return path.startswith(("/static/", "/join/")) or path == "/join"


def is_only_near(path: str) -> bool:
    """Return whether a page is for the computer alone: who has a phone must not be able to connect others."""
    return path == "/pair" or path.startswith("/pair/")
