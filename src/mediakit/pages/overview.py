"""`mediakit gallery page`: all pictures of the site on one page, a card for each exercise."""

from __future__ import annotations

from bisect import bisect_right
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from mediakit.base.artifacts import srcsets
from mediakit.base.errors import UsageError
from mediakit.base.model import ImageRef, Role
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.writer import write_output
from mediakit.pages.overview_html import Card, CardPicture, gallery_page
from mediakit.report.documents import Count, Document
from mediakit.report.documents import Path as SitePath
from mediakit.report.html import address_from
from mediakit.site.kinds.settings import texts_of
from mediakit.site.providers import watch_address
from mediakit.sync.content import settings_of
from mediakit.sync.copies import find_duplicates
from mediakit.sync.fields import FieldsReader

if TYPE_CHECKING:
    from mediakit.base.artifacts import SourcePicture
    from mediakit.base.model import Manifest, Problem
    from mediakit.base.products import MadeRecord
    from mediakit.sync.observe import ObservedSite
    from mediakit.sync.session import Session

PAGE_NAME = "index.html"
_LABELS = ("tags", "categories", "equipment", "muscles", "muscle", "level")
_SMALLEST = 300  # pixels of the variant on a card, for browsers that do not read srcset
_FIRST = (Role.OVERLAY, Role.HEADER, Role.GALLERY, Role.FEATURE_ROW, Role.BODY, Role.TEASER)


class GalleryPageDocument(Document, frozen=True, kw_only=True):
    """What `gallery page` wrote."""

    page: Annotated[SitePath, Meta(description="Where the page is, an absolute path.")]
    exercises: Annotated[Count, Meta(description="How many exercises are on it.")]


def write_overview(
    session: Session, folder: Path | None = None, title: str = "Pictures"
) -> tuple[GalleryPageDocument, tuple[Problem, ...]]:
    """Write the page of all pictures into `folder`, or into the work folder of the site.

    The problems are those of pages that cannot be read.

    Raises:
        UsageError: the page cannot be written.
    """
    duplicates = find_duplicates(session)
    site = duplicates.site
    twice = {path: group.keeper.path for group in duplicates.groups for path in group.paths}
    root = site.config.root
    place = (folder or root / WORK_FOLDER / "gallery") / PAGE_NAME
    builder = _Cards(site, twice, place.resolve().parent)
    static = resources.files("mediakit") / "pages" / "static"
    text = gallery_page(
        [builder.card(each) for each in site.content.manifests],
        title,
        (static / "gallery.css").read_text("utf-8"),
        (static / "gallery.js").read_text("utf-8"),
    )
    try:
        write_output(place, text.encode(), root)
    except OSError as error:
        raise UsageError(f"{place}: cannot be written: {error.strerror}") from error
    count = len(site.content.manifests)
    return GalleryPageDocument(page=str(place.resolve()), exercises=count), site.content.unread


class _Cards:
    """Makes the cards; addresses are relative to the page."""

    def __init__(self, site: ObservedSite, twice: dict[str, str], folder: Path) -> None:
        self._site = site
        self._twice = twice
        self._folder = folder
        self._variants: dict[str, list[MadeRecord]] = {}
        for record in site.known.records.values():
            if record.is_of_one_picture and record.path in site.known.found:
                self._variants.setdefault(record.source, []).append(record)
        self._fields = FieldsReader(site.tree, settings_of(site.config))
        self._problems = _by_place(site)

    def card(self, manifest: Manifest) -> Card:
        """Return the card of an exercise."""
        pictures = [self._picture(manifest, each) for each in self._shown(manifest)]
        problems = [
            (str(each.severity), f"line {each.line}: {each.message}" if each.line else each.message)
            for each in self._problems.get(manifest.place, ())
        ]
        sources = {each.source for each in manifest.images if each.source}
        copies = sorted(sources & self._twice.keys())
        problems += [
            ("duplicate", f"{PurePosixPath(path).name} has a duplicate") for path in copies
        ]
        states = [
            *(["problem"] if self._problems.get(manifest.place) else []),
            *(["duplicate"] if copies else []),
            *(["no-video"] if not manifest.videos else []),
            *(["no-picture"] if not pictures else []),
        ]
        return Card(
            manifest.title, manifest.place, tuple(pictures), self._labels(manifest),
            tuple(problems), tuple(states),
        )  # fmt: skip

    def _shown(self, manifest: Manifest) -> list[ImageRef]:
        """Return each source once, the leading ones first, thumbnails of videos last."""
        known = self._site.known.pictures
        order = {role: number for number, role in enumerate(_FIRST)}
        images = sorted(manifest.images, key=lambda each: order.get(each.role, len(order)))
        best: dict[str, ImageRef] = {}
        for each in images:
            if each.source is None or each.source not in known:
                continue
            first = best.get(each.source)
            # galleries have the texts, whatever leads the page
            if first is None or (not first.alt and each.alt and first.role is not Role.VIDEO):
                best[each.source] = each
        return list(best.values())

    def _picture(self, manifest: Manifest, image: ImageRef) -> CardPicture:
        source = image.source or ""
        picture = self._site.known.pictures[source]
        records = self._variants.get(source, [])
        words = image.title or image.alt or manifest.title
        caption = f"{manifest.title}: {words}" if words != manifest.title else words
        wide = [each for each in records if each.width >= _SMALLEST]
        small = min(wide, key=lambda each: each.width, default=None)
        return CardPicture(
            address=self._address(small.path if small else source),
            full=self._address(source),
            srcset=self._srcset(picture, records),
            width=picture.width,
            height=picture.height,
            alt=image.alt or manifest.title,
            words=caption,
            colour=picture.colour,
            placeholder=picture.placeholder,
            video=self._video(manifest, image),
        )

    def _srcset(self, picture: SourcePicture, records: list[MadeRecord]) -> str:
        """Return the sizes in the format of the source, addresses relative to the page."""
        ending = PurePosixPath(picture.path).suffix
        own = [each for each in records if PurePosixPath(each.path).suffix == ending]
        if not srcsets(picture, own):
            return ""
        sizes = {each.width: each.path for each in own} | {picture.width: picture.path}
        return ", ".join(f"{self._address(path)} {width}w" for width, path in sorted(sizes.items()))

    def _address(self, path: str) -> str:
        return address_from(self._folder, self._site.tree.disk_path(path))

    def _video(self, manifest: Manifest, image: ImageRef) -> str:
        if image.role is not Role.VIDEO:
            return ""
        stem = PurePosixPath(image.source or "").stem
        video = next((each for each in manifest.videos if each.id == stem), None)
        return watch_address(video.provider, video.full_id) if video is not None else ""

    def _labels(self, manifest: Manifest) -> tuple[str, ...]:
        """Return the texts of the keys that sites sort exercises by."""
        fields = self._fields.of(manifest)
        found = (text for key in _LABELS for text in texts_of(fields.get(key)))
        return tuple(dict.fromkeys(found))


def _by_place(site: ObservedSite) -> dict[str, list[Problem]]:
    """Return the problems by page, or by the record of a data file that they are in or behind."""
    records: dict[str, list[int]] = {}
    for manifest in site.content.manifests:
        if manifest.record:
            records.setdefault(manifest.path, []).append(manifest.record)
    found: dict[str, list[Problem]] = {}
    for problem in site.problems:
        path, starts = problem.path, records.get(problem.path, [])
        at = bisect_right(starts, problem.line)
        place = f"{path}:{starts[max(at - 1, 0)]}" if starts else path
        found.setdefault(place, []).append(problem)
    return found
