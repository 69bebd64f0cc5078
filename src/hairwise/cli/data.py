"""Commands on a person's kept data: where, keep, export, import, backup, restore, delete.

Knows: their arguments. Must not know: SQL; heavy imports stay inside the commands.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hairwise.cli.session import REFUSED
from hairwise.errors import Refused
from hairwise.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["data"]

_FILE = click.Path(path_type=Path)


@click.group()
@click.option("--data", "folder", type=_FILE, help="Folder of the data; otherwise HAIRWISE_DATA or the usual place.")
@click.pass_context
def data(context: click.Context, folder: Path | None) -> None:
    """Keep a diary on this machine, take it elsewhere, copy it, delete it."""
    context.obj = folder


@contextmanager
def _opened(folder: Path | None) -> Iterator[Any]:
    """Open the store for a command; say a refusal in one line."""
    from hairwise import workflow

    try:
        store = workflow.open_store(folder)
        try:
            yield store
        finally:
            store.close()
    except Refused as error:
        click.echo(error.line, err=True)
        raise SystemExit(REFUSED) from None


@data.command()
@click.pass_obj
def where(folder: Path | None) -> None:
    """Say where the data lie and what is kept."""
    from hairwise import workflow

    with _opened(folder) as store:
        say(workflow.kept_text(store))


@data.command()
@click.argument("diary", type=_FILE)
@click.pass_obj
def keep(folder: Path | None, diary: Path) -> None:
    """Put a diary file, with the photos it names, into an empty folder of data."""
    from hairwise import workflow

    with _opened(folder) as store:
        n = workflow.keep_diary(store, workflow.read_diary(diary), workflow.photo_reader(diary))
        say(f"{n} entries and photos are kept now.")


@data.command(name="export")
@click.argument("file", type=_FILE)
@click.pass_obj
def export_(folder: Path | None, file: Path) -> None:
    """Write everything to one zip: rows, photos, and the diary as JSON and CSV."""
    from datetime import date

    from hairwise import workflow

    with _opened(folder) as store:
        workflow.export_data(store, file, date.today())
        say(f"Everything is in {file.name}. It is not encrypted: keep it where only you can read it.")


@data.command(name="import")
@click.argument("file", type=_FILE)
@click.pass_obj
def import_(folder: Path | None, file: Path) -> None:
    """Fill an empty folder of data from an exported zip."""
    from hairwise import workflow

    with _opened(folder) as store:
        workflow.import_data(store, file)
        say(workflow.kept_text(store))


@data.command()
@click.pass_obj
def backup(folder: Path | None) -> None:
    """Write a dated copy that hairwise never deletes."""
    from hairwise import workflow

    with _opened(folder) as store:
        say(f"Copied to {workflow.back_up(store)}.")


@data.command()
@click.argument("file", type=_FILE)
@click.pass_obj
def restore(folder: Path | None, file: Path) -> None:
    """Put a backup in place of what is kept, which is copied first."""
    from hairwise import workflow

    try:
        saved, aside = workflow.restore_folder(folder, file)
    except Refused as error:
        click.echo(error.line, err=True)
        raise SystemExit(REFUSED) from None
    say(f"Restored. What was there before is in {saved}." if saved else "Restored.")
    if aside:
        say(f"The damaged file is in {aside}.")


@data.command(name="delete-everything")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete_everything(folder: Path | None, yes: bool) -> None:
    """Delete all entries, photos and automatic copies for good. Copies you made with backup stay."""
    from hairwise import workflow

    with _opened(folder) as store:
        if not yes:
            click.confirm("Delete all entries and photos for good?", abort=True)
        workflow.delete_everything(store)
        say(
            "All entries, photos and automatic copies are deleted. Copies you made yourself stay in the folder backups."
        )
