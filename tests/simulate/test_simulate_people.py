"""Drawn people: valid diaries, every scenario, deterministic, and odd worlds that differ."""

from __future__ import annotations

import json

import pytest

from hairwise.errors import Refused
from hairwise.records.diary import Diary
from hairwise.simulate.people import FAMILIES, SCENARIOS, draw_person
from hairwise.simulate.person import simulate_person


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenarios_give_valid_diaries_and_their_truth(scenario: str) -> None:
    for seed in range(4):
        diary, truth = simulate_person(draw_person(scenario, seed), seed)
        Diary.model_validate(diary)
        if scenario in ("null", "worried", "bystander", "season"):
            assert truth["real_loss"] is False
            assert truth["needling_excess"] == 0
        elif scenario in ("mixture", "six_weeks", "started_together", "stressor_before"):
            assert truth["causes"]
        else:
            assert truth["causes"] == [scenario]


def test_same_seed_same_person() -> None:
    one, two = (json.dumps(simulate_person(draw_person("mixture", 5), 5)) for _ in range(2))
    assert one == two
    assert one != json.dumps(simulate_person(draw_person("mixture", 6), 6))


def test_a_longer_diary_of_the_same_life_begins_alike() -> None:
    short, long = (simulate_person(draw_person("te_needling", 3, weeks=w), 3)[0] for w in (12, 24))
    assert [w for w in long["washes"] if w <= short["cutoff"]] == short["washes"]
    assert {c["date"] for c in short["counts"]} <= {c["date"] for c in long["counts"]} | set(short["washes"])
    assert short["sessions"] == [s for s in long["sessions"] if s["date"] <= short["cutoff"]]


def test_inseparable_people_have_both_causes_on_record() -> None:
    for seed in range(12):
        together = draw_person("started_together", seed)
        kinds = [kind for kind, _ in together.decoys]
        assert ("minoxidil" in together.causes) or kinds == ["minoxidil_start"]
        before = draw_person("stressor_before", seed)
        assert ("te_stressor" in before.causes) or before.causes == ("te_needling",)


@pytest.mark.parametrize("family", FAMILIES)
def test_families_are_different_worlds(family: str) -> None:
    usual, odd = draw_person("te_needling", 7), draw_person("te_needling", 7, family)
    assert (usual == odd) == (family == "usual")
    Diary.model_validate(simulate_person(odd, 7)[0])


def test_careless_people_round_and_skip() -> None:
    diary, _ = simulate_person(draw_person("te_stressor", 4, "careless"), 4)
    large = [c["count"] for c in diary["counts"] if c["count"] > 20]
    assert large
    assert all(c % 5 == 0 for c in large)


def test_an_unknown_scenario_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="There is no scenario magic"):
        draw_person("magic", 1)
