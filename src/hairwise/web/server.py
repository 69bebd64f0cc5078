"""The page served on 127.0.0.1.

Knows: the port and the browser. Must not know: what the pages say.
"""

from __future__ import annotations

import logging
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING

import uvicorn

from hairwise.errors import Refused
from hairwise.web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HOST", "run"]

HOST = "127.0.0.1"
_LOG = logging.getLogger("uvicorn.error")  # the one logger that uvicorn shows


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, address: str, *, browser: bool) -> None:
        super().__init__(config)
        self._address, self._browser = address, browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then open the browser beside the loop: some browsers hold the call until they are closed."""
        await super().startup(sockets)
        if not self.started:
            return
        _LOG.info("hairwise is open at %s (stop with Ctrl+C)", self._address)
        if self._browser:
            threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()


def run(port: int, *, browser: bool, page: str = "/", data: Path | None = None) -> None:
    """
    Serve the pages until interrupted.

    Parameters
    ----------
    port : int
        On 127.0.0.1 only; other machines cannot reach it.
    browser : bool
        Open the browser once the server listens.
    page : str
        Path the browser opens.
    data : Path, optional
        Folder of the log; the usual place by default.

    Raises
    ------
    Refused
        ``port_in_use`` when the port cannot be had.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        try:
            listener.bind((HOST, port))
        except OSError:
            raise Refused(
                "port_in_use", f"Port {port} is taken by another program.", "Choose another one with --port."
            ) from None
        config = uvicorn.Config(create_app(data=data), log_level="info", access_log=False, server_header=False)
        _Server(config, f"http://{HOST}:{port}{page}", browser=browser).run([listener])
