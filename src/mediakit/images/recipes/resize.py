"""The recipe of the presets: sizes of a picture that pages name, or that roles ask for."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from mediakit.base.artifacts import Product, picture_input, text_input
from mediakit.base.formats import ending_of, film_of, format_of
from mediakit.base.model import Role
from mediakit.images.preset import SOURCE_FORMAT, Fit, Preset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Artifact, Input, SourcePicture
    from mediakit.base.model import ImageRef, Manifest
    from mediakit.images.recipes import RecipeSite
    from mediakit.images.render import PictureSource, Rendered

_VECTOR = "SVG"
_FALLBACK = ".jpg"
"""What variants of a source are that browsers do not show."""


class Resize(msgspec.Struct, frozen=True):
    """All presets in one recipe, so that a source is decoded once for all its sizes."""

    presets: tuple[Preset, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the presets."""
        return tuple(preset.name for preset in self.presets)

    def for_site(self, site: RecipeSite) -> Self:  # noqa: ARG002 - presets are the same anywhere
        """Return the same."""
        return self

    def owns(self, path: str) -> bool:  # noqa: ARG002 - variants are beside their sources
        """Return False: a variant is known by its suffix."""
        return False

    def products(
        self, pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        """Yield the variants that pages name, then those that roles ask for.

        A variant that a page names is needed whatever the size of its source. One that only a
        role asks for is needed where the source is larger, and the page has not named another
        file for the same purpose. A preset with several formats gives all of them.
        """
        by_name = {preset.name: preset for preset in self.presets}
        served: dict[str, set[str]] = {name: set() for name in by_name}
        inputs = _Inputs(pictures)
        for page, image, source in _references(pages, pictures):
            if image.preset and image.path and image.role is not Role.BODY:
                served[image.preset].add(source)
                for path in _with_siblings(image.path, source, by_name[image.preset]):
                    yield Product(path, image.preset, inputs.of(image, source), page, image.line)
        asking = _Asking(self.presets)
        for page, image, source in _references(pages, pictures):
            if image.role not in asking.roles:
                continue
            for preset in asking.presets(image.role, pictures[source]):
                if source not in served[preset.name]:
                    for path in variant_paths(source, preset):
                        yield Product(path, preset.name, inputs.of(image, source), page, image.line)

    def fingerprint(self, name: str, path: str) -> str:
        """Return the fingerprint of a preset for files in the format of `path`."""
        return self.preset(name).fingerprint(path)

    def fits(
        self, product: Product, found: Artifact, pictures: Mapping[str, SourcePicture]
    ) -> bool:
        """Return whether a file has the size of the variant.

        Where the preset says the width alone, others may have rounded the height otherwise.
        """
        preset, picture = self.preset(product.recipe), pictures[product.source]
        width, height = preset.place(picture.width, picture.height).size
        return found.width == width and (preset.fit is Fit.WIDTH or found.height == height)

    def width_needed(self, product: Product, pictures: Mapping[str, SourcePicture]) -> int:
        """Return the width of the whole picture at the scale of the variant."""
        picture = pictures[product.source]
        return self.preset(product.recipe).place(picture.width, picture.height).scaled[0]

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterable[Rendered | Failure]:
        """Render the variants from as few decodes as their sizes allow."""
        from mediakit.images.render import render  # noqa: PLC0415 - it loads Pillow

        source, *cut = inputs
        assert not isinstance(source, str)  # noqa: S101 - what `products` gave
        kind = format_of(products[0].source)
        if kind is None or kind.animated:  # it may be called so and be a film
            source = _still(source, *(each for each in cut if isinstance(each, str)))
        return render(source, [(each.path, self.preset(each.recipe)) for each in products])

    def preset(self, name: str) -> Preset:
        """Return the preset of this name."""
        return next(preset for preset in self.presets if preset.name == name)


def variant_paths(source: str, preset: Preset) -> tuple[str, ...]:
    """Return where the variants of this source are kept, none for what is not made of pixels."""
    pure = PurePosixPath(source)
    own = format_of(source)
    if own is not None and own.name == _VECTOR:
        return ()
    is_itself = own.shown and own.written if own is not None else film_of(source) is None
    plain = pure.suffix if is_itself else _FALLBACK
    endings = []
    for each in preset.formats:
        name = each.upper()  # Pillow's
        same = each == SOURCE_FORMAT or (own is not None and own.name == name)
        endings.append(plain if same else ending_of(name))
    paths = (str(pure.with_name(pure.stem + preset.suffix + ending)) for ending in endings)
    return tuple(dict.fromkeys(paths))


def _with_siblings(path: str, source: str, preset: Preset) -> tuple[str, ...]:
    """Return a variant that a page names, and those in the other formats of its preset."""
    if preset.formats == (SOURCE_FORMAT,):
        return (path,)
    return tuple(dict.fromkeys((path, *variant_paths(source, preset))))


def _references(
    pages: Iterable[Manifest], pictures: Mapping[str, SourcePicture]
) -> Iterator[tuple[str, ImageRef, str]]:
    """Yield page, reference and source of each picture that is there."""
    for page in pages:
        for image in page.images:
            if image.source is not None and image.source in pictures:
                yield page.path, image, image.source


class _Inputs:
    """What variants are made of: a picture, or the frame of a film at which a page begins it."""

    def __init__(self, pictures: Mapping[str, SourcePicture]) -> None:
        self._pictures = pictures
        self._whole: dict[str, tuple[Input, ...]] = {}  # one for all variants of a picture

    def of(self, image: ImageRef, source: str) -> tuple[Input, ...]:
        """Return the inputs of the variants of a source that a page names so."""
        whole = self._whole.get(source)
        if whole is None:
            whole = self._whole[source] = (picture_input(self._pictures[source]),)
        if not image.clip or film_of(source) is None:
            return whole
        from mediakit.base.cut import CUT  # noqa: PLC0415 - few sites have films

        return (*whole, text_input(CUT, image.clip))


def _still(film: PictureSource, cut: str = "") -> PictureSource:
    """Return the frame of a film at which its clip begins; a picture is itself."""
    from mediakit.images.film_bytes import is_film  # noqa: PLC0415 - few pictures are asked

    if not is_film(film.data):
        return film
    from mediakit.base.cut import cut_of_text  # noqa: PLC0415 - few sites have films
    from mediakit.images.filmed import still_of  # noqa: PLC0415
    from mediakit.images.render import PictureSource as Source  # noqa: PLC0415 - it loads Pillow

    return Source(still_of(film.data, cut_of_text(cut).start))


class _Asking:
    """Which presets ask for a variant of a picture: many pictures have one size and role."""

    def __init__(self, presets: Iterable[Preset]) -> None:
        self._presets = tuple(presets)
        self.roles = frozenset(role for preset in self._presets for role in preset.roles)
        self._known: dict[tuple[Role, int, int], list[Preset]] = {}

    def presets(self, role: Role, picture: SourcePicture) -> list[Preset]:
        """Return the presets that ask for pictures of this role and size."""
        key = role, picture.width, picture.height
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = [
                preset
                for preset in self._presets
                if role in preset.roles and preset.asks_for(picture.width, picture.height)
            ]
        return found
