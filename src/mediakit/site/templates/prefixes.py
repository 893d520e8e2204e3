"""The folders that an include or a shortcode puts before the name of a picture it is given.

Its text is expanded with a word in place of each argument; what stands before that word, up to the
beginning of the address, is the folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.site.templates.expressions import Names, Scope
from mediakit.site.templates.liquid import expand_liquid
from mediakit.site.trees.yaml import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.paths import SiteAddress

_INCLUDE_KEY = re.compile(r"\binclude\.([\w-]{1,99})")
_GET = re.compile(r"\{\{-?\s{0,9}(?:\$?\.)Get\s{1,9}[\"`]?([\w-]{1,99})[\"`]?[^{}]{0,200}\}\}")
_ACTION = re.compile(r"\{\{[^{}]{0,2000}\}\}")
_WORD = "mediakit-argument.{}.end"
_FOUND = re.compile(r"mediakit-argument\.([\w-]{1,99})\.end")
_EDGE = re.compile(r"[\s\"'`(),<>=\ue000\ue001]")
_LONGEST = 300


def of_include(text: str, settings: Mapping, address: SiteAddress) -> Iterator[tuple[str, str]]:
    """Yield the arguments of an include of Jekyll, each with a folder put before it."""
    keys = dict.fromkeys(_INCLUDE_KEY.findall(text))
    words: dict[str, Scalar] = {key: Scalar(_WORD.format(key), 0) for key in keys}
    names = Names({"site": Scope(settings), "include": Mapping({**words}, 0)}, None, address)
    yield from _prefixes(expand_liquid(text, names).text, address)


def of_shortcode(text: str, address: SiteAddress) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a shortcode of Hugo, each with a folder put before it."""
    shown = _GET.sub(lambda match: _WORD.format(match[1]), text)
    yield from _prefixes(_ACTION.sub(" ", shown), address)


def _prefixes(shown: str, address: SiteAddress) -> Iterator[tuple[str, str]]:
    for match in _FOUND.finditer(shown):
        before = shown[max(0, match.start() - _LONGEST) : match.start()]
        prefix = _EDGE.split(before)[-1].removeprefix(address.url.rstrip("/"))
        prefix = prefix.removeprefix("/" + address.baseurl.strip("/"))
        if not prefix.endswith("/") or "//" in prefix or ".." in prefix or _FOUND.search(prefix):
            continue
        folder = prefix.strip("/")
        if folder:
            yield match[1], folder
