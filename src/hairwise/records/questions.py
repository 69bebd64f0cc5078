"""Questions of the check, as the terminal and the page ask them.

Knows: wording and the kind of each answer. Must not know: what follows from an answer.
"""

from __future__ import annotations

from typing import Literal

from hairwise.records.base import Record

__all__ = ["FieldKind", "Option", "Question", "QuestionField"]

FieldKind = Literal["tri", "choice", "many", "number", "whole", "date", "lines"]


class Option(Record):
    """One possible answer and its words."""

    value: str
    label: str


class QuestionField(Record):
    """One thing asked. ``name`` is its dotted place in the answers, such as ``loss.onset`` or ``findings.itch``.

    ``tri`` is yes, no or not sure; ``lines`` is free text, one entry a line.
    """

    name: str
    label: str
    kind: FieldKind
    options: tuple[Option, ...] = ()
    unit: str = ""
    lo: float | None = None
    hi: float | None = None


class Question(Record):
    """A question with its fields; ``none_label`` offers one tap that answers no to all of them."""

    id: str
    text: str
    help: str = ""
    fields: tuple[QuestionField, ...]
    none_label: str = ""
