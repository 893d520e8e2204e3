"""The catalog of the site as a file: read with what is wrong said, written only if it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.catalog import Catalog, dump_catalog, load_catalog
from mediakit.errors import UsageError

if TYPE_CHECKING:
    from mediakit.config.settings import Config
    from mediakit.writer import Writer


def read_catalog(config: Config) -> Catalog:
    """Read the catalog, an empty one where there is none; raises UsageError."""
    path = config.root / config.catalog
    try:
        return load_catalog(path.read_bytes(), config.catalog)
    except FileNotFoundError:
        return Catalog()
    except OSError as error:
        raise UsageError(f"{config.catalog}: {error.strerror}") from error


def write_catalog(config: Config, catalog: Catalog, writer: Writer) -> None:
    """Write the catalog if it has changed; raises UsageError."""
    path = config.root / config.catalog
    data = dump_catalog(catalog)
    if catalog == Catalog(baseurl=catalog.baseurl) and not path.exists():
        return
    try:
        if not path.exists() or path.read_bytes() != data:
            writer.write(path, data, durable=True)
    except OSError as error:
        raise UsageError(f"{config.catalog}: cannot be written: {error.strerror}") from error
