"""How the pages of a site show pictures: at which keys, in which spelling, under which names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.base.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mediakit.base.model import ImageRef, Manifest
    from mediakit.config.config import Config
    from mediakit.edit.editable import KeyPath

DEFAULT_GALLERY = "gallery"
DEFAULT_FOLDER = "assets/images/exercises"

THEME_ITEM = ("url", "image_path", "alt", "title")
"""Keys of an entry of Minimal Mistakes."""

PLAIN_ITEM = ("src", "alt")
"""Keys of an entry where no theme says others."""

_NUMBERED = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,4})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}-")
_OWN = frozenset({Role.GALLERY, Role.OVERLAY, Role.TEASER, Role.HEADER})

# Danish, Norwegian, Swedish and German letters as people there write them without
_SPELLINGS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d",
     "þ": "th", "œ": "oe", "ł": "l"}
)  # fmt: skip


def _from_the_top(path: str) -> str:
    """Return a site path as an address of the site."""
    return f"/{path}"


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Where pictures go in the front matter of a page.

    `spell` gives the address of a site path; `overlay` and `teaser` are None where nobody says
    which keys the site has for them. `item` are the keys of the first entry of a gallery.
    """

    gallery: KeyPath = ("gallery",)
    overlay: KeyPath | None = ("header", "overlay_image")
    teaser: KeyPath | None = ("header", "teaser")
    item: tuple[str, ...] = THEME_ITEM
    spell: Callable[[str], str] = _from_the_top

    @property
    def is_theme(self) -> bool:
        """Whether pages are those of Minimal Mistakes."""
        return self.item == THEME_ITEM


@dataclass(frozen=True, slots=True)
class PictureName:
    """The folder and the stem of an exercise's pictures; `match` takes a path apart."""

    folder: str
    stem: str

    def path(self, number: int, ending: str) -> str:
        """Return the site path of a picture with this number and ending (with its dot)."""
        return f"{self.folder}/{self.stem}-{number}{ending}" if self.folder else (
            f"{self.stem}-{number}{ending}"
        )  # fmt: skip

    def number(self, path: str) -> int | None:
        """Return the number of a path that is called so, None for any other."""
        pure = PurePosixPath(path)
        found = _NUMBERED.fullmatch(pure.stem)
        is_ours = found is not None and found["stem"] == self.stem and _folder(pure) == self.folder
        return int(found["number"]) if found is not None and is_ours else None


def style_of(config: Config, page: str, gallery: str = DEFAULT_GALLERY) -> PageStyle:
    """Return how a page names pictures; `gallery` is the key that was asked for.

    The first configured key of a role is the one that is written.
    """
    images, kind = config.images, config.kind
    if gallery == DEFAULT_GALLERY and images.gallery:
        gallery = images.gallery[0]
    overlay = _first((*images.overlay, *images.header))
    teaser = _first(images.teaser)
    if kind.has_theme:
        theme = PageStyle()
        return PageStyle(
            _path(gallery), overlay or theme.overlay, teaser or theme.teaser,
            spell=partial(_spell, config, page),
        )  # fmt: skip
    return PageStyle(
        _path(gallery), overlay, teaser, PLAIN_ITEM, spell=partial(_spell, config, page)
    )


def named_pictures(config: Config, manifest: Manifest, others: Iterable[Manifest]) -> PictureName:
    """Return how the pictures of an exercise are called; `others` are those of the site."""
    kind = config.kind
    if kind.has_theme:
        return picture_name(manifest, others)
    apart = [each for each in others if _home_of(each.path) is None]
    return picture_name(manifest, apart, _home_of(manifest.path), kind.pictures_folder)


def picture_name(
    manifest: Manifest,
    others: Iterable[Manifest] = (),
    home: PictureName | None = None,
    default: str = DEFAULT_FOLDER,
) -> PictureName:
    """Return how an exercise's pictures are called: as those it has, else after its file.

    `home` is what they are called where the exercise has a folder of its own; else `others` say
    in which folder the site keeps pictures, and it is `default` where they say nothing.
    """
    names = Counter(
        (_folder(pure), found["stem"])
        for image in manifest.images
        if image.role in _OWN and image.source is not None
        for pure in (PurePosixPath(image.source),)
        if (found := _NUMBERED.fullmatch(pure.stem))
    )
    if names:
        (folder, stem), _ = max(names.items(), key=lambda each: (each[1], each[0]))
        return PictureName(folder, stem)
    if home is not None:
        return home
    slug = slug_of(_DATE.sub("", PurePosixPath(manifest.path).stem))
    return PictureName(usual_folder(others, default), slug)


def usual_folder(manifests: Iterable[Manifest], default: str = DEFAULT_FOLDER) -> str:
    """Return the folder that holds the most pictures of exercises."""
    folders = Counter(
        _folder(PurePosixPath(image.source))
        for manifest in manifests
        for image in manifest.images
        if image.role is Role.GALLERY and image.source is not None
    )
    return max(folders, key=lambda each: (folders[each], each)) if folders else default


def slug_of(text: str) -> str:
    """Return a text as a part of a name: small ASCII letters, digits and `-`."""
    spelt = unicodedata.normalize("NFC", text).casefold().translate(_SPELLINGS)
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "exercise"


def numbered(name: PictureName, paths: Iterable[str]) -> list[tuple[int, str]]:
    """Return the pictures that are called so, by number."""
    return sorted((number, path) for path in paths if (number := name.number(path)) is not None)


def shown_first(images: Iterable[ImageRef]) -> str | None:
    """Return the source of the first picture of the galleries."""
    return next((each.source for each in images if each.role is Role.GALLERY and each.source), None)


def _home_of(page: str) -> PictureName | None:
    """Return how the pictures of a page are called that has a folder of its own, else None."""
    pure = PurePosixPath(page)
    if pure.stem.split(".")[0] not in {"index", "_index"}:
        return None
    return PictureName(str(pure.parent), slug_of(pure.parent.name)) if pure.parent.name else None


def _spell(config: Config, page: str, path: str) -> str:
    return config.kind.spelling(path, page)


def _first(keys: Iterable[str]) -> tuple[str, ...] | None:
    return next((tuple(_path(key)) for key in keys), None)


def _path(key: str) -> tuple[str, ...]:
    return tuple(key.split("."))


def _folder(pure: PurePosixPath) -> str:
    folder = str(pure.parent)
    return "" if folder == "." else folder
