"""How buckets are reached: what AWS's own variables and files do not say already."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Addressing(StrEnum):
    """Where a bucket's name stands: in the path, in the host's name, or as the endpoint needs."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


class Encryption(StrEnum):
    """Server-side encryption that is asked for with each object."""

    AES256 = "AES256"
    KMS = "aws:kms"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The URL of a server, and `FILE:LINE` where a file of the site names it, else empty."""

    url: str
    place: str = ""

    def __str__(self) -> str:
        return self.url

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, as far as its name tells."""
        host = urlsplit(self.url).hostname or ""
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class S3Settings:
    """Settings of the table `[s3]`; None leaves a matter to the AWS variables and files.

    These variables win over the file of the site. `connections` is how many requests are under
    way at once, `patience` how many seconds a target that does not answer is tried before the run
    gives up.
    """

    endpoint: Endpoint | None = None
    region: str | None = None
    profile: str | None = None
    addressing: Addressing = Addressing.AUTO
    acl: str | None = None
    storage_class: str | None = None
    encryption: Encryption | None = None
    kms_key: str | None = None
    connections: int = 32
    patience: int = 120


@dataclass(frozen=True, slots=True)
class CdnSettings:
    """Settings of the table `[cdn]`.

    `base_url` is where visitors find the target's root; `cloudfront` is the id of a
    distribution, `cloudflare_zone` that of a zone.
    """

    base_url: str = ""
    cloudfront: str | None = None
    cloudflare_zone: str | None = None


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
