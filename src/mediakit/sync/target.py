"""Observe a target: by its listing and its catalog, and by asking for objects of neither."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.artifacts import CATALOG_KEY, Artifact
from mediakit.base.errors import TargetError, UsageError
from mediakit.base.files import sha256_bytes
from mediakit.base.regular_file import open_regular
from mediakit.executors.workers import finished, run_bounded
from mediakit.state.catalog import load_catalog
from mediakit.sync.target_documents import read_claims

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Fetched, Storage, Upload

_MEBIBYTE = 1024 * 1024
_PART_SIZES = tuple(size * _MEBIBYTE for size in (8, 5, 16, 10, 15, 25, 32, 50, 64, 100))
"""Bytes of a part, as the usual programs send them."""


@dataclass(frozen=True, slots=True)
class TargetState:
    """A target as it was observed: `entries` are its listing, `objects` those of its catalog.

    `found` are objects that the catalog does not know, as the target described them.
    """

    entries: Mapping[str, Artifact] = field(default_factory=dict)
    objects: Mapping[str, Artifact] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Digest of the headers of objects that a run of this site put without writing the catalog, by
    key and SHA-256."""
    catalog: str | None = None
    """The digest of the catalog there, as it was read: its bytes are many."""
    shards: tuple[str, ...] = ()
    """The keys of the shards of that catalog."""
    version: str | None = None
    """The version of the catalog there."""
    found: Mapping[str, Artifact] = field(default_factory=dict)
    site: str = ""
    """The id of the site that the catalog names, empty without one."""
    claims: frozenset[tuple[str, str]] = frozenset()
    """Key and SHA-256 of objects that any run was about to put, and that no catalog has."""

    def holds(self, key: str) -> Artifact | None:
        """Return the object at `key` with its digest, None if there is none or it is unknown."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        known = self.objects.get(key)
        if entry.sha256:
            return entry
        if known is not None and _is_version(known, entry):
            return known
        return self.found.get(key)

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
        return TargetState(entries, claims=read_claims(target, entries))
    fetched, catalog = found
    digest, version = sha256_bytes(fetched.data), fetched.version
    del found, fetched  # its bytes are many, and the listing is long
    # ranges of the listing are asked for side by side, cut at these keys
    entries = target.list(catalog.objects)
    return TargetState(
        entries, catalog.objects, catalog=digest, version=version,
        shards=catalog.shards, site=catalog.site, claims=read_claims(target, entries),
    )  # fmt: skip


def _is_version(known: Artifact, entry: Artifact) -> bool:
    """Return whether an entry of the listing is the object that the catalog knows."""
    return (known.bytes, known.etag) == (entry.bytes, entry.etag)


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


def ask(
    target: Storage, state: TargetState, local: Mapping[str, Upload], executor: Executor
) -> TargetState:
    """Return the state with the objects that the target's catalog does not know.

    They may be what the site needs: others put them, or a run whose catalog did not get there.
    Where the cache has noted a put, and the ETag agrees, the target is not asked.
    """
    found = {}
    unknown = []
    for key, upload in _unknown(state, local):
        sha256 = upload.artifact.sha256
        headers = state.stored.get((key, sha256))
        if headers is not None and _has_etag(upload, state.entries[key]):
            found[key] = Artifact(key, sha256, headers=headers)
        else:
            unknown.append(upload)

    def start(executor: Executor, upload: Upload) -> Future[Artifact | None]:
        return executor.submit(_describe, target, state.entries[upload.artifact.path], upload)

    in_flight = target.connections + 1
    for _, described in run_bounded(executor, in_flight, unknown, start):
        if described is not None:
            found[described.path] = described
    ours = _left_by_cut_off_runs(target, state, local, executor)
    return replace(state, found=found, objects={**state.objects, **ours} if ours else state.objects)


def _left_by_cut_off_runs(
    target: Storage, state: TargetState, local: Mapping[str, Upload], executor: Executor
) -> dict[str, Artifact]:
    """Return objects of runs that did not write the catalog, if the site no longer has them.

    Only the two journals know that they are ours: unless the catalog takes them up now, nobody
    may ever delete them.
    """
    noted = [
        (state.entries[key], sha256, headers)
        for (key, sha256), headers in {**dict.fromkeys(state.claims, ""), **state.stored}.items()
        if key in state.entries and key not in local
        if not _is_recorded(state.objects.get(key), sha256)
    ]

    def start(executor: Executor, item: tuple[Artifact, str, str]) -> Future[Artifact | None]:
        entry, _, _ = item
        return finished(entry) if entry.sha256 else executor.submit(target.describe, entry.path)

    return {
        entry.path: Artifact(entry.path, sha256, entry.bytes, etag=entry.etag, headers=headers)
        for (entry, sha256, headers), described in run_bounded(
            executor, target.connections + 1, noted, start
        )
        if described is not None and described.sha256 == sha256
    }


def _is_recorded(known: Artifact | None, sha256: str) -> bool:
    return known is not None and known.ours and known.sha256 == sha256


def _unknown(state: TargetState, local: Mapping[str, Upload]) -> Iterator[tuple[str, Upload]]:
    """Yield files that an object of unknown content, but of the same size, may be equal to."""
    for key, upload in local.items():
        entry = state.entries.get(key)
        is_alike = entry is not None and entry.bytes == upload.artifact.bytes
        if is_alike and upload.artifact.sha256 and state.holds(key) is None:
            yield key, upload


def _describe(target: Storage, entry: Artifact, upload: Upload) -> Artifact | None:
    """Ask for an object; returns None if it has not the content of the file."""
    described = target.describe(entry.path)
    if described is None or not _is_same(described, entry, upload):
        return None
    return Artifact(entry.path, upload.artifact.sha256, headers=described.headers)


def _is_same(described: Artifact, entry: Artifact, upload: Upload) -> bool:
    """Return whether an object has the content of a file, by its ETag or by its noted digest."""
    is_md5 = described.etag != ""
    if is_md5 and _has_etag(upload, entry):
        return True
    is_plain = is_md5 and "-" not in entry.etag
    return not is_plain and described.sha256 == upload.artifact.sha256


def _has_etag(upload: Upload, entry: Artifact) -> bool:
    """Return whether what is put has this ETag: an MD5, or that of parts of a usual size."""
    _, dash, count = entry.etag.partition("-")
    try:
        if not dash:
            data = upload.read(Path(upload.folder, upload.name))
            return hashlib.md5(data, usedforsecurity=False).hexdigest() == entry.etag
        sizes = [size for size in _PART_SIZES if -(-entry.bytes // size) == int(count)]
        return any(
            _part_etag(Path(upload.folder, upload.name), size) == entry.etag for size in sizes
        )
    except (OSError, ValueError):
        return False


def _part_etag(path: Path, size: int) -> str:
    """Return the ETag that S3 gives to a file sent in parts: the MD5 of MD5s, and how many."""
    digests = []
    with open_regular(path) as file:
        while part := file.read(size):
            digests.append(hashlib.md5(part, usedforsecurity=False).digest())
    whole = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
    return f"{whole}-{len(digests)}"
