"""The words of the desk, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mediakit.desk import card_html, page_html
from mediakit.desk.page_html import FILES
from mediakit.desk.words import languages, wanted_language, words_in

IN_PYTHON = re.compile(r'(?:_say|say|words|self\._words)\(\s*["\']([^"\']+)["\']')
IN_SCRIPTS = re.compile(r'\b(?:say|count)\((?:[^"()]*,)?\s*"([^"]+)"(?:, "([^"]+)")?')


def texts() -> set[str]:
    found = {*page_html._STATES.values(), *page_html._SORTS.values()}
    for module in (card_html, page_html):
        found |= set(IN_PYTHON.findall(Path(str(module.__file__)).read_text("utf-8")))
    for file in FILES.iterdir():
        if file.name.endswith(".js"):
            for pair in IN_SCRIPTS.findall(file.read_text("utf-8")):
                found |= set(filter(None, pair))
    return found


@pytest.mark.parametrize("lang", [each for each in languages() if each != "en"])
def test_a_language_is_whole(lang: str) -> None:
    """Each text of the page has its words, with the same places for values."""
    words = words_in(lang)
    known = texts()
    assert len(known) > 40
    assert known - words.texts.keys() == set()
    place = re.compile(r"\{\w+\}")
    for text, translated in words.texts.items():
        assert sorted(place.findall(text)) == sorted(place.findall(translated))


def test_a_browser_chooses() -> None:
    """The language that weighs most and is there; else English."""
    assert wanted_language("de, da-DK;q=0.9, en;q=0.8") == "da"
    assert wanted_language("en-GB,en;q=0.9,da;q=0.1") == "en"
    assert wanted_language("") == wanted_language("fr;q=x,;;") == "en"
