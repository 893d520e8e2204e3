"""The recipe of clips: films and animations as small films, with a poster."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from mediakit.base.artifacts import Product, picture_input, text_input
from mediakit.base.cut import CUT, Loop, cut_of_text
from mediakit.base.errors import require_extra
from mediakit.base.formats import FILM_NAMES, film_of
from mediakit.base.model import OF_CLIP, Role
from mediakit.base.setting import HARMLESS, Colour, bounds, setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from mediakit.base.actions import Failure
    from mediakit.base.artifacts import Artifact, Input, SourcePicture
    from mediakit.base.cut import Cut
    from mediakit.base.model import Manifest
    from mediakit.images.recipes import RecipeSite
    from mediakit.images.render import PictureSource, Rendered

POSTER = ".jpg"
"""What a poster ends in."""

_Suffix = Annotated[
    str, bounds("text of 2 to 32 letters, digits, `_` or `-`", pattern=r"^[\w-]{2,32}$")
]


class ClipFormat(StrEnum):
    """The formats of clips and loops: two kinds of film, and a picture that moves."""

    MP4 = "mp4"
    WEBM = "webm"
    WEBP = "webp"


class FilmClip(Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[clips.NAME]`: a kind of clip."""

    name: str
    # fmt: off
    formats: Annotated[tuple[ClipFormat, ...], setting(HARMLESS,
        "The formats to make it in, each a file beside the others. `mp4` plays everywhere. `webm` "
        "(AV1) is only made where it is smaller than the MP4, mostly by half. `webp` moves where a "
        "video cannot stand: in a mail, or in a list of pictures.",
        ["mp4", "webm"], min_length=1)] = (ClipFormat.MP4,)
    suffix: Annotated[_Suffix, setting(HARMLESS,
        "What the clip's name has between the name of its source and the ending: `squat.gif` "
        "becomes `squat-clip.mp4`, and `squat-clip.jpg` is its poster.", "-loop")] = "-clip"
    longest: Annotated[int, setting(HARMLESS,
        "Longer side in pixels. A clip is never enlarged.", 480, ge=64, le=4096)] = 720
    loop: Annotated[Loop, setting(HARMLESS,
        "How clips are to be repeated, where a page does not say it: `repeat` from the beginning, "
        "`boomerang` there and back again.", "boomerang")] = Loop.REPEAT
    sound: Annotated[bool, setting(HARMLESS,
        "Whether clips of films have their sound, where a page does not say it by `sound: true`. A "
        "clip that goes back and forth has none.", example=True)] = False
    likeness: Annotated[float, setting(HARMLESS,
        "How like its frames a clip of an animation looks (SSIM): the smallest file that does. A "
        "film of a phone gets a quality of its own.", 0.97, ge=0.8, le=0.995)] = 0.951
    max_bytes: Annotated[int, setting(HARMLESS,
        "A file that comes out larger gets a lower quality until it fits. One that cannot is an "
        "error.", 1_000_000, ge=10_000)] = 5_000_000
    max_seconds: Annotated[Annotated[int, Meta(ge=1, le=180)], setting(HARMLESS,
        "What lasts longer is no clip: pages say with `start` and `end` which part is meant.",
        15)] = 30
    background: Annotated[Colour, setting(HARMLESS,
        "Colour behind transparent pixels of animations.", "#f5f5f0")] = "#ffffff"
    # fmt: on

    @property
    def names(self) -> Sequence[str]:
        """The name of the table."""
        return (self.name,)

    def for_site(self, site: RecipeSite) -> Self:  # noqa: ARG002 - clips are the same anywhere
        """Return the same; raises UsageError where the extra is not installed."""
        require_extra("clips", "clips", "av")
        return self

    def owns(self, path: str) -> bool:
        """Return whether a site path has the name of a clip, or of its poster."""
        pure = PurePosixPath(path)
        return pure.suffix in self._endings and bool(self.stem_of(path))

    def stem_of(self, path: str) -> str:
        """Return the path of a clip's source without its ending, empty for other paths."""
        stem = str(PurePosixPath(path).with_suffix("")) if path else ""
        name = PurePosixPath(stem).name
        is_clip = name.endswith(self.suffix) and name != self.suffix
        return stem.removesuffix(self.suffix) if is_clip else ""

    def paths_of(self, source: str) -> tuple[str, ...]:
        """Return the site paths of the clips of a source, and last of its poster."""
        stem = str(PurePosixPath(source).with_suffix(""))
        return tuple(f"{stem}{self.suffix}{ending}" for ending in self._endings)

    @property
    def _endings(self) -> tuple[str, ...]:
        return (*dict.fromkeys(f".{each.value}" for each in self.formats), POSTER)

    def products(
        self, pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        """Yield the clips and the poster of each film and animation that a page names."""
        cuts = _cuts(pages)
        for page in pages:
            for image in page.images:
                picture = pictures.get(image.source or "")
                if picture is None or image.role is Role.VIDEO or not moves(picture):
                    continue
                cut = image.clip or (cuts.get(picture.path, "") if image.key == OF_CLIP else "")
                inputs = clip_inputs(picture, cut)
                for path in self.paths_of(picture.path):
                    yield Product(path, self.name, inputs, page.path, image.line)

    def goes_back(self, cut: Cut) -> bool:
        """Return whether a clip goes back to its beginning before it repeats."""
        return (cut.loop or self.loop) == Loop.BOOMERANG

    def is_heard(self, cut: Cut) -> bool:
        """Return whether the clip of a film is to have its sound."""
        asked = cut.sound == "on" or (self.sound and cut.sound != "off")
        return asked and not self.goes_back(cut)

    def fingerprint(self, name: str, path: str) -> str:  # noqa: ARG002 - one name
        """Return a digest of what decides the bytes at `path`, but the source and its cut."""
        from mediakit.images.clip_maker import CODER  # noqa: PLC0415 - it loads Pillow

        heard = ("sound",) if self.sound and film_of(path) is not None else ()
        decided = (
            CODER, PurePosixPath(path).suffix, self.longest, self.loop.value, self.likeness,
            self.max_bytes, self.max_seconds, self.background,
            *heard,
        )  # fmt: skip
        return hashlib.sha256(repr(decided).encode()).hexdigest()[:16]

    def fits(
        self,
        product: Product,
        found: Artifact,
        pictures: Mapping[str, SourcePicture],
    ) -> bool:
        """Return whether a file has the sides of the clip, up to a pixel."""
        picture = pictures[product.source]
        scale = min(1.0, self.longest / max(picture.width, picture.height, 1))
        wanted = picture.width * scale, picture.height * scale
        return all(
            abs(have - want) <= 2
            for have, want in zip((found.width, found.height), wanted, strict=True)
        )

    def width_needed(
        self,
        product: Product,  # noqa: ARG002 - frames are decoded on their own
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> int:
        """Return 0: the frames are decoded on their own."""
        return 0

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterable[Rendered | Failure]:
        """Make clips and poster of one source."""
        from mediakit.images.clip_maker import make_clips  # noqa: PLC0415 - it loads Pillow

        source = next(each for each in inputs if not isinstance(each, str))
        cut = cut_of_text(next((each for each in inputs if isinstance(each, str)), ""))
        endings = [PurePosixPath(each.path).suffix for each in products]
        return make_clips(self, source.data, cut, endings)


def moves(picture: SourcePicture) -> bool:
    """Return whether a picture is a film or an animation; of a GIF its recipe finds out."""
    return picture.format in FILM_NAMES or picture.format == "GIF" or picture.moves


def _cuts(pages: Iterable[Manifest]) -> dict[str, str]:
    """Return the part of each film that pages ask for, for those that only show its clip."""
    cuts: dict[str, str] = {}
    for page in pages:
        for image in page.images:
            if image.source and image.key != OF_CLIP:
                cuts.setdefault(image.source, image.clip)
    return cuts


def clip_inputs(picture: SourcePicture, cut: str) -> tuple[Input, ...]:
    """Return what is made of a film: the film, and the part that is asked for."""
    whole = (picture_input(picture),)
    return (*whole, text_input(CUT, cut)) if cut else whole
