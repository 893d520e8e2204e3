"""Typed readers of outside data, such as the JSON files that mediakit keeps in a site."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from mediakit.base.errors import UsageError

if TYPE_CHECKING:
    from typing import Protocol

    class _Versioned(Protocol):
        @property
        def version(self) -> int: ...


_Value = TypeVar("_Value")
_Document = TypeVar("_Document", bound="_Versioned")

_BUILDING = threading.Lock()
"""Two threads may import modules that build the same type of msgspec's."""


class TypedReader(Generic[_Value]):
    """Reads values of one type, in any number of threads.

    msgspec builds a type at its first use, and a thread that uses a half-built type crashes the
    process. A reader builds its type when it is made, and modules make their readers at import,
    before any thread can use them.
    """

    def __init__(self, kind: type[_Value]) -> None:
        self.kind = kind
        with _BUILDING:
            self._json = msgspec.json.Decoder(kind)
            self._msgpack = msgspec.msgpack.Decoder(kind)

    def from_json(self, data: bytes) -> _Value:
        """Read JSON; raises msgspec.DecodeError, UnicodeDecodeError or RecursionError."""
        return self._json.decode(data)

    def from_msgpack(self, data: bytes) -> _Value:
        """Read MessagePack; raises msgspec.DecodeError, UnicodeDecodeError or RecursionError."""
        return self._msgpack.decode(data)

    def from_tree(self, tree: object) -> _Value:
        """Read dicts, lists and scalars; raises msgspec.ValidationError."""
        return msgspec.convert(tree, self.kind)


class LateReader(Generic[_Value]):
    """Reads values of a type that was registered after the import, or that few runs read.

    In one thread at a time.
    """

    def __init__(self, kind: type[_Value]) -> None:
        self.kind = kind

    def from_tree(self, tree: object) -> _Value:
        """Read dicts, lists and scalars; raises msgspec.ValidationError."""
        with _BUILDING:
            return msgspec.convert(tree, self.kind)


def read_document(
    data: bytes, reader: TypedReader[_Document], name: str, version: int, advice: str
) -> _Document:
    """Read a document of at most this `version`; messages call it `name`.

    `advice` is the hint where it is broken.

    Raises:
        UsageError: it is broken, has merge conflict markers, or is of a newer mediakit.
    """
    try:
        document = reader.from_json(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        conflict = b"<<<<<<<" in data
        raise UsageError(
            f"{name}: {'holds merge conflict markers' if conflict else f'is broken: {error}'}",
            "take one side of the conflict, then run again" if conflict else advice,
        ) from error
    if document.version > version:
        raise UsageError(
            f"{name}: version {document.version} was written by a newer mediakit",
            "upgrade mediakit on this machine",
        )
    return document
