"""Observe: the site as it is, in frozen values that planning takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.catalog import StoredObject
from mediakit.engine.catalog_file import read_catalog
from mediakit.engine.content import Content, read_content
from mediakit.engine.examine import Examined, Examiner
from mediakit.engine.sources import (
    examine_sources,
    find_sources,
    uses_of,
    with_found_sources,
    with_thumbnails,
)
from mediakit.files import Absent, DiskFile, FileTree
from mediakit.images.formats import format_of
from mediakit.images.look import Look
from mediakit.model import PixelSize, Problem, VariantRecord
from mediakit.plan.keys import key_clashes
from mediakit.plan.variants import Known, OutputState
from mediakit.plan.wanted import users_of, wanted_variants
from mediakit.report.result import has_errors
from mediakit.storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from mediakit.cache import Cache
    from mediakit.catalog import Catalog
    from mediakit.config.settings import Config
    from mediakit.model import Picture, VideoRecord
    from mediakit.plan.wanted import Wanted
    from mediakit.storage.store import ObjectFile, PictureTree, Store


@dataclass(frozen=True)
class Site:
    """What was observed: manifests, sources on disk, and all that is known of variants.

    `tree` is the site's own, `pictures` that of the store. `sources` are the pictures that are
    there, `objects` those and the variants in a store that has ETags.
    `incomplete`: something that pages name was not there or could not be read.
    """

    config: Config
    tree: FileTree
    store: Store
    pictures: PictureTree
    content: Content
    catalog: Catalog
    known: Known
    sources: Mapping[str, DiskFile | ObjectFile]
    objects: Mapping[str, StoredObject] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    incomplete: bool = False

    @cached_property
    def users(self) -> Mapping[str, frozenset[str]]:
        """The manifests that use each wanted variant."""
        return users_of(self.content.manifests, self.config.presets, self.known.pictures)

    @cached_property
    def uses(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """The manifests and lines that name each picture."""
        return uses_of(self.content.manifests)

    @cached_property
    def files(self) -> dict[str, DiskFile]:
        """The sources that are files: all, but where the store is a bucket."""
        return {path: each for path, each in self.sources.items() if isinstance(each, DiskFile)}

    @property
    def videos(self) -> dict[str, VideoRecord]:
        """The records of videos, without those of videos that no page names any more."""
        if self.incomplete:
            return self.catalog.videos
        named = {
            f"{video.provider}/{video.id}"
            for manifest in self.content.manifests
            for video in manifest.videos
        }
        return {name: each for name, each in self.catalog.videos.items() if name in named}


def observe(
    config: Config,
    cache: Cache,
    executor: Executor,
    in_flight: Callable[[], int] | None = None,
    store: Store | None = None,
) -> Site:
    """Read the site; what is wrong with single files comes as problems.

    `in_flight` is how much work the executor has use for at a time; pictures are in `store`,
    or else in the site's own folder.

    Raises:
        UsageError: the catalog cannot be trusted, or the store cannot be listed.
    """
    tree = FileTree(config.root)
    store = store or open_store(None, config.root)
    there = store.open_tree() if store.url else tree
    content = read_content(config, tree, cache=cache, pictures=there)
    manifests = with_thumbnails(content.manifests, config.videos.folder, there)
    manifests = with_found_sources(manifests, there)
    catalog = read_catalog(config)
    journal = {(record.path, record.sha256): record for record in cache.journal()}
    examiner = Examiner(
        cache, executor, in_flight or 2 * config.jobs, store,
        known=RecordedSizes(catalog, journal.values()), objects=catalog.objects,
    )  # fmt: skip
    files, problems = find_sources(manifests, there)
    looks = _known_looks(catalog, cache) if config.placeholders else {}
    pictures, faults = examine_sources(manifests, files, examiner, looks)
    wanted, clashes = wanted_variants(manifests, config.presets, pictures)
    made = _find({*wanted, *catalog.variants}, there)
    outputs = examiner.examine(made, thorough=True)
    known = Known(
        wanted=wanted,
        pictures=pictures,
        outputs={path: _output_state(each) for path, each in outputs.items()},
        records=catalog.variants,
        presets={preset.name: preset for preset in config.presets},
        journal={**_noted(outputs, wanted), **journal},
        describe=config.placeholders,
    )
    if config.kind.has_own_keys:
        clashes += key_clashes([*pictures, *wanted], config.kind.key, uses_of(manifests))
    everything = (*cache.problems, *content.problems, *problems, *faults, *clashes)
    return Site(
        config, tree, store, there, replace(content, manifests=manifests), catalog, known, files,
        _objects([*files.values(), *made], catalog, pictures, outputs), everything,
        incomplete=bool(problems) or has_errors(everything),
    )  # fmt: skip


class RecordedSizes:
    """Displayed sizes of pictures, as the catalog and the journal have them."""

    def __init__(self, catalog: Catalog, journal: Iterable[VariantRecord]) -> None:
        self._pictures = catalog.pictures
        self._variants = catalog.variants
        self._written: dict[str, list[VariantRecord]] = {}
        self._sizes = {each.sha256: _variant_size(each) for each in catalog.variants.values()}
        for each in journal:
            self._written.setdefault(each.path, []).append(each)
            self._sizes[each.sha256] = _variant_size(each)
        for picture in catalog.pictures.values():
            self._sizes[picture.sha256] = _picture_size(picture)

    def of(self, sha256: str) -> PixelSize | None:
        """Return the size of the picture with this digest."""
        return self._sizes.get(sha256)

    def expected(self, path: str) -> Mapping[str, PixelSize]:
        """Return by digest the sizes of what may well be at a site path."""
        records = [*self._written.get(path, ())]
        if path in self._variants:
            records.append(self._variants[path])
        found = {each.sha256: _variant_size(each) for each in records}
        if path in self._pictures:
            found[self._pictures[path].sha256] = _picture_size(self._pictures[path])
        return found


def _variant_size(record: VariantRecord) -> PixelSize:
    return PixelSize(record.width, record.height, _format_name(record.path))


def _picture_size(picture: Picture) -> PixelSize:
    return PixelSize(picture.width, picture.height, picture.format)


def _format_name(path: str) -> str:
    kind = format_of(path)
    return kind.name if kind else ""


def _known_looks(catalog: Catalog, cache: Cache) -> dict[str, Look]:
    """Return the looks of pictures by digest."""
    looks = {
        each.sha256: Look(each.colour, each.placeholder)
        for each in catalog.pictures.values()
        if each.colour
    }
    return {**cache.looks(), **looks}


def _find(paths: Iterable[str], tree: PictureTree) -> list[DiskFile | ObjectFile]:
    return [file for path in sorted(paths) if not isinstance(file := tree.find(path), Absent)]


def _objects(
    files: Iterable[DiskFile | ObjectFile],
    catalog: Catalog,
    pictures: Mapping[str, Picture],
    outputs: Mapping[str, Examined],
) -> dict[str, StoredObject]:
    """Return what the catalog is to keep of objects: which content each ETag stands for."""
    found = {}
    for file in files:
        known = pictures.get(file.path) or outputs.get(file.path)
        if not isinstance(file, DiskFile) and known is not None and known.sha256:
            before = catalog.objects.get(file.key)
            ours = before is not None and before.ours and before.etag == file.etag
            found[file.key] = StoredObject(known.sha256, file.bytes, ours, file.etag)
    return found


def _output_state(each: Examined) -> OutputState:
    return OutputState(each.sha256, each.width, each.height, each.whole, each.bytes)


def _noted(
    outputs: Mapping[str, Examined], wanted: Mapping[str, Wanted]
) -> dict[tuple[str, str], VariantRecord]:
    """Return records of variants that workers put into a store, and no catalog has yet."""
    found = {}
    for path, each in outputs.items():
        if each.made_of is not None and path in wanted:
            found[path, each.sha256] = VariantRecord(
                path, wanted[path].source, wanted[path].preset, each.made_of.source_sha256,
                each.made_of.fingerprint, each.sha256, each.bytes, each.width, each.height,
            )  # fmt: skip
    return found
