"""The check's answers as a FHIR QuestionnaireResponse.

Knows: the shape of a QuestionnaireResponse. Must not know: what follows from an answer.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from hairwise.records.questions import QuestionField
from hairwise.report.fhir_sheet import Element, Sheet, plain, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hairwise.records.answers import Answers
    from hairwise.records.questions import Question

__all__ = ["response"]

_UNIT_CODES = {"mm": "mm", "years": "a"}


def response(sheet: Sheet, answers: Answers, questions: Sequence[Question]) -> Element:
    """
    Return every answer that was given, under the question it answers.

    Parameters
    ----------
    sheet : Sheet
    answers : Answers
    questions : sequence of Question
        In the order they are asked; what none of them asks comes last, under its own name.
    """
    given: dict[str, list[Any]] = {}
    for name, value in _flat(answers):
        given.setdefault(name, []).append(value)
    groups = [(q.id, q.text, q.fields) for q in questions]
    asked = {field.name for _, _, fields in groups for field in fields}
    rest = tuple(QuestionField(name=n, label=n, kind="lines") for n in given if n not in asked)
    items = [_group(name, text, fields, given) for name, text, fields in [*groups, ("more", "More", rest)]]
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": sheet.patient,
        "authored": answers.today.isoformat() if answers.today else None,
        "source": sheet.patient,
        "item": [item for item in items if item["item"]],
    }


def _group(name: str, text: str, fields: Sequence[QuestionField], given: Mapping[str, list[Any]]) -> Element:
    items = [
        {"linkId": field.name, "text": field.label, "answer": told}
        for field in fields
        if (told := [answer for value in given.get(field.name, ()) if (answer := _answer(field, value))])
    ]
    return {"linkId": name, "text": text, "item": items}


def _flat(answers: Answers) -> Iterator[tuple[str, Any]]:
    """Yield each answer under its dotted name, as the questions have it."""
    told = answers.model_dump(exclude={"schema_", "today"}, exclude_none=True)
    for zone in told.pop("zones", ()):
        yield from ((f"zones.{zone['zone']}.{part}", zone[part]) for part in ("growth", "rolled") if part in zone)
    for event in told.pop("events", ()):
        yield f"events.{event['kind']}", event["date"]
    for name, value in told.items():
        for inner, part in value.items() if isinstance(value, dict) else [(None, value)]:
            for one in part if isinstance(part, tuple | list) else [part]:
                if one is not None:
                    yield (f"{name}.{inner}" if inner else name), one


def _answer(field: QuestionField, value: Any) -> Element | None:
    """Return a value as FHIR tells it, choices in the words that were shown; None for blank text."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int | float):
        if field.unit in _UNIT_CODES:
            return {"valueQuantity": quantity(value, _UNIT_CODES[field.unit])}
        return {"valueInteger": value} if isinstance(value, int) else {"valueDecimal": value}
    if isinstance(value, date):
        return {"valueDate": value.isoformat()}
    words = {option.value: option.label for option in field.options}
    said = plain(words.get(str(value), str(value)))
    return {"valueString": said} if said else None
