from __future__ import annotations

import io

import numpy as np
import pytest
from drawn import gamma, icc_profile, saved
from msgspec.structs import replace
from PIL import Image, ImageDraw

from mediakit.base.actions import Failure
from mediakit.images.encode import jpeg_quality
from mediakit.images.preset import DEFAULT_PRESETS, Animation, Preset
from mediakit.images.render import PictureSource, Rendered, render

TEASER = DEFAULT_PRESETS[0]


def noise(size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Return what no encoder makes small: grain on a gradient."""
    rng = np.random.default_rng(7)
    ramp = np.linspace(0, 200, size[0])[None, :, None]
    grain = rng.integers(0, 55, (size[1], size[0], 3))
    return Image.fromarray((ramp + grain).astype(np.uint8))


PHOTO = saved(noise(), "JPEG", quality=95)


def made(name: str, preset: Preset = TEASER, data: bytes = PHOTO) -> Rendered | Failure:
    (result,) = render(PictureSource(data), ((name, preset),))
    return result


def weight(name: str, preset: Preset = TEASER, data: bytes = PHOTO) -> int:
    result = made(name, preset, data)
    assert isinstance(result, Rendered), result
    return len(result.data)


@pytest.mark.parametrize("ending", ["jpg", "webp", "avif"])
def test_a_target_is_met_and_not_by_far(ending: str) -> None:
    """With `max_bytes` a file fits, has the size in pixels still, and no quality is given away."""
    name = f"a-320.{ending}"
    free = weight(name)
    limit = free * 3 // 4
    result = made(name, replace(TEASER, max_bytes=limit))
    assert isinstance(result, Rendered)
    assert (result.width, result.height) == (320, 213)
    assert limit * 9 // 10 <= len(result.data) <= limit
    assert Image.open(io.BytesIO(result.data)).size == (320, 213)


def test_a_target_that_is_met_anyway() -> None:
    """What is small enough is not touched."""
    roomy = replace(TEASER, max_bytes=10_000_000)
    assert made("a-320.jpg", roomy) == made("a-320.jpg")


@pytest.mark.parametrize("ending", ["jpg", "webp", "png", "bmp"])
def test_a_target_that_cannot_be_met(ending: str) -> None:
    """Quality has a floor: below it the file is not made, and the message says what to do."""
    result = made(f"a-320.{ending}", replace(TEASER, max_bytes=1000))
    assert isinstance(result, Failure)
    assert result.code == "over-max-bytes"
    assert "limit of 1,000" in result.message
    assert "raise max_bytes of preset teaser" in result.hint


def test_fewer_colours_where_there_is_no_quality() -> None:
    """A PNG comes down by a palette, with its transparency kept."""
    image = noise().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 240, 320))
    data = saved(image, "PNG")
    free = weight("a-320.png", data=data)
    result = made("a-320.png", replace(TEASER, max_bytes=free // 2), data)
    assert isinstance(result, Rendered)
    assert len(result.data) <= free // 2
    small = Image.open(io.BytesIO(result.data))
    assert small.mode == "P"
    assert small.convert("RGBA").getpixel((20, 20))[3] == 0  # type: ignore[index]
    assert small.convert("RGBA").getpixel((300, 20))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize(("kind", "ending"), [("GIF", "gif"), ("PNG", "png")])
def test_no_heavier_than_its_source(kind: str, ending: str) -> None:
    """A source of few colours is not blown up by those that resizing mixes of them."""
    data = saved(noise().quantize(16), kind)
    assert weight(f"a-320.{ending}", data=data) <= len(data)


def test_a_canvas_is_no_copy() -> None:
    """A small source on a large canvas is not spoilt to be as small as that."""
    source = saved(noise((60, 40)).quantize(8), "PNG")
    padded = Preset("padded", (), "-p", 600, 400, fit=TEASER.fit.CONTAIN)
    result = made("a-p.png", padded, source)
    assert isinstance(result, Rendered)
    assert Image.open(io.BytesIO(result.data)).mode == "RGB"


def test_a_moving_gif_is_no_heavier() -> None:
    """A GIF that moves is not larger in bytes for being smaller in pixels."""
    frames = [noise((400, 300)).rotate(90 * turn).quantize(64) for turn in range(3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    assert weight("a-320.gif", replace(TEASER, animation=Animation.KEEP), data) <= len(data)


def test_jpegs_are_baseline_and_bare() -> None:
    """A JPEG variant is baseline, with tables of its own, and no segment but what it needs."""
    result = made("a-320.jpg")
    assert isinstance(result, Rendered)
    image = Image.open(io.BytesIO(result.data))
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    usual = saved(image, "JPEG", qtables=getattr(image, "quantization"), subsampling="4:2:0")  # noqa: B009
    assert len(result.data) < len(usual)


def test_formats_look_alike() -> None:
    """At one quality the three formats differ from the picture by about as much."""
    smooth = noise().resize((320, 213))
    data = saved(smooth, "PNG")
    errors = {}
    for ending in ("jpg", "webp", "avif"):
        result = made(f"a-320.{ending}", data=data)
        assert isinstance(result, Rendered)
        image = Image.open(io.BytesIO(result.data)).convert("L")
        difference = np.asarray(image, float) - np.asarray(smooth.convert("L"), float)
        errors[ending] = float(np.sqrt((difference**2).mean()))
    assert max(errors.values()) <= 1.6 * min(errors.values()), errors


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_hardly_smaller_is_hardly_heavier(kind: str) -> None:
    """A variant of nearly the size of a source of low quality has at most 1.25 times its bytes."""
    coarse = noise((33, 26)).resize((330, 260), Image.Resampling.BICUBIC)
    source = saved(coarse, kind, quality=25)
    assert weight(f"a-320.{kind.lower()}", data=source) <= 1.25 * len(source)


@pytest.mark.parametrize("quality", [25, 50, 75, 82, 95, 100])
def test_the_quality_of_a_jpeg(quality: int) -> None:
    """The tables of a JPEG say the quality that it was saved with."""
    assert abs(jpeg_quality(saved(noise((64, 64)), "JPEG", quality=quality)) - quality) <= 1


def test_no_less_quality_than_the_source() -> None:
    """However light a source, its variant is not poorer than it: the wish has a floor."""
    source = saved(noise((322, 214)), "JPEG", quality=70)
    result = made("a-320.jpg", data=source[:-2] + b"\xff\xd9")
    assert isinstance(result, Rendered)
    assert jpeg_quality(result.data) >= 69


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_flat_graphics_are_lossless_webp(kind: str) -> None:
    """A flat drawing gets no blurred edges, nor many times its bytes, as a WebP."""
    image = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 240, 240), "red")
    draw.line((0, 0, 300, 300), "blue", width=3)
    source = saved(image, kind, lossless=True)
    result = made("a-320.webp", data=source)
    assert isinstance(result, Rendered)
    assert len(result.data) <= 1.25 * len(source)
    assert Image.open(io.BytesIO(result.data)).convert("RGB").tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("ending", "kind", "options"),
    [
        ("jpg", "JPEG", {"quality": 60, "comment": b"SECRET", "xmp": b"SECRET"}),
        ("jpg", "MPO", {"quality": 60, "save_all": True, "append_images": [noise((8, 8))]}),
        ("png", "PNG", {"dpi": (72, 72)}),
        ("webp", "WEBP", {"quality": 40, "xmp": b"SECRET"}),
        ("gif", "GIF", {"comment": b"SECRET"}),
    ],
    ids=["jpg", "mpo", "png", "webp", "gif"],
)
def test_the_same_size_is_the_same_pixels(
    ending: str, kind: str, options: dict[str, object]
) -> None:
    """A variant as large as its source has the source's own coded pixels, and nothing private."""
    drawn = noise((300, 200))
    data = saved(drawn.quantize(8) if kind in {"PNG", "GIF"} else drawn, kind, **options)
    result = made(f"a-320.{ending}", data=data)
    assert isinstance(result, Rendered)
    assert len(result.data) <= len(data)
    assert b"SECRET" not in result.data
    assert b"xmp" not in result.data
    before, after = (Image.open(io.BytesIO(each)).convert("RGB") for each in (data, result.data))
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("turn", ["exif", "profile"])
def test_what_is_turned_or_converted_is_coded_anew(turn: str) -> None:
    """The source's own pixels are no variant where they are not what is seen."""
    exif = Image.Exif()
    exif[0x0112] = 6
    swapped = icc_profile(b"RGB ", gamma(1.0), np.eye(3))
    options = {"exif": exif} if turn == "exif" else {"icc_profile": swapped}
    result = made("a-320.jpg", data=saved(noise((300, 200)), "JPEG", quality=60, **options))
    assert isinstance(result, Rendered)
    image = Image.open(io.BytesIO(result.data))
    assert image.size == ((200, 300) if turn == "exif" else (300, 200))
    plain = made("a-320.jpg", data=saved(noise((300, 200)), "JPEG", quality=60))
    assert isinstance(plain, Rendered)
    assert result.data != plain.data
