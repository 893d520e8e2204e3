"""The style of a site's pages, by its kind and its configuration."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.edit.naming import PictureName, picture_name, slug_of
from mediakit.edit.style_old import PLAIN_ITEM, PageStyle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mediakit.base.model import Manifest
    from mediakit.config.config import Config

DEFAULT_GALLERY = "gallery"


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
