"""A photo without a scale counts only where its hairs show that it is a close-up."""

from __future__ import annotations

import numpy as np
import pytest

from hairwise.errors import Refused
from hairwise.measure.close_up import refuse_unlike_close_up
from hairwise.records.hairs import Hairs


def found(p_hair: list[float]) -> Hairs:
    n = len(p_hair)
    return Hairs(
        points_px=np.arange(4.0 * n).reshape(-1, 2),
        offsets=np.arange(0, 2 * n + 1, 2),
        width_px=np.full(n, 8.0),
        width_se_px=np.full(n, 0.2),
        p_hair=np.array(p_hair, float),
        root_visible=np.ones(n, bool),
        unit=np.arange(n),
        is_light=np.zeros(n, bool),
        flags=np.zeros(n, np.int64),
    )


@pytest.mark.parametrize("p_hair", [[], [0.9], [0.95, 0.99], [0.79] * 40])
def test_too_few_sure_hairs_need_a_scale(p_hair: list[float]) -> None:
    with pytest.raises(Refused) as refused:
        refuse_unlike_close_up(found(p_hair), "x.jpg")
    assert refused.value.code == "scale_needed"
    assert refused.value.line.startswith("x.jpg: ")
    assert "give its scale" in refused.value.do


def test_three_sure_hairs_are_enough() -> None:
    refuse_unlike_close_up(found([0.85, 0.9, 0.95]), "x")
    with pytest.raises(Refused):  # it is the third that makes the difference
        refuse_unlike_close_up(found([0.75, 0.9, 0.95]), "x")


def test_many_finds_of_which_few_are_sure_are_no_close_up() -> None:
    with pytest.raises(Refused) as refused:
        refuse_unlike_close_up(found([0.95] * 10 + [0.55] * 40), "x")
    assert refused.value.code == "unlike_hair"
