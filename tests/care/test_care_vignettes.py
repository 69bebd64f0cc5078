"""The open vignettes, answered by the whole check: urgency, lock, main cause.

The bars are those of the release; the figures of the day stand in ``docs/accuracy.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hairwise import workflow
from hairwise.records.verdicts import URGENCIES

if TYPE_CHECKING:
    from hairwise.records.vignette import Vignette


@dataclass(frozen=True)
class Answered:
    """A vignette beside the check's answer; ``behind`` is above zero where the answer is less urgent."""

    vignette: Vignette
    check: workflow.Check

    @property
    def behind(self) -> int:
        assert self.check.urgency is not None
        return URGENCIES.index(self.check.urgency) - URGENCIES.index(self.vignette.expect.urgency)

    @property
    def named(self) -> bool:
        return max(self.check.p_cause, key=self.check.p_cause.__getitem__) in self.vignette.expect.causes


@pytest.fixture(scope="module")
def answered() -> list[Answered]:
    out = []
    for vignette in workflow.vignettes():
        answers = vignette.filled()
        assert answers.today is not None
        out.append(Answered(vignette, workflow.check(answers, answers.today)))
    return out


def share(hits: list[bool]) -> float:
    assert hits
    return sum(hits) / len(hits)


def test_no_vignette_is_under_triaged(answered: list[Answered]) -> None:
    assert [a.vignette.id for a in answered if a.behind > 0] == []


def test_no_lock_is_missing(answered: list[Answered]) -> None:
    missing = [a.vignette.id for a in answered if a.vignette.expect.lock and not (a.check.lock and a.check.lock.on)]
    assert missing == []


def test_urgency_is_exact(answered: list[Answered]) -> None:
    assert share([a.behind == 0 for a in answered]) >= 0.95
    assert share([a.behind == 0 for a in answered if a.vignette.expect.urgency == "self_care"]) >= 0.90


def test_people_for_whom_nothing_speaks_against_are_not_locked_out(answered: list[Answered]) -> None:
    """A lock on everybody would pass the tests above; nine of ten free people must be let through."""
    free = [a for a in answered if not a.vignette.expect.lock]
    assert len(free) >= 40
    assert share([a.check.lock is not None and not a.check.lock.on for a in free]) >= 0.8


def test_the_main_cause_is_among_those_expected(answered: list[Answered]) -> None:
    clear = [a for a in answered if a.vignette.expect.causes]
    assert len(clear) >= 150
    assert share([a.named for a in clear]) >= 0.85
