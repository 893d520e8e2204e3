"""The catalog of a site as files: one, or many shards and a main file that names them.

Up to `WHOLE` pictures there is one file. Beyond, a picture is in the shard that a digest of its
path says, so that a change to one picture changes one shard. There is a power of two of shards,
so many that each has at most `A_SHARD` pictures on average: files of a few megabytes, which
version control and editors still take. Names of shards are legal for Jekyll: those of
`_data/media.json` are `site.data.media_shards`, which is not `site.data.media`.

What is in them is imported where it is used: a run with nothing to do asks only for their names.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from heapq import merge
from itertools import chain, groupby, repeat
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.regular_file import read_file
from mediakit.base.tables import KEYS, in_order, tabled
from mediakit.base.writer import write_changed
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from io import BytesIO

    from mediakit.base.artifacts import MadeRecord
    from mediakit.base.aside import Spool
    from mediakit.base.writer import Writer
    from mediakit.state.catalog import Catalog

SHARDED = 2
"""The version of a catalog in many files, and of each shard."""

ADVICE = "restore it from version control, or delete it: what is on disk is then adopted"

WHOLE = 50_000
"""Pictures: a catalog of so many has some 45 MB, and GitHub warns of files above 50."""

A_SHARD = 5_000

_HELD = 8_192
"""Lines of shards that are in memory."""

_NONE = b'{"version":%d}' % SHARDED
"""A shard without pictures."""

_SHARD = re.compile(r"\d+-\d+\.json")


class _Names(msgspec.Struct, frozen=True):
    version: int
    shards: tuple[str, ...] = ()


_NAMES = TypedReader(_Names)


class CatalogFile(msgspec.Struct, frozen=True):
    """The catalog at the site path `path` of the site in `root`.

    What is read can be written again with the same addresses: below `baseurl`, by public paths.
    """

    root: Path
    path: str
    baseurl: str = ""
    key_of: Callable[[str], str] = str

    def beside(self, name: str) -> str:
        """Return the site path of a file that mediakit keeps beside the catalog."""
        return str(PurePosixPath(self.path).parent / name)

    @property
    def shard_folder(self) -> str:
        """The site path of the folder of the shards."""
        return self.beside(shard_folder(self.path))

    def read(self, *, placeholders: bool = True, naming: Collection[str] | None = None) -> Catalog:
        """Read the catalog, an empty one where there is none; raises UsageError.

        A catalog that is read without `placeholders`, or of many shards only those that have one of
        some texts, takes less memory, and is not to be written.
        """
        from mediakit.state.catalog import Catalog, load_catalog  # noqa: PLC0415 - see above

        data = read_file(self.root, self.path)
        if data is None:
            return Catalog()

        wanted = None if naming is None else [each.encode("utf-8", "replace") for each in naming]

        def read_shard(name: str) -> bytes | None:
            data = read_file(self.root, self.beside(name))
            if (
                data is None or wanted is None or b"\\" in data
            ):  # a text may be written with escapes
                return data
            return data if any(map(data.__contains__, wanted)) else _NONE

        found = load_catalog(data, self.path, read_shard, placeholders=placeholders)
        from dataclasses import replace  # noqa: PLC0415 - a run with nothing to do has none

        return replace(found, baseurl=self.baseurl, key_of=self.key_of)

    def files(self) -> tuple[str, ...]:
        """Return the site paths of the catalog's files, none where there is no catalog.

        Raises:
            UsageError: it cannot be trusted.
        """
        data = read_file(self.root, self.path)
        if data is None:
            return ()
        return (self.path, *map(self.beside, shard_names(data, self.path)))

    def write(self, catalog: Catalog, writer: Writer) -> Lines | None:
        """Write the files that have changed, and return the lines of pictures; raises UsageError.

        The main file comes after the shards that it names, and shards that it no longer names go
        last: whenever this is cut off, the catalog can be read, and is old or new for each picture.
        """
        is_empty = not (catalog.pictures or catalog.records or catalog.objects or catalog.videos)
        if is_empty and not (self.root / self.path).exists():
            return None
        names, lines = set(), lines_of(catalog)
        for name, data in catalog_files(catalog, PurePosixPath(self.path).name, lines):
            write_changed(self.root, self.beside(name), data, writer)
            names.add(name.rpartition("/")[2])
        self._remove_shards_but(names)
        return lines

    def _remove_shards_but(self, names: set[str]) -> None:
        folder = self.root / self.shard_folder
        if not folder.is_dir():
            return
        with contextlib.suppress(OSError):  # a left-over that nothing names does no harm
            for entry in sorted(folder.iterdir()):
                if entry.name not in names and _SHARD.fullmatch(entry.name):
                    entry.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()


def shard_names(data: bytes, name: str) -> tuple[str, ...]:
    """Return the names of a catalog's shards, none where it is one file; raises UsageError."""
    return read_document(data, _NAMES, name, SHARDED, ADVICE).shards


def shard_count(pictures: int) -> int:
    """Return into how many files so many pictures go; 1 is the main file alone."""
    if pictures <= WHOLE:
        return 1
    count = 2
    while pictures > count * A_SHARD:
        count *= 2
    return count


def shard_of(path: str, count: int) -> int:
    """Return the shard that a site path or a key is in."""
    if count == 1:
        return 0
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") % count


def shard_folder(name: str) -> str:
    """Return the folder, beside the catalog, of the shards of a catalog with this file name."""
    stem = re.sub(r"[^\w-]", "_", PurePosixPath(name).stem)
    return f"{stem}_shards"


class Sources:
    """The sources of a catalog in order, each with its variants; some are no longer pictures."""

    def __init__(self, catalog: Catalog) -> None:
        self._pictures = catalog.pictures
        variants = (each for each in catalog.records.values() if each.is_of_one_picture)
        self._variants = tabled(KEYS, ((_together(each), None) for each in variants))

    def __len__(self) -> int:
        gone = {source for source, _ in self._named() if source not in self._pictures}
        return len(self._pictures) + len(gone)

    def __iter__(self) -> Iterator[tuple[str, Iterator[str]]]:
        if not self._variants:
            yield from zip(in_order(self._pictures), repeat(iter(())))
            return
        pictures = ((path, "") for path in in_order(self._pictures))
        for path, pairs in groupby(merge(pictures, self._named()), itemgetter(0)):
            yield path, (variant for _, variant in pairs if variant)

    def _named(self) -> Iterator[tuple[str, str]]:
        parts = (both.partition(_BETWEEN) for both in self._variants)
        return ((source.replace(_NUL, "\0"), variant) for source, _, variant in parts)


_BETWEEN, _NUL = "\0\0", "\0\1"


def _together(each: MadeRecord) -> str:
    """Return a source and its variant as one text, in the order of the source."""
    return each.source.replace("\0", _NUL) + _BETWEEN + each.path


class Lines:
    """Lines of `count` files, each in their order; not many of them are in memory."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._lines: list[list[bytes]] = [[] for _ in range(count)]
        self._pieces: list[list[int]] = [[] for _ in range(count)]
        self._spool: Spool | None = None
        self._held = 0

    def add(self, lines: Iterable[tuple[str, bytes]]) -> None:
        """Add lines, each to the file that its path is in."""
        for path, line in lines:
            self._lines[shard_of(path, self.count)].append(line)
            self._held += 1
            if self._held == _HELD:
                self._put_aside()

    def _put_aside(self) -> None:
        from mediakit.base.aside import Spool  # noqa: PLC0415 - for those that have many

        self._spool = self._spool or Spool()
        for lines, pieces in zip(self._lines, self._pieces, strict=True):
            if lines:
                pieces.append(self._spool.put(b",\n".join(lines)))
                lines.clear()
        self._held = 0

    def of(self, number: int) -> Iterator[bytes]:
        """Yield the lines of a file, some of them together."""
        aside = map(self._spool.get, self._pieces[number]) if self._spool else ()
        return chain(aside, self._lines[number])


def lines_of(catalog: Catalog, count: int | None = None) -> Lines:
    """Return the lines of a catalog's pictures, for `count` shards or as many as it is to have."""
    from mediakit.state.catalog import image_lines  # noqa: PLC0415 - see above

    sources = Sources(catalog)
    lines = Lines(count or shard_count(len(sources)))
    lines.add(image_lines(catalog, sources))
    return lines


def catalog_files(
    catalog: Catalog, name: str, images: Lines, *, by_content: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of a catalog's files: the shards, and last the main one, `name`.

    Names count from its folder; `images` are its lines of pictures. With `by_content` names of
    shards have a digest of their bytes, so that a new one never takes the place of one that
    somebody reads.
    """
    from mediakit.state import catalog as text  # noqa: PLC0415 - see above

    objects = Lines(images.count)
    objects.add(text.object_lines(catalog))
    if images.count == 1:
        yield name, text.dump_document(text.VERSION, catalog, images.of(0), objects.of(0))
        return
    digits = len(str(images.count - 1))
    names = []
    for number in range(images.count):
        data = text.dump_document(SHARDED, catalog, images.of(number), objects.of(number))
        digest = f"-{hashlib.sha256(data).hexdigest()[:16]}" if by_content else ""
        names.append(f"{shard_folder(name)}/{images.count}-{number:0{digits}}{digest}.json")
        yield names[-1], data
    yield name, text.dump_document(SHARDED, catalog, iter(()), iter(()), names)


def line_of(name: str, value: object) -> bytes:
    """Return a name and a value as they are in an object of JSON."""
    return msgspec.json.encode({name: value})[1:-1]


def write_section(
    out: BytesIO, head: bytes, lines: Iterator[bytes], *, is_needed: bool = False
) -> None:
    """Write an object of JSON, each name on a line; one without lines only if it `is_needed`."""
    between = head
    for line in lines:
        out.write(between + b"\n" + line)
        between = b","
    if is_needed or between != head:
        out.write(b"\n}" if between != head else head + b"\n}")
