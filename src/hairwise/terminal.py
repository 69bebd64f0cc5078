"""The check's questions, asked in a terminal.

Knows: prompts. Must not know: what follows from an answer.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hairwise.errors import Refused

if TYPE_CHECKING:
    from datetime import date

    from hairwise.records.answers import Answers
    from hairwise.records.questions import Question, QuestionField

__all__ = ["ask_all"]


def ask_all(questions: tuple[Question, ...], today: date) -> Answers:
    """
    Ask every question; Enter skips one.

    Raises
    ------
    Refused
        When there is no terminal to ask in.
    """
    from hairwise import workflow

    if not sys.stdin.isatty():
        raise Refused("no_terminal", "There is no terminal to ask questions in.", "Give --answers FILE.")
    click.echo("Two minutes. Every question can be skipped with Enter. Nothing leaves this machine.")
    form: dict[str, list[str]] = {}
    for number, question in enumerate(questions, start=1):
        form |= _ask(question, f"{number} of {len(questions)}", today)
    return workflow.answers_from_form(form, today)


def _ask(question: Question, where: str, today: date) -> dict[str, list[str]]:
    """Ask one question again until its answers are possible."""
    from hairwise import workflow

    click.echo(f"\n[{where}] {question.text}")
    if question.help:
        click.echo(question.help)
    while True:
        form = _signs(question) if all(f.kind == "tri" for f in question.fields) else _fields(question)
        try:
            workflow.answers_from_form(form, today)
        except Refused as error:
            click.echo(error.line)
            continue
        return form


def _signs(question: Question) -> dict[str, list[str]]:
    """Ask a list of yes-or-no signs at once: numbers, 0 for none, Enter to skip."""
    for number, field in enumerate(question.fields, start=1):
        click.echo(f"  {number:2d}  {field.label}")
    text = click.prompt("Numbers that apply, 0 for none, Enter to skip", default="", show_default=False)
    if not text.strip():
        return {}
    parts = text.replace(",", " ").split()
    wrong = [part for part in parts if not part.isdigit() or int(part) > len(question.fields)]
    if wrong:
        click.echo(f"{wrong[0]} is not one of the numbers.")
        return _signs(question)
    chosen = {int(part) for part in parts}
    return {field.name: ["yes" if number in chosen else "no"] for number, field in enumerate(question.fields, start=1)}


def _fields(question: Question) -> dict[str, list[str]]:
    form = {}
    for field in question.fields:
        text = click.prompt(f"  {field.label}{_hint(field)}", default="", show_default=False).strip()
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
