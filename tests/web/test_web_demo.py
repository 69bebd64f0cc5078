import threading
import time
from datetime import date
from types import SimpleNamespace

import pytest

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.records.base import Estimate
from hairwise.records.diary import Diary
from hairwise.records.verdicts import Excess
from hairwise.web import views
from hairwise.web.demo import DemoRunner
from hairwise.workflow import DemoResult, Told


def until(ready, seconds=5.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        time.sleep(0.005)
    raise AssertionError("not ready in time")


def spot(role, compared=True):
    change = SimpleNamespace(n_t0=52, lost=[1] * 10, new=[1], change=Estimate(value=-9, lo=-12, hi=-6), change_pct=None)
    return SimpleNamespace(
        spot=SimpleNamespace(id=role, role=role, zone="mid"),
        first=SimpleNamespace(file=f"{role}-a.jpg", date=date(2026, 3, 6)),
        last=SimpleNamespace(file=f"{role}-b.jpg", date=date(2026, 4, 18)),
        compared=SimpleNamespace(change=change) if compared else None,
        refused=None if compared else Refused("different_spot", "Two spots.", "Take it again."),
    )


@pytest.fixture(scope="module")
def case():
    diary = Diary(
        schema="needling-diary/1",
        id="case",
        cutoff="2026-04-18",
        first_session="2026-03-07",
        zones=[{"name": "mid", "area_cm2": 90, "needled": True, "growth": "good"}],
        sessions=[{"date": f"2026-03-{d:02}", "zone": "mid", "needle_mm": 1.5} for d in (7, 14, 21, 28)],
        counts=[{"date": f"2026-03-{d:02}", "method": "wash", "count": 50 + 4 * d} for d in range(1, 31, 3)],
    )
    why = workflow.explain(diary)
    result, plan = workflow.plan(diary, why.result)
    spots = spot("control", compared=False), spot("rolled")
    told = Told(diary, spots, (), why.result, why.file, result, plan, b"")
    check = workflow.check(workflow.answers_from_form({}, diary.cutoff), diary.cutoff)
    names = ("case.pdf", "rolled-a_to_rolled-b.pair.png", "rolled-a.hairs.png", "rolled-b.hairs.png")
    return DemoResult("A man of 34 <b>rolled</b>.", told, check, {name: b"x" for name in names})


def test_the_page_waits_then_shows_the_case(make_client, case):
    go = threading.Event()

    def make(step):
        step("render the photos")
        assert go.wait(10)
        return case

    runner = DemoRunner(make)
    client = make_client(demo=runner)
    until(lambda: client.get("/demo") and runner.steps)
    waiting = client.get("/demo").text
    assert 'http-equiv="refresh"' in waiting
    assert f"Step 1 of {workflow.DEMO_STEPS}: render the photos" in waiting
    assert client.get("/demo/case.pdf").status_code == 404
    go.set()
    until(lambda: runner.result() is not None)
    html = client.get("/demo").text
    assert "http-equiv" not in html
    assert html.index("What to do now") < html.index("Is it real?") < html.index("His photos") < html.index("Why?")
    assert "10 of 52 hairs are lost (rings), 1 is new (squares)." in html
    assert "between 6 and 12 fewer hairs (95% interval)" in html
    assert "Two spots. Take it again." in html
    assert html.index("Rolled spot") < html.index("Unrolled spot")
    assert "/demo/rolled-a_to_rolled-b.pair.png" in html
    assert "/demo/case.pdf" in html
    assert "<b>rolled</b>" not in html
    assert "where it says “you”, he is meant" in html
    assert f"<strong>{workflow.cause_sentence(case.told.why.cause_state, case.told.why.named_causes)}</strong>" in html
    for s in case.plan.do_now:
        assert s.text.split(":")[0].replace("'", "&#39;") in html


def test_only_the_cases_own_files_are_given(make_client, case):
    runner = DemoRunner(lambda step: case)
    client = make_client(demo=runner)
    until(lambda: runner.result() is not None)
    assert client.get("/demo/case.pdf").headers["content-type"] == "application/pdf"
    assert client.get("/demo/rolled-a.hairs.png").content == b"x"
    for path in (
        "/demo/../app.py",
        "/demo/%2e%2e%2fapp.py",
        "/demo/other.png",
        "/demo//etc/passwd",
        "/static/../app.py",
    ):
        assert client.get(path).status_code == 404


def test_the_case_is_made_once_however_often_it_is_asked_for(case):
    made = []

    def make(step):
        made.append(1)
        time.sleep(0.05)
        return case

    runner = DemoRunner(make)
    askers = [threading.Thread(target=runner.result) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    until(lambda: runner.result() is case)
    assert made == [1]


@pytest.mark.parametrize(("error", "code"), [(Refused("no_file", "No photo.", "Look."), 422), (ValueError("x"), 500)])
def test_a_case_that_fails_says_so_and_can_be_tried_again(make_client, case, error, code):
    tries = []

    def make(step):
        tries.append(1)
        if len(tries) == 1:
            raise error
        return case

    runner = DemoRunner(make)
    client = make_client(demo=runner)
    codes = []
    until(lambda: codes.append(client.get("/demo").status_code) or codes[-1] != 200)
    assert codes[-1] == code
    until(lambda: runner.result() is case)
    assert len(tries) == 2


def test_causes_are_ranked_with_their_strongest_reasons(case):
    ranked = views.ranked(case.told.why, most=3, reasons=2)
    assert [c.p for c in ranked] == sorted(case.told.why.p_cause.values(), reverse=True)[:3]
    for cause in ranked:
        weights = [abs(r.weight) for r in cause.reasons]
        assert len(weights) <= 2
        assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize(
    ("lo", "hi", "words"),
    [(181, 1567, "between 181 and 1,567"), (-50, 300, "perhaps none, at most 300"), (-300, -20, "No extra counted")],
)
def test_excess_is_an_interval_and_never_a_saving(lo, hi, words):
    said = workflow.excess_sentence(Excess(mean=(lo + hi) / 2, lo90=lo, hi90=hi))
    assert words in said
    assert "saved" not in said
