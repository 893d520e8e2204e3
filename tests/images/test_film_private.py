"""Films without what they tell: no frame changes, they stay turned, and nothing private is left."""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from filmed_clips import phone_film, scene
from mediakit.base.cut import Cut
from mediakit.images.bare import without_metadata
from mediakit.images.clip_maker import make_clips
from mediakit.images.private import Told, told_by
from mediakit.images.recipes.clip import ClipFormat, FilmClip
from mediakit.images.render import Rendered

if TYPE_CHECKING:
    from collections.abc import Callable

av: Any = import_module("av")  # untyped in parts
PLACE = b"+55.6761+012.5683/"


def frames(data: bytes) -> list[tuple[int, bytes]]:
    with av.open(io.BytesIO(data)) as film:
        return [(each.rotation, bytes(each.planes[0])) for each in film.decode(video=0)]


def with_notes(kind: str = "mp4") -> bytes:
    """Return a film of an action camera: a second track has places in place of pictures."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as film:
        film.metadata.update(location=PLACE.decode(), copyright="(c) Ann")
        film.metadata["creation_time"] = "2024-05-05T10:00:00Z"
        shown, notes = (film.add_stream("mpeg4", rate=25) for _ in range(2))
        for stream in (shown, notes):
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(3):
            for stream in (shown, notes):
                frame = av.VideoFrame.from_image(scene((64, 48), number / 3))
                frame.pts = number
                film.mux(stream.encode(frame))
        for stream in (shown, notes):
            film.mux(stream.encode(None))
    before, _, after = out.getvalue().rpartition(b"vide")
    return before + b"meta" + after.replace(b"mp4v", b"gpmd", 1)


@pytest.mark.parametrize("kind", ["mov", "mp4"])
@pytest.mark.parametrize("turned", [0, -90])
def test_a_film_tells_no_place_and_stays_turned(kind: str, turned: int) -> None:
    """The file has the same length, and its frames the same pixels; once is enough."""
    data = phone_film(turned=turned, kind=kind)
    told = told_by(data)
    assert told is not None
    assert (told.place, told.camera) == (True, "SECRETPHONE")
    bare = without_metadata(data)
    assert bare is not None
    assert PLACE not in bare
    assert b"SECRETPHONE" not in bare
    assert not told_by(bare).place  # type: ignore[union-attr]
    assert frames(bare) == frames(data)
    assert without_metadata(bare) == bare


@pytest.mark.parametrize("kind", ["mov", "mp4"])
def test_notes_that_a_camera_took_are_written_over(kind: str) -> None:
    """A track that nobody sees goes with its samples; the day goes, and a copyright stays."""
    data = with_notes(kind)
    bare = without_metadata(data)
    assert bare is not None
    with av.open(io.BytesIO(bare)) as film:
        assert len(film.streams) == 1
        assert "creation_time" not in film.metadata
        assert (kind == "mp4") or film.metadata["copyright"] == "(c) Ann"
    assert frames(bare) == frames(data)
    assert bare.count(b"\0\0\1\xb6") < data.count(b"\0\0\1\xb6"), "its samples are gone"
    assert told_by(data) != told_by(bare)


def test_a_damaged_film_is_left_alone() -> None:
    """What cannot be taken apart is no film without a place; nothing raises, wherever it breaks."""
    data = phone_film()
    for at in range(0, len(data), 41):
        for broken in (data[:at], data[:at] + b"\xff" * 8 + data[at + 8 :]):
            told_by(broken)
            bare = without_metadata(broken)
            assert bare is None or (len(bare) == len(broken) and not told_by(bare).place)  # type: ignore[union-attr]
    assert without_metadata(data[:900]) is None


def webm(live: str = "0") -> bytes:
    """Return a film of a browser, which tells a place, a name, a camera and a day."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm", options={"live": live}) as film:
        film.metadata.update(location=PLACE.decode(), title="SECRET", artist="SECRET")
        film.metadata.update(make="ACME", model="FILMER", creation_time="2024-05-05T10:00:00Z")
        stream = film.add_stream("libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(9):
            frame = av.VideoFrame.from_image(scene((64, 48), number / 9))
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("live", ["0", "1"])
def test_a_webm_tells_nothing(live: str) -> None:
    """Also one that a browser recorded, whose parts have no end; a damaged one is left alone."""
    data = webm(live)
    assert b"SECRET" in data
    assert told_by(data) == Told(place=True, camera="ACME FILMER")
    assert told_by(data[:200], b"xx") is None, "its tags may be at its end"
    bare = without_metadata(data)
    assert bare is not None
    assert len(bare) == len(data)
    assert told_by(bare) == Told()
    assert not any(each in bare for each in (b"SECRET", PLACE, b"2024"))
    assert frames(bare) == frames(data)
    with av.open(io.BytesIO(bare)) as film:
        assert film.metadata.keys() <= {"ENCODER", "encoder"}
    assert without_metadata(data[:40]) is None
    tags = data.index(b"\x12\x54\xc3\x67")
    assert without_metadata(data[: tags + 20] + b"\x7f" * 30) is None


def gif() -> bytes:
    """Return an animation with a comment."""
    first, *others = (scene((64, 48), number / 6) for number in range(6))
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=others, duration=80, comment=b"SECRET")
    return out.getvalue()


@pytest.mark.parametrize("film", [lambda: phone_film(tone=440), webm, gif])
def test_what_is_made_of_a_film_tells_nothing(film: Callable[[], bytes]) -> None:
    """No clip, with its sound, and no poster has a name, a place, a camera or a day."""
    data = film()
    assert b"SECRET" in data
    recipe = FilmClip("loops", formats=tuple(ClipFormat), sound=True)
    made = make_clips(recipe, data, Cut(), [".mp4", ".webm", ".webp", ".jpg"])
    films = [each.data for each in made if isinstance(each, Rendered)]
    assert len(films) >= 3
    whole = b"".join(films)
    assert not any(each in whole for each in (b"SECRET", PLACE, b"ACME", b"2024", b"Exif"))
