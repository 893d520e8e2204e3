from __future__ import annotations

import io
import struct
import time

import pytest
from drawn import oriented, quarters, saved, smooth
from PIL import Image

from mediakit.images.bare import without_metadata
from mediakit.images.exif import orientation
from mediakit.images.opening import opened
from mediakit.images.private import HEAD, Told, metadata, told_by
from mediakit.images.rights import rights_in
from placed import JPEG, PLACED, XMP, exif, iptc, segment, within, xmp

NOTHING = Told()


def pixels(data: bytes) -> tuple[object, ...]:
    with opened(data) as image:
        return image.mode, image.size, image.info.get("icc_profile"), image.tobytes()


def with_gps(**tags: object) -> bytes:
    found = Image.Exif()
    found.get_ifd(0x8825).update({int(tag[1:], 16): value for tag, value in tags.items()})
    return saved(quarters(), "JPEG", exif=found)


@pytest.mark.parametrize("name", PLACED)
def test_a_place_is_found_and_taken_out(name: str) -> None:
    """Whichever way a picture tells its place, it tells nothing after, and no pixel changes."""
    data = PLACED[name]()
    told = told_by(data)
    assert told is not None
    assert told.place
    bare = without_metadata(data)
    assert bare is not None
    assert told_by(bare) == NOTHING
    assert pixels(bare) == pixels(data)
    assert without_metadata(bare) == bare, "once is enough"


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_stays_turned(kind: str, turned: int) -> None:
    """How a camera was held stays, since browsers turn pictures by it."""
    bare = without_metadata(saved(quarters(), kind, exif=exif(turned)))
    assert bare is not None
    blocks = dict(metadata(bare))
    assert orientation(blocks["exif"]) == turned


def test_whose_it_is_stays() -> None:
    """Copyright, artist and credit stay in EXIF, IPTC and XMP; the camera's owner goes."""
    data = within(
        saved(quarters(), "JPEG", exif=exif()),
        xmp(XMP), iptc(x80="Åse".encode(), x90=b"Odense", x110=b"Agency", x116=b"(c) Ann"),
    )  # fmt: skip
    bare = without_metadata(data)
    assert bare is not None
    kept = rights_in(bare)
    assert kept == rights_in(data)
    assert b"(c) Ann" in kept.exif
    assert b"Ann's" in kept.xmp
    assert b'Marked="True"' in kept.xmp
    assert all(each in kept.iptc for each in ("Åse".encode(), b"Agency", b"(c) Ann"))
    assert not any(each in bare for each in (b"Bob", b"SN-1", b"Fone", b"Odense", b"55,40"))


def test_texts_of_a_png_that_say_whose_it_is_stay() -> None:
    """A PNG keeps its texts of author and copyright, and no other."""
    info = Image.new("RGB", (4, 4))
    out = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    texts = PngInfo()
    for key in ("Author", "Copyright", "Comment", "Software"):
        texts.add_text(key, f"the {key}")
    info.save(out, "PNG", pnginfo=texts)
    bare = without_metadata(out.getvalue())
    assert bare is not None
    assert [key in bare for key in (b"the Author", b"the Copyright", b"the Comment")] == [1, 1, 0]


def test_what_a_browser_shrinks_by_stays() -> None:
    """A resolution with which browsers show a picture smaller stays, with the size it is for."""
    found = oriented(1)
    found[0x011A], found[0x011B], found[0x0128] = 144.0, 144.0, 2
    found.get_ifd(0x8769).update({0xA002: 32, 0xA003: 16})
    bare = without_metadata(saved(quarters(), "JPEG", exif=found))
    assert bare is not None
    with Image.open(io.BytesIO(bare)) as image:
        stored = image.getexif()
    assert (stored[0x011A], stored[0x0128]) == (144, 2)
    assert stored.get_ifd(0x8769) == {0xA002: 32, 0xA003: 16}


def test_no_place_where_a_camera_had_none() -> None:
    """An empty directory of GPS, a version alone, zeros, and empty fields are no place."""
    empty = b"<a photoshop:City='' exif:GPSLatitude=\"\"><exif:GPSLongitude> </exif:GPSLongitude>"
    contact = b"<a Iptc4xmpCore:CiAdrCity='Odense' exif:GPSVersionID='2.2.0.0'>"
    for data in (
        with_gps(x0=b"\2\2\0\0"), with_gps(x2=(0.0, 0.0, 0.0), x4=(0.0, 0.0, 0.0)),
        with_gps(x1d="2024:01:02"), within(JPEG, xmp(empty)), within(JPEG, xmp(contact)),
        within(JPEG, iptc(x90=b" ", x101=b"Denmark")), JPEG, JPEG + bytes(64),
    ):  # fmt: skip
        told = told_by(data)
        assert told is not None
        assert not told.place


def test_what_else_it_tells() -> None:
    """A camera, its number and notes, a thumbnail and names of people are told in words."""
    told = told_by(saved(quarters(), "JPEG", exif=exif(place=False)))
    assert told == Told(
        camera="Fone 12",
        more=("a serial number", "the maker's notes", "the name of the camera's owner"),
    )
    named = told_by(within(JPEG, xmp(b"<Iptc4xmpExt:PersonInImage>")))
    assert named is not None
    assert named.more == ("names of people",)


def test_only_the_beginning_is_needed() -> None:
    """The beginning of a large JPEG tells all, but for one that says that more comes behind."""
    large = JPEG[:-2] + b"\0" * HEAD + b"\xff\xd9"
    assert told_by(large[:HEAD], large[-2:]) == NOTHING
    motion = within(large, xmp(b"GCamera:MotionPhoto='1'"))
    for whole in (motion, large + b"more", within(large, *[segment(0xE2, bytes(65_000))] * 3)):
        assert told_by(whole[:HEAD], whole[-2:]) is None


def hostile() -> dict[str, bytes]:
    """Return JPEGs whose metadata lie."""
    tiff = b"Exif\0\0II*\0" + struct.pack("<I", 8)
    row = struct.pack("<HHII", 0x8825, 4, 1, 0x7FFFFFF0)
    nonsense = b"<" * 60_000
    return {
        "gps-outside": within(JPEG, segment(0xE1, tiff + struct.pack("<H", 1) + row + bytes(4))),
        "many-rows": within(JPEG, segment(0xE1, tiff + b"\xff\xff" + row * 5000)),
        "no-rows": within(JPEG, segment(0xE1, tiff)),
        "loop": within(JPEG, segment(0xE1, tiff + struct.pack("<HI", 0, 8))),
        "iptc": within(JPEG, segment(0xED, b"Photoshop 3.0\x008BIM\4\4\xff\xff\xff\xff\xff\xff")),
        "xmp": within(JPEG, *[xmp(b"gpslatitude   " * 4000)] * 20),
        "declared": within(JPEG, xmp(b'<!DOCTYPE a [<!ENTITY b "c">]>' + XMP)),
        "smuggled": within(JPEG, xmp(XMP.replace(b"Ann's", b"<a GPSLatitude='5'/>"))),
        "deep": within(JPEG, xmp(XMP.replace(b"Ann's", b"<a>" * 9000 + b"</a>" * 9000))),
        "nonsense": within(JPEG, *[segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + nonsense)]),
    }  # fmt: skip


@pytest.mark.parametrize("name", hostile())
def test_metadata_that_lie(name: str) -> None:
    """Lengths and addresses that lie break nothing, and nothing is left where they led."""
    data = hostile()[name]
    bare = without_metadata(data)
    assert bare is not None
    assert told_by(bare) == NOTHING
    assert pixels(bare) == pixels(data)


def test_parts_of_no_length_take_no_time() -> None:
    """An AVIF with very many parts of items, none of which takes a byte, is read at once."""
    item = struct.pack(">HHH", 1, 0, 0xFFFF)
    table = b"\0\0\0\0\0\0" + struct.pack(">H", 0xFFFF) + item * 9000
    iloc = struct.pack(">I4s", 8 + len(table), b"iloc") + table
    meta = struct.pack(">I4s", 12 + len(iloc), b"meta") + bytes(4) + iloc
    start = time.process_time()
    told_by(struct.pack(">I4s", 12, b"ftyp") + b"avif" + meta)
    assert time.process_time() - start < 0.5


def test_a_directory_that_cannot_be_read_counts_as_a_place() -> None:
    """Another program may find what is in it."""
    told = told_by(hostile()["gps-outside"])
    assert told is not None
    assert told.place


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_cut_files_raise_nothing(kind: str) -> None:
    """A file that ends anywhere is judged, and taken apart or left, without an error."""
    data = saved(smooth((32, 32)), kind, **({} if kind == "GIF" else {"exif": exif()}))
    for end in range(0, len(data), 7):
        told_by(data[:end])
        without_metadata(data[:end])


def test_a_jpeg_without_its_end_is_taken_apart() -> None:
    """Browsers show it, so it must not keep its place."""
    data = PLACED["exif.jpg"]()[:-2]
    bare = without_metadata(data)
    assert bare is not None
    assert told_by(bare) == NOTHING


def test_what_cannot_be_taken_apart() -> None:
    """A TIFF is its own metadata; a JPEG whose pixels a lying length swallows shows nothing."""
    assert without_metadata(saved(quarters(), "TIFF", exif=exif())) is None
    assert without_metadata(within(JPEG, b"\xff\xe1\xff\xff")) is None


def test_a_photo_of_an_iphone() -> None:
    """A HEIC keeps its size: its metadata are written over, and its pixels stay where they are."""
    pytest.importorskip("pillow_heif").register_heif_opener()
    data = saved(quarters(), "HEIF", exif=exif(), xmp=XMP, quality=90)
    told = told_by(data)
    assert told is not None
    assert (told.place, told.camera) == (True, "Fone 12")
    bare = without_metadata(data)
    assert bare is not None
    assert (len(bare), told_by(bare)) == (len(data), NOTHING)
    assert pixels(bare) == pixels(data)
    assert b"(c) Ann" in rights_in(bare).exif
