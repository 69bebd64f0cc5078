"""A Vega-Lite specification as a picture, or compiled for a browser.

Knows: the converter. Must not know: what a chart shows.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

__all__ = ["compiled", "forget_drawn", "svg_of"]

VERSION = "6.4"  # of Vega-Lite, whose compiler and runtime the converter carries
NOTHING: list[str] = []  # no address may be asked for data


def svg_of(specification: dict[str, Any]) -> bytes:
    """Draw a specification as SVG (UTF-8); the same one always gives the same bytes, and is drawn only once."""
    return _svg(json.dumps(specification))


def compiled(specification: dict[str, Any]) -> bytes:
    """Compile a specification to a Vega one (JSON), so that a browser needs no compiler."""
    return _vega(json.dumps(specification))


@lru_cache(maxsize=16)
def _svg(text: str) -> bytes:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(text, vl_version=VERSION, allowed_base_urls=NOTHING)
    numbers: dict[str, str] = {}
    # the converter numbers clips on and on; counted from nought, one chart is always one file
    svg = re.sub(r"(?<=\bclip)\d+\b", lambda found: numbers.setdefault(found.group(), str(len(numbers))), svg)
    return svg.encode()


@lru_cache(maxsize=16)
def _vega(text: str) -> bytes:
    import vl_convert

    return json.dumps(vl_convert.vegalite_to_vega(text, vl_version=VERSION), separators=(",", ":")).encode()


def forget_drawn() -> None:
    """Drop the charts held in memory: they show a person's counts."""
    _svg.cache_clear()
    _vega.cache_clear()
