"""Propose, register and analyse an experiment of one person on themselves.

Knows: the order of stages. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from hairwise.care import experiment as care
from hairwise.errors import Refused
from hairwise.evidence.inference import inference_facts
from hairwise.evidence.load import load_evidence
from hairwise.infer import experiment as infer
from hairwise.infer.settings import METHOD_VERSION, InferSettings
from hairwise.records.experiment import ExperimentFile, ExperimentResult, Power, Protocol
from hairwise.records.parse import parse_record
from hairwise.workflow.files import head, read_bytes, refusal, short_name
from hairwise.workflow.person import explain

if TYPE_CHECKING:
    from pathlib import Path

    from hairwise.infer.experiment import Step
    from hairwise.records.diary import Diary
    from hairwise.records.experiment import ExperimentKind, Proposal
    from hairwise.records.verdicts import WhyResult

__all__ = [
    "analyse_experiment", "propose_experiment", "read_protocol", "refused_experiment", "register_experiment",
]  # fmt: skip

_SCHEMA = "hairwise/experiment/1"
_FALLS, _RISES = (-20.0, -30.0, -50.0), (30.0, 50.0, 100.0)  # effects whose power is told [%]
_SEED = 20261128


def propose_experiment(diary: Diary) -> ExperimentFile:
    """Say which experiments could tell more, what each is expected to bring, and which may not be done."""
    start = time.perf_counter()
    why = explain(diary).result
    return _file(start, proposals=_proposals(diary, why))


def register_experiment(diary: Diary, kind: ExperimentKind, seed: int) -> ExperimentFile:
    """
    Lay an experiment down before it begins.

    Raises
    ------
    Refused
        ``not_offered`` where it may not be done.
    """
    start = time.perf_counter()
    proposals = _proposals(diary, explain(diary).result)
    chosen = next((p for p in proposals if p.kind == kind), None)
    if chosen is None:
        raise Refused("not_offered", proposals[0].why[0].text, "See a doctor first.")
    sha = hashlib.sha256(diary.model_dump_json(by_alias=True).encode()).hexdigest()
    protocol = care.lay_down(chosen, diary.cutoff, sha, seed)
    return _file(start, proposals=(chosen,), protocol=protocol, report=care.cent_report(protocol, None))


def analyse_experiment(diary: Diary, protocol: Protocol) -> ExperimentFile:
    """
    Analyse an experiment as it was registered.

    Raises
    ------
    Refused
        ``too_early`` before its last day.
    """
    start = time.perf_counter()
    if diary.cutoff < protocol.ends:
        why = f"The experiment runs until {protocol.ends}; the diary ends on {diary.cutoff}."
        raise Refused("too_early", why, "Go on as registered, and ask again after that day.")
    if protocol.kind == "photos":
        told = care.in_words("The photos are compared by `hairwise series`, hair by hair, rolled against unrolled.")
        result = ExperimentResult(state="cannot_tell", change_pct=None, n_before=0, n_during=0, sentences=(told,))
    elif protocol.kind == "split_scalp" and protocol.rolled_side:
        result = _result(
            infer.sides_ratio(diary, protocol.rolled_side, protocol.starts, protocol.ends), protocol, diary
        )
    else:
        step = infer.step_of_counts(diary, inference_facts(), protocol.starts, protocol.ends)
        result = _result(step, protocol, diary)
    return _file(start, protocol=protocol, result=result, report=care.cent_report(protocol, result))


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
        care.in_words("What is expected is simulated from the answer as it stands; if that is wrong, so is this."),
        care.in_words("One open trial in one person shows what changed with rolling, not that nothing else did."),
    )
    return ExperimentFile.model_validate({**fields, "limits": limits, **told})


def _proposals(diary: Diary, why: WhyResult) -> tuple[Proposal, ...]:
    facts = inference_facts()
    days = care.pause_days(why)
    method = max(("wash", "comb60", "shower"), key=lambda m: sum(c.method == m for c in diary.counts))
    counts, _ = care.schedule_days("pause", diary.cutoff, days)
    _, photos = care.schedule_days("photos", diary.cutoff, days)
    pause = infer.Schedule(method, counts)
    zones = _zones(diary)
    worth = {
        "pause": care.Worth(
            infer.expected_gain(diary, facts, pause, _SEED),
            _powers(_FALLS, infer.step_power(diary, facts, pause, _FALLS)),
        )
    }
    if zones:
        plan = infer.Schedule(method, counts, photos, zones)
        worth["photos"] = care.Worth(infer.expected_gain(diary, facts, plan, _SEED), ())
    usual = sorted(c.count for c in diary.counts if c.method == method)
    if usual:
        n = care.RUN_IN_DAYS // 3, care.SPLIT_DAYS // 3
        worth["split_scalp"] = care.Worth(None, _powers(_RISES, infer.sides_power(usual[len(usual) // 2], n, _RISES)))
    return care.propose(diary, why, load_evidence(), worth)  # type: ignore[arg-type]


def _zones(diary: Diary) -> tuple[str, ...]:
    """One rolled and one unrolled zone, where the diary has both."""
    rolled = [z.name for z in diary.zones if z.needled]
    other = [z.name for z in diary.zones if not z.needled]
    return (rolled[0], other[0]) if rolled and other else ()


def _powers(effects: tuple[float, ...], power: list[float]) -> tuple[Power, ...]:
    return tuple(Power(effect_pct=e, power=min(max(p, 0.0), 1.0)) for e, p in zip(effects, power, strict=True))


def _result(step: Step | None, protocol: Protocol, diary: Diary) -> ExperimentResult:
    if step is None:
        told = care.in_words("There are too few counts before or during the experiment to say anything.")
        return ExperimentResult(state="cannot_tell", change_pct=None, n_before=0, n_during=0, sentences=(told,))
    change = step.percent()
    state = "lower" if change.hi < 0 else "higher" if change.lo > 0 else "not_shown"
    sentences = [care.finding_words(protocol.kind, state, change.lo, change.hi)]
    kept = [s for s in diary.sessions if protocol.starts <= s.date <= protocol.ends]
    if protocol.kind == "pause" and kept:
        days = len({s.date for s in kept})
        sentences.append(care.in_words(f"There were sessions on {days} days of the pause, so it was not one."))
        state = "cannot_tell"
    return ExperimentResult(
        state=state,  # type: ignore[arg-type]
        change_pct=change,
        n_before=step.n_before,
        n_during=step.n_during,
        sentences=tuple(sentences),
    )
