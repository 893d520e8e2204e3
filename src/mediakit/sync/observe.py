"""Observe: the site as it is, in frozen values for the plan.

In order: `content.py` reads the pages, `pictures.py` resolves and finds their pictures,
`examine.py` gets digests and sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mediakit.base.actions import has_errors
from mediakit.base.artifacts import PICTURE, Artifact, Input, digest_of, record_of
from mediakit.base.files import Absent, DiskFile, FileTree
from mediakit.config.presets import with_asked
from mediakit.site.mentions import folded
from mediakit.storage.open import open_staging
from mediakit.sync.content import Content, read_content
from mediakit.sync.examine import Examiner, KnownFiles, RecordedPictures
from mediakit.sync.picture_problems import is_certain
from mediakit.sync.pictures import (
    examine_sources,
    find_sources,
    uses_of,
    with_sources,
    with_thumbnails,
)
from mediakit.sync.plan import Known
from mediakit.sync.products import (
    Asking,
    key_clashes,
    products_of,
    refusals,
    refused_keys,
    unmade,
    users_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mediakit.base.artifacts import MadeRecord, Product, SourcePicture
    from mediakit.base.model import Manifest, Problem, VideoRecord
    from mediakit.config.config import Config
    from mediakit.executors.workers import Workers
    from mediakit.images.recipes import Recipe
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Note, ObjectFile, PictureTree, Staging
    from mediakit.sync.session import Session


_Paths = TypeVar("_Paths", bound="Iterable[str]")


@dataclass(frozen=True)
class ObservedSite:
    """An observed site: manifests, existing sources, and all that is known of products.

    `tree` is the site's own, `pictures` that of the store. `sources` are the existing pictures,
    `objects` they and the products in a store with ETags. A site is `incomplete` if something that
    pages name is missing or could not be read.
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
    looked_at_texts: bool = False

    @cached_property
    def users(self) -> Mapping[str, frozenset[str]]:
        """The manifests that need each product."""
        return users_of(self.config.recipes, self.content.manifests, self.known.inputs)

    @cached_property
    def uses(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """The manifests and lines that name each picture."""
        return uses_of(self.content.manifests)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The paths of pictures and products, folded: some disks do not tell these apart."""
        return frozenset(map(folded, (*self.known.inputs, *self.known.products)))

    @cached_property
    def files(self) -> dict[str, DiskFile]:
        """The sources that are files: all, unless the store is a bucket."""
        return {path: each for path, each in self.sources.items() if isinstance(each, DiskFile)}

    def files_of(self, inputs: Iterable[Input]) -> tuple[DiskFile | ObjectFile | str, ...]:
        """Return the files of pictures among inputs, and the texts."""
        return tuple(self.sources[each.path] if each.path else each.text for each in inputs)

    @property
    def videos(self) -> dict[str, VideoRecord]:
        """The records of videos that pages name or that are archived; all if it is incomplete."""
        if self.incomplete:
            return self.catalog.videos
        named = {
            f"{video.provider}/{video.id}"
            for manifest in self.content.manifests
            for video in manifest.videos
        }
        return {
            name: each
            for name, each in self.catalog.videos.items()
            if name in named or each.archive
        }


def observe(
    session: Session,
    workers: Workers | None = None,
    store: Staging | None = None,
    *,
    without_placeholders: bool = False,
    fetch: Callable[[Sequence[Manifest], Catalog], bool] = lambda _manifests, _catalog: False,
) -> ObservedSite:
    """Observe the site; errors in single files become problems.

    `workers` examine pictures, by default those of this machine; `store` has the pictures, by
    default the site's own folder. A site `without_placeholders` takes less memory, and its catalog
    must not be written. `fetch` runs after the pages are read, and returns whether it has written
    into the site and the catalog.

    Raises:
        UsageError: the catalog cannot be trusted, or the store cannot be listed.
    """
    config, cache = session.config, session.cache
    workers = workers or session.local
    tree = FileTree(config.root)
    tree.asked = None if without_placeholders else {}
    store = store or open_staging(None, config)
    there = store.open_tree() if store.url else tree
    content = read_content(config, tree, cache=cache, pictures=there)
    config = with_asked(config, content.manifests)
    catalog = config.catalog_file.read(placeholders=not without_placeholders)
    if fetch(content.manifests, catalog):
        tree.forget()
        catalog = config.catalog_file.read(placeholders=not without_placeholders)
    manifests = tuple(
        with_sources(with_thumbnails(each, config.videos.folder, there), there)
        for each in content.manifests
    )
    journal = {(record.path, record.sha256): record for record in cache.journal()}
    known = KnownFiles(catalog, journal.values())
    examiner = Examiner(cache, workers, store, known=known, objects=catalog.objects)
    has_clips = "clips" in config.made_by
    examiner.films = has_clips, has_clips or "movement" in config.made_by
    files, problems = find_sources(manifests, there)
    recorded = RecordedPictures(catalog, cache) if config.placeholders else None
    pictures, faults = examine_sources(manifests, files, examiner, recorded)
    key_of = config.kind.key
    films = _films(pictures, files, manifests) if has_clips else {}
    refused = _drop(pictures, refused_keys(pictures, key_of))
    products, clashes = products_of(config.recipes, manifests, {**pictures, **films})
    recipes = {name: each for each in config.recipes for name in each.names}
    problems += _without_declined(products, manifests, recipes, cache) if config.made_by else []
    asking = _asking(manifests, catalog, there, config, cache)
    _drop(products, asking.stills(products, pictures, config.presets))
    if config.kind.has_theme:  # which shows variants by their names alone
        _drop(products, asking.unused(products, config.doubted_presets))
    refused |= refused_keys(products, key_of, config.made_by.get("sheets", ()))
    if refused or config.kind.has_own_keys:
        places = {path: (each.page, each.line) for path, each in products.items()}
        places |= {path: uses[0] for path, uses in uses_of(manifests).items()}
        faults += refusals(refused, places)
        _drop(products, refused)
        clashes += key_clashes([*pictures, *products], key_of, places)
    records = {path: each for (path, _), each in journal.items() if path not in products}
    records |= catalog.records  # what a killed run made, and nothing needs now, is known too
    outputs_there = _find([*products, *(records.keys() - products.keys())], there)
    made = list(outputs_there) if store.has_etags else outputs_there
    outputs = examiner.examine(made, thorough=True)
    noted = _noted(outputs, examiner.notes, products)
    held = [*files.values(), *made] if store.has_etags else []
    objects = _objects(held, catalog, pictures, outputs)
    tree.forget()
    everything = (*cache.problems, *content.problems, *problems, *faults, *clashes)
    whole = Known(
        products=products,
        pictures=pictures,
        found=outputs,
        records=records,
        recipes=recipes,
        journal={**noted, **journal},
        describe=config.placeholders,
        films=films,
    )
    return ObservedSite(
        config, tree, store, there, replace(content, manifests=manifests), catalog, whole, files,
        objects, everything,
        incomplete=any(map(is_certain, problems)) or has_errors(everything),
        looked_at_texts=asking.looked_at_texts,
    )  # fmt: skip


def unused_products(site: ObservedSite, cache: Cache) -> list[str]:
    """Return the variants that the site shows nowhere by their names."""
    asking = _asking(site.content.manifests, site.catalog, site.pictures, site.config, cache)
    return asking.unused(site.known.products, site.config.doubted_presets)


def _asking(
    manifests: Sequence[Manifest],
    catalog: Catalog,
    tree: PictureTree,
    config: Config,
    cache: Cache,
) -> Asking:
    def mentions(suffix: str) -> bool:
        from mediakit.sync.mentions import names_suffix  # noqa: PLC0415 - few sites need it

        return names_suffix(config, cache, suffix)

    def exists(path: str) -> bool:
        return not isinstance(tree.find(path), Absent)

    return Asking(manifests, catalog.records, exists, mentions, clips="clips" in config.made_by)


def _films(
    pictures: dict[str, SourcePicture],
    files: Mapping[str, DiskFile | ObjectFile],
    manifests: Iterable[Manifest],
) -> dict[str, SourcePicture]:
    from mediakit.sync.clips import take_films  # noqa: PLC0415 - few sites ask

    return take_films(pictures, files, manifests)


def _without_declined(
    products: dict[str, Product],
    manifests: Sequence[Manifest],
    recipes: Mapping[str, Recipe],
    cache: Cache,
) -> list[Problem]:
    """Drop products that came to nothing; return a problem for what pages name all the same."""
    from mediakit.sync.declined import declined_paths  # noqa: PLC0415 - few sites ask

    _drop(products, declined_paths(cache.declined(), products, recipes))
    return unmade(manifests, products)


def _drop(found: dict[str, Any], refused: _Paths) -> _Paths:
    for path in refused:
        found.pop(path, None)
    return refused


def _find(paths: Iterable[str], tree: PictureTree) -> Iterable[DiskFile | ObjectFile]:
    return (file for path in sorted(paths) if not isinstance(file := tree.find(path), Absent))


def _objects(
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


def _noted(
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
                record = msgspec.structs.replace(record, inputs=inputs)
            records[path, record.sha256] = record
    return records
