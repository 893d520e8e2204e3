"""`mediakit gallery edit`: change how a page shows one of its pictures, and take that back.

A teaser is a part of a picture, in the shape that most teasers of the site have.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.errors import UsageError
from mediakit.base.files import DiskFile, FileTree, sha256_bytes
from mediakit.base.model import Role
from mediakit.config.presets import as_shown
from mediakit.edit.alts import AltWriter, places_of, plain
from mediakit.edit.entries import count_items, fill_header, find_entries
from mediakit.edit.front_matter import move_item, remove_item
from mediakit.edit.pages import PageChange, read_bytes, refuse_data
from mediakit.edit.redirect import AddressReader
from mediakit.edit.style import picture_names, style_of
from mediakit.images.ingest import cut, proposed_part
from mediakit.images.opening import UnreadableError
from mediakit.pages.add import free_paths
from mediakit.pages.fill import PageEntry
from mediakit.pages.films import (
    film_behind,
    meant_picture,
    named_picture,
    no_part_of,
    poster_of,
    small_of,
)
from mediakit.pages.journal import Changes, write_changes
from mediakit.report.documents import Document, Path
from mediakit.site.front_matter import read_page
from mediakit.sync.content import read_content, settings_of
from mediakit.sync.exercise import find_page
from mediakit.sync.mentions import search_site, variant_names
from mediakit.sync.observe import observe
from mediakit.sync.pictures import resolver, with_sources
from mediakit.sync.quarantine import Move

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.images.ingest import Shares
    from mediakit.site.trees.walk import KeyPath
    from mediakit.site.trees.yaml import Node, Scalar
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Progress, Session

BY = "gallery"


class GalleryEditDocument(Document, frozen=True, kw_only=True):
    """What `gallery edit` changed, or with `--dry-run` would change."""

    page: Annotated[PageEntry, Meta(description="The page of the exercise.")]
    picture: Annotated[Path, Meta(description="Site path of the picture.")]
    made: Annotated[Path | None, Meta(description="Site path of the part that was cut out.")]
    moved: Annotated[list[Path], Meta(description="Site paths of the files that were put away.")]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What becomes of a picture; `place` counts from 1, `crop` is the part for the teaser.

    With `crop` empty, attention chooses the part.
    """

    alt: str | None = None
    place: int | None = None
    header: bool = False
    teaser: bool = False
    remove: bool = False
    crop: Shares | tuple[()] | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """The page and files that change, and the picture; `stays` is why a removed file stays."""

    manifest: Manifest
    picture: str
    changes: Changes
    stays: str = ""

    @property
    def made(self) -> str | None:
        """The site path of the part that was cut out."""
        return next((path for path, _ in self.changes.pictures), None)

    @property
    def has_changed(self) -> bool:
        """Whether anything is to be written."""
        return self.changes.page.changes or bool(self.changes.moves)

    def lines(self) -> list[str]:
        """Return what became of files, in words."""
        lines = [f"{each.path} is put away" for each in self.changes.moves]
        if self.stays:
            lines.append(f"{self.picture} stays, since {self.stays} names it")
        return lines + ([f"{self.made} is the part that was cut out"] if self.made else [])

    def document(self) -> GalleryEditDocument:
        """Return the change as JSON."""
        return GalleryEditDocument(
            page=PageEntry.of(self.changes.page), picture=self.picture, made=self.made,
            moved=[each.path for each in self.changes.moves],
        )  # fmt: skip


def arrange(
    session: Session, exercise: str, picture: str, wanted: Arrangement, progress: Progress
) -> Arranged:
    """Change how an exercise shows a picture: named by its path, file name, or number from 1.

    Raises:
        UsageError: there is no such exercise or picture, or a file cannot be written.
        ManifestError: the page cannot be changed.
    """
    plan = plan_arrangement(session, exercise, picture, wanted)
    if plan.has_changed:
        write_changes(session, plan.changes, BY, progress)
    return plan


def plan_arrangement(
    session: Session, exercise: str, picture: str, wanted: Arrangement
) -> Arranged:
    """Return what `arrange` would change; nothing is written."""
    tree = FileTree(session.config.root)
    manifest, _ = find_page(session.config, tree, exercise, cache=session.cache)
    refuse_data(manifest, "this change")
    manifest = with_sources(manifest, tree)
    source = meant_picture(session.config, manifest, picture)
    return _Arranger(session, tree, manifest, source).plan(wanted)


class _Arranger:
    def __init__(self, session: Session, tree: FileTree, manifest: Manifest, source: str) -> None:
        self._session = session
        self._config = session.config
        self._tree = tree
        self._manifest = manifest
        self._source = source
        self._film = film_behind(session.config, manifest, source)
        self._style = style_of(self._config, manifest.path)
        self._resolve = resolver(tree, self._config)
        self._reader = AddressReader(settings_of(self._config), self._resolve)

    def plan(self, wanted: Arrangement) -> Arranged:
        """Return the changes that are wanted."""
        before = read_bytes(self._tree, self._manifest.path)
        after = before
        if wanted.alt is not None:
            after = self._with_alt(after, wanted.alt)
        if wanted.header:
            top = poster_of(self._config, self._source)
            after = fill_header(after, top, "", self._style, anew=True)
        if wanted.teaser:
            after = self._with_teaser(after, self._film)
        if wanted.place is not None:
            place = self._place(after)
            after = move_item(after, place, min(wanted.place, count_items(after, place)) - 1)
        pictures: tuple[tuple[str, bytes], ...] = ()
        if wanted.crop is not None:
            pictures = (self._part(wanted.crop or None),)
            after = self._with_teaser(after, pictures[0][0])
        moves: tuple[Move, ...] = ()
        stays = ""
        if wanted.remove:
            after = remove_item(after, self._place(after))
            moves, stays = self._put_away(after)
        page = PageChange(self._manifest.path, before, after)
        return Arranged(self._manifest, self._film, Changes(page, pictures, moves), stays)

    @cached_property
    def _pages(self) -> Sequence[Manifest]:
        """All pages of the site."""
        return read_content(self._config, self._tree, cache=self._session.cache).manifests

    def _with_alt(self, data: bytes, text: str) -> bytes:
        def shown(records: Sequence[Manifest]) -> list[tuple[int, int]]:
            places = places_of(records, lambda each: named_picture(each) == self._source)
            if not places:
                raise UsageError(
                    f"{self._film} is not shown here where it can have an alt text",
                    "choose a picture of a gallery, or of the text of the page",
                )
            return places

        writer = AltWriter(settings_of(self._config), self._resolve, plain(text))
        return writer.apply(self._manifest.path, data, shown)

    def _with_teaser(self, data: bytes, source: str) -> bytes:
        moves = source == self._film != self._source
        small = small_of(as_shown(self._config, self._pages), source, moves=moves)
        return fill_header(data, "", small, self._style, anew=True)

    def _place(self, data: bytes) -> KeyPath:
        """Return the place of the picture in a gallery of the page; raises UsageError."""
        page = read_page(data)
        names = {
            image.key.rpartition(".")[2]
            for image in self._manifest.images
            if image.role is Role.GALLERY and named_picture(image) == self._source
        }

        def is_it(key: str, _entry: Node, shown: Scalar) -> bool:
            if key not in names or page is None:
                return False
            meant = self._reader.picture(self._manifest.path, page.front_matter, shown.text)
            return meant is not None and self._is_source(meant)

        found = find_entries(data, is_it)
        if not found:
            name = PurePosixPath(self._source).name
            raise UsageError(
                f"{name} is in no gallery of {self._manifest.path}",
                "only pictures of a gallery have an order",
            )
        return found[0]

    def _is_source(self, image: ImageRef) -> bool:
        manifest = replace(self._manifest, images=(image,))
        return self._resolve(manifest).images[0].source == self._source

    def _part(self, part: Shares | None) -> tuple[str, bytes]:
        """Return the part for the teaser as a picture of its own."""
        try:
            data = self._tree.read(self._source)
            made = cut(data, part or proposed_teaser(self._session, self._source))
        except OSError as error:
            raise UsageError(f"{self._source}: {error.strerror}") from error
        except UnreadableError as error:
            raise no_part_of(self._source, error) from error
        name = picture_names(self._config, self._pages).of(self._manifest)
        (path,) = free_paths(name, self._tree, self._manifest, [made])
        return path, made.data

    def _put_away(self, after: bytes) -> tuple[tuple[Move, ...], str]:
        """Return the moves of the file and its variants, or why they stay: a text names one."""
        config, page = self._config, self._manifest.path
        files = [self._film, *variant_names(self._film, config)]
        mentions = search_site(config, self._session.cache, files)
        mentions.update({page: after})
        if mentions.unread:
            return (), f"{mentions.unread[0].path} cannot be read"
        for path in files:
            place = mentions.of(path)
            if place is not None:
                return (), str(place)
        moves = [
            Move(path, sha256_bytes(self._tree.read(path)), "", "")
            for path in files
            if isinstance(self._tree.find(path), DiskFile)
        ]
        return tuple(moves), ""


USUAL = 3 / 2
"""Width by height where the teasers of a site have no shape in common."""


def teaser_shape(site: ObservedSite) -> float:
    """Return width by height of most teasers of a site."""
    sources = {
        image.source
        for manifest in site.content.manifests
        for image in manifest.images
        if image.role is Role.TEASER and image.source is not None
    }
    known = [site.known.pictures[each] for each in sources if each in site.known.pictures]
    shapes = Counter(round(each.width / each.height, 2) for each in known if each.height)
    shape, number = next(iter(shapes.most_common(1)), (USUAL, 0))
    is_usual = 2 * number <= shapes.total() or abs(shape - USUAL) <= 0.01
    return USUAL if is_usual else shape


def proposed_teaser(session: Session, picture: str) -> Shares:
    """Return the part of a picture of the site that attention keeps for a teaser.

    Raises:
        UsageError: the picture cannot be read.
    """
    site = observe(session)
    try:
        return proposed_part(site.tree.read(picture), teaser_shape(site))
    except OSError as error:
        raise UsageError(f"{picture}: {error.strerror}") from error
    except UnreadableError as error:
        raise no_part_of(picture, error) from error
