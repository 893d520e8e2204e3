"""Take what pictures tell out of their files, with a record that brings the files back."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as catalog_with
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from msgspec.structs import replace

from mediakit.base.artifacts import Input, MadeRecord, SourcePicture
from mediakit.base.errors import UsageError
from mediakit.base.files import FileTree, sha256_bytes
from mediakit.base.formats import is_vector, named_format
from mediakit.base.writer import hint_of
from mediakit.images.bare import without_metadata
from mediakit.sync.quarantine import Edit, Quarantine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from mediakit.state.catalog import Catalog
    from mediakit.sync.session import Session


_Recorded = TypeVar("_Recorded", SourcePicture, MadeRecord)
_SamePixels: TypeAlias = "dict[tuple[str, str], tuple[str, int]]"
"""By site path and digest before: digest and size of the same picture with other metadata."""


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
    same_pixels: _SamePixels = {}
    try:
        for path in paths:
            before = tree.read(path)
            after = without_metadata(before)
            if after is not None and after != before:
                edit = Edit(path, sha256_bytes(before), sha256_bytes(after))
                edits.append(edit)
                if not is_vector(path):  # copies of SVGs are made again
                    same_pixels[path, edit.before] = edit.after, len(after)
        if edits or pages:
            quarantine.note([*(pages or ()), *edits])
        for page, after in (pages or {}).items():
            quarantine.edit(page, after)
        for edit in edits:
            quarantine.edit(edit, without_metadata(tree.read(edit.path)) or b"")
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        raise UsageError(f"{what}{error.strerror}", hint_of(error)) from error
    if same_pixels:
        _tell_catalog(session, session.config.catalog_file.read(), same_pixels)
    return Stripped(tuple(each.path for each in edits), quarantine.path)


def tell_of_restored(session: Session, paths: Collection[str]) -> None:
    """Tell the catalog of pictures that have their metadata again, so that nothing is made again.

    Raises:
        UsageError: the catalog cannot be read or written.
        OSError: a picture cannot be read.
    """
    pictures = [each for each in paths if named_format(each) and not is_vector(each)]
    if not pictures:
        return
    tree, catalog = FileTree(session.config.root), session.config.catalog_file.read()
    same_pixels: _SamePixels = {}
    for path in pictures:
        known = catalog.pictures.get(path) or catalog.records.get(path)
        data = tree.read(path)
        if known is not None and sha256_bytes(without_metadata(data) or data) == known.sha256:
            same_pixels[path, known.sha256] = sha256_bytes(data), len(data)
    if same_pixels:
        _tell_catalog(session, catalog, same_pixels)


def _tell_catalog(session: Session, catalog: Catalog, same_pixels: _SamePixels) -> None:
    """Write what pictures are now into the catalog, and into what was made of them."""
    config, kind = session.config, session.config.kind

    def renewed(each: _Recorded) -> _Recorded:
        now = same_pixels.get((each.path, each.sha256))
        return replace(each, sha256=now[0], bytes=now[1]) if now else each

    def input_of(each: Input) -> Input:
        now = same_pixels.get((each.path, each.sha256))
        return replace(each, sha256=now[0]) if now else each

    pictures = {path: renewed(each) for path, each in catalog.pictures.items()}
    records = {
        path: replace(renewed(each), inputs=tuple(map(input_of, each.inputs)))
        for path, each in catalog.records.items()
    }
    if (pictures, records) != (catalog.pictures, catalog.records):
        told = catalog_with(
            catalog, pictures=pictures, records=records, baseurl=kind.address.baseurl,
            key_of=kind.key,
        )  # fmt: skip
        config.catalog_file.write(told, session.writer)
