"""An experiment laid down before it begins, what its finding means, and its report.

Knows: proposals, findings as numbers. Must not know: how they were computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from hairwise.care.experiment import PAUSE_DAYS, RUN_IN_DAYS
from hairwise.care.phrases import measured
from hairwise.errors import Refused
from hairwise.records.experiment import CentItem, Protocol

if TYPE_CHECKING:
    from hairwise.records.base import Estimate, Sentence
    from hairwise.records.experiment import ExperimentKind, ExperimentResult, Proposal

__all__ = ["Registration", "cent_report", "finding", "in_words", "lay_down"]

_LATE_DAYS = 42  # of a long pause that are not judged: delayed shedding of earlier sessions is still on its way
_VAGUE = 4.0  # an interval whose ends differ by more than this factor tells nothing
_OUTCOMES = {
    "pause": "Shed hairs by {method}, against the hairs gathered since the last wash.",
    "photos": "Change in the hairs of the rolled less the unrolled spot.",
    "split_scalp": "Shed hairs by {method} of the rolled against the other side, on the same days.",
}
_ANALYSES = {
    "pause": "Counts from {judged} on against those before {starts}; ups and downs and a slow trend count as chance.",
    "photos": "Hairs matched one by one, rolled against unrolled (`hairwise series`).",
    "split_scalp": "The sides' ratio from {judged} on, less that of the run-in from {run_in} on.",
}
_FOUND: dict[tuple[bool, str], str] = {
    (True, "lower"): "Fewer hairs fell during the pause. That fits harm by rolling, and all else that ended then.",
    (
        True,
        "higher",
    ): "More hairs fell during the pause. Delayed shedding from earlier sessions can do that, and so can "
    "other causes. Show it to a dermatologist.",
    (True, "not_shown"): "No change was shown. A change inside this range may still be there.",
    (
        False,
        "lower",
    ): "Fewer hairs fell on the rolled side. Hairs pulled early can be missing later, so this is no gain.",
    (False, "higher"): "More hairs fell on the rolled side. Stop rolling, and show this to a dermatologist.",
    (False, "not_shown"): "No difference between the sides was shown. One inside this range may still be there.",
}


@dataclass(frozen=True)
class Registration:
    """Which diary, up to which day and with which hash of its entries; the real day; how is counted; the lot."""

    diary_id: str
    diary_ends: date
    entries_sha256: str
    today: date
    method: Literal["wash", "comb60", "shower"]
    seed: int


def lay_down(proposal: Proposal, by: Registration) -> Protocol:
    """
    Register an experiment before it begins.

    Parameters
    ----------
    proposal : Proposal
        As offered.
    by : Registration
        The real day; the experiment begins on the next. The side of a split scalp is drawn by the seed, which is
        written down.

    Raises
    ------
    Refused
        ``not_offered`` where the proposal may not be done, or has nothing to count.
    """
    if not proposal.offered:
        raise Refused(
            "not_offered", proposal.why[0].text, "`hairwise experiment` without --register says what may be done."
        )
    if not proposal.schedule:
        why = "This pause has nothing to count, so there is nothing to register."
        raise Refused("not_offered", why, "Pause all the same.")
    sides: tuple[Literal["left"], Literal["right"]] = ("left", "right")
    split = proposal.kind == "split_scalp"
    first = max(by.today, by.diary_ends) + timedelta(days=1)
    starts = first + timedelta(days=RUN_IN_DAYS if split else 0)
    late = proposal.kind == "pause" and proposal.days > PAUSE_DAYS[0]
    judged = starts + timedelta(days=_LATE_DAYS if late else 0)
    words = {"method": by.method, "judged": judged, "starts": starts, "run_in": first}
    return Protocol(
        kind=proposal.kind,
        diary_id=by.diary_id,
        registered_on=by.today,
        diary_ends=by.diary_ends,
        run_in_from=first,
        starts=starts,
        judged_from=judged,
        ends=first + timedelta(days=proposal.days - 1),
        method=by.method,
        outcome=_OUTCOMES[proposal.kind].format(**words),
        analysis=_ANALYSES[proposal.kind].format(**words) + " 95 % interval.",
        entries_sha256=by.entries_sha256,
        rolled_side=sides[by.seed % 2] if split else None,
        seed=by.seed if split else None,
        power=proposal.power,
    )


def finding(
    kind: ExperimentKind, change: Estimate
) -> tuple[Literal["lower", "higher", "not_shown", "cannot_tell"], Sentence]:
    """Return what a change of counts in per cent means, its interval first."""
    span = f"Between {change.lo:+.0f} and {change.hi:+.0f} per cent (95 % interval)."
    if (100 + change.hi) > _VAGUE * max(100 + change.lo, 1e-9) and change.lo < 0 < change.hi:
        return "cannot_tell", in_words(f"{span} That is too wide to tell anything.")
    state: Literal["lower", "higher", "not_shown"] = "not_shown"
    if change.hi < 0:
        state = "lower"
    elif change.lo > 0:
        state = "higher"
    return state, in_words(f"{span} {_FOUND[(kind == 'pause', state)]}")


def cent_report(protocol: Protocol, result: ExperimentResult | None) -> tuple[CentItem, ...]:
    """Return the items of CENT 2015 that apply to one person's own trial; written for a clinician."""
    p = protocol
    power = "; ".join(f"{x.effect_pct:+.0f} % shown with {100 * x.power:.0f} of 100" for x in p.power)
    by_lot = f"Side by lot: {p.rolled_side} (seed {p.seed})." if p.rolled_side else "None: one arm."
    found = " ".join(s.text for s in result.sentences) if result else "Not yet."
    n = f"{result.n_before} before, {result.n_during} during." if result else "Not yet."
    harms = "Stopped: see outcome." if result and result.state == "stopped" else (
        "Every analysis screens the diary first; a doctor first, or the lock with rolling, ends the trial."
    )  # fmt: skip
    texts = {
        "1a title": f"N-of-1 trial: {p.kind.replace('_', ' ')}.",
        "3 design": "One person, one period of observation before and one during; open.",
        "4 participant": "The person who keeps the diary; screened by fixed rules.",
        "5 intervention": f"From {p.starts} to {p.ends}; judged from {p.judged_from}.",
        "6a outcome": p.outcome,
        "7a size": power or "Not computed.",
        "8 sequence": by_lot,
        "12 methods": p.analysis,
        "13 numbers": n,
        "17 outcome": found,
        "19 harms": harms,
        "20 limits": "Open, unblinded, one person; what else changed in that time cannot be told apart.",
        "23 registration": f"{p.registered_on}, before the start; diary {p.diary_id}, entries {p.entries_sha256[:12]}.",
    }
    return tuple(CentItem(item=item, text=text) for item, text in texts.items())


def in_words(sentence: str) -> Sentence:
    """Return a sentence about what the person's own counts show."""
    return measured(sentence, "diary")
