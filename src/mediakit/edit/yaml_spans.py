"""The places of all values in a YAML text, so that one can change without touching the rest."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from mediakit.site.trees.yaml import parser_of_events

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """A value in the text: from `start`, its anchor included, to `end`.

    `body` is its start without anchor and tag. A block collection ends where its last value does;
    an empty value starts and ends after its `:` or `-`.
    """

    start: int
    end: int
    body: int


@dataclass(frozen=True, slots=True)
class ScalarSpan(ValuePlace):
    """A scalar; `style` is its quotation mark, `|` or `>`, empty for plain."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class AliasSpan(ValuePlace):
    """An alias such as `*title`."""

    name: str


@dataclass(frozen=True, slots=True)
class SequenceSpan(ValuePlace):
    """A list; `marks` are the places of its dashes, none within brackets."""

    items: tuple[Span, ...]
    marks: tuple[int, ...]
    flow: bool


@dataclass(frozen=True, slots=True)
class MappingSpan(ValuePlace):
    """Keys with their values, in the order of the text, repeated ones too."""

    entries: tuple[tuple[Span, Span], ...]
    flow: bool

    def find(self, key: str) -> int | None:
        """Return the index of the entry that counts for `key`: the last one."""
        found = [
            index
            for index, (name, _) in enumerate(self.entries)
            if isinstance(name, ScalarSpan) and name.text == key
        ]
        return found[-1] if found else None


Span = ScalarSpan | AliasSpan | SequenceSpan | MappingSpan


def read_spans(text: str) -> Span | None:
    """Return the places of all values of a text that `parse_yaml` accepts, None if it is empty."""
    return _SpanReader(text).read()


def column(text: str, index: int) -> int:
    """Return the distance of `index` from the start of its line."""
    return index - line_start(text, index)


def line_start(text: str, index: int) -> int:
    """Return where the line of `index` starts."""
    return 1 + max(text.rfind("\n", 0, index), text.rfind("\r", 0, index))


def line_end(text: str, index: int) -> int:
    """Return where the line of `index` ends, its line break not counted."""
    ends = [end for end in (text.find("\n", index), text.find("\r", index)) if end >= 0]
    return min(ends, default=len(text))


def next_line(text: str, index: int) -> int:
    """Return where the line below that of `index` starts."""
    end = line_end(text, index)
    return end + (2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0)


class _SpanReader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._dashes = list(_dashes(text))
        self._events = _events(text)

    def read(self) -> Span | None:
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                return self._span(event)
        return None

    def _span(self, event: yaml.Event) -> Span:
        start, end = _ends(event)
        body = self._skip_properties(start)
        if isinstance(event, yaml.AliasEvent):
            return AliasSpan(start, end, start, event.anchor or "")
        if isinstance(event, yaml.ScalarEvent):
            style = event.style or ""
            if style in ("|", ">"):
                end = self._block_scalar_end(body, end)
            return ScalarSpan(start, end, body, event.value, style)
        flow = bool(getattr(event, "flow_style", False))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(start, body, flow=flow)
        return self._mapping(start, body, flow=flow)

    def _sequence(self, start: int, body: int, *, flow: bool) -> SequenceSpan:
        items: list[Span] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._span(event))
        if flow:
            return SequenceSpan(start, _ends(event)[1], body, tuple(items), (), flow=True)
        marks = tuple(self._dash_before(item.start) for item in items)
        end = items[-1].end if items else body
        return SequenceSpan(start, end, body, tuple(items), marks, flow=False)

    def _mapping(self, start: int, body: int, *, flow: bool) -> MappingSpan:
        entries: list[tuple[Span, Span]] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._span(event)
            entries.append((key, self._span(next(self._events))))
        if flow:
            return MappingSpan(start, _ends(event)[1], body, tuple(entries), flow=True)
        end = max(entries[-1][0].end, entries[-1][1].end) if entries else body
        return MappingSpan(start, end, body, tuple(entries), flow=False)

    def _dash_before(self, index: int) -> int:
        return self._dashes[bisect_left(self._dashes, index) - 1]

    def _skip_properties(self, index: int) -> int:
        """Return where the value starts, after its anchor and tag on the same line."""
        while self._text[index : index + 1] in ("&", "!"):
            while index < len(self._text) and self._text[index] not in " \t\r\n,[]{}":
                index += 1
            while index < len(self._text) and self._text[index] in " \t":
                index += 1
        return index

    def _block_scalar_end(self, body: int, end: int) -> int:
        """Return where a `|` or `>` ends: blank lines below count if its header has a `+`."""
        header = self._text[body : line_end(self._text, body)].partition("#")[0]
        kept = end if "+" in header else len(self._text[:end].rstrip())
        last = self._text[kept - 1 : kept]
        return kept - 1 if last in ("\n", "\r") else kept


def _events(text: str) -> Iterator[yaml.Event]:
    parser = parser_of_events(text)
    while (event := parser.get_event()) is not None:
        yield event


def _dashes(text: str) -> Iterator[int]:
    scanner = parser_of_events(text)
    while (token := scanner.get_token()) is not None:
        if isinstance(token, yaml.BlockEntryToken):
            yield _ends(token)[0]


def _ends(part: yaml.Event | yaml.Token) -> tuple[int, int]:
    start, end = part.start_mark, part.end_mark
    if start is None or end is None:
        raise TypeError("the parser gives no marks")  # both parsers do
    return start.index, end.index
