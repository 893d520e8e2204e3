"""The values of the library: exercises with their pictures, variants and videos, as on disk.

A notebook shows them as HTML that carries its pictures with it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from mediakit.base.formats import format_of
from mediakit.base.regular_file import read_regular
from mediakit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mediakit.base.model import ImageRef, Manifest, Role, VideoRef
    from mediakit.sync.observe import ObservedSite as Observed


_HEIGHT = 160  # CSS pixels, in notebooks
_HEAVIEST = 500_000
"""Bytes above which a notebook names a picture instead of showing it: it keeps what it shows."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A file that was made from a picture.

    `path` is its site path and `file` its place on disk; `width` and `height` are in pixels,
    `bytes` is its size, and `preset` says how it is made.
    """

    path: str
    file: Path
    preset: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Use:
    """A place where an exercise uses a picture.

    `line` counts from 1 in the content file. `shown` is the site path of the picture or the
    variant that the page shows, or an address. `alt` and `title` are None if the page has none.
    """

    role: Role
    line: int
    shown: str
    alt: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an exercise, with all the places where the exercise uses it.

    `path` is its site path, or its address on another host. `file` is its place on disk, None if
    it is missing or on another host; then the size is 0. `width` and `height` are in pixels, as
    displayed, and `bytes` is the size of the file. `variants` are the existing ones that this
    exercise needs, the smallest first.
    """

    path: str
    uses: tuple[Use, ...]
    file: Path | None = None
    width: int = 0
    height: int = 0
    bytes: int = 0
    variants: tuple[Variant, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the picture in the exercise, without repetition."""
        return tuple(dict.fromkeys(use.role for use in self.uses))

    @property
    def alt(self) -> str:
        """The first alternative text that the exercise gives it, or an empty text."""
        return next((use.alt for use in self.uses if use.alt), "")

    def _repr_html_(self) -> str:
        size = f"{self.width} × {self.height}, {self.bytes:,} bytes"  # noqa: RUF001 - a size
        if self.file is None:
            size = "not in the site"
        return (
            f'<figure style="display:inline-block;margin:0.5em">{_image_html(self)}<figcaption>'
            f"{escape(self.path)}<br>{size}, {counted(len(self.variants), 'variant')}"
            "</figcaption></figure>"
        )


@dataclass(frozen=True, slots=True)
class Video:
    """A video of an exercise.

    `start` is the second at which it begins on the page. `title` and `duration` (in seconds) come
    from `mediakit videos fetch`; before that they are empty and None.
    """

    provider: str
    id: str
    line: int
    start: int | None = None
    title: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """A content file that uses pictures or videos; `path` is its site path.

    `pictures` are in the order of their first use.
    """

    path: str
    file: Path
    title: str
    pictures: tuple[Picture, ...] = ()
    videos: tuple[Video, ...] = ()

    def _repr_html_(self) -> str:
        pictures = "".join(each._repr_html_() for each in self.pictures)
        return f"<section><h4>{escape(self.title or self.path)}</h4>{pictures}</section>"


def exercises_of(observed: Observed) -> tuple[Exercise, ...]:
    """Return the exercises of an observed site, in the order of their paths."""
    variants: dict[tuple[str, str], list[Variant]] = {}
    for variant, source, users in _variants(observed):
        for user in users:
            variants.setdefault((user, source), []).append(variant)
    return tuple(
        Exercise(
            manifest.path,
            observed.tree.disk_path(manifest.path),
            manifest.title,
            tuple(_pictures(manifest, observed, variants)),
            tuple(_video(video, observed) for video in manifest.videos),
        )
        for manifest in observed.content.manifests
    )


def _variants(observed: Observed) -> Iterator[tuple[Variant, str, frozenset[str]]]:
    """Yield existing variants, the smallest first, with their sources and pages."""
    known = observed.known
    there = [each for each in known.products.values() if each.path in known.found]
    for product in sorted(there, key=lambda each: (known.found[each.path].width, each.path)):
        found = known.found[product.path]
        file = observed.tree.disk_path(product.path)
        variant = Variant(
            product.path, file, product.recipe, found.width, found.height, found.bytes
        )
        yield variant, product.source, observed.users[product.path]


def _pictures(
    manifest: Manifest, observed: Observed, variants: dict[tuple[str, str], list[Variant]]
) -> Iterator[Picture]:
    places: dict[str, list[ImageRef]] = {}
    for image in manifest.images:
        if path := image.source or image.url:
            places.setdefault(path, []).append(image)
    for path, images in places.items():
        uses = tuple(_uses(images))
        file, found = observed.files.get(path), observed.known.pictures.get(path)
        if file is None or found is None:
            yield Picture(path, uses, None if file is None else file.disk_path)
        else:
            made = tuple(variants.get((manifest.path, path), ()))
            yield Picture(path, uses, file.disk_path, found.width, found.height, found.bytes, made)


def _uses(images: Iterable[ImageRef]) -> Iterator[Use]:
    for each in images:
        yield Use(each.role, each.line, each.path or each.url or "", each.alt, each.title)


def _video(video: VideoRef, observed: Observed) -> Video:
    record = observed.catalog.videos.get(f"{video.provider}/{video.id}")
    title, duration = (record.title, record.duration) if record else ("", None)
    return Video(video.provider, video.id, video.line, video.start, title, duration)


def _image_html(picture: Picture) -> str:
    """Return the smallest variant of a picture, else the picture itself, as an image."""
    for file in [*(each.file for each in picture.variants), picture.file]:
        address = _data_address(file) if file is not None else ""
        if address:
            alt = escape(picture.alt, quote=True)
            return f'<img src="{address}" alt="{alt}" height="{_HEIGHT}">'
    return ""


def _data_address(file: Path) -> str:
    """Return a `data:` address of a file, empty if a browser cannot show the file."""
    kind = format_of(file.name)
    try:
        if kind is None or not kind.shown or file.stat().st_size > _HEAVIEST:
            return ""
        data = read_regular(file)
    except OSError:
        return ""
    return f"data:{kind.mime};base64,{base64.b64encode(data).decode()}"
