"""A person's experiment on themselves: proposed, registered before it starts, analysed as registered.

Knows: the shape of proposals, protocol and finding. Must not know: how power or gain were reached.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003  pydantic needs it at run time
from typing import Annotated, Literal

from pydantic import Field

from hairwise.records.base import Estimate, Probability, Record, Sentence
from hairwise.records.verdicts import FileHead, PlannedDay

__all__ = ["CentItem", "ExperimentFile", "ExperimentKind", "ExperimentResult", "Gain", "Power", "Proposal", "Protocol"]

ExperimentKind = Literal["pause", "photos", "split_scalp"]


class Gain(Record):
    """How often rolling, another cause or nothing would be told right: now, and after."""

    now: Probability
    after: Probability
    simulated: Annotated[int, Field(gt=0)]


class Power(Record):
    """Chance of showing an effect of this size at 95 %, where it is there."""

    effect_pct: float
    power: Probability


class Proposal(Record):
    """One way to find out more. One that is not offered says why."""

    kind: ExperimentKind
    offered: bool
    days: Annotated[int, Field(ge=0)]
    why: tuple[Sentence, ...]
    do: tuple[Sentence, ...] = ()
    schedule: tuple[PlannedDay, ...] = ()
    gain: Gain | None = None
    power: tuple[Power, ...] = ()


class Protocol(Record):
    """What was laid down before the experiment began.

    ``entries_sha256`` is of the entries up to ``diary_ends``, the diary's last day then; counts between ``starts`` and
    ``judged_from`` are left out, since effects take time.
    """

    kind: ExperimentKind
    diary_id: str
    registered_on: date
    diary_ends: date
    run_in_from: date
    starts: date
    judged_from: date
    ends: date
    method: Literal["wash", "comb60", "shower"]
    outcome: str
    analysis: str
    entries_sha256: str
    rolled_side: Literal["left", "right"] | None = None
    seed: int | None = None
    power: tuple[Power, ...] = ()


class ExperimentResult(Record):
    """What an experiment showed: change of shedding in per cent (split scalp: rolled against unrolled side).

    ``stopped`` where a doctor comes first, or the safety lock forbids to roll on.
    """

    state: Literal["lower", "higher", "not_shown", "cannot_tell", "stopped"]
    change_pct: Estimate | None
    n_before: int
    n_during: int
    sentences: tuple[Sentence, ...]


class CentItem(Record):
    """An item of CENT 2015, the way trials in one person are reported."""

    item: str
    text: str


class ExperimentFile(FileHead):
    """File ``STEM.experiment.json``, ``hairwise/experiment/1``."""

    proposals: tuple[Proposal, ...] = ()
    protocol: Protocol | None = None
    result: ExperimentResult | None = None
    report: tuple[CentItem, ...] = ()
    limits: tuple[Sentence, ...] = ()
