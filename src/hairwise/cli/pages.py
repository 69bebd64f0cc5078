"""Commands that open or fill pages: demo, serve, schema.

Knows: their arguments. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hairwise.cli.session import REFUSED, Session, refusals, shared_options
from hairwise.errors import Refused
from hairwise.terminal import say, say_json

__all__ = ["demo", "schema", "serve"]


@click.command()
@click.option("--serve", "then_serve", is_flag=True, help="Open the page on the case.")
@shared_options
def demo(then_serve: bool, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Run the built-in case through every stage."""
    from hairwise import workflow

    session = Session(out, as_json, quiet)
    session.refuse_other_kinds(())
    folder = out or Path("hairwise-demo")
    with refusals(session, None, None):
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


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder in which the log is kept.")
@click.option(
    "--lan", metavar="[ADDRESS]", is_flag=False, flag_value="", help="Let phones of the home network in, by a code."
)
def serve(port: int, no_browser: bool, data: Path | None, lan: str | None) -> None:
    """Open the page on this machine (127.0.0.1); with --lan on your phone at home too."""
    _serve(port, browser=not no_browser, page="/", data=data, lan=lan)


@click.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of answers, diary, hairs, pair, series, check, screen, why, plan, experiment or scale."""
    import json

    from hairwise import workflow

    known = workflow.schemas()
    if name not in known:
        raise click.UsageError(f"no file is called {name!r}; known: {', '.join(sorted(known))}")
    say(json.dumps(known[name], indent=1))


def _serve(port: int, *, browser: bool, page: str, data: Path | None = None, lan: str | None = None) -> None:
    from hairwise.web.server import Lan, run

    try:
        run(port, browser=browser, page=page, data=data, lan=None if lan is None else Lan(lan or None, say))
    except Refused as error:
        say(f"hairwise: {error.line}", err=True)
        sys.exit(REFUSED)
