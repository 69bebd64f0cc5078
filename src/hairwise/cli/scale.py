"""Commands for a photo's scale: ring, scale.

Knows: their arguments. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from hairwise.cli.session import PATH, Session, refusals
from hairwise.terminal import say, say_json

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ring", "scale", "scale_options"]


def scale_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that help to read the scale of photos."""
    for option in (
        click.option("--device", default=None, metavar="NAME", help="Stored scale, see `hairwise scale`."),
        click.option(
            "--ring-printed-mm", type=float, default=None, help="Length of the ring sheet's 100 mm line as printed."
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.option("--out", type=PATH, default=Path("rings.pdf"), show_default=True, help="The PDF.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
def ring(out: Path, paper: Literal["a4", "letter"]) -> None:
    """Make a sheet of paper rings to print.

    Laid round the spot, a ring tells the scale of every photo, also of a tilted one.
    """
    from hairwise import workflow
    from hairwise.workflow.files import is_folder

    session = Session(out, as_json=False, quiet=False)
    with refusals(session, None, None):
        session.write(out / "rings.pdf" if is_folder(out) else out, workflow.ring_sheet(paper))
        say('Print it at 100 % ("actual size") and lay a ruler on its 100 mm line.')
    sys.exit(session.exit_code)


@click.command()
@click.argument("photo", type=PATH, required=False)
@click.option("--save", default=None, metavar="NAME", help="Store the scale as this device's.")
@click.option("--ring-printed-mm", type=float, default=None, help="Length of the ring sheet's 100 mm line as printed.")
@click.option("--tick-mm", type=float, default=None, help="Distance of the ruler's smallest ticks.")
@click.option("--json", "as_json", is_flag=True, help="Print only JSON on stdout.")
def scale(photo: Path | None, save: str | None, as_json: bool, **told: float | None) -> None:
    """Read the scale off a photo of a ruler, ring or bar; list stored devices.

    Photograph a ruler or a paper ring as you photograph skin, store the scale once, and give --device NAME later. It
    holds only while the device touches the skin, or stands as far off, with the same zoom.
    """
    from hairwise import workflow

    session = Session(None, as_json, quiet=False)
    if photo is None and save is not None:
        raise click.UsageError("--save needs a photo")
    with refusals(session, None, None):
        if photo is None:
            _listed(workflow.profiles(), as_json)
        else:
            hints = workflow.scale_hints(told["ring_printed_mm"], told["tick_mm"])
            seen, calibration = workflow.read_scale(workflow.read_bytes(photo), photo.name, hints)
            if save is not None:
                path, profile = workflow.save_profile(save, seen, calibration)
                session.note(f"wrote {path}")
                if as_json:
                    say_json(workflow.dump(profile).decode())
            elif as_json:
                say_json(_as_json(calibration))
            if not as_json:
                say(workflow.scale_text(calibration))
    sys.exit(session.exit_code)


def _listed(profiles: Any, as_json: bool) -> None:
    import json

    if as_json:
        say_json(json.dumps([p.model_dump(by_alias=True) for p in profiles], indent=1))
        return
    for p in profiles:
        say(f"{p.name}  {p.px_per_mm:.1f} px/mm at {p.longer_px} x {p.shorter_px} px, read from {p.read_from}")
    if not profiles:
        say("No device is stored. Photograph a ruler, then: hairwise scale PHOTO --save NAME")


def _as_json(calibration: Any) -> str:
    import json

    read = [calibration, *calibration.others]
    return json.dumps(
        [{"source": r.source, "px_per_mm": r.px_per_mm, "px_per_mm_se": r.px_per_mm_se} for r in read], indent=1
    )
