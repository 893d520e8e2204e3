"""What other parts of mediakit say, in another language: problems, advice, why an act is refused.

They come in English with their values in them, so they are known by the text around these.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACE = re.compile(r"\{(\w+)\}")
_LISTS = ("; ", ", ")
"""What stands between messages that are told in a row."""
_COLON = ": "
_MOST_PARTS = 12
"""Such signs in a message; a text with more is a value that somebody wrote."""
_NUMBER = re.compile(r"(?:1:)?\d+(?:,\d{3})*(?:\.\d+)?(?::1)?")
"""A number, or the ratio of one to another: `12,345`, `1.5`, `1.07:1`."""
_LONGEST = 1000
"""Letters of a message that is looked for: what a stranger's page puts into it may be long."""


class Messages:
    """Messages by their English texts with `{places}` for values.

    `signs` are what a language writes in numbers in place of a comma and a point.
    """

    def __init__(self, rows: Mapping[str, str], signs: Mapping[str, str]) -> None:
        self._rows = rows
        self._signs = str.maketrans(dict(signs))
        self._patterns: dict[str, re.Pattern[str]] = {}
        often = Counter(word for text in rows for word in _words(text))
        self._by_word: dict[str, list[str]] = {}
        for text in rows:
            rarest = min(_words(text), key=lambda word: often[word], default="")
            self._by_word.setdefault(rarest, []).append(text)

    def __iter__(self) -> Iterator[str]:
        """Yield the English texts."""
        return iter(self._rows)

    def number(self, text: str) -> str:
        """Return a number as this language writes it, and any other text as it is."""
        return text.translate(self._signs) if _NUMBER.fullmatch(text) else text

    def said(self, text: str) -> str | None:
        """Return a message in this language, None if it is not known; a value may be one too."""
        if not text:
            return ""
        if not self._rows or len(text) > _LONGEST:
            return None
        found = dict(self._matches(text))
        if not found:
            return self._of_parts(text)
        best = max(found, key=lambda key: len(_PLACE.sub("", key)))
        values = found[best].groupdict()
        told = {name: self.said(each) or self.number(each) for name, each in values.items()}
        return _PLACE.sub(lambda place: told[place[1]], self._rows[best])

    def _of_parts(self, text: str) -> str | None:
        """Return messages in a row, or one behind the place that it is about."""
        if sum(map(text.count, (*_LISTS, _COLON))) > _MOST_PARTS:
            return None
        for between in filter(text.__contains__, _LISTS):
            parts = [self.said(each) for each in text.split(between)]
            if None not in parts:
                return between.join(map(str, parts))
        place, _, why = text.partition(_COLON)
        told = self.said(why) if why else None
        return None if told is None else f"{place}{_COLON}{told}"

    def _matches(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield what fits a text: of hundreds only those with a word of it are tried."""
        for word in {"", *text.split()}:
            for key in self._by_word.get(word, ()):
                pattern = self._patterns.get(key)
                if pattern is None:
                    pattern = self._patterns[key] = _pattern(key)
                if match := pattern.fullmatch(text):
                    yield key, match


def _words(text: str) -> set[str]:
    """Return the words of a text that are in whatever it matches."""
    return {word for word in text.split() if not _PLACE.search(word)}


def _pattern(text: str) -> re.Pattern[str]:
    """Return what finds a text with values in its places."""
    parts = _PLACE.split(text)
    wanted = (f"(?P<{each}>.+?)" if at % 2 else re.escape(each) for at, each in enumerate(parts))
    return re.compile("".join(wanted), re.DOTALL)
