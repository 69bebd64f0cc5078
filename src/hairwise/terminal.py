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
    """Ask one question."""
    say(f"\n[{where}] {question.text}")
    if question.help:
        say(question.help)
    return _signs(question) if all(f.kind == "tri" for f in question.fields) else _fields(question, today)


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


def _fields(question: Question, today: date) -> dict[str, list[str]]:
    """Ask field by field, each again until its answer is possible."""
    from hairwise import workflow

    form: dict[str, list[str]] = {}
    for field in question.fields:
        while text := _reply(f"  {field.label}{_hint(field)}"):
            given = _given(field, text)
            try:
                workflow.answers_from_form({field.name: given}, today)
            except Refused:
                say(f"  {_expected(field)} Enter skips it.")
                continue
            form[field.name] = given
            break
    return form


def _expected(field: QuestionField) -> str:
    """Say in the words of the prompt what can be typed."""
    if field.options:
        return "Type one of: " + ", ".join(f"{n} {o.label}" for n, o in enumerate(field.options, start=1)) + "."
    if field.kind == "date":
        return "Type a day as YYYY-MM-DD, such as 2026-03-07."
    if field.kind in ("number", "whole"):
        bounds = f" from {field.lo:g} to {field.hi:g}" if field.lo is not None and field.hi is not None else ""
        return f"Type a {'whole ' if field.kind == 'whole' else ''}number{bounds}."
    return "Type yes, no or unknown."


def _hint(field: QuestionField) -> str:
    if field.kind == "tri":
        return " (yes, no, unknown)"
    if field.options:
        return " (" + ", ".join(f"{n} {option.label}" for n, option in enumerate(field.options, start=1)) + ")"
    if field.kind == "date":
        return " (YYYY-MM-DD)"
    if field.kind == "lines":
        return " (commas between)"
    return f" ({field.unit})" if field.unit else ""


def _given(field: QuestionField, text: str) -> list[str]:
    """Turn words or the numbers of options into the values they stand for; what is not known is passed on as it is."""
    if field.kind == "lines":
        parts = [part.strip() for part in text.split(",")]
        return ["\n".join(part for part in parts if part.lower() not in ("no", "none", "nothing"))]
    words = {option.label.lower(): option.value for option in field.options}
    words |= {str(number): option.value for number, option in enumerate(field.options, start=1)}
    if field.kind == "tri":
        words |= {"y": "yes", "n": "no", "not sure": "unknown"}
    parts = text.replace(",", " ").split() if field.kind == "many" and text[0].isdecimal() else text.split(",")
    if field.kind not in ("many", "lines"):
        parts = [text]
    return [words.get(part.strip().lower(), part.strip()) for part in parts]
