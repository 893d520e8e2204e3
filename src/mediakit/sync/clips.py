"""The films that pages name, by themselves or by a clip of theirs; only where clips are made."""

from __future__ import annotations

import operator
import struct
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.files import Absent, DiskFile
from mediakit.base.formats import FILM_NAMES, FILMS, film_of
from mediakit.base.model import OF_CLIP, ImageRef, Manifest, Role
from mediakit.base.regular_file import open_regular
from mediakit.base.tables import changed
from mediakit.images.chunks import png_chunks
from mediakit.images.recipes.clip import FilmClip
from mediakit.state.documents import TypedReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mediakit.base.artifacts import SourcePicture
    from mediakit.config.config import Config
    from mediakit.state.cache import Cache
    from mediakit.storage.protocol import ObjectFile, PictureTree

_ANIMATED = (".gif", ".webp", ".png", ".apng")
_FILMED = tuple(ending for each in FILMS for ending in each.endings)
_HEAD = 64 * 1024
"""Bytes in which a PNG or a WebP says that it moves."""

_MOVES = TypedReader(bool)
_TELLER = "moves 1"
"""Raised by hand when the same picture is found to move, or not to."""


def clips_of(config: Config) -> tuple[FilmClip, ...]:
    """Return the kinds of clips that the settings ask for."""
    found = config.made_by.get("clips", ())
    return tuple(each for each in found if isinstance(each, FilmClip))


def with_films(manifest: Manifest, clips: Iterable[FilmClip], tree: PictureTree) -> Manifest:
    """Return the manifest with the films that its text shows, and the sources of named clips."""
    clips = tuple(clips)
    shown = [*manifest.images, *_films_of_text(manifest, clips, tree)]
    images = []
    for image in shown:
        source = _source_of_clip(image, clips, tree)
        if source is None or tree.has(source.path or ""):
            images.append(of_film(image, tree))
        if source is not None:
            images.append(source)
    images = _with_one_cut(images, manifest.clip)
    if len(images) == len(manifest.images) and all(map(operator.is_, images, manifest.images)):
        return manifest
    return replace(manifest, images=tuple(images))


def _with_one_cut(images: list[ImageRef], whole: str) -> list[ImageRef]:
    """Return references of which those without a cut have the one that the page has for the film.

    A page says it once, where it names the film, and shows the clip or the poster elsewhere; else
    it has one for the `whole` page.
    """
    cuts = {each.source: each.clip for each in reversed(images) if each.clip and each.source}
    wanted = (each.clip or cuts.get(each.source or "", whole) for each in images)
    return [
        replace(each, clip=cut) if cut != each.clip else each
        for each, cut in zip(images, wanted, strict=True)
    ]


def _films_of_text(
    manifest: Manifest, clips: tuple[FilmClip, ...], tree: PictureTree
) -> Iterator[ImageRef]:
    """Yield a reference for each film that the text shows or links to, if there is one."""
    named = {each.path for each in manifest.images}
    for paths, line in manifest.text.files:
        for path in paths:
            clip = next((each for each in clips if each.owns(path)), None)
            if path in named or film_of(path) is None:
                continue
            if clip is not None:
                yield ImageRef(Role.BODY, "video", line, path, None, clip.name)
                break
            if tree.has(path):
                yield ImageRef(Role.BODY, "video", line, path, path)
                break


def of_film(image: ImageRef, tree: PictureTree) -> ImageRef:
    """Return the reference to a size of a film's poster with the film as its source."""
    if image.source is None or image.preset is None:
        return image
    source = tree.find(image.source)
    if not isinstance(source, Absent) or source.near:
        return image
    stem = str(PurePosixPath(image.source).with_suffix(""))
    found = _first(stem, _FILMED, tree)
    return image if found is None else replace(image, source=found)


def _source_of_clip(
    image: ImageRef, clips: tuple[FilmClip, ...], tree: PictureTree
) -> ImageRef | None:
    """Return a reference to what a named clip or its poster is made of, if that is there."""
    clip = next((each for each in clips if each.owns(image.path or "")), None)
    if clip is None:
        return None
    found = _first(clip.stem_of(image.path or ""), (*_FILMED, *_ANIMATED), tree)
    if found is None:
        return None
    return replace(
        image, key=OF_CLIP, path=found, source=found, preset=None, url=None, link=None, alt=None,
        title=None, is_decoration=True,
    )  # fmt: skip


def _first(stem: str, endings: Iterable[str], tree: PictureTree) -> str | None:
    """Return the first file of this name, else the name of one that is spelt otherwise."""
    paths = [f"{stem}{case(ending)}" for ending in endings for case in (str.lower, str.upper)]
    found = ((path, tree.find(path)) for path in paths)
    near = (path for path, file in found if isinstance(file, Absent) and file.near)
    return next((path for path in paths if tree.has(path)), next(near, None))


def take_films(
    pictures: Mapping[str, SourcePicture],
    files: Mapping[str, DiskFile | ObjectFile],
    manifests: Iterable[Manifest],
    cache: Cache,
) -> tuple[Mapping[str, SourcePicture], dict[str, SourcePicture]]:
    """Return the pictures, and apart from them what only its clips show; note which move."""
    shown = {
        path
        for manifest in manifests
        for image in manifest.images
        if image.key != OF_CLIP
        for path in (image.source, image.path)
    }
    moving = _moving(pictures, files, cache)
    films = {
        path: moving.pop(path, each)
        for path, each in pictures.items()
        if each.format in FILM_NAMES or path not in shown
    }
    return changed(pictures, moving, films), films


def _moving(
    pictures: Mapping[str, SourcePicture],
    files: Mapping[str, DiskFile | ObjectFile],
    cache: Cache,
) -> dict[str, SourcePicture]:
    known = cache.parsed("mention", _TELLER, _MOVES, "moves")
    found = {}
    for path, each in pictures.items():
        file = files[path]
        if each.format not in {"PNG", "WEBP"} or not isinstance(file, DiskFile):
            continue
        moves = known.get(file)
        if moves is None:
            with suppress(OSError):  # others say that it cannot be read
                moves = _moves(file)
                known.put(file, moves)
        if moves:
            found[path] = replace(each, moves=True)
    known.flush()
    return found


def _moves(file: DiskFile) -> bool:
    """Return whether the head of a PNG or a WebP says that it moves; raises OSError."""
    with open_regular(file.disk_path, file.root) as stream:
        head = stream.read(_HEAD)
    if head[12:16] == b"VP8X" and len(head) > 20:
        return bool(struct.unpack_from("<B", head, 20)[0] & 2)
    return any(kind == b"acTL" for kind, _, _ in png_chunks(head))
