"""Causes in words: how many of ten, what speaks for and against, what backs the claim.

Knows: names and explanations of causes. Must not know: how probabilities were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.case import is_yes
from hairwise.care.phrases import fact, measured, of_ten
from hairwise.care.products import classify, names_in
from hairwise.records.base import Sentence
from hairwise.records.verdicts import Cause, CauseWords

if TYPE_CHECKING:
    from hairwise.records.answers import Answers
    from hairwise.records.evidence import Evidence
    from hairwise.records.verdicts import Reason, WhyResult

__all__ = ["CAUSE_NAMES", "cause_words"]

CAUSE_NAMES: dict[Cause, str] = {
    "mechanical": "hairs pulled out or broken by the roller (technique, pressure or depth)",
    "inflammatory": "irritated skin after rolling (an immune or healing response)",
    "te_needling": "delayed shedding set off by rolling (a healing response; it can look like loss)",
    "te_stressor": "delayed shedding after illness, stress, diet, surgery or childbirth",
    "minoxidil": "early shedding after a start of minoxidil",
    "aga": "pattern hair loss going on by itself",
    "season": "the yearly shedding season",
    "scalp_condition": "a scalp condition (fungal infection, dandruff, psoriasis or alopecia areata)",
    "none": "usual shedding, noticed more",
}
_SHOWN_FROM = 0.05  # below one in twenty a cause is left out of the words; the file keeps every number
_REASONS_SHOWN = 3


def cause_words(why: WhyResult, answers: Answers, evidence: Evidence) -> tuple[CauseWords, ...]:
    """Return the likelier causes first, each as a natural frequency with its reasons and backing.

    Nothing here guides a session: it is shown under the lock too.
    """
    ranked = sorted(why.p_cause.items(), key=lambda item: -item[1])
    shown = [cause for cause, p in ranked if p >= _SHOWN_FROM][:5]
    out = []
    for cause in shown:
        reasons = sorted((r for r in why.reasons if r.cause == cause), key=lambda r: -abs(r.weight))
        words = [_reason(r) for r in reasons[:_REASONS_SHOWN]]
        words += _explained(cause, answers, evidence)
        out.append(
            CauseWords(cause=cause, name=CAUSE_NAMES[cause], of_ten=of_ten(why.p_cause[cause]), sentences=tuple(words))
        )
    return tuple(out)


def _reason(reason: Reason) -> Sentence:
    """Say which way a fact pushed; how far its source was verified stays in the words."""
    guess, _, rest = reason.source.partition(" (")
    source, grade = (rest.rstrip(")"), f" ({guess})") if rest else (guess, "")
    return Sentence(text=f"Speaks {reason.direction} it: {reason.fact.rstrip('.')}{grade}.", source=source)


def _explained(cause: Cause, answers: Answers, evidence: Evidence) -> list[Sentence]:
    """Return what the person's own answers make of a cause, and how well the claim is backed."""
    makers = {
        "mechanical": _technique,
        "inflammatory": _healing,
        "te_needling": _delayed,
        "scalp_condition": _scalp,
        "aga": _pattern,
    }
    maker = makers.get(cause)
    return maker(answers, evidence) if maker else []


def _technique(answers: Answers, evidence: Evidence) -> list[Sentence]:
    out = []
    rough = [
        words
        for words, hit in (
            ("fast rolling", answers.speed == "fast"),
            (f"{answers.passes} passes", (answers.passes or 0) > 15),
        )
        if hit
    ]
    deep = [
        words
        for words, hit in (
            ("hard pressure", answers.pressure == "hard"),
            (f"a needle of {answers.needle_mm} mm", (answers.needle_mm or 0) >= 1.5),
        )
        if hit
    ]
    if rough:
        out.append(measured(f"Technique: you wrote {' and '.join(rough)}."))
        out.append(fact(evidence, "cause_support.1", "No study has measured how technique changes hair loss."))
    if deep:
        out.append(measured(f"Pressure or depth: you wrote {' and '.join(deep)}."))
        out.append(fact(evidence, "cause_support.2", "No study has measured how pressure or depth changes hair loss."))
    return out


def _healing(answers: Answers, evidence: Evidence) -> list[Sentence]:
    out = [fact(evidence, "cause_support.11", "Reactions to needling with products are known from the face, rarely.")]
    names = [name for text in answers.products_within_24h or () for name in names_in(text)]
    cosmetics = [name for name in names if classify(name) != "medicine"]
    if cosmetics:
        out.append(measured(f"You put products on within 24 hours: {', '.join(cosmetics[:4])}."))
        out.append(
            fact(
                evidence,
                "nothing_not_made_for_injection",
                "Cosmetics not made for injection do not belong on freshly needled skin.",
            )
        )
    return out


def _delayed(answers: Answers, evidence: Evidence) -> list[Sentence]:
    return [
        fact(
            evidence,
            "surgical_shock_loss",
            "No trial reports how often needling does this; after hair surgery it was 2 of 100 men, 21 of 100 women.",
        )
    ]


def _scalp(answers: Answers, evidence: Evidence) -> list[Sentence]:
    out = []
    if is_yes(answers, "flakes", "seborrhoeic_dermatitis"):
        out.append(
            fact(evidence, "cause_support.3", "Dandruff: more hairs rest, and later fall, when dandruff is worse.")
        )
    if is_yes(answers, "fungal_infection", "broken_hairs", "black_dots"):
        out.append(fact(evidence, "cause_support.4", "Fungal infection: needling an infected scalp is a known risk."))
    if is_yes(answers, "psoriasis", "thick_scale"):
        out.append(
            fact(evidence, "cause_support.5", "Psoriasis can flare where skin is injured, so lists advise against it.")
        )
    if is_yes(answers, "smooth_patches", "alopecia_areata"):
        out.append(fact(evidence, "toshima_aa", "Alopecia areata: one case after a needle procedure is told of."))
    if is_yes(answers, "lost_follicle_openings", "shiny_scarring", "scarring_alopecia"):
        out.append(fact(evidence, "cause_support.7", "Scarring hair loss: injury may bring it out or make it worse."))
    return out


def _pattern(answers: Answers, evidence: Evidence) -> list[Sentence]:
    return [
        fact(
            evidence,
            "cause_support.8",
            "Pattern hair loss is the most frequent diagnosis in hair clinics, so it often goes on beside rolling.",
        )
    ]
