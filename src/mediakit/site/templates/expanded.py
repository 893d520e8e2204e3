"""A text with what a template language puts into it, as far as that is known without running it.

What is not text has a mark: a tag that may show something, or a gap where a value is not known.
Each place of the new text has its place in the written one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mediakit.site.trees.yaml import Node


MARK = re.compile("\ue000([0-9]{1,9})\ue001")
_PRIVATE = re.compile("[\ue000\ue001]")
_MOST_ADDED = 100_000
"""Characters that values may add to a text that is shorter; to a longer one, as many as it has."""


class Unknown(Enum):
    """Why a value is not known, the reasons that are passed over in silence last."""

    MISSING = "has no value here"
    UNREAD = "cannot be read without the generator"
    GENERATOR = "only the generator knows it"


Value: TypeAlias = "str | Node | Unknown | None"
"""What an expression yields; None has no value, and is an empty text where it is shown."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a tag, also as it is written."""

    value: Value
    written: str

    @property
    def text(self) -> str | None:
        """Return the value if it is a known text."""
        return self.value if isinstance(self.value, str) else None


@dataclass(frozen=True, slots=True)
class Tag:
    """An include, shortcode or tag of a plugin; arguments without names have numbers.

    What `outlasts_code` is put in after the code of a page was made, and so is shown there too.
    How the arguments of one that `is_foreign` are written, only its plugin knows.
    """

    name: str
    arguments: Mapping[str, Argument]
    start: int
    outlasts_code: bool = False
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a text whose value is not known, and what is written there."""

    reason: Unknown
    written: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text with marks; `starts` and `origins` say where each of its parts comes from."""

    text: str
    marks: tuple[Tag | Gap, ...] = ()
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def origin(self, offset: int) -> int:
        """Return where the character at an offset of the text is written."""
        part = bisect_right(self.starts, offset) - 1
        return self.origins[part] + offset - self.starts[part]

    def tags_in(self, text: str) -> list[Tag]:
        """Return the tags whose marks are in a part of the text."""
        marks = (self._marked(match) for match in MARK.finditer(text))
        return [mark for mark in marks if isinstance(mark, Tag)]

    def without_marks(self, text: str) -> str:
        """Return a part of the text as the generator shows it, without what is not known."""
        return MARK.sub("", text)

    def written(self, text: str) -> str:
        """Return a part of the text with what is written at its gaps."""

        def put_back(match: re.Match[str]) -> str:
            mark = self._marked(match)
            return mark.written if isinstance(mark, Gap) else ""

        return MARK.sub(put_back, text)

    def doubt(self, text: str) -> Unknown | None:
        """Return why a part of the text is not known, None if it is.

        What has no value leaves an empty text: that only matters if nothing else is there.
        """
        marks = [self._marked(match) for match in MARK.finditer(text)]
        reasons = {mark.reason if isinstance(mark, Gap) else Unknown.GENERATOR for mark in marks}
        if Unknown.MISSING in reasons and self.without_marks(text).strip():
            reasons.remove(Unknown.MISSING)
        return next((each for each in reversed(Unknown) if each in reasons), None)

    def _marked(self, match: re.Match[str]) -> Tag | Gap | None:
        number = int(match[1])  # a page may hold what looks like a mark
        return self.marks[number] if number < len(self.marks) else None


@dataclass(slots=True)
class Expansion:
    """An `Expanded` in the making, from its beginning to its end."""

    source: str
    parts: list[str] = field(default_factory=list)
    marks: list[Tag | Gap] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    origins: list[int] = field(default_factory=lambda: [0])
    length: int = 0
    added: int = 0

    def keep(self, start: int, end: int) -> None:
        """Add a part of the text as it is written."""
        self._add(_PRIVATE.sub(" ", self.source[start:end]), start)

    def blank(self, start: int, end: int) -> None:
        """Add only the lines of a part of the text, which is not shown."""
        self._add("\n" * self.source.count("\n", start, end), start)

    def put(self, value: str, start: int, end: int) -> None:
        """Add what stands for the part of the text from `start` to `end`."""
        self.added += len(value)
        if self.added > max(_MOST_ADDED, len(self.source)):
            self.mark(Gap(Unknown.GENERATOR, self.source[start:end]), start)
        else:
            self._add(_PRIVATE.sub("", value), start)

    def mark(self, mark: Tag | Gap, start: int) -> None:
        """Add a mark for what is written at `start`."""
        self.marks.append(mark)
        self._add(f"\ue000{len(self.marks) - 1}\ue001", start)

    def since(self, part: int) -> str:
        """Return the text from a part on."""
        return "".join(self.parts[part:])

    def finished(self) -> Expanded:
        """Return the whole."""
        text = "".join(self.parts)
        return Expanded(text, tuple(self.marks), tuple(self.starts), tuple(self.origins))

    def _add(self, text: str, origin: int) -> None:
        if text:
            self.parts.append(text)
            self.starts.append(self.length)
            self.origins.append(origin)
            self.length += len(text)


_ARGUMENT = re.compile(
    r"(?:([\w-]+)\s{0,9}(?:=|:(?!//))\s{0,9})?"
    r"(\"[^\"]*\"|'[^']*'|`[^`]*`|(?:https?:)?//[^\s\"'`,]+|[^\s\"'`=,{}()\[\]][^\s\"'`=,{}()\[\]]*(?:\[[^\[\]\s]{1,99}\])?)"
)
_JOINED_TO = re.compile(r"\s{0,9}[+~]")
_QUOTES = "\"'`"
_ESCAPED = re.compile(r"\\([\"'])")
_HELD = re.compile("[\ue002\ue003]")
_MOST = 200
"""Arguments of one tag that are looked at."""


def read_arguments(text: str, of_word: Callable[[str], Value]) -> dict[str, Argument]:
    """Return the arguments by their names, those without one by numbers.

    `of_word` gives the value of what has no quotes.
    """
    text = _ESCAPED.sub(lambda match: "\ue002" if match[1] == '"' else "\ue003", text)
    found: dict[str, Argument] = {}
    for match in _ARGUMENT.finditer(text):
        if len(found) == _MOST:
            break
        written = _HELD.sub(lambda sign: '"' if sign[0] == "\ue002" else "'", match[2])
        is_text = written[0] in _QUOTES
        if _is_part(text, match):
            value: Value = Unknown.GENERATOR
        else:
            value = _in_quotes(written) if is_text else of_word(written)
        found.setdefault(match[1] or str(len(found)), Argument(value, written))
    return found


def _is_part(text: str, match: re.Match[str]) -> bool:
    """Return whether an argument is a part of a longer text that only the generator joins."""
    before = text[max(0, match.start() - 9) : match.start()].rstrip()
    return before.endswith(("+", "~")) or _JOINED_TO.match(text, match.end()) is not None


def _in_quotes(written: str) -> Value:
    """Return a text without its quotes; no generator fills in a template inside it."""
    text = written[1:-1]
    return Unknown.UNREAD if "{{" in text else text
