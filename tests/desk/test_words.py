"""The words of the desk, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mediakit
from mediakit.desk.desk import _CHANGED, _CHANGED_SINCE
from mediakit.desk.duplicates_html import _LEVELS, duplicates_dialog
from mediakit.desk.page_html import _SORTS, _STATES, FILES
from mediakit.desk.tools_html import new_dialog, picture_panel, top_buttons, videos_dialog
from mediakit.desk.words import Words, languages, wanted_language, words_in

PACKAGE = Path(mediakit.__file__).parent
MODULES = (
    "desk/card_html.py", "desk/duplicates_html.py", "desk/page_html.py", "desk/served_page.py",
)  # fmt: skip
IN_PYTHON = re.compile(r'(?:_say|say|words|self\._words)\(\s*["\']([^"\']+)["\'],?\s*[a-z)]')
IN_SCRIPTS = re.compile(r'\b(?:say|count)\((?:[^"()]*,)?\s*"([^"]+)"(?:, "([^"]+)")?')
MENU = re.compile(r'"((?:Show|Copy|Open|Add) [a-z ]+)"')
SAID = re.compile(r'"([^"/\n]*\{(?:title|pages|path|n|name)\}[^"\n]*)"')


class Asked(dict[str, str]):
    """The texts that a page asks for."""

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self[key] = key
        return default


def texts() -> set[str]:
    found = {*_STATES.values(), *_SORTS.values(), *_LEVELS.values(), _CHANGED, _CHANGED_SINCE}
    for module in MODULES:
        found |= set(IN_PYTHON.findall((PACKAGE / module).read_text("utf-8")))
    for module in ("cli/desk_acts.py", "desk/server.py"):
        found |= set(SAID.findall((PACKAGE / module).read_text("utf-8")))
    asked = Asked()
    for part in (new_dialog, picture_panel, videos_dialog, duplicates_dialog):
        part(Words(texts=asked))
    top_buttons(Words(texts=asked), 0)
    for file in FILES.iterdir():
        if file.name.endswith(".js"):
            for pair in IN_SCRIPTS.findall(file.read_text("utf-8")):
                found |= set(filter(None, pair))
    found |= set(MENU.findall((FILES / "page.js").read_text("utf-8")))
    return found | asked.keys()


@pytest.mark.parametrize("lang", [each for each in languages() if each != "en"])
def test_a_language_is_whole(lang: str) -> None:
    """Each text of the desk has its words, with the same places for values, and none is left."""
    words, known = words_in(lang), texts()
    assert len(known) > 60
    assert known - words.texts.keys() == set()
    place = re.compile(r"\{\w+\}")
    for text, translated in words.texts.items():
        assert sorted(place.findall(text)) == sorted(place.findall(translated))


def test_a_browser_chooses() -> None:
    """The language that weighs most and is there; else English."""
    assert wanted_language("de, da-DK;q=0.9, en;q=0.8") == "da"
    assert wanted_language("en-GB,en;q=0.9,da;q=0.1") == "en"
    assert wanted_language("") == wanted_language("fr;q=x,;;") == "en"
