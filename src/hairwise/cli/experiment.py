"""The command for an experiment of one person on themselves.

Knows: its arguments. Must not know: stages; heavy imports stay inside the command.
"""

from __future__ import annotations

import secrets
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hairwise.cli.session import PATH, Session, refusals, shared_options, told_diary

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["experiment"]


@click.command()
@click.argument("diary", type=PATH)
@click.option(
    "--register",
    "kind",
    type=click.Choice(["pause", "photos", "split_scalp"]),
    default=None,
    help="Lay this experiment down before it begins.",
)
@shared_options
def experiment(diary: Path, kind: Any, out: Path | None, **told: Any) -> None:
    """Find out more: propose an experiment, register it, and analyse it as registered.

    Without a registered experiment it says what may be tried, a pause first. After --register the same command
    analyses it once it is over. The file lies beside the diary.
    """
    from hairwise import workflow

    # beside the diary, wherever the command is given from: a second registration must find the first
    folder = diary if diary.is_dir() else diary.parent
    session = Session(out or folder, told["as_json"], told["quiet"])
    path = session.path(diary, ".experiment.json")
    # a registration, or whatever else lies there, outlives any refusal
    with refusals(session, None if path.exists() else path, workflow.refused_experiment):
        session.keep_apart([path], [diary])
        protocol = workflow.read_protocol(path)
        if protocol is not None and kind is not None:
            why = f"{path.name} already holds an experiment registered on {protocol.registered_on}."
            raise workflow.Refused("exists", why, "Finish it, or name another file with --out.")
        record = told_diary(session, diary).diary
        if protocol is not None:
            file = workflow.analyse_experiment(record, protocol)
        elif kind is not None:
            file = workflow.register_experiment(record, kind, date.today(), secrets.randbelow(2**31))
        else:
            file = workflow.propose_experiment(record, date.today())
        session.result(path, workflow.dump(file), workflow.experiment_text(file, diary.name))
    session.intended_use()
    sys.exit(session.exit_code)
