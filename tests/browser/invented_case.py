"""A small stand-in for the built-in case, which takes too long to be rendered and measured in a test."""

from datetime import date
from functools import cache
from io import BytesIO
from types import SimpleNamespace

import opened
from PIL import Image

from hairwise import workflow
from hairwise.records.base import Estimate

PAIR = "rolled-a_to_rolled-b.pair.png"


def make(step):
    """Return a case with one picture, told from the invented diary."""
    step("make the case")
    return _made()


@cache
def _made():
    told = workflow.tell_without_photos(opened.diary(), "case.json")
    change = SimpleNamespace(n_t0=52, lost=[1] * 10, new=[1], change=Estimate(value=-9, lo=-12, hi=-6), change_pct=None)
    spot = SimpleNamespace(
        spot=SimpleNamespace(id="a", role="rolled", zone="mid"),
        first=SimpleNamespace(file="rolled-a.jpg", date=date(2026, 3, 6)),
        last=SimpleNamespace(file="rolled-b.jpg", date=date(2026, 4, 18)),
        compared=SimpleNamespace(change=change),
        refused=None,
    )
    told = workflow.Told(**{**vars(told), "spots": (spot,)})
    check = workflow.check(workflow.answers_from_form({}, told.diary.cutoff), told.diary.cutoff)
    files = {"case.pdf": b"%PDF-1.7", PAIR: _picture(400, 200), "case.timeline.svg": _SVG}
    files |= {f"rolled-{which}.hairs.png": _picture(200, 200) for which in "ab"}
    return workflow.DemoResult("A man of 34 rolled too hard.", told, check, files)


def _picture(width, height):
    held = BytesIO()
    Image.new("RGB", (width, height), (198, 160, 140)).save(held, "png")
    return held.getvalue()


_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100"><path d="M0 90L400 10" stroke="#333"/></svg>'
