"""Every word of a template is in the catalogue, and a translation of it shows on the page."""

import json
import re
from pathlib import Path

import pytest

from hairwise.web import words
from hairwise.web.pages import Pages
from hairwise.web.words import listed

TEMPLATES = sorted((Path(words.__file__).parent / "templates").glob("*.html"))
CATALOGUE = json.loads((Path(words.__file__).parent / "words" / "en.json").read_text("utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_the_catalogue_lists_what_the_templates_say(template):
    told = listed(template.read_text("utf-8"))
    assert told == CATALOGUE.get(template.name, [])  # else run `make words`


def test_the_catalogue_names_no_template_that_is_gone():
    assert set(CATALOGUE) <= {t.name for t in TEMPLATES}


def test_a_translation_shows_with_what_is_filled_in(tmp_path, monkeypatch):
    told = {
        "Skip to the content": "Zum Inhalt",
        "Take the next photo of this spot in about 4 weeks.": "In 4 Wochen wieder.",
        "{1} short questions. Skip any you like.": "Überspringen, was Sie wollen: {1} Fragen.",
        "A sentence from Python.": "Ein Satz.",
    }
    (tmp_path / "de.json").write_text(json.dumps(told), "utf-8")
    monkeypatch.setattr(words, "_FOLDER", tmp_path)
    env = Pages("A sentence from Python.", "de")._env
    page = env.from_string(
        "<p>{{ 12 }} short\n questions. Skip any you like.</p>{% if 1 %}<b>{{ intended_use }}</b>{% endif %}"
    )
    assert page.render() == "<p>Überspringen, was Sie wollen: 12 Fragen.</p><b>Ein Satz.</b>"
    text = env.get_template("error.html").render(scripts=(), code=404, why="x", do="y")
    assert 'lang="de"' in text
    assert "Zum Inhalt" in text
    assert "This page runs on your own computer" in text  # left out: stays English


@pytest.mark.parametrize("language", ["en", "xx", "../../etc", ""])
def test_without_a_translation_the_pages_stay_english(language):
    assert words.read_words(language) == {}


def test_what_is_filled_in_is_not_taken_for_words():
    source = (
        '<a href="/x/{{ a }}" title="Open {{ b }}">{{ "Add another" if n > 1 else "Add one" }}</a> {# no #} {{ c }} – '
    )
    assert listed(source) == ["Open {1}", "Add another", "Add one"]
    assert re.sub(r"\s", "", words._replaced(source, lambda told: told)) == re.sub(r"\s", "", source)
