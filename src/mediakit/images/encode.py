"""Pixels to a file's bytes, bare but for credits; the name's ending decides the format.

A variant needs no better quality than its source was saved with.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mediakit.base.formats import format_of
from mediakit.images.chunks import jpeg_segments, webp_chunks
from mediakit.images.colour import flatten
from mediakit.images.preset import quality_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PIL import Image

    from mediakit.base.formats import Format
    from mediakit.images.preset import Preset

_POOREST = 30
"""The lowest quality to make a file small enough: below, blocks are all that is visible."""

ROOM = 1.25
"""How many times the bytes of its source a variant of nearly the same size may have."""

_PALETTES = (256, 128, 64, 32, 16)


@dataclass(frozen=True, slots=True)
class Reel:
    """The frames of a picture, of one size and mode; `plays` says how often, 0 for ever."""

    frames: tuple[Image.Image, ...]
    milliseconds: tuple[int, ...] = ()
    plays: int = 1


Source = tuple[bytes, str]
"""The file of the source, and the name of its format."""


def encode(
    reel: Reel, name: str, preset: Preset, *, exif: bytes = b"", source: Source | None = None
) -> bytes:
    """Encode for a file called `name`; the first frame where the format cannot move.

    What is heavier than its `source` is tried again with less quality or fewer colours, as long as
    it looks the same; what is over `max_bytes` of the preset, down to a floor. The result may still
    be larger.

    Raises:
        OSError, ValueError: the format cannot hold the picture.
    """
    kind = format_of(name)
    if kind is None or not kind.written:
        raise ValueError(f"no encoder for {PurePosixPath(name).suffix or 'a name without ending'}")
    frames = reel.frames if kind.animated else reel.frames[:1]
    if not kind.alpha:
        frames = tuple(flatten(frame, preset.background) for frame in frames)
    common = _timing(kind, reel) if len(frames) > 1 else {}
    if exif and kind.exif:
        common["exif"] = exif
    file = _File(frames, kind, common)
    if kind.qualities:
        return _in_quality(file, preset, source)
    return _in_colours(file, preset, source)


@dataclass(frozen=True, slots=True)
class _File:
    """What is to be saved, and the options that all tries share."""

    frames: Sequence[Image.Image]
    kind: Format
    common: dict[str, Any]

    def save(self, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
        bare = [frame.copy() if frame.info else frame for frame in self.frames]
        for frame in bare:
            frame.info = {}  # Pillow carries comments and profiles over from there
        return self._saved(bare, options)

    def in_colours(self, most: int) -> tuple[bytes, bool]:
        """Return the file in at most `most` colours, and whether it looks the same."""
        from mediakit.images.palette import in_colours  # noqa: PLC0415 - it loads NumPy

        few = in_colours(self.frames, most, has_own=self.kind.name == "GIF")
        # not in `info` of the frames, from where Pillow 13 makes palettes of four channels
        clear = {} if few.transparent is None else {"transparency": few.transparent}
        return self._saved(few.frames, clear), few.alike

    def _saved(self, frames: Sequence[Image.Image], options: dict[str, Any]) -> bytes:
        if len(frames) > 1:
            options["append_images"] = frames[1:]
        out = io.BytesIO()
        frames[0].save(out, self.kind.name, **self.common, **options)
        return out.getvalue()


def _in_quality(file: _File, preset: Preset, source: Source | None) -> bytes:
    name = file.kind.name
    best, poorest = quality_of(preset.quality, name) or 0, quality_of(_POOREST, name) or 0
    # baseline: progressive saves 0.4 to 3 % of the bytes for twice the time
    others = {"optimize": True} if file.kind.name == "JPEG" else {}

    def save(quality: int) -> bytes:
        return file.save(quality=quality, **others)

    made = save(best)
    if source is not None and len(made) > ROOM * len(source[0]):
        least = least_quality(*source, name)
        if least is not None:
            floor = min(best, quality_of(max(least, 1), name) or best)
            aim = int(ROOM * len(source[0]))
            made = _first_within(save, range(best, floor - 1, -1), aim, made)
        elif name == "WEBP" and is_lossless(*source):
            made = min(made, file.save(lossless=True), key=len)
    limit = preset.max_bytes
    if limit is not None and len(made) > limit:
        made = _first_within(save, range(best, min(best, poorest) - 1, -1), limit, made)
    return made


def _first_within(
    save: Callable[[int], bytes], qualities: Sequence[int], most: int, best: bytes
) -> bytes:
    """Return the best of `qualities` that has at most `most` bytes, or else the last of them."""
    if len(qualities) == 1:
        return best
    best, low, high = save(qualities[-1]), 1, len(qualities) - 1
    if len(best) > most:
        return best
    while low < high:
        middle = (low + high) // 2
        data = save(qualities[middle])
        if len(data) <= most:
            best, high = data, middle
        else:
            low = middle + 1
    return best


def _in_colours(file: _File, preset: Preset, source: Source | None) -> bytes:
    """Return the best that has the bytes asked for: fewer colours can weigh more.

    Where nothing has, and only the weight of the source asks, the lightest that looks the same.
    """
    made = file.in_colours(_PALETTES[0])[0] if file.kind.name == "GIF" else file.save()
    aim = len(source[0]) if source is not None and source[1] == file.kind.name else None
    asked = [each for each in (aim, preset.max_bytes) if each is not None]
    if len(made) <= min(asked, default=len(made)):
        return made
    tries = [(made, True)]
    for data, is_alike in _lighter(file):
        if is_alike and len(data) <= min(asked):
            return data
        tries.append((data, is_alike))
    lightest = min((data for data, is_alike in tries if is_alike), key=len)
    if preset.max_bytes is None or len(lightest) <= preset.max_bytes:
        return lightest
    within = (data for data, _ in tries if len(data) <= preset.max_bytes)
    return next(within, min((data for data, _ in tries), key=len))


def _lighter(file: _File) -> Iterator[tuple[bytes, bool]]:
    """Yield files that may be lighter, the best first, and whether each looks the same."""
    if file.kind.name == "PNG":
        # three times the time for 2 % of the bytes, and makes palettes larger
        yield file.save(optimize=True), True
    if file.kind.palette:
        yield from (file.in_colours(colours) for colours in _PALETTES)


def _timing(kind: Format, reel: Reel) -> dict[str, Any]:
    options: dict[str, Any] = {"save_all": True, "duration": list(reel.milliseconds)}
    if kind.name == "GIF":
        options["disposal"] = 2 if reel.frames[0].has_transparency_data else 1
        if reel.plays != 1:  # it stores how often it is repeated
            options["loop"] = max(0, reel.plays - 1)
    elif kind.name in {"WEBP", "PNG"}:
        options["loop"] = reel.plays
    return options


_UNKNOWN = 30
_LOSSLESS = frozenset({"PNG", "GIF", "BMP"})
_TABLES = 0xDB
_LUMA_AT_50 = 3688
"""The sum of the table for luma at quality 50 (ITU-T T.81, annex K), which others scale."""


def least_quality(data: bytes, source: str, made: str) -> int | None:
    """Return the quality, on JPEG's scale, down to which a variant loses nothing that is there.

    None where that cannot be said: a source that lost nothing, or of a thriftier format.
    """
    if source == "JPEG":
        return jpeg_quality(data)
    return _UNKNOWN if source == made and not is_lossless(data, source) else None


def is_lossless(data: bytes, source: str) -> bool:
    """Return whether a source of this format has lost nothing yet."""
    if source == "WEBP":
        return any(kind == b"VP8L" for kind, _, _ in webp_chunks(data))
    return source in _LOSSLESS


def jpeg_quality(data: bytes) -> int:
    """Return the quality that a JPEG's table for luma stands for, 30 where it has none."""
    for marker, start, end in jpeg_segments(data):
        if marker == _TABLES and end - start >= 69 and data[start + 4] & 0x0F == 0:
            width = 1 + (data[start + 4] >> 4)
            table = data[start + 5 : start + 5 + 64 * width]
            scale = 100 * sum(table if width == 1 else _wide(table)) / _LUMA_AT_50
            quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
            return min(100, max(1, round(quality)))
    return _UNKNOWN


def _wide(table: bytes) -> list[int]:
    return [int.from_bytes(table[at : at + 2], "big") for at in range(0, len(table), 2)]
