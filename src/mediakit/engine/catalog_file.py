"""The catalog of the site as a file: read with what is wrong said, written only if it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.catalog import Catalog, dump_catalog, load_catalog
from mediakit.engine.site_file import read_file, write_changed

if TYPE_CHECKING:
    from mediakit.config.settings import Config
    from mediakit.writer import Writer


def read_catalog(config: Config) -> Catalog:
    """Read the catalog, an empty one where there is none; raises UsageError."""
    data = read_file(config, config.catalog)
    return Catalog() if data is None else load_catalog(data, config.catalog)


def write_catalog(config: Config, catalog: Catalog, writer: Writer) -> None:
    """Write the catalog if it has changed; raises UsageError."""
    is_empty = catalog == Catalog(baseurl=catalog.baseurl)
    if not is_empty or (config.root / config.catalog).exists():
        write_changed(config, config.catalog, dump_catalog(catalog), writer)
