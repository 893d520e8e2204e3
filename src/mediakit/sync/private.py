"""Take what pictures tell out of their files, with a record that brings the files back."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as catalog_with
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from mediakit.base.artifacts import Input, MadeRecord, SourcePicture
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.formats import is_vector
from mediakit.base.writer import hint_of
from mediakit.images.bare import without_metadata
from mediakit.sync.quarantine import Edit, Quarantine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mediakit.sync.session import Session


_Digested = TypeVar("_Digested", SourcePicture, Input, MadeRecord)


@dataclass(frozen=True, slots=True)
class Stripped:
    """The pictures that lost their metadata, and the folder that has them as they were."""

    paths: tuple[str, ...] = ()
    folder: str | None = None


def strip_files(
    session: Session, paths: Iterable[str], pages: Mapping[Edit, bytes] | None = None
) -> Stripped:
    """Take the metadata out of pictures of the site; one that cannot be taken apart stays.

    `pages` are written in the same go, so that one record has all. The catalog is told, so that
    nothing is made again of pixels that are the same.

    Raises:
        UsageError: a file cannot be written, or it changed meanwhile.
    """
    tree = FileTree(session.config.root)
    quarantine = Quarantine(session, tree, "check")
    edits = []
    try:
        for path in paths:
            before = tree.read(path)
            after = without_metadata(before)
            if after is not None and after != before:
                edits.append(Edit(path, sha256_bytes(before), sha256_bytes(after)))
        if edits or pages:
            quarantine.note([*(pages or ()), *edits])
        for page, after in (pages or {}).items():
            quarantine.edit(page, after)
        for edit in edits:
            quarantine.edit(edit, without_metadata(tree.read(edit.path)) or b"")
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        raise UsageError(f"{what}{error.strerror}", hint_of(error)) from error
    same_pixels = [each for each in edits if not is_vector(each.path)]
    if same_pixels:  # copies of SVGs are made again
        _tell_catalog(session, same_pixels)
    return Stripped(tuple(each.path for each in edits), quarantine.path)


def _tell_catalog(session: Session, edits: list[Edit]) -> None:
    """Write the new digests of sources into the catalog, and into what was made of them."""
    config, kind = session.config, session.config.kind
    catalog = config.catalog_file.read()
    changed = {(each.path, each.before): each.after for each in edits}

    def renewed(each: _Digested) -> _Digested:
        after = changed.get((each.path, each.sha256))
        return replace(each, sha256=after) if after else each

    pictures = {path: renewed(each) for path, each in catalog.pictures.items()}
    records = {
        path: replace(renewed(each), inputs=tuple(map(renewed, each.inputs)))
        for path, each in catalog.records.items()
    }
    if (pictures, records) != (catalog.pictures, catalog.records):
        told = catalog_with(
            catalog, pictures=pictures, records=records, baseurl=kind.address.baseurl,
            key_of=kind.key,
        )  # fmt: skip
        config.catalog_file.write(told, session.writer)
