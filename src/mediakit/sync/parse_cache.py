"""Content files as they were read before, from the cache where it can be trusted."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import asdict
from sys import intern
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.model import ImageRef, Manifest
from mediakit.base.version import __version__
from mediakit.site.reader import READER, Reading
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from mediakit.base.files import DiskFile
    from mediakit.site.reader import ReaderSettings
    from mediakit.state.cache import Cache

_AT_ONCE = 1_000
"""Readings that are held before they go into the cache."""


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """What was read of a file; `reading` is None where it has no front matter."""

    reading: Reading | None


_REMEMBERED = TypedReader(Remembered)


class Readings:
    """Readings by path, size and times of the file, and by all else that they depend on."""

    def __init__(self, cache: Cache, settings: ReaderSettings) -> None:
        self._cache = cache
        self._settings = settings_digest(settings)
        self._known = cache.readings(self._settings)
        self._new: list[tuple[DiskFile, bytes]] = []

    def get(self, file: DiskFile) -> Remembered | None:
        """Return what was read of a file, None where that is not known."""
        data = self._known.get(file.path, file.stat)
        if data is None:
            return None
        try:
            found = _REMEMBERED.from_msgpack(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if found.reading is None:
            return found
        return Remembered(_with_shared_texts(found.reading, file.path))

    def put(self, file: DiskFile, reading: Reading | None) -> None:
        """Keep what has been read of a file; the cache has it after `flush`."""
        with contextlib.suppress(UnicodeEncodeError):  # half a character, as an escape: rare
            self._new.append((file, msgspec.msgpack.encode(Remembered(reading))))
        if len(self._new) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Put into the cache what is not there yet."""
        if self._new:
            self._cache.remember_readings(
                self._settings, ((file.path, file.stat, data) for file, data in self._new)
            )
            self._new.clear()


def settings_digest(settings: ReaderSettings) -> str:
    """Return a digest of all but the file that a reading depends on, equal in all processes."""
    document = msgspec.json.encode(
        [__version__, READER, settings.kind.name, asdict(settings)], order="deterministic"
    )
    return hashlib.sha256(document).hexdigest()[:16]


def _with_shared_texts(reading: Reading, path: str) -> Reading:
    """Return the reading of the file at `path`; equal paths in all readings are one in memory."""
    manifest = reading.manifest
    images = tuple(
        ImageRef(
            each.role, intern(each.key), each.line,
            each.path and intern(each.path),
            each.source and intern(each.source),
            each.preset and intern(each.preset),
            each.url,
            each.link and intern(each.link),
            each.alt,
            each.alt if each.title == each.alt else each.title,
        )
        for each in manifest.images
    )  # fmt: skip
    shared = Manifest(path, manifest.title, images, manifest.videos, manifest.elsewhere)
    return Reading(shared, reading.problems, reading.published)
