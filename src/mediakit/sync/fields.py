"""The front matter of pages, and the records of data files, for who needs more than a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.base.errors import ManifestError
from mediakit.site.data import read_document, records_of
from mediakit.site.front_matter import read_page
from mediakit.site.paths import is_data
from mediakit.site.trees.yaml import Mapping

if TYPE_CHECKING:
    from mediakit.base.files import FileTree
    from mediakit.base.model import Manifest
    from mediakit.site.reader import ReaderSettings


class FieldsReader:
    """Reads the fields of manifests; a data file is read once for all of its records."""

    def __init__(self, tree: FileTree, settings: ReaderSettings) -> None:
        self._tree = tree
        self._settings = settings
        self._records: tuple[str, dict[int, Mapping]] = ("", {})

    def of(self, manifest: Manifest) -> Mapping:
        """Return the front matter of a page, or the record; empty where the file is not read."""
        try:
            if is_data(manifest.path):
                return self._record(manifest)
            page = read_page(self._tree.read(manifest.path))
        except (OSError, ManifestError):  # the problems of the site say why
            page = None
        return page.front_matter if page is not None else Mapping({}, 0)

    def _record(self, manifest: Manifest) -> Mapping:
        path, known = self._records
        if path != manifest.path:
            document = read_document(manifest.path, self._tree.read(manifest.path))
            found = records_of(manifest.path, document, self._settings.data)
            known = {each.line: each.fields for each in found}
            self._records = manifest.path, known
        return known.get(manifest.record, Mapping({}, 0))
