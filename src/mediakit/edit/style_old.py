"""How the pages of a site name pictures in front matter: at which keys, and in which spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.edit.tree_change import KeyPath

THEME_ITEM = ("url", "image_path", "alt", "title")
"""Keys of an entry of Minimal Mistakes."""

PLAIN_ITEM = ("src", "alt")
"""Keys of an entry where no theme says others."""


def from_the_top(path: str) -> str:
    """Return a site path as an address of the site."""
    return f"/{path}"


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Where pictures go in the front matter of a page.

    `spell` gives the address of a site path; `overlay` and `teaser` are None where nobody says
    which keys the site has for them. `item` are the keys of the first entry of a gallery.
    """

    gallery: KeyPath = ("gallery",)
    overlay: KeyPath | None = ("header", "overlay_image")
    teaser: KeyPath | None = ("header", "teaser")
    item: tuple[str, ...] = THEME_ITEM
    spell: Callable[[str], str] = from_the_top

    @property
    def is_theme(self) -> bool:
        """Whether pages are those of Minimal Mistakes."""
        return self.item == THEME_ITEM
