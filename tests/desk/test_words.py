"""The words of the desk, in each language."""

from __future__ import annotations

import ast
import errno
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import mediakit
from mediakit.base.model import problem_codes
from mediakit.desk.desk import _CHANGED, _CHANGED_SINCE
from mediakit.desk.duplicates_html import _LEVELS, duplicates_dialog
from mediakit.desk.page_html import _SORTS, _STATES, FILES
from mediakit.desk.tools_html import new_dialog, picture_panel, top_buttons, videos_dialog
from mediakit.desk.words import Words, languages, wanted_language, words_in
from source_texts import is_like, texts_in, written

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(mediakit.__file__).parent
MODULES = (
    "desk/card_html.py", "desk/duplicates_html.py", "desk/page_html.py", "desk/served_page.py",
)  # fmt: skip
IN_PYTHON = re.compile(r'(?:_say|say|words|self\._words)\(\s*["\']([^"\']+)["\'],?\s*[a-z)]')
IN_SCRIPTS = re.compile(r'\b(?:say|count)\((?:[^"()]*,)?\s*"([^"]+)"(?:, "([^"]+)")?')
MENU = re.compile(r'"((?:Show|Copy|Open|Add) [a-z ]+)"')
SAID = re.compile(r'"([^"/\n]*\{(?:title|pages|path|n|name)\}[^"\n]*)"')
REFUSING = (
    "base/writer", "cli/desk_acts", "desk/uploads", "duplicates/fix", "edit/alts", "edit/editable",
    "edit/front_matter", "edit/pages", "edit/swap", "edit/toml", "edit/yaml_splice",
    "images/decode", "images/filmed", "images/ingest", "images/opening", "pages/add",
    "pages/arrange", "pages/films", "pages/journal", "pages/new", "state/catalog", "state/database",
    "state/documents", "sync/quarantine", "videos/replace",
)  # fmt: skip
"""The modules that say why an act of the desk is refused, and what to do about it."""

RAISED = frozenset({
    "UsageError", "ManifestError", "MediakitError", "SiteLockedError", "UnsafeError",
    "UnreadableError", "FilmError", "_left", "_leave",
})  # fmt: skip
BY_COMMANDS = frozenset({
    "--cover X: X", "count from 1", "X is no name for addresses", "write X", "write this video",
    "it is longer than X s", "there is nothing between `start` and `end`",
    "it has more frames than clips may have",
    "X: cannot be used (X), and no new one can be made: X",
    "delete it: it only saves time", "X has a link that leads outside", "remove the link",
    'write <img src="…" alt="">', "there is a file of another kind; give another name",
})  # fmt: skip
"""What is said of what nobody can ask for at the desk, or of a broken work folder."""

OF_SYSTEMS = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EIO)
PLACE = re.compile(r"\{\w*\}")


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
    found |= {text for text in texts_in(PACKAGE / "desk/guard.py") if text.endswith(".")}
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
    modules = (*(PACKAGE / "desk").glob("*.py"), PACKAGE / "cli/desk_acts.py")
    said = {
        text for module in modules for node in ast.walk(ast.parse(module.read_text("utf-8")))
        for text in written(node)
    }  # fmt: skip
    assert words.texts.keys() - known - said - problem_codes().keys() == set()
    place = re.compile(r"\{\w+\}")
    for text, translated in words.texts.items():
        assert sorted(place.findall(text)) == sorted(place.findall(translated))


def test_a_browser_chooses() -> None:
    """The language that weighs most and is there; else English."""
    assert wanted_language("de, da-DK;q=0.9, en;q=0.8") == "da"
    assert wanted_language("en-GB,en;q=0.9,da;q=0.1") == "en"
    assert wanted_language("") == wanted_language("fr;q=x,;;") == "en"


def said_by(module: Path) -> Iterator[str]:
    """Yield what a module raises; of two hints, that for the desk."""
    for call in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in RAISED:
            at_desk = [each.value for each in call.keywords if each.arg == "at_desk"]
            hint = [each.value for each in call.keywords if each.arg == "hint"]
            given = [*call.args[:1], *at_desk] if at_desk else [*call.args, *hint]
            for each in given:
                yield from (PLACE.sub("X", text) for text in written(each) if " " in text)


@pytest.mark.parametrize("lang", [each for each in languages() if each != "en"])
def test_what_is_refused_is_said_in_a_language(lang: str) -> None:
    """Each reason to refuse an act, and each advice, has its words."""
    words = words_in(lang)
    said = {text for name in REFUSING for text in said_by(PACKAGE / f"{name}.py")} - BY_COMMANDS
    said |= {os.strerror(each) for each in OF_SYSTEMS}
    assert len(said) > 90
    assert sorted(each for each in said if re.search(r"[a-z]", each) if (
        words.told(each)[1] != lang
    )) == []  # fmt: skip


@pytest.mark.parametrize("lang", [each for each in languages() if each != "en"])
def test_no_message_is_left_over(lang: str) -> None:
    """Each message of a language is still said by some module, or is what mediakit passes on."""
    known = {each.advice for each in problem_codes().values()}
    known.update(text for module in PACKAGE.rglob("*.py") for text in texts_in(module))
    forms = [PLACE.split(each) for each in known if re.search("[a-z]{2}", PLACE.sub("", each))]
    others = tomllib.loads((PACKAGE / f"desk/words/{lang}/others.toml").read_text("utf-8"))
    said = {*words_in(lang).messages} - others["messages"].keys()
    rest = {PLACE.sub("{}", each) for each in said} - known
    assert len(rest) < 90
    left = {
        text for text in rest
        if not any(is_like(text, form) or form[-1].endswith(f": {text}") for form in forms)
    }  # fmt: skip
    assert left == set()


def test_a_message_with_its_values() -> None:
    """Values stay, also those that are messages themselves; what is not known stays English."""
    words = words_in("da")
    assert words.told("IMG <b>.jpg: damaged picture: its data are broken", "run again") == (
        ["IMG <b>.jpg: billedet er beskadiget: dets data er i stykker", "prøv igen"], "da"
    )  # fmt: skip
    assert words.told("a.md: cannot be written: No space left on device",
                      "nothing was changed; free some space there, then run again") == (
        ["a.md: kan ikke skrives: der er ikke mere plads på disken",
         "intet blev ændret; gør plads der, og prøv igen"], "da",
    )  # fmt: skip
    assert words.told("'x' is not a YouTube or Vimeo address", "give provider and id") == (
        ["'x' er hverken en YouTube- eller en Vimeo-adresse", "giv udbyder og id"], "da"
    )  # fmt: skip
    assert words.told("YouTube ids have 11 characters, and 'abc' has 3", "")[1] == "da"
    assert words.told("a.md: something new", "run again") == (
        ["a.md: something new", "run again"],
        "en",
    )
    assert words.told("a; b, c: " * 100, "")[1] == "en"
    assert words.told("x" * 100_000, "") == (["x" * 100_000, ""], "en")
    assert words_in("en").told("run again", "") == (["run again", ""], "en")
    assert words.told("{0.lang} exists already", "") == (["{0.lang} findes allerede", ""], "da")
