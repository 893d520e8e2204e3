"""The part of a site that a run is about, by globs and presets."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Kind
from mediakit.base.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.actions import Action
    from mediakit.base.artifacts import Product
    from mediakit.config.config import Config
    from mediakit.sync.observe import ObservedSite


class Selection(msgspec.Struct, frozen=True):
    """Globs of exercises or pictures, and presets, that a run is about; empty ones select all."""

    only: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()

    def selects(self, action: Action, site: ObservedSite) -> bool:
        """Return whether an action is in the selection; what is orphaned never is."""
        product = site.known.products.get(action.path)
        if product is not None:
            return self.takes(product, site.users[action.path])
        if action.kind is not Kind.DESCRIBE:
            return False
        return self.takes_source(action.path, {page for page, _ in site.uses[action.path]})

    def takes(self, product: Product, users: Iterable[str]) -> bool:
        """Return whether a product, used by these pages, is in the selection."""
        if self.presets and product.recipe not in self.presets:
            return False
        pictures = (each.path for each in product.inputs if each.path)
        return self._matches(product.path, *pictures, *users)

    def takes_source(self, path: str, users: Iterable[str]) -> bool:
        """Return whether a source itself, used by these pages, is in the selection."""
        return not self.presets and self._matches(path, *users)

    def _matches(self, *names: str) -> bool:
        return not self.only or any(_matches(name, glob) for name in names for glob in self.only)

    def refuse_unknown(self, config: Config) -> None:
        """Raise UsageError for presets that no recipe has."""
        known = [name for recipe in config.recipes for name in recipe.names]
        unknown = set(self.presets) - set(known)
        if unknown:
            meant = did_you_mean(min(unknown), known) or f"known are {', '.join(known)}"
            raise UsageError(f"no preset {', '.join(sorted(unknown))}", meant)


def _matches(path: str, glob: str) -> bool:
    pure = PurePosixPath(path)
    return any(fnmatchcase(name, glob) for name in (path, pure.name, pure.stem))
