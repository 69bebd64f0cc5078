"""Published cases that are like this one, and what became of them.

Knows: in what a case can be like a diary. Must not know: how probabilities were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.case import claims_loss, is_yes
from hairwise.care.phrases import measured, not_found
from hairwise.care.products import classify, names_in
from hairwise.records.base import Sentence
from hairwise.records.evidence import Case

if TYPE_CHECKING:
    from hairwise.records.answers import Answers
    from hairwise.records.evidence import Evidence

__all__ = ["like_cases"]

_SHOWN = 3
# Only these make a case alike; site, device, time and loss of hair are true of nearly everyone who asks.
_TELLING = {"the product", "what was seen", "a shared device"}
_NONE_FOUND = "user_reports_of_loss"
_NEAR_DAYS = 14
# Signs that an outcome's words point to.
_OUTCOME_SIGNS: dict[str, tuple[str, ...]] = {
    "granulom": ("tender_nodules", "redness_over_3_days"),
    "abscessus": ("tender_nodules", "pus", "pustules"),
    "alopecia areata": ("smooth_patches", "alopecia_areata"),
    "scar": ("lost_follicle_openings", "shiny_scarring", "scarring_alopecia"),
}


def like_cases(answers: Answers, evidence: Evidence) -> tuple[Sentence, ...]:
    """
    Return the published cases most like these answers, and what became of them.

    Likeness counts shared features: site, device, product, timing, outcome. The last sentence always says that no dated
    first-hand account of loss after rolling was found.
    """
    cases = [case for case in evidence.of(Case) if case.id != _NONE_FOUND]
    alike = [(shared, case) for case in cases if set(shared := _shared(case, answers)) & _TELLING]
    out = [
        Sentence(text=f"{_told(case)} Alike: {', '.join(shared)}.", source=case.id)
        for shared, case in sorted(alike, key=lambda pair: -len(pair[0]))[:_SHOWN]
    ]
    if not out:
        out = [measured("None of the published cases in our list is like yours.")]
    text = "No dated first-hand account of hair loss after derma rolling was found; pages on it are generic."
    return (*out, not_found(_NONE_FOUND, text))


def _shared(case: Case, answers: Answers) -> list[str]:
    """Return in what the case is like the answers, in words."""
    checks = (
        ("on the scalp", case.site == "scalp"),
        ("the device", bool(answers.device) and _device(case) == answers.device),
        ("the product", _product(case, answers)),
        ("the time it took", _timing(case, answers)),
        ("what was seen", _outcome(case, answers)),
        ("a shared device", case.id == "hiv_spa" and _is_shared(answers)),
        ("rinsed with tap water", "tap water" in case.device and _tap(answers)),
        ("loss of hair", "lopecia" in case.id and claims_loss(answers)),
    )
    return [words for words, is_alike in checks if is_alike]


def _device(case: Case) -> str:
    return "pen" if "pen" in case.device.split() else ""


def _product(case: Case, answers: Answers) -> bool:
    kinds = {classify(name) for text in answers.products_within_24h or () for name in names_in(text)}
    if "vitamin C" in case.product:
        return "vitamin_c" in kinds
    return "serum" in case.product and any("serum" in text.lower() for text in answers.products_within_24h or ())


def _timing(case: Case, answers: Answers) -> bool:
    onset = answers.loss.onset if answers.loss else None
    if case.lag_days is None or onset is None or answers.first_session is None:
        return False
    lo, hi = case.lag_days if isinstance(case.lag_days, tuple) else (case.lag_days, case.lag_days)
    days = (onset - answers.first_session).days
    near = min(_NEAR_DAYS, max(3.0, hi / 2))
    return lo - near <= days <= hi + near


def _outcome(case: Case, answers: Answers) -> bool:
    return any(word in case.outcome.lower() and is_yes(answers, *signs) for word, signs in _OUTCOME_SIGNS.items())


def _is_shared(answers: Answers) -> bool:
    return answers.hygiene is not None and answers.hygiene.shared_device == "yes"


def _tap(answers: Answers) -> bool:
    return answers.hygiene is not None and answers.hygiene.tap_water_only == "yes"


def _told(case: Case) -> str:
    """Return a case in one or two plain sentences."""
    who = f"{case.n} {'person' if case.n == 1 else 'people'}"
    parts = [part for part in (case.site, case.device, case.product) if part]
    lag = ""
    if case.lag_days is not None:
        lo, hi = case.lag_days if isinstance(case.lag_days, tuple) else (case.lag_days, case.lag_days)
        lag = f" after {lo:g} days" if lo == hi else f" after {lo:g} to {hi:g} days"
    mark = "Not verified: " if case.verified == "unverified" else ""
    return f"{mark}{who} ({'; '.join(parts)}){lag}: {case.outcome}."
