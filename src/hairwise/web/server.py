"""The page served on 127.0.0.1 and, when asked, to phones of the home network.

Knows: the port and the browser. Must not know: what the pages say.
"""

from __future__ import annotations

import errno
import logging
import socket
import sys
import threading
import webbrowser
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.app import create_app
from hairwise.web.logs import LOGS
from hairwise.web.pair_pages import terminal_text
from hairwise.web.pairing import Pairing, home_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["HOST", "Lan", "run"]

HOST = "127.0.0.1"
WARM_AFTER_S = 2.0
_LOG = logging.getLogger("uvicorn.error")  # the one logger that uvicorn shows


@dataclass(frozen=True)
class Lan:
    """Phones of the home network may connect: under which address of this machine, and how they are told the code."""

    address: str | None
    say: Callable[[str], object]


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, address: str, *, browser: bool, then: Callable[[], object]) -> None:
        super().__init__(config)
        self._address, self._browser, self._then = address, browser, then

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then open the browser beside the loop: some browsers hold the call until they are closed."""
        await super().startup(sockets)
        if not self.started:
            return
        warm = threading.Timer(WARM_AFTER_S, _warm)  # the first page comes first
        warm.daemon = True
        warm.start()
        _LOG.info("hairwise is open at %s (stop with Ctrl+C)", self._address)
        self._then()
        if self._browser:
            threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()


def run(port: int, *, browser: bool, page: str = "/", data: Path | None = None, lan: Lan | None = None) -> None:
    """
    Serve the pages until interrupted.

    Parameters
    ----------
    port : int
        On 127.0.0.1 only, so that other machines cannot reach it, unless ``lan`` is told.
    browser : bool
        Open the browser once the server listens.
    page : str
        Path the browser opens.
    data : Path, optional
        Folder of the log; the usual place by default.
    lan : Lan, optional
        Listen in the home network too, for phones that were paired.

    Raises
    ------
    Refused
        ``port_in_use`` when the port cannot be had; ``no_network``, ``bad_address`` or ``not_at_home``.
    """
    pairing = Pairing(home_address(lan.address), port) if lan else None

    def tell() -> None:
        if lan and pairing:
            lan.say(terminal_text(pairing, f"http://{HOST}:{port}/pair", getattr(sys.stdout, "encoding", None)))

    with ExitStack() as stack:
        listeners = [stack.enter_context(_listener(HOST, port))]
        if pairing:
            listeners.append(stack.enter_context(_listener(pairing.address, port)))
        # who asks decides what is answered, so no header may claim another address
        config = uvicorn.Config(
            create_app(data=data, pairing=pairing), log_config=LOGS, access_log=False, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=1,  # a page that follows a job would hold it up
        )  # fmt: skip
        _Server(config, f"http://{HOST}:{port}{page}", browser=browser, then=tell).run(listeners)


def _warm() -> None:
    """Load what later pages need."""
    workflow.load_all()
    workflow.warm_charts()


def _listener(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise Refused(
                "bad_address", f"{address} is not an address of this computer.", "Leave it out, or correct it."
            ) from None
        raise Refused(
            "port_in_use", f"Port {port} is taken by another program.", "Choose another one with --port."
        ) from None
    return listener
