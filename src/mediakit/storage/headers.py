"""The headers that objects are served with: media type, caching, and what the site adds."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mediakit.base.formats import media_type

if TYPE_CHECKING:
    from collections.abc import Iterable

_CATALOG = "application/json"
_UNKNOWN = "application/octet-stream"

_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_ALWAYS_ASK = "no-cache"

_CONTENT_IN_NAME = re.compile(r"[-._](?=[0-9a-f]*\d)[0-9a-f]{8,64}(?:-\d+)?\.\w+$")
"""A digest in the name, before a width or the ending: other content would have another name."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What an object is served with; what is empty is not sent. `metadata` are the site's own."""

    content_type: str = ""
    cache_control: str = ""
    content_disposition: str = ""
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """A digest that changes with any of them."""
        parts = (
            self.content_type, self.cache_control, self.content_disposition, sorted(self.metadata),
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """What keys that match a glob get; None keeps what the rules before it say."""

    match: str
    content_type: str | None = None
    cache_control: str | None = None
    content_disposition: str | None = None
    metadata: tuple[tuple[str, str], ...] | None = None


def headers_of(
    key: str, rules: Iterable[HeaderRule] = (), *, found: str = "", is_catalog: bool = False
) -> Headers:
    """Return the headers of an object: its media type and default caching, then the rules.

    `found` is the format of its bytes, which decides on the type: what a name says is its
    author's word. Of several rules that match, by the key or by its last part, a later one
    counts more.
    """
    name = key.rpartition("/")[2]
    caching = _FOR_EVER if _CONTENT_IN_NAME.search(name) else _A_DAY
    headers = Headers(media_type(name, found) or _UNKNOWN, caching)
    if is_catalog:
        headers = Headers(_CATALOG, _ALWAYS_ASK)
    for rule in rules:
        if fnmatchcase(key, rule.match) or fnmatchcase(name, rule.match):
            given = {
                field: value
                for field in ("content_type", "cache_control", "content_disposition", "metadata")
                if (value := getattr(rule, field)) is not None
            }
            headers = replace(headers, **given)
    return headers
