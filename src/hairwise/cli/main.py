"""The group of commands.

Knows: which commands there are. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

from typing import Any

import click

from hairwise import __version__
from hairwise.cli import data, experiment, knowledge, pages, person, photos, research, scale, series
from hairwise.errors import printable

__all__ = ["cli", "main"]


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


for _command in (
    person.check,
    person.screen,
    photos.measure,
    photos.compare,
    series.series,
    scale.ring,
    scale.scale,
    person.explain,
    person.plan,
    person.report,
    experiment.experiment,
    knowledge.evidence,
    knowledge.dose,
    knowledge.products,
    data.data,
    pages.demo,
    pages.serve,
    pages.schema,
    research.simulate,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    cli(prog_name="hairwise")
