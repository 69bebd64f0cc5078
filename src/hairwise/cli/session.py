"""What all commands share: where results go, what is said, how a refusal ends.

Knows: files, exit codes, progress. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import io
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hairwise.errors import Refused, printable
from hairwise.terminal import is_terminal, say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["PATH", "REFUSED", "Session", "refusals", "shared_options", "told_diary"]

PATH = click.Path(path_type=Path)
REFUSED = 3
_KEEP_FILES = ("cannot_write", "exists", "own_input")  # refusals that write nothing: what is there stays
# names ending so are meant as files; a folder may have a dot in its name, but hardly one of these
_FILE_ENDS = (".json", ".pdf", ".csv", ".png", ".jpg", ".jpeg", ".svg", ".txt", ".md", ".html", ".ics", ".xlsx", ".zip")


class Session:
    """What all commands share: where results go and what is said on stdout and stderr."""

    def __init__(self, out: Path | None, as_json: bool, quiet: bool) -> None:
        self.out, self.as_json, self.quiet, self.exit_code = out, as_json, quiet, 0

    def path(self, source: Path, suffix: str, beside: Sequence[str] = ()) -> Path:
        """Return where a result goes; a file of another kind in ``--out`` is wrong, but for those it lies beside."""
        from hairwise.workflow.files import target

        self.refuse_other_kinds((f".{suffix.rsplit('.', 1)[-1]}", *beside))
        return target(self.out, source, suffix)

    def refuse_other_kinds(self, ends: Sequence[str]) -> None:
        """Refuse an ``--out`` that names a file of a kind which the command does not write."""
        from hairwise.workflow.files import is_folder

        if self.out is None or is_folder(self.out):
            return
        end = self.out.suffix.lower()
        if end in _FILE_ENDS and self.out.suffix not in ends:
            a_file = f" or a file ending in {ends[0]}" if ends else ""
            raise click.UsageError(f"no {end} file is written here; --out takes a folder{a_file}")

    def write(self, path: Path, data: bytes) -> None:
        """Write a file whole, and say so."""
        from hairwise.workflow.files import write_whole

        write_whole(path, data)
        self.note(f"wrote {path}")

    def result(self, path: Path, data: bytes, text: str) -> None:
        """Write a result's file and say it: JSON alone, or words."""
        self.write(path, data)
        if self.as_json:
            say_json(data.decode())
        elif not self.quiet:
            say(text)

    def intended_use(self) -> None:
        """Say once what the program is for, under results that do not say it themselves."""
        from hairwise.workflow import INTENDED_USE, wrapped

        if not self.quiet and not self.as_json:
            say("\n".join(wrapped(INTENDED_USE, "")))

    def note(self, text: str) -> None:
        """Say something beside the result, on stderr."""
        if not self.quiet and not self.as_json:
            say(text, err=True)

    def refuse(self, error: Refused, more: str = "") -> None:
        """Say a refusal in one line and remember the exit code."""
        say(f"hairwise: {error.line} {more}".rstrip(), err=True)
        self.exit_code = REFUSED

    def keep_apart(self, results: Sequence[Path], inputs: Sequence[Path]) -> None:
        """Refuse results that would overwrite an input."""
        from hairwise.workflow.files import is_folder, refuse_own_input

        refuse_own_input(results, [path / "diary.json" if is_folder(path) else path for path in inputs])

    def progress(self, length: int, label: str) -> Any:
        """Return a progress bar on stderr, hidden where stderr is no terminal."""
        shown = is_terminal(sys.stderr) and not self.quiet and not self.as_json
        return click.progressbar(
            length=length,
            label=label,
            file=sys.stderr if shown else io.StringIO(),
            item_show_func=lambda name: printable(name or ""),
        )


def shared_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command that writes a result."""
    for option in (
        click.option(
            "--out",
            type=PATH,
            default=None,
            help="Folder for results, or the result's own file (.json; .pdf of a report).",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print only JSON on stdout."),
        click.option("--quiet", is_flag=True, help="Print no text."),
    ):
        command = option(command)
    return command


def told_diary(session: Session, diary: Path) -> Any:
    """Read a diary, compare its photos and explain it, with progress."""
    from hairwise import workflow

    record = workflow.read_diary(diary)
    if record.cutoff > date.today():
        session.note(
            f"This diary ends on {record.cutoff}, after today, so what you write today counts as old. "
            "Set cutoff to the last day you know about."
        )
    with session.progress(workflow.n_steps(record) + 1, "reading the diary") as bar:
        told = workflow.tell(record, workflow.photo_reader(diary), lambda name: bar.update(1, name))
    if (date.today() - record.cutoff).days > workflow.OLD_DIARY_DAYS:
        session.note(
            f"This diary ends on {record.cutoff}, {(date.today() - record.cutoff).days} days ago: every day to come "
            "counts from there. Move cutoff on with each entry."
        )
    for spot in told.spots:
        if spot.refused is not None:
            session.note(f"spot {spot.spot.id} cannot answer: {spot.refused.line}")
        else:
            if spot.compared is not None and "reversed" in spot.compared.file.flags:
                session.note(f"spot {spot.spot.id}: {workflow.meaning('reversed')}. {workflow.what_to_do('reversed')}")
            for entry, why in spot.passed_over:
                session.note(f"spot {spot.spot.id}, {entry.date}: passed over, as {why.why}")
    return told


class refusals:  # noqa: N801 - used as a context manager, like contextlib.suppress
    """Turn a refusal into one line on stderr, one valid file and exit code 3."""

    def __init__(
        self,
        session: Session,
        path: Path | None,
        make: Callable[[Refused], Any] | None,
        beside: Sequence[Path] = (),  # files that go with the result: those of an earlier run would belie a refusal
    ) -> None:
        self.session, self.path, self.make, self.beside = session, path, make, beside

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused):
            return False
        if self.path is None or self.make is None:
            self.session.refuse(error)
            return True
        from hairwise.workflow.files import dump, remove, write_whole

        data, more = dump(self.make(error)), ""
        if error.code not in _KEEP_FILES:
            try:
                write_whole(self.path, data)
                for old in self.beside:
                    remove(old)
            except Refused as second:
                more = second.why
        self.session.refuse(error, more)
        if self.session.as_json:
            say_json(data.decode())
        return True
