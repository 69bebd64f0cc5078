"""Small pieces against analytic truth."""

from datetime import date, timedelta
from importlib.resources import files

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from hairwise.evidence.inference import inference_facts
from hairwise.infer.effects import cause_shapes, hair_loss, reservoir
from hairwise.infer.laplace import Sizes, fit_sets, predict
from hairwise.infer.likelihood import Features, Precision, observe, precision
from hairwise.infer.settings import InferSettings
from hairwise.infer.symptoms import answer_signs
from hairwise.infer.timeline import build_timeline
from hairwise.records.diary import Diary
from hairwise.records.verdicts import CAUSES

FACTS = inference_facts()
SETTINGS = InferSettings()
DAY0 = date(2024, 3, 1)


def day(i):
    return (DAY0 + timedelta(days=i)).isoformat()


def diary(**fields):
    base = {"schema": "needling-diary/1", "id": "t", "cutoff": day(160), "first_session": day(40)}
    return Diary.model_validate(base | fields)


def test_reservoir_holds_what_was_freed_and_not_yet_lost():
    settings = InferSettings(keep_per_day=1.0, wash_out=1.0)
    is_wash = np.zeros(12)
    is_wash[[3, 8]] = 1
    held = reservoir(np.ones((1, 12)), is_wash, settings)[0]
    # all hairs since the last wash: five days' worth at day 8, one the day after
    assert held[8] == pytest.approx(5.0)
    assert held[9] == pytest.approx(1.0)


def test_reservoir_is_linear():
    rng = np.random.default_rng(3)
    rates = rng.random((2, 30))
    is_wash = (rng.random(30) < 0.4).astype(float)
    both = reservoir(rates, is_wash, SETTINGS)
    total = reservoir(rates.sum(0, keepdims=True), is_wash, SETTINGS)
    np.testing.assert_allclose(both.sum(0), total[0], rtol=1e-12)


def test_events_after_the_cutoff_change_nothing():
    line = build_timeline(diary(), FACTS, SETTINGS)
    later = build_timeline(diary(events=[{"date": day(300), "kind": "illness"}]), FACTS, SETTINGS)
    assert line.events == later.events == ()


def test_needling_stays_in_rolled_zones_and_pattern_loss_off_the_occiput():
    zones = [
        {"name": "front", "area_cm2": 80, "needled": True},
        {"name": "mid", "area_cm2": 90, "needled": False},
        {"name": "occiput", "area_cm2": 200, "needled": False},
    ]
    book = diary(
        zones=zones,
        sessions=[{"date": day(40), "zone": "front"}],
        events=[{"date": day(30), "kind": "illness", "severity": 2}],
    )
    shapes = cause_shapes(build_timeline(book, FACTS, SETTINGS), FACTS, SETTINGS)
    for shape in shapes:
        moved = np.abs(shape.regions + shape.pulled).max(1) > 1e-9
        if shape.cause in ("mechanical", "inflammatory", "te_needling"):
            assert moved.tolist() == [True, False, False]
        elif shape.cause == "aga":
            assert moved.tolist() == [True, True, False]
        elif shape.cause == "te_stressor":
            assert moved.all()
    assert {s.cause for s in shapes} == set(CAUSES) - {"none", "minoxidil"}


def test_prior_of_a_cause_is_spread_over_its_lags():
    book = diary(sessions=[{"date": day(40), "zone": "front"}], events=[{"date": day(30), "kind": "minoxidil_start"}])
    shapes = cause_shapes(build_timeline(book, FACTS, SETTINGS), FACTS, SETTINGS)
    for cause in {s.cause for s in shapes}:
        assert sum(np.exp(s.log_weight) for s in shapes if s.cause == cause) == pytest.approx(1.0)


def test_pulled_hairs_come_back_and_what_is_pulled_is_missing_later():
    book = diary(sessions=[{"date": day(40), "zone": "front"}], start=day(0))
    line = build_timeline(book, FACTS, SETTINGS)
    shape = next(s for s in cause_shapes(line, FACTS, SETTINGS) if s.cause == "mechanical")
    assert shape.pulled.sum() == pytest.approx(1.0)
    # over the 120 days left all but exp(-120/45) of the harvest share has been missed
    expected = SETTINGS.harvest * (1 - np.exp(-120 / SETTINGS.harvest_days))
    assert -shape.regions.sum() == pytest.approx(expected, rel=0.02)  # whole days
    assert hair_loss(shape, SETTINGS)[1:].max() == 0.0


def test_ten_thousand_sessions_add_up_like_one_by_one():
    rng = np.random.default_rng(5)
    days = sorted({int(d) for d in rng.integers(0, 150, 60)})
    zones = ["front", "mid"]
    many = diary(
        sessions=[{"date": day(d), "zone": z, "minutes": 1 + k} for k in range(40) for d in days for z in zones]
    )
    once = diary(sessions=[{"date": day(d), "zone": z} for d in days for z in zones])
    a, b = (build_timeline(x, FACTS, SETTINGS) for x in (many, once))
    np.testing.assert_array_equal(a.session_day, b.session_day)
    assert (a.session_dose <= 2.0).all()


def _flat(n, rows=3):
    rng = np.random.default_rng(11)
    seen = np.vstack([np.zeros(n), rng.random((rows - 1, n))])
    return Features(seen, np.zeros((rows, n)), np.zeros((rows, n)), np.zeros((rows, 3)), np.zeros((rows, 4)))


def test_derivative_of_the_prediction_matches_differences():
    rng = np.random.default_rng(2)
    f = Features(*(rng.random((3, 7)) * 0.3 for _ in range(3)), np.zeros((3, 3)), np.zeros((3, 4)))
    u, pairs = rng.normal(size=(2, 4)) * 0.3, np.array([[1, 2], [2, 0]])
    _, slope = predict(u, pairs, f)
    for q in range(4):
        step = np.zeros(4)
        step[q] = 1e-6
        numeric = (predict(u + step, pairs, f)[0] - predict(u - step, pairs, f)[0]) / 2e-6
        np.testing.assert_allclose(slope[:, :, q], numeric, atol=1e-7)  # rounding of a central difference


def test_evidence_without_causes_is_the_gaussian_density():
    n, rng = 9, np.random.default_rng(4)
    root = rng.normal(size=(n, n))
    cover = root @ root.T + np.eye(n)
    y = rng.normal(size=n)
    noise = Precision(8, 0.1, False, y, np.linalg.inv(cover), -np.linalg.slogdet(cover)[1])
    none = Sizes(np.zeros((1, 2), dtype=np.int64), np.zeros((1, 4)), np.ones((1, 4)))
    got = fit_sets(none, _flat(n), noise).log_evidence[0] - n / 2 * np.log(2 * np.pi)
    assert got == pytest.approx(multivariate_normal(np.zeros(n), cover).logpdf(y))


def test_evidence_of_one_cause_matches_a_numerical_integral():
    n, rng = 25, np.random.default_rng(6)
    f = _flat(n)
    y = np.log(1 + 0.8 * f.seen[1]) + rng.normal(0, 0.1, n)
    noise = Precision(8, 0.1, False, y, np.eye(n) / 0.01, n * np.log(100.0))
    sizes = Sizes(np.array([[1, 0]]), np.zeros((1, 4)), np.array([[0.7, 1.0, 1.0, 1.0]]))
    fit = fit_sets(sizes, f, noise)
    grid = np.linspace(-3, 3, 6001)
    residual = y - np.log(1 + np.exp(grid)[:, None] * f.seen[1])
    log_p = -50 * (residual**2).sum(1) + n / 2 * np.log(100.0) - 0.5 * (grid / 0.7) ** 2
    exact = (
        np.log(np.exp(log_p - log_p.max()).sum() * (grid[1] - grid[0])) + log_p.max() - 0.5 * np.log(2 * np.pi * 0.49)
    )
    assert fit.log_evidence[0] == pytest.approx(exact, abs=0.05)  # Laplace is not exact; 0.05 is 5 % of a likelihood
    assert np.exp(fit.mode[0, 0]) == pytest.approx(0.8, abs=0.2)  # noise 0.1 over 25 values


def test_more_dispersion_means_less_precision():
    counts = [{"date": day(i), "method": "wash", "count": 60} for i in range(0, 150, 2)]
    line = build_timeline(diary(counts=counts), FACTS, SETTINGS)
    seen = observe(line, FACTS, SETTINGS)
    loose, tight = (precision(seen, line, FACTS, (r, 0.1, False), SETTINGS) for r in (2.0, 50.0))
    assert np.trace(loose.inverse) < np.trace(tight.inverse)
    assert loose.log_det < tight.log_det


def test_signs_of_one_group_are_capped_and_unknown_says_nothing():
    all_yes = {s.sign: "yes" for s in FACTS.signs}
    total, reasons = answer_signs(all_yes, FACTS, SETTINGS)
    groups = {s.group for s in FACTS.signs if s.cause == "scalp_condition"}
    assert total["inflammatory"] <= SETTINGS.sign_cap + 1e-9
    assert total["scalp_condition"] <= SETTINGS.sign_cap * len(groups)
    assert sum(r.weight for r in reasons) == pytest.approx(sum(total.values()))
    assert answer_signs({s.sign: "unknown" for s in FACTS.signs}, FACTS, SETTINGS) == ({}, [])


def test_every_fact_names_a_source_and_a_grade():
    groups = [getattr(FACTS, name) for name in type(FACTS).model_fields]
    facts = [f for g in groups for f in (g if isinstance(g, tuple) else (g,))]
    text = files("hairwise.evidence").joinpath("evidence.yaml").read_text(encoding="utf-8")
    unknown = {f.source for f in facts if f"{{id: {f.source}," not in text and f"- id: {f.source}\n" not in text}
    assert not unknown
    assert all(f.grade for f in facts)
    assert {f.cause for f in FACTS.effects} == set(CAUSES) - {"season", "none"}
