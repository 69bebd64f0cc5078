"""Commands for those who test instruments: simulate.

Knows: their arguments. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from hairwise.cli.session import PATH, Session, refusals

__all__ = ["simulate"]


@click.command()
@click.option("--style", type=click.Choice(["clipped", "short", "long"]), default="clipped", show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Of the first photo.")
@click.option("--count", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Photos, or pairs.")
@click.option("--px-per-mm", type=float, default=None, help="Scale, 40 to 360; drawn where not given.")
@click.option(
    "--lost",
    "lost_share",
    type=float,
    default=None,
    help="Render two visits; share of hairs lost between them, 0 to 1. With --visits: by the rolled spot, each time.",
)
@click.option(
    "--visits", type=click.IntRange(2, 12), default=None, help="A diary of a rolled and an unrolled spot instead."
)
@click.option("--repeats", type=click.IntRange(1, 5), default=1, show_default=True, help="With --visits: photos each.")
@click.option(
    "--wide", "is_wide", is_flag=True, help="Every skin and hair, curls, oil, glare, bubbles, labels: hard photos."
)
@click.option(
    "--person", "scenario", default=None, metavar="SCENARIO", help="Diaries of made people instead, with truth."
)
@click.option("--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="With --person: of diary.")
@click.option("--out", type=PATH, default=Path("phantoms"), show_default=True, help="Folder for the files.")
@click.option("--quiet", is_flag=True, help="Print no text.")
def simulate(out: Path, quiet: bool, seed: int, count: int, **look: Any) -> None:
    """Render close-ups of a made scalp, or write diaries of made people, with exact truth, to test tools."""
    visits, repeats = look.pop("visits"), look.pop("repeats")
    scenario, weeks = look.pop("scenario"), look.pop("weeks")
    if scenario and (
        look["style"] != "clipped" or visits or look["px_per_mm"] or look["is_wide"] or look["lost_share"] is not None
    ):
        raise click.UsageError("--person writes diaries: leave out what belongs to photos")
    if repeats > 1 and not visits:
        raise click.UsageError("--repeats goes with --visits")
    if visits and (count > 1 or look["style"] != "clipped" or look["px_per_mm"] or look["is_wide"]):
        raise click.UsageError(
            "--visits renders one diary of clipped spots: leave out --count, --style, --px-per-mm, --wide"
        )
    from hairwise import workflow

    session = Session(out, as_json=False, quiet=quiet)
    with refusals(session, None, None):
        if scenario:
            for n in range(seed, seed + count):
                for name, data in workflow.simulate_diary(scenario, n, weeks).items():
                    session.write(out / name, data)
            sys.exit(session.exit_code)
        if visits:
            shares = (0.0 if look["lost_share"] is None else look["lost_share"], 0.0)
            for name, data in workflow.simulate_series(seed, shares, visits, repeats).items():
                session.write(out / name, data)
            sys.exit(session.exit_code)
        for n in range(seed, seed + count):
            for name, data in workflow.simulate_photo(n, **look).items():
                session.write(out / name, data)
    sys.exit(session.exit_code)
