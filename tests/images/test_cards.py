"""Cards as they are drawn: lines, letters, contrast, sizes and bytes."""

from __future__ import annotations

import io
import random
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from conftest import draw as drawn
from mediakit.base.actions import Failure
from mediakit.base.artifacts import Product
from mediakit.base.model import ImageRef, Manifest, Role
from mediakit.images.cards import designs
from mediakit.images.cards.card import hyphenator
from mediakit.images.cards.fonts import Typeface
from mediakit.images.cards.words import Paragraph, Room, pieces_of, plain_title, set_title
from mediakit.images.recipes import RecipeSite
from mediakit.images.recipes.card import CardFormat, Design, PageCard, Pages
from mediakit.images.render import PictureSource, Rendered

if TYPE_CHECKING:
    from collections.abc import Iterable

FONT = resources.files("fontpkg_source_sans_3").joinpath("files/SourceSans3[wght].ttf").read_bytes()
SITE = RecipeSite("Træningskataloget", "da-DK", "assets/images", lambda _path, _most: FONT)


def made(title: str = "Knæbøj", picture: bytes | None = None, **options: Any) -> Rendered | Failure:
    card = PageCard("og", **options).for_site(SITE)
    inputs: list[PictureSource | str] = [title, card.site_name or ""]
    if picture:
        inputs.insert(0, PictureSource(picture))
    (found,) = card.make(inputs, [Product("card.jpg", "og", ())])
    return found


def pixels(found: Rendered | Failure) -> Image.Image:
    assert isinstance(found, Rendered)
    return Image.open(io.BytesIO(found.data))


def width_of(text: str) -> float:
    """Return the width of a text in letters that are half as wide as high."""
    return len(text.replace("\xad", "")) / 2


def lines(title: str, width: float = 12, *, most: int = 6) -> tuple[str, ...]:
    """Return a title in lines of `2 * width` letters at the largest size, or of more."""
    room = Room(width * 10, 1000, ((10, most), (8, most), (5, most)), 1.0)
    return set_title(title, room, width_of, hyphenator("da-DK")).lines


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Knæbøj", ("Knæbøj",)),
        ("Træk til brystet i siddende stilling", ("Træk til brystet", "i siddende stilling")),
        ("Sideplanke med løftet ben og arm", ("Sideplanke", "med løftet ben og arm")),
        ("En to tre fire fem seks syv otte ni", ("En to tre fire", "fem seks syv otte ni")),
        ("Firestående modsat arm- og benløft", ("Firestående modsat", "arm- og benløft")),
        ("Bænkpres med 2 × 10\xa0kg håndvægte", ("Bænkpres med", "2 × 10\xa0kg håndvægte")),
        ("Skulderbladsstabiliseringsøvelse", ("Skulderbladssta-", "biliseringsøvelse")),
        (
            "Rygmobilitets\xadøvelse i firestående stilling",
            ("Rygmobilitetsøvelse", "i firestående stilling"),
        ),
        ("Overarmsudstrækning\xadsøvelsernes", ("Overarmsudstrækning-", "søvelsernes")),
        ("Barbell/Dumbbell Bench/Floor Press", ("Barbell/Dumbbell", "Bench/Floor Press")),
    ],
)
def test_lines_break_where_people_break_them(title: str, wanted: tuple[str, ...]) -> None:
    """Lines are of one length; short words stay with the next one, and no word alone."""
    assert lines(title) == wanted


def test_a_title_without_end_ends_in_an_ellipsis() -> None:
    """What no size has room for is cut between words, and a word that is too long inside."""
    found = lines("Øvelse " * 100, most=2)
    assert len(found) == 2
    assert found[-1].endswith("Øvelse…")
    assert all(width_of(each) <= 24 for each in found)
    assert lines("x" * 300, most=1)[0].endswith("x…")


@given(st.text(st.sampled_from("aæb -/\xad–x1,…"), min_size=1, max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    """Lines are the title: nothing is added but hyphens, nothing left out but blanks."""
    title = plain_title(text)
    if title.replace("\xad", ""):
        found = Paragraph(pieces_of(title, hyphenator("da")), width_of).lines(1000, 1)
        assert found is not None
        assert found[0][0].replace("\xad", "") == title.replace("\xad", "")


def test_titles_are_plain() -> None:
    """HTML, line breaks, and what nobody sees are no letters."""
    title = "  <em>Kn\u00e6bøj</em> &amp;\n  ben&shy;løft\u200b \u202eab\ufe0f "
    assert plain_title(title) == "Knæbøj & ben\xadløft ab"


def test_letters_are_kerned_alike_everywhere() -> None:
    """Pairs are as near as the font says, whether or not the system has FriBiDi."""
    face = Typeface((FONT,), 700)
    assert face.width("AV") < face.width("A") + face.width("V") - 0.01
    assert face.width("æøå") == pytest.approx(sum(map(face.width, "æøå")), abs=0.02)


def test_missing_letters_are_told() -> None:
    """Emoji are left out with a word; a title of nothing else is no card."""
    found = made("Squat \U0001f3cb\ufe0f nu")
    assert isinstance(found, Rendered)
    assert found.lacks == ("the letters \U0001f3cb, which its font does not have",)
    assert found.data == made("Squat nu").data  # type: ignore[union-attr]
    failure = made("\U0001f3cb\ufe0f")
    assert isinstance(failure, Failure)
    assert failure.code == "unreadable-font"


def test_a_long_title_is_told() -> None:
    """A title that ends early is a warning."""
    found = made("Meget lang titel på en øvelse " * 12)
    assert isinstance(found, Rendered)
    assert found.lacks == ("the end of its title, which is too long",)


@pytest.mark.skipif(not features.check("raqm"), reason="needs FriBiDi")
def test_right_to_left_begins_on_the_right() -> None:
    """A script from right to left is set to the right, its letters in their order."""
    pytest.importorskip("fontTools", reason="needs fontTools to make a font")
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415 - one test needs it
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415

    def box(left: int, right: int) -> Any:
        pen = TTGlyphPen(None)
        corners = ((left, 0), (left, 700), (right, 700), (right, 0))
        pen.moveTo(corners[0])
        for each in corners[1:]:
            pen.lineTo(each)
        pen.closePath()
        return pen.glyph()

    builder = FontBuilder(1000, isTTF=True)
    names = {"space": box(0, 1), "alef": box(50, 550), "bet": box(50, 150), "H": box(0, 500)}
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({32: "space", 0x5D0: "alef", 0x5D1: "bet", 72: "H"})
    builder.setupGlyf({".notdef": box(0, 1), **names})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    site = RecipeSite("", "he", "", lambda _path, _most: out.getvalue())
    card = PageCard("og", font="f.ttf", design=Design.PLAIN, accent="#14242e").for_site(site)
    (found,) = card.make(["\u05d0\u05d1", ""], [Product("card.jpg", "og", ())])
    seen = pixels(found).convert("L").point(lambda value: 255 * (value > 128)).getbbox()
    assert seen is not None
    assert seen[0] > 800
    ink = np.asarray(pixels(found).convert("L").crop(seen)) > 128
    columns = np.flatnonzero(ink.any(axis=0))
    gap = int(
        np.flatnonzero(np.diff(columns) > 1)[0]
    )  # the second letter, which is narrow, is left
    assert 3 * (gap + 1) < len(columns)


NOISE = random.Random(5)
GROUNDS = {
    "white": drawn((1600, 1000), "#ffffff"),
    "black": drawn((1600, 1000), "#000000"),
    "red": drawn((800, 1200), "#e01010"),
    "noise": b"",
}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("background", "text"), [("#14242e", "#ffffff"), ("#fff8e7", "#3b2a1a"), ("#777777", "#808080")]
)
def test_text_stands_out_from_the_very_pixels(
    ground: str, background: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each pixel behind a letter has 4.5 to 1, in the file itself, whatever the colours are."""
    seen: list[tuple[Image.Image, Image.Image, tuple[int, int, int]]] = []
    inked = designs._inked

    def spy(card: Image.Image, mask: Image.Image, text: Any, block: Any) -> Image.Image:
        seen.append((card.copy(), mask, text))
        return inked(card, mask, text, block)

    monkeypatch.setattr(designs, "_inked", spy)
    picture = GROUNDS[ground] or _noise()
    colours: dict[str, Any] = {"background": background, "text": text}
    found = made("Træk til brystet", picture, width=600, height=315, **colours)
    assert isinstance(found, Rendered)
    ((card, mask, colour),) = seen
    out = io.BytesIO()
    card.save(out, "JPEG", quality=86)
    card = Image.open(out).convert("RGB")
    behind = np.asarray(card)[np.asarray(mask) > 64]
    assert min(_contrast(colour, pixel) for pixel in np.unique(behind, axis=0).tolist()) >= 4.5


def _noise() -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (90, 60), NOISE.randbytes(90 * 60 * 3)).resize((900, 600)).save(
        out, "PNG"
    )
    return out.getvalue()


def _contrast(one: Iterable[int], other: Iterable[int]) -> float:
    """Return the contrast of WCAG 2.2, written down once more."""
    found = []
    for colour in (one, other):
        parts = (each / 255 for each in colour)
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        found.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(found) / min(found)


@pytest.mark.parametrize("design", Design)
@pytest.mark.parametrize("size", [(600, 315), (400, 600)])
@pytest.mark.parametrize("picture", [drawn((300, 200)), drawn((1000, 1500)), None])
def test_cards_have_their_size(
    design: Design, size: tuple[int, int], picture: bytes | None
) -> None:
    """Small pictures grow, tall ones are cropped, and without one there is text alone."""
    found = made("Tværgående mavebøjning", picture, design=design, width=size[0], height=size[1])
    assert pixels(found).size == size


@pytest.mark.parametrize("kind", CardFormat)
def test_cards_have_their_format_and_bytes(kind: CardFormat) -> None:
    """A file is in the format asked for; one that cannot be light enough is an error."""
    found = made("Knæbøj", drawn(), format=kind)
    assert pixels(found).format == kind.upper()
    assert pixels(found).size == (1200, 630)
    assert found == made("Knæbøj", drawn(), format=kind)
    if kind is not CardFormat.PNG:
        sides: dict[str, Any] = {"format": kind, "width": 400, "height": 210}
        large, small, failed = (
            made("Knæbøj", _noise(), max_bytes=most, **sides) for most in (90_000, 20_000, 10_000)
        )
        assert isinstance(large, Rendered)
        assert isinstance(small, Rendered)
        assert len(small.data) <= 20_000 < len(large.data)
        assert isinstance(failed, Failure)


def test_the_font_of_the_site_is_used() -> None:
    """Its letters count; those that it lacks are of Source Sans; a broken one is an error."""
    lato = RecipeSite("Site", "", "", lambda _path, _most: b"OTTO" + bytes(40))
    card = PageCard("og", font="f.otf").for_site(lato)
    (found,) = card.make(["Knæbøj", "Site"], [Product("card.jpg", "og", ())])
    assert isinstance(found, Failure)
    assert (found.code, "cannot be read" in found.message) == ("unreadable-font", True)


def test_names_of_cards() -> None:
    """A card is called after its page, in a folder of its own; records after their titles."""
    card = PageCard("og", pages=Pages.ALL).for_site(SITE)
    names = {
        page.path: product.path
        for page in (
            Manifest("_exercises/squat.md", "Squat"), Manifest("content/row/index.da.md", "Row"),
            Manifest("index.md", "Home"), Manifest("_data/all.json", "Knæbøj", record=4),
            Manifest("../out/.x.md", "Out"),
        )
        for product in card.products([page], {})
    }  # fmt: skip
    assert list(names.values()) == [
        "assets/images/cards/og/exercises/squat.jpg", "assets/images/cards/og/content/row.da.jpg",
        "assets/images/cards/og/index.jpg", "assets/images/cards/og/data/all/knaeboej.jpg",
        "assets/images/cards/og/page/out/x.jpg",
    ]  # fmt: skip
    assert all(map(card.owns, names.values()))
    assert not PageCard("og").owns("assets/images/x.jpg")


def test_which_picture_a_card_shows() -> None:
    """That for sharing, then the header's, then the teaser's, then the first of a gallery."""
    from mediakit.base.artifacts import SourcePicture  # noqa: PLC0415

    roles = (Role.BODY, Role.GALLERY, Role.TEASER, Role.OVERLAY, Role.OG_IMAGE)
    images = tuple(ImageRef(role, "", 0, f"{role}.jpg", f"{role}.jpg") for role in roles)
    pictures = {f"{role}.jpg": SourcePicture(f"{role}.jpg", role, 1, 9, 9) for role in roles}
    card = PageCard("og").for_site(SITE)
    for role in reversed(roles):
        (product,) = card.products([Manifest("a.md", "A", images)], pictures)
        assert product.source == f"{role}.jpg"
        del pictures[f"{role}.jpg"]
    assert list(card.products([Manifest("a.md", "A", images)], pictures)) == []
