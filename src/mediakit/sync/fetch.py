"""The fetch of videos that a sync is given: the feature that fetches them is above this floor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.base.model import Manifest, Problem
    from mediakit.state.catalog import Catalog
    from mediakit.sync.session import Session


class FetchedVideos(Protocol):
    """What a `Fetch` returns: what went wrong, and how many videos it got metadata of."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong."""

    @property
    def came(self) -> int:
        """How many videos' metadata are new in the catalog's file."""


class Fetch(Protocol):
    """Fetches what is missing of the videos in pages, into the site and its catalog's file."""

    def __call__(
        self, session: Session, manifests: Sequence[Manifest], catalog: Catalog, /
    ) -> FetchedVideos:
        """Fetch."""
