"""Observe: the site as it is, in frozen values that planning takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.engine.catalog_file import read_catalog
from mediakit.engine.content import Content, read_content
from mediakit.engine.examine import Examiner
from mediakit.engine.sources import (
    examine_sources,
    find_sources,
    uses_of,
    with_found_sources,
    with_thumbnails,
)
from mediakit.files import DiskFile, FileTree
from mediakit.images.formats import format_of
from mediakit.images.look import Look
from mediakit.model import PixelSize, Problem
from mediakit.plan.variants import Known, OutputState
from mediakit.plan.wanted import users_of, wanted_variants
from mediakit.report.result import has_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from mediakit.cache import Cache
    from mediakit.catalog import Catalog
    from mediakit.config.settings import Config
    from mediakit.model import VariantRecord, VideoRecord


@dataclass(frozen=True)
class Site:
    """What was observed: manifests, sources on disk, and all that is known of variants.

    `sources` are the files on disk.
    `incomplete`: something that pages name was not there or could not be read.
    """

    config: Config
    tree: FileTree
    content: Content
    catalog: Catalog
    known: Known
    sources: Mapping[str, DiskFile]
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


def observe(config: Config, cache: Cache, executor: Executor) -> Site:
    """Read the site; what is wrong with single files comes as problems.

    Raises:
        UsageError: the catalog cannot be trusted.
    """
    tree = FileTree(config.root)
    content = read_content(config, tree, cache=cache)
    manifests = with_thumbnails(content.manifests, config.videos.folder, tree)
    manifests = with_found_sources(manifests, tree)
    catalog = read_catalog(config)
    journal = {(record.path, record.sha256): record for record in cache.journal()}
    examiner = Examiner(cache, executor, config.jobs, _known_sizes(catalog, journal.values()))
    files, problems = find_sources(manifests, tree)
    looks = _known_looks(catalog, cache) if config.placeholders else {}
    pictures, faults = examine_sources(manifests, files, examiner, looks)
    wanted, clashes = wanted_variants(manifests, config.presets, pictures)
    known = Known(
        wanted=wanted,
        pictures=pictures,
        outputs=_examine_outputs({*wanted, *catalog.variants}, tree, examiner),
        records=catalog.variants,
        presets={preset.name: preset for preset in config.presets},
        journal=journal,
        describe=config.placeholders,
    )
    everything = (*cache.problems, *content.problems, *problems, *faults, *clashes)
    return Site(
        config, tree, replace(content, manifests=manifests), catalog, known, files, everything,
        incomplete=bool(problems) or has_errors(everything),
    )  # fmt: skip


def _known_sizes(catalog: Catalog, journal: Iterable[VariantRecord]) -> dict[str, PixelSize]:
    records = [*catalog.variants.values(), *journal]
    sizes = {
        each.sha256: PixelSize(each.width, each.height, _format_name(each.path)) for each in records
    }
    for picture in catalog.pictures.values():
        sizes[picture.sha256] = PixelSize(picture.width, picture.height, picture.format)
    return sizes


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


def _examine_outputs(
    paths: Iterable[str], tree: FileTree, examiner: Examiner
) -> dict[str, OutputState]:
    found = [file for path in sorted(paths) if isinstance(file := tree.find(path), DiskFile)]
    return {
        path: OutputState(each.sha256, each.width, each.height, each.whole, each.bytes)
        for path, each in examiner.examine(found, thorough=True).items()
    }
