"""BMP in all its kinds, as browsers show them: any bit fields, alpha, gaps of RLE, profiles.

Sources: Microsoft's documentation of BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER, and of
the OS/2 headers. Where these leave a choice, Chromium 150 is the judge.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageFile

from mediakit.images.signalled import power_profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PLAIN, _RLE8, _RLE4, _FIELDS, _OTHER, _PNG, _ALPHA_FIELDS = range(7)
_OLDEST, _USUAL, _V3, _OS2, _V4, _V5 = 12, 40, 56, 64, 108, 124
_DEPTHS = {
    _PLAIN: {1, 2, 4, 8, 16, 24, 32}, _RLE8: {8}, _RLE4: {4}, _FIELDS: {16, 32}, _OTHER: {24},
    _ALPHA_FIELDS: {16, 32},
}  # fmt: skip
_STRIP = 64  # rows
_USUAL_MASKS = {16: (0x7C00, 0x3E0, 0x1F), 32: (0xFF0000, 0xFF00, 0xFF)}


@dataclass(frozen=True, slots=True)
class Header:
    """What a BMP says of its pixels; `masks` are those of red, green, blue and alpha."""

    length: int
    width: int
    height: int
    from_top: bool
    bits: int
    coding: int
    masks: tuple[int, ...]
    start: int
    used: int


class BmpFile(ImageFile.ImageFile):
    """A BMP as a picture of Pillow: RGB, or RGBA where anything is transparent."""

    format = "BMP"
    format_description = "Windows Bitmap"

    def _open(self) -> None:
        assert self.fp is not None  # noqa: S101 - Pillow opens with one
        self._data = self.fp.read()
        self._header = read_header(self._data)
        self._size = self._header.width, self._header.height
        self._mode = "RGB"
        self._is_read = False
        self.tile = [ImageFile._Tile("bmp", (0, 0, *self._size), 0, None)]  # noqa: SLF001 - Pillow's only one
        profile = _profile(self._data, self._header)
        if profile:
            self.info["icc_profile"] = profile

    def load(self) -> Any:  # noqa: ANN401 - what Pillow returns
        """Read the pixels; of a cut file, those that there are, once `tile` was emptied."""
        if not self._is_read:
            image = pixels(self._data, self._header, keep_cut=not self.tile)
            self.im = image.im
            self._mode, self._is_read, self.tile = image.mode, True, []
        return super().load()


def read_header(data: bytes) -> Header:
    """Return the header; raises ValueError for one of a kind that is not read."""
    (start,) = struct.unpack_from("<I", data, 10)
    (length,) = struct.unpack_from("<I", data, 14)
    coding, used = _PLAIN, 0
    if length == _OLDEST:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
        if length >= _USUAL:
            coding, used = *struct.unpack_from("<I", data, 30), *struct.unpack_from("<I", data, 46)
    _check_kind(length, bits, coding)
    if width <= 0 or not height:
        raise ValueError("it has no pixels")
    masks = _masks(data, length, bits, coding)
    return Header(length, width, abs(height), height < 0, bits, coding, masks, start, used)


def _masks(data: bytes, length: int, bits: int, coding: int) -> tuple[int, ...]:
    """Return the bits of red, green, blue and alpha, which a long header has in any case."""
    masks: tuple[int, ...] = _USUAL_MASKS.get(bits, (0, 0, 0))
    if coding in {_FIELDS, _ALPHA_FIELDS}:
        masks = struct.unpack_from("<III", data, 54)
    has_alpha = coding == _ALPHA_FIELDS or length >= (_V3 if coding == _FIELDS else _V4)
    if bits in _USUAL_MASKS and has_alpha:
        return (*masks, *struct.unpack_from("<I", data, 66))
    return (*masks, 0)


def _check_kind(length: int, bits: int, coding: int) -> None:
    if length == _OS2 and coding == _FIELDS:
        raise ValueError("its pixels are coded like a fax (Huffman), which mediakit does not read")
    if length != _OS2 and coding in {_OTHER, _PNG}:
        inside = "JPEG" if coding == _OTHER else "PNG"
        raise ValueError(f"it is a {inside} inside of a BMP, which mediakit does not read")
    if bits not in _DEPTHS.get(coding, ()):
        raise ValueError(f"a BMP of {bits} bits in coding {coding} is of no known kind")


def pixels(data: bytes, header: Header, *, keep_cut: bool = False) -> Image.Image:
    """Return the picture; raises ValueError where pixels are missing and `keep_cut` is not said."""
    import numpy as np  # noqa: PLC0415 - only for this rare format

    made = np.empty((header.height, header.width, 4), np.uint8)
    if header.coding in {_RLE8, _RLE4, _OTHER}:
        values, seen = _runs(data, header, keep_cut=keep_cut)
        made[..., :3] = _coloured(values, data, header)[..., :3]
        made[..., 3] = seen * np.uint8(255)
    else:
        rows = _rows(data, header, keep_cut=keep_cut)
        for top in range(0, header.height, _STRIP):  # values take several times the memory
            values = _values(rows[top : top + _STRIP], header)
            made[top : top + _STRIP] = _coloured(values, data, header)
    alpha = made[..., 3]
    if not alpha.any() or (alpha == 255).all():
        made = made[..., :3]
    return Image.fromarray(np.ascontiguousarray(made if header.from_top else made[::-1]))


def _coloured(values: NDArray[np.uint32], data: bytes, header: Header) -> NDArray[np.uint8]:
    """Return red, green, blue and alpha of stored values; 0 of alpha where there is none."""
    import numpy as np  # noqa: PLC0415

    made = np.zeros((*values.shape, 4), np.uint8)
    if header.bits <= 8:
        made[..., :3] = _palette(data, header)[values]
    else:
        masks = header.masks if header.bits != 24 else (*_USUAL_MASKS[32], 0)
        for at, mask in enumerate(masks):
            made[..., at] = _channel(values, mask)
    return made


def _channel(values: NDArray[np.uint32], mask: int) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    if not mask:
        return values & 0
    low = (mask & -mask).bit_length() - 1
    top = mask >> low
    if top == 255:
        return values >> np.uint32(low) & np.uint32(255)
    part = (values & mask).astype("u8") >> low
    return (part * 255 + top // 2) // top


def _rows(data: bytes, header: Header, *, keep_cut: bool) -> NDArray[np.uint8]:
    """Return the bytes of each row, as they are stored."""
    import numpy as np  # noqa: PLC0415

    stride = (header.width * header.bits + 31) // 32 * 4
    raw = data[header.start : header.start + stride * header.height]
    padding = stride - (header.width * header.bits + 7) // 8  # which the last row may lack
    is_cut = len(raw) < stride * header.height - padding
    if is_cut and not (keep_cut and len(raw) >= stride):
        raise ValueError("image file is truncated")
    raw = raw.ljust(stride * header.height, b"\0")
    return np.frombuffer(raw, np.uint8).reshape(header.height, stride)


def _values(rows: NDArray[np.uint8], header: Header) -> NDArray[np.uint32]:
    """Return the value of each pixel as it is stored."""
    import numpy as np  # noqa: PLC0415

    if header.bits < 8:
        at = np.arange(header.width) * header.bits
        shifts = 8 - header.bits - at % 8
        mask = (1 << header.bits) - 1
        return np.asarray(rows[:, at // 8] >> shifts & mask, np.uint32)
    count = header.bits // 8
    parts = rows[:, : header.width * count].reshape(len(rows), header.width, count)
    values = np.zeros(parts.shape[:2], np.uint32)
    for each in range(count):
        values |= parts[..., each].astype(np.uint32) << np.uint32(8 * each)
    return values


def _palette(data: bytes, header: Header) -> NDArray[np.uint8]:
    """Return the colours of all values, black for those that are not in the file."""
    import numpy as np  # noqa: PLC0415

    size = 3 if header.length == _OLDEST else 4
    at = 14 + header.length
    most = 1 << header.bits
    count = min(header.used or most, most, max(0, len(data) - at) // size)
    found = np.zeros((256, 3), np.uint8)
    entries = np.frombuffer(data, np.uint8, count * size, at).reshape(count, size)
    found[:count] = entries[:, 2::-1]
    return found


class _Place(NamedTuple):
    x: int
    y: int


def _runs(
    data: bytes, header: Header, *, keep_cut: bool
) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Return the pixels of runs, and which there are: what is skipped is transparent."""
    import numpy as np  # noqa: PLC0415

    values = np.zeros((header.height, header.width), np.uint32)
    seen = np.zeros(values.shape, bool)
    step = header.bits // 8 or 1
    at, place = header.start, _Place(0, 0)
    while place.y < header.height:
        if at + 2 > len(data):
            if keep_cut and seen.any():
                break
            raise ValueError("image file is truncated")
        count, code = data[at], data[at + 1]
        if count:  # a run
            raw, number, at = data[at + 1 : at + 1 + step], count, at + 1 + step
            raw *= count if header.bits >= 8 else (count + 1) // 2
        elif code > 2:  # single pixels
            length = code * step if header.bits >= 8 else (code + 1) // 2
            raw, number, at = data[at + 2 : at + 2 + length], code, at + 2 + length + length % 2
        elif code == 1:
            break
        else:
            skip = (data[at + 2 : at + 4].ljust(2, b"\0")) if code else (-place.x, 1)
            place = _Place(place.x + skip[0], place.y + skip[1])
            at += 4 if code else 2
            continue
        found = _unpacked(raw, header.bits)[: max(0, min(number, header.width - place.x))]
        values[place.y, place.x : place.x + len(found)] = found
        seen[place.y, place.x : place.x + len(found)] = True
        place = _Place(place.x + number, place.y)
    return values, seen


def _unpacked(raw: bytes, bits: int) -> NDArray[np.uint32]:
    import numpy as np  # noqa: PLC0415

    part = np.frombuffer(raw, np.uint8).astype(np.uint32)
    if bits == 4:
        return np.stack((part >> 4, part & 15), axis=-1).ravel()
    if bits == 24:
        part = part[: len(part) // 3 * 3].reshape(-1, 3)
        return part @ np.array([1, 1 << 8, 1 << 16], np.uint32)
    return part


_SIGN = b"DEBM"  # MBED, as the number it is
_MATRIX = b"\0\0\0\0"


def _profile(data: bytes, header: Header) -> bytes | None:
    if header.length < _V4:
        return None
    sign = data[70:74]
    if sign == _SIGN and header.length >= _V5:
        offset, size = struct.unpack_from("<II", data, 126)
        return data[14 + offset : 14 + offset + size] or None
    if sign != _MATRIX:
        return None
    ends = struct.unpack_from("<9i", data, 74)
    points = [ends[each : each + 3] for each in (0, 3, 6)]
    gamma = max(struct.unpack_from("<3I", data, 110)) / 65536
    if not gamma or min(map(sum, points)) <= 0:
        return None
    white = tuple(map(sum, zip(*points, strict=True)))
    red, green, blue, whole = ((x / (x + y + z), y / (x + y + z)) for x, y, z in (*points, white))
    return power_profile((red, green, blue, whole), gamma)
