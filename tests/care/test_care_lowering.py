"""Nothing lowers urgency or opens the lock: not a fact left out, blanked, or contradicted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hairwise.care.case import answers_of_diary
from hairwise.care.rules import fired, urgency_of
from hairwise.care.screen import screen_answers
from hairwise.evidence.load import load_evidence
from hairwise.records.answers import CONDITIONS, FINDINGS, Answers
from hairwise.records.diary import Diary
from hairwise.records.verdicts import URGENCIES

EVIDENCE = load_evidence()
TODAY = date(2026, 6, 1)
ZONES = ("hairline", "front", "temples", "mid", "vertex", "parietal", "occiput")
# Facts that describe a person; none of them is a sign, so none may calm. Dropping one is leaving it out.
MODIFIERS = (
    "age", "sex", "pregnant", "started", "device", "needle_mm", "passes", "speed", "pressure", "interval_days",
    "sessions", "first_session", "last_session", "products_within_24h", "events",
)  # fmt: skip

NOT_SURE_COUNTS = ("retained_needle", "swelling_face_or_eye", "headache_jaw_or_vision")
tri = st.sampled_from(["yes", "no", "unknown", None])
# half of the sessions lie within three weeks, where healing and its limits decide
day = st.one_of(st.integers(0, 20), st.integers(0, 900)).map(lambda n: (TODAY - timedelta(days=n)).isoformat())
signs = st.dictionaries(st.sampled_from(FINDINGS), tri, max_size=8)
person = st.fixed_dictionaries(
    {
        "age": st.one_of(st.none(), st.integers(5, 90)),
        "sex": st.sampled_from(["f", "m", "x", None]),
        "pregnant": tri,
        "started": st.sampled_from([True, False, None]),
        "device": st.sampled_from(["roller", "pen", "stamp", None]),
        "needle_mm": st.sampled_from([0.25, 1.5, 2.5, None]),
        "passes": st.sampled_from([2, 40, None]),
        "speed": st.sampled_from(["slow", "fast", None]),
        "pressure": st.sampled_from(["light", "hard", None]),
        "interval_days": st.sampled_from([1.0, 28.0, None]),
        "sessions": st.sampled_from([1, 12, None]),
        "last_session": st.one_of(st.none(), day),
        "products_within_24h": st.sampled_from([None, ("minoxidil",), ("serum",)]),
        "zones": st.lists(
            st.fixed_dictionaries(
                {
                    "zone": st.sampled_from(ZONES),
                    "growth": st.sampled_from(["good", "thin", "bald", None]),
                    "rolled": st.sampled_from([True, False, None]),
                }
            ),
            max_size=3,
        ),
        "loss": st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {
                    "noticed": tri,
                    "onset": st.one_of(st.none(), day),
                    "pattern": st.sampled_from(["diffuse", "rolled_zones", "patches", "unknown", None]),
                    "zones": st.sampled_from([None, ("vertex",), ("mid", "vertex", "front")]),
                    "severity": st.sampled_from(["mild", "severe", None]),
                }
            ),
        ),
        "events": st.sampled_from([None, (), ({"kind": "illness", "date": TODAY},)]),
        "findings": signs,
        "conditions": st.dictionaries(st.sampled_from(CONDITIONS), tri, max_size=4),
        "hygiene": st.one_of(st.none(), st.fixed_dictionaries({"shared_device": tri, "disinfected": tri})),
    }
)


def read(answers: dict[str, Any]) -> Answers:
    return Answers.model_validate({"schema": "hairwise/answers/1", "today": TODAY, **answers})


def state(answers: Answers) -> tuple[int, bool]:
    """Rank of the urgency (0 is most urgent) and whether the lock is open."""
    urgency = urgency_of(fired(answers, TODAY, EVIDENCE), EVIDENCE)
    return URGENCIES.index(urgency), not screen_answers(answers, TODAY, EVIDENCE).lock.on


def calmed(answers: dict[str, Any], edits: list[str]) -> dict[str, Any]:
    """Leave out, blank or deny everything that is not itself a sign answered yes."""
    out = {key: value for key, value in answers.items() if key not in edits}
    # not sure is itself a sign where a needle may have stayed or an eye may swell: taking it back is no contradiction
    kept = {k: v for k, v in answers["findings"].items() if v == "yes" or (v == "unknown" and k in NOT_SURE_COUNTS)}
    if "blank findings" in edits:
        out["findings"] = dict.fromkeys(answers["findings"]) | kept
    if "deny findings" in edits:
        denied = dict.fromkeys(FINDINGS, "no")
        denied.pop("pain")  # that the scalp is not sore is a fact about an artery, and a new answer
        out["findings"] = denied | kept
    if "drop blanks" in edits:
        out["findings"] = {k: v for k, v in out.get("findings", {}).items() if v is not None}
    if "deny conditions" in edits:
        out["conditions"] = dict.fromkeys(CONDITIONS, "no") | {
            k: v for k, v in answers["conditions"].items() if v == "yes"
        }
    if "deny loss" in edits and answers["loss"] is not None:
        out["loss"] = {**answers["loss"], "noticed": "no"}
    loss = out.get("loss")
    if loss is not None and "blank pattern" in edits and loss["pattern"] != "patches":  # patches are themselves a sign
        out["loss"] = {**loss, "pattern": None}
    if "clean device" in edits and answers["hygiene"] is not None:
        out["hygiene"] = {**answers["hygiene"], "disinfected": "yes"}
    if "praise zones" in edits:
        out["zones"] = [*answers["zones"], {"zone": "vertex", "growth": "thin", "rolled": False}]
    return out


EDITS = (
    *MODIFIERS, "blank findings", "deny findings", "drop blanks", "deny conditions", "deny loss", "blank pattern",
    "clean device", "praise zones",
)  # fmt: skip


def loss_is_told(answers: dict[str, Any], but_for: tuple[str, ...]) -> bool:
    """Is a loss told by any other field than these?"""
    loss = {key: value for key, value in (answers["loss"] or {}).items() if key not in but_for}
    said = loss.get("noticed") == "yes" or loss.get("pattern") not in (None, "unknown")
    return bool(said or loss.get("onset") or loss.get("severity"))


@settings(max_examples=10_000, deadline=None)
@given(answers=person, edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=6, unique=True))
def test_urgency_never_falls(answers: dict[str, Any], edits: list[str]) -> None:
    # taking back the only trace of a loss is a new answer, no contradiction
    if "deny loss" in edits and not loss_is_told(answers, but_for=("noticed",)):
        edits = [edit for edit in edits if edit != "deny loss"]
    taken = ("noticed", "pattern") if "deny loss" in edits else ("pattern",)
    if not loss_is_told(answers, but_for=taken):
        edits = [edit for edit in edits if edit != "blank pattern"]
    before, _ = state(read(answers))
    after, _ = state(read(calmed(answers, edits)))
    assert after <= before


@settings(max_examples=10_000, deadline=None)
@given(answers=person, left_out=st.lists(st.sampled_from(MODIFIERS), min_size=1, max_size=6, unique=True))
def test_the_lock_never_opens_by_leaving_out(answers: dict[str, Any], left_out: list[str]) -> None:
    _, was_open = state(read(answers))
    _, is_open = state(read({key: value for key, value in answers.items() if key not in left_out}))
    assert was_open or not is_open


@settings(max_examples=2_000, deadline=None)
@given(answers=person, denied=st.lists(st.sampled_from(FINDINGS), max_size=6))
def test_a_diary_that_contradicts_its_answers_is_not_calmer(answers: dict[str, Any], denied: list[str]) -> None:
    base = read(answers)
    findings = [{"date": TODAY, "kind": kind, "present": "no"} for kind in denied if base.finding(kind) == "yes"]
    document = {"schema": "needling-diary/1", "id": "x", "cutoff": TODAY, "answers": base, "findings": findings}
    rank, is_open = state(answers_of_diary(Diary.model_validate(document)))
    was, was_open = state(base)
    assert rank <= was
    assert was_open or not is_open


def test_a_day_left_out_does_not_calm_pain_where_rolling_is_said_not_to_have_begun() -> None:
    told = {"started": False, "last_session": "2026-05-28", "findings": {"itch": "yes", "pain": "yes"}}
    before, _ = state(read(told))
    after, _ = state(read({key: value for key, value in told.items() if key != "last_session"}))
    assert after <= before
