"""The page around the cards: static, as `gallery page` writes it, or that of the desk."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING

from mediakit.report.html import escaped, policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mediakit.desk.cards import Card
    from mediakit.desk.words import Words

FILES = resources.files("mediakit") / "desk" / "files"

_SHOWN = ("words.js", "groups.js", "find.js", "large.js", "loops.js", "page.js")
"""The scripts of the static page, each after those that it imports from."""

_GROUP = 6
"""Cards in a group, as in `groups.js`."""

_LATER = {
    "<img data-src=": '<img loading="lazy" decoding="async" draggable="false" src=',
    ' data-srcset="': ' srcset="',
}
"""What keeps a picture until a script brings it, and what shows it at once. No text has it."""

_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|async|class)", re.MULTILINE)
_STATES = {
    "": "All exercises",
    "problem": "With problems",
    "no-alt": "Without an alt text",
    "duplicate": "With duplicates",
    "no-picture": "Without a picture",
    "video": "With a video",
    "no-video": "Without a video",
    "gone-video": "With a dead video",
}
_SORTS = {
    "page": "By page",
    "title": "By title",
    "problems": "Most problems first",
    "changed": "Last changed first",
    "pictures": "Fewest pictures first",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page has beside its cards: title, words, and the count that it begins with."""

    title: str
    words: Words
    cards: Sequence[Card]

    def top(self, extra: str = "") -> str:
        """Return the bar of search, filters and order."""
        say = self._say
        labels = sorted({label for card in self.cards for label in card.labels}, key=str.casefold)
        codes = {each.code for card in self.cards for each in card.problems}
        named = sorted((self.words(each), each) for each in codes)
        choices = [("", self.words("All labels")), *((each, each) for each in labels)]
        states = [*self._translated(_STATES), *((f"code:{code}", name) for name, code in named)]
        return f"""<header class="top">
<h1>{escaped(self.title)}</h1>
<p id="count" role="status"></p>
<div class="bar" role="search">
<input type="search" id="search" placeholder="{say("Search")} ( / )"
 aria-label="{say("Search exercises")}" autocomplete="off" spellcheck="false">
<select id="choice" aria-label="{say("Label")}">{_options(choices)}</select>
<select id="state" aria-label="{say("Show")}">{_options(states)}</select>
<select id="sort" aria-label="{say("Order")}">{_options(self._translated(_SORTS))}</select>
<button id="weights" type="button" aria-pressed="false">{say("Sizes")}</button>
<button id="theme" type="button">{say("Light or dark")}</button>
{extra}</div>
</header>"""

    def large(self, panel: str = "") -> str:
        """Return the large view of a picture."""
        say = self._say
        return f"""<dialog id="large" aria-label="{say("Picture")}">
<div class="stage"><img id="one" alt="" draggable="false">
<img id="other" alt="" draggable="false" hidden></div>
<div class="tools">
<button id="back" type="button" aria-label="{say("Picture before")}">&lsaquo;</button>
<p id="caption"></p>
<button id="compare" type="button" aria-pressed="false">{say("Compare")}</button>
<button id="move" type="button" aria-pressed="false" hidden>{say("Movement")}</button>
<button id="zoom" type="button" aria-pressed="false">{say("Zoom")}</button>
<button id="next" type="button" aria-label="{say("Next picture")}">&rsaquo;</button>
</div>
<ol id="steps" aria-label="{say("Steps of the exercise")}"></ol>
{panel}<button id="close" type="button" aria-label="{say("Close")}">&times;</button>
</dialog>"""

    def texts(self) -> str:
        """Return the words for the scripts, as data that is no script."""
        data = {"lang": self.words.lang, "words": dict(self.words.texts)}
        text = json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
        return f'<script type="application/json" id="texts">{text}</script>'

    def main(self, cards: Iterable[str]) -> str:
        """Return the place of the cards, in groups."""
        rest, groups = iter(cards), []
        while group := list(islice(rest, _GROUP)):
            inner = "\n".join(group)
            groups.append(f'<div class="cards" style="--n:{len(group)}">\n{inner}\n</div>')
        for mark, shown in _LATER.items():
            groups[:1] = [each.replace(mark, shown) for each in groups[:1]]
        none = self._say("No exercise matches.")
        return "\n".join(["<main>", *groups, f'<p class="none" hidden>{none}</p>', "</main>"])

    def _translated(self, texts: dict[str, str]) -> list[tuple[str, str]]:
        return [(key, self.words(text)) for key, text in texts.items()]

    def _say(self, text: str) -> str:
        return escaped(self.words(text))


def static_page(frame: Frame, cards: Iterable[str]) -> str:
    """Return the page that needs no network and no server."""
    code = "\n" + "".join(_inlined((FILES / name).read_text("utf-8")) for name in _SHOWN)
    style = (FILES / "desk.css").read_text("utf-8")
    return f"""<!DOCTYPE html>
<html lang="{frame.words.lang}">
<head>
<meta charset="utf-8">
{policy(code)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(frame.title)}</title>
<style>
{style}</style>
</head>
<body>
{frame.top()}
{frame.main(cards)}
{frame.large()}
{frame.texts()}
<script type="module">{code}</script>
</body>
</html>
"""


def _inlined(module: str) -> str:
    """Return a module as a part of one script: what it imports is there already."""
    return _EXPORT.sub("", _IMPORT.sub("", module))


def _options(values: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<option value="{escaped(value)}">{escaped(words)}</option>' for value, words in values
    )
