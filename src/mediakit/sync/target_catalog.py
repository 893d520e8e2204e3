"""Apply: the catalog at a target, which says what is there, and comes last."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.state.catalog_file import catalog_files, shard_folder
from mediakit.sync.products import CATALOG_KEY

if TYPE_CHECKING:
    from mediakit.state.catalog import Catalog
    from mediakit.storage.headers import Headers
    from mediakit.storage.protocol import Storage
    from mediakit.sync.transfers import TargetState

_SHARD = re.compile(rf"{shard_folder(CATALOG_KEY)}/\d+-\d+-[0-9a-f]{{16}}\.json")


class TargetCatalog:
    """The catalog at a target as this run knows it."""

    def __init__(self, target: Storage, state: TargetState, headers: Headers) -> None:
        self._target = target
        self._headers = headers
        self._data = state.catalog
        self._version = state.version
        self._shards = set(state.shards)
        self._left = {key for key in state.entries if _SHARD.fullmatch(key)} - self._shards

    @property
    def data(self) -> bytes | None:
        """What this run has read there, or put."""
        return self._data

    def replace(self, catalog: Catalog) -> int | Failure:
        """Put a catalog if the one there is still the one that was read: two runs cannot cross.

        Returns the bytes that were put, 0 where they are there already. New shards have new
        names, so that whoever has read the old main file finds all that it names until the
        new one is there; only then do the old shards go, and what other runs have left.
        """
        put = 0
        named = set()
        for key, data in catalog_files(catalog, CATALOG_KEY, by_content=True):
            if key != CATALOG_KEY:
                named.add(key)
                if key in self._shards:
                    continue
                sent = self._target.put(key, data, self._headers)
            elif data == self._data:
                return 0
            else:
                sent = self._target.replace(key, data, self._headers, self._version)
                self._version = None if isinstance(sent, Failure) else sent.version
                self._data = data
            if isinstance(sent, Failure):
                return sent
            put += len(data)
        gone = (self._shards | self._left) - named
        if gone:
            self._target.delete(sorted(gone))
        self._shards, self._left = named, set()
        return put
