"""JPEGs whose pixels are broken: libjpeg makes garbage of them, and only warns."""

from __future__ import annotations

import io

import pytest
from drawn import error, quarters, saved, smooth
from PIL import Image

from mediakit.images.decode import decode, is_whole
from mediakit.images.opening import UnreadableError, before_scan

pytest.importorskip("simplejpeg", reason="there is no wheel for this platform")

KINDS: list[dict[str, object]] = [{}, {"progressive": True}, {"restart_marker_rows": 1}]


def noisy(**options: object) -> bytes:
    return saved(Image.effect_noise((160, 120), 60).convert("RGB"), "JPEG", **options)


@pytest.mark.parametrize("options", KINDS)
@pytest.mark.parametrize("scale", [1, 8])
def test_garbage_is_an_error(scale: int, options: dict[str, object]) -> None:
    """A JPEG with zeros in the middle of its pixels is none, at any scale, but for who asks."""
    data = noisy(**options)
    middle = len(data) // 2
    broken = data[:middle] + bytes(len(data) // 4) + data[middle + len(data) // 4 :]
    with pytest.raises(UnreadableError, match="parts may be garbage"):
        decode(broken, scale)
    assert not is_whole(broken)
    assert decode(broken, scale, keep_truncated=True).size == (160 // scale, 120 // scale)
    assert decode(data, scale).size == (160 // scale, 120 // scale)


@pytest.mark.parametrize("options", KINDS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("size", [(640, 480), (333, 251), (17, 9)])
def test_the_pixels_are_those_of_pillow(
    size: tuple[int, int], mode: str, options: dict[str, object]
) -> None:
    """Who decodes makes no difference, at any scale."""
    data = saved(smooth(size).convert(mode), "JPEG", quality=90, **options)
    for scale in (1, 2, 4, 8):
        with Image.open(io.BytesIO(data)) as plain:
            if scale > 1:
                plain.draft("", (max(1, size[0] // scale), max(1, size[1] // scale)))
            plain.load()
            assert decode(data, scale).tobytes() == plain.tobytes()


def test_pixels_outlive_the_next_picture() -> None:
    """Memory is used again only once nothing shows its picture, not even a copy of its handle."""
    data, other = saved(smooth(), "JPEG"), saved(quarters((96, 64)), "JPEG")
    first = decode(data)
    before = first.tobytes()
    for _ in range(4):
        decode(other)
    assert first.tobytes() == before
    first.paste("red", (0, 0, 9, 9))
    assert decode(data).tobytes() == before


def test_junk_between_segments_is_no_reason() -> None:
    """Bytes before the pixels that mean nothing are passed over, as they are by browsers."""
    data = saved(quarters(), "JPEG")
    at = data.index(b"\xff\xdb")
    for junk in (b"junk\0\0\0\0", b"junk" * 9 + b"\xff\xd0"):
        made = decode(data[:at] + junk + data[at:])
        assert error(made, decode(data)) == 0


def test_what_comes_after_the_pixels_hides_nothing() -> None:
    """Bytes that look like a marker, as in the film behind a photo, leave its pixels looked at."""
    data = noisy()
    behind = data + b"\xff\xc3film"
    assert error(decode(behind), decode(data)) == 0
    middle = len(data) // 2
    broken = behind[:middle] + bytes(2000) + behind[middle + 2000 :]
    with pytest.raises(UnreadableError, match="parts may be garbage"):
        decode(broken)


@pytest.mark.parametrize(
    ("before", "is_agreed"),
    [
        (b"\xff\xe1\0\x08\xff\xda\xff\xc3\0\0", True),
        (b"\xff\xff\xff\xfe\0\2", True),
        (b"\xff\xd0\0\4\0\0", False),
        (b"\xff\1\0\4\0\0", False),
        (b"\xff\xd8\0\4\0\0", False),
        (b"junk", False),
    ],
)
def test_where_the_pixels_begin(before: bytes, is_agreed: bool) -> None:  # noqa: FBT001 - of the table
    """It is said only where no reader can take another place for it."""
    data = saved(quarters(), "JPEG")
    data = data[:2] + before + data[2:]
    assert before_scan(data) == (data.rindex(b"\xff\xda") if is_agreed else len(data))


def test_a_jpeg_without_loss_is_named() -> None:
    """No browser shows one, and simplejpeg does not survive it."""
    data = bytearray(saved(quarters(), "JPEG"))
    data[data.index(b"\xff\xc0") + 1] = 0xC3
    while (at := data.find(b"\xff\xdb")) > 0:  # it has no table to divide by
        del data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4])]
    with pytest.raises(UnreadableError, match=r"JPEG without loss.*save it as usual"):
        decode(bytes(data))
