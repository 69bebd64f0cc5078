"""Quantities against arithmetic done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hairwise.flags import Flag
from hairwise.measure.quantities import MeasureSettings, listed, measure
from hairwise.records.hairs import Hairs
from hairwise.records.photo import Calibration, Quality


def hairs(widths_px: list[float], p: float = 1.0) -> Hairs:
    n = len(widths_px)
    points = np.array([[10.0 * h, 5.0] if end == 0 else [10.0 * h + 50, 5.0] for h in range(n) for end in (0, 1)])
    return Hairs(
        points_px=points.reshape(-1, 2),
        offsets=np.arange(0, 2 * n + 1, 2),
        width_px=np.array(widths_px, float),
        width_se_px=np.full(n, 0.2),
        p_hair=np.full(n, p),
        root_visible=np.ones(n, bool),
        unit=np.arange(n) // 2,
        is_light=np.zeros(n, bool),
        flags=np.zeros(n, np.int64),
    )


QUALITY = Quality(usable=np.ones((500, 1000), bool), blur_px=1.0, glare_share=0.0, flags=0)
SCALE = Calibration(px_per_mm=100.0, px_per_mm_se=1.0, source="given")
NO_SCALE = Calibration(px_per_mm=None, px_per_mm_se=None, source="none")


def test_densities_diameters_and_lengths() -> None:
    m = measure(hairs([3.0, 4.0, 7.0, 9.0]), QUALITY, SCALE)
    assert m.usable_area_mm2 == pytest.approx(50)
    assert m.density_per_cm2 is not None
    assert m.density_per_cm2.value == pytest.approx(8)  # 4 hairs on half a cm2
    assert m.diameter_um == pytest.approx([30, 40, 70, 90])
    assert m.hair_type == ("vellus", "vellus", "terminal", "terminal")
    assert m.length_mm == pytest.approx([0.5] * 4)
    assert m.hairs_per_unit == pytest.approx(2)
    assert m.median_diameter_um is not None
    assert m.median_diameter_um.value == pytest.approx(55)
    assert m.cumulative_thickness_mm_per_cm2 is not None
    assert m.cumulative_thickness_mm_per_cm2.value == pytest.approx(0.0575 * 8)


def test_two_cutoffs_give_intermediates() -> None:
    settings = MeasureSettings(vellus_below_um=30, terminal_above_um=60)
    assert measure(hairs([3.0, 4.0, 7.0]), QUALITY, SCALE, settings).hair_type == ("vellus", "intermediate", "terminal")


def test_without_a_scale_only_counts_remain() -> None:
    m = measure(hairs([5.0] * 6), QUALITY, NO_SCALE)
    assert m.count.value == 6
    assert m.density_per_cm2 is None
    assert np.isnan(m.diameter_um).all()
    assert m.flags & Flag.NO_SCALE


def test_nothing_found_is_a_count_of_zero_that_pale_hair_may_hide() -> None:
    m = measure(hairs([]), QUALITY, SCALE)
    # 300 per cm2 on half a cm2: nothing dark was found, so a full scalp of pale hair is not ruled out
    assert (m.count.lo, m.count.value, m.count.hi) == (0, 0, pytest.approx(150))
    assert m.flags & Flag.PALE_HAIR
    assert measure(hairs([5.0] * 30), QUALITY, SCALE).flags & Flag.PALE_HAIR == 0
    assert m.median_diameter_um is None
    assert m.flags & Flag.NO_HAIR


def test_doubt_and_scale_error_widen_intervals() -> None:
    sure = measure(hairs([5.0] * 40), QUALITY, SCALE)
    unsure = measure(hairs([5.0] * 40, p=0.6), QUALITY, SCALE)
    assert unsure.count.hi - unsure.count.lo > sure.count.hi - sure.count.lo
    rough = measure(hairs([5.0] * 40), QUALITY, Calibration(100.0, 10.0, "given"))
    assert rough.density_per_cm2 is not None
    assert sure.density_per_cm2 is not None
    assert rough.density_per_cm2.hi > sure.density_per_cm2.hi


def test_the_interval_holds_what_rendered_fields_missed_and_not_much_more() -> None:
    # of dark clipped hair on renders the finder lists 0.75 to 0.97 (docs/accuracy.md, recall over precision)
    count = measure(hairs([5.0] * 90, p=0.95), QUALITY, SCALE).count
    assert count.lo <= 90 / 0.97
    assert 90 / 0.75 <= count.hi <= 90 / 0.6


def test_hairs_of_unknown_diameter_are_shared_among_the_kinds() -> None:
    known = measure(hairs([7.0] * 30 + [3.0] * 10), QUALITY, SCALE)
    some = measure(hairs([7.0] * 30 + [3.0] * 10 + [np.nan] * 40), QUALITY, SCALE)
    for m, n in ((known, 30), (some, 60)):
        assert m.terminal_per_cm2 is not None
        assert m.terminal_per_cm2.value == pytest.approx(2 * n)  # on half a cm2
        assert m.terminal_per_cm2.lo <= m.terminal_per_cm2.value <= m.terminal_per_cm2.hi
    assert measure(hairs([np.nan] * 40), QUALITY, SCALE).terminal_per_cm2 is None


def test_long_hair_is_told_also_without_a_scale_and_not_called_pale() -> None:
    long = measure(hairs([2.0] * 6), QUALITY, NO_SCALE)  # 50 px at a nominal 2 px shaft of 70 um: 1.75 mm
    assert long.flags & Flag.LONG_HAIR
    assert not long.flags & Flag.PALE_HAIR
    assert not measure(hairs([5.0] * 6), QUALITY, NO_SCALE).flags & Flag.LONG_HAIR


def test_unlikely_hairs_and_hairs_without_a_root_are_not_listed() -> None:
    assert listed(hairs([5.0], p=0.49)).tolist() == [False]
    assert listed(hairs([5.0], p=0.5)).tolist() == [True]
