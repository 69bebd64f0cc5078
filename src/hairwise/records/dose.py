"""How much needling a zone had: holes, depth, rhythm, as intervals, with what they rest on.

Knows: the shape of a dose. Must not know: how it is computed.
"""

from __future__ import annotations

from datetime import date as Date
from typing import Literal

from hairwise.records.base import Record, Sentence, Zone

__all__ = ["DoseAnswer", "DoseBasis", "Reach", "SessionDose", "StruckShare", "TrialDose", "ZoneDose"]

DoseBasis = Literal["written", "device", "like_roller_mf8_192", "not_known"]


class Reach(Record):
    """The lowest and the highest that fit what is known."""

    lo: float
    hi: float


class SessionDose(Record):
    """
    One zone on one day.

    ``punctures_per_cm2`` is an upper bound: every needle enters, no hole meets another. ``basis`` says whether it was
    written in the diary, follows from a named device, or from the one roller whose drum was measured
    (``like_roller_mf8_192``). ``depth_mm`` is 20 to 70 % of the needle's length.
    """

    date: Date
    zone: Zone
    punctures_per_cm2: float | None
    basis: DoseBasis
    depth_mm: Reach | None


class StruckShare(Record):
    """Share of follicles [%] whose tube a needle of one session may touch: an illustration with its assumptions."""

    pct: Reach
    assumptions: tuple[str, ...]


class ZoneDose(Record):
    """
    A zone over time.

    Sums are over sessions whose holes are known (``n_known``); ``by_28_days`` are sums [holes/cm2] over each 28 days,
    counted back from the last day of the diary, the oldest first. ``struck`` speaks of the session with most holes.
    """

    zone: Zone
    n_sessions: int
    n_known: int
    first: Date
    last: Date
    interval_days: float | None
    needle_mm: Reach | None
    depth_mm: Reach | None
    punctures_per_cm2_session: Reach | None
    punctures_per_cm2_total: float | None
    by_28_days: tuple[float, ...]
    struck: StruckShare | None
    sessions: tuple[SessionDose, ...]


class TrialDose(Record):
    """What a trial did, as far as it is known; no trial's holes per cm2 were found."""

    source: str
    verified: str
    needle_mm: str
    interval_days: str
    n_sessions: str
    weeks: str
    endpoint: str
    with_: str


class DoseAnswer(Record):
    """The dose of one session with a given device, with the trials beside it and every sentence's source."""

    punctures_per_cm2: float
    depth_mm: Reach | None
    struck: StruckShare
    trials: tuple[TrialDose, ...]
    sentences: tuple[Sentence, ...]
