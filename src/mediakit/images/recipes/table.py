"""What recipes of named tables with a folder of their own share: cards, sheets and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class TableRecipe(Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[KIND.NAME]` whose products are in a folder that has nothing else.

    `place` is that folder with a slash at its end, once the recipe knows its site.
    """

    name: str
    place: str = ""

    @property
    def names(self) -> Sequence[str]:
        """The name of the table."""
        return (self.name,)

    def owns(self, path: str) -> bool:
        """Return whether a site path is in the folder of these products."""
        return bool(self.place) and path.startswith(self.place)
