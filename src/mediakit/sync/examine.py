"""Observe: digests and sizes of files, from the cache where it can be trusted."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

import msgspec

from mediakit.base.artifacts import PixelSize
from mediakit.base.errors import TargetError
from mediakit.base.files import DiskFile
from mediakit.executors import run_bounded
from mediakit.images.decode import UnreadableError, is_whole, probe
from mediakit.images.vector import is_svg
from mediakit.storage.store import MadeOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.artifacts import Artifact
    from mediakit.executors import LostWorkerError
    from mediakit.state.cache import Cache
    from mediakit.storage.store import ObjectFile, Store


class Examined(msgspec.Struct, frozen=True, gc=False):
    """A file's SHA-256 and displayed size in pixels (0 x 0: no raster); or `fault`, why not.

    `format` is Pillow's name of the format, empty where there is no raster. `whole` tells for
    files of unknown content whether they decode to the end. `made_of` is what is noted with a
    variant in a store that has place for notes.
    """

    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    whole: bool = True
    fault: str = ""
    made_of: MadeOf | None = None


class Sizes(Protocol):
    """Displayed sizes of pictures that are known from elsewhere."""

    def examined(self, path: str, sha256: str, bytes_: int) -> Examined | None:
        """Return what a file at `path` with this digest is, None where its size is not known."""

    def expected(self, path: str) -> Mapping[str, PixelSize]:
        """Return by digest the sizes of what may well be at a site path."""


class Examiner:
    """Examines files on an executor, and keeps what it learns in the cache.

    Files of known size are not opened as pictures at all. `objects` are what is known of the
    objects of the store, where that is no folder.
    """

    def __init__(  # noqa: PLR0913 - what there is to know, and who does it
        self,
        cache: Cache,
        executor: Executor,
        in_flight: int | Callable[[], int],
        store: Store,
        *,
        known: Sizes | None = None,
        objects: Mapping[str, Artifact] | None = None,
    ) -> None:
        self._cache = cache
        self._executor = executor
        self._in_flight = in_flight
        self._store = store
        self._known = known
        self._objects = objects or {}

    def examine(
        self, files: Iterable[DiskFile | ObjectFile], *, thorough: bool = False
    ) -> dict[str, Examined]:
        """Return what the files are, by site path; `thorough` decodes those of unknown content.

        Files in the order of their paths are quickest.
        """
        found: dict[str, Examined] = {}
        unknown = []
        digest = self._digests()
        for file in files:
            sha256 = digest(file)
            known = self._sized(file, sha256, thorough=thorough) if sha256 else None
            if known is not None:
                found[file.path] = known
            else:
                unknown.append(file)

        def start(executor: Executor, file: DiskFile | ObjectFile) -> Future[Examined]:
            expected = self._known.expected(file.path) if self._known else {}
            return executor.submit(look, self._store, file, expected, thorough)

        tasks = run_bounded(self._executor, self._in_flight, unknown, start, _lost)
        looked = dict(tasks)
        self._remember(looked)
        found.update((file.path, examined) for file, examined in looked.items())
        return found

    def _digests(self) -> Callable[[DiskFile | ObjectFile], str | None]:
        digests = self._cache.digests()

        def digest(file: DiskFile | ObjectFile) -> str | None:
            if isinstance(file, DiskFile):
                return digests.get(self._name(file), file.stat)
            known = self._objects.get(file.key)
            is_same = known is not None and (known.etag, known.bytes) == (file.etag, file.bytes)
            return known.sha256 if known is not None and is_same else None

        return digest

    def _name(self, file: DiskFile) -> str:
        return f"{self._store.url}/{file.path}" if self._store.url else file.path

    def _sized(
        self, file: DiskFile | ObjectFile, sha256: str, *, thorough: bool
    ) -> Examined | None:
        known = self._known.examined(file.path, sha256, _bytes(file)) if self._known else None
        if known is not None or thorough:
            return known
        size = self._cache.size(sha256)
        return None if size is None else _sized(sha256, _bytes(file), size)

    def _remember(self, looked: Mapping[DiskFile | ObjectFile, Examined]) -> None:
        self._cache.remember_digests(
            (self._name(file), file.stat, each.sha256)
            for file, each in looked.items()
            if each.sha256 and isinstance(file, DiskFile)
        )
        self._cache.remember_sizes(
            (each.sha256, PixelSize(each.width, each.height, each.format))
            for each in looked.values()
            if each.sha256 and not each.fault and each.whole
        )


def look(
    store: Store,
    file: DiskFile | ObjectFile,
    expected: Mapping[str, PixelSize],
    thorough: bool,  # noqa: FBT001 - executors take positions only
) -> Examined:
    """Read a file and say what it is; runs on a worker, and never raises."""
    try:
        return _look(store, file, expected, thorough=thorough)
    except MemoryError:
        return Examined(fault="cannot be read: there is not enough memory for it")


def _look(
    store: Store, file: DiskFile | ObjectFile, expected: Mapping[str, PixelSize], *, thorough: bool
) -> Examined:
    try:
        data = store.read(file)
        if data is None:
            return Examined(fault="changed while mediakit ran")
        sha256 = hashlib.sha256(data).hexdigest()
        size = expected.get(sha256)
        if size is not None:
            return _sized(sha256, len(data), size)
        made_of = store.made_of(file) if thorough else None
    except (OSError, TargetError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Examined(fault=f"cannot be read: {reason}")
    if is_svg(file.path, data):
        return Examined(sha256, len(data), made_of=made_of)
    try:
        probed = probe(data)
        whole = is_whole(data) if thorough else True
    except UnreadableError as error:
        return Examined(sha256, len(data), whole=False, fault=str(error))
    width, height = probed.width, probed.height
    return Examined(sha256, len(data), width, height, probed.format, whole, made_of=made_of)


def _lost(_file: DiskFile | ObjectFile, error: LostWorkerError) -> Examined:
    return Examined(fault=f"cannot be read: {error}", whole=False)


def _bytes(file: DiskFile | ObjectFile) -> int:
    return file.stat.size if isinstance(file, DiskFile) else file.bytes


def _sized(sha256: str, bytes_: int, size: PixelSize) -> Examined:
    return Examined(sha256, bytes_, size.width, size.height, size.format)
