"""What a language of the desk leaves in English of the problems of a site.

Modules whose tests find problems take the fixture: each language says all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from mediakit.base.model import problem_codes
from mediakit.checks.baseline import without_ignored
from mediakit.checks.check import CheckJob, check_site
from mediakit.config.config import load_config
from mediakit.desk.card_html import CardHtml
from mediakit.desk.cards import Card
from mediakit.desk.words import languages, words_in
from mediakit.sync.session import Access, open_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mediakit.base.model import Problem

_SAID = re.compile(r"<(?:span|p)( lang=\"en\")?>([^<]*)</(?:span|p)>")
_NAMES = re.compile(r"`[^`]*`|&#x27;.*?&#x27;|&quot;.*?&quot;|\S*[/.]\S+")
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|its?|has|not|of|and|or|with|from|that|which|while|expected|found)\b",
    re.IGNORECASE,
)


_ASKED = frozenset({"dead-picture", "unasked-picture"})
"""Codes of `check --remote`: the desk does not ask other hosts."""


@pytest.fixture(autouse=True)
def in_each_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found: set[Problem] = set()

    def noted(problems: Iterable[Problem], *rest: Any) -> list[Problem]:
        problems = list(problems)
        found.update(each for each in problems if each.code not in _ASKED)
        return without_ignored(problems, *rest)

    monkeypatch.setattr("mediakit.checks.check.without_ignored", noted)
    yield
    for lang in languages():
        assert lang == "en" or english_in(found, lang) == set()


def is_half_english(text: str) -> bool:
    """Return whether words of English are in a text of HTML, but for names and what is quoted."""
    return _ENGLISH.search(_NAMES.sub("", text)) is not None


def english_left(root: Path, lang: str) -> tuple[set[str], set[str]]:
    """Return the codes of a site's problems, and what cards say of them in English, or half so."""
    with open_session(load_config(root), Access.READ) as session:
        problems = check_site(session, CheckJob()).problems
    return {each.code for each in problems}, english_in(problems, lang)


def english_in(problems: Iterable[Problem], lang: str) -> set[str]:
    """Return what cards say of problems in English, or half so, at the desk and on the page."""
    htmls = [
        CardHtml(words_in(lang), problem_codes(), is_desk=is_desk) for is_desk in (True, False)
    ]
    return {
        text
        for each in problems
        for html in htmls
        for mark, text in _SAID.findall(html.card(Card("", "a.md", "a.md", problems=(each,))))
        if mark or is_half_english(text)
    }
