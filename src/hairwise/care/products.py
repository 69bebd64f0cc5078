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
        r"minoxidil|finasteride|dutasteride|tretinoin|isotretinoin|acitretin|adapalene|trifarotene|tazarotene|differin"
        r"|ketoconazole|ciclopirox|terbinafine|betamethasone|clobetasol|hydrocortisone|fluocinolone|mometasone"
        r"|triamcinolone|dermovate|elocon|prednisolone|steroid|cortisone|spironolactone|latanoprost|bimatoprost"
        r"|tacrolimus|pimecrolimus|calcipotriol|calcipotriene|clindamycin|erythromycin|metronidazole|clascoterone"
        r"|alfatradiol|lidocaine|coal tar|retin-a|prescri|rogaine|regaine|kirkland|propecia|nizoral|loniten|finacea",
    ),
    (
        "retinoid",
        r"retinol|retinal\b|retinaldehyde|retinyl|\w*retino(?!schisis)\w*|hydroxypinacolone|vitamin a\b",
    ),
    ("vitamin_c", r"vit(?:amin|\.)?e?[- ]?c\b|\w*-?o-ethyl ascorb|(?:\w+ )?(?:\w*)ascorb"),
    (
        "acid",
        r"aha\b|bha\b|pha\b|lha\b|tca\b|glycolic|hydroxyacetic|lactic acid|lactate\b|(?:sodium|ammonium) lactate"
        r"|mandelic|malic acid|tartaric|citric acid|salicylic|salicylate\b|capryloyl salicyl|betaine salicyl"
        r"|willow bark|azelaic|kojic|gluconolactone|gluconic acid|lactobionic|maltobionic|trichloroacetic|pyruvic"
        r"|phytic|succinic acid|ferulic|oxalic|acetic acid|vinegar|jessner|fruit acid|alpha.hydroxy|beta.hydroxy"
        r"|polyhydroxy|peeling|\w+ peel\b",
    ),
    ("exfoliant", r"papain|bromelain|\w+ (shell|seed) powder|pumice|polyethylene$|polyethylene beads|scrub"),
    (
        "dye",
        r"ci ?\d{5}|(?:fd&c|d&c|ext\. d&c) \w+|(?:red|yellow|blue|green|orange|violet) (?:no\.? ?)?\d+\b"
        r"|p-phenylenediamine|ppd\b|phenylenediamine|toluene-?2,?5-?diamine|2,[46]-diamino\w*|\w*-?aminophenol"
        r"|4-amino-\S+|\S*resorcinol|1-naphthol|naphthol|picram\w+|indigo|hc (?:yellow|red|blue|orange|violet)"
        r"|basic (?:yellow|red|blue|brown|violet|orange)|disperse (?:violet|blue|black|red)"
        r"|acid (?:violet|red|blue|black|yellow|orange)|lawsonia|henna|indigofera|hydrogen peroxide|ammonium hydroxide"
        r"|ammonia|persulfate|bleach|hair dye|hair colou?r",
    ),
    (
        "fragrance",
        r"parfum|parf\u00fcm|perfume|fragrance|aroma\b|linalool|linalyl|limonene|citral\b|citronell\w+|geran\w+|isoeugen\w+"
        r"|eugen\w+|coumarin|cinnam\w+|hydroxycitronellal|amyl ?cinnamal|amylcinnamyl|hexyl cinnamal|benzyl (?:alcohol"
        r"|salicylate|benzoate|cinnamate)|benzaldehyde|farnesol|alpha-isomethyl ionone|ionone|anis\w+|anethole|evernia"
        r"|methyl 2-octynoate|butylphenyl methylpropional|hydroxyisohexyl|menthol|camphor|carvone|vanillin|\S*pinene"
        r"|\S*terpin\w+|\S*santal\w*|sclareol|rose ketone|\S*damascone|hexadecanolactone|trimethylbenzenepropanol"
        r"|trimethylcyclopent\w+|(?:methyl|amyl) salicylate|dimethyl phenethyl acetate|caryophyllene|turpentine"
        r"|essential oil|peppermint|spearmint"
        r"|(?:mentha|lavandula|rosmarinus|melaleuca|eucalyptus|citrus|cananga|pelargonium|cymbopogon|thymus|salvia|rosa"
        r"|cinnamomum|juniperus|cedrus|pinus|jasminum|pogostemon|myroxylon|narcissus|laurus|lippia|vetiveria)\b"
        r"|(?:lavender|rosemary|tea tree|eucalyptus|lemon|orange|bergamot|clove|cedarwood|rose|jasmine|patchouli) oil",
    ),
    (
        "alcohol",
        r"alcohol$|alcohol(?:,)? \d|alcohol denat|alcohol \(|denatured alcohol|sd alcohol|ethanol|ethyl alcohol"
        r"|isopropyl alcohol|isopropanol|1-propanol|n-propanol|propanol$|methanol|rubbing alcohol|alkohol|alcool"
        r"|(?:methylated|surgical) spirit|witch hazel",
    ),
)
_COMPILED = tuple((kind, re.compile(rf"(?:^|[\s(/\-])(?:{pattern})")) for kind, pattern in _CLASSES)
# Waxy or fatty alcohols and fatty acids share the word but not the sting.
_FATTY = re.compile(
    r"\b(cetyl|cetearyl|cetostearyl|stearyl|behenyl|arachidyl|lauryl|myristyl|oleyl|lanolin|isostearyl|\w*decyl|caprylic"
    r"|octyldodec\w+|batyl|c\d+[-\u2013]\d+|polyvinyl|phenethyl|dichlorobenzyl|jojoba|undecyl) alcohol"
    r"|aminomethyl propanol|polyethylene glycol|sodium lauryl lactate"
)
_FREE = re.compile(r"[- ]free\b|\b(?:no|without|zero|0 ?%) (?:added )?\w+$")  # says what is not in it
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
_MANY_WORDS = 6
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
    if _FATTY.search(plain) or _FREE.search(plain):
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
    found: dict[str, IngredientClass] = {}
    unknown: dict[str, None] = {}
    for text in lists:
        known = {name: classify(name) for name in names_in(text)}
        if "medicine" in known.values():  # the whole product is a matter for who prescribed it
            known = {name: kind for name, kind in known.items() if kind == "medicine"}
        found |= {name[:_LONGEST]: kind for name, kind in known.items() if kind is not None}
        unknown |= dict.fromkeys(name[:_LONGEST] for name, kind in known.items() if kind is None)
    items = tuple(Ingredient(name=name, kind=kind) for name, kind in found.items())
    sentences = _words(items, tuple(unknown), evidence)
    if any(len(name.split()) >= _MANY_WORDS for name in (*found, *unknown)):
        sentences.append(measured("Put a comma between names; without one some are missed.", "products"))
    return Products(found=items, not_known=tuple(unknown), sentences=tuple(sentences))


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
        out.append(instruct("Keep alcohol off needled skin for 7 days; it is for the device."))
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
            measured(
                f"{n} name{'s are' if n > 1 else ' is'} not on our list of what to keep off. That does not mean safe.",
                "products",
            )
        )
    if unknown or kinds - {"medicine"}:
        text = "Put nothing on freshly needled skin unless a clinician said so: cosmetics are not made for open skin."
        out.append(fact(evidence, "nothing_not_made_for_injection", text))
    return out
