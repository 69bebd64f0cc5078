"""The command for a diary's spots over many visits.

Knows: its arguments. Must not know: stages; heavy imports stay inside the command.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from hairwise.cli.session import PATH, Session, refusals, shared_options

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["series"]


@click.command()
@click.argument("diary", type=PATH)
@shared_options
def series(diary: Path, out: Path | None, **told: Any) -> None:
    """Follow each hair of a diary's spots over all visits; rolled against unrolled skin.

    Several photos of a spot on one day count as repeats and make the interval narrower. Days without a photo that can
    be measured are passed over, but a file that is missing is not. Report and explain take the same days, and of
    repeats the first that can be measured.
    """
    from hairwise import workflow

    session = Session(out, told["as_json"], told["quiet"])
    path = session.path(diary, ".series.json")
    with refusals(session, path, workflow.refused_series):
        session.keep_apart([path], [diary])
        record = workflow.read_diary(diary)
        with session.progress(workflow.n_series_steps(record), "following hairs") as bar:
            file = workflow.series(record, workflow.photo_reader(diary), lambda name: bar.update(1, name))
        session.result(path, workflow.dump(file), workflow.series_text(file, diary.name))
    session.intended_use()
    sys.exit(session.exit_code)
