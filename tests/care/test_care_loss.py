"""A loss that records show locks and is raised, and no more is said of it than is known."""

from __future__ import annotations

from typing import Any

import pytest
from red_flag_cases import reassuring
from test_care_signs import DAY, at_least, d, diary, locked, plan, session

from hairwise import workflow

RISE = [{"date": d(n), "method": "wash", "count": c}
        for n, c in ((141, 30), (134, 30), (127, 30), (120, 30), (40, 400), (35, 400), (30, 400))]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"counts": RISE},
        {"density": [{"date": d(100), "zone": "vertex", "hairs_per_cm2": 200, "lo": 195, "hi": 205},
                     {"date": d(10), "zone": "vertex", "hairs_per_cm2": 60, "lo": 55, "hi": 65}]},
    ],
)  # fmt: skip
def test_a_loss_more_likely_than_not_locks_though_too_little_is_known_to_be_sure(fields: dict[str, Any]) -> None:
    record = diary(sessions=[session(100), session(80), session(60)], **fields)
    told = plan(record)
    assert locked(told)
    assert locked(workflow.screen(record, DAY))
    assert told.guide is None
    assert all(day.kind != "session" for day in told.calendar)


def test_loss_that_photos_show_where_hair_grew_well_is_raised() -> None:
    record = diary(
        zones=[{"name": "occiput", "area_cm2": 100, "needled": False, "growth": "good"}],
        spots=[{"id": "c", "zone": "occiput", "role": "control"}],
        changes=[{"spot": "c", "from": d(60), "to": d(5), "n_t0": 200, "lost": 85, "new": 0,
                  "change": {"value": -85, "lo": -95, "hi": -75}}],
    )  # fmt: skip
    assert at_least(plan(record), "within_weeks")
    assert any(rule.id == "loss_where_hair_grew_well" for rule in plan(record).rules)


@pytest.mark.parametrize(
    ("fields", "said"), [({}, "may be getting lost"), ({"concern": d(45)}, "more hair falls")], ids=["log", "person"]
)
def test_no_more_is_said_of_a_loss_than_is_known(fields: dict[str, Any], said: str) -> None:
    told = reassuring()
    told.pop("loss", None)
    record = diary(told, sessions=[session(100), session(80), session(60)], counts=RISE, **fields)
    why = workflow.explain(record).result
    assert why.loss_state == "cannot_tell"
    assert (why.p_real_loss or 0) >= 0.5
    made = plan(record)
    text = " ".join([*(s.text for s in (*made.ask_doctor, *made.do_now)), *(rule.why for rule in made.rules)]).lower()
    assert said in text
    assert locked(made)
    if "concern" not in fields:
        assert "more hair falls" not in text
