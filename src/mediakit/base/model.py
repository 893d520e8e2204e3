"""The frozen values that flow from observe to report; imports nothing of ours.

Those of which a site has one for each picture are structs of msgspec: as frozen as a dataclass,
made in a tenth of the time. Nothing in them can refer back to them, so that the garbage
collector has nothing to look for (`gc=False`). What the cache keeps of content files is written
without names of fields (`array_like`).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a problem matters: an error makes the exit code 1, a note never does."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(msgspec.Struct, frozen=True, order=True):
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


OF_CLIP = "clip"
"""The key of a reference to what a named clip is made of: the page does not show that itself."""


class ImageRef(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A picture that a manifest names.

    `path` is what the page shows and `source` the picture it is made from, both site paths;
    they differ where the page names a variant, and then `preset` says which. A picture on
    another host has only `url`; one on what may be another host (`www.`) has both until the
    disk has been looked at. In a body, `alt` is empty where a picture lacks a text, and None where
    it needs none. `link` is the picture that a click leads to, `key` the front
    matter key or tag that named it. What `is_name` only counts where there is such a file:
    whatever shows it may put a folder before it. What `is_decoration` needs no alt text: its
    entry says so. `clip` is the part of a film that is wanted (`Cut.text`).
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
    is_name: bool = False
    is_decoration: bool = False
    clip: str = ""


class VideoRef(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A video that a manifest names; `id` is canonical, `start` in seconds where the page asks.

    `hash` opens an unlisted video of Vimeo, which is not found without it.
    """

    provider: str
    id: str
    line: int
    start: int | None = None
    hash: str = ""

    @property
    def full_id(self) -> str:
        """The id by which to ask about it: with the hash, if it has one."""
        return f"{self.id}/{self.hash}" if self.hash else self.id


class FilmTag(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How a text shows a film by `<video>`: its line, and what may be meant (site paths).

    `has_label`: something says what it shows, or that it is decoration; `width` is 0 if not given.
    """

    line: int
    paths: tuple[str, ...]
    has_poster: bool
    has_label: bool
    width: int = 0


class PageText(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the text of a page refers to beside pictures and videos, each with its line.

    `files` are documents that it links to, with the site paths that each may mean, `galleries`
    those that it includes and that the front matter does not have. `ignored` are the codes of
    problems that the page suppresses, `films` what it shows by `<video>`.
    """

    files: tuple[tuple[tuple[str, ...], int], ...] = ()
    galleries: tuple[tuple[str, int], ...] = ()
    ignored: tuple[str, ...] = ()
    films: tuple[FilmTag, ...] = ()


class Movement(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a page says of its steps in motion; `line` is 0 where it says nothing.

    What it says `is_odd` where it is a mapping, which names nothing.

    `parts` name the steps: a gallery by its key, or pictures by their files or their numbers in the
    gallery. None are the whole gallery.
    """

    line: int = 0
    is_refused: bool = False
    parts: tuple[str, ...] = ()
    is_odd: bool = False


class Manifest(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What one content file (an exercise) names; `path` is relative to the site root.

    A data file has one for each of its records: `record` is the line of the record, 0 where the
    whole file is one.
    An address may mean one of several files: each of `elsewhere` begins with a site path of
    `images`, and the rest are those to look at, in their order, where there is no such file.
    `guesses` are site paths of `images` that only keys name which nobody configured. `permalink`
    is the page's address where its front matter gives one.
    `language` is the code of the page's language, empty where nothing says it. For search engines
    `description` has a few words about a page with videos, and `address` is where it is, below
    the site's address, where that is known; for sheets `blocks` has the text: a mark (`#` for a
    heading, a bullet, a number) and what is said. `clip` is the part that the page asks for of each
    film that has none of its own (`Cut.text`).
    """

    path: str
    title: str
    images: tuple[ImageRef, ...] = ()
    videos: tuple[VideoRef, ...] = ()
    elsewhere: tuple[tuple[str, ...], ...] = ()
    guesses: tuple[str, ...] = ()
    record: int = 0
    permalink: str = ""
    text: PageText = PageText()
    language: str = ""
    description: str = ""
    address: str = ""
    movement: Movement = Movement()
    blocks: tuple[tuple[str, str], ...] = ()
    clip: str = ""

    @property
    def place(self) -> str:
        """Where it is written: the path, with the line of a record."""
        return f"{self.path}:{self.record}" if self.record else self.path


class Chapter(msgspec.Struct, frozen=True):
    """A part of a video: where it begins, in seconds, and its title."""

    start: int
    title: str


class ArchivedFile(msgspec.Struct, frozen=True):
    """A file of an archived video, by its key at the target."""

    key: str
    sha256: str
    bytes: int


class VideoRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The metadata of a video as its provider gives them; empty fields are not known.

    `duration` is in seconds, `uploaded` a day as `YYYY-MM-DD`; `availability` and `live` are
    words of yt-dlp (`public`, `unlisted`; `was_live`). `uploaded_at` is the moment of the upload,
    in UTC, where the provider tells it. `captions` are the languages that people wrote captions
    in, `automatic_captions` those that the provider heard; None where nobody knows. `owner` are the
    id and the handle of the channel; `archive` are the files that `videos archive` has kept.
    """

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
    uploaded_at: str = ""
    captions: tuple[str, ...] | None = None
    automatic_captions: tuple[str, ...] | None = None
    owner: tuple[str, ...] = ()
    archive: tuple[ArchivedFile, ...] = ()


class ProblemCode(msgspec.Struct, frozen=True):
    """What `mediakit explain` says of a code; the severity may be `error or warning`.

    `check --fix` mends what is `fixed`.
    """

    severity: str
    meaning: str
    advice: str
    fixed: bool = False


def problem_codes() -> dict[str, ProblemCode]:
    """Return the rows of all codes, in the order of their names."""
    import tomllib  # noqa: PLC0415 - most runs tell no code
    from importlib import resources  # noqa: PLC0415

    text = (resources.files("mediakit") / "base" / "codes.toml").read_text("utf-8")
    return {code: ProblemCode(**row) for code, row in sorted(tomllib.loads(text).items())}
