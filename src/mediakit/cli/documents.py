"""The JSON documents of all commands, by the names of their schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.pages.add import AddDocument
from mediakit.pages.fill import GalleryFillDocument
from mediakit.pages.overview import GalleryPageDocument
from mediakit.report import documents
from mediakit.setup.init import InitDocument

if TYPE_CHECKING:
    from mediakit.report.documents import Document

DOCUMENTS: dict[str, type[Document]] = {
    "add": AddDocument,
    "baseline": documents.BaselineDocument,
    "check": documents.CheckDocument,
    "config": documents.ConfigDocument,
    "dupes-accept": documents.DupesAcceptDocument,
    "dupes-fix": documents.DupesFixDocument,
    "explain": documents.ExplainDocument,
    "gallery-fill": GalleryFillDocument,
    "gallery-page": GalleryPageDocument,
    "init": InitDocument,
    "videos-add": documents.VideosAddDocument,
    "videos-fetch": documents.VideosFetchDocument,
}
