"""Only this machine's own pages may change what is kept.

Knows: headers and a token of this run. Must not know: what is kept.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

__all__ = ["Guard"]


class Guard:
    """A token that forms carry; another site can neither read nor guess it."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)

    def check(self, request: Request, form: Mapping[str, Sequence[str]]) -> None:
        """Refuse a form that did not come from a page of this run.

        Raises
        ------
        Refused
            ``not_from_here``.
        """
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        # told to send no referrer, a browser says "null" for its own pages too; then its word on the site decides
        is_hidden = origin == "null" and site == "same-origin"
        is_foreign = not is_hidden and origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        told = (form.get("token") or [""])[-1]
        same = hmac.compare_digest(told.encode(), self.token.encode())
        if is_foreign or site in ("cross-site", "same-site") or not same:
            raise Refused(
                "not_from_here",
                "This form is from an older page, or from another one.",
                "Open the page again and repeat.",
            )
