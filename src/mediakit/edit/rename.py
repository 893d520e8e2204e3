"""From one picture to another: its variants likewise, each address in the spelling that it has."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from mediakit.site.trees.yaml import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mediakit.edit.tree_change import KeyPath
    from mediakit.site.trees.yaml import Node

_WORDS = frozenset(
    {"alt", "title", "caption", "description", "excerpt", "label", "subtitle", "summary", "tagline",
     "text"}
)  # fmt: skip
"""Keys of texts for people: what looks like an address there is told, and leads nowhere."""

_UNSAFE = re.compile(r"[%?#]")
_SAFE = "/!$&'()*+,;=:@~"


def addresses(node: Node, place: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield the texts of front matter that may be addresses, each with its place."""
    if isinstance(node, Mapping):
        for key, value in node.entries.items():
            if not (isinstance(value, Scalar) and key.casefold() in _WORDS):
                yield from addresses(value, (*place, key))
    elif isinstance(node, Sequence):
        for index, value in enumerate(node.items):
            yield from addresses(value, (*place, index))
    elif node.text and not node.is_null:
        yield place, node.text


def renamed(path: str, *, old: str, new: str, suffixes: Iterable[tuple[str, str]]) -> str | None:
    """Return what a site path is once the picture `old` is called `new`.

    It is None for what is neither `old` nor a variant; `suffixes` are those of the presets, each
    with its name. A variant in another format than its source keeps it.
    """
    source, other, shown = PurePosixPath(old), PurePosixPath(new), PurePosixPath(path)
    if path == old:
        return new
    if shown.parent != source.parent:
        return None
    for suffix, _ in suffixes:
        if shown.stem == source.stem + suffix:
            ending = other.suffix if shown.suffix == source.suffix else shown.suffix
            return str(other.with_name(other.stem + suffix + ending))
    return None


def respelled(text: str, old: str, new: str) -> Iterator[str]:
    """Yield how an address that holds the path `old` may be written with `new` in its place.

    The last place comes first. What stands before and behind stays; percent-encoding is kept
    where there is some.
    """
    for found in reversed(list(re.finditer(_spellings(old), text))):
        is_encoded = re.search(r"%[0-9A-Fa-f]{2}", found[0]) is not None
        path = quote(new, _SAFE) if is_encoded or _UNSAFE.search(new) else new
        yield text[: found.start()] + path + text[found.end() :]


def _spellings(path: str) -> str:
    """Return a pattern of all ways to write a path: composed or not, percent-encoded or not."""
    return "".join(map(_spellings_of, unicodedata.normalize("NFC", path)))


def _spellings_of(sign: str) -> str:
    if sign == "/":
        return r"(?:[/\\]|%2[Ff])(?:\.?[/\\])*"
    forms = {sign, unicodedata.normalize("NFD", sign)}
    encoded = {"".join(f"%{byte:02X}" for byte in form.encode()) for form in forms}
    return f"(?:{'|'.join(map(re.escape, forms))}|(?i:{'|'.join(encoded)}))"
