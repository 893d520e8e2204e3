"""The JSON documents of all commands, by the names of their schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediakit.alts.answering import AltWrittenDocument
from mediakit.alts.worklist import AltDocument
from mediakit.checks.check import BaselineDocument, CheckDocument
from mediakit.cli.config import ConfigDocument
from mediakit.cli.explain import ExplainDocument
from mediakit.credit.localize import LocalizeDocument
from mediakit.desk.overview import GalleryPageDocument
from mediakit.duplicates.report import DupesAcceptDocument
from mediakit.pages.add import AddDocument
from mediakit.pages.arrange import GalleryEditDocument
from mediakit.pages.fill import GalleryFillDocument
from mediakit.pages.sheets import SheetDocument
from mediakit.pages.slim import SlimDocument
from mediakit.setup.survey import InitDocument
from mediakit.sync.credits import CreditsDocument
from mediakit.sync.quarantine import DupesFixDocument
from mediakit.theme.install import ThemeStatusDocument
from mediakit.videos.archive_report import ArchiveDocument
from mediakit.videos.lost import ReplaceDocument
from mediakit.videos.replace import AddedVideo
from mediakit.videos.report import FetchDocument

if TYPE_CHECKING:
    from mediakit.report.documents import Document

DOCUMENTS: dict[str, type[Document]] = {
    "add": AddDocument,
    "alt": AltDocument,
    "alt-written": AltWrittenDocument,
    "baseline": BaselineDocument,
    "check": CheckDocument,
    "config": ConfigDocument,
    "credits": CreditsDocument,
    "dupes-accept": DupesAcceptDocument,
    "dupes-fix": DupesFixDocument,
    "explain": ExplainDocument,
    "gallery-fill": GalleryFillDocument,
    "gallery-edit": GalleryEditDocument,
    "gallery-page": GalleryPageDocument,
    "init": InitDocument,
    "localize": LocalizeDocument,
    "sheet": SheetDocument,
    "slim": SlimDocument,
    "theme-status": ThemeStatusDocument,
    "videos-add": AddedVideo,
    "videos-archive": ArchiveDocument,
    "videos-fetch": FetchDocument,
    "videos-replace": ReplaceDocument,
}
