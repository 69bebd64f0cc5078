"""What the log asks for each kind of entry.

Knows: the words of every form. Must not know: HTTP, how a form is read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hairwise import workflow
from hairwise.web.log_fields import Choices, Field, Log

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANSWERS", "logs"]

_SCORE: Choices = (("0", "none"), ("1", "a little"), ("2", "clearly"), ("3", "a lot"))
_STRENGTH: Choices = (("0", "hardly felt"), ("1", "mild"), ("2", "moderate"), ("3", "severe"))
_YES_NO: Choices = (("true", "yes"), ("false", "no"))
_METHODS: Choices = (("wash", "at a wash"), ("comb60", "combed for a minute"), ("shower", "in the shower"))
_KINDS: Choices = (
    ("roller", "another roller"),
    ("stamp", "a stamp"),
    ("pen", "another pen"),
    ("unknown", "something else"),
)
_ENDS: Choices = (("none", "nothing seen"), ("redness", "redness"), ("pinpoint_bleeding", "points of blood"))
_DAY = Field("date", "Day", "day", required=True)
_COUNT = Log(
    "count",
    "Shed hairs counted",
    "Count every hair that came out, long and short, with or without a white root: in the hand, the comb, the drain. "
    "Once a week is enough. Count the same way each time.",
    (
        _DAY,
        Field("count", "Hairs", "number", most=20_000, whole=False, required=True, words="{} hairs"),
        Field("method", "How", "choice", _METHODS, required=True, again=True, words="{}"),
    ),
    "Counts",
)
_WASH = Log(
    "wash", "Hair washed", "Hairs wait on the head and leave at a wash, so wash days matter.", (_DAY,), "Washes"
)
_SYMPTOM = Log(
    "symptom",
    "How the scalp feels",
    "Leave out what you did not look at.",
    (
        _DAY,
        Field("itch", "Itch", "choice", _SCORE),
        Field("flakes", "Flakes", "choice", _SCORE),
        Field("pain", "Pain", "choice", _SCORE),
        Field("pustules", "Pimples with pus", "choice", _SCORE),
        Field("patch", "A smooth, bald patch", "choice", (("0", "no"), ("1", "yes"))),
        Field("redness_days", "Redness lasted [days]", "number", most=366, whole=False, words="redness for {} days"),
    ),
    "Scalp",
)
_EVENT = Log(
    "event",
    "Something that changed",
    "What may matter for hair. A medicine is written down, never advised.",
    (
        _DAY,
        Field(
            "kind",
            "What",
            "choice",
            tuple((kind, workflow.EVENT_NAMES.get(kind, kind.replace("_", " "))) for kind in workflow.event_kinds()),
            required=True,
            words="{}",
        ),
        Field("severity", "How strong it was", "choice", _STRENGTH, words="{}"),
    ),
    "Changes",
)
_TREATMENT = Log(
    "treatment",
    "A treatment",
    "What you take or use, with the days it began and stopped. It is written down, never advised: talk to a doctor or "
    "pharmacist before you start or stop a medicine.",
    (
        Field("start", "Began on", "day", required=True, words="from {}"),
        Field("kind", "Name", "text", required=True, words="{}", hint="As it stands on the pack."),
        Field("stop", "Stopped on", "day", words="until {}", hint="Leave it open while you still use it."),
    ),
    "Treatments",
)


def _finding() -> Log:
    labels = workflow.question_labels().items()
    kinds = tuple((name.removeprefix("findings."), words) for name, words in labels if name.startswith("findings."))
    answers = (("yes", "yes, it is there"), ("no", "looked, not there"), ("unknown", "not sure"))
    return Log(
        "finding",
        "A sign looked for",
        "Something you, or a doctor, looked for on the scalp or noticed in the body.",
        (
            _DAY,
            Field("kind", "Sign", "choice", kinds, required=True, words="{}"),
            Field("present", "Was it there?", "choice", answers, required=True, words="{}"),
        ),
        "Signs",
    )


def _session() -> Log:
    known = workflow.known_devices()
    devices = tuple((name, f"{g.kind}, {g.needles} needles") for name, g in known.items())

    def fold(body: dict[str, Any]) -> dict[str, Any]:
        """Tell a known device by its id, with its kind; a typed name stays for others only."""
        device = body.get("device")
        return body | {"device": known[device].kind, "device_id": device} if device in known else body

    def unfold(body: Mapping[str, Any]) -> dict[str, Any]:
        name = body.get("device_id")
        if name in known and body.get("device") == known[name].kind:
            return {n: v for n, v in body.items() if n != "device_id"} | {"device": name}
        return dict(body)

    return Log(
        "session",
        "A session",
        "Only to write down what was done. It is no advice to roll.",
        (
            _DAY,
            Field("zone", "Zones", "several", tuple(workflow.ZONE_LABELS.items()), required=True, words="{}"),
            Field("device", "Device", "choice", devices + _KINDS, again=True, words="{}"),
            Field("device_id", "Its name, if it is another one", "text", again=True, words="“{}”"),
            Field(
                "needle_mm", "Needle length [mm]", "number", least=0.1, most=3, whole=False, again=True, words="{} mm"
            ),
            Field("passes", "Passes over one place", "number", most=100, again=True, words="{} passes"),
            Field(
                "pressure", "Pressure", "choice", (("1", "light"), ("2", "medium"), ("3", "hard")), again=True
            ),
            Field("speed", "Speed", "choice", (("slow", "slow"), ("medium", "medium"), ("fast", "fast")), again=True),
            Field("pain", "Pain, 0 to 10", "number", most=10, whole=False, words="pain {} of 10"),
            Field("endpoint", "What the skin showed", "choice", _ENDS, words="{}"),
            Field(
                "products_within_24h",
                "On the scalp within a day of it",
                "lines",
                words="with {}",
                hint="Names of products, one to a line.",
            ),
            Field("redness_h", "Redness lasted [hours]", "number", most=2000, whole=False, more=True,
                  words="redness for {} hours", hint="You can add it later with Edit."),
            Field("minutes", "Minutes it took", "number", least=0.1, most=600, whole=False, more=True,
                  words="{} minutes"),
            Field("needle_age_sessions", "Sessions these needles did before", "number", most=10_000, more=True,
                  words="needles used {} times before"),
            Field("disinfected", "Needles disinfected before", "choice", _YES_NO, more=True),
            Field("shared", "Needles used by someone else too", "choice", _YES_NO, more=True),
            Field("direction", "Directions", "text", more=True, hint="For example: front to back, then across."),
        ),
        "Sessions",
        fold,
        unfold,
    )  # fmt: skip


_LOSS = {"yes": "more hair falls", "no": "no more hair falls", "unknown": "not sure whether more hair falls"}


def _in_brief(body: Mapping[str, Any]) -> str:
    """Return answers in a few words: the loss, and how many signs and conditions were told."""
    told = {**body.get("findings", {}), **body.get("conditions", {})}
    n = sum(value == "yes" for value in told.values())
    signs = f"{n or 'no'} {'sign or condition' if n == 1 else 'signs or conditions'} told"
    return f"{_LOSS.get(body.get('loss', {}).get('noticed'), 'loss not told')}, {signs}"


ANSWERS = Log(
    "answers",
    "Answers of the check",
    "Asked in the check.",
    (Field("today", "Day", "day", required=True),),
    "Answers",
    brief=_in_brief,
)


@cache
def logs() -> dict[str, Log]:
    """Return the forms by kind, those used most first."""
    return {log.kind: log for log in (_COUNT, _session(), _SYMPTOM, _WASH, _TREATMENT, _EVENT, _finding(), ANSWERS)}
