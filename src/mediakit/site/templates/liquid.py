"""Texts with Liquid, as Jekyll and Eleventy read it, or with Nunjucks: read once, and not run.

Values are put in where they are plain: settings of the site, front matter, and variables that the
text sets. Loops are not run: what they count with, only the generator knows. Both branches of a
condition count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from mediakit.site.templates.expanded import (
    Expanded,
    Expansion,
    Gap,
    Tag,
    Unknown,
    Value,
    read_arguments,
)
from mediakit.site.templates.expressions import LONGEST, Names, as_text, evaluate

if TYPE_CHECKING:
    from mediakit.site.templates.expressions import Named

_OPENING = re.compile(r"\{[{%]")
_OPENING_OR_COMMENT = re.compile(r"\{(?:[{%]|#[\s-])")
_CLOSING = {"{": "}}", "%": "%}", "#": "#}"}
_SPACE = re.compile(r"\s*")
_TAG = re.compile(r"-?\s*([\w.-]+)")
_CALL = re.compile(r"-?\s*([A-Za-z_][\w.]*)\(")
_INCLUDED = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[^\s,\"']+)\s*,?")
_ASSIGNED = re.compile(r"\s*([\w.-]+)\s*=(.*)", re.DOTALL)
_LOOP = re.compile(r"\s*([\w, -]+?)\s+in\s")
_MARKUP = re.compile(r"[<>!\[\]\ue000]")
_PAGES = (".md", ".markdown", ".html", ".htm", ".mkd", ".mkdn", ".mkdown", ".textile")

INCLUDES = frozenset({"include", "include_cached", "include_relative", "render"})
_UNREAD_BLOCKS = frozenset({"raw", "verbatim", "comment", "highlight"})
_LOOPS = frozenset({"for", "tablerow", "asyncEach", "asyncAll"})
_BLOCKS = frozenset({*_LOOPS, "if", "unless", "case", "ifchanged", "capture"})
_BRANCHES = frozenset({"else", "elsif", "elseif", "elif", "when"})
_KNOWN_TO_GENERATOR = frozenset({"cycle", "decrement", "increment", "post_url"})
_LONGEST_LOOP = 200
_DEEPEST = 100
"""Blocks inside each other that variables are followed through; Liquid refuses more."""


def expand_liquid(text: str, names: Names, *, words_are_names: bool = False) -> Expanded:
    """Return a text with the values that its template puts in.

    `words_are_names` says what a word without quotes is in the tag of a plugin; a text otherwise.
    """
    return _Reader(text, names, words_are_names=words_are_names).read()


@dataclass(slots=True)
class _Block:
    """An open block: the variables set in its branch with their values before it."""

    name: str
    part: int
    start: int
    before: dict[str, Named] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    captured: str = ""


class _Reader:
    """Goes through a text once."""

    def __init__(self, text: str, names: Names, *, words_are_names: bool) -> None:
        self._text = text
        self._names = names
        self._words_are_names = words_are_names
        self._made = Expansion(text)
        self._blocks: list[_Block] = []
        self._unclosed: set[str] = set()  # looked for once: a text of openings stays linear

    def read(self) -> Expanded:
        text, at = self._text, 0
        readers = {"{": self._output, "%": self._tag, "#": _skip}
        pattern = _OPENING_OR_COMMENT if self._words_are_names else _OPENING
        while opening := pattern.search(text, at):
            start = opening.start()
            sign = text[start + 1]
            closing = _CLOSING[sign]
            end = -1 if closing in self._unclosed else text.find(closing, start + 2)
            if end < 0:
                self._unclosed.add(closing)
                self._made.keep(at, start + 2)
                at = start + 2
                continue
            self._keep_before(at, start)
            inner, end = text[start + 2 : end], end + 2
            at = readers[sign](inner, start, end)
            if text[at - 3 : at - 2] == "-":
                at = _end_of_space(text, at)
        self._made.keep(at, len(text))
        return self._made.finished()

    def _keep_before(self, at: int, start: int) -> None:
        if self._text[start + 2 : start + 3] == "-":
            start = at + len(self._text[at:start].rstrip())
        self._made.keep(at, start)

    def _output(self, inner: str, start: int, end: int) -> int:
        call = _CALL.match(inner) if self._words_are_names else None
        if call is not None:
            self._show(call[1].rpartition(".")[2], inner[call.end() :], start)
            return end
        value = as_text(self._value(inner.removeprefix("-").removesuffix("-")))
        self._put(value, start, end)
        return end

    def _put(self, value: str | Unknown | None, start: int, end: int) -> None:
        if isinstance(value, str) and value:
            self._made.put(value, start, end)
        else:
            reason = value if isinstance(value, Unknown) else Unknown.MISSING
            self._made.mark(Gap(reason, self._text[start:end]), start)

    def _value(self, expression: str) -> Value:
        return evaluate(expression, self._names)

    def _tag(self, inner: str, start: int, end: int) -> int:
        match = _TAG.match(inner)
        if match is None:
            return end
        name, rest = match[1], inner[match.end() :].removesuffix("-")
        if name in _UNREAD_BLOCKS:
            return self._unread(name, end)
        if name in {"assign", "set"}:
            self._assign(rest)
        elif name in _BLOCKS:
            self._open(name, rest)
        elif name in _BRANCHES:
            self._branch()
        elif name.startswith("end"):
            self._close(name[3:])
        elif name == "link":
            self._link(rest, start, end)
        elif name in INCLUDES:
            self._include(rest, start)
        elif name in _KNOWN_TO_GENERATOR:
            self._put(Unknown.GENERATOR, start, end)
        else:
            self._show(name, rest, start)
        return end

    def _unread(self, name: str, start: int) -> int:
        """Go to the end of a block whose inside is no template; only what is raw is shown."""
        pattern = re.compile(rf"\{{%-?\s{{0,99}}end{name}\s{{0,99}}-?%\}}")
        found = None if name in self._unclosed else pattern.search(self._text, start)
        if found is None:
            self._unclosed.add(name)
            return start
        end = found.start()
        if name in {"raw", "verbatim"}:
            self._made.keep(start, end)
        else:
            self._made.blank(start, end)
        return found.end()

    def _assign(self, rest: str) -> None:
        match = _ASSIGNED.fullmatch(rest)
        if match is not None:
            self._set(match[1], self._value(match[2]))

    def _set(self, name: str, value: Value) -> None:
        if len(self._blocks) > _DEEPEST:
            value = Unknown.GENERATOR
        elif self._blocks:
            self._blocks[-1].before.setdefault(name, self._names.find(name))
        self._names.values[name] = value

    def _open(self, name: str, rest: str) -> None:
        block = _Block(name, len(self._made.parts), self._made.length)
        self._blocks.append(block)
        if name == "capture":
            block.captured = rest.strip(" \n\"'")
        loop = _LOOP.match(rest[:_LONGEST_LOOP]) if name in _LOOPS else None
        for each in ("forloop", "loop", *loop[1].split(",")) if loop is not None else ():
            self._set(each.strip(), Unknown.GENERATOR)

    def _branch(self) -> None:
        """Go on with the variables as they were before the block."""
        if self._blocks:
            block = self._blocks[-1]
            block.changed.update(block.before)
            self._names.values.update(block.before)
            block.before.clear()

    def _close(self, name: str) -> None:
        if not self._blocks or self._blocks[-1].name != name:
            return
        block = self._blocks.pop()
        if block.name == "capture":
            self._keep_set(block)
            self._set(block.captured, self._captured(block))
            return
        for each in block.changed.union(block.before):
            self._set(each, Unknown.GENERATOR)

    def _keep_set(self, block: _Block) -> None:
        """Say to the block around what was set inside; a capture has no variables of its own."""
        if self._blocks:
            for each, value in block.before.items():
                self._blocks[-1].before.setdefault(each, value)

    def _captured(self, block: _Block) -> Value:
        """Return a captured text if it is plain: what it shows is read where it stands."""
        if len(self._blocks) > _DEEPEST or self._made.length - block.start > LONGEST:
            return Unknown.GENERATOR
        text = self._made.since(block.part)
        return Unknown.GENERATOR if _MARKUP.search(text) else text

    def _link(self, rest: str, start: int, end: int) -> None:
        """Put in the address of a file; that of a page only the generator knows."""
        path = rest.strip()
        if "{{" in path or path.lower().endswith(_PAGES):
            self._put(Unknown.GENERATOR, start, end)
            return
        base = self._names.address.baseurl.strip("/")
        address = ("/" + base if base else "") + "/" + path.lstrip("/")
        self._put(quote(address, safe="/%", errors="replace"), start, end)

    def _include(self, rest: str, start: int) -> None:
        match = _INCLUDED.match(rest)
        if match is not None:
            values = read_arguments(rest[match.end() :], self._word)
            self._made.mark(Tag(match[1].strip("\"'"), values, start), start)
        if self._names.missing is None:
            self._names.missing = Unknown.GENERATOR  # an include may set variables

    def _show(self, name: str, rest: str, start: int) -> None:
        of_word = self._word if self._words_are_names else self._word_or_text
        is_foreign = not self._words_are_names
        tag = Tag(name, read_arguments(rest, of_word), start, is_foreign=is_foreign)
        self._made.mark(tag, start)

    def _word(self, word: str) -> Value:
        return as_text(self._value(word))

    def _word_or_text(self, word: str) -> Value:
        return self._word(word) if word.partition(".")[0] in self._names.values else word


def _skip(_inner: str, _start: int, end: int) -> int:
    return end


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at
