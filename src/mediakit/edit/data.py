"""Change a text of a data file in place: everything else stays byte for byte.

The result is read again before it is returned: it says what the old text said, but for that change.
"""

from __future__ import annotations

import codecs
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.edit.editable import UnsafeError, changed, dotted, node, same
from mediakit.edit.front_matter import YamlEditor
from mediakit.edit.toml import TomlEditor
from mediakit.site.data import read_document
from mediakit.site.front_matter import FrontMatterFormat, Parts
from mediakit.site.trees.json import SIGN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.edit.editable import KeyPath
    from mediakit.site.trees.yaml import Node


def set_text(path: str, data: bytes, place: KeyPath, value: str) -> bytes:
    """Set a text of the data file at `path`, which is there already.

    Raises:
        ManifestError: the file cannot be read, or (`cannot-edit`, with the line) the text cannot
            be changed without touching more.
    """
    before = read_document(path, data).root
    text = data.decode("utf-8-sig")
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    wanted = changed(before, place, lambda _: node(value))
    try:
        new = _changed(path, text, place, value)
        after = mark + new.encode()
        _check(path, after, wanted, _first_difference(text, new))
    except UnsafeError as error:
        line = 1 + text.count("\n", 0, error.index)
        message = f"`{dotted(place)}` cannot be changed: {error.why}"
        raise ManifestError("cannot-edit", message, line, "change it by hand") from error
    return after


def _changed(path: str, text: str, place: KeyPath, value: str) -> str:
    language = PurePosixPath(path).suffix[1:].casefold()
    if language == "json":
        return with_text(text, place, value)
    newline = "\r\n" if "\r\n" in text else "\n"
    parts = Parts(FrontMatterFormat.YAML, language, "", text, "", "", newline)
    editor = TomlEditor if language == "toml" else YamlEditor
    return editor(parts).set_value(place, value)


def _check(path: str, data: bytes, wanted: Node, index: int) -> None:
    """Raise UnsafeError if the new text does not say what it has to."""
    try:
        is_right = same(wanted, read_document(path, data).root)
    except ManifestError:
        is_right = False
    if not is_right:
        raise UnsafeError("other values would change with it", index)


def _first_difference(old: str, new: str) -> int:
    pairs = zip(old, new, strict=False)
    return next((index for index, (before, after) in enumerate(pairs) if before != after), 0)


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
