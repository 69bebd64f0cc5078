"""The questions of the check, and a form's answers turned into a record.

Knows: wording, order, which field each answer fills. Must not know: rules, causes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from hairwise.errors import Refused
from hairwise.records.answers import Answers
from hairwise.records.base import ZONE_LABELS, Zone
from hairwise.records.questions import Option, Question, QuestionField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

__all__ = ["FIRST", "QUESTIONS", "answers_from_form", "form_from_answers", "label_of", "told_in_words"]


def _tri(name: str, label: str) -> QuestionField:
    return QuestionField(name=name, label=label, kind="tri")


def _choice(name: str, label: str, options: dict[str, str]) -> QuestionField:
    made = tuple(Option(value=value, label=text) for value, text in options.items())
    return QuestionField(name=name, label=label, kind="choice", options=made)


def _date(name: str, label: str) -> QuestionField:
    return QuestionField(name=name, label=label, kind="date")


def _signs(labels: dict[str, str]) -> tuple[QuestionField, ...]:
    return tuple(_tri(f"findings.{name}", label) for name, label in labels.items())


_ZONE_OPTIONS = tuple(Option(value=value, label=label) for value, label in ZONE_LABELS.items())
_YES_NO = {"true": "yes", "false": "no"}

# Signs that need help today come first, then what people came for; `FIRST` are enough for a first answer.
FIRST = ("body", "scalp", "loss", "started")
QUESTIONS: tuple[Question, ...] = (
    Question(
        id="body",
        text="Since you started rolling, or now: has any of this happened?",
        help="These come first because some need help today.",
        none_label="None of these",
        fields=_signs(
            {
                "breathing_trouble": "trouble breathing",
                "swelling_face_or_eye": "swelling of the face or round an eye",
                "hives": "hives (raised itchy welts)",
                "chest_pain": "chest pain",
                "palpitations": "a racing or uneven heartbeat",
                "faintness": "faintness",
                "confusion_or_very_ill": "feeling very ill or confused",
                "fever": "fever or chills",
                "headache_jaw_or_vision": "a new headache, jaw pain when chewing, or a change in vision",
                "rash_or_joint_pain": "a rash on the body, or painful joints",
                "swollen_glands": "swollen glands in the neck or behind the ear",
                "severe_distress": "so much worry that daily life is hard, or thoughts of harming yourself",
            }
        ),
    ),
    Question(
        id="scalp",
        text="Look at the scalp, or ask someone to look. Is any of this there?",
        none_label="None of these",
        fields=_signs(
            {
                "spreading_redness": "redness that spreads",
                "warmth": "skin that feels hot",
                "pus": "pus",
                "pustules": "small yellow or white spots filled with pus",
                "boggy_mass": "a soft, swollen, painful lump",
                "tender_nodules": "tender bumps under the skin",
                "grouped_blisters": "a group of small blisters",
                "retained_needle": "a needle that may have stayed in the skin",
                "redness_over_3_days": "redness for more than 3 days after rolling",
                "burning": "burning",
                "pain": "pain or tenderness",
                "lost_follicle_openings": "smooth skin where the tiny openings of hairs are gone",
                "shiny_scarring": "shiny or scarred skin",
                "smooth_patches": "smooth bald patches, on the scalp, in a brow or in the beard",
                "moth_eaten": "many small patches, as if moth-eaten",
                "broken_hairs": "hairs broken off short",
                "black_dots": "black dots where hairs were",
                "thick_scale": "thick scale or crusts",
                "flakes": "flakes",
                "itch": "itch",
            }
        ),
    ),
    Question(
        id="loss",
        text="Do you lose more hair than before?",
        fields=(
            _tri("loss.noticed", "More hair falls"),
            _date("loss.onset", "Since when"),
            _choice(
                "loss.severity", "How much more", {"mild": "a little", "moderate": "clearly", "severe": "very much"}
            ),
        ),
    ),
    Question(
        id="started",
        text="Have you rolled your scalp yet?",
        fields=(_choice("started", "Started", _YES_NO),),
    ),
    Question(
        id="you",
        text="About you",
        help="hairwise is for people of 18 or older.",
        fields=(
            QuestionField(name="age", label="Age", kind="whole", unit="years", lo=0, hi=120),
            _choice("sex", "Sex", {"f": "female", "m": "male", "x": "other"}),
            _tri("pregnant", "Pregnant?"),
        ),
    ),
    Question(
        id="conditions",
        text="Do you have, or take, any of these?",
        none_label="None of these",
        fields=tuple(
            _tri(f"conditions.{name}", label)
            for name, label in {
                "psoriasis": "psoriasis",
                "eczema": "eczema",
                "seborrhoeic_dermatitis": "dandruff that comes back, or seborrhoeic dermatitis",
                "fungal_infection": "a fungal infection of the scalp (ringworm)",
                "active_herpes": "cold sores or shingles now",
                "alopecia_areata": "alopecia areata (round bald patches)",
                "scarring_alopecia": "a hair loss that scars",
                "pattern_hair_loss": "pattern hair loss (thinning that runs in families)",
                "keloid": "raised scars (keloid)",
                "metal_allergy": "metal allergy",
                "anticoagulant": "a blood thinner",
                "bleeding_disorder": "a bleeding disorder",
                "immune_suppression": "a weak immune system, or medicine that lowers it",
                "diabetes": "diabetes",
                "isotretinoin_last_6_months": "isotretinoin in the last 6 months",
                "chemo_or_radiotherapy": "chemotherapy or radiotherapy",
                "heart_disease": "heart disease",
                "recent_hair_transplant": "a hair transplant in the last year",
            }.items()
        ),
    ),
    Question(
        id="device",
        text="Which device, and how long are the needles?",
        fields=(
            _choice("device", "Device", {"roller": "roller", "pen": "pen", "stamp": "stamp", "unknown": "not sure"}),
            QuestionField(name="needle_mm", label="Needle length", kind="number", unit="mm", lo=0.1, hi=3),
        ),
    ),
    Question(
        id="technique",
        text="How do you roll?",
        fields=(
            QuestionField(name="passes", label="Passes over one place", kind="whole", lo=0, hi=100),
            _choice("speed", "Speed", {"slow": "slow", "medium": "medium", "fast": "fast"}),
            _choice("pressure", "Pressure", {"light": "light", "medium": "medium", "hard": "hard"}),
        ),
    ),
    Question(
        id="rhythm",
        text="How often, and since when?",
        fields=(
            QuestionField(name="interval_days", label="Days between sessions", kind="number", lo=0.1, hi=366),
            QuestionField(name="sessions", label="Sessions so far", kind="whole", lo=0, hi=10_000),
            _date("first_session", "First session"),
            _date("last_session", "Last session"),
        ),
    ),
    Question(
        id="zones",
        text="Where did you roll, or mean to, and how did hair grow there before?",
        help="Leave out what you do not know.",
        fields=tuple(
            field
            for zone in get_args(Zone)
            for field in (
                _choice(f"zones.{zone}.rolled", f"{ZONE_LABELS[zone]}: rolled, or meant to be", _YES_NO),
                _choice(
                    f"zones.{zone}.growth",
                    f"{ZONE_LABELS[zone]}: growth before",
                    {"good": "good", "thin": "thin", "bald": "bald"},
                ),
            )
        ),
    ),
    Question(
        id="where",
        text="Where does it fall?",
        fields=(
            _choice(
                "loss.pattern",
                "Pattern",
                {
                    "diffuse": "all over",
                    "rolled_zones": "where I rolled",
                    "patches": "in patches",
                    "unknown": "not sure",
                },
            ),
            QuestionField(name="loss.zones", label="Zones", kind="many", options=_ZONE_OPTIONS),
        ),
    ),
    Question(
        id="events",
        text="What else changed in the last half year? Give the date; leave the rest blank.",
        fields=(
            _date("events.minoxidil_start", "started minoxidil"),
            _date("events.finasteride_start", "started finasteride"),
            _date("events.illness", "illness with fever, or COVID"),
            _date("events.stress", "a time of great stress"),
            _date("events.diet", "strict diet or weight loss"),
            _date("events.surgery", "surgery"),
            _date("events.childbirth", "childbirth"),
            _date("events.new_medicine", "a new medicine"),
            _date("events.new_product", "a new hair product"),
            _date("events.new_shampoo", "a new shampoo"),
        ),
    ),
    Question(
        id="hygiene",
        text="How is the device kept?",
        fields=(
            _tri("hygiene.disinfected", "disinfected before each use"),
            _tri("hygiene.tap_water_only", "rinsed with tap water only"),
            _tri("hygiene.reused_cartridge", "a pen cartridge used more than once"),
            _tri("hygiene.shared_device", "used by another person too"),
        ),
    ),
    Question(
        id="products",
        text="What did you put on the scalp within 24 hours of rolling? One a line.",
        fields=(QuestionField(name="products_within_24h", label="Products", kind="lines"),),
    ),
)


def label_of(name: str) -> str:
    """Return the words used for a field's dotted name; the name itself where it is not asked."""
    return next((f.label for question in QUESTIONS for f in question.fields if f.name == name), name)


def answers_from_form(form: Mapping[str, Sequence[str]], today: date) -> Answers:
    """
    Turn a form's fields into answers; blanks are left unanswered.

    Parameters
    ----------
    form : mapping of str to sequence of str
        Dotted field name to the values given; ``none.QUESTION`` set to ``yes`` answers no to every ``tri`` field of
        that question that was left blank.
    today : date
        Day of the check.

    Raises
    ------
    Refused
        When a value is not possible, naming the field.
    """
    flat: dict[str, object] = {}
    for question in QUESTIONS:
        all_no = form.get(f"none.{question.id}", [""])[-1:] == ["yes"]
        for field in question.fields:
            value = _value(field, form.get(field.name, ()))
            if value is None and all_no and field.kind == "tri":
                value = "no"
            if value is not None:
                flat[field.name] = value
    try:
        return Answers.model_validate({"schema": "hairwise/answers/1", "today": today, **_nested(flat)})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Refused(
            "bad_answer",
            f"{label_of(name)} ({name}): {first['msg'].lower()}.",
            "Correct this answer, or leave it blank.",
        ) from None


def form_from_answers(answers: Answers) -> dict[str, list[str]]:
    """Return a form filled as these answers were given; a "no" is left open, since it may no longer be true."""
    flat = _flat(answers)
    out = {}
    for field in (f for question in QUESTIONS for f in question.fields):
        value = flat.get(field.name)
        if value is None or (field.kind == "tri" and value == "no"):
            continue
        words = _codes(value)
        out[field.name] = ["\n".join(words)] if field.kind == "lines" else words
    return out


def told_in_words(answers: Answers) -> tuple[tuple[Question, tuple[str, ...]], ...]:
    """Return what was answered to each question, in lines; the signs answered no stand together in the last one."""
    flat = _flat(answers)
    out = []
    for question in QUESTIONS:
        lines, noes = [], []
        for field in question.fields:
            value = flat.get(field.name)
            if value is None:
                continue
            if field.kind == "tri" and value == "no":
                noes.append(field.label)
                continue
            named = {option.value: option.label for option in field.options} | {"yes": "yes", "unknown": "not sure"}
            said = ", ".join(named.get(code, code) for code in _codes(value))
            lines.append(f"{field.label.rstrip('?')}: {said}{f' {field.unit}' if field.unit else ''}")
        noes = [label.rstrip("?") for label in noes]
        lines += [f"{noes[0]}: no"] if len(noes) == 1 else [f"No: {'; '.join(noes)}"] if noes else []
        if lines:
            out.append((question, tuple(lines)))
    return tuple(out)


def _flat(answers: Answers) -> dict[str, Any]:
    """Return what was answered by the dotted names of the fields."""
    told = answers.model_dump(mode="json", by_alias=True, exclude_none=True)
    flat: dict[str, Any] = {}
    for name, value in told.items():
        if name == "zones":
            flat |= {f"zones.{zone['zone']}.{part}": v for zone in value for part, v in zone.items()}
        elif name == "events":
            flat |= {f"events.{event['kind']}": event.get("date") for event in value}
        elif isinstance(value, dict):
            flat |= {f"{name}.{part}": v for part, v in value.items()}
        else:
            flat[name] = value
    return flat


def _codes(value: Any) -> list[str]:
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in (value if isinstance(value, list) else [value])]


def _value(field: QuestionField, given: Sequence[str]) -> object:
    values = [text.strip() for text in given if text.strip()]
    if not values:
        return None
    if field.kind == "many":
        return tuple(values)
    if field.kind == "tri":  # of contradicting answers the one that needs care counts
        worse = "no" if field.name == "hygiene.disinfected" else "yes"
        return worse if worse in values else values[-1]
    if field.kind == "lines":
        return tuple(line.strip() for text in values for line in text.splitlines() if line.strip())
    return values[-1].replace(",", ".") if field.kind == "number" else values[-1]


def _nested(flat: Mapping[str, object]) -> dict[str, object]:
    """Put dotted names into the shape of the answers file; zones and events become lists."""
    out: dict[str, object] = {}
    zones: dict[str, dict[str, object]] = {}
    events: list[dict[str, object]] = []
    groups: dict[str, dict[str, object]] = {}
    for name, value in flat.items():
        head, _, rest = name.partition(".")
        if head == "zones":
            zone, _, part = rest.partition(".")
            zones.setdefault(zone, {"zone": zone})[part] = value
        elif head == "events":
            events.append({"kind": rest, "date": value})
        elif rest:
            groups.setdefault(head, {})[rest] = value
        else:
            out[head] = value
    if zones:
        out["zones"] = tuple(zones.values())
    if events:
        out["events"] = tuple(events)
    return {**out, **groups}
