"""Ask a target for objects that its catalog does not know."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mediakit.base.artifacts import Artifact
from mediakit.base.regular_file import open_regular
from mediakit.base.tables import changed
from mediakit.executors.workers import finished, run_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.storage.protocol import Storage, Upload
    from mediakit.sync.expected import Expected
    from mediakit.sync.target import TargetState

_MEBIBYTE = 1024 * 1024
_PART_SIZES = tuple(size * _MEBIBYTE for size in (8, 5, 16, 10, 15, 25, 32, 50, 64, 100))
"""Bytes of a part, as the usual programs send them."""


def ask(target: Storage, state: TargetState, uploads: Expected, executor: Executor) -> TargetState:
    """Return the state with the objects that the target's catalog does not know.

    They may be what the site needs: others put them, or a run whose catalog did not get there.
    Where the cache has noted a put, and the ETag agrees, the target is not asked.
    """
    found = {}
    unknown = []
    for key, upload in _unknown(state, uploads.others):
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
    ours = _left_by_cut_off_runs(target, state, uploads, executor)
    return replace(state, found=found, objects=changed(state.objects, ours))


def _left_by_cut_off_runs(
    target: Storage, state: TargetState, uploads: Expected, executor: Executor
) -> dict[str, Artifact]:
    """Return objects of runs that did not write the catalog, if the site no longer has them.

    Only the two journals know that they are ours: unless the catalog takes them up now, nobody
    may ever delete them.
    """
    puts = {**dict.fromkeys(state.claims, ""), **state.stored}
    noted = [
        (state.entries[key], sha256, headers)
        for (key, sha256), headers in puts.items()
        if key in state.entries and key not in uploads
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
        entry = state.entries.get(key) if state.holds(key) is None else None
        is_alike = entry is not None and entry.bytes == upload.artifact.bytes
        if is_alike and upload.artifact.sha256:
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
