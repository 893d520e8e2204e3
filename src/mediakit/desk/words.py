"""The words of the desk in the languages of people: a folder a language in `words/`.

The English text is the key, so that a text which a language lacks is shown in English.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from mediakit.desk.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = "en"
_FOLDER = resources.files("mediakit") / "desk" / "words"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, and in it what other parts of mediakit say."""

    lang: str = ENGLISH
    texts: Mapping[str, str] = field(default_factory=dict)
    messages: Messages = field(default_factory=lambda: Messages({}, {}))

    def __call__(self, text: str, **values: object) -> str:
        """Return a text in this language, with values in the places that it has for them."""
        return self.texts.get(text, text).format_map(values)

    def count(self, number: int, one: str, many: str) -> str:
        """Return `one` or `many` of something; both have a place `{n}`."""
        return self(one if number == 1 else many, n=self.number(number))

    def number(self, number: float) -> str:
        """Return a number in this language, without decimals."""
        return self.messages.number(f"{number:,.0f}")

    def weight(self, width: int, height: int, size: int) -> str:
        """Return the pixels and the bytes of a picture in this language."""
        across, down, weight = map(self.number, (width, height, size / 1000))
        return f"{across} × {down} · {weight} kB"  # noqa: RUF001

    def told(self, *said: str) -> tuple[list[str], str]:
        """Return messages in this language, and which it is: English where it lacks one of them."""
        found = [each for each in map(self.messages.said, said) if each is not None]
        return (found, self.lang) if len(found) == len(said) else (list(said), ENGLISH)


def languages() -> tuple[str, ...]:
    """Return the languages that there are words for."""
    return ENGLISH, *sorted(each.name for each in _FOLDER.iterdir() if each.is_dir())


@cache
def words_in(lang: str) -> Words:
    """Return the words of one of `languages`."""
    if lang == ENGLISH:
        return Words()
    rows: dict[str, dict[str, str]] = {"numbers": {}, "words": {}, "messages": {}}
    for file in (_FOLDER / lang).iterdir():
        for table, found in tomllib.loads(file.read_text("utf-8")).items():
            rows[table] |= found
    return Words(lang, rows["words"], Messages(rows["messages"], rows["numbers"]))


def wanted_language(header: str) -> str:
    """Return the language that a browser's `Accept-Language` asks for, as far as there is one."""
    known = languages()
    asked = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, weight = part.partition(";q=")
        number = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0
        asked.append((-number, place, name.strip().partition("-")[0].lower()))
    return next((name for _, _, name in sorted(asked) if name in known), ENGLISH)
