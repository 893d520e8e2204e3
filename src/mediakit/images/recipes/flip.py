"""The recipe of flips: the pictures of an exercise's steps as one small film that goes on for ever.

A page's gallery is its steps, unless its key `movement` says otherwise. Beside the film there is
a poster: the first step, cut as the film is.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from msgspec.structs import replace

from mediakit.base.actions import Failure
from mediakit.base.artifacts import Product, picture_input, text_input
from mediakit.base.errors import UsageError, require_extra
from mediakit.base.formats import ending_of
from mediakit.base.model import Role, Severity
from mediakit.base.setting import HARMLESS, Trust, setting
from mediakit.base.slug import slug_of
from mediakit.images.preset import Fit, Preset
from mediakit.images.recipes import TableRecipe
from mediakit.images.recipes.clip import ClipFormat, moves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from mediakit.base.artifacts import Artifact, Input, SourcePicture
    from mediakit.base.model import Manifest
    from mediakit.images.recipes import RecipeSite
    from mediakit.images.render import PictureSource, Rendered

FLIPPER = 1
"""Raised by hand when the same settings come to give visibly other loops."""

FEWEST, MOST = 2, 12
"""How many steps a loop may have."""

STEP, UNKNOWN = "step", "unknown"
"""The names of inputs: a picture of a step, and what the page asks for and does not have."""

_DIGITS = 6  # of a number in a gallery
_POSTER = "JPEG"
_INDEX = frozenset({"index", "_index"})
_HINT = "name the steps that fit by `movement` in the front matter; `movement: false` asks for none"


class MovingPages(StrEnum):
    """Which pages get a loop: those with steps in their gallery, or those that ask."""

    ALL = "all"
    ASKED = "asked"


_Hold = Annotated[int, Meta(ge=100, le=10_000)]
_Fade = Annotated[int, Meta(ge=0, le=5_000)]


class StepFlip(TableRecipe, frozen=True, forbid_unknown_fields=True):
    """A table `[movement.NAME]`: a kind of loop."""

    # fmt: off
    pages: Annotated[MovingPages, setting(HARMLESS,
        "Which pages get a loop: those with 2 to 12 pictures in their gallery (`all`), or only "
        "those whose front matter has the key `movement` (`asked`). `movement: false` takes a "
        "page out.", "asked")] = MovingPages.ALL
    side: Annotated[int, setting(HARMLESS,
        "Longer side in pixels, before what not all steps show is cut off.",
        960, ge=160, le=1920)] = 720
    hold: Annotated[_Hold, setting(HARMLESS,
        "Milliseconds for which a step is shown.", 1200)] = 900
    fade: Annotated[_Fade, setting(HARMLESS,
        "Milliseconds in which a step fades into the next one; 0 cuts.", 0)] = 400
    boomerang: Annotated[bool, setting(HARMLESS,
        "Whether three steps or more are shown there and back. Otherwise the first step follows "
        "the last one.", example=False)] = True
    formats: Annotated[Annotated[tuple[ClipFormat, ...], Meta(min_length=1)], setting(HARMLESS,
        "Formats of the files: `mp4` plays everywhere, `webm` is smaller, `webp` is a picture for "
        "places that take no film.", ["mp4", "webp"])] = (ClipFormat.MP4,)
    max_bytes: Annotated[int, setting(HARMLESS,
        "A film that comes out larger is coded more coarsely until it fits.",
        150_000, ge=20_000)] = 400_000
    folder: Annotated[str | None, setting(Trust.WRITES,
        "Site path of the folder for loops, each kind in one of its own. All files there are "
        "mediakit's.", "assets/movement", default="`movement` in the folder of pictures, such as "
        "`assets/images/movement`")] = None
    # fmt: on

    def for_site(self, site: RecipeSite) -> Self:
        """Return the recipe with its folder; raises UsageError where an extra is missing."""
        _require()
        return self.placed(site.pictures_folder)

    def placed(self, pictures_folder: str) -> Self:
        """Return the recipe with its folder."""
        folder = self.folder or f"{pictures_folder}/movement".lstrip("/")
        return replace(self, place=f"{folder.rstrip('/')}/{slug_of(self.name)}/")

    def products(
        self, pages: Sequence[Manifest], pictures: Mapping[str, SourcePicture]
    ) -> Iterator[Product]:
        """Yield the loop of each page that gets one, in all formats, and its poster."""
        for page in pages:
            asked = page.movement
            is_asked = asked.line > 0 and not asked.is_odd
            if asked.is_refused or (self.pages is MovingPages.ASKED and not is_asked):
                continue
            inputs, line = steps_of(page, pictures)
            if not asked.line and not FEWEST <= len(inputs) <= MOST:
                continue
            for path in self._paths(page):
                yield Product(path, self.name, inputs, page.path, asked.line or line)

    def _paths(self, page: Manifest) -> Iterator[str]:
        pure = PurePosixPath(page.path).with_suffix("")
        parts = pure.parts[:-2] + pure.parts[-2:-1] if pure.name in _INDEX else pure.parts
        parts = (*parts, slug_of(page.title)) if page.record else parts or ("index",)
        stem = self.place + "/".join(each.lstrip("_.") or "page" for each in parts)
        for each in dict.fromkeys((*(each.upper() for each in self.formats), _POSTER)):
            yield stem + ending_of(each)

    def fingerprint(self, name: str, path: str) -> str:  # noqa: ARG002 - the path has the format
        """Return a digest of what decides the pixels, but the steps."""
        decided: tuple[int, ...] = (FLIPPER, self.side)
        if not path.endswith(ending_of(_POSTER)):
            decided += (self.hold, self.fade, self.boomerang, self.max_bytes)
        return hashlib.sha256(repr(decided).encode()).hexdigest()[:16]

    def fits(
        self,
        product: Product,  # noqa: ARG002 - nobody can tell which steps are in it
        found: Artifact,  # noqa: ARG002
        pictures: Mapping[str, SourcePicture],  # noqa: ARG002
    ) -> bool:
        """Return False: a file of unknown origin is made anew."""
        return False

    def width_needed(self, product: Product, pictures: Mapping[str, SourcePicture]) -> int:
        """Return the width of the first step at the scale of the loop."""
        picture = pictures.get(product.source)
        return self.preset.place(picture.width, picture.height).scaled[0] if picture else 0

    @property
    def preset(self) -> Preset:
        """How a step is scaled, and its pictures are encoded."""
        return Preset(self.name, (), "-flip", self.side, self.side, fit=Fit.INSIDE)

    def make(
        self, inputs: Sequence[PictureSource | str], products: Sequence[Product]
    ) -> Iterable[Rendered | Failure]:
        """Make the loop in all formats; where steps do not fit each other, say so."""
        try:
            _require()
        except UsageError as error:
            return [Failure("cannot-write-picture", error.message, error.hint)] * len(products)
        from mediakit.images.flip.make import made_flip  # noqa: PLC0415 - it loads OpenCV

        given = products[0].inputs
        why = _refusal(given)
        if why:
            return [_note(why)] * len(products)
        pictures = [each for each in inputs if not isinstance(each, str)]
        made = made_flip(self, pictures, [PurePosixPath(each.path).suffix for each in products])
        if isinstance(made, list):
            return made
        first, other = (PurePosixPath(given[number].path).name for number in (0, made.number))
        return [_note(f"{other} does not fit {first}: {made.why}")] * len(products)


def _require() -> None:
    require_extra("loops", "align,clips", "cv2", "av")


def steps_of(
    page: Manifest, pictures: Mapping[str, SourcePicture]
) -> tuple[tuple[Input, ...], int]:
    """Return the steps of a page as inputs, and the line where they begin.

    What the page names as a step and does not have is an input too, so that it is told. Of steps
    that are too many there is one too many, and no more are read.
    """
    galleries = _galleries(page, pictures)
    first: Mapping[str, int] = next(iter(galleries.values()), {})
    parts = page.movement.parts
    named = [(part, _named(part, galleries, [*first])) for part in parts[: MOST + 1]]
    inputs = []
    for part, paths in named if parts else [("", [*first])]:
        inputs += [picture_input(pictures[path], STEP) for path in paths[: MOST + 1]]
        inputs += [] if paths else [text_input(UNKNOWN, part)]
    return tuple(inputs[: MOST + 1]), min(first.values(), default=0)


def _galleries(page: Manifest, pictures: Mapping[str, SourcePicture]) -> dict[str, dict[str, int]]:
    """Return the pictures of each gallery in their order, with their lines; then all others.

    What moves by itself is no step: films, animations, and GIFs of any kind.
    """
    found: dict[str, dict[str, int]] = {}
    images = sorted(page.images, key=lambda each: each.role is not Role.GALLERY)
    for image in images:
        picture = pictures.get(image.source or "")
        if picture is not None and picture.width and not moves(picture):
            key = image.key if image.role is Role.GALLERY else ""
            found.setdefault(key, {}).setdefault(picture.path, image.line)
    if next(iter(found), "") == "":  # no gallery: nothing that a page has not named itself
        found = {"-": {}, **found}
    return found


def _named(part: str, galleries: Mapping[str, Mapping[str, int]], first: list[str]) -> list[str]:
    """Return the pictures that a page means by a gallery's key, a number, or a file."""
    if part and part in galleries:
        return [*galleries[part]]
    if part.isdecimal() and len(part) < _DIGITS:
        return first[int(part) - 1 : int(part)] if int(part) else []
    wanted = "/" + part.lstrip("./")
    paths = (path for gallery in galleries.values() for path in gallery)
    return [path for path in dict.fromkeys(paths) if f"/{path}".endswith(wanted)][:1]


def _refusal(given: Sequence[Input]) -> str:
    for each in given:
        if each.name == UNKNOWN:
            return f"the page shows no picture {each.text!r}" if each.text else "it has no gallery"
    if FEWEST <= len(given) <= MOST:
        return ""
    what = "one picture makes" if len(given) == 1 else f"more than {MOST} pictures make"
    return f"{what} no loop: {FEWEST} to {MOST} do"


def _note(why: str) -> Failure:
    return Failure("no-movement", why, _HINT, Severity.NOTE)
