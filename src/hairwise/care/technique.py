"""What in the person's own log was rough, and what to change and why.

Knows: how sessions were done, and what sources say of it. Must not know: how probabilities were made.
While the lock is on only the log and the reasons are told: nothing that guides a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.care.case import real_interval
from hairwise.care.phrases import fact, instruct, measured, not_found
from hairwise.care.screen import HOME_NEEDLE_MM, MANY_PASSES, TRIAL_DAYS
from hairwise.records.base import ZONE_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hairwise.care.screen import Screening
    from hairwise.records.answers import Answers
    from hairwise.records.base import Sentence
    from hairwise.records.diary import Session
    from hairwise.records.evidence import Evidence

__all__ = ["LEAST_INTERVAL_DAYS", "technique"]

LEAST_INTERVAL_DAYS = 14  # the trials of needles up to 1.2 mm (faghihi2021)
_LONG_MM = 1.2
_TOLD = 3  # of passes, needle, interval and pressure
_OLD_NEEDLES = 6  # sessions; our figure: no tested limit was found (replace)
_BAD_PAIN = 7  # of 10
_RED_HOURS = 72
_TURNS = ("turn", "circ", "zig", "twist", "curve", "back and forth", "diagonal")


@dataclass(frozen=True)
class _Log:
    """Sessions summed up; ``n`` of them, zero where only the check was answered. Zones of one day are one session."""

    n: int
    hard: int
    fast: int
    bleeding: int
    dirty: int
    turned: int
    passes: float
    needle_mm: float
    needle_age: int
    pain: float
    redness_h: float
    interval_days: float | None
    told_pressure: bool
    missing: tuple[str, ...]

    @property
    def origin(self) -> str:
        return "diary" if self.n else "answers"

    def says(self, hits: int, words: str) -> Sentence:
        """Tell how many sessions; answers speak of all of them."""
        return measured(f"{words} in {hits} of {self.n} sessions." if self.n else f"{words}.", self.origin)


def technique(
    sessions: Sequence[Session], answers: Answers, screening: Screening, evidence: Evidence
) -> tuple[Sentence, ...]:
    """
    Return topic by topic what the log shows, why it matters and, without the lock, what to change.

    Parameters
    ----------
    sessions : sequence of Session
        Of the diary; empty where only the check was answered.
    answers : Answers
        What was answered, or what the diary's entries say.
    screening : Screening
        Its lock leaves out every sentence that guides a session.
    evidence : Evidence
    """
    log = _log(sessions, answers)
    topics = (_pressure, _depth, _passes, _speed, _direction, _interval, _needles, _end_point, _after)
    said = [pair for topic in topics for pair in topic(log, evidence)]
    said += _zones(screening)
    out = [sentence for guides, sentence in said if not (guides and screening.lock.on)]
    if not out and answers.started is not False:
        enough = sum((log.passes > 0, log.needle_mm > 0, log.interval_days is not None, log.told_pressure)) >= _TOLD
        words = "Nothing in your log stands out." if enough else "Too little is written down to look at how you rolled."
        out.append(measured(words, log.origin))
    if log.missing and log.n:
        out.append(measured(f"Not in your log: {', '.join(log.missing)}. Write it down next time it matters.", "diary"))
    return tuple(out)


# Each topic returns (guides, sentence): a sentence that guides a session is left out while the lock is on.
_Said = list[tuple[bool, "Sentence"]]


def _pressure(log: _Log, ev: Evidence) -> _Said:
    if not log.hard:
        return []
    return [
        (False, log.says(log.hard, "Pressure: you wrote hard")),
        (False, fact(ev, "cause_support.2", "No study has measured how pressure changes hair loss.")),
        (
            True,
            instruct("Change: press lightly, with the roller's own weight."),
        ),
    ]


def _depth(log: _Log, ev: Evidence) -> _Said:
    if log.needle_mm < _LONG_MM:
        return []
    out: _Said = [
        (False, measured(f"Depth: your longest needle is {log.needle_mm:g} mm.", log.origin)),
        (True, fact(ev, "faghihi2021", "In a trial, 0.6 mm needles did no worse than 1.2 mm.")),
    ]
    if log.needle_mm > HOME_NEEDLE_MM:
        out.append((False, instruct("Needles over 1.5 mm are for clinics; do not use them at home.")))
    else:
        out.append((True, instruct("Change: ask whether a shorter needle would do.")))
    return out


def _passes(log: _Log, ev: Evidence) -> _Said:
    if log.passes <= MANY_PASSES:
        return []
    return [
        (False, measured(f"Passes: you wrote up to {log.passes:g} over one place.", log.origin)),
        (False, fact(ev, "holes_per_pass_model", "Each pass of a measured roller adds up to 15 holes per cm2.")),
        (True, instruct("Change: fewer passes; end at light redness, before any bleeding.")),
    ]


def _speed(log: _Log, ev: Evidence) -> _Said:
    if not log.fast:
        return []
    return [
        (False, log.says(log.fast, "Speed: you wrote fast")),
        (
            False,
            fact(
                ev, "cause_support.1", "Scars in lines are a known harm of poor technique; hair loss was not studied."
            ),
        ),
        (True, instruct("Change: slow and even, so that needles go straight in and out.")),
    ]


def _direction(log: _Log, ev: Evidence) -> _Said:
    if not log.turned:
        return []
    return [
        (False, log.says(log.turned, "Direction: you wrote turns or slants")),
        (
            True,
            instruct("Change: straight strokes; lift the roller before each turn, so that hair is not wound up."),
        ),
    ]


def _interval(log: _Log, ev: Evidence) -> _Said:
    days = log.interval_days
    if days is None or days >= LEAST_INTERVAL_DAYS:
        return []
    out: _Said = [
        (
            False,
            measured(
                f"Interval: you wrote about {days:.2g} day{'' if days == 1 else 's'} between sessions.", log.origin
            ),
        )
    ]
    if days < TRIAL_DAYS:
        out.append((False, fact(ev, "english2022", "Trials needled weekly to monthly, never more often.")))
    out.append((True, instruct(f"Change: {LEAST_INTERVAL_DAYS} days or more between sessions.")))
    out.append((True, fact(ev, "gupta2022_regression", "Fewer sessions over a longer time may help more.")))
    return out


def _needles(log: _Log, ev: Evidence) -> _Said:
    if log.needle_age <= _OLD_NEEDLES:
        return []
    return [
        (False, measured(f"Needles: yours had done {log.needle_age} sessions.", log.origin)),
        (False, not_found("replace", "No tested limit was found for how often a roller may be used.")),
        (False, instruct("Change: throw the roller away when a needle is dull, bent or hooked, or after a fall.")),
    ]


def _end_point(log: _Log, ev: Evidence) -> _Said:
    if not log.bleeding:
        return []
    return [
        (False, log.says(log.bleeding, "End point: you wrote points of blood")),
        (True, fact(ev, "protocols.4", "A trial of 1.5 mm needles ended each session at light redness.")),
        (True, instruct("Change: stop at light redness, before bleeding.")),
    ]


def _after(log: _Log, ev: Evidence) -> _Said:
    out: _Said = []
    if log.pain >= _BAD_PAIN:
        out.append((False, measured(f"Pain: you wrote up to {log.pain:g} of 10.", log.origin)))
    if log.redness_h > _RED_HOURS:
        out.append((False, measured(f"Redness: you wrote up to {log.redness_h:g} hours.", log.origin)))
        out.append((False, fact(ev, "transient_reaction", "Redness after needling usually fades within 7 days.")))
    if log.dirty:
        out.append((False, log.says(log.dirty, "Hygiene: you wrote a device that was not disinfected")))
    return out


def _zones(screening: Screening) -> _Said:
    if not screening.good_growth:
        return []
    names = ", ".join(ZONE_LABELS[z] for z in screening.good_growth)
    return [
        (False, measured(f"Zones: you rolled where hair grew well: {names}.", "answers")),
        (False, instruct("Needling is meant for thin or bald areas, not for places where hair grows well.")),
    ]


def _log(sessions: Sequence[Session], answers: Answers) -> _Log:
    def days(hits: Iterable[Session]) -> int:
        return len({s.date for s in hits})

    n = days(sessions)
    blank = {
        "pressure": not any(s.pressure for s in sessions),
        "speed": not any(s.speed for s in sessions),
        "direction": not any(s.direction for s in sessions),
        "age of the needles": all(s.needle_age_sessions is None for s in sessions),
    }
    hygiene = answers.hygiene
    return _Log(
        n=n,
        hard=days(s for s in sessions if s.pressure == 3) if n else int(answers.pressure == "hard"),
        fast=days(s for s in sessions if s.speed == "fast") if n else int(answers.speed == "fast"),
        bleeding=days(s for s in sessions if s.endpoint == "pinpoint_bleeding"),
        dirty=days(s for s in sessions if s.disinfected is False)
        if n
        else int(hygiene is not None and hygiene.disinfected == "no"),
        turned=days(s for s in sessions if any(word in (s.direction or "").lower() for word in _TURNS)),
        passes=max((s.passes or 0 for s in sessions), default=answers.passes or 0),
        needle_mm=max((s.needle_mm or 0 for s in sessions), default=answers.needle_mm or 0),
        needle_age=max((s.needle_age_sessions or 0 for s in sessions), default=0),
        pain=max((s.pain or 0 for s in sessions), default=0),
        redness_h=max((s.redness_h or 0 for s in sessions), default=0),
        interval_days=real_interval(answers),
        told_pressure=bool(answers.pressure) or any(s.pressure for s in sessions),
        missing=tuple(name for name, is_blank in blank.items() if is_blank),
    )
