"""Whether another user of this computer asks, where the system tells whose a connection is.

Knows: the system's table of connections. Must not know: pages, what is kept.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

__all__ = ["is_another_user", "owner_of"]

_TABLE = Path("/proc/net/tcp")  # Linux; elsewhere nothing is known
Place = tuple[str, int]


def is_another_user(client: Place, server: Place) -> bool:
    """Return whether a connection belongs to another user; where that is not known, it does not.

    The administrator may ask: whoever that is can read the data folder too.
    """
    try:
        owner = owner_of(_TABLE.read_text("ascii"), client, server)
        return owner is not None and owner not in (0, os.getuid())
    except (OSError, ValueError, AttributeError):
        return False


def owner_of(table: str, client: Place, server: Place) -> int | None:
    """Return the user id that holds the client's end of a connection; None where the table has none such."""
    ends = [_written(client), _written(server)]
    for line in table.splitlines()[1:]:
        cells = line.split()
        if cells[1:3] == ends:
            return int(cells[7])
    return None


def _written(place: Place) -> str:
    """Return an address as the table writes it: its bytes as the machine keeps a number."""
    return f"{struct.unpack('=I', socket.inet_aton(place[0]))[0]:08X}:{place[1]:04X}"
