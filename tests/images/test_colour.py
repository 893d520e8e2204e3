from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from drawn import error, gamma, icc_profile, parametric, png, quarters, saved, smooth
from PIL import Image, ImageCms

from mediakit.images.colour import normalise, to_srgb
from mediakit.images.decode import decode, load
from mediakit.images.look import grey_pixels

# CIE 1931 chromaticities of the white points (CIE 15), and the Bradford matrix (Lam, 1985)
D65, D50 = (0.3127, 0.3290), (0.3457, 0.3585)
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def srgb_linear(value: np.ndarray) -> np.ndarray:
    """Return light of an sRGB signal (IEC 61966-2-1)."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def srgb_signal(light: np.ndarray) -> np.ndarray:
    clipped = light.clip(0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055)


def romm_linear(value: np.ndarray) -> np.ndarray:
    """Return light of a ROMM signal (ISO 22028-2)."""
    return np.where(value < 16 / 512, value / 16, value**1.8)


def xyz(point: tuple[float, float]) -> np.ndarray:
    return np.array([point[0] / point[1], 1.0, (1 - point[0] - point[1]) / point[1]])


@dataclass(frozen=True)
class Space:
    """Primaries and white as published, the light of a signal, and the same as a TRC."""

    primaries: tuple[tuple[float, float], ...]
    white: tuple[float, float]
    linear: Callable[[np.ndarray], np.ndarray]
    curve: bytes

    def columns(self) -> np.ndarray:
        """Return RGB to XYZ, adapted to D50."""
        points = np.stack([xyz(each) for each in self.primaries], axis=1)
        plain = points * np.linalg.solve(points, xyz(self.white))
        ratio = (BRADFORD @ xyz(D50)) / (BRADFORD @ xyz(self.white))
        return np.asarray(np.linalg.inv(BRADFORD) @ np.diag(ratio) @ BRADFORD @ plain)

    def profile(self, name: str = "drawn") -> bytes:
        return icc_profile(b"RGB ", self.curve, self.columns(), name)

    def to_srgb(self, pixels: np.ndarray) -> np.ndarray:
        """Return 8-bit sRGB of 8-bit pixels, by the book."""
        light = self.linear(pixels / 255) @ self.columns().T
        back = light @ np.linalg.inv(SRGB.columns()).T
        return np.asarray((srgb_signal(back) * 255).round(), np.uint8)

    def holding(self, srgb: np.ndarray) -> np.ndarray:
        """Return 8-bit pixels of this space that show these sRGB colours."""
        light = srgb_linear(srgb / 255) @ SRGB.columns().T @ np.linalg.inv(self.columns()).T
        steps = self.linear(np.arange(256) / 255)
        return np.asarray(np.interp(light, steps, np.arange(256)).round(), np.uint8)


SRGB_CURVE = parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
SRGB = Space(((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)), D65, srgb_linear, SRGB_CURVE)
ADOBE = Space(  # Adobe RGB (1998) Color Image Encoding, version 2005-05
    ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
    D65,
    lambda value: value ** (563 / 256),
    gamma(563 / 256),
)
DISPLAY_P3 = Space(  # SMPTE EG 432-1, with the white and the curve of sRGB
    ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), D65, srgb_linear, SRGB_CURVE
)
PROPHOTO = Space(  # ISO 22028-2 (ROMM RGB)
    ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)),
    D50,
    romm_linear,
    parametric(1.8, 1, 0, 1 / 16, 16 / 512),
)
WIDE = {"adobe": ADOBE, "p3": DISPLAY_P3, "prophoto": PROPHOTO}


def patches() -> Image.Image:
    """Return a lattice of 125 flat colours."""
    steps = np.array([10, 70, 128, 190, 245], np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(5, 25, 3)
    return Image.fromarray(lattice.repeat(4, axis=0).repeat(4, axis=1))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("subject", [smooth, patches])
def test_wide_gamuts(subject: Callable[[], Image.Image], name: str, kind: str) -> None:
    """Adobe RGB, Display P3 and ProPhoto come out in sRGB as computed from their definitions."""
    space = WIDE[name]
    stored = space.holding(np.asarray(subject()))
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(Image.fromarray(stored), kind, icc_profile=space.profile(), **options)
    made = decode(data)
    expected = Image.fromarray(space.to_srgb(stored))
    assert error(made, expected) < 1
    assert np.abs(np.asarray(made, int) - np.asarray(expected, int)).max() <= 4
    assert error(Image.fromarray(stored), expected) > 2, "the profile must matter"


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("scale", [1, 2])
def test_wide_gamut_jpeg(name: str, scale: int) -> None:
    """A wide-gamut JPEG is converted too, also at a scale."""
    space = WIDE[name]
    stored = Image.fromarray(space.holding(np.asarray(smooth((320, 240)))))
    data = saved(stored, "JPEG", quality=98, subsampling=0, icc_profile=space.profile())
    expected = Image.fromarray(space.to_srgb(np.asarray(stored.reduce(scale))))
    assert error(decode(data, scale), expected) < 2
    luma = Image.fromarray(grey_pixels(data, 160)).resize(expected.size)
    assert error(luma, expected.convert("L")) < 3, "grey copies follow the profile too"


def test_alpha_is_not_a_colour() -> None:
    """A conversion leaves alpha as it is."""
    stored = smooth()
    alpha = Image.linear_gradient("L").resize(stored.size)
    stored.putalpha(alpha)
    made = decode(saved(stored, "PNG", icc_profile=ADOBE.profile()))
    assert made.mode == "RGBA"
    assert error(made.getchannel("A"), alpha) == 0
    expected = Image.fromarray(ADOBE.to_srgb(np.asarray(stored.convert("RGB"))))
    assert error(made.convert("RGB"), expected) < 1


def test_palette_is_converted() -> None:
    """The colours of a palette are in the profile of its picture."""
    stored = quarters().convert("P", palette=Image.Palette.ADAPTIVE)
    made = decode(saved(stored, "PNG", icc_profile=PROPHOTO.profile()))
    expected = Image.fromarray(PROPHOTO.to_srgb(np.asarray(quarters())))
    assert error(made, expected) < 1


@pytest.mark.parametrize("exponent", [1.0, 1.8])
@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_profiles(mode: str, exponent: float) -> None:
    """Greys in a linear profile or in gamma 1.8 come out as bright as they are."""
    ramp = Image.linear_gradient("L")
    data = saved(ramp.convert(mode), "PNG", icc_profile=icc_profile(b"GRAY", gamma(exponent)))
    made = decode(data)
    assert made.mode == mode
    light = (np.asarray(ramp) / 255) ** exponent
    expected = Image.fromarray((srgb_signal(light) * 255).round().astype(np.uint8))
    assert error(made.getchannel("L"), expected) < 1
    assert error(ramp, expected) > 2


def test_grey_picture_of_a_colour_profile() -> None:
    """Greys with the profile of a colour picture are read as its neutral colours."""
    ramp = Image.linear_gradient("L")
    made = decode(saved(ramp, "PNG", icc_profile=PROPHOTO.profile()))
    grey = PROPHOTO.to_srgb(np.asarray(ramp.convert("RGB")))[..., 1]
    assert error(made, Image.fromarray(grey)) < 1


@pytest.mark.parametrize(
    "profile",
    [b"\0" * 200, b"x", icc_profile(b"GRAY", gamma(1.0)), ADOBE.profile()[:200]],
    ids=["zeros", "short", "grey", "cut"],
)
def test_wrong_profiles_are_left_out(profile: bytes) -> None:
    """A profile that is broken, or of another kind than the pixels, changes nothing."""
    assert error(decode(saved(smooth(), "PNG", icc_profile=profile)), smooth()) == 0


def test_colour_profile_on_cmyk() -> None:
    """A CMYK picture with the profile of an RGB one comes out like one without."""
    ink = Image.merge("CMYK", (*smooth().split(), Image.new("L", smooth().size, 20)))
    plain = decode(saved(ink, "TIFF"))
    assert error(decode(saved(ink, "TIFF", icc_profile=ADOBE.profile())), plain) == 0


@pytest.mark.parametrize("name", ["Not sRGB", "e-sRGB", "linear sRGB", "sRGB IEC61966-2.1"])
def test_the_name_of_a_profile_proves_nothing(name: str) -> None:
    """A profile that calls itself sRGB, but is another, is converted."""
    stored = ADOBE.holding(np.asarray(smooth()))
    made = decode(saved(Image.fromarray(stored), "PNG", icc_profile=ADOBE.profile(name)))
    assert error(made, Image.fromarray(ADOBE.to_srgb(stored))) < 1


@pytest.mark.parametrize(
    "profile",
    [
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        SRGB.profile(),
        SRGB.profile("anything"),
    ],
    ids=["lcms", "drawn", "unnamed"],
)
def test_srgb_by_any_name_changes_nothing(profile: bytes) -> None:
    """What is sRGB stays as it is to the last bit."""
    assert error(decode(saved(smooth(), "PNG", icc_profile=profile)), smooth()) == 0


def test_profiles_in_threads() -> None:
    """Pictures that share a profile are converted at the same time, and come out the same."""
    data = saved(smooth((640, 480)), "PNG", icc_profile=DISPLAY_P3.profile())
    expected = decode(data)
    with ThreadPoolExecutor(4) as pool:
        assert all(error(made, expected) == 0 for made in pool.map(decode, [data] * 16))


def test_colours_can_wait_for_the_resize() -> None:
    """Converting after a resize, which costs less, gives the same colours as before it."""
    space = DISPLAY_P3
    stored = Image.fromarray(space.holding(np.asarray(smooth((640, 480)))))
    exif = Image.Exif()
    exif[0x0112] = 6
    raster = load(saved(stored, "PNG", icc_profile=space.profile(), exif=exif))
    late = raster.finish(raster.image.resize((160, 120), Image.Resampling.BOX))
    early = raster.finish(raster.image).resize((120, 160), Image.Resampling.BOX)
    assert error(late, early) < 1


@pytest.mark.parametrize("mode", ["YCbCr", "HSV", "RGBX"])
def test_odd_colour_modes(mode: str) -> None:
    """Colour models that hardly any file holds become RGB."""
    assert error(normalise(smooth().convert(mode)), smooth()) < 2


@pytest.mark.parametrize("mode", ["RGBa", "La"])
def test_premultiplied_alpha(mode: str) -> None:
    """Premultiplied pixels become plain ones with the same alpha."""
    plain = {"RGBa": "RGBA", "La": "LA"}[mode]
    image = smooth().convert(plain)
    image.putalpha(128)
    made = normalise(image.convert(mode))
    assert error(made, image) < 2


def test_floats() -> None:
    """Floats are from 0 (black) to 1 (white); what is beyond is clipped."""
    ramp = np.linspace(-0.25, 1.25, 601, dtype=np.float32).reshape(1, -1)
    made = decode(saved(Image.fromarray(ramp), "TIFF"))
    assert made.mode == "L"
    expected = (ramp.clip(0, 1) * 255).round().astype(np.uint8)
    assert np.abs(np.asarray(made, int) - expected).max() <= 1


def test_deep_integers() -> None:
    """32-bit greys are read like those of 16 bits, as older Pillows open 16-bit PNG."""
    ramp = np.linspace(0, 65535, 256).astype(np.int32).reshape(1, -1)
    made = normalise(Image.fromarray(ramp))
    assert made.mode == "L"
    assert np.asarray(made).tolist() == [list(range(256))]


@pytest.mark.parametrize(
    ("ink", "expected"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((128, 0, 0, 128), (63, 127, 127)),
        ((255, 255, 255, 255), (0, 0, 0)),
    ],
)
def test_ink_without_a_profile(ink: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """Without a profile, each ink takes its share of the light, as in browsers."""
    made = to_srgb(Image.new("CMYK", (1, 1), ink), None)
    pixel = made.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    assert max(abs(a - b) for a, b in zip(pixel, expected, strict=True)) <= 1


def test_text_chunks_are_not_profiles() -> None:
    """A PNG whose text chunks have the names of Pillow's own entries is a plain picture."""
    texts = [(b"tEXt", key + b"\0nonsense") for key in (b"icc_profile", b"transparency", b"exif")]
    made = decode(png((2, 1), 8, 2, bytes(6), *texts))
    assert made.mode == "RGB"
