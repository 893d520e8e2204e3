"""Pictures and products in a store with ETags: what the catalog keeps of them, and their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mediakit.base.artifacts import PICTURE, Artifact, Input, digest_of, record_of
from mediakit.base.files import DiskFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.base.artifacts import MadeRecord, Product, SourcePicture
    from mediakit.state.catalog import Catalog
    from mediakit.storage.protocol import Note, ObjectFile


def held_objects(
    files: Iterable[DiskFile | ObjectFile],
    catalog: Catalog,
    pictures: Mapping[str, SourcePicture],
    outputs: Mapping[str, Artifact],
) -> dict[str, Artifact]:
    """Return the catalog's records of objects: the content of each ETag."""
    found = {}
    for file in files:
        known = pictures.get(file.path) or outputs.get(file.path)
        if not isinstance(file, DiskFile) and known is not None and known.sha256:
            before = catalog.objects.get(file.key)
            ours = before is not None and before.ours and before.etag == file.etag
            found[file.key] = Artifact(
                file.key, known.sha256, file.bytes, ours=ours, etag=file.etag
            )
    return found


def noted_products(
    found: Mapping[str, Artifact], notes: Mapping[str, Note], products: Mapping[str, Product]
) -> dict[tuple[str, str], MadeRecord]:
    """Return records of products in the store that no catalog has yet."""
    records = {}
    for path, (digest, fingerprint) in notes.items():
        product = products.get(path)
        if product is not None:
            record = record_of(product, fingerprint, found[path])
            if digest != digest_of(product.inputs):  # what it was made of is no longer there
                inputs = (Input(PICTURE, product.source, sha256=digest),)
                record = replace(record, inputs=inputs)
            records[path, record.sha256] = record
    return records
