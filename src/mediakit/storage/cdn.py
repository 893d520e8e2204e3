"""Which caches stand in front of a target, to be told what has changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CdnSettings:
    """Settings of the table `[cdn]`.

    `base_url` is where visitors find the target's root; `cloudfront` is the id of a
    distribution, `cloudflare_zone` that of a zone.
    """

    base_url: str = ""
    cloudfront: str | None = None
    cloudflare_zone: str | None = None
