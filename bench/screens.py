"""Pictures of every page into docs/screens. usage: screens.py [NAME...]

The log is that of an invented person, the day is the one after its last entry, and the worked case is the built-in
one, so the same code gives the same pictures. Long pages are cut. The pages are those that tests/browser looks at.
"""

from __future__ import annotations

import sys
from contextlib import chdir
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

import opened as real  # noqa: E402 - lies beside the tests
from shown_pages import PAGES, Shown, show  # noqa: E402

from hairwise import workflow  # noqa: E402
from hairwise.web.demo import DemoRunner  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = ROOT / "docs" / "screens"
TALLEST = {390: 1500, 1280: 1100}  # pixels of a page that are kept
COLOURS = 96
MOST_BYTES = 4_000_000


def small(png: bytes) -> Image.Image:
    """Return a picture with few colours, rare ones too, which makes the file a third as large."""
    whole = Image.open(BytesIO(png)).convert("RGB")
    return whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def write(browser: Browser, base: str, shown: Shown, width: int) -> None:
    with real.opened(browser, base, width=width) as (page, _):
        show(page, shown)
        page.mouse.move(0, 0)
        page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        page.evaluate("() => [...document.images].forEach(i => i.loading = 'eager')")
        page.wait_for_function("() => [...document.images].every(i => i.complete)")
        height = min(page.evaluate("() => document.documentElement.scrollHeight"), TALLEST[width])
        png = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    small(png).save(FOLDER / f"{shown.name}-{width}.png", optimize=True)


def main() -> None:
    asked = set(sys.argv[1:])
    if real.find() is None:
        raise SystemExit("No Chromium was found: run `make chromium` as root, or install one.")
    if unknown := asked - {s.name for s in PAGES}:
        raise SystemExit(f"There is no page called {', '.join(sorted(unknown))}: see tests/browser/shown_pages.py.")
    FOLDER.mkdir(exist_ok=True)
    chosen = [s for s in PAGES if s.name in asked or not asked]
    if not asked:
        for old in FOLDER.glob("*.png"):
            old.unlink()  # a page that is gone leaves no picture
    made = workflow.demo_case(lambda _: None) if any(s.path == "/demo" for s in chosen) else None
    runner = DemoRunner(lambda _: made) if made else None
    with TemporaryDirectory() as kept, chdir(kept), real.browser() as browser:
        real.fill(Path("hairwise"))  # a short name, the same in every run: the page of the data shows it
        with real.served(Path("hairwise"), runner) as filled, real.served(Path("empty")) as empty:
            for shown in chosen:
                for width in TALLEST:
                    write(browser, {"filled": filled, "empty": empty}[shown.log], shown, width)
    total = sum(p.stat().st_size for p in FOLDER.glob("*.png"))
    print(f"{len(chosen)} pages at {len(TALLEST)} widths; all pictures {total / 1e6:.1f} MB")
    if total > MOST_BYTES:
        raise SystemExit(f"More than {MOST_BYTES / 1e6:.0f} MB: fewer colours or shorter pictures are needed.")


if __name__ == "__main__":
    main()
