"""Bytes to an opened picture: the content decides the format, and only known ones are tried."""

from __future__ import annotations

import io
import re
import threading
import weakref
from collections import deque
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from mediakit.base.errors import with_extra
from mediakit.base.formats import FORMATS, format_called, format_of
from mediakit.images.boxes import plain_avif, plain_boxes
from mediakit.images.chunks import SCAN, jpeg_segments, plain_png, plain_webp
from mediakit.images.signalled import MARKED, signalled_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray
    from PIL._imaging import ImagingCore

# The limit is part of the preset, and `render` holds it: Pillow's own is one for the process.
Image.MAX_IMAGE_PIXELS = None
# What reads and writes pictures is loaded here: the first threads would do it side by side, and
# a format that is not there yet makes Pillow load all that it has.
Image.preinit()


class UnreadableError(Exception):
    """The bytes are no picture, or a broken one."""


_SPACES = {"L": "GRAY", "RGB": "RGBX"}
"""The bytes of a pixel as Pillow keeps it, by mode."""

_LOSSLESS = re.compile(rb"\xff[\xc3\xc7\xcb\xcf]")
_UNCOMMON = re.compile(rb"\xff[\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")
"""Announces another coding than Huffman's: simplejpeg does not survive all."""

_SEGMENT = re.compile(rb"\xff+[\xc0-\xcf\xdb-\xfe](..)", re.DOTALL)
"""One that has a length. What is no such is passed over, by some readers further than by others."""

_BROKEN = re.compile(
    r"bad Huffman code|premature end of data|extraneous bytes before marker 0x(?:c4|d[0-79a])"
)


def strict_decoder() -> Callable[..., NDArray[np.uint8]] | None:
    """Return the decoder that tells of broken pixels; it loads NumPy."""
    try:
        from simplejpeg import decode_jpeg  # noqa: PLC0415
    except ImportError:  # no wheel for this platform: the same pixels, and no such error
        return None
    found: Callable[..., NDArray[np.uint8]] = decode_jpeg
    return found


_KEPT = 64_000_000
_SPARE: deque[NDArray[np.uint8]] = deque(maxlen=2)
"""Memory of pictures that are gone, for the next ones: as with Pillow's own blocks."""


def spare_room(size: int) -> NDArray[np.uint8]:
    """Return memory for pixels, that of an earlier picture where it is large enough."""
    import numpy as np  # noqa: PLC0415 - simplejpeg has loaded it

    room = _SPARE.pop() if _SPARE else None
    return np.empty(size, np.uint8) if room is None or len(room) < size else room


class JpegFile(JpegImageFile):
    """A JPEG as Pillow opens it, without the resolution in its EXIF: Pillow warns of broken ones.

    If it `is_strict`, pixels are decoded by simplejpeg, which has the same libjpeg as Pillow.
    """

    is_strict = True
    _first: ClassVar = threading.Lock()

    def _read_dpi_from_exif(self) -> None:
        pass

    def load(self) -> Any:  # noqa: ANN401 - what Pillow returns
        """Decode; raises ValueError where what comes out would be garbage."""
        if self.tile:
            assert isinstance(self.fp, io.BytesIO)  # noqa: S101 - what `opened` gives
            data = self.fp.getvalue()
            if not self.quantization and _LOSSLESS.search(data):
                raise ValueError("lossless")
            end = before_scan(data)
            if self.is_strict and self.mode in _SPACES and not _UNCOMMON.search(data, 0, end):
                found = self._sound_pixels(data)
                if found is not None:
                    self.im, self.tile = found, []
        return super().load()

    def _sound_pixels(self, data: bytes) -> ImagingCore | None:
        """Return the pixels, None where Pillow has to decode them, or to say what is wrong.

        They stay where the decoder wrote them: a copy of 12 MP takes a fifth of its time.
        """
        with self._first:
            decode_jpeg = strict_decoder()
        if decode_jpeg is None:
            return None
        scale = self.decoderconfig[0] if self.decoderconfig else 1
        width, height = self.size
        room = spare_room(width * height * (1 if self.mode == "L" else 4))
        try:
            pixels = decode_jpeg(
                data, _SPACES[self.mode],
                min_width=width, min_height=height, min_factor=scale, buffer=room,
            )  # fmt: skip
        except ValueError as error:
            kinds = (kind for kind, _, _ in jpeg_segments(data))
            if _BROKEN.search(str(error)) and SCAN in kinds:  # or else the junk is before it
                raise ValueError("its data are broken, so that parts may be garbage") from error
            return None
        if pixels.shape[:2] != (height, width):
            return None
        if len(room) <= _KEPT:
            weakref.finalize(pixels, _SPARE.append, room).atexit = False
        kind = self.mode, 0, 1
        found: ImagingCore = Image.core.map_buffer(  # type: ignore[attr-defined]
            pixels, self.size, "raw", 0, kind
        )
        return found


def before_scan(data: bytes) -> int:
    """Return the length of what precedes the pixels of a JPEG; all, where readers may not agree."""
    at = 2
    while found := _SEGMENT.match(data, at):
        at = found.start(1) + int.from_bytes(found[1], "big")
    return at if data.startswith(b"\xff\xda", at) else len(data)


def _decoder(place: str) -> Callable[[io.BytesIO], ImageFile.ImageFile]:
    module, _, name = place.partition(":")
    found: Callable[[io.BytesIO], ImageFile.ImageFile] = getattr(import_module(module), name)
    return found


_SIGNATURES = [(re.compile(each.signature, re.DOTALL), each.name)
               for each in FORMATS if each.signature]  # fmt: skip
# Image.open would try all that Pillow has, start Ghostscript for an EPS, and warn about broken
# second pictures of an MPO, of which only the first is wanted.
_DECODERS = {each.name: _decoder(each.decoder)
             for each in FORMATS if each.decoder and not each.extra}  # fmt: skip


_PLAIN = {"PNG": plain_png, "AVIF": plain_avif, "WEBP": plain_webp}
"""What of a file is given to its decoder, which minds more than browsers do."""


_INSTEAD = "JPEG, PNG, WebP or AVIF"
_UNUSUAL = (
    ("12-bit", "this is a JPEG of 12 bits, which browsers do not show: save it with 8"),
    ("lossless", "this is a JPEG without loss, which browsers do not show: save it as usual"),
)
_FOREIGN = (
    (b"\xff\x0a", b"", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", b"", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", b"", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", b"", "JPEG 2000"),
    (b"\0\0\1\0", b"", "ICO"),
    (b"8BPS\0", b"", "Photoshop (PSD)"),
    (b"", b"crx ", "camera raw (CR3)"),
)


def format_in(data: bytes) -> str:
    """Return the name of the format that the bytes begin like; raises UnreadableError."""
    if not data:
        raise UnreadableError("the file is empty")
    for signature, name in _SIGNATURES:
        if signature.match(data):
            return name
    brands = _brands(data)
    for each in FORMATS:
        if brands & each.brands:
            return each.name
    raise UnreadableError(_foreign(data, brands) or "not a picture in a known format")


def _foreign(data: bytes, brands: frozenset[bytes]) -> str:
    """Return what to say of a picture in a format that mediakit does not read, "" for no picture.

    Its bytes are looked at no further.
    """
    for signature, brand, name in _FOREIGN:
        if (signature and data.startswith(signature)) or brand in brands:
            return f"its format is {name}, which mediakit does not read: save it as {_INSTEAD}"
    return ""


@contextmanager
def opened(data: bytes) -> Iterator[ImageFile.ImageFile]:
    """Open a picture; whatever its decoder raises inside becomes UnreadableError."""
    kind = format_in(data)
    factory = _factory(kind)
    try:
        data = plain_boxes(data) if data[4:12] == b"ftypmif3" else data
        with factory(io.BytesIO(_PLAIN[kind](data) if kind in _PLAIN else data)) as image:
            # one call of the decoder for the whole file, not one for each 64 kB
            image.decodermaxblock = max(len(data), ImageFile.MAXBLOCK)
            _mend_info(image, data)
            yield image
    except UnreadableError:
        raise
    except MemoryError:  # says nothing about the picture
        raise
    except Exception as error:  # decoders raise what they like
        raise UnreadableError(_words(error)) from error


def _words(error: Exception) -> str:
    """Return what to say of a decoder's error: in its words where these are about pictures."""
    text = str(error)
    for part, words in _UNUSUAL:
        if part in text:
            return words
    about = isinstance(error, OSError | SyntaxError | ValueError | NotImplementedError)
    return f"damaged picture: {text}" if text and about else "damaged picture: its data are broken"


def _factory(name: str) -> Callable[[io.BytesIO], ImageFile.ImageFile]:
    if name in _DECODERS:
        return _DECODERS[name]
    kind = format_called(name)
    try:
        return _decoder(kind.decoder)
    except ImportError as error:
        label = kind.endings[0][1:].upper()
        raise UnreadableError(f"this is a {label} picture: {with_extra(kind.extra)}") from error


def _brands(data: bytes) -> frozenset[bytes]:
    """Return the brands of an ISO media file (ISO/IEC 14496-12, 4.3), none of other files."""
    if data[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(data[:4], "big"), 256)
    first = 12 if data[8:12] == b"mif3" else 16  # its version is the brand of what is in it
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(first, end, 4))})


def _mend_info(image: ImageFile.ImageFile, data: bytes) -> None:
    """Correct what Pillow keeps beside the pixels: the profile, and what a PNG calls transparent.

    The transparent colour of a PNG gets the 8 bits that its pixels get.
    """
    profile = image.info.pop("icc_profile", None)
    if image.format in MARKED:
        profile = signalled_profile(image.format, data, profile)
    if profile and isinstance(profile, bytes):
        image.info["icc_profile"] = profile
    colour = image.info.get("transparency")
    if image.format != "PNG" or colour is None:
        return
    depth = data[24]  # IHDR is the first chunk
    if image.mode == "1":  # 1 in older Pillows
        image.info["transparency"] = 255 if colour else 0
    elif image.mode == "L" and depth < 8:
        image.info["transparency"] = colour * 255 // (2**depth - 1)
    elif image.mode == "RGB" and depth == 16:
        image.info["transparency"] = tuple(value >> 8 for value in colour)


_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]")
_HEAD = 64 * 1024
"""Bytes in which the root element is looked for: comments and a document type come before it."""


def is_svg(path: str, data: bytes) -> bool:
    """Return whether a file is called `.svg` and looks like one."""
    kind = format_of(path)
    return kind is not None and kind.name == "SVG" and _ROOT.search(data[:_HEAD]) is not None
