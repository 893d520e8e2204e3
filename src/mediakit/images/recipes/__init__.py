"""Recipes: how files are made of pictures and texts. Each is a module here, and a line below.

Importing this loads no decoder: a recipe imports Pillow where it makes something.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from mediakit.images.recipes.resize import Resize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Artifact, Product, SourcePicture
    from mediakit.base.model import Manifest
    from mediakit.images.render import PictureSource, Rendered


class RecipeSite(msgspec.Struct, frozen=True):
    """What a recipe may know of its site.

    `title` and `language` (such as `da`) are those of the generator's settings, empty where these
    do not say. `read` returns the bytes of a file of the site that has at most so many, or raises
    OSError. `url` is the site's address, empty where nothing says it, `data_folder` the folder of
    its generator for data.
    """

    title: str
    language: str
    pictures_folder: str
    read: Callable[[str, int], bytes]
    url: str = ""
    data_folder: str = ""


class Recipe(Protocol):
    """A way to make files; a frozen value, which is pickled on its way to workers."""

    @property
    def names(self) -> Sequence[str]:
        """What its products name as their recipe, such as the names of presets."""

    def for_site(self, site: RecipeSite) -> Self:
        """Return the recipe with what it takes from its site; raises UsageError for a setting."""

    def owns(self, path: str) -> bool:
        """Return whether a site path is in a folder that has its products alone.

        A page that names one names no picture of the site.
        """

    def products(
        self, pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        """Yield what each page needs, of the `pictures` that are there, by site path.

        Equal products may come more than once: from each page that needs them.
        """

    def fingerprint(self, name: str, path: str) -> str:
        """Return a digest of all that decides the bytes at `path`, but the inputs.

        It is the same for all products with this recipe's `name` in one format.
        """

    def fits(
        self, product: Product, found: Artifact, pictures: Mapping[str, SourcePicture]
    ) -> bool:
        """Return whether a file of unknown origin passes for the product."""

    def width_needed(self, product: Product, pictures: Mapping[str, SourcePicture]) -> int:
        """Return the pixels in width that the product needs of its first picture, 0 for any."""

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterable[Rendered | Failure]:
        """Return what comes of `products`, in their order, all made of these inputs.

        What it raises becomes a failure of all of them.
        """


LOOPS = "movement"
"""The table of loops of steps, which pages ask for too."""

RECIPES: dict[str, type | str] = {
    "presets": Resize,
    "cards": "mediakit.images.recipes.card:PageCard",
    LOOPS: "mediakit.images.recipes.flip:StepFlip",
    "clips": "mediakit.images.recipes.clip:FilmClip",
    "sheets": "mediakit.images.recipes.sheet:PageSheet",
}
"""Recipes by the table of the settings that has their options; those by name are loaded with it.

But for presets, which have defaults, a recipe is a msgspec struct with a field `name`: each table
`[TABLE.NAME]` of the settings is one recipe, and its keys are the other fields.
"""


def recipe_type(table: str) -> type:
    """Return the recipe of a table of the settings."""
    found = RECIPES[table]
    if isinstance(found, str):
        module, _, name = found.partition(":")
        found = getattr(import_module(module), name)
    assert isinstance(found, type)  # noqa: S101 - what stands above
    return found


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
