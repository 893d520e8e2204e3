"""YAML text to a tree that keeps each scalar as written, and its line.

YAML 1.1 reads `12_34567890` as a number and `1:30` as ninety, but ids, titles and captions must
stay as typed. So the tree comes from the parser's events without any types. It is built without
recursion, and shares aliased nodes, with a limit on their expanded size. PyYAML is imported where a
text is parsed: what has not changed is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mediakit.base.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml
    from yaml._yaml import CParser

MAX_NODES = 200_000
"""Nodes of a document with its aliases expanded: 10,000 gallery entries and more."""

MAX_DEPTH = 100
"""Levels of nesting, so that code may recurse into a tree; no page nests half as deep."""

TEXT_AFTER_END = "text-after-end"
"""The code of what stands behind the first document of a text."""

_TEXT = "tag:yaml.org,2002:str"
_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in (
        "str", "int", "float", "bool", "null", "timestamp", "binary",
        "seq", "map", "set", "omap", "pairs", "merge",
    )
)  # fmt: skip
_OBJECTS = ("tag:yaml.org,2002:", "tag:ruby.yaml.org", "!ruby/", "!python/", "!js/", "!php/")
"""How tags begin that make objects of a programming language, where a loader allows it."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})


class Scalar(msgspec.Struct, frozen=True):
    """A scalar as written; `plain` without quotes."""

    text: str
    line: int
    plain: bool = False

    @property
    def is_null(self) -> bool:
        """Whether YAML reads it as null."""
        return self.plain and self.text in _NULLS

    @property
    def is_false(self) -> bool:
        """Whether YAML reads it as false."""
        return self.plain and self.text in _FALSE

    @property
    def is_switch(self) -> bool:
        """Whether it is true, false or empty: it says whether something is shown, not what."""
        return not self.text.strip() or (self.plain and self.text in _FALSE | _TRUE | _NULLS)


class Sequence(msgspec.Struct, frozen=True):
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


class Mapping(msgspec.Struct, frozen=True):
    """Nodes by key, in the order of the file; where a key is repeated, the last one counts."""

    entries: dict[str, Node]
    line: int

    def get(self, key: str) -> Node | None:
        """Return the node at `key`, None if it is missing or null."""
        node = self.entries.get(key)
        return None if isinstance(node, Scalar) and node.is_null else node

    def text(self, key: str) -> str | None:
        """Return the text of the scalar at `key`, else None."""
        node = self.get(key)
        return node.text if isinstance(node, Scalar) else None


Node = Scalar | Sequence | Mapping


class Oddity(msgspec.Struct, frozen=True):
    """What a document was read in spite of: the code of the problem, the words and the line."""

    code: str
    message: str
    line: int


class YamlDocument(msgspec.Struct, frozen=True):
    """A parsed document, with what is odd in it."""

    root: Node
    oddities: tuple[Oddity, ...] = ()


def repeated_key(key: Scalar) -> Oddity:
    """Return the oddity of a key that overrides an earlier one."""
    return Oddity("repeated-key", f"{key.text!r} is set twice; the last one counts", key.line)


class _Open(msgspec.Struct):
    """An open collection."""

    is_mapping: bool
    line: int
    anchor: str | None
    children: list[Node] = msgspec.field(default_factory=list)
    size: int = 1


def parse_yaml(text: str, first_line: int = 1, most: int = MAX_NODES) -> YamlDocument:
    """Parse the first YAML document of a text, as generators do; lines count from `first_line`.

    Tags are passed over, as Jekyll does.

    Raises:
        ManifestError: the text is not YAML, holds a tag that would build an object, refers to
            an unknown anchor, or expands to more than `most` nodes.
    """
    return _Composer(first_line, most).compose(_events(text, first_line))


def parser_of_events(text: str) -> CParser:
    """Return the parser of the events and tokens of a text, with their positions."""
    try:
        from yaml._yaml import CParser  # noqa: PLC0415 - see above
    except ImportError:  # PyYAML built without libyaml: ten times slower, same events
        from yaml import SafeLoader as CParser  # type: ignore[assignment] # noqa: PLC0415
    return CParser(text)


def _events(text: str, first_line: int) -> Iterator[yaml.Event]:
    import yaml  # noqa: PLC0415 - see above

    try:
        parser = parser_of_events(text)
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        quoted = error.context is not None and "quoted scalar" in error.context
        mark = error.context_mark if quoted else error.problem_mark
        line = first_line + mark.line if mark else None
        what = ", ".join(part for part in (error.context, error.problem) if part)
        raise ManifestError("bad-yaml", f"not valid YAML: {what}", line, _hint(error)) from error
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, error.position)
        raise ManifestError(
            "bad-yaml", "not valid YAML: a control character", line, "delete the character"
        ) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise ManifestError("bad-yaml", f"not valid YAML: {error}") from error


def _hint(error: yaml.MarkedYAMLError) -> str:
    if error.problem and ("cannot start any token" in error.problem):
        return "indent with spaces, not tabs, and quote values that start with @, ` or %"
    if error.context and "quoted scalar" in error.context:
        return "close the quotation mark"
    return "quote values that hold ': ' or ' #'"


class _Composer:
    def __init__(self, first_line: int, most: int) -> None:
        self._first_line = first_line
        self._most = most
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._root: Node | None = None
        self._oddities: list[Oddity] = []
        self._total = 0

    def compose(self, events: Iterator[yaml.Event]) -> YamlDocument:
        import yaml  # noqa: PLC0415 - see above

        for event in events:
            mark = event.start_mark
            line = self._first_line + (mark.line if mark else 0)
            if isinstance(event, yaml.ScalarEvent):
                self._check_tag(event.tag, line)
                plain = not event.style and event.tag != _TEXT
                self._add(Scalar(event.value, line, plain), 1, event.anchor)
            elif isinstance(event, yaml.AliasEvent):
                self._add_alias(event.anchor or "", line)
            elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                self._check_tag(event.tag, line)
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                if len(self._stack) == MAX_DEPTH:
                    raise ManifestError("too-large", f"nested deeper than {MAX_DEPTH} levels", line)
                self._stack.append(_Open(is_mapping, line, event.anchor))
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                done = self._stack.pop()
                node = self._mapping(done) if done.is_mapping else _sequence(done)
                self._add(node, done.size, done.anchor)
            elif isinstance(event, yaml.DocumentEndEvent):
                self._note_more(events)
                break
        root = self._root or Scalar("", self._first_line, plain=True)
        return YamlDocument(root, tuple(self._oddities))

    def _note_more(self, events: Iterator[yaml.Event]) -> None:
        """Note that text follows the document, whether it is YAML or not."""
        import yaml  # noqa: PLC0415 - see above

        line: int | None
        try:
            event = next(events)
            if isinstance(event, yaml.StreamEndEvent):
                return
            line = self._first_line + (event.start_mark.line if event.start_mark else 0)
        except ManifestError as error:
            line = error.line
        message = "the front matter ends before this line, and what follows is ignored"
        self._oddities.append(Oddity(TEXT_AFTER_END, message, line or self._first_line))

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.children.append(node)
        parent.size += size
        if parent.size > self._most:
            raise ManifestError(
                "too-large",
                f"it expands to more than {self._most:,} values",
                node.line,
                "aliases that hold aliases multiply; write the values out",
            )

    def _add_alias(self, anchor: str, line: int) -> None:
        if anchor not in self._anchors:
            raise ManifestError(
                "bad-yaml", f"alias *{anchor} refers to itself or to no anchor", line
            )
        self._add(*self._anchors[anchor], anchor=None)

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag not in _CORE_TAGS and tag.startswith(_OBJECTS):
            raise ManifestError(
                "yaml-tag", f"YAML tag {tag!r} is refused", line, "take the !tag away"
            )

    def _mapping(self, done: _Open) -> Mapping:
        entries: dict[str, Node] = {}
        merged: list[Node] = []
        for key, value in zip(done.children[::2], done.children[1::2], strict=True):
            if not isinstance(key, Scalar):
                continue  # a list as a key: legal YAML that no theme reads
            if key.plain and key.text == "<<":
                merged.extend(value.items if isinstance(value, Sequence) else [value])
                continue
            if key.text in entries:
                self._oddities.append(repeated_key(key))
            entries[key.text] = value
        for base in merged:
            if isinstance(base, Mapping):
                entries = {**base.entries, **entries}
        return Mapping(entries, done.line)


def _sequence(done: _Open) -> Sequence:
    return Sequence(tuple(done.children), done.line)
