from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image, ImageCms

from conftest import draw
from mediakit.base.actions import Failure
from mediakit.base.artifacts import Look
from mediakit.images import render as rendering
from mediakit.images import resize as resizing
from mediakit.images.decode import Raster, is_whole, load, probe
from mediakit.images.look import Limits
from mediakit.images.opening import UnreadableError
from mediakit.images.preset import DEFAULT_PRESETS, Credit, Preset, Truncated
from mediakit.images.render import PictureSource, Rendered, describe, render
from mediakit.images.resize import resize

TEASER, OVERLAY = DEFAULT_PRESETS[0], DEFAULT_PRESETS[1]


def make(data: bytes, name: str = "a-320.jpg", preset: Preset = TEASER) -> Image.Image:
    (made,) = render(PictureSource(data), ((name, preset),))
    assert isinstance(made, Rendered), made
    image = Image.open(io.BytesIO(made.data))
    image.load()
    assert image.size == (made.width, made.height)
    return image


def quarters(size: tuple[int, int] = (800, 400)) -> Image.Image:
    """Return a picture with a colour in each corner: red, green, blue, white."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for number, colour in enumerate(["#ff0000", "#00ff00", "#0000ff", "#ffffff"]):
        at = (number % 2 * width, number // 2 * height)
        image.paste(colour, (*at, at[0] + width, at[1] + height))
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def corner(image: Image.Image) -> tuple[int, ...]:
    pixel = image.convert("RGB").getpixel((image.width // 8, image.height // 8))
    assert isinstance(pixel, tuple)
    return tuple(round(value / 255) for value in pixel)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((900, 600), (320, 213)),
        ((850, 567), (320, 213)),
        ((600, 900), (320, 480)),
        ((321, 1), (320, 1)),
        ((5000, 3), (320, 1)),
        ((20_000, 3), (320, 1)),
        ((300, 200), (300, 200)),
        ((1, 1), (1, 1)),
        ((640, 401), (320, 201)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_sizes(size: tuple[int, int], expected: tuple[int, int], kind: str) -> None:
    """The width is the preset's, the height rounds, and nothing is enlarged or vanishes."""
    assert make(draw(size, kind=kind)).size == expected


def test_both_variants_of_one_decode() -> None:
    """All variants come in the order asked, each at its size."""
    made = render(
        PictureSource(draw((2000, 1000))), (("a-320.jpg", TEASER), ("a-768.jpg", OVERLAY))
    )
    assert [(each.width, each.height) for each in made if isinstance(each, Rendered)] == [
        (320, 160),
        (768, 384),
    ]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("width", [300, 700, 900, 1300, 2500, 4000])
def test_siblings_do_not_matter(width: int, kind: str) -> None:
    """A variant has the same bytes, whichever others are made in the same run."""
    data = saved(quarters().resize((width, width // 4)), kind)
    names = [(f"a{preset.suffix}.jpg", preset) for preset in DEFAULT_PRESETS]
    together = render(PictureSource(data), tuple(names))
    assert together == [render(PictureSource(data), (each,))[0] for each in names]
    assert together[::-1] == render(PictureSource(data), tuple(reversed(names)))


@pytest.mark.parametrize("widest", [1280, 1920, 4000])
def test_one_decode_for_all_widths(widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG is decoded once for all widths up to the widest, and what is made does not vary."""
    data = saved(quarters().resize((4000, 1000)), "JPEG")
    outputs = tuple(
        (f"a{each.suffix}.jpg", each) for each in DEFAULT_PRESETS if each.width <= widest
    )
    alone = [render(PictureSource(data, widest), (each,))[0] for each in outputs]
    source = PictureSource(data, widest)
    decodes: list[int] = []

    def counted(data: bytes, scale: int, *, keep_truncated: bool) -> Raster:
        decodes.append(scale)
        return load(data, scale, keep_truncated=keep_truncated)

    monkeypatch.setattr(rendering, "load", counted)
    assert render(source, outputs) == alone
    assert isinstance(describe(source, Limits(10**8, Truncated.ERROR)), Look)
    assert len(decodes) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation: int, kind: str) -> None:
    """EXIF orientation is applied and dropped: the red corner is where the viewer sees it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    red_at = {
        1: (0, 0),
        2: (1, 0),
        3: (1, 1),
        4: (0, 1),
        5: (0, 0),
        6: (1, 0),
        7: (1, 1),
        8: (0, 1),
    }
    made = make(saved(quarters(), kind, exif=exif), "a-320.png")
    assert made.size == ((320, 160) if orientation < 5 else (320, 640))
    right, low = red_at[orientation]
    at = (right * (made.width - 1), low * (made.height - 1))
    pixel = made.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert max(pixel[1:]) < 60
    assert dict(made.getexif()) == {}


@pytest.mark.parametrize("exif", [b"Exif\x00\x00garbage", b"Exif\x00\x00II*\x00\xff\xff\xff\xff"])
def test_broken_exif(exif: bytes) -> None:
    """A picture with broken EXIF is made as it stands."""
    assert make(saved(quarters(), "JPEG", exif=exif)).size == (320, 160)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_orientation_out_of_range(orientation: int) -> None:
    """A value that means nothing turns nothing."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert corner(make(saved(quarters(), "JPEG", exif=exif))) == (1, 0, 0)


def test_nothing_private_leaks() -> None:
    """GPS, comments, XMP and the EXIF thumbnail stay out of the variant."""
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    data = saved(
        quarters((300, 200)), "JPEG", exif=exif, comment=b"SECRETCOMMENT", xmp=b"<x>SECRETXMP</x>"
    )
    (made,) = render(PictureSource(data), (("a-320.jpg", TEASER),))
    assert isinstance(made, Rendered)
    assert b"SECRET" not in made.data
    assert b"Exif" not in made.data


@pytest.mark.parametrize(
    ("mode", "ending", "expected"),
    [
        ("1", ".png", "L"),
        ("L", ".jpg", "L"),
        ("LA", ".png", "LA"),
        ("LA", ".jpg", "RGB"),
        ("P", ".png", "RGB"),
        ("RGBA", ".png", "RGBA"),
        ("RGBA", ".webp", "RGBA"),
        ("RGBA", ".jpg", "RGB"),
        ("CMYK", ".jpg", "RGB"),
        ("I;16", ".jpg", "L"),
        ("LAB", ".png", "RGB"),
    ],
)
def test_modes(mode: str, ending: str, expected: str) -> None:
    """Every mode comes out as one that browsers show, alpha kept where the format can."""
    source = saved(Image.new(mode, (640, 320)), "TIFF")
    assert make(source, "a-320" + ending).mode == expected


def test_sixteen_bits_do_not_clip() -> None:
    """A 16-bit ramp comes out as a ramp, not as white."""
    ramp = np.tile(np.linspace(0, 65535, 640).astype(np.uint16), (320, 1))
    made = np.asarray(make(saved(Image.fromarray(ramp), "PNG"), "a-320.png"))
    assert abs(float(made.mean()) - 127.5) < 2
    assert made[0, 80] < made[0, 160] < made[0, 240]


def test_one_bit_is_smoothed() -> None:
    """Line drawings get grey levels, not jagged edges."""
    image = Image.new("1", (2000, 1000), 1)
    image.paste(0, (0, 0, 1003, 501))
    made = make(saved(image, "PNG"), "a-320.png")
    colours = made.getcolors()
    assert colours is not None
    assert len(colours) > 2


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_on_the_background(mode: str) -> None:
    """Hidden colours never show: transparent pixels come out as the background."""
    image = Image.new("RGBA", (640, 320), (0, 0, 0, 0)).convert("LA" if mode == "LA" else "RGBA")
    if mode == "PA":
        image = image.quantize()
    red = replace(TEASER, background="#ff0000")
    assert corner(make(saved(image, "PNG"), preset=red)) == (1, 0, 0)


def test_no_dark_fringe() -> None:
    """A white shape on transparent black keeps white edges."""
    image = Image.new("RGBA", (1000, 1000), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (251, 251, 747, 747))
    made = np.asarray(make(saved(image, "PNG"), "a-320.png").convert("RGBA"))
    assert made[made[..., 3] > 8][:, :3].min() > 240


def test_cmyk_is_not_inverted() -> None:
    """An Adobe CMYK file has its colours, not their negative."""
    data = saved(Image.new("CMYK", (640, 320), (0, 255, 255, 0)), "JPEG")
    assert corner(make(data)) == (1, 0, 0)


def test_wide_gamut_is_converted() -> None:
    """A picture in another profile keeps the colours that its author saw."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = make(saved(quarters(), "PNG"), "a-320.png")
    tagged = make(saved(quarters(), "PNG", icc_profile=srgb), "a-320.png")
    assert np.abs(np.asarray(plain, int) - np.asarray(tagged, int)).max() == 0
    garbage = make(saved(quarters(), "PNG", icc_profile=b"\0" * 200), "a-320.png")
    assert corner(garbage) == (1, 0, 0)
    assert "icc_profile" not in tagged.info


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animation_gives_its_first_frame(kind: str) -> None:
    """A still variant of an animation is its first frame."""
    frames = [Image.new("RGB", (640, 320), colour) for colour in ("red", "lime", "blue")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, loop=0)
    assert corner(make(data)) == (1, 0, 0)


def test_the_content_decides_not_the_name() -> None:
    """The output's name decides its format, the source's bytes how they are read."""
    assert make(saved(quarters(), "PNG"), "a-320.jpg").format == "JPEG"
    assert make(saved(quarters(), "JPEG"), "a-320.png").format == "PNG"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"<html>not found</html>", "not a picture"),
        (draw()[: len(draw()) // 2], "truncated"),
        (draw(progressive=True)[: len(draw(progressive=True)) // 2], "truncated"),
    ],
)
def test_broken_sources_fail_as_values(data: bytes, what: str) -> None:
    """What cannot be decoded is a failure with its reason, never an exception or a grey picture."""
    (made,) = render(PictureSource(data), (("a-320.jpg", TEASER),))
    assert isinstance(made, Failure)
    assert what in made.message
    assert not is_whole(data)


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header claims a huge size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_bombs_are_refused_by_their_header() -> None:
    """The pixel limit of the preset holds before anything is decoded."""
    (made,) = render(PictureSource(bomb(20_000, 20_000)), (("a-320.jpg", TEASER),))
    assert isinstance(made, Failure)
    assert "over the limit of 250,000,000" in made.message
    small = replace(TEASER, max_pixels=1000)
    (refused,) = render(PictureSource(draw()), (("a-320.jpg", small),))
    assert isinstance(refused, Failure)


def test_unknown_format_fails_alone() -> None:
    """An ending that nobody can write fails by itself; its neighbour is made."""
    lone, made = render(PictureSource(draw()), (("a-320.xyz", TEASER), ("a-768.jpg", OVERLAY)))
    assert isinstance(lone, Failure)
    assert isinstance(made, Rendered)


def test_large_jpegs_are_decoded_small() -> None:
    """A JPEG is decoded at a scale, and comes out like the full decode."""
    source = Image.effect_noise((500, 125), 5).convert("RGB")
    source = source.resize((4000, 1000), Image.Resampling.BICUBIC)
    data = saved(source, "JPEG", quality=95)
    made = np.asarray(make(data, "a-768.png", OVERLAY), int)
    full = np.asarray(
        Image.open(io.BytesIO(data)).resize((768, 192), Image.Resampling.LANCZOS), int
    )
    assert np.abs(made - full).mean() < 1.5


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_both_resizers_agree(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """Where there is no SIMD wheel, Pillow gives the same picture, but for rounding at edges."""
    image = quarters().convert(mode)
    fast = np.asarray(resize(image, (320, 160)), int)
    monkeypatch.setattr(resizing, "simd", None)
    slow = np.asarray(resize(image, (320, 160)), int)
    difference = np.abs(fast - slow)
    assert difference.mean() < 0.05
    assert difference.max() <= 4


def test_probe_gives_the_displayed_size() -> None:
    """A sideways picture has the size in which it is shown."""
    exif = Image.Exif()
    exif[0x0112] = 6
    size = probe(saved(quarters(), "JPEG", exif=exif))
    assert (size.width, size.height) == (400, 800)
    with pytest.raises(UnreadableError):
        probe(b"nonsense")


@given(st.integers(1, 50_000), st.integers(1, 50_000))
def test_size_law(width: int, height: int) -> None:
    """Whatever the source, a variant is never wider, never taller, never empty."""
    made = TEASER.place(width, height).size
    assert 1 <= made[0] <= min(width, TEASER.width)
    assert 1 <= made[1] <= height


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]),
)
def test_arbitrary_bytes(data: bytes, magic: bytes) -> None:
    """No bytes make a worker raise."""
    (made,) = render(PictureSource(magic + data), (("a-320.jpg", TEASER),))
    assert isinstance(made, Failure | Rendered)


def test_fingerprint_covers_what_shows() -> None:
    """A change of width, quality or background makes variants stale; a change of name does not."""
    prints = {
        replace(TEASER, **change).fingerprint("a-320.jpg")
        for change in ({}, {"width": 321}, {"quality": 83}, {"background": "#000000"})
    }
    assert len(prints) == 4
    assert replace(TEASER, name="x", suffix="-x").fingerprint("a.jpg") == TEASER.fingerprint(
        "a.jpg"
    )


def test_truncated_is_kept_where_asked() -> None:
    """`truncated = "keep"` makes what there is; the preset beside it still fails."""
    whole = draw((1600, 1200))
    kept = replace(OVERLAY, truncated=Truncated.KEEP)
    made, failed = render(
        PictureSource(whole[: len(whole) // 2]), (("a-768.jpg", kept), ("a-320.jpg", TEASER))
    )
    assert isinstance(made, Rendered)
    assert (made.width, made.height) == (768, 576)
    assert isinstance(failed, Failure)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
def test_credits_are_kept_where_asked(kind: str) -> None:
    """Copyright and artist stay, and nothing else does."""
    exif = Image.Exif()
    exif[0x8298], exif[0x013B], exif[0x010F], exif[0x0112] = "(c) Ada", "Ada", "SECRET", 6
    data = saved(quarters(), "JPEG", exif=exif)
    preset = replace(TEASER, credits=(Credit.COPYRIGHT, Credit.ARTIST))
    made = make(data, f"a-320.{kind}", preset)
    assert dict(made.getexif()) == {0x8298: "(c) Ada", 0x013B: "Ada"}
    assert made.size == (320, 640)
    assert dict(make(data, f"a-320.{kind}").getexif()) == {}
