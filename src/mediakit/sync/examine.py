"""Observe: digests and sizes of files, from the cache where it can be trusted."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.artifacts import (
    Artifact,
    Look,
    SourcePicture,
)
from mediakit.base.errors import TargetError
from mediakit.base.files import DiskFile, sha256_bytes
from mediakit.base.formats import FILM_NAMES, is_pdf, named_format
from mediakit.base.tables import Rows, changed
from mediakit.images.decode import is_whole, probe
from mediakit.images.opening import UnreadableError, is_svg
from mediakit.sync.site_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from concurrent.futures import Executor, Future

    from mediakit.base.artifacts import MadeRecord
    from mediakit.executors.workers import LostWorkerError, Workers
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.state.catalog_file import CatalogFile
    from mediakit.storage.protocol import Note, ObjectFile, Staging
    from mediakit.sync.parts import SitePart


_BATCH = 1_000
"""Files that were examined before the cache gets them."""


class KnownFiles:
    """Files by digest, as the catalog and the journal have them.

    The record of the same path comes first: it nearly always fits. All records are looked through
    only where it does not, as for a picture with a new name.
    """

    def __init__(self, catalog: Catalog, journal: Iterable[MadeRecord]) -> None:
        self._pictures = catalog.pictures
        self._made = catalog.records
        self._journal: dict[str, list[MadeRecord]] = {}
        for each in journal:
            self._journal.setdefault(each.path, []).append(each)

    def find(self, path: str, sha256: str) -> Artifact | None:
        """Return what is recorded of the file at `path`, if it has this digest."""
        known: tuple[Mapping[str, MadeRecord | SourcePicture], ...] = self._pictures, self._made
        records = (each.get(path) for each in known)
        return next((_artifact(each) for each in records if each and each.sha256 == sha256), None)

    def expected(self, path: str) -> dict[str, Artifact]:
        """Return by digest the likely contents of a site path."""
        known = (self._made.get(path), self._pictures.get(path))
        records = (*self._journal.get(path, ()), *(each for each in known if each is not None))
        return {each.sha256: _artifact(each) for each in records}

    def of(self, digests: Collection[str]) -> dict[str, Artifact]:
        """Return by digest what is known of files with these, wherever they were."""
        if not digests:
            return {}
        records: Iterable[MadeRecord | SourcePicture] = chain(
            self._made.values(), *self._journal.values(), self._pictures.values()
        )
        return {each.sha256: _artifact(each) for each in records if each.sha256 in digests}


class RecordedPictures:
    """Pictures with their looks, as the catalog, a part of `whole`, and the cache have them."""

    def __init__(self, catalog: Catalog, cache: Cache, whole: CatalogFile | None = None) -> None:
        self.pictures = catalog.pictures
        self._cache = cache
        self._whole = whole

    def is_same(self, found: Artifact, *, has_look: bool) -> bool:
        """Return whether the record of the picture at this path is what was found there."""
        known = self.pictures.get(found.path)
        if known is None or known.sha256 != found.sha256 or bool(known.colour) != has_look:
            return False
        as_found = found.bytes, found.width, found.height, found.format
        return as_found == (known.bytes, known.width, known.height, known.format)

    def looks(self, digests: Collection[str]) -> dict[str, Look]:
        """Return the looks of pictures with these digests, as far as they are known."""
        wanted = set(digests)
        found = {
            each.sha256: Look(each.colour, each.placeholder)
            for each in (self.pictures.values() if wanted else ())
            if each.sha256 in wanted and each.colour
        }
        for sha256 in wanted - found.keys():
            known = self._cache.look(sha256)
            if known is not None:
                found[sha256] = known
        missing = wanted - found.keys()
        if missing and self._whole is not None:
            whole = RecordedPictures(self._whole.read(naming=missing), self._cache)
            found |= whole.looks(missing)
        return found


def _artifact(known: MadeRecord | SourcePicture) -> Artifact:
    named = known.format if isinstance(known, SourcePicture) else named_format(known.path)
    return Artifact(known.path, known.sha256, known.bytes, known.width, known.height, named)


def known_records(
    catalog: Catalog,
    journal: Mapping[tuple[str, str], MadeRecord],
    products: Collection[str],
    part: SitePart | None,
) -> Mapping[str, MadeRecord]:
    """Return the catalog's records; what a killed run made, and nothing needs now, is known too."""
    left = {path: each for (path, _), each in journal.items() if path not in products}
    left = {path: each for path, each in left.items() if path not in catalog.records}
    records = changed(catalog.records, left)
    return changed(records, {}, part.foreign(records)) if part else records


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
    ) -> Iterator[Artifact]:
        """Yield files, quickest in order; `thorough` decodes those of unknown content."""
        unknown = Rows(FILES)
        for file, known in self._known_files(files, thorough=thorough):
            if known is not None:
                yield self._taken(_at(file, known), thorough=thorough)
            else:
                unknown.add(file.path, file)

        def start(
            executor: Executor, file: DiskFile | ObjectFile
        ) -> Future[tuple[Artifact, Note | None]]:
            expected = self._known.expected(file.path) if self._known else {}
            return executor.submit(
                examine_file, self._store, file, expected, thorough, self.films[thorough]
            )

        tasks = self._workers.run(unknown.table().values(), start, _lost)
        looked = []
        for file, (artifact, note) in tasks:
            yield self._taken(artifact, thorough=thorough)
            looked.append((file, artifact))
            if note is not None:
                self.notes[file.path] = note
            if len(looked) == _BATCH:
                self._remember(looked)
                looked.clear()
        self._remember(looked)

    def _taken(self, found: Artifact, *, thorough: bool) -> Artifact:
        """Return a file, a film as faulty where none are taken: a run that took them kept it."""
        is_odd = found.format in FILM_NAMES and not (thorough or self.films[0])
        return _faulty(found, "it is a film") if is_odd else found

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

    def _known_files(
        self, files: Iterable[DiskFile | ObjectFile], *, thorough: bool
    ) -> Iterator[tuple[DiskFile | ObjectFile, Artifact | None]]:
        """Yield each file with what is known of its content, None where that is nothing."""
        digest = self._digests()
        moved = []
        for file in files:
            sha256 = digest(file)
            known = self._known.find(file.path, sha256) if self._known and sha256 else None
            if known is not None or not sha256:
                yield file, known
            else:
                moved.append((file, sha256))
        elsewhere = self._known.of({sha256 for _, sha256 in moved}) if self._known else {}
        for file, sha256 in moved:
            known = elsewhere.get(sha256)
            yield file, known if known or thorough else self._cache.size(sha256)

    def _remember(self, looked: Collection[tuple[DiskFile | ObjectFile, Artifact]]) -> None:
        self._cache.remember_digests(
            (self._name(file), file.stat, each.sha256)
            for file, each in looked
            if each.sha256 and isinstance(file, DiskFile)
        )
        self._cache.remember_sizes(
            each for _, each in looked if each.sha256 and not each.fault and each.whole
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
            return _at(file, expected[sha256]), None
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


def _at(file: DiskFile | ObjectFile, known: Artifact) -> Artifact:
    """Return a file by what is known of its content; few differ from their record."""
    size = file.stat.size if isinstance(file, DiskFile) else file.bytes
    same = (known.path, known.bytes) == (file.path, size)
    return known if same else replace(known, path=file.path, bytes=size)
