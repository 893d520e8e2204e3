"""The words of the desk in the languages of people: a file a language in `words/`.

The English text is the key, so that a text which a language lacks is shown in English. What other
parts of mediakit say, such as why an act is refused, comes with its values in it: it is known by
the text around them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH = "en"
_FOLDER = resources.files("mediakit") / "desk" / "words"
_PLACE = re.compile(r"\{(\w+)\}")
_LONGEST = 1000
"""Letters of a message that is looked for: what a stranger's page puts into it may be long."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, and by its English text what other parts of mediakit say."""

    lang: str = ENGLISH
    name: str = "English"
    texts: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, **values: object) -> str:
        """Return a text in this language, with values in the places that it has for them."""
        return self.texts.get(text, text).format_map(values)

    def count(self, number: int, one: str, many: str) -> str:
        """Return `one` or `many` of something; both have a place `{n}`."""
        return self(one if number == 1 else many, n=f"{number:,}")

    def told(self, *said: str) -> tuple[list[str], str]:
        """Return messages in this language, and which it is: English where it lacks one of them."""
        found = [each for each in map(self._message, said) if each is not None]
        return (found, self.lang) if len(found) == len(said) else (list(said), ENGLISH)

    def _message(self, said: str) -> str | None:
        """Return a message in this language, None if it is not known; a value may be one too."""
        if not said or len(said) > _LONGEST:
            return None if said else ""
        found = {text: match for text in self.messages if (match := _pattern(text).fullmatch(said))}
        if found:
            best = max(found, key=lambda text: len(_PLACE.sub("", text)))
            values = found[best].groupdict()
            return self.messages[best].format_map(
                {key: self._message(each) or each for key, each in values.items()}
            )
        parts = [self._message(each) for each in said.split("; ")] if "; " in said else [None]
        if None not in parts:
            return "; ".join(map(str, parts))
        what, _, why = said.partition(": ")
        told = self._message(why) if why else None
        return None if told is None else f"{what}: {told}"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return what finds a text with values in its places."""
    parts = _PLACE.split(text)
    wanted = (f"(?P<{each}>.+?)" if at % 2 else re.escape(each) for at, each in enumerate(parts))
    return re.compile("".join(wanted), re.DOTALL)


def languages() -> tuple[str, ...]:
    """Return the languages that there are words for."""
    files = (each.name.removesuffix(".toml") for each in _FOLDER.iterdir())
    return ENGLISH, *sorted(files)


@cache
def words_in(lang: str) -> Words:
    """Return the words of one of `languages`."""
    if lang == ENGLISH:
        return Words()
    found = tomllib.loads((_FOLDER / f"{lang}.toml").read_text("utf-8"))
    return Words(lang, found["name"], found["words"], found["messages"])


def wanted_language(header: str) -> str:
    """Return the language that a browser's `Accept-Language` asks for, as far as there is one."""
    known = languages()
    asked = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, weight = part.partition(";q=")
        number = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0
        asked.append((-number, place, name.strip().partition("-")[0].lower()))
    return next((name for _, _, name in sorted(asked) if name in known), ENGLISH)
