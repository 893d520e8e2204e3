"""JSON documents that mediakit writes for itself: read with what is wrong said, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from mediakit.errors import UsageError

if TYPE_CHECKING:
    from typing import Protocol

    class _Versioned(Protocol):
        @property
        def version(self) -> int: ...


_Document = TypeVar("_Document", bound="_Versioned")


def read_document(
    data: bytes, kind: type[_Document], name: str, version: int, advice: str
) -> _Document:
    """Read a document called `name` in messages, of at most this `version`.

    `advice` is what to do about a broken one.

    Raises:
        UsageError: it is broken, has merge conflict markers, or is of a newer mediakit.
    """
    try:
        document = msgspec.json.decode(data, type=kind)
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
