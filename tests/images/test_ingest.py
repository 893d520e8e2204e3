"""Photos of cameras made fit to be sources."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from conftest import draw
from mediakit.images.ingest import ingest, is_raw
from mediakit.images.opening import UnreadableError


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def phone_photo() -> bytes:
    """Return a photo that was taken sideways, with a place and a camera in it."""
    image = Image.new("RGB", (3200, 1600), "#3366cc")
    ImageDraw.Draw(image).rectangle((0, 0, 400, 1600), fill="#cc0000")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (55.0, 41.0, 1.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def test_a_phone_photo() -> None:
    """Upright, capped, and without place, camera or any other metadata."""
    made = ingest(phone_photo())
    image = opened(made.data)
    assert (made.ending, image.size) == (".jpg", (1200, 2400))
    assert image.size == (made.width, made.height)
    assert not image.getexif()
    assert b"SecretPhone" not in made.data
    assert b"Exif" not in made.data
    top, bottom = image.getpixel((600, 100)), image.getpixel((600, 2300))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]


def test_whose_it_is_stays() -> None:
    """A photo keeps its copyright and artist, and nothing else."""
    made = ingest(with_exif("JPEG", x8298="(c) Ann", x013B="Ann", x010F="Phone"))
    assert dict(opened(made.data).getexif()) == {0x8298: "(c) Ann", 0x013B: "Ann"}


def with_exif(kind: str, **tags: object) -> bytes:
    """Return a small picture with EXIF tags, by their numbers in hex."""
    exif = Image.Exif()
    for name, value in tags.items():
        exif[int(name[1:], 16)] = value
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#3366cc").save(out, kind, exif=exif)
    return out.getvalue()


def test_what_a_camera_gave() -> None:
    """A place, a camera, a side that is up, or a format for no browser tell a photo that is raw."""
    assert is_raw(phone_photo())
    for kind in ("JPEG", "PNG", "WEBP"):
        assert is_raw(with_exif(kind, x010F="Phone")), kind
        assert is_raw(with_exif(kind, x0112=3)), kind
        assert not is_raw(with_exif(kind, x0112=1, x8298="(c) the gym", x013B="A. Photographer")), (
            kind
        )
    assert is_raw(draw(kind="TIFF"))
    out = io.BytesIO()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/' exif:GPSLatitude='55,41N'/>"
    Image.new("RGB", (40, 30)).save(out, "JPEG", xmp=xmp)
    assert is_raw(out.getvalue())


def test_what_is_fit_for_a_site() -> None:
    """What mediakit made of a photo is clean, and so is what nothing can be read of."""
    assert not is_raw(ingest(phone_photo()).data)
    for data in (draw(), draw(kind="GIF"), draw(kind="PNG"), b"", b"no picture", draw()[:40]):
        assert not is_raw(data)


def test_nothing_is_enlarged() -> None:
    """A small photo keeps its size."""
    assert opened(ingest(draw((500, 300))).data).size == (500, 300)


@pytest.mark.parametrize(
    ("kind", "mode", "ending", "written"),
    [
        ("PNG", "RGB", ".png", "PNG"),
        ("PNG", "RGBA", ".png", "PNG"),
        ("WEBP", "RGB", ".jpg", "JPEG"),
        ("WEBP", "RGBA", ".webp", "WEBP"),
        ("TIFF", "RGB", ".jpg", "JPEG"),
        ("BMP", "RGB", ".png", "PNG"),
        ("JPEG", "CMYK", ".jpg", "JPEG"),
    ],
)
def test_formats(kind: str, mode: str, ending: str, written: str) -> None:
    """Drawings keep their pixels, photos become JPEG, and what is transparent stays so."""
    image = Image.new(mode, (400, 300), (200, 30, 30, 90)[: len(mode)])
    ImageDraw.Draw(image).ellipse((50, 50, 300, 250), fill=(10, 90, 200, 255)[: len(mode)])
    out = io.BytesIO()
    image.save(out, kind)
    made = ingest(out.getvalue())
    assert (made.ending, opened(made.data).format) == (ending, written)
    assert opened(made.data).has_transparency_data is (mode == "RGBA")


def test_what_is_refused() -> None:
    """Animations, and what is no whole picture, are said."""
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(UnreadableError, match="moves"):
        ingest(out.getvalue())
    with pytest.raises(UnreadableError):
        ingest(draw()[:3000])
    with pytest.raises(UnreadableError):
        ingest(b"no picture")
