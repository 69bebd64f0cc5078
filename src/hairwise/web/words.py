"""The pages' words in one catalogue, so that another language is a file and no change of a template.

Knows: where words stand in a template. Must not know: what they say.

A message is a run of text between two tags, or a label in an attribute; ``{1}`` and so on stand for what is filled
in. ``words/en.json`` lists all of them by template; a translation is ``words/LANGUAGE.json``, from message to
message, and what it leaves out stays English. Words that Python fills in are looked up whole, as they are printed.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2.ext import Extension

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Words", "listed", "read_words"]

_FOLDER = Path(__file__).parent / "words"
_FILLED = r"\{\{.*?\}\}"
_BLOCK = r"\{%.*?%\}|\{#.*?#\}"
_TAG = rf"<(?:{_FILLED}|{_BLOCK}|\"[^\"]*\"|[^>\"])*>"
_PIECES = re.compile(rf"({_BLOCK}|{_TAG})", re.DOTALL)
_FILL = re.compile(_FILLED, re.DOTALL)
_LABEL = re.compile(r'(\b(?:aria-label|alt|title|placeholder)=")([^"]*)(")')
_LITERAL = re.compile(r'"([^"]*[A-Za-z]{2}[^"]*)"')
_LETTERS = re.compile(r"[A-Za-z]{2}")


class Words(Extension):
    """Puts the words of ``environment.words`` into every template as it is read."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the template in the language of the environment."""
        words: Mapping[str, str] = getattr(self.environment, "words", {})
        return _replaced(source, lambda told: words.get(told, told)) if words else source


def read_words(language: str) -> dict[str, str]:
    """Return a translation; for English and for a language without one, nothing to replace."""
    path = _FOLDER / f"{language}.json"
    if language == "en" or not re.fullmatch(r"[a-z]{2}", language) or not path.exists():
        return {}
    told: dict[str, str] = json.loads(path.read_text("utf-8"))
    return told


def listed(source: str) -> list[str]:
    """Return the messages of a template in order, each once."""
    found: dict[str, None] = {}

    def note(told: str) -> str:
        found[told] = None
        return told

    _replaced(source, note)
    return list(found)


def _replaced(source: str, of: Callable[[str], str]) -> str:
    pieces = _PIECES.split(source)
    for k, piece in enumerate(pieces):
        if k % 2 == 0:
            pieces[k] = _message(piece, of)
        elif piece.startswith("<"):
            pieces[k] = _LABEL.sub(lambda m: m[1] + _message(m[2], of) + m[3], piece)
    return "".join(pieces)


def _message(text: str, of: Callable[[str], str]) -> str:
    """Put a run of text in other words; blanks around it and what is filled in stay."""
    filled = [_LITERAL.sub(lambda m: f'"{of(m[1])}"', f) if " if " in f else f for f in _FILL.findall(text)]
    numbers = iter(range(1, len(filled) + 1))
    told = " ".join(_FILL.sub(lambda _: f"{{{next(numbers)}}}", text).split())
    if _LETTERS.search(re.sub(r"\{\d+\}|&\w+;", "", told)):
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        text = before + of(told) + after
    else:
        numbers = iter(range(1, len(filled) + 1))
        text = _FILL.sub(lambda _: f"{{{next(numbers)}}}", text)
    return re.sub(r"\{(\d+)\}", lambda m: filled[int(m[1]) - 1] if int(m[1]) <= len(filled) else m[0], text)


def write_list() -> None:
    """Write ``words/en.json`` from the templates."""
    templates = sorted((Path(__file__).parent / "templates").glob("*.html"))
    told: dict[str, Any] = {t.name: listed(t.read_text("utf-8")) for t in templates}
    _FOLDER.mkdir(exist_ok=True)
    text = json.dumps({n: m for n, m in told.items() if m}, indent=1, ensure_ascii=False)
    (_FOLDER / "en.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write_list()
