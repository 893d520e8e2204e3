"""The same picture again is found in any form; the next pose of an exercise never is."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from mediakit.images.look import chroma_pixels, grey_array, grey_copy_of, grey_pixels, same_pixels
from mediakit.matching.compare import DETAIL_SIDE
from mediakit.matching.decide import Decider
from mediakit.matching.groups import Level, Match
from mediakit.matching.hashes import Hasher, Hashes
from scenes import scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from mediakit.images.look import Chroma, Grey


@functools.lru_cache(maxsize=32)
def grey(data: bytes) -> Grey:
    """Return the small grey copy of a picture; the same few are compared again and again."""
    return grey_array(grey_copy_of(data, 10**9))


@functools.lru_cache(maxsize=32)
def large_grey(data: bytes, side: int) -> Grey:
    return grey_pixels(data, side)


class Gallery:
    """Pictures by name."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        self._pictures = pictures

    def grey(self, content: str) -> Grey:
        return grey(self._pictures[content])

    def large(self, content: str) -> Grey:
        return large_grey(self._pictures[content], 320)

    def detail(self, content: str) -> Grey:
        return large_grey(self._pictures[content], DETAIL_SIDE)

    def chroma(self, content: str) -> Chroma:
        return chroma_pixels(self._pictures[content])

    def equal(self, one: str, other: str) -> bool:
        return same_pixels(self._pictures[one], self._pictures[other])


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({"compress_level": 0} if kind == "PNG" else {}) | options)
    return out.getvalue()


@functools.cache
def photo(room: int) -> Image.Image:
    """Return the picture of a room, which is drawn once; nothing may draw on it."""
    return scene(room)


@functools.cache
def photo_bytes(room: int) -> bytes:
    return encoded(photo(room))


@functools.cache
def hasher() -> Hasher:
    return Hasher()


@functools.lru_cache(maxsize=32)
def hashes_of(data: bytes) -> object:
    return hasher().hashes(grey(data))


def matches(pictures: dict[str, bytes], *, align: bool = True) -> list[Match]:
    names, hashes = [], []
    for name, data in pictures.items():
        found = hashes_of(data)
        if isinstance(found, Hashes):
            names.append(name)
            hashes.append(found)
    decider = Decider(names, hashes, Gallery(pictures))
    same = list(decider.same())
    known = {frozenset({each.one, each.other}) for each in same}
    return [*same, *decider.transformed(known, align=align)]


def caption(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((0, 340, 600, 400), fill="black")
    return image


def mark(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((470, 340, 590, 390), fill="#101018")
    return image


SAME: dict[str, Callable[[Image.Image], bytes]] = {
    "recompressed": lambda i: encoded(i, "JPEG", quality=30),
    "half the size": lambda i: encoded(i.resize((300, 200))),
    "another format": lambda i: encoded(i, "WEBP", quality=60),
    "darker": lambda i: encoded(ImageEnhance.Brightness(i).enhance(0.7)),
    "brighter": lambda i: encoded(ImageEnhance.Brightness(i).enhance(1.2)),
    "of more contrast": lambda i: encoded(ImageEnhance.Contrast(i).enhance(1.5)),
    "flatter": lambda i: encoded(ImageEnhance.Contrast(i).enhance(0.7)),
    "grey": lambda i: encoded(i.convert("L")),
}
TRANSFORMED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "flipped": ImageOps.flip,
    "rotated by 90": lambda i: i.rotate(270, expand=True),
    "rotated by 180": lambda i: i.rotate(180),
    "rotated by 270": lambda i: i.rotate(90, expand=True),
    "cropped a little": lambda i: i.crop((20, 10, 600, 400)),
    "cropped": lambda i: i.crop((50, 20, 570, 370)),
    "one side cropped": lambda i: i.crop((90, 0, 600, 400)),
    "white bars": lambda i: ImageOps.expand(i, (0, 60), "white"),
    "a border": lambda i: ImageOps.expand(i, 40, "black"),
    "a caption": caption,
    "a mark": mark,
    "tilted": lambda i: i.rotate(1, Image.Resampling.BICUBIC).crop((12, 8, 588, 392)),
}


@pytest.mark.parametrize("how", SAME)
def test_the_same_picture(how: str) -> None:
    """Another quality, size, format or tone is the same picture."""
    for room in range(4):
        found = matches({"one": photo_bytes(room), "other": SAME[how](photo(room))})
        assert [each.level for each in found] == [Level.SAME], room


def test_the_same_pixels() -> None:
    """Other bytes of the same pixels are told from those that are only alike."""
    image = scene(1)
    found = matches({"one": encoded(image), "other": encoded(image, compress_level=6)})
    assert [each.level for each in found] == [Level.PIXELS]


@pytest.mark.parametrize("how", TRANSFORMED)
def test_a_transformed_picture(how: str) -> None:
    """What was mirrored, turned, cropped, framed, captioned, marked or tilted is found."""
    words = {"a caption": "caption", "a mark": "mark"}.get(how, how if "ed by" in how else "")
    for room in range(4):
        image = TRANSFORMED[how](photo(room))
        found = matches({"one": photo_bytes(room), "other": encoded(image)})
        assert [each.level for each in found] == [Level.TRANSFORMED], room
        assert words in found[0].how


def test_the_next_pose() -> None:
    """Poses in one room, on one mat: no two are the same picture, at no level."""
    pictures = {
        f"{room} {pose}": encoded(scene(room, pose), "JPEG", quality=85)
        for room in range(4)
        for pose in range(5)
    }
    assert matches(pictures) == []


def test_another_colour() -> None:
    """A part in another colour of the same brightness is no copy, but a recoloured picture."""
    pictures = {}
    for colour in ("#d04040", "#3a7a3a"):
        image = scene(2)
        ImageDraw.Draw(image).rectangle((200, 120, 330, 300), fill=colour)
        pictures[colour] = encoded(image)
    (found,) = matches(pictures)
    assert (found.level, found.how) == (Level.TRANSFORMED, "recoloured")


def test_without_the_extra() -> None:
    """What needs no aligning is found without OpenCV; a crop is not, and nothing breaks."""
    image = scene(2)
    pictures = {"one": encoded(image), "mirror": encoded(ImageOps.mirror(image))}
    assert [each.level for each in matches(pictures, align=False)] == [Level.TRANSFORMED]
    pictures = {"one": encoded(image), "crop": encoded(image.crop((50, 20, 570, 370)))}
    assert matches(pictures, align=False) == []


def test_half_dark_pictures() -> None:
    """A light and a dark half are not enough to be the same picture."""
    pictures = {}
    for number in range(4):
        image = Image.new("RGB", (600, 400), "white")
        image.paste(scene(number).crop((300, 0, 600, 400)).point(lambda v: v // 4), (300, 0))
        pictures[str(number)] = encoded(image)
    assert matches(pictures) == []


def test_transparency_is_white() -> None:
    """A cut-out on nothing is not a black picture; two cut-outs are told apart."""
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    black = Image.new("RGB", (400, 300), "black")
    pictures = {"clear": encoded(clear), "black": encoded(black)}
    for number in range(2):
        image = clear.copy()
        image.paste(scene(number).resize((200, 150)), (100, 60 + 40 * number))
        pictures[f"cut {number}"] = encoded(image)
    assert matches(pictures) == []
