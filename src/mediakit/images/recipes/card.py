"""The recipe of cards: a page's picture with its title, for where people share the page."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from importlib import resources
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.artifacts import Product, picture_input, text_input
from mediakit.base.errors import UsageError, require_extra
from mediakit.base.formats import ending_of
from mediakit.base.model import Role
from mediakit.base.setting import HARMLESS, Colour, Trust, bounds, setting
from mediakit.base.slug import slug_of
from mediakit.images.recipes import TableRecipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Artifact, SourcePicture
    from mediakit.base.model import Manifest
    from mediakit.images.recipes import RecipeSite
    from mediakit.images.render import PictureSource, Rendered

DRAWER = 1
"""Raised by hand when the same settings come to give visibly other cards."""

_FONT = "fontpkg_source_sans_3", "files/SourceSans3[wght].ttf"
_NEEDED = (_FONT[0], "pyphen", "uharfbuzz")
_PLACES = (
    Role.OG_IMAGE, Role.OVERLAY, Role.HEADER, Role.TEASER, Role.GALLERY, Role.FEATURE_ROW,
    Role.BODY, Role.VIDEO,
)  # fmt: skip
"""Whose picture a card shows: the first of these that a page has."""

MOST_FONT_BYTES = 4_000_000
"""A larger font has more letters than titles need."""

_FONT_MARKS = (b"\0\1\0\0", b"OTTO", b"true")
_Side = Annotated[int, Meta(ge=200, le=4000)]
_Language = Annotated[
    str, bounds("code of a language", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$")
]


class Design(StrEnum):
    """How a card looks: the picture as its ground, picture beside the text, or text alone."""

    PHOTO = "photo"
    SPLIT = "split"
    PLAIN = "plain"


class CardFormat(StrEnum):
    """The formats of cards."""

    JPEG = "jpeg"
    WEBP = "webp"
    PNG = "png"


class Pages(StrEnum):
    """Which pages get a card: those with a picture, or all."""

    PICTURED = "pictured"
    ALL = "all"


class PageCard(TableRecipe, frozen=True, forbid_unknown_fields=True):
    """A table `[cards.NAME]`: a kind of card. What is below the settings comes from the site."""

    # fmt: off
    design: Annotated[Design, setting(HARMLESS,
        "`photo` is the picture with the title on it, `split` the picture beside the title, "
        "`plain` the title alone.", "split")] = Design.PHOTO
    width: Annotated[_Side, setting(HARMLESS, "Width in pixels.", 1000)] = 1200
    height: Annotated[_Side, setting(HARMLESS, "Height in pixels.", 1500)] = 630
    pages: Annotated[Pages, setting(HARMLESS,
        "Which pages get a card: those that show a picture (`pictured`), or `all`: one without a "
        "picture gets its title alone.", "all")] = Pages.PICTURED
    site_name: Annotated[str | None, setting(HARMLESS,
        "The name of the site, below the title. An empty text leaves it out.",
        "Træningskataloget", default="the title in the settings of Jekyll or Hugo")] = None
    background: Annotated[Colour, setting(HARMLESS,
        "Colour of the ground, and of what darkens a photo behind the text.",
        "#003b46")] = "#14242e"
    text: Annotated[Colour, setting(HARMLESS,
        "Colour of the text. Where it does not stand out from the ground by 4.5 to 1, it becomes "
        "lighter or darker until it does.", "#fff8e7")] = "#ffffff"
    accent: Annotated[Colour, setting(HARMLESS,
        "Colour of the short line above the title.", "#c4dfe6")] = "#f2a541"
    font: Annotated[str | None, setting(Trust.READS,
        "Site path of a font, TrueType or OpenType, up to 4 MB. Letters that it does not have "
        "come from Source Sans.", "assets/fonts/site.ttf", default="Source Sans 3")] = None
    language: Annotated[_Language | None, setting(HARMLESS,
        "Language by whose rules long words are hyphenated.",
        "da", default="that in the settings of Jekyll or Hugo, else `da`")] = None
    format: Annotated[CardFormat, setting(HARMLESS,
        "Format of the files. Not all services show WebP.", "webp")] = CardFormat.JPEG
    quality: Annotated[int, setting(HARMLESS,
        "Quality on the scale of JPEG.", 90, ge=1, le=100)] = 86
    max_bytes: Annotated[int, setting(HARMLESS,
        "A file that comes out larger gets a lower quality until it fits.",
        150_000, ge=10_000)] = 300_000
    folder: Annotated[str | None, setting(Trust.WRITES,
        "Site path of the folder for cards, each kind in one of its own. All pictures there are "
        "mediakit's.", "assets/cards", default="`cards` in the folder of pictures, such as "
        "`assets/images/cards`")] = None
    # fmt: on
    font_data: bytes = b""

    def for_site(self, site: RecipeSite) -> Self:
        """Return the card with folder, name, language and font of its site.

        Raises:
            UsageError: the font cannot be had, or the extra is not installed.
        """
        require_extra("cards", "cards", *_NEEDED)
        folder = self.folder or f"{site.pictures_folder}/cards".lstrip("/")
        return replace(
            self,
            place=f"{folder.rstrip('/')}/{slug_of(self.name)}/",
            site_name=site.title if self.site_name is None else self.site_name,
            language=self.language or site.language or "da",
            font_data=font_of_site(self.font, site) if self.font else b"",
        )

    def products(
        self, pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        """Yield the card of each page that gets one."""
        for page in pages:
            picture = None if self.design is Design.PLAIN else _picture_of(page, pictures)
            is_shown = self.pages is Pages.ALL or _picture_of(page, pictures) is not None
            if not is_shown or not page.title.strip():
                continue
            inputs = (
                *([picture_input(picture)] if picture is not None else []),
                text_input("title", page.title),
                text_input("site", self.site_name or ""),
            )
            path = product_path(self.place, page, ending_of(self.format.upper()))
            yield Product(path, self.name, inputs, page.path, page.record)

    def fingerprint(self, name: str, path: str) -> str:  # noqa: ARG002 - one name, one format
        """Return a digest of what decides the pixels, but picture and texts."""
        font = hashlib.sha256(self.font_data).hexdigest() if self.font_data else ""
        decided = (
            DRAWER, self.design.value, self.width, self.height, self.background, self.text,
            self.accent, font, self.language, self.format.value, self.quality, self.max_bytes,
        )  # fmt: skip
        return hashlib.sha256(repr(decided).encode()).hexdigest()[:16]

    def fits(
        self,
        product: Product,  # noqa: ARG002 - nobody can tell which title is on it
        found: Artifact,
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> bool:
        """Return whether a file has the size of the cards."""
        return (found.width, found.height) == (self.width, self.height)

    def width_needed(self, product: Product, pictures: Mapping[str, SourcePicture]) -> int:
        """Return the width of the whole picture at the scale of the card."""
        from mediakit.images.cards.card import crop_of  # noqa: PLC0415 - it loads Pillow

        picture = pictures.get(product.source)
        if picture is None:
            return 0
        crop = crop_of(self, picture.width, picture.height)
        return crop.place(picture.width, picture.height).scaled[0]

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterable[Rendered | Failure]:
        """Draw one card: equal inputs give equal cards."""
        from mediakit.images.cards.card import draw  # noqa: PLC0415 - it loads Pillow

        picture = next((each for each in inputs if not isinstance(each, str)), None)
        title, site = (each for each in inputs if isinstance(each, str))
        font = resources.files(_FONT[0]).joinpath(_FONT[1]).read_bytes()
        fonts = (self.font_data, font) if self.font_data else (font,)
        return [draw(self, fonts, picture, title, site)] * len(products)


def product_path(folder: str, page: Manifest, ending: str) -> str:
    """Return the site path of what is made of a page, in a folder that is written with its `/`."""
    parts = PurePosixPath(page.path).with_suffix("").parts
    stem, dot, language = parts[-1].partition(".")
    if stem in {"index", "_index"} and len(parts) > 1:
        parts = (*parts[:-2], f"{parts[-2]}{dot}{language}")
    if page.record:
        parts = (*parts, slug_of(page.title))
    name = "/".join(each.lstrip("_.") or "page" for each in parts)
    return f"{folder}{name}{ending}"


def _picture_of(page: Manifest, pictures: Mapping[str, SourcePicture]) -> SourcePicture | None:
    """Return the picture that a card of the page shows; a drawing of vectors is none."""
    found = [
        (_PLACES.index(image.role), number, picture)
        for number, image in enumerate(page.images)
        for picture in [pictures.get(image.source or "")]
        if picture is not None and picture.width
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None


def font_of_site(path: str, site: RecipeSite) -> bytes:
    """Return the bytes of a site's own font; raises UsageError for what is none."""
    try:
        data = site.read(path, MOST_FONT_BYTES)
    except OSError as error:
        raise UsageError(f"the font {path} {error.strerror}", "name a file of the site") from error
    if not data.startswith(_FONT_MARKS):
        raise UsageError(f"{path} is no font", "give a TrueType or OpenType file: .ttf or .otf")
    return data
