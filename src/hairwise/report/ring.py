"""The sheet of paper rings to print, cut out and lay on the skin.

Knows: Typst, SVG, paper. Must not know: how a ring is read in a photo.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import cv2
import numpy as np
import typst

from hairwise.records.ring import RING

__all__ = ["Paper", "ring_png", "ring_svg", "sheet_pdf"]

Paper = Literal["a4", "letter"]


def ring_svg() -> str:
    """Return one ring as an SVG of ``RING.outer_mm`` a side, in true size."""
    half = RING.outer_mm / 2
    hole = RING.window_mm / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{RING.outer_mm}mm" height="{RING.outer_mm}mm" '
        f'viewBox="{-half} {-half} {RING.outer_mm} {RING.outer_mm}">',
        f'<circle r="{half - 0.05}" fill="#fff" stroke="#999" stroke-width="0.1"/>',
        f'<circle r="{hole}" fill="none" stroke="#777" stroke-width="0.1" stroke-dasharray="0.6 0.45"/>',
    ]
    parts += [_marker(k) for k in range(RING.n_markers)]
    # scissors marks in the hole: a small cross to start the cut, away from the edge that is read
    parts += ['<path d="M-0.8 0H0.8M0-0.8V0.8" stroke="#999" stroke-width="0.1"/>', "</svg>"]
    return "\n".join(parts)


def _marker(number: int) -> str:
    """Return a marker: one path of its black modules, so that no hairline shows between them."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    bits = np.asarray(cv2.aruco.generateImageMarker(dictionary, number, 6)) < 128
    module, half = RING.module_mm, RING.marker_mm / 2
    y_mm, x_mm, turn_deg = RING.pose(number)
    runs = []
    for row in range(6):
        column = 0
        while column < 6:
            wide = 0
            while column + wide < 6 and bits[row, column + wide]:
                wide += 1
            if wide:
                x, y = column * module - half, row * module - half
                runs.append(f"M{x:g} {y:g}h{wide * module:g}v{module:g}h{-wide * module:g}z")
            column += wide + 1
    return f'<path transform="translate({x_mm:.6f} {y_mm:.6f}) rotate({turn_deg:g})" d="{"".join(runs)}"/>'


def sheet_pdf(paper: Paper) -> bytes:
    """Return one page of rings with the how-to and the 100 mm line; the same paper gives the same bytes."""
    template = files("hairwise.report").joinpath("ring.typ").read_bytes()
    data = {
        "paper": {"a4": "a4", "letter": "us-letter"}[paper],
        "ruler_mm": RING.ruler_mm,
        "ring_mm": RING.outer_mm,
        "window_mm": f"{RING.window_mm:g}",
        "ticks": math.floor(RING.ruler_mm),
    }
    with TemporaryDirectory(prefix="hairwise-") as name:
        folder = Path(name)
        (folder / "ring.typ").write_bytes(template)
        (folder / "ring.svg").write_text(ring_svg(), "utf-8")
        (folder / "ring.json").write_text(json.dumps(data), "utf-8")
        main, root = str(folder / "ring.typ"), str(folder)
        made = datetime(2026, 1, 1, tzinfo=UTC)  # stands in for the clock
        out = typst.compile(
            main, root=root, ignore_system_fonts=True, format="pdf", timestamp=made, pdf_standards=["ua-1"]
        )
    if isinstance(out, list):
        raise AssertionError(f"the sheet came out as {len(out)} pages")
    whole: bytes = out
    return whole


def ring_png(ppi: float) -> bytes:
    """Return one ring alone as a PNG picture at ``ppi`` [pixels per inch]."""
    page = f'#set page(width: {RING.outer_mm}mm, height: {RING.outer_mm}mm, margin: 0mm)\n#image("ring.svg")'
    with TemporaryDirectory(prefix="hairwise-") as name:
        folder = Path(name)
        (folder / "ring.svg").write_text(ring_svg(), "utf-8")
        (folder / "one.typ").write_text(page, "utf-8")
        one: bytes = typst.compile(str(folder / "one.typ"), root=name, format="png", ppi=ppi)
    return one
