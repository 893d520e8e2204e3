"""Observe: digests and sizes of files, from the cache where it can be trusted."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.artifacts import (
    PICTURE,
    Artifact,
    Input,
    Look,
    SourcePicture,
    digest_of,
    record_of,
)
from mediakit.base.errors import TargetError
from mediakit.base.files import DiskFile, sha256_bytes
from mediakit.base.formats import FILM_NAMES, is_pdf, named_format
from mediakit.images.decode import is_whole, probe
from mediakit.images.opening import UnreadableError, is_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.artifacts import MadeRecord, Product
    from mediakit.executors.workers import LostWorkerError, Workers
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.state.catalog_file import CatalogFile
    from mediakit.storage.protocol import Note, ObjectFile, Staging


class KnownFiles:
    """Files by digest, as the catalog and the journal have them.

    The record of the same path comes first: it nearly always fits. A digest is looked up in all
    records only where it does not, as for a picture with a new name.
    """

    def __init__(self, catalog: Catalog, journal: Iterable[MadeRecord]) -> None:
        self._pictures = catalog.pictures
        self._made = catalog.records
        self._journal: dict[str, list[MadeRecord]] = {}
        for each in journal:
            self._journal.setdefault(each.path, []).append(each)

    def find(self, path: str, sha256: str) -> Artifact | None:
        """Return what is known of the file at `path` with this digest."""
        record: MadeRecord | SourcePicture | None = self._made.get(path) or self._pictures.get(path)
        if record is None or record.sha256 != sha256:
            record = self._by_digest.get(sha256)
        return None if record is None else _artifact(record)

    def expected(self, path: str) -> dict[str, Artifact]:
        """Return by digest the likely contents of a site path."""
        known = (self._made.get(path), self._pictures.get(path))
        records = (*self._journal.get(path, ()), *(each for each in known if each is not None))
        return {each.sha256: _artifact(each) for each in records}

    @cached_property
    def _by_digest(self) -> dict[str, MadeRecord | SourcePicture]:
        records: Iterable[MadeRecord | SourcePicture] = chain(
            self._made.values(), *self._journal.values(), self._pictures.values()
        )
        return {each.sha256: each for each in records}


class RecordedPictures:
    """Pictures with their looks, as the catalog, a part of `whole`, and the cache have them."""

    def __init__(self, catalog: Catalog, cache: Cache, whole: CatalogFile | None = None) -> None:
        self._pictures = catalog.pictures
        self._cache = cache
        self._whole = whole

    def same(self, path: str, found: Artifact) -> SourcePicture | None:
        """Return the record of the picture at `path`, if it is what was found there."""
        known = self._pictures.get(path)
        if known is None or not known.colour or known.sha256 != found.sha256:
            return None
        as_found = found.bytes, found.width, found.height, found.format
        as_known = known.bytes, known.width, known.height, known.format
        return known if as_found == as_known else None

    def look(self, sha256: str) -> Look:
        """Return the look of a picture with this digest, an empty one where it is not known."""
        known = self._looks.get(sha256) or self._cache.look(sha256)
        if known is None and self._whole is not None:
            return RecordedPictures(self._whole.read(naming={sha256}), self._cache).look(sha256)
        return known or Look("", "")

    @cached_property
    def _looks(self) -> dict[str, Look]:
        known = (each for each in self._pictures.values() if each.colour)
        return {each.sha256: Look(each.colour, each.placeholder) for each in known}


class Examiner:
    """Examines files with workers, and keeps the results in the cache.

    Files of known size are not decoded. `films` says whether films are: sources, and products.
    `objects` are the records of a store that is no folder, `notes` those on products.
    """

    def __init__(
        self,
        cache: Cache,
        workers: Workers,
        store: Staging,
        *,
        known: KnownFiles | None = None,
        objects: Mapping[str, Artifact] | None = None,
    ) -> None:
        self._cache = cache
        self._workers = workers
        self._store = store
        self._known = known
        self._objects = objects or {}
        self.films = False, False
        self.notes: dict[str, Note] = {}

    def examine(
        self, files: Iterable[DiskFile | ObjectFile], *, thorough: bool = False
    ) -> dict[str, Artifact]:
        """Return files, quickest in order, by path; `thorough` decodes those of unknown content."""
        found: dict[str, Artifact] = {}
        unknown = []
        digest = self._digests()
        for file in files:
            sha256 = digest(file)
            known = self._known_as(file, sha256, thorough=thorough) if sha256 else None
            if known is not None:
                found[file.path] = known
            else:
                unknown.append(file)

        def start(
            executor: Executor, file: DiskFile | ObjectFile
        ) -> Future[tuple[Artifact, Note | None]]:
            expected = self._known.expected(file.path) if self._known else {}
            return executor.submit(
                examine_file, self._store, file, expected, thorough, self.films[thorough]
            )

        tasks = self._workers.run(unknown, start, _lost)
        looked = {}
        for file, (artifact, note) in tasks:
            looked[file] = artifact
            if note is not None:
                self.notes[file.path] = note
        self._remember(looked)
        found.update((file.path, examined) for file, examined in looked.items())
        if not (thorough or self.films[0]):  # a run that took films may have kept what it saw
            films = (path for path, each in found.items() if each.format in FILM_NAMES)
            found |= {path: _faulty(found[path], "it is a film") for path in films}
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

    def _known_as(
        self, file: DiskFile | ObjectFile, sha256: str, *, thorough: bool
    ) -> Artifact | None:
        known = self._known.find(file.path, sha256) if self._known else None
        if known is None and not thorough:
            known = self._cache.size(sha256)
        bytes_ = file.stat.size if isinstance(file, DiskFile) else file.bytes
        return _at(file.path, bytes_, known) if known is not None else None

    def _remember(self, looked: Mapping[DiskFile | ObjectFile, Artifact]) -> None:
        self._cache.remember_digests(
            (self._name(file), file.stat, each.sha256)
            for file, each in looked.items()
            if each.sha256 and isinstance(file, DiskFile)
        )
        self._cache.remember_sizes(
            each for each in looked.values() if each.sha256 and not each.fault and each.whole
        )


def examine_file(
    store: Staging,
    file: DiskFile | ObjectFile,
    expected: Mapping[str, Artifact],
    thorough: bool,  # noqa: FBT001 - executors take positions only
    films: bool = False,  # noqa: FBT001, FBT002
) -> tuple[Artifact, Note | None]:
    """Examine a file on a worker, and return the note on it in the store; never raises."""
    try:
        return _read_and_probe(store, file, expected, thorough=thorough, films=films)
    except MemoryError:
        return _faulty(file, "cannot be read: there is not enough memory for it"), None


def _read_and_probe(
    store: Staging,
    file: DiskFile | ObjectFile,
    expected: Mapping[str, Artifact],
    *,
    thorough: bool,
    films: bool,
) -> tuple[Artifact, Note | None]:
    try:
        data = store.read(file)
        if data is None:
            return _faulty(file, "changed while mediakit ran"), None
        sha256 = sha256_bytes(data)
        if sha256 in expected:
            return _at(file.path, len(data), expected[sha256]), None
        note = store.note(file) if thorough else None
    except (OSError, TargetError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return _faulty(file, f"cannot be read: {reason}"), None
    found = Artifact(file.path, sha256, len(data))
    if is_svg(file.path, data) or is_pdf(file.path, data):
        return found, note
    try:
        film = None
        if films:
            from mediakit.images.filmed import probe_whole_film  # noqa: PLC0415 - few sites ask

            film = probe_whole_film(data, thorough=thorough)
        probed, whole = film or (probe(data), not thorough or is_whole(data))
    except UnreadableError as error:
        return replace(found, whole=False, fault=str(error)), None
    found = replace(
        found, width=probed.width, height=probed.height, format=probed.format, whole=whole
    )
    return found, note


def _lost(file: DiskFile | ObjectFile, error: LostWorkerError) -> tuple[Artifact, None]:
    return replace(_faulty(file, f"cannot be read: {error}"), whole=False), None


def _faulty(file: DiskFile | ObjectFile | Artifact, fault: str) -> Artifact:
    return Artifact(file.path, fault=fault)


def _at(path: str, bytes_: int, known: Artifact) -> Artifact:
    """Return a file by what is known of its content; few differ from their record."""
    same = (known.path, known.bytes) == (path, bytes_)
    return known if same else replace(known, path=path, bytes=bytes_)


def _artifact(known: MadeRecord | SourcePicture) -> Artifact:
    named = known.format if isinstance(known, SourcePicture) else named_format(known.path)
    return Artifact(known.path, known.sha256, known.bytes, known.width, known.height, named)


def held_objects(
    files: Iterable[DiskFile | ObjectFile],
    catalog: Catalog,
    pictures: Mapping[str, SourcePicture],
    outputs: Mapping[str, Artifact],
) -> dict[str, Artifact]:
    """Return the catalog's records of objects: the content of each ETag."""
    found = {}
    for file in files:
        known = pictures.get(file.path) or outputs.get(file.path)
        if not isinstance(file, DiskFile) and known is not None and known.sha256:
            before = catalog.objects.get(file.key)
            ours = before is not None and before.ours and before.etag == file.etag
            found[file.key] = Artifact(
                file.key, known.sha256, file.bytes, ours=ours, etag=file.etag
            )
    return found


def noted_products(
    found: Mapping[str, Artifact], notes: Mapping[str, Note], products: Mapping[str, Product]
) -> dict[tuple[str, str], MadeRecord]:
    """Return records of products in the store that no catalog has yet."""
    records = {}
    for path, (digest, fingerprint) in notes.items():
        product = products.get(path)
        if product is not None:
            record = record_of(product, fingerprint, found[path])
            if digest != digest_of(product.inputs):  # what it was made of is no longer there
                inputs = (Input(PICTURE, product.source, sha256=digest),)
                record = replace(record, inputs=inputs)
            records[path, record.sha256] = record
    return records
