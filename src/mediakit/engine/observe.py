"""Observe: the site as it is, in frozen values that planning takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.catalog import Catalog, load_catalog
from mediakit.engine.content import Content, read_content
from mediakit.engine.examine import Examined, Examiner
from mediakit.errors import UsageError
from mediakit.files import Absent, DiskFile, FileTree
from mediakit.model import ImageRef, Picture, Problem, Severity
from mediakit.plan.variants import Known, OutputState
from mediakit.plan.wanted import wanted_variants
from mediakit.report.result import has_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Executor

    from mediakit.cache import Cache
    from mediakit.config.settings import Config
    from mediakit.model import VariantRecord


@dataclass(frozen=True)
class Site:
    """What was observed: manifests, sources on disk, and all that is known of variants.

    `users` are the manifests that use each wanted variant, `sources` the files on disk.
    `incomplete`: something that pages name was not there or could not be read.
    """

    config: Config
    tree: FileTree
    content: Content
    catalog: Catalog
    known: Known
    users: Mapping[str, frozenset[str]]
    sources: Mapping[str, DiskFile]
    problems: tuple[Problem, ...] = ()
    incomplete: bool = False


def observe(config: Config, cache: Cache, executor: Executor) -> Site:
    """Read the site; what is wrong with single files comes as problems.

    Raises:
        UsageError: the catalog cannot be trusted.
    """
    tree = FileTree(config.root)
    content = read_content(config, tree)
    catalog = _read_catalog(config)
    journal = {(record.path, record.sha256): record for record in cache.journal()}
    examiner = Examiner(cache, executor, config.jobs, _known_sizes(catalog, journal.values()))
    files, problems = _find_sources(content, tree)
    pictures, faults = _examine_sources(content, files, examiner)
    wanted, users, clashes = wanted_variants(content.manifests, config.presets, pictures)
    known = Known(
        wanted=wanted,
        pictures=pictures,
        outputs=_examine_outputs({*wanted, *catalog.variants}, tree, examiner),
        records=catalog.variants,
        presets={preset.name: preset for preset in config.presets},
        journal=journal,
    )
    everything = (*content.problems, *problems, *faults, *clashes)
    incomplete = bool(problems) or has_errors(everything)
    return Site(config, tree, content, catalog, known, users, files, everything, incomplete)


def _read_catalog(config: Config) -> Catalog:
    path = config.root / config.catalog
    try:
        return load_catalog(path.read_bytes(), config.catalog)
    except FileNotFoundError:
        return Catalog()
    except OSError as error:
        raise UsageError(f"{config.catalog}: {error.strerror}") from error


def _known_sizes(catalog: Catalog, journal: Iterable[VariantRecord]) -> dict[str, tuple[int, int]]:
    records: list[Picture | VariantRecord] = [
        *catalog.pictures.values(), *catalog.variants.values(), *journal,
    ]  # fmt: skip
    return {each.sha256: (each.width, each.height) for each in records}


def _references(content: Content) -> Iterator[tuple[str, ImageRef]]:
    return ((manifest.path, image) for manifest in content.manifests for image in manifest.images)


def _find_sources(content: Content, tree: FileTree) -> tuple[dict[str, DiskFile], list[Problem]]:
    """Return the named pictures that are on disk, and a problem for each that is not.

    A page may name a file that only looks like a variant: where the file is there and the
    source that its name implies is not, it is a picture of its own.
    """
    files: dict[str, DiskFile] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for manifest, image in _references(content):
        if image.source is None or image.path is None or image.source in files:
            continue
        source = tree.find(image.source)
        if isinstance(source, DiskFile):
            files[image.source] = source
            continue
        shown = tree.find(image.path)
        if isinstance(shown, DiskFile):
            files[image.path] = shown
        problem = _missing(manifest, image, source, is_shown=isinstance(shown, DiskFile))
        problems.setdefault((manifest, image.source), problem)
    return files, list(problems.values())


def _missing(manifest: str, image: ImageRef, source: Absent, *, is_shown: bool) -> Problem:
    if source.reason:
        code, message, hint = "refused-file", f"{image.source} {source.reason}", ""
    elif source.near:
        code, message = "case-mismatch", f"{image.source} is not there, but {source.near} is"
        hint = "spell it as the file is spelt: servers tell capital letters apart"
    elif is_shown:
        code, message = (
            "missing-source",
            f"{image.path} is there, but its source {image.source} is not",
        )
        hint = "it is kept as it is"
    else:
        code, message = "missing-picture", f"{image.source} is not there"
        hint = "add the picture, or correct the path"
    works = is_shown and image.link != image.source  # the page shows all that it names
    severity = Severity.WARNING if works else Severity.ERROR
    return Problem(manifest, image.line, code, severity, message, hint)


def _examine_sources(
    content: Content, files: Mapping[str, DiskFile], examiner: Examiner
) -> tuple[dict[str, Picture], list[Problem]]:
    examined = examiner.examine(files.values())
    pictures = {
        path: Picture(path, each.sha256, each.bytes, each.width, each.height)
        for path, each in sorted(examined.items())
        if not each.fault
    }
    problems: dict[tuple[str, str], Problem] = {}
    for manifest, image in _references(content):
        path = image.source if image.source in files else image.path
        each = examined.get(path or "", Examined())
        if each.fault:
            message = f"{path}: {each.fault}"
            problems.setdefault(
                (manifest, path or ""),
                Problem(
                    manifest, image.line, "unreadable-picture", Severity.ERROR, message,
                    "replace the file with a whole picture",
                ),
            )  # fmt: skip
    return pictures, list(problems.values())


def _examine_outputs(
    paths: Iterable[str], tree: FileTree, examiner: Examiner
) -> dict[str, OutputState]:
    found = [file for path in sorted(paths) if isinstance(file := tree.find(path), DiskFile)]
    return {
        path: OutputState(each.sha256, each.width, each.height, each.whole, each.bytes)
        for path, each in examiner.examine(found, thorough=True).items()
    }
