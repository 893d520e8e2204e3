"""How to reach buckets and the caches in front of them, and the headers of objects there."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace

from mediakit.base.artifacts import archive_type
from mediakit.base.formats import media_type
from mediakit.base.setting import HARMLESS, Trust, bounds, setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Addressing(StrEnum):
    """Where a bucket's name stands: in the path, in the host's name, or as the endpoint needs."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


class Encryption(StrEnum):
    """Server-side encryption that is asked for with each object."""

    AES256 = "AES256"
    KMS = "aws:kms"


def is_loopback(url: str) -> bool:
    """Return whether a server is on this machine, as far as its name tells."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_AS_AWS = "as AWS programs find it"
_HostUrl = Annotated[
    str, bounds("URL of a host, without user or path", pattern=r"^https?://[^\s/@\\?#]+/?$")
]
_Region = Annotated[
    str, bounds("text of small letters, digits and `-`", pattern=r"^[a-z0-9-]{1,63}$")
]
_Url = Annotated[str, bounds("URL", pattern=r"^https?://[^/?#@]+(/[^?#]*)?$")]
_Id = Annotated[str, Meta(min_length=1)]


class S3Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[s3]`; None leaves a matter to the AWS variables and files.

    These variables win over the file of the site. Keys and secrets are no settings.
    """

    # fmt: off
    endpoint: Annotated[_HostUrl | None, setting(Trust.ENDPOINT,
        "URL of the S3 server, if it is not AWS. A file may name a server on this machine. Another "
        "one is named by whoever has the keys: in `AWS_ENDPOINT_URL_S3`, in a profile, or with "
        "`--s3-endpoint`.", "http://localhost:9000", default=_AS_AWS)] = None
    region: Annotated[_Region | None, setting(HARMLESS,
        "Region of the bucket.", "eu-north-1", default=_AS_AWS)] = None
    profile: Annotated[str | None, setting(HARMLESS,
        "Profile in the configuration files of AWS.", "media", default=_AS_AWS)] = None
    addressing: Annotated[Addressing, setting(HARMLESS,
        "Where the bucket's name goes: into the `path`, or into the host's name (`virtual`). "
        "`auto` is `virtual` at AWS and `path` elsewhere.", "path")] = Addressing.AUTO
    acl: Annotated[str | None, setting(HARMLESS,
        "A canned ACL for each object. Many buckets take none.",
        "public-read", default="not sent")] = None
    storage_class: Annotated[str | None, setting(HARMLESS,
        "Storage class of each object.", "STANDARD_IA", default="that of the bucket")] = None
    encryption: Annotated[Encryption | None, setting(HARMLESS,
        "Server-side encryption to ask for with each object.",
        "aws:kms", default="that of the bucket")] = None
    kms_key: Annotated[str | None, setting(HARMLESS,
        "The key for `aws:kms`.", "alias/media", default="that of the account")] = None
    connections: Annotated[int, setting(HARMLESS,
        "The most requests that are under way at once. mediakit begins with up to 32, and sends "
        "more as long as answers come as quickly.", 16, ge=1, le=256)] = 256
    patience: Annotated[int, setting(HARMLESS,
        "How many seconds mediakit tries a target that does not answer, before the run gives up.",
        60, ge=1, le=3600)] = 120
    # fmt: on
    endpoint_place: str = ""
    """`FILE:LINE` where a file of the site names the endpoint; it is no setting itself."""


class CdnSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[cdn]`: the caches in front of a target, which are told what has changed."""

    # fmt: off
    base_url: Annotated[_Url, setting(HARMLESS,
        "The address below which visitors find what is at the target.",
        "https://media.example.com")]
    cloudfront: Annotated[_Id | None, setting(HARMLESS,
        "The id of a CloudFront distribution.", "E2EXAMPLE", default="none")] = None
    cloudflare_zone: Annotated[_Id | None, setting(HARMLESS,
        "The id of a Cloudflare zone. The token comes from `CLOUDFLARE_API_TOKEN`.",
        "023e105f4ecef8ad9ca31a8372d0c353", default="none")] = None
    # fmt: on


class ThemeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[theme]`: what templates are given of the catalog."""

    # fmt: off
    data: Annotated[bool, setting(HARMLESS,
        "Whether `generate` and `sync` write `mediakit.json` into the folder of data, which the "
        "includes of `mediakit theme` read. See [the theme](../how-to/theme.md).",
        example=True)] = False
    base_url: Annotated[_Url | None, setting(HARMLESS,
        "The address below which visitors find the pictures, where that is another host than the "
        "site's; the includes put it before each picture.",
        "https://media.example.com", default="the site itself")] = None
    # fmt: on


class StructuredSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[structured]`: what search engines are told of pictures and videos."""

    # fmt: off
    data: Annotated[bool, setting(HARMLESS,
        "Whether `generate` and `sync` write `media-structured.json` into the folder of data: what "
        "schema.org says of the videos and pictures of each page, ready for its templates. See "
        "[search engines](../how-to/search-engines.md).", example=True)] = False
    sitemap: Annotated[bool, setting(HARMLESS,
        "Whether `sync` puts `media-sitemap.xml` at the target: the pages with their pictures and "
        "videos.", example=True)] = False
    url: Annotated[_Url | None, setting(HARMLESS,
        "The address of the site. Search engines want whole addresses.", "https://example.com",
        default="the one in the settings of the generator")] = None
    clips: Annotated[bool, setting(HARMLESS,
        "Whether a page begins its video at `?t=SECONDS`. Then the chapters of videos are "
        "described as clips, with that address.", example=True)] = False
    # fmt: on

    @property
    def is_on(self) -> bool:
        """Whether pages are read for search engines."""
        return self.data or self.sitemap


_VARIABLES = {
    "endpoint": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "profile": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
}
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""Variables with which no profile is needed: one of a file would take their place."""


def said_by_aws(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the settings that variables of AWS programs say, each with its variable."""
    for name, variables in _VARIABLES.items():
        variable = next((each for each in variables if environ.get(each)), None)
        if variable is not None:
            yield name, variable


def without_what_aws_says(settings: S3Settings, environ: Mapping[str, str]) -> S3Settings:
    """Return the settings of a file, without those that variables of AWS programs say."""
    said = {name for name, _ in said_by_aws(environ)}
    has_keys = any(environ.get(name) for name in _KEYS)
    return replace(
        settings,
        endpoint=None if "endpoint" in said else settings.endpoint,
        region=None if "region" in said else settings.region,
        profile=None if has_keys or "profile" in said else settings.profile,
    )


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
