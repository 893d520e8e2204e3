"""The frozen values that flow from observe to report; imports nothing of ours.

Those of which a site has one for each picture are structs of msgspec: as frozen as a dataclass,
made in a tenth of the time. Nothing in them can refer back to them, so that the garbage
collector has nothing to look for (`gc=False`). What the cache keeps of content files is written
without names of fields (`array_like`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a problem matters: an error makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to tell the user: where (`line` from 1, 0 where unknown), what, and a hint."""

    path: str
    line: int
    code: str
    severity: Severity
    message: str
    hint: str = ""


class Role(StrEnum):
    """The place a page gives to a picture."""

    OVERLAY = "overlay"
    HEADER = "header"
    TEASER = "teaser"
    OG_IMAGE = "og_image"
    GALLERY = "gallery"
    FEATURE_ROW = "feature_row"
    VIDEO = "video"
    BODY = "body"


class ImageRef(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A picture that a manifest names.

    `path` is what the page shows and `source` the picture it is made from, both site paths;
    they differ where the page names a variant, and then `preset` says which. A picture on
    another host has only `url`; one on what may be another host (`www.`) has both until the
    disk has been looked at. `link` is the picture that a click leads to, `key` the front
    matter key or tag that named it.
    """

    role: Role
    key: str
    line: int
    path: str | None = None
    source: str | None = None
    preset: str | None = None
    url: str | None = None
    link: str | None = None
    alt: str | None = None
    title: str | None = None


class VideoRef(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A video that a manifest names; `id` is canonical, `start` in seconds where the page asks."""

    provider: str
    id: str
    line: int
    start: int | None = None


class Manifest(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What one content file (an exercise) names; `path` is relative to the site root.

    An address may mean one of several files: each of `elsewhere` begins with a site path of
    `images`, and the rest are those to look at, in their order, where there is no such file.
    """

    path: str
    title: str
    images: tuple[ImageRef, ...] = ()
    videos: tuple[VideoRef, ...] = ()
    elsewhere: tuple[tuple[str, ...], ...] = ()


class PixelSize(msgspec.Struct, frozen=True, gc=False):
    """A displayed size in pixels (0 x 0: no raster), and Pillow's name of the bytes' format."""

    width: int
    height: int
    format: str = ""


class Picture(msgspec.Struct, frozen=True, gc=False):
    """A source as found on disk: SHA-256 of its bytes, displayed size in pixels, size in bytes.

    `format` is Pillow's name of the bytes' format. `colour` is the dominant one as `#rrggbb`
    and `placeholder` a `data:` address of a tiny copy, both empty while unknown.
    """

    path: str
    sha256: str
    bytes: int
    width: int
    height: int
    format: str = ""
    colour: str = ""
    placeholder: str = ""


class VariantRecord(msgspec.Struct, frozen=True, gc=False):
    """What mediakit knows of a variant that it made or adopted.

    `source_sha256` and `fingerprint` say what it was made from and how, `sha256` which bytes
    came out; `width` and `height` are pixels.
    """

    path: str
    source: str
    preset: str
    source_sha256: str
    fingerprint: str
    sha256: str
    bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a video: where it begins, in seconds, and its title."""

    start: int
    title: str


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """What a provider told of a video when its metadata were fetched.

    `duration` is in seconds, `uploaded` a day as `YYYY-MM-DD`; `availability` and `live` are
    words of yt-dlp (`public`, `unlisted`; `was_live`). What is empty or None is not known.
    """

    provider: str
    id: str
    title: str = ""
    channel: str = ""
    duration: int | None = None
    uploaded: str = ""
    availability: str = ""
    embeddable: bool | None = None
    live: str = ""
    age_limit: int = 0
    chapters: tuple[Chapter, ...] = ()
    thumbnail: str = ""


class Kind(StrEnum):
    """What an action does: make, describe or keep at the site; put, keep or delete at the target.

    To describe a picture is to find its dominant colour and placeholder.
    """

    MAKE = "make"
    DESCRIBE = "describe"
    KEEP = "keep"
    PUT = "put"
    DELETE = "delete"


class Place(StrEnum):
    """Where an action happens."""

    SITE = "site"
    TARGET = "target"


class Reason(StrEnum):
    """Why an action is in the plan; each action carries exactly one."""

    NEW = "new"
    FORCED = "forced"
    OUTPUT_MISSING = "output missing"
    OUTPUT_DAMAGED = "output damaged"
    WRONG_SIZE = "wrong size"
    ALTERED = "altered by hand"
    ADOPTED = "adopted"
    SOURCE_CHANGED = "source changed"
    PRESET_CHANGED = "preset changed"
    CONTENT_CHANGED = "content changed"
    HEADERS_CHANGED = "headers changed"
    ORPHANED = "orphaned"
    UP_TO_DATE = "up to date"


class Action(msgspec.Struct, frozen=True, gc=False):
    """One thing to do to `path` (a site path, or the same key at the target), and why."""

    kind: Kind
    place: Place
    path: str
    reason: Reason
    source: str | None = None
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in a fixed order, and the problems found while planning."""

    actions: tuple[Action, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def todo(self) -> tuple[Action, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.kind is not Kind.KEEP)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a picture could not be made: plain text, so that it travels between processes."""

    code: str
    message: str
    hint: str = ""


class Status(StrEnum):
    """How an action ended."""

    DONE = "done"
    KEPT = "kept"
    PLANNED = "planned"
    FAILED = "failed"
    SKIPPED = "skipped"


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """An action and how it ended; `bytes` were written, in `seconds` of work."""

    action: Action
    status: Status
    bytes: int = 0
    seconds: float = 0.0
