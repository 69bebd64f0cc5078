"""Lines of a terminal: wrapping, headings, sentences with their source.

Knows: line width. Must not know: what is said.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hairwise.records.base import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hairwise.records.verdicts import Check, Plan, Screen

__all__ = ["joined", "part", "reasons", "sentence_rows", "source_mark", "wrap"]

_WIDTH = 100


def part(title: str, sentences: Iterable[Sentence]) -> list[str]:
    """Return a heading and its sentences; nothing where there are none."""
    rows = [row for sentence in sentences for row in sentence_rows(sentence, "  ")]
    return ["", title, *rows] if rows else []


def sentence_rows(sentence: Sentence, indent: str) -> list[str]:
    """Return a sentence with its source in brackets."""
    return wrap(f"- {sentence.text}  [{source_mark(sentence.source)}]", indent)


def reasons(answer: Check | Screen | Plan) -> list[Sentence]:
    """Return why: each rule that fired with its source, then what else holds the lock."""
    stated = dict.fromkeys((rule.why, rule.source) for rule in answer.rules)
    known = {why for why, _ in stated}
    others = [why for why in (answer.lock.why if answer.lock else ()) if why not in known]
    out = [*stated, *((why, "measured:answers") for why in others)]
    return [Sentence(text=f"{why[:1].upper()}{why[1:].rstrip('.')}.", source=source) for why, source in out]


def source_mark(source: str) -> str:
    """Return a source as shown; instructions are common practice, and say so."""
    return "instruction: common practice" if source == "instruction" else source


def wrap(text: str, indent: str) -> list[str]:
    """Return text broken into lines, later ones two further in."""
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ") or [""]


def joined(lines: Iterable[str], intended_use: str) -> str:
    """Return the lines, with what the program is for under them."""
    return "\n".join([*lines, "", *wrap(intended_use, "")])
