"""The terminal: one command a use case.

Knows: arguments, where files go, exit codes. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import io
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hairwise import __version__
from hairwise.errors import Refused, printable
from hairwise.terminal import is_terminal, say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

_PATH = click.Path(path_type=Path)
_REFUSED = 3
_KEEP_FILES = ("cannot_write", "exists", "own_input")  # refusals that write nothing: what is there stays


class _Session:
    """What all commands share: where results go and what is said on stdout and stderr."""

    def __init__(self, out: Path | None, as_json: bool, quiet: bool) -> None:
        self.out, self.as_json, self.quiet, self.exit_code = out, as_json, quiet, 0

    def path(self, source: Path, suffix: str) -> Path:
        from hairwise.workflow.files import target

        return target(self.out, source, suffix)

    def write(self, path: Path, data: bytes) -> None:
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
        from hairwise.workflow import INTENDED_USE

        if not self.quiet and not self.as_json:
            say(INTENDED_USE)

    def note(self, text: str) -> None:
        if not self.quiet and not self.as_json:
            say(text, err=True)

    def refuse(self, error: Refused, more: str = "") -> None:
        say(f"hairwise: {error.line} {more}".rstrip(), err=True)
        self.exit_code = _REFUSED

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


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--out", type=_PATH, default=None, help="Folder for results, or a file ending in .json or .pdf."),
        click.option("--json", "as_json", is_flag=True, help="Print only JSON on stdout."),
        click.option("--quiet", is_flag=True, help="Print no text."),
    ):
        command = option(command)
    return command


class _ScaleType(click.ParamType[float]):
    name = "px/mm"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number of pixels per mm.", param, ctx)


class _Commands(click.Group):
    """Commands whose usage errors, too, send a terminal no control characters."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise click.UsageError(printable(error.format_message()), error.ctx) from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="For people of 18 or older. Information and measurement; not a medical device, not a diagnosis.",
)
@click.version_option(__version__, prog_name="hairwise")
def cli() -> None:
    """Is it really hair loss where you rolled, why, and what next.

    Everything runs on this machine.
    """


@cli.command()
@click.option("--answers", type=_PATH, default=None, help="Answers file; without it the questions are asked here.")
@click.option("--save", type=_PATH, default=None, help="Start a diary in this file.")
@_shared
def check(answers: Path | None, save: Path | None, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Answer the two-minute check: what to do now, and why."""
    from hairwise import workflow
    from hairwise.terminal import ask_all
    from hairwise.workflow.files import is_taken

    session = _Session(out, as_json, quiet)
    path = session.path(answers or Path("my.json"), ".check.json")
    if save is not None and os.path.realpath(save) == os.path.realpath(path):
        raise click.UsageError("--save and --out name the same file")
    with _refusals(session, path, lambda e: workflow.refused_file(workflow.Check, "hairwise/check/1", e)):
        if save is not None and is_taken(save):
            raise Refused("exists", f"{save.name} is already there.", "Name a new file for the diary.")
        session.keep_apart([path], [answers] if answers else [])
        today = date.today()
        given = workflow.read_answers(answers) if answers else ask_all(workflow.questions(), today)
        result = workflow.check(given, today)
        diary = workflow.starting_diary(given, printable(save.stem), today) if save else b""
        session.result(path, workflow.dump(result), workflow.check_text(result))
        if save is not None:
            session.write(save, diary)
    sys.exit(session.exit_code)


@cli.command()
@click.argument("diary", type=_PATH, required=False)
@click.option("--answers", type=_PATH, default=None, help="Answers file instead of a diary.")
@_shared
def screen(diary: Path | None, answers: Path | None, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Say whether this scalp may be needled at all."""
    from hairwise import workflow

    if (diary is None) == (answers is None):
        raise click.UsageError("give a DIARY, or --answers FILE")
    session = _Session(out, as_json, quiet)
    source = answers or diary or Path()
    path = session.path(source, ".screen.json")
    with _refusals(session, path, lambda e: workflow.refused_file(workflow.Screen, "hairwise/screen/1", e)):
        session.keep_apart([path], [source])
        given = workflow.read_answers(answers) if answers else _told(session, source).diary
        result = workflow.screen(given, date.today())
        session.result(path, workflow.dump(result), workflow.screen_text(result))
    sys.exit(session.exit_code)


@cli.command()
@click.argument("photos", type=_PATH, nargs=-1, required=True)
@click.option("--px-per-mm", type=_ScaleType(), default=None, help="Scale of the photos.")
@_shared
def measure(photos: tuple[Path, ...], px_per_mm: float | None, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Find and measure the hairs of close-up photos.

    Use a clip-on or USB microscope (about 60x) on a 1 cm spot trimmed short, or unclipped hair parted (a wider
    interval); one rolled and one unrolled spot.
    """
    from hairwise import workflow

    session = _Session(out, as_json, quiet)
    if len({photo.stem for photo in photos}) < len(photos):
        raise click.UsageError("two photos have the same name; their results would overwrite each other")
    with session.progress(len(photos), "measuring") as bar:
        for photo in photos:
            path = session.path(photo, ".hairs.json")
            with _refusals(session, path, workflow.refused_hairs):
                session.keep_apart([path, path.with_suffix(".csv"), path.with_suffix(".png")], photos)
                measured = workflow.measure_photo(workflow.read_bytes(photo), photo.name, px_per_mm)
                session.write(path.with_suffix(".csv"), workflow.hairs_csv(measured.file))
                session.write(path.with_suffix(".png"), workflow.hairs_picture(measured))
                session.result(path, workflow.dump(measured.file), workflow.hairs_text(measured.file, photo.name))
            bar.update(1, photo.name)
    session.intended_use()
    sys.exit(session.exit_code)


@cli.command()
@click.argument("photos", type=_PATH, nargs=2, metavar="BEFORE AFTER")
@click.option("--px-per-mm", type=_ScaleType(), nargs=2, default=None, help="Scales of the two photos.")
@_shared
def compare(
    photos: tuple[Path, Path], px_per_mm: tuple[float, float] | None, out: Path | None, as_json: bool, quiet: bool
) -> None:
    """Find what happened to each hair between two photos of a spot."""
    from hairwise import workflow

    session = _Session(out, as_json, quiet)
    path = session.path(workflow.pair_stem(*photos), ".pair.json")
    measured: list[workflow.Measured] = []
    with (
        session.progress(3, "comparing") as bar,
        _refusals(session, path, lambda e: workflow.refused_pair(e, measured)),
    ):
        session.keep_apart([path, path.with_suffix(".png")], photos)
        scales = px_per_mm or (None, None)
        for photo, scale in zip(photos, scales, strict=True):
            measured.append(workflow.measure_photo(workflow.read_bytes(photo), photo.name, scale))
            bar.update(1, photo.name)
        result = workflow.compare_photos(measured[0], measured[1])
        bar.update(1, "pair")
        session.write(path.with_suffix(".png"), workflow.pair_picture(result))
        session.result(
            path, workflow.dump(result.file), workflow.pair_text(result.file, f"{photos[0].name} to {photos[1].name}")
        )
    session.intended_use()
    sys.exit(session.exit_code)


@cli.command()
@click.argument("diary", type=_PATH)
@_shared
def explain(diary: Path, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Say whether the loss is real, why, how sure, and what would tell."""
    from hairwise import workflow

    session = _Session(out, as_json, quiet)
    path = session.path(diary, ".why.json")
    with _refusals(session, path, lambda e: workflow.refused_file(workflow.Why, "hairwise/why/1", e)):
        session.keep_apart([path], [diary])
        told = _told(session, diary)
        session.result(path, workflow.dump(told.why), workflow.why_text(told.why))
    sys.exit(session.exit_code)


@cli.command()
@click.argument("diary", type=_PATH)
@_shared
def plan(diary: Path, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Say how urgent it is, stop or not, what to do and when to look again."""
    from hairwise import workflow

    session = _Session(out, as_json, quiet)
    path = session.path(diary, ".plan.json")
    calendar = path.with_name(path.name.removesuffix(".plan.json").removesuffix(".json") + ".ics")
    with _refusals(session, path, lambda e: workflow.refused_file(workflow.Plan, "hairwise/plan/1", e)):
        session.keep_apart([path, calendar], [diary])
        told = _told(session, diary)
        session.write(calendar, told.ics)
        session.result(path, workflow.dump(told.plan), workflow.plan_text(told.plan))
    sys.exit(session.exit_code)


@cli.command()
@click.argument("diary", type=_PATH)
@_shared
def report(diary: Path, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Write the page a dermatologist reads in two minutes."""
    from hairwise import workflow

    session = _Session(out, as_json, quiet)
    path = session.path(diary, ".pdf")
    with _refusals(session, None, None):
        session.keep_apart([path], [diary])
        told = _told(session, diary)
        session.write(path, workflow.report_pdf(told, date.today()))
        if as_json:
            say_json(workflow.dump(told.plan).decode())
    sys.exit(session.exit_code)


@cli.command()
@click.option("--serve", "then_serve", is_flag=True, help="Open the page on the case.")
@_shared
def demo(then_serve: bool, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Run the built-in case through every stage."""
    from hairwise import workflow

    session = _Session(out, as_json, quiet)
    folder = out or Path("hairwise-demo")
    with _refusals(session, None, None):
        with session.progress(workflow.DEMO_STEPS, "the case") as bar:
            case = workflow.demo_case(lambda name: bar.update(1, name))
        for name, data in case.files.items():
            session.write(folder / name, data)
        if as_json:
            say_json(workflow.dump(case.plan).decode())
        elif not quiet:
            say(workflow.demo_text(case))
    if then_serve and session.exit_code == 0:
        _serve(8765, browser=True, page="/demo")
    sys.exit(session.exit_code)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def serve(port: int, no_browser: bool) -> None:
    """Open the page on this machine (127.0.0.1)."""
    _serve(port, browser=not no_browser, page="/")


@cli.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of a file: answers, diary, hairs, pair, check, screen, why or plan."""
    import json

    from hairwise import workflow

    known = workflow.schemas()
    if name not in known:
        raise click.UsageError(f"no file is called {name!r}; known: {', '.join(sorted(known))}")
    say(json.dumps(known[name], indent=1))


def _serve(port: int, *, browser: bool, page: str) -> None:
    from hairwise.web.server import run

    try:
        run(port, browser=browser, page=page)
    except Refused as error:
        say(f"hairwise: {error.line}", err=True)
        sys.exit(_REFUSED)


def _told(session: _Session, diary: Path) -> Any:
    """Read a diary, compare its photos and explain it, with progress."""
    from hairwise import workflow

    record = workflow.read_diary(diary)
    with session.progress(workflow.n_steps(record) + 1, "reading the diary") as bar:
        told = workflow.tell(record, workflow.photo_reader(diary), lambda name: bar.update(1, name))
    for spot in told.spots:
        if spot.refused is not None:
            session.note(f"spot {spot.spot.id} cannot answer: {spot.refused.line}")
    return told


class _refusals:  # noqa: N801 - used as a context manager, like contextlib.suppress
    """Turn a refusal into one line on stderr, one valid file and exit code 3."""

    def __init__(self, session: _Session, path: Path | None, make: Callable[[Refused], Any] | None) -> None:
        self.session, self.path, self.make = session, path, make

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused):
            return False
        if self.path is None or self.make is None:
            self.session.refuse(error)
            return True
        from hairwise.workflow.files import dump, write_whole

        data, more = dump(self.make(error)), ""
        if error.code not in _KEEP_FILES:
            try:
                write_whole(self.path, data)
            except Refused as second:
                more = second.why
        self.session.refuse(error, more)
        if self.session.as_json:
            say_json(data.decode())
        return True


def main() -> None:
    """Run the command line."""
    cli(prog_name="hairwise")
