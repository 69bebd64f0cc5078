"""One sentence says what was measured and what it comes to; days are words."""

from datetime import date
from types import SimpleNamespace

import pytest

from hairwise.infer.settings import InferSettings
from hairwise.records.verdicts import Excess, Span90
from hairwise.report.labels import REAL_LOSS, dated
from hairwise.report.today_words import answer_sentence, cause_sentence, tie_sentence, weight_words
from hairwise.report.words import excess_is_told


def why(state, rise=None, p=None):
    span = Span90(mean=sum(rise) / 2, lo90=rise[0], hi90=rise[1]) if rise else None
    return SimpleNamespace(loss_state=state, rise_now_pct=span, p_real_loss=p)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (why("real", (40, 95)), "between 40 and 95 percent above those before your first session (90 of 100); over"),
        (why("not_shown", (-5, 12)), "between 5 percent below and 12 percent above"),
        (why("not_shown", (-30, -12)), "between 12 and 30 percent below"),
        (why("real", (-10, 20)), "back near the usual, after what was likely a real loss."),
        (why("cannot_tell", None, 0.62), "There are too few counts yet: the log cannot tell yet"),
        (why("cannot_tell"), "There are 3 counts and no compared photos so far, so the log cannot tell yet"),
    ],
)
def test_the_answer_is_one_sentence_with_its_interval_first(told, words):
    assert words in answer_sentence(told, 3)


def test_no_count_and_one_count_are_said_as_such():
    assert answer_sentence(why("cannot_tell"), 0).startswith("There are no counts")
    assert answer_sentence(why("cannot_tell"), 1).startswith("There is 1 count ")


def test_no_loss_shown_is_never_all_clear():
    for told in (why("not_shown", (-5, 12)), why("not_shown", None, 0.1), why("not_shown")):
        assert "does not rule it out" in answer_sentence(told, 9)


@pytest.mark.parametrize(
    ("weight", "words"), [(-2.5, "strongly"), (1.2, "clearly"), (0.5, "somewhat"), (-0.2, "a little")]
)
def test_a_weight_is_a_word(weight, words):
    assert weight_words(weight) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 11, 28), "28 November 2026"),
        (None, ""),
        ("By 2026-05-01, at 2026-12-31.", "By 1 May 2026, at 31 December 2026."),
        ("plan-2026-05-01.json 2026-05-01.json 2026-13-01 2026-05-011", None),
    ],
)
def test_days_become_words_and_names_of_files_do_not(value, words):
    assert dated(value) == (value if words is None else words)


def test_odds_stand_beside_cannot_tell_only_where_there_are_counts_enough():
    assert "about 6 of 10 had real loss" in answer_sentence(why("cannot_tell", None, 0.62), 12)


def test_the_cause_is_named_in_a_whole_sentence() -> None:
    assert (
        cause_sentence("one", ("inflammatory",), {"inflammatory": 0.9})
        == "One cause stands out: irritated skin after rolling."
    )
    two = cause_sentence("two", ("mechanical", "season"), {})
    assert two == ("Two causes stand out: hairs pulled out or broken by the roller and the yearly shedding season.")
    assert cause_sentence("cannot_tell", (), {"season": 0.5}) == "Cannot tell yet which cause."
    assert "One fits far better by what is written down" in cause_sentence("cannot_tell", (), {"season": 0.85})
    assert cause_sentence("one", (), {}) == "One cause stands out."  # never a colon with nothing behind it


def test_causes_that_come_out_alike_are_not_read_as_a_rank() -> None:
    assert tie_sentence({"mechanical": 0.3, "inflammatory": 0.3, "none": 0.2}).startswith("The first two are")
    assert tie_sentence({"none": 0.25, "aga": 0.252, "season": 0.248, "minoxidil": 0.1}).startswith("The first three")
    assert tie_sentence({"mechanical": 0.5, "inflammatory": 0.1, "none": 0.1}) == ""
    assert tie_sentence({}) == ""


@pytest.mark.parametrize(
    ("lo", "hi", "named", "told"),
    [
        (868, 1999, ("inflammatory",), True),
        (868, 1999, (), False),  # no cause is established
        (868, 1999, ("season",), False),  # another one is
        (0.4, 685, ("mechanical",), False),
        (-40, 685, ("mechanical",), False),
        (-40, -3, (), True),  # none at all is no fright
    ],
)
def test_a_number_of_hairs_is_told_outright_only_where_it_is_established(lo, hi, named, told) -> None:
    why = SimpleNamespace(needling_excess=Excess(mean=(lo + hi) / 2, lo90=lo, hi90=hi), named_causes=named)
    assert excess_is_told(why) is told
    assert excess_is_told(SimpleNamespace(needling_excess=None, named_causes=named)) is False


def test_what_real_means_is_what_is_weighed():
    settings = InferSettings()
    for words in (f"{settings.real_rise:.0%}", f"{settings.real_fall:.0%}"):
        assert words.replace("%", " percent") in REAL_LOSS
