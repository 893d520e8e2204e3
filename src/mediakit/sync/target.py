"""Observe: what is at a target, from its listing and its catalog; asking only where these end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from mediakit.base.artifacts import Artifact
from mediakit.base.errors import TargetError, UsageError
from mediakit.base.regular_file import open_regular, read_regular
from mediakit.executors import finished, run_bounded
from mediakit.state.catalog import load_catalog, shard_names
from mediakit.sync.products import CATALOG_KEY
from mediakit.sync.target_documents import read_claims

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Fetched, Storage, Upload

_MEBIBYTE = 1024 * 1024
_PART_SIZES = tuple(size * _MEBIBYTE for size in (8, 5, 16, 10, 15, 25, 32, 50, 64, 100))
"""Bytes of a part, as the usual programs send them."""


@dataclass(frozen=True, slots=True)
class TargetState:
    """What is at the target: its listing, and what the catalog there says of each key.

    `found` is what the target told, when asked, of objects that the catalog does not know.
    """

    entries: Mapping[str, Artifact] = field(default_factory=dict)
    objects: Mapping[str, Artifact] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(key, SHA-256) of puts by a run that did not come to write the catalog, and the headers."""
    catalog: bytes | None = None
    """The catalog there, as it was read."""
    shards: tuple[str, ...] = ()
    """The keys of its shards, where it has any."""
    version: str | None = None
    """The version of the catalog there."""
    found: Mapping[str, Artifact] = field(default_factory=dict)
    site: str = ""
    """The id of the site that the catalog there names, empty where it names none."""
    claims: frozenset[tuple[str, str]] = frozenset()
    """Key and SHA-256 of what any run was about to put, and no catalog there has."""

    def holds(self, key: str) -> Artifact | None:
        """Return what is at `key`, None where nothing is or nobody knows."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        known = self.objects.get(key)
        if entry.sha256:
            return entry
        if known is not None and (known.bytes, known.etag) == (entry.bytes, entry.etag):
            return known
        return self.found.get(key)

    def is_ours(self, key: str, sha256: str) -> bool:
        """Return whether mediakit put the object that is at `key`."""
        known = self.objects.get(key)
        is_noted = (key, sha256) in self.stored or (key, sha256) in self.claims
        return (known is not None and known.ours) or is_noted


def start_listing(target: Storage, executor: Executor) -> Future[TargetState]:
    """Read a target on `executor`; one that is not remote at once, in the thread of the cache."""
    if target.is_remote:
        return executor.submit(observe_target, target)
    return finished(observe_target(target))


def observe_target(target: Storage) -> TargetState:
    """Read the target's catalog and list it; raises TargetError or UsageError where it cannot."""
    found = _read_catalog(target)
    if found is None:
        entries = target.list()
        return TargetState(entries, claims=read_claims(target, entries))
    fetched, catalog = found
    shards = shard_names(fetched.data, CATALOG_KEY)
    # what the catalog names is listed side by side; its own keys lie among those
    entries = target.list([*catalog.objects, *shards, CATALOG_KEY])
    return TargetState(
        entries, catalog.objects, catalog=fetched.data, version=fetched.version, shards=shards,
        site=catalog.site, claims=read_claims(target, entries),
    )  # fmt: skip


def _read_catalog(target: Storage) -> tuple[Fetched, Catalog] | None:
    fetched = target.get(CATALOG_KEY)
    while fetched is not None:
        try:
            name = f"{target.url}/{CATALOG_KEY}"
            return fetched, load_catalog(fetched.data, name, partial(_read_shard, target))
        except UsageError:
            # shards that it named are gone if another run has put its own in between
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
    if hashlib.sha256(fetched.data).hexdigest()[:16] not in key:
        raise TargetError(
            f"{target.url}/{key}: is not what was put there",
            f"restore it, or delete {CATALOG_KEY} there: a sync then asks what each object is",
        )
    return fetched.data


def ask(
    target: Storage, state: TargetState, local: Mapping[str, Upload], executor: Executor
) -> TargetState:
    """Return the state with what the target tells of objects that its catalog does not know.

    They may be what the site wants: others put them, or a run whose catalog did not get
    there. Where a run of ours has noted what it put, and the ETag agrees, nobody is asked.
    """
    found = {}
    doubtful = []
    for key, each in _doubtful(state, local):
        sha256 = each.artifact.sha256
        sent = state.stored.get((key, sha256))
        if sent is not None and _has_etag(each.disk_path, state.entries[key]):
            found[key] = Artifact(key, sha256, headers=sent)
        else:
            doubtful.append((key, each))

    def start(executor: Executor, item: tuple[str, Upload]) -> Future[Artifact | None]:
        key, each = item
        return executor.submit(_asked, target, state.entries[key], each)

    in_flight = target.connections + 1
    for (key, _), held in run_bounded(executor, in_flight, doubtful, start):
        if held is not None:
            found[key] = held
    ours = _left_by_cut_off_runs(target, state, local, executor)
    return replace(state, found=found, objects={**state.objects, **ours})


def _left_by_cut_off_runs(
    target: Storage, state: TargetState, local: Mapping[str, Upload], executor: Executor
) -> dict[str, Artifact]:
    """Return what runs put that did not come to write the catalog, and the site has no more.

    Only the journals, here and there, know that they are ours; unless the catalog takes them up
    now, nobody may ever delete them.
    """
    noted = [
        (state.entries[key], sha256, headers)
        for (key, sha256), headers in {**dict.fromkeys(state.claims, ""), **state.stored}.items()
        if key in state.entries and key not in local
        if not _is_recorded(state.objects.get(key), sha256)
    ]

    def start(executor: Executor, item: tuple[Artifact, str, str]) -> Future[bool]:
        entry, sha256, _ = item
        if entry.sha256:
            return finished(entry.sha256 == sha256)
        return executor.submit(_is_noted, target, entry.path, sha256)

    return {
        entry.path: Artifact(entry.path, sha256, entry.bytes, etag=entry.etag, headers=headers)
        for (entry, sha256, headers), is_it in run_bounded(
            executor, target.connections + 1, noted, start
        )
        if is_it
    }


def _is_recorded(known: Artifact | None, sha256: str) -> bool:
    return known is not None and known.ours and known.sha256 == sha256


def _is_noted(target: Storage, key: str, sha256: str) -> bool:
    details = target.describe(key)
    return details is not None and details.sha256 == sha256


def _doubtful(state: TargetState, local: Mapping[str, Upload]) -> Iterator[tuple[str, Upload]]:
    for key, each in local.items():
        entry = state.entries.get(key)
        if entry is None or not each.artifact.sha256 or entry.bytes != each.artifact.bytes:
            continue  # what is to be done is clear
        if state.holds(key) is None:
            yield key, each


def _asked(target: Storage, entry: Artifact, each: Upload) -> Artifact | None:
    """Return what the object holds, None where it is not what the site has."""
    described = target.describe(entry.path)
    if described is None or not _is_same(described, entry, each):
        return None
    return Artifact(entry.path, each.artifact.sha256, headers=described.headers)


def _is_same(described: Artifact, entry: Artifact, each: Upload) -> bool:
    """Return whether an object has the content of a file, by its ETag or by what is noted."""
    is_md5 = described.etag != ""
    if is_md5 and _has_etag(each.disk_path, entry):
        return True
    is_plain = is_md5 and "-" not in entry.etag
    return not is_plain and described.sha256 == each.artifact.sha256


def _has_etag(path: Path, entry: Artifact) -> bool:
    """Return whether a file's content has this ETag: an MD5, or that of parts of a usual size."""
    _, dash, count = entry.etag.partition("-")
    try:
        if not dash:
            data = read_regular(path)
            return hashlib.md5(data, usedforsecurity=False).hexdigest() == entry.etag
        sizes = [size for size in _PART_SIZES if -(-entry.bytes // size) == int(count)]
        return any(_part_etag(path, size) == entry.etag for size in sizes)
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
