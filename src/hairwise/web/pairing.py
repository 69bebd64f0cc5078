"""Which phones may open the pages: a code that works once, and what was given for it.

Knows: codes, their age, the address in the home network. Must not know: requests, pages, what is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
import time
from threading import Lock
from typing import TYPE_CHECKING

from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CODE_LIFE_S", "MAX_WRONG", "Pairing", "home_address", "is_home"]

CODE_LIFE_S = 600
MAX_WRONG = 10  # then the code is void: ten guesses at 2**50 codes find nothing
MAX_PHONES = 8
LENGTH = 10
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 without 0, 1, I and O, which are misread


class Pairing:
    """The code on offer and the phones that used one; only digests of both are held, in memory."""

    def __init__(self, address: str, port: int, now: Callable[[], float] = time.monotonic) -> None:
        self.address, self.port, self._now = address, port, now
        self._code: tuple[bytes, float] | None = None
        self._n_wrong = 0
        self._phones: list[bytes] = []
        self._lock = Lock()

    @property
    def host(self) -> str:
        """The one name under which phones reach the pages."""
        return f"{self.address}:{self.port}"

    @property
    def n_phones(self) -> int:
        """How many phones are connected."""
        return len(self._phones)

    def offer(self) -> str:
        """Return a new code; an older one no longer works."""
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        with self._lock:
            self._code, self._n_wrong = (_digest(code), self._now()), 0
        return code

    def pair(self, told: str) -> str:
        """
        Take a code and return the secret that the phone keeps from now on.

        Raises
        ------
        Refused
            ``wrong_code`` when it is not the one on offer, was used, or is too old; ``too_many_phones``.
        """
        digest = _digest("".join(c for c in told[:100].upper() if c.isalnum()))
        with self._lock:
            if self._code is None or self._now() - self._code[1] > CODE_LIFE_S:
                raise self._wrong()
            if not hmac.compare_digest(digest, self._code[0]):
                self._n_wrong += 1
                if self._n_wrong >= MAX_WRONG:
                    self._code = None
                raise self._wrong()
            if len(self._phones) >= MAX_PHONES:
                raise Refused(
                    "too_many_phones",
                    f"{MAX_PHONES} phones are connected already.",
                    "On the computer, disconnect them all and make a new code.",
                )
            self._code = None
            secret = secrets.token_urlsafe(32)
            self._phones.append(_digest(secret))
        return secret

    @property
    def where(self) -> str:
        """What to do for a code that works."""
        return f"On the computer, open http://127.0.0.1:{self.port}/pair and make a new code."

    def _wrong(self) -> Refused:
        return Refused(
            "wrong_code", "This code does not work: it is mistyped, was used, or is older than ten minutes.", self.where
        )

    def knows(self, secret: str) -> bool:
        """Return whether a phone was given this secret."""
        digest = _digest(secret)
        return any([hmac.compare_digest(digest, known) for known in self._phones])  # looks at all, whichever it is

    def forget(self) -> None:
        """Disconnect every phone and void the code."""
        with self._lock:
            self._code, self._phones = None, []


def home_address(told: str | None = None) -> str:
    """
    Return this machine's address in the home network, or check the one that was told.

    Raises
    ------
    Refused
        ``no_network``; ``bad_address``; ``not_at_home`` for an address that the whole internet may reach.
    """
    address = told or _own_address()
    try:
        is_four = ipaddress.ip_address(address).version == 4
    except ValueError:
        is_four = False
    if not is_four:
        raise Refused("bad_address", f"{address} is not an address like 192.168.1.5.", "Correct it, or leave it out.")
    if not is_home(address):
        raise Refused(
            "not_at_home",
            f"{address} is not an address of a home network, so strangers might reach it.",
            "Connect to your home network, or name its address: --lan 192.168.1.5.",
        )
    return address


def is_home(address: str) -> bool:
    """Return whether an address can only be inside a private network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_private and not (found.is_loopback or found.is_unspecified or found.is_multicast)


def _own_address() -> str:
    """Ask the system which address it would send from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))
        except OSError:
            raise Refused(
                "no_network", "This computer is in no network.", "Connect it to your home network and start again."
            ) from None
        return str(probe.getsockname()[0])


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
