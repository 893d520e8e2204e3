"""How the pages of a site show pictures: at which keys, in which spelling, under which names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.model import Role
from mediakit.base.slug import slug_of, split_number, without_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
        found = []
        for path in paths:
            *name, number = _taken_apart(path)
            if number is not None and name == [self.folder, self.stem]:
                found.append((number, path))
        return sorted(found)


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
        lambda path: config.kind.spelling(path, page),
    )


def named_pictures(config: Config, manifest: Manifest, others: Sequence[Manifest]) -> PictureName:
    """Return how to name the pictures of an exercise; `others` are those of the site."""
    kind = config.kind
    if kind.has_theme:
        return picture_name(manifest, others)
    apart = [each for each in others if _home_of(each.path) is None]
    return picture_name(manifest, apart, _home_of(manifest.path), kind.pictures_folder)


def picture_name(
    manifest: Manifest,
    others: Sequence[Manifest] = (),
    home: PictureName | None = None,
    default: str = DEFAULT_FOLDER,
) -> PictureName:
    """Return how to name an exercise's pictures: like those it has, or else after its file.

    `home` is the name of an exercise with a folder of its own. Without one the folder is where
    `others` have most pictures of their galleries, or else `default`.
    """
    names = Counter(
        (folder, stem)
        for image in manifest.images
        if image.role in _OWN and image.source is not None
        for folder, stem, number in (_taken_apart(image.source),)
        if number is not None
    )
    if names:
        return PictureName(*max(names, key=lambda each: (names[each], each)))
    if home is not None:
        return home
    folders = Counter(
        _taken_apart(image.source)[0]
        for other in others
        for image in other.images
        if image.role is Role.GALLERY and image.source is not None
    )
    folder = max(folders, key=lambda each: (folders[each], each)) if folders else default
    return PictureName(folder, _stem_for(manifest.path, others))


def _stem_for(page: str, others: Sequence[Manifest]) -> str:
    """Return the stem of a page's file, without its number where most pages' pictures lack it."""
    stem = _plain_stem(page)
    bare, number = split_number(stem)
    if not number:
        return stem
    stems = [(_plain_stem(other.path), _picture_stems(other)) for other in others]
    with_number = sum(own in shown for own, shown in stems)
    without = sum(split_number(own)[0] in shown - {own} for own, shown in stems)
    return bare if without > with_number else stem


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


def _path(key: str) -> KeyPath:
    return tuple(key.split("."))


def _taken_apart(path: str) -> tuple[str, str, int | None]:
    """Return the folder, the stem and the number of a picture; None without a number."""
    pure = PurePosixPath(path)
    folder = "" if str(pure.parent) == "." else str(pure.parent)
    found = _NUMBERED.fullmatch(pure.stem)
    return (folder, found["stem"], int(found["number"])) if found else (folder, pure.stem, None)
