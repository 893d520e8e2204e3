"""Refuse a target of the file's choice in which the site has something."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from mediakit.base.errors import ConfigError
from mediakit.storage.open import local_folder

if TYPE_CHECKING:
    from mediakit.sync.observe import ObservedSite


def refuse_folder_in_use(site: ObservedSite) -> None:
    """Refuse a target of the file's choice in which the site has pages, pictures or its catalog.

    Raises:
        ConfigError: it has; a folder like that is only taken from a flag or a variable.
    """
    config = site.config
    folder = local_folder(config.target, config.root)
    if folder is None:
        return
    inside = folder.relative_to(config.root.resolve()).as_posix()
    above = unicodedata.normalize("NFC", inside) + "/"
    named = {config.catalog, *site.sources, *(each.path for each in site.content.manifests)}
    held = min((path for path in named if path.startswith(above)), default=None)
    if held is None:  # where the target is, no content files were looked for
        paths = site.tree.walk(config.kind.is_excluded, above[:-1])
        is_page = config.kind.content_type
        held = next((path for path in paths if is_page(path) is not None), None)
    if held is not None:
        raise ConfigError(
            f"{config.file.where('target')}: target: the site has {held} in {config.target!r}",
            "give a folder of its own; or give this one by --target, or in MEDIAKIT_TARGET",
        )
