"""Refusals: what cannot be done, why, and what the person can do.

Knows: the shape of a refusal. Must not know: any stage.
"""

from __future__ import annotations

__all__ = ["Refused"]


class Refused(Exception):
    """A named refusal that the person can act on.

    Parameters
    ----------
    code : str
        Short stable name, ``snake_case``.
    why : str
        What is wrong and where (file, field), one line.
    do : str
        What to do next, one line.
    """

    def __init__(self, code: str, why: str, do: str) -> None:
        self.code, self.why, self.do = code, " ".join(why.split()), " ".join(do.split())
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """The one line shown to a person."""
        return f"{self.why} {self.do}"
