"""Videos: what providers say of them, and what mediakit concludes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Manifest
    from mediakit.state.catalog import Catalog
    from mediakit.sync.session import Session
    from mediakit.videos.report import FetchReport


def fetch_missing(session: Session, manifests: Iterable[Manifest], catalog: Catalog) -> FetchReport:
    """Fetch what is missing of the videos in these pages: what `sync` calls.

    Metadata go into the catalog's file, and thumbnails among the pictures of the site.
    """
    from mediakit.videos.fetch import fetch_missing as fetch  # noqa: PLC0415 - it loads HTTP and TLS

    return fetch(session, manifests, catalog)
