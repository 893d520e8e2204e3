"""How the pages of a site show pictures: at which keys, in which spelling, under which names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.model import Role
from mediakit.base.slug import slug_of, split_number, without_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mediakit.base.model import Manifest
    from mediakit.config.config import Config
    from mediakit.site.trees.walk import KeyPath

DEFAULT_GALLERY = "gallery"
DEFAULT_FOLDER = "assets/images/exercises"

THEME_ITEM = ("url", "image_path", "alt", "title")
"""Keys of an entry of Minimal Mistakes."""

PLAIN_ITEM = ("src", "alt")
"""Keys of an entry without a theme."""

_NUMBERED = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,4})")
_ENDS = re.compile(r"[#?]|%(?=[0-9A-Fa-f]{2})")
_OWN = frozenset({Role.GALLERY, Role.OVERLAY, Role.TEASER, Role.HEADER})


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Where pictures go in the front matter of a page.

    `spell` gives the address of a site path; `overlay` and `teaser` are None if the site has no
    keys for them. `item` are the keys of the first entry of a gallery.
    """

    gallery: KeyPath
    overlay: KeyPath | None
    teaser: KeyPath | None
    item: tuple[str, ...]
    spell: Callable[[str], str]

    @property
    def is_theme(self) -> bool:
        """Whether pages are those of Minimal Mistakes."""
        return self.item == THEME_ITEM


@dataclass(frozen=True, slots=True)
class PictureName:
    """The folder and the stem of an exercise's pictures, which are called `STEM-NUMBER.jpg`."""

    folder: str
    stem: str

    def path(self, number: int, ending: str) -> str:
        """Return the site path of a picture with this number and ending (with its dot)."""
        name = f"{self.stem}-{number}{ending}"
        return f"{self.folder}/{name}" if self.folder else name

    def numbered(self, paths: Iterable[str]) -> list[tuple[int, str]]:
        """Return the pictures with this name and their numbers, in order."""
        return sorted(numbered_pictures(paths).get(self, ()))


def numbered_pictures(paths: Iterable[str]) -> dict[PictureName, list[tuple[int, str]]]:
    """Return pictures that have a number by the rest of their names, with the number."""
    found: dict[PictureName, list[tuple[int, str]]] = {}
    for path in paths:
        folder, stem, number = _taken_apart(path)
        if number is not None:
            found.setdefault(PictureName(folder, stem), []).append((number, path))
    return found


def style_of(config: Config, page: str, gallery: str = DEFAULT_GALLERY) -> PageStyle:
    """Return how a page shows pictures; `gallery` is the key that was asked for.

    Of several configured keys of a role, the first is written.
    """
    images, is_theme = config.images, config.kind.has_theme
    if gallery == DEFAULT_GALLERY and images.gallery:
        gallery = images.gallery[0]
    overlay = [*images.overlay, *images.header] + ["header.overlay_image"] * is_theme
    teaser = [*images.teaser] + ["header.teaser"] * is_theme
    return PageStyle(
        _path(gallery),
        _path(overlay[0]) if overlay else None,
        _path(teaser[0]) if teaser else None,
        THEME_ITEM if is_theme else PLAIN_ITEM,
        lambda path: _escaped(config.kind.spelling(path, page)),
    )


class PictureNames:
    """How the pictures of each exercise of a site are called: made once, asked for each page.

    `pages` are those of the site. Pages that `have_homes` may each have a folder of their own.
    """

    def __init__(
        self,
        pages: Sequence[Manifest] = (),
        default: str = DEFAULT_FOLDER,
        *,
        have_homes: bool = False,
    ) -> None:
        self._all = pages
        self._pages = [each for each in pages if not have_homes or _home_of(each.path) is None]
        self._default = default
        self._have_homes = have_homes

    def of(self, manifest: Manifest) -> PictureName:
        """Return how to name an exercise's pictures: like those it has, or else after its file.

        Without a folder of its own they are where other pages have most of their galleries'.
        """
        names = Counter(_numbered(manifest))
        if names:
            return PictureName(*max(names, key=lambda each: (names[each], each)))
        home = _home_of(manifest.path) if self._have_homes else None
        return home or PictureName(self._folder, self._stem_for(manifest.path))

    def is_own(self, manifest: Manifest, name: PictureName) -> bool:
        """Return whether further pictures of this name are the exercise's.

        They are nobody's where pages show different ones of them, such as `sample-1.jpg` and
        `sample-2.jpg`, and the exercise is not called so. Translations show the same ones.
        """
        own = _home_of(manifest.path) or PictureName("", _plain_stem(manifest.path))
        return (name.folder, name.stem) not in self._shared or slug_of(name.stem) == own.stem

    @cached_property
    def _shared(self) -> frozenset[tuple[str, str]]:
        """Names of which no picture is on all pages that have some."""
        common: dict[tuple[str, str], set[str]] = {}
        for page in self._all:
            found: dict[tuple[str, str], set[str]] = {}
            for name, source in _numbered_sources(page):
                found.setdefault(name, set()).add(source)
            for name, sources in found.items():
                common[name] = common.get(name, sources) & sources
        return frozenset(name for name, sources in common.items() if not sources)

    @cached_property
    def _folder(self) -> str:
        folders = Counter(
            _taken_apart(image.source)[0]
            for page in self._pages
            for image in page.images
            if image.role is Role.GALLERY and image.source is not None
        )
        return max(folders, key=lambda each: (folders[each], each)) if folders else self._default

    def _stem_for(self, page: str) -> str:
        """Return the stem of a page's file, without its number where most pictures lack it."""
        stem = _plain_stem(page)
        bare, number = split_number(stem)
        return bare if number and self._lack_number else stem

    @cached_property
    def _lack_number(self) -> bool:
        stems = [(_plain_stem(page.path), _picture_stems(page)) for page in self._pages]
        with_number = sum(own in shown for own, shown in stems)
        return sum(split_number(own)[0] in shown - {own} for own, shown in stems) > with_number


def picture_names(config: Config, pages: Sequence[Manifest]) -> PictureNames:
    """Return how the pictures of a site are called."""
    if config.kind.has_theme:
        return PictureNames(pages)
    return PictureNames(pages, config.kind.pictures_folder, have_homes=True)


def _numbered(page: Manifest) -> Iterator[tuple[str, str]]:
    """Yield the folder and the stem of each picture of a page that has a number."""
    return (name for name, _ in _numbered_sources(page))


def _numbered_sources(page: Manifest) -> Iterator[tuple[tuple[str, str], str]]:
    for image in page.images:
        if image.role in _OWN and image.source is not None:
            folder, stem, number = _taken_apart(image.source)
            if number is not None:
                yield (folder, stem), image.source


def _picture_stems(page: Manifest) -> set[str]:
    return {_taken_apart(each.source)[1] for each in page.images if each.source is not None}


def _plain_stem(page: str) -> str:
    return slug_of(without_date(PurePosixPath(page).stem))


def _home_of(page: str) -> PictureName | None:
    """Return how to name the pictures of a page with a folder of its own, None for another."""
    pure = PurePosixPath(page)
    if pure.stem.split(".")[0] not in {"index", "_index"}:
        return None
    return PictureName(str(pure.parent), slug_of(pure.parent.name)) if pure.parent.name else None


def _escaped(address: str) -> str:
    """Return an address from the top of a site with escapes for what would end its path."""
    if not address.startswith("/"):  # names of files in a bundle are no addresses
        return address
    return _ENDS.sub(lambda sign: f"%{ord(sign[0]):02X}", address)


def _path(key: str) -> KeyPath:
    return tuple(key.split("."))


def _taken_apart(path: str) -> tuple[str, str, int | None]:
    """Return the folder, the stem and the number of a picture; None without a number."""
    pure = PurePosixPath(path)
    folder = "" if str(pure.parent) == "." else str(pure.parent)
    found = _NUMBERED.fullmatch(pure.stem)
    return (folder, found["stem"], int(found["number"])) if found else (folder, pure.stem, None)
