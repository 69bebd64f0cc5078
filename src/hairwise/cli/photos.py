"""Commands for photos: measure, compare.

Knows: their arguments. Must not know: stages; heavy imports stay inside the commands.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from hairwise.cli.scale import scale_options
from hairwise.cli.session import PATH, Session, refusals, shared_options

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["compare", "measure"]


class ScaleType(click.ParamType[float]):
    name = "px/mm"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return float(value)
        except ValueError:
            two = " Give one for each of the two photos." if param is not None and param.nargs == 2 else ""
            self.fail(f"{value!r} is not a number of pixels per mm.{two}", param, ctx)


@click.command()
@click.argument("photos", type=PATH, nargs=-1, required=True)
@click.option(
    "--px-per-mm", type=ScaleType(), default=None, help="Scale; read off a ring, bar or ruler where not given."
)
@scale_options
@shared_options
def measure(photos: tuple[Path, ...], px_per_mm: float | None, out: Path | None, **told: Any) -> None:
    """Find and measure the hairs of close-up photos.

    Use a clip-on or USB microscope (about 60x) on a 1 cm spot trimmed short, the cut hair brushed off, or unclipped
    hair parted (a wider interval); one rolled and one unrolled spot.
    """
    from hairwise import workflow
    from hairwise.workflow.files import is_folder

    session = Session(out, told["as_json"], told["quiet"])
    if len({photo.stem for photo in photos}) < len(photos):
        raise click.UsageError("two photos have the same name; their results would overwrite each other")
    if len(photos) > 1 and out is not None and out.suffix == ".json" and not is_folder(out):
        raise click.UsageError("several photos do not go into one file; --out takes a folder")
    with session.progress(len(photos), "measuring") as bar:
        for photo in photos:
            path = session.path(photo, ".hairs.json")
            beside = (path.with_suffix(".csv"), path.with_suffix(".png"))
            with refusals(session, path, workflow.refused_hairs, beside):
                session.keep_apart([path, *beside], photos)
                hints = workflow.scale_hints(told["ring_printed_mm"], device=told["device"])
                measured = workflow.measure_photo(workflow.read_bytes(photo), photo.name, px_per_mm, hints)
                session.write(path.with_suffix(".csv"), workflow.hairs_csv(measured.file))
                session.write(path.with_suffix(".png"), workflow.hairs_picture(measured))
                session.result(path, workflow.dump(measured.file), workflow.hairs_text(measured.file, photo.name))
            bar.update(1, photo.name)
    session.intended_use()
    sys.exit(session.exit_code)


@click.command()
@click.argument("photos", type=PATH, nargs=2, metavar="BEFORE AFTER")
@click.option("--px-per-mm", type=ScaleType(), nargs=2, default=None, help="Scales of the two photos.")
@scale_options
@shared_options
def compare(photos: tuple[Path, Path], px_per_mm: tuple[float, float] | None, out: Path | None, **told: Any) -> None:
    """Find what happened to each hair between two photos of a spot."""
    from hairwise import workflow

    session = Session(out, told["as_json"], told["quiet"])
    path = session.path(workflow.pair_stem(*photos), ".pair.json")
    measured: list[workflow.Measured] = []
    with (
        session.progress(3, "comparing") as bar,
        refusals(session, path, lambda e: workflow.refused_pair(e, measured), (path.with_suffix(".png"),)),
    ):
        session.keep_apart([path, path.with_suffix(".png")], photos)
        scales = px_per_mm or (None, None)
        hints = workflow.scale_hints(told["ring_printed_mm"], device=told["device"])
        for photo, scale in zip(photos, scales, strict=True):
            measured.append(workflow.measure_photo(workflow.read_bytes(photo), photo.name, scale, hints))
            bar.update(1, photo.name)
        result = workflow.compare_photos(measured[0], measured[1])
        bar.update(1, "pair")
        session.write(path.with_suffix(".png"), workflow.pair_picture(result))
        session.result(
            path,
            workflow.dump(result.file),
            workflow.pair_text(result.file, f"{photos[0].name} to {photos[1].name}", len(measured[0].hairs)),
        )
    session.intended_use()
    sys.exit(session.exit_code)
