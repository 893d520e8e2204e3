"""Expressions of Liquid and Nunjucks: texts, names with their keys, and chains of filters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mediakit.site.templates.expanded import Unknown, Value
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from mediakit.site.paths import SiteAddress

_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[\w-]+\??|[^\s\w]")
_NAME = re.compile(r"[\w-]+\??")
_LITERALS: dict[str, str | None] = {
    "true": "true",
    "false": "false",
    "nil": None,
    "null": None,
    "empty": "",
    "blank": "",
}
_ENDS = {"first": 0, "last": -1}
_DEEPEST = 20
"""Names inside the brackets of names."""

LONGEST = 4_000
"""The longest value that is looked at: no address is longer."""


@dataclass(frozen=True, slots=True)
class Scope:
    """An object such as `site` or `page`; the generator alone knows what it `fills_in`."""

    fields: Mapping
    fills_in: AbstractSet[str] = frozenset()


Named: TypeAlias = "Value | Scope"


@dataclass(slots=True)
class Names:
    """The names that a template may use; `missing` is the value of all others."""

    values: dict[str, Named]
    missing: Value
    address: SiteAddress

    def find(self, name: str) -> Named:
        """Return the value of a name."""
        return self.values.get(name, self.missing)


def evaluate(text: str, names: Names) -> Value:
    """Return the value of an expression."""
    try:
        return _Reader(text, names).read()
    except _UnreadError:
        return Unknown.UNREAD


def as_text(value: Value) -> str | Unknown | None:
    """Return a value as the text that a page shows, None where it has no value."""
    if isinstance(value, Scalar):
        value = None if value.is_null else value.text
    elif isinstance(value, Sequence):
        items = [each.text for each in value.items if isinstance(each, Scalar)]
        value = "".join(items) if len(items) == len(value.items) else Unknown.UNREAD
    elif isinstance(value, Mapping):
        value = Unknown.UNREAD
    return Unknown.GENERATOR if isinstance(value, str) and len(value) > LONGEST else value


class _UnreadError(Exception):
    """The expression has a form that is not read here."""


class _Reader:
    """Reads one expression from its first token to its last."""

    def __init__(self, text: str, names: Names) -> None:
        self._tokens: list[str] = [*_TOKEN.findall(text), ""]
        self._at = 0
        self._depth = 0
        self._names = names

    def read(self) -> Value:
        value = self._filtered_value()
        while self._next_is("~") or self._next_is("+"):
            value = _joined(as_text(value), as_text(self._filtered_value()))
        if self._tokens[self._at]:
            raise _UnreadError
        return value

    def _filtered_value(self) -> Value:
        value = self._value()
        while self._next_is("|"):
            value = self._filtered(value)
        return value

    def _next_is(self, token: str) -> bool:
        found = self._tokens[self._at] == token
        self._at += found
        return found

    def _take(self) -> str:
        token = self._tokens[self._at]
        self._at += bool(token)
        return token

    def _value(self) -> Value:
        token = self._take()
        if token[:1] in {"'", '"'} and len(token) > 1:
            return token[1:-1]
        if not _NAME.fullmatch(token):
            raise _UnreadError
        if token in _LITERALS:
            return _LITERALS[token]
        if token.lstrip("-").isdecimal():
            return self._number(token)
        found = self._names.find(token)
        while True:
            if self._next_is("."):
                found = _child(found, self._take())
            elif self._next_is("["):
                found = _child(found, as_text(self._index()))
            else:
                return Unknown.UNREAD if isinstance(found, Scope) else found

    def _index(self) -> Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _UnreadError
        value = self._value()
        self._depth -= 1
        if not self._next_is("]"):
            raise _UnreadError
        return value

    def _number(self, token: str) -> str:
        return f"{token}.{self._take()}" if self._next_is(".") else token

    def _filtered(self, value: Value) -> Value:
        from mediakit.site.templates.filters import apply_filter  # noqa: PLC0415 - most have none

        name, arguments = self._take(), []
        closing = ":" if self._next_is(":") else "(" if self._next_is("(") else ""
        if closing and not self._next_is(")"):
            arguments.append(self._value())
            while self._next_is(","):
                arguments.append(self._value())
            if closing == "(" and not self._next_is(")"):
                raise _UnreadError
        return apply_filter(name, value, arguments, self._names.address)


def _joined(text: str | Unknown | None, more: str | Unknown | None) -> Value:
    """Return two texts as one, as Nunjucks joins them."""
    unknown = [each for each in (text, more) if isinstance(each, Unknown)]
    return unknown[0] if unknown else f"{text or ''}{more or ''}"


def _child(parent: Named, key: str | Unknown | None) -> Value:
    """Return what a value has at a key or an index."""
    if isinstance(parent, Unknown):
        return parent
    if key is None or isinstance(key, Unknown):
        return key
    if isinstance(parent, Scope):
        filled = Unknown.GENERATOR if key in parent.fills_in else None
        return parent.fields.get(key) or filled
    if isinstance(parent, Mapping):
        return parent.get(key)
    return _item(parent, key) if isinstance(parent, Sequence) else None


def _item(parent: Sequence, key: str) -> Value:
    if key == "size":
        return str(len(parent.items))
    index = _ENDS.get(key)
    if index is None and key.lstrip("-").isdecimal() and len(key) < 9:
        index = int(key)
    if index is None or not -len(parent.items) <= index < len(parent.items):
        return None
    return parent.items[index]
