"""What the alt texts of a page lack: which say nothing of what the picture shows, and why. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from mediakit.base.model import ImageRef, Role
from mediakit.base.slug import slug_of
from mediakit.site.paths import is_data
from mediakit.site.picture_keys import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mediakit.base.model import Manifest

_GALLERIES = frozenset({Role.GALLERY, Role.FEATURE_ROW})


class AltFault(NamedTuple):
    """A picture whose alt text says nothing: the code of the problem, and why in words."""

    image: ImageRef
    code: str
    why: str


def shown_in_galleries(manifest: Manifest) -> Iterator[ImageRef]:
    """Yield what galleries show; the picture that a click on an entry leads to is part of it."""
    links: set[tuple[str, str]] = set()
    for image in manifest.images:
        if image.role not in _GALLERIES:
            continue
        if image.link is not None:
            links.add((image.key, image.link))
        elif image.path is not None and (image.key, image.path) in links:
            links.discard((image.key, image.path))  # a second entry may show it
            continue
        yield image


def pictures_with_alt(manifest: Manifest) -> list[ImageRef]:
    """Return the pictures of a page that need an alt text: of galleries, and of its text.

    Others of the front matter need one where they have a place for it. Lists without any texts are
    left out: where they are shown gives them. So is decoration.
    """
    others = [
        each for each in manifest.images if each.role not in _GALLERIES and each.alt is not None
    ]
    shown: list[ImageRef] = []
    if not is_data(manifest.path) or any(each.alt for each in manifest.images):
        shown = [each for each in shown_in_galleries(manifest) if each.key != RESOURCES]
    return [each for each in shown + others if not each.is_decoration]


def pictures_taking_alt(manifest: Manifest) -> list[ImageRef]:
    """Return the pictures of a page that may have an alt text, also those that need none."""
    needing = {id(each) for each in pictures_with_alt(manifest)}
    return [
        each
        for each in manifest.images
        if id(each) in needing or each.is_decoration or each.role is Role.BODY
    ]


def alt_faults(
    manifest: Manifest, keeper: Callable[[str], str] = lambda path: path
) -> Iterator[AltFault]:
    """Yield the pictures of a page whose alt text is missing, or says nothing.

    `keeper` returns the picture that stands for all its copies.
    """
    alike = dict(_alike(manifest, keeper))
    for image in pictures_with_alt(manifest):
        name, alt = image.source or image.path or image.url or "", (image.alt or "").strip()
        if not alt:
            yield AltFault(image, "missing-alt", f"{name} has no alt text")
        elif _is_file_name(alt, name):
            what = f"the alt text {alt!r} is the name of a file"
            yield AltFault(image, "alt-is-name", what)
        elif image.role in _GALLERIES and image.key in alike:
            yield AltFault(image, "repeated-alt", alike[image.key])
        elif alt.casefold() == manifest.title.strip().casefold():
            what = f"the alt text {alt!r} is the title of the page again"
            yield AltFault(image, "alt-is-title", what)


def _alike(manifest: Manifest, keeper: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield the galleries whose pictures all have the same alt text, and that in words."""
    galleries: dict[str, list[ImageRef]] = {}
    for image in shown_in_galleries(manifest):
        if not image.is_decoration:
            galleries.setdefault(image.key, []).append(image)
    for key, images in galleries.items():
        texts = {(each.alt or "").strip().casefold() for each in images}
        named = [(each.source or each.path, each.url) for each in images]
        pictures = {keeper(path) if path else url for path, url in named}
        if len(texts) == 1 and len(pictures) > 1 and texts != {""}:
            all_of = "both" if len(images) == 2 else f"all {len(images):,}"
            yield key, f"{all_of} pictures of `{key}` have the alt text {images[0].alt!r}"


def _is_file_name(alt: str, source: str) -> bool:
    plain = re.sub(r"\.\w{3,4}$", "", alt)
    has_sign = plain != alt or "_" in alt or re.search(r"\w-\d", alt) is not None
    return has_sign and slug_of(plain) == slug_of(PurePosixPath(source).stem)
