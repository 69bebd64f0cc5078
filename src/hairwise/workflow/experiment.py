"""Propose, register and analyse an experiment of one person on themselves.

Knows: the order of stages. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from hairwise.care import experiment as care
from hairwise.care import protocol as care_protocol
from hairwise.errors import Refused
from hairwise.evidence.inference import inference_facts
from hairwise.evidence.load import load_evidence
from hairwise.infer.experiment import Schedule, expected_gain
from hairwise.infer.settings import METHOD_VERSION, InferSettings
from hairwise.infer.steps import MIN_COUNTS, Step, sides_power, sides_ratio, step_of_counts, step_power
from hairwise.records.experiment import ExperimentFile, ExperimentResult, Power, Protocol
from hairwise.records.parse import parse_record
from hairwise.workflow.files import head, read_bytes, refusal, short_name
from hairwise.workflow.person import explain

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hairwise.records.base import Sentence
    from hairwise.records.diary import Diary
    from hairwise.records.experiment import ExperimentKind, Proposal
    from hairwise.records.verdicts import WhyResult

__all__ = [
    "analyse_experiment", "propose_experiment", "quick_proposals", "read_protocol", "refused_experiment",
    "register_experiment",
]  # fmt: skip

_SCHEMA = "hairwise/experiment/1"
_FALLS, _RISES = (-20.0, -30.0, -50.0), (30.0, 50.0, 100.0)  # effects whose power is told [%]
_SEED = 20261128
_OLD_DAYS = 31  # a diary that ends longer ago does not tell what is so now
Method = Literal["wash", "comb60", "shower"]
_METHODS: tuple[Method, ...] = ("wash", "comb60", "shower")


def propose_experiment(diary: Diary, today: date) -> ExperimentFile:
    """Say which experiments could tell more, what each is expected to bring, and which may not be done."""
    start = time.perf_counter()
    file = _file(start, proposals=_proposals(diary, today))
    if (today - diary.cutoff).days <= _OLD_DAYS:
        return file
    text = (
        f"This diary ends on {diary.cutoff}, {(today - diary.cutoff).days} days ago; the days above count from there."
    )
    return file.model_copy(update={"limits": (care_protocol.in_words(text), *file.limits)})


def quick_proposals(diary: Diary, why: WhyResult, today: date) -> tuple[Proposal, ...]:
    """Propose from an answer that is known already, without simulating what each experiment would bring."""
    return _proposals(diary, today, is_simulated=False, why=why)


def register_experiment(diary: Diary, kind: ExperimentKind, today: date, seed: int) -> ExperimentFile:
    """
    Lay an experiment down before it begins.

    Raises
    ------
    Refused
        ``not_offered`` where it may not be done, ``old_diary`` where the diary ends over a month ago.
    """
    start = time.perf_counter()
    if (today - diary.cutoff).days > _OLD_DAYS:
        why = f"The diary ends on {diary.cutoff}, {(today - diary.cutoff).days} days ago."
        raise Refused("old_diary", why, "Write down what happened since, and set its last day (cutoff).")
    proposals = _proposals(diary, today, is_simulated=False)
    chosen = next((p for p in proposals if p.kind == kind), proposals[0])
    entries = _fingerprint(diary, diary.cutoff)
    by = care_protocol.Registration(diary.id, diary.cutoff, entries, today, _method(diary), seed)
    protocol = care_protocol.lay_down(chosen, by)
    return _file(start, proposals=(chosen,), protocol=protocol, report=care_protocol.cent_report(protocol, None))


def analyse_experiment(diary: Diary, protocol: Protocol) -> ExperimentFile:
    """
    Analyse an experiment as it was registered; one that may not go on is said to be stopped, however early.

    Raises
    ------
    Refused
        ``other_diary`` where it was registered for another one, ``too_early`` before its last day.
    """
    start = time.perf_counter()
    if diary.id != protocol.diary_id:
        why = f"This experiment was registered for the diary {protocol.diary_id}, not for {diary.id}."
        raise Refused("other_diary", why, "Name its own file with --out.")
    stop = care.must_stop(diary, explain(diary).result, load_evidence(), protocol.kind)
    if stop:
        result = ExperimentResult(state="stopped", change_pct=None, n_before=0, n_during=0, sentences=stop)
    elif diary.cutoff < protocol.ends:
        why = f"The experiment runs until {protocol.ends}; the diary ends on {diary.cutoff}."
        raise Refused("too_early", why, "Go on as registered, and ask again after that day.")
    else:
        result = _judged(diary, protocol)
    if _fingerprint(diary, protocol.diary_ends) != protocol.entries_sha256:
        changed = care_protocol.in_words("Entries from before the registration were changed since then.")
        result = result.model_copy(update={"sentences": (*result.sentences, changed)})
    return _file(start, protocol=protocol, result=result, report=care_protocol.cent_report(protocol, result))


def read_protocol(path: Path) -> Protocol | None:
    """
    Return what a file of an earlier call registered; None where there is no such file or nothing was registered.

    Raises
    ------
    Refused
        Naming the file and the field, where it is no experiment's file.
    """
    if not path.exists():
        return None
    return parse_record(ExperimentFile, read_bytes(path), short_name(path.name)).protocol


def refused_experiment(error: Refused) -> ExperimentFile:
    """Return the file of an experiment that cannot be told."""
    return ExperimentFile.model_validate({**head(_SCHEMA, METHOD_VERSION, {}, 0.0), "refused": refusal(error)})


def _file(start: float, **told: object) -> ExperimentFile:
    fields = head(_SCHEMA, METHOD_VERSION, asdict(InferSettings()), time.perf_counter() - start)
    limits = (
        care_protocol.in_words("What may come of it rests on the answer as it stands. If that is wrong, so is this."),
        care_protocol.in_words(
            "One open trial in one person shows what changed with rolling, not that nothing else did."
        ),
    )
    return ExperimentFile.model_validate({**fields, "limits": limits, **told})


def _method(diary: Diary) -> Method:
    """Return the way this person mostly counts."""
    return max(_METHODS, key=lambda m: sum(c.method == m for c in diary.counts))


def _fingerprint(diary: Diary, until: date) -> str:
    """Hash of what was counted, photographed and rolled up to a day."""
    entries = [
        entry.model_dump_json()
        for name in ("counts", "density", "sessions")
        for entry in getattr(diary, name)
        if entry.date <= until
    ]
    return hashlib.sha256("\n".join([diary.id, *sorted(entries)]).encode()).hexdigest()


def _proposals(
    diary: Diary, today: date, *, is_simulated: bool = True, why: WhyResult | None = None
) -> tuple[Proposal, ...]:
    """Propose; what a plan may bring is simulated only where it is to be shown."""
    facts, why, method = inference_facts(), why or explain(diary).result, _method(diary)
    days = care.pause_days(why)
    counts, _ = care.schedule_days("pause", diary.cutoff, days)
    _, photos = care.schedule_days("photos", diary.cutoff, days)
    judged = diary.cutoff + timedelta(days=1 if days == care.PAUSE_DAYS[0] else 43)
    power = step_power(diary, facts, method, (counts, judged), _FALLS)
    gain = expected_gain(diary, facts, Schedule(method, counts), _SEED) if is_simulated else None
    worth = {"pause": care.Worth(gain, _powers(_FALLS, power))}
    zones = _zones(diary)
    if zones and is_simulated:
        plan = Schedule(method, (), photos, zones)
        worth["photos"] = care.Worth(expected_gain(diary, facts, plan, _SEED))
    usual = sorted(c.count for c in diary.counts if c.method == method)
    if usual:
        n = care.RUN_IN_DAYS // 3, care.SPLIT_DAYS // 3
        worth["split_scalp"] = care.Worth(None, _powers(_RISES, sides_power(usual[len(usual) // 2], n, _RISES)))
    is_old = (today - diary.cutoff).days > _OLD_DAYS
    return care.propose(
        (diary, why), load_evidence(), worth, diary.cutoff if is_old else max(today, diary.cutoff), method
    )


def _zones(diary: Diary) -> tuple[str, ...]:
    """One rolled and one unrolled zone, where the diary has both."""
    rolled = [z.name for z in diary.zones if z.needled]
    other = [z.name for z in diary.zones if not z.needled]
    return (rolled[0], other[0]) if rolled and other else ()


def _powers(effects: tuple[float, ...], power: list[float]) -> tuple[Power, ...]:
    """Return the powers; none where nothing could be shown at all."""
    told = [Power(effect_pct=e, power=min(max(p, 0.0), 1.0)) for e, p in zip(effects, power, strict=True)]
    return tuple(told) if any(p.power > 0 for p in told) else ()


def _judged(diary: Diary, protocol: Protocol) -> ExperimentResult:
    """Say what came out, once it is over and may be looked at."""
    p, split = protocol, protocol.kind == "split_scalp"
    if p.kind == "photos":
        text = "The photos are compared by `hairwise series`, hair by hair, rolled against unrolled."
        return _untold(text, (0, 0))
    # a pause must be free of sessions, a split scalp's run-in too
    last_free = p.starts - timedelta(days=1) if split else p.ends
    broken = {s.date for s in diary.sessions if p.run_in_from <= s.date <= last_free}
    if broken:
        n = len(broken)
        text = (
            f"There was rolling on {n} day{'s' if n > 1 else ''} that should have been free of it, so this was no test."
        )
        return _untold(text, (0, 0))
    if split:
        step = sides_ratio(diary, p.rolled_side or "left", (p.run_in_from, p.judged_from, p.ends))
    else:
        step = step_of_counts(diary, inference_facts(), p.method, (p.starts, p.judged_from, p.ends))
    if not isinstance(step, Step):
        before, during = step
        text = f"There are {before} counts before and {during} during; {MIN_COUNTS} of each are needed to say anything."
        return _untold(text, step)
    change = step.percent()
    state, sentence = care_protocol.finding(p.kind, change)
    return ExperimentResult(
        state=state, change_pct=change, n_before=step.n_before, n_during=step.n_during, sentences=(sentence,)
    )


def _untold(text: str, n: tuple[int, int]) -> ExperimentResult:
    told: tuple[Sentence, ...] = (care_protocol.in_words(text),)
    return ExperimentResult(state="cannot_tell", change_pct=None, n_before=n[0], n_during=n[1], sentences=told)
