"""Change a text of JSON in place: all else stays as it is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mediakit.edit.editable import UnsafeError, dotted
from mediakit.site.trees.json import SIGN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.edit.editable import KeyPath


def with_text(text: str, place: KeyPath, value: str) -> str:
    """Return valid JSON with another text at `place`; new letters are escaped where all are.

    Raises:
        UnsafeError: there is no text at this place.
    """
    # where a key is repeated, the last one counts
    start, end = dict(_texts(text)).get(place, (0, 0))
    if not end:
        raise UnsafeError(f"there is no `{dotted(place)}`", 0)
    new = json.dumps(value, ensure_ascii=text.isascii())
    return text[:start] + new + text[end:]


def _texts(text: str) -> Iterator[tuple[KeyPath, tuple[int, int]]]:
    """Yield the place of each text in a valid JSON text, with its start and its end."""
    # a list counts its items; a mapping has its key, or None before it
    path: list[str | int | None] = []
    for sign in SIGN.finditer(text):
        if sign[0] in "[{":
            path.append(0 if sign[0] == "[" else None)
            continue
        if sign[0] in "]}":
            path.pop()
        elif path and path[-1] is None:
            path[-1] = json.loads(sign[0])
            continue
        elif sign[0][0] == '"':
            yield tuple(key for key in path if key is not None), sign.span()
        if path:
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
