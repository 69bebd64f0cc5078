"""What to do next: technique, guide, products, course, cases, calendar; every sentence sourced, words plain."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any, get_args

import pytest
import textstat
from red_flag_cases import TODAY, bare, cases, reassuring

from hairwise import workflow
from hairwise.care.aftercare import aftercare, hygiene
from hairwise.care.cases import like_cases
from hairwise.care.course import course_of
from hairwise.care.products import classify, look_at_products, names_in
from hairwise.evidence.load import load_evidence
from hairwise.records.base import Record, Sentence
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.records.verdicts import Cause, Span90

DAY = date.fromisoformat(TODAY)
EVIDENCE = load_evidence()
LOSS = {"noticed": "yes", "onset": "2026-05-20", "pattern": "rolled_zones", "severity": "moderate"}


def answered(answers: dict[str, Any]) -> workflow.Answers:
    return parse_record(workflow.Answers, json.dumps(answers).encode(), "a.json")


def diary(answers: dict[str, Any] | None = None, **fields: Any) -> Diary:
    document = {"schema": "needling-diary/1", "id": "x", "cutoff": TODAY, "answers": answers or reassuring(), **fields}
    return parse_record(Diary, json.dumps(document).encode(), "d.json")


def plan(record: Diary) -> workflow.Plan:
    return workflow.plan(record, workflow.explain(record).result)[1]


def rough(day: str, **fields: Any) -> dict[str, Any]:
    return {
        "date": day, "zone": "vertex", "device": "roller", "needle_mm": 1.5, "passes": 20, "pressure": 3,
        "speed": "fast", "direction": "circles", "needle_age_sessions": 9, "endpoint": "pinpoint_bleeding", **fields,
    }  # fmt: skip


ROUGH = [rough("2026-05-02"), rough("2026-05-06"), rough("2026-05-10", disinfected=False)]


def sentences(record: Any) -> list[Sentence]:
    if isinstance(record, Sentence):
        return [record]
    if isinstance(record, Record):
        return [s for value in dict(record).values() for s in sentences(value)]
    if isinstance(record, tuple | list):
        return [s for value in record for s in sentences(value)]
    return []


def is_sourced(source: str) -> bool:
    return source in EVIDENCE.facts or source == "instruction" or source.startswith("measured:")


# technique


def test_each_topic_of_technique_comes_from_the_log_with_what_to_change() -> None:
    text = " ".join(s.text for s in plan(diary(sessions=ROUGH)).technique)
    for topic in ("Pressure: you wrote hard in 3 of 3", "Depth:", "Passes:", "Speed:", "Direction:", "Interval:",
                  "Needles: yours had done 9", "End point:", "Hygiene:"):  # fmt: skip
        assert topic in text
    assert text.count("Change: ") >= 8


def test_under_the_lock_the_log_is_told_but_no_session_is_guided() -> None:
    locked = plan(diary(reassuring(loss=LOSS), sessions=ROUGH))
    text = " ".join(s.text for s in locked.technique)
    assert "Pressure: you wrote hard in 3 of 3" in text
    for words in ("press lightly", "slow and even", "fewer passes", "days or more between sessions", "light redness"):
        assert words not in text
    assert locked.guide is None


def test_a_calm_log_is_not_made_rough() -> None:
    calm = rough("2026-05-10", needle_mm=0.5, passes=4, pressure=1, speed="slow", direction="straight",
                 needle_age_sessions=1, endpoint="redness")  # fmt: skip
    technique = plan(diary(sessions=[calm])).technique
    assert technique[0].text == "Nothing in your log stands out."
    assert len(technique) == 1


def test_dates_that_contradict_the_interval_count() -> None:
    often = reassuring(interval_days=30, sessions=20, first_session="2026-04-20", last_session="2026-05-28")
    screened = workflow.screen(answered(often), DAY)
    assert screened.may_needle == "with_limits"
    assert any(s.text.startswith("Interval: you wrote about 2 days") for s in screened.limits)


# guide, calendar


def test_the_guide_is_whole_and_only_for_thin_or_bald_zones() -> None:
    zones = [
        {"zone": "vertex", "growth": "thin", "rolled": True},
        {"zone": "front", "growth": "bald", "rolled": True},
        {"zone": "occiput", "growth": "good", "rolled": False},
    ]
    guide = plan(diary(reassuring(zones=zones))).guide
    assert guide is not None
    assert [step.zone for step in guide.steps] == ["front", "vertex"]
    assert all(step.seconds >= 10 and step.passes >= 1 for step in guide.steps)
    assert [at.hours for at in guide.redness] == [0, 24, 72]
    assert len(guide.checklist) >= 5
    assert guide.photos
    assert any("emergency help" in s.text for s in guide.stop_signs)
    assert guide.not_before is not None
    assert guide.not_before >= date(2026, 5, 18) + timedelta(days=14)


@pytest.mark.parametrize("answers", [a for _, a, _ in cases()[::3]] + [bare(), reassuring(loss=LOSS)])
def test_no_guide_and_no_session_day_under_the_lock(answers: dict[str, Any]) -> None:
    locked = plan(diary(answers))
    assert locked.guide is None
    assert all(day.kind != "session" for day in locked.calendar)
    screened = workflow.screen(answered(answers), DAY)
    assert screened.not_before is None
    assert screened.limits == ()


def test_no_session_day_comes_sooner_than_two_weeks() -> None:
    for last in ("2026-05-31", "2026-05-20", "2026-01-01"):
        days = [d.date for d in plan(diary(reassuring(last_session=last))).calendar if d.kind == "session"]
        assert days == [max(date.fromisoformat(last) + timedelta(days=28), DAY + timedelta(days=1))]


# products


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Glycolic Acid", "acid"), ("SALICYLIC ACID", "acid"), ("Lactic acid", "acid"), ("Mandelic Acid", "acid"),
        ("Gluconolactone", "acid"), ("Citric Acid", "acid"), ("AHA", "acid"), ("Retinol", "retinoid"),
        ("Retinyl Palmitate", "retinoid"), ("Hydroxypinacolone Retinoate", "retinoid"), ("Retinal", "retinoid"),
        ("Ascorbic Acid", "vitamin_c"), ("3-O-Ethyl Ascorbic Acid", "vitamin_c"), ("Ascorbyl Glucoside", "vitamin_c"),
        ("Sodium Ascorbyl Phosphate", "vitamin_c"), ("vitamin C serum", "vitamin_c"), ("Alcohol", "alcohol"),
        ("Alcohol Denat.", "alcohol"), ("SD Alcohol 40-B", "alcohol"), ("Isopropyl Alcohol", "alcohol"),
        ("Ethanol", "alcohol"), ("Parfum (Fragrance)", "fragrance"), ("Linalool", "fragrance"),
        ("Limonene", "fragrance"), ("Hexyl Cinnamal", "fragrance"), ("Benzyl Alcohol", "fragrance"),
        ("Mentha Piperita (Peppermint) Oil", "fragrance"), ("Rosmarinus Officinalis Leaf Oil", "fragrance"),
        ("CI 77491", "dye"), ("p-Phenylenediamine", "dye"), ("Toluene-2,5-Diamine", "dye"), ("HC Yellow No. 4", "dye"),
        ("Resorcinol", "dye"), ("Minoxidil 5%", "medicine"), ("tretinoin 0.05% cream", "medicine"),
        ("clobetasol lotion", "medicine"), ("Walnut Shell Powder", "exfoliant"),
        ("Cetyl Alcohol", None), ("Cetearyl Alcohol", None), ("Stearyl Alcohol", None), ("Lanolin Alcohol", None),
        ("Aqua", None), ("Glycerin", None), ("Hyaluronic Acid", None), ("Sodium Hyaluronate", None),
        ("Stearic Acid", None), ("Panthenol", None), ("Niacinamide", None), ("Polyvinyl Alcohol", None),
        ("Behenyl Alcohol", None), ("Amino acids", None), ("Caffeine", None),
    ],
)  # fmt: skip
def test_names_are_recognised(name: str, kind: str | None) -> None:
    assert classify(name) == kind


def test_a_pasted_list_is_read_whatever_parts_it() -> None:
    wanted = ("Aqua", "Toluene-2,5-Diamine", "Alcohol Denat", "CI 17200")
    for text in (
        "Ingredients: Aqua, Toluene-2,5-Diamine, Alcohol Denat., CI 17200.",
        "Aqua,Toluene-2,5-Diamine,Alcohol Denat.,CI 17200",
        "INCI: Aqua; Toluene-2,5-Diamine; Alcohol Denat.; CI 17200*",
        "Aqua \u2022 Toluene-2,5-Diamine \u2022 Alcohol Denat. \u2022 CI 17200",
        "Aqua\nToluene-2,5-Diamine\nAlcohol Denat.\nCI 17200\n",
    ):
        assert names_in(text) == wanted


def test_nothing_is_called_safe_and_the_longer_time_comes_first() -> None:
    looked = look_at_products(["Aqua, Glycolic Acid, Alcohol, Glycerin"], EVIDENCE)
    text = " ".join(s.text for s in looked.sentences)
    assert "7 days; some pages say 1 day" in text
    assert "That does not mean safe" in text
    assert not re.search(r"\b(is|are) safe\b", text)
    assert look_at_products([" ,; "], EVIDENCE).sentences == ()


def test_a_product_reaches_check_screen_and_doctor() -> None:
    answers = answered(reassuring(products_within_24h=["Aqua, Retinol, Parfum"]))
    check = workflow.check(answers, DAY)
    assert any("Retinol" in s.text for s in check.do_not)
    assert any("Retinol" in s.text for s in check.ask_doctor)
    assert workflow.screen(answers, DAY).may_needle == "with_limits"


# aftercare, course, cases


def test_where_sources_differ_the_safer_end_comes_first() -> None:
    text = " ".join(s.text for s in (*aftercare(EVIDENCE), *hygiene(EVIDENCE)))
    assert "7 days; some pages say 1 day" in text
    assert "for 30 minutes; pages say 5 to 30" in text


def test_what_nobody_checked_is_no_fact() -> None:
    for sentence in (*aftercare(EVIDENCE), *hygiene(EVIDENCE)):
        fact = EVIDENCE.facts.get(sentence.source)
        if fact is not None and fact.verified == "unverified":
            assert re.match(r"Not verified|.*\(common practice\)\.$|No tested limit", sentence.text), sentence


@pytest.mark.parametrize("cause", get_args(Cause))
def test_every_course_says_how_long_regrowth_and_when_to_be_seen(cause: Cause) -> None:
    course = course_of(cause, EVIDENCE)
    assert len(course) == 3
    assert all(is_sourced(s.source) for s in course)
    assert re.search(r"see a dermatologist|seen by a doctor|See a doctor|ask a dermatologist", course[2].text)
    assert not re.search(r"\bwill (grow|come) back\b|\bguarantee", " ".join(s.text for s in course))


@pytest.mark.parametrize(
    ("change", "case"),
    [
        ({"findings": {"tender_nodules": "yes"}, "hygiene": {"tap_water_only": "yes"}}, "m_abscessus_home_device"),
        ({"findings": {"smooth_patches": "yes"}, "loss": {"noticed": "yes", "onset": "2026-05-18"}}, "toshima_aa"),
        ({"device": "pen", "products_within_24h": ["vitamin C serum"]}, "rejuvapen_granuloma"),
        ({"hygiene": {"shared_device": "yes"}}, "hiv_spa"),
        ({"findings": {"shiny_scarring": "yes"}, "loss": LOSS}, "mesotherapy_alopecia_2"),
    ],
)
def test_the_most_alike_case_comes_first(change: dict[str, Any], case: str) -> None:
    told = like_cases(answered(reassuring(**change)), EVIDENCE)
    assert told[0].source == case
    assert "Alike: " in told[0].text
    assert told[-1].text.startswith("No dated first-hand account")


def test_no_case_is_forced_on_anyone() -> None:
    told = like_cases(answered(reassuring(loss={"noticed": "yes", "pattern": "diffuse"})), EVIDENCE)
    assert told[0].text == "None of the published cases in our list is like yours."
    assert len(told) == 2


# every sentence


PEOPLE = [reassuring(), reassuring(loss=LOSS), bare(), *(a for _, a, _ in cases()[::9])]


@pytest.mark.parametrize("answers", PEOPLE)
def test_every_sentence_of_every_record_is_sourced(answers: dict[str, Any]) -> None:
    record = diary(answers, sessions=ROUGH)
    told = workflow.tell_without_photos(record.model_dump_json(by_alias=True).encode(), "d.json")
    given = answered(answers)
    found = [
        *sentences(told.plan), *sentences(told.why), *sentences(workflow.check(given, DAY)),
        *sentences(workflow.screen(given, DAY)), *sentences(workflow.screen(record, DAY)),
        *sentences(workflow.find_evidence("growth")), *sentences(workflow.find_evidence("nothing like it")),
        *sentences(workflow.products(["Aqua, Retinol, minoxidil, Alcohol"])),
        *sentences(workflow.dose_of("roller_mf8_192", {"passes": 5, "needle_mm": 1.5})),
    ]  # fmt: skip
    assert len(found) > 40  # an emergency is told its steps alone
    assert [s for s in found if not is_sourced(s.source)] == []


def items(text: str) -> list[str]:
    """Items of a list, each with its wrapped lines, which stand further in."""
    out: list[str] = []
    depth = None
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if line.lstrip().startswith("- "):
            out.append(line.strip())
            depth = indent
        elif depth is not None and indent > depth and line.strip():
            out[-1] += f" {line.strip()}"
        else:
            depth = None
    return out


@pytest.mark.parametrize("answers", PEOPLE)
def test_every_line_said_in_a_terminal_ends_with_its_source(answers: dict[str, Any]) -> None:
    given, record = answered(answers), diary(answers, sessions=ROUGH)
    for text in (
        workflow.check_text(workflow.check(given, DAY)),
        workflow.screen_text(workflow.screen(given, DAY)),
        workflow.plan_text(plan(record)),
        workflow.products_text(workflow.products(["Aqua, Retinol"]), workflow.INTENDED_USE),
    ):
        said = items(text)
        assert said
        for item in said:
            mark = re.search(r"\[([^\[\]]+)\]$", item)
            assert mark, item
            assert is_sourced(mark.group(1).split(": common practice")[0]), item


@pytest.mark.parametrize("answers", [reassuring(), reassuring(loss=LOSS), bare()])
def test_what_a_lay_person_reads_stays_at_grade_nine(answers: dict[str, Any]) -> None:
    """Flesch-Kincaid grade of the whole answer; the bar is 9, the goal 7."""
    given, record = answered(answers), diary(answers, sessions=ROUGH)
    for answer in (workflow.check(given, DAY), workflow.screen(given, DAY), plan(record)):
        text = " ".join(s.text for s in sentences(answer))
        assert textstat.flesch_kincaid_grade(text) <= 9


ENDED = {"loss_state": "real", "rise_now_pct": Span90(mean=5, lo90=-10, hi90=20)}


def after_a_wave(answers: dict[str, Any], **fields: Any) -> workflow.Plan:
    """Return the plan of a diary whose counts rose and are said to be back near the usual."""
    days = [(DAY - timedelta(days=7 * n)).isoformat() for n in range(12, 0, -1)]
    counts = [{"date": day, "method": "wash", "count": 40} for day in days]
    record = diary(answers, counts=counts, concern="2026-03-20")
    why = workflow.explain(record).result.model_copy(update={**ENDED, **fields})
    return workflow.plan(record, why)[1]


def test_a_wave_that_has_ended_is_not_planned_for_as_if_it_went_on() -> None:
    old = reassuring(loss={"noticed": "yes", "onset": "2026-03-20"}) | {"today": "2026-04-01"}
    ended = after_a_wave(old)
    text = workflow.plan_text(ended)
    assert "back near your usual" in text
    assert "at your next visit why more hair fell" in text
    for words in ("more hair falls", "if it goes on", "goes on past", "still falls"):
        assert words not in text.lower()
    assert any("look for regrowth after 3 to 6 months" in s.text for s in ended.course)
    assert ended.stop_rolling  # it still has no name: the lock stays
    assert ended.lock is not None
    assert ended.lock.on


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"today": TODAY}, {}),  # told today that it goes on
        ({"today": "2026-04-01"}, {"rise_now_pct": Span90(mean=40, lo90=10, hi90=70)}),
        ({"today": "2026-04-01"}, {"rise_now_pct": None}),
        ({"today": "2026-04-01"}, {"loss_state": "cannot_tell"}),
    ],
)
def test_a_wave_is_over_only_by_the_counts_and_against_no_fresh_word(answers: Any, fields: Any) -> None:
    going_on = after_a_wave(reassuring(loss={"noticed": "yes", "onset": "2026-03-20"}) | answers, **fields)
    assert "back near" not in workflow.plan_text(going_on)
    assert "why more hair falls" in workflow.plan_text(going_on)
