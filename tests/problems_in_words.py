"""What a language of the desk leaves in English of the problems of a site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.base.model import problem_codes
from mediakit.checks.check import CheckJob, check_site
from mediakit.config.config import load_config
from mediakit.desk.card_html import CardHtml
from mediakit.desk.cards import Card
from mediakit.desk.words import words_in
from mediakit.sync.session import Access, open_session

if TYPE_CHECKING:
    from pathlib import Path

_SAID = re.compile(r"<(?:span|p)( lang=\"en\")?>([^<]*)</(?:span|p)>")
_NAMES = re.compile(r"`[^`]*`|&#x27;.*?&#x27;|&quot;.*?&quot;|\S*[/.]\S+")
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|were|its?|has|not|of|and|or|with|from|that|which|while|expected|found)\b",
    re.IGNORECASE,
)


def is_half_english(text: str) -> bool:
    """Return whether words of English are in a text of HTML, but for names and what is quoted."""
    return _ENGLISH.search(_NAMES.sub("", text)) is not None


def english_left(root: Path, lang: str) -> tuple[set[str], set[str]]:
    """Return the codes of a site's problems, and what cards say of them in English, or half so."""
    with open_session(load_config(root), Access.READ) as session:
        problems = check_site(session, CheckJob()).problems
    left = set()
    for is_desk in (True, False):
        html = CardHtml(words_in(lang), problem_codes(), is_desk=is_desk)
        for each in problems:
            card = html.card(Card("", "a.md", "a.md", problems=(each,)))
            for mark, text in _SAID.findall(card):
                if mark or is_half_english(text):
                    left.add(text)
    return {each.code for each in problems}, left
