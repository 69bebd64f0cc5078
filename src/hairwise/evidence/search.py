"""Questions to the evidence base.

Knows: words of the entries and of their sections. Must not know: one person's data.
"""

from __future__ import annotations

import re
from datetime import date
from math import log
from typing import TYPE_CHECKING, Any

from hairwise.evidence.trials import trial_rows, trial_sentences
from hairwise.records.base import Sentence
from hairwise.records.found import EvidenceFound, FoundEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hairwise.records.evidence import Evidence, Fact

__all__ = ["SECTION_NAMES", "describe", "find"]

SECTION_NAMES: dict[str, str] = {
    "studies": "Studies",
    "systematic_reviews": "Reviews",
    "meta_analyses": "Pooled analyses",
    "meta_analysis_checks": "Checks of pooling",
    "devices": "Devices",
    "device_physics": "Holes and depth",
    "anatomy": "Hair and skin",
    "shedding_norms": "What is normal",
    "real_series": "A real count over time",
    "lag_windows": "How long until hair falls",
    "cause_support": "How well causes are backed",
    "screening_rules": "Reasons not to needle",
    "red_flags": "Signs that need help",
    "safety_lock": "The safety lock",
    "good_growth_zone": "Where needling is not meant",
    "aftercare": "After a session",
    "device_hygiene": "Keeping a device clean",
    "regulatory": "What agencies say",
    "protocols": "What trials did (not advice)",
    "cases": "Published cases",
    "priors": "Frequency of diagnoses",
    "tests": "How well tests tell",
}
# Lay words to words of the entries.
_ALSO = {
    "dandruff": ("seborrheic", "flakes"),
    "shed": ("shedding", "telogen", "effluvium"),
    "shedding": ("telogen", "effluvium", "shed"),
    "fungus": ("fungal", "tinea"),
    "fungal": ("tinea",),
    "ringworm": ("tinea",),
    "deep": ("depth",),
    "depth": ("needle", "deep"),
    "growth": ("studies", "density", "hairs/cm2"),
    "grow": ("growth", "regrowth"),
    "gain": ("mean_change", "studies"),
    "dose": ("holes", "punctures", "passes"),
    "holes": ("punctures",),
    "allergy": ("granuloma", "metal"),
    "clean": ("hygiene", "disinfect"),
    "disinfect": ("home_disinfect", "hygiene"),
    "scar": ("scarring", "keloid"),
    "season": ("autumn", "seasonal"),
    "pattern": ("aga",),
    "normal": ("norms",),
    "often": ("interval", "interval_days"),
    "pregnant": ("pregnancy",),
    "sunscreen": ("sun",),
    "hepatitis": ("hiv", "shared_device", "blood_exposure"),
    "hiv": ("blood", "shared"),
    "postpartum": ("telogen", "acute_te", "effluvium"),
    "childbirth": ("telogen", "acute_te", "effluvium"),
    "nickel": ("metal_allergy",),
    "sanitise": ("disinfect",),
    "sanitize": ("disinfect",),
    "sterilise": ("disinfect", "sterile"),
    "sterilize": ("disinfect", "sterile"),
    "thinner": ("anticoagulant",),
    "lump": ("nodules", "granuloma"),
    "lumps": ("nodules", "granuloma"),
    "bumps": ("nodules", "pustules", "granuloma"),
    "sore": ("herpes", "transient_reaction"),
    "scab": ("crusts", "kerion"),
    "scabs": ("crusts", "kerion"),
    "itchy": ("dandruff", "seborrheic"),
    "itch": ("dandruff", "seborrheic"),
    "work": ("density", "meta"),
    "works": ("density", "meta"),
    "bald": ("alopecia", "aga"),
    "bleeding": ("anticoagulant", "pinpoint"),
    "redness": ("erythema", "transient_reaction"),
    "red": ("erythema", "transient_reaction"),
    "permanent": ("scarring", "regrowth"),
    "rosemary": ("nothing_not_made_for_injection", "cosmetic"),
    "oil": ("nothing_not_made_for_injection", "cosmetic"),
    "serum": ("nothing_not_made_for_injection",),
}
_TRIALS = {"trial", "trials", "growth", "grow", "gain", "regrow", "study", "studies", "density", "work", "works"}
_STOP = {
    "the",
    "a",
    "an",
    "of",
    "on",
    "in",
    "is",
    "it",
    "my",
    "i",
    "to",
    "and",
    "or",
    "what",
    "how",
    "does",
    "do",
    "for",
    "after",
    "should",
    "will",
    "can",
    "may",
}
_MOST = 12
_MEAN_SD = frozenset(
    {"mean_sd", "frontal_mean_sd", "occiput_mean_sd", "thin_hairs_pct", "diameter_um", "vellus_pct",
     "measured_depth_um", "surface_diameter_um"}
)  # fmt: skip
_Page = tuple["Fact", set[str], set[str]]


def find(evidence: Evidence, query: str, most: int = _MOST) -> EvidenceFound:
    """
    Return the entries that hold most words of the query.

    Parameters
    ----------
    evidence : Evidence
    query : str
        Words, an entry's id, or a section's name; an empty query finds nothing.
    most : int
        Entries returned; ``left_off`` counts the others that fit.
    """
    words = [word for word in _words(query) if word not in _STOP]
    pages = [(fact, *_index(fact)) for fact in evidence.facts.values()]
    rarity = {word: _rarity(word, pages) for word in words}
    scored = [(score, page[0]) for page in pages if (score := _score(page, rarity, query.strip())) > 0]
    best = sorted(scored, key=lambda pair: -pair[0])
    is_id = query.strip() in evidence.facts
    # entries that share one word of several are noise where some share more
    floor = best[0][0] / 4 if best else 0
    kept = [fact for score, fact in best if score >= floor and (not is_id or fact.id == query.strip())]
    shows_trials = bool(_TRIALS & set(words)) and "back" not in words and not is_id
    sentences = trial_sentences(evidence) if shows_trials else ()
    if not kept:
        nothing = "Nothing in the evidence base fits. That does not mean it is known to be safe, or not so."
        sentences = (Sentence(text=nothing, source="instruction"),)
    return EvidenceFound(
        query=query,
        entries=tuple(describe(fact) for fact in kept[:most]),
        left_off=max(0, len(kept) - most),
        trials=trial_rows(evidence) if shows_trials else (),
        sentences=sentences,
    )


def describe(fact: Fact) -> FoundEntry:
    """Return an entry in words, every field as its source prints it."""
    given = {key: value for key, value in fact.body.items() if value is not None} or {"value": "not found"}
    lines = tuple(f"{key.replace('_', ' ')}: {_field(key, value)}" for key, value in given.items())
    return FoundEntry(id=fact.id, section=fact.section, lines=lines, source=fact.source, verified=fact.verified)


def _index(fact: Fact) -> tuple[set[str], set[str]]:
    """Return the words of an entry's names and of its text."""
    names = f"{fact.id} {fact.section} {SECTION_NAMES.get(fact.section, '')}"
    return set(_words(names)), set(_words(f"{fact.body} {fact.source}"))


def _rarity(word: str, pages: list[_Page]) -> float:
    """Return how much a word tells: nothing where every entry holds it."""
    n = sum(any(_in(w, names | text) for w in (word, *_ALSO.get(word, ()))) for _, names, text in pages)
    return log((len(pages) + 1) / (n + 1))


def _score(page: _Page, rarity: Mapping[str, float], query: str) -> float:
    fact, names, text = page
    if query == fact.id:
        return 1000.0
    score = 0.0
    for word, weight in rarity.items():
        alike = (word, *_ALSO.get(word, ()))
        if any(_in(w, names) for w in alike):
            score += weight * (3.0 if _in(word, names) else 2.0)
        elif any(_in(w, text) for w in alike):
            score += weight * (1.0 if _in(word, text) else 0.6)
    return score


def _in(word: str, known: set[str]) -> bool:
    """Return whether a word or one that starts with it is known; short words must fit whole, an id word by word."""
    if "_" in word:
        return set(word.split("_")) <= known
    return word in known or (len(word) >= 4 and any(k.startswith(word) for k in known))


def _words(text: str) -> list[str]:
    plain = re.sub(r"(?<=\d)(?=mm\b)", " ", text.lower().replace("_", " ").replace("'", " "))
    return [word.strip(".") for word in re.findall(r"[a-z0-9.]+", plain)]


def _field(key: str, value: Any) -> str:
    """Return a field's value; a pair is a range unless its field holds a mean with its SD, or a share."""
    words = "{0:g} (SD {1:g})" if key in _MEAN_SD else "{0:g} of {1:g}" if key == "incidence" else ""
    if words and isinstance(value, list):
        return words.format(*value)
    if words and isinstance(value, dict):
        return ", ".join(f"{name} {words.format(*pair)}" for name, pair in value.items())
    return _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return _pairs(value)
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(part, float | int) for part in value):
            return f"{value[0]:g} to {value[1]:g}"
        return "; ".join(_value(part) for part in value)
    text = str(value)
    return text.replace("_", " ") if re.fullmatch(r"[a-z_]+", text) else text  # a code of the file, in words


def _pairs(table: Mapping[str, Any]) -> str:
    return ", ".join(f"{str(key).replace('_', ' ')} {_value(part)}" for key, part in table.items() if part is not None)
