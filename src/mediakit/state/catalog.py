"""`media.json`: what mediakit made of which source; users commit it, and Jekyll reads it.

It has one line per picture, ordered by path, without times or machine names: equal sites give
equal bytes, and a change to one picture changes one line. `srcset` is written for Jekyll, and not
read back. The catalog at the target is the same document with `objects`: the digest of each key,
and whether mediakit put it there. `videos` are by `PROVIDER/ID`. The line of a picture has the
products of it alone as `variants`; all others are in `products`, which older versions ignore.

Of more than `WHOLE` pictures the lines are in shards, files of their own that the main one names
(`state/catalog_file.py` says which are in which). An older mediakit refuses that version 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from mediakit.base.artifacts import PICTURE, Artifact, Input, MadeRecord, SourcePicture, srcsets
from mediakit.base.errors import UsageError
from mediakit.base.formats import named_format
from mediakit.base.model import VideoRecord
from mediakit.base.tables import ARTIFACTS, PICTURES, SHA256, Cells, Form, Rows, in_order, packed
from mediakit.state.catalog_file import (
    ADVICE,
    SHARDED,
    catalog_files,
    line_of,
    lines_of,
    write_section,
)
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mediakit.state.catalog_file import Lines, Sources

VERSION = 1
"""Of a catalog in one file."""

_SHARD_NAME = re.compile(r"[\w-]+_shards/[\w-]+\.json")


def _split_record(each: MadeRecord) -> Cells:
    if not each.is_of_one_picture or each.inputs[0].text:
        raise ValueError(each.path)
    source = each.inputs[0]
    digests = packed(each.sha256, SHA256), packed(source.sha256, SHA256)
    fixed = each.bytes, each.width, each.height, each.milliseconds, *digests
    has = bool(each.sha256), bool(source.sha256)
    return fixed, (*has, each.recipe, each.fingerprint), source.path


def _record(path: str, fixed: tuple[Any, ...], shared: tuple[Any, ...], source: str) -> MadeRecord:
    _, size, width, height, milliseconds, sha256, of = fixed
    has_sha256, has_source, recipe, fingerprint = shared
    inputs = (Input(PICTURE, source, sha256=of.hex() if has_source else ""),)
    return MadeRecord(
        path, recipe, inputs, fingerprint, sha256.hex() if has_sha256 else "", size, width, height,
        milliseconds,
    )  # fmt: skip


_RECORDS = Form(f"QIII{SHA256}s{SHA256}s", _split_record, _record)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Pictures, records of products and (at a target) objects, by path; videos by `PROVIDER/ID`.

    `site` is the id of the site, which its first sync makes. `baseurl` is the path below which the
    site is served, and `key_of` returns the public path of a file; both are for writing only.
    `shards` are those that it was read from, `lines` its pictures and records as they were written.
    """

    pictures: Mapping[str, SourcePicture] = field(default_factory=dict)
    records: Mapping[str, MadeRecord] = field(default_factory=dict)
    objects: Mapping[str, Artifact] = field(default_factory=dict)
    videos: dict[str, VideoRecord] = field(default_factory=dict)
    site: str = ""
    baseurl: str = ""
    shards: tuple[str, ...] = field(default=(), compare=False)
    lines: Lines | None = field(default=None, compare=False)
    key_of: Callable[[str], str] = field(default=str, compare=False)


class _Variant(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    preset: str
    fingerprint: str
    source_sha256: str
    sha256: str
    bytes: int
    width: int
    height: int
    milliseconds: int = 0


class _Bare(msgspec.Struct, frozen=True, gc=False):
    """The fields of an image that are read without placeholders."""

    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    colour: str = ""
    variants: dict[str, _Variant] = {}


class _Full(_Bare, frozen=True, gc=False):
    placeholder: str = ""


_Read = TypeVar("_Read", _Bare, _Full)
_Named = TypeVar("_Named", MadeRecord, Artifact)
_Any = TypeVar("_Any")


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


class _ObjectsDocument(msgspec.Struct, frozen=True):
    """What only the catalog at a target knows: the rest is the site's own, and half of it."""

    version: int
    site: str = ""
    objects: dict[str, Artifact] = {}
    shards: tuple[str, ...] = ()


class _CatalogDocument(_ObjectsDocument, Generic[_Read], frozen=True):
    images: dict[str, _Read] = {}
    products: dict[str, MadeRecord] = {}
    videos: dict[str, VideoRecord] = {}


_WITH_PLACEHOLDERS = TypedReader(_CatalogDocument[_Full])
_WITHOUT_PLACEHOLDERS = TypedReader(_CatalogDocument[_Bare])
_OBJECTS = TypedReader(_ObjectsDocument)


def dump_catalog(catalog: Catalog) -> bytes:
    """Return the bytes of a catalog in one file: JSON, UTF-8, one line a picture."""
    return dict(catalog_files(catalog, "", lines_of(catalog, 1)))[""]


def dump_document(
    version: int,
    catalog: Catalog,
    images: Iterator[bytes],
    objects: Iterator[bytes],
    shards: Sequence[str] = (),
) -> bytes:
    """Return a document with these lines of the catalog, and the names of shards.

    Videos and products are in the main document: that of version 1, or the one with shards.
    """
    out = BytesIO()  # line by line: a list of them, joined, would take three times the memory
    out.write(b'{"version":%d,\n' % version)
    is_main = bool(shards) or version == VERSION
    if catalog.site and is_main:
        out.write(b'"site":%b,\n' % msgspec.json.encode(catalog.site))
    if shards:
        out.write(b'"shards":[\n%b\n]' % b",\n".join(map(msgspec.json.encode, shards)))
    else:
        write_section(out, b'"images":{', images, is_needed=True)
    if is_main:
        records = catalog.records.values()
        others = {each.path: each for each in records if not each.is_of_one_picture}
        write_section(out, b',\n"products":{', (line for _, line in _lines(others, _without_path)))
        write_section(out, b',\n"videos":{', (line for _, line in _lines(catalog.videos)))
    write_section(out, b',\n"objects":{', objects)
    out.write(b"\n}\n")
    return out.getvalue()


def image_lines(catalog: Catalog, sources: Sources) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each source, in order, and its line."""
    return ((path, line_of(path, _image(path, each, catalog))) for path, each in sources)


def object_lines(catalog: Catalog) -> Iterator[tuple[str, bytes]]:
    """Yield the key of each object, in order, and its line."""
    return _lines(catalog.objects, _without_path)


def _image(path: str, variants: Iterable[str], catalog: Catalog) -> _Image:
    records = [catalog.records[each] for each in variants]
    picture = catalog.pictures.get(path) or SourcePicture(path, "", 0, 0, 0)
    lines = {
        each.path: _Variant(
            each.recipe, each.fingerprint, each.inputs[0].sha256, each.sha256, each.bytes,
            each.width, each.height, each.milliseconds,
        )
        for each in records
    }  # fmt: skip
    named = named_format(picture.path)
    srcset = srcsets(picture, records, catalog.baseurl, catalog.key_of)
    return _Image(
        picture.sha256, picture.bytes, picture.width, picture.height,
        "" if picture.format == named else picture.format,
        picture.colour, picture.placeholder, srcset, lines,
    )  # fmt: skip


def load_catalog(
    data: bytes,
    name: str,
    read_shard: Callable[[str], bytes | None] | None = None,
    *,
    placeholders: bool = True,
    only_objects: bool = False,
) -> Catalog:
    """Read a catalog; messages call it `name`.

    `read_shard` returns the bytes of a shard by its name, relative to the catalog. Placeholders are
    a third of a catalog; one that is read without them, or with its `only_objects`, is not to be
    written.

    Raises:
        UsageError: the catalog, or one of its shards, cannot be trusted.
    """
    reader: TypedReader[Any] = _WITH_PLACEHOLDERS if placeholders else _WITHOUT_PLACEHOLDERS
    if only_objects:
        reader = _OBJECTS
    main = read_document(data, reader, name, SHARDED, ADVICE)
    found = _Found()
    found.add(main)
    for shard in main.shards:
        where = f"{name.rpartition('/')[0]}/{shard}".lstrip("/")
        part = read_shard(shard) if read_shard and _SHARD_NAME.fullmatch(shard) else None
        if part is None:
            raise UsageError(f"{where}: is missing, but {name} names it", ADVICE)
        found.add(read_document(part, reader, where, SHARDED, ADVICE))
    return Catalog(
        found.pictures.table(), found.records.table(), found.objects.table(), found.videos,
        site=main.site, shards=main.shards,
    )  # fmt: skip


class _Found:
    """What the documents of a catalog have, as rows."""

    def __init__(self) -> None:
        self.pictures = Rows(PICTURES)
        self.records = Rows(_RECORDS)
        self.objects = Rows(ARTIFACTS)
        self.videos: dict[str, VideoRecord] = {}

    def add(self, document: _ObjectsDocument) -> None:
        """Add a document, which is taken apart: two of all would be many."""
        for key in [*document.objects]:
            self.objects.add(key, replace(document.objects.pop(key), path=key))
        if not isinstance(document, _CatalogDocument):
            return
        for name in [*document.images]:
            self._add_picture(name, document.images.pop(name))
        for path, made in document.products.items():
            self.records.add(path, replace(made, path=path))
        self.videos.update(document.videos)

    def _add_picture(self, path: str, image: _Bare) -> None:
        if image.sha256:
            picture = SourcePicture(
                path, image.sha256, image.bytes, image.width, image.height,
                image.format or named_format(path), image.colour,
                image.placeholder if isinstance(image, _Full) else "",
            )  # fmt: skip
            self.pictures.add(path, picture)
        for variant, each in image.variants.items():
            inputs = (Input(PICTURE, path, sha256=each.source_sha256),)
            record = MadeRecord(
                variant, each.preset, inputs, each.fingerprint, each.sha256, each.bytes,
                each.width, each.height, each.milliseconds,
            )  # fmt: skip
            self.records.add(record.path, record)


def _lines(
    named: Mapping[str, _Any], as_written: Callable[[_Any], object] = lambda each: each
) -> Iterator[tuple[str, bytes]]:
    return ((name, line_of(name, as_written(named[name]))) for name in in_order(named))


def _without_path(each: _Named) -> _Named:
    return replace(each, path="")
