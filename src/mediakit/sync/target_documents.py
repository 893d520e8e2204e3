"""Mediakit's own documents at a target: the catalog, which comes last, and the journal of puts.

The journal has what runs are about to put, until the catalog there has it: a run that is cut off
leaves objects that no catalog names. Whoever syncs next, on whichever machine, has to know that
they are mediakit's, or nobody may ever delete them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Failure
from mediakit.state.catalog_file import catalog_files, shard_folder
from mediakit.state.documents import TypedReader, read_document
from mediakit.sync.products import CATALOG_KEY, JOURNAL_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.artifacts import Artifact
    from mediakit.state.catalog import Catalog
    from mediakit.storage.headers import Headers
    from mediakit.storage.protocol import Fetched, Storage
    from mediakit.sync.target import TargetState

_SHARD = re.compile(rf"{shard_folder(CATALOG_KEY)}/\d+-\d+-[0-9a-f]{{16}}\.json")
VERSION = 1
_TRIES = 5
_ADVICE = "delete it there: objects of a sync that was cut off then stay, as others' do"

Claims = frozenset[tuple[str, str]]
"""Key and SHA-256 of each object that a run has put, or was about to."""


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


class _Document(msgspec.Struct, frozen=True):
    version: int
    puts: list[tuple[str, str]] = []


_READER = TypedReader(_Document)


def read_claims(target: Storage, entries: Mapping[str, Artifact]) -> Claims:
    """Return what runs have put that did not come to write the catalog; asks only if there is it.

    Raises:
        UsageError: it is not ours.
        TargetError: it cannot be read.
    """
    return _claims(target, target.get(JOURNAL_KEY)) if JOURNAL_KEY in entries else frozenset()


def _claims(target: Storage, found: Fetched | None) -> Claims:
    if found is None:
        return frozenset()
    name = f"{target.url}/{JOURNAL_KEY}"
    return frozenset(read_document(found.data, _READER, name, VERSION, _ADVICE).puts)


class TargetJournal:
    """The journal at a target, as this run adds to it and takes from it."""

    def __init__(self, target: Storage, state: TargetState, headers: Headers) -> None:
        self._target = target
        self._headers = headers
        self._before = state.claims
        entry = state.entries.get(JOURNAL_KEY)
        self._version = entry.version if entry is not None else None

    def claim(self, claims: Claims) -> Failure | None:
        """Note what is about to be put, beside what other runs have noted."""
        if claims <= self._before:
            return None
        failure = None
        for attempt in range(_TRIES):
            if attempt:
                self._read()  # another run has written it meanwhile
            data = _document(self._before | claims)
            sent = self._put(data)
            if not isinstance(sent, Failure):
                self._before, self._version = self._before | claims, sent.version
                return None
            failure = sent
            if sent.code != "target-changed":
                break
        return failure

    def keep(self, claims: Claims) -> None:
        """See that these are noted still: another run may have taken them out meanwhile."""
        self._read()
        self.claim(claims)

    def settle(
        self, entries: Mapping[str, Artifact], objects: Mapping[str, Artifact]
    ) -> Failure | None:
        """Take out what the catalog has, as `objects`, and what is not there, as in `entries`.

        What is left is of another run that is still at work. Nothing left is no journal.
        """
        entry = entries.get(JOURNAL_KEY)
        if entry is None:
            return None
        if entry.version != self._version:
            self._read()
        left = frozenset(
            (key, sha256)
            for key, sha256 in self._before
            if key in entries and not (key in objects and objects[key].ours)
        )
        if not left:
            return self._target.delete([JOURNAL_KEY]).get(JOURNAL_KEY)
        if left == self._before:
            return None
        sent = self._put(_document(left))
        # another run has just added to it: the next one takes out what this one did not
        is_other = isinstance(sent, Failure) and sent.code != "target-changed"
        return sent if isinstance(sent, Failure) and is_other else None

    def _put(self, data: bytes) -> Artifact | Failure:
        return self._target.put(JOURNAL_KEY, data, self._headers, only_if=self._version)

    def _read(self) -> None:
        found = self._target.get(JOURNAL_KEY)
        self._before = _claims(self._target, found)
        self._version = found.version if found is not None else None


def _document(claims: Iterable[tuple[str, str]]) -> bytes:
    """Return the bytes: JSON, one line an object, in the order of the keys."""
    lines = b",\n".join(msgspec.json.encode(each) for each in sorted(claims))
    return b'{"version":%d,\n"puts":[\n%b\n]}\n' % (VERSION, lines)
