"""Texts and lists cut to the room there is; every cut is said.

Knows: letters and numbers of items. Must not know: what is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["one_line", "some"]


def some(texts: Sequence[str], most: int, where: str) -> list[str]:
    """Return at most ``most`` texts; where some are left out, one more says how many and on which page."""
    left_out = len(texts) - most
    return [*texts[:most], *([f"\N{HORIZONTAL ELLIPSIS} and {left_out} more: {where}"] if left_out > 0 else [])]


def one_line(text: str, letters: int) -> str:
    """Return one line of at most ``letters``, cut between words, without control characters or overlong words."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    words = [word if len(word) <= 40 else word[:39] + "\N{HORIZONTAL ELLIPSIS}" for word in plain.split()]
    line = " ".join(words)
    if len(line) <= letters:
        return line
    kept = line[:letters].rpartition(" ")[0] or line[: letters - 1]
    return kept.rstrip(" ,;:.(") + "\N{HORIZONTAL ELLIPSIS}"
