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
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.regular_file import read_file
from mediakit.base.writer import write_changed
from mediakit.state.documents import TypedReader, read_document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mediakit.base.writer import Writer
    from mediakit.state.catalog import Catalog

SHARDED = 2
"""The version of a catalog in many files, and of each shard."""

ADVICE = "restore it from version control, or delete it: what is on disk is then adopted"

WHOLE = 50_000
"""Pictures: a catalog of so many has some 45 MB, and GitHub warns of files above 50."""

A_SHARD = 5_000

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
            # a text may be written with escapes
            if (
                data is None
                or wanted is None
                or b"\\" in data
                or any(map(data.__contains__, wanted))
            ):
                return data
            return _NONE

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

    def write(self, catalog: Catalog, writer: Writer) -> None:
        """Write the files that have changed; raises UsageError.

        The main file comes after the shards that it names, and shards that it no longer names go
        last: whenever this is cut off, the catalog can be read, and is old or new for each picture.
        """
        is_empty = not (catalog.pictures or catalog.records or catalog.objects or catalog.videos)
        if is_empty and not (self.root / self.path).exists():
            return
        names = set()
        for name, data in catalog_files(catalog, PurePosixPath(self.path).name):
            write_changed(self.root, self.beside(name), data, writer)
            names.add(name.rpartition("/")[2])
        self._remove_shards_but(names)

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
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") % count


def shard_folder(name: str) -> str:
    """Return the folder, beside the catalog, of the shards of a catalog with this file name."""
    stem = re.sub(r"[^\w-]", "_", PurePosixPath(name).stem)
    return f"{stem}_shards"


class Part(msgspec.Struct, frozen=True):
    """What of a catalog is in one file: paths of sources, variants of them, and objects."""

    sources: list[str] = []
    variants: list[str] = []
    objects: list[str] = []


def parts_of(
    catalog: Catalog,
    count_of: Callable[[int], int],
    part_of: Callable[[str, int], int],
) -> list[Part]:
    """Return the parts of a catalog: `count_of` so many pictures, `part_of` says which has a path.

    A variant is with its source, which may be a picture that is no longer there.
    """
    variants = [
        (each.source, each.path) for each in catalog.records.values() if each.is_of_one_picture
    ]
    gone = {source for source, _ in variants if source not in catalog.pictures}
    count = count_of(len(catalog.pictures) + len(gone))
    if count == 1:
        variant_paths = [path for _, path in variants]
        return [Part([*catalog.pictures, *gone], variant_paths, [*catalog.objects])]
    parts = [Part() for _ in range(count)]
    for path in chain(catalog.pictures, gone):
        parts[part_of(path, count)].sources.append(path)
    for source, path in variants:
        parts[part_of(source, count)].variants.append(path)
    for key in catalog.objects:
        parts[part_of(key, count)].objects.append(key)
    return parts


def catalog_files(
    catalog: Catalog, name: str, *, by_content: bool = False, count: int | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of a catalog's files: the shards, and last the main one, `name`.

    Names count from its folder. With `by_content` those of shards have a digest of their bytes,
    so that a new shard never takes the place of one that somebody reads. `count` overrides how
    many shards there are.
    """
    from mediakit.state.catalog import (  # noqa: PLC0415 - see above
        VERSION,
        dump_document,
    )

    parts = parts_of(catalog, shard_count if count is None else lambda _pictures: count, shard_of)
    if len(parts) == 1:
        yield name, dump_document(VERSION, catalog, parts[0])
        return
    digits = len(str(len(parts) - 1))
    names = []
    for number, part in enumerate(parts):
        data = dump_document(SHARDED, catalog, part)
        digest = f"-{hashlib.sha256(data).hexdigest()[:16]}" if by_content else ""
        names.append(f"{shard_folder(name)}/{len(parts)}-{number:0{digits}}{digest}.json")
        yield names[-1], data
    yield name, dump_document(SHARDED, catalog, Part(), names)
