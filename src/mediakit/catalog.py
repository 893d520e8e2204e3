"""`media.json`: what mediakit made of which source; committed by the user, read by Jekyll.

One line a picture, in the order of the paths, without times or machine names: equal sites
give equal bytes, and a change to one picture is a change to one line. `srcset` is written for
Jekyll, and not read back: it follows from the rest and the site's address. The catalog at the
target is the same document with `objects`: each key that is there, its digest, and whether
mediakit put it. `videos` are by `PROVIDER/ID`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from mediakit.documents import read_document
from mediakit.images.formats import format_of
from mediakit.images.srcset import srcsets
from mediakit.model import Chapter, Picture, VariantRecord, VideoRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VERSION = 1


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object at the target: SHA-256 and size in bytes; `ours` if mediakit put it there.

    `etag` is what the target calls this content, `headers` the digest of the headers that it
    is served with; both are empty for a folder.
    """

    sha256: str
    bytes: int
    ours: bool = True
    etag: str = ""
    headers: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Pictures, variants and (at a target) objects, each by path; videos by `PROVIDER/ID`.

    `baseurl` is the path below which the site is served, and `key_of` tells where a file is
    there; both are for writing only.
    """

    pictures: dict[str, Picture] = field(default_factory=dict)
    variants: dict[str, VariantRecord] = field(default_factory=dict)
    objects: dict[str, StoredObject] = field(default_factory=dict)
    videos: dict[str, VideoRecord] = field(default_factory=dict)
    baseurl: str = ""
    key_of: Callable[[str], str] = field(default=str, compare=False)


class _Variant(msgspec.Struct, frozen=True, gc=False):
    preset: str
    fingerprint: str
    source_sha256: str
    sha256: str
    bytes: int
    width: int
    height: int


class _ReadImage(msgspec.Struct, frozen=True, gc=False):
    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    colour: str = ""
    placeholder: str = ""
    variants: dict[str, _Variant] = {}


class _Image(msgspec.Struct, frozen=True, omit_defaults=True):
    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    colour: str = ""
    placeholder: str = ""
    srcset: dict[str, str] = {}
    variants: dict[str, _Variant] = {}


class _Chapter(msgspec.Struct, frozen=True):
    start: int
    title: str


class _Video(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str = ""
    channel: str = ""
    duration: int | None = None
    uploaded: str = ""
    availability: str = ""
    embeddable: bool | None = None
    live: str = ""
    age_limit: int = 0
    chapters: list[_Chapter] = []
    thumbnail: str = ""


class _Object(msgspec.Struct, frozen=True, omit_defaults=True):
    sha256: str
    bytes: int
    ours: bool = True
    etag: str = ""
    headers: str = ""


class _Document(msgspec.Struct, frozen=True):
    version: int
    images: dict[str, _ReadImage] = {}
    videos: dict[str, _Video] = {}
    objects: dict[str, _Object] = {}


def dump_catalog(catalog: Catalog) -> bytes:
    """Return the catalog's bytes: JSON, UTF-8, one line a picture."""
    records: dict[str, list[VariantRecord]] = {path: [] for path in catalog.pictures}
    for record in sorted(catalog.variants.values(), key=lambda each: each.path):
        records.setdefault(record.source, []).append(record)
    lines = []
    for path in sorted(records):
        picture = catalog.pictures.get(path, Picture(path, "", 0, 0, 0))
        lines.append(_line(path, _image(picture, records[path], catalog)))
    document = [b'{"version":%d,' % VERSION, *_section(b'"images"', lines)]
    if catalog.videos:
        videos = [_line(name, _video(each)) for name, each in sorted(catalog.videos.items())]
        document[-1] += b","
        document += _section(b'"videos"', videos)
    if catalog.objects:
        objects = [
            _line(key, _Object(each.sha256, each.bytes, each.ours, each.etag, each.headers))
            for key, each in sorted(catalog.objects.items())
        ]
        document[-1] += b","
        document += _section(b'"objects"', objects)
    return b"\n".join([*document, b"}", b""])


def _image(picture: Picture, records: list[VariantRecord], catalog: Catalog) -> _Image:
    variants = {
        each.path: _Variant(
            each.preset, each.fingerprint, each.source_sha256, each.sha256, each.bytes,
            each.width, each.height,
        )
        for each in records
    }  # fmt: skip
    named = _format_name(picture.path)
    srcset = srcsets(picture, records, catalog.baseurl, catalog.key_of)
    return _Image(
        picture.sha256, picture.bytes, picture.width, picture.height,
        "" if picture.format == named else picture.format,
        picture.colour, picture.placeholder, srcset, variants,
    )  # fmt: skip


def _video(record: VideoRecord) -> _Video:
    chapters = [_Chapter(each.start, each.title) for each in record.chapters]
    return _Video(
        record.title, record.channel, record.duration, record.uploaded, record.availability,
        record.embeddable, record.live, record.age_limit, chapters, record.thumbnail,
    )  # fmt: skip


def _video_record(name: str, each: _Video) -> VideoRecord:
    provider, _, video = name.partition("/")
    chapters = tuple(Chapter(chapter.start, chapter.title) for chapter in each.chapters)
    return VideoRecord(
        provider, video, each.title, each.channel, each.duration, each.uploaded,
        each.availability, each.embeddable, each.live, each.age_limit, chapters, each.thumbnail,
    )  # fmt: skip


def _format_name(path: str) -> str:
    """Return the format that a name stands for: only another one is written down."""
    kind = format_of(path)
    return kind.name if kind else ""


def load_catalog(data: bytes, name: str) -> Catalog:
    """Read a catalog called `name` in messages; raises UsageError where it cannot be trusted."""
    advice = "restore it from version control, or delete it: what is on disk is then adopted"
    document = read_document(data, _Document, name, VERSION, advice)
    return _catalog(document)


def _catalog(document: _Document) -> Catalog:
    pictures, variants = {}, {}
    for path, image in document.images.items():
        if image.sha256:
            pictures[path] = Picture(
                path, image.sha256, image.bytes, image.width, image.height,
                image.format or _format_name(path), image.colour, image.placeholder,
            )  # fmt: skip
        for output, each in image.variants.items():
            variants[output] = VariantRecord(
                output, path, each.preset, each.source_sha256, each.fingerprint, each.sha256,
                each.bytes, each.width, each.height,
            )  # fmt: skip
    objects = {
        key: StoredObject(each.sha256, each.bytes, each.ours, each.etag, each.headers)
        for key, each in document.objects.items()
    }
    videos = {name: _video_record(name, each) for name, each in document.videos.items()}
    return Catalog(pictures, variants, objects, videos)


def _line(key: str, value: Any) -> bytes:  # noqa: ANN401 - any struct
    return msgspec.json.encode(key) + b":" + msgspec.json.encode(value)


def _section(name: bytes, lines: Iterable[bytes]) -> list[bytes]:
    body = b",\n".join(lines)
    return [name + b":{", *([body] if body else []), b"}"]
