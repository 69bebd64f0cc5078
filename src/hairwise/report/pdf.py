"""The one A4 page a dermatologist reads in two minutes.

Knows: Typst, files of one compilation. Must not know: how any number was reached.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from PIL import Image

from hairwise.report.contents import LEVELS, ReportPage, SpotPicture, contents, pictured
from hairwise.report.cuts import one_line
from hairwise.report.labels import day
from hairwise.report.printed import timeline_svg

__all__ = ["METHOD_VERSION", "ReportPage", "SpotPicture", "render_pdf", "render_png"]

METHOD_VERSION = "page-2"
_PRINTED_PX = 1400


def render_pdf(page: ReportPage) -> bytes:
    """
    Set the report as exactly one A4 page.

    Lists are cut until the page holds them, each cut said as "and N more" with the hairwise page that holds all; should
    the shortest form still be too long, the page is set smaller. All text reaches Typst as data, none as markup. Only
    fonts that Typst carries are used, and the same page gives the same bytes.

    Parameters
    ----------
    page : ReportPage
        Records of the other stages, and the pair pictures.

    Returns
    -------
    pdf : bytes
        Tagged PDF with one page; PDF/UA-1 unless the text holds a letter that none of Typst's fonts has, which is
        then shown as an empty box.
    """
    # the date of making stands in for the clock, so that one page always gives the same bytes
    made = datetime(page.made_on.year, page.made_on.month, page.made_on.day, tzinfo=UTC)
    try:
        return _compile(page, format="pdf", timestamp=made, pdf_standards=["ua-1"])
    except typst.TypstError:
        return _compile(page, format="pdf", timestamp=made)


def render_png(page: ReportPage, ppi: float = 110.0) -> bytes:
    """Return the same page as a PNG picture at ``ppi`` [pixels per inch]."""
    # set straight at a screen's size, letters of the chart lose their ends where the typesetter's tiles meet
    large = Image.open(io.BytesIO(_compile(page, format="png", ppi=2 * ppi))).convert("RGB")
    out = io.BytesIO()
    large.reduce(2).save(out, "PNG", optimize=True)
    return out.getvalue()


def _smaller(png: bytes) -> bytes:
    """Return the picture as it is printed: at most 1400 px wide, 355 dpi over 10 cm, and a tenth of the bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.thumbnail((_PRINTED_PX, _PRINTED_PX * 2), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, subsampling=0)
    return out.getvalue()


def _compile(page: ReportPage, **options: Any) -> bytes:
    """Lay the page's files in a folder of their own and compile them there."""
    template = files("hairwise.report").joinpath("page.typ").read_bytes()
    with TemporaryDirectory(prefix="hairwise-") as name:
        folder = Path(name)
        (folder / "page.typ").write_bytes(template)
        (folder / "timeline.svg").write_bytes(timeline_svg(page.diary, page.season_months))
        for k, spot in enumerate(pictured(page.spots)):
            (folder / f"pair{k}.jpg").write_bytes(_smaller(spot.picture_png or b""))
        data = {
            "intended_use": one_line(page.intended_use, 400),
            "made_on": day(page.made_on),
            "levels": [contents(page, level) for level in LEVELS],
        }
        (folder / "page.json").write_text(json.dumps(data), "utf-8")
        out: bytes | list[bytes] = typst.compile(
            str(folder / "page.typ"), root=str(folder), ignore_system_fonts=True, **options
        )
    if isinstance(out, list):
        raise AssertionError(f"the page came out as {len(out)} pages")
    return out
