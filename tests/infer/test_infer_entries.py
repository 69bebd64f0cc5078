"""Nothing is made surer by being entered twice, and no slip or gap makes a cause."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from test_infer_attribute import ZONES, count, day, session
from test_infer_attribute import diary as made

from hairwise.evidence.inference import inference_facts
from hairwise.infer.attribute import attribute_diary
from hairwise.infer.settings import InferSettings
from hairwise.records.diary import Diary
from hairwise.simulate.people import draw_person
from hairwise.simulate.person import simulate_person

FACTS = inference_facts()
SESSIONS = [session(i) for i in (40, 54, 68)]
CALM = [{"date": day(i), "itch": 0, "flakes": 0, "pain": 0} for i in range(41, 170, 7)]
ROLLED = {"start": day(0), "hemisphere": "N", "first_session": day(40), "sessions": SESSIONS, "zones": ZONES}
SPOTS = [{"id": "a", "zone": "front", "role": "rolled"}, {"id": "b", "zone": "occiput", "role": "control"}]
DENSITY = [
    {"date": day(i), "zone": z, "hairs_per_cm2": 180 * (0.85 if z == "front" and i > 110 else 1)}
    for i in range(0, 171, 14)
    for z in ("front", "occiput")
]
FLAT = [d | {"hairs_per_cm2": 180} for d in DENSITY]


def told(d: Diary):
    return attribute_diary(d, FACTS, InferSettings(checked=False))


def wave(centre: float, width: float = 14.0, seed: int = 2) -> list[dict]:
    rng = np.random.default_rng(seed)
    mean = [60 * (1 + 2 * exp(-0.5 * ((i - centre) / width) ** 2)) for i in range(0, 171, 2)]
    return [count(2 * k, int(rng.negative_binomial(15, 15 / (15 + m)))) for k, m in enumerate(mean)]


def change(spot: str, net: int, first: int = 38, last: int = 110, **more) -> dict:
    days = {"spot": spot, "from": day(first), "to": day(last), "n_t0": 200}
    return days | {"lost": max(-net, 0), "new": max(net, 0)} | more


def limits(why) -> str:
    return " ".join(limit.text for limit in why.limits)


@pytest.mark.parametrize("again", [{"photo": "again.jpg"}, {"hairs_per_cm2": 1.005}])
def test_more_photos_of_a_zone_on_a_day_make_no_surer_loss(again):
    for seed in (41, 305):
        raw = simulate_person(draw_person("worried", seed), seed)[0]
        if "hairs_per_cm2" in again:
            more = [d | {"hairs_per_cm2": d["hairs_per_cm2"] * 1.005} for d in raw["density"]]
        else:
            more = [d | again for d in raw["density"]]
        once, twice = (
            told(Diary.model_validate(raw | {"density": d})) for d in (raw["density"], raw["density"] + more)
        )
        assert twice.p_real_loss == pytest.approx(once.p_real_loss, abs=0.03)
        assert twice.loss_state == once.loss_state


def test_one_illness_noted_on_many_days_is_one():
    events = [{"date": day(40 + i), "kind": "stress", "severity": 1} for i in range(6)]
    one, six = (told(made(**ROLLED, symptoms=CALM, counts=wave(130), events=events[:n])) for n in (1, 6))
    assert six.p_cause["te_stressor"] == pytest.approx(one.p_cause["te_stressor"], abs=0.02)


def test_later_trifles_do_not_hide_a_strong_strain():
    surgery = [{"date": day(5), "kind": "surgery", "severity": 3}]
    trifles = [{"date": day(i), "kind": "stress", "severity": 1} for i in (70, 90, 110, 130, 150)]
    for more in ([], trifles):
        why = told(made(**ROLLED, symptoms=CALM, counts=wave(82, 16, 3), density=FLAT, events=surgery + more))
        assert why.loss_state == "real"
        assert max(why.p_cause, key=why.p_cause.get) == "te_stressor"


@pytest.mark.parametrize("seed", range(100, 112))
def test_every_interval_holds_its_mean(seed):
    for scenario in ("minoxidil", "mechanical"):
        excess = told(Diary.model_validate(simulate_person(draw_person(scenario, seed), seed)[0])).needling_excess
        for span in filter(None, (excess, excess and excess.added, excess and excess.missing_later)):
            assert span.lo90 <= span.mean <= span.hi90


@pytest.mark.parametrize(
    "no_sign",
    [
        {"symptoms": [{"date": day(60)}]},
        {"symptoms": [{"date": day(900), "itch": 0}]},
        {"symptoms": [{"date": day(10), "itch": 0}]},
        {"answers": {"schema": "hairwise/answers/1"}},
        {"findings": [{"date": day(60), "kind": "pustules", "present": "unknown"}]},
    ],
)
def test_what_says_nothing_of_signs_is_none(no_sign):
    why = told(made(**ROLLED, counts=wave(102), density=DENSITY, **no_sign))
    assert why.cause_state == "cannot_tell"
    assert "No signs such as" in limits(why)
    assert "signs" in why.next_observation.text


def test_a_finding_looked_for_is_a_sign():
    findings = [{"date": day(60), "kind": "pustules", "present": "no"}]
    assert "No signs such as" not in limits(told(made(**ROLLED, counts=wave(102), density=DENSITY, findings=findings)))


def test_one_odd_density_does_not_rule_rolling_out():
    known = {**ROLLED, "symptoms": CALM, "counts": wave(102)}
    for at in (0, 6):
        odd = [*DENSITY[:at], DENSITY[at] | {"hairs_per_cm2": 0}, *DENSITY[at + 1 :]]
        why = told(made(**known, density=odd))
        assert why.p_cause == told(made(**known, density=[*DENSITY[:at], *DENSITY[at + 1 :]])).p_cause
        assert "far from those before and after" in limits(why)
    fallen = [d | {"hairs_per_cm2": 40} if d["zone"] == "front" and k >= 24 else d for k, d in enumerate(DENSITY)]
    assert "far from those before and after" not in limits(told(made(**known, density=fallen)))


def test_two_causes_are_two_that_count():
    named = [
        told(Diary.model_validate(simulate_person(draw_person(s, seed), seed)[0]))
        for s, seed in (("started_together", 402), ("te_stressor", 404), ("null", 421), ("aga", 403))
    ]
    for why in named:
        if why.cause_state == "two":
            assert min(why.p_cause[c] for c in why.named_causes) >= InferSettings().second
            assert why.loss_state != "real" or "none" not in why.named_causes
            assert "Minoxidil and rolling" not in limits(why) or "minoxidil" in why.named_causes


def test_counts_of_one_day_are_one_count():
    counts = [count(40, 60 + k) for k in range(8)]
    day_one = made(
        cutoff=40, start=day(40), first_session=day(40), sessions=[session(40)], zones=ZONES, counts=counts,
        symptoms=[{"date": day(40), "itch": 0}],
    )  # fmt: skip
    why = told(day_one)
    assert (why.loss_state, why.cause_state) == ("cannot_tell", "cannot_tell")
    assert why.next_observation.text.startswith("Count the hairs")


def test_photos_of_one_kind_of_skin_ask_for_the_other():
    known = {**ROLLED, "symptoms": CALM, "spots": SPOTS}
    for changes in (
        [change("a", -30)],
        [change("a", -30), change("b", 0, 180, 300)],
        [change("a", -30), change("b", 0, n_t0=0)],
    ):
        why = told(made(**known, counts=wave(102), changes=changes))
        assert why.cause_state == "cannot_tell"
        assert "none of an unrolled one" in limits(why)
        assert why.next_observation.text.startswith("Photograph one rolled and one unrolled")
    alone = told(made(**known, changes=[change("b", -60)]))
    assert alone.cause_state == "cannot_tell"
    assert "none of a rolled one" in limits(alone)
    held = told(made(**known, counts=wave(102), changes=[change("a", -30)], density=FLAT[1::2]))
    assert "none of an unrolled one" not in limits(held)


@pytest.mark.parametrize(
    ("spots", "first", "last"), [([], 38, 110), (SPOTS, 110, 38), (SPOTS, 110, 110)], ids=["no-spot", "back", "one-day"]
)
def test_comparisons_that_cannot_be_placed_are_told(spots, first, last):
    why = told(made(**ROLLED, symptoms=CALM, counts=wave(102), spots=spots, changes=[change("a", -30, first, last)]))
    assert "comparison of photos was left out" in limits(why)


def test_a_lone_count_of_ten_times_the_usual_is_left_out_and_told():
    plain = wave(102, seed=5)
    slip = [*plain[:50], plain[50] | {"count": 20_000}, *plain[51:]]
    without = told(made(**ROLLED, symptoms=CALM, counts=[*plain[:50], *plain[51:]], density=FLAT))
    why = told(made(**ROLLED, symptoms=CALM, counts=slip, density=FLAT))
    assert why.p_cause == without.p_cause
    assert "ten times the usual" in limits(why)
    assert "ten times the usual" not in limits(without)
    lasting = [c | {"count": 1500} if 40 <= k < 46 else c for k, c in enumerate(plain)]
    assert "ten times the usual" not in limits(told(made(**ROLLED, symptoms=CALM, counts=lasting, density=FLAT)))


def test_the_first_days_of_the_calendar_are_answered():
    assert told(Diary.model_validate({"schema": "needling-diary/1", "id": "x", "cutoff": "0001-01-02"}))
