from __future__ import annotations

import io
import struct

import pytest
from drawn import MARK, quarters, saved
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from conftest import draw
from mediakit.images import exif
from mediakit.images.exif import read_credits

BOTH = frozenset({"copyright", "artist"})
ARTIST, COPYRIGHT = 0x013B, 0x8298


def tagged(**more: str) -> Image.Exif:
    found = Image.Exif()
    found[ARTIST] = more.get("artist", "Anna Berg")
    found[COPYRIGHT] = more.get("copyright", "(c) 2026 Berg")
    found[0x0112] = 6
    found[0x010F] = MARK.decode()
    found[0x0131] = MARK.decode()
    found.get_ifd(0x8825)[1] = "N"
    found.get_ifd(0x8825)[29] = MARK.decode()
    found.get_ifd(0x8769)[0xA431] = MARK.decode()
    return found


def read(data: bytes) -> dict[int, object]:
    """Return all tags of credits, as another program reads them."""
    found = Image.Exif()
    found.load(data)
    assert not found.get_ifd(0x8825)
    assert not found.get_ifd(0x8769)
    assert not found.get_ifd(ExifTags.IFD.IFD1)
    return dict(found)


def iptc(*sets: tuple[int, bytes], record: int = 2) -> bytes:
    """Return a JPEG with an IPTC block (in Photoshop's resource 0x0404)."""
    block = b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(value)) + value for number, value in sets
    )
    resource = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(block)) + block
    body = b"Photoshop 3.0\0" + resource + bytes(len(block) % 2)
    data = draw((64, 32))
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + data[2:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_kept_tags(kind: str) -> None:
    """Copyright and artist are kept as configured; nothing else gets in."""
    data = saved(quarters(), kind, exif=tagged())
    assert read(read_credits(data, BOTH)) == {ARTIST: "Anna Berg", COPYRIGHT: "(c) 2026 Berg"}
    assert read(read_credits(data, frozenset({"artist"}))) == {ARTIST: "Anna Berg"}
    assert read(read_credits(data, frozenset({"copyright"}))) == {COPYRIGHT: "(c) 2026 Berg"}
    assert read_credits(data, frozenset()) == b""
    assert MARK not in read_credits(data, BOTH)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_credits_can_be_written(kind: str) -> None:
    """What is read goes into a variant as it is, and comes out of that again."""
    kept = read_credits(saved(quarters(), "JPEG", exif=tagged()), BOTH)
    again = saved(quarters(), kind, exif=kept)
    assert read_credits(again, BOTH) == kept


@pytest.mark.parametrize("texts", [("Bo", "c"), ("Ærø", "© 2026"), ("a" * 9000, "b" * 9001)])
def test_texts_of_all_kinds(texts: tuple[str, str]) -> None:
    """Short, accented and very long texts are kept, the last up to what a JPEG has room for."""
    built = exif.build({ARTIST: texts[0], COPYRIGHT: texts[1]})
    data = saved(quarters(), "JPEG", exif=built)
    kept = read_credits(data, BOTH)
    assert exif.texts(kept) == {
        ARTIST: texts[0][:4096],
        COPYRIGHT: texts[1][:4096],
    }


def test_nothing_to_keep() -> None:
    """A picture without credits, with empty ones, or of no format, gives nothing."""
    assert read_credits(draw(), BOTH) == b""
    empty = saved(quarters(), "JPEG", exif=tagged(artist=" ", copyright=""))
    assert read_credits(empty, BOTH) == b""
    assert read_credits(b"no picture", BOTH) == b""
    assert read_credits(b"", BOTH) == b""


def test_iptc_stands_in() -> None:
    """Without EXIF, by-line and copyright notice of IPTC count; two by-lines are joined."""
    data = iptc((80, b"Anna Berg"), (80, "Bo Ærø".encode()), (116, b"(c) Berg"), (120, MARK))
    kept = read_credits(data, BOTH)
    assert exif.texts(kept) == {ARTIST: "Anna Berg; Bo Ærø", COPYRIGHT: "(c) Berg"}
    assert MARK not in kept
    latin = read_credits(iptc((80, "Bo Ærø".encode("latin-1"))), BOTH)
    assert exif.texts(latin) == {ARTIST: "Bo Ærø"}
    assert read_credits(iptc((80, b"x"), record=1), BOTH) == b""


def test_exif_counts_before_iptc() -> None:
    """What is in EXIF is not replaced; what is missing there comes from IPTC."""
    data = iptc((80, b"of iptc"), (116, b"notice of iptc"))
    built = exif.build({ARTIST: "of exif"})
    body = struct.pack(">H", len(built) + 2) + built
    both = data[:2] + b"\xff\xe1" + body + data[2:]
    assert exif.texts(read_credits(both, BOTH)) == {
        ARTIST: "of exif",
        COPYRIGHT: "notice of iptc",
    }


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0II*\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x3b\0\2\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
)
def test_broken_exif(broken: bytes) -> None:
    """Broken EXIF has no credits and no orientation, and is no error."""
    assert read_credits(saved(quarters(), "JPEG", exif=broken), BOTH) == b""
    assert exif.orientation(broken) == 1


WHOLE = saved(quarters(), "JPEG", exif=tagged())
BLOCK = tagged().tobytes()


@given(st.binary(max_size=300), st.sampled_from([b"", b"Exif\0\0II*\0", b"Exif\0\0MM\0*"]))
def test_any_exif(data: bytes, magic: bytes) -> None:
    """No bytes make the reading of EXIF raise, nor the orientation leave its range."""
    assert 1 <= exif.orientation(magic + data) <= 8
    assert set(exif.texts(magic + data)) <= {ARTIST, COPYRIGHT}


@given(st.integers(0, len(BLOCK) - 1), st.integers(0, 255), st.integers(0, len(BLOCK)))
def test_damaged_exif(place: int, value: int, end: int) -> None:
    """A byte changed and an end cut off never let another tag in."""
    damaged = bytearray(BLOCK)
    damaged[place] = value
    kept = read_credits(saved(quarters(), "JPEG", exif=bytes(damaged[:end])), BOTH)
    assert set(exif.texts(kept)) <= {ARTIST, COPYRIGHT}
    if kept:
        assert set(read(kept)) <= {ARTIST, COPYRIGHT}


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_damaged_pictures(place: int, value: int, end: int) -> None:
    """No damage to a picture makes the reading of its credits raise."""
    damaged = bytearray(WHOLE)
    damaged[place] = value
    assert isinstance(read_credits(bytes(damaged[:end]), BOTH), bytes)


def test_thumbnails_are_not_kept() -> None:
    """The small picture inside EXIF, which shows what was cropped away, stays behind."""
    thumb = saved(Image.new("RGB", (16, 16)), "JPEG", comment=MARK)
    block = exif.build({ARTIST: "Anna Berg"})
    at = len(block) - 6
    directory = struct.pack(">HHHIIHHIII", 2, 0x0201, 4, 1, at + 30, 0x0202, 4, 1, len(thumb), 0)
    # the offset of the second directory follows the only entry of the first
    linked = block[:28] + struct.pack(">I", at) + block[32:] + directory + thumb
    data = saved(quarters(), "JPEG", exif=linked)
    opened = Image.open(io.BytesIO(data))
    assert opened.getexif().get_ifd(ExifTags.IFD.IFD1)[0x0202] == len(thumb), (
        "the fixture has a thumbnail"
    )
    kept = read_credits(data, BOTH)
    assert exif.texts(kept) == {ARTIST: "Anna Berg"}
    assert MARK not in kept
    assert b"\xff\xd8" not in kept
