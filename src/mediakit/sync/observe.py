"""Observe: the site as it is, in frozen values that planning takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mediakit.base.actions import has_errors
from mediakit.base.artifacts import Artifact
from mediakit.base.files import Absent, DiskFile, FileTree
from mediakit.base.model import Problem, Severity
from mediakit.base.products import VariantRecord
from mediakit.storage.open import open_staging
from mediakit.sync.content import Content, read_content
from mediakit.sync.examine import Examined, Examiner, KnownSizes
from mediakit.sync.keys import key_clashes, refused_keys
from mediakit.sync.pictures import RecordedPictures, examine_sources, find_sources, uses_of
from mediakit.sync.plan import Known, OutputState
from mediakit.sync.products import users_of, wanted_variants
from mediakit.sync.resolve import with_sources, with_thumbnails

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Picture
    from mediakit.base.model import VideoRecord
    from mediakit.config.config import Config
    from mediakit.executors import Workers
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import ObjectFile, PictureTree, Staging
    from mediakit.sync.products import Wanted
    from mediakit.sync.session import Session


@dataclass(frozen=True)
class Site:
    """What was observed: manifests, sources on disk, and all that is known of variants.

    `tree` is the site's own, `pictures` that of the store. `sources` are the pictures that are
    there, `objects` those and the variants in a store that has ETags.
    `incomplete`: something that pages name was not there or could not be read.
    """

    config: Config
    tree: FileTree
    store: Staging
    pictures: PictureTree
    content: Content
    catalog: Catalog
    known: Known
    sources: Mapping[str, DiskFile | ObjectFile]
    objects: Mapping[str, Artifact] = field(default_factory=dict)
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
    session: Session,
    workers: Workers | None = None,
    store: Staging | None = None,
    *,
    lean: bool = False,
) -> Site:
    """Read the site; what is wrong with single files comes as problems.

    `workers` look at pictures, or else those of this machine; pictures are in `store`,
    or else in the site's own folder. A `lean` one takes less memory, for who only looks: without
    placeholders, so that its catalog is not to be written.

    Raises:
        UsageError: the catalog cannot be trusted, or the store cannot be listed.
    """
    config, cache = session.config, session.cache
    workers = workers or session.local
    tree = FileTree(config.root)
    tree.asked = None if lean else {}
    store = store or open_staging(None, config)
    there = store.open_tree() if store.url else tree
    content = read_content(config, tree, cache=cache, pictures=there)
    manifests = tuple(
        with_sources(with_thumbnails(each, config.videos.folder, there), there)
        for each in content.manifests
    )
    catalog = config.catalog_file.read(placeholders=not lean)
    journal = {(record.path, record.sha256): record for record in cache.journal()}
    examiner = Examiner(
        cache, workers.executor, workers.in_flight, store,
        known=KnownSizes(catalog, journal.values()), objects=catalog.objects,
    )  # fmt: skip
    files, problems = find_sources(manifests, there)
    recorded = RecordedPictures(catalog, cache) if config.placeholders else None
    pictures, faults = examine_sources(manifests, files, examiner, recorded)
    key_of = config.kind.key
    refused = refused_keys(pictures, key_of)
    _drop(pictures, refused)
    wanted, clashes = wanted_variants(manifests, config.presets, pictures)
    refused |= refused_keys(wanted, key_of)
    _drop(wanted, refused)
    if refused:
        faults += _refusals(refused, uses_of(manifests))
    made = _find([*wanted, *(catalog.variants.keys() - wanted.keys())], there)
    if store.has_etags:
        made = list(made)
    outputs = examiner.examine(made, thorough=True)
    noted = _noted(outputs, wanted)
    objects = {}
    if store.has_etags:
        objects = _objects([*files.values(), *made], catalog, pictures, outputs)
    tree.forget()
    known = Known(
        wanted=wanted,
        pictures=pictures,
        outputs={path: _output_state(outputs.pop(path)) for path in list(outputs)},
        records=catalog.variants,
        presets={preset.name: preset for preset in config.presets},
        journal={**noted, **journal},
        describe=config.placeholders,
    )
    if config.kind.has_own_keys:
        clashes += key_clashes([*pictures, *wanted], key_of, uses_of(manifests))
    everything = (*cache.problems, *content.problems, *problems, *faults, *clashes)
    return Site(
        config, tree, store, there, replace(content, manifests=manifests), catalog, known, files,
        objects, everything,
        incomplete=bool(problems) or has_errors(everything),
    )  # fmt: skip


def _drop(found: dict[str, Any], refused: Iterable[str]) -> None:
    for path in refused:
        found.pop(path, None)


def _refusals(
    refused: Mapping[str, Failure], uses: Mapping[str, Sequence[tuple[str, int]]]
) -> Iterator[Problem]:
    """Yield a problem for each file that is not to be put, where a page first names it."""
    for path, why in refused.items():
        manifest, line = next(iter(uses.get(path, ())), (path, 0))
        yield Problem(manifest, line, why.code, Severity.ERROR, why.message, why.hint)


def _find(paths: Iterable[str], tree: PictureTree) -> Iterable[DiskFile | ObjectFile]:
    return (file for path in sorted(paths) if not isinstance(file := tree.find(path), Absent))


def _objects(
    files: Iterable[DiskFile | ObjectFile],
    catalog: Catalog,
    pictures: Mapping[str, Picture],
    outputs: Mapping[str, Examined],
) -> dict[str, Artifact]:
    """Return what the catalog is to keep of objects: which content each ETag stands for."""
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


def _output_state(each: Examined) -> OutputState:
    return OutputState(each.sha256, each.width, each.height, each.whole, each.bytes, each.format)


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
