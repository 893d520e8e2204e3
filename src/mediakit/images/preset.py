"""Presets: how the variants of pictures are made, with their defaults and fingerprints."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct, defstruct

from mediakit.base.formats import FORMATS, QUALITIES, format_called, format_of
from mediakit.base.model import Role
from mediakit.base.setting import HARMLESS, Colour, bounds, setting

RENDERER = 3
"""Raised by hand when the same preset comes to give visibly other pictures."""

MAX_PIXELS = 250_000_000

CAP = 2400
"""Longer side in pixels of a source: what a large screen shows at full width."""


SOURCE_FORMAT = "source"
"""In `formats`: the format of the source, or JPEG where browsers do not show that."""


class Fit(StrEnum):
    """How a source comes to a size: by one side, inside both, or filling both."""

    WIDTH = "width"
    HEIGHT = "height"
    INSIDE = "inside"
    COVER = "cover"
    CONTAIN = "contain"


class Placement(msgspec.Struct, frozen=True):
    """The size to scale the whole source to, and that of the variant: a crop, or a canvas."""

    scaled: tuple[int, int]
    size: tuple[int, int]


def place(fit: Fit, box: tuple[int, int], source: tuple[int, int]) -> Placement:
    """Return how a source becomes a variant; sizes are in pixels, an unused side of `box` is 0.

    No fit enlarges: a shorter side stays as it is, and only `contain` always gives the whole box.
    """
    (width, height), (to_width, to_height) = source, box
    by_width = fit is Fit.WIDTH
    if fit in {Fit.INSIDE, Fit.COVER, Fit.CONTAIN}:
        # in a box that is taller than the source, width is what runs out first
        taller = to_width * height <= to_height * width
        by_width = taller is not (fit is Fit.COVER)
    scaled = scale_to_width(width, height, to_width)
    if not by_width:
        scaled = scale_to_width(height, width, to_height)[::-1]
    if fit is Fit.COVER:
        return Placement(scaled, (min(to_width, scaled[0]), min(to_height, scaled[1])))
    return Placement(scaled, box if fit is Fit.CONTAIN else scaled)


def scale_to_width(width: int, height: int, to_width: int) -> tuple[int, int]:
    """Scale a size to a width in pixels: never larger, the height rounded, at least 1."""
    if width <= to_width:
        return width, height
    # floor(x + 0.5) as sharp rounds, in integers
    return to_width, max(1, (2 * height * to_width + width) // (2 * width))


class Gravity(StrEnum):
    """Which part of a picture a crop keeps; `attention` looks for the busy part."""

    CENTRE = "centre"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"
    ATTENTION = "attention"


class Animation(StrEnum):
    """What becomes of an animation: its first frame, or all of them where the format can."""

    STILL = "still"
    KEEP = "keep"


class Truncated(StrEnum):
    """What becomes of a source that ends too early: a failure, or what there is of it."""

    ERROR = "error"
    KEEP = "keep"


class Credit(StrEnum):
    """What may be kept of a source's metadata."""

    COPYRIGHT = "copyright"
    ARTIST = "artist"


DEFAULT_LEVEL = 82

Level = Annotated[int, Meta(ge=1, le=100)]

if TYPE_CHECKING:
    VariantFormat = str

    class Qualities(Struct, frozen=True):
        """Qualities by format, each on the scale of its encoder."""

        def __init__(self, **levels: int) -> None: ...
else:
    # both follow from the rows of formats
    VariantFormat = Literal[
        (SOURCE_FORMAT, *(each.name.lower() for each in FORMATS if each.chosen))
    ]
    Qualities = defstruct(
        "Qualities",
        [
            (
                each.name.lower(),
                Annotated[
                    Level | None,
                    setting(HARMLESS, f"Quality of {each.label or each.name} files.",
                            each.qualities[QUALITIES.index(85)]),
                ],
                None,
            )
            for each in FORMATS
            if each.chosen and each.qualities
        ],
        module=__name__, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    )  # fmt: skip


def quality_of(given: int | Qualities, name: str) -> int | None:
    """Return the quality for a format, None for one that has no such thing.

    A number is on JPEG's scale (1 to 100) for all formats.
    """
    own = None if isinstance(given, int) else getattr(given, name.lower(), None)
    if own is not None:
        return int(own)
    points = format_called(name).qualities
    return _between(points, given if isinstance(given, int) else DEFAULT_LEVEL) if points else None


def _between(points: tuple[int, ...], level: int) -> int:
    """Return the point on the line between the measured ones."""
    after = next(at for at, each in enumerate(QUALITIES) if each >= level)
    low, high = QUALITIES[max(0, after - 1)], QUALITIES[after]
    start, end = points[max(0, after - 1)], points[after]
    return end if high == low else round(start + (end - start) * (level - low) / (high - low))


_Suffix = Annotated[
    str,
    bounds("text of 1 to 32 letters, digits, `_`, `.`, `@` or `-`", pattern=r"^[\w.@-]{1,32}$"),
]
_Pixels = Annotated[int, Meta(ge=1, le=65_500)]
_NEEDED = "none: a new preset must set it"
_SIDE = "none: a new preset must set it if its fit uses it"


class Preset(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table `[presets.NAME]`: a kind of variant. Of width and height, an unused one is 0."""

    name: str
    # fmt: off
    roles: Annotated[tuple[Role, ...], setting(HARMLESS,
        "The roles of the pictures that get this variant.",
        ["feature_row", "header"], default=_NEEDED)]
    suffix: Annotated[_Suffix, setting(HARMLESS,
        "What the variant's name has between the name of its source and the ending. No two "
        "presets may share a suffix.", "-640", default=_NEEDED)]
    width: Annotated[_Pixels, setting(HARMLESS,
        "Width in pixels, for all fits but `height`. A picture is never enlarged.",
        640, default=_SIDE)] = 0
    height: Annotated[_Pixels, setting(HARMLESS,
        "Height in pixels, for all fits but `width`.", 360, default=_SIDE)] = 0
    fit: Annotated[Fit, setting(HARMLESS,
        "How the source comes to its size: `width` or `height` by that side alone, `inside` "
        "within both, `cover` to fill both (what is too much is cropped), `contain` within both "
        "and padded with the background to just that size.", "cover")] = Fit.WIDTH
    gravity: Annotated[Gravity, setting(HARMLESS,
        "Which part `cover` keeps. `attention` keeps faces, skin and edges: the athlete.",
        "attention")] = Gravity.CENTRE
    formats: Annotated[tuple[VariantFormat, ...], setting(HARMLESS,
        "The formats to make it in, each a file beside the others: `-320.jpg`, `-320.webp`. "
        "`source` is the format of the source, or JPEG for HEIC and TIFF.",
        ["source", "webp", "avif"], min_length=1)] = (SOURCE_FORMAT,)
    quality: Annotated[Level | Qualities, setting(HARMLESS,
        "Quality on the scale of JPEG; WebP and AVIF get what looks the same. A table sets "
        "formats on their own, each on the scale of its encoder.",
        {"jpeg": 85, "avif": 60})] = DEFAULT_LEVEL
    background: Annotated[Colour, setting(HARMLESS,
        "Colour behind transparent pixels, for formats without transparency, and around pictures "
        "that do not fill their canvas.", "#f5f5f0")] = "#ffffff"
    max_pixels: Annotated[int, setting(HARMLESS,
        "A source of more pixels, width times height, is not decoded. Of an animation that is "
        "kept, all frames count.", 100_000_000, ge=1)] = MAX_PIXELS
    max_bytes: Annotated[Annotated[int, Meta(ge=1000)] | None, setting(HARMLESS,
        "A file that comes out larger gets a lower quality, or fewer colours, until it fits. One "
        "that cannot is an error.", 60_000, default="no limit")] = None
    min_step: Annotated[float, setting(HARMLESS,
        "How many times wider than the variant a source must be, where no page names the "
        "variant: with 1.25, a source only slightly wider than an overlay size has no variant of "
        "that size.", 1.25, ge=1, le=4)] = 1.0
    animation: Annotated[Animation, setting(HARMLESS,
        "What becomes of an animated GIF, APNG, WebP or AVIF: `still` for its first frame, "
        "`keep` for all of them where the format of the variant can.", "keep")] = Animation.STILL
    truncated: Annotated[Truncated, setting(HARMLESS,
        "What becomes of a source that ends too early: `error`, or `keep` for the part that can "
        "be read.", "keep")] = Truncated.ERROR
    credits: Annotated[tuple[Credit, ...], setting(HARMLESS,
        "What is kept of the metadata of a source, in JPEG, PNG, WebP and AVIF variants. All "
        "else is left out.", ["copyright", "artist"], default="nothing")] = ()
    enabled: Annotated[bool, setting(HARMLESS,
        "`false` takes the preset away.", example=True)] = True
    # fmt: on

    def fingerprint(self, path: str) -> str:
        """Return a digest of all that decides the pixels of a variant at `path`.

        A change makes variants stale. What only decides whether there are any is left out.
        """
        kind = format_of(path)
        recipe = (
            RENDERER, self.fit.value, self.width, self.height, self.gravity.value,
            quality_of(self.quality, kind.name) if kind else None, self.background, self.max_bytes,
            self.animation.value, sorted(self.credits),
        )  # fmt: skip
        return hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]

    def place(self, width: int, height: int) -> Placement:
        """Return how a source of this size in pixels becomes a variant."""
        return place(self.fit, (self.width, self.height), (width, height))

    def asks_for(self, width: int, height: int) -> bool:
        """Return whether a source of this size gets a variant that no page names.

        Where nothing is cropped or padded, it has to be larger by more than `min_step`.
        """
        placement = self.place(width, height)
        if placement.size != placement.scaled:
            return True
        to_width, to_height = placement.scaled
        return width > to_width * self.min_step or height > to_height * self.min_step


DEFAULT_PRESETS = (
    Preset("teaser", (Role.TEASER, Role.GALLERY, Role.VIDEO), "-320", 320),
    Preset("overlay-768", (Role.OVERLAY,), "-768", 768),
    Preset("overlay-1280", (Role.OVERLAY,), "-1280", 1280),
    Preset("overlay-1920", (Role.OVERLAY,), "-1920", 1920),
)

SHOWN_BY_NAME = frozenset({"teaser"})
"""Default presets whose files pages name: a site that names none of them needs none."""
