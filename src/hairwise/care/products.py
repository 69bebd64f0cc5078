"""What an ingredient list holds that does not belong on punctured skin.

Knows: INCI names of acids, retinoids, vitamin C, alcohol, fragrance, dyes. Must not know: what is safe.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hairwise.care.phrases import fact, instruct, measured, practice
from hairwise.records.guide import Ingredient, IngredientClass, Products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hairwise.records.base import Sentence
    from hairwise.records.evidence import Evidence

__all__ = ["classify", "look_at_products", "names_in"]

# Checked in this order; the first that fits names the class. Patterns are INCI stems, matched at a word's start.
_CLASSES: tuple[tuple[IngredientClass, str], ...] = (
    (
        "medicine",
        r"minoxidil|finasteride|dutasteride|tretinoin|isotretinoin|adapalene|tazarotene|ketoconazole|betamethasone"
        r"|clobetasol|hydrocortisone|fluocinolone|mometasone|spironolactone|latanoprost|bimatoprost|tacrolimus"
        r"|clindamycin|prednisolone|steroid|retin-a|prescri",
    ),
    ("retinoid", r"retinol|retinal\b|retinaldehyde|retinyl|\w*retino\w*|hydroxypinacolone"),
    (
        "vitamin_c",
        r"vitamin c\b|\w*-?o-ethyl ascorb|ascorb|ethyl ascorb|sodium ascorb|magnesium ascorb|calcium ascorb"
        r"|tetrahexyldecyl ascorb|\w+ ascorb",
    ),
    (
        "acid",
        r"aha\b|bha\b|pha\b|glycolic|lactic acid|mandelic|malic acid|tartaric|citric acid|salicylic|capryloyl salicyl"
        r"|betaine salicyl|azelaic|kojic|gluconolactone|lactobionic|trichloroacetic|pyruvic|phytic|fruit acid"
        r"|alpha.hydroxy|beta.hydroxy|polyhydroxy|peeling",
    ),
    (
        "exfoliant",
        r"papain|bromelain|\w+ (shell|seed) powder|pumice|polyethylene\b|scrub",
    ),
    (
        "dye",
        r"ci ?\d{5}|p-phenylenediamine|ppd\b|phenylenediamine|toluene-?2,?5-?diamine|\w*-?aminophenol|resorcinol"
        r"|2-methylresorcinol|hc (yellow|red|blue|orange|violet)|basic (yellow|red|blue|brown|violet|orange)"
        r"|disperse (violet|blue|black|red)|acid (violet|red|blue|black|yellow|orange)|lawsonia|henna|indigofera"
        r"|hydrogen peroxide|ammonium hydroxide|persulfate|hair dye|hair colou?r",
    ),
    (
        "fragrance",
        r"parfum|perfume|fragrance|aroma\b|linalool|limonene|citral\b|citronellol|geraniol|isoeugenol|eugenol|coumarin"
        r"|cinnamal|cinnamyl|hydroxycitronellal|amyl ?cinnamal|amylcinnamyl|hexyl cinnamal|benzyl (alcohol|salicylate"
        r"|benzoate|cinnamate)|farnesol|alpha-isomethyl ionone|anise alcohol|evernia|methyl 2-octynoate"
        r"|butylphenyl methylpropional|hydroxyisohexyl|menthol|camphor|essential oil"
        r"|(mentha|lavandula|rosmarinus|melaleuca|eucalyptus|citrus|cananga|pelargonium|cymbopogon|thymus|salvia"
        r"|cinnamomum|juniperus|cedrus|pinus)\b.* (leaf |peel |flower |bark |wood )?oil"
        r"|(peppermint|lavender|rosemary|tea tree|eucalyptus|lemon|orange|bergamot|clove|cedarwood) oil",
    ),
    (
        "alcohol",
        r"alcohol$|alcohol denat|alcohol \(|denatured alcohol|sd alcohol|ethanol|ethyl alcohol|isopropyl alcohol"
        r"|isopropanol|propanol|n-propanol|methanol|rubbing alcohol|alkohol",
    ),
)
_COMPILED = tuple((kind, re.compile(rf"(?:^|[\s(/\-])(?:{pattern})")) for kind, pattern in _CLASSES)
# Waxy or fatty alcohols and fatty acids share the word but not the sting.
_FATTY = re.compile(
    r"\b(cetyl|cetearyl|cetostearyl|stearyl|behenyl|arachidyl|lauryl|myristyl|oleyl|lanolin|isostearyl|decyl|caprylic"
    r"|octyldodec\w+|batyl|c\d+[-\u2013]\d+|polyvinyl|phenethyl|dichlorobenzyl) alcohol"
)
_WORDS: dict[IngredientClass, str] = {
    "acid": "Acids",
    "retinoid": "Retinoids",
    "vitamin_c": "Vitamin C",
    "alcohol": "Alcohol",
    "fragrance": "Fragrance",
    "dye": "Dyes",
    "exfoliant": "Scrubs and peels",
    "medicine": "Medicines",
}
# Where avoid_actives names a class, its range stands; alcohol is common practice.
_FROM_PAGES = frozenset({"acid", "retinoid", "vitamin_c", "fragrance", "dye", "exfoliant"})
_LONGEST = 60  # an INCI name longer than this is not shown whole


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of a pasted list, in order, each once; commas inside numbers do not part names."""
    body = re.sub(r"^\s*(ingredients?|inci|zutaten|composition)\s*[:.]", "", text, flags=re.IGNORECASE)
    parts = re.split(r"[;\n\r\u2022\u00b7|]|,(?!(?<=\d,)\d)", body)
    names = (" ".join(part.split()).strip(" .*\u2020-") for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))


def classify(name: str) -> IngredientClass | None:
    """Return what a name is recognised as, None where it is not."""
    plain = " ".join(name.lower().replace("_", " ").split())
    if _FATTY.search(plain):
        return None
    return next((kind for kind, pattern in _COMPILED if pattern.search(plain)), None)


def look_at_products(lists: Iterable[str], evidence: Evidence) -> Products:
    """
    Look at ingredient lists or product names.

    Parameters
    ----------
    lists : iterable of str
        Pasted ingredient lists or names of products.
    evidence : Evidence

    Returns
    -------
    Products
        ``sentences`` say what to keep off and for how long, the longest of the sources first; what is not recognised
        is never called safe.
    """
    names = tuple(dict.fromkeys(name for text in lists for name in names_in(text)))
    known = [(name, kind) for name in names if (kind := classify(name)) is not None]
    found = tuple(Ingredient(name=name[:_LONGEST], kind=kind) for name, kind in known)
    unknown = tuple(name[:_LONGEST] for name in names if classify(name) is None)
    return Products(found=found, not_known=unknown, sentences=tuple(_words(found, unknown, evidence)))


def _words(found: tuple[Ingredient, ...], unknown: tuple[str, ...], evidence: Evidence) -> list[Sentence]:
    out: list[Sentence] = []
    for kind, title in _WORDS.items():
        names = [item.name for item in found if item.kind == kind]
        if names and kind != "medicine":
            out.append(measured(f"{title} in what you listed: {', '.join(names)}.", "products"))
    kinds = {item.kind for item in found}
    if kinds & _FROM_PAGES:
        text = "Keep these off needled skin for 7 days; some pages say 1 day."
        out.append(practice(evidence, "avoid_actives", text))
    if "alcohol" in kinds:
        out.append(instruct("Alcohol stings and dries: keep it off needled skin for 7 days. It is for the device."))
    if "vitamin_c" in kinds:
        text = "Lasting lumps were seen on faces after needling with vitamin C serum."
        out.append(fact(evidence, "soltani2014", text))
    medicines = [item.name for item in found if item.kind == "medicine"]
    if medicines:
        ask = "Ask who prescribed or sold it whether it may touch needled skin, and when"
        out.append(instruct(f"{ask}: {', '.join(medicines)}."))
    if unknown:
        n = len(unknown)
        out.append(
            measured(f"{n} name{'s are' if n > 1 else ' is'} not on our list. That does not mean safe.", "products")
        )
    if unknown or kinds - {"medicine"}:
        text = "Only what is made for injection belongs in open skin; cosmetics are not."
        out.append(fact(evidence, "nothing_not_made_for_injection", text))
    return out
