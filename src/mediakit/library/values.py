"""What the library shows of exercises: pictures, variants and videos, as they are on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediakit.library.notebook import exercise_html, picture_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mediakit.base.model import ImageRef, Manifest, Role, VideoRef
    from mediakit.sync.observe import Site as Observed


@dataclass(frozen=True, slots=True)
class Variant:
    """A picture that was made of a source, and is there.

    `path` is its site path and `file` where it is on disk; `width` and `height` are in pixels,
    `bytes` is its weight, `preset` says how it is made.
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

    `line` counts from 1 in the content file. `shown` is what the page shows there: the site path
    of the picture or of a variant of it, or an address. `alt` and `title` are None where the page
    has none.
    """

    role: Role
    line: int
    shown: str
    alt: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an exercise, with all the places where the exercise uses it.

    `path` is the site path of the source, or the address of a picture on another host. `file` is
    where the source is on disk, None where it is not there or on another host; then the size is
    0. `width` and `height` are in pixels, as displayed; `bytes` is the weight of the source.
    `variants` are those that this exercise needs and that are there, the smallest first.
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
        """What the picture is in the exercise, each role once."""
        return tuple(dict.fromkeys(use.role for use in self.uses))

    @property
    def alt(self) -> str:
        """The first alternative text that the exercise gives it, empty where there is none."""
        return next((use.alt for use in self.uses if use.alt), "")

    def _repr_html_(self) -> str:
        return picture_html(self)


@dataclass(frozen=True, slots=True)
class Video:
    """A video of an exercise.

    `start` is the second at which the page lets it begin. `title` and `duration` (seconds) are
    what `mediakit videos fetch` noted in the catalog, empty and None where it has not.
    """

    provider: str
    id: str
    line: int
    start: int | None = None
    title: str = ""
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """A content file that names pictures or videos; `path` is its site path.

    `pictures` are in the order in which the page first names them.
    """

    path: str
    file: Path
    title: str
    pictures: tuple[Picture, ...] = ()
    videos: tuple[Video, ...] = ()

    def _repr_html_(self) -> str:
        return exercise_html(self)


def exercises_of(observed: Observed) -> tuple[Exercise, ...]:
    """Return what was observed, by exercise, in the order of their paths."""
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
    """Yield each variant that is wanted and there, with its source and the manifests that use it.

    The smallest come first.
    """
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
