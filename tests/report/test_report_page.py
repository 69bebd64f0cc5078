import dataclasses
import io
import re
from datetime import date, timedelta

import pytest
from PIL import Image
from pypdf import PdfReader

from hairwise.records.base import Estimate, Sentence
from hairwise.records.diary import Diary
from hairwise.records.verdicts import CAUSES, Lock, Reason, RuleHit
from hairwise.report.contents import LEVELS, contents
from hairwise.report.cuts import one_line
from hairwise.report.labels import CAUSE_NAMES, NO_ODDS, of_ten, signed, span_words
from hairwise.report.pdf import render_pdf, render_png
from hairwise.report.whose import treatments_of, who_lines

DIARY = {"schema": "needling-diary/1", "id": "e", "cutoff": "2026-03-01"}

NASTY = '#panic("x") $x^2$ *b* _i_ `c` \\ @ref <label> [x] {y} = h // c /* d */ "quote" \x00\x1b é 漢'


def read(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    text = "\n".join(page.extract_text() for page in reader.pages)
    return len(reader.pages), " ".join(text.split())


def test_the_page_says_the_answer_the_counts_and_the_plan(rng, make):
    n, text = read(render_pdf(make.page(rng)))
    assert n == 1
    for words in (
        "Man, age 34",
        "Roller, 1.5 mm, every 7 days, hard pressure, 7 session days",
        "Stop rolling for now.",
        "See a dermatologist within 2 weeks.",
        "Real hair loss is likely.",
        "between 6 and 12 fewer hairs of 52",
        "between 240 and 1040",
        "Hairs at first",
        "Hairs pulled out or broken by the roller, about 6 of 10",
        "Could there be a skin condition where I rolled?",
        "Not a medical device, not a diagnosis.",
        "Made on 2 May 2026",
    ):
        assert words in text, words
    assert text.index("Stop rolling") < text.index("Is it real?") < text.index("Hairs counted on the photos")


def test_the_same_page_gives_the_same_bytes_and_asks_no_font_of_the_system(rng, make):
    page = make.page(rng)
    pdf = render_pdf(page)
    assert pdf == render_pdf(page)
    reader = PdfReader(io.BytesIO(pdf))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    names = {str(fonts[key].get_object()["/BaseFont"]).split("+")[-1] for key in fonts}
    assert all(name.startswith("Libertinus") for name in names)
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_text_of_the_person_is_shown_as_it_is(rng, make):
    diary = make.diary(rng, id='#import "x"')
    say = (Sentence(text=NASTY, source="#emph[s]"),)
    page = make.page(rng, diary=diary, plan=make.plan(ask_doctor=say))
    spots = tuple(dataclasses.replace(spot, spot="*a_b#c*", sentence="$y$ #v(1em)") for spot in page.spots)
    _, text = read(render_pdf(dataclasses.replace(page, spots=spots)))
    for words in ('#panic("x")', "*b* _i_ `c`", "#emph[s]", "*a_b#c*", "$y$ #v(1em)", '#import "x"', "<label> [x] {y}"):
        assert words in text, words


def crowd(rng, make, n, letters):
    long = "Zahlreiche " * (letters // 11) + "W" * letters
    say = tuple(Sentence(text=f"{k} {long}", source="instruction") for k in range(n))
    why = make.why(
        reasons=tuple(
            Reason(fact=f"{k} {long}", cause=cause, direction="for", weight=k, source="s" * 300)
            for k in range(n)
            for cause in CAUSES
        ),
        limits=say,
    )
    plan = make.plan(
        lock=Lock(on=True, why=tuple(f"{k} {long}" for k in range(n))),
        rules=tuple(RuleHit(id="r", why=f"rule {k} {long}", source="s") for k in range(n)),
        do_now=say,
        do_not=say,
        aftercare=say,
        technique=say,
        measure=say,
        ask_doctor=say,
        course=say,
    )
    events = [{"date": date(2026, 3, 1) + timedelta(k % 60), "kind": "stress"} for k in range(n)]
    diary = make.diary(rng, id="x" * 500, events=events)
    page = make.page(rng, diary=diary, why=why, plan=plan)
    spots = tuple(dataclasses.replace(page.spots[k % 2], spot=f"{k}" + "s" * letters, sentence=long) for k in range(n))
    return dataclasses.replace(page, spots=spots, intended_use=long)


@pytest.mark.parametrize(("n", "letters"), [(3, 60), (12, 300), (60, 4000)])
def test_any_content_is_one_page_and_cuts_are_said(rng, make, n, letters):
    pages, text = read(render_pdf(crowd(rng, make, n, letters)))
    assert pages == 1
    assert "more" in text
    assert "Stop rolling for now." in text
    assert "Tell and ask at the visit" in text
    assert "Made on 2 May 2026" in text


def test_every_cut_names_the_page_that_holds_all(rng, make):
    _, text = read(render_pdf(crowd(rng, make, 30, 60)))
    cuts = re.findall(r"\N{HORIZONTAL ELLIPSIS} and \d+ (?:more|less likely)(.{0,11})", text)
    assert len(cuts) >= 5
    for where in cuts:
        assert re.match(r": (Plan|Why|Photos|Log)\b| in the log", where), where


def test_signs_asked_about_and_denied_are_told_from_those_nobody_asked(rng, make):
    findings = {"pustules": "no", "fever": "no", "itch": "unknown"}
    answers = {"schema": "hairwise/answers/1", "findings": findings}
    _, text = read(render_pdf(make.page(rng, diary=make.diary(rng, answers=answers))))
    assert "signs: none of 2 asked about; conditions: not asked" in text
    answers["findings"] = {**findings, "itch": "yes"}
    _, text = read(render_pdf(make.page(rng, diary=make.diary(rng, answers=answers))))
    assert "signs: itch; conditions: not asked" in text
    symptoms = [{"date": "2026-03-01", "itch": 0, "flakes": 2}]
    answers["findings"] = findings
    _, text = read(render_pdf(make.page(rng, diary=make.diary(rng, answers=answers, symptoms=symptoms))))
    assert "signs: flakes; conditions: not asked" in text


def test_treatments_are_told_however_they_were_noted(rng, make):
    events = [{"date": "2026-01-05", "kind": "minoxidil_start"}, {"date": "2026-02-01", "kind": "illness"}]
    diary = make.diary(rng, events=events)
    _, text = read(render_pdf(make.page(rng, diary=diary)))
    assert "treatments: minoxidil since 5 Jan 2026" in text
    assert "treatments: none noted" not in text
    assert treatments_of(Diary(schema="needling-diary/1", id="e", cutoff="2026-03-01")) == []
    told = Diary.model_validate(
        {
            **DIARY,
            "events": [*events, {"date": "2026-02-03", "kind": "new_medicine"}],
            "treatments": [
                {"kind": "Minoxidil 5 %", "start": "2026-01-05"},
                {"kind": "ketoconazole", "start": "2025-12-01", "stop": "2026-01-02"},
            ],
            "answers": {
                "schema": "hairwise/answers/1",
                "events": [
                    {"kind": "finasteride_start", "date": "2025-11-02"},
                    {"kind": "minoxidil_start", "date": "2026-01-05"},
                ],
            },
        }
    )
    assert treatments_of(told) == [
        "ketoconazole from 1 Dec 2025 to 2 Jan 2026",
        "Minoxidil 5 % since 5 Jan 2026",
        "finasteride since 2 Nov 2025",
        "new medicine since 3 Feb 2026",
    ]


def test_many_treatments_are_cut_with_a_word(rng, make):
    many = [{"kind": f"drug {k}", "start": f"2026-01-{k + 1:02d}"} for k in range(11)]
    told = Diary.model_validate({**DIARY, "treatments": many})
    line = who_lines(told, make.plan())[3]
    assert "drug 7 since" in line
    assert line.endswith("\N{HORIZONTAL ELLIPSIS} and 3 more: Log")


def test_texts_are_cut_between_words():
    assert (
        one_line("Photograph one rolled spot. Unclipped hair works", 34)
        == "Photograph one rolled spot\N{HORIZONTAL ELLIPSIS}"
    )
    assert one_line("short enough", 12) == "short enough"
    assert one_line("W" * 100, 30) == "W" * 29 + "\N{HORIZONTAL ELLIPSIS}"


def test_an_empty_diary_is_one_page(rng, make):
    diary = Diary(schema="needling-diary/1", id="e", cutoff="2026-03-01")
    why = make.why(
        p_real_loss=None,
        loss_state="cannot_tell",
        cause_state="cannot_tell",
        named_causes=(),
        p_cause={},
        prior={},
        needling_excess=None,
        reasons=(),
        limits=(),
        second_prior=None,
    )
    plan = make.plan(do_now=(), do_not=(), aftercare=(), measure=(), ask_doctor=(), course=(), rules=())
    pages, text = read(render_pdf(make.page(rng, diary=diary, why=why, plan=plan, spots=())))
    assert pages == 1
    assert "No counts in these days." in text
    assert "No pair of photos in this diary." in text


def test_a_spot_that_could_not_be_compared_says_so(rng, make):
    page = make.page(rng)
    spot = dataclasses.replace(page.spots[0], change=None, change_pct=None, picture_png=None)
    _, text = read(render_pdf(dataclasses.replace(page, spots=(spot,), contrasts=())))
    assert "not measured" in text
    assert "no rolled and unrolled pair" in text


def test_the_page_can_be_looked_at(rng, make):
    picture = Image.open(io.BytesIO(render_png(make.page(rng), ppi=40)))
    assert picture.size == (331, 468)  # A4 at 40 to the inch, whole pixels


def test_under_the_lock_no_technique_is_shown(rng, make):
    hint = (Sentence(text="Use light pressure.", source="chu2021"),)
    for on in (True, False):
        plan = make.plan(lock=Lock(on=on, why=()), stop_rolling=on, technique=hint, may_needle="with_limits")
        data = contents(make.page(rng, plan=plan), LEVELS[0])
        assert (data["lead"] == "Stop rolling for now.") == on
        assert any(item["text"] == hint[0].text for item in data["plan"]["items"]) != on


@pytest.mark.parametrize(
    ("ends", "words"),
    [((-30, -20), "rolled skin lost more"), ((20, 30), "unrolled skin lost more"), ((-30, 3), "No difference was")],
)
def test_rolled_against_control_rests_on_the_interval_of_their_difference(rng, make, ends, words):
    page = dataclasses.replace(make.page(rng), contrasts=(make.contrast(*ends),))
    said = contents(page, LEVELS[0])["against"]
    assert words in said
    assert f"{ends[0]:+d} to {ends[1]:+d} hairs of 100" in said


def test_each_level_shows_no_more_than_the_one_before():
    for wide, narrow in zip(LEVELS, LEVELS[1:], strict=False):
        assert all(a >= b for a, b in zip(dataclasses.astuple(wide), dataclasses.astuple(narrow), strict=True))


def test_the_squares_are_the_probability_to_the_nearest_tenth(rng, make):
    causes = contents(make.page(rng), LEVELS[0])["causes"]
    assert [c["squares"] for c in causes[:4]] == [6, 3, 1, 0]


def test_needling_excess_that_may_be_none_is_never_praised(rng, make):
    for lo, hi, words in ((-50, 300, "between none and 300 of"), (-300, -20, "No extra counted hairs")):
        why = make.why(needling_excess={"mean": (lo + hi) / 2, "lo90": lo, "hi90": hi})
        facts = " ".join(contents(make.page(rng, why=why), LEVELS[0])["loss_facts"])
        assert words in facts
        assert "saved" not in facts


def test_number_phrases():
    assert span_words(Estimate(value=-9, lo=-12.4, hi=-5.6), "hairs") == "between 6 and 12 fewer hairs"
    assert span_words(Estimate(value=0, lo=-2, hi=3), "hairs") == "between 2 fewer and 3 more hairs"
    assert span_words(Estimate(value=4, lo=1, hi=6), "hairs") == "between 1 and 6 more hairs"
    assert span_words(Estimate(value=0, lo=-0.2, hi=0.2), "hairs") == "no change in hairs"
    assert (signed(-0.3), signed(2.5, 1), signed(-3)) == ("0", "+2.5", "\N{MINUS SIGN}3")
    assert [of_ten(p) for p in (0, 0.04, 0.31, 0.97)] == [
        "fewer than 1 of 10",
        "fewer than 1 of 10",
        "about 3 of 10",
        "more than 9 of 10",
    ]


def test_days_and_spots_are_told_in_words(rng, make):
    page = make.page(rng, plan=make.plan(ask_doctor=(Sentence(text="Since 2026-03-07, not 2026-13-40.", source="x"),)))
    made = tuple(
        dataclasses.replace(spot, spot=f"{spot.role}-{spot.zone}-{k + 1}") for k, spot in enumerate(page.spots)
    )
    told = contents(dataclasses.replace(page, spots=made), LEVELS[0])
    assert told["questions"]["items"][0]["text"] == "Since 7 Mar 2026, not 2026-13-40."
    assert [row["name"] for row in told["spots"]] == ["Rolled spot", "Unrolled spot 2"]
    assert [p["caption"].split(" (")[0] for p in told["pictures"]] == ["Rolled spot", "Unrolled spot 2"]


@pytest.mark.parametrize("spots", [(), None])
def test_where_rolling_was_not_weighed_no_odds_stand_on_the_page(rng, make, spots):
    why = make.why(rolling_weighed=False, cause_state="cannot_tell", named_causes=())
    over = {} if spots is None else {"spots": spots}
    n, text = read(render_pdf(make.page(rng, why=why, **over)))
    assert n == 1
    assert NO_ODDS in text
    assert CAUSE_NAMES["te_needling"] not in text
    assert "top cause" not in text


def test_the_page_says_how_long_ago_its_diary_ended(rng, make):
    told = make.diary(rng)
    assert "days before this page was made" not in who_lines(told, make.plan(), told.cutoff)[1]
    assert "40 days before this page was made" in who_lines(told, make.plan(), told.cutoff + timedelta(days=40))[1]
