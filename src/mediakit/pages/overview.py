"""`mediakit gallery page`: what was observed of a site, as cards of one page."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError, UsageError
from mediakit.base.model import ImageRef, Role
from mediakit.base.own_files import WORK_FOLDER
from mediakit.base.writer import write_output
from mediakit.pages.overview_html import Card, CardPicture, gallery_page
from mediakit.report.addresses import address_from
from mediakit.site.front_matter import read_page
from mediakit.site.providers import watch_address
from mediakit.site.trees.yaml import Mapping, Scalar, Sequence
from mediakit.state.srcset import srcsets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.artifacts import Picture
    from mediakit.base.model import Manifest, Problem
    from mediakit.base.products import VariantRecord
    from mediakit.matching.groups import Group
    from mediakit.site.trees.yaml import Node
    from mediakit.sync.observe import Site

PAGE_NAME = "index.html"
_LABELS = ("tags", "categories", "equipment", "muscles", "muscle", "level")
_SMALLEST = 300  # pixels of a variant that a card is shown with, where srcset is not read
_FIRST = (Role.OVERLAY, Role.HEADER, Role.GALLERY, Role.FEATURE_ROW, Role.BODY, Role.TEASER)


@dataclass(frozen=True, slots=True)
class PageJob:
    """Where the page goes (None: the work folder of the site), and what it is called."""

    folder: Path | None = None
    title: str = "Pictures"


def write_gallery(site: Site, groups: Iterable[Group], job: PageJob) -> Path:
    """Write the page, and return where it is; raises UsageError where that cannot be."""
    twice = {path: group.keeper.path for group in groups for path in group.paths}
    root = site.config.root
    place = (job.folder or root / WORK_FOLDER / "gallery") / PAGE_NAME
    builder = _Cards(site, twice, place.resolve().parent)
    folder = resources.files("mediakit") / "pages" / "static"
    text = gallery_page(
        [builder.card(each) for each in site.content.manifests],
        job.title,
        (folder / "gallery.css").read_text("utf-8"),
        (folder / "gallery.js").read_text("utf-8"),
    )
    try:
        write_output(place, text.encode(), root)
    except OSError as error:
        raise UsageError(f"{place}: cannot be written: {error.strerror}") from error
    return place.resolve()


class _Cards:
    """Makes the cards; addresses are relative to the page."""

    def __init__(self, site: Site, twice: dict[str, str], folder: Path) -> None:
        self._site = site
        self._twice = twice
        self._folder = folder
        self._variants: dict[str, list[VariantRecord]] = {}
        for record in site.known.records.values():
            if record.path in site.known.outputs:
                self._variants.setdefault(record.source, []).append(record)
        self._problems: dict[str, list[Problem]] = {}
        for problem in site.problems:
            self._problems.setdefault(problem.path, []).append(problem)

    def card(self, manifest: Manifest) -> Card:
        """Return the card of an exercise."""
        pictures = [self._picture(manifest, each) for each in self._shown(manifest)]
        problems = [
            (str(each.severity), f"line {each.line}: {each.message}" if each.line else each.message)
            for each in self._problems.get(manifest.path, ())
        ]
        sources = {each.source for each in manifest.images if each.source}
        copies = sorted(sources & self._twice.keys())
        problems += [("duplicate", f"{PurePosixPath(path).name} is there twice") for path in copies]
        states = [
            *(["problem"] if self._problems.get(manifest.path) else []),
            *(["duplicate"] if copies else []),
            *(["no-video"] if not manifest.videos else []),
            *(["no-picture"] if not pictures else []),
        ]
        return Card(
            manifest.title, manifest.path, tuple(pictures), self._labels(manifest),
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
            # words are in galleries, whatever leads the page
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

    def _srcset(self, picture: Picture, records: list[VariantRecord]) -> str:
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
        return watch_address(video.provider, video.id) if video is not None else ""

    def _labels(self, manifest: Manifest) -> tuple[str, ...]:
        """Return the texts of the keys that sites sort exercises by."""
        try:
            page = read_page(self._site.tree.read(manifest.path))
        except (OSError, ManifestError):
            return ()
        fields = page.front_matter if page is not None else Mapping({}, 0)
        found = (text for key in _LABELS for text in _texts(fields.get(key)))
        return tuple(dict.fromkeys(found))


def _texts(node: Node | None) -> list[str]:
    if isinstance(node, Scalar) and not node.is_null:
        return [node.text]
    if isinstance(node, Sequence):
        return [each.text for each in node.items if isinstance(each, Scalar) and not each.is_null]
    return []
