"""What is said on a terminal, and the check's questions asked there.

Knows: prompts, what a terminal may be sent. Must not know: what follows from an answer.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from hairwise.errors import Refused, printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import TextIO

    from hairwise.records.answers import Answers
    from hairwise.records.questions import Question, QuestionField

__all__ = ["ask_all", "is_terminal", "say", "say_json"]


def say(text: str, *, err: bool = False) -> None:
    """Print a line without control characters; what the stream cannot write becomes a question mark."""
    encoding = _encoding(sys.stderr if err else sys.stdout)
    click.echo(printable(text).encode(encoding, "replace").decode(encoding), err=err)


def say_json(text: str) -> None:
    """Print JSON as it is; what a terminal could act on is written as escapes."""
    lines = text.split("\n")
    if not _encoding(sys.stdout).lower().startswith("utf"):
        lines = [line if line.isascii() else _escaped(line, str.isascii) for line in lines]
    shown = (line if line.isprintable() else _escaped(line, str.isprintable) for line in lines)
    click.echo("\n".join(shown), nl=False)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; a closed one is none."""
    return stream is not None and stream.isatty()


def _encoding(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _escaped(line: str, keep: Callable[[str], bool]) -> str:
    return "".join(c if keep(c) else json.dumps(c)[1:-1] for c in line)


def ask_all(questions: tuple[Question, ...], today: date) -> Answers:
    """
    Ask every question; Enter skips one.

    Raises
    ------
    Refused
        When there is no terminal to ask in.
    """
    from hairwise import workflow

    if not is_terminal(sys.stdin):
        raise Refused("no_terminal", "There is no terminal to ask questions in.", "Give --answers FILE.")
    say("Two minutes. Every question can be skipped with Enter. Nothing leaves this machine.")
    form: dict[str, list[str]] = {}
    for number, question in enumerate(questions, start=1):
        form |= _ask(question, f"{number} of {len(questions)}", today)
    return workflow.answers_from_form(form, today)


def _ask(question: Question, where: str, today: date) -> dict[str, list[str]]:
    """Ask one question again until its answers are possible."""
    from hairwise import workflow

    say(f"\n[{where}] {question.text}")
    if question.help:
        say(question.help)
    while True:
        form = _signs(question) if all(f.kind == "tri" for f in question.fields) else _fields(question)
        try:
            workflow.answers_from_form(form, today)
        except Refused as error:
            say(error.line)
            continue
        return form


def _signs(question: Question) -> dict[str, list[str]]:
    """Ask a list of yes-or-no signs at once: numbers, 0 for none, Enter to skip."""
    for number, field in enumerate(question.fields, start=1):
        say(f"  {number:2d}  {field.label}")
    while True:
        parts = _reply("Numbers that apply, 0 for none, Enter to skip").replace(",", " ").split()
        wrong = [part for part in parts if not _is_number(part, len(question.fields))]
        if not wrong:
            break
        say(f"{wrong[0][:20]} is not one of the numbers.")
    if not parts:
        return {}
    chosen = {int(part) for part in parts}
    return {field.name: ["yes" if number in chosen else "no"] for number, field in enumerate(question.fields, start=1)}


def _is_number(text: str, most: int) -> bool:
    """Return whether the text is a whole number up to ``most``; a superscript is a digit, but no decimal one."""
    return text.isdecimal() and len(text) <= 3 and int(text) <= most


def _reply(prompt: str) -> str:
    """Return what was typed, Enter as nothing."""
    while True:
        try:
            return str(click.prompt(prompt, default="", show_default=False)).strip()
        except UnicodeDecodeError:
            say("That is not UTF-8 text.")


def _fields(question: Question) -> dict[str, list[str]]:
    form = {}
    for field in question.fields:
        text = _reply(f"  {field.label}{_hint(field)}")
        if text:
            form[field.name] = _given(field, text)
    return form


def _hint(field: QuestionField) -> str:
    if field.kind == "tri":
        return " (yes, no, unknown)"
    if field.options:
        return " (" + ", ".join(option.label for option in field.options) + ")"
    if field.kind == "date":
        return " (YYYY-MM-DD)"
    if field.kind == "lines":
        return " (commas between)"
    return f" ({field.unit})" if field.unit else ""


def _given(field: QuestionField, text: str) -> list[str]:
    """Turn words into the value they stand for; what is not known is passed on to be refused by name."""
    parts = [part.strip() for part in text.split(",")] if field.kind in ("many", "lines") else [text]
    if field.kind == "lines":
        return ["\n".join(parts)]
    by_label = {option.label.lower(): option.value for option in field.options}
    short = {"y": "yes", "n": "no"} if field.kind == "tri" else {}
    return [by_label.get(part.lower(), short.get(part.lower(), part)) for part in parts]
