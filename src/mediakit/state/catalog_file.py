"""The catalog of the site as files: read with what is wrong said, written only if they change."""

from __future__ import annotations

import contextlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.state.catalog import Catalog, load_catalog, shard_names
from mediakit.state.shards import catalog_files, shard_folder
from mediakit.state.site_file import read_file, write_changed

if TYPE_CHECKING:
    from mediakit.base.writer import Writer
    from mediakit.config.config import Config

_SHARD = re.compile(r"\d+-\d+\.json")


def read_catalog(config: Config, *, placeholders: bool = True) -> Catalog:
    """Read the catalog, an empty one where there is none; raises UsageError.

    Without `placeholders` it takes less memory, and is not to be written.
    """
    data = read_file(config, config.catalog)
    if data is None:
        return Catalog()

    def read_shard(name: str) -> bytes | None:
        return read_file(config, str(_beside(config, name)))

    return load_catalog(data, config.catalog, read_shard, placeholders=placeholders)


def catalog_paths(config: Config) -> tuple[str, ...]:
    """Return the site paths of the catalog's files, none where there is no catalog.

    Raises:
        UsageError: it cannot be trusted.
    """
    data = read_file(config, config.catalog)
    if data is None:
        return ()
    shards = shard_names(data, config.catalog)
    return (config.catalog, *(str(_beside(config, each)) for each in shards))


def write_catalog(config: Config, catalog: Catalog, writer: Writer) -> None:
    """Write what has changed of the catalog; raises UsageError.

    The main file comes after the shards that it names, and shards that it no longer names go
    last: whenever this is cut off, what is there can be read, and is old or new for each picture.
    """
    is_empty = catalog == Catalog(site=catalog.site, baseurl=catalog.baseurl)
    if is_empty and not (config.root / config.catalog).exists():
        return
    name = PurePosixPath(config.catalog).name
    named = set()
    for each, data in catalog_files(catalog, name):
        path = config.catalog if each == name else str(_beside(config, each))
        write_changed(config, path, data, writer)
        named.add(each)
    _remove_others(config, name, named)


def _remove_others(config: Config, name: str, named: set[str]) -> None:
    folder = shard_folder(name)
    place = config.root / _beside(config, folder)
    if not place.is_dir():
        return
    with contextlib.suppress(OSError):  # a left-over that nothing names does no harm
        for entry in sorted(place.iterdir()):
            if f"{folder}/{entry.name}" not in named and _SHARD.fullmatch(entry.name):
                entry.unlink()
        if not any(place.iterdir()):
            place.rmdir()


def _beside(config: Config, name: str) -> PurePosixPath:
    return PurePosixPath(config.catalog).parent / name
