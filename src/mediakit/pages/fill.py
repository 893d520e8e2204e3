"""`mediakit gallery fill`: bring the galleries of pages in line with the pictures on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from mediakit.base.errors import ManifestError
from mediakit.base.files import DiskFile, FileTree
from mediakit.base.formats import FORMATS, film_of, format_of
from mediakit.base.model import Problem, Role, Severity
from mediakit.base.redaction import redacted
from mediakit.config.presets import as_shown
from mediakit.edit.entries import add_entries, drop_entries, fill_header, is_shown
from mediakit.edit.pages import PageChange, read_bytes, refuse_data
from mediakit.edit.redirect import AddressReader
from mediakit.edit.style import DEFAULT_GALLERY, numbered_pictures, picture_names, style_of
from mediakit.pages.cards import CardNames
from mediakit.pages.films import entry_of, small_of, without_hopeless
from mediakit.pages.intake import Intake, IntakeEntry, carry_out, take_in
from mediakit.pages.journal import all_or_nothing, edits_of
from mediakit.report.documents import Document, Path, ProblemEntry, problem_entries
from mediakit.report.text import diff_lines
from mediakit.site.front_matter import read_page
from mediakit.site.galleries import is_picture
from mediakit.site.paths import is_data
from mediakit.site.trees.yaml import Mapping
from mediakit.site.videos import thumbnail_path
from mediakit.sync.content import problem_of, read_content, settings_of
from mediakit.sync.exercise import find_pages
from mediakit.sync.picture_problems import location_removed
from mediakit.sync.pictures import resolver
from mediakit.sync.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.config.config import Config
    from mediakit.edit.style import PictureName
    from mediakit.site.trees.yaml import Node, Scalar
    from mediakit.sync.session import Session

BY = "gallery"
_DROP = "--drop removes the entry"


class PageEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A content file that changes."""

    path: Annotated[Path, Meta(description="Site path of the content file.")]
    diff: Annotated[str, Meta(description="The change as a unified diff.")]

    @classmethod
    def of(cls, change: PageChange) -> PageEntry:
        """Return the entry of a change, without passwords."""
        lines = diff_lines(change.path, change.before, change.after)
        return cls(path=change.path, diff=redacted("\n".join(lines)))


class GalleryFillDocument(Document, frozen=True, kw_only=True):
    """How `gallery fill` changed pages, or with `--check` would change them."""

    pages: Annotated[list[PageEntry], Meta(description="The pages that change.")]
    pictures: Annotated[list[IntakeEntry], Meta(description="The pictures that change.")]
    written: Annotated[list[Path], Meta(description="Site paths of those that were written.")]
    problems: list[ProblemEntry]


@dataclass(frozen=True, slots=True)
class FillPlan:
    """The pages to change, the problems that are left to the user, and pictures to change."""

    changes: tuple[PageChange, ...]
    problems: tuple[Problem, ...]
    intakes: tuple[Intake, ...] = ()

    def document(self, written: list[str]) -> GalleryFillDocument:
        """Return the plan as JSON, with the pages that were written."""
        return GalleryFillDocument(
            pages=[PageEntry.of(each) for each in self.changes],
            pictures=[IntakeEntry(path=each.path, to=each.to) for each in self.intakes],
            written=written,
            problems=problem_entries(self.problems),
        )


@dataclass(frozen=True, slots=True)
class FillJob:
    """The gallery for new pictures; `drop` removes missing ones, `cards` names those of pages."""

    drop: bool = False
    gallery: str = "gallery"
    cards: bool = False


def plan_fill(config: Config, exercises: Sequence[str], job: FillJob) -> FillPlan:
    """Return how exercises (all if none is named) have to change; nothing is written.

    A picture belongs to an exercise by its name: `squat-3.jpg` beside `squat-0.jpg`. A picture
    that the page shows anywhere is not added again.

    Raises:
        UsageError: there is no such exercise, or there are no cards.
    """
    tree = FileTree(config.root)
    content = read_content(config, tree)
    manifests = content.manifests
    chosen = find_pages(config, tree, exercises, content) if exercises else manifests
    planner = _Planner(config, tree, manifests, job)
    names = CardNames(config, tree, manifests) if job.cards else None
    changes, problems = [], list(content.unread if content.manifests else content.problems)
    for manifest in chosen:
        intakes = dict(planner.intakes)
        try:
            data = read_bytes(tree, manifest.path)
            after, left = planner.filled(manifest, data)
            after = names.named(manifest, after) if names is not None else after
        except ManifestError as error:
            planner.intakes = intakes
            problems.append(problem_of(manifest.path, error))
            continue
        changes.append(PageChange(manifest.path, data, after))
        problems += left
    stripped = [each.path for each in planner.intakes.values() if not each.width]
    if stripped:
        problems.append(location_removed(stripped[0], len(stripped), of_files=True))
    changed = tuple(each for each in changes if each.changes)
    return FillPlan(changed, tuple(problems), tuple(planner.intakes.values()))


def write_fill(session: Session, plan: FillPlan) -> tuple[list[str], str | None]:
    """Write pictures and pages of a plan; return the pages, and the folder with what was there.

    Raises:
        MediakitError: a file cannot be written, or changed since the plan; all is as it was.
    """
    if not plan.changes:
        return [], None
    tree = FileTree(session.config.root)
    quarantine = Quarantine(session, tree, BY)
    with all_or_nothing(session, quarantine, BY, plan.changes[0].path):
        edits = edits_of(tree, plan.changes)
        carry_out(tree, quarantine, plan.intakes)
        quarantine.carry_out(edits)
    return [each.path for each in plan.changes], quarantine.path


class _Planner:
    def __init__(
        self, config: Config, tree: FileTree, manifests: Sequence[Manifest], job: FillJob
    ) -> None:
        self._config = as_shown(config, manifests)
        self._tree = tree
        self._names = picture_names(config, manifests)
        self._job = job
        self._by_folder: dict[str, dict[PictureName, list[tuple[int, str]]]] = {}
        self._reader = AddressReader(settings_of(config), resolver(tree, config))
        self.intakes: dict[str, Intake] = {}

    def filled(self, manifest: Manifest, data: bytes) -> tuple[bytes, list[Problem]]:
        """Return a page with all its pictures, and the problems that are left."""
        config, tree = self._config, self._tree
        name = self._names.of(manifest)
        style = style_of(config, manifest.path, self._job.gallery)
        named = {each for image in manifest.images for each in (image.source, image.path) if each}
        found = self._on_disk(name) if self._names.is_own(manifest, name) else []
        fresh = [path for path in _one_a_number(found) if not _is_known(config, path, named)]
        missing = list(_missing(tree, manifest))
        if is_data(manifest.path):
            if fresh:
                refuse_data(manifest, ", ".join(fresh))
            return data, [problem for _, problem in missing]
        fresh, hopeless = without_hopeless(config, tree, fresh, manifest.clip)
        taken, odd = take_in(tree, fresh, config.sources.max_width, config.privacy.location)
        self.intakes |= {each.path: each for each in taken if isinstance(each, Intake)}
        fresh = [each.to if isinstance(each, Intake) else each for each in taken]
        entries = [entry_of(config, manifest, path, (manifest.title, "")) for path in fresh]
        if entries:
            data = add_entries(data, entries, style)
        dropped: list[ImageRef] = []
        if self._job.drop:
            gone = [image for image, problem in missing if problem.hint == _DROP]
            data, dropped = self._dropped(manifest.path, data, gone)
        problems = hopeless + odd + [problem for image, problem in missing if image not in dropped]
        shown = [each.source for each in manifest.images if each.role is Role.GALLERY]
        first = next(filter(None, (*shown, *fresh)), None)
        if first is not None and (first in fresh or isinstance(tree.find(first), DiskFile)):
            overlay = first if is_shown(first) else ""
            data = fill_header(data, overlay, small_of(config, first), style)
        elif config.videos.teaser and not manifest.images:
            thumbnail = self._thumbnail(manifest)
            if thumbnail:
                data = fill_header(data, "", small_of(config, thumbnail), style)
        return data, problems

    def _on_disk(self, name: PictureName) -> list[tuple[int, str]]:
        """Return the pictures of this name, and films where they are sources; also behind links."""
        if name.folder not in self._by_folder:
            paths = (f"{name.folder}/{each}".lstrip("/") for each in self._tree.names(name.folder))
            sources = (each for each in paths if self._is_source(each) and self._tree.has(each))
            self._by_folder[name.folder] = numbered_pictures(sources)
        return sorted(self._by_folder[name.folder].get(name, ()))

    def _is_source(self, path: str) -> bool:
        kind = format_of(path)
        is_film = self._config.has_clips and film_of(path) is not None
        return is_film or (kind is not None and kind.name != "SVG")

    def _dropped(
        self, path: str, data: bytes, gone: Sequence[ImageRef]
    ) -> tuple[bytes, list[ImageRef]]:
        """Return a page without the entries of these pictures, and the pictures removed."""
        page = read_page(data)
        if page is None or not gone:
            return data, []
        fields = page.front_matter
        dropped: list[ImageRef] = []

        def is_gone(key: str, entry: Node, shown: Scalar) -> bool:
            for image in gone:
                name = image.key.rpartition(".")[2]
                if (name, image.line) != (key, shown.line) or not _is_picture_alone(key, entry):
                    continue
                meant = self._reader.picture(path, fields, shown.text)
                if meant is not None and meant.path == image.path:
                    dropped.append(image)
                    return True
            return False

        return drop_entries(data, is_gone), dropped

    def _thumbnail(self, manifest: Manifest) -> str | None:
        folder = self._config.videos.folder
        paths = (thumbnail_path(folder, video.id) for video in manifest.videos)
        return next((path for path in paths if isinstance(self._tree.find(path), DiskFile)), None)


def _one_a_number(found: Sequence[tuple[int, str]]) -> list[str]:
    """Return one picture of each number: of several formats the one that all browsers show."""
    best: dict[int, str] = {}
    for number, path in found:
        known = best.get(number)
        if known is None or _rank(path) < _rank(known):
            best[number] = path
    return list(best.values())


def _rank(path: str) -> tuple[int, str]:
    kind = format_of(path)
    return (FORMATS.index(kind) if kind else len(FORMATS)), path


def _is_known(config: Config, path: str, named: set[str]) -> bool:
    """Return whether a file is named, is a variant, or a named picture in another format."""
    pure = PurePosixPath(path)
    if any(pure.stem.endswith(suffix) for suffix, _ in config.suffixes):
        return True
    return any(PurePosixPath(each).with_suffix("") == pure.with_suffix("") for each in named)


def _missing(tree: FileTree, manifest: Manifest) -> Iterator[tuple[ImageRef, Problem]]:
    """Yield the pictures of galleries that are missing, each with its problem."""

    def problem(image: ImageRef, hint: str, what: str = "is missing") -> tuple[ImageRef, Problem]:
        message = f"{image.source} {what}"
        return image, Problem(
            manifest.path, image.line, "missing-picture", Severity.WARNING, message, hint
        )

    def exists(path: str) -> bool:
        return isinstance(tree.find(path), DiskFile)

    for image in manifest.images:
        if image.role is not Role.GALLERY or image.source is None or image.path is None:
            continue
        source, shown = tree.find(image.source), tree.find(image.path)
        if isinstance(source, DiskFile):
            continue
        if isinstance(shown, DiskFile):
            if not exists(image.link or image.path):
                yield problem(image, f"{image.path} exists, so the entry stays")
        elif source.near or shown.near:
            yield problem(image, "only capital letters differ: mediakit check --fix corrects them")
        elif source.reason:
            yield problem(image, "the entry stays", source.reason)
        else:
            yield problem(image, _DROP)


def _is_picture_alone(key: str, entry: Node) -> bool:
    """Return whether an entry only shows a picture: one of another list may be a link."""
    if key.startswith(DEFAULT_GALLERY) or not isinstance(entry, Mapping):
        return True
    links = [entry.get(name) for name in ("url", "href", "link")]
    return all(link is None or is_picture(link) for link in links)
