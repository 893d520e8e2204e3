"""Mediakit's own documents at a target: the catalog, which comes last, and the journal of puts.

A run that is cut off leaves objects that no catalog names. So a run notes its puts in the journal
first: the next run, on any machine, then knows that these objects are mediakit's, and may delete
them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Failure
from mediakit.base.artifacts import CATALOG_KEY
from mediakit.base.files import sha256_bytes
from mediakit.state.catalog_file import catalog_files, shard_folder
from mediakit.state.documents import TypedReader, read_document
from mediakit.sync.products import JOURNAL_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.artifacts import Artifact
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Fetched, Storage
    from mediakit.storage.settings import Headers
    from mediakit.sync.target import TargetState

_SHARD = re.compile(rf"{shard_folder(CATALOG_KEY)}/\d+-\d+-[0-9a-f]{{16}}\.json")
VERSION = 1
_TRIES = 5
_ADVICE = "delete it there: objects of a sync that was cut off then stay, as others' do"

Claims = frozenset[tuple[str, str]]
"""Key and SHA-256 of each object that a run has put, or was about to."""


class TargetCatalog:
    """The catalog at a target, as this run has read or put it."""

    def __init__(self, target: Storage, state: TargetState, headers: Headers) -> None:
        self._target = target
        self._headers = headers
        self._digest = state.catalog
        self._version = state.version
        self._shards = set(state.shards)
        self._left = {key for key in state.entries if _SHARD.fullmatch(key)} - self._shards

    @property
    def digest(self) -> str | None:
        """The digest of its main file, None without one."""
        return self._digest

    @property
    def version(self) -> str | None:
        """The version of its main file, None without one."""
        return self._version

    def replace(self, catalog: Catalog) -> int | Failure:
        """Put a catalog, unless another run has put one since it was read.

        Returns how many bytes were put, 0 if they are there already. New shards have new names:
        readers of the old main file find its shards until the new one is there. Only then old
        shards are deleted, and shards that other runs have left.
        """
        put = 0
        named = set()
        for key, data in catalog_files(catalog, CATALOG_KEY, by_content=True):
            if key != CATALOG_KEY:
                named.add(key)
                if key in self._shards:
                    continue
                sent = self._target.put(key, data, self._headers)
            elif sha256_bytes(data) == self._digest:
                return 0
            else:
                sent = self._target.replace(key, data, self._headers, self._version)
                self._version = None if isinstance(sent, Failure) else sent.version
                self._digest = sha256_bytes(data)
            if isinstance(sent, Failure):
                return sent
            put += len(data)
        gone = (self._shards | self._left) - named
        if gone:
            self._target.delete(sorted(gone))
        self._shards, self._left = named, set()
        return put


class _PutsDocument(msgspec.Struct, frozen=True):
    version: int
    puts: list[tuple[str, str]] = []


_READER = TypedReader(_PutsDocument)


def read_claims(target: Storage, entries: Mapping[str, Artifact]) -> Claims:
    """Read the journal, if it is in the listing.

    Raises:
        UsageError: it is not mediakit's.
        TargetError: it cannot be read.
    """
    return _claims(target, target.get(JOURNAL_KEY)) if JOURNAL_KEY in entries else frozenset()


def _claims(target: Storage, found: Fetched | None) -> Claims:
    if found is None:
        return frozenset()
    name = f"{target.url}/{JOURNAL_KEY}"
    return frozenset(read_document(found.data, _READER, name, VERSION, _ADVICE).puts)


class TargetJournal:
    """The journal at a target, as this run has read or put it."""

    def __init__(self, target: Storage, state: TargetState, headers: Headers) -> None:
        self._target = target
        self._headers = headers
        self._before = state.claims
        entry = state.entries.get(JOURNAL_KEY)
        self._version = entry.version if entry is not None else None

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the puts that it notes."""
        return frozenset(key for key, _ in self._before)

    def claim(self, claims: Claims) -> Failure | None:
        """Note puts before they begin, beside those of other runs."""
        if claims <= self._before:
            return None
        failure = None
        for attempt in range(_TRIES):
            if attempt:
                self._read()  # another run has written it meanwhile
            sent = self._put(_document(self._before | claims))
            if not isinstance(sent, Failure):
                self._before, self._version = self._before | claims, sent.version
                return None
            failure = sent
            if sent.code != "target-changed":
                break
        return failure

    def keep(self, claims: Claims) -> None:
        """Note these puts again if another run has taken them out meanwhile."""
        self._read()
        self.claim(claims)

    def settle(
        self, entries: Mapping[str, Artifact], objects: Mapping[str, Artifact]
    ) -> Failure | None:
        """Take out puts that the catalog has (`objects`), or that are not there (`entries`).

        The rest is of another run that is still at work, as is what has been added meanwhile:
        `entries` may not say what of it is there. An empty journal is deleted.
        """
        entry = entries.get(JOURNAL_KEY)
        if entry is None:
            return None
        looked_for = self._before
        if entry.version != self._version:
            self._read()
        left = frozenset(
            (key, sha256)
            for key, sha256 in self._before
            if key in entries or (key, sha256) not in looked_for
            if not (key in objects and objects[key].ours)
        )
        if not left:
            return self._target.delete([JOURNAL_KEY]).get(JOURNAL_KEY)
        if left == self._before:
            return None
        sent = self._put(_document(left))
        # if another run has just added to it, the next one takes them out
        return sent if isinstance(sent, Failure) and sent.code != "target-changed" else None

    def _put(self, data: bytes) -> Artifact | Failure:
        return self._target.put(JOURNAL_KEY, data, self._headers, only_if=self._version)

    def _read(self) -> None:
        found = self._target.get(JOURNAL_KEY)
        self._before = _claims(self._target, found)
        self._version = found.version if found is not None else None


def _document(claims: Iterable[tuple[str, str]]) -> bytes:
    """Return JSON with a line for each object, in the order of the keys."""
    lines = b",\n".join(msgspec.json.encode(each) for each in sorted(claims))
    return b'{"version":%d,\n"puts":[\n%b\n]}\n' % (VERSION, lines)
