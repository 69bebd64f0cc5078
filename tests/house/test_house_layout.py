"""The house as described is the house as built."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import hairwise

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "hairwise"


def tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).exists()]


def test_architecture_names_every_room_and_no_other() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE))
    built = {p.stem for p in SOURCE.iterdir() if (p.is_dir() and (p / "__init__.py").exists()) or p.suffix == ".py"}
    assert named == built - {"__init__", "__main__"}


def test_files_stay_small() -> None:
    long = {p.name: n for p in tracked("*.py") if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}


def test_version_and_changelog_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"## {hairwise.__version__}" in changelog
    assert changelog.index("### Numbers change") < changelog.index("### Added")


@pytest.mark.parametrize("module", sorted(p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*.py")))
def test_every_module_says_what_it_knows(module: str) -> None:
    text = (SOURCE / module).read_text()
    assert text.startswith('"""')
    if not module.endswith("__init__.py"):
        assert "Knows:" in text
        assert "Must not know:" in text


def test_no_real_photo_is_committed() -> None:
    pictures = [
        p.relative_to(ROOT) for p in tracked() if p.suffix.lower() in {".jpg", ".jpeg", ".png", ".tif", ".heic"}
    ]
    icons = {Path("src/hairwise/web/static") / f"icon-{n}.png" for n in ("192", "512", "full-512")}  # drawn
    shown = (("docs", "img"), ("docs", "screens"))  # rendered skin only
    assert all(p.parts[:2] in shown or p in icons for p in pictures), pictures


def test_every_picture_of_the_readme_is_there() -> None:
    readme = (ROOT / "README.md").read_text()
    pictures = re.findall(r'<img src="([^"]+)"|!\[[^\]]*\]\(([^)]+)\)', readme)
    assert len(pictures) >= 3
    assert [p for pair in pictures for p in pair if p and not (ROOT / p).is_file()] == []


def test_the_diary_in_the_readme_answers_as_it_stands() -> None:
    from hairwise import workflow
    from hairwise.diary.read import diary_from_json

    readme = (ROOT / "README.md").read_text()
    example, _, rest = readme[readme.index("```json") + 7 :].partition("```")
    assert workflow.tell_without_photos(example.encode(), "diary.json").plan.urgency
    lists = re.search(r'"spots": .*?(?=```)', rest, re.DOTALL)
    assert lists is not None
    diary = diary_from_json((example.rstrip().removesuffix("}") + ",\n" + lists.group() + "}").encode(), "README.md")
    assert len(diary.spots) == len(diary.photos) == 2
    assert diary.counts


def test_intended_use_has_the_line_of_every_output() -> None:
    from hairwise.care.phrases import INTENDED_USE

    assert INTENDED_USE in (ROOT / "docs" / "intended-use.md").read_text().replace("\n> ", " ")
