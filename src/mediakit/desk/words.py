"""The words of the desk in the languages of people: a file a language in `words/`.

The English text is the key, so that a text which a language lacks is shown in English.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = "en"
_FOLDER = resources.files("mediakit") / "desk" / "words"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    lang: str = ENGLISH
    name: str = "English"
    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, **values: object) -> str:
        """Return a text in this language, with values in the places that it has for them."""
        return self.texts.get(text, text).format_map(values)

    def count(self, number: int, one: str, many: str) -> str:
        """Return `one` or `many` of something; both have a place `{n}`."""
        return self(one if number == 1 else many, n=f"{number:,}")


def languages() -> tuple[str, ...]:
    """Return the languages that there are words for."""
    files = (each.name.removesuffix(".toml") for each in _FOLDER.iterdir())
    return ENGLISH, *sorted(files)


def words_in(lang: str) -> Words:
    """Return the words of one of `languages`."""
    if lang == ENGLISH:
        return Words()
    found = tomllib.loads((_FOLDER / f"{lang}.toml").read_text("utf-8"))
    return Words(lang, found["name"], found["words"])


def wanted_language(header: str) -> str:
    """Return the language that a browser's `Accept-Language` asks for, as far as there is one."""
    known = languages()
    asked = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, weight = part.partition(";q=")
        number = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0
        asked.append((-number, place, name.strip().partition("-")[0].lower()))
    return next((name for _, _, name in sorted(asked) if name in known), ENGLISH)
