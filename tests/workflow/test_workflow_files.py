"""Files appear whole or not at all, where --out says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hairwise.errors import Refused
from hairwise.workflow.files import read_bytes, target, write_whole


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        (None, "me.why.json"),
        ("results", "results/me.why.json"),
        ("x.json", "x.json"),
        ("deep/x.json", "deep/x.json"),
        ("x.pdf", "x.why.json"),
    ],
)
def test_out_is_a_file_or_a_folder(out: str | None, expected: str) -> None:
    assert target(Path(out) if out else None, Path("there/me.json"), ".why.json") == Path(expected)


def test_a_dot_within_the_name_of_a_page_stays() -> None:
    assert target(Path("for.dr.pdf"), Path("me.json"), ".pdf") == Path("for.dr.pdf")


def test_a_failed_write_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def broken(_from: object, _to: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(Refused, match="no space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_out_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(Refused, match="cannot be written"):
        write_whole(tmp_path / "f" / "a.json", b"x")


def test_missing_files_and_folders_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="gone.jpg was not found"):
        read_bytes(tmp_path / "gone.jpg")
    with pytest.raises(Refused, match="is a folder"):
        read_bytes(tmp_path)
