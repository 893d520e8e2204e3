"""A plain folder of Markdown files, such as notes or a manual: no generator's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from mediakit.site.front_matter import Format
from mediakit.site.kinds.kind import Folders, SiteName, below
from mediakit.site.paths import SiteAddress, has_extension
from mediakit.site.picture_keys import COMMON_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mediakit.site.liquid import Include
    from mediakit.site.picture_keys import PictureKey
    from mediakit.site.trees.yaml import Mapping

ENDINGS = frozenset({".md", ".markdown"})
_EXCLUDED = frozenset({"node_modules", "venv"})


@dataclass(frozen=True)
class MarkdownFolder:
    """Each Markdown file is a page; addresses count from it, then from the top folder."""

    name: ClassVar[SiteName] = SiteName.MARKDOWN
    formats: ClassVar[frozenset[Format]] = frozenset(Format)
    needs_front_matter: ClassVar[bool] = False
    has_theme: ClassVar[bool] = False
    picture_keys: ClassVar[tuple[PictureKey, ...]] = COMMON_KEYS
    data_folder: ClassVar[str] = ""
    pictures_folder: ClassVar[str] = "assets/images"
    pages_folder: ClassVar[str] = ""
    output_folder: ClassVar[str] = "_site"
    address: SiteAddress = field(default_factory=SiteAddress)
    roots: tuple[str, ...] = ("",)

    @property
    def has_own_keys(self) -> bool:
        """Whether a root is configured that keys leave out."""
        return self.roots != ("",)

    def is_excluded(self, path: str) -> bool:
        """Return whether a folder holds what others wrote, or what was made of the pages."""
        return path == "_site" or path.rpartition("/")[2] in _EXCLUDED

    def content_type(self, path: str) -> str | None:
        """Return `pages` for Markdown files, None for all others."""
        hidden = any(part.startswith(".") for part in path.split("/"))
        return "pages" if not hidden and has_extension(path, ENDINGS) else None

    def with_defaults(self, path: str, kind: str, front_matter: Mapping) -> Mapping:  # noqa: ARG002 - the protocol's
        """Return the front matter as it is."""
        return front_matter

    def is_published(self, kind: str, fields: Mapping) -> bool:  # noqa: ARG002 - the protocol's
        """Return True: a folder has no drafts."""
        return True

    def folders(self, page: str, fields: Mapping, *, in_body: bool) -> Folders:  # noqa: ARG002 - the protocol's
        """Return the page's folder, then the roots."""
        return Folders(self.roots, (page.rpartition("/")[0], *self.roots))

    def key(self, path: str) -> str:
        """Return the key of a file: its site path, but for a root that is configured."""
        return below(path, self.roots)

    def spelling(self, path: str, page: str) -> str:
        """Return how front matter names a file: by its name beside the page, else from the top."""
        folder = page.rpartition("/")[0]
        beside = below(path, (folder,))
        return beside if beside != path or not folder else f"/{self.key(path)}"

    def tags(self, text: str) -> Iterator[Include]:  # noqa: ARG002 - the protocol's
        """Yield nothing: Markdown has no tags."""
        return iter(())
