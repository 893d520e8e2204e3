"""Observe: the site as it is, in frozen values for the plan.

In order: `content.py` reads the pages, `pictures.py` resolves and finds their pictures,
`examine.py` gets digests and sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from mediakit.base.files import Absent, FileTree
from mediakit.base.tables import ARTIFACTS, changed, tabled
from mediakit.config.presets import with_asked
from mediakit.site.mentions import folded
from mediakit.storage.open import open_staging
from mediakit.sync.content import Content, gathered, read_content
from mediakit.sync.examine import (
    Examiner,
    KnownFiles,
    RecordedPictures,
    known_records,
)
from mediakit.sync.picture_problems import leaves_open
from mediakit.sync.pictures import examine_sources, uses_of, with_files
from mediakit.sync.plan import Known
from mediakit.sync.products import (
    Asking,
    key_clashes,
    products_of,
    refusals,
    refused_keys,
    users_of,
)
from mediakit.sync.site_files import find_sources
from mediakit.sync.stored import held_objects, noted_products

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Artifact, Input, Product, SourcePicture
    from mediakit.base.files import DiskFile
    from mediakit.base.model import Manifest, Problem, VideoRecord
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import ObjectFile, PictureTree, Staging
    from mediakit.sync.parts import SitePart
    from mediakit.sync.session import Session


_Paths = TypeVar("_Paths", bound="Iterable[str]")


@dataclass(frozen=True)
class ObservedSite:
    """An observed site: manifests, existing sources, and all that is known of products.

    `tree` is the site's own, `pictures` that of the store. `sources` are the existing pictures,
    `objects` they and the products in a store with ETags. Of a site of which only a `part`
    was looked at, only its products are known, but all problems. Of the `catalog` pictures and
    objects are left out: `known` and `objects` have them as they are.
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
    looked_at_texts: bool = False
    part: SitePart | None = None

    @cached_property
    def incomplete(self) -> bool:
        """Whether something that pages name is missing, or could not be read."""
        return any(map(leaves_open, self.problems))

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

    @property
    def files(self) -> Mapping[str, DiskFile]:
        """The sources that are files: all, unless the store is a bucket."""
        return {} if self.store.has_etags else cast("Mapping[str, DiskFile]", self.sources)

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


def observe(  # noqa: PLR0913 - what is asked for
    session: Session,
    store: Staging | None = None,
    *,
    without_placeholders: bool = False,
    is_kept: bool = False,
    part: SitePart | None = None,
    fetch: Callable[[Sequence[Manifest], Catalog], bool] = lambda _manifests, _catalog: False,
) -> ObservedSite:
    """Observe the site; errors in single files become problems.

    `store` has the pictures, and the session's workers examine them; without one, threads examine
    those of the site's own folder. A site `without_placeholders` takes less memory, and its catalog
    must not be written. Of a `part` only its pages are read, and only its products are known.
    `fetch` runs after the pages are read, and returns whether it has written into the site and the
    catalog. What the tree answers is recorded where the plan `is_kept` for later runs.

    Raises:
        UsageError: the catalog cannot be trusted, or the store cannot be listed.
    """
    config, cache = session.config, session.cache
    workers = session.workers if store is not None else session.local
    tree = part.tree if part else FileTree(config.root)
    tree.asked = {} if is_kept else None
    store = store or open_staging(None, config)
    there = store.open_tree() if store.url else tree
    pages = part.pages if part else None
    content = read_content(config, tree, pages, cache=cache, pictures=there)
    config = with_asked(config, content.manifests)
    catalog = config.catalog_file.read(
        placeholders=not without_placeholders, naming=part.names if part else None
    )
    if fetch(content.manifests, catalog):
        tree.forget()
        catalog = config.catalog_file.read(placeholders=not without_placeholders)
    manifests = gathered(
        with_files(each, config.videos.folder, there) for each in content.manifests
    )
    journal = {(record.path, record.sha256): record for record in cache.journal()}
    known = KnownFiles(catalog, journal.values())
    examiner = Examiner(cache, workers, store, known=known, objects=catalog.objects)
    examiner.films = config.has_clips, config.has_clips or "movement" in config.made_by
    files, problems = find_sources(manifests, there)
    recorded = RecordedPictures(catalog, cache, config.catalog_file if part else None)
    pictures, faults = examine_sources(
        manifests, files, examiner, recorded, looks=config.placeholders
    )
    if part:
        pictures = changed(pictures, {}, part.foreign(pictures))
    key_of = config.kind.key
    pictures, films = _with_films(pictures, files, manifests, config, cache)
    refused = refused_keys(pictures, key_of)
    pictures = changed(pictures, {}, refused)
    products, clashes = products_of(config.recipes, manifests, changed(pictures, films))
    recipes = {name: each for each in config.recipes for name in each.names}
    if config.made_by:
        problems += _without_declined(products, manifests, config, cache, there)
    asking = _asking(manifests, catalog, there, config, cache)
    _drop(products, asking.stills(products, pictures, config.presets))
    if config.kind.has_theme and not part:  # which shows variants by their names alone
        _drop(products, asking.unused(products, config.doubted_presets))
    refused |= refused_keys(products, key_of, config.made_by.get("sheets", ()))
    if refused or config.kind.has_own_keys:
        clashes += _refuse(refused, manifests, pictures, products, key_of)
    records = known_records(catalog, journal, products, part)
    outputs_there = _find([*products, *(path for path in records if path not in products)], there)
    made = list(outputs_there) if store.has_etags else outputs_there
    examined = examiner.examine(made, thorough=True)
    outputs = tabled(ARTIFACTS, ((each.path, each) for each in examined))
    noted = noted_products(outputs, examiner.notes, products) if examiner.notes else {}
    held = [*files.values(), *made] if store.has_etags else []
    objects = held_objects(held, catalog, pictures, outputs) if held else {}
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
        config, tree, store, there, replace(content, manifests=manifests),
        replace(catalog, pictures={}, objects={}), whole, files,
        objects, everything,
        looked_at_texts=asking.looked_at_texts, part=part,
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

    return Asking(manifests, catalog.records, exists, mentions)


def _with_films(
    pictures: Mapping[str, SourcePicture],
    files: Mapping[str, DiskFile | ObjectFile],
    manifests: Sequence[Manifest],
    config: Config,
    cache: Cache,
) -> tuple[Mapping[str, SourcePicture], Mapping[str, SourcePicture]]:
    if not config.has_clips:
        return pictures, {}
    from mediakit.sync.clips import take_films  # noqa: PLC0415 - few sites ask

    return take_films(pictures, files, manifests, cache)


def _refuse(
    refused: Mapping[str, Failure],
    manifests: Sequence[Manifest],
    pictures: Iterable[str],
    products: dict[str, Product],
    key_of: Callable[[str], str],
) -> list[Problem]:
    """Drop refused products; return the problems of their names, and of keys that two have."""
    places = {path: (each.page, each.line) for path, each in products.items()}
    places |= {path: uses[0] for path, uses in uses_of(manifests).items()}
    _drop(products, refused)
    clashes = key_clashes([*pictures, *products], key_of, places)
    return [*refusals(refused, places), *clashes]


def _without_declined(
    products: dict[str, Product],
    manifests: Sequence[Manifest],
    config: Config,
    cache: Cache,
    there: PictureTree,
) -> list[Problem]:
    """Drop products that came to nothing; return a problem for what pages name all the same."""
    from mediakit.sync.declined import declined_paths, unmade  # noqa: PLC0415 - few sites ask

    recipes = {name: each for each in config.recipes for name in each.names}
    _drop(products, declined_paths(cache.declined(), products, recipes))
    clips = config.made_by.get("clips", ())
    return unmade(manifests, products, clips, lambda path: not isinstance(there.find(path), Absent))


def _drop(found: dict[str, Any], refused: _Paths) -> _Paths:
    for path in refused:
        found.pop(path, None)
    return refused


def _find(paths: Iterable[str], tree: PictureTree) -> Iterable[DiskFile | ObjectFile]:
    return (file for path in sorted(paths) if not isinstance(file := tree.find(path), Absent))
