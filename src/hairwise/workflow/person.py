"""Check, screen, explain and plan for one person.

Knows: the order of stages for answers and diaries. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from hairwise.care import check as care_check
from hairwise.care import plan as care_plan
from hairwise.care import questions as care_questions
from hairwise.care.case import answers_of_diary
from hairwise.care.phrases import measured
from hairwise.care.signs import diary_signs
from hairwise.diary.dose import zone_doses
from hairwise.diary.read import diary_from_json, diary_from_parts
from hairwise.errors import Refused
from hairwise.evidence.inference import inference_facts
from hairwise.evidence.load import load_evidence
from hairwise.infer.settings import METHOD_VERSION, InferSettings
from hairwise.records.answers import FIRST_DAY, Answers
from hairwise.records.diary import Diary
from hairwise.records.parse import parse_record
from hairwise.records.verdicts import Check, FileHead, Plan, PlanResult, Screen, Why, WhyResult
from hairwise.workflow.files import head, is_folder, read_bytes, refusal, short_name
from hairwise.workflow.knowledge import known_devices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from types import ModuleType

    from hairwise.records.base import Record
    from hairwise.records.questions import Question

__all__ = [
    "Explained",
    "answers_from_form",
    "check",
    "diary_of_bytes",
    "explain",
    "plan",
    "questions",
    "read_answers",
    "read_diary",
    "refused_file",
    "screen",
    "starting_diary",
    "with_answers",
]

CARE_VERSION = "care/2"
OLD_DAYS = 7  # as in a diary: what needling does to skin shows within a week
# Rough sizes on an adult head, for a new diary; an expert guess that the person may correct.
_AREA_CM2: dict[str, float] = {
    "hairline": 30,
    "front": 80,
    "temples": 60,
    "mid": 100,
    "vertex": 70,
    "parietal": 200,
    "occiput": 250,
}
F = TypeVar("F", bound=FileHead)


@dataclass(frozen=True)
class Explained:
    """An explanation as a record and as a file."""

    result: WhyResult
    file: Why


def questions() -> tuple[Question, ...]:
    """Return the questions of the check, in order."""
    return care_questions.QUESTIONS


def _attribute() -> ModuleType:
    """Load what explains when it is needed: it loads SciPy, and the first page shall not wait for that."""
    from hairwise.infer import attribute

    return attribute


def answers_from_form(form: Mapping[str, Sequence[str]], today: date) -> Answers:
    """Turn a form into answers; see `hairwise.care.questions.answers_from_form`."""
    return care_questions.answers_from_form(form, today)


def read_answers(path: Path) -> Answers:
    """
    Read an answers file.

    Raises
    ------
    Refused
        Naming the file and the field.
    """
    answers = parse_record(Answers, read_bytes(path), short_name(path.name))
    return _possible(answers, short_name(path.name), answers.today)


def read_diary(path: Path) -> Diary:
    """
    Read a diary: one JSON, or a folder of ``diary.json`` and one CSV a list.

    Raises
    ------
    Refused
        Naming the file and the field.
    """
    name = short_name(path.name)
    return _checked(_folder(path), name) if is_folder(path) else diary_of_bytes(read_bytes(path), name)


def diary_of_bytes(data: bytes, name: str) -> Diary:
    """
    Read a diary from the bytes of one JSON, with the days of its answers checked.

    Raises
    ------
    Refused
        Naming the file and the field.
    """
    return _checked(diary_from_json(data, name), name)


def _checked(diary: Diary, name: str) -> Diary:
    if diary.answers is not None:
        _possible(diary.answers, name, diary.cutoff, "answers.")
    return diary


def _folder(path: Path) -> Diary:
    """Read every CSV of a folder; ``.hairs.csv`` are results of this program and hidden files are not the person's."""
    name = path.resolve().name
    try:
        files = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and not p.name.startswith("."))
    except OSError:
        raise Refused("unreadable", f"The folder {name} cannot be read.", "Check its permissions.") from None
    main = read_bytes(path / "diary.json")
    tables = {p.name: read_bytes(p) for p in files if not p.name.endswith(".hairs.csv")}
    return diary_from_parts(main, tables, name) if tables else diary_from_json(main, f"{name}/diary.json")


def check(answers: Answers, today: date) -> Check:
    """Answer the two-minute check; ``today`` is used where the answers give no day."""
    start = time.perf_counter()
    day = answers.today or today
    _possible(answers, "answers", day)
    why = _attribute().attribute_answers(answers, inference_facts())
    result = care_check.check(answers, why, day, load_evidence())
    return _file(Check, "hairwise/check/1", result, start)


def screen(source: Answers | Diary, today: date) -> Screen:
    """Answer whether this scalp may be needled at all; a loss that a diary shows counts, whatever was noticed."""
    start = time.perf_counter()
    signs = None
    if isinstance(source, Diary):
        why = _attribute().attribute_diary(source, inference_facts())
        answers, signs = answers_of_diary(source, loss_is_real=care_plan.is_shown(why)), diary_signs(source)
    else:
        answers = source
    day = answers.today or today
    _possible(answers, "answers", day)
    result = care_check.screen(answers, day, load_evidence(), signs)
    if not result.lock.on and (today - day).days > OLD_DAYS:
        text = f"These answers are of {day}: answer again on the day of a session."
        result = result.model_copy(update={"do_now": (measured(text), *result.do_now)})
    return _file(Screen, "hairwise/screen/1", result, start)


def explain(diary: Diary) -> Explained:
    """Say which explanations fit a diary, and how sure."""
    start = time.perf_counter()
    result = _attribute().attribute_diary(diary, inference_facts())
    fields = head("hairwise/why/1", METHOD_VERSION, asdict(InferSettings()), time.perf_counter() - start)
    return Explained(result, Why.model_validate({**fields, **dict(result)}))


def plan(diary: Diary, why: WhyResult) -> tuple[PlanResult, Plan]:
    """Make the plan that follows from a diary and its explanation."""
    start = time.perf_counter()
    areas = dict(_AREA_CM2) | {zone.name: zone.area_cm2 for zone in diary.zones}
    doses = zone_doses(diary, known_devices())
    result = care_plan.make_plan(diary, why, load_evidence(), doses, areas)
    return result, _file(Plan, "hairwise/plan/1", result, start)


def with_answers(body: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """Return a diary's fields with what only the check was told: the first session, the onset, zones, events.

    A log that begins today knows none of them; without the first session a loss after it looks like one before.
    """
    start = starting_diary(answers, "mine", answers.today or FIRST_DAY).model_dump(mode="json", by_alias=True)
    firsts = [day for day in (body.get("first_session"), start["first_session"]) if day]
    kinds = {event["kind"] for event in body.get("events", ())}
    return {
        **body,
        "first_session": min(firsts, default=None),
        "concern": body.get("concern") or start["concern"],
        "zones": body.get("zones") or start["zones"],
        "events": [*body.get("events", ()), *(e for e in start["events"] if e["kind"] not in kinds)],
    }


def starting_diary(answers: Answers, name: str, today: date) -> Diary:
    """Return a new diary that starts with these answers."""
    zones = [
        {"name": z.zone, "area_cm2": _AREA_CM2[z.zone], "needled": bool(z.rolled), "growth": z.growth}
        for z in {z.zone: z for z in answers.zones or ()}.values()
    ]
    document = {
        "schema": "needling-diary/1",
        "id": name,
        "start": today,
        "first_session": answers.first_session,
        "cutoff": max(today, answers.today or today),
        "concern": answers.loss.onset if answers.loss and answers.loss.noticed == "yes" else None,
        "zones": zones,
        "events": [{"date": e.date, "kind": e.kind} for e in answers.events or ()],
        "answers": answers.model_copy(update={"today": answers.today or today}),
    }
    return Diary.model_validate(document)


def refused_file(model: type[F], schema: str, error: Refused) -> F:
    """Return the file of answers or a diary that cannot be used."""
    version = METHOD_VERSION if schema.startswith("hairwise/why") else CARE_VERSION
    return model.model_validate({**head(schema, version, {}, 0.0), "refused": refusal(error)})


def _file(model: type[F], schema: str, result: Record, start: float) -> F:
    settings: dict[str, Any] = {"evidence": load_evidence().compiled}
    fields = head(schema, CARE_VERSION, settings, time.perf_counter() - start)
    return model.model_validate({**fields, **dict(result)})


def _possible(answers: Answers, name: str, day: date | None, within: str = "") -> Answers:
    """Refuse days that cannot be: after ``day``, or a last session before the first."""
    first, last = answers.first_session, answers.last_session
    if first and last and last < first:
        raise Refused(
            "bad_field",
            f"{name}: field {within}last_session is {last}, before {within}first_session ({first}).",
            "Swap or correct the two days.",
        )
    given = {"first_session": first, "last_session": last, "loss.onset": answers.loss.onset if answers.loss else None}
    given |= {f"events.{n}.date": event.date for n, event in enumerate(answers.events or ())}
    for field, value in given.items():
        if day is not None and value is not None and value > day:
            limit = f"the last day of the diary (cutoff {day})" if within else f"today ({day})"
            why = f"{name}: field {within}{field} is {value}, after {limit}."
            raise Refused("bad_field", why, "Correct the day.")
    return answers
