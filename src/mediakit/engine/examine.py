"""Observe: digests and sizes of files, from the cache where it can be trusted."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from mediakit.executors import run_bounded
from mediakit.files import read_unchanged
from mediakit.images.decode import UnreadableError, is_whole, probe
from mediakit.images.vector import is_svg
from mediakit.model import PixelSize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.cache import Cache
    from mediakit.files import DiskFile


class Examined(msgspec.Struct, frozen=True, gc=False):
    """A file's SHA-256 and displayed size in pixels (0 x 0: no raster); or `fault`, why not.

    `format` is Pillow's name of the format, empty where there is no raster. `whole` tells for
    files of unknown content whether they decode to the end.
    """

    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    whole: bool = True
    fault: str = ""


class Examiner:
    """Examines files on an executor, and keeps what it learns in the cache.

    `known` gives sizes by digest: those files are not opened as pictures at all.
    """

    def __init__(
        self, cache: Cache, executor: Executor, jobs: int, known: Mapping[str, PixelSize]
    ) -> None:
        self._cache = cache
        self._executor = executor
        self._jobs = jobs
        self._known = known

    def examine(self, files: Iterable[DiskFile], *, thorough: bool = False) -> dict[str, Examined]:
        """Return what the files are, by site path; `thorough` decodes those of unknown content."""
        found: dict[str, Examined] = {}
        unknown = []
        for file in files:
            sha256 = self._cache.digest(file.path, file.stat)
            size = self._size(sha256, thorough=thorough) if sha256 else None
            if sha256 and size:
                found[file.path] = _sized(sha256, file.stat.size, size)
            else:
                unknown.append(file)

        def start(executor: Executor, file: DiskFile) -> Future[Examined]:
            return executor.submit(_look, file, self._known, thorough)

        looked = dict(run_bounded(self._executor, 2 * self._jobs, unknown, start))
        self._remember(looked)
        found.update((file.path, examined) for file, examined in looked.items())
        return found

    def _size(self, sha256: str, *, thorough: bool) -> PixelSize | None:
        return self._known.get(sha256) or (None if thorough else self._cache.size(sha256))

    def _remember(self, looked: Mapping[DiskFile, Examined]) -> None:
        self._cache.remember_digests(
            (file.path, file.stat, each.sha256) for file, each in looked.items() if each.sha256
        )
        self._cache.remember_sizes(
            (each.sha256, PixelSize(each.width, each.height, each.format))
            for each in looked.values()
            if each.sha256 and not each.fault and each.whole
        )


def _look(file: DiskFile, known: Mapping[str, PixelSize], thorough: bool) -> Examined:  # noqa: FBT001 - executors take positions only
    try:
        data = read_unchanged(file)
    except OSError as error:
        return Examined(fault=f"cannot be read: {error.strerror}")
    if data is None:
        return Examined(fault="changed while mediakit ran")
    sha256 = hashlib.sha256(data).hexdigest()
    size = known.get(sha256)
    if size is not None:
        return _sized(sha256, len(data), size)
    if is_svg(file.path, data):
        return Examined(sha256, len(data))
    try:
        probed = probe(data)
    except UnreadableError as error:
        return Examined(sha256, len(data), whole=False, fault=str(error))
    whole = is_whole(data) if thorough else True
    return Examined(sha256, len(data), probed.width, probed.height, probed.format, whole)


def _sized(sha256: str, bytes_: int, size: PixelSize) -> Examined:
    return Examined(sha256, bytes_, size.width, size.height, size.format)
