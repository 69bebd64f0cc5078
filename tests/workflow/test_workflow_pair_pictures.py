"""Kept photos stand on the report with their lost hairs ringed, from what was measured before."""

import io
from datetime import date

import numpy as np
import pytest
from PIL import Image

from hairwise import workflow
from hairwise.records.base import Estimate
from hairwise.records.files import HiddenEntry, KeptEntry, LostEntry, NewEntry, PairFile, RegistrationEntry
from hairwise.simulate.scalp import encode
from hairwise.store.repository import KeptPhoto
from hairwise.workflow.pictures import change_of

FIRST, LAST = date(2026, 3, 6), date(2026, 4, 6)
HEAD = {
    "hairwise_version": "0.1.0", "method_version": "x", "settings": {}, "seconds": 0.1, "intended_use": "",
    "schema": "hairwise/pair/1",
}  # fmt: skip
PAIR = PairFile.model_validate(
    HEAD
    | {
        "kept": [KeptEntry(t0=(50.0, 60.0), t1=(50.0, 60.0), p=0.9)],
        "lost": [LostEntry(t0=(300.0, 100.0), p=0.9)],
        "new": [NewEntry(t1=(120.0, 260.0), p=0.9)],
        "hidden": [HiddenEntry(t0=(60.0, 300.0))],
        "n_t0": 3,
        "n_t1": 2,
        "change": Estimate(value=0, lo=-1, hi=1),
        "change_pct": Estimate(value=0, lo=-33, hi=33),
        "smallest_detectable_loss_pct": 40.0,
        "registration": RegistrationEntry.model_validate(
            {
                "homography": ((1, 0, 0), (0, 1, 0), (0, 0, 1)), "points_t0": [], "points_t1": [], "residual_um": None,
                "residual_px": 0.5, "overlap": 1.0,
            }
        ),
    }
)  # fmt: skip


def test_a_pair_file_holds_each_hair_where_it_was():
    change = change_of(PAIR)
    assert change.hairs_t0.root_px[change.lost].tolist() == [[100.0, 300.0]]  # (y, x) inside
    assert change.hairs_t0.root_px[change.hidden].tolist() == [[300.0, 60.0]]
    assert change.hairs_t1.root_px[change.new].tolist() == [[260.0, 120.0]]
    assert (len(change.kept.p), change.n_t0, change.n_t1) == (1, 3, 2)
    with pytest.raises(ValueError, match="not compared"):
        change_of(PairFile.model_validate(HEAD))


def test_the_report_shows_the_pair_that_a_change_came_from(tmp_path, rng):
    store = workflow.open_store(tmp_path / "data")
    workflow.add_entry(store, "spot", {"id": "rolled-mid-1", "zone": "mid", "role": "rolled"})
    shas = [
        workflow.add_photo(
            store,
            encode(np.full((400, 500, 3), (205 - k, 170, 155), np.uint8), "png"),
            KeptPhoto("", "", "x.png", "close_up", day, "rolled-mid-1", 300, "clipped"),
        )
        for k, day in enumerate((FIRST, LAST))
    ]
    summary = {
        "n_t0": 3, "lost": 1, "new": 1, "change": {"value": 0, "lo": -1, "hi": 1, "level": 0.95},
    }  # fmt: skip
    row = {"method_version": "x", "settings": {}, "body": PAIR.model_dump(mode="json", by_alias=True)}
    store.add_comparison(shas[0], shas[1], row | {"summary": summary})
    diary = workflow.diary_kept(store, date(2026, 5, 2))
    told = workflow.tell_without_photos(workflow.dump(diary), "your log")
    pictures = workflow.pair_pictures(store, told)
    store.close()
    picture = np.asarray(Image.open(io.BytesIO(pictures["rolled-mid-1"])).convert("RGB")).astype(int)
    vermillion = np.abs(picture - (213, 94, 0)).sum(2) < 30
    half = picture.shape[1] // 2
    assert vermillion[:, :half].sum() > 50  # the lost hair is ringed on both photos
    assert vermillion[:, half:].sum() > 50
    plain, pictured = (workflow.report_pdf(told, date(2026, 5, 2), shown) for shown in ({}, pictures))
    assert len(pictured) > len(plain) + 5_000  # the picture is in it
