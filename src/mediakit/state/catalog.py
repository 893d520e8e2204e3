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
from sys import intern
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from mediakit.base.artifacts import PICTURE, Artifact, Input, MadeRecord, SourcePicture, srcsets
from mediakit.base.errors import UsageError
from mediakit.base.formats import named_format
from mediakit.base.model import VideoRecord
from mediakit.state.catalog_file import ADVICE, SHARDED
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

VERSION = 1
"""Of a catalog in one file."""

_SHARD_NAME = re.compile(r"[\w-]+_shards/[\w-]+\.json")


@dataclass(frozen=True, slots=True)
class Catalog:
    """Pictures, records of products and (at a target) objects, by path; videos by `PROVIDER/ID`.

    `site` is the id of the site, which its first sync makes. `baseurl` is the path below which the
    site is served, and `key_of` returns the public path of a file; both are for writing only.
    `shards` are those that it was read from.
    """

    pictures: dict[str, SourcePicture] = field(default_factory=dict)
    records: dict[str, MadeRecord] = field(default_factory=dict)
    objects: dict[str, Artifact] = field(default_factory=dict)
    videos: dict[str, VideoRecord] = field(default_factory=dict)
    site: str = ""
    baseurl: str = ""
    shards: tuple[str, ...] = field(default=(), compare=False)
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
    return dump_document(VERSION, catalog, records_by_source(catalog), catalog.objects)


def records_by_source(catalog: Catalog) -> dict[str, list[MadeRecord]]:
    """Return the variants of every picture, ordered by path."""
    records: dict[str, list[MadeRecord]] = {}
    for record in sorted(catalog.records.values(), key=lambda each: each.path):
        if record.is_of_one_picture:
            records.setdefault(record.source, []).append(record)
    none: list[MadeRecord] = []  # one for all
    return {path: records.get(path, none) for path in (*catalog.pictures, *records)}


def dump_document(
    version: int,
    catalog: Catalog,
    records: Mapping[str, list[MadeRecord]],
    objects: Mapping[str, Artifact],
    shards: Sequence[str] = (),
) -> bytes:
    """Return a document with the pictures in `records`, these objects, and the names of shards.

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
        _write_section(
            out, b'"images":{', sorted(records), lambda path: _image(path, records, catalog)
        )
    others = {path for path, each in catalog.records.items() if not each.is_of_one_picture}
    if others and is_main:
        _write_section(out, b',\n"products":{', sorted(others), _without_paths(catalog.records))
    if catalog.videos and is_main:
        _write_section(out, b',\n"videos":{', sorted(catalog.videos), catalog.videos.__getitem__)
    if objects:
        _write_section(out, b',\n"objects":{', sorted(objects), _without_paths(objects))
    out.write(b"\n}\n")
    return out.getvalue()


def _image(path: str, records: Mapping[str, list[MadeRecord]], catalog: Catalog) -> _Image:
    picture = catalog.pictures.get(path) or SourcePicture(path, "", 0, 0, 0)
    variants = {
        each.path: _Variant(
            each.recipe, each.fingerprint, each.inputs[0].sha256, each.sha256, each.bytes,
            each.width, each.height, each.milliseconds,
        )
        for each in records[path]
    }  # fmt: skip
    named = named_format(picture.path)
    srcset = srcsets(picture, records[path], catalog.baseurl, catalog.key_of)
    return _Image(
        picture.sha256, picture.bytes, picture.width, picture.height,
        "" if picture.format == named else picture.format,
        picture.colour, picture.placeholder, srcset, variants,
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
    catalog = Catalog(site=main.site, shards=main.shards)
    _add(catalog, main)
    for shard in main.shards:
        where = f"{name.rpartition('/')[0]}/{shard}".lstrip("/")
        part = read_shard(shard) if read_shard and _SHARD_NAME.fullmatch(shard) else None
        if part is None:
            raise UsageError(f"{where}: is missing, but {name} names it", ADVICE)
        _add(catalog, read_document(part, reader, where, SHARDED, ADVICE))
    return catalog


def _add(catalog: Catalog, document: _ObjectsDocument) -> None:
    """Add a document to a catalog; records that have the same texts share them in memory."""
    for key in [*document.objects]:
        held, path = document.objects.pop(key), intern(key)  # two of all would be many
        catalog.objects[path] = replace(
            held, path=path, sha256=intern(held.sha256), headers=intern(held.headers)
        )
    if not isinstance(document, _CatalogDocument):
        return
    for name in [*document.images]:
        image, path = document.images.pop(name), intern(name)
        sha256 = intern(image.sha256)
        if sha256:
            catalog.pictures[path] = SourcePicture(
                path, sha256, image.bytes, image.width, image.height,
                image.format or named_format(path), intern(image.colour),
                image.placeholder if isinstance(image, _Full) else "",
            )  # fmt: skip
        of_picture = (
            Input(PICTURE, path, sha256=intern(image.sha256)),
        )  # one for all its variants
        for variant, each in image.variants.items():
            inputs = of_picture
            if each.source_sha256 != sha256:
                inputs = (Input(PICTURE, path, sha256=each.source_sha256),)
            output = intern(variant)
            catalog.records[output] = MadeRecord(
                output, intern(each.preset), inputs, intern(each.fingerprint), intern(each.sha256),
                each.bytes, each.width, each.height, each.milliseconds,
            )  # fmt: skip
    for path, made in document.products.items():
        catalog.records[path] = replace(made, path=path)
    catalog.videos.update(document.videos)


def _without_paths(
    named: Mapping[str, MadeRecord] | Mapping[str, Artifact],
) -> Callable[[str], MadeRecord | Artifact]:
    return lambda path: replace(named[path], path="")


def _write_section(
    out: BytesIO, head: bytes, names: Iterable[str], value: Callable[[str], object]
) -> None:
    """Write an object of JSON with a line for each name."""
    out.write(head)
    between = b"\n"
    for name in names:
        out.write(between)
        out.write(msgspec.json.encode({name: value(name)})[1:-1])
        between = b",\n"
    out.write(b"\n}")
