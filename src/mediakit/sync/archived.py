"""The target as `videos archive` writes to it: files of videos, and their place in its catalog.

What is archived is not `ours` in the catalog there: so no `--delete`, of whatever version, may take
it away, and `verify` compares it like all that is there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from msgspec.structs import replace as change

from mediakit.base.actions import Failure
from mediakit.base.artifacts import CATALOG_KEY, Artifact, archive_key, archived_video, is_archived
from mediakit.base.errors import TargetError
from mediakit.base.files import sha256_bytes
from mediakit.base.model import ArchivedFile
from mediakit.base.regular_file import sha256_file
from mediakit.storage.open import open_storage
from mediakit.storage.protocol import Upload
from mediakit.storage.settings import headers_of
from mediakit.sync.target import TargetCatalog, observe_target, read_target_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mediakit.base.model import VideoRecord
    from mediakit.state.catalog import Catalog
    from mediakit.sync.session import Session

_TRIES = 3
_SYNC_FIRST = "run mediakit sync first: it settles whose the target is"


class ArchiveTarget:
    """The target of a site, for archived videos; `url` is its address, `site` the site's id.

    Raises TargetError if it cannot be reached, or is not this site's.
    """

    def __init__(self, session: Session) -> None:
        self._config = session.config
        self._target = open_storage(self._config.target, self._config, session.cache)
        self._there = observe_target(self._target)
        self._put: dict[str, Artifact] = {}
        self._gone: set[str] = set()
        self.url = self._target.url
        own = self._config.catalog_file.read(placeholders=False).site
        if self._there.catalog is None:
            raise TargetError(f"{self.url}: nothing of this site is there yet", _SYNC_FIRST)
        # a site without pictures has no id before its first archive
        is_free = not own and not any(each.ours for each in self._there.objects.values())
        if own != self._there.site and not is_free:
            raise TargetError("the target belongs to another site", _SYNC_FIRST)
        self.site = self._there.site

    def files(self, video: str) -> tuple[ArchivedFile, ...]:
        """Return the files of a video that the catalog there knows, none without the video."""
        found = self._by_folder.get(archive_key(video, ""), ())
        return tuple(found) if archived_video(found) and all(map(self.has, found)) else ()

    @cached_property
    def _by_folder(self) -> dict[str, list[ArchivedFile]]:
        found: dict[str, list[ArchivedFile]] = {}
        for key, each in sorted(self._there.objects.items()):
            if is_archived(key):
                folder = key[: key.rindex("/") + 1]
                found.setdefault(folder, []).append(ArchivedFile(key, each.sha256, each.bytes))
        return found

    @property
    def is_changed(self) -> bool:
        """Whether the catalog there does not know all files yet that are there."""
        return bool(self._put)

    def has(self, file: ArchivedFile) -> bool:
        """Return whether this very file is there."""
        if file.key not in self._there.entries:
            return False
        held = self._there.holds(file.key)
        if held is None or file.key not in self._there.objects:
            # its catalog was lost, or others have put something else there
            found = self._same(Artifact(file.key, file.sha256, file.bytes))
            if found is not None:
                self._put[file.key] = change(found, ours=False)
            return found is not None
        return held.sha256 == file.sha256

    def put(self, key: str, data: bytes | Path) -> ArchivedFile | Failure:
        """Put a file, or these bytes, unless the target has them at this key.

        Raises:
            OSError: the file cannot be read.
            TargetError: the target cannot be reached.
        """
        upload = self._upload(key, data)
        wanted = upload.artifact
        sent: Artifact | Failure | None = self._same(wanted)
        if sent is None:
            entry = self._there.entries.get(key)
            version = entry.version if entry is not None else None
            sent = self._target.put_file(upload, only_if=version)
        if isinstance(sent, Failure):
            return sent
        etag = sent.etag if self._target.has_headers else ""
        self._put[key] = change(wanted, etag=etag, ours=False)
        return ArchivedFile(key, wanted.sha256, wanted.bytes)

    def _upload(self, key: str, data: bytes | Path) -> Upload:
        headers = headers_of(key, self._config.headers)
        digest = headers.digest if self._target.has_headers else ""
        if isinstance(data, bytes):
            artifact = Artifact(key, sha256_bytes(data), len(data), headers=digest)
            return Upload(artifact, "", "", headers, partial(_given, data))
        artifact = Artifact(key, sha256_file(data), data.stat().st_size, headers=digest)
        return Upload(artifact, str(data.parent), data.name, headers)

    def _same(self, wanted: Artifact) -> Artifact | None:
        """Return the object if it is as it is to be: one of a run that was cut off, or older."""
        entry = self._there.entries.get(wanted.path)
        found = self._target.describe(wanted.path) if entry is not None else None
        if entry is None or found is None or found.sha256 != wanted.sha256:
            return None
        is_served = not wanted.headers or found.headers == wanted.headers
        return change(wanted, etag=entry.etag, headers=found.headers) if is_served else None

    def keys(self, video: str) -> list[str]:
        """Return the keys of all files of a video that are there."""
        place = archive_key(video, "")
        return [
            each for each in self._there.entries if each.startswith(place) and is_archived(each)
        ]

    def remove(self, keys: Iterable[str]) -> Mapping[str, Failure]:
        """Delete files, and return those that could not be."""
        wanted = set(keys)
        failures = self._target.delete(sorted(wanted))
        self._gone |= wanted - failures.keys()
        return failures

    def save(self, records: Mapping[str, VideoRecord]) -> Failure | None:
        """Write what was put or removed into the catalog there, with these records of videos."""
        failure = None
        for _ in range(_TRIES):
            read = read_target_catalog(self._target, only_objects=False)
            if read is None:
                raise TargetError(f"{self.url}: the catalog is gone", _SYNC_FIRST)
            fetched, catalog = read
            state = replace(
                self._there, catalog=sha256_bytes(fetched.data), version=fetched.version,
                shards=catalog.shards,
            )  # fmt: skip
            headers = headers_of(CATALOG_KEY, self._config.headers, is_catalog=True)
            sent = TargetCatalog(self._target, state, headers).replace(
                self._with_archive(catalog, records)
            )
            if not isinstance(sent, Failure):
                return None
            failure = sent
            if sent.code != "target-changed":
                break
        return failure

    def _with_archive(self, catalog: Catalog, records: Mapping[str, VideoRecord]) -> Catalog:
        kind, gone = self._config.kind, self._gone
        objects = {key: each for key, each in catalog.objects.items() if key not in gone}
        videos = {
            name: change(each, archive=tuple(file for file in each.archive if file.key not in gone))
            for name, each in catalog.videos.items()
        }
        return replace(
            catalog, objects={**objects, **self._put}, videos={**videos, **records},
            baseurl=kind.address.baseurl, key_of=kind.key,
        )  # fmt: skip

    def close(self) -> None:
        """Close connections."""
        self._target.close()


def _given(data: bytes, _place: Path | str) -> bytes:
    return data
