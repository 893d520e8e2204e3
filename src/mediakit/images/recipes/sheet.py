"""The recipe of sheets: a page as a PDF to print, with its pictures, its text and its address."""

from __future__ import annotations

import contextlib
import hashlib
import json
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from mediakit.base.artifacts import Product, picture_input, text_input
from mediakit.base.errors import require_extra
from mediakit.base.formats import film_of
from mediakit.base.model import Role
from mediakit.base.own_files import CREDITS_NAME
from mediakit.base.setting import HARMLESS, Trust, bounds, setting
from mediakit.images.cards.words import plain_title
from mediakit.images.recipes import TableRecipe
from mediakit.images.recipes.card import Pages, font_of_site, product_path
from mediakit.images.render import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Artifact, SourcePicture
    from mediakit.base.model import ImageRef, Manifest
    from mediakit.images.recipes import RecipeSite
    from mediakit.images.render import PictureSource
    from mediakit.images.sheets.sheet import SheetContent

DRAWER = 1
"""Raised by hand when the same settings come to give visibly other sheets."""

MOST_PICTURES = 24
_FONT = "fontpkg_source_sans_3", "files/SourceSans3[wght].ttf"
_NEEDED = (_FONT[0], "fpdf", "segno")
_IN_ORDER = ({Role.GALLERY, Role.FEATURE_ROW, Role.BODY}, {Role.OVERLAY, Role.HEADER, Role.TEASER})
"""Whose pictures a sheet shows: those of the first group, or one of the second."""

_MOST_CREDITS = 4_000_000
_Web = Annotated[
    str, bounds("address such as `https://example.com`", pattern=r"^https?://[^/\s]\S*$")
]


class PaperSize(StrEnum):
    """Sizes of paper."""

    A4 = "A4"
    LETTER = "letter"


class PageSheet(TableRecipe, frozen=True, forbid_unknown_fields=True):
    """A table `[sheets.NAME]`: sheets to print. What is below the settings comes from the site."""

    # fmt: off
    size: Annotated[PaperSize, setting(HARMLESS, "The paper.", "letter")] = PaperSize.A4
    pages: Annotated[Pages, setting(HARMLESS,
        "Which pages get a sheet: those that show a picture (`pictured`), or `all` that have a "
        "picture or a text.", "all")] = Pages.PICTURED
    site_name: Annotated[str | None, setting(HARMLESS,
        "The name of the site, above the title. An empty text leaves it out.",
        "Træningskataloget", default="the title in the settings of Jekyll or Hugo")] = None
    url: Annotated[_Web | None, setting(HARMLESS,
        "Address of the site, for the code that leads to the page. Without one there is no code.",
        "https://example.com", default="that of `[structured]` or of the generator's settings")
        ] = None
    font: Annotated[str | None, setting(Trust.READS,
        "Site path of a font, TrueType or OpenType, up to 4 MB. Letters that it does not have "
        "come from Source Sans.", "assets/fonts/site.ttf", default="Source Sans 3")] = None
    folder: Annotated[str, setting(Trust.WRITES,
        "Site path of the folder for sheets. All files there are mediakit's.",
        "downloads/sheets")] = "assets/sheets"
    # fmt: on
    font_data: bytes = b""
    credits: tuple[tuple[str, str], ...] = ()

    def for_site(self, site: RecipeSite) -> Self:
        """Return the recipe with folder, name, address, font and credits of its site.

        Raises:
            UsageError: the font cannot be had, or the extra is not installed.
        """
        require_extra("sheets", "sheets", *_NEEDED)
        return replace(
            self,
            place=f"{self.folder.strip('/')}/",
            site_name=site.title if self.site_name is None else self.site_name,
            url=(self.url or site.url).rstrip("/"),
            font_data=font_of_site(self.font, site) if self.font else b"",
            credits=_credits_of(site),
        )

    def products(
        self, pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        """Yield the sheet of each page that gets one."""
        owners = dict(self.credits)
        for page in pages:
            shown = _shown(page, pictures)
            is_wanted = shown or (self.pages is Pages.ALL and page.blocks)
            if not is_wanted or not page.title.strip():
                continue
            found = [pictures[each.source or ""] for each in shown]
            words = {
                "title": plain_title(page.title),
                "site": plain_title(self.site_name or ""),
                "address": f"{self.url}/{page.address.lstrip('/')}" if self.url else "",
                "blocks": page.blocks,
                "captions": [_caption(each, page) for each in shown],
                "credits": [owners[each.path] for each in found if each.path in owners],
            }
            text = text_input("words", json.dumps(words, ensure_ascii=False))
            inputs = (*map(picture_input, found), text)
            path = product_path(self.place, page, ".pdf")
            yield Product(path, self.name, inputs, page.path, page.record)

    def fingerprint(self, name: str, path: str) -> str:  # noqa: ARG002 - one name, one format
        """Return a digest of what decides the paper, but pictures and texts."""
        font = hashlib.sha256(self.font_data).hexdigest() if self.font_data else ""
        return hashlib.sha256(repr((DRAWER, self.size.value, font)).encode()).hexdigest()[:16]

    def fits(
        self,
        product: Product,  # noqa: ARG002 - nobody can tell what is on it
        found: Artifact,  # noqa: ARG002
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> bool:
        """Return that a PDF which is there may stay."""
        return True

    def width_needed(
        self,
        product: Product,  # noqa: ARG002
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> int:
        """Return 0: a sheet shows a picture at any width."""
        return 0

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterable[Rendered | Failure]:
        """Draw one sheet: equal inputs give equal sheets."""
        data, missing = self.drawn([self.content(inputs)])
        lacks = (f"the letters {missing}, which its font does not have",) if missing else ()
        return [Rendered(data, 0, 0, lacks)] * len(products)

    def content(self, inputs: Sequence[PictureSource | str]) -> SheetContent:
        """Return what is on a sheet; raises UnreadableError for a picture."""
        from mediakit.images.sheets.sheet import SheetContent, SheetWords, fitted  # noqa: PLC0415

        pictures = [each for each in inputs if not isinstance(each, str)]
        words: dict[str, Any] = json.loads(next(each for each in inputs if isinstance(each, str)))
        shown = [fitted(each, len(pictures)) for each in pictures]
        return SheetContent(SheetWords(**words), shown)

    def drawn(self, sheets: Sequence[SheetContent]) -> tuple[bytes, str]:
        """Return a PDF of sheets, and the letters that its fonts do not have."""
        from mediakit.images.sheets.sheet import draw_sheets  # noqa: PLC0415 - it loads much

        font = resources.files(_FONT[0]).joinpath(_FONT[1]).read_bytes()
        fonts = (self.font_data, font) if self.font_data else (font,)
        return draw_sheets(sheets, fonts, self.size.value)


def _shown(page: Manifest, pictures: Mapping[str, SourcePicture]) -> list[ImageRef]:
    """Return the pictures that a sheet shows, each once: no drawings of vectors, no films."""
    for roles in _IN_ORDER:
        found: dict[str, ImageRef] = {}
        for image in page.images:
            picture = pictures.get(image.source or "")
            if image.role not in roles or picture is None or film_of(picture.path):
                continue
            if picture.width:
                found.setdefault(picture.path, image)
        if found:
            return list(found.values())[: MOST_PICTURES if roles is _IN_ORDER[0] else 1]
    return []


def _caption(image: ImageRef, page: Manifest) -> str:
    """Return what is said of a picture, unless that is the title of the page again."""
    said = (plain_title(each or "") for each in (image.title, image.alt))
    title = plain_title(page.title).casefold()
    return next((each for each in said if each and each.casefold() != title), "")


def _credits_of(site: RecipeSite) -> tuple[tuple[str, str], ...]:
    """Return whose the pictures of other hosts are, by their site paths, as a line each."""
    path = f"{site.data_folder}/{CREDITS_NAME}".lstrip("/")
    found: Any = {}
    with contextlib.suppress(OSError, ValueError, RecursionError):  # `check` tells of a broken one
        found = json.loads(site.read(path, _MOST_CREDITS)).get("pictures")
    known = found.items() if isinstance(found, dict) else ()
    lines = ((str(path), _credit(path, each)) for path, each in known if isinstance(each, dict))
    return tuple((path, line) for path, line in lines if line)


def _credit(path: str, entry: Mapping[str, Any]) -> str:
    whose = [str(entry.get(key) or "")[:300] for key in ("author", "licence", "source")]
    said = ", ".join(filter(None, whose))
    return f"{path.rpartition('/')[2]}: {said}" if said else ""
