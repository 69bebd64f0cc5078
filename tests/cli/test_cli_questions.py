"""The check asked in a terminal: Enter skips, 0 is none, impossible answers are asked again."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING

from hairwise import workflow
from hairwise.terminal import ask_all

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TODAY = date(2026, 6, 1)


def asked(monkeypatch: pytest.MonkeyPatch, replies: dict[str, list[str]]) -> tuple[workflow.Answers, list[str]]:
    """Answer prompts that start with a key, each key's replies in turn; Enter to the rest."""
    seen: list[str] = []
    left = {key: list(values) for key, values in replies.items()}

    def prompt(text: str, **_: object) -> str:
        seen.append(text)
        for key, values in left.items():
            if text.strip().startswith(key) and values:
                return values.pop(0)
        return ""

    monkeypatch.setattr("click.prompt", prompt)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    return ask_all(workflow.questions(), TODAY), seen


def test_enter_skips_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, seen = asked(monkeypatch, {})
    assert answers == workflow.answers_from_form({}, TODAY)
    assert len(seen) > 20


def test_numbers_zero_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, _ = asked(
        monkeypatch,
        {
            "Numbers": ["0", "1, 3", "0"],
            "Age": ["abc", "34"],
            "Sex": ["boy", "2"],
            "Needle length": ["15", "1,5"],
            "Zones": ["nose", "5 7"],
        },
    )
    assert answers.finding("fever") == "no"
    assert answers.finding("spreading_redness") == "yes"
    assert answers.finding("pus") == "yes"
    assert answers.finding("itch") == "no"
    assert answers.condition("keloid") == "no"
    assert answers.age == 34
    assert answers.sex == "m"
    assert answers.needle_mm == 1.5
    assert answers.loss is not None
    assert answers.loss.zones == ("vertex", "occiput")


def test_a_real_terminal_is_asked_and_answered(tmp_path: Path) -> None:
    """The whole program on a pseudo-terminal, Enter to every prompt."""
    leader, follower = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "hairwise", "check", "--out", str(tmp_path)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd=tmp_path,
    )
    os.close(follower)
    text = b""
    deadline = time.monotonic() + 60  # a stuck program, not a slow one
    while program.poll() is None and time.monotonic() < deadline:
        os.write(leader, b"\n")
        while select.select([leader], [], [], 0.02)[0]:
            try:
                text += os.read(leader, 65536)
            except OSError:
                break
    os.close(leader)
    assert program.wait() == 0, text[-500:]
    assert b"Every question can be skipped" in text
    assert (tmp_path / "my.check.json").exists()


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hairwise", "check", "--out", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 3
    assert "Give --answers FILE" in done.stderr
