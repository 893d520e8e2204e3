"""A target as it was observed, and mediakit's own documents there: the catalog, and the journal.

A run that is cut off leaves objects that no catalog names. So it notes its puts in the journal
first: the next run, on any machine, then knows that they are mediakit's, and may delete them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.actions import Failure
from mediakit.base.artifacts import CATALOG_KEY, Artifact
from mediakit.base.errors import TargetError, UsageError
from mediakit.base.files import sha256_bytes
from mediakit.base.tables import Table
from mediakit.executors.workers import finished
from mediakit.state.catalog import load_catalog
from mediakit.state.catalog_file import catalog_files, lines_of, shard_folder
from mediakit.state.documents import TypedReader, read_document
from mediakit.sync.products import JOURNAL_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Fetched, Storage
    from mediakit.storage.settings import Headers


_SHARD = re.compile(rf"{shard_folder(CATALOG_KEY)}/\d+-\d+-[0-9a-f]{{16}}\.json")
VERSION = 1
_TRIES = 5
_ADVICE = "delete it there: objects of a sync that was cut off then stay, as others' do"

Claims = frozenset[tuple[str, str]]
"""Key and SHA-256 of each object that a run has put, or was about to."""


@dataclass(frozen=True, slots=True)
class TargetState:
    """A target as it was observed: `entries` are its listing, `objects` those of its catalog.

    `stored` has the digest of the headers of objects that a run of this site put without writing
    the catalog, by key and SHA-256; `claims` have those of objects that any run was about to put,
    and that no catalog has. Of the `catalog` it has the digest, since its bytes are many, its
    `version`, the keys of its `shards`, and the id of the `site`, empty without one. `found` are
    objects that the catalog does not know, as the target described them. With `has_headers`,
    objects there have headers of their own.
    """

    entries: Mapping[str, Artifact] = field(default_factory=dict)
    objects: Mapping[str, Artifact] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], str] = field(default_factory=dict)
    catalog: str | None = None
    shards: tuple[str, ...] = ()
    version: str | None = None
    found: Mapping[str, Artifact] = field(default_factory=dict)
    site: str = ""
    has_headers: bool = False
    claims: frozenset[tuple[str, str]] = frozenset()

    def holds(self, key: str) -> Artifact | None:
        """Return the object at `key` with its digest, None if there is none or it is unknown."""
        entry = self.entries.get(key)
        if entry is None or entry.sha256:
            return entry
        known = self.objects.get(key)
        if known is not None and (known.bytes, known.etag) == (entry.bytes, entry.etag):
            return known
        return self.found.get(key)

    def is_as_known(self, key: str) -> bool:
        """Return whether the listing has an object as the catalog has it, in memory once."""
        return isinstance(self.entries, Table) and self.entries.shares(self.objects, key)

    def is_unchanged(self, key: str, known: Artifact) -> bool:
        """Return whether the object at `key` has the content that is recorded."""
        held = self.holds(key)
        return held is not None and held.sha256 == known.sha256

    def is_ours(self, key: str, sha256: str) -> bool:
        """Return whether mediakit put the object that is at `key`."""
        known = self.objects.get(key)
        is_noted = (key, sha256) in self.stored or (key, sha256) in self.claims
        return (known is not None and known.ours) or is_noted


def start_listing(target: Storage, executor: Executor) -> Future[TargetState]:
    """Observe a target on `executor`; a folder at once, since the cache belongs to this thread."""
    if target.is_remote:
        return executor.submit(observe_target, target)
    return finished(observe_target(target))


def observe_target(target: Storage) -> TargetState:
    """Read a target's catalog and its listing; raises TargetError or UsageError if it cannot."""
    found = read_target_catalog(target)
    if found is None:
        entries = target.list()
        claims = read_claims(target, entries)
        return TargetState(entries, has_headers=target.has_headers, claims=claims)
    fetched, catalog = found
    digest, version = sha256_bytes(fetched.data), fetched.version
    del found, fetched  # its bytes are many, and the listing is long
    # ranges of the listing are asked for side by side, cut at these keys
    entries = target.list(catalog.objects)
    return TargetState(
        entries, catalog.objects, catalog=digest, version=version,
        shards=catalog.shards, site=catalog.site, has_headers=target.has_headers,
        claims=read_claims(target, entries),
    )  # fmt: skip


def read_target_catalog(
    target: Storage, *, only_objects: bool = True
) -> tuple[Fetched, Catalog] | None:
    """Return the catalog at a target, None without one; only a whole one may be put again."""
    fetched = target.get(CATALOG_KEY)
    while fetched is not None:
        try:
            name = f"{target.url}/{CATALOG_KEY}"
            read = partial(_read_shard, target)
            return fetched, load_catalog(fetched.data, name, read, only_objects=only_objects)
        except UsageError:
            # its shards are gone if another run has put its own meanwhile
            again = target.get(CATALOG_KEY)
            if again == fetched:
                raise
            fetched = again
    return None


def _read_shard(target: Storage, key: str) -> bytes | None:
    """Return a shard, None where there is none; its name has the digest of its bytes."""
    fetched = target.get(key)
    if fetched is None:
        return None
    if sha256_bytes(fetched.data)[:16] not in key:
        raise TargetError(
            f"{target.url}/{key}: is not what was put there",
            f"restore it, or delete {CATALOG_KEY} there: a sync then asks what each object is",
        )
    return fetched.data


class TargetCatalog:
    """The catalog at a target, as this run has read or put it.

    `digest` and `version` are those of its main file, None without one.
    """

    def __init__(self, target: Storage, state: TargetState, headers: Headers) -> None:
        self._target = target
        self._headers = headers
        self.digest = state.catalog
        self.version = state.version
        self._shards = set(state.shards)
        self._left = {key for key in state.entries if _SHARD.fullmatch(key)} - self._shards

    def replace(self, catalog: Catalog) -> int | Failure:
        """Put a catalog, unless another run has put one since it was read.

        Returns how many bytes were put, 0 if they are there already. New shards have new names:
        readers of the old main file find its shards until the new one is there. Only then old
        shards are deleted, and shards that other runs have left.
        """
        put, named = 0, set()
        lines = catalog.lines or lines_of(catalog)
        for key, data in catalog_files(catalog, CATALOG_KEY, lines, by_content=True):
            if key != CATALOG_KEY:
                named.add(key)
                if key in self._shards:
                    continue
                sent = self._target.put(key, data, self._headers)
            elif sha256_bytes(data) == self.digest:
                return 0
            else:
                sent = self._target.replace(key, data, self._headers, self.version)
                self.version = None if isinstance(sent, Failure) else sent.version
                self.digest = sha256_bytes(data)
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
    """Read the journal, if it is listed; raises UsageError if it is not ours, or TargetError."""
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
            noted = self._before | claims if self._before else claims
            sent = self._put(_document(noted))
            if not isinstance(sent, Failure):
                self._before, self._version = noted, sent.version
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
            for key, sha256 in sorted(self._before)  # in the order in which these hold them
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
    out, between = BytesIO(), b'{"version":%d,\n"puts":[\n' % VERSION
    for each in sorted(claims):  # line by line: they may be very many
        out.write(between + msgspec.json.encode(each))
        between = b",\n"
    out.write(b"\n]}\n")
    return out.getvalue()
