"""One card: its picture cropped, its text set, and the pixels encoded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyphen
from PIL import ImageColor

from mediakit.base.actions import Failure
from mediakit.base.formats import ending_of
from mediakit.images.cards.designs import CardColours, Sheet, draw_card, picture_box
from mediakit.images.cards.fonts import FontError, Typeface
from mediakit.images.cards.words import plain_title
from mediakit.images.colour import flatten
from mediakit.images.encode import Reel, encode
from mediakit.images.preset import Fit, Gravity, Preset
from mediakit.images.render import Rendered, too_large
from mediakit.images.resize import crop_box, resize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL import Image

    from mediakit.images.cards.contrast import Colour
    from mediakit.images.cards.words import Hyphenate
    from mediakit.images.recipes.card import PageCard
    from mediakit.images.render import PictureSource

_BOLD, _SEMIBOLD = 700, 600
_VOWEL = re.compile("[aeiouyæøåäöüáéíóúý]", re.IGNORECASE)


def crop_of(card: PageCard, width: int, height: int) -> Preset:
    """Return how a picture of this size is cropped: to the shape of its box, and not enlarged."""
    wide, high = picture_box(card.design, (card.width, card.height)).size
    part = min(1.0, width / wide, height / high)
    size = max(1, int(wide * part)), max(1, int(high * part))
    return Preset(
        card.name, (), "-card", *size, fit=Fit.COVER, gravity=Gravity.ATTENTION,
        quality=card.quality, max_bytes=card.max_bytes, background=card.background,
    )  # fmt: skip


def draw(
    card: PageCard, fonts: tuple[bytes, ...], picture: PictureSource | None, title: str, site: str
) -> Rendered | Failure:
    """Return a card as a file; raises UnreadableError for its picture."""
    shown = None
    if picture is not None:
        size = picture.size
        crop = crop_of(card, size.width, size.height)
        if size.width * size.height > crop.max_pixels:
            return too_large(size, crop.max_pixels, "cards")
        shown = _cropped(picture, crop, picture_box(card.design, (card.width, card.height)).size)
    try:
        return _drawn(card, fonts, shown, plain_title(title), plain_title(site))
    except FontError as error:
        return Failure(
            "unreadable-font", f"{title!r} cannot be written: {error}",
            f"give another font of [cards.{card.name}], or install FriBiDi",
        )  # fmt: skip


def _drawn(
    card: PageCard, fonts: tuple[bytes, ...], picture: Image.Image | None, title: str, site: str
) -> Rendered | Failure:
    bold, plain = (Typeface(fonts, weight) for weight in (_BOLD, _SEMIBOLD))
    missing = bold.missing(title.replace("\xad", ""))
    title, site = (_without(text, bold) for text in (title, site))
    if not title:
        return Failure(
            "unreadable-font", f"the font has no letter of {missing!r}",
            f"give a font that has them: font of [cards.{card.name}]",
        )  # fmt: skip
    colours = CardColours(*map(_rgb, (card.background, card.text, card.accent)))
    size = card.width, card.height
    sheet = Sheet(size, colours, title, site, bold, plain, hyphenator(card.language or ""))
    made, is_whole = draw_card(card.design, sheet, picture)
    preset = crop_of(card, *size)
    data = encode(Reel((made,)), f"card{ending_of(card.format.upper())}", preset)
    if len(data) > card.max_bytes:
        what = f"{len(data):,} bytes at the lowest quality is over the limit"
        return Failure(
            "over-max-bytes", f"{what} of {card.max_bytes:,}",
            f"raise max_bytes of [cards.{card.name}]",
        )  # fmt: skip
    lacks = [f"the letters {missing}, which its font does not have"] if missing else []
    lacks += [] if is_whole else ["the end of its title, which is too long"]
    return Rendered(data, *size, tuple(lacks))


def _cropped(picture: PictureSource, crop: Preset, size: tuple[int, int]) -> Image.Image:
    """Return what a card shows of a picture, at the size of its box."""
    image = flatten(picture.cut(crop), "#ffffff").convert("RGB")
    wanted = min(crop.width, image.width), min(crop.height, image.height)
    return resize(image.crop(crop_box(image, wanted, crop.gravity)), size)


def _without(text: str, face: Typeface) -> str:
    """Return a text without the letters that no font has."""
    missing = face.missing(text.replace("\xad", ""))
    return " ".join("".join(each for each in text if each not in missing).split(" ")).strip()


def _rgb(colour: str) -> Colour:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def hyphenator(language: str) -> Hyphenate:
    """Return where the words of a language may be hyphenated; nowhere in an unknown one."""
    known = pyphen.language_fallback(language.replace("-", "_"))
    if known is None:
        return lambda _: ()
    rules = pyphen.Pyphen(lang=known)

    def places(word: str) -> Iterable[int]:
        start = 0
        for at in rules.positions(word):
            if _VOWEL.search(word[start:at]) and _VOWEL.search(word[at:]):
                yield int(at)
                start = at

    return places
