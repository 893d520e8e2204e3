"""Observe: digests and sizes of files, from the cache where it can be trusted."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.artifacts import PixelSize
from mediakit.base.errors import TargetError
from mediakit.base.files import DiskFile
from mediakit.base.formats import format_of
from mediakit.executors import run_bounded
from mediakit.images.decode import UnreadableError, is_whole, probe
from mediakit.images.vector import is_svg
from mediakit.storage.protocol import MadeOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.artifacts import Artifact, Picture
    from mediakit.base.products import VariantRecord
    from mediakit.executors import LostWorkerError
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import ObjectFile, Staging


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


class KnownSizes:
    """Sizes of files by digest, from the catalog and the journal.

    The record of the same path comes first: it nearly always fits. A digest is looked up in all
    records only where it does not, as for a picture with a new name.
    """

    def __init__(self, catalog: Catalog, journal: Iterable[VariantRecord]) -> None:
        self._pictures = catalog.pictures
        self._variants = catalog.variants
        self._written: dict[str, list[VariantRecord]] = {}
        for each in journal:
            self._written.setdefault(each.path, []).append(each)

    def examined(self, path: str, sha256: str, bytes_: int) -> Examined | None:
        """Return what the file at `path` with this digest is, None where its size is unknown."""
        known = self._variants.get(path)
        if known is not None and known.sha256 == sha256:
            return _variant(known, bytes_)
        picture = self._pictures.get(path)
        if picture is not None and picture.sha256 == sha256:
            return Examined(picture.sha256, bytes_, picture.width, picture.height, picture.format)
        size = self._sizes.get(sha256)
        if size is None:
            return None
        return Examined(sha256, bytes_, size.width, size.height, size.format)

    def expected(self, path: str) -> Mapping[str, PixelSize]:
        """Return by digest the sizes of the likely contents of a site path."""
        records = [*self._written.get(path, ())]
        if path in self._variants:
            records.append(self._variants[path])
        found = {each.sha256: _variant_size(each) for each in records}
        if path in self._pictures:
            found[self._pictures[path].sha256] = _picture_size(self._pictures[path])
        return found

    @cached_property
    def _sizes(self) -> dict[str, PixelSize]:
        sizes = {each.sha256: _variant_size(each) for each in self._variants.values()}
        for written in self._written.values():
            sizes.update((each.sha256, _variant_size(each)) for each in written)
        sizes.update((each.sha256, _picture_size(each)) for each in self._pictures.values())
        return sizes


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
        store: Staging,
        *,
        known: KnownSizes | None = None,
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
    store: Staging,
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
    store: Staging,
    file: DiskFile | ObjectFile,
    expected: Mapping[str, PixelSize],
    *,
    thorough: bool,
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


def _variant(record: VariantRecord, bytes_: int) -> Examined:
    kind = _format_name(record.path)
    return Examined(record.sha256, bytes_, record.width, record.height, kind)


def _variant_size(record: VariantRecord) -> PixelSize:
    return PixelSize(record.width, record.height, _format_name(record.path))


def _picture_size(picture: Picture) -> PixelSize:
    return PixelSize(picture.width, picture.height, picture.format)


def _format_name(path: str) -> str:
    kind = format_of(path)
    return kind.name if kind else ""
