"""The interface for programs at /api/v1: OpenAPI, a token, one shape of error.

Knows: who may ask, how much, how a refusal is told. Must not know: use cases; see ``api_routes``.
"""

from __future__ import annotations

import hmac
import os
import secrets
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import Request  # noqa: TC002 - FastAPI reads annotations when it runs
from starlette.responses import JSONResponse, Response

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.api_models import ErrorOut
from hairwise.web.api_routes import add_routes
from hairwise.web.forms import MAX_PHOTO_BYTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hairwise.web.book import Book
    from hairwise.web.jobs import Jobs

__all__ = ["TOKEN_FILE", "create_api", "read_token"]

TOKEN_FILE = "api-token"
MAX_BYTES = 20_000_000  # ten years of daily entries are about 3 MB
_STATUS = {
    "not_allowed": 401, "not_kept": 404, "no_entry": 404, "form_too_large": 413, "file_too_large": 413,
    "no_length": 411, "not_a_form": 415, "store_busy": 503, "cannot_write": 507,
}  # fmt: skip
_SAID = {code: {"model": ErrorOut} for code in (400, 401, 404, 405, 411, 413, 415, 422, 503, 507)}
_bearer = HTTPBearer(auto_error=False, description="The text of the file api-token in the data folder.")


def create_api(book: Book, jobs: Jobs, **options: Any) -> FastAPI:
    """
    Return the application for programs, to be mounted.

    Parameters
    ----------
    book : Book
        The data.
    jobs : Jobs
        Long work.
    **options
        Passed to FastAPI.
    """

    def may_ask(told: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None) -> None:
        known = read_token(book.folder or workflow.data_folder())
        if told is None or not hmac.compare_digest(told.credentials.encode(), known.encode()):
            raise Refused(
                "not_allowed",
                "The token is missing or wrong.",
                f"Send the text of the file {TOKEN_FILE} in the data folder as a bearer token.",
            )

    api = FastAPI(
        title="hairwise",
        version="1",
        description="Everything the pages do, for programs on this computer. It is not a medical device.",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(may_ask)],
        responses=_SAID,  # type: ignore[arg-type]
        **options,
    )
    add_routes(api, book, jobs)
    _add_errors(api)

    @api.middleware("http")
    async def within_limits(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.method in ("POST", "PUT", "PATCH"):
            length = request.headers.get("content-length", "")
            most = MAX_PHOTO_BYTES if request.url.path.endswith("/photos") else MAX_BYTES
            if not length.isdigit():
                return _told(Refused("no_length", "The request does not say its size.", "Send Content-Length."))
            if int(length) > most:
                why = f"The request is larger than {most // 1_000_000} MB."
                return _told(Refused("form_too_large", why, "Send less at once."))
        return await follow(request)

    return api


def read_token(folder: Path) -> str:
    """Return the token of this data folder, made on first use, readable by its owner alone."""
    path = folder / TOKEN_FILE
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f".part-{secrets.token_hex(8)}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        part.replace(path)  # two may ask at once for the first time: the last one wins, whole
        return path.read_text().strip()


def _told(refused: Refused) -> JSONResponse:
    status = _STATUS.get(refused.code, 422)
    body = {"refused": {"code": refused.code, "why": refused.why, "do": refused.do}}
    return JSONResponse(body, status, headers={"WWW-Authenticate": "Bearer"} if status == 401 else None)


def _add_errors(api: FastAPI) -> None:
    @api.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        return _told(error)

    @api.exception_handler(RequestValidationError)
    async def unfit(_: Request, error: RequestValidationError) -> JSONResponse:
        return _told(workflow.refusal_of_request(error.errors()))

    @api.exception_handler(HTTPException)
    async def other(_: Request, error: HTTPException) -> JSONResponse:
        whys = {404: "There is nothing at this address.", 405: "This address does not take this method."}
        why = whys.get(error.status_code, "The request cannot be read.")
        body = {"refused": {"code": "bad_request", "why": why, "do": "See /api/v1/openapi.json."}}
        return JSONResponse(body, error.status_code, headers=error.headers)

    @api.exception_handler(Exception)
    async def broken(_: Request, __: Exception) -> JSONResponse:
        told = {"code": "broken", "why": "Something went wrong inside hairwise.", "do": "Report it as a bug."}
        return JSONResponse({"refused": told}, 500)
