"""The headers that objects are served with: media type, caching, and what the site adds."""

from __future__ import annotations

import hashlib
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Struct
from msgspec.structs import replace

from mediakit.base.artifacts import archive_type
from mediakit.base.formats import media_type
from mediakit.base.setting import HARMLESS, bounds, setting

if TYPE_CHECKING:
    from collections.abc import Iterable

_CATALOG = "application/json"
_SITEMAP = "application/xml"
_UNKNOWN = "application/octet-stream"

_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_ALWAYS_ASK = "no-cache"

_CONTENT_IN_NAME = re.compile(r"[-._](?=[0-9a-f]*\d)[0-9a-f]{8,64}(?:-\d+)?\.\w+$")
"""A digest in the name, before a width or the ending: other content would have another name."""


class Headers(Struct, frozen=True, gc=False):
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


_Ascii = Annotated[str, bounds("ASCII text", pattern=r"^[\x20-\x7e]*$")]
"""A text that can be sent as a header."""

_PictureType = Annotated[
    str,
    bounds(
        "`image/…` or `application/json`",
        pattern=r"^(image/[a-z0-9.+-]+|application/json)(;[\x20-\x7e]*)?$",
    ),
]
"""A media type of pictures, or of the catalog: as a page or a script, a picture could do harm."""

_MetadataName = Annotated[
    str,
    bounds(
        "name of small letters, digits and `-`",
        "names of small letters, digits and `-`",
        pattern=r"^[a-z0-9-]+$",
    ),
]


class HeaderRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table `[[headers]]`: headers of matching objects; None keeps what earlier rules say."""

    # fmt: off
    match: Annotated[str, setting(HARMLESS,
        "A glob for keys (`assets/images/*`) or names (`*.jpg`).", "*.jpg", min_length=1)]
    content_type: Annotated[_PictureType | None, setting(HARMLESS,
        "The media type: a picture is served as a picture.",
        "image/jpeg", default="by the format of the bytes")] = None
    cache_control: Annotated[_Ascii | None, setting(HARMLESS,
        "How long browsers and caches keep it.",
        "public, max-age=3600", default="see [headers](#headers)")] = None
    content_disposition: Annotated[_Ascii | None, setting(HARMLESS,
        "`inline`, or `attachment` with a name.", "inline", default="not sent")] = None
    metadata: Annotated[dict[_MetadataName, _Ascii] | None, setting(HARMLESS,
        "Metadata of your own, sent as `x-amz-meta-NAME`. Names are small letters, digits and "
        "`-`, values are ASCII.", {"owner": "content team"}, default="none")] = None
    # fmt: on


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
    headers = Headers(archive_type(key) or media_type(name, found) or _UNKNOWN, caching)
    if is_catalog or name.endswith(".xml"):
        headers = Headers(_CATALOG if is_catalog else _SITEMAP, _ALWAYS_ASK)
    for rule in rules:
        if fnmatchcase(key, rule.match) or fnmatchcase(name, rule.match):
            given: dict[str, Any] = {
                field: value
                for field in ("content_type", "cache_control", "content_disposition")
                if (value := getattr(rule, field)) is not None
            }
            if rule.metadata is not None:
                given["metadata"] = tuple(sorted(rule.metadata.items()))
            headers = replace(headers, **given)
    return headers
