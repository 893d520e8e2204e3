"""What search engines are told: the document for templates, and the sitemap at the target."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.artifacts import Artifact
from mediakit.base.errors import UsageError
from mediakit.base.files import sha256_bytes
from mediakit.base.own_files import HISTORY_NAME
from mediakit.base.regular_file import read_file
from mediakit.state.documents import TypedReader
from mediakit.storage.protocol import Upload
from mediakit.storage.settings import headers_of
from mediakit.structured.facts import SearchFacts
from mediakit.structured.objects import structured_data
from mediakit.structured.sitemap import sitemaps
from mediakit.sync.credits import picture_credits

if TYPE_CHECKING:
    from pathlib import Path

    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.sync.observe import ObservedSite

_NO_PLAYER = frozenset({"dead", "missing", "not embeddable"})
"""States of videos that visitors do not see, in the words of the history."""


class _State(msgspec.Struct, frozen=True):
    state: str = ""


class _States(msgspec.Struct, frozen=True):
    videos: dict[str, dict[str, _State]] = {}


_STATES = TypedReader(_States)


def search_data(site: ObservedSite, catalog: Catalog, cache: Cache) -> bytes:
    """Return `media-structured.json`, without a page where nothing says the site's address."""
    config = site.config
    if not config.public_url:
        return structured_data((), search_facts(catalog, config))
    credits_ = picture_credits(site.files.values(), config, cache)
    facts = replace(search_facts(catalog, config), credits=credits_)
    return structured_data(site.content.manifests, facts)


def search_facts(catalog: Catalog, config: Config) -> SearchFacts:
    """Return what is told of the pictures and videos in a catalog."""
    target_url = (config.cdn.base_url if config.cdn else config.theme.base_url) or ""
    return SearchFacts(
        config.public_url,
        (config.theme.base_url or config.public_url).rstrip("/"),
        config.kind.key,
        catalog.pictures,
        catalog.videos,
        _gone(config),
        clips=config.structured.clips,
        target_url=target_url.rstrip("/"),
    )


def sitemap_uploads(site: ObservedSite, *, has_headers: bool) -> dict[str, Upload]:
    """Return the sitemap as objects of the target, nothing where the site's address is unknown."""
    config = site.config
    if not config.public_url:
        return {}
    catalog = replace(site.catalog, pictures=site.known.pictures)
    facts = search_facts(catalog, config)
    url = (config.cdn.base_url if config.cdn else config.public_url).rstrip("/")
    found = {}
    for key, data in sitemaps(site.content.manifests, facts, url).items():
        headers = headers_of(key, config.headers)
        digest = headers.digest if has_headers else ""
        artifact = Artifact(key, sha256_bytes(data), len(data), headers=digest)
        found[key] = Upload(artifact, "", "", headers, partial(_given, data))
    return found


def _given(data: bytes, _place: Path | str) -> bytes:
    return data


def _gone(config: Config) -> frozenset[str]:
    """Return the videos that visitors do not see, as the last checks found them."""
    with contextlib.suppress(UsageError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        data = read_file(config.root, config.catalog_file.beside(HISTORY_NAME))
        providers = _STATES.from_json(data).videos if data else {}
        return frozenset(
            f"{provider}/{video}"
            for provider, rows in providers.items()
            for video, row in rows.items()
            if row.state in _NO_PLAYER
        )
    return frozenset()
