"""A film or an animation to clips: cut, looped, within limits, with a poster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mediakit.base.actions import Failure
from mediakit.base.cut import PAST_END
from mediakit.base.model import Severity
from mediakit.images.decode import probe
from mediakit.images.encode import Reel, encode
from mediakit.images.film import CODER, FilmPreset, encode_film, even_size
from mediakit.images.film_bytes import is_film
from mediakit.images.film_coders import FilmError, FilmFormat
from mediakit.images.film_sound import heard, sound_bytes, with_sound
from mediakit.images.filmed import (
    AnimatedFrames,
    FilmedFrames,
    boomerang,
    check_pixels,
    picture_of,
    probe_film,
    probe_moving,
)
from mediakit.images.preset import Preset
from mediakit.images.render import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mediakit.base.cut import Cut
    from mediakit.images.film_coders import TimedFrame
    from mediakit.images.recipes.clip import FilmClip

__all__ = ["CODER", "make_clips"]

_BACK_AND_FORTH = 300_000_000
"""Pixels of the frames of a boomerang: all of them are in memory, 1.5 bytes each."""


def make_clips(
    recipe: FilmClip, data: bytes, cut: Cut, endings: Sequence[str]
) -> list[Rendered | Failure]:
    """Return the clips with these endings, and the poster; raises UnreadableError.

    What gives no clip is a failure that is no error.
    """
    try:
        maker = _ClipMaker(recipe, data, cut)
        if maker.is_still:
            what = Failure("no-clip", "the animation has one frame", "", Severity.NOTE)
            return [what] * len(endings)
        return [maker.made(each) for each in endings]
    except FilmError as error:
        what = Failure("no-clip", str(error), error.hint, Severity.WARNING)
        return [what] * len(endings)


@dataclass(frozen=True)
class _ClipMaker:
    recipe: FilmClip
    data: bytes
    cut: Cut

    @cached_property
    def is_still(self) -> bool:
        return not is_film(self.data) and probe(self.data).frames == 1

    def made(self, ending: str) -> Rendered | Failure:
        if ending == ".mp4":
            return self._mp4
        if ending == ".webm":
            return self._webm()
        return self._webp() if ending == ".webp" else self._poster()

    @cached_property
    def _frames(self) -> _Noted:
        """The frames, which may be read more than once."""
        recipe, cut, data = self.recipe, self.cut, self.data
        frames: Iterable[TimedFrame]
        most = recipe.max_seconds * 1000
        if is_film(data):
            frames = FilmedFrames(data, None, cut.start, cut.end, most, recipe.longest)
        else:
            found = probe(data)
            check_pixels(found)
            size = even_size(found.width, found.height, recipe.longest)
            frames = AnimatedFrames(data, size, recipe.background, cut.start, cut.end, most)
        return _Noted(boomerang(_held(frames)) if recipe.goes_back(cut) else frames)

    @property
    def _first(self) -> TimedFrame:
        return self._frames.first or next(iter(self._frames))

    def _film(self, kind: FilmFormat) -> Rendered | Failure:
        recipe = self.recipe
        likeness = 0.0 if is_film(self.data) else recipe.likeness
        most = recipe.max_bytes
        if self._is_heard:
            end = self.cut.end or probe_film(self.data).milliseconds
            most = max(1, most - sound_bytes(end - self.cut.start))
        made = encode_film(self._frames, FilmPreset(kind, likeness, max_bytes=most))
        milliseconds = self._frames.milliseconds
        sound = heard(self.data, self.cut.start, milliseconds) if self._is_heard else None
        if sound is not None:
            made = with_sound(made, sound, kind)
        is_first = kind.value == next(e.value for e in recipe.formats if e.value != "webp")
        lacks = self._no_sound if sound is None and is_first else ()
        return self._within(made, milliseconds, (*lacks, *(self._past_end if is_first else ())))

    @property
    def _is_heard(self) -> bool:
        return self.recipe.is_heard(self.cut) and is_film(self.data)

    @property
    def _no_sound(self) -> tuple[str, ...]:
        """What to say to a page that asks for a sound and gets none."""
        if self.cut.sound != "on":
            return ()
        if self.recipe.goes_back(self.cut):
            return ("sound: it goes back and forth",)
        return ("sound: its film has none that can be read",)

    @property
    def _past_end(self) -> tuple[str, ...]:
        """What to say to a page whose `end` is after that of the film."""
        is_late = self.cut.end and self.cut.is_late(probe_moving(self.data).milliseconds)
        return (PAST_END,) if is_late else ()

    def _within(
        self, data: bytes, milliseconds: int, lacks: tuple[str, ...] = ()
    ) -> Rendered | Failure:
        limit = self.recipe.max_bytes
        if len(data) > limit:
            what = f"{len(data):,} bytes at the lowest quality is over the limit of {limit:,}"
            hint = f"raise max_bytes of clips.{self.recipe.name}, or make the clip shorter"
            return Failure("over-max-bytes", what, hint)
        frame = self._first.frame
        return Rendered(data, frame.width, frame.height, lacks, milliseconds)

    @cached_property
    def _mp4(self) -> Rendered | Failure:
        return self._film(FilmFormat.MP4)

    def _webm(self) -> Rendered | Failure:
        made, other = self._film(FilmFormat.WEBM), self._mp4
        is_smaller = isinstance(other, Failure) or (
            isinstance(made, Rendered) and len(made.data) < len(other.data)
        )
        if is_smaller:
            return made
        return Failure("no-clip", "", "", Severity.NOTE)

    def _webp(self) -> Rendered | Failure:
        pictures, times = [], []
        for each in _held(self._frames):
            pictures.append(picture_of(each.frame))
            times.append(each.milliseconds)
        reel = Reel(tuple(pictures), tuple(times), 0)
        return self._within(encode(reel, "x.webp", self._pillow), sum(times))

    def _poster(self) -> Rendered:
        image = picture_of(self._first.frame)
        return Rendered(encode(Reel((image,)), "x.jpg", self._pillow), *image.size)

    @property
    def _pillow(self) -> Preset:
        return Preset(self.recipe.name, (), self.recipe.suffix, max_bytes=self.recipe.max_bytes)


@dataclass
class _Noted:
    """Frames that may be read more than once; it notes their first, and how long they last."""

    frames: Iterable[TimedFrame]
    first: TimedFrame | None = None
    milliseconds: int = 0

    def __iter__(self) -> Iterator[TimedFrame]:
        total = 0
        for each in self.frames:
            self.first = self.first or each
            total += each.milliseconds
            yield each
        self.milliseconds = total


def _held(frames: Iterable[TimedFrame]) -> list[TimedFrame]:
    """Return all frames; raises FilmError where they take too much memory."""
    held, pixels = [], 0
    for each in frames:
        held.append(each)
        pixels += each.frame.width * each.frame.height
        if pixels > _BACK_AND_FORTH:
            hint = "make it shorter by `start` and `end`, or set a smaller `longest`"
            raise FilmError("its frames take too much memory", hint)
    return held
