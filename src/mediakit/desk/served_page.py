"""The page of the desk, made of what is seen now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediakit.base.model import problem_codes
from mediakit.desk.card_html import CardHtml, card_id
from mediakit.desk.duplicates_html import DuplicatesHtml, duplicates_dialog, group_id
from mediakit.desk.page_html import FILES, Frame
from mediakit.desk.tools_html import new_dialog, picture_panel, top_buttons, videos_dialog
from mediakit.desk.words import words_in
from mediakit.report.html import escaped

if TYPE_CHECKING:
    from mediakit.desk.desk import Desk, Seen
    from mediakit.desk.words import Words

_MODULES = "\n".join(
    f'<link rel="modulepreload" href="files/{each}">'
    for each in sorted(file.name for file in FILES.iterdir() if file.name.endswith(".js"))
)
"""The scripts, fetched while the browser reads the cards."""


class ServedPage:
    """Writes the page of a desk, whole or what has changed of it.

    `trouble` is why nobody could look for problems and duplicates, empty if there is none.
    """

    def __init__(self, desk: Desk, title: str) -> None:
        self._desk = desk
        self._title = title
        self._codes = problem_codes()
        self._made: dict[tuple[str, str], tuple[int, str]] = {}
        self.trouble = ""

    def whole(self, lang: str) -> str:
        """Return the page in a language."""
        seen = self._desk.seen
        words = words_in(lang)
        frame = Frame(self._title, words, seen.cards)
        cards = self._cards(seen, lang)
        state = self._state(seen, words)
        return f"""<!DOCTYPE html>
<html lang="{lang}" data-version="{seen.version}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(self._title)}</title>
<link rel="stylesheet" href="files/desk.css">
<link rel="icon" href="data:,">
{_MODULES}
</head>
<body class="desk">
{frame.top(top_buttons(words, len(seen.findings.groups)))}
<p id="news" role="status">{escaped(state)}</p>
{frame.main(cards.values())}
{frame.large(picture_panel(words))}
{new_dialog(words)}
{duplicates_dialog(words)}
{videos_dialog(words)}
{frame.texts()}
<script type="module" src="files/work.js"></script>
</body>
</html>
"""

    def since(self, version: int, lang: str) -> dict[str, Any]:
        """Return the ids of all cards in order, and those that changed after a version."""
        seen = self._desk.seen
        cards = self._cards(seen, lang)
        changed = {name: html for name, html in cards.items() if seen.versions[name] > version}
        state = self._state(seen, words_in(lang))
        return {"version": seen.version, "ids": list(cards), "cards": changed, "state": state,
                "duplicates": len(seen.findings.groups)}  # fmt: skip

    def _state(self, seen: Seen, words: Words) -> str:
        if self.trouble:
            (why,), _ = words.told(self.trouble)
            return words("Problems and duplicates could not be looked for: {why}", why=why)
        return "" if seen.findings.known else words("Looking for problems and duplicates …")

    def duplicates(self, lang: str) -> dict[str, Any]:
        """Return the groups of duplicates that are known: their ids and HTML."""
        seen = self._desk.seen
        html = DuplicatesHtml(words_in(lang), {each.page: each.title for each in seen.cards})
        groups = seen.findings.groups
        return {"groups": [{"id": group_id(each), "html": html.group(each)} for each in groups]}

    def _cards(self, seen: Seen, lang: str) -> dict[str, str]:
        """Return the HTML of all cards by id; one that has not changed is made once."""
        html = CardHtml(words_in(lang), self._codes, is_desk=True)
        found = {}
        for card in seen.cards:
            name = card_id(card.place)
            number = seen.versions[name]
            known = self._made.get((lang, name))
            if known is None or known[0] != number:
                known = self._made[lang, name] = number, html.card(card)
            found[name] = known[1]
        return found
