"""A catalog in many files: how many, and which picture is in which.

Up to `WHOLE` pictures there is one file. Beyond, a picture is in the shard that a digest of its
path says, so that a change to one picture is a change to one shard. There is a power of two of
them, so many that each has at most `A_SHARD` pictures on average: files of a few megabytes, that
version control and editors still take. Names of shards are legal for Jekyll: those of
`_data/media.json` are `site.data.media_shards`, which is not `site.data.media`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mediakit.state.catalog import SHARDED, dump_catalog, dump_document, records_by_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.base.artifacts import Artifact
    from mediakit.base.products import VariantRecord
    from mediakit.state.catalog import Catalog

WHOLE = 50_000
"""Pictures: a catalog of so many has some 45 MB, and GitHub warns of files above 50."""

A_SHARD = 5_000


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


def catalog_files(
    catalog: Catalog, name: str, *, by_content: bool = False, count: int | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of a catalog's files: the shards, and last the main one, `name`.

    Names count from its folder. With `by_content` those of shards have a digest of their bytes,
    so that a new shard never takes the place of one that somebody reads. `count` overrides how
    many shards there are.
    """
    records = records_by_source(catalog)
    if count is None:
        count = shard_count(len(records))
    if count == 1:
        yield name, dump_catalog(catalog)
        return
    pictures: list[dict[str, list[VariantRecord]]] = [{} for _ in range(count)]
    objects: list[dict[str, Artifact]] = [{} for _ in range(count)]
    for path, variants in records.items():
        pictures[shard_of(path, count)][path] = variants
    for key, stored in catalog.objects.items():
        objects[shard_of(key, count)][key] = stored
    digits = len(str(count - 1))
    names = []
    for number in range(count):
        data = dump_document(SHARDED, catalog, pictures[number], objects[number])
        digest = f"-{hashlib.sha256(data).hexdigest()[:16]}" if by_content else ""
        names.append(f"{shard_folder(name)}/{count}-{number:0{digits}}{digest}.json")
        yield names[-1], data
    yield name, dump_document(SHARDED, catalog, {}, {}, names)
