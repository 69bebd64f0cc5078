"""Static files under an address that changes with them, and what makes the page installable.

Knows: files, their hashes and types. Must not know: what the pages say.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Scope

__all__ = ["STATIC", "add_assets", "static"]

STATIC = Path(__file__).parent / "static"
FOREVER = "private, max-age=31536000, immutable"
# told here, since on some systems other programs change what the system says of a name's ending
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".html": "text/html; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
# all that the browser keeps for the time when hairwise is not running; no page is among it
KEPT = ("offline.html", "style.css", "icon.svg")
WORKER_POLICY = "default-src 'none'; connect-src 'self'"


def static(name: str) -> str:
    """Return a static file's address, which is another one once the file changes."""
    path = STATIC / name
    told = path.stat()
    return f"/static/{name}?v={_hash(path, told.st_mtime_ns, told.st_size)}"


def add_assets(app: FastAPI) -> None:
    """Add the static files and the script that shows a page when hairwise is not running."""
    app.mount("/static", GZipMiddleware(_Static(directory=STATIC)), name="static")

    @app.get("/sw.js")
    def worker() -> Response:
        version = hashlib.sha256("".join(static(name) for name in (*KEPT, "sw.js")).encode()).hexdigest()[:12]
        text = f'"use strict";\nconst VERSION = "{version}";\n{(STATIC / "sw.js").read_text(encoding="utf-8")}'
        return Response(text, media_type=TYPES[".js"], headers={"Content-Security-Policy": WORKER_POLICY})


class _Static(StaticFiles):
    """Static files that a browser may keep while the address carries their hash."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kind = TYPES.get(Path(path).suffix)
        if kind:
            response.headers["Content-Type"] = kind
        told = parse_qs(scope["query_string"].decode("latin-1")).get("v")
        if told and response.status_code < 400 and static(path).endswith(f"?v={told[-1]}"):
            response.headers["Cache-Control"] = FOREVER
        return response


@lru_cache(maxsize=64)
def _hash(path: Path, _mtime_ns: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
