"""The evidence base: every entry typed and sourced, questions find it, trials stand in one unit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from hairwise.evidence.load import load_evidence, parse_evidence
from hairwise.evidence.search import SECTION_NAMES, describe, find
from hairwise.evidence.trials import trial_rows, trial_sentences
from hairwise.evidence.vignettes import load_vignettes
from hairwise.records.evidence import SECTIONS, CauseSupport, Protocol, ScreeningRule, Study
from hairwise.records.norms import Device

EVIDENCE = load_evidence()
TEXT = files("hairwise.evidence").joinpath("evidence.yaml").read_text(encoding="utf-8")
SHARED = Path(__file__).parents[3] / "shared" / "evidence" / "evidence.yaml"


def test_no_entry_is_lost_and_each_keeps_its_source_and_grade() -> None:
    raw = yaml.safe_load(TEXT)
    for section, kind in SECTIONS.items():
        entries = [f for f in EVIDENCE.facts.values() if f.section == section]
        assert len(entries) == len(raw[section]), section
        assert len(EVIDENCE.of(kind)) >= len(entries)
        for fact, given in zip(entries, raw[section], strict=True):
            assert isinstance(fact.entry, kind)
            assert fact.source
            assert fact.verified == given["verified"]
    assert set(SECTION_NAMES) == set(SECTIONS)


def test_the_evidence_is_the_one_that_was_compiled() -> None:
    if not SHARED.exists():
        pytest.skip("the compiled evidence is not beside the project")
    assert SHARED.read_text(encoding="utf-8") == TEXT


def test_typed_fields_hold_the_printed_numbers() -> None:
    roller = next(d for d in EVIDENCE.of(Device) if d.id == "roller_mf8_192")
    assert (roller.needles, roller.drum_diameter_mm, roller.drum_width_mm) == (192, 20, 20)
    kumar = next(s for s in EVIDENCE.of(Study) if s.id == "kumar2018")
    assert kumar.arms[0].mean_change == 12.52
    assert {rule.action for rule in EVIDENCE.of(ScreeningRule)} >= {"do_not_needle", "ask_clinician", "wait"}


def test_text_that_yaml_cut_at_a_comma_is_whole_again() -> None:
    assert any(c.grade == "strong clinically, numbers weak" for c in EVIDENCE.of(CauseSupport))
    assert any(p.note == "vendor advice, product absorption only" for p in EVIDENCE.of(Protocol))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  - {id: sun, hours: 72,", "  - {id: sun, hours: 72, colour: red,", "sun in aftercare: colour"),
        ("source: general aftercare pages, verified: unverified", "verified: unverified", "lacks its source"),
        ("{id: never_share,", "{id: replace,", "stands twice"),
        ("urgency: emergency, source: common practice", "urgency: soon, source: common practice", "urgency"),
        ("\ntests:", "\nhearsay: []\ntests:", "no section is called hearsay"),
    ],
)
def test_a_wrong_entry_is_named(old: str, new: str, words: str) -> None:
    assert old in TEXT
    broken = TEXT.replace(old, new, 1)
    if "replace" in new:  # an id twice in one section, then once more with the section's name
        broken = broken.replace("{id: no_tap_water_only,", "{id: replace,", 1)
    with pytest.raises(ValueError, match=words):
        parse_evidence(broken)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dandruff", "seborrheic_telogen"),
        ("metal allergy", "metal_allergy"),
        ("never share", "never_share"),
        ("shedding after minoxidil", "minoxidil_release"),
        ("how deep do needles go", "depth_ratio_kalluri"),
        ("pregnant", "pregnancy"),
        ("clean my roller", "home_disinfect"),
        ("dhurat2013", "dhurat2013"),
        ("ringworm", "tinea_signs_frequency"),
    ],
)
def test_a_question_finds_its_entry(query: str, expected: str) -> None:
    assert expected in [entry.id for entry in find(EVIDENCE, query).entries]


def test_a_question_without_an_answer_says_so() -> None:
    for query in ("", "qwxz", "the and of"):
        found = find(EVIDENCE, query)
        assert found.entries == ()
        assert "Nothing in the evidence base fits" in found.sentences[0].text


def test_every_entry_can_be_put_in_words() -> None:
    for fact in EVIDENCE.facts.values():
        entry = describe(fact)
        assert entry.lines
        assert not any("None" in line or "{" in line for line in entry.lines), entry


def test_trials_stand_in_one_unit_and_promise_nothing() -> None:
    rows = {(row.study, row.arm.split(" 5%")[0]): row for row in trial_rows(EVIDENCE)}
    high = rows["dhurat2013", "microneedling + minoxidil"]
    low = rows["kumar2018", "microneedling + minoxidil"]
    assert high.change_per_cm2 == 91.4
    assert low.change_per_cm2 == 1.94  # 12.52 per square inch, as the evidence converts it too
    assert low.as_printed
    assert not high.as_printed
    text = " ".join(sentence.text for sentence in trial_sentences(EVIDENCE))
    assert "47-fold" in text
    assert "no gain can be expected from a single trial" in text
    assert find(EVIDENCE, "will it grow hair").trials
    assert not find(EVIDENCE, "metal allergy").trials


def test_vignettes_cover_every_rule_and_every_urgency() -> None:
    vignettes = load_vignettes()
    assert len(vignettes) >= 400
    assert {v.expect.urgency for v in vignettes} == {
        "emergency", "same_day", "within_days", "within_weeks", "self_care",
    }  # fmt: skip
    assert set(EVIDENCE.red_flags) <= {rule for v in vignettes for rule in v.expect.rules}
    rules = {rule.id for rule in EVIDENCE.of(ScreeningRule)}
    assert rules <= {source for v in vignettes for source in v.sources}
    for vignette in vignettes:
        assert set(vignette.sources) <= set(EVIDENCE.facts), vignette.id
        assert set(vignette.expect.rules) <= set(EVIDENCE.red_flags), vignette.id
        assert vignette.state == "unreviewed"  # until a clinician has put a name to it in reviews.csv
        vignette.filled()


def test_vignettes_are_different_people() -> None:
    vignettes = load_vignettes()
    assert len({v.story for v in vignettes}) == len(vignettes)
    assert len({v.filled().model_dump_json() for v in vignettes}) > 0.98 * len(vignettes)
