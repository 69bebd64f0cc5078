"""Refusals: what cannot be done, why, and what the person can do.

Knows: the shape of a refusal, which characters may be shown. Must not know: any stage.
"""

from __future__ import annotations

__all__ = ["Refused", "printable"]


def printable(text: str) -> str:
    """Return the text without control, escape and half characters; line ends stay, other blanks become spaces."""
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else " " if c.isspace() else "" for c in text)


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
        self.code, self.why, self.do = code, " ".join(printable(why).split()), " ".join(printable(do).split())
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """The one line shown to a person."""
        return f"{self.why} {self.do}"
