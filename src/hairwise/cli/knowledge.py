"""Commands about what is known: evidence, dose, products.

Knows: their arguments. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hairwise.cli.session import Session, refusals
from hairwise.errors import Refused
from hairwise.terminal import is_terminal, say, say_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.records.base import Record

__all__ = ["dose", "evidence", "products"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print only JSON on stdout.")


@click.command()
@click.argument("query", nargs=-1, required=True)
@_JSON
def evidence(query: tuple[str, ...], as_json: bool) -> None:
    """Say what is known, from whom, and how far verified.

    QUERY is words ("minoxidil shedding"), or an id shown in brackets behind a sentence.
    """
    from hairwise import workflow

    found = workflow.find_evidence(" ".join(query))
    _say(found, workflow.evidence_text(found, workflow.INTENDED_USE), as_json)


@click.command()
@click.argument("names", nargs=-1)
@_JSON
def products(names: tuple[str, ...], as_json: bool) -> None:
    """Say what in an ingredient list does not belong on punctured skin.

    NAMES is a pasted list or names of products; without it the list is read from stdin.
    """
    from hairwise import workflow

    session = Session(None, as_json, quiet=False)
    with refusals(session, None, None):
        if not names and is_terminal(sys.stdin):
            raise Refused("no_names", "No ingredients were given.", "Paste the list behind the command, in quotes.")
        given = names or (sys.stdin.read(),)
        looked = workflow.products(given)
        _say(looked, workflow.products_text(looked, workflow.INTENDED_USE), as_json)
    sys.exit(session.exit_code)


@click.command()
@click.option(
    "--device",
    default=None,
    help="A measured device: dermapen_11, dermapen_12 or roller_mf8_192; or give the numbers of yours:",
)
@click.option("--kind", type=click.Choice(["roller", "pen", "stamp"]), default=None)
@click.option("--needles", type=int, default=None, help="On the whole drum, the tip or the face.")
@click.option("--drum-diameter-mm", type=float, default=None)
@click.option("--drum-width-mm", type=float, default=None)
@click.option("--rate-hz", type=float, default=None, help="Strokes of a pen a second.")
@click.option("--passes", type=float, default=None, help="Of a roller, over one place.")
@click.option("--stamps", type=float, default=None, help="Of a stamp, on the area.")
@click.option("--seconds", type=float, default=None, help="On the area (pen).")
@click.option("--area-cm2", type=float, default=None)
@click.option("--needle-mm", type=str, default=None, help="Length of the needles.")
@_JSON
def dose(device: str | None, as_json: bool, **numbers: object) -> None:
    """Say how many holes per cm2 one session makes, beside what trials did."""
    from hairwise import workflow

    use = {name: numbers.pop(name) for name in ("passes", "stamps", "seconds", "area_cm2", "needle_mm")}
    shape: Mapping[str, object] = {name: value for name, value in numbers.items() if value is not None}
    if (device is None) == (not shape):
        raise click.UsageError("give --device NAME, or --kind with the numbers of the device")
    session = Session(None, as_json, quiet=False)
    with refusals(session, None, None):
        answer = workflow.dose_of(device or shape, use)
        _say(answer, workflow.dose_text(answer, workflow.INTENDED_USE), as_json)
    sys.exit(session.exit_code)


def _say(result: Record, text: str, as_json: bool) -> None:
    if as_json:
        say_json(result.model_dump_json(indent=1))
    else:
        say(text)
