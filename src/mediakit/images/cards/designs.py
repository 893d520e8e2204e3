"""The designs of cards: where picture, title and site name go.

All lengths are parts of the shorter side, so that a card of another size is the same card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from mediakit.images.cards.contrast import behind, cover_needed, readable
from mediakit.images.cards.fonts import Typeface, is_right_to_left
from mediakit.images.cards.words import ELLIPSIS, Room, SetTitle, set_title

if TYPE_CHECKING:
    from mediakit.images.cards.contrast import Colour
    from mediakit.images.cards.words import Hyphenate

_UNIT = 630
"""Pixels of the shorter side in which the lengths below are."""

_MARGIN = 68
_SIZES = ((108, 1), (96, 2), (84, 2), (74, 3), (66, 3), (58, 4), (51, 4), (45, 5))
_WIDE_SIZES = ((136, 1), (120, 2), (106, 2), (92, 3), (80, 3), (70, 4), (60, 5), (50, 6))
_NARROW_SIZES = ((74, 3), (66, 4), (58, 5), (51, 5), (45, 6), (40, 6))
_LEADING = 1.12
_SITE = 34
_RULE = (64, 8)
_STRIP = 16
_GAP = 32
"""Between the rule, the title and the name of the site."""

_LEAST_COVER = 0.32
_DEEPER = 0.45
"""Part of what is left of the picture that is taken from it at its lower end."""

_FADE = 200
"""How far above the text the picture begins to darken."""


class CardColours(NamedTuple):
    """The colours of a card: of the ground, of the text, and of the small rule."""

    ground: Colour
    text: Colour
    accent: Colour


class Box(NamedTuple):
    """A part of a card in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height."""
        return self.right - self.left, self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all designs draw with: size, colours, texts and fonts."""

    size: tuple[int, int]
    colours: CardColours
    title: str
    site: str
    bold: Typeface
    plain: Typeface
    hyphenate: Hyphenate

    def length(self, units: float) -> int:
        """Return a length in pixels."""
        return round(units * min(self.size) / _UNIT)

    @property
    def is_tall(self) -> bool:
        """Whether the card is taller than wide."""
        return self.size[1] > self.size[0]


def picture_box(design: str, size: tuple[int, int]) -> Box:
    """Return where the picture of a card goes."""
    width, height = size
    if design == "split":
        if height > width:
            return Box(0, 0, width, round(height * 0.54))
        return Box(round(width * 0.49), 0, width, height)
    return Box(0, 0, width, height)


def draw_card(design: str, sheet: Sheet, picture: Image.Image | None) -> tuple[Image.Image, bool]:
    """Return a card, and whether it has the whole title.

    The picture has the size of its box. Without one, a card is its text alone.
    """
    card = Image.new("RGB", sheet.size, sheet.colours.ground)
    if picture is None:
        card.paste(sheet.colours.accent, Box(0, 0, sheet.length(_STRIP), sheet.size[1]))
        return _on_ground(card, sheet, Box(0, 0, *sheet.size))
    box = picture_box(design, sheet.size)
    card.paste(picture, box[:2])
    if design == "photo":
        return _on_photo(card, sheet)
    text = Box(0, box.bottom, *sheet.size) if sheet.is_tall else Box(0, 0, box.left, box.bottom)
    return _on_ground(card, sheet, text)


def _on_photo(card: Image.Image, sheet: Sheet) -> tuple[Image.Image, bool]:
    """Put the text at the bottom of a picture, which darkens as far as the text needs it."""
    width, height = sheet.size
    margin = sheet.length(_MARGIN)
    room = Box(margin, margin, width - margin, height - margin)
    part = 0.5 if sheet.is_tall else 0.64
    sizes = _NARROW_SIZES if sheet.is_tall else _SIZES
    block = _Block(sheet, room, round(height * part), sizes)
    mask, top = block.drawn(bottom=room.bottom)
    written = Box(*(mask.getbbox() or (0, 0, 1, 1)))
    around = mask.crop(written).filter(ImageFilter.BoxBlur(2))
    ground, text = sheet.colours.ground, readable(sheet.colours.text, sheet.colours.ground)
    needed = cover_needed(behind(card.crop(written), around), ground, text, _LEAST_COVER)
    shade = _fade(height, top - sheet.length(_FADE), top - sheet.length(12), needed)
    shade = shade.resize(sheet.size, Image.Resampling.NEAREST)
    card = Image.composite(Image.new("RGB", sheet.size, ground), card, shade)
    return _inked(card, mask, text, block), block.setting.is_whole


def _on_ground(card: Image.Image, sheet: Sheet, box: Box) -> tuple[Image.Image, bool]:
    """Put the text on a plain ground: the title above, the name of the site at the bottom."""
    margin = sheet.length(_MARGIN)
    room = Box(box.left + margin, box.top + margin, box.right - margin, box.bottom - margin)
    is_narrow = room.size[0] < sheet.length(_UNIT)
    if is_narrow and not sheet.is_tall:  # a picture is beside it
        room = room._replace(right=box.right - sheet.length(44))
    block = _Block(sheet, room, room.size[1], _NARROW_SIZES if is_narrow else _WIDE_SIZES)
    mask, _ = block.drawn(bottom=room.bottom, is_apart=True)
    text = readable(sheet.colours.text, sheet.colours.ground)
    return _inked(card, mask, text, block), block.setting.is_whole


class _Block:
    """The title and the name of the site in a box, `height` for all but the margins."""

    def __init__(
        self, sheet: Sheet, box: Box, height: int, sizes: tuple[tuple[int, int], ...]
    ) -> None:
        self._sheet = sheet
        self._box = box
        self.rule = Box(0, 0, 0, 0)
        around = _RULE[1] + _GAP + (_SITE + _GAP if sheet.site else 0)
        larger = 1.12 if sheet.is_tall else 1.0
        room = Room(
            box.size[0],
            height - sheet.length(around),
            tuple((sheet.length(size * larger), most) for size, most in sizes),
            _LEADING,
        )
        self.setting: SetTitle = set_title(sheet.title, room, sheet.bold.width, sheet.hyphenate)

    def drawn(self, *, bottom: int, is_apart: bool = False) -> tuple[Image.Image, int]:
        """Return the text as a mask, and its top; if it `is_apart`, the title is in the middle."""
        sheet, setting = self._sheet, self.setting
        mask = Image.new("L", sheet.size)
        canvas = ImageDraw.Draw(mask)
        step = round(setting.size * _LEADING)
        caps = round(sheet.bold.cap_height * setting.size)
        gap = sheet.length(_GAP)
        end = bottom
        if sheet.site:
            self._draw(canvas, self._site_line(), bottom, sheet.length(_SITE), sheet.plain)
            end -= round(sheet.plain.cap_height * sheet.length(_SITE)) + gap
        rule = sheet.length(_RULE[1])
        whole = rule + gap + caps + step * (len(setting.lines) - 1)
        if is_apart:
            free = end - self._box.top - whole
            end -= max(0, round(free * 0.46))
        elif sheet.site:
            end -= round(0.12 * setting.size)  # what hangs below the last line
        base = end - step * (len(setting.lines) - 1)
        for number, line in enumerate(setting.lines):
            self._draw(canvas, line, base + step * number, setting.size, sheet.bold)
        top = base - caps - gap - rule
        wide = sheet.length(_RULE[0])
        left = self._box.left
        if setting.lines and is_right_to_left(setting.lines[0]):
            left = self._box.right - wide
        self.rule = Box(left, top, left + wide, top + rule)
        return mask, top

    def _draw(
        self, canvas: ImageDraw.ImageDraw, line: str, base: int, size: int, face: Typeface
    ) -> None:
        left: float = self._box.left
        if is_right_to_left(line):
            left = self._box.right - face.width(line) * size
        elif line:  # round letters begin where straight ones seem to
            left -= 0.035 * size
        face.draw(canvas, (left, base), line, size)

    def _site_line(self) -> str:
        line, face = self._sheet.site, self._sheet.plain
        most = self._box.size[0] / self._sheet.length(_SITE)
        if face.width(line) <= most:
            return line
        shorter = (line[:end].rstrip() + ELLIPSIS for end in range(len(line) - 1, 0, -1))
        return next((each for each in shorter if face.width(each) <= most), "")


def _inked(card: Image.Image, mask: Image.Image, text: Colour, block: _Block) -> Image.Image:
    """Return a card with its text and its rule."""
    card.paste(text, (0, 0), mask)
    sheet = block._sheet  # noqa: SLF001 - one drawing
    card.paste(sheet.colours.accent, block.rule)
    return card


def _fade(height: int, start: int, end: int, needed: float) -> Image.Image:
    """Return a column that grows from nothing at `start` to what is needed at `end`.

    It goes on to grow below, so that a bright picture does not end in grey.
    """
    values = []
    for row in range(height):
        part = min(1.0, max(0.0, (row - start) / max(1, end - start)))
        cover = needed * part * part * (3 - 2 * part)
        cover += _DEEPER * (1 - needed) * max(0.0, (row - end) / max(1, height - end))
        values.append(min(255, int(255 * cover + 0.999)))
    column = Image.new("L", (1, height))
    column.putdata(values)
    return column
