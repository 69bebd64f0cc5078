"""How long from sending a photo to seeing its hairs: Chromium sends a rendered photo of 5.2 megapixels to the program.

Used by pages.py.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hairwise.simulate.scalp import encode, make_scene, photograph
from hairwise.simulate.variety import draw_camera, draw_scene_settings, patch_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SEEDS = (90_100, 90_101, 90_102)
HEIGHT_PX, WIDTH_PX = 2048, 2560


def rendered(seed: int) -> bytes:
    """Render a clipped spot with 5.2 megapixels."""
    camera = replace(draw_camera(seed), height_px=HEIGHT_PX, width_px=WIDTH_PX)
    settings = replace(draw_scene_settings(seed, "clipped"), patch_mm=patch_for(camera, "clipped"))
    return encode(photograph(make_scene(settings, seed), camera, seed).rgb, "jpg", 92)


def overlay_seconds(browser: Browser, base: str) -> list[float]:
    """Send each photo to a new spot; seconds until its hairs are drawn. The first one also loads the network."""
    page, out = browser.new_page(), []
    with TemporaryDirectory() as folder:
        for seed in SEEDS:
            photo = Path(folder) / f"{seed}.jpg"
            photo.write_bytes(rendered(seed))
            page.goto(f"{base}/photos")
            page.check("input[name=role][value=rolled]")
            page.check("input[name=zone] >> nth=0")
            page.click("text=Add the spot")
            page.set_input_files("input[type=file]", photo)
            page.wait_for_load_state("networkidle")
            began = time.perf_counter()
            page.click("text=Keep and measure")
            page.wait_for_url("**/photos/of/**", timeout=120_000)
            page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
            out.append(time.perf_counter() - began)
    return out
