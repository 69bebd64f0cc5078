"""Commands for one person: check, screen, explain, plan, report.

Knows: their arguments. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from hairwise.cli.session import PATH, Session, refusals, shared_options, told_diary
from hairwise.errors import Refused, printable
from hairwise.terminal import say_json

__all__ = ["check", "explain", "plan", "report", "screen"]

_BESIDE = "beside the page"  # --fhir without a name


@click.command()
@click.option("--answers", type=PATH, default=None, help="Answers file; without it the questions are asked here.")
@click.option("--save", type=PATH, default=None, help="Start a diary in this file.")
@shared_options
@click.option("--full", is_flag=True, help="Print all of it, not only what comes first.")
def check(answers: Path | None, save: Path | None, full: bool, **shared: Any) -> None:
    """Answer the two-minute check: what to do now, and why."""
    from hairwise import workflow
    from hairwise.terminal import ask_all
    from hairwise.workflow.files import is_taken

    session = Session(**shared)
    path = session.path(answers or Path("my.json"), ".check.json")
    if save is not None and os.path.realpath(save) == os.path.realpath(path):
        raise click.UsageError("--save and --out name the same file")
    with refusals(session, path, lambda e: workflow.refused_file(workflow.Check, "hairwise/check/1", e)):
        if save is not None and is_taken(save):
            raise Refused("exists", f"{save.name} is already there.", "Name a new file for the diary.")
        session.keep_apart([path], [answers] if answers else [])
        today = date.today()
        given = workflow.read_answers(answers) if answers else ask_all(workflow.questions(), today)
        result = workflow.check(given, today)
        diary = workflow.dump(workflow.starting_diary(given, printable(save.stem), today)) if save else b""
        session.result(path, workflow.dump(result), workflow.check_text(result, full=full))
        if save is not None:
            session.write(save, diary)
    sys.exit(session.exit_code)


@click.command()
@click.argument("diary", type=PATH, required=False)
@click.option("--answers", type=PATH, default=None, help="Answers file instead of a diary.")
@shared_options
def screen(diary: Path | None, answers: Path | None, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Say whether this scalp may be needled at all."""
    from hairwise import workflow

    if (diary is None) == (answers is None):
        raise click.UsageError("give a DIARY, or --answers FILE")
    session = Session(out, as_json, quiet)
    source = answers or diary or Path()
    path = session.path(source, ".screen.json")
    with refusals(session, path, lambda e: workflow.refused_file(workflow.Screen, "hairwise/screen/1", e)):
        session.keep_apart([path], [source])
        given = workflow.read_answers(answers) if answers else told_diary(session, source).diary
        result = workflow.screen(given, date.today())
        session.result(path, workflow.dump(result), workflow.screen_text(result))
    sys.exit(session.exit_code)


@click.command()
@click.argument("diary", type=PATH)
@shared_options
@click.option("--full", is_flag=True, help="Print every cause and every reason.")
def explain(diary: Path, out: Path | None, as_json: bool, quiet: bool, full: bool) -> None:
    """Say whether the loss is real, why, how sure, and what would tell."""
    from hairwise import workflow

    session = Session(out, as_json, quiet)
    path = session.path(diary, ".why.json")
    with refusals(session, path, lambda e: workflow.refused_file(workflow.Why, "hairwise/why/1", e)):
        session.keep_apart([path], [diary])
        told = told_diary(session, diary)
        session.result(path, workflow.dump(told.why), workflow.why_text(told.why, full=full))
    sys.exit(session.exit_code)


@click.command()
@click.argument("diary", type=PATH)
@shared_options
@click.option("--full", is_flag=True, help="Print all of it, not only what comes first.")
def plan(diary: Path, out: Path | None, as_json: bool, quiet: bool, full: bool) -> None:
    """Say how urgent it is, stop or not, what to do and when to look again."""
    from hairwise import workflow

    session = Session(out, as_json, quiet)
    path = session.path(diary, ".plan.json")
    calendar = path.with_name(path.name.removesuffix(".plan.json").removesuffix(".json") + ".ics")
    with refusals(session, path, lambda e: workflow.refused_file(workflow.Plan, "hairwise/plan/1", e)):
        session.keep_apart([path, calendar], [diary])
        told = told_diary(session, diary)
        session.write(calendar, told.ics)
        session.result(path, workflow.dump(told.plan), workflow.plan_text(told.plan, full=full))
    sys.exit(session.exit_code)


@click.command()
@click.argument("diary", type=PATH, required=False)
@shared_options
@click.option(
    "--fhir",
    is_flag=False,
    flag_value=_BESIDE,
    metavar="[FILE]",
    help="Also write FILE, or DIARY.fhir.json, for a doctor's system (FHIR R4).",
)
def report(diary: Path | None, fhir: str | None, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Write the page a dermatologist reads in two minutes."""
    from hairwise import workflow

    if diary is None and fhir not in (None, _BESIDE):
        diary, fhir = Path(str(fhir)), _BESIDE  # --fhir stood before the diary
    if diary is None:
        raise click.UsageError("name the DIARY")
    session = Session(out, as_json, quiet)
    path = session.path(diary, ".pdf")
    named = session.path(diary, ".fhir.json", (".pdf",)) if fhir == _BESIDE else Path(fhir) if fhir else None
    if named is not None and os.path.realpath(named) == os.path.realpath(path):
        raise click.UsageError("--fhir and --out name the same file")
    with refusals(session, None, None):
        session.keep_apart([path, named] if named else [path], [diary])
        told = told_diary(session, diary)
        files = {path: workflow.report_pdf(told, date.today())}
        if named is not None:
            files[named] = workflow.fhir_file(told, workflow.photo_reader(diary))
        for name, data in files.items():
            session.write(name, data)
        if as_json:
            say_json(workflow.dump(told.plan).decode())
    sys.exit(session.exit_code)
